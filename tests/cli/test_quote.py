"""`kwit quote`: scenarios as people write them, every fault at once, differences, explanation, comparison."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from kwit.cli.main import app
from kwit.cli.scenario import Scenario, json_schema_text

ROOT = Path(__file__).parents[2]
QUOTES = ROOT / "events" / "quotes"
ENERGA = QUOTES / "energa-g11-2026-02-04-2months.yaml"

GIVEN = {
    "format": "kwit/quote/1",
    "period": {"first_day": "2026-03-01", "last_day": "2026-03-31"},
    "charges": [
        {
            "code": "energy",
            "name": "Energia czynna",
            "section": "sale",
            "quantity": "9",
            "unit": "kWh",
            "price": "0.505",
        }
    ],
}
OWN_LIST = {
    "format": "kwit/price-list/1",
    "code": "own",
    "kind": "levies",
    "issuer": "Jasna Energia S.A.",
    "title": "Oferta",
    "valid": {"from": "2026-01-01"},
    "source": {"document": "Oferta", "confidence": "own", "uncited": "an offer has no pages"},
    "rates": {"vat_standard": [{"rate": "0.23", "page": "art. 41"}]},
    "groups": {"G11": {"household": True, "zones": {"all": "całodobowa"}}},
}
ENERGY = {
    "code": "energy",
    "name": "Energia czynna",
    "section": "sale",
    "basis": "energy_by_zone",
    "unit": "kWh",
    "digits": 2,
    "posting": "sale.energy",
    "prices": [{"price": "0.50"}],
}


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["quote", *arguments])


def write(tmp_path: Path, scenario: object, name: str = "scenario.json") -> str:
    path = tmp_path / name
    path.write_text(json.dumps(scenario, ensure_ascii=False), encoding="utf-8")
    return str(path)


def own(*charges: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Make a scenario of one inline list and 100 kWh of March 2026."""
    return {
        "format": "kwit/quote/1",
        "period": {"first_day": "2026-03-01", "last_day": "2026-03-31"},
        "group": "G11",
        "lists": [OWN_LIST | {"charges": list(charges)}],
        "usage": {"totals": [{"kwh": {"all": "100"}}]},
    } | more


def quoted(tmp_path: Path, scenario: object) -> dict[str, Any]:
    result = run(write(tmp_path, scenario), "--json")
    assert result.exit_code == 0, result.output
    content: dict[str, Any] = json.loads(result.stdout)
    return content


