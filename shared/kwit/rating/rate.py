"""Rate one period: usage and price lists become charge lines, VAT and totals, each line with its provenance.

Order of work: plan the lines from the lists (plan.py), sort the use into zones and segments (quantities.py),
count each line by its basis (counting.py), multiply, round once, add up (vat.py).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from kwit.kernel.money import grosze, total
from kwit.kernel.time import Period
from kwit.metering.usage import Usage
from kwit.rating.counting import COUNTS, FIXED, IMPORT, UNBALANCED, Counted, Counting
from kwit.rating.derived import derived
from kwit.rating.events import adjusted, event_lines
from kwit.rating.facts import NO_FACTS, Facts, GivenCharge
from kwit.rating.kept_plans import KeptPlans
from kwit.rating.lines import (
    EnergyOfZone,
    Excise,
    Factor,
    Line,
    PriceSource,
    QuantitySource,
    Rated,
    RatingProblem,
)
from kwit.rating.plan import PlannedLine
from kwit.rating.prices import rate_on, version_on
from kwit.rating.profile import RatingProfile, VatRounding
from kwit.rating.quantities import MixedSignsError, ZoneEnergy, energies
from kwit.rating.terms import Months, Terms
from kwit.rating.vat import totals
from kwit.tariffs.price_list import ALL_CLOCKS, Basis, Clock, PriceList

SeriesZones = Mapping[int, Mapping[str, Sequence[int]]]

EXCISE = "excise"
_KEPT = KeptPlans()
_SHOWN = (IMPORT, "export", UNBALANCED)


def rate(
    *,
    period: Period,
    terms: Sequence[Terms],
    months: Months,
    usage: Usage,
    lists: Mapping[str, Sequence[PriceList]],
    profile: RatingProfile,
    series_zones: Callable[[Sequence[Period], Sequence[Terms]], SeriesZones] | None = None,
    capacity_wh: Callable[[Sequence[Period]], Sequence[int] | None] | None = None,
    facts: Facts = NO_FACTS,
    clocks: frozenset[Clock] = ALL_CLOCKS,
) -> Rated:
    """Rate a period of one contract; what cannot be rated comes back as named problems, never as a guess.

    `lists` holds the versions of each price list by code. `series_zones` sorts interval series into zones per
    segment (index of the series -> zone -> Wh per segment); `capacity_wh` gives the Wh taken in capacity
    hours per segment when series tell them; `facts` are what neither use nor lists can tell; `clocks` are those
    of the contract whose charges are rated: the others have periods of their own.
    """
    plan, fixed = _KEPT.plan(
        period=period, terms=terms, months=months, lists=lists, profile=profile, clocks=clocks
    )
    problems = [RatingProblem(problem.code, problem.detail) for problem in usage.problems]
    if problems or not plan.terms:
        return _unrated(period, [*problems, *(p for p in plan.problems if p.code == "terms_missing")])
    sorted_series = series_zones(plan.segments, plan.terms) if series_zones else {}
    try:
        sorted_use = energies(usage=usage, segments=plan.segments, series_zones=sorted_series)
    except MixedSignsError as error:
        return _unrated(period, [RatingProblem("mixed_signs", str(error))])
    capacity = capacity_wh(plan.segments) if capacity_wh else None
    counting = Counting(
        plan, period, profile, months, facts, sorted_use, capacity, [*plan.problems], terms, lists
    )
    _check_zones(counting)
    lines = [] if counting.problems else _lines(counting, fixed)
    if counting.problems:
        return _unrated(period, counting.problems)
    energy = _energy_of_zones(counting) if Clock.VARIABLE in clocks else ()
    return _added_up(period, lines, energy, _excise(counting, lines), profile)


def together(
    *, period: Period, parts: Sequence[Rated], lines: Sequence[Line], profile: RatingProfile
) -> Rated:
    """Put parts rated apart, and further lines, on one document: VAT and totals are made once, over all lines.

    Problems of any part leave no document.
    """
    problems = [problem for part in parts for problem in part.problems]
    if problems:
        return _unrated(period, problems)
    energy = tuple(row for part in parts for row in part.energy)
    excise = next((part.excise for part in parts if part.excise is not None), None)
    every = [*(line for part in parts for line in part.lines), *lines]
    return _added_up(period, every, energy, excise, profile)


def _added_up(
    period: Period,
    lines: Sequence[Line],
    energy: tuple[EnergyOfZone, ...],
    excise: Excise | None,
    profile: RatingProfile,
) -> Rated:
    sums = totals(lines, rounding=profile.vat)
    return Rated(
        period=period,
        lines=tuple(lines),
        sections=sums.sections,
        vat_rows=sums.rows,
        net=sums.net,
        vat=sums.vat,
        gross=sums.gross,
        energy=energy,
        excise=excise,
    )


def _unrated(period: Period, problems: Sequence[RatingProblem]) -> Rated:
    zero = total(())
    unique = tuple(dict.fromkeys(problems))
    return Rated(period, (), (), (), zero, zero, zero, (), None, unique)


def _check_zones(counting: Counting) -> None:
    """Find use in zones that the customer's group does not have, and cover without energy under it."""
    known, imported = counting.plan.zones, counting.energies.get(IMPORT, {})
    if known is not None:
        _check_stray(counting, IMPORT, known)
        for basis, quantity in _QUANTITY_OF.items():
            if basis in counting.plan.by_zone:
                _check_stray(counting, quantity, known)
    for zone, kwh in counting.facts.covered_kwh.items():
        used = imported[zone].total_kwh if zone in imported else 0
        if kwh > max(used, 0):
            detail = f"{kwh} kWh of {zone}, {used} kWh used"
            counting.problems.append(RatingProblem("covered_more_than_used", detail))


