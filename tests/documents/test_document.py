"""Number series: the pattern's date makes the prefix, the counter fills the number."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwit.documents.document import document_number, due_date, series_prefix
from kwit.registry.company import SeriesSettings

DAY = date(2026, 4, 8)


@pytest.mark.parametrize(
    ("pattern", "first"),
    [
        ("FV/{year}/{month:02}/{number:06}", "FV/2026/04/000001"),
        ("{number}/{month}/{year}", "1/4/2026"),
        ("FV{number:04}-{year}", "FV0001-2026"),
        ("KW/{number}", "KW/1"),
    ],
)
def test_a_pattern_makes_the_number(pattern: str, first: str) -> None:
    assert SeriesSettings(pattern=pattern).pattern == pattern
    assert document_number(series_prefix(pattern, issue_date=DAY), ordinal=1) == first


@given(st.dates(date(2020, 1, 1), date(2099, 12, 31)), st.integers(1, 10**7), st.integers(1, 10**7))
def test_two_ordinals_of_a_series_never_make_one_number(day: date, one: int, other: int) -> None:
    prefix = series_prefix("FV/{year}/{month:02}/{number:06}", issue_date=day)
    same = document_number(prefix, ordinal=one) == document_number(prefix, ordinal=other)
    assert same == (one == other)


def test_the_counter_begins_again_with_the_month_and_not_with_the_day() -> None:
    pattern = "FV/{year}/{month:02}/{number:06}"
    prefixes = {
        series_prefix(pattern, issue_date=date(2026, month, day)) for month in (4, 5) for day in (1, 28)
    }
    assert len(prefixes) == 2


def test_the_day_of_payment_counts_from_issue() -> None:
    assert due_date(date(2026, 12, 24), payment_days=14) == date(2027, 1, 7)
