"""Cells: exact numbers, days and moments out of what people type."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from kwit.intake.sheet import Cell

BLANKS = " \u00a0\u202f\u2009\u2007"
EXCEL_DIGITS = 15
NUMBER_LENGTH = 28
"""Signs of the longest number: what decimal arithmetic keeps exactly."""

FIRST_YEAR, LAST_YEAR = 1990, 2100

_EXCEL_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 a serial number counts wall-clock days
_PLAIN = re.compile(r"[+-]?(?:[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)")
_GROUPED = re.compile(
    rf"[+-]?[0-9]{{1,3}}(?:(?P<blank>[{BLANKS}])[0-9]{{3}}(?:(?P=blank)[0-9]{{3}})*(?:[.,][0-9]+)?"
    r"|(?:\.[0-9]{3})+,[0-9]+|(?:,[0-9]{3})+\.[0-9]+|(?:\.[0-9]{3}){2,}|(?:,[0-9]{3}){2,})"
)
_EXPONENT = re.compile(r"[+-]?[0-9]+[.,]?[0-9]*E[+-]?[0-9]+", re.IGNORECASE)
_YEAR_FIRST = re.compile(r"(?P<y>[0-9]{4})(?P<s>[-./])(?P<m>[0-9]{1,2})(?P=s)(?P<d>[0-9]{1,2})(?P<rest>.*)")
_DAY_FIRST = re.compile(r"(?P<d>[0-9]{1,2})(?P<s>[-./])(?P<m>[0-9]{1,2})(?P=s)(?P<y>[0-9]{4})(?P<rest>.*)")
_CLOCK = re.compile(r"(?P<h>[0-9]{1,2}):(?P<m>[0-9]{2})(?::(?P<s>[0-9]{2})(?:\.[0-9]{1,6})?)?")
_SERIAL = re.compile(r"[0-9]{5}(?:[.,][0-9]+)?")


class NotANumberError(ValueError):
    """A cell is not a number; carries its text."""

    def __init__(self, text: str) -> None:
        super().__init__(f"not a number: {text!r}")
        self.text = text


class NotADateError(ValueError):
    """A cell is not a date, with or without a time; carries its text."""

    def __init__(self, text: str) -> None:
        super().__init__(f"not a date: {text!r}")
        self.text = text


class DigitsLostError(ValueError):
    """A spreadsheet kept a long code as a number and lost its last digits; carries what is left."""

    def __init__(self, text: str) -> None:
        super().__init__(f"digits lost: {text!r}")
        self.text = text


@dataclass(frozen=True, slots=True)
class Moment:
    """A day with the clock time written beside it: minutes from its midnight, 1440 for 24:00; None when no
    time is written.
    """

    day: date
    minute: int | None = None


def as_text(cell: Cell) -> str:
    """Return what a person would read in the cell.

    Raises DigitsLostError for a long code that a spreadsheet kept as a number.
    """
    if cell is None:
        return ""
    if isinstance(cell, str):
        text = cell.strip()
        if len(text) > 6 and ("E" in text or "e" in text) and _EXPONENT.fullmatch(text):
            raise DigitsLostError(text)
        return text
    if isinstance(cell, bool):
        return "tak" if cell else "nie"
    if isinstance(cell, Decimal):
        text = format(cell.to_integral_value() if cell == cell.to_integral_value() else cell, "f")
        if len(text.lstrip("-")) > EXCEL_DIGITS and "." not in text:
            raise DigitsLostError(text)
        return text
    return cell.isoformat()


def as_decimal(cell: Cell) -> Decimal:
    """Read an exact decimal, with a comma or a point, and with or without separated thousands.

    A single comma or point is the decimal sign, whatever follows it: `1.234` is one and a bit. A sign that
    stands more than once, or before the other one, separates thousands: `1.234,5`, `1 234,5`, `1,234,567`.

    Raises NotANumberError.
    """
    if isinstance(cell, Decimal):
        return cell
    text = "" if not isinstance(cell, str) else cell.strip(BLANKS).replace("\u2212", "-")
    if len(text) > NUMBER_LENGTH:
        raise NotANumberError(text)
    if _PLAIN.fullmatch(text):
        return Decimal(text.replace(",", "."))
    match = _GROUPED.fullmatch(text)
    if not match:
        raise NotANumberError(str(cell))
    digits = re.sub(f"[{BLANKS}]", "", text)
    comma, point = digits.rfind(","), digits.rfind(".")
    if match["blank"]:
        return Decimal(digits.replace(",", "."))
    decimal_sign = "," if comma > point else "."
    if digits.count(decimal_sign) > 1:
        decimal_sign = ""
    thousands = {",", "."} - {decimal_sign}
    bare = "".join(sign for sign in digits if sign not in thousands)
    return Decimal(bare.replace(",", "."))


def as_moment(cell: Cell) -> Moment:
    """Read a day, with or without a time: ISO, day first (never month first), or an Excel serial number.

    Raises NotADateError.
    """
    if isinstance(cell, datetime):
        return _in_range(Moment(cell.date(), cell.hour * 60 + cell.minute), str(cell))
    if isinstance(cell, date):
        return _in_range(Moment(cell), str(cell))
    if isinstance(cell, Decimal):
        return _serial(cell)
    text = cell.strip(BLANKS) if isinstance(cell, str) else str(cell)
    match = _YEAR_FIRST.fullmatch(text) or _DAY_FIRST.fullmatch(text)
    if not match:
        if _SERIAL.fullmatch(text):
            return _serial(Decimal(text.replace(",", ".")))
        raise NotADateError(text)
    try:
        day = date(int(match["y"]), int(match["m"]), int(match["d"]))
    except ValueError:
        raise NotADateError(text) from None
    rest = match["rest"].removeprefix("T").strip(BLANKS)
    return _in_range(Moment(day, as_minute(rest) if rest else None), text)


def as_minute(cell: Cell) -> int:
    """Read a clock time as whole minutes from midnight; 24:00 is 1440. Raises NotADateError."""
    if isinstance(cell, time):
        return cell.hour * 60 + cell.minute
    if isinstance(cell, Decimal) and 0 <= cell <= 1:
        return int(cell * 1440)
    text = cell.strip(BLANKS) if isinstance(cell, str) else str(cell)
    match = _CLOCK.fullmatch(text)
    if not match:
        raise NotADateError(text)
    minute = int(match["h"]) * 60 + int(match["m"])
    if int(match["m"]) > 59 or int(match["s"] or 0) > 59 or minute > 1440:
        raise NotADateError(text)
    return minute


def _serial(number: Decimal) -> Moment:
    if not 20_000 <= number <= 80_000:
        raise NotADateError(str(number))
    whole = int(number)
    day = (_EXCEL_EPOCH + timedelta(days=whole)).date()
    if number == whole:
        return _in_range(Moment(day), str(number))
    # A serial number holds a clock time only to about a tenth of a second, so round to the minute.
    minute = int(((number - whole) * 1440).to_integral_value())
    return _in_range(Moment(day, minute), str(number))


def _in_range(moment: Moment, text: str) -> Moment:
    if not FIRST_YEAR <= moment.day.year <= LAST_YEAR:
        raise NotADateError(text)
    return moment
