"""Notes from a file dropped in the inbox to people's mailboxes and the books, on the handlers and moto."""

import csv
import io
from decimal import Decimal
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from kwit.aws.settings import RateContractsSettings
from kwit.cli.main import app as command
from kwit.registry.records import PartyKind
from tests.billing.memory_case import contract, party
from tests.functions.run_office import approve, hand, report, work_off
from tests.functions.test_handlers import EVENTS, Cloud, cloud, event, furnished  # noqa: F401 - fixtures

ORDER = (EVENTS / "inbox" / "note-orders" / "noty.yaml").read_text(encoding="utf-8")
INTEREST = "NO/2026/000001"


def order(cloud: Cloud, text: str, *, name: str = "noty.yaml") -> dict[str, Any]:  # noqa: F811
    return cloud.drops("import_note_orders", f"inbox/note-orders/{name}", text.encode())


def carry_out(cloud: Cloud, told: dict[str, Any]) -> dict[str, Any]:  # noqa: F811
    """Carry a run of notes through to mailboxes; return its report."""
    (finding,) = told["findings"]
    assert finding["code"] == "run_started"
    work_off(cloud)
    for name, function in (
        ("issue", "issue_documents"), ("render", "render_documents"), ("deliver", "deliver_documents"),
    ):  # fmt: skip
        for message in cloud.messages(name):
            hand(cloud, function, message)
    work_off(cloud)
    return report(cloud, finding["value"])


@pytest.fixture
def bakery(furnished: Cloud) -> Cloud:  # noqa: F811
    """Know the firm that the sample charges, at its contract."""
    registry = furnished.application(RateContractsSettings).registry
    firm: dict[str, Any] = {
        "party_id": "K0030",
        "kind": PartyKind.FIRM,
        "name": "Piekarnia Pod Kogutem",
        "nip": "7740001454",
    }
    no = "U/2026/0030"
    registry.put([party(no, **firm), contract(no, party_id="K0030", payer_id="K0030")])
    return furnished


def test_an_order_becomes_posted_notes_in_mailboxes(bakery: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    told = carry_out(bakery, order(bakery, ORDER))
    issued = told["issued"]
    assert (told["status"], told["drafts"], issued["faults"]) == ("issued", 2, [])
    assert sorted(issued["numbers"]) == [["NK/2026/000001"] * 2, [INTEREST] * 2]
    due = Decimal(issued["due"])
    # 2345.67 × 14 % × 53 days from 27 January (the 24th is a Saturday), 1980.10 × 14 % × 43 days, and 183.92 charged.
    assert due == Decimal("183.92") + Decimal("47.68") + Decimal("32.66")
    assert issued["gross"] == issued["receivable"] == issued["debit"] == issued["credit"] == issued["due"]
    assert told["money"]["vat"] == issued["vat"] == "0.00"
    assert bakery.messages("submit") == []
    for number in ("NK-2026-000001", "NO-2026-000001"):
        assert bakery.file("documents", f"invoices/2026/04/{number}.pdf").startswith(b"%PDF")
    assert bakery.run("export_postings", evening("export_postings")) == []
    (key,) = [one for one in bakery.keys("documents") if one.startswith("exports/postings-")]
    rows = list(csv.DictReader(io.StringIO(bakery.file("documents", key).decode("utf-8-sig")), delimiter=";"))
    assert {(row["konto"], row["strona"], row["klucz"]) for row in rows} == {
        ("200", "Wn", "receivable"), ("760-1", "Ma", "note"), ("750-1", "Ma", "interest"),
    }  # fmt: skip
    assert bakery.run("publish_reports", evening("publish_reports")) == []

    for name, value in bakery.environment.items():
        monkeypatch.setenv(name, value)
    replayed = run("replay", "NK/2026/000001", INTEREST)
    assert (replayed.exit_code, replayed.stdout) == (0, "2 documents replayed, 0 differ\n"), replayed.output
    explained = run("explain", INTEREST)
    assert explained.exit_code == 0, explained.output
    assert "order: noty.yaml, row 16, SHA-256 " in explained.stdout
    assert "2026-01-27 to 2026-03-20: 2345.67 × 0.1400 × 53 / 365 = 47.68 zł" in explained.stdout


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, list(arguments))


def test_the_same_order_again_issues_nothing(bakery: Cloud) -> None:
    carry_out(bakery, order(bakery, ORDER))
    again = order(bakery, ORDER, name="noty-kopia.yaml")
    assert (again["status"], again["accepted"]) == ("duplicate_file", 0)
    assert bakery.messages("close") == []


def test_an_order_with_an_error_is_refused_whole_and_names_every_row(bakery: Cloud) -> None:
    told = order(bakery, ORDER.replace("K0030", "K9999", 1).replace('"15.00"', '"-15.00"'))
    assert (told["status"], told["accepted"]) == ("rejected", 0)
    assert {(one["row"], one["code"]) for one in told["findings"]} == {
        (6, "unknown_party"), (15, "amount_not_positive"),
    }  # fmt: skip
    told = order(bakery, ORDER.replace("K0030", "K9999"))
    assert [(one["row"], one["code"]) for one in told["findings"]] == [
        (6, "unknown_party"), (16, "unknown_party"),
    ]  # fmt: skip
    assert bakery.messages("close") == []


def test_a_dry_order_waits_and_is_approved_by_its_hash(bakery: Cloud) -> None:
    told = order(bakery, ORDER.replace("by: ewa.zrodlana", "by: ewa.zrodlana\ndry: true"))
    run_id = told["findings"][0]["value"]
    work_off(bakery)
    waiting = report(bakery, run_id)
    assert (waiting["status"], waiting["faults"]) == ("waiting_for_approval", [])
    assert bakery.messages("compare") == []
    lines = ("by: jan", f"drafts_hash: '{waiting['drafts_hash']}'", "action: approve_and_issue")
    assert approve(bakery, run_id, *lines)["status"] == "accepted"
    for message in bakery.messages("issue"):
        hand(bakery, "issue_documents", message)
    work_off(bakery)
    assert report(bakery, run_id)["issued"]["documents"] == 2


def test_notes_beside_bills_leave_the_sales_report_as_it_is(bakery: Cloud) -> None:
    carry_out(bakery, order(bakery, ORDER))
    assert bakery.run("plan_billing_run", evening("plan_billing_run")) == []
    work_off(bakery)
    for message in bakery.messages("issue"):
        hand(bakery, "issue_documents", message)
    work_off(bakery)
    assert bakery.run("publish_reports", evening("publish_reports")) == []
    assert bakery.run("export_postings", evening("export_postings")) == []


def evening(name: str) -> dict[str, Any]:
    """Return the sample of a schedule on the day that the notes are issued."""
    body = event(name)
    body["Records"][0]["body"] = body["Records"][0]["body"].replace("2026-04-01", "2026-04-08")
    return body
