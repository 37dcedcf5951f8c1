"""Usage: what flowed is known from states or series, or it is said why it is not."""

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwit.kernel.provenance import Source
from kwit.kernel.time import DateRange, Period, day_minutes
from kwit.metering.readings import IntervalDay, ReadingKind, RegisterReading
from kwit.metering.usage import (
    MeteredRegister,
    UsageProblem,
    advance,
    current_days,
    current_states,
    settlement_end,
    usage_of,
)
from tests.rating.cases import KNOWN, register, state

MARCH = Period(date(2026, 3, 1), date(2026, 4, 1))
TOP = 10**6 * 1000


def moved(first: int, last: int) -> int | None:
    meter = register()
    return advance(state(meter, MARCH.start, first), state(meter, MARCH.end, last), digits=6)


class TestAdvance:
    @pytest.mark.parametrize(
        ("first", "last", "expected"),
        [
            (0, 0, 0),
            (5_000, 8_637, 3_637),
            (TOP - 1_000, 500, 1_500),
            (TOP * 9 // 10, TOP // 10, TOP // 5),
            (TOP * 9 // 10 - 1, 0, None),
            (TOP - 1_000, TOP // 10 + 1, None),
            (8_000, 7_999, None),
        ],
    )
    def test_only_a_move_from_the_last_tenth_to_the_first_is_a_rollover(
        self, first: int, last: int, expected: int | None
    ) -> None:
        assert moved(first, last) == expected

    @given(st.integers(0, TOP - 1), st.integers(0, TOP // 10))
    def test_use_of_up_to_a_tenth_of_the_display_is_always_told(self, first: int, used: int) -> None:
        assert moved(first, (first + used) % TOP) == used


class TestVersions:
    def test_the_version_known_last_wins_whatever_the_order(self) -> None:
        meter = register()
        old = state(meter, MARCH.end, 100_000)
        new = replace(old, state_wh=90_000, known_at=KNOWN + timedelta(hours=1))
        start = state(meter, MARCH.start, 0)
        for readings in ([start, old, new], [new, old, start]):
            assert usage_of(period=MARCH, registers=[meter], readings=readings).wh("import") == 90_000

    def test_of_two_rows_known_at_once_the_later_row_wins(self) -> None:
        one = state(register(), MARCH.end, 1)
        other = replace(one, state_wh=2, source=replace(one.source, row=one.source.row + 1))
        assert current_states([other, one]) == [other]

    def test_interval_days_follow_the_same_rule(self) -> None:
        old = interval_day(MARCH.start, 1)
        new = replace(old, values_wh=(2,) * 96, known_at=KNOWN + timedelta(hours=1))
        assert current_days([new, old]) == [new]
        assert current_days([old, new]) == [new]


class TestRegisters:
    def test_states_at_both_edges_make_one_span(self) -> None:
        meter = register(multiplier=40)
        readings = [state(meter, MARCH.start, 1_000), state(meter, MARCH.end, 3_500)]
        found = usage_of(period=MARCH, registers=[meter], readings=readings)
        assert [(span.period, span.wh) for span in found.spans] == [(MARCH, 100_000)]
        assert found.problems == ()

    def test_states_inside_part_the_use(self) -> None:
        meter = register()
        days = (MARCH.start, date(2026, 3, 9), MARCH.end)
        readings = [state(meter, day, 1000 * index) for index, day in enumerate(days)]
        found = usage_of(period=MARCH, registers=[meter], readings=readings)
        assert [span.period.days for span in found.spans] == [8, 23]

    def test_states_outside_the_period_do_not_matter(self) -> None:
        meter = register()
        readings = [state(meter, day, at) for day, at in (
            (date(2026, 2, 1), 9), (MARCH.start, 10), (MARCH.end, 30), (date(2026, 5, 1), 99))]  # fmt: skip
        assert usage_of(period=MARCH, registers=[meter], readings=readings).wh("import") == 20

    @pytest.mark.parametrize("edge", [MARCH.start, MARCH.end])
    def test_a_missing_edge_is_named_and_never_guessed(self, edge: date) -> None:
        meter = register()
        other = MARCH.end if edge == MARCH.start else MARCH.start
        found = usage_of(period=MARCH, registers=[meter], readings=[state(meter, other, 5)])
        assert found.spans == ()
        assert found.problems == (UsageProblem("reading_missing", f"L1/import-all at {edge}"),)

    def test_a_state_below_the_last_is_named(self) -> None:
        meter = register()
        readings = [state(meter, MARCH.start, 5_000), state(meter, MARCH.end, 4_000)]
        found = usage_of(period=MARCH, registers=[meter], readings=readings)
        assert found.problems == (UsageProblem("reading_before_last", "L1/import-all at 2026-04-01"),)

    def test_an_estimated_state_marks_the_span(self) -> None:
        meter = register()
        first, last = state(meter, MARCH.start, 0), state(meter, MARCH.end, 5)
        plain = usage_of(period=MARCH, registers=[meter], readings=[first, last])
        guess = usage_of(
            period=MARCH, registers=[meter], readings=[first, replace(last, kind=ReadingKind.ESTIMATED)]
        )
        assert [span.estimated for span in (*plain.spans, *guess.spans)] == [False, True]

    def test_quantities_are_added_apart(self) -> None:
        taken, fed = register(), register(quantity="export")
        readings = [state(taken, MARCH.start, 0), state(taken, MARCH.end, 7),
                    state(fed, MARCH.start, 0), state(fed, MARCH.end, 5)]  # fmt: skip
        found = usage_of(period=MARCH, registers=[taken, fed], readings=readings)
        assert (found.wh("import"), found.wh("export"), found.wh("import_unbalanced")) == (7, 5, 0)

    @given(st.lists(st.integers(0, 10_000), min_size=1, max_size=8), st.randoms(use_true_random=False))
    def test_readings_inside_never_change_the_sum(self, steps: list[int], chance: random.Random) -> None:
        meter = register()
        inner = sorted(chance.sample(range(1, 31), len(steps) - 1))
        days = [MARCH.start, *(MARCH.start + timedelta(days=n) for n in inner), MARCH.end]
        totals = [sum(steps[:index]) for index in range(len(days))]
        readings = [state(meter, day, at) for day, at in zip(days, totals, strict=True)]
        chance.shuffle(readings)
        assert usage_of(period=MARCH, registers=[meter], readings=readings).wh("import") == sum(steps)


class TestMeterExchange:
    CHANGE = date(2026, 3, 12)

    def meters(self) -> tuple[MeteredRegister, MeteredRegister]:
        return register(meter="L1", end=self.CHANGE), register(meter="L2", start=self.CHANGE)

    def test_each_meter_counts_for_its_days(self) -> None:
        old, new = self.meters()
        readings = [
            state(old, MARCH.start, 400_000),
            state(old, self.CHANGE, 500_000),
            state(new, self.CHANGE, 0),
            state(new, MARCH.end, 70_000),
        ]
        found = usage_of(period=MARCH, registers=[old, new], readings=readings)
        assert [(span.register.meter_no, span.period.days, span.wh) for span in found.spans] == [
            ("L1", 11, 100_000),
            ("L2", 20, 70_000),
        ]
        assert found.problems == ()

    def test_each_state_of_the_exchange_is_needed(self) -> None:
        old, new = self.meters()
        readings = [state(old, MARCH.start, 400_000), state(new, MARCH.end, 70_000)]
        found = usage_of(period=MARCH, registers=[old, new], readings=readings)
        assert [problem.detail for problem in found.problems] == [
            "L1/import-all at 2026-03-12",
            "L2/import-all at 2026-03-12",
        ]

    def test_days_without_a_meter_are_named(self) -> None:
        old = register(meter="L1", end=self.CHANGE)
        new = register(meter="L2", start=self.CHANGE + timedelta(days=2))
        readings = [state(old, MARCH.start, 0), state(old, self.CHANGE, 1),
                    state(new, self.CHANGE + timedelta(days=2), 0), state(new, MARCH.end, 1)]  # fmt: skip
        found = usage_of(period=MARCH, registers=[old, new], readings=readings)
        assert found.problems == (UsageProblem("no_meter", "2 days from 2026-03-12"),)

    def test_a_point_without_registers_has_no_meter(self) -> None:
        found = usage_of(period=MARCH, registers=[], readings=[])
        assert found.problems == (UsageProblem("no_meter", str(MARCH)),)

    def test_a_meter_that_counts_only_feed_in_is_no_meter_for_import(self) -> None:
        fed = register(quantity="export")
        readings = [state(fed, MARCH.start, 0), state(fed, MARCH.end, 1)]
        found = usage_of(period=MARCH, registers=[fed], readings=readings)
        assert [problem.code for problem in found.problems] == ["no_meter"]


def interval_day(day: date, wh: int, *, minutes: int = 15) -> IntervalDay:
    count = day_minutes(day) // minutes
    return IntervalDay("P", "A+", day, minutes, (wh,) * count, KNOWN, Source("p.csv", "e" * 64, 1))


SERIES = MeteredRegister("L1", "A+", "all", "import", 6, 2, DateRange(date(2020, 1, 1)), 15)


class TestSeries:
    @pytest.mark.parametrize(
        ("period", "quarters"),
        [
            (Period(date(2026, 3, 28), date(2026, 3, 31)), 96 + 92 + 96),
            (Period(date(2026, 10, 24), date(2026, 10, 27)), 96 + 100 + 96),
        ],
    )
    def test_whole_days_of_23_24_and_25_hours_are_complete(self, period: Period, quarters: int) -> None:
        days = [interval_day(day, 3) for day in period.each_day()]
        found = usage_of(period=period, registers=[SERIES], readings=[], interval_days=days)
        assert found.problems == ()
        assert found.wh("import") == quarters * 3

    def test_missing_days_are_counted_and_named(self) -> None:
        days = [interval_day(day, 1) for day in MARCH.each_day() if day.day > 4]
        found = usage_of(period=MARCH, registers=[SERIES], readings=[], interval_days=days)
        assert found.series == ()
        assert found.problems == (
            UsageProblem("intervals_missing", "L1/A+: 4 days: 2026-03-01, 2026-03-02, 2026-03-03…"),
        )

    @pytest.mark.parametrize("count", [95, 96, 100])
    def test_a_short_day_with_the_quarters_of_another_is_incomplete(self, count: int) -> None:
        short = date(2026, 3, 29)
        days = [interval_day(day, 1) for day in MARCH.each_day() if day != short]
        days.append(replace(interval_day(short, 1), values_wh=(1,) * count))
        found = usage_of(period=MARCH, registers=[SERIES], readings=[], interval_days=days)
        assert found.problems == (UsageProblem("intervals_incomplete", "L1/A+ on 2026-03-29"),)

    def test_hours_and_quarters_may_stand_side_by_side(self) -> None:
        days = [interval_day(day, 1, minutes=60 if day.day % 2 else 15) for day in MARCH.each_day()]
        found = usage_of(period=MARCH, registers=[SERIES], readings=[], interval_days=days)
        assert found.problems == ()


class TestSettlementEnd:
    NOMINAL = date(2026, 4, 1)

    def end(self, *offsets: int, window: int = 3, meters: tuple[MeteredRegister, ...] = ()) -> date | None:
        registers = meters or (register(),)
        readings = [
            state(one, self.NOMINAL + timedelta(days=offset), 1) for one in registers for offset in offsets
        ]
        return self.choose(readings, registers, window)

    def choose(
        self, readings: list[RegisterReading], registers: tuple[MeteredRegister, ...], window: int = 3
    ) -> date | None:
        return settlement_end(
            start=MARCH.start,
            nominal_end=self.NOMINAL,
            window_days=window,
            registers=registers,
            readings=readings,
        )

    @pytest.mark.parametrize(
        ("offsets", "expected"),
        [((0,), 0), ((-2, 3), -2), ((-1, 1), 1), ((-3, 3), 3), ((-2, 1), 1), ((3,), 3), ((-3,), -3)],
    )
    def test_the_nearest_boundary_wins_and_the_later_of_equals(
        self, offsets: tuple[int, ...], expected: int
    ) -> None:
        assert self.end(*offsets) == self.NOMINAL + timedelta(days=expected)

    @pytest.mark.parametrize("offsets", [(), (4,), (-4,)])
    def test_outside_the_window_there_is_none(self, offsets: tuple[int, ...]) -> None:
        assert self.end(*offsets) is None

    def test_every_register_must_have_the_boundary(self) -> None:
        day, night = register("day"), register("night")
        readings = [
            state(day, self.NOMINAL, 1),
            state(day, date(2026, 4, 2), 1),
            state(night, date(2026, 4, 2), 1),
        ]
        assert self.choose(readings, (day, night)) == date(2026, 4, 2)

    def test_the_start_itself_is_no_end(self) -> None:
        readings = [state(register(), date(2026, 3, 30), 1)]
        found = settlement_end(
            start=date(2026, 3, 30), nominal_end=self.NOMINAL, window_days=3,
            registers=(register(),), readings=readings,
        )  # fmt: skip
        assert found is None

    def test_after_an_exchange_near_the_edge_the_new_meter_decides(self) -> None:
        change = date(2026, 3, 31)
        old, new = register(meter="L1", end=change), register(meter="L2", start=change)
        readings = [state(old, change, 9), state(new, change, 0), state(new, self.NOMINAL, 1)]
        assert self.choose(readings, (old, new)) == self.NOMINAL

    def test_an_exchange_may_itself_be_the_edge(self) -> None:
        change = date(2026, 3, 31)
        old, new = register(meter="L1", end=change), register(meter="L2", start=change)
        assert self.choose([state(old, change, 9), state(new, change, 0)], (old, new)) == change

    def test_a_series_ends_on_the_nominal_day(self) -> None:
        assert self.choose([], (SERIES,)) == self.NOMINAL

    def test_beside_a_series_the_registers_decide(self) -> None:
        fed = register(quantity="export")
        assert self.choose([state(fed, date(2026, 4, 2), 1)], (SERIES, fed)) == date(2026, 4, 2)

    def test_a_point_without_a_meter_has_no_end(self) -> None:
        assert self.choose([], (register(start=date(2026, 6, 1)),)) is None
