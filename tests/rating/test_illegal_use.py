"""Illegal use is charged for at most what the tariff's case allows; the shipped lists are read, not copies of them."""

from decimal import Decimal
from typing import Any

import pytest

from kwit.rating.facts import Event, Penalty
from kwit.rating.illegal_use import IllegalUseError, charged_kwh, energy_event, most_kwh, penalty
from kwit.rating.lines import Factor
from kwit.tariffs.price_list import IllegalUse, UseLimit
from tests.rating.cases import all_lists
from tests.rating.test_connection import DAY


def case(code: str, operator: str = "pge-dystrybucja") -> IllegalUse:
    return next(one for one in all_lists()[operator][0].illegal_use if one.code == code)


def most(code: str, metering: str, amperes: str | None = None, **fields: Any) -> Decimal | None:
    return most_kwh(
        case(code), metering=metering, amperes=None if amperes is None else Decimal(amperes), **fields
    )


class TestTheLimit:
    @pytest.mark.parametrize(
        ("code", "metering", "amperes", "fields", "kwh"),
        [
            ("no_contract", "fuse", "16", {}, 2000),
            ("no_contract", "fuse", "16", {"phases": 3}, 6000),
            ("no_contract", "no_fuse", "16", {"phases": 2}, 6250),
            ("no_contract", "no_fuse", None, {}, 3125),
            ("no_contract", "no_fuse", "40", {}, 5000),
            ("bypass", "fuse", "25", {"phases": 3}, 9375),
            ("tampering", "one_phase", None, {}, 3000),
            ("tampering", "three_phase_up_to_20_a", "20", {"phases": 3}, 6000),
            ("tampering", "three_phase_over_20_a", "63", {"phases": 3}, 18900),
            ("tampering", "semi_indirect", "200", {"phases": 3}, 60000),
            ("tampering", "indirect", "10", {"kilovolts": Decimal(15)}, 112500),
        ],
    )
    def test_is_the_one_of_the_text(
        self, code: str, metering: str, amperes: str | None, fields: dict[str, Any], kwh: int
    ) -> None:
        assert most(code, metering, amperes, **fields) == kwh

    def test_of_a_known_duration_is_none(self) -> None:
        assert most("known_duration", "") is None

    def test_is_the_same_at_both_operators(self) -> None:
        for code in ("no_contract", "known_duration", "bypass", "tampering"):
            one, other = case(code), case(code, "energa-operator")
            assert (one.times, one.charges, one.limits) == (other.times, other.charges, other.limits)

    @pytest.mark.parametrize(
        ("metering", "amperes", "why"),
        [
            ("semi_indirect", None, "amperes are needed for semi_indirect"),
            ("indirect", "10", "kilovolts are needed for indirect"),
            (
                "candle",
                "16",
                (
                    "metering 'candle' is none of one_phase, three_phase_up_to_20_a, "
                    "three_phase_over_20_a, semi_indirect, indirect"
                ),
            ),
        ],
    )
    def test_that_cannot_be_counted_says_why(self, metering: str, amperes: str | None, why: str) -> None:
        with pytest.raises(IllegalUseError) as error:
            most("tampering", metering, amperes)
        assert (error.value.case, error.value.why) == ("tampering", why)


class TestTheEnergy:
    def test_is_the_limit_when_nobody_knows_it(self) -> None:
        found = charged_kwh(case("no_contract"), most=Decimal(3125), kwh={}, zones=["all"])
        assert found == {"all": Decimal(3125)}

    def test_is_what_is_told_up_to_the_limit(self) -> None:
        told = {"day": Decimal(2000), "night": Decimal(1000)}
        assert charged_kwh(case("bypass"), most=Decimal(3000), kwh=told, zones=["day", "night"]) == told

    @pytest.mark.parametrize(
        ("limit", "kwh", "zones", "why"),
        [
            (Decimal(3000), {"all": Decimal(3001)}, ["all"], "3001 kWh are over the limit of 3000 kWh"),
            (Decimal(3000), {}, ["day", "night"], "tell the kWh of each zone: day, night"),
            (None, {}, ["all"], "the case has no limit, so the kWh must be told"),
        ],
    )
    def test_over_the_limit_or_untold_is_refused(
        self, limit: Decimal | None, kwh: dict[str, Decimal], zones: list[str], why: str
    ) -> None:
        with pytest.raises(IllegalUseError) as error:
            charged_kwh(case("bypass"), most=limit, kwh=kwh, zones=zones)
        assert (error.value.case, error.value.why) == ("bypass", why)

    def test_is_taken_as_often_as_the_rates(self) -> None:
        event = energy_event(case("no_contract"), kwh=Decimal(3125), day=DAY)
        times = (Factor("times", Decimal(5)),)
        assert event == Event("illegal_energy", Decimal("3.125"), DAY, "no_contract", factors=times)
        for code, often in (("no_contract", 5), ("bypass", 2)):
            assert penalty(case(code)) == Penalty(Decimal(often), case(code).charges, "outside")

    def test_of_a_meter_without_amperes_is_that_of_the_least_ones(self) -> None:
        limit = UseLimit("meter", 100, "ampere", least_ampere=0, per_kv=None)
        one = IllegalUse("made", "Zmyślony", Decimal(2), frozenset(), "1", (limit,))
        with pytest.raises(IllegalUseError):
            most_kwh(one, metering="meter")
        assert most_kwh(one, metering="meter", amperes=Decimal("0.5")) == 50
        assert most_kwh(one, metering="meter", amperes=Decimal(0)) == 0