class TestAScenario:
    def test_of_given_charges_needs_no_price_list(self, tmp_path: Path) -> None:
        content = quoted(tmp_path, GIVEN)
        assert [line["net"] for line in content["lines"]] == ["4.55"]
        assert (content["net"], content["vat"], content["gross"]) == ("4.55", "1.05", "5.60")

    def test_multiplies_a_given_charge_by_all_it_says(self, tmp_path: Path) -> None:
        charge = GIVEN["charges"][0] | {"multiplier": "3", "coefficient": "0.5"}  # type: ignore[index]
        content = quoted(tmp_path, GIVEN | {"charges": [charge]})
        assert content["lines"][0]["net"] == "6.82"
        assert [factor["value"] for factor in content["lines"][0]["factors"]] == ["3", "0.5"]

    def test_with_an_inline_list_is_rated_like_any_bill(self, tmp_path: Path) -> None:
        assert quoted(tmp_path, own(ENERGY))["net"] == "50.00"

    def test_takes_its_bracket_by_name(self, tmp_path: Path) -> None:
        scenario = yaml.safe_load(ENERGA.read_text(encoding="utf-8"))
        del scenario["annual_kwh"], scenario["expect"]
        scenario["bracket"] = "under_500"
        path = tmp_path / "s.json"
        path.write_text(json.dumps(scenario, default=str), encoding="utf-8")
        lines = json.loads(run(str(path), "--json").stdout)["lines"]
        assert next(line["price"] for line in lines if line["charge"] == "capacity") == "4.29"

    def test_splits_energy_at_a_state_between(self, tmp_path: Path) -> None:
        prices = [{"until": "2026-03-11", "price": "0.50"}, {"from": "2026-03-11", "price": "0.60"}]
        between = [{"end_of": "2026-03-10", "state": "1070"}]
        register = {"first": "1000", "last": "1100", "between": between}
        usage = {"registers": [register]}
        lines = quoted(tmp_path, own(ENERGY | {"prices": prices}, usage=usage))["lines"]
        assert [line["quantity"] for line in lines] == ["70", "30"]

    def test_counts_a_part_of_a_month_as_printed(self, tmp_path: Path) -> None:
        fee = ENERGY | {"code": "capacity", "basis": "month", "unit": "month", "prices": [{"price": "14.90"}]}
        content = quoted(tmp_path, own(fee, months="3.2", profile={"month_digits": 1}))
        assert [(line["quantity"], line["net"]) for line in content["lines"]] == [("3.2", "47.68")]

    def test_counts_the_months_of_one_charge_apart(self, tmp_path: Path) -> None:
        fee = ENERGY | {"code": "capacity", "basis": "month", "unit": "month", "prices": [{"price": "14.90"}]}
        other = fee | {"code": "subscription"}
        content = quoted(tmp_path, own(fee, other, months="4", months_of={"capacity": "3.2"}))
        assert [line["quantity"] for line in content["lines"]] == ["3.2", "4"]

    def test_reads_an_interval_series_beside_it(self, tmp_path: Path) -> None:
        values = ["start;kWh", *(f"{hour};0,125" for hour in range(743))]
        (tmp_path / "march.csv").write_text("\n".join(values), encoding="utf-8")
        content = quoted(tmp_path, own(ENERGY, usage={"series": [{"file": "march.csv"}]}))
        assert content["energy"] == [
            {"quantity": "import", "zone": "all", "label": "całodobowa", "wh": 92875, "kwh": 93}
        ]

    def test_bills_kwh_as_read_where_the_seller_does(self, tmp_path: Path) -> None:
        usage = {"registers": [{"first": "1000.000", "last": "1398.460"}]}
        content = quoted(tmp_path, own(ENERGY, usage=usage, profile={"kwh_digits": 3}))
        assert [(line["quantity"], line["net"]) for line in content["lines"]] == [("398.460", "199.23")]

    def test_takes_the_printed_energy_of_the_capacity_hours(self, tmp_path: Path) -> None:
        one = {"basis": "capacity_hours_energy", "code": "capacity_energy", "digits": 4}
        fee = ENERGY | one | {"prices": [{"price": "0.2194"}]}
        content = quoted(tmp_path, own(fee, capacity_kwh="40", capacity_coefficient="0.5"))
        assert [(line["quantity"], line["net"]) for line in content["lines"]] == [("40", "4.39")]

    def test_adds_registers_of_losses_to_their_zone(self, tmp_path: Path) -> None:
        registers = [
            {"first": "0", "last": "93.4"},
            {"first": "0", "last": "4.3", "register": "I2h", "meter": "losses"},
        ]
        content = quoted(tmp_path, own(ENERGY, usage={"registers": registers}))
        assert [line["quantity"] for line in content["lines"]] == ["98"]

    def test_bills_a_dynamic_price_as_one_line(self, tmp_path: Path) -> None:
        (tmp_path / "use.csv").write_text("\n".join(["0.5"] * 743), encoding="utf-8")
        prices = ["-50.00", *["400.00"] * 742]
        (tmp_path / "prices.csv").write_text("\n".join(prices), encoding="utf-8")
        scenario = {key: value for key, value in GIVEN.items() if key != "charges"}
        scenario["usage"] = {"series": [{"file": "use.csv"}]}
        scenario["dynamic"] = {"file": "prices.csv", "margin": "0.0892"}
        (line,) = quoted(tmp_path, scenario)["lines"]
        assert (line["quantity"], line["price"], line["net"]) == ("372", "0.48794", "181.51")

    def test_of_a_dynamic_price_needs_the_series_and_all_prices(self, tmp_path: Path) -> None:
        dynamic = {"dynamic": {"file": "prices.csv", "margin": "0.0892"}}
        result = run(write(tmp_path, GIVEN | dynamic))
        assert "exactly one series of import" in result.stderr
        (tmp_path / "use.csv").write_text("\n".join(["0.5"] * 743), encoding="utf-8")
        (tmp_path / "prices.csv").write_text("400.00\n", encoding="utf-8")
        result = run(write(tmp_path, GIVEN | dynamic | {"usage": {"series": [{"file": "use.csv"}]}}))
        assert "1 values of 60 minutes; the period has 743" in result.stderr

    @pytest.mark.parametrize(
        ("power", "quantity"),
        [({"excesses": ["1", "2.5"]}, "3.5"), ({"maximum": "12"}, "20"), ({"maximum": "9"}, "0")],
    )
    def test_charges_power_over_the_contract(self, power: object, quantity: str, tmp_path: Path) -> None:
        fee = ENERGY | {"basis": "power_excess", "code": "power_excess", "unit": "kW"}
        (line,) = quoted(tmp_path, own(fee, power=power, contracted_kw="10"))["lines"]
        assert line["quantity"] == quantity

    def test_finds_power_over_the_contract_in_its_series(self, tmp_path: Path) -> None:
        values = ["9.999", "10.500", *["1.000"] * 741]
        (tmp_path / "march.csv").write_text("\n".join(values), encoding="utf-8")
        fee = ENERGY | {"basis": "power_excess", "code": "power_excess", "unit": "kW"}
        usage = {"series": [{"file": "march.csv"}]}
        (line,) = quoted(tmp_path, own(fee, usage=usage, contracted_kw="10"))["lines"]
        assert (line["quantity"], line["net"]) == ("0.500", "0.25")

    def test_settles_advances_as_lines(self, tmp_path: Path) -> None:
        advances = {
            "invoiced": [{"name": "Zaliczka", "net": "30.00"}],
            "following": [{"name": "Rata", "net": "45.00"}],
        }
        content = quoted(tmp_path, own(ENERGY, advances=advances))
        assert content["net"] == "65.00"
        assert [section["section"] for section in content["sections"]] == ["sale", "advance"]


