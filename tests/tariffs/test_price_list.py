"""The engine's price list: whom a charge concerns, brackets, and the days on which things change."""

import dataclasses
from datetime import date
from decimal import Decimal

import pytest

from kwit.kernel.time import DateRange
from kwit.tariffs.price_list import (
    Basis,
    Bracket,
    Charge,
    Confidence,
    Customers,
    DatedRate,
    Kind,
    Price,
    PriceList,
    Section,
)

YEAR = DateRange(date(2026, 1, 1), date(2027, 1, 1))
HALF = DateRange(date(2026, 7, 1), date(2027, 1, 1))


def price(*groups: str, window: DateRange = YEAR) -> Price:
    return Price(Decimal("1.00"), window, "1", groups=frozenset(groups))


def charge(*prices: Price, **fields: object) -> Charge:
    plain = Charge("levy", "Opłata", Section.OTHER, Basis.MONTH, "month", prices, "other.levy")
    return dataclasses.replace(plain, **fields)  # type: ignore[arg-type]  # named fields of the dataclass


class TestACharge:
    @pytest.mark.parametrize(
        ("made", "group", "household", "concerned"),
        [
            (charge(price()), "G11", True, True),
            (charge(price("G11")), "G11", True, True),
            (charge(price("G11")), "G12", True, False),
            (charge(price(), customers=Customers.HOUSEHOLD), "C11", False, False),
            (charge(price(), customers=Customers.OTHERS), "G11", True, False),
            (charge(price(), families=frozenset("AB")), "B23", False, True),
            (charge(price(), families=frozenset("AB")), "G11", True, False),
            (charge(), "G11", True, True),
        ],
    )
    def test_concerns_the_groups_and_customers_it_names(
        self, made: Charge, group: str, household: bool, concerned: bool
    ) -> None:
        assert made.concerns(group=group, household=household) is concerned

    def test_is_in_force_always_unless_it_says_when(self) -> None:
        assert charge(price()).is_in_force(date(1999, 1, 1))
        assert not charge(price(), in_force=HALF).is_in_force(date(2026, 6, 30))
        assert charge(price(), in_force=HALF).is_in_force(date(2026, 7, 1))


class TestABracket:
    def test_leaves_its_lower_edge_to_the_one_below_unless_it_says_otherwise(self) -> None:
        assert not Bracket("b", "b", 500, 1200).holds(500)
        assert Bracket("b", "b", 500, 1200, from_edge=True).holds(500)
        assert Bracket("b", "b", 500, 1200).holds(1200)
        assert not Bracket("b", "b", 500, 1200).holds(1201)


class TestAPriceList:
    def made(self) -> PriceList:
        return PriceList(
            code="levies",
            kind=Kind.LEVIES,
            issuer="x",
            title="x",
            window=YEAR,
            document="x",
            confidence=Confidence.OWN,
            content_hash="0",
            charges=(charge(price(window=HALF), in_force=DateRange(date(2026, 6, 1))),),
            groups={},
            rates={"vat_standard": (DatedRate(DateRange(date(2026, 4, 1)), Decimal("0.23"), "1"),)},
        )

    def test_names_every_day_on_which_something_changes(self) -> None:
        months = {day.month for day in self.made().boundaries() if day.year == 2026}
        assert months == {1, 4, 6, 7}
        assert date(2027, 1, 1) in set(self.made().boundaries())

    def test_leaves_out_the_changes_of_other_groups_when_one_is_named(self) -> None:
        april = DateRange(date(2026, 4, 1), date(2027, 1, 1))
        seasonal = charge(price("B23", window=april), in_force=DateRange(date(2026, 2, 1)))
        coal = charge(price(window=HALF), families=frozenset("A"))
        made = dataclasses.replace(self.made(), charges=(seasonal, coal), rates={})
        assert {day.month for day in made.boundaries(group="G11")} == {1}
        assert {day.month for day in made.boundaries(group="B23")} == {1, 2, 4}
        assert {day.month for day in made.boundaries(group="A23")} == {1, 7}

    def test_has_no_rate_before_its_first_day_nor_of_a_name_it_does_not_know(self) -> None:
        assert self.made().rate_on("vat_standard", date(2026, 3, 31)) is None
        assert self.made().rate_on("excise", date(2026, 5, 1)) is None
        assert self.made().rate_on("vat_standard", date(2026, 4, 1)) is not None
