"""Fire the deployed schedules for a stretch of time, in their own time zones, as EventBridge Scheduler would.

The emulator's clock is off: days pass only here, so a month takes seconds and every run is repeatable.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from infra.local.cloud import EmbeddedCloud

_SCHEDULED_TIME = "<aws.scheduler.scheduled-time>"
_CRON_FIELDS = 6


class ScheduleError(Exception):
    """Tell which schedule cannot be driven here, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cron:
    """Hold the parsed fields of ``cron(minute hour day-of-month month ? *)``."""

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: tuple[int, ...]
    months: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Hold one enabled schedule of the deployed stack."""

    name: str
    cron: Cron
    zone: ZoneInfo
    queue_arn: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """Hold one due instant (UTC) of a schedule."""

    at: datetime
    schedule: Schedule

    @property
    def message(self) -> str:
        """Give the schedule's input with the due instant in its place."""
        return self.schedule.message.replace(_SCHEDULED_TIME, f"{self.at:%Y-%m-%dT%H:%M:%SZ}")


def parse_cron(expression: str) -> Cron:
    """Parse numbers, lists, ranges, steps and ``*`` in minute, hour, day and month.

    Day of week and year must be open (``?`` or ``*``). Raises ``ScheduleError`` for anything else.
    """
    fields = expression.removeprefix("cron(").removesuffix(")").split()
    if not expression.startswith("cron(") or len(fields) != _CRON_FIELDS:
        raise ScheduleError(f"{expression!r} is not a cron expression of six fields")
    minute, hour, day, month, day_of_week, year = fields
    if day_of_week not in {"?", "*"} or year != "*":
        raise ScheduleError(
            f"{expression!r} names a day of the week or a year, which this driver does not know"
        )
    try:
        return Cron(
            minutes=_numbers(minute, low=0, high=59),
            hours=_numbers(hour, low=0, high=23),
            days=_numbers(day, low=1, high=31),
            months=_numbers(month, low=1, high=12),
        )
    except ValueError as error:
        raise ScheduleError(f"{expression!r}: {error}") from error


def _numbers(field: str, *, low: int, high: int) -> tuple[int, ...]:
    found: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, _, last = span.partition("-")
        if span in {"*", "?"}:
            start, end = low, high
        else:
            start = int(first)
            end = int(last or (high if step else first))
        if not low <= start <= end <= high:
            raise ValueError(f"{part!r} leaves {low}-{high}")
        found.update(range(start, end + 1, int(step or 1)))
    return tuple(sorted(found))


def occurrences(schedule: Schedule, *, since: datetime, until: datetime) -> Iterator[Occurrence]:
    """Give every due instant with ``since <= instant < until`` (aware), in order.

    A local time that a change to summer time skips does not occur; one that the change back repeats
    occurs once, the first time.
    """
    day, last = since.astimezone(schedule.zone).date(), until.astimezone(schedule.zone).date()
    while day <= last:
        if day.day in schedule.cron.days and day.month in schedule.cron.months:
            for instant in _instants(schedule, day):
                if since <= instant < until:
                    yield Occurrence(at=instant, schedule=schedule)
        day += timedelta(days=1)


def _instants(schedule: Schedule, day: date) -> Iterator[datetime]:
    for hour in schedule.cron.hours:
        for minute in schedule.cron.minutes:
            local = datetime(day.year, day.month, day.day, hour, minute, tzinfo=schedule.zone)
            instant = local.astimezone(UTC)
            if instant.astimezone(schedule.zone).replace(tzinfo=None) == local.replace(tzinfo=None):
                yield instant


def deployed(cloud: EmbeddedCloud) -> list[Schedule]:
    """Read the enabled schedules of the deployed stacks. Raises ``ScheduleError``."""
    scheduler = cloud.client("scheduler")
    found = []
    for page in scheduler.get_paginator("list_schedules").paginate():
        for summary in page["Schedules"]:
            schedule = scheduler.get_schedule(Name=summary["Name"], GroupName=summary["GroupName"])
            if schedule["State"] == "ENABLED":
                found.append(
                    Schedule(
                        name=schedule["Name"],
                        cron=parse_cron(schedule["ScheduleExpression"]),
                        zone=ZoneInfo(schedule["ScheduleExpressionTimezone"]),
                        queue_arn=schedule["Target"]["Arn"],
                        message=schedule["Target"]["Input"],
                    )
                )
    return found


def run(
    cloud: EmbeddedCloud, *, since: datetime, until: datetime, timeout: float = 120.0
) -> list[Occurrence]:
    """Fire every schedule due in ``[since, until)`` in order, each after the one before is done with.

    ``timeout`` (seconds) bounds the work of one occurrence. Return what was fired. Raises
    ``ScheduleError``, and what ``EmbeddedCloud.wait_idle`` raises.
    """
    if since.tzinfo is None or until.tzinfo is None:
        raise ScheduleError(f"{since} and {until} must say their time zone")
    due = [o for schedule in deployed(cloud) for o in occurrences(schedule, since=since, until=until)]
    due.sort(key=lambda occurrence: (occurrence.at, occurrence.schedule.name))
    for occurrence in due:
        cloud.send_to_queue(occurrence.schedule.queue_arn, occurrence.message)
        cloud.wait_idle(timeout)
    return due
