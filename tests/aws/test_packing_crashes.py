"""Kill arrival and packing at every AWS call, before and after it, repeat, and find the undisturbed readings."""

from dataclasses import replace
from datetime import UTC, date, datetime
from random import Random
from typing import Any

import pytest
from moto import mock_aws

from kwit.aws.reading_store import DynamoReadings
from kwit.kernel.provenance import Source
from kwit.kernel.time import Period
from kwit.metering.packing_months import pack_shelf, shelf_of
from kwit.metering.readings import IntervalDay
from tests.crash import Crash, Fault, watched
from tests.moto_tables import make_tables, pretend_credentials

KNOWN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MARCH = Period(date(2026, 3, 1), date(2026, 4, 1))
POINTS = [ppe for ppe in (f"5905430000{n:08}" for n in range(16_000)) if shelf_of(ppe) == 7][:27]


def arrivals() -> list[IntervalDay]:
    """Return some days of more points than one batch of writes takes."""
    chance = Random(3)
    return [
        IntervalDay(
            ppe,
            "1.8.0",
            date(2026, 3, day),
            60,
            tuple(chance.randrange(900) for _ in range(24)),
            KNOWN,
            Source("a.csv", "c" * 64, row),
        )
        for row, (ppe, day) in enumerate((ppe, day) for ppe in POINTS for day in (1, 2))
    ]


def work(store: DynamoReadings, fault: Fault) -> int:
    """Let days arrive, pack them, let one come late, pack again; each step is repeated when it dies."""
    days = arrivals()
    late = replace(days[0], values_wh=(5,) * 24, source=replace(days[0].source, row=99))
    deaths = 0
    steps: list[Any] = [
        lambda: store.put(days),
        lambda: pack(store),
        lambda: store.put([late]),
        lambda: pack(store),
    ]
    for step in steps:
        done = False
        while not done:
            try:
                with watched(fault, store.table.client):
                    step()
                done = True
            except Crash:
                deaths += 1
    return deaths


def pack(store: DynamoReadings) -> None:
    pack_shelf(month="2026-03", number=7, shelves=store)


def undisturbed() -> tuple[list[Any], int, list[IntervalDay]]:
    with mock_aws():
        store = DynamoReadings(make_tables()["readings"])
        fault = Fault(at=-1, when="never")
        work(store, fault)
        return items(store), fault.calls, read(store)


def items(store: DynamoReadings) -> list[Any]:
    found = store.table.client.scan(TableName="readings")["Items"]
    return sorted(found, key=lambda item: str(item["sk"]["S"]))


def read(store: DynamoReadings) -> list[IntervalDay]:
    return [day for ppe in POINTS for day in store.intervals(ppe, period=MARCH)]


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend_credentials(monkeypatch)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_crash_at_any_call_ends_in_the_same_items(when: str) -> None:
    expected, calls, days = undisturbed()
    assert calls >= 6
    assert len(days) == 2 * len(POINTS) + 1
    for at in range(calls):
        with mock_aws():
            store = DynamoReadings(make_tables()["readings"])
            assert work(store, Fault(at=at, when=when)) == 1, f"the fault {when} call {at} was never met"
            assert read(store) == days, f"readings differ after a crash {when} call {at}"
            assert items(store) == expected, f"items differ after a crash {when} call {at}"
