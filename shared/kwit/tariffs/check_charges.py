"""Check the charges of a price list file: terms, windows, citations and decimals of every price."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from kwit.kernel.money import fraction_digits
from kwit.kernel.time import DateRange
from kwit.tariffs.check_events import check_adjustments, check_event, check_variants
from kwit.tariffs.check_parts import outside, tile
from kwit.tariffs.expand import SELECTORS, PlacedPrice, charge_span, expand, write_days
from kwit.tariffs.findings import Code, Severity
from kwit.tariffs.parts import ChargeParts, Parts, Report
from kwit.tariffs.price_list import DERIVED, RUNNING, Basis, Clock, Customers, Kind, Price
from kwit.tariffs.schema import AMOUNT_FIELDS, UNITS, ChargeHead, PricePart
from kwit.tariffs.yaml_file import Path

Term = tuple[object, ...]

_WITH_VOLUMES = frozenset({Basis.ENERGY_BY_ZONE, Basis.ENERGY})


def check_charges(parts: Parts, report: Report) -> None:
    """Note everything wrong with the charges and their prices."""
    _check_twice(parts.charges, report)
    priced: set[str] = set()
    for charge in parts.charges:
        _check_head(charge, parts, report)
        sound = [
            (path, price) for path, price in charge.prices if _check_price(price, path, charge, parts, report)
        ]
        if charge.head.basis is not Basis.EVENT:
            priced.update(group for _, price in charge.prices for group in price.group or parts.groups)
        if parts.head is not None:
            valid = DateRange(parts.head.valid.first, parts.head.valid.until)
            whole = charge.whole and len(sound) == len(charge.prices)
            _check_windows(charge, sound, valid, parts, report, whole=whole)
    if all(charge.whole for charge in parts.charges):
        for group in sorted(set(parts.groups) - priced):
            report.add(Code.GROUP_WITHOUT_PRICE, ("groups", group), value=group, severity=Severity.WARNING)


def _check_head(charge: ChargeParts, parts: Parts, report: Report) -> None:
    head, path = charge.head, charge.path
    if head.unit not in UNITS[head.basis]:
        report.add(Code.UNKNOWN_UNIT, (*path, "unit"), value=head.unit, hint=", ".join(UNITS[head.basis]))
    if not charge.prices and charge.whole and not _wholly_unknown(head, parts):
        report.add(Code.CHARGE_WITHOUT_PRICE, (*path, "prices"), value=head.code)
    _check_terms_of_basis(head, path, report)
    check_event(head, path, parts, report)
    check_adjustments(head, path, report)
    if parts.head is None:
        return
    if parts.head.kind is Kind.LEVIES and f"vat_{head.vat}" not in parts.rates:
        report.add(Code.VAT_WITHOUT_RATE, (*path, "vat"), value=head.vat)
    valid = DateRange(parts.head.valid.first, parts.head.valid.until)
    if head.in_force is not None:
        where = (*path, "in_force")
        outside(head.in_force.first, head.in_force.until, span=valid, path=where, report=report)
    for index, unknown in enumerate(head.unknown):
        outside(unknown.first, unknown.until, span=valid, path=(*path, "unknown", index), report=report)


def _check_terms_of_basis(head: ChargeHead, path: Path, report: Report) -> None:
    """Check the fields that only some bases have."""
    if head.basis in DERIVED and head.of is None:
        report.add(Code.MISSING_FIELD, (*path, "of"))
    if head.basis not in DERIVED and head.of is not None:
        report.add(Code.WRONG_VALUE, (*path, "of"), value=", ".join(head.of), hint=", ".join(sorted(DERIVED)))
    if head.of is not None and head.code in head.of:
        report.add(Code.WRONG_VALUE, (*path, "of"), value=head.code, hint="other charges")
    if head.multiplier is not None and head.multiplier <= 0:
        report.add(Code.WRONG_VALUE, (*path, "multiplier"), value=head.multiplier, hint="> 0")
    if (head.series is not None) != (head.basis is Basis.ENERGY_DYNAMIC):
        report.add(Code.WRONG_VALUE, (*path, "series"), value=head.series or "–", hint=Basis.ENERGY_DYNAMIC)
    _check_clock(head, path, report)
    if head.tg_phi0 is None:
        return
    if head.basis is not Basis.REACTIVE_INDUCTIVE:
        report.add(Code.WRONG_VALUE, (*path, "tg_phi0"), value=head.tg_phi0, hint=Basis.REACTIVE_INDUCTIVE)
    elif head.tg_phi0 <= 0:
        report.add(Code.WRONG_VALUE, (*path, "tg_phi0"), value=head.tg_phi0, hint="> 0")


def _check_clock(head: ChargeHead, path: Path, report: Report) -> None:
    """Keep what is measured with the variable clock, which alone has readings, and events with the contract's."""
    if head.clock is None or head.basis in RUNNING or head.basis in DERIVED or head.basis is Basis.DOCUMENT:
        return
    usual = Clock.CONTRACT if head.basis is Basis.EVENT else Clock.VARIABLE
    if head.clock is not usual:
        report.add(Code.WRONG_VALUE, (*path, "clock"), value=head.clock, hint=usual)


