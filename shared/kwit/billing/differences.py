"""Explain the difference between two bills by its causes, in amounts that add up to the grosz.

The same reckoning serves corrections (before and after) and the diff of runs (this month and the last, one engine
and another). It needs only the two contents: lines are paired by charge, zone and stretch of days, and the difference
of a pair is that of its quantity at the old price, and the rest that of its price.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from kwit.billing.content import BillContent, LineData
from kwit.kernel.money import ZERO, grosze, total

_ENERGY_UNITS = frozenset({"kWh", "MWh", "kvarh", "Mvarh"})
_Key = tuple[str, str, str]


class Cause(StrEnum):
    """Why two bills differ (przyczyna różnicy).

    `law` is a levy or tax, `calendar` the length of the period, `contract` its terms and services, `settings`
    the seller's rounding and grouping, `engine` what is left when nothing that goes in differs.
    """

    USAGE = "usage"
    PRICE = "price"
    LAW = "law"
    CONTRACT = "contract"
    CALENDAR = "calendar"
    SETTINGS = "settings"
    ENGINE = "engine"


@dataclass(frozen=True, slots=True)
class Difference:
    """A part of a difference with one cause, PLN; quantities and prices say what it was counted from.

    `quantity_before` and `quantity_after` are in `unit`; prices are PLN a unit with every factor in them.
    """

    cause: Cause
    section: str
    charge: str
    zone: str
    name: str
    posting: str
    net: Decimal
    vat: Decimal = ZERO
    quantity_before: Decimal = ZERO
    quantity_after: Decimal = ZERO
    unit: str = ""
    price_before: Decimal | None = None
    price_after: Decimal | None = None

    @property
    def gross(self) -> Decimal:
        """Return the part's gross, PLN."""
        return self.net + self.vat


@dataclass(frozen=True, slots=True)
class Explained:
    """A difference of two bills, by its parts. The parts add up to net, VAT and gross of the difference.

    `deposit` is the difference of what a prosumer's deposit pays, so that gross less it is that of the amount due.
    """

    parts: tuple[Difference, ...]
    net: Decimal
    vat: Decimal
    gross: Decimal
    deposit: Decimal

    def by_cause(self) -> dict[Cause, Decimal]:
        """Return the gross of every cause that has some, PLN."""
        sums: dict[Cause, Decimal] = {}
        for part in self.parts:
            sums[part.cause] = sums.get(part.cause, ZERO) + part.gross
        return {cause: sums[cause] for cause in Cause if cause in sums}


def explain_difference(
    *, before: BillContent | None, after: BillContent | None, laws: frozenset[str]
) -> Explained:
    """Explain what changed from one bill to another; a bill that is not there counts as nothing.

    `laws` are the codes of the price lists that hold levies and taxes. The parts of the result add up exactly.
    """
    parts: list[Difference] = []
    for key, (left, right) in _paired(before, after).items():
        parts += _parts_of(_Pair(key, left, right, before, after, laws))
    gone, come = _sums(before), _sums(after)
    net, vat, gross = (b - a for a, b in zip(gone, come, strict=True))
    if vat and not parts and before is not None and after is not None:
        parts.append(_only_rounded(before, after))
    deposit = gross - (_due(after) - _due(before))
    return Explained(_with_vat(parts, vat), net, vat, gross, deposit)


def _only_rounded(before: BillContent, after: BillContent) -> Difference:
    """Return the part of bills whose lines agree and whose VAT is rounded another way."""
    cause = Cause.ENGINE if before.settings_version == after.settings_version else Cause.SETTINGS
    return Difference(cause, "", "vat", "", "VAT", "vat", ZERO)


def _sums(content: BillContent | None) -> tuple[Decimal, Decimal, Decimal]:
    return (content.net, content.vat, content.gross) if content else (ZERO, ZERO, ZERO)


def _due(content: BillContent | None) -> Decimal:
    return content.due if content else ZERO


def _paired(
    before: BillContent | None, after: BillContent | None
) -> dict[tuple[_Key, date | None], tuple[list[LineData], list[LineData]]]:
    """Pair lines by charge and zone, by their stretches of days where both bills have the same stretches."""
    left, right = _by_key(before), _by_key(after)
    pairs: dict[tuple[_Key, date | None], tuple[list[LineData], list[LineData]]] = {}
    for key in dict.fromkeys([*left, *right]):
        olds, news = left.get(key, []), right.get(key, [])
        if _stretches(olds) == _stretches(news):
            for line in olds:
                old, new = pairs.setdefault((key, line.start), ([], []))
                old.append(line)
                new += [one for one in news if one.start == line.start and one not in new]
        else:
            pairs[key, None] = (olds, news)
    return pairs


