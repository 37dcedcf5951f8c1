"""The readings' store keeps every version, in memory and in DynamoDB alike."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, Protocol

import pytest

from kwit.aws.reading_store import EXPIRES, OWN_DAYS, DynamoReadings
from kwit.aws.table import Table
from kwit.kernel.provenance import Source
from kwit.kernel.time import Period
from kwit.metering.packing_months import PackedShelf, pack_shelf, shelf_of
from kwit.metering.ports import ReadingShelves, ReadingStore
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


MARCH = Period(date(2026, 3, 1), date(2026, 4, 1))
LATER = KNOWN + timedelta(days=3)
NEIGHBOUR = next(ppe for ppe in (f"5905430000{n:08}" for n in range(9999)) if shelf_of(ppe) == shelf_of(PPE))


class Store(ReadingStore, ReadingShelves, Protocol):
    """What the readings' store is to everybody together."""


def of_day(number: int, **other: Any) -> IntervalDay:
    """Return March's day of this number."""
    return replace(DAY, day=date(2026, 3, number), **other)


def pack(store: ReadingShelves) -> PackedShelf:
    """Pack the shelf of the point in March."""
    return pack_shelf(month="2026-03", number=shelf_of(PPE), shelves=store)


@pytest.fixture(params=["memory", "dynamodb"])
def store(request: pytest.FixtureRequest) -> Store:
    if request.param == "memory":
        return MemoryReadings()
    tables: dict[str, Table] = request.getfixturevalue("tables")
    return DynamoReadings(tables["readings"])


class TestReadings:
    def test_come_back_as_they_were_put(self, store: Store) -> None:
        store.put([STATE, DAY])
        assert list(store.registers(PPE)) == [STATE]
        assert list(store.intervals(PPE, period=Period(date(2026, 3, 1), date(2026, 4, 1)))) == [DAY]

    def test_of_the_same_row_twice_are_kept_once(self, store: Store) -> None:
        store.put([STATE, STATE])
        store.put([STATE])
        assert len(store.registers(PPE)) == 1

    def test_of_several_registers_may_share_a_row(self, store: Store) -> None:
        other = replace(STATE, register="2.8.0")
        store.put([STATE, other])
        assert {reading.register for reading in store.registers(PPE)} == {"1.8.0", "2.8.0"}

    def test_of_another_file_stand_beside_the_earlier_ones(self, store: Store) -> None:
        resent = replace(STATE, state_wh=1_000_126, source=replace(SOURCE, content_hash="b" * 64))
        store.put([STATE])
        store.put([resent])
        assert {reading.state_wh for reading in store.registers(PPE)} == {1_000_125, 1_000_126}

    def test_keep_how_they_stand(self, store: Store) -> None:
        edit = Edit("pomylone cyfry", "A. Nowak")
        marked = replace(STATE, standing=Standing(EstimationMethod.PREVIOUS_YEAR, ("spike",), True, edit))
        day = replace(DAY, missing=frozenset({22}), standing=Standing(EstimationMethod.PROXY_DAY))
        store.put([marked, day])
        assert list(store.registers(PPE)) == [marked]
        assert list(store.intervals(PPE, period=Period(date(2026, 3, 1), date(2026, 4, 1)))) == [day]

    def test_that_came_first_stand_where_others_would_stand(self, store: Store) -> None:
        other, other_day = replace(STATE, state_wh=1), replace(DAY, minutes=15)
        assert list(store.keep_first([STATE, DAY])) == [STATE, DAY]
        assert list(store.keep_first([other, other_day])) == [STATE, DAY]
        assert list(store.registers(PPE)) == [STATE]

    def test_of_days_outside_the_period_are_left_out(self, store: Store) -> None:
        store.put([DAY])
        assert list(store.intervals(PPE, period=Period(date(2026, 3, 1), date(2026, 3, 29)))) == []

    def test_of_another_point_are_left_out(self, store: Store) -> None:
        store.put([STATE])
        assert list(store.registers("590543000000001249")) == []


class TestAsOf:
    def test_versions_known_later_are_left_out(self, store: Store) -> None:
        state, day = replace(STATE, known_at=LATER, state_wh=7), replace(DAY, known_at=LATER, minutes=15)
        store.put([STATE, DAY, state, day])
        assert list(store.registers(PPE, known_by=KNOWN)) == [STATE]
        assert list(store.intervals(PPE, period=MARCH, known_by=KNOWN)) == [DAY]
        assert list(store.intervals(PPE, period=MARCH, known_by=LATER)) == [DAY, day]
        assert list(store.registers(PPE, known_by=KNOWN - timedelta(seconds=1))) == []


