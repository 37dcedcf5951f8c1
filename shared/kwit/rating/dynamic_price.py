"""Dynamic price (umowa z ceną dynamiczną): each hour at the exchange's price and a margin, billed as one price.

Rule as on TAURON bills of 2025: the value of all hours divided by the whole kWh of the period, rounded to five
decimals; the line is then whole kWh x that price.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from kwit.kernel.energy import from_wh, whole_kwh
from kwit.kernel.money import half_up
from kwit.rating.facts import PricedDay

DIGITS = 5


class UnevenPricesError(ValueError):
    """A day's prices do not fit its values: quarters of prices against hours of use; carries the day and counts."""

    def __init__(self, day: date, values: int, prices: int) -> None:
        super().__init__(f"{day}: {prices} prices for {values} values")
        self.day = day
        self.values = values
        self.prices = prices


def priced_days(
    *, days: Sequence[tuple[date, Sequence[int]]], prices: Mapping[date, Sequence[Decimal]]
) -> tuple[PricedDay, ...]:
    """Value the import of each day at the market prices of its intervals, PLN per MWh; days without prices stay out.

    Each day is its Wh in order; where there are fewer prices than values (hours against quarters) each price
    serves as many values as it has minutes. Raises UnevenPricesError.
    """
    found: list[PricedDay] = []
    for day, values in days:
        theirs = prices.get(day)
        if not theirs:
            continue
        each, rest = divmod(len(values), len(theirs))
        if rest or not each:
            raise UnevenPricesError(day, len(values), len(theirs))
        sums = [sum(values[at : at + each]) for at in range(0, len(values), each)]
        exact = sum(
            (from_wh(wh, unit="MWh") * price for wh, price in zip(sums, theirs, strict=True)), Decimal(0)
        )
        found.append(PricedDay(day, sum(values), exact))
    return tuple(found)


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
