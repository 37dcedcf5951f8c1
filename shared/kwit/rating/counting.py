"""Count what a planned line is for: one small function for each basis, all of them in the table at the end."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from kwit.kernel.energy import apportion
from kwit.kernel.money import fraction_digits, half_up
from kwit.kernel.time import Period, add_months
from kwit.rating.dynamic_price import DIGITS
from kwit.rating.facts import CapacityDay, Facts
from kwit.rating.lines import Factor, QuantitySource, RatingProblem
from kwit.rating.net_metering import OPUST_CHARGES
from kwit.rating.plan import Plan, PlannedLine
from kwit.rating.profile import MonthsAtChange, RatingProfile
from kwit.rating.quantities import ZoneEnergy, share_whole_kwh
from kwit.rating.reactive import TG_PHI_0, reactive_share
from kwit.rating.terms import Months, Terms
from kwit.rating.volume import Cell, within_limits, within_tier
from kwit.tariffs.price_list import BASE, Basis, PartialPeriod, PriceList, Tier, TierSpan

IMPORT, UNBALANCED = "import", "import_unbalanced"
INDUCTIVE, CAPACITIVE = "reactive_inductive", "reactive_capacitive"
EXACT_DIGITS = 3
_DAYS_OF_MONTH = 30


@dataclass(frozen=True, slots=True)
class Counted:
    """A quantity in kWh, kvarh, kW, months, days or documents, its evidence, and further factors.

    `price` stands for that of the list where the line makes its own (a dynamic price).
    """

    quantity: Decimal
    source: QuantitySource
    factors: tuple[Factor, ...] = ()
    price: Decimal | None = None


@dataclass(slots=True)
class Counting:
    """What the bases count from; lives for one call of `rate`."""

    plan: Plan
    period: Period
    profile: RatingProfile
    months: Months
    facts: Facts
    energies: Mapping[str, Mapping[str, ZoneEnergy]] = field(default_factory=dict)
    capacity_wh: Sequence[int] | None = None
    problems: list[RatingProblem] = field(default_factory=list)
    terms: Sequence[Terms] = ()
    lists: Mapping[str, Sequence[PriceList]] = field(default_factory=dict)
    energy_counted: dict[tuple[str, tuple[int, ...], bool], Counted] = field(default_factory=dict)
    units_of_segments: dict[tuple[str, bool], Sequence[int]] = field(default_factory=dict)

    def problem(self, code: str, detail: str) -> Counted:
        """Note why a line cannot be counted; the zero that comes back never reaches a document."""
        self.problems.append(RatingProblem(code, detail))
        return Counted(Decimal(0), QuantitySource(code, 0, self.period.days))


def _source(
    counting: Counting,
    line: PlannedLine,
    rule: str,
    *,
    wh: int | None = None,
    usage: tuple[int, ...] = (),
    inputs: tuple[tuple[str, str], ...] = (),
) -> QuantitySource:
    return QuantitySource(rule, line.period.days, counting.period.days, wh, usage, inputs)


def _zones(counting: Counting, line: PlannedLine, quantity: str) -> list[ZoneEnergy]:
    zones = counting.energies.get(quantity)
    if zones is None:
        return []
    if not line.zone:
        return list(zones.values())
    return [zones[line.zone]] if line.zone in zones else []


def _kwh(zones: Sequence[ZoneEnergy], indexes: tuple[int, ...]) -> int:
    if len(zones) == 1 and len(indexes) == 1:
        return zones[0].kwh[indexes[0]]
    return sum(zone.kwh[i] for zone in zones for i in indexes)


def _wh(zones: Sequence[ZoneEnergy], indexes: tuple[int, ...]) -> int:
    if len(zones) == 1 and len(indexes) == 1:
        return zones[0].wh[indexes[0]]
    return sum(zone.wh[i] for zone in zones for i in indexes)


def _amount(counting: Counting, zones: Sequence[ZoneEnergy], indexes: tuple[int, ...]) -> Decimal:
    """Return the energy of segments in kWh (kvarh): whole ones, or those read when the seller bills so."""
    if counting.profile.kwh_digits == EXACT_DIGITS:
        return Decimal(_wh(zones, indexes)).scaleb(-EXACT_DIGITS)
    return Decimal(_kwh(zones, indexes))


def _behind(zones: Sequence[ZoneEnergy]) -> tuple[int, ...]:
    if len(zones) == 1:
        return zones[0].usage
    return tuple(sorted({index for zone in zones for index in zone.usage}))


def _energy(counting: Counting, line: PlannedLine) -> Counted:
    if line.tier is not None:
        return _of_tier(counting, line, line.tier)
    if line.volume is not None:
        return _of_volume(counting, line)
    return _whole(counting, line)


def _whole(counting: Counting, line: PlannedLine) -> Counted:
    """Count all energy of a line's zone, once for energy, network, quality and levies: they are on the same kWh."""
    covered = _is_covered(counting, line)
    key = (line.zone, line.indexes, covered)
    counted = counting.energy_counted.get(key)
    if counted is None:
        counted = counting.energy_counted[key] = _energy_of_zone(counting, line, covered=covered)
    return counted


