"""Plan a period: which lines the price lists ask for, at which price, over which days; no use is looked at.

Customers of one group, bracket and period share a plan, so it is made once and kept: a run of a thousand
household bills makes a handful of plans.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import pairwise

from kwit.kernel.time import Period
from kwit.rating.lines import PriceSource, RatingProblem
from kwit.rating.prices import (
    Position,
    choose_price,
    month_cuts,
    positions_of,
    positions_on,
    rate_on,
    relevant_cuts,
    volumes_of,
)
from kwit.rating.profile import RatingProfile
from kwit.rating.terms import Terms, terms_on
from kwit.tariffs.price_list import (
    ABOVE,
    ALL_CLOCKS,
    BASE,
    DERIVED,
    ZONED,
    Applies,
    Basis,
    Charge,
    Clock,
    Price,
    PriceList,
    TariffGroup,
    Tier,
)

Lists = Mapping[str, Sequence[PriceList]]

_Key = tuple[str, str, str, str | None]
# As printed behind the name of a charge whose energy has a limit.
_VOLUME_NAMES = {BASE: "do limitu", ABOVE: "ponad limit"}

# Units a quantity is given in thousands of: MWh of kWh, MW of kW, Mvarh of kvarh.
_THOUSANDS = frozenset({"MWh", "MW", "Mvarh"})


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """A line that will be printed: its charge and price over a run of segments, all but its quantity."""

    charge: Charge
    name: str
    section: str
    zone: str
    period: Period
    indexes: tuple[int, ...]
    unit: str
    shift: int
    price: Decimal
    vat_rate: Decimal
    source: PriceSource
    terms: Terms
    basis: str
    derived: bool
    volume: str | None = None
    tier: Tier | None = None
    measured: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """Segments of a period, the terms of each, and the lines to be printed; or why there can be none.

    `zones` are those of the customer's group in every segment, None when no line asks for a zone; `by_zone`
    names the bases, other than energy, that have a line for each zone; `labels` are what the issuer prints;
    `excise_per_mwh` is the excise contained in the price, None when no list states it.
    """

    segments: tuple[Period, ...]
    terms: tuple[Terms, ...]
    lines: tuple[PlannedLine, ...] = ()
    zones: frozenset[str] | None = None
    by_zone: frozenset[str] = frozenset()
    labels: Mapping[str, str] = field(default_factory=dict)
    excise_per_mwh: Decimal | None = None
    problems: tuple[RatingProblem, ...] = ()


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
    segments: list[Period]
    terms: list[Terms]
    lists: Lists
    profile: RatingProfile
    in_force: list[list[PriceList]]
    clocks: frozenset[Clock]
    problems: list[RatingProblem] = field(default_factory=list)


def make_plan(
    *,
    period: Period,
    terms: Sequence[Terms],
    lists: Lists,
    profile: RatingProfile,
    clocks: frozenset[Clock] = ALL_CLOCKS,
) -> Plan:
    """Plan the lines of a period that some clocks of the contract bill, all of them unless told.

    What the lists cannot answer comes back as named problems.
    """
    cuts = relevant_cuts(terms=terms, lists=lists)
    segments = period.split_at(*cuts, *month_cuts(period=period, terms=terms, lists=lists))
    held = [terms_on(terms, segment.start) for segment in segments]
    missing = [s for s, t in zip(segments, held, strict=True) if t is None]
    if missing:
        problems = tuple(RatingProblem("terms_missing", str(segment)) for segment in missing)
        return Plan(tuple(segments), (), problems=problems)
    known = [one for one in held if one is not None]
    in_force = [_in_force(lists, segment.start) for segment in segments]
    work = _Work(segments, known, lists, profile, in_force, clocks)
    rows = _rows(work)
    groups = [_group_of(one.group, versions) for one, versions in zip(known, in_force, strict=True)]
    zones = [frozenset(group.zones) for group in groups if group is not None]
    lines = tuple(line for row in rows.values() for line in _row_lines(work, row))
    zoned = any(line.charge.basis in ZONED for line in lines)
    return Plan(
        segments=tuple(segments),
        terms=tuple(known),
        lines=lines,
        zones=frozenset.intersection(*zones) if zones and zoned else None,
        by_zone=frozenset(line.basis for line in lines if line.zone),
        labels=dict(groups[0].zones) if groups[0] else {},
        excise_per_mwh=_excise_rate(work) if Clock.VARIABLE in clocks else None,
        problems=tuple(dict.fromkeys(work.problems)),
    )


def _rows(work: _Work) -> dict[_Key, list[_Priced]]:
    rows: dict[_Key, list[_Priced]] = {}
    for index, segment in enumerate(work.segments):
        terms, day = work.terms[index], segment.start
        mine = _in_force({code: work.lists.get(code, ()) for code in terms.price_lists}, day)
        positions = positions_on(terms=terms, lists=work.lists, day=day, problems=work.problems)
        for position in positions_of(positions, clocks=work.clocks, problems=work.problems):
            vat = rate_on(lists=mine, name=f"vat_{position.charge.vat}", day=day, problems=work.problems)
            for zone in _zones_of(work, position, terms, mine):
                for price in _prices_of(work, position, terms, day, zone):
                    if vat is not None:
                        key = (position.price_list.code, position.charge.code, zone, price.volume)
                        rows.setdefault(key, []).append(_Priced(position, price, zone, vat, index))
    return rows


def _prices_of(work: _Work, position: Position, terms: Terms, day: date, zone: str) -> Iterator[Price]:
    """Yield the price of a charge in a zone: one, or one up to the customer's limit and one above it."""
    for volume in volumes_of(position=position, terms=terms, day=day, zone=zone or None):
        price = choose_price(
            position=position, terms=terms, day=day, zone=zone or None, problems=work.problems, volume=volume
        )
        if price is not None:
            yield price