def _wholly_unknown(head: ChargeHead, parts: Parts) -> bool:
    """Tell whether the charge says itself that no day of it has a known price."""
    if parts.head is None or not head.unknown:
        return bool(head.unknown)
    span = charge_span(head.in_force, DateRange(parts.head.valid.first, parts.head.valid.until))
    if span is None:
        return False
    unknown = [days for part in head.unknown if (days := part.within(span)) is not None]
    return not any(tile(unknown, span=span))


def _check_twice(charges: Sequence[ChargeParts], report: Report) -> None:
    """Two charges may share a code only when no customer can pay both."""
    by_code: dict[str, list[tuple[ChargeParts, frozenset[str] | None]]] = defaultdict(list)
    for charge in charges:
        groups = _groups(charge)
        for earlier, earlier_groups in by_code[charge.head.code]:
            common = _common(earlier_groups, groups)
            if common != frozenset() and _same_customers(earlier.head, charge.head):
                shown = ", ".join(sorted(common)) if common else "all"
                report.add(Code.CHARGE_TWICE, (*charge.path, "code"), value=charge.head.code, hint=shown)
                break
        by_code[charge.head.code].append((charge, groups))


def _same_customers(one: ChargeHead, other: ChargeHead) -> bool:
    if {one.customers, other.customers} == {Customers.HOUSEHOLD, Customers.OTHERS}:
        return False
    if {one.special, other.special} == {True, False}:
        return False
    return not (one.families and other.families and set(one.families).isdisjoint(other.families))


def _groups(charge: ChargeParts) -> frozenset[str] | None:
    """Return the groups of a charge, None for all of them."""
    if any(price.group is None for _, price in charge.prices):
        return None
    return frozenset(group for _, price in charge.prices for group in price.group or ())


