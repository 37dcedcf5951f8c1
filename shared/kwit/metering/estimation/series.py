"""Estimate values of a series that nobody measured: single intervals, and whole local days.

Proxy day (doba zastępcza): the same weekday of the weeks before, as tariffs tell energy that could not be
measured (PGE Dystrybucja tariff 2026, p. 39; Energa-Operator 2026, p. 29: the same day of the previous week).
"""

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction

from kwit.kernel.energy import apportion, nearest
from kwit.kernel.time import Period, day_minutes, interval_starts, local_clock
from kwit.metering.estimation.load_profile import LoadProfile
from kwit.metering.estimation.rules import EstimationRules, estimate_source, known_after
from kwit.metering.readings import EstimationMethod, IntervalDay, RegisterReading, Standing
from kwit.metering.usage import MeteredRegister, advance

PROXY_WEEKS = (1, 2, 3, 4)
REFERENCE_DAYS = 28
_YEAR_OF_WEEKS = timedelta(weeks=52)


@dataclass(frozen=True, slots=True)
class SeriesGap:
    """The days of one register that count, around and inside a period, and what else may tell missing values.

    `known` says since when the newest version of a day is known, withdrawn ones included. `states` are the
    register's own states taken; `subtracted` gives a day's values by other points.
    """

    ppe: str
    register: MeteredRegister
    period: Period
    minutes: int
    days: Mapping[date, IntervalDay]
    known: Mapping[date, datetime]
    states: Sequence[RegisterReading] = ()
    profile: LoadProfile | None = None
    subtracted: Callable[[date], Sequence[int] | None] | None = None

    def measured(self, day: date) -> IntervalDay | None:
        """Return a day that is whole, of this length of interval, with no doubt and no guess of kWit in it."""
        found = self.days.get(day)
        if found is None or found.reckoned or found.missing or found.standing.held:
            return None
        whole = found.minutes == self.minutes and len(found.values_wh) * self.minutes == day_minutes(day)
        return found if whole else None

    def unknown(self, day: date) -> list[int]:
        """List the indexes of a day's values that nobody told."""
        count = day_minutes(day) // self.minutes
        found = self.days.get(day)
        if found is None or found.minutes != self.minutes or len(found.values_wh) != count:
            return list(range(count))
        return sorted(found.missing)

    @property
    def unknown_days(self) -> list[date]:
        """List the days of the period that lack values."""
        return [day for day in self.period.each_day() if self.unknown(day)]


Values = Mapping[int, int]
"""Wh by the index of the interval in its day."""
Method = Callable[[SeriesGap, date, EstimationRules], Values | None]


def _interpolation(gap: SeriesGap, day: date, rules: EstimationRules) -> Values | None:
    """Draw a straight line over a short gap, between the values beside it."""
    values = dict(enumerate(gap.days[day].values_wh)) if day in gap.days else {}
    unknown = gap.unknown(day)
    for index in unknown:
        values.pop(index, None)
    found: dict[int, int] = {}
    for run in _runs(unknown):
        left, right = values.get(run[0] - 1), values.get(run[-1] + 1)
        if left is None or right is None or len(run) * gap.minutes > rules.short_gap_hours * 60:
            return None
        step = Fraction(right - left, len(run) + 1)
        found |= {index: nearest(left + step * (place + 1)) for place, index in enumerate(run)}
    return found


def _runs(indexes: Sequence[int]) -> list[list[int]]:
    runs: list[list[int]] = []
    for index in indexes:
        if runs and runs[-1][-1] == index - 1:
            runs[-1].append(index)
        else:
            runs.append([index])
    return runs


def _proxy_day(gap: SeriesGap, day: date, _rules: EstimationRules) -> Values | None:
    return _like(gap, day, [day - timedelta(weeks=weeks) for weeks in PROXY_WEEKS])


def _previous_year(gap: SeriesGap, day: date, _rules: EstimationRules) -> Values | None:
    return _like(gap, day, [day - _YEAR_OF_WEEKS])


def _like(gap: SeriesGap, day: date, others: Sequence[date]) -> Values | None:
    """Take the values that the first measured one of other days has at the same times by the clock.

    A time that a day of spring does not have is told by the hour before it, the doubled one of autumn by its
    first passing.
    """
    found = next((one for one in map(gap.measured, others) if one is not None), None)
    if found is None:
        return None
    told: dict[tuple[int, int], int] = {}
    for start, wh in zip(interval_starts(found.day, minutes=gap.minutes), found.values_wh, strict=True):
        clock = local_clock(start)
        told.setdefault((clock.hour, clock.minute), wh)
    clocks = [local_clock(start) for start in interval_starts(day, minutes=gap.minutes)]
    values = {}
    for index in gap.unknown(day):
        hour, minute = clocks[index].hour, clocks[index].minute
        values[index] = told[hour, minute] if (hour, minute) in told else told[hour - 1, minute]
    return values


