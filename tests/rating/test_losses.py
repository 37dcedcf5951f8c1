"""Losses of a contract grow the import of registers and series, and are rounded once."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwit.kernel.provenance import Source
from kwit.kernel.time import Period
from kwit.metering.readings import IntervalDay
from kwit.metering.usage import IntervalSeries, MeteredRegister, RegisterSpan, Usage, usage_of
from kwit.rating.losses import Losses, LossHoursError, with_losses
from kwit.rating.quantities import energies
from tests.rating.cases import KNOWN, register, state, usage

MARCH = Period(date(2026, 3, 1), date(2026, 4, 1))
DAY = Period(date(2026, 3, 2), date(2026, 3, 3))


def series(values: list[int]) -> Usage:
    one = MeteredRegister("L1", "import", "all", "import", 6, 1, DAY.range, 60)
    day = IntervalDay("", "import", DAY.start, 60, tuple(values), KNOWN, Source("s.csv", "f" * 64, 1))
    return Usage(DAY, (), (IntervalSeries(one, (day,)),), ())


class TestRegistersOfLossMeters:
    def test_add_up_with_the_zones_they_stand_in_as_a_published_b23_bill_does(self) -> None:
        # Published: 139 478 kWh read, I2h 4 kWh on zone 1 and U2h 3 kWh on zone 2, 139 485 kWh billed;
        # how the energy read lies in the zones is not published, so the zones here are chosen.
        read = {"am_peak": 40_000_000, "pm_peak": 30_000_000, "rest": 69_478_000}
        registers = {register(zone): wh for zone, wh in read.items()}
        registers[register("am_peak", meter="I2h")] = 4000
        registers[register("pm_peak", meter="U2h")] = 3000
        used = usage(MARCH, registers)
        found = energies(usage=used, segments=[MARCH], series_zones={})["import"]
        assert {zone: one.total_kwh for zone, one in found.items()} == {
            "am_peak": 40_004,
            "pm_peak": 30_003,
            "rest": 69_478,
        }
        assert sum(one.total_kwh for one in found.values()) == 139_485


class TestLossesOfAContract:
    def test_are_a_span_beside_each_span_for_the_per_cent_and_one_for_the_constant_power(self) -> None:
        read = usage(MARCH, {register(): 10_000_000})
        used = with_losses(usage=read, losses=Losses(Decimal("2.5"), Decimal("0.4")))
        assert [span.wh for span in used.spans] == [10_000_000, 250_000, 297_200]
        assert [span.period for span in used.spans] == [MARCH] * 3
        assert used.spans[0] == read.spans[0]

    def test_of_zones_need_the_hours_of_each(self) -> None:
        read = usage(MARCH, {register("day"): 1_000_000, register("night"): 1_000_000})
        losses = Losses(fixed_kw=Decimal(1), hours={"day": 465})
        with pytest.raises(LossHoursError) as error:
            with_losses(usage=read, losses=losses)
        assert error.value.zone == "night"

    def test_of_two_registers_of_one_zone_hold_the_constant_power_once(self) -> None:
        read = usage(MARCH, {register(): 1_000_000, register(meter="L2"): 1_000_000})
        used = with_losses(usage=read, losses=Losses(fixed_kw=Decimal(1)))
        assert [span.wh for span in used.spans] == [1_000_000, 1_000_000, 743_000]

    def test_leave_other_quantities_alone(self) -> None:
        out = register(quantity="export")
        fed_in = usage(MARCH, {out: 1_000_000, register(): 0}).spans[0]
        told = series([1000] * 24).series[0]
        given = replace(told, register=replace(told.register, quantity="export"))
        read = Usage(MARCH, (fed_in,), (given,), ())
        assert fed_in.register == out
        assert with_losses(usage=read, losses=Losses(Decimal(5), Decimal(1))) == read

    def test_are_reckoned_registers_that_begin_and_end_where_the_read_one_does(self) -> None:
        one = register(multiplier=40)
        read = usage(MARCH, {one: 1_000_000})
        (span,) = read.spans
        used = with_losses(usage=read, losses=Losses(Decimal("2.5"), Decimal("0.4")))
        for part, found, wh in zip(("percent", "fixed"), used.spans[1:], (1_000_000, 297_200), strict=True):
            made = MeteredRegister(
                "losses", f"losses-{part}-L1-import-all", "all", "import", 12, 1, one.present
            )
            first, last = (
                replace(at, meter_no="losses", register=made.code, state_wh=state_wh)
                for at, state_wh in ((span.first, 0), (span.last, wh))
            )
            assert found == RegisterSpan(made, first, last, wh)

    def test_that_are_taken_off_count_down_to_nothing(self) -> None:
        read = usage(MARCH, {register(): 1_000_000})
        used = with_losses(usage=read, losses=Losses(Decimal(-1)))
        found = used.spans[1]
        assert (found.first.state_wh, found.last.state_wh, found.wh) == (10_000, 0, -10_000)

    def test_of_nothing_read_stand_at_nothing(self) -> None:
        found = with_losses(usage=usage(MARCH, {register(): 0}), losses=Losses(Decimal(1))).spans[1]
        assert (found.first.state_wh, found.last.state_wh, found.wh) == (0, 0, 0)

    @pytest.mark.parametrize(("wh", "percent", "loss"), [(60, 1, 1), (49, 1, 0), (50, 1, 1), (50, -1, -1)])
    def test_are_rounded_half_up_away_from_nothing(self, wh: int, percent: int, loss: int) -> None:
        used = with_losses(usage=usage(MARCH, {register(): wh}), losses=Losses(Decimal(percent)))
        assert used.spans[1].wh == loss

    def test_of_constant_power_reach_from_the_first_to_the_last_of_several_states(self) -> None:
        one = register()
        days = (MARCH.start, date(2026, 3, 11), MARCH.end)
        states = [state(one, day, at * 1000) for at, day in enumerate(days)]
        read = usage_of(period=MARCH, registers=[one], readings=states)
        used = with_losses(usage=read, losses=Losses(fixed_kw=Decimal(1)))
        assert [(span.period, span.wh) for span in used.spans] == [
            (Period(days[0], days[1]), 1000),
            (Period(days[1], days[2]), 1000),
            (MARCH, 743_000),
        ]

    @given(wh=st.integers(0, 10**9), percent=st.integers(0, 9_999))
    def test_that_are_taken_off_mirror_those_that_are_added(self, wh: int, percent: int) -> None:
        read = usage(MARCH, {register(): wh})
        share = Decimal(percent).scaleb(-2)
        added, taken = (with_losses(usage=read, losses=Losses(one)).wh("import") for one in (share, -share))
        assert added - wh == wh - taken

    @given(
        values=st.lists(st.integers(0, 10**6), min_size=24, max_size=24),
        percent=st.integers(0, 5_000),
        watts=st.integers(0, 5_000),
    )
    def test_of_a_series_are_rounded_once_over_all_of_it(
        self, values: list[int], percent: int, watts: int
    ) -> None:
        losses = Losses(Decimal(percent).scaleb(-3), Decimal(watts).scaleb(-3))
        grown = with_losses(usage=series(values), losses=losses)
        exact = sum(values) * (1 + Fraction(percent, 100_000)) + watts * 24
        assert abs(grown.wh("import") - exact) <= Fraction(1, 2)
        pairs = zip(grown.series[0].days[0].values_wh, values, strict=True)
        assert all(more >= wh + watts - 1 for more, wh in pairs)
        assert grown.series[0].days[0].day == DAY.start
