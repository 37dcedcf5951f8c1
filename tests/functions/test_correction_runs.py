"""From a wrong price list to corrections in people's mailboxes, by dropped files alone, on the handlers and moto."""

import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kwit.aws.settings import IssueDocumentsSettings, RateContractsSettings
from kwit.billing.correction_content import CorrectionContent
from kwit.documents.document import Document
from tests.billing.memory_case import contract, meter, party, point, state
from tests.functions.run_office import approve, hand, order, report, work_off
from tests.functions.test_handlers import EVENTS, Cloud, cloud, event, furnished  # noqa: F401 - fixtures

LIST = "jasna-energia-2026.yaml"
CONTRACTS = ("U/1", *(f"U/{n}" for n in range(10, 21)))


def issue(cloud: Cloud, run_id: str) -> dict[str, Any]:  # noqa: F811
    """Approve all of a run, issue it, render and send what was issued; return its report."""
    told = report(cloud, run_id)
    lines = ("by: ewa", f"drafts_hash: '{told['drafts_hash']}'", "action: approve_and_issue")
    assert approve(cloud, run_id, *lines)["status"] == "accepted"
    for message in cloud.messages("issue"):
        hand(cloud, "issue_documents", message)
    work_off(cloud)
    for name, function in (("render", "render_documents"), ("deliver", "deliver_documents")):
        for message in cloud.messages(name):
            hand(cloud, function, message)
    return report(cloud, run_id)


def start(cloud: Cloud, *lines: str) -> str:  # noqa: F811
    """Order a run and carry it to where it waits; return its id."""
    (finding,) = order(cloud, "by: jan", *lines)["findings"]
    work_off(cloud)
    run_id: str = finding["value"]
    return run_id


def drop_list(cloud: Cloud, content: bytes, *, day: int) -> None:  # noqa: F811
    """Drop a version of the seller's list, known on a day of May."""
    body = event("import_price_list")
    told = json.loads(body["Records"][0]["body"])
    key = f"inbox/price-lists/poprawka-{day}.yaml"
    cloud.drop(key, content)
    told["detail"]["object"] |= {"key": key}
    told["time"] = f"2027-05-{day:02}T08:00:00Z"
    body["Records"][0]["body"] = json.dumps(told)
    assert cloud.run("import_price_list", body) == []
    result = cloud.result(key)
    assert result["status"] == "accepted"
    assert "price_list_replaced" in {one["code"] for one in result["findings"]}


def documents_of(cloud: Cloud, contract_no: str) -> Sequence[Document]:  # noqa: F811
    """Return a contract's documents by day of issue and number."""
    store = cloud.application(IssueDocumentsSettings).documents
    found = [store.document(one.document_id) for one in store.issued(contract_no)]
    return [one for one in found if one is not None]


@pytest.fixture
def billed(furnished: Cloud) -> Cloud:  # noqa: F811
    """Issue the bills of March of twelve contracts."""
    app = furnished.application(RateContractsSettings)
    for index, no in enumerate(CONTRACTS[1:]):
        app.registry.put([contract(no), party(no), point(no), meter(no)])
        last = str(1100 + index * 13)
        app.readings.put([state(no, date(2026, 3, 1), "1000"), state(no, date(2026, 4, 1), last)])
    told = issue(furnished, start(furnished))
    assert told["issued"]["documents"] == len(CONTRACTS)
    return furnished


def test_a_wrong_price_is_corrected_for_all_and_the_books_agree(billed: Cloud) -> None:
    wrong = (EVENTS / "inbox" / "price-lists" / LIST).read_bytes()
    right = wrong.replace(b'price: "0.5890"', b'price: "0.5790"')
    assert right != wrong
    drop_list(billed, right, day=5)
    run_id = start(billed, "kind: corrections", "price_lists: [jasna-energia]", "reason: Błędna cena.")
    told = report(billed, run_id)
    assert (told["status"], told["drafts"], told["faults"]) == ("waiting_for_approval", len(CONTRACTS), [])
    diff = json.loads(billed.file("documents", f"exports/diff-{run_id}-previous.json"))
    assert list(diff["by_cause"]) == ["price"]
    assert diff["difference"] == told["money"]["gross"] == diff["by_cause"]["price"]

    told = issue(billed, run_id)
    issued = told["issued"]
    assert (told["status"], issued["documents"], issued["faults"]) == ("issued", len(CONTRACTS), [])
    assert issued["numbers"] == [["FK/2026/04/000001", "FK/2026/04/000012"]]
    assert issued["gross"] == issued["receivable"] == issued["debit"] == issued["credit"]
    corrected = Decimal(0)
    for no in CONTRACTS:
        correction, invoice = documents_of(billed, no)
        content = correction.read()
        assert isinstance(content, CorrectionContent)
        assert content.before == invoice.bill()
        assert sum(cause.gross for cause in content.causes) == content.gross < 0
        corrected += content.gross
        assert billed.file("documents", f"invoices/2026/04/{correction.number.replace('/', '-')}.pdf")
    assert corrected == Decimal(issued["gross"])

    again = start(billed, "kind: corrections", "price_lists: [jasna-energia]", "reason: Jeszcze raz.")
    assert report(billed, again)["drafts"] == 0
    assert billed.run("export_postings") == []
    assert billed.run("publish_reports") == []


def test_an_order_that_names_a_document_nobody_issued_is_refused(billed: Cloud) -> None:
    told = order(billed, "by: jan", "kind: corrections", "documents: [FV/2099/01/000001]")
    assert (told["status"], told["findings"][0]["code"]) == ("rejected", "document_unknown")


def test_a_cancelled_bill_is_released_and_billed_again(billed: Cloud) -> None:
    (invoice,) = documents_of(billed, "U/1")
    lines = ("kind: corrections", f"documents: [{invoice.number}]", "cancel: true", "release: true")
    issue(billed, start(billed, *lines, "reason: Zły nabywca."))
    issue(billed, start(billed, "contracts: [U/1]", "reason: jeszcze raz"))
    correction, first, second = sorted(documents_of(billed, "U/1"), key=lambda one: one.number)
    assert first == invoice
    assert correction.number.startswith("FK")
    assert second.content == invoice.content
    assert second.document_id != invoice.document_id