def _is_covered(counting: Counting, line: PlannedLine) -> bool:
    return bool(counting.facts.covered_kwh) and line.charge.code in OPUST_CHARGES


def _energy_of_zone(counting: Counting, line: PlannedLine, *, covered: bool) -> Counted:
    zones = _zones(counting, line, IMPORT)
    kwh, wh = _amount(counting, zones, line.indexes), _wh(zones, line.indexes)
    inputs: tuple[tuple[str, str], ...] = ()
    if covered:
        covered_kwh = sum(_covered(counting, zone, line.indexes) for zone in zones)
        kwh, inputs = kwh - covered_kwh, (("covered_kwh", str(covered_kwh)),)
    source = _source(counting, line, "whole_kwh_of_zone", wh=wh, usage=_behind(zones), inputs=inputs)
    return Counted(kwh, source)


def _of_volume(counting: Counting, line: PlannedLine) -> Counted:
    """Count the part of a line's energy up to the customer's limit, or the rest of it."""
    up_to = _up_to_limit(counting, line)
    if up_to is None:
        days = f"{line.period.start.isoformat()}..{line.period.end.isoformat()}"
        return counting.problem("base_unknown", f"{line.charge.code}: no limit of energy over {days}")
    whole = _whole(counting, line)
    quantity = up_to if line.volume == BASE else whole.quantity - up_to
    inputs = (*whole.source.inputs, ("kwh", str(whole.quantity)), ("up_to_limit_kwh", str(up_to)))
    source = replace(whole.source, rule=f"kwh_of_zone_{line.volume}", inputs=inputs)
    return Counted(quantity, source)


def _of_tier(counting: Counting, line: PlannedLine, tier: Tier) -> Counted:
    """Count the part of a line's energy in its tier: what is used first in a month, or in the period, comes first."""
    whole = _whole(counting, line)
    digits = EXACT_DIGITS if counting.profile.kwh_digits == EXACT_DIGITS else 0
    segments = counting.plan.segments
    of_zone = (line.zone, _is_covered(counting, line))
    if of_zone not in counting.units_of_segments:
        units = [int(_units(counting, line, index)) for index in range(len(segments))]
        counting.units_of_segments[of_zone] = units
    by_month = line.charge.tier_span is TierSpan.MONTH
    parts = within_tier(
        energy=counting.units_of_segments[of_zone],
        months=[one.start.replace(day=1) if by_month else None for one in segments],
        tier=tier,
        scale=10**digits,
    )
    quantity = Decimal(sum(parts[index] for index in line.indexes)).scaleb(-digits)
    inputs = (*whole.source.inputs, ("kwh", str(whole.quantity)), ("over_kwh", str(tier.over_kwh)))
    source = replace(whole.source, rule=f"kwh_of_tier_{tier.number}", inputs=inputs)
    return Counted(quantity, source)


def _up_to_limit(counting: Counting, line: PlannedLine) -> Decimal | None:
    """Return what of a line's energy lies within the limit of its charge, None when a segment has no limit."""
    peers = [
        one
        for one in counting.plan.lines
        if (one.volume, one.charge.code, one.source.price_list)
        == (line.volume, line.charge.code, line.source.price_list)
    ]
    cells = [
        Cell(one.zone, index, counting.plan.segments[index], int(_units(counting, one, index)))
        for one in peers
        for index in one.indexes
    ]
    bases = [one for one in counting.facts.bases if one.charge == line.charge.code]
    unit = EXACT_DIGITS if counting.profile.kwh_digits == EXACT_DIGITS else 0
    parts = within_limits(cells=cells, bases=bases, scale=10**unit)
    mine = [parts.get((line.zone, index)) for index in line.indexes]
    known = [part for part in mine if part is not None]
    return Decimal(sum(known)).scaleb(-unit) if len(known) == len(mine) else None


