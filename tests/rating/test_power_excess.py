"""The ten largest hourly excesses are found among many values as they are one by one."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwit.kernel.provenance import Source
from kwit.metering.readings import IntervalDay
from kwit.rating.facts import PowerExcess
from kwit.rating.power_excess import hourly_excesses, monthly_excesses

KNOWN = datetime(2026, 5, 1, tzinfo=UTC)
CONTRACTED = Decimal("10.5")


def interval_day(day: date, values: Sequence[int], minutes: int) -> IntervalDay:
    return IntervalDay("P", "A+", day, minutes, tuple(values), KNOWN, Source("profil.csv", "e" * 64, 1))


def hour_by_hour(values: Sequence[int], minutes: int, multiplier: int) -> list[Decimal]:
    per_hour = 60 // minutes
    hours = [values[at : at + per_hour] for at in range(0, len(values), per_hour)]
    powers = [Decimal(max(hour) * multiplier * per_hour) / 1000 for hour in hours]
    return [power - CONTRACTED for power in powers if power > CONTRACTED]


@st.composite
def days(draw: st.DrawFn) -> list[IntervalDay]:
    minutes = draw(st.sampled_from([15, 60]))
    count = draw(st.integers(1, 4))
    few = st.integers(0, 4).map(
        lambda step: 2500 * 15 // 60 * step
    )  # many equal values, some of them equal to the limit
    any_wh = st.integers(0, 12_000) | few | st.just(2625) | st.just(10_500)
    return [
        interval_day(
            date(2026, 5, 30) + timedelta(days=offset),
            draw(st.lists(any_wh, min_size=60 // minutes * 5, max_size=60 // minutes * 5)),
            minutes,
        )
        for offset in range(count)
    ]


class TestHourlyExcesses:
    @given(days(), st.sampled_from([1, 3]))
    def test_are_those_of_every_hour_in_order(self, month: list[IntervalDay], multiplier: int) -> None:
        for day in month:
            found = hourly_excesses(
                values_wh=day.values_wh,
                minutes=day.minutes,
                contracted_kw=CONTRACTED,
                multiplier=multiplier,
            )
            assert found == hour_by_hour(day.values_wh, day.minutes, multiplier)

    @pytest.mark.parametrize(
        ("wh", "contracted", "excesses"),
        [
            (2625, "10.5", []),
            (2626, "10.5", ["0.004"]),
            (2625, "10.501", []),
            (1, "0", ["0.004"]),
            (0, "0", []),
        ],
    )
    def test_begin_with_the_first_watt_hour_over_the_contracted_power(
        self, wh: int, contracted: str, excesses: list[str]
    ) -> None:
        found = hourly_excesses(values_wh=[wh, 0, wh, 0], minutes=15, contracted_kw=Decimal(contracted))
        assert [str(one) for one in found] == excesses


class TestMonthlyExcesses:
    def test_are_of_each_month_of_each_year(self) -> None:
        days = [interval_day(date(year, 5, 4), [11_000, 0], 60) for year in (2025, 2026)]
        assert monthly_excesses(days=days, contracted_kw=CONTRACTED) == tuple(
            PowerExcess(date(year, 5, 4), Decimal("0.5"), "sum_of_ten_largest_hourly_excesses")
            for year in (2025, 2026)
        )

    def test_are_the_ten_largest_of_more(self) -> None:
        values = [11_000 + 1000 * hour for hour in range(12)]
        (found,) = monthly_excesses(
            days=[interval_day(date(2026, 5, 4), values, 60)], contracted_kw=Decimal(10)
        )
        assert found.kw == sum(range(3, 13))

    def test_leave_out_what_a_quarter_that_no_watt_hour_fits_is_short_of(self) -> None:
        for values, kw in (([2625, 0, 0, 0], "0"), ([2625, 0, 0, 0, 2700, 0, 0, 0], "0.299"), ([], "0")):
            day = interval_day(date(2026, 5, 4), values, 15)
            (found,) = monthly_excesses(days=[day], contracted_kw=Decimal("10.501"))
            assert found.kw == Decimal(kw)

    def test_of_a_month_without_one_are_a_plain_nothing(self) -> None:
        (found,) = monthly_excesses(days=[interval_day(date(2026, 5, 4), [1], 60)], contracted_kw=Decimal(10))
        assert str(found.kw) == "0"

    @given(days(), st.sampled_from([1, 3]))
    def test_add_the_ten_largest_of_each_month(self, month: list[IntervalDay], multiplier: int) -> None:
        found = monthly_excesses(days=month[::-1], contracted_kw=CONTRACTED, multiplier=multiplier)
        expected: dict[int, list[Decimal]] = {}
        for day in month:
            expected.setdefault(day.day.month, []).extend(
                hour_by_hour(day.values_wh, day.minutes, multiplier)
            )
        assert [one.start.month for one in found] == list(expected)
        assert [one.kw for one in found] == [
            sum(sorted(of_month, reverse=True)[:10], Decimal(0)) for of_month in expected.values()
        ]

    @pytest.mark.parametrize(("wh", "kw"), [(2625, "0"), (2626, "0.004")])
    def test_power_equal_to_the_contracted_one_is_none_over_it(self, wh: int, kw: str) -> None:
        (found,) = monthly_excesses(
            days=[interval_day(date(2026, 5, 4), [0, wh, wh, 0], 15)], contracted_kw=CONTRACTED
        )
        assert found.kw == Decimal(kw)
