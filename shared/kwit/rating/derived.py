"""Charges counted on other charges of the same document: a percentage of them, or what they lack to a minimum."""

from collections.abc import Sequence
from decimal import Decimal

from kwit.kernel.money import ZERO, total
from kwit.kernel.time import Period
from kwit.rating.counting import Counted
from kwit.rating.lines import Factor, Line, QuantitySource
from kwit.rating.plan import PlannedLine
from kwit.tariffs.price_list import Basis

PERCENT = Factor("percent", Decimal("0.01"))


def derived(*, line: PlannedLine, lines: Sequence[Line], period: Period) -> tuple[Counted, Decimal]:
    """Count a derived line on the nets already worked out; return it with the price to print, PLN or per cent.

    A percentage multiplies the net of its charges; a minimum adds what the net lacks to it, never below zero.
    """
    base = total(one.net for one in lines if one.charge in line.charge.of)
    inputs = tuple((f"net_{one.charge}", str(one.net)) for one in lines if one.charge in line.charge.of)
    days = line.period.days
    if line.charge.basis is Basis.PERCENTAGE:
        source = QuantitySource("net_of_charges", days, period.days, inputs=inputs)
        return Counted(base, source, (PERCENT,)), line.price
    lacking = max(line.price - base, ZERO)
    source = QuantitySource(f"lacking_to_{line.price}", days, period.days, inputs=inputs)
    return Counted(lacking, source), Decimal(1)
