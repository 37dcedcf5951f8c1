"""The degree of use of the contracted power chooses between two sets of prices."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwit.kernel.time import DateRange, Period
from kwit.rating.degree_of_use import NoPowerError, degree, degree_of, degree_of_use
from kwit.rating.lines import Rated
from kwit.rating.profile import RatingProfile, VatRounding
from kwit.rating.rate import rate
from kwit.rating.terms import Months, Terms
from tests.rating.cases import lists_named, register, usage

MARCH = Period(date(2026, 3, 1), date(2026, 4, 1))


def rated(distributor: str, group: str, chosen: str | None) -> Rated:
    lists = lists_named(distributor)
    held = Terms(
        window=DateRange(MARCH.start),
        group=group,
        household=False,
        price_lists=(distributor, "levies-pl"),
        phases=3,
        cycle_months=1,
        remote_reading=False,
        contracted_kw=Decimal(50),
        capacity_share=Decimal("0.5"),
        degree=chosen,
    )
    return rate(
        period=MARCH,
        terms=[held],
        months=Months(1),
        usage=usage(MARCH, {register(): 3_000_000}),
        lists=lists | lists_named("levies-pl"),
        profile=RatingProfile("own", VatRounding.DOCUMENT),
    )


class TestTheDegree:
    @pytest.mark.parametrize(
        ("kwh", "days", "chosen"),
        [
            (43_800, 365, "low"),
            (43_801, 365, "high"),
            (400_000, 364, "low"),
            (0, 365, "low"),
            (400_000, 366, "high"),
        ],
    )
    def test_is_high_only_over_a_tenth_of_a_whole_year(self, kwh: int, days: int, chosen: str) -> None:
        assert degree(energy_kwh=kwh, average_kw=Decimal(50), days=days) == chosen

    def test_is_the_energy_by_what_the_power_could_have_taken(self) -> None:
        assert degree_of_use(energy_kwh=43_800, average_kw=Decimal(50), days=365) == Fraction(1, 10)

    @given(st.integers(1, 10**6), st.integers(1, 10**4))
    def test_is_one_where_the_power_is_taken_all_the_time(self, watts: int, days: int) -> None:
        power = Decimal(watts).scaleb(-3)
        assert degree_of_use(energy_kwh=power * days * 24, average_kw=power, days=days) == 1

    @pytest.mark.parametrize(("sm", "chosen"), [("0.100", "low"), ("0.1001", "high"), ("0", "low")])
    def test_may_be_given(self, sm: str, chosen: str) -> None:
        assert degree_of(Decimal(sm)) == chosen

    @pytest.mark.parametrize(("kw", "days"), [("0", 365), ("50", 0)])
    def test_is_refused_without_power_or_days(self, kw: str, days: int) -> None:
        with pytest.raises(NoPowerError) as error:
            degree(energy_kwh=1, average_kw=Decimal(kw), days=days)
        assert (error.value.average_kw, error.value.days) == (Decimal(kw), days)


class TestAGroupOfChargingStations:
    @pytest.mark.parametrize(
        ("distributor", "group", "chosen", "variable", "fixed"),
        [
            ("pge-dystrybucja", "C11em", "low", "0.5136", "1.64"),
            ("pge-dystrybucja", "C11em", "high", "0.3852", "6.54"),
            ("pge-dystrybucja", "C21em", "low", "0.4328", "6.51"),
            ("pge-dystrybucja", "B11em", "low", "147.52", "2530.00"),
            ("pge-dystrybucja", "B21em", "high", "96.69", "18430.00"),
            ("energa-operator", "B11em", "high", "232.67", "21.44"),
            ("energa-operator", "B21em", "low", "209.84", "5.95"),
            ("energa-operator", "C21em", "high", "0.4368", "34.84"),
            ("energa-operator", "C11em", "low", "0.8090", "2.02"),
        ],
    )
    def test_pays_both_components_of_its_set(
        self, distributor: str, group: str, chosen: str, variable: str, fixed: str
    ) -> None:
        result = rated(distributor, group, chosen)
        assert result.problems == ()
        prices = {line.charge: str(line.price) for line in result.lines}
        assert (prices["network_variable"], prices["network_fixed"]) == (variable, fixed)
        assert "subscription" in prices

    def test_is_not_billed_without_a_degree(self) -> None:
        assert {problem.code for problem in rated("pge-dystrybucja", "C11em", None).problems} == {
            "degree_of_use_unknown"
        }
