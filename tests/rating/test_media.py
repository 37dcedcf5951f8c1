"""Gas, heat and water are rated by the engine that rates electricity: another list, another unit."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwit.kernel.energy import from_wh, gas_wh, to_wh
from kwit.kernel.time import DateRange, Period
from kwit.metering.usage import Usage
from kwit.rating.gas import ConversionFactorError, gas_in_energy
from kwit.rating.lines import Rated
from kwit.rating.profile import RatingProfile, VatRounding
from kwit.rating.rate import rate
from kwit.rating.terms import Months, Terms
from kwit.tariffs.check import check_price_list
from tests.rating.cases import register, usage

MEDIA = Path(__file__).parent / "media"
MARCH = Period(date(2026, 3, 1), date(2026, 4, 1))


def rated(name: str, group: str, used: Usage, *, digits: int = 0) -> Rated:
    checked = check_price_list(content=(MEDIA / f"{name}.yaml").read_bytes(), source=name)
    assert checked.findings == ()
    assert checked.price_list is not None
    held = Terms(DateRange(MARCH.start), group, True, (name,), 1, 1, False, contracted_kw=Decimal(20))
    return rate(
        period=MARCH,
        terms=[held],
        months=Months(1),
        usage=used,
        lists={name: (checked.price_list,)},
        profile=RatingProfile(name, VatRounding.DOCUMENT, kwh_digits=digits),
    )


def told(result: Rated) -> list[tuple[str, str, str, str]]:
    assert result.problems == ()
    return [(line.charge, str(line.quantity), line.unit, str(line.net)) for line in result.lines]


class TestGas:
    def test_is_read_in_cubic_metres_and_billed_in_whole_kwh(self) -> None:
        # 123 m3 x 11.345 = 1395.435 -> 1395 kWh
        read = usage(MARCH, {register(): to_wh("123", unit="m3")})
        result = rated("gas", "W-3.6", gas_in_energy(usage=read, kwh_per_m3=Decimal("11.345")))
        assert told(result) == [
            ("energy", "1395", "kWh", "284.85"),
            ("trade_fee", "1", "month", "8.50"),
            ("network_variable", "1395", "kWh", "71.49"),
            ("network_fixed", "1", "month", "36.09"),
        ]
        assert (result.net, result.vat) == (Decimal("400.93"), Decimal("92.21"))

    @pytest.mark.parametrize("factor", ["0", "-1", "11.3456"])
    def test_needs_a_factor_of_three_decimals(self, factor: str) -> None:
        with pytest.raises(ConversionFactorError) as error:
            gas_in_energy(usage=usage(MARCH, {register(): 1}), kwh_per_m3=Decimal(factor))
        assert error.value.factor == Decimal(factor)

    def test_converts_the_import_alone_by_any_factor_over_zero(self) -> None:
        read = usage(MARCH, {register(): 4000, register(quantity="corrector"): 4000})
        found = gas_in_energy(usage=read, kwh_per_m3=Decimal("0.001"))
        assert [(span.register.quantity, span.wh) for span in found.spans] == [
            ("import", 4),
            ("corrector", 4000),
        ]

    @given(st.integers(0, 10**9), st.integers(1, 20_000))
    def test_is_converted_within_half_a_watt_hour(self, dm3: int, factor: int) -> None:
        exact = Decimal(dm3 * factor).scaleb(-3)
        assert abs(gas_wh(dm3, kwh_per_m3=Decimal(factor).scaleb(-3)) - exact) <= Decimal("0.5")


class TestHeat:
    def test_is_billed_in_gigajoules_as_read_and_by_the_ordered_power(self) -> None:
        read = usage(MARCH, {register(): to_wh("12.345", unit="GJ")})
        assert told(rated("heat", "Cm1", read, digits=3)) == [
            ("energy", "12.345", "GJ", "967.97"),
            ("network_variable", "12.345", "GJ", "260.11"),
            ("power_ordered", "0.020", "MW", "265.00"),
        ]


class TestWater:
    def test_is_billed_in_cubic_metres_with_its_own_vat(self) -> None:
        result = rated("water", "G1", usage(MARCH, {register(): to_wh("14", unit="m3")}))
        assert told(result) == [
            ("water", "14", "m3", "82.18"),
            ("sewage", "14", "m3", "115.36"),
            ("subscription", "1", "month", "6.12"),
        ]
        assert [(row.rate, row.vat) for row in result.vat_rows] == [(Decimal("0.08"), Decimal("16.29"))]


@given(st.integers(0, 10**12), st.sampled_from(["m3", "GJ", "kWh"]))
def test_a_quantity_of_any_medium_survives_the_way_in_and_out(thousandths: int, unit: str) -> None:
    assert to_wh(from_wh(thousandths, unit=unit), unit=unit) == thousandths