def _by_key(content: BillContent | None) -> dict[_Key, list[LineData]]:
    lines: dict[_Key, list[LineData]] = {}
    for line in content.lines if content else ():
        lines.setdefault((line.section, line.charge, line.zone), []).append(line)
    return lines


def _stretches(lines: Sequence[LineData]) -> list[tuple[date, date]]:
    return sorted((line.start, line.end) for line in lines)


@dataclass(frozen=True, slots=True)
class _Pair:
    """Lines of one charge in two bills."""

    key: tuple[_Key, date | None]
    old: Sequence[LineData]
    new: Sequence[LineData]
    before: BillContent | None
    after: BillContent | None
    laws: frozenset[str]

    def part(self, cause: Cause, net: Decimal, vat: Decimal) -> Difference:
        """Return a part of this pair's difference."""
        line = (self.new or self.old)[0]
        return Difference(
            cause=cause,
            section=line.section,
            charge=line.charge,
            zone=line.zone,
            name=line.name,
            posting=line.posting,
            net=net,
            vat=vat,
            quantity_before=_quantity(self.old, line.unit),
            quantity_after=_quantity(self.new, line.unit),
            unit=line.unit,
            price_before=_price(self.old, line.unit),
            price_after=_price(self.new, line.unit),
        )


_FACTOR_OF_UNIT = {"kWh": 0, "MWh": 3, "kvarh": 0, "Mvarh": 3}


def _quantity(lines: Sequence[LineData], unit: str) -> Decimal:
    """Add quantities up in one unit: a line may say kWh where its other says MWh."""
    to = _FACTOR_OF_UNIT.get(unit, 0)
    return sum((line.quantity.scaleb(_FACTOR_OF_UNIT.get(line.unit, 0) - to) for line in lines), Decimal(0))


def _price(lines: Sequence[LineData], unit: str) -> Decimal | None:
    """Return the one price of lines, every factor in it, or the mean of several; None without a quantity."""
    to = _FACTOR_OF_UNIT.get(unit, 0)
    prices = {_full_price(line).scaleb(to - _FACTOR_OF_UNIT.get(line.unit, 0)) for line in lines}
    if len({price.normalize() for price in prices}) == 1:
        return prices.pop()
    quantity = _quantity(lines, unit)
    return total(line.net for line in lines) / quantity if quantity else None


def _full_price(line: LineData) -> Decimal:
    price = line.price
    for factor in line.factors:
        price *= factor.value
    return price


def _parts_of(pair: _Pair) -> list[Difference]:
    """Split the difference of a pair; VAT of a part is not yet rounded to that of the bills."""
    old, new = total(line.net for line in pair.old), total(line.net for line in pair.new)
    rate_before, rate_after = _rate(pair.old), _rate(pair.new)
    rate = rate_before if rate_before is not None else rate_after or Decimal(0)
    parts = [
        pair.part(cause, net, net * rate)
        for cause, net in _nets(pair, new - old)
        if net or cause is not Cause.USAGE
    ]
    if rate_before is not None and rate_after is not None and rate_after != rate_before:
        parts.append(pair.part(Cause.LAW, ZERO, new * (rate_after - rate_before)))
    return [part for part in parts if part.net or part.vat]


def _rate(lines: Sequence[LineData]) -> Decimal | None:
    return lines[0].vat_rate if lines else None


def _nets(pair: _Pair, net: Decimal) -> list[tuple[Cause, Decimal]]:
    """Split a net difference: the quantity's part at the old price, the calendar's of it, the rest the price's."""
    if not net:
        return []
    if not pair.old or not pair.new:
        return [(_cause_of_one_side(pair), net)]
    unit = pair.new[0].unit
    quantities = _quantity(pair.old, unit), _quantity(pair.new, unit)
    prices = _price(pair.old, unit), _price(pair.new, unit)
    same_price = prices[0] is not None and prices[0] == prices[1]
    if quantities[0] == quantities[1]:
        return [(_cause_of_price(pair) if not same_price else _cause_of_nothing(pair), net)]
    old_price = prices[0] if prices[0] is not None else prices[1] or Decimal(0)
    moved = net if same_price else grosze((quantities[1] - quantities[0]) * old_price)
    calendar = _calendar(pair, quantities[0], old_price, moved)
    parts = [(Cause.CALENDAR, calendar), (_cause_of_quantity(pair), moved - calendar)]
    parts.append((_cause_of_price(pair), net - moved))
    return [(cause, amount) for cause, amount in parts if amount]


