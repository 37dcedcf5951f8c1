"""Interval series become zones and capacity hours, hour by hour as the calendars say."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kwit.kernel.provenance import Source
from kwit.kernel.time import DateRange, Period, interval_starts
from kwit.metering.readings import IntervalDay
from kwit.metering.usage import IntervalSeries, MeteredRegister, Usage, usage_of
from kwit.rating.lines import Factor, QuantitySource, Rated
from kwit.rating.profile import RatingProfile, VatRounding
from kwit.rating.rate import rate
from kwit.rating.series import SeriesSorter
from kwit.rating.terms import Months, Terms
from kwit.tariffs.holidays import statutory_holidays
from kwit.tariffs.price_list import CalendarRule, ZoneCalendar
from tests.rating.cases import KNOWN, all_lists, lists_named
from tests.rating.price_lists import charge, price, price_list

LISTS = ("jasna-energia", "pge-dystrybucja", "levies-pl")
MARCH = Period(date(2026, 3, 1), date(2026, 4, 1))
WARSAW, WINTER = ZoneInfo("Europe/Warsaw"), ZoneInfo("Etc/GMT-1")


def series_register(
    meter: str = "L1", *, code: str = "A+", multiplier: int = 1, winter: bool = False, **present: date
) -> MeteredRegister:
    span = DateRange(present.get("start", date(2020, 1, 1)), present.get("end"))
    return MeteredRegister(meter, code, "all", "import", 6, multiplier, span, 15, winter)


def interval_day(day: date, values: Sequence[int], *, minutes: int = 15, code: str = "A+") -> IntervalDay:
    return IntervalDay(
        "P", code, day, minutes, tuple(values), KNOWN, Source("profil.csv", "e" * 64, day.toordinal())
    )


def month(seed: int = 1, *, period: Period = MARCH, minutes: int = 15) -> list[IntervalDay]:
    chance = random.Random(seed)
    return [
        interval_day(
            day, [chance.randrange(4000) for _ in interval_starts(day, minutes=minutes)], minutes=minutes
        )
        for day in period.each_day()
    ]


def series_usage(days: Sequence[IntervalDay], *registers: MeteredRegister, period: Period = MARCH) -> Usage:
    found = usage_of(period=period, registers=registers, readings=(), interval_days=days)
    assert found.problems == ()
    return found


def terms(group: str, *, start: date = MARCH.start) -> Terms:
    return Terms(
        window=DateRange(start), group=group, household=False, price_lists=LISTS, phases=3, cycle_months=1,
        remote_reading=True, contracted_kw=Decimal(20),
    )  # fmt: skip


def rate_series(used: Usage, group: str) -> Rated:
    lists = lists_named(*LISTS)
    sorted_series = SeriesSorter(statutory_holidays()).for_usage(usage=used, lists=lists)
    return rate(
        period=used.period,
        terms=[terms(group)],
        months=Months(1),
        usage=used,
        lists=lists,
        profile=RatingProfile("p", VatRounding.DOCUMENT),
        series_zones=sorted_series.zones,
        capacity_wh=sorted_series.capacity,
    )


def hour_by_hour(days: Sequence[IntervalDay], *, calendar: str, winter: bool) -> dict[str, int]:
    """Add the intervals up one by one, by the clock, without runs or slices."""
    holidays = statutory_holidays()
    code = "pge-dystrybucja" if calendar != "capacity_hours" else "levies-pl"
    rules = all_lists()[code][-1].calendars[calendar].rules
    sums: dict[str, int] = {}
    for day in days:
        for start, wh in zip(interval_starts(day.day, minutes=day.minutes), day.values_wh, strict=True):
            clock = start.astimezone(WINTER if winter else WARSAW)
            kind = ("workday", "saturday", "sunday")[max(0, clock.weekday() - 4)]
            kind = "holiday" if clock.date() in holidays else kind
            (rule,) = [r for r in rules if clock.month in r.months and kind in r.days]
            zone = rule.hours[clock.hour]
            sums[zone] = sums.get(zone, 0) + wh
    return sums


class TestZones:
    @pytest.mark.parametrize("winter", [False, True])
    @pytest.mark.parametrize("minutes", [15, 60])
    def test_a_month_with_a_short_day_falls_into_zones_by_the_clock(self, winter: bool, minutes: int) -> None:
        days = month(minutes=minutes)
        result = rate_series(series_usage(days, series_register(winter=winter)), "C12a")
        assert result.problems == ()
        expected = hour_by_hour(days, calendar="c12a", winter=winter)
        assert {row.zone: row.wh for row in result.energy} == expected
        assert sum(expected.values()) == sum(sum(day.values_wh) for day in days)

    def test_a_meter_on_winter_time_bills_other_hours_in_summer(self) -> None:
        period = Period(date(2026, 6, 1), date(2026, 7, 1))
        days = month(period=period)
        figures = [
            rate_series(series_usage(days, series_register(winter=winter), period=period), "C12a").energy
            for winter in (False, True)
        ]
        assert figures[0] != figures[1]

    def test_the_multiplier_is_in_the_values_already(self) -> None:
        days = month()
        once = rate_series(series_usage(days, series_register()), "C12a")
        forty = rate_series(series_usage(days, series_register(multiplier=40)), "C12a")
        assert once.energy == forty.energy

    def test_a_group_of_one_zone_takes_all(self) -> None:
        days = month()
        result = rate_series(series_usage(days, series_register()), "C11")
        assert [(row.zone, row.wh) for row in result.energy] == [("all", sum(sum(d.values_wh) for d in days))]

    def test_a_zone_without_use_has_its_line_at_zero(self) -> None:
        weekend = Period(date(2026, 3, 7), date(2026, 3, 9))
        days = [interval_day(day, [0] * 96) for day in weekend.each_day()]
        result = rate_series(series_usage(days, series_register(), period=weekend), "C12a")
        assert {row.zone: row.kwh for row in result.energy} == {"peak": 0, "offpeak": 0}

    @settings(max_examples=15)
    @given(st.integers(0, 2**32), st.integers(1, 30))
    def test_segments_add_up_to_the_period(self, seed: int, cut: int) -> None:
        lists = lists_named(*LISTS)
        used = series_usage(month(seed), series_register())
        bound = SeriesSorter(statutory_holidays()).for_usage(usage=used, lists=lists)
        whole = bound.zones([MARCH], [terms("C12a")])[0]
        segments = MARCH.split_at(date(2026, 3, 1 + cut))
        parts = bound.zones(segments, [terms("C12a")] * 2)[0]
        assert {zone: sum(wh) for zone, wh in parts.items()} == {zone: sum(wh) for zone, wh in whole.items()}
        of_segments, of_whole = bound.capacity(segments), bound.capacity([MARCH])
        assert of_segments is not None
        assert of_whole is not None
        assert sum(of_segments) == of_whole[0]


class TestCapacityHours:
    @pytest.mark.parametrize("winter", [False, True])
    def test_the_capacity_charge_counts_the_energy_of_its_hours(self, winter: bool) -> None:
        days = month()
        result = rate_series(series_usage(days, series_register(winter=winter)), "C11")
        (line,) = [one for one in result.lines if one.charge == "capacity_energy"]
        wh = hour_by_hour(days, calendar="capacity_hours", winter=winter)["capacity"]
        assert line.quantity_source == QuantitySource("whole_kwh_in_capacity_hours", 31, 31, wh)
        assert (line.quantity, line.factors) == ((wh + 500) // 1000, ())

    def test_of_a_customer_with_a_class_are_multiplied_by_its_coefficient(self) -> None:
        used, lists = series_usage(month(), series_register()), lists_named(*LISTS)
        bound = SeriesSorter(statutory_holidays()).for_usage(usage=used, lists=lists)
        result = rate(
            period=MARCH,
            terms=[replace(terms("C11"), capacity_coefficient=Decimal("0.17"))],
            months=Months(1),
            usage=used,
            lists=lists,
            profile=RatingProfile("p", VatRounding.DOCUMENT),
            series_zones=bound.zones,
            capacity_wh=bound.capacity,
        )
        (line,) = [one for one in result.lines if one.charge == "capacity_energy"]
        assert line.factors == (Factor("A", Decimal("0.17")),)

    def test_of_each_meter_are_in_the_segments_it_stood_in(self) -> None:
        days, change = month(), date(2026, 3, 17)
        lists, segments = lists_named(*LISTS), MARCH.split_at(date(2026, 3, 17))
        used = series_usage(days, series_register("L1", end=change), series_register("L2", start=change))
        alone = series_usage(days, series_register())
        two, one = (SeriesSorter(statutory_holidays()).for_usage(usage=u, lists=lists) for u in (used, alone))
        assert two.capacity(segments) == one.capacity(segments)

    def test_a_meter_exchange_inside_the_period_is_no_obstacle(self) -> None:
        days = month()
        change = date(2026, 3, 17)
        used = series_usage(days, series_register("L1", end=change), series_register("L2", start=change))
        alone = rate_series(series_usage(days, series_register()), "C12a")
        result = rate_series(used, "C12a")
        assert result.problems == ()
        assert [(row.zone, row.wh) for row in result.energy] == [(row.zone, row.wh) for row in alone.energy]
        assert result.gross == alone.gross
        energy = [line.quantity_source.usage for line in result.lines if line.charge == "energy"]
        assert set(energy) == {(0, 1)}

    def test_two_meters_that_tell_one_series_twice_leave_the_hours_unknown(self) -> None:
        used = series_usage(month(), series_register("L1"), series_register("L2"))
        bound = SeriesSorter(statutory_holidays()).for_usage(usage=used, lists=lists_named(*LISTS))
        assert bound.capacity([MARCH]) is None

    def test_without_a_calendar_the_hours_are_unknown(self) -> None:
        used = series_usage(month(), series_register())
        lists = lists_named("jasna-energia", "pge-dystrybucja")
        bound = SeriesSorter(statutory_holidays()).for_usage(usage=used, lists=lists)
        assert bound.capacity([MARCH]) is None


class TestZonesPublishedHourByHour:
    """A group whose zones are published for every hour of each day, and follow no calendar."""

    DAYS = Period(date(2026, 3, 2), date(2026, 3, 4))

    def sums(self, hours: dict[date, list[str]], minutes: int = 30) -> dict[int, dict[str, list[int]]]:
        per_hour = 60 // minutes
        days = [
            interval_day(day, [at * 10 + day.day for at in range(24 * per_hour)], minutes=minutes)
            for day in self.DAYS.each_day()
        ]
        made = price_list("own", charge("energy", price("0.5")), zones={"low": "niska", "high": "wysoka"})
        group = replace(made.groups["C11"], hourly=True)
        lists = {"own": (replace(made, groups={"C11": group}),)}
        used = series_usage(days, replace(series_register(), interval_minutes=minutes), period=self.DAYS)
        bound = SeriesSorter(statutory_holidays()).for_usage(usage=used, lists=lists, hours=hours)
        return bound.zones([self.DAYS], [replace(terms("C11"), price_lists=("own",))])

    @pytest.mark.parametrize("minutes", [15, 30, 60])
    def test_sort_the_intervals_of_each_hour(self, minutes: int) -> None:
        second, third = self.DAYS.each_day()
        night = ["low"] * 6 + ["high"] * 18
        odd = ["high", "low"] * 12
        per_hour = 60 // minutes
        expected = {"low": 0, "high": 0}
        for day, hours in ((second, night), (third, odd)):
            for at in range(24 * per_hour):
                expected[hours[at // per_hour]] += at * 10 + day.day
        found = self.sums({second: night, third: odd}, minutes)
        assert found == {0: {zone: [wh] for zone, wh in expected.items()}}

    def test_are_not_guessed_for_a_day_without_them(self) -> None:
        second, _ = self.DAYS.each_day()
        (found,) = self.sums({second: ["low"] * 24}).values()
        assert found["low"] == found["high"] == [0]
        assert sum(found["all"]) == sum(at * 20 + 5 for at in range(48))


class TestWorkingDays:
    CALENDAR = "levies-pl"

    def found(
        self, *registers: MeteredRegister, lists: dict[str, object] | None = None
    ) -> list[tuple[date, int]]:
        days = [
            interval_day(day, [1 if one.quantity == "import" else 100] * 24, minutes=60, code=one.code)
            for one in registers
            for day in (date(2026, 3, 2), date(2026, 3, 3))
        ]
        used = series_usage(days, *registers, period=Period(date(2026, 3, 2), date(2026, 3, 4)))
        known = lists or lists_named(self.CALENDAR)
        bound = SeriesSorter(statutory_holidays()).for_usage(usage=used, lists=known)
        return [(one.day, one.selected_wh) for one in bound.working_days()]

    def test_are_those_of_import_whatever_is_read_before_it(self) -> None:
        out, into = (
            replace(series_register(code=code), quantity=quantity, interval_minutes=60)
            for code, quantity in (("A-", "export"), ("A+", "import"))
        )
        assert self.found(out, into) == [(date(2026, 3, 2), 15), (date(2026, 3, 3), 15)]

    def test_are_those_that_a_list_in_force_has_a_calendar_for(self) -> None:
        late = [
            replace(one, window=DateRange(date(2026, 3, 3), one.window.end))
            for one in all_lists()[self.CALENDAR]
            if date(2026, 3, 3) in one.window
        ]
        one = replace(series_register(), interval_minutes=60)
        assert self.found(one, lists={self.CALENDAR: late}) == [(date(2026, 3, 3), 15)]

    def test_of_a_meter_on_winter_time_are_cut_an_hour_later_in_summer(self) -> None:
        day = date(2026, 6, 2)
        sums = []
        for winter in (False, True):
            one = replace(series_register(winter=winter), interval_minutes=60)
            used = series_usage(
                [interval_day(day, [2**at for at in range(24)], minutes=60)],
                one,
                period=Period(day, date(2026, 6, 3)),
            )
            bound = SeriesSorter(statutory_holidays()).for_usage(usage=used, lists=lists_named(self.CALENDAR))
            (found,) = bound.working_days()
            sums.append(found.selected_wh)
        assert sums[1] == 2 * sums[0]


class TestSorting:
    HOURS = tuple("n" * 6 + "dpdp" + "d" * 12 + "nn")
    ANY_DAY = frozenset({"workday", "saturday", "sunday", "holiday"})

    def calendar(self, hours: tuple[str, ...] = HOURS) -> ZoneCalendar:
        return ZoneCalendar("made", (CalendarRule(frozenset(range(1, 13)), self.ANY_DAY, hours),))

    def test_joins_a_zone_over_midnight(self) -> None:
        days = tuple((date(2026, 3, day), 60) for day in (2, 3))
        values = [2**at for at in range(48)]
        sorting = SeriesSorter(statutory_holidays()).sorting(self.calendar(), days, winter_time=False)
        expected = {
            zone: sum(wh for at, wh in enumerate(values) if self.HOURS[at % 24] == zone) for zone in "ndp"
        }
        assert sorting.sums(values) == expected
        assert {zone: sorting.zone_sum(zone, values) for zone in "ndp"} == expected
        assert sorting.zone_sum("other", values) == 0

    def test_of_two_calendars_are_held_apart(self) -> None:
        sorter, day = SeriesSorter(statutory_holidays()), date(2026, 3, 2)
        one, other = self.calendar(), self.calendar(tuple("a" * 12 + "b" * 12))
        for calendar, zones in ((one, {"n", "d", "p"}), (other, {"a", "b"}), (one, {"n", "d", "p"})):
            assert {zone for zone, *_ in sorter.runs(calendar, day, 60, winter_time=False)} == zones
            found = sorter.sorting(calendar, ((day, 60),), winter_time=False)
            assert set(found.sums([1] * 24)) == zones

    def test_of_a_group_of_one_zone_is_in_that_zone_whatever_the_register_says(self) -> None:
        own = price_list("own", charge("energy", price("0.5")), zones={"flat": "stała"})
        used = series_usage(month(), series_register())
        bound = SeriesSorter(statutory_holidays()).for_usage(usage=used, lists={"own": (own,)})
        found = bound.zones([MARCH], [replace(terms("C11"), price_lists=("own",))])
        assert found == {0: {"flat": [sum(sum(day.values_wh) for day in month())]}}

    def test_goes_on_behind_days_of_a_group_that_no_list_knows(self) -> None:
        used, lists = series_usage(month(), series_register()), lists_named(*LISTS)
        bound = SeriesSorter(statutory_holidays()).for_usage(usage=used, lists=lists)
        (found,) = bound.zones(MARCH.split_at(date(2026, 3, 11)), [terms("X1"), terms("C11")]).values()
        late = sum(sum(day.values_wh) for day in month() if day.day >= date(2026, 3, 11))
        assert found == {"all": [0, late]}

    def test_of_a_series_without_days_is_of_nothing(self) -> None:
        empty = Usage(MARCH, (), (IntervalSeries(series_register(), ()),), ())
        bound = SeriesSorter(statutory_holidays()).for_usage(usage=empty, lists=lists_named(*LISTS))
        assert bound.zones([MARCH], [terms("C12a")]) == {0: {"peak": [0], "offpeak": [0]}}
        assert bound.capacity([MARCH]) is None


class TestSorter:
    def test_one_sorter_serves_many_meters_with_the_runs_it_knows(self) -> None:
        sorter = SeriesSorter(statutory_holidays())
        lists = lists_named(*LISTS)
        for seed in (1, 2):
            used = series_usage(month(seed), series_register())
            assert sorter.for_usage(usage=used, lists=lists).zones([MARCH], [terms("C12a")])
            assert len(sorter._runs) == 31

    def test_a_group_that_no_list_knows_has_no_zones(self) -> None:
        used = series_usage(month(), series_register())
        bound = SeriesSorter(statutory_holidays()).for_usage(usage=used, lists=lists_named(*LISTS))
        assert bound.zones([MARCH], [replace(terms("C12a"), group="X1")]) == {0: {}}


def test_the_reference_sum_knows_the_short_day() -> None:
    assert len(interval_starts(date(2026, 3, 29), minutes=15)) == 92
    assert interval_starts(date(2026, 3, 29), minutes=60)[0] == datetime(2026, 3, 28, 23, tzinfo=UTC)
