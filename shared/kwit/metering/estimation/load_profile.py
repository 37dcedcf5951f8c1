"""Standard load profiles (profile standardowe, SLP): how a tariff group spreads its energy over hours and days.

The packaged file says where its figures come from. Weights tell shares only; energy comes from readings.
"""

import importlib.resources
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from kwit.kernel.time import Period, interval_starts, local_clock

FILE = "hourly-2024.csv"
_HOURS = 24
_FIRST_WEIGHT = 3
_SATURDAY, _SUNDAY = 5, 6


class LoadProfileFileError(ValueError):
    """The packaged file of load profiles is wrong; carries the line and what is wrong with it."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(f"{FILE}:{line}: {problem}")
        self.line = line
        self.problem = problem


class LoadProfileUnknownError(LookupError):
    """No load profile bears a name; carries it."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no load profile {name!r} in {FILE}")
        self.name = name


@dataclass(frozen=True, slots=True)
class LoadProfile:
    """Hourly weights of one group by month and kind of day: `workday`, `saturday` or `holiday`."""

    name: str
    weights: Mapping[tuple[int, str], tuple[int, ...]]
    holidays: frozenset[date]

    def of_day(self, day: date, *, minutes: int) -> list[int]:
        """Return a weight for each interval of a local day, in the order of time."""
        hours = self.weights[day.month, self._kind(day)]
        return [hours[local_clock(start).hour] for start in interval_starts(day, minutes=minutes)]

    def of_period(self, period: Period) -> int:
        """Return the weight of a period, the sum of its hours."""
        return sum(sum(self.of_day(day, minutes=60)) for day in period.each_day())

    def _kind(self, day: date) -> str:
        if day.weekday() == _SUNDAY or day in self.holidays:
            return "holiday"
        return "saturday" if day.weekday() == _SATURDAY else "workday"


def load_profile(name: str, *, holidays: frozenset[date]) -> LoadProfile:
    """Return the packaged load profile of a tariff group. Raises LoadProfileUnknownError, LoadProfileFileError."""
    found = _packaged().get(name)
    if found is None:
        raise LoadProfileUnknownError(name)
    return LoadProfile(name, found, holidays)


_Weights = Mapping[tuple[int, str], tuple[int, ...]]


@cache
def _packaged() -> Mapping[str, _Weights]:
    content = (importlib.resources.files("kwit.metering") / "load_profiles" / FILE).read_text(
        encoding="utf-8"
    )
    return read_load_profiles(content)


def read_load_profiles(content: str) -> Mapping[str, _Weights]:
    """Read the weights of every group: a row has groups joined by `/`, month, kind of day and 24 hours.

    Raises LoadProfileFileError.
    """
    groups: dict[str, dict[tuple[int, str], tuple[int, ...]]] = {}
    for number, line in enumerate(content.splitlines(), start=1):
        cells = line.split(";")
        if line.startswith("#") or cells[0] == "groups":
            continue
        numbers = [cells[1], *cells[_FIRST_WEIGHT:]]
        if len(numbers) != _HOURS + 1 or not all(cell.isascii() and cell.isdigit() for cell in numbers):
            raise LoadProfileFileError(number, "needs groups, a month, a kind of day and 24 whole weights")
        for name in cells[0].split("/"):
            groups.setdefault(name, {})[int(cells[1]), cells[2]] = tuple(map(int, cells[_FIRST_WEIGHT:]))
    whole = {(month, kind) for month in range(1, 13) for kind in ("workday", "saturday", "holiday")}
    for name, weights in groups.items():
        if weights.keys() != whole or not all(any(hours) for hours in weights.values()):
            raise LoadProfileFileError(0, f"{name} lacks a month or a kind of day")
    return groups
