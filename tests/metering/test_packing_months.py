"""When months are packed, and on which shelf a point lies."""

from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwit.kernel.identifiers import spread
from kwit.kernel.time import Period
from kwit.metering.packing_months import SHELVES, months_between, months_due, plan_packing, shelf_of

days = st.dates(date(2000, 1, 1), date(2090, 1, 1))


class MemoryQueue:
    """Keeps what it is asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []

    def pack(self, month: str, firsts: range, *, count: int) -> None:
        self.asked += [(month, first + offset) for first in firsts for offset in range(count)]


class TestMonthsDue:
    @pytest.mark.parametrize(
        ("day", "month"),
        [
            (date(2026, 4, 5), "2026-02"),
            (date(2026, 4, 6), "2026-03"),
            (date(2026, 5, 5), "2026-03"),
            (date(2026, 1, 6), "2025-12"),
        ],
    )
    def test_a_month_is_packed_once_it_is_closed_for_five_days(self, day: date, month: str) -> None:
        assert months_due(day)[0] == month

    def test_once_a_month_a_year_of_them_is_looked_through(self) -> None:
        assert months_due(date(2026, 4, 6)) == [
            *("2026-03", "2026-02", "2026-01"),
            *(f"2025-{month:02}" for month in range(12, 2, -1)),
        ]
        assert len(months_due(date(2026, 4, 7))) == 1

    def test_every_shelf_is_asked_for_once(self) -> None:
        queue = MemoryQueue()
        assert plan_packing(business_date=date(2026, 4, 7), queue=queue) == ["2026-03"]
        assert sorted(queue.asked) == [("2026-03", shelf) for shelf in range(SHELVES)]


class TestMonthsBetween:
    @given(days, st.integers(1, 500))
    def test_they_hold_every_day_of_the_period_once(self, start: date, length: int) -> None:
        period = Period(start, date.fromordinal(start.toordinal() + length))
        parts = list(months_between(period))
        assert [day for _, part in parts for day in part.each_day()] == list(period.each_day())
        assert all(month == day.isoformat()[:7] for month, part in parts for day in part.each_day())


class TestShelves:
    def test_points_are_spread_evenly(self) -> None:
        counts = Counter(shelf_of(f"{number:018}") for number in range(100 * SHELVES))
        assert set(counts) == set(range(SHELVES))
        assert max(counts.values()) < 150

    @given(st.text())
    def test_fewer_groups_are_unions_of_more(self, text: str) -> None:
        assert spread(text, ways=16) == spread(text, ways=512) // 32