class TestSaidAgain:
    """A version whose values another version has lies in the store without them."""

    again = replace(DAY, known_at=LATER, source=Source("x.csv", "b" * 64, 2), told_before=True)

    def test_comes_back_with_its_values(self, store: Store) -> None:
        store.put([DAY])
        store.put([self.again, replace(self.again, ppe=NEIGHBOUR, told_before=False)])
        assert list(store.intervals(PPE, period=MARCH)) == [DAY, self.again]
        assert dict(store.intervals_of({PPE: MARCH, NEIGHBOUR: MARCH}))[PPE] == [DAY, self.again]

    @pytest.mark.parametrize("count", [1, 2, 700])
    def test_of_states_come_back_beside_the_first(self, store: Store, count: int) -> None:
        first = [replace(STATE, boundary=STATE.boundary + timedelta(days=n)) for n in range(count)]
        again = [replace(one, known_at=LATER, source=self.again.source, told_before=True) for one in first]
        store.put(first)
        store.put([*again, replace(STATE, ppe=NEIGHBOUR, told_before=True)])
        pairs = [one for pair in zip(first, again, strict=True) for one in pair]
        assert list(store.registers(PPE)) == pairs
        assert list(store.registers(PPE, known_by=KNOWN)) == first
        store.put([replace(again[0], told_before=False), *again])
        assert list(store.registers(PPE)) == pairs

    def test_of_one_known_later_is_told_as_of_the_days_before(self, store: Store) -> None:
        store.put([replace(DAY, known_at=LATER + timedelta(days=1))])
        store.put([self.again])
        assert list(store.intervals(PPE, period=MARCH, known_by=LATER)) == [self.again]

    def test_stays_when_arrivals_are_packed_and_gone(self, store: Store) -> None:
        store.put([DAY])
        pack(store)
        store.put([self.again])
        assert pack(store) == PackedShelf(2, 1)
        forget_arrivals(store)
        assert list(store.intervals(PPE, period=MARCH)) == [DAY, self.again]

    def test_and_put_again_with_values_is_one_version(self, store: Store) -> None:
        store.put([DAY])
        store.put([self.again])
        store.put([replace(self.again, told_before=False)])
        assert list(store.intervals(PPE, period=MARCH)) == [DAY, self.again]


class TestManyPoints:
    def test_are_asked_for_together(self, store: Store) -> None:
        near, far = replace(DAY, ppe=NEIGHBOUR), replace(DAY, ppe="590543000000001249")
        store.put([DAY, near, far, of_day(2)])
        april = Period(MARCH.end, date(2026, 5, 1))
        asked = {PPE: MARCH, NEIGHBOUR: MARCH, far.ppe: april, "590543000000001256": MARCH}
        found = {ppe: list(days) for ppe, days in store.intervals_of(asked)}
        assert found == {PPE: [of_day(2), DAY], NEIGHBOUR: [near], far.ppe: [], "590543000000001256": []}

    def test_on_one_shelf_and_day_do_not_see_each_others_days(self, store: Store) -> None:
        near = replace(DAY, ppe=NEIGHBOUR)
        store.put([DAY, near])
        store.put([DAY])
        assert list(store.intervals(PPE, period=MARCH)) == [DAY]
        assert list(store.intervals(NEIGHBOUR, period=MARCH)) == [near]


