"""A dynamic price is the mean of the hours, weighted by their energy, over the whole kWh billed."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwit.rating.dynamic_price import dynamic_price

MARGIN = Decimal("0.0892")


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