def _units(counting: Counting, line: PlannedLine, index: int) -> Decimal:
    """Return the energy of one segment of a line as whole kWh, or Wh where the seller bills kWh as read."""
    zones = _zones(counting, line, IMPORT)
    amount = _amount(counting, zones, (index,))
    if _is_covered(counting, line):
        amount -= sum(_covered(counting, zone, (index,)) for zone in zones)
    return amount.scaleb(EXACT_DIGITS) if counting.profile.kwh_digits == EXACT_DIGITS else amount


def _covered(counting: Counting, zone: ZoneEnergy, indexes: tuple[int, ...]) -> int:
    """Share the kWh that net-metering covers in a zone among the segments as the zone's kWh are."""
    covered = counting.facts.covered_kwh.get(zone.zone)
    if not covered:
        return 0
    shares = apportion(covered, weights=zone.kwh)
    return sum(shares[i] for i in indexes)


def _unbalanced(counting: Counting, line: PlannedLine) -> Counted:
    zones = _zones(counting, line, UNBALANCED)
    if not zones:
        return counting.problem("quantity_missing", f"{line.charge.code}: no import before balancing")
    source = _source(
        counting,
        line,
        "whole_kwh_before_balancing",
        wh=_wh(zones, line.indexes),
        usage=_behind(zones),
    )
    return Counted(_amount(counting, zones, line.indexes), source)


def _balanced_off(counting: Counting, line: PlannedLine) -> Counted:
    gross, balanced = _zones(counting, line, UNBALANCED), _zones(counting, line, IMPORT)
    if not gross:
        return counting.problem("quantity_missing", f"{line.charge.code}: no import before balancing")
    before, after = (_amount(counting, zones, line.indexes) for zones in (gross, balanced))
    source = _source(
        counting,
        line,
        "whole_kwh_balanced_off",
        wh=_wh(gross, line.indexes) - _wh(balanced, line.indexes),
        usage=_behind([*gross, *balanced]),
        inputs=(("before_balancing_kwh", str(before)), ("after_balancing_kwh", str(after))),
    )
    return Counted(before - after, source)


def _inductive(counting: Counting, line: PlannedLine) -> Counted:
    reactive, active = _zones(counting, line, INDUCTIVE), _zones(counting, line, IMPORT)
    if not reactive:
        return counting.problem("quantity_missing", f"{line.charge.code}: no inductive energy is read")
    kvarh, kwh = (_amount(counting, zones, line.indexes) for zones in (reactive, active))
    usage = _behind([*reactive, *active])
    if kwh <= 0:
        source = _source(counting, line, "all_kvarh_without_active_energy", usage=usage)
        return Counted(max(kvarh, Decimal(0)), source)
    limit = line.terms.tg_phi0
    if limit is None:
        limit = TG_PHI_0 if line.charge.tg_phi0 is None else line.charge.tg_phi0
    share = reactive_share(
        active_kwh=kwh,
        inductive_kvarh=kvarh,
        tg_phi0=limit,
        tg_phi_digits=counting.profile.tg_phi_digits,
        bracket_digits=counting.profile.bracket_digits,
    )
    inputs = (("kvarh", str(kvarh)), ("tg_phi", f"{share.tg_phi:.6f}"), ("tg_phi0", str(limit)))
    wh = _wh(active, line.indexes)
    source = _source(counting, line, "active_energy_over_tg_phi0", wh=wh, usage=usage, inputs=inputs)
    return Counted(kwh, source, (Factor("bracket", share.bracket),))


def _capacitive(counting: Counting, line: PlannedLine) -> Counted:
    zones = _zones(counting, line, CAPACITIVE)
    if not zones:
        return counting.problem("quantity_missing", f"{line.charge.code}: no capacitive energy is read")
    source = _source(counting, line, "all_kvarh", wh=_wh(zones, line.indexes), usage=_behind(zones))
    return Counted(_amount(counting, zones, line.indexes), source)