def _common(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    if one is None or other is None:
        return other if one is None else one
    return one & other


def _check_price(price: PricePart, path: Path, charge: ChargeParts, parts: Parts, report: Report) -> bool:
    """Check what a price says by itself; False when its windows had better not be looked at."""
    before = len(report.findings)
    given = price.amount_fields()
    if len(given) != 1:
        shown = ", ".join(given) or "–"
        report.add(Code.ONE_AMOUNT, path, value=shown, hint=", ".join(AMOUNT_FIELDS))
    for group in price.group or ():
        if group not in parts.known["groups"]:
            report.add(Code.UNKNOWN_GROUP, (*path, "group"), value=group)
    if price.season is not None and price.season not in parts.known["seasons"]:
        report.add(Code.UNKNOWN_SEASON, (*path, "season"), value=price.season)
    _check_terms(price, path, charge, parts, report)
    sound = len(report.findings) == before
    if price.page is None and (parts.head is None or parts.head.source.uncited is None):
        report.add(Code.NO_CITATION, path)
    _check_amounts(price, path, charge.head, report)
    return sound


def _check_terms(price: PricePart, path: Path, charge: ChargeParts, parts: Parts, report: Report) -> None:
    if price.by_zone is not None:
        if charge.head.basis is not Basis.ENERGY_BY_ZONE:
            report.add(Code.ZONE_ON_WRONG_BASIS, (*path, "by_zone"), value=charge.head.basis.value)
        _check_zones(price, price.by_zone, path, parts, report)
    if price.has_volumes() and charge.head.basis not in _WITH_VOLUMES:
        hint = ", ".join(sorted(_WITH_VOLUMES))
        report.add(Code.WRONG_VALUE, (*path, "by_volume"), value=charge.head.basis, hint=hint)
    check_variants(price, path, charge.head, report)
    if price.by_bracket is not None:
        for bracket in price.by_bracket:
            if bracket not in parts.known["brackets"]:
                report.add(Code.UNKNOWN_BRACKET, (*path, "by_bracket", bracket), value=bracket)
        for bracket in sorted(parts.known["brackets"] - set(price.by_bracket)):
            report.add(Code.MISSING_PRICE, (*path, "by_bracket"), value=bracket, hint=charge.head.code)


def _check_zones(
    price: PricePart, by_zone: Mapping[str, object], path: Path, parts: Parts, report: Report
) -> None:
    """Find zones the group does not have, and zones of the group left without a price."""
    for group in price.group or parts.groups:
        if group not in parts.groups:
            continue
        zones = parts.groups[group].zones
        for zone in by_zone:
            if zone not in zones:
                report.add(Code.UNKNOWN_ZONE, (*path, "by_zone", zone), value=zone, hint=", ".join(zones))
        for zone in zones:
            if zone not in by_zone:
                report.add(Code.MISSING_PRICE, (*path, "by_zone"), value=zone, hint=group)


def _check_amounts(price: PricePart, path: Path, head: ChargeHead, report: Report) -> None:
    for term, amount in price.amounts():
        where: Path = (*path, *term)
        if fraction_digits(amount) != head.digits:
            report.add(Code.WRONG_DIGITS, where, value=amount, hint=head.digits)
        if amount < 0:
            report.add(Code.NEGATIVE_PRICE, where, value=amount, severity=Severity.WARNING)


def _check_windows(
    charge: ChargeParts,
    sound: Sequence[tuple[Path, PricePart]],
    valid: DateRange,
    parts: Parts,
    report: Report,
    *,
    whole: bool,
) -> None:
    """Find days without a price, or with two, for the same group and terms.

    Gaps are looked for only when every price of the charge could be read: a missing one would show as a gap.
    """
    span = charge_span(charge.head.in_force, valid)
    if span is None:
        return
    for path, price in sound:
        outside(price.first, price.until, span=span, path=path, report=report)
    by_group: dict[str | None, list[PlacedPrice]] = defaultdict(list)
    for placed in _expanded(sound, span, parts):
        for group in placed.price.groups or (None,):
            by_group[group].append(placed)
    if None in by_group and len(by_group) > 1:
        report.add(Code.MIXED_SELECTORS, (*charge.path, "prices"), value=charge.head.code, hint="group")
        return
    for group, placed_prices in by_group.items():
        if _mixed(group, placed_prices, charge, report):
            continue
        for term, windows in _by_term(placed_prices).items():
            subject = " ".join(str(part) for part in (charge.head.code, group, *term) if part is not None)
            _check_tiling(windows, subject, span, charge, report, whole=whole)


def _expanded(
    sound: Sequence[tuple[Path, PricePart]], span: DateRange, parts: Parts
) -> Iterator[PlacedPrice]:
    for path, price in sound:
        season = parts.seasons.get(price.season) if price.season is not None else None
        if price.season is not None and (season is None or span.end is None):
            continue
        yield from expand(price, path=path, span=span, season=season)


def _mixed(group: str | None, prices: Sequence[PlacedPrice], charge: ChargeParts, report: Report) -> bool:
    mixed = [
        name
        for name in SELECTORS
        if name != "volume" and len({getattr(placed.price, name) is None for placed in prices}) > 1
    ]
    # A limit of energy belongs to a zone: the night may have one and the day none.
    zones = {placed.price.zone for placed in prices}
    if any(
        len({placed.price.volume is None for placed in prices if placed.price.zone == zone}) > 1
        for zone in zones
    ):
        mixed.append("volume")
    if mixed:
        value = charge.head.code if group is None else f"{charge.head.code} {group}"
        report.add(Code.MIXED_SELECTORS, (*charge.path, "prices"), value=value, hint=", ".join(mixed))
    return bool(mixed)


def _term(price: Price) -> Term:
    return tuple(getattr(price, name) for name in SELECTORS)


def _by_term(prices: Sequence[PlacedPrice]) -> dict[Term, list[PlacedPrice]]:
    by_term: dict[Term, list[PlacedPrice]] = defaultdict(list)
    for placed in prices:
        by_term[_term(placed.price)].append(placed)
    return by_term


def _check_tiling(
    prices: Sequence[PlacedPrice],
    subject: str,
    span: DateRange,
    charge: ChargeParts,
    report: Report,
    *,
    whole: bool,
) -> None:
    path: Path = (*charge.path, "prices")
    windows = [placed.price.window for placed in prices]
    unknown = [days for part in charge.head.unknown if (days := part.within(span)) is not None]
    for days in unknown:
        if any(days.intersection(window) for window in windows):
            report.add(Code.PRICE_IN_GAP, path, value=write_days(days.start, days.end))
            return
    for code, days in tile([*windows, *unknown], span=span):
        if code is Code.PRICE_GAP and not whole:
            continue
        report.add(code, path, value=write_days(days.start, days.end), hint=subject)
