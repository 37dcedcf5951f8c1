"""The log of imports finds a result by the file's content, in memory and in DynamoDB alike."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from kwit.aws.imports import DynamoImports
from kwit.aws.table import Table
from kwit.intake.findings import Finding, Severity, result_of
from kwit.intake.ports import ImportLog
from tests.fakes.import_log import MemoryImports

RESULT = result_of(
    file="a.csv", content_hash="a" * 64, kind="readings", encoding="utf-8",
    known_at=datetime(2026, 3, 2, 9, 0, tzinfo=UTC), accepted=2, rejected=1,
    findings=(Finding("negative", Severity.REJECT, "Stan ujemny.", row=3, column="Stan", value="-1"),),
)  # fmt: skip


@pytest.fixture(params=["memory", "dynamodb"])
def imports(request: pytest.FixtureRequest) -> ImportLog:
    if request.param == "memory":
        return MemoryImports()
    tables: dict[str, Table] = request.getfixturevalue("tables")
    return DynamoImports(tables["registry"])


class TestResults:
    def test_come_back_whole(self, imports: ImportLog) -> None:
        imports.record(RESULT)
        assert imports.find("a" * 64) == RESULT

    def test_recorded_last_win(self, imports: ImportLog) -> None:
        imports.record(RESULT)
        imports.record(replace(RESULT, accepted=3, rejected=0, findings=()))
        found = imports.find("a" * 64)
        assert found is not None
        assert (found.accepted, found.findings) == (3, ())

    def test_of_the_unknown_are_none(self, imports: ImportLog) -> None:
        assert imports.find("b" * 64) is None