def _capacity(counting: Counting, line: PlannedLine) -> Counted:
    if counting.facts.capacity_days is not None:
        return _capacity_by_class(counting, line, counting.facts.capacity_days)
    coefficient = line.terms.capacity_coefficient
    factors = () if coefficient == 1 else (Factor("A", coefficient),)
    if counting.capacity_wh is not None:
        kwh: Sequence[int] = share_whole_kwh(counting.capacity_wh)
        wh = sum(counting.capacity_wh[i] for i in line.indexes)
        source = _source(counting, line, "whole_kwh_in_capacity_hours", wh=wh)
        return Counted(Decimal(sum(kwh[i] for i in line.indexes)), source, factors)
    share = line.terms.capacity_share
    if share is None:
        return counting.problem("capacity_hours_unknown", "no series and no share of capacity hours")
    zones = list(counting.energies.get(IMPORT, {}).values())
    quantity = half_up(_kwh(zones, line.indexes) * share, digits=0)
    source = _source(counting, line, f"share_{share}_of_kwh", wh=_wh(zones, line.indexes))
    return Counted(quantity, source, factors)


def _capacity_by_class(counting: Counting, line: PlannedLine, days: Sequence[CapacityDay]) -> Counted:
    """Count the kWh of the capacity hours by class; more classes than one weigh the kWh, one is a factor."""
    cells: dict[tuple[int, str], int] = {}
    coefficients = {one.code: one.coefficient for one in days}
    for one in days:
        for index, segment in enumerate(counting.plan.segments):
            if one.day in segment.range:
                cells[index, one.code] = cells.get((index, one.code), 0) + one.wh
    whole = share_whole_kwh(list(cells.values())) if cells else ()
    kwh: dict[str, int] = {}
    for (index, code), part in zip(cells, whole, strict=True):
        if index in line.indexes:
            kwh[code] = kwh.get(code, 0) + part
    wh = sum(value for (index, _), value in cells.items() if index in line.indexes)
    if len(kwh) == 1:
        ((code, quantity),) = kwh.items()
        coefficient = coefficients[code]
        factors = () if coefficient == 1 else (Factor("A", coefficient),)
        source = _source(counting, line, "whole_kwh_in_capacity_hours", wh=wh, inputs=(("class", code),))
        return Counted(Decimal(quantity), source, factors)
    inputs = tuple((f"{code} A={coefficients[code]} kWh", str(part)) for code, part in sorted(kwh.items()))
    weighed = sum((coefficients[code] * part for code, part in kwh.items()), Decimal(0))
    return Counted(weighed, _source(counting, line, "kwh_in_capacity_hours_times_a", wh=wh, inputs=inputs))


_MONTH_RULES = {
    PartialPeriod.BY_DAYS: "months_by_days",
    PartialPeriod.FULL: "months_full",
    PartialPeriod.STARTED_MONTHS: "months_started",
    PartialPeriod.THIRTIETHS: "months_thirtieths",
}


def _months(counting: Counting, line: PlannedLine) -> Counted:
    code, digits = line.charge.code, counting.profile.month_digits
    rule = counting.profile.partial_period.get(code, line.charge.partial_period)
    stated = counting.facts.months_of.get(code)
    whole = len(counting.plan.segments) == 1 and counting.months.share == 1
    if stated is None and rule is PartialPeriod.THIRTIETHS and not whole:
        return Counted(thirtieths(line.period, digits=digits), _source(counting, line, _MONTH_RULES[rule]))
    if stated is None:
        units = counting.months.units(
            digits=digits,
            full=rule is PartialPeriod.FULL,
            started=rule is PartialPeriod.STARTED_MONTHS,
        )
    else:
        written = fraction_digits(stated)
        digits = written if len(counting.plan.segments) == 1 else max(digits, written)
        units = int(stated.scaleb(digits))
    shares = _share_months(counting, units, 10**digits)
    months = Decimal(sum(shares[i] for i in line.indexes)).scaleb(-digits)
    months = months.to_integral_value() if months == months.to_integral_value() else months
    told = "months_stated" if stated is not None else _MONTH_RULES[rule]
    return Counted(months, _source(counting, line, told))


def thirtieths(period: Period, *, digits: int) -> Decimal:
    """Count whole months and a thirtieth of one for each further day, rounded half up.

    1 January to 6 April is 3 months and 6 days, "3,2" as ENEA prints it.
    """
    months = 0
    while add_months(period.start, months + 1) <= period.end:
        months += 1
    days = (period.end - add_months(period.start, months)).days
    counted = half_up(months + Decimal(days) / _DAYS_OF_MONTH, digits=digits)
    whole = counted.to_integral_value()
    return whole if counted == whole else counted.normalize()