def _load_profile(gap: SeriesGap, day: date, _rules: EstimationRules) -> Values | None:
    """Spread the use of the four weeks before the period by the load profile."""
    if gap.profile is None:
        return None
    before = [gap.period.start - timedelta(days=back) for back in range(1, REFERENCE_DAYS + 1)]
    measured = [one for one in map(gap.measured, before) if one is not None]
    whole = sum(sum(gap.profile.of_day(one.day, minutes=gap.minutes)) for one in measured)
    if not whole:
        return None
    wh = sum(sum(one.values_wh) for one in measured)
    weights = gap.profile.of_day(day, minutes=gap.minutes)
    return {index: nearest(Fraction(wh * weights[index], whole)) for index in gap.unknown(day)}


def _subtractive(gap: SeriesGap, day: date, _rules: EstimationRules) -> Values | None:
    values = None if gap.subtracted is None else gap.subtracted(day)
    return None if values is None else {index: values[index] for index in gap.unknown(day)}


_METHODS: Mapping[EstimationMethod, Method] = {
    EstimationMethod.INTERPOLATION: _interpolation,
    EstimationMethod.PROXY_DAY: _proxy_day,
    EstimationMethod.PREVIOUS_YEAR: _previous_year,
    EstimationMethod.LOAD_PROFILE: _load_profile,
    EstimationMethod.SUBTRACTIVE: _subtractive,
}


def estimate_days(
    gap: SeriesGap, *, rules: EstimationRules, known_at: datetime
) -> tuple[list[IntervalDay], list[date]]:
    """Estimate every day of the period that lacks values, each by the first method that can.

    Returns the days made, and those that no method could tell.
    """
    made: list[IntervalDay] = []
    left: list[date] = []
    by_register: dict[date, Values] | None = None
    for day in gap.unknown_days:
        for method in rules.methods:
            if method is EstimationMethod.FROM_REGISTER:
                by_register = _from_register(gap) if by_register is None else by_register
                values = by_register.get(day)
            else:
                reckon = _METHODS.get(method)
                values = reckon(gap, day, rules) if reckon else None
            if values is not None and min(values.values()) >= 0:
                made.append(_day(gap, day, values, method, known_at))
                break
        else:
            left.append(day)
    return made, left


def _from_register(gap: SeriesGap) -> dict[date, Values]:
    """Spread what the register's states leave for unknown values, so that series and register agree to the Wh."""
    found: dict[date, Values] = {}
    ordered = sorted(gap.states, key=lambda one: one.boundary)
    for first, last in itertools.pairwise(ordered):
        between = Period(first.boundary, last.boundary)
        days = list(between.each_day())
        places = [(day, index) for day in days for index in gap.unknown(day)]
        moved = advance(first, last, digits=gap.register.digits)
        if not places or moved is None or any(day not in gap.period.range for day, _ in places):
            continue
        rest = moved * gap.register.multiplier - _known_wh(gap, days)
        weights = [_weight(gap, day, index) for day, index in places]
        if rest < 0 or not sum(weights):
            continue
        for (day, index), wh in zip(places, apportion(rest, weights=weights), strict=True):
            found[day] = {**found.get(day, {}), index: wh}
    return found


def _known_wh(gap: SeriesGap, days: Sequence[date]) -> int:
    known = 0
    for day in days:
        unknown = set(gap.unknown(day))
        if day in gap.days and len(unknown) < day_minutes(day) // gap.minutes:
            known += sum(wh for index, wh in enumerate(gap.days[day].values_wh) if index not in unknown)
    return known


def _weight(gap: SeriesGap, day: date, index: int) -> int:
    return 1 if gap.profile is None else gap.profile.of_day(day, minutes=gap.minutes)[index]


def _day(
    gap: SeriesGap, day: date, values: Values, method: EstimationMethod, known_at: datetime
) -> IntervalDay:
    present = gap.days.get(day)
    count = day_minutes(day) // gap.minutes
    keep = present is not None and len(values) < count
    told = list(present.values_wh) if present is not None and keep else [0] * count
    for index, wh in values.items():
        told[index] = wh
    estimated = present.estimated if present is not None and keep else frozenset()
    return IntervalDay(
        ppe=gap.ppe,
        register=gap.register.code,
        day=day,
        minutes=gap.minutes,
        values_wh=tuple(told),
        known_at=known_after(known_at, *([gap.known[day]] if day in gap.known else ())),
        source=estimate_source(method, gap.ppe, gap.register.code, day.isoformat()),
        estimated=estimated | frozenset(values),
        standing=Standing(method=method),
    )
