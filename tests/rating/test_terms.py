"""Terms: the voltage by the letter of the group, whole and shared months, and the terms that hold on a day."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from kwit.kernel.time import DateRange
from kwit.rating.terms import Months, Terms, terms_on

FIRST, SECOND = date(2026, 3, 1), date(2026, 3, 11)
TERMS = Terms(DateRange(FIRST, SECOND), "C21", False, ("own",), 3, 1, True)


@pytest.mark.parametrize(
    ("group", "told", "voltage"),
    [
        ("A23", "", "high"),
        ("B11", "", "medium"),
        ("C11", "", "low"),
        ("G12", "", "low"),
        ("R", "", "low"),
        ("", "", "low"),
        ("R", "medium", "medium"),
        ("A23", "low", "low"),
    ],
)
def test_the_voltage_is_as_told_else_by_the_letter_of_the_group(group: str, told: str, voltage: str) -> None:
    assert replace(TERMS, group=group, voltage=told).supply_voltage == voltage


@pytest.mark.parametrize(
    ("months", "digits", "full", "started", "units"),
    [
        (Months(2), 4, False, False, 20_000),
        (Months(2, Fraction(1, 3)), 2, False, False, 67),
        (Months(2, Fraction(1, 3)), 2, True, False, 200),
        (Months(2, Fraction(1, 3)), 2, False, True, 100),
        (Months(2, Fraction(2, 3)), 2, False, True, 200),
        (Months(1, Fraction(1, 8)), 2, False, False, 13),
        (Months(1, Fraction(1, 2)), 0, False, False, 1),
        (Months(3, Fraction(0)), 1, False, True, 0),
    ],
)
def test_months_are_whole_shared_or_begun(
    months: Months, digits: int, full: bool, started: bool, units: int
) -> None:
    found = months.units(digits=digits, full=full, started=started)
    assert (found, type(found)) == (units, int)


def test_months_are_not_those_begun_unless_asked_for() -> None:
    assert Months(1, Fraction(1, 2)).units(digits=1, full=False) == 5


def test_terms_hold_on_the_days_of_their_window() -> None:
    later = replace(TERMS, window=DateRange(SECOND))
    assert [terms_on((TERMS, later), day) for day in (date(2026, 2, 28), FIRST, SECOND)] == [
        None,
        TERMS,
        later,
    ]