def _check_stray(counting: Counting, quantity: str, known: frozenset[str]) -> None:
    stray = [zone for zone in counting.energies.get(quantity, ()) if zone not in known]
    if stray:
        told = f"{', '.join(sorted(stray))} is no zone of {counting.plan.terms[0].group}"
        detail = told if quantity == IMPORT else f"{quantity}: {told}"
        counting.problems.append(RatingProblem("zone_unknown", detail))


_QUANTITY_OF = {
    "energy_unbalanced": UNBALANCED,
    "energy_balanced_off": UNBALANCED,
    "reactive_inductive": "reactive_inductive",
    "reactive_capacitive": "reactive_capacitive",
}


def _lines(counting: Counting, fixed: dict[int, Line]) -> list[Line]:
    rounding = counting.profile.vat
    penalty = counting.facts.penalty
    plain = not counting.facts.months_of and penalty is None
    lines: list[Line] = []
    for index, planned in enumerate(_planned(counting)):
        if planned.derived or (planned.measured and not _measured(counting, planned)):
            continue
        line = fixed.get(index) if plain else None
        if line is None:
            found = len(counting.problems)
            more: tuple[Factor, ...] = ()
            if planned.charge.adjust is not None:
                more = adjusted(planned.charge, planned.terms, counting.problems)
            if penalty is not None:
                more = (*more, Factor("times", penalty.times))
            counted = COUNTS[planned.basis](counting, planned)
            price = planned.price if counted.price is None else counted.price
            line = _line(planned, counted, price, rounding, more=more)
            if planned.measured and not line.net:
                continue  # within the contracted power, or within tg φ0: nothing is owed
            if planned.basis in FIXED and plain and len(counting.problems) == found:
                fixed[index] = line
        lines.append(line)
    lines += event_lines(
        events=counting.facts.events,
        terms=counting.terms,
        lists=counting.lists,
        period=counting.period,
        profile=counting.profile,
        problems=counting.problems,
    )
    lines += [_given(charge, counting.period, rounding) for charge in counting.facts.given]
    for planned in counting.plan.lines:
        if planned.derived and penalty is None:
            counted, price = derived(line=planned, lines=lines, period=counting.period)
            lines.append(_line(planned, counted, price, rounding, unit="zł"))
    return lines


