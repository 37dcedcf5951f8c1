"""Classes K1 to K4 of the capacity charge (opłata mocowa): how much of it a flat profile of use pays.

Rule: ustawa z 8.12.2017 o rynku mocy, art. 70a: A is 0.17, 0.5, 0.83 or 1 by the difference between the mean
use in the hours selected by the regulator and in the other hours of the working days of a qualification
period. The formula here, s = (mean of selected hours / mean of other hours - 1) x 100%, and which period is in
force after 2022 were not confirmed by a text: the period is a parameter, and a class that the distributor
names wins over what is worked out here. A is always 1 at low voltage up to 16 kW (tariffs 2026, PGE
Dystrybucja p. 23, Energa-Operator p. 17).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from kwit.rating.facts import CapacityDay

FULL_UP_TO_KW = Decimal(16)
_TEN = 10


class Qualification(StrEnum):
    """The period (okres kwalifikacji) over which one class is found: a day, ten days, or a month."""

    DAY = "day"
    TEN_DAYS = "ten_days"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class CapacityClass:
    """A class and its coefficient A."""

    code: str
    coefficient: Decimal


K1 = CapacityClass("K1", Decimal("0.17"))
K2 = CapacityClass("K2", Decimal("0.5"))
K3 = CapacityClass("K3", Decimal("0.83"))
K4 = CapacityClass("K4", Decimal(1))
_BELOW = ((Fraction(5, 100), K1), (Fraction(10, 100), K2), (Fraction(15, 100), K3))


@dataclass(frozen=True, slots=True)
class WorkingDay:
    """Import of one working day, Wh in the selected and in the other hours, and the intervals of each."""

    day: date
    selected_wh: int
    selected_count: int
    other_wh: int
    other_count: int


def pays_in_full(*, low_voltage: bool, contracted_kw: Decimal | None) -> bool:
    """Tell whether A is 1 whatever the profile: low voltage with a contracted power up to and including 16 kW."""
    return low_voltage and contracted_kw is not None and contracted_kw <= FULL_UP_TO_KW


def capacity_class(days: Iterable[WorkingDay]) -> CapacityClass:
    """Return the class of the working days of one qualification period; K4 without use in the other hours."""
    several = list(days)
    selected, other = sum(one.selected_wh for one in several), sum(one.other_wh for one in several)
    selected_count = sum(one.selected_count for one in several)
    other_count = sum(one.other_count for one in several)
    if other <= 0 or not selected_count:
        return K4
    difference = Fraction(selected * other_count, other * selected_count) - 1
    return next((found for limit, found in _BELOW if difference < limit), K4)


def classify(
    days: Sequence[WorkingDay], *, qualification: Qualification, in_full: bool = False
) -> tuple[CapacityDay, ...]:
    """Return each working day with its energy in the selected hours and the class of its period, in order.

    A period of which only some days are given is classed by those. `in_full` takes K4 for all of them.
    """
    periods: dict[date, list[WorkingDay]] = {}
    for one in sorted(days, key=lambda day: day.day):
        periods.setdefault(_start(one.day, qualification), []).append(one)
    classed: list[CapacityDay] = []
    for members in periods.values():
        found = K4 if in_full else capacity_class(members)
        classed += [CapacityDay(one.day, one.selected_wh, found.code, found.coefficient) for one in members]
    return tuple(classed)


def _start(day: date, qualification: Qualification) -> date:
    if qualification is Qualification.DAY:
        return day
    if qualification is Qualification.MONTH:
        return day.replace(day=1)
    return day.replace(day=1 + _TEN * min((day.day - 1) // _TEN, 2))
