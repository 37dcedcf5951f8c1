"""Choose the one price of a charge that holds on a day under given terms, or say why there is none."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kwit.kernel.time import DateRange, Period
from kwit.rating.export import calendar_months
from kwit.rating.lines import RatingProblem
from kwit.rating.terms import Terms
from kwit.tariffs.price_list import (
    ABOVE,
    ALL_CLOCKS,
    BASE,
    DERIVED,
    Basis,
    Charge,
    Clock,
    Price,
    PriceList,
    TierSpan,
)


@dataclass(frozen=True, slots=True)
class Position:
    """A charge of one list version in force over a segment, in the order it is printed in."""

    price_list: PriceList
    charge: Charge


def version_on(versions: Sequence[PriceList], day: date) -> PriceList | None:
    """Return the version of a price list in force on a day, or None."""
    return next((one for one in versions if day in one.window), None)


def positions_on(
    *, terms: Terms, lists: Mapping[str, Sequence[PriceList]], day: date, problems: list[RatingProblem]
) -> list[Position]:
    """List the charges that concern the customer on a day, in the order of the contract's price lists.

    Charges of events are left out: without an event they are not owed.
    """
    found: list[Position] = []
    for code in terms.price_lists:
        version = version_on(lists.get(code, ()), day)
        if version is None:
            problems.append(RatingProblem("price_list_missing", f"{code} on {day.isoformat()}"))
            continue
        if version.groups and terms.group not in version.groups:
            problems.append(RatingProblem("group_unknown", f"{terms.group} in {code}"))
            continue
        found += [
            Position(version, charge)
            for charge in version.charges
            if charge.section in terms.sections
            and charge.basis is not Basis.EVENT
            and charge.is_in_force(day)
            and _concerns(charge, terms)
        ]
    return found


def positions_of(
    positions: Sequence[Position], *, clocks: frozenset[Clock], problems: list[RatingProblem]
) -> list[Position]:
    """Keep the charges that some clocks bill, in order.

    A percentage follows the charges it is counted on, to each clock its own; a minimum needs them all together,
    and one whose charges are billed apart is a problem.
    """
    if clocks == ALL_CLOCKS:
        return list(positions)
    kept = []
    for one in positions:
        if one.charge.basis in DERIVED:
            of = {other.charge.billed_by for other in positions if other.charge.code in one.charge.of}
            mine = bool(of & clocks) if one.charge.clock is None else one.charge.clock in clocks
            if mine and one.charge.basis is Basis.MINIMUM and not of <= clocks:
                problems.append(RatingProblem("minimum_over_clocks", one.charge.code))
            if mine:
                kept.append(one)
        elif one.charge.billed_by in clocks:
            kept.append(one)
    return kept


def event_position(
    *, code: str, terms: Terms, lists: Mapping[str, Sequence[PriceList]], day: date
) -> Position | None:
    """Return the charge of a code that concerns the customer on a day, of whatever section; None without one."""
    for name in terms.price_lists:
        version = version_on(lists.get(name, ()), day)
        if version is None:
            continue
        for charge in version.charges:
            if charge.code == code and charge.is_in_force(day) and _concerns(charge, terms):
                return Position(version, charge)
    return None


def _concerns(charge: Charge, terms: Terms) -> bool:
    return charge.concerns(group=terms.group, household=terms.household, special=terms.special)


def relevant_cuts(*, terms: Sequence[Terms], lists: Mapping[str, Sequence[PriceList]]) -> Iterator[date]:
    """Yield every day on which terms, list versions, prices of the customer's group or rates begin or end.

    An end cuts as well as a beginning does: behind it nothing may hold, and that must be met, not passed over.
    """
    for one in terms:
        yield from _edges(one.window)
        for code in one.price_lists:
            for version in lists.get(code, ()):
                yield from _edges(version.window)
                yield from _cuts_of(version, one)


def month_cuts(
    *, period: Period, terms: Sequence[Terms], lists: Mapping[str, Sequence[PriceList]]
) -> list[date]:
    """Return the first days of the months of a period when a charge of the customer has tiers that run by month."""
    asked = any(
        charge.tier_span is TierSpan.MONTH and charge.concerns(group=one.group, household=one.household)
        for one in terms
        for code in one.price_lists
        for version in lists.get(code, ())
        if version.window.intersection(period.range)
        for charge in version.charges
    )
    return [month.start for month in calendar_months(period)] if asked else []


def _cuts_of(version: PriceList, terms: Terms) -> Iterator[date]:
    for charge in version.charges:
        if charge.basis is not Basis.EVENT and _concerns(charge, terms):
            for price in charge.prices:
                yield from _edges(price.window)
            if charge.in_force is not None:
                yield from _edges(charge.in_force)
    for rates in (version.rates or {}).values():
        for rate in rates:
            yield from _edges(rate.window)


def _edges(window: DateRange) -> Iterator[date]:
    yield window.start
    if window.end is not None:
        yield window.end


def choose_price(
    *,
    position: Position,
    terms: Terms,
    day: date,
    zone: str | None,
    problems: list[RatingProblem],
    volume: str | None = None,
    variant: str | None = None,
) -> Price | None:
    """Return the only price of a charge that fits the terms on a day; anything else is a problem.

    `variant` is the kind of an event. A prepaid meter has the price of the longest cycle where the charge has
    a part for it.
    """
    charge = position.charge
    where = "/".join(filter(None, (position.price_list.code, charge.code, zone, volume)))
    candidates = [
        price
        for price in _of_group(position, terms, day, zone)
        if price.volume in {None, volume}
        and price.phases in {None, terms.phases}
        and price.remote in {None, terms.remote_reading}
        and price.voltage in {None, terms.supply_voltage}
        and price.variant in {None, variant}
        and price.ten_days in {None, terms.ten_days}
    ]
    cycle: int | None = terms.cycle_months
    if terms.prepaid and charge.adjust is not None and charge.adjust.prepaid is not None:
        cycle = max((one.cycle_months for one in candidates if one.cycle_months), default=None)
    candidates = [price for price in candidates if price.cycle_months in {None, cycle}]
    if any(price.bracket for price in candidates):
        bracket = _bracket(position.price_list, terms)
        if bracket is None:
            problems.append(RatingProblem("annual_use_unknown", f"{where} needs the use of a year"))
            return None
        candidates = [price for price in candidates if price.bracket in {None, bracket}]
    if any(price.degree for price in candidates):
        if terms.degree is None:
            problems.append(RatingProblem("degree_of_use_unknown", f"{where} needs the use of its power"))
            return None
        candidates = [price for price in candidates if price.degree in {None, terms.degree}]
    if len(candidates) == 1:
        return candidates[0]
    code = "price_missing" if not candidates else "price_ambiguous"
    problems.append(RatingProblem(code, f"{where} for {terms.group} on {day.isoformat()}"))
    return None


def volumes_of(*, position: Position, terms: Terms, day: date, zone: str | None) -> Sequence[str | None]:
    """Name the parts of the energy that a charge prices apart: up to the limit and above it, tiers, or all as one."""
    prices = _of_group(position, terms, day, zone)
    volumes = {price.volume for price in prices if price.volume is not None}
    if not volumes:
        return (None,)
    tiers = [] if volumes & {BASE, ABOVE} else sorted(volumes, key=int)
    return tiers or (BASE, ABOVE)


def _of_group(position: Position, terms: Terms, day: date, zone: str | None) -> list[Price]:
    return [
        price
        for price in position.charge.prices
        if day in price.window
        and (not price.groups or terms.group in price.groups)
        and price.zone in {None, zone}
    ]


def _bracket(price_list: PriceList, terms: Terms) -> str | None:
    if terms.annual_kwh is None:
        return None
    annual = terms.annual_kwh
    return next((bracket.code for bracket in price_list.brackets if bracket.holds(annual)), None)


def rate_on(
    *, lists: Sequence[PriceList], name: str, day: date, problems: list[RatingProblem]
) -> Decimal | None:
    """Return a dated rate (VAT, excise) that one of the lists states for a day."""
    for one in lists:
        rate = one.rate_on(name, day)
        if rate is not None:
            return rate.rate
    problems.append(RatingProblem("rate_missing", f"{name} on {day.isoformat()}"))
    return None


def rcem_of(versions: Sequence[PriceList], month: date) -> Decimal | None:
    """Return the RCEm of the month that begins on a day, in PLN per kWh; None when no version knows it."""
    rates = (version.rate_on("rcem", month) for version in versions)
    return next((rate.rate.scaleb(-3) for rate in rates if rate is not None), None)
