"""Energy fed in is told month by month, by the days of a series and by days between two states."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwit.kernel.provenance import Source
from kwit.kernel.time import DateRange, Period, add_months
from kwit.metering.readings import IntervalDay
from kwit.metering.usage import IntervalSeries, MeteredRegister, RegisterSpan, Usage
from kwit.rating.export import calendar_months, export_by_month
from kwit.rating.prices import rcem_of
from kwit.tariffs.price_list import DatedRate, PriceList
from tests.rating.cases import KNOWN, register, state, usage
from tests.rating.price_lists import price_list

JANUARY, FEBRUARY, MARCH = (date(2026, month, 1) for month in (1, 2, 3))
TWO_MONTHS = Period(JANUARY, MARCH)


def series(quantity: str, values: dict[date, tuple[int, ...]]) -> IntervalSeries:
    one = MeteredRegister("L1", "A-", "all", quantity, 6, 1, DateRange(JANUARY), 60)
    source = Source("p.csv", "0" * 64, 1)
    days = (IntervalDay("P", "A-", day, 60, told, KNOWN, source) for day, told in values.items())
    return IntervalSeries(one, tuple(days))


class TestCalendarMonths:
    @pytest.mark.parametrize(
        ("start", "end", "starts"),
        [
            (JANUARY, FEBRUARY, ["2026-01-01"]),
            (date(2026, 1, 15), date(2026, 2, 2), ["2026-01-15", "2026-02-01"]),
            (date(2025, 11, 30), date(2026, 2, 1), ["2025-11-30", "2025-12-01", "2026-01-01"]),
            (date(2026, 1, 2), date(2026, 1, 3), ["2026-01-02"]),
            (date(2024, 12, 31), date(2025, 1, 2), ["2024-12-31", "2025-01-01"]),
        ],
    )
    def test_begin_on_the_first_day_of_each(self, start: date, end: date, starts: list[str]) -> None:
        months = calendar_months(Period(start, end))
        assert [month.start.isoformat() for month in months] == starts
        assert [month.end for month in months] == [*(month.start for month in months[1:]), end]

    @given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(1, 800))
    def test_are_whole_but_for_the_first_and_the_last(self, start: date, days: int) -> None:
        months = calendar_months(Period(start, date.fromordinal(start.toordinal() + days)))
        assert sum(month.days for month in months) == days
        assert all(month.start.day == 1 and month.end.day == 1 for month in months[1:-1])
        assert all(month.end <= add_months(month.start.replace(day=1), 1) for month in months)


class TestExportByMonth:
    def test_between_states_is_shared_by_days(self) -> None:
        read = usage(TWO_MONTHS, {register(quantity="export"): 590_000, register(): 1_000})
        assert export_by_month(usage=read, kwh=590) == {JANUARY: 310, FEBRUARY: 280}

    def test_of_a_series_is_that_of_its_days(self) -> None:
        told = series("export", {date(2026, 1, 31): (200, 50), FEBRUARY: (500, 0), MARCH: (9000, 0)})
        other = series("import", {JANUARY: (7000, 7000)})
        read = Usage(TWO_MONTHS, (), (other, told), ())
        assert export_by_month(usage=read, kwh=3) == {JANUARY: 1, FEBRUARY: 2}

    def test_is_shared_by_the_watt_hours_alone(self) -> None:
        read = Usage(TWO_MONTHS, (), (series("export", {JANUARY: (1,), FEBRUARY: (3,)}),), ())
        assert export_by_month(usage=read, kwh=4000) == {JANUARY: 1000, FEBRUARY: 3000}

    def test_adds_all_registers_and_series_up(self) -> None:
        spans = usage(TWO_MONTHS, {register(zone, quantity="export"): 59_000 for zone in ("day", "night")})
        told = series("export", {FEBRUARY: (118_000,)})
        read = Usage(TWO_MONTHS, spans.spans, (told, told), ())
        assert export_by_month(usage=read, kwh=354) == {JANUARY: 62, FEBRUARY: 56 + 236}

    def test_of_a_register_read_in_one_month_alone_belongs_there(self) -> None:
        one = register(quantity="export")
        span = RegisterSpan(one, state(one, FEBRUARY, 0), state(one, MARCH, 10_000), 10_000)
        assert export_by_month(usage=Usage(TWO_MONTHS, (span,), (), ()), kwh=9000) == {
            JANUARY: 0,
            FEBRUARY: 9000,
        }

    def test_of_a_part_of_a_month_is_named_by_its_first_day(self) -> None:
        period = Period(date(2026, 1, 10), date(2026, 1, 20))
        read = usage(period, {register(quantity="export"): 5000})
        assert export_by_month(usage=read, kwh=5) == {JANUARY: 5}

    def test_without_any_is_nothing_in_every_month(self) -> None:
        assert export_by_month(usage=Usage(TWO_MONTHS, (), (), ()), kwh=0) == {JANUARY: 0, FEBRUARY: 0}


class TestThePriceOfAMonth:
    def versions(self) -> list[PriceList]:
        empty = price_list("rcem", rates={})
        told = [
            DatedRate(DateRange(JANUARY, FEBRUARY), Decimal("294.53"), "1"),
            DatedRate(DateRange(FEBRUARY, MARCH), Decimal("-12.5"), "1"),
        ]
        full = price_list("rcem", rates={"vat_standard": "0.23"})
        rates = {**(full.rates or {}), "rcem": tuple(told)}
        return [empty, replace(full, rates=rates)]

    @pytest.mark.parametrize(("month", "price"), [(JANUARY, "0.29453"), (FEBRUARY, "-0.0125"), (MARCH, None)])
    def test_is_of_a_kwh_in_the_first_version_that_knows_it(self, month: date, price: str | None) -> None:
        assert rcem_of(self.versions(), month) == (None if price is None else Decimal(price))