def _zones_of(work: _Work, position: Position, terms: Terms, in_force: Sequence[PriceList]) -> Sequence[str]:
    """Name the zones a charge has a line for; the empty name stands for one line over all zones."""
    charge = position.charge
    if charge.basis not in ZONED:
        return ("",)
    group = _group_of(terms.group, in_force)
    if group is None:
        work.problems.append(
            RatingProblem("group_unknown", f"{terms.group} in {', '.join(terms.price_lists)}")
        )
        return ()
    by_zone = charge.basis is Basis.ENERGY_BY_ZONE or charge.code in work.profile.lines_by_zone
    return tuple(group.zones) if by_zone else ("",)


def _group_of(code: str, lists: Sequence[PriceList]) -> TariffGroup | None:
    groups = [one.groups[code] for one in lists if code in one.groups]
    return next((group for group in groups if group.calendar is not None), groups[0] if groups else None)


def _in_force(lists: Lists, day: date) -> list[PriceList]:
    return [version for versions in lists.values() for version in versions if day in version.window]


def _row_lines(work: _Work, row: Sequence[_Priced]) -> list[PlannedLine]:
    runs: list[list[_Priced]] = [[row[0]]]
    for last, priced in pairwise(row):
        if _joins(work, last, priced):
            runs[-1].append(priced)
        else:
            runs.append([priced])
    basis = row[0].position.charge.basis
    if basis is Basis.DOCUMENT:
        return [_planned(work, runs[-1])]  # one fee for one document, at the price of the period's end
    if len(runs) > 1 and basis in {Basis.PERCENTAGE, Basis.MINIMUM}:
        day = work.segments[runs[1][0].segment].start
        detail = f"{row[0].position.charge.code} changes on {day.isoformat()}; bill the days apart"
        work.problems.append(RatingProblem("change_inside_period", detail))
        return []
    return [_planned(work, run) for run in runs]


def _joins(work: _Work, last: _Priced, following: _Priced) -> bool:
    """Tell whether a cut between two segments left a charge as it was, so that one line serves both."""
    if last.segment + 1 != following.segment:
        return False
    before, after = (_measures(work.terms[one.segment]) for one in (last, following))
    if before != after or _price_terms(last) != _price_terms(following):
        return False
    same_version = last.position.price_list.content_hash == following.position.price_list.content_hash
    return work.profile.merge_equal_prices or same_version


def _measures(terms: Terms) -> tuple[object, ...]:
    return (
        terms.contracted_kw,
        terms.capacity_share,
        terms.tg_phi0,
        terms.capacity_coefficient,
        terms.lowered_power,
        terms.prepaid,
        terms.industrial,
    )


def _price_terms(priced: _Priced) -> tuple[object, ...]:
    charge = priced.position.charge
    return (
        priced.price.amount,
        priced.price.tier,
        priced.vat_rate,
        charge.multiplier,
        charge.tg_phi0,
        charge.of,
        charge.adjust,
    )


def _planned(work: _Work, run: Sequence[_Priced]) -> PlannedLine:
    first = run[0]
    charge, price_list = first.position.charge, first.position.price_list
    indexes = tuple(priced.segment for priced in run)
    unit, price = charge.unit, first.price.amount
    wanted = work.profile.units.get(charge.code, unit)
    if (unit, wanted) == ("kWh", "MWh"):
        price = price.scaleb(3)
    elif (unit, wanted) == ("MWh", "kWh"):
        price = price.scaleb(-3)
    source = PriceSource(
        price_list=price_list.code,
        version=price_list.content_hash,
        document=price_list.document,
        page=first.price.page,
        confidence=str(first.price.confidence or price_list.confidence),
    )
    return PlannedLine(
        charge=charge,
        name=_name(work, first),
        section=charge.section.value,
        zone=first.zone,
        period=Period(work.segments[indexes[0]].start, work.segments[indexes[-1]].end),
        indexes=indexes,
        unit=wanted,
        shift=-3 if wanted in _THOUSANDS else 0,
        price=price,
        vat_rate=first.vat_rate,
        source=source,
        terms=work.terms[first.segment],
        basis=charge.basis.value,
        derived=charge.basis in DERIVED,
        volume=first.price.volume,
        tier=first.price.tier,
        measured=charge.applies is Applies.MEASURED,
    )


def _name(work: _Work, priced: _Priced) -> str:
    charge = priced.position.charge
    name = work.profile.names.get(charge.code, charge.name)
    named = _name_of_zone(work, priced, name)
    if priced.price.tier is not None:
        return f"{named}, {priced.price.tier.label}"
    return named if priced.price.volume is None else f"{named}, {_VOLUME_NAMES[priced.price.volume]}"


def _name_of_zone(work: _Work, priced: _Priced, name: str) -> str:
    charge = priced.position.charge
    if not priced.zone:
        return name
    versions = [priced.position.price_list, *work.in_force[priced.segment]]
    group = _group_of(work.terms[priced.segment].group, versions)
    if group is None or (len(group.zones) == 1 and charge.code != "energy"):
        return name
    return f"{name} {group.zones[priced.zone]}"


def _excise_rate(work: _Work) -> Decimal | None:
    """Find the rate of the excise contained in the price, PLN per MWh."""
    day = work.segments[0].start
    names = ("excise_household", "excise") if work.terms[0].household else ("excise",)
    known = (rate_on(lists=work.in_force[0], name=name, day=day, problems=[]) for name in names)
    return next((rate for rate in known if rate is not None), None)
