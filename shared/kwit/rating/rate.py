"""Rate one period: usage and price lists become charge lines, VAT and totals, each line with its provenance.

Order of work: find every day on which something changes; cut the period there; share the energy and the
months among the segments; price each charge on each segment; join neighbours that a change did not touch.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from kwit.kernel.energy import apportion
from kwit.kernel.money import grosze, half_up, total
from kwit.kernel.time import Period
from kwit.metering.usage import Usage
from kwit.rating.lines import (
    EnergyOfZone,
    Excise,
    Line,
    PriceSource,
    QuantitySource,
    Rated,
    RatingProblem,
)
from kwit.rating.prices import Position, choose_price, positions_on, rate_on, relevant_cuts
from kwit.rating.profile import RatingProfile
from kwit.rating.quantities import ZoneEnergy, share_whole_kwh, zone_energies
from kwit.rating.terms import Months, Terms, terms_on
from kwit.rating.vat import totals, with_vat
from kwit.tariffs.price_list import Basis, PartialPeriod, Price, PriceList, TariffGroup

SeriesZones = Mapping[int, Mapping[str, Sequence[int]]]


@dataclass(frozen=True, slots=True)
class _Priced:
    """A charge on one segment with its price and VAT rate."""

    position: Position
    price: Price
    zone: str
    vat_rate: Decimal
    segment: int


@dataclass(slots=True)
class _Work:
    """What one call of `rate` gathers on its way; it never leaves this module."""

    period: Period
    segments: list[Period]
    terms: list[Terms]
    months: Months
    profile: RatingProfile
    energy: Mapping[str, ZoneEnergy]
    capacity_wh: Sequence[int] | None
    problems: list[RatingProblem] = field(default_factory=list)


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
) -> Rated:
    """Rate a period of one contract; what cannot be rated comes back as named problems, never as a guess.

    `lists` holds the versions of each price list by code. `series_zones` sorts interval series into zones per
    segment (index of the series -> zone -> Wh per segment); `capacity_wh` gives the Wh taken in capacity
    hours per segment when series tell them.
    """
    problems = [RatingProblem(problem.code, problem.detail) for problem in usage.problems]
    segments = period.split_at(*relevant_cuts(terms=terms, lists=lists))
    held = [terms_on(terms, segment.start) for segment in segments]
    of_segments = [one for one in held if one is not None]
    if len(of_segments) < len(segments) or problems:
        problems += [
            RatingProblem("terms_missing", str(s)) for s, t in zip(segments, held, strict=True) if not t
        ]
        return _unrated(period, problems)
    sorted_series = series_zones(segments, of_segments) if series_zones else {}
    energy = zone_energies(usage=usage, quantity="import", segments=segments, series_zones=sorted_series)
    capacity = capacity_wh(segments) if capacity_wh else None
    work = _Work(period, segments, of_segments, months, profile, energy, capacity, problems)
    lines = _lines(work, lists)
    if problems:
        return _unrated(period, problems)
    taxed = with_vat(lines, rounding=profile.vat)
    sums = totals(taxed, rounding=profile.vat)
    return Rated(
        period=period,
        lines=tuple(taxed),
        sections=sums.sections,
        vat_rows=sums.rows,
        net=sums.net,
        vat=sums.vat,
        gross=sums.gross,
        energy=_energy_of_zones(work, usage, lists),
        excise=_excise(work, usage, lists),
        problems=tuple(problems),
    )


def _unrated(period: Period, problems: Sequence[RatingProblem]) -> Rated:
    zero = total(())
    unique = tuple(dict.fromkeys(problems))
    return Rated(period, (), (), (), zero, zero, zero, (), None, unique)


def _lines(work: _Work, lists: Mapping[str, Sequence[PriceList]]) -> list[Line]:
    rows: dict[tuple[str, str, str], list[_Priced]] = {}
    for index, segment in enumerate(work.segments):
        terms = work.terms[index]
        positions = positions_on(terms=terms, lists=lists, day=segment.start, problems=work.problems)
        in_force = _in_force({code: lists.get(code, ()) for code in terms.price_lists}, segment.start)
        for position in positions:
            vat = rate_on(
                lists=in_force,
                name=f"vat_{position.charge.vat}",
                day=segment.start,
                problems=work.problems,
            )
            for zone in _zones_of(work, position, terms, in_force):
                price = choose_price(
                    position=position,
                    terms=terms,
                    day=segment.start,
                    zone=zone or None,
                    problems=work.problems,
                )
                if price is not None and vat is not None:
                    key = (position.price_list.code, position.charge.code, zone)
                    rows.setdefault(key, []).append(_Priced(position, price, zone, vat, index))
    if work.problems:
        return []
    return [line for row in rows.values() for line in _row_lines(work, row, lists)]


def _zones_of(work: _Work, position: Position, terms: Terms, in_force: Sequence[PriceList]) -> Sequence[str]:
    """Name the zones a charge has a line for; the empty name stands for one line over all zones."""
    basis = position.charge.basis
    if basis not in {Basis.ENERGY_BY_ZONE, Basis.ENERGY}:
        return ("",)
    group = _group_of(terms.group, in_force)
    if group is None:
        work.problems.append(
            RatingProblem("group_unknown", f"{terms.group} in {', '.join(terms.price_lists)}")
        )
        return ()
    stray = [zone for zone in work.energy if zone not in group.zones]
    if stray:
        found = ", ".join(sorted(stray))
        work.problems.append(RatingProblem("zone_unknown", f"{found} is no zone of {terms.group}"))
        return ()
    by_zone = basis is Basis.ENERGY_BY_ZONE or position.charge.code in work.profile.lines_by_zone
    return tuple(group.zones) if by_zone else ("",)


def _group_of(code: str, lists: Sequence[PriceList]) -> TariffGroup | None:
    groups = [one.groups[code] for one in lists if code in one.groups]
    return next((group for group in groups if group.calendar is not None), groups[0] if groups else None)


def _in_force(lists: Mapping[str, Sequence[PriceList]], day: date) -> list[PriceList]:
    return [version for versions in lists.values() for version in versions if day in version.window]


def _row_lines(work: _Work, row: Sequence[_Priced], lists: Mapping[str, Sequence[PriceList]]) -> list[Line]:
    runs: list[list[_Priced]] = []
    for priced in row:
        last = runs[-1][-1] if runs else None
        if last is not None and _joins(work, last, priced):
            runs[-1].append(priced)
        else:
            runs.append([priced])
    return [_line(work, run, lists) for run in runs]


def _joins(work: _Work, last: _Priced, following: _Priced) -> bool:
    """Tell whether a cut between two segments left a charge as it was, so that one line serves both."""
    before, after = work.terms[last.segment], work.terms[following.segment]
    if last.segment + 1 != following.segment:
        return False
    if (before.contracted_kw, before.capacity_share) != (after.contracted_kw, after.capacity_share):
        return False
    if (last.price.amount, last.vat_rate) != (following.price.amount, following.vat_rate):
        return False
    same_version = last.position.price_list.content_hash == following.position.price_list.content_hash
    return work.profile.merge_equal_prices or same_version


def _line(work: _Work, run: Sequence[_Priced], lists: Mapping[str, Sequence[PriceList]]) -> Line:
    first = run[0]
    charge = first.position.charge
    indexes = [priced.segment for priced in run]
    period = Period(work.segments[indexes[0]].start, work.segments[indexes[-1]].end)
    quantity, source = _quantity(work, first, indexes)
    unit, price = charge.unit, first.price.amount
    wanted = work.profile.units.get(charge.code, unit)
    if unit == "MWh" or wanted == "MWh":
        quantity = quantity.scaleb(-3)
    if (unit, wanted) == ("kWh", "MWh"):
        price = price.scaleb(3)
    elif (unit, wanted) == ("MWh", "kWh"):
        quantity, price = quantity.scaleb(3), price.scaleb(-3)
    elif unit == "MW":
        quantity = quantity.scaleb(-3)
    unit = wanted
    price_list = first.position.price_list
    return Line(
        charge=charge.code,
        name=_name(work, first, lists),
        section=str(charge.section),
        zone=first.zone,
        period=period,
        quantity=quantity,
        unit=unit,
        price=price,
        net=grosze(quantity * price),
        vat_rate=first.vat_rate,
        vat=None,
        posting=charge.posting,
        quantity_source=source,
        price_source=PriceSource(
            price_list=price_list.code,
            version=price_list.content_hash,
            document=price_list.document,
            page=first.price.page,
            confidence=str(first.price.confidence or price_list.confidence),
        ),
    )


def _name(work: _Work, priced: _Priced, lists: Mapping[str, Sequence[PriceList]]) -> str:
    charge = priced.position.charge
    name = work.profile.names.get(charge.code, charge.name)
    if not priced.zone:
        return name
    day = work.segments[priced.segment].start
    in_force = _in_force(lists, day)
    group = _group_of(work.terms[priced.segment].group, [priced.position.price_list, *in_force])
    if group is None or (len(group.zones) == 1 and charge.code != "energy"):
        return name
    return f"{name} {group.zones[priced.zone]}"


def _quantity(work: _Work, priced: _Priced, indexes: Sequence[int]) -> tuple[Decimal, QuantitySource]:
    """Return the quantity of a run of segments, in kWh or months, and how it came about."""
    basis = priced.position.charge.basis
    days = sum(work.segments[i].days for i in indexes)
    if basis in {Basis.ENERGY_BY_ZONE, Basis.ENERGY}:
        zones = [work.energy[priced.zone]] if priced.zone in work.energy else []
        zones = zones if priced.zone else list(work.energy.values())
        wh = sum(zone.wh[i] for zone in zones for i in indexes)
        kwh = sum(zone.kwh[i] for zone in zones for i in indexes)
        used = tuple(sorted({index for zone in zones for index in zone.usage}))
        return Decimal(kwh), QuantitySource("whole_kwh_of_zone", days, work.period.days, wh, used)
    if basis is Basis.CAPACITY_HOURS_ENERGY:
        return _capacity_quantity(work, indexes, days)
    full = priced.position.charge.partial_period is PartialPeriod.FULL
    digits = work.profile.month_digits
    units = work.months.units(digits=digits, full=full)
    shares = apportion(units, weights=[segment.days for segment in work.segments])
    months = Decimal(sum(shares[i] for i in indexes)).scaleb(-digits)
    months = months.to_integral_value() if months == months.to_integral_value() else months
    rule = "months_full" if full else "months_by_days"
    if basis is Basis.POWER:
        power = work.terms[priced.segment].contracted_kw
        if power is None:
            work.problems.append(RatingProblem("contracted_power_missing", priced.position.charge.code))
            power = Decimal(0)
        return power * months, QuantitySource(f"power_{rule}", days, work.period.days)
    return months, QuantitySource(rule, days, work.period.days)


def _capacity_quantity(work: _Work, indexes: Sequence[int], days: int) -> tuple[Decimal, QuantitySource]:
    if work.capacity_wh is not None:
        wh = sum(work.capacity_wh[i] for i in indexes)
        kwh = share_whole_kwh(work.capacity_wh)
        quantity = Decimal(sum(kwh[i] for i in indexes))
        return quantity, QuantitySource("whole_kwh_in_capacity_hours", days, work.period.days, wh)
    share = work.terms[indexes[0]].capacity_share
    if share is None:
        work.problems.append(
            RatingProblem("capacity_hours_unknown", "no series and no share of capacity hours")
        )
        share = Decimal(0)
    total_kwh = sum(zone.kwh[i] for zone in work.energy.values() for i in indexes)
    wh = sum(zone.wh[i] for zone in work.energy.values() for i in indexes)
    quantity = half_up(total_kwh * share, digits=0)
    return quantity, QuantitySource(f"share_{share}_of_kwh", days, work.period.days, wh)


def _energy_of_zones(
    work: _Work, usage: Usage, lists: Mapping[str, Sequence[PriceList]]
) -> tuple[EnergyOfZone, ...]:
    day = work.segments[0].start
    in_force = _in_force(lists, day)
    group = _group_of(work.terms[0].group, in_force)
    labels = group.zones if group else {}
    rows = [
        EnergyOfZone("import", zone, labels.get(zone, zone), one.total_wh, one.total_kwh)
        for zone, one in work.energy.items()
    ]
    for quantity in ("export", "import_unbalanced"):
        others = zone_energies(usage=usage, quantity=quantity, segments=[work.period], series_zones={})
        rows += [
            EnergyOfZone(quantity, zone, labels.get(zone, zone), one.total_wh, one.total_kwh)
            for zone, one in others.items()
        ]
    return tuple(rows)


def _excise(work: _Work, usage: Usage, lists: Mapping[str, Sequence[PriceList]]) -> Excise | None:
    """Count the excise contained in the price: on the import before balancing where that is metered."""
    day = work.period.start
    in_force = _in_force(lists, day)
    problems: list[RatingProblem] = []
    names = ("excise_household", "excise") if work.terms[0].household else ("excise",)
    known = (rate_on(lists=in_force, name=name, day=day, problems=problems) for name in names)
    per_mwh = next((rate for rate in known if rate is not None), None)
    if per_mwh is None:
        return None
    gross = zone_energies(usage=usage, quantity="import_unbalanced", segments=[work.period], series_zones={})
    kwh = sum(zone.total_kwh for zone in (gross or work.energy).values())
    return Excise(kwh, per_mwh, grosze((kwh * per_mwh).scaleb(-3)))
