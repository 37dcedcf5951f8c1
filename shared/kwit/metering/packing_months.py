"""Pack the interval days of closed months: what arrived day by day is kept for good, a month in one blob.

A packing adds and never replaces: it writes the versions of days that no blob of their month holds yet, so it
may be repeated, broken off and run twice at once. A day that comes later is a version like any other.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kwit.kernel.identifiers import spread
from kwit.kernel.time import Period, add_months
from kwit.metering.packing import version_of
from kwit.metering.ports import PackQueue, ReadingShelves

SHELVES = 512
"""Shelves that points are spread over; fixed for the life of the tables."""

SHELVES_AT_ONCE = 32
"""Shelves that one message asks for."""

CLOSED_DAYS = 5
"""Days after its end that a month is left open for late days."""

LATE_MONTHS = 12
"""Months back that are looked through once a month for days that came late."""


@dataclass(frozen=True, slots=True)
class PackedShelf:
    """What a packing of one shelf found and wrote, in versions of days."""

    arrived: int
    written: int


def shelf_of(ppe: str) -> int:
    """Tell on which shelf the days of a point lie."""
    return spread(ppe, ways=SHELVES)


def month_of(day: date) -> str:
    """Name the month of a day: YYYY-MM."""
    return day.isoformat()[:7]


def months_between(period: Period) -> Iterator[tuple[str, Period]]:
    """Yield each month that a period touches, with the days of the period in it."""
    start = period.start
    while start < period.end:
        following = add_months(start.replace(day=1), 1)
        yield month_of(start), Period(start, min(following, period.end))
        start = following


def months_due(business_date: date) -> Sequence[str]:
    """List the months that a day packs: the one closed last, and once a month those before it too."""
    closed = add_months((business_date - timedelta(days=CLOSED_DAYS)).replace(day=1), -1)
    back = LATE_MONTHS if business_date.day == CLOSED_DAYS + 1 else 0
    return [month_of(add_months(closed, -offset)) for offset in range(back + 1)]


def plan_packing(*, business_date: date, queue: PackQueue) -> Sequence[str]:
    """Ask for every shelf of the months that a day packs; return the months."""
    months = months_due(business_date)
    for month in months:
        queue.pack(month, range(0, SHELVES, SHELVES_AT_ONCE), count=SHELVES_AT_ONCE)
    return months


def pack_shelf(*, month: str, number: int, shelves: ReadingShelves) -> PackedShelf:
    """Keep, packed, every version of a day on a shelf that is not packed yet."""
    shelf = shelves.shelf(month, number)
    have = {version_of(day) for day in shelf.packed}
    waiting = [day for day in shelf.arrived if version_of(day) not in have]
    if waiting:
        shelves.keep(month, number, waiting)
    return PackedShelf(len(shelf.arrived), len(waiting))
