"""The check of a price list knows what events, customers' factors and cases of illegal use may say."""

from decimal import Decimal
from typing import Any

import pytest

from kwit.kernel.identifiers import canonical_json
from kwit.tariffs.check import CheckedPriceList, check_price_list
from tests.tariffs.test_check_bases import checked

KINDS = {"overhead": "napowietrzne", "cable": "kablowe"}
CASE: dict[str, Any] = {
    "code": "bypass",
    "name": "pominięcie układu",
    "times": "2",
    "charges": ["one"],
    "limits": [{"metering": "fuse", "kwh": 125, "per": "ampere"}],
    "page": "48",
}


def event(**fields: Any) -> CheckedPriceList:
    return checked(**({"basis": "event", "unit": "item"} | fields))


def with_cases(*cases: dict[str, Any]) -> CheckedPriceList:
    content = {
        "format": "kwit/price-list/1",
        "code": "own",
        "kind": "distributor",
        "issuer": "Jasna Energia S.A.",
        "title": "Oferta",
        "valid": {"from": "2026-01-01"},
        "source": {"document": "Oferta", "confidence": "own"},
        "charges": [],
        "illegal_use": list(cases),
    }
    return check_price_list(content=canonical_json(content), source="own.json")


def paths(result: CheckedPriceList) -> list[str]:
    return [found.path for found in result.errors]


class TestAnEvent:
    def test_reaches_the_engine(self) -> None:
        rule = {
            "rate": "average_wage",
            "rebate": True,
            "beyond": "200",
            "squared_over": "10",
            "variants": KINDS,
        }
        prices = [{"by_variant": {"overhead": "1.00", "cable": "2.00"}, "page": "43"}]
        price_list = event(event=rule, prices=prices, multiplier="1/15").price_list
        assert price_list is not None
        (charge,) = price_list.charges
        assert charge.event is not None
        assert (charge.event.rate, charge.event.rebate, charge.event.beyond) == ("average_wage", True, 200)
        assert charge.multiplier == Decimal(1) / 15
        assert {p.variant: str(p.amount) for p in charge.prices} == {"overhead": "1.00", "cable": "2.00"}

    def test_by_voltage_becomes_a_price_for_each(self) -> None:
        price_list = event(
            prices=[{"by_voltage": {"low": "1.00", "medium": "2.00"}, "page": "46"}]
        ).price_list
        assert price_list is not None
        assert {p.voltage for p in price_list.charges[0].prices} == {"low", "medium"}

    @pytest.mark.parametrize(
        ("fields", "wrong"),
        [
            ({"basis": "month", "unit": "month", "event": {"rebate": True}}, "charges[0].event"),
            ({"event": {"rate": "wage", "price_of": "one"}}, "charges[0].event"),
            ({"event": {"price_of": "network_fixed"}}, "charges[0].event.price_of"),
            ({"event": {"beyond": "0"}}, "charges[0].event.beyond"),
            ({"event": {"squared_over": "-1"}}, "charges[0].event.squared_over"),
            ({"event": {"variants": KINDS}}, "charges[0].prices[0].by_variant"),
            (
                {"event": {"variants": KINDS}, "prices": [{"by_variant": {"cable": "1.00"}, "page": "1"}]},
                "charges[0].prices[0].by_variant",
            ),
            (
                {"prices": [{"by_variant": {"cable": "1.00"}, "page": "1"}]},
                "charges[0].prices[0].by_variant.cable",
            ),
            ({"event": {"colour": "red"}}, "charges[0].event.colour"),
            ({"multiplier": "1/0"}, "charges[0].multiplier"),
            ({"multiplier": "-1/15"}, "charges[0].multiplier"),
        ],
    )
    def test_is_refused_where_it_could_not_be_counted(self, fields: dict[str, Any], wrong: str) -> None:
        assert wrong in paths(event(**fields))

    def test_tells_everything_wrong_with_it_at_once(self) -> None:
        found = paths(event(unit="bushel", event={"rate": "a", "price_of": "b", "beyond": "0"}))
        assert {"charges[0].unit", "charges[0].event", "charges[0].event.price_of"} <= set(found)
        assert "charges[0].event.beyond" in found


class TestAFactorOfSomeCustomers:
    @pytest.mark.parametrize(
        ("fields", "wrong"),
        [
            ({"basis": "event", "unit": "item", "adjust": {"lowered_power": "1.10"}}, "charges[0].adjust"),
            ({"basis": "day", "unit": "day", "adjust": {"prepaid": "0.5"}}, "charges[0].adjust.prepaid"),
            ({"adjust": {"prepaid": "0"}}, "charges[0].adjust.prepaid"),
            ({"adjust": {"industrial": {"letter_a": "-0.15"}}}, "charges[0].adjust.industrial.letter_a"),
        ],
    )
    def test_is_refused_where_it_does_not_belong(self, fields: dict[str, Any], wrong: str) -> None:
        assert wrong in paths(checked(**fields))

    def test_reaches_the_engine(self) -> None:
        price_list = checked(adjust={"prepaid": "0.5"}).price_list
        assert price_list is not None
        assert price_list.charges[0].adjust is not None
        assert price_list.charges[0].adjust.prepaid == Decimal("0.5")


class TestACaseOfIllegalUse:
    def test_reaches_the_engine(self) -> None:
        price_list = with_cases(CASE).price_list
        assert price_list is not None
        (case,) = price_list.illegal_use
        assert (case.code, case.times, case.charges) == ("bypass", 2, frozenset({"one"}))
        assert (case.limits[0].kwh, case.limits[0].per) == (125, "ampere")

    @pytest.mark.parametrize(
        ("fields", "wrong"),
        [
            ({"times": "0"}, "illegal_use[0].times"),
            ({"page": None}, "illegal_use[0].page"),
            ({"limits": [{"metering": "a", "kwh": 0, "per": "ampere"}]}, "illegal_use[0].limits[0].kwh"),
            (
                {"limits": [{"metering": "a", "kwh": 9, "per": "installation", "least_ampere": 25}]},
                "illegal_use[0].limits[0].per",
            ),
            (
                {"limits": [{"metering": "a", "kwh": 9, "per": "ampere", "per_kv": "0"}]},
                "illegal_use[0].limits[0].per_kv",
            ),
            ({"limits": CASE["limits"] * 2}, "illegal_use[0].limits[0].metering"),
        ],
    )
    def test_that_could_not_be_counted_is_refused(self, fields: dict[str, Any], wrong: str) -> None:
        assert wrong in paths(with_cases(CASE | fields))

    def test_told_twice_is_refused(self) -> None:
        assert paths(with_cases(CASE, CASE)) == ["illegal_use[0].code", "illegal_use[1].code"]


class TestAGroupWithHoursOfItsOwn:
    def test_has_more_zones_than_one_and_no_calendar(self) -> None:
        groups = {"G14": {"household": True, "zones": {"all": "całodobowa"}, "hourly": True}}
        content = {
            "format": "kwit/price-list/1",
            "code": "own",
            "kind": "distributor",
            "issuer": "Jasna Energia S.A.",
            "title": "Oferta",
            "valid": {"from": "2026-01-01"},
            "source": {"document": "Oferta", "confidence": "own"},
            "groups": groups,
            "charges": [],
        }
        assert "groups.G14.hourly" in paths(
            check_price_list(content=canonical_json(content), source="own.json")
        )
