"""Files that come again are told apart: once more, in whole before, or worth reading again."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from kwit.intake.findings import ImportResult, ImportStatus, result_of
from kwit.intake.repeats import result_without_reading
from tests.fakes.import_log import MemoryImports
from tests.intake.files import dropped

KNOWN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LATER = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
FILE = dropped(b"x", name="a.csv")
WHOLE = result_of(
    file="a.csv", content_hash=FILE.content_hash, kind="readings", encoding="utf-8", known_at=KNOWN, findings=(),
    accepted=3,
)  # fmt: skip
PARTLY = replace(WHOLE, status=ImportStatus.PARTLY, rejected=1)


def again(
    earlier: ImportResult, *, name: str = "b.csv", kind: str = "readings", at: datetime = LATER
) -> ImportResult | None:
    imports = MemoryImports()
    imports.record(earlier)
    return result_without_reading(file=dropped(b"x", name=name), kind=kind, imports=imports, known_at=at)


class TestSameContent:
    def test_that_went_in_whole_is_a_duplicate_under_any_name(self) -> None:
        result = again(WHOLE)
        assert result is not None
        assert (result.status, result.accepted, result.duplicate) == (ImportStatus.DUPLICATE_FILE, 0, 3)
        assert "a.csv" in result.findings[0].sentence_pl

    def test_with_rejected_rows_is_read_again(self) -> None:
        assert again(PARTLY) is None

    def test_dropped_for_another_import_is_read(self) -> None:
        assert again(WHOLE, kind="registry") is None

    @pytest.mark.parametrize("earlier", [WHOLE, PARTLY])
    def test_of_the_same_drop_delivered_once_more_has_its_result(self, earlier: ImportResult) -> None:
        assert again(earlier, name="a.csv", at=KNOWN) == earlier

    def test_never_seen_is_read(self) -> None:
        assert (
            result_without_reading(file=FILE, kind="readings", imports=MemoryImports(), known_at=KNOWN)
            is None
        )
