"""Remarks of collectors, in memory and in DynamoDB alike."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from kwit.aws.remark_store import DynamoRemarks
from kwit.aws.table import Table
from kwit.kernel.provenance import Source
from kwit.metering.field_remarks import FieldRemark, RemarkStore, SettledBy
from tests.fakes.remarks import MemoryRemarks

REMARK = FieldRemark(
    ppe="590543000000001034",
    meter_no="777",
    day=date(2026, 3, 31),
    code="seal_broken",
    name="plomba zerwana",
    note="zdjęcie 12",
    settled_by=SettledBy.PERSON,
    state_read=False,
    known_at=datetime(2026, 4, 1, 9, 0, tzinfo=UTC),
    source=Source("trasa.csv", "ab" * 32, 4),
)
OTHER = replace(REMARK, ppe="590543000000001249", code="dog", settled_by=SettledBy.READING)


@pytest.fixture(params=["memory", "dynamodb"])
def store(request: pytest.FixtureRequest) -> RemarkStore:
    if request.param == "memory":
        return MemoryRemarks()
    tables: dict[str, Table] = request.getfixturevalue("tables")
    return DynamoRemarks(tables["readings"])


class TestRemarks:
    def test_are_kept_as_they_were_first_told(self, store: RemarkStore) -> None:
        assert store.find(REMARK.remark_id) is None
        store.add([OTHER, REMARK])
        again = replace(REMARK, source=Source("druga.csv", "cd" * 32, 9))
        store.add([again])
        assert again.remark_id == REMARK.remark_id
        assert store.find(REMARK.remark_id) == REMARK
        assert store.open_remarks() == [REMARK, OTHER]

    def test_once_settled_are_listed_no_more_and_never_open_again(self, store: RemarkStore) -> None:
        store.add([REMARK, OTHER])
        assert store.settle(REMARK, by="Anna") is True
        assert store.settle(REMARK, by="Jan") is False
        store.add([REMARK])
        assert store.open_remarks() == [OTHER]
        assert store.find(REMARK.remark_id) == REMARK

    def test_that_are_not_known_cannot_be_settled(self, store: RemarkStore) -> None:
        assert store.settle(REMARK, by="Anna") is False
        assert store.open_remarks() == []
