"""Rates of interest come from a dated table, split at their changes, and none is made up for days nobody knows."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwit.tariffs.interest import (
    INTEREST_LAWS,
    InterestFileError,
    InterestLaw,
    InterestRate,
    InterestTable,
    RateSpan,
    RateUnknownError,
    interest_table,
    read_interest,
)

CIVIL, COMMERCIAL = INTEREST_LAWS
TABLE = interest_table()
DAYS = st.dates(date(2022, 1, 1), date(2026, 7, 1))


class TestPackagedTable:
    @pytest.mark.parametrize(
        ("law", "day", "percent"),
        [
            (CIVIL, "2022-12-31", "12.25"),
            (CIVIL, "2025-10-08", "10.25"),
            (CIVIL, "2025-10-09", "10.00"),  # 9 October to 5 November 2025: 10 %
            (CIVIL, "2025-11-05", "10.00"),
            (CIVIL, "2026-07-01", "9.25"),
            (COMMERCIAL, "2022-06-30", "11.75"),
            (COMMERCIAL, "2025-12-31", "15.25"),
            (COMMERCIAL, "2026-01-01", "14.00"),
            (COMMERCIAL, "2026-12-31", "13.75"),
        ],
    )
    def test_has_the_rate_of_a_day(self, law: InterestLaw, day: str, percent: str) -> None:
        first = date.fromisoformat(day)
        (span,) = TABLE.spans(law, start=first, end=first + timedelta(days=1))
        assert span.rate * 100 == Decimal(percent)

    @pytest.mark.parametrize("law", INTEREST_LAWS)
    def test_names_a_source_of_every_rate(self, law: InterestLaw) -> None:
        assert all(one.source.startswith("NBP") for one in TABLE.rates if one.law == law)

    @pytest.mark.parametrize(("law", "reference_plus"), [(CIVIL, Decimal("5.5")), (COMMERCIAL, Decimal(10))])
    def test_is_the_reference_rate_that_it_names_and_the_points_of_its_law(
        self, law: InterestLaw, reference_plus: Decimal
    ) -> None:
        for one in TABLE.rates:
            if one.law == law:
                assert one.rate * 100 == Decimal(one.source.split()[1]) + reference_plus

    def test_takes_the_half_years_from_the_reference_rate_of_their_first_day(self) -> None:
        for one in TABLE.rates:
            if one.law == COMMERCIAL and one.valid_from >= date(2022, 1, 5):
                (civil,) = TABLE.spans(CIVIL, start=one.valid_from, end=one.valid_from + timedelta(days=1))
                assert one.rate - civil.rate == Decimal("0.045")


class TestSpans:
    def test_are_split_where_the_rate_changes(self) -> None:
        spans = TABLE.spans(CIVIL, start=date(2026, 2, 1), end=date(2026, 4, 1))
        change = date(2026, 3, 5)
        assert spans == [
            RateSpan(date(2026, 2, 1), change, Decimal("0.0950")),
            RateSpan(change, date(2026, 4, 1), Decimal("0.0925")),
        ]

    def test_of_one_rate_are_one_though_announced_twice(self) -> None:
        spans = TABLE.spans(COMMERCIAL, start=date(2024, 6, 1), end=date(2025, 3, 1))
        assert spans == [RateSpan(date(2024, 6, 1), date(2025, 3, 1), Decimal("0.1575"))]

    @given(law=st.sampled_from(INTEREST_LAWS), days=st.tuples(DAYS, DAYS))
    def test_cover_every_day_once_and_in_order(self, law: InterestLaw, days: tuple[date, date]) -> None:
        start, end = min(days), max(days) + timedelta(days=1)
        spans = TABLE.spans(law, start=start, end=end)
        assert (spans[0].start, spans[-1].end) == (start, end)
        for before, after in pairwise(spans):
            assert before.end == after.start
            assert before.rate != after.rate

    @pytest.mark.parametrize(
        ("law", "start", "end", "unknown"),
        [
            (CIVIL, "2021-12-08", "2021-12-20", "2021-12-08"),
            (CIVIL, "2026-06-01", "2026-07-03", "2026-07-02"),
            (COMMERCIAL, "2027-02-01", "2027-02-02", "2027-02-01"),
        ],
    )
    def test_of_days_that_nobody_knows_a_rate_for_are_refused(
        self, law: InterestLaw, start: str, end: str, unknown: str
    ) -> None:
        with pytest.raises(RateUnknownError) as caught:
            TABLE.spans(law, start=date.fromisoformat(start), end=date.fromisoformat(end))
        assert (caught.value.law, caught.value.day) == (law, date.fromisoformat(unknown))


def test_a_rate_told_later_carries_the_table_on() -> None:
    day = date(2026, 9, 10)
    told = InterestRate(CIVIL, day, Decimal("0.0900"), "NBP")
    table = TABLE.with_rates([told], known_to=[(CIVIL, date(2027, 1, 1))])
    spans = table.spans(CIVIL, start=date(2026, 9, 1), end=date(2026, 10, 1))
    assert [(one.start, one.rate) for one in spans] == [
        (date(2026, 9, 1), Decimal("0.0925")), (day, Decimal("0.0900")),
    ]  # fmt: skip
    assert dict(table.known_to)[COMMERCIAL] == date(2027, 1, 1)


def test_a_rate_told_for_a_day_that_has_one_takes_its_place() -> None:
    told = InterestRate(CIVIL, date(2026, 3, 5), Decimal("0.0900"), "NBP")
    table = TABLE.with_rates([told], known_to=[(CIVIL, date(2026, 1, 1))])
    (span,) = table.spans(CIVIL, start=date(2026, 6, 30), end=date(2026, 7, 2))
    assert span.rate == Decimal("0.0900")
    assert isinstance(table, InterestTable)


def file_of(*rates: str) -> bytes:
    """Write a table with rates of the Civil Code."""
    sound = "{from: 2025-01-01, percent: '9', source: x}"
    return "\n".join(
        (
            "format: kwit/interest/1",
            f"civil_code: {{known_to: 2026-01-01, rates: [{', '.join(rates)}]}}",
            f"commercial_transactions: {{known_to: 2026-01-01, rates: [{sound}]}}",
        )
    ).encode()


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"[", "YAML"),
        (b"format: kwit/interest/1", "civil_code"),
        (file_of("{from: 2025-01-01, percent: '9,5', source: x}"), "9,5"),
        (file_of("{from: 2025-01-01, percent: '9'}"), "source"),
        (
            file_of(
                "{from: 2025-01-01, percent: '9', source: x}", "{from: 2025-01-01, percent: '8', source: x}"
            ),
            "does not follow",
        ),
    ],
)
def test_a_table_that_cannot_be_read_is_refused(content: bytes, problem: str) -> None:
    with pytest.raises(InterestFileError, match=problem):
        read_interest(content)
