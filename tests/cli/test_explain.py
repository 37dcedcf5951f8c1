"""`kwit explain` tells where each amount comes from, of a quote and of a bill, and sees one that does not come out."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from kwit.cli.main import app
from tests.billing.test_bill import bill, company_with
from tests.documents import notes
from tests.documents.collective_bills import three_points

GOLDENS = sorted((Path(__file__).parents[1] / "quotes").glob("*.json"))


def explain(path: Path) -> Any:
    return CliRunner().invoke(app, ["explain", str(path)])


@pytest.mark.parametrize("path", GOLDENS, ids=[path.stem for path in GOLDENS])
def test_every_line_of_a_published_quote_comes_out_again(path: Path) -> None:
    result = explain(path)
    assert result.exit_code == 0, result.stderr
    for line in json.loads(path.read_text(encoding="utf-8"))["lines"]:
        assert f"{line['name']}: {line['net']} zł" in result.stdout


def test_a_bill_names_list_page_and_readings(tmp_path: Path) -> None:
    drafts, _ = bill(company_with([(date(2026, 3, 1), "1000"), (date(2026, 4, 1), "1150.4")]))
    path = tmp_path / "bill.json"
    path.write_bytes(drafts[0].content)
    result = explain(path)
    assert result.exit_code == 0
    assert "price: pge-dystrybucja" in result.stdout
    assert "1150.400" in result.stdout


def test_an_amount_that_does_not_come_out_is_named(tmp_path: Path) -> None:
    drafts, _ = bill(company_with([(date(2026, 3, 1), "1000"), (date(2026, 4, 1), "1150.4")]))
    content = json.loads(drafts[0].content)
    content["lines"][0]["net"] = "1.23"
    path = tmp_path / "bill.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    result = explain(path)
    assert result.exit_code == 1
    assert f"{content['lines'][0]['name']}: 1.23 zł stated" in result.stderr


@pytest.mark.parametrize("text", ["", "{}", "[1]", "no json"])
def test_what_is_no_bill_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "other.json"
    path.write_text(text, encoding="utf-8")
    assert explain(path).exit_code == 2
    assert explain(tmp_path / "absent.json").exit_code == 2


def test_every_bill_of_a_collective_invoice_is_explained_and_an_amount_in_one_is_named(
    tmp_path: Path,
) -> None:
    content = json.loads(three_points().content)
    path = tmp_path / "collective.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    result = explain(path)
    assert result.exit_code == 0, result.stderr
    assert all(part["bill"]["contract_no"] in result.stdout for part in content["parts"])
    assert content["gross"] in result.stdout
    content["parts"][2]["bill"]["lines"][0]["net"] = "1.23"
    path.write_text(json.dumps(content), encoding="utf-8")
    assert explain(path).exit_code == 1


def test_a_note_tells_its_order_and_every_day_of_interest(tmp_path: Path) -> None:
    content = json.loads(notes.interest().content)
    content["order"] = {"file": "noty.csv", "content_hash": "ab" * 32, "row": 7, "sheet": "Odsetki"}
    path = tmp_path / "note.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    result = explain(path)
    assert result.exit_code == 0, result.stderr
    assert f"order: noty.csv, sheet Odsetki, row 7, SHA-256 {'ab' * 32}" in result.stdout
    assert "2026-01-21 to 2026-03-04: 12345.67 × 0.0950 × 43 / 365 = 138.17 zł" in result.stdout
    assert "due 2026-02-10, not paid" in result.stdout
    path.write_bytes(notes.accounting().content)
    assert "basis: § 9 ust. 2 umowy" in explain(path).stdout


def test_interest_that_does_not_come_out_is_named(tmp_path: Path) -> None:
    content = json.loads(notes.interest().content)
    first, second = content["interest"][0]["periods"]
    first["amount"], second["amount"] = "138.18", "50.05"
    path = tmp_path / "note.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    result = explain(path)
    assert result.exit_code == 1
    assert "FV/2026/01/000007: 138.18 zł stated, 138.17 zł worked out" in result.stderr
