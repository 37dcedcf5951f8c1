"""Zone calendars at work: the zone of an instant, of every interval of a day, and runs of a whole period.

A meter's control clock may keep winter time all year (PGE Dystrybucja 2026 p. 17, Energa-Operator 2026
p. 12): `winter_time` reads hours, and the kind of day, on that clock, while a settlement day stays a day of
Europe/Warsaw. Runs make zone sums cheap: a month of quarters is a hundred slices or so, not 2976 look-ups.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from kwit.kernel.time import interval_starts, local_clock
from kwit.tariffs.price_list import CalendarRule, ZoneCalendar

_SATURDAY, _SUNDAY = 5, 6


class UncoveredDayError(LookupError):
    """No rule of a calendar covers a day; carries the calendar's code, the month and the kind of day."""

    def __init__(self, calendar: str, month: int, kind: str) -> None:
        super().__init__(f"calendar {calendar!r} has no rule for month {month}, {kind}")
        self.calendar = calendar
        self.month = month
        self.kind = kind


class IntervalLengthError(ValueError):
    """An interval does not divide the hour, so zones that change on the hour cut it; carries the minutes."""

    def __init__(self, minutes: int) -> None:
        super().__init__(f"an interval of {minutes} minutes does not divide the hour")
        self.minutes = minutes


class IntervalCountError(ValueError):
    """Values do not match the intervals that runs were made for; carries both counts."""

    def __init__(self, values: int, intervals: int) -> None:
        super().__init__(f"{values} values for runs over {intervals} intervals")
        self.values = values
        self.intervals = intervals


class ZoneRun(NamedTuple):
    """Consecutive intervals of one zone: indices `start` up to, not including, `stop`."""

    zone: str
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class ZoneSlices:
    """The slices of each zone over a sequence of intervals; made once, used for every meter of a calendar."""

    slices: Mapping[str, tuple[slice, ...]]
    intervals: int

    def sums(self, values: Sequence[int]) -> dict[str, int]:
        """Add whole values (Wh), one per interval, by zone.

        Raises IntervalCountError when the values are not exactly those the slices are for.
        """
        if len(values) != self.intervals:
            raise IntervalCountError(len(values), self.intervals)
        cut = values.__getitem__
        return {zone: sum(map(sum, map(cut, slices))) for zone, slices in self.slices.items()}


def day_kind(day: date, *, holidays: Collection[date]) -> str:
    """Name the kind of a day: holiday, sunday, saturday or workday; a holiday beats the weekday."""
    if day in holidays:
        return "holiday"
    weekday = day.weekday()
    if weekday == _SUNDAY:
        return "sunday"
    return "saturday" if weekday == _SATURDAY else "workday"


def zone_of(
    *, calendar: ZoneCalendar, instant: datetime, holidays: Collection[date], winter_time: bool = False
) -> str:
    """Return the zone (strefa) of an instant.

    Raises UncoveredDayError, NaiveInstantError.
    """
    clock = local_clock(instant, winter_time=winter_time)
    return _rule(calendar, clock.date(), holidays).hours[clock.hour]


def day_zones(
    *,
    calendar: ZoneCalendar,
    day: date,
    minutes: int,
    holidays: Collection[date],
    winter_time: bool = False,
) -> tuple[str, ...]:
    """Return the zone of every interval of a local day in UTC order: 23, 24 or 25 hours of them.

    Raises UncoveredDayError, IntervalLengthError.
    """
    if minutes <= 0 or 60 % minutes:
        raise IntervalLengthError(minutes)
    per_hour = 60 // minutes
    return tuple(
        zone
        for start in interval_starts(day, minutes=60)
        for zone in (zone_of(calendar=calendar, instant=start, holidays=holidays, winter_time=winter_time),)
        * per_hour
    )


def runs(zones: Iterable[str]) -> tuple[ZoneRun, ...]:
    """Join consecutive intervals of the same zone into runs."""
    found: list[ZoneRun] = []
    start = index = 0
    current: str | None = None
    for index, zone in enumerate(zones):
        if zone != current:
            if current is not None:
                found.append(ZoneRun(current, start, index))
            current, start = zone, index
    if current is not None:
        found.append(ZoneRun(current, start, index + 1))
    return tuple(found)


def period_runs(
    *,
    calendar: ZoneCalendar,
    days: Iterable[date],
    minutes: int,
    holidays: Collection[date],
    winter_time: bool = False,
) -> tuple[ZoneRun, ...]:
    """Return the runs over the intervals of consecutive local days; callers keep them for every meter alike.

    Raises UncoveredDayError, IntervalLengthError.
    """
    return runs(
        zone
        for day in days
        for zone in day_zones(
            calendar=calendar, day=day, minutes=minutes, holidays=holidays, winter_time=winter_time
        )
    )


def zone_slices(zone_runs: Sequence[ZoneRun]) -> ZoneSlices:
    """Sort runs by zone, so that adding up a month of quarters is a few dozen sums over slices."""
    slices: dict[str, list[slice]] = {}
    for zone, start, stop in zone_runs:
        slices.setdefault(zone, []).append(slice(start, stop))
    intervals = zone_runs[-1].stop if zone_runs else 0
    return ZoneSlices({zone: tuple(cuts) for zone, cuts in slices.items()}, intervals)


def _rule(calendar: ZoneCalendar, day: date, holidays: Collection[date]) -> CalendarRule:
    kind = day_kind(day, holidays=holidays)
    for rule in calendar.rules:
        if day.month in rule.months and kind in rule.days:
            return rule
    raise UncoveredDayError(calendar.code, day.month, kind)