class TestPacking:
    def test_changes_nothing_that_is_read(self, store: Store) -> None:
        days = [of_day(1), of_day(1, known_at=LATER, values_wh=(1, -2, 2**40)), of_day(2), DAY]
        store.put([*days, replace(DAY, ppe=NEIGHBOUR)])
        assert pack(store) == PackedShelf(5, 5)
        assert list(store.intervals(PPE, period=MARCH)) == days
        assert list(store.intervals(PPE, period=MARCH, known_by=KNOWN)) == [days[0], *days[2:]]
        assert pack(store) == PackedShelf(5, 0)

    def test_of_a_late_day_adds_it(self, store: Store) -> None:
        store.put([of_day(1), of_day(2)])
        pack(store)
        late = of_day(1, known_at=LATER, values_wh=(7,))
        store.put([late])
        assert list(store.intervals(PPE, period=MARCH)) == [of_day(1), late, of_day(2)]
        assert pack(store) == PackedShelf(3, 1)
        assert list(store.intervals(PPE, period=MARCH)) == [of_day(1), late, of_day(2)]

    def test_holds_the_days_once_the_arrivals_are_gone(self, store: Store) -> None:
        days = [of_day(number) for number in range(1, 5)]
        others = [replace(day, ppe=NEIGHBOUR) for day in days[:2]]
        store.put([STATE, *days, *others])
        pack(store)
        forget_arrivals(store)
        assert list(store.intervals(PPE, period=MARCH)) == days
        assert list(store.intervals(NEIGHBOUR, period=MARCH)) == others
        assert list(store.registers(PPE)) == [STATE]


def forget_arrivals(store: Store) -> None:
    """Do what DynamoDB does when the time of items has come."""
    if isinstance(store, MemoryReadings):
        store.forget_arrivals()
        return
    assert isinstance(store, DynamoReadings)
    for item in store.table.client.scan(TableName=store.table.name)["Items"]:
        if EXPIRES in item:
            key = {"pk": item["pk"], "sk": item["sk"]}
            store.table.client.delete_item(TableName=store.table.name, Key=key)


class TestItems:
    """What only the adapter does: how days lie in items, and when they go."""

    def test_states_of_a_point_that_are_said_again_share_an_item(self, tables: dict[str, Table]) -> None:
        states = [
            replace(STATE, boundary=STATE.boundary + timedelta(days=n), state_wh=n * 7919, told_before=True,
                    source=replace(SOURCE, row=n))
            for n in range(50)
        ]  # fmt: skip
        DynamoReadings(tables["readings"]).put(states)
        [(sort, item)] = self.items(tables).items()
        assert sort.startswith("R#again#")
        assert len(item["data"]["B"]) < 2000

    def items(self, tables: dict[str, Table]) -> dict[str, Any]:
        found = tables["readings"].client.scan(TableName="readings")["Items"]
        return {item["sk"]["S"]: item for item in found}

    def test_one_day_of_many_points_of_a_shelf_is_one_item(self, tables: dict[str, Table]) -> None:
        DynamoReadings(tables["readings"]).put([DAY, replace(DAY, ppe=NEIGHBOUR)])
        [(sort, item)] = self.items(tables).items()
        assert sort.startswith("G#2026-03-29#")
        end = datetime(2026, 3, 31, 22, 0, tzinfo=UTC)
        assert int(item[EXPIRES]["N"]) == int((end + timedelta(days=180)).timestamp())

    def test_many_days_of_one_register_are_kept_packed_at_once(self, tables: dict[str, Table]) -> None:
        store = DynamoReadings(tables["readings"])
        store.put([of_day(number) for number in range(1, OWN_DAYS + 1)])
        [(sort, item)] = self.items(tables).items()
        assert sort.startswith(f"P#{PPE}#M#1.8.0#")
        assert EXPIRES not in item
        assert pack(store) == PackedShelf(0, 0)

    def test_fewer_wait_to_be_packed(self, tables: dict[str, Table]) -> None:
        DynamoReadings(tables["readings"]).put([of_day(number) for number in range(1, OWN_DAYS)])
        [(sort, item)] = self.items(tables).items()
        assert sort.startswith(f"P#{PPE}#D#")
        assert EXPIRES in item

    def test_days_of_long_ago_stay_until_somebody_packs_them(self, tables: dict[str, Table]) -> None:
        DynamoReadings(tables["readings"]).put([of_day(1, known_at=datetime(2027, 1, 1, tzinfo=UTC))])
        [item] = self.items(tables).values()
        assert EXPIRES not in item

    def test_what_one_item_cannot_hold_lies_in_several(self, tables: dict[str, Table]) -> None:
        chance = Random(5)
        versions = [
            of_day(1 + n % 28, source=replace(SOURCE, row=n), values_wh=tuple(chance.randbytes(60_000)))
            for n in range(20)
        ]
        store = DynamoReadings(tables["readings"])
        store.put(versions)
        assert len(self.items(tables)) > 2
        assert set(store.intervals(PPE, period=MARCH)) == set(versions)
