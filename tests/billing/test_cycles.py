"""Cycles: over the life of a contract every day is billed once and months add up."""

import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kwit.billing.cycles import NextPeriod, next_period
from kwit.kernel.time import add_months
from tests.billing.memory_case import contract


def walk(
    *, starts: date, ends: date, anchor: date, cycle: int, shifts: Sequence[int], window: int
) -> list[NextPeriod]:
    """Bill a contract from its start to its end; each reading falls `shift` days off the edge."""
    one = contract(starts=starts, ends=ends, billed_to=starts, cycle_anchor=anchor, cycle_months=cycle)
    found: list[NextPeriod] = []
    billed_to = starts
    for shift in itertools.cycle(shifts):
        following = next_period(contract=one, billed_to=billed_to, window_days=window)
        if following is None:
            return found
        assert following.start == billed_to
        assert following.end > billed_to
        end = following.end if following.exact_end else following.end + timedelta(days=shift)
        if end <= billed_to or end > ends:
            end = following.end
        found.append(replace(following, end=end))
        billed_to = end
    raise AssertionError


LIVES = {
    "starts": st.dates(date(2024, 1, 1), date(2025, 12, 31)),
    "anchor": st.dates(date(2023, 1, 1), date(2026, 12, 31)),
    "cycle": st.sampled_from([1, 2, 3, 6, 12]),
}


class TestAnyLife:
    @given(**LIVES, length=st.integers(1, 900), shifts=st.lists(st.integers(-3, 3), min_size=1, max_size=9))
    def test_every_day_is_billed_once_and_only_once(
        self, starts: date, anchor: date, cycle: int, length: int, shifts: list[int]
    ) -> None:
        ends = starts + timedelta(days=length)
        periods = walk(starts=starts, ends=ends, anchor=anchor, cycle=cycle, shifts=shifts, window=3)
        days = [
            period.start + timedelta(days=n)
            for period in periods
            for n in range((period.end - period.start).days)
        ]
        assert days == [starts + timedelta(days=n) for n in range(length)]

    @given(**LIVES, length=st.integers(1, 900))
    def test_readings_on_the_edges_count_every_cycle_by_its_days(
        self, starts: date, anchor: date, cycle: int, length: int
    ) -> None:
        ends = starts + timedelta(days=length)
        for window in (0, 3):
            periods = walk(starts=starts, ends=ends, anchor=anchor, cycle=cycle, shifts=[0], window=window)
            for period in periods[1:-1]:
                assert period.months.share == 1
            for period in (periods[0], periods[-1]):
                assert 0 < period.months.share <= 1

    @given(
        **LIVES,
        cycles=st.integers(2, 20),
        shifts=st.lists(st.integers(-3, 3), min_size=1, max_size=9),
    )
    def test_early_and_late_readings_never_change_the_sum_of_months(
        self, starts: date, anchor: date, cycle: int, cycles: int, shifts: list[int]
    ) -> None:
        edge = first_edge_after(anchor, cycle, starts)
        assume((edge - starts).days > 7)
        ends = add_months(anchor, cycle * (index_of(anchor, cycle, edge) + cycles), anchor=anchor.day)
        exact = walk(starts=starts, ends=ends, anchor=anchor, cycle=cycle, shifts=[0], window=3)
        shifted = walk(starts=starts, ends=ends, anchor=anchor, cycle=cycle, shifts=shifts, window=3)
        assert [one.months for one in shifted] == [one.months for one in exact]
        assert sum(one.months.share for one in shifted[1:]) == cycles


def index_of(anchor: date, cycle: int, edge: date) -> int:
    return next(n for n in range(-60, 90) if add_months(anchor, n * cycle, anchor=anchor.day) == edge)


def first_edge_after(anchor: date, cycle: int, day: date) -> date:
    edges = (add_months(anchor, n * cycle, anchor=anchor.day) for n in range(-60, 90))
    return next(edge for edge in edges if edge > day)


class TestEdges:
    @pytest.mark.parametrize("day", [29, 30, 31])
    def test_an_anchor_late_in_the_month_is_cut_and_comes_back(self, day: int) -> None:
        starts = date(2026, 1, day)
        periods = walk(starts=starts, ends=date(2026, 6, 30), anchor=starts, cycle=1, shifts=[0], window=0)
        assert [period.end for period in periods][:3] == [
            date(2026, 2, 28),
            date(2026, 3, day),
            date(2026, 4, min(day, 30)),
        ]
        assert all(period.months.share == 1 for period in periods[:3])

    def test_a_leap_february_keeps_its_29th(self) -> None:
        periods = walk(
            starts=date(2024, 1, 31),
            ends=date(2024, 4, 1),
            anchor=date(2024, 1, 31),
            cycle=1,
            shifts=[0],
            window=0,
        )
        assert periods[0].end == date(2024, 2, 29)

    @pytest.mark.parametrize("billed_to", [date(2026, 3, 29), date(2026, 4, 1), date(2026, 4, 4)])
    def test_a_reading_within_the_window_belongs_to_its_edge(self, billed_to: date) -> None:
        found = next_period(contract=contract(), billed_to=billed_to, window_days=3)
        assert found is not None
        assert (found.start, found.end, found.months.share) == (billed_to, date(2026, 5, 1), 1)

    @pytest.mark.parametrize(
        ("billed_to", "end", "share"),
        [
            (date(2026, 3, 28), date(2026, 4, 1), Fraction(4, 31)),
            (date(2026, 4, 5), date(2026, 5, 1), Fraction(26, 30)),
        ],
    )
    def test_a_reading_outside_the_window_counts_by_days(
        self, billed_to: date, end: date, share: Fraction
    ) -> None:
        found = next_period(contract=contract(), billed_to=billed_to, window_days=3)
        assert found is not None
        assert (found.end, found.months.share) == (end, share)

    def test_a_contract_that_starts_just_before_an_edge_has_its_short_first_period(self) -> None:
        starts = date(2026, 3, 30)
        found = next_period(contract=contract(starts=starts), billed_to=starts, window_days=3)
        assert found is not None
        assert (found.end, found.months.share) == (date(2026, 4, 1), Fraction(2, 31))

    def test_a_contract_that_ends_inside_a_cycle_ends_exactly(self) -> None:
        found = next_period(
            contract=contract(ends=date(2026, 4, 11)), billed_to=date(2026, 4, 1), window_days=3
        )
        assert found is not None
        assert (found.end, found.exact_end, found.months.share) == (date(2026, 4, 11), True, Fraction(1, 3))

    def test_a_contract_that_ends_on_an_edge_counts_whole(self) -> None:
        found = next_period(
            contract=contract(ends=date(2026, 5, 1)), billed_to=date(2026, 4, 1), window_days=3
        )
        assert found is not None
        assert (found.exact_end, found.months.share) == (True, 1)

    @pytest.mark.parametrize("billed_to", [date(2026, 4, 11), date(2026, 5, 1)])
    def test_behind_its_end_nothing_is_left(self, billed_to: date) -> None:
        assert (
            next_period(contract=contract(ends=date(2026, 4, 11)), billed_to=billed_to, window_days=3) is None
        )

    def test_edges_before_the_anchor_count_too(self) -> None:
        found = next_period(
            contract=contract(cycle_anchor=date(2026, 12, 5), cycle_months=2),
            billed_to=date(2026, 4, 5),
            window_days=0,
        )
        assert found is not None
        assert (found.end, found.months.share) == (date(2026, 6, 5), 1)
