"""What a bill's rating knows beside use and prices: limits of energy, power taken, capacity classes, degree of use."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

from kwit.billing.carried import Carried
from kwit.billing.case import Case
from kwit.billing.history import PastUse, use_over
from kwit.kernel.energy import whole_kwh
from kwit.kernel.time import DateRange, Period, add_months
from kwit.metering.ports import ReadingStore
from kwit.metering.readings import IntervalDay
from kwit.metering.usage import Usage, current_days
from kwit.rating.capacity_class import Qualification, classify, pays_in_full
from kwit.rating.degree_of_use import degree
from kwit.rating.export import calendar_months
from kwit.rating.facts import CapacityDay, EnergyBase, Facts, PowerExcess
from kwit.rating.lines import Rated, RatingProblem
from kwit.rating.losses import Losses
from kwit.rating.power_excess import monthly_excesses
from kwit.rating.series import SeriesSorter, SortedSeries
from kwit.rating.volume import left_of_limit
from kwit.registry.records import Contract, MonthlyBase, YearlyLimit
from kwit.tariffs.price_list import BASE, LOW, Basis, TariffGroup

_LOW_VOLTAGE = frozenset("CGR")
_UNIT_DIGITS = {"MWh": 3}


def facts_of(
    *, case: Case, contract: Contract, period: Period, usage: Usage, series: SortedSeries, carried: Carried
) -> Facts:
    """Gather the facts of a period; what nobody can tell stays out, and the engine names what it lacks."""
    return Facts(
        power_excess=_power_excess(case, period, usage),
        bases=tuple(_bases(contract, period, carried)),
        capacity_days=_capacity_days(contract, series),
    )


def losses_of(*, case: Case, contract: Contract, period: Period, sorter: SeriesSorter) -> Losses | None:
    """Return the losses that a contract adds to the import, with the hours of each zone; None when it has none."""
    terms = contract.settlement
    if not terms.losses_percent and not terms.losses_kw:
        return None
    hours = zone_hours(case, contract, period, sorter) if terms.losses_kw else {}
    return Losses(terms.losses_percent, terms.losses_kw, hours)


def zone_hours(case: Case, contract: Contract, period: Period, sorter: SeriesSorter) -> Mapping[str, int]:
    """Count the hours of each zone over a period by the calendar of the group; nothing when it has none."""
    group = _group(case, contract.group, period.start)
    if group is None or group.calendar is None:
        return {}
    hours: dict[str, int] = defaultdict(int)
    for day in period.each_day():
        for zone, start, stop in sorter.runs(group.calendar, day, 60, winter_time=False):
            hours[zone] += stop - start
    return hours


def _group(case: Case, code: str, day: date) -> TariffGroup | None:
    groups = [
        version.groups[code]
        for versions in case.lists.values()
        for version in versions
        if day in version.window and code in version.groups
    ]
    return next((one for one in groups if one.calendar is not None), groups[0] if groups else None)


def power_problem(*, case: Case, contract: Contract, period: Period, usage: Usage) -> RatingProblem | None:
    """Name a contracted power that changes inside a month whose excesses are measured: which ten count is not told."""
    series = any(one.register.quantity == "import" for one in usage.series)
    charged = any(
        charge.basis is Basis.POWER_EXCESS and charge.concerns(group=contract.group, household=False)
        for versions in case.lists.values()
        for version in versions
        for charge in version.charges
    )
    if not series or not charged:
        return None
    for month in calendar_months(period):
        if len({one.contracted_kw for one in case.terms_over(month, annual_kwh=None)}) > 1:
            return RatingProblem(
                "power_changed_inside_month", f"{month.start:%Y-%m}: no ten excesses of one power"
            )
    return None


def _power_excess(case: Case, period: Period, usage: Usage) -> tuple[PowerExcess, ...] | None:
    """Find the excesses of each month from the series of import; None when power or series are not known.

    The ten largest are those of one contracted power, so a power that changes inside a month tells nothing.
    """
    days = [day for one in usage.series if one.register.quantity == "import" for day in one.days]
    if not days or len({day.day for day in days}) != len(days):
        return None
    found: list[PowerExcess] = []
    for month in calendar_months(period):
        held = {one.contracted_kw for one in case.terms_over(month, annual_kwh=None)}
        power = held.pop() if len(held) == 1 else None
        if power is None:
            return None
        found += monthly_excesses(days=[d for d in days if d.day in month.range], contracted_kw=power)
    return tuple(found)


def _capacity_days(contract: Contract, series: SortedSeries) -> tuple[CapacityDay, ...] | None:
    """Class the working days, unless the contract names A or has no period of qualification."""
    terms = contract.settlement
    if not terms.capacity_qualification or terms.capacity_coefficient is not None:
        return None
    days = series.working_days()
    if not days:
        return None
    in_full = pays_in_full(
        low_voltage=contract.group[:1] in _LOW_VOLTAGE, contracted_kw=contract.contracted_kw
    )
    return classify(days, qualification=Qualification(terms.capacity_qualification), in_full=in_full)


def _bases(contract: Contract, period: Period, carried: Carried) -> Iterable[EnergyBase]:
    for limit in contract.settlement.yearly_limits:
        yield from _of_years(limit, contract, period, carried)
    for base in contract.settlement.monthly_bases:
        yield EnergyBase(base.charge, _of_months(base, period))


def _of_years(
    limit: YearlyLimit, contract: Contract, period: Period, carried: Carried
) -> Iterable[EnergyBase]:
    """Yield what is left of a limit in each calendar year of a period; a contract that began later has its days."""
    for year in range(period.start.year, period.last_day.year + 1):
        whole = Period(date(year, 1, 1), date(year + 1, 1, 1))
        window = whole.range.intersection(period.range)
        mine = whole.range.intersection(DateRange(contract.starts, contract.ends))
        if window is None or mine is None or mine.end is None:
            continue
        kwh = left_of_limit(
            limit_kwh=limit.kwh,
            used_kwh=carried.used_kwh(limit.charge, year),
            days=(mine.end - mine.start).days,
            of_days=whole.days,
        )
        yield EnergyBase(limit.charge, kwh, window)


def _of_months(base: MonthlyBase, period: Period) -> int:
    """Add up the base of the months of a period, parts of a month by days, half up to whole kWh."""
    exact = Fraction(0)
    for part in calendar_months(period):
        first = part.start.replace(day=1)
        of_days = (add_months(first, 1) - first).days
        exact += Fraction(base.kwh[first.month - 1] * part.days, of_days)
    return int((2 * exact + 1) // 2)


def used_limits(*, contract: Contract, rated: Rated) -> Mapping[tuple[str, int], int]:
    """Count the kWh that lines billed within yearly limits, by charge and year of their first day."""
    used: dict[tuple[str, int], int] = defaultdict(int)
    charges = {limit.charge for limit in contract.settlement.yearly_limits}
    for line in rated.lines:
        if line.charge in charges and line.quantity_source.rule == f"kwh_of_zone_{BASE}":
            kwh = line.quantity.scaleb(_UNIT_DIGITS.get(line.unit, 0))
            used[line.charge, line.period.start.year] += int(kwh)
    return used


def degree_of_use(
    *, case: Case, contract: Contract, until: date, past: Sequence[PastUse], readings: ReadingStore
) -> str | None:
    """Return the degree of use of the contracted power, `low` or `high`, where a price depends on it.

    The year ends with the last reading; with less than a year of use it is `low`. None when no price asks, or no
    contracted power is known.
    """
    if not _asks_for_degree(case, contract.group):
        return None
    year = Period(add_months(until, -12), until)
    power = _mean_power(case, year)
    if power is None:
        return None
    series = any(one.interval_minutes for one in case.registers if one.quantity == "import")
    wh = _series_wh(case, year, readings.intervals(contract.ppe, period=year)) if series else None
    wh = use_over(past, year) if wh is None else wh
    if wh is None:
        return LOW
    return degree(energy_kwh=whole_kwh(wh), average_kw=power, days=year.days)


def _asks_for_degree(case: Case, group: str) -> bool:
    return any(
        price.degree is not None and group in price.groups
        for versions in case.lists.values()
        for version in versions
        for charge in version.charges
        if charge.basis in {Basis.POWER, Basis.ENERGY, Basis.ENERGY_BY_ZONE}
        for price in charge.prices
    )


def _mean_power(case: Case, year: Period) -> Decimal | None:
    """Return the mean contracted power of the days on which the contract holds, weighed by days."""
    parts = [
        ((one.window.end - one.window.start).days, one.contracted_kw)
        for one in case.terms_over(year, annual_kwh=None)
        if one.window.end is not None
    ]
    known = [(days, power) for days, power in parts if power is not None]
    days = sum(count for count, _ in known)
    return sum((count * power for count, power in known), Decimal(0)) / days if days else None


def _series_wh(case: Case, year: Period, days: Iterable[IntervalDay]) -> int | None:
    """Add up a year of the series of import; None when days lack."""
    codes = {one.code for one in case.registers if one.quantity == "import" and one.interval_minutes}
    mine = [day for day in current_days(days) if day.register in codes and day.day in year.range]
    covered = {day.day for day in mine}
    return sum(sum(day.values_wh) for day in mine) if len(covered) == year.days else None
