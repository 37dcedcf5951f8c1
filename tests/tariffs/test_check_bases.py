"""The check of a price list knows what only some bases may say."""

from typing import Any

import pytest

from kwit.kernel.identifiers import canonical_json
from kwit.tariffs.check import CheckedPriceList, check_price_list
from kwit.tariffs.price_list import Basis
from kwit.tariffs.schema import UNITS


def checked(**fields: Any) -> CheckedPriceList:
    charge = {
        "code": "one",
        "name": "Opłata",
        "section": "other",
        "basis": "month",
        "unit": "month",
        "digits": 2,
        "posting": "other.one",
        "prices": [{"price": "1.00", "page": "1"}],
    }
    content = {
        "format": "kwit/price-list/1",
        "code": "own",
        "kind": "levies",
        "issuer": "Jasna Energia S.A.",
        "title": "Oferta",
        "valid": {"from": "2026-01-01"},
        "source": {"document": "Oferta", "confidence": "own"},
        "rates": {"vat_standard": [{"rate": "0.23", "page": "1"}]},
        "groups": {"G11": {"household": True, "zones": {"all": "całodobowa"}}},
        "charges": [charge | fields],
    }
    return check_price_list(content=canonical_json(content), source="own.json")


class TestEveryBasis:
    @pytest.mark.parametrize("basis", Basis)
    def test_has_its_units_and_no_other(self, basis: Basis) -> None:
        of = {"of": ["energy"]} if basis in {Basis.PERCENTAGE, Basis.MINIMUM} else {}
        of |= {"series": "tge_day_ahead"} if basis is Basis.ENERGY_DYNAMIC else {}
        for unit in UNITS[basis]:
            assert checked(basis=basis.value, unit=unit, **of).errors == ()
        (found,) = checked(basis=basis.value, unit="bushel", **of).errors
        assert found.code == "unknown_unit"


class TestFieldsOfSomeBases:
    @pytest.mark.parametrize(
        ("fields", "path"),
        [
            ({"basis": "percentage", "unit": "%"}, "charges[0].of"),
            ({"basis": "minimum", "unit": "PLN"}, "charges[0].of"),
            ({"of": ["energy"]}, "charges[0].of"),
            ({"basis": "minimum", "unit": "PLN", "of": ["energy", "one"]}, "charges[0].of"),
            ({"tg_phi0": "0.4"}, "charges[0].tg_phi0"),
            ({"basis": "reactive_inductive", "unit": "MWh", "tg_phi0": "0"}, "charges[0].tg_phi0"),
            ({"multiplier": "0"}, "charges[0].multiplier"),
            ({"clock": "weekly"}, "charges[0].clock"),
            ({"basis": "energy", "unit": "kWh", "clock": "fixed"}, "charges[0].clock"),
            ({"basis": "event", "unit": "item", "clock": "variable"}, "charges[0].clock"),
        ],
    )
    def test_are_refused_where_they_do_not_belong(self, fields: dict[str, Any], path: str) -> None:
        assert [found.path for found in checked(**fields).errors] == [path]

    @pytest.mark.parametrize(
        ("fields", "clock"),
        [
            ({}, None),
            ({"clock": "contract"}, "contract"),
            ({"basis": "document", "unit": "document", "clock": "fixed"}, "fixed"),
        ],
    )
    def test_the_clock_of_a_charge_reaches_the_engine(
        self, fields: dict[str, Any], clock: str | None
    ) -> None:
        price_list = checked(**fields).price_list
        assert price_list is not None
        assert price_list.charges[0].clock == clock

    def test_reach_the_engine(self) -> None:
        price_list = checked(
            basis="reactive_inductive", unit="MWh", multiplier="0.50", tg_phi0="0.4"
        ).price_list
        assert price_list is not None
        (charge,) = price_list.charges
        assert (str(charge.multiplier), str(charge.tg_phi0)) == ("0.50", "0.4")