class TestEveryFault:
    def test_is_named_at_once_with_its_line(self, tmp_path: Path) -> None:
        text = ENERGA.read_text(encoding="utf-8")
        for old, new in (
            ("phases: 3", "phases: 2"),
            ('last: "11086.221"', "lst: 11086.221"),
            ("energa-operator", "energa-operatr"),
            ('price: "0.6114"}]}', "price: 0.6114}]}"),
        ):
            assert old in text
            text = text.replace(old, new, 1)
        path = tmp_path / "wrong.yaml"
        path.write_text(text, encoding="utf-8")
        result = run(str(path))
        assert result.exit_code == 2
        told = result.stderr.splitlines()
        assert all(line.startswith("wrong.yaml:") for line in told)
        for place in (
            "phases",
            "usage.registers[0].last",
            "usage.registers[0].lst",
            "price_lists[0]",
            "lists[0]",
        ):
            assert any(place in line for line in told), place

    @pytest.mark.parametrize(
        ("change", "told"),
        [
            ({"charges": []}, "nothing to quote"),
            ({"period": {"first_day": "2026-03-31", "last_day": "2026-03-01"}}, "before first_day"),
            ({"period": {"first_day": "2026-03-01", "last_day": "9999-12-31"}}, "not between"),
            ({"price_lists": ["energa-obrot"]}, "need a group"),
            ({"price_lists": ["none.yaml"], "group": "G11"}, "none.yaml  price_lists[0]: cannot be read"),
            ({"annual_kwh": 1, "bracket": "under_500"}, "not both"),
            ({"months": "0"}, "over zero"),
            ({"months": "100000"}, "months"),
            ({"power": {}}, "excesses or maximum"),
            ({"prosumer": {"kind": "net_metering"}}, "needs a ratio"),
            ({"prosumer": {"kind": "net_billing", "opening": "-1"}}, "negative"),
            ({"bracket": "none"}, "no bracket is called none"),
            ({"lists": ["own"]}, "keys with values"),
            ({"format": "kwit/quote/2"}, "format"),
            ({"tg_phi0": "0"}, "over zero"),
            ({"usage": {"totals": [{"kwh": {"all": "0.0001"}}]}}, "finer than 1 Wh"),
            ({"usage": {"totals": [{"kwh": {"all": "1"}, "last_day": "2026-03-05"}]}}, "does not cover"),
            ({"usage": {"registers": [{"first": "5000", "last": "10"}]}}, "reading_before_last"),
            ({"usage": {"series": [{"file": "none.csv"}]}}, "none.csv"),
        ],
    )
    def test_ends_with_two_and_no_traceback(self, change: dict[str, Any], told: str, tmp_path: Path) -> None:
        result = run(write(tmp_path, GIVEN | change))
        assert result.exit_code == 2, result.output
        assert told in result.stderr
        assert result.exception is None or isinstance(result.exception, SystemExit)

    def test_of_rating_is_told_as_well(self, tmp_path: Path) -> None:
        result = run(write(tmp_path, own(ENERGY, usage={})))
        assert result.exit_code == 2
        assert "usage_missing" in result.stderr

    def test_of_totals_with_both_signs_over_a_change_is_told(self, tmp_path: Path) -> None:
        prices = [{"until": "2026-03-11", "price": "0.50"}, {"from": "2026-03-11", "price": "0.60"}]
        totals = [
            {"last_day": "2026-03-10", "kwh": {"all": "5"}},
            {"first_day": "2026-03-11", "kwh": {"all": "-5"}},
        ]
        result = run(write(tmp_path, own(ENERGY | {"prices": prices}, usage={"totals": totals})))
        assert result.exit_code == 2
        assert "mixed_signs" in result.stderr

    def test_of_a_figure_too_long_for_money_is_told(self, tmp_path: Path) -> None:
        charge = GIVEN["charges"][0] | {"price": "9" * 40}  # type: ignore[index]
        result = run(write(tmp_path, GIVEN | {"charges": [charge]}))
        assert result.exit_code == 2
        assert "too long to be money" in result.stderr

    def test_of_a_series_names_the_row(self, tmp_path: Path) -> None:
        (tmp_path / "march.csv").write_text("1.0\n\nx\n2.00001\n", encoding="utf-8")
        result = run(write(tmp_path, own(ENERGY, usage={"series": [{"file": "march.csv"}]})))
        assert result.exit_code == 2
        assert [line.split()[0] for line in result.stderr.splitlines()] == [
            "march.csv:3",
            "march.csv:4",
            "march.csv",
        ]

    @given(content=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
    def test_of_any_bytes_is_no_traceback(
        self, content: bytes, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        path = tmp_path_factory.mktemp("any") / "s.yaml"
        path.write_bytes(content)
        assert run(str(path)).exit_code == 2

    def test_of_a_missing_file_or_a_folder_is_told(self, tmp_path: Path) -> None:
        assert run(str(tmp_path / "none.yaml")).exit_code == 2
        assert run(str(tmp_path)).exit_code == 2


class TestExpected:
    def test_figures_that_differ_are_listed_and_end_with_one(self, tmp_path: Path) -> None:
        expect = {
            "net": "4.54",
            "sections": {"sale": {"net": "4.55"}, "distribution": {"net": "1.00"}},
            "lines": [{"charge": "energy", "price": "0.505", "net": "4.54"}, {"charge": "excise"}],
        }
        result = run(write(tmp_path, GIVEN | {"expect": expect}))
        assert result.exit_code == 1
        for figure in ("document net", "section distribution net", "line energy net", "line excise"):
            assert figure in result.stderr
        assert "section sale" not in result.stderr

    def test_lines_must_be_all_unless_published_in_part(self, tmp_path: Path) -> None:
        two = [*GIVEN["charges"], GIVEN["charges"][0] | {"code": "trade_fee"}]  # type: ignore[misc,index]
        expect = {"lines": [{"charge": "energy"}]}
        assert run(write(tmp_path, GIVEN | {"charges": two, "expect": expect})).exit_code == 1
        partly = GIVEN | {"charges": two, "expect": expect | {"all_lines": False}}
        assert run(write(tmp_path, partly)).exit_code == 0


class TestOutput:
    def test_table_says_what_is_to_be_paid_and_what_is_not_confirmed(self) -> None:
        result = run(str(QUOTES / "tauron-g12w-2025-10-netbilling.yaml"))
        assert result.exit_code == 0
        for text in (
            "Do zapłaty",
            "92.78 zł",
            "Depozyt użyty",
            "tauron-dystrybucja/network_fixed: the price is secondary",
        ):
            assert text in result.stdout

    def test_explanation_names_formula_readings_list_page_and_confidence(self) -> None:
        result = run(str(ENERGA), "--explain")
        for text in (
            "2159 kWh × 0.3485 zł = 752.41 zł",
            "2026-02-04 8927.584 (actual) – 2026-04-06 11086.221 (actual) = 2158.637 kWh",
            "energa-operator, Taryfa",
            ", 41, version",
            "official",
        ):
            assert text in result.stdout

    def test_explanation_of_reactive_energy_shows_its_bracket(self) -> None:
        result = run(str(QUOTES / "enea-operator-c22w-2026-03-reactive.yaml"), "--explain")
        assert "6.807 MWh × 518.81 zł × multiplier 3 × bracket 0.04225 = 447.62 zł" in result.stdout


class TestComparison:
    def test_with_a_price_list_replaces_the_one_of_its_kind(self) -> None:
        result = run(str(ENERGA), "--vs", "energa-obrot", "--json")
        rows = {row["name"]: row for row in json.loads(result.stdout)}
        assert rows["gross"] == {"name": "gross", "first": "2794.24", "second": "2463.39", "more": "-330.85"}
        assert rows["Opłata handlowa"]["second"] == "0.00"
        assert rows["Opłata OZE"]["more"] == "0.00"

    def test_with_another_scenario_adds_up(self) -> None:
        result = run(str(ENERGA), "--vs", str(QUOTES / "mf-fa3-sample-g11-2026.yaml"), "--json")
        *lines, net, _vat, _gross, _payable = json.loads(result.stdout)
        for side in ("first", "second"):
            cents = sum(round(float(row[side]) * 100) for row in lines)
            assert cents == round(float(net[side]) * 100)

    def test_as_a_table_shows_both_and_the_difference(self) -> None:
        result = run(str(ENERGA), "--vs", "energa-obrot")
        (row,) = [line for line in result.stdout.splitlines() if "gross" in line]
        assert [cell.strip() for cell in row.split("│")] == ["gross", "2794.24", "2463.39", "-330.85"]

    def test_with_an_unknown_name_ends_with_two(self) -> None:
        result = run(str(ENERGA), "--vs", "nobody")
        assert result.exit_code == 2
        assert "nobody" in result.stderr


class TestJsonSchema:
    def test_in_the_docs_is_the_one_of_the_code(self) -> None:
        path = ROOT / "docs" / "quote.schema.json"
        assert path.read_text(encoding="utf-8") == json_schema_text()

    def test_knows_every_field_of_the_scenario(self) -> None:
        assert set(json.loads(json_schema_text())["properties"]) == set(Scenario.model_fields)
