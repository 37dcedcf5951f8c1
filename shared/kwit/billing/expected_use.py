"""The use that a forecast expects (zużycie prognozowane), by zone: no reading of its days is needed.

The same days of the year before, else the daily average of the year before, else the declared use of a year, else the
daily average of what is known; the plan of the contract may name the one that is tried first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kwit.billing.case import Case
from kwit.billing.facts import zone_hours
from kwit.billing.history import PastUse, last_year_use, past_use, use_over
from kwit.kernel.provenance import Source
from kwit.kernel.time import DateRange, Period, add_months, local_midnight
from kwit.metering.ports import ReadingStore
from kwit.metering.readings import ReadingKind, RegisterReading
from kwit.metering.usage import MeteredRegister, RegisterSpan, Usage, current_days
from kwit.rating.series import SeriesSorter
from kwit.registry.records import Contract, ForecastMethod

KNOWN_AVERAGE = "known_average"
"""The method of the last resort: less than a year is known, and no use of a year is declared."""
_ALL = "all"
_DIGITS = 9
_SOURCE = Source("prognoza", "", 0)


@dataclass(frozen=True, slots=True)
class Expected:
    """The use expected over a period, and by what method."""

    usage: Usage
    method: str


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of earlier use: by zone where registers tell it, as a whole where only series do."""

    period: Period
    by_zone: Mapping[str, Sequence[PastUse]]
    last: date | None
    hours: Mapping[str, int]
    declared_kwh: int | None


def expected_use(
    *,
    case: Case,
    contract: Contract,
    period: Period,
    since: date | None,
    readings: ReadingStore,
    sorter: SeriesSorter,
) -> Expected | None:
    """Work out the use expected over a period, Wh; None when nothing is known and nothing is declared.

    Use from before `since`, of a party that had the contract before, does not count. A declared use, and one that only
    series tell, is shared among zones by what is known of them, else by their hours in the calendar, else evenly.
    """
    known = _known(case, contract, period, since, readings, sorter)
    plan = contract.forecast
    methods = list(ForecastMethod)
    if plan is not None and plan.method is not None:
        methods.sort(key=lambda one: one is not plan.method)
    for method in methods:
        found = _METHODS[method](known)
        if found is not None:
            return Expected(_usage(period, _in_zones(found, known)), str(method))
    found = _known_average(known)
    return None if found is None else Expected(_usage(period, _in_zones(found, known)), KNOWN_AVERAGE)


def _known(
    case: Case,
    contract: Contract,
    period: Period,
    since: date | None,
    readings: ReadingStore,
    sorter: SeriesSorter,
) -> _Known:
    mine = [one for one in case.registers if one.quantity == "import"]
    hours = zone_hours(case, contract, period, sorter)
    by_zone: dict[str, Sequence[PastUse]] = {}
    for zone in dict.fromkeys(one.zone for one in mine if one.interval_minutes is None):
        registers = [one for one in mine if one.zone == zone and one.interval_minutes is None]
        by_zone[zone] = past_use(registers=registers, states=case.states, until=period.start)
    if not any(by_zone.values()) and any(one.interval_minutes for one in mine):
        by_zone = {"": _past_series(case, period, readings)}
    if since is not None:
        by_zone = {zone: [one for one in past if one.period.start >= since] for zone, past in by_zone.items()}
    last = max((one.period.end for past in by_zone.values() for one in past), default=None)
    return _Known(period, by_zone, last, hours, contract.annual_kwh)


def _past_series(case: Case, period: Period, readings: ReadingStore) -> list[PastUse]:
    """Return the import of each day of the two years before as series tell it."""
    codes = {one.code for one in case.registers if one.quantity == "import" and one.interval_minutes}
    years = Period(add_months(period.start, -24), period.start)
    days = current_days(readings.intervals(case.point.ppe, period=years))
    sums: dict[date, int] = {}
    for day in days:
        if day.register in codes and day.day in years.range:
            sums[day.day] = sums.get(day.day, 0) + sum(day.values_wh)
    return [
        PastUse(Period(day, date.fromordinal(day.toordinal() + 1)), wh) for day, wh in sorted(sums.items())
    ]


def _previous_year(known: _Known) -> dict[str, int] | None:
    found = {zone: last_year_use(past, known.period) for zone, past in known.by_zone.items()}
    return _whole(found)


def _daily_average(known: _Known) -> dict[str, int] | None:
    if known.last is None:
        return None
    year = Period(add_months(known.last, -12), known.last)
    found = {zone: use_over(past, year) for zone, past in known.by_zone.items()}
    whole = _whole(found)
    return whole and {zone: wh * known.period.days // year.days for zone, wh in whole.items()}


def _declared(known: _Known) -> dict[str, int] | None:
    if known.declared_kwh is None:
        return None
    start = known.period.start
    year = Period(start, add_months(start, 12))
    wh = known.declared_kwh * 1000 * known.period.days // year.days
    sums = {zone: sum(one.wh for one in past) for zone, past in known.by_zone.items()}
    return _shared(wh, sums if any(sums.values()) and "" not in sums else {}, known)


def _known_average(known: _Known) -> dict[str, int] | None:
    days = max((sum(one.period.days for one in past) for past in known.by_zone.values()), default=0)
    if not days:
        return None
    return {
        zone: sum(one.wh for one in past) * known.period.days // days for zone, past in known.by_zone.items()
    }


_METHODS = {
    ForecastMethod.PREVIOUS_YEAR: _previous_year,
    ForecastMethod.DAILY_AVERAGE: _daily_average,
    ForecastMethod.DECLARED: _declared,
}


def _whole(found: Mapping[str, int | None]) -> dict[str, int] | None:
    known = {zone: wh for zone, wh in found.items() if wh is not None}
    return known if known and len(known) == len(found) else None


def _in_zones(found: Mapping[str, int], known: _Known) -> dict[str, int]:
    """Share what only series tell as a whole among the zones."""
    return _shared(found[""], {}, known) if "" in found else dict(found)


def _shared(wh: int, weights: Mapping[str, int], known: _Known) -> dict[str, int]:
    zones = dict(weights) or dict(known.hours)
    if not zones:
        zones = dict.fromkeys([zone for zone in known.by_zone if zone] or [_ALL], 1)
    whole, given, shares = sum(zones.values()), 0, {}
    weighed = 0
    for zone, weight in zones.items():
        weighed += weight
        shares[zone] = wh * weighed // whole - given
        given += shares[zone]
    return shares


def _usage(period: Period, zones: Mapping[str, int]) -> Usage:
    """Write expected Wh by zone as use, between two states that stand for the first and the last day."""
    at = local_midnight(period.start)
    spans = []
    for zone, wh in zones.items():
        register = MeteredRegister(
            meter_no="",
            code="",
            zone=zone,
            quantity="import",
            digits=_DIGITS,
            multiplier=1,
            present=DateRange(period.start, period.end),
        )
        first, last = (
            RegisterReading("", "", "", day, state, ReadingKind.ESTIMATED, at, _SOURCE)
            for day, state in ((period.start, 0), (period.end, wh))
        )
        spans.append(RegisterSpan(register, first, last, wh))
    return Usage(period, tuple(spans), (), ())