def _planned(counting: Counting) -> Sequence[PlannedLine]:
    """Return the planned lines; under a penalty those of its charges alone, with its rate of VAT."""
    penalty = counting.facts.penalty
    if penalty is None:
        return counting.plan.lines
    day = counting.period.start
    codes = counting.plan.terms[0].price_lists
    in_force = [one for code in codes if (one := version_on(counting.lists[code], day)) is not None]
    vat = rate_on(lists=in_force, name=f"vat_{penalty.vat}", day=day, problems=counting.problems)
    mine = [one for one in counting.plan.lines if one.charge.code in penalty.charges]
    return [] if vat is None else [replace(one, vat_rate=vat) for one in mine]


def _measured(counting: Counting, planned: PlannedLine) -> bool:
    """Tell whether anything measures what a charge is counted on."""
    if planned.basis == Basis.POWER_EXCESS:
        return counting.facts.power_excess is not None
    return bool(counting.energies.get(_QUANTITY_OF.get(planned.basis, IMPORT)))


def _line(
    planned: PlannedLine,
    counted: Counted,
    price: Decimal,
    rounding: VatRounding,
    *,
    unit: str = "",
    more: Sequence[Factor] = (),
) -> Line:
    charge = planned.charge
    quantity = counted.quantity.scaleb(planned.shift) if planned.shift else counted.quantity
    factors = (*counted.factors, *more) if more else counted.factors
    if charge.multiplier is not None:
        factors = (Factor("multiplier", charge.multiplier), *factors)
    net = grosze(_product(quantity, price, factors))
    return Line(
        charge.code,
        planned.name,
        planned.section,
        planned.zone,
        planned.period,
        quantity,
        unit or planned.unit,
        price,
        net,
        planned.vat_rate,
        grosze(net * planned.vat_rate) if rounding is VatRounding.LINE else None,
        charge.posting,
        counted.source,
        planned.source,
        factors,
    )


def _product(quantity: Decimal, price: Decimal, factors: Sequence[Factor]) -> Decimal:
    product = quantity * price
    for factor in factors:
        product *= factor.value
    return product


def _given(charge: GivenCharge, period: Period, rounding: VatRounding) -> Line:
    net = grosze(_product(charge.quantity, charge.price, charge.factors))
    return Line(
        charge=charge.code,
        name=charge.name,
        section=charge.section,
        zone=charge.zone,
        period=period,
        quantity=charge.quantity,
        unit=charge.unit,
        price=charge.price,
        net=net,
        vat_rate=charge.vat_rate,
        vat=grosze(net * charge.vat_rate) if rounding is VatRounding.LINE else None,
        posting=charge.posting,
        quantity_source=QuantitySource("given", period.days, period.days),
        price_source=PriceSource("", "", charge.document, charge.where, "given"),
        factors=charge.factors,
    )


def _energy_of_zones(counting: Counting) -> tuple[EnergyOfZone, ...]:
    labels = counting.plan.labels
    return tuple(
        EnergyOfZone(quantity, zone, labels.get(zone, zone), one.total_wh, one.total_kwh)
        for quantity in _SHOWN
        for zone, one in counting.energies.get(quantity, {}).items()
    )


def _excise(counting: Counting, lines: Sequence[Line]) -> Excise | None:
    """Count the excise contained in the price: on the import before balancing where that is metered.

    A document with a line for the excise has none in its prices.
    """
    per_mwh = counting.plan.excise_per_mwh
    if per_mwh is None or counting.facts.penalty is not None or any(line.charge == EXCISE for line in lines):
        return None
    zones: Mapping[str, ZoneEnergy] = counting.energies.get(UNBALANCED) or counting.energies.get(IMPORT, {})
    kwh = sum(zone.total_kwh for zone in zones.values())
    return Excise(kwh, per_mwh, grosze((kwh * per_mwh).scaleb(-3)))
