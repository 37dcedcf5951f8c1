"""Dynamic price (umowa z ceną dynamiczną): each hour at the exchange's price and a margin, billed as one price.

Rule as on TAURON bills of 2025: the value of all hours divided by the whole kWh of the period, rounded to five
decimals; the line is then whole kWh x that price.
"""

from collections.abc import Sequence
from decimal import Decimal

from kwit.kernel.energy import from_wh, whole_kwh
from kwit.kernel.money import half_up

DIGITS = 5


def dynamic_price(
    *, hours_wh: Sequence[int], prices: Sequence[Decimal], margin: Decimal, digits: int = DIGITS
) -> Decimal:
    """Return the price of a period in PLN per kWh, half up to `digits`; without a whole kWh it is the margin.

    `hours_wh` are Wh and `prices` PLN per MWh of the same hours; `margin` is PLN per kWh. Raises ValueError
    when they are not equally many.
    """
    kwh = whole_kwh(sum(hours_wh))
    value = sum(
        (
            from_wh(wh, unit="kWh") * (price / 1000 + margin)
            for wh, price in zip(hours_wh, prices, strict=True)
        ),
        Decimal(0),
    )
    return half_up(value / kwh if kwh else margin, digits=digits)
