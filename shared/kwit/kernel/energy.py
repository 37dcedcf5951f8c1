"""Energy: whole watt-hours (Wh) inside, kWh or MWh on paper. Reactive energy likewise in varh.

What other meters count is held in the same way, as whole thousandths of the unit on paper: water and gas in dm3
(m3 on paper), heat in MJ (GJ on paper).
"""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from kwit.kernel.money import exact

WH_PER = {
    "Wh": 1,
    "kWh": 1_000,
    "MWh": 1_000_000,
    "varh": 1,
    "kvarh": 1_000,
    "Mvarh": 1_000_000,
    "dm3": 1,
    "m3": 1_000,
    "MJ": 1,
    "GJ": 1_000,
}


_TENS = (1_000, 100, 10, 1)


class FinerThanWattHourError(ValueError):
    """A quantity has more decimals than whole watt-hours can hold; carries the value and its unit."""

    def __init__(self, value: str | Decimal, unit: str) -> None:
        super().__init__(f"{value} {unit} is finer than 1 Wh")
        self.value = value
        self.unit = unit


class UnknownEnergyUnitError(ValueError):
    """A unit of energy that kWit does not know; carries it."""

    def __init__(self, unit: str) -> None:
        super().__init__(f"unknown unit of energy: {unit!r}; known: {', '.join(WH_PER)}")
        self.unit = unit


def to_wh(value: str | int | Decimal, *, unit: str) -> int:
    """Turn a quantity in `unit` into whole Wh (varh), exactly.

    Raises FinerThanWattHourError, UnknownEnergyUnitError, NotADecimalError.
    """
    if unit not in WH_PER:
        raise UnknownEnergyUnitError(unit)
    scaled = exact(value) * WH_PER[unit]
    whole = scaled.to_integral_value()
    if whole != scaled:
        raise FinerThanWattHourError(str(value), unit)
    return int(whole)


def plain_kwh(text: str) -> int | None:
    """Return the whole Wh of kWh written plainly: digits, at most three decimals; None for anything else.

    It gives what `to_wh` gives, some ten times as fast: series are a hundred values a day.

    >>> plain_kwh("12.5"), plain_kwh(".739"), plain_kwh("1.2345"), plain_kwh("-1")
    (12500, 739, None, None)
    """
    whole, _, part = text.partition(".")
    digits = whole + part
    if len(part) > 3 or len(whole) > 12 or not (digits.isascii() and digits.isdigit()):
        return None
    return int(digits) * _TENS[len(part)]


def from_wh(wh: int, *, unit: str) -> Decimal:
    """Turn whole Wh into an exact quantity in `unit`, with all its decimals (3 for kWh, 6 for MWh).

    Raises UnknownEnergyUnitError.
    """
    if unit not in WH_PER:
        raise UnknownEnergyUnitError(unit)
    digits = len(str(WH_PER[unit])) - 1
    return Decimal(wh).scaleb(-digits)


def gas_wh(dm3: int, *, kwh_per_m3: Decimal) -> int:
    """Turn gas in dm3 into whole Wh, half up, by the conversion factor (współczynnik konwersji), kWh per m3.

    >>> gas_wh(100_000, kwh_per_m3=Decimal("11.345"))
    1134500
    """
    return int((dm3 * kwh_per_m3).to_integral_value(rounding=ROUND_HALF_UP))


def whole_kwh(wh: int) -> int:
    """Round Wh half up, away from zero, to whole kWh, the unit households are billed in.

    >>> whole_kwh(2158637)
    2159
    """
    return int((Decimal(wh) / 1000).to_integral_value(rounding=ROUND_HALF_UP))


def nearest(exact: Fraction) -> int:
    """Round an exact number of Wh to a whole one, halves away from zero.

    >>> nearest(Fraction(5, 2)), nearest(Fraction(-5, 2))
    (3, -3)
    """
    size = int((2 * abs(exact) + 1) // 2)
    return size if exact >= 0 else -size


def apportion(whole: int, *, weights: Sequence[int]) -> list[int]:
    """Split a whole number in proportion to non-negative weights so that the parts add up to it.

    The largest remainders get the units left over; among equals the earlier part wins, so the result is the
    same on every machine. Negative wholes split as the mirror of their absolute value.

    Raises ValueError when no weight is positive or one is negative.
    """
    if not weights or min(weights) < 0 or sum(weights) == 0:
        raise ValueError(f"cannot apportion {whole} by weights {list(weights)}")
    sign, size = (-1, -whole) if whole < 0 else (1, whole)
    base = sum(weights)
    parts = [size * weight // base for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(size * weights[i] % base), i))
    for index in by_remainder[: size - sum(parts)]:
        parts[index] += 1
    return [sign * part for part in parts]
