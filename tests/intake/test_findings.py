"""Results say what became of a file, the same way every time."""

import io
import json
from datetime import UTC, datetime

import openpyxl
import pytest

from kwit.intake.dropped_file import SIZE_LIMIT, declared_size_finding
from kwit.intake.findings import Finding, ImportStatus, Severity, result_of
from kwit.intake.result_workbook import result_workbook

KNOWN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def finding(severity: Severity = Severity.REJECT, *, row: int = 3, value: str = "x") -> Finding:
    return Finding(
        "not_a_number", severity, "To nie jest liczba.", sheet="Odczyty", row=row, column="Stan", value=value
    )


def result(*findings: Finding, accepted: int = 0, rejected: int = 0, duplicate: int = 0) -> object:
    return result_of(
        file="a.csv", content_hash="f" * 64, kind="readings", encoding="utf-8", known_at=KNOWN, findings=findings,
        accepted=accepted, rejected=rejected, duplicate=duplicate,
    )  # fmt: skip


class TestStatus:
    @pytest.mark.parametrize(
        ("accepted", "rejected", "duplicate", "status"),
        [
            (2, 0, 0, ImportStatus.ACCEPTED),
            (0, 0, 2, ImportStatus.ACCEPTED),
            (1, 1, 0, ImportStatus.PARTLY),
            (0, 1, 1, ImportStatus.PARTLY),
            (0, 2, 0, ImportStatus.REJECTED),
        ],
    )
    def test_follows_from_the_counts(
        self, accepted: int, rejected: int, duplicate: int, status: ImportStatus
    ) -> None:
        assert result(accepted=accepted, rejected=rejected, duplicate=duplicate).status is status

    def test_of_a_file_refused_as_a_whole_is_rejected(self) -> None:
        assert result(finding(row=0)).status is ImportStatus.REJECTED

    def test_counts_a_row_with_remarks_once(self) -> None:
        remarks = [finding(Severity.WARN), finding(Severity.WARN, value="y"), finding(Severity.WARN, row=4)]
        assert result(*remarks, accepted=2).warned == 2


class TestForms:
    def test_json_holds_every_finding_and_the_sentence(self) -> None:
        plain = json.loads(result(finding(), rejected=1).as_json())
        assert plain["findings"][0]["sentence_pl"] == "To nie jest liczba."
        assert (plain["status"], plain["rejected"]) == ("rejected", 1)

    def test_workbook_is_the_same_bytes_each_time(self) -> None:
        assert result_workbook(result(finding(), rejected=1)) == result_workbook(
            result(finding(), rejected=1)
        )

    @pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x")', "http://x"])
    def test_workbook_never_holds_a_formula_or_a_link(self, value: str) -> None:
        content = result_workbook(result(finding(value=value), rejected=1))
        cell = openpyxl.load_workbook(io.BytesIO(content))["Uwagi"]["D2"]
        assert (cell.value, cell.data_type, cell.hyperlink) == (value, "s", None)

    def test_summary_repeats_no_value_of_the_file(self) -> None:
        assert "sekret" not in result(finding(value="sekret"), rejected=1).summary

    def test_long_values_are_cut(self) -> None:
        assert len(finding(value="x" * 10_000).value) == 120


class TestSize:
    def test_two_gigabytes_are_refused_before_the_download(self) -> None:
        refused = declared_size_finding(name="a.xlsx", size=2_000_000_000)
        assert (refused.code, refused.severity) == ("file_too_large", Severity.REJECT)

    def test_the_limit_itself_is_read(self) -> None:
        assert declared_size_finding(name="a.xlsx", size=SIZE_LIMIT) is None
