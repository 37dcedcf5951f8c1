"""History: the year's use, last year's days and the chart, from the states already stored."""

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwit.billing.history import PastUse, annual_kwh, chart, last_year_use, past_use, use_over
from kwit.kernel.time import Period, add_months
from tests.rating.cases import register, state

JANUARY = date(2025, 1, 1)


def months(count: int, wh: int = 31_000) -> list[PastUse]:
    edges = [add_months(JANUARY, n) for n in range(count + 1)]
    return [PastUse(Period(a, b), wh) for a, b in itertools.pairwise(edges)]


class TestPastUse:
    def test_zones_of_one_stretch_are_added(self) -> None:
        day, night = register("day"), register("night", multiplier=2)
        states = [state(one, when, at) for one in (day, night) for when, at in (
            (JANUARY, 0), (date(2025, 2, 1), 100), (date(2025, 3, 1), 250))]  # fmt: skip
        found = past_use(registers=[day, night], states=states, until=date(2025, 3, 1))
        assert [(one.period.start, one.wh) for one in found] == [(JANUARY, 300), (date(2025, 2, 1), 450)]

    def test_states_behind_the_end_are_left_out(self) -> None:
        meter = register()
        states = [state(meter, date(2025, n, 1), n * 10) for n in (1, 2, 3)]
        assert len(past_use(registers=[meter], states=states, until=date(2025, 2, 1))) == 1

    def test_meters_follow_each_other(self) -> None:
        change = date(2025, 1, 16)
        old, new = register(meter="L1", end=change), register(meter="L2", start=change)
        states = [state(old, JANUARY, 900), state(old, change, 1000), state(new, change, 0),
                  state(new, date(2025, 2, 1), 40)]  # fmt: skip
        found = past_use(registers=[old, new], states=states, until=date(2025, 2, 1))
        assert use_over(found, Period(JANUARY, date(2025, 2, 1))) == 140

    def test_feed_in_and_backward_moves_do_not_count(self) -> None:
        taken, fed = register(), register(quantity="export")
        states = [state(taken, JANUARY, 500), state(taken, date(2025, 2, 1), 400),
                  state(fed, JANUARY, 0), state(fed, date(2025, 2, 1), 70)]  # fmt: skip
        assert past_use(registers=[taken, fed], states=states, until=date(2025, 3, 1)) == []


class TestUseOver:
    def test_days_inside_a_stretch_count_by_average(self) -> None:
        assert use_over(months(1), Period(date(2025, 1, 11), date(2025, 1, 21))) == 10_000

    @pytest.mark.parametrize("period", [
        Period(date(2024, 12, 31), date(2025, 1, 5)), Period(date(2025, 1, 30), date(2025, 2, 2))])  # fmt: skip
    def test_days_that_lack_make_it_unknown(self, period: Period) -> None:
        assert use_over(months(1), period) is None

    @given(st.lists(st.integers(0, 10**9), min_size=1, max_size=14))
    def test_whole_stretches_add_up_exactly(self, wh: list[int]) -> None:
        past = [PastUse(one.period, value) for one, value in zip(months(len(wh)), wh, strict=True)]
        assert use_over(past, Period(JANUARY, past[-1].period.end)) == sum(wh)


class TestAnnual:
    def test_a_full_year_of_history_counts(self) -> None:
        assert annual_kwh(past=months(13), until=date(2026, 2, 1), declared=9999) == 12 * 31

    def test_under_a_year_the_declared_use_counts(self) -> None:
        assert annual_kwh(past=months(5), until=date(2025, 6, 1), declared=2400) == 2400

    def test_without_a_declaration_all_that_was_used_counts(self) -> None:
        assert annual_kwh(past=months(5), until=date(2025, 6, 1), declared=None) == 155

    def test_nothing_known_is_unknown(self) -> None:
        assert annual_kwh(past=(), until=date(2025, 6, 1), declared=None) is None


class TestLastYear:
    def test_the_same_days_a_year_before(self) -> None:
        assert last_year_use(months(14), Period(date(2026, 1, 1), date(2026, 2, 1))) == 31_000

    def test_days_not_covered_are_unknown(self) -> None:
        assert last_year_use(months(14), Period(date(2027, 1, 1), date(2027, 4, 1))) is None

    def test_the_29th_of_february_alone_has_no_last_year(self) -> None:
        assert last_year_use(months(14), Period(date(2024, 2, 28), date(2024, 2, 29))) is None
        assert last_year_use(months(14), Period(date(2028, 2, 29), date(2028, 3, 1))) is None


class TestChart:
    def test_the_latest_thirteen_stretches_are_shown(self) -> None:
        assert chart(months(20)) == months(20)[-13:]

    def test_a_stretch_over_a_year_is_not_comparable(self) -> None:
        long = PastUse(Period(JANUARY, JANUARY + timedelta(days=366)), 1)
        assert chart([long, *months(1)]) == months(1)
