"""Quotes worked out by hand, one for each rule that no published bill shows."""

import importlib.util
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from kwit.cli.main import app

ROOT = Path(__file__).parents[2]
RULES = ROOT / "events" / "quotes" / "rules"
NAMES = sorted(path.stem for path in RULES.glob("*.yaml"))


def run(path: Path, *more: str) -> Any:
    return CliRunner().invoke(app, ["quote", str(path), *more])


def verify(bill: dict[str, Any]) -> None:
    spec = importlib.util.spec_from_file_location("verify_bill", ROOT / "verifier" / "verify_bill.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.verify(bill)


def refuse(bill: dict[str, Any]) -> None:
    """Raise ValueError with what the verifier says of a bill that does not hold."""
    try:
        verify(bill)
    except Exception as error:
        if type(error).__name__ != "DifferenceError":
            raise
        raise ValueError(str(error)) from error


@pytest.mark.parametrize("name", NAMES)
class TestAQuoteOfARule:
    def test_comes_out_as_worked_out_by_hand_and_verifies(self, name: str) -> None:
        result = run(RULES / f"{name}.yaml", "--json")
        assert result.exit_code == 0, result.output
        verify(json.loads(result.stdout))

    def test_is_rejected_by_the_verifier_with_any_figure_of_a_line_changed(self, name: str) -> None:
        quoted = json.loads(run(RULES / f"{name}.yaml", "--json").stdout)
        for index, line in enumerate(quoted["lines"]):
            for field in ("net", "price", "quantity"):
                bill = json.loads(json.dumps(quoted))
                bill["lines"][index][field] = str(Decimal(line[field]) + 1000)
                with pytest.raises(ValueError, match=line["charge"]):
                    refuse(bill)
            for place in range(len(line["factors"])):
                bill = json.loads(json.dumps(quoted))
                bill["lines"][index]["factors"][place]["value"] = "1000"
                with pytest.raises(ValueError, match=line["charge"]):
                    refuse(bill)

    def test_says_how_its_figures_were_worked_out_and_names_every_line(self, name: str) -> None:
        scenario = yaml.safe_load((RULES / f"{name}.yaml").read_text(encoding="utf-8"))
        assert scenario["note"]
        assert scenario["expect"]["lines"]
        assert scenario["expect"].get("all_lines", True)

    def test_would_not_pass_with_another_quantity_or_net_of_a_line(self, name: str, tmp_path: Path) -> None:
        scenario = yaml.safe_load((RULES / f"{name}.yaml").read_text(encoding="utf-8"))
        for line in scenario["expect"]["lines"]:
            for field in ("quantity", "net"):
                printed = line[field]
                line[field] = f"-1{printed[1:]}" if printed.startswith("-") else f"1{printed}"
                path = tmp_path / "changed.json"
                for one in RULES.glob("*.csv"):
                    (tmp_path / one.name).write_bytes(one.read_bytes())
                path.write_text(json.dumps(scenario, default=str), encoding="utf-8")
                result = run(path)
                assert result.exit_code == 1, result.output
                assert field in result.stderr
                line[field] = printed
