"""Energy is whole Wh; rounding and sharing lose none of it."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwit.kernel.energy import (
    FinerThanWattHourError,
    UnknownEnergyUnitError,
    apportion,
    from_wh,
    plain_kwh,
    to_wh,
    whole_kwh,
)


class TestToWh:
    @pytest.mark.parametrize(
        ("value", "unit", "wh"),
        [("2158.637", "kWh", 2158637), ("0.149", "MWh", 149000), ("7", "Wh", 7), ("-1.5", "kWh", -1500)],
    )
    def test_is_exact(self, value: str, unit: str, wh: int) -> None:
        assert to_wh(value, unit=unit) == wh

    def test_refuses_what_whole_watt_hours_cannot_hold(self) -> None:
        with pytest.raises(FinerThanWattHourError) as caught:
            to_wh("0.0001", unit="kWh")
        assert (caught.value.value, caught.value.unit) == ("0.0001", "kWh")

    @pytest.mark.parametrize("unit", ["TJ", "", "kwh"])
    def test_refuses_units_it_does_not_know(self, unit: str) -> None:
        with pytest.raises(UnknownEnergyUnitError):
            to_wh("1", unit=unit)
        with pytest.raises(UnknownEnergyUnitError):
            from_wh(1, unit=unit)

    @given(st.integers(-(10**12), 10**12), st.sampled_from(["Wh", "kWh", "MWh", "kvarh"]))
    def test_comes_back_from_paper_unchanged(self, wh: int, unit: str) -> None:
        assert to_wh(from_wh(wh, unit=unit), unit=unit) == wh


class TestWholeKwh:
    @pytest.mark.parametrize(
        ("wh", "kwh"),
        [(2158637, 2159), (789370, 789), (398460, 398), (434893, 435), (500, 1), (-500, -1), (499, 0)],
    )
    def test_rounds_half_up_away_from_zero_as_bills_do(self, wh: int, kwh: int) -> None:
        assert whole_kwh(wh) == kwh


class TestApportion:
    @given(
        st.integers(-(10**9), 10**9),
        st.lists(st.integers(0, 10**6), min_size=1, max_size=40).filter(lambda weights: sum(weights) > 0),
    )
    def test_loses_nothing_and_stays_within_one_of_the_exact_share(
        self, whole: int, weights: list[int]
    ) -> None:
        parts = apportion(whole, weights=weights)
        assert sum(parts) == whole
        for part, weight in zip(parts, weights, strict=True):
            assert abs(Decimal(part) - Decimal(whole) * weight / sum(weights)) < 1

    def test_gives_nothing_to_no_weight(self) -> None:
        assert apportion(7, weights=[0, 1]) == [0, 7]

    @pytest.mark.parametrize("weights", [[], [0, 0], [1, -1, 5]])
    def test_refuses_weights_that_say_nothing(self, weights: list[int]) -> None:
        with pytest.raises(ValueError, match="cannot apportion"):
            apportion(1, weights=weights)


class TestPlainKwh:
    @given(st.from_regex(r"[0-9]{0,14}[.,]?[0-9]{0,5}", fullmatch=True) | st.text(max_size=6))
    def test_gives_what_the_exact_way_gives_or_nothing(self, text: str) -> None:
        plain = plain_kwh(text)
        if plain is not None:
            assert plain == to_wh(Decimal(text), unit="kWh")

    @pytest.mark.parametrize(("text", "wh"), [("0", 0), ("12.345", 12_345), (".5", 500), ("7.", 7_000)])
    def test_knows_the_usual_forms(self, text: str, wh: int) -> None:
        assert plain_kwh(text) == wh

    @pytest.mark.parametrize("text", ["", ".", "-1", "1.2345", "1,5", " 1", "١", "1e3"])
    def test_leaves_the_rest_to_others(self, text: str) -> None:
        assert plain_kwh(text) is None
