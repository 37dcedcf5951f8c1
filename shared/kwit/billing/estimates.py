"""Estimates that a bill may rest on: whether the settings allow them yet, and the readings made.

Nothing is estimated unless the contract's profile says by which methods, and before the days it waits are over.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from kwit.billing.case import Case
from kwit.kernel.time import Period, local_midnight
from kwit.metering.estimation.filling import Difference, Filled, History, fill
from kwit.metering.estimation.load_profile import LoadProfile, LoadProfileUnknownError, load_profile
from kwit.metering.estimation.rules import EstimationRules
from kwit.metering.estimation.series import PROXY_WEEKS, REFERENCE_DAYS
from kwit.metering.ports import ReadingStore
from kwit.metering.readings import EstimationMethod, IntervalDay, Reading, RegisterReading
from kwit.metering.usage import Usage, usage_of
from kwit.registry.company import EstimationSettings, SumSettings
from kwit.registry.records import Contract

_MAY_BE_ESTIMATED = frozenset({"reading_missing", "intervals_missing", "intervals_incomplete"})
_DAYS_BEFORE = timedelta(days=max(REFERENCE_DAYS, *(7 * weeks for weeks in PROXY_WEEKS)))
_YEAR_BEFORE = timedelta(weeks=52)


@dataclass(frozen=True, slots=True)
class Estimating:
    """What estimates are made with; without settings none are made."""

    business_date: date
    settings: EstimationSettings | None
    sums: Sequence[SumSettings]
    holidays: frozenset[date]


def known_usage(*, case: Case, period: Period, readings: ReadingStore, made: Sequence[Reading] = ()) -> Usage:
    """Work out the use of a period from what is known, with days made for it and not yet stored."""
    series = any(register.interval_minutes for register in case.registers)
    days = readings.intervals(case.point.ppe, period=period) if series else ()
    return usage_of(
        period=period,
        registers=case.registers,
        readings=case.states,
        interval_days=(*days, *(one for one in made if isinstance(one, IntervalDay))),
    )


def with_states(case: Case, readings: Iterable[Reading]) -> Case:
    """Return the case with the states among some readings added to those known."""
    states = tuple(one for one in readings if isinstance(one, RegisterReading))
    return replace(case, states=(*case.states, *states))


def estimates(
    *,
    case: Case,
    contract: Contract,
    usage: Usage,
    nominal_end: date,
    billing: Estimating,
    readings: ReadingStore,
) -> Filled:
    """Estimate what the use of a period lacks: all of it, or nothing and the reasons."""
    settings = billing.settings
    if settings is None or billing.business_date < nominal_end + timedelta(days=settings.after_days):
        return Filled()
    if any(problem.code not in _MAY_BE_ESTIMATED for problem in usage.problems):
        return Filled()
    rules = EstimationRules(
        methods=tuple(EstimationMethod(name) for name in settings.methods),
        at_most=settings.at_most,
        series_days=settings.series_days,
        short_gap_hours=settings.short_gap_hours,
        profile=_profile(settings, contract, billing.holidays),
    )
    filled = fill(
        ppe=contract.ppe,
        period=usage.period,
        history=_history(case, contract, usage.period, rules, readings),
        rules=rules,
        known_at=local_midnight(billing.business_date),
        difference=_difference(case, contract, usage.period, billing.sums, readings),
    )
    return Filled([], filled.refusals) if filled.refusals else filled


def _profile(
    settings: EstimationSettings, contract: Contract, holidays: frozenset[date]
) -> LoadProfile | None:
    """Return the load profile that is named, else that of the group; a group without one does without.

    Raises LoadProfileUnknownError for a name in the settings that no profile bears.
    """
    if settings.load_profile:
        return load_profile(settings.load_profile, holidays=holidays)
    try:
        return load_profile(contract.group, holidays=holidays)
    except LoadProfileUnknownError:
        return None


def _history(
    case: Case, contract: Contract, period: Period, rules: EstimationRules, readings: ReadingStore
) -> History:
    series = any(register.interval_minutes for register in case.registers)
    days: list[IntervalDay] = []
    first = _first_day(case, period, series=series)
    if series or EstimationMethod.FROM_INTERVALS in rules.methods:
        days += readings.intervals(contract.ppe, period=Period(first, period.end))
    if series and EstimationMethod.PREVIOUS_YEAR in rules.methods:
        year = Period(period.start - _YEAR_BEFORE, period.end - _YEAR_BEFORE)
        days += [one for one in readings.intervals(contract.ppe, period=year) if one.day < first]
    return History(case.registers, case.states, days)


def _first_day(case: Case, period: Period, *, series: bool) -> date:
    """Return from which day series are needed: weeks before the period, or the last states before it."""
    first = period.start - _DAYS_BEFORE if series else period.start
    before = [one.boundary for one in case.states if one.boundary <= period.start]
    return min(first, max(before, default=first))


def _difference(
    case: Case, contract: Contract, period: Period, sums: Sequence[SumSettings], readings: ReadingStore
) -> Difference | None:
    named = next((one for one in sums if one.point == contract.ppe), None)
    if named is None:
        return None

    def history(ppe: str) -> History:
        known = case.others[ppe]
        series = any(register.interval_minutes for register in known.registers)
        return replace(known, days=readings.intervals(ppe, period=period) if series else ())

    return Difference(history(named.whole), [history(ppe) for ppe in named.parts])
