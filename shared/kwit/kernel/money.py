"""Money: decimals made from text, rounded half up to the grosz, once.

Polish practice rounds half up (ordynacja podatkowa, art. 63 rounds taxes the same way); Python's default is
half even, and published bills differ by a grosz between the two. So the mode is written at each rounding.
"""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

GROSZ = Decimal("0.01")
ZERO = Decimal("0.00")


class NotADecimalError(ValueError):
    """A value cannot become an exact decimal; carries the value."""

    def __init__(self, value: object) -> None:
        super().__init__(f"not an exact decimal number: {value!r}")
        self.value = value


def exact(value: str | int | Decimal) -> Decimal:
    """Return the exact decimal that `value` says; a float, NaN or infinity is refused.

    Raises NotADecimalError.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise NotADecimalError(value)
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise NotADecimalError(value) from None
    if not number.is_finite():
        raise NotADecimalError(value)
    return number


def grosze(amount: Decimal) -> Decimal:
    """Round PLN half up to the grosz (grosz, 0.01 zł)."""
    return amount.quantize(GROSZ, rounding=ROUND_HALF_UP)


def half_up(number: Decimal, *, digits: int) -> Decimal:
    """Round half up to `digits` decimals; zero digits give a whole number."""
    return number.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


def total(amounts: Iterable[Decimal]) -> Decimal:
    """Add amounts of PLN; the empty sum is 0.00."""
    return sum(amounts, ZERO)


def fraction_digits(number: Decimal) -> int:
    """Count the decimals that `number` is written with."""
    exponent = number.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
