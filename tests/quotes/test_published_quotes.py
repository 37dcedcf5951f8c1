"""Ten published bills come out of `kwit quote` to the grosz, line by line, as far as they were published."""

import importlib.util
import json
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from kwit.billing.bill import bill_contract
from kwit.cli.main import app
from tests.billing.memory_case import Company

ROOT = Path(__file__).parents[2]
SCENARIOS = sorted((ROOT / "events" / "quotes").glob("*.yaml"))
GOLDEN = Path(__file__).parent
NAMES = [path.stem for path in SCENARIOS]

FIGURES = frozenset(
    [
        "wh",
        "kwh",
        "quantity",
        "price",
        "net",
        "vat",
        "vat_rate",
        "gross",
        "rate",
        "rate_per_mwh",
        "amount",
        "opening",
        "available",
        "limit",
        "used",
        "left",
        "payable",
        "factor",
        "value",
        "multiplier",
    ]
)
# The energy of a single line before rounding is evidence; its sum over the zone is checked with the zone. What a
# month of the deposit was worth at first stands on the bill of that month.
TOLD_ONLY = frozenset({("lines", "wh")})

Place = tuple[str | int, ...]


@cache
def quoted(name: str) -> str:
    result = CliRunner().invoke(app, ["quote", str(ROOT / "events" / "quotes" / f"{name}.yaml"), "--json"])
    assert result.exit_code == 0, result.output
    return result.stdout


@cache
def verifier() -> Any:
    spec = importlib.util.spec_from_file_location("verify_bill", ROOT / "verifier" / "verify_bill.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def figures(data: object, place: Place = ()) -> Iterator[Place]:
    """Yield the place of every figure in plain data: whole numbers and decimals written as text."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from figures(value, (*place, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from figures(value, (*place, index))
    elif (isinstance(data, int) and not isinstance(data, bool)) or is_decimal(data):
        yield place


def is_decimal(value: object) -> bool:
    return isinstance(value, str) and value.lstrip("-").replace(".", "", 1).isdigit()


def printed_figures() -> list[tuple[str, Place]]:
    """Choose the last printed figure of every kind of every scenario."""
    chosen: dict[tuple[str, str], Place] = {}
    for path in SCENARIOS:
        for place in figures(yaml.safe_load(path.read_text(encoding="utf-8"))["expect"]):
            chosen[path.stem, str(place[-1])] = place
    return [(name, place) for (name, _), place in chosen.items()]


class TestThePublishedBills:
    def test_are_ten(self) -> None:
        assert len(NAMES) == 10

    @pytest.mark.parametrize("name", NAMES)
    def test_come_out_as_printed(self, name: str) -> None:
        scenario = yaml.safe_load((ROOT / "events" / "quotes" / f"{name}.yaml").read_text(encoding="utf-8"))
        assert scenario["expect"]
        quoted(name)

    @pytest.mark.parametrize("name", NAMES)
    def test_are_told_with_every_figure_and_source_as_before(
        self, name: str, golden: Callable[[Path, str], None]
    ) -> None:
        golden(GOLDEN / f"{name}.json", quoted(name))

    @pytest.mark.parametrize(("name", "place"), printed_figures())
    def test_would_not_pass_with_another_printed_figure(
        self, name: str, place: Place, tmp_path: Path
    ) -> None:
        path = ROOT / "events" / "quotes" / f"{name}.yaml"
        scenario = yaml.safe_load(path.read_text(encoding="utf-8"))
        put(scenario["expect"], place, lambda old: f"1{old.lstrip('-')}")
        scenario["price_lists"] = [
            str(path.parent / name) if name.endswith(".yaml") else name
            for name in scenario.get("price_lists", [])
        ]
        changed = tmp_path / "changed.json"
        changed.write_text(json.dumps(scenario, default=str), encoding="utf-8")
        result = CliRunner().invoke(app, ["quote", str(changed)])
        assert result.exit_code == 1, result.output
        assert str(place[-1]) in result.stderr


class TestTheVerifier:
    @pytest.mark.parametrize("name", NAMES)
    def test_accepts_every_published_quote(self, name: str) -> None:
        assert verifier().main([str(GOLDEN / f"{name}.json")]) == 0

    @given(data=st.data(), name=st.sampled_from(NAMES), by=st.integers(1, 1000))
    def test_rejects_a_quote_with_any_one_figure_changed(self, data: Any, name: str, by: int) -> None:
        bill = json.loads(quoted(name))
        place = data.draw(st.sampled_from([one for one in figures(bill) if decides(bill, one)]))
        put(bill, place, lambda old: old + by if isinstance(old, int) else str(verifier().number(old) + by))
        with pytest.raises(verifier().DifferenceError):
            verifier().verify(bill)

    def test_accepts_the_content_of_a_bill_and_rejects_another_state(self) -> None:
        company = Company()
        company.add("U/1", states=[(date(2026, 3, 1), "1000"), (date(2026, 4, 1), "1150.4")])
        drafts, _ = bill_contract(
            case=company.case("U/1", on=date(2026, 4, 1)),
            billed_to=None,
            billing=company.billing(date(2026, 4, 1)),
            readings=company.readings,
        )
        content = json.loads(drafts[0].content)
        verifier().verify(content)
        content["usage"][0]["last"]["kwh"] = "1151.400"
        with pytest.raises(verifier().DifferenceError, match=r"usage\[0\]|energy"):
            verifier().verify(content)

    def test_names_the_first_difference(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        bill = json.loads(quoted("energa-g11-2026-02-04-2months"))
        bill["lines"][0]["net"] = "1320.00"
        path = tmp_path / "bill.json"
        path.write_text(json.dumps(bill), encoding="utf-8")
        assert verifier().main([str(path)]) == 1
        assert "lines[0] energy net: stated 1320.00, computed 1320.01" in capsys.readouterr().out

    @pytest.mark.parametrize("content", ["", "[]", "{}", '{"usage": 1, "energy": []}'])
    def test_refuses_what_is_no_bill(self, content: str, tmp_path: Path) -> None:
        path = tmp_path / "bill.json"
        path.write_text(content, encoding="utf-8")
        assert verifier().main([str(path)]) == 1


def decides(bill: dict[str, Any], place: Place) -> bool:
    """Tell whether an amount rests on a figure; what is multiplied by zero decides nothing."""
    name, area = str(place[-1]), str(place[0])
    if name not in FIGURES or (area, name) in TOLD_ONLY or "inputs" in place:
        return False
    if "lots" in place and name == "value":
        return False
    others: list[str] = []
    if area == "lines" and name in {"price", "quantity", "value"}:
        line = bill["lines"][place[1]]
        others = [line[one] for one in ("price", "quantity") if one != name]
        others += [factor["value"] for factor in line["factors"]]
    elif area == "deposit" and name in {"price", "factor", "kwh"}:
        month = bill["deposit"]["months"][place[2]]
        others = [month[one] for one in ("price", "factor", "kwh") if one != name]
    elif name == "multiplier":
        others = [str(bill["usage"][place[1]]["wh"])]
    return all(verifier().number(one) != 0 for one in others)


def put(data: Any, place: Place, change: Callable[[Any], Any]) -> None:
    *way, last = place
    for part in way:
        data = data[part]
    data[last] = change(data[last])
