"""How Polish documents write numbers, dates and amounts in words."""

from datetime import date
from decimal import Decimal

from num2words import num2words

from kwit.kernel.money import half_up

SPACE = "\u00a0"


def amount(value: Decimal, *, digits: int = 2) -> str:
    """Write a number with a decimal comma and spaced thousands: 1 234,56."""
    text = f"{half_up(value, digits=digits):,f}"
    return text.replace(",", SPACE).replace(".", ",")


def zloty(value: Decimal) -> str:
    """Write PLN: 1 234,56 zł."""
    return f"{amount(value)}{SPACE}zł"


def number(value: Decimal) -> str:
    """Write a quantity or price with the decimals it has, none added and none lost: 0,3485 or 2 159."""
    exponent = value.as_tuple().exponent
    return amount(value, digits=-exponent if isinstance(exponent, int) and exponent < 0 else 0)


def day(value: date) -> str:
    """Write a date: 08.04.2026."""
    return f"{value:%d.%m.%Y}"


def month(value: date) -> str:
    """Write a month: 04.2026."""
    return f"{value:%m.%Y}"


def percent(rate: Decimal) -> str:
    """Write a rate as whole per cent: 23%."""
    return f"{rate * 100:.0f}%"


def in_words(value: Decimal) -> str:
    """Write PLN in words, as invoices do: dwa tysiące … złote, dwadzieścia cztery grosze."""
    words = str(num2words(abs(value), lang="pl", to="currency", currency="PLN"))
    return f"minus {words}" if value < 0 else words


def account(iban: str) -> str:
    """Group a bank account number: 12 3456 7890 …, without the country."""
    digits = "".join(iban.split()).removeprefix("PL")
    groups = [digits[i : i + 4] for i in range(2, len(digits), 4)]
    return " ".join([digits[:2], *groups])
