"""How single values of a price list file are written: decimals, days, names, months, hours; each says what is wrong."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, Field, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from kwit.tariffs.findings import Code
from kwit.tariffs.yaml_file import LooseNumber

DAY_KINDS = ("workday", "saturday", "sunday", "holiday")

_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_FRACTION = re.compile(r"[0-9]+/[1-9][0-9]*")
_RANGE = re.compile(r"([0-9]{1,2})(?:-([0-9]{1,2}))?")
_DAY_WORDS: Mapping[str, tuple[str, ...]] = {
    "all": DAY_KINDS,
    "free": ("saturday", "sunday", "holiday"),
    **{kind: (kind,) for kind in DAY_KINDS},
}


def refused(code: Code, value: object, hint: str = "") -> PydanticCustomError:
    """Return the error that names a value and what was expected."""
    return PydanticCustomError(code.value, "{value} {hint}", {"value": str(value), "hint": hint})


def _decimal(value: object) -> Decimal:
    if isinstance(value, Decimal):
        return value
    if isinstance(value, bool | date) or not isinstance(value, str | int | float | LooseNumber):
        raise refused(Code.NOT_A_DECIMAL, value)
    if not isinstance(value, str):
        raise refused(Code.UNQUOTED_NUMBER, value)
    if not _DECIMAL.fullmatch(value):
        raise refused(Code.NOT_A_DECIMAL, value)
    return Decimal(value)


def _factor(value: object) -> Decimal:
    if isinstance(value, str) and _FRACTION.fullmatch(value):
        above, below = value.split("/")
        return Decimal(above) / Decimal(below)
    return _decimal(value)


def _day(value: object) -> date:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value if isinstance(value, str) and len(value) == 10 else "")
    except ValueError:
        raise refused(Code.NOT_A_DATE, value) from None


def _page(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _names(value: object) -> object:
    return (value,) if isinstance(value, str) else value


def _numbers(*, low: int, high: int, wrap_end: int, code: Code) -> Callable[[object], tuple[int, ...]]:
    """Make a reader of "4-9 11": numbers from low to high; a range may run over the end, as 10-3 does.

    With `wrap_end` above `high` ranges are half-open (hours: 22-6 is 22, 23, 0 … 5), else closed (months).
    """
    half_open = wrap_end > high

    def read(value: object) -> tuple[int, ...]:
        if value == "all":
            return tuple(range(low, high + 1))
        words = str(value).replace(",", " ").split() if isinstance(value, str | int) else []
        numbers: list[int] = []
        for word in words:
            match = _RANGE.fullmatch(word)
            if match is None or (half_open and match[2] is None):
                raise refused(code, value)
            first, last = int(match[1]), int(match[2] or match[1])
            if not (low <= first <= high and low <= last <= wrap_end) or (half_open and first == last):
                raise refused(code, value)
            numbers += _unroll(first, last - half_open, low=low, size=high - low + 1)
        if not numbers:
            raise refused(code, value)
        return tuple(numbers)

    return read


def _unroll(first: int, last: int, *, low: int, size: int) -> list[int]:
    return [low + (first - low + step) % size for step in range((last - first) % size + 1)]


def _months(value: object) -> frozenset[int]:
    if isinstance(value, frozenset):
        return value
    return frozenset(_numbers(low=1, high=12, wrap_end=12, code=Code.BAD_MONTHS)(value))


def _days(value: object) -> frozenset[str]:
    if isinstance(value, frozenset):
        return value
    words = [value] if isinstance(value, str) else value
    if not isinstance(words, list | tuple) or not words:
        raise refused(Code.BAD_DAYS, value, ", ".join(_DAY_WORDS))
    kinds: set[str] = set()
    for word in words:
        if not isinstance(word, str) or word not in _DAY_WORDS:
            raise refused(Code.BAD_DAYS, word, ", ".join(_DAY_WORDS))
        kinds.update(_DAY_WORDS[word])
    return frozenset(kinds)


def _hours(value: object) -> tuple[int, ...]:
    if isinstance(value, tuple):
        return value
    return _numbers(low=0, high=23, wrap_end=24, code=Code.BAD_HOURS)(value)


_TEXT_OR_LIST = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}
_DECIMAL_SCHEMA = {"type": "string", "pattern": f"^{_DECIMAL.pattern}$"}

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-][A-Za-z0-9_.-]*$")]
Amount = Annotated[Decimal, BeforeValidator(_decimal), WithJsonSchema(_DECIMAL_SCHEMA)]
MultiplierOrFraction = Annotated[
    Decimal,
    BeforeValidator(_factor),
    WithJsonSchema({"type": "string", "pattern": f"^({_DECIMAL.pattern}|{_FRACTION.pattern})$"}),
]
Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
Page = Annotated[
    str,
    BeforeValidator(_page),
    StringConstraints(min_length=1),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "integer"}]}),
]
Names = Annotated[
    tuple[Name, ...], BeforeValidator(_names), Field(min_length=1), WithJsonSchema(_TEXT_OR_LIST)
]
Months = Annotated[
    frozenset[int],
    BeforeValidator(_months),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "integer"}]}),
]
Days = Annotated[frozenset[str], BeforeValidator(_days), WithJsonSchema(_TEXT_OR_LIST)]
Hours = Annotated[tuple[int, ...], BeforeValidator(_hours), WithJsonSchema({"type": "string"})]
Count = Annotated[int, Field(ge=1)]
