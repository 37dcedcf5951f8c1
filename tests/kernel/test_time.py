"""Local days have 23, 24 or 25 hours; periods are half-open and split without loss."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwit.kernel.time import (
    DateRange,
    EmptyPeriodError,
    NaiveInstantError,
    Period,
    add_months,
    day_minutes,
    interval_starts,
    local_clock,
    local_day,
    local_instant,
    local_midnight,
    utc,
)

days = st.dates(date(2015, 1, 1), date(2040, 12, 30))
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)


class TestLocalDays:
    @pytest.mark.parametrize(
        ("day", "minutes", "quarters"),
        [(SPRING, 1380, 92), (AUTUMN, 1500, 100), (date(2026, 1, 1), 1440, 96)],
    )
    def test_have_the_minutes_that_the_clock_change_leaves(
        self, day: date, minutes: int, quarters: int
    ) -> None:
        assert day_minutes(day) == minutes
        assert len(interval_starts(day, minutes=15)) == quarters

    @given(days)
    def test_follow_each_other_without_a_gap(self, day: date) -> None:
        starts = interval_starts(day, minutes=60)
        assert starts[0] == local_midnight(day)
        assert starts[-1] + timedelta(hours=1) == local_midnight(day + timedelta(days=1))
        assert {local_day(start) for start in starts} == {day}

    def test_double_an_hour_in_autumn(self) -> None:
        first = local_instant(AUTUMN, hour=2)
        second = local_instant(AUTUMN, hour=2, second_pass=True)
        assert second - first == timedelta(hours=1)
        assert local_clock(first).hour == local_clock(second).hour == 2

    def test_keep_winter_time_for_meters_that_do(self) -> None:
        instant = datetime(2026, 7, 1, 10, 0, tzinfo=UTC)
        assert local_clock(instant).hour == 12
        assert local_clock(instant, winter_time=True).hour == 11

    def test_refuse_an_instant_without_a_zone(self) -> None:
        naive = datetime(2026, 1, 1)  # noqa: DTZ001 - the misuse under test
        with pytest.raises(NaiveInstantError) as caught:
            utc(naive)
        assert caught.value.value == naive


class TestPeriod:
    def test_must_end_after_it_starts(self) -> None:
        with pytest.raises(EmptyPeriodError) as caught:
            Period(SPRING, SPRING)
        assert (caught.value.start, caught.value.end) == (SPRING, SPRING)
        with pytest.raises(EmptyPeriodError):
            DateRange(AUTUMN, SPRING)

    @given(days, st.integers(1, 400), st.lists(days, max_size=6))
    def test_splits_into_parts_that_tile_it(self, start: date, length: int, cuts: list[date]) -> None:
        period = Period(start, start + timedelta(days=length))
        parts = period.split_at(*cuts)
        assert [day for part in parts for day in part.each_day()] == list(period.each_day())
        assert parts[0].start == period.start
        assert parts[-1].end == period.end

    def test_prints_its_last_day_as_documents_do(self) -> None:
        assert Period(date(2026, 1, 1), date(2026, 2, 1)).last_day == date(2026, 1, 31)


class TestDateRange:
    def test_is_half_open(self) -> None:
        january = DateRange(date(2026, 1, 1), date(2026, 2, 1))
        assert date(2026, 1, 31) in january
        assert date(2026, 2, 1) not in january

    def test_covers_and_meets_others(self) -> None:
        year, open_end = DateRange(date(2026, 1, 1), date(2027, 1, 1)), DateRange(date(2026, 6, 1))
        assert open_end.intersection(year) == DateRange(date(2026, 6, 1), date(2027, 1, 1))
        assert open_end.covers(DateRange(date(2030, 1, 1)))
        assert not year.covers(open_end)
        assert not open_end.covers(year)
        assert DateRange(date(2028, 1, 1)).intersection(year) is None


class TestAddMonths:
    def test_keeps_an_anchor_past_a_short_month(self) -> None:
        january = date(2026, 1, 31)
        february = add_months(january, 1)
        assert february == date(2026, 2, 28)
        assert add_months(february, 1, anchor=31) == date(2026, 3, 31)

    @given(days, st.integers(-60, 60))
    def test_moves_by_whole_months(self, day: date, months: int) -> None:
        moved = add_months(day, months)
        assert (moved.year * 12 + moved.month) - (day.year * 12 + day.month) == months
        assert moved.day <= day.day
