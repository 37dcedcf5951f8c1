"""Net-billing deposit (depozyt prosumencki): what energy fed in is worth, what it pays, and how it ends.

Rule: ustawa o odnawialnych źródłach energii, art. 4 ust. 11 and art. 4b-4c: kWh x monthly price (RCEm), or the
kWh of each settlement period x its price (RCE), x 1.23 for those who chose it; rounded once a month half up; it
pays the gross of the energy part, never distribution. What a month leaves unused for twelve months is an
overpayment: the customer gets back up to 20 % (30 % with RCE) of what that month was worth, the rest lapses.
The months, the shares and the prices that count as zero were not read in the text of the act: parameters.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from kwit.kernel.energy import from_wh
from kwit.kernel.money import ZERO, grosze, half_up, total
from kwit.kernel.time import add_months
from kwit.rating.lines import Line
from kwit.rating.profile import VatRounding

MONTHS_KEPT = 12
REFUND_SHARE_RCEM, REFUND_SHARE_RCE = Decimal("0.20"), Decimal("0.30")


class NegativeDepositError(ValueError):
    """A deposit or an amount to be paid from it is negative; carries the amount."""

    def __init__(self, amount: Decimal) -> None:
        super().__init__(f"a deposit cannot be negative: {amount}")
        self.amount = amount


@dataclass(frozen=True, slots=True)
class ExportMonth:
    """Energy fed in during the month that begins on `month`: kWh, PLN per kWh, factor, and PLN it is worth.

    `amount` is the exact PLN before the factor: kWh x price, or with `by_intervals` the sum over the intervals,
    whose mean price is then told with five decimals.
    """

    month: date
    kwh: Decimal
    price: Decimal
    factor: Decimal
    amount: Decimal
    value: Decimal
    by_intervals: bool = False


@dataclass(frozen=True, slots=True)
class Lot:
    """What is left (PLN) of what energy of one month was worth; an opening sum without a month never lapses."""

    month: date | None
    value: Decimal
    left: Decimal


@dataclass(frozen=True, slots=True)
class Lapsed:
    """The end of a lot: what was left of it, what the customer gets back, and what lapses; PLN."""

    month: date
    left: Decimal
    refund: Decimal
    forfeited: Decimal


@dataclass(frozen=True, slots=True)
class Settlement:
    """What the deposit does to a document: available, allowed by the rule, used, left; and what is to be paid.

    `opening` and `available` are without the lots that `lapsed`; what is refunded lowers what is to be paid.
    """

    opening: Decimal
    months: tuple[ExportMonth, ...]
    available: Decimal
    limit: Decimal
    used: Decimal
    left: Decimal
    payable: Decimal
    lots: tuple[Lot, ...] = ()
    lapsed: tuple[Lapsed, ...] = ()


def export_month(*, month: date, kwh: Decimal, price: Decimal, factor: Decimal) -> ExportMonth:
    """Value a month's export: kWh x price (PLN per kWh, 5 decimals) x factor, one half-up rounding."""
    return ExportMonth(month, kwh, price, factor, kwh * price, grosze(kwh * price * factor))


def export_month_by_intervals(
    *, month: date, values_wh: Sequence[int], prices: Sequence[Decimal], factor: Decimal, floor: bool = True
) -> ExportMonth:
    """Value a month's export interval by interval: Wh x PLN per MWh (RCE), x factor, rounded once a month.

    With `floor` a negative price counts as zero, as in the formula of the RCEm; a month is never worth less than
    nothing. Raises ValueError when values and prices are not equally many.
    """
    amount = sum(
        (
            from_wh(wh, unit="MWh") * (max(price, ZERO) if floor else price)
            for wh, price in zip(values_wh, prices, strict=True)
        ),
        Decimal(0),
    )
    amount = max(amount, Decimal(0))
    kwh = from_wh(sum(values_wh), unit="kWh")
    mean = half_up(amount / kwh, digits=5) if kwh else ZERO
    return ExportMonth(month, kwh, mean, factor, amount, grosze(amount * factor), by_intervals=True)


def payable_part(
    *, lines: Sequence[Line], charges: frozenset[str], sections: frozenset[str], rounding: VatRounding
) -> Decimal:
    """Return the gross of the lines that a seller lets the deposit pay, named by charge or by section.

    VAT is that of the lines where the document rounds per line, else of their net. Never below zero.
    """
    mine = [line for line in lines if line.charge in charges or line.section in sections]
    if rounding is VatRounding.LINE:
        gross = total(line.net + (line.vat or ZERO) for line in mine)
    else:
        rates = sorted({line.vat_rate for line in mine})
        nets = {rate: total(line.net for line in mine if line.vat_rate == rate) for rate in rates}
        gross = total(net + grosze(net * rate) for rate, net in nets.items())
    return max(gross, ZERO)


def lapse(
    lots: Sequence[Lot], *, on: date, refund_share: Decimal, months_kept: int = MONTHS_KEPT
) -> tuple[tuple[Lot, ...], tuple[Lapsed, ...]]:
    """Part the lots that still hold on a day from those that have lapsed with something left.

    The refund is what is left, at most `refund_share` of what the month was worth, half up to the grosz.
    """
    held: list[Lot] = []
    ended: list[Lapsed] = []
    for lot in lots:
        if lot.month is None or on < add_months(lot.month, months_kept + 1):
            held.append(lot)
        elif lot.left:
            refund = min(lot.left, grosze(lot.value * refund_share))
            ended.append(Lapsed(lot.month, lot.left, refund, lot.left - refund))
    return tuple(held), tuple(ended)


def _spend(lots: Sequence[Lot], amount: Decimal) -> tuple[Lot, ...]:
    """Take an amount from the lots, the oldest first."""
    left: list[Lot] = []
    for lot in sorted(lots, key=lambda one: one.month or date.min):
        part = min(lot.left, amount)
        amount -= part
        left.append(replace(lot, left=lot.left - part))
    return tuple(lot for lot in left if lot.left)


def settle(
    *,
    opening: Decimal | Sequence[Lot],
    months: Sequence[ExportMonth],
    limit: Decimal,
    gross: Decimal,
    on: date | None = None,
    refund_share: Decimal = REFUND_SHARE_RCEM,
    months_kept: int = MONTHS_KEPT,
) -> Settlement:
    """Pay as much of a document's gross as the deposit and its rule (`limit`, PLN) allow, oldest lots first.

    `opening` is the deposit from before, one sum or its lots; lots that have lapsed by `on`, the first day
    billed, are refunded in part. Raises NegativeDepositError.
    """
    lots = [Lot(None, opening, opening)] if isinstance(opening, Decimal) else list(opening)
    for amount in (limit, *(lot.left for lot in lots)):
        if amount < 0:
            raise NegativeDepositError(amount)
    held, lapsed = (
        (tuple(lots), ())
        if on is None
        else lapse(lots, on=on, refund_share=refund_share, months_kept=months_kept)
    )
    opened = total(lot.left for lot in held)
    available = opened + total(month.value for month in months)
    used = max(min(available, limit), ZERO)
    new = [Lot(month.month, month.value, month.value) for month in months]
    return Settlement(
        opening=opened,
        months=tuple(months),
        available=available,
        limit=limit,
        used=used,
        left=available - used,
        payable=gross - used - total(one.refund for one in lapsed),
        lots=_spend([*held, *new], used),
        lapsed=lapsed,
    )
