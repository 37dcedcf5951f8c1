"""Net-billing deposit (depozyt prosumencki): what energy fed in is worth, and what it pays.

Rule: ustawa o odnawialnych źródłach energii, art. 4 and 4c: kWh x monthly price (RCEm) x 1.23 for those who
chose it; rounded once a month half up; it pays the gross of the energy part, never distribution.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kwit.kernel.money import ZERO, grosze, total
from kwit.rating.lines import Line
from kwit.rating.profile import VatRounding


class NegativeDepositError(ValueError):
    """A deposit or an amount to be paid from it is negative; carries the amount."""

    def __init__(self, amount: Decimal) -> None:
        super().__init__(f"a deposit cannot be negative: {amount}")
        self.amount = amount


@dataclass(frozen=True, slots=True)
class ExportMonth:
    """Energy fed in during the month that begins on `month`: kWh, PLN per kWh, factor, and PLN it is worth."""

    month: date
    kwh: Decimal
    price: Decimal
    factor: Decimal
    value: Decimal


@dataclass(frozen=True, slots=True)
class Settlement:
    """What the deposit does to a document: available, allowed by the rule, used, left; and what is to be paid."""

    opening: Decimal
    months: tuple[ExportMonth, ...]
    available: Decimal
    limit: Decimal
    used: Decimal
    left: Decimal
    payable: Decimal


def export_month(*, month: date, kwh: Decimal, price: Decimal, factor: Decimal) -> ExportMonth:
    """Value a month's export: kWh x price (PLN per kWh, 5 decimals) x factor, one half-up rounding."""
    return ExportMonth(month, kwh, price, factor, grosze(kwh * price * factor))


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


def settle(*, opening: Decimal, months: Sequence[ExportMonth], limit: Decimal, gross: Decimal) -> Settlement:
    """Pay as much of a document's gross as the deposit and its rule (`limit`, PLN) allow.

    Raises NegativeDepositError.
    """
    for amount in (opening, limit):
        if amount < 0:
            raise NegativeDepositError(amount)
    available = opening + total(month.value for month in months)
    used = max(min(available, limit), ZERO)
    return Settlement(opening, tuple(months), available, limit, used, available - used, gross - used)
