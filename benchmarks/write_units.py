"""Write units of a point's month of quarters: metered by the embedded cloud's DynamoDB, not computed.

Ten thousand points are delivered; those of a sixteenth of the shelves are written, which holds as many points a
shelf as all of them would.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random

from benchmarks.embedded import tables_of_embedded_cloud
from kwit.aws.clients import CallMeter
from kwit.aws.reading_store import DynamoReadings
from kwit.kernel.identifiers import content_hash, gs1_check_digit
from kwit.kernel.provenance import Source
from kwit.kernel.time import Period, day_minutes
from kwit.metering.packing_months import SHELVES, pack_shelf, shelf_of
from kwit.metering.readings import IntervalDay

SEED = 2026
POINTS = 10_000
SHARE = 16
MONTH = Period(date(2026, 1, 1), date(2026, 2, 1))


def points(count: int) -> list[str]:
    """Make point codes with their check digits."""
    bodies = (f"5905430000{number:07}" for number in range(count))
    return [body + str(gs1_check_digit(body)) for body in bodies]


def quarters(chance: Random, day: date) -> tuple[int, ...]:
    """Make a day of a household: morning and evening, and some appliance now and then, in Wh."""
    base = chance.randrange(40, 160)
    values = []
    for index in range(day_minutes(day) // 15):
        shape = 1 + 0.5 * math.sin((index - 24) / 96 * 4 * math.pi)
        values.append(
            int(base * shape) + chance.randrange(30) + (chance.random() < 0.05) * chance.randrange(600)
        )
    return tuple(values)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One file: when it came, its hash, and the days in it by point."""

    at: datetime
    content_hash: str
    days: Sequence[tuple[str, date]]


def daily(codes: Sequence[str]) -> Iterable[Delivery]:
    """Deliver each day of all points in a file of its own, next morning."""
    for day in MONTH.each_day():
        at = datetime(day.year, day.month, day.day, 4, 12, 33, tzinfo=UTC) + timedelta(days=1)
        yield Delivery(at, content_hash(day.isoformat().encode()), [(ppe, day) for ppe in codes])


def by_point(codes: Sequence[str]) -> Iterable[Delivery]:
    """Deliver each day of each point in a file of its own."""
    for one in daily(codes):
        for index, (ppe, day) in enumerate(one.days):
            digest = content_hash(f"{day} {index}".encode())
            yield Delivery(one.at + timedelta(seconds=index), digest, [(ppe, day)])


def monthly(codes: Sequence[str]) -> Iterable[Delivery]:
    """Deliver the whole month of all points in one file."""
    days = [(ppe, day) for ppe in codes for day in MONTH.each_day()]
    yield Delivery(datetime(2026, 2, 2, 4, 12, 33, tzinfo=UTC), "ab" * 32, days)


def write_units() -> dict[str, object]:
    """Deliver and pack a month in three ways; return the write units of a point."""
    codes = [ppe for ppe in points(POINTS) if shelf_of(ppe) < SHELVES // SHARE]
    ways: dict[str, tuple[Callable[[Sequence[str]], Iterable[Delivery]], Sequence[str]]] = {
        "": (daily, codes),
        "_files_of_one_point": (by_point, codes[:40]),
        "_monthly_file": (monthly, codes[:200]),
    }
    found: dict[str, object] = {"wru_points": POINTS}
    with tables_of_embedded_cloud(*(f"readings{name}" for name in ways)) as (tables, _):
        meter = CallMeter()
        meter.watch(tables["readings"].client)
        for name, (deliver, mine) in ways.items():
            store = DynamoReadings(tables[f"readings{name}"])
            arrival, packing = _metered(store, meter, deliver(mine), mine)
            found[f"wru_per_point_month_15min{name}"] = float(f"{arrival + packing:.3g}")
            if not name:
                found["wru_per_point_month_15min_arrival"] = float(f"{arrival:.3g}")
                found["wru_per_point_month_15min_packing"] = float(f"{packing:.3g}")
    return found


def _metered(
    store: DynamoReadings, meter: CallMeter, deliveries: Iterable[Delivery], codes: Sequence[str]
) -> tuple[Decimal, Decimal]:
    """Return the write units of a point for arrival and for packing."""
    chance = Random(SEED)  # noqa: S311 - a load curve, not a secret
    for delivery in deliveries:
        store.put(
            IntervalDay(
                ppe,
                "1.8.0",
                day,
                15,
                quarters(chance, day),
                delivery.at,
                Source(f"oze-{day:%Y%m%d}.jsonl.gz", delivery.content_hash, 1 + row),
            )
            for row, (ppe, day) in enumerate(delivery.days)
        )
    arrival = meter.take().write_units
    for shelf in sorted({shelf_of(ppe) for ppe in codes}):
        pack_shelf(month="2026-01", number=shelf, shelves=store)
    return arrival / len(codes), meter.take().write_units / len(codes)
