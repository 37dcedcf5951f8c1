"""Quote a scenario: the same `rate` as a billing run, then the prosumer's settlement."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from kwit.cli.quote_events import QuotedEvents, quoted_events
from kwit.cli.quote_prosumer import covered_by_credit, settled_deposit
from kwit.cli.scenario import DegreePart, LimitPart, ProfilePart, Scenario
from kwit.cli.scenario_file import Fault, LoadedScenario
from kwit.cli.scenario_usage import scenario_usage
from kwit.kernel.energy import apportion, whole_kwh
from kwit.kernel.money import half_up
from kwit.kernel.time import DateRange, Period, day_minutes
from kwit.metering.usage import Usage
from kwit.rating.advances import Advance, advance_charges
from kwit.rating.capacity_class import classify, pays_in_full
from kwit.rating.degree_of_use import degree, degree_of
from kwit.rating.deposit import Settlement
from kwit.rating.dynamic_price import dynamic_price, priced_days
from kwit.rating.facts import CapacityDay, EnergyBase, Facts, GivenCharge, PowerExcess, PricedDay
from kwit.rating.lines import Factor, Rated
from kwit.rating.losses import Losses, LossHoursError, with_losses
from kwit.rating.net_metering import Covered
from kwit.rating.power_excess import largest_ten, monthly_excesses, ten_times_largest
from kwit.rating.profile import RatingProfile
from kwit.rating.rate import rate
from kwit.rating.series import SeriesSorter
from kwit.rating.terms import Months, Terms
from kwit.rating.volume import left_of_limit
from kwit.tariffs.holidays import statutory_holidays
from kwit.tariffs.price_list import PriceList


@dataclass(frozen=True, slots=True)
class Quote:
    """A quoted scenario, or the faults that kept it from being quoted."""

    loaded: LoadedScenario
    rated: Rated | None = None
    usage: Usage | None = None
    profile: RatingProfile | None = None
    settlement: Settlement | None = None
    covered: Covered | None = None
    faults: tuple[Fault, ...] = ()


def quote(loaded: LoadedScenario) -> Quote:
    """Rate a loaded scenario and settle what its prosumer fed in; what is wrong comes back as faults."""
    scenario = loaded.scenario
    if scenario is None or loaded.faults:
        return Quote(loaded, faults=loaded.faults)
    try:
        return _quote(loaded, scenario)
    except InvalidOperation:
        return Quote(loaded, faults=(Fault(loaded.name, None, "", "a figure is too long to be money"),))


def _quote(loaded: LoadedScenario, scenario: Scenario) -> Quote:
    faults: list[Fault] = []
    quoted = quoted_events(loaded, scenario, faults)
    if quoted.usage is not None:
        scenario = scenario.model_copy(update={"usage": quoted.usage})
    _check_hours(loaded, scenario, faults)
    usage = _with_losses(loaded, scenario, scenario_usage(loaded, scenario, faults), faults)
    terms = _terms(loaded, scenario, faults)
    if faults:
        return Quote(loaded, faults=tuple(faults))
    profile = _profile(scenario.profile)
    facts = _facts(loaded, scenario, usage, quoted)
    rated = _rate(loaded, scenario, terms, usage, profile, facts)
    covered = None
    if scenario.prosumer is not None and scenario.prosumer.kind == "net_metering" and not rated.problems:
        credit = covered_by_credit(scenario.prosumer, rated)
        covered = credit.covered
        facts = replace(facts, covered_kwh=covered.kwh)
        rated = _rate(loaded, scenario, terms, usage, profile, facts)
    if rated.problems:
        told = tuple(Fault(loaded.name, None, one.code, one.detail) for one in rated.problems)
        return Quote(loaded, faults=told)
    settlement = settled_deposit(loaded, scenario, usage, rated, profile, faults)
    if faults:
        return Quote(loaded, faults=tuple(faults))
    return Quote(loaded, rated, usage, profile, settlement, covered)


def _with_losses(loaded: LoadedScenario, scenario: Scenario, usage: Usage, faults: list[Fault]) -> Usage:
    part = scenario.losses
    if part is None:
        return usage
    try:
        return with_losses(usage=usage, losses=Losses(part.percent, part.fixed_kw, dict(part.hours)))
    except LossHoursError as error:
        faults.append(Fault(loaded.name, None, "losses.hours", str(error)))
        return usage


def _rate(
    loaded: LoadedScenario,
    scenario: Scenario,
    terms: Terms,
    usage: Usage,
    profile: RatingProfile,
    facts: Facts,
) -> Rated:
    sorted_series = SeriesSorter(statutory_holidays()).for_usage(
        usage=usage, lists=loaded.lists, hours=_zone_hours(loaded, scenario)
    )
    return rate(
        period=scenario.days,
        terms=[terms],
        months=_months(scenario),
        usage=usage,
        lists=loaded.lists,
        profile=profile,
        series_zones=sorted_series.zones,
        capacity_wh=_capacity(scenario) or sorted_series.capacity,
        facts=facts,
    )


def _check_hours(loaded: LoadedScenario, scenario: Scenario, faults: list[Fault]) -> None:
    """Find a series of a group whose zones are published hour by hour, without those hours."""
    hourly = any(
        scenario.group in version.groups and version.groups[scenario.group].hourly
        for versions in loaded.lists.values()
        for version in versions
    )
    if hourly and scenario.usage.series and scenario.zone_hours is None:
        told = f"{scenario.group} needs the zone of every hour of its series"
        faults.append(Fault(loaded.name, None, "zone_hours", told))


def _zone_hours(loaded: LoadedScenario, scenario: Scenario) -> dict[date, tuple[str, ...]]:
    """Cut the zones of the period's hours, as the file lists them, into days."""
    days: dict[date, tuple[str, ...]] = {}
    at = 0
    for day in scenario.days.each_day() if loaded.zone_hours else ():
        size = day_minutes(day) // 60
        days[day] = loaded.zone_hours[at : at + size]
        at += size
    return days