def _share_months(counting: Counting, units: int, month: int) -> list[int]:
    """Share months, in units, among the segments: by days, or each to the segment of its last day."""
    segments = counting.plan.segments
    if len(segments) == 1:
        return [units]
    if counting.profile.months_at_change is MonthsAtChange.BY_DAYS:
        return apportion(units, weights=[segment.days for segment in segments])
    shares = [0] * len(segments)
    for done in range(0, units, month):
        part = min(month, units - done)
        last_day = (done + part) * counting.period.days  # in parts of a day, as many as there are units
        edge = 0
        for index, segment in enumerate(segments):
            edge += segment.days
            if last_day <= edge * units:
                shares[index] += part
                break
    return shares


def _power(counting: Counting, line: PlannedLine) -> Counted:
    power = line.terms.contracted_kw
    if power is None:
        return counting.problem("contracted_power_missing", line.charge.code)
    months = _months(counting, line)
    return Counted(power * months.quantity, _source(counting, line, f"power_{months.source.rule}"))


def _power_excess(counting: Counting, line: PlannedLine) -> Counted:
    if counting.facts.power_excess is None:
        return counting.problem(
            "power_excess_unknown", f"{line.charge.code}: no series and no figures of power"
        )
    mine = [one for one in counting.facts.power_excess if one.start in line.period.range]
    inputs = tuple((f"{one.rule} {one.start.isoformat()}", str(one.kw)) for one in mine)
    quantity = sum((one.kw for one in mine), Decimal(0))
    return Counted(quantity, _source(counting, line, "power_excess", inputs=inputs))


def _day(counting: Counting, line: PlannedLine) -> Counted:
    return Counted(Decimal(line.period.days), _source(counting, line, "days"))


def _document(counting: Counting, line: PlannedLine) -> Counted:
    return Counted(Decimal(1), _source(counting, line, "documents"))


def _dynamic(counting: Counting, line: PlannedLine) -> Counted:
    """Count whole kWh at the mean of the market prices of their intervals and the margin, the line's own price."""
    days = {one.day: one for one in counting.facts.dynamic.get(line.charge.series, ())}
    missing = [day for day in line.period.each_day() if day not in days]
    if missing:
        detail = f"{line.charge.series}: {len(missing)} days from {missing[0].isoformat()}"
        return counting.problem("market_prices_missing", detail)
    mine = [days[day] for day in line.period.each_day()]
    value, wh = sum((one.value for one in mine), Decimal(0)), sum(one.wh for one in mine)
    zones = _zones(counting, line, IMPORT)
    kwh = _amount(counting, zones, line.indexes)
    price = half_up((value + line.price * wh / 1000) / kwh, digits=DIGITS) if kwh else line.price
    inputs = (("market_value", str(value)), ("margin", str(line.price)))
    wh_of_zones = _wh(zones, line.indexes)
    source = _source(counting, line, "whole_kwh_of_zone", wh=wh_of_zones, usage=_behind(zones), inputs=inputs)
    return Counted(kwh, source, price=price)


COUNTS: Mapping[str, Callable[[Counting, PlannedLine], Counted]] = {
    Basis.ENERGY_BY_ZONE.value: _energy,
    Basis.ENERGY.value: _energy,
    Basis.ENERGY_UNBALANCED.value: _unbalanced,
    Basis.ENERGY_BALANCED_OFF.value: _balanced_off,
    Basis.REACTIVE_INDUCTIVE.value: _inductive,
    Basis.REACTIVE_CAPACITIVE.value: _capacitive,
    Basis.CAPACITY_HOURS_ENERGY.value: _capacity,
    Basis.MONTH.value: _months,
    Basis.POWER.value: _power,
    Basis.POWER_EXCESS.value: _power_excess,
    Basis.DAY.value: _day,
    Basis.DOCUMENT.value: _document,
    Basis.ENERGY_DYNAMIC.value: _dynamic,
}
# Bases that look at nothing but terms, months and days: their lines are the same for a whole plan.
FIXED = frozenset({Basis.MONTH.value, Basis.POWER.value, Basis.DAY.value, Basis.DOCUMENT.value})
