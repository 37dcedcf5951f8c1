"""Zone calendars: the zone of an instant, of every interval of a day, and sums over a period."""

import itertools
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwit.kernel.time import Period, day_minutes, interval_starts, local_instant
from kwit.tariffs.calendar import (
    IntervalCountError,
    IntervalLengthError,
    UncoveredDayError,
    ZoneRun,
    day_kind,
    day_zones,
    period_runs,
    runs,
    zone_of,
    zone_slices,
)
from kwit.tariffs.check import check_price_list
from kwit.tariffs.holidays import statutory_holidays
from kwit.tariffs.packaged import shipped_price_lists
from kwit.tariffs.price_list import CalendarRule, PriceList, ZoneCalendar

HOLIDAYS = statutory_holidays()
SHORT_DAY, LONG_DAY = date(2026, 3, 29), date(2026, 10, 25)


def shipped(name: str) -> PriceList:
    price_list = check_price_list(content=shipped_price_lists()[name], source=name).price_list
    assert price_list is not None
    return price_list


PGE = shipped("pge-dystrybucja-2026.yaml").calendars
CALENDARS = [calendar for name in shipped_price_lists() for calendar in shipped(name).calendars.values()]
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31)) | st.sampled_from([SHORT_DAY, LONG_DAY])


def zone(calendar: str, day: str, hour: int, *, winter_time: bool = False) -> str:
    instant = local_instant(date.fromisoformat(day), hour=hour)
    return zone_of(calendar=PGE[calendar], instant=instant, holidays=HOLIDAYS, winter_time=winter_time)


class TestDayKind:
    @pytest.mark.parametrize(
        ("day", "kind"),
        [
            ("2026-06-05", "workday"),
            ("2026-06-06", "saturday"),
            ("2026-06-07", "sunday"),
            ("2026-06-04", "holiday"),  # Corpus Christi, a Thursday
            ("2026-08-15", "holiday"),  # a holiday beats Saturday
            ("2026-04-05", "holiday"),  # and Sunday
            ("2024-12-24", "workday"),
            ("2025-12-24", "holiday"),
        ],
    )
    def test_is_of_the_statute(self, day: str, kind: str) -> None:
        assert day_kind(date.fromisoformat(day), holidays=HOLIDAYS) == kind


class TestZoneOf:
    @pytest.mark.parametrize(
        ("calendar", "day", "hour", "wanted"),
        [
            ("g12", "2026-01-15", 13, "night"),
            ("g12", "2026-07-15", 13, "day"),
            ("g12", "2026-07-15", 15, "night"),
            ("g12", "2026-07-15", 22, "night"),
            ("g12", "2026-07-15", 6, "day"),
            ("g12w", "2026-01-15", 12, "peak"),
            ("g12w", "2026-01-17", 12, "offpeak"),
            ("g12w", "2026-01-06", 12, "offpeak"),
            ("g12n", "2026-01-17", 0, "day"),
            ("g12n", "2026-01-17", 1, "night"),
            ("g12n", "2026-01-18", 12, "night"),
            ("b22", "2026-03-31", 17, "offpeak"),
            ("b22", "2026-02-27", 17, "peak"),
            ("c23", "2026-07-15", 20, "pm_peak"),
            ("c23", "2026-12-15", 20, "pm_peak"),
            ("c23", "2026-12-15", 21, "rest"),
            ("c24", "2026-06-15", 20, "rest"),
            ("c24", "2026-06-15", 21, "pm_peak"),
            ("c24", "2026-06-13", 3, "valley"),
            ("c24", "2026-06-14", 12, "valley"),
        ],
    )
    def test_is_of_the_tariff_table(self, calendar: str, day: str, hour: int, wanted: str) -> None:
        assert zone(calendar, day, hour) == wanted

    def test_of_a_meter_on_winter_time_is_an_hour_late_in_summer_only(self) -> None:
        assert zone("g12", "2026-07-15", 6) == "day"
        assert zone("g12", "2026-07-15", 6, winter_time=True) == "night"
        assert zone("g12", "2026-07-15", 7, winter_time=True) == "day"
        assert zone("g12", "2026-01-15", 6, winter_time=True) == "day"

    def test_of_a_meter_on_winter_time_still_belongs_to_friday_in_the_first_hour_of_a_summer_saturday(
        self,
    ) -> None:
        assert zone("c24", "2026-07-18", 1, winter_time=False) == "valley"
        assert zone("c24", "2026-07-18", 1, winter_time=True) == "rest"

    def test_of_a_day_no_rule_covers_is_an_error_that_names_it(self) -> None:
        partial = ZoneCalendar(
            "partial", (CalendarRule(frozenset({1}), frozenset({"workday"}), ("all",) * 24),)
        )
        with pytest.raises(UncoveredDayError, match="month 7, sunday") as caught:
            zone_of(calendar=partial, instant=datetime(2026, 7, 5, 12, tzinfo=UTC), holidays=HOLIDAYS)
        assert (caught.value.calendar, caught.value.month, caught.value.kind) == ("partial", 7, "sunday")

    def test_of_capacity_hours_is_from_7_to_22_on_working_days(self) -> None:
        calendar = shipped("levies-pl.yaml").calendars["capacity_hours"]
        monday = day_zones(calendar=calendar, day=date(2026, 6, 8), minutes=60, holidays=HOLIDAYS)
        assert [hour for hour, name in enumerate(monday) if name == "capacity"] == list(range(7, 22))
        for free in ("2026-06-06", "2026-06-07", "2026-06-04"):
            day = date.fromisoformat(free)
            assert set(day_zones(calendar=calendar, day=day, minutes=60, holidays=HOLIDAYS)) == {"other"}