def _capacity(scenario: Scenario) -> Callable[[Sequence[Period]], Sequence[int]] | None:
    """Share the kWh that a bill prints for the capacity hours among segments by days."""
    if scenario.capacity_kwh is None:
        return None
    wh = int(half_up(scenario.capacity_kwh.scaleb(3), digits=0))
    return lambda segments: apportion(wh, weights=[segment.days for segment in segments])


def _profile(part: ProfilePart) -> RatingProfile:
    return RatingProfile(
        code="quote",
        vat=part.vat,
        lines_by_zone=frozenset(part.lines_by_zone),
        units=dict(part.units),
        names=dict(part.names),
        month_digits=part.month_digits,
        merge_equal_prices=part.merge_equal_prices,
        months_at_change=part.months_at_change,
        tg_phi_digits=part.tg_phi_digits,
        bracket_digits=part.bracket_digits,
        kwh_digits=part.kwh_digits,
        partial_period=dict(part.partial_period),
    )


def _months(scenario: Scenario) -> Months:
    """Count the months: a whole number stands for itself, a part of a month for a share of the months begun."""
    if scenario.months is None:
        return Months(scenario.cycle_months)
    exact = Fraction(scenario.months)
    begun = -(-exact.numerator // exact.denominator)
    return Months(begun, exact / begun)


def _terms(loaded: LoadedScenario, scenario: Scenario, faults: list[Fault]) -> Terms:
    household = scenario.household
    return Terms(
        window=DateRange(scenario.days.start, scenario.days.end),
        group=scenario.group,
        household=scenario.group.startswith("G") if household is None else household,
        price_lists=tuple(loaded.lists),
        phases=scenario.phases,
        cycle_months=scenario.cycle_months,
        remote_reading=scenario.remote_reading,
        annual_kwh=_annual_kwh(loaded, scenario, faults),
        contracted_kw=scenario.contracted_kw,
        capacity_share=scenario.capacity_share,
        sections=frozenset(scenario.bill_sections),
        tg_phi0=scenario.tg_phi0,
        capacity_coefficient=Decimal(1)
        if scenario.capacity_coefficient is None
        else scenario.capacity_coefficient,
        degree=_degree(scenario.degree_of_use),
        voltage=scenario.voltage or "",
        lowered_power=scenario.lowered_power,
        ten_days=scenario.ten_days,
        prepaid=scenario.prepaid,
        special=scenario.special,
        industrial=scenario.industrial or "",
    )


def _degree(part: DegreePart | None) -> str | None:
    if part is None:
        return None
    if part.kwh is None or part.average_kw is None or part.days is None:
        return degree_of(part.sm or Decimal(0))
    return degree(energy_kwh=part.kwh, average_kw=part.average_kw, days=part.days)


def _annual_kwh(loaded: LoadedScenario, scenario: Scenario, faults: list[Fault]) -> int | None:
    if scenario.bracket is None:
        return scenario.annual_kwh
    brackets = [one for several in loaded.lists.values() for version in several for one in version.brackets]
    for bracket in brackets:
        if bracket.code == scenario.bracket:
            return bracket.over_kwh if bracket.from_edge else bracket.over_kwh + 1
    known = ", ".join(dict.fromkeys(one.code for one in brackets)) or "none"
    faults.append(
        Fault(loaded.name, None, "bracket", f"no bracket is called {scenario.bracket}; known: {known}")
    )
    return None


def _facts(loaded: LoadedScenario, scenario: Scenario, usage: Usage, quoted: QuotedEvents) -> Facts:
    return Facts(
        power_excess=_power_excess(scenario, usage),
        months_of=dict(scenario.months_of),
        bases=tuple(_base(part) for part in scenario.limits),
        capacity_days=_capacity_days(loaded, scenario, usage),
        given=(*_dynamic(loaded, scenario), *_given(scenario), *_advances(scenario)),
        dynamic=_priced_days(loaded, scenario, usage),
        events=quoted.events,
        penalty=quoted.penalty,
    )


def _capacity_days(
    loaded: LoadedScenario, scenario: Scenario, usage: Usage
) -> tuple[CapacityDay, ...] | None:
    """Class the working days of the series, unless coefficient A or the kWh are given; group C is low voltage."""
    given = scenario.capacity_coefficient is not None or scenario.capacity_kwh is not None
    if scenario.capacity_qualification is None or given:
        return None
    series = SeriesSorter(statutory_holidays()).for_usage(usage=usage, lists=loaded.lists)
    in_full = pays_in_full(low_voltage=scenario.group.startswith("C"), contracted_kw=scenario.contracted_kw)
    return classify(series.working_days(), qualification=scenario.capacity_qualification, in_full=in_full)


def _base(part: LimitPart) -> EnergyBase:
    window = None
    if part.first_day is not None and part.last_day is not None:
        window = DateRange(part.first_day, part.last_day + timedelta(days=1))
    if part.limit_kwh is None:
        return EnergyBase(part.charge, part.kwh or 0, window)
    kwh = left_of_limit(
        limit_kwh=part.limit_kwh,
        used_kwh=part.used_kwh,
        days=part.of_days if part.days is None else part.days,
        of_days=part.of_days,
    )
    return EnergyBase(part.charge, kwh, window)


def _power_excess(scenario: Scenario, usage: Usage) -> tuple[PowerExcess, ...] | None:
    start, contracted, power = scenario.days.start, scenario.contracted_kw, scenario.power
    if power is not None and power.excesses:
        return (largest_ten(power.excesses, start=start),)
    if power is not None and power.maximum is not None and contracted is not None:
        return (ten_times_largest(maximum_kw=power.maximum, contracted_kw=contracted, start=start),)
    imports = [one for one in usage.series if one.register.quantity == "import"]
    if len(imports) == 1 and contracted is not None:
        return monthly_excesses(
            days=imports[0].days, contracted_kw=contracted, multiplier=imports[0].register.multiplier
        )
    return None


def _given(scenario: Scenario) -> list[GivenCharge]:
    given: list[GivenCharge] = []
    for index, part in enumerate(scenario.charges):
        named = (("multiplier", part.multiplier), ("coefficient", part.coefficient))
        factors = tuple(Factor(name, value) for name, value in named if value is not None)
        given.append(
            GivenCharge(
                code=part.code,
                name=part.name,
                section=part.section,
                quantity=part.quantity,
                unit=part.unit,
                price=part.price,
                vat_rate=part.vat,
                posting=f"{part.section}.{part.code}",
                zone=part.zone,
                factors=factors,
                document=scenario.source,
                where=part.page or f"charges[{index}]",
            )
        )
    return given


def _advances(scenario: Scenario) -> tuple[GivenCharge, ...]:
    if scenario.advances is None:
        return ()
    invoiced, following = (
        [Advance(one.name, one.net, one.vat) for one in several]
        for several in (scenario.advances.invoiced, scenario.advances.following)
    )
    return advance_charges(invoiced=invoiced, following=following, document=scenario.source)


def _priced_days(
    loaded: LoadedScenario, scenario: Scenario, usage: Usage
) -> dict[str, tuple[PricedDay, ...]]:
    """Value the days of import for a charge of the lists whose price follows the market."""
    part = scenario.dynamic
    if part is None or part.margin is not None:
        return {}
    prices: dict[date, tuple[Decimal, ...]] = {}
    at = 0
    for day in scenario.days.each_day():
        count = day_minutes(day) // part.minutes
        prices[day] = loaded.prices[at : at + count]
        at += count
    series = next(one for one in usage.series if one.register.quantity == "import")
    days = [(one.day, one.values_wh) for one in series.days]
    return {part.series: priced_days(days=days, prices=prices)}


def _dynamic(loaded: LoadedScenario, scenario: Scenario) -> list[GivenCharge]:
    """Make the line of energy at a dynamic price from the only series of import."""
    part = scenario.dynamic
    if part is None or part.margin is None:
        return []
    index = next(n for n, one in enumerate(scenario.usage.series) if one.quantity == "import")
    each = part.minutes // scenario.usage.series[index].minutes
    values = loaded.series[index]
    hours = [sum(values[at : at + each]) for at in range(0, len(values), each)]
    price = dynamic_price(hours_wh=hours, prices=loaded.prices, margin=part.margin, digits=part.digits)
    return [
        GivenCharge(
            code="energy",
            name=part.name,
            section="sale",
            quantity=Decimal(whole_kwh(sum(hours))),
            unit="kWh",
            price=price,
            vat_rate=part.vat,
            posting="sale.energy",
            document=f"{part.file}, margin {part.margin} zł/kWh",
            where="dynamic",
        )
    ]


def replace_list(loaded: LoadedScenario, versions: Sequence[PriceList]) -> LoadedScenario:
    """Put a price list in the place of those of the same kind, for a comparison of sellers or distributors."""
    kind, code = versions[0].kind, versions[0].code
    lists: dict[str, tuple[PriceList, ...]] = {}
    for name, several in loaded.lists.items():
        if several[0].kind is not kind:
            lists[name] = several
        elif code not in lists:
            lists[code] = tuple(versions)
    lists.setdefault(code, tuple(versions))
    return replace(loaded, lists=lists)
