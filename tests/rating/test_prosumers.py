"""Prosumers: the credit of net-metering and the deposit of net-billing keep every kWh and every grosz."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwit.rating.deposit import NegativeDepositError, export_month, settle
from kwit.rating.net_metering import cover, credit_kwh

KWH = st.integers(0, 5000)
CREDIT = st.decimals("0", "5000", places=1)
PLN = st.decimals("0", "9999.99", places=2)


class TestCover:
    def test_goes_to_its_own_zone_first_then_to_the_dearest(self) -> None:
        credit = {"peak": Decimal(10), "offpeak": Decimal(50)}
        covered = cover(imported_kwh={"peak": 40, "offpeak": 20}, credit=credit, dearest=["peak", "offpeak"])
        assert covered.kwh == {"peak": 40, "offpeak": 20}
        assert sum(covered.left_kwh.values()) == 0

    def test_leaves_the_cheaper_zone_uncovered(self) -> None:
        covered = cover(
            imported_kwh={"peak": 40, "offpeak": 20},
            credit={"all": Decimal(45)},
            dearest=["peak", "offpeak"],
        )
        assert covered.kwh == {"peak": 40, "offpeak": 5}

    def test_keeps_parts_of_a_kwh_for_later(self) -> None:
        covered = cover(imported_kwh={"all": 20}, credit={"all": Decimal("10.4")}, dearest=["all"])
        assert (covered.kwh, covered.left_kwh) == ({"all": 10}, {"all": Decimal("0.4")})

    def test_energy_fed_in_beyond_its_own_zone_covers_in_the_order_of_the_credit(self) -> None:
        credit = {"offpeak": Decimal("7.5"), "peak": Decimal(2), "all": Decimal(4)}
        covered = cover(imported_kwh={"peak": 10, "offpeak": 1}, credit=credit, dearest=["peak", "offpeak"])
        assert covered.kwh == {"peak": 10, "offpeak": 1}
        # 1 kWh and 2 kWh in their own zones, then 8 kWh for the peak: 6.5 of offpeak, 1.5 of no zone.
        assert covered.left_kwh == {"offpeak": Decimal(0), "peak": Decimal(0), "all": Decimal("2.5")}

    def test_energy_taken_back_is_covered_by_nothing(self) -> None:
        covered = cover(
            imported_kwh={"peak": -4, "offpeak": 3},
            credit={"peak": Decimal(1), "offpeak": Decimal(1)},
            dearest=["peak", "offpeak"],
        )
        assert covered.kwh == {"peak": 0, "offpeak": 2}

    def test_a_zone_without_an_order_is_covered_by_its_own_credit_alone(self) -> None:
        credit = {"peak": Decimal(1), "all": Decimal(9)}
        covered = cover(imported_kwh={"peak": 5}, credit=credit, dearest=["offpeak"])
        assert (covered.kwh, covered.left_kwh) == ({"peak": 1}, {"peak": Decimal(0), "all": Decimal(9)})
        for nothing in (0, -5):
            covered = cover(imported_kwh={"peak": nothing}, credit=credit, dearest=["offpeak"])
            assert (covered.kwh, covered.left_kwh) == ({"peak": 0}, credit)

    def test_parts_of_a_kwh_of_two_zones_cover_a_whole_one(self) -> None:
        credit = {"peak": Decimal("0.6"), "offpeak": Decimal("0.6")}
        covered = cover(imported_kwh={"peak": 5, "offpeak": 0}, credit=credit, dearest=["peak"])
        assert covered.kwh == {"peak": 1, "offpeak": 0}
        assert covered.left_kwh == {"peak": Decimal(0), "offpeak": Decimal("0.2")}

    def test_credit_is_the_ratio_of_what_was_fed_in(self) -> None:
        assert credit_kwh(exported_kwh={"all": Decimal(1904)}, ratio=Decimal("0.8")) == {
            "all": Decimal("1523.2")
        }

    @given(
        imported=st.dictionaries(st.sampled_from(["a", "b", "c"]), KWH),
        credit=st.dictionaries(st.sampled_from(["a", "b", "all"]), CREDIT),
        order=st.permutations(["a", "b", "c"]),
    )
    def test_loses_no_kwh_and_covers_no_more_than_was_used(
        self, imported: dict[str, int], credit: dict[str, Decimal], order: list[str]
    ) -> None:
        covered = cover(imported_kwh=imported, credit=credit, dearest=order)
        assert sum(covered.kwh.values()) + sum(covered.left_kwh.values()) == sum(credit.values())
        assert all(0 <= covered.kwh[zone] <= kwh for zone, kwh in imported.items())
        assert all(left >= 0 for left in covered.left_kwh.values())
        if any(covered.kwh[zone] < kwh for zone, kwh in imported.items()):
            assert sum(covered.left_kwh.values()) < 1


class TestExportMonth:
    def test_is_rounded_once_after_the_factor(self) -> None:
        one = export_month(
            month=date(2026, 8, 1), kwh=Decimal(435), price=Decimal("0.29453"), factor=Decimal("1.23")
        )
        assert one.value == Decimal("157.59")


class TestSettle:
    @given(opening=PLN, exported=st.lists(st.integers(0, 900), max_size=4), limit=PLN, rest=PLN)
    def test_conserves_value_and_never_goes_below_zero(
        self, opening: Decimal, exported: list[int], limit: Decimal, rest: Decimal
    ) -> None:
        months = [
            export_month(
                month=date(2026, n, 1), kwh=Decimal(kwh), price=Decimal("0.28483"), factor=Decimal("1.23")
            )
            for n, kwh in enumerate(exported, start=1)
        ]
        done = settle(opening=opening, months=months, limit=limit, gross=limit + rest)
        assert done.used + done.left == opening + sum(month.value for month in months)
        assert min(done.used, done.left, done.payable) >= 0
        assert done.used <= limit
        assert done.payable + done.used == limit + rest
        assert done.left == 0 or done.used == limit

    def test_refuses_a_negative_deposit(self) -> None:
        with pytest.raises(NegativeDepositError):
            settle(opening=Decimal("-0.01"), months=(), limit=Decimal(0), gross=Decimal(0))
