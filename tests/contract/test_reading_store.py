"""The readings' store keeps every version, in memory and in DynamoDB alike."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from kwit.aws.reading_store import DynamoReadings
from kwit.aws.table import Table
from kwit.kernel.provenance import Source
from kwit.kernel.time import Period
from kwit.metering.ports import ReadingStore
from kwit.metering.readings import (
    Edit,
    EstimationMethod,
    IntervalDay,
    ReadingKind,
    RegisterReading,
    Standing,
)
from tests.fakes.reading_store import MemoryReadings

KNOWN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SOURCE = Source("odczyty.csv", "a" * 64, 2)
PPE = "590543000000001232"

STATE = RegisterReading(PPE, "777", "1.8.0", date(2026, 2, 1), 1_000_125, ReadingKind.REMOTE, KNOWN, SOURCE)
DAY = IntervalDay(PPE, "1.8.0", date(2026, 3, 29), 60, tuple(range(23)), KNOWN, SOURCE, frozenset({3, 22}))


@pytest.fixture(params=["memory", "dynamodb"])
def store(request: pytest.FixtureRequest) -> ReadingStore:
    if request.param == "memory":
        return MemoryReadings()
    tables: dict[str, Table] = request.getfixturevalue("tables")
    return DynamoReadings(tables["readings"])


class TestReadings:
    def test_come_back_as_they_were_put(self, store: ReadingStore) -> None:
        store.put([STATE, DAY])
        assert list(store.registers(PPE)) == [STATE]
        assert list(store.intervals(PPE, period=Period(date(2026, 3, 1), date(2026, 4, 1)))) == [DAY]

    def test_of_the_same_row_twice_are_kept_once(self, store: ReadingStore) -> None:
        store.put([STATE, STATE])
        store.put([STATE])
        assert len(store.registers(PPE)) == 1

    def test_of_several_registers_may_share_a_row(self, store: ReadingStore) -> None:
        other = replace(STATE, register="2.8.0")
        store.put([STATE, other])
        assert {reading.register for reading in store.registers(PPE)} == {"1.8.0", "2.8.0"}

    def test_of_another_file_stand_beside_the_earlier_ones(self, store: ReadingStore) -> None:
        resent = replace(STATE, state_wh=1_000_126, source=replace(SOURCE, content_hash="b" * 64))
        store.put([STATE])
        store.put([resent])
        assert {reading.state_wh for reading in store.registers(PPE)} == {1_000_125, 1_000_126}

    def test_keep_how_they_stand(self, store: ReadingStore) -> None:
        edit = Edit("pomylone cyfry", "A. Nowak")
        marked = replace(STATE, standing=Standing(EstimationMethod.PREVIOUS_YEAR, ("spike",), True, edit))
        day = replace(DAY, missing=frozenset({22}), standing=Standing(EstimationMethod.PROXY_DAY))
        store.put([marked, day])
        assert list(store.registers(PPE)) == [marked]
        assert list(store.intervals(PPE, period=Period(date(2026, 3, 1), date(2026, 4, 1)))) == [day]

    def test_that_came_first_stand_where_others_would_stand(self, store: ReadingStore) -> None:
        other, other_day = replace(STATE, state_wh=1), replace(DAY, minutes=15)
        assert list(store.keep_first([STATE, DAY])) == [STATE, DAY]
        assert list(store.keep_first([other, other_day])) == [STATE, DAY]
        assert list(store.registers(PPE)) == [STATE]

    def test_of_days_outside_the_period_are_left_out(self, store: ReadingStore) -> None:
        store.put([DAY])
        assert list(store.intervals(PPE, period=Period(date(2026, 3, 1), date(2026, 3, 29)))) == []

    def test_of_another_point_are_left_out(self, store: ReadingStore) -> None:
        store.put([STATE])
        assert list(store.registers("590543000000001249")) == []