def _calendar(pair: _Pair, quantity: Decimal, price: Decimal, moved: Decimal) -> Decimal:
    """Return what the other length of the period alone would have moved."""
    if pair.new[0].unit not in _ENERGY_UNITS:
        return moved if _cause_of_quantity(pair) is Cause.CALENDAR else ZERO
    days = [(one.end - one.start).days if one else 0 for one in (pair.before, pair.after)]
    if not all(days) or days[0] == days[1]:
        return ZERO
    return grosze(quantity * (days[1] - days[0]) / days[0] * price)


def _cause_of_quantity(pair: _Pair) -> Cause:
    line = pair.new[0]
    if line.unit in _ENERGY_UNITS:
        return Cause.USAGE
    if line.rule.startswith(("month", "day", "thirtieth")):
        return Cause.CALENDAR
    if line.rule.startswith("power_") and _inputs(pair.old) == _inputs(pair.new):
        return Cause.CALENDAR
    return Cause.CONTRACT


def _inputs(lines: Iterable[LineData]) -> list[list[tuple[str, str]]]:
    return [[(one.name.partition(" ")[0], one.value) for one in line.inputs] for line in lines]


def _terms(content: BillContent | None) -> object:
    """Return what a contract settles by, as far as a bill shows it."""
    if content is None:
        return None
    codes = sorted({one.code for one in content.price_lists})
    return (
        content.contract_kind,
        content.group,
        content.contracted_kw,
        content.point.phases,
        content.prosumer,
        codes,
    )


def _cause_of_price(pair: _Pair) -> Cause:
    """Say why a price changed: other terms, a levy, another version of a list, or else the use that chose it."""
    if _terms(pair.before) != _terms(pair.after):
        return Cause.CONTRACT
    if {line.price_list for line in pair.old} != {line.price_list for line in pair.new}:
        return Cause.LAW if _codes(pair) & pair.laws else Cause.PRICE
    if _stretches(pair.old) != _stretches(pair.new):
        # One version may hold several dated prices; other days meet others of them.
        return Cause.LAW if _codes(pair) & pair.laws else Cause.PRICE
    return Cause.USAGE if _use(pair.before) != _use(pair.after) else _cause_of_nothing(pair)


def _cause_of_one_side(pair: _Pair) -> Cause:
    """Say why a charge stands in one of two bills only."""
    if pair.before is None or pair.after is None or _terms(pair.before) != _terms(pair.after):
        return Cause.CONTRACT
    line = (pair.new or pair.old)[0]
    other = pair.after if pair.old else pair.before
    if any(one.name == "event" for one in line.inputs):
        return Cause.CONTRACT
    if line.price_list not in {one.version for one in other.price_lists}:
        return Cause.LAW if _codes(pair) & pair.laws else Cause.PRICE
    if _use(pair.before) != _use(pair.after):
        return Cause.USAGE
    return _cause_of_nothing(pair)


def _cause_of_nothing(pair: _Pair) -> Cause:
    """Say what is left when neither quantity, price, terms nor use differ."""
    if pair.before is not None and pair.after is not None:
        ways = [(one.settings_version, one.profile, one.vat_rounding) for one in (pair.before, pair.after)]
        if ways[0] != ways[1]:
            return Cause.SETTINGS
    return Cause.ENGINE


def _codes(pair: _Pair) -> set[str]:
    known: Mapping[str, str] = {
        one.version: one.code
        for content in (pair.before, pair.after)
        if content is not None
        for one in content.price_lists
    }
    return {known[line.price_list] for line in (*pair.old, *pair.new) if line.price_list in known}


def _use(content: BillContent | None) -> object:
    """Return the use that a bill rests on, as far as it chooses prices."""
    if content is None:
        return None
    wh = [(one.meter_no, one.register_code, one.zone, one.quantity, one.wh) for one in content.usage]
    return (content.annual_kwh, wh)


def _with_vat(parts: Sequence[Difference], vat: Decimal) -> tuple[Difference, ...]:
    """Round the VAT of parts to grosze so that they add up to the bills' own difference of VAT.

    VAT is rounded on lines, sections or the document, so parts alone cannot tell the last grosze: the largest
    parts take them, one grosz each.
    """
    if not parts:
        return ()
    rounded = [grosze(part.vat) for part in parts]
    rest = int((vat - total(rounded)).scaleb(2))
    by_size = sorted(range(len(parts)), key=lambda index: (-abs(parts[index].net), index))
    step = Decimal("0.01").copy_sign(rest)
    for turn in range(abs(rest)):
        rounded[by_size[turn % len(parts)]] += step
    return tuple(replace(part, vat=own) for part, own in zip(parts, rounded, strict=True))
