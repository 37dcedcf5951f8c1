"""Time: half-open periods, aware instants compared in UTC, and local days of Europe/Warsaw.

Only this module knows the zone. A local day has 23, 24 or 25 hours; control clocks of some meters stay on
winter time (czas zimowy, UTC+1) all year.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

_WARSAW = ZoneInfo("Europe/Warsaw")
_WINTER = timezone(timedelta(hours=1), "winter")


class NaiveInstantError(ValueError):
    """An instant carries no zone; carries the value."""

    def __init__(self, value: datetime) -> None:
        super().__init__(f"an instant needs a zone: {value.isoformat()}")
        self.value = value


class EmptyPeriodError(ValueError):
    """A period ends before or when it starts; carries both ends."""

    def __init__(self, start: object, end: object) -> None:
        super().__init__(f"a period must end after it starts: {start} .. {end}")
        self.start = start
        self.end = end


@dataclass(frozen=True, slots=True, order=True)
class DateRange:
    """Local days from `start` up to, not including, `end`; `end` None means open (bezterminowo)."""

    start: date
    end: date | None = None

    def __post_init__(self) -> None:
        if self.end is not None and self.end <= self.start:
            raise EmptyPeriodError(self.start, self.end)

    def __contains__(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day < self.end)

    def covers(self, other: "DateRange") -> bool:
        """Tell whether every day of `other` lies in this range."""
        if other.start < self.start:
            return False
        return self.end is None or (other.end is not None and other.end <= self.end)

    def intersection(self, other: "DateRange") -> "DateRange | None":
        """Return the days in both ranges, or None when there are none."""
        start = max(self.start, other.start)
        ends = [end for end in (self.end, other.end) if end is not None]
        end = min(ends) if ends else None
        return None if end is not None and end <= start else DateRange(start, end)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A settlement period (okres rozliczeniowy): local days from `start` up to, not including, `end`."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise EmptyPeriodError(self.start, self.end)

    @property
    def days(self) -> int:
        """Count the local days."""
        return (self.end - self.start).days

    @property
    def last_day(self) -> date:
        """Name the last day, the one that Polish documents print as «do»."""
        return self.end - timedelta(days=1)

    @property
    def range(self) -> DateRange:
        """View the period as a date range."""
        return DateRange(self.start, self.end)

    def split_at(self, *days: date) -> "list[Period]":
        """Cut the period at each of the given days that lie strictly inside it."""
        cuts = sorted({day for day in days if self.start < day < self.end})
        edges = [self.start, *cuts, self.end]
        return [Period(a, b) for a, b in itertools.pairwise(edges)]

    def each_day(self) -> Iterator[date]:
        """Yield every local day in order."""
        for offset in range(self.days):
            yield self.start + timedelta(days=offset)

    def __str__(self) -> str:
        return f"{self.start.isoformat()}/{self.end.isoformat()}"


def utc(instant: datetime) -> datetime:
    """Return the same instant in UTC. Raises NaiveInstantError."""
    if instant.tzinfo is None:
        raise NaiveInstantError(instant)
    return instant.astimezone(UTC)


def local_midnight(day: date) -> datetime:
    """Return the instant, in UTC, at which a local day of Europe/Warsaw begins."""
    return datetime(day.year, day.month, day.day, tzinfo=_WARSAW).astimezone(UTC)


def local_day(instant: datetime) -> date:
    """Return the local day of Europe/Warsaw that an instant falls on. Raises NaiveInstantError."""
    return utc(instant).astimezone(_WARSAW).date()


def local_clock(instant: datetime, *, winter_time: bool = False) -> datetime:
    """Return the wall clock of Europe/Warsaw at an instant, or of a meter that keeps winter time.

    Raises NaiveInstantError.
    """
    return utc(instant).astimezone(_WINTER if winter_time else _WARSAW)


def day_minutes(day: date) -> int:
    """Count the minutes of a local day: 1380, 1440 or 1500."""
    span = local_midnight(day + timedelta(days=1)) - local_midnight(day)
    return int(span.total_seconds()) // 60


def interval_starts(day: date, *, minutes: int) -> list[datetime]:
    """List, in UTC, the starts of the day's metering intervals of `minutes` each, in order.

    A day has 23, 24 or 25 hours, so 92, 96 or 100 quarters.
    """
    first = local_midnight(day)
    return [first + timedelta(minutes=offset) for offset in range(0, day_minutes(day), minutes)]


def local_instant(day: date, *, hour: int, minute: int = 0, second_pass: bool = False) -> datetime:
    """Return, in UTC, a wall-clock time of Europe/Warsaw; `second_pass` picks the later of a doubled hour."""
    clock = datetime(day.year, day.month, day.day, hour, minute, tzinfo=_WARSAW, fold=int(second_pass))
    return clock.astimezone(UTC)


def add_months(day: date, months: int, *, anchor: int | None = None) -> date:
    """Move a day by whole months; `anchor` is the wished day of month, cut to the month's length.

    The anchor keeps 31 January + 1 month + 1 month at 31 March, not 28.
    """
    index = day.year * 12 + day.month - 1 + months
    year, month0 = divmod(index, 12)
    wished = anchor or day.day
    first_of_next = date(year + (month0 == 11), (month0 + 1) % 12 + 1, 1)
    length = (first_of_next - date(year, month0 + 1, 1)).days
    return date(year, month0 + 1, min(wished, length))
