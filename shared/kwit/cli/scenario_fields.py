"""What all parts of a scenario are made of: strict parts, days that are near, amounts over zero."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

from kwit.tariffs.written import Amount, Day

# A file may name days far away; arithmetic of days must not leave the calendar.
_FIRST, _LAST = date(2000, 1, 1), date(2099, 12, 31)


def _near(day: date) -> date:
    if not _FIRST <= day <= _LAST:
        raise ValueError(f"{day} is not between {_FIRST} and {_LAST}")
    return day


def _positive(number: Decimal) -> Decimal:
    if number <= 0:
        raise ValueError(f"{number} is not over zero")
    return number


NearDay = Annotated[Day, AfterValidator(_near)]
PositiveAmount = Annotated[Amount, AfterValidator(_positive)]


class Part(BaseModel):
    """A part of a scenario: no field beside the named ones, and none of them changed later."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)
