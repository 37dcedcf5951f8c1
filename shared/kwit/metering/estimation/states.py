"""Estimate the state of a register at a midnight at which nobody read it.

Rules: PGE Dystrybucja tariff 2026, 2.3.3 (p. 18): the same period of the previous calendar year, from real
readings; 2.3.14 and 2.3.17 (p. 20): average daily use of a comparable period times days, zones alike; 2.4.5
and 2.4.7 (p. 21): average daily use of the previous period times days, with regard to the season. Energa-Operator
tariff 2026 has the first two in 3.3.4 (p. 13) and 3.3.15 (p. 14). A load profile is how the season is regarded.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from kwit.kernel.energy import nearest
from kwit.kernel.time import Period, day_minutes
from kwit.metering.estimation.load_profile import LoadProfile
from kwit.metering.estimation.rules import estimate_source
from kwit.metering.moves import Move, wh_over, year_before
from kwit.metering.readings import (
    EstimationMethod,
    IntervalDay,
    ReadingKind,
    RegisterReading,
    Standing,
)
from kwit.metering.usage import MeteredRegister, advance

_LEAST_DAYS = 7
_CAPACITY_WH = 1000


@dataclass(frozen=True, slots=True)
class StateGap:
    """A midnight without a state: the states around it, and what its register's zone used before.

    `base` is the last reading taken before; `last` the last state of any kind, which may be an estimate that is
    invoiced. `after` is the first reading taken after. `subtracted` is the energy of other points in Wh, from the
    base on, when the point is reckoned from them.
    """

    register: MeteredRegister
    boundary: date
    base: RegisterReading
    last: RegisterReading
    after: RegisterReading | None
    moves: Sequence[Move]
    days: Sequence[IntervalDay] = ()
    profile: LoadProfile | None = None
    subtracted: Callable[[Period], Fraction | None] | None = None


Method = Callable[[StateGap, Period], Fraction | None]


def _previous_year(gap: StateGap, period: Period) -> Fraction | None:
    before = year_before(period)
    return None if before is None else wh_over(gap.moves, before)


def _daily_average(gap: StateGap, period: Period) -> Fraction | None:
    wh, days = _reference(gap, period)
    return Fraction(wh * period.days, sum(one.days for one in days)) if days else None


def _load_profile(gap: StateGap, period: Period) -> Fraction | None:
    wh, days = _reference(gap, period)
    if gap.profile is None or not days:
        return None
    whole = sum(gap.profile.of_period(one) for one in days)
    return Fraction(wh * gap.profile.of_period(period), whole) if whole else None


def _reference(gap: StateGap, period: Period) -> tuple[int, Sequence[Period]]:
    """Return the use and the days of the moves before a gap, the latest first, until they are as long as it."""
    wh, days, periods = 0, 0, []
    for move in sorted(gap.moves, key=lambda one: one.period, reverse=True):
        if move.period.end <= period.start and days < period.days:
            wh, days = wh + move.wh, days + move.period.days
            periods.append(move.period)
    return (wh, periods) if days >= _LEAST_DAYS else (0, ())


def _interpolation(gap: StateGap, period: Period) -> Fraction | None:
    if gap.after is None:
        return None
    moved = advance(gap.base, gap.after, digits=gap.register.digits)
    if moved is None:
        return None
    return Fraction(moved * gap.register.multiplier * period.days, (gap.after.boundary - period.start).days)


def _from_intervals(gap: StateGap, period: Period) -> Fraction | None:
    whole = {
        one.day: sum(one.values_wh)
        for one in gap.days
        if len(one.values_wh) * one.minutes == day_minutes(one.day)
        and not one.missing
        and not one.standing.held
    }
    days = list(period.each_day())
    return Fraction(sum(whole[day] for day in days)) if all(day in whole for day in days) else None


def _subtractive(gap: StateGap, period: Period) -> Fraction | None:
    return None if gap.subtracted is None else gap.subtracted(period)


_METHODS: Mapping[EstimationMethod, Method] = {
    EstimationMethod.PREVIOUS_YEAR: _previous_year,
    EstimationMethod.DAILY_AVERAGE: _daily_average,
    EstimationMethod.LOAD_PROFILE: _load_profile,
    EstimationMethod.INTERPOLATION: _interpolation,
    EstimationMethod.FROM_INTERVALS: _from_intervals,
    EstimationMethod.SUBTRACTIVE: _subtractive,
}


def estimate_state(
    gap: StateGap, *, methods: Sequence[EstimationMethod], known_at: datetime
) -> RegisterReading | None:
    """Estimate the state by the first method that can; None when none can.

    The use is counted from the last reading taken, not from estimates after it, so that estimating a period in
    parts and in one gives the same energy; where that would turn the register back before an estimate already
    made, it is counted from that estimate. A state that a later reading contradicts is no estimate.
    """
    for method in methods:
        reckon = _METHODS.get(method)
        if reckon is None:
            continue
        for start in dict.fromkeys((gap.base, gap.last)):
            wh = reckon(gap, Period(start.boundary, gap.boundary))
            found = None if wh is None else _state(gap, start, wh, method, known_at)
            if found is not None:
                return found
    return None


def _state(
    gap: StateGap, start: RegisterReading, wh: Fraction, method: EstimationMethod, known_at: datetime
) -> RegisterReading | None:
    register = gap.register
    if wh < 0:
        return None
    moved = nearest(wh / register.multiplier)
    capacity = 10**register.digits * _CAPACITY_WH
    since_last = moved - (gap.last.state_wh - start.state_wh) % capacity
    if since_last < 0 or moved >= capacity:
        return None
    if gap.after is not None:
        whole = advance(start, gap.after, digits=register.digits)
        if whole is None or moved > whole:
            return None
    place = (start.ppe, register.meter_no, register.code, gap.boundary.isoformat())
    return RegisterReading(
        ppe=start.ppe,
        meter_no=register.meter_no,
        register=register.code,
        boundary=gap.boundary,
        state_wh=(start.state_wh + moved) % capacity,
        kind=ReadingKind.ESTIMATED,
        known_at=known_at,
        source=estimate_source(method, *place),
        standing=Standing(method=method),
    )
