"""A dynamic price is the mean of the hours, weighted by their energy, over the whole kWh billed."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwit.rating.dynamic_price import UnevenPricesError, dynamic_price, priced_days
from kwit.rating.facts import Facts, PricedDay
from kwit.rating.lines import QuantitySource, Rated
from kwit.tariffs.price_list import Basis
from tests.rating.price_lists import charge, price
from tests.rating.test_bases import MARCH, only, rated, replaced

MARGIN = Decimal("0.0892")


DAY, NEXT = date(2026, 3, 30), date(2026, 3, 31)


class TestPricedDays:
    def test_are_worth_their_energy_at_the_price_of_each_interval(self) -> None:
        prices = {DAY: [Decimal("500.00"), Decimal("-100.00")], NEXT: [Decimal(80)]}
        days = [(DAY, [3000, 1000]), (NEXT, [500])]
        assert priced_days(days=days, prices=prices) == (
            PricedDay(DAY, 4000, Decimal("1.4")),
            PricedDay(NEXT, 500, Decimal("0.04")),
        )

    def test_in_quarters_share_the_price_of_their_hour(self) -> None:
        prices = {DAY: [Decimal(100), Decimal(1000)]}
        days = [(DAY, [1, 2, 3, 4, 10, 20, 30, 40])]
        assert priced_days(days=days, prices=prices) == (PricedDay(DAY, 110, Decimal("0.101")),)

    def test_without_a_price_stay_out_and_do_not_hide_the_next(self) -> None:
        days = [(DAY, [1000]), (NEXT, [1000])]
        for none in ({}, {DAY: []}):
            found = priced_days(days=days, prices={**none, NEXT: [Decimal(100)]})
            assert found == (PricedDay(NEXT, 1000, Decimal("0.1")),)

    @pytest.mark.parametrize(("values", "prices"), [(3, 2), (1, 2), (0, 1)])
    def test_that_do_not_fit_their_prices_are_refused(self, values: int, prices: int) -> None:
        with pytest.raises(UnevenPricesError) as error:
            priced_days(days=[(DAY, [1] * values)], prices={DAY: [Decimal(1)] * prices})
        assert str(error.value) == f"2026-03-30: {prices} prices for {values} values"
        assert (error.value.day, error.value.values, error.value.prices) == (DAY, values, prices)


class TestALineAtADynamicPrice:
    def rated(self, *wh: int, kwh: int, days: int = 31, **terms: Any) -> Rated:
        one = replaced(charge("energy", price("0.0892"), basis=Basis.ENERGY_DYNAMIC), series="rce")
        told = [
            PricedDay(MARCH.start + timedelta(days=at), wh[at % len(wh)], Decimal(at)) for at in range(days)
        ]
        return rated(one, kwh={"all": kwh}, facts=Facts(dynamic={"rce": tuple(told)}), **terms)

    def test_is_whole_kwh_at_the_mean_of_the_market_and_the_margin(self) -> None:
        line = only(self.rated(100_000, kwh=3100))
        # 0 + 1 + … + 30 = 465 PLN of 3100 kWh, and the margin on them all.
        assert (line.quantity, line.price, line.net) == (3100, Decimal("0.23920"), Decimal("741.52"))
        assert line.quantity_source == QuantitySource(
            "whole_kwh_of_zone", 31, 31, 3_100_000, (0,), (("market_value", "465"), ("margin", "0.0892"))
        )

    def test_takes_the_margin_on_the_energy_of_the_days(self) -> None:
        assert only(self.rated(50_000, kwh=3100)).price == Decimal("0.19460")

    def test_without_a_kwh_is_the_margin(self) -> None:
        line = only(self.rated(0, kwh=0))
        assert (line.price, line.net) == (Decimal("0.0892"), 0)

    @pytest.mark.parametrize(
        ("days", "detail"), [(30, "rce: 1 days from 2026-03-31"), (2, "rce: 29 days from 2026-03-03")]
    )
    def test_without_the_prices_of_every_day_is_a_problem(self, days: int, detail: str) -> None:
        result = self.rated(1, kwh=1, days=days)
        assert [(one.code, one.detail) for one in result.problems] == [("market_prices_missing", detail)]

    def test_without_its_series_is_a_problem(self) -> None:
        one = replaced(charge("energy", price("0.0892"), basis=Basis.ENERGY_DYNAMIC), series="rce")
        (problem,) = rated(one, kwh={"all": 1}).problems
        assert problem.detail == "rce: 31 days from 2026-03-01"


class TestDynamicPrice:
    def test_weighs_each_hour_by_its_energy(self) -> None:
        prices = [Decimal("500.00"), Decimal("-100.00")]
        assert dynamic_price(hours_wh=[3000, 1000], prices=prices, margin=MARGIN) == Decimal("0.43920")

    def test_divides_by_the_whole_kwh_that_are_billed(self) -> None:
        price = dynamic_price(hours_wh=[1400], prices=[Decimal("500.00")], margin=Decimal(0))
        assert price == Decimal("0.70000")

    def test_without_a_whole_kwh_is_the_margin(self) -> None:
        assert dynamic_price(hours_wh=[0], prices=[Decimal("500.00")], margin=MARGIN) == Decimal("0.08920")

    def test_needs_a_price_for_every_hour(self) -> None:
        with pytest.raises(ValueError, match="zip"):
            dynamic_price(hours_wh=[1, 2], prices=[Decimal(1)], margin=MARGIN)

    @given(
        hours=st.lists(st.integers(0, 9000).map(lambda kwh: kwh * 1000), min_size=1, max_size=48).filter(any),
        price=st.decimals("-500", "4000", places=2),
    )
    def test_of_equal_hours_is_that_price_and_the_margin(self, hours: list[int], price: Decimal) -> None:
        found = dynamic_price(hours_wh=hours, prices=[price] * len(hours), margin=MARGIN)
        assert found == price / 1000 + MARGIN