class TestDayZones:
    @given(st.sampled_from(CALENDARS), DAYS, st.sampled_from([5, 15, 30, 60]), st.booleans())
    def test_tile_the_day_and_agree_with_the_zone_of_every_instant(
        self, calendar: ZoneCalendar, day: date, minutes: int, winter_time: bool
    ) -> None:
        zones = day_zones(
            calendar=calendar, day=day, minutes=minutes, holidays=HOLIDAYS, winter_time=winter_time
        )
        starts = interval_starts(day, minutes=minutes)
        assert len(zones) * minutes == day_minutes(day)
        last_second = timedelta(minutes=minutes, seconds=-1)
        for start, name in zip(starts, zones, strict=True):
            for instant in (start, start + last_second):
                found = zone_of(
                    calendar=calendar, instant=instant, holidays=HOLIDAYS, winter_time=winter_time
                )
                assert found == name

    @pytest.mark.parametrize(("day", "quarters"), [(SHORT_DAY, 92), (date(2026, 5, 5), 96), (LONG_DAY, 100)])
    def test_count_the_quarters_of_short_and_long_days(self, day: date, quarters: int) -> None:
        assert len(day_zones(calendar=PGE["g12"], day=day, minutes=15, holidays=HOLIDAYS)) == quarters

    def test_of_the_short_day_lose_a_night_hour_and_of_the_long_day_gain_one(self) -> None:
        nights = {
            day: day_zones(calendar=PGE["g12"], day=day, minutes=60, holidays=HOLIDAYS).count("night")
            for day in (SHORT_DAY, date(2026, 3, 28), LONG_DAY)
        }
        assert list(nights.values()) == [9, 10, 11]

    def test_of_a_winter_time_meter_on_the_short_day_shift_after_the_change(self) -> None:
        moved = day_zones(calendar=PGE["g12"], day=SHORT_DAY, minutes=60, holidays=HOLIDAYS, winter_time=True)
        # 23 hours from 00:00 to 23:00 winter time: the last hour of the local day is 22-23 by the meter.
        assert moved == ("night",) * 6 + ("day",) * 7 + ("night",) * 2 + ("day",) * 7 + ("night",)

    @pytest.mark.parametrize("minutes", [0, -15, 7, 45, 120])
    def test_refuse_an_interval_that_does_not_divide_the_hour(self, minutes: int) -> None:
        with pytest.raises(IntervalLengthError, match=f"{minutes} minutes"):
            day_zones(calendar=PGE["g12"], day=SHORT_DAY, minutes=minutes, holidays=HOLIDAYS)


class TestRuns:
    def test_join_equal_neighbours(self) -> None:
        assert runs(["a", "a", "b", "a"]) == (ZoneRun("a", 0, 2), ZoneRun("b", 2, 3), ZoneRun("a", 3, 4))

    def test_of_nothing_are_none(self) -> None:
        assert runs([]) == ()

    @given(st.lists(st.sampled_from("abc")))
    def test_say_the_same_as_the_zones_in_as_few_runs_as_can_be(self, zones: list[str]) -> None:
        found = runs(zones)
        assert [run.zone for run in found for _ in range(run.start, run.stop)] == zones
        assert all(one.stop == two.start and one.zone != two.zone for one, two in itertools.pairwise(found))

    @given(st.sampled_from(CALENDARS), st.sampled_from([2, 3, 10]), st.data())
    def test_of_a_month_sum_values_like_a_plain_loop(
        self, calendar: ZoneCalendar, month: int, data: st.DataObject
    ) -> None:
        days = list(Period(date(2026, month, 1), date(2026, month + 1, 1)).each_day())
        zones = [
            name
            for day in days
            for name in day_zones(calendar=calendar, day=day, minutes=60, holidays=HOLIDAYS)
        ]
        seed = data.draw(st.integers(1, 10_000))
        values = [(seed * index) % 977 for index in range(len(zones))]
        plain: dict[str, int] = {}
        for name, value in zip(zones, values, strict=True):
            plain[name] = plain.get(name, 0) + value
        found = period_runs(calendar=calendar, days=days, minutes=60, holidays=HOLIDAYS)
        assert zone_slices(found).sums(values) == plain

    def test_refuse_values_of_another_length(self) -> None:
        slices = zone_slices(runs(["a", "b"]))
        with pytest.raises(IntervalCountError, match="3 values for runs over 2") as caught:
            slices.sums([1, 2, 3])
        assert (caught.value.values, caught.value.intervals) == (3, 2)
        assert zone_slices(()).sums([]) == {}
