"""What people ask for about issued documents, by dropped files and by the commands: mail again, tasks, KSeF."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from typer.testing import CliRunner

from kwit.aws.document_store import DynamoDocuments
from kwit.aws.document_task_store import DynamoDocumentTasks
from kwit.aws.filing_store import DynamoFilings
from kwit.aws.mail import DynamoDeliveries, DynamoSuppressions
from kwit.aws.table import Table
from kwit.cli.main import app
from kwit.delivery.message import address_mark
from kwit.delivery.ports import MailStatus
from kwit.documents.document import Document
from kwit.documents.tasks import document_task
from kwit.kernel.identifiers import content_hash
from kwit.ksef.filing import Filing, FilingStatus
from tests.functions import test_handlers
from tests.functions.run_office import hand
from tests.functions.test_handlers import DOCUMENT, STEPS, Cloud, cloud, furnished  # noqa: F401 - fixtures
from tests.ksef.office import firm_bill

AT = datetime(2026, 4, 8, 10, tzinfo=UTC)
NUMBER = "FV/2026/04/000001"
ADDRESS = "zaneta@example.org"


def order(cloud: Cloud, *lines: str) -> dict[str, Any]:  # noqa: F811
    text = "\n".join(("format: kwit/document-order/1", "by: anna", *lines))
    return cloud.drops("import_document_orders", "inbox/document-orders/zlecenie.yaml", text.encode())


def codes(told: dict[str, Any]) -> list[str]:
    return [one["code"] for one in told["findings"]]


@pytest.fixture
def mailed(furnished: Cloud) -> Cloud:  # noqa: F811
    """Bill one household and mail the invoice."""
    for name in STEPS:
        assert furnished.run(name) == []
    furnished.messages("deliver")
    return furnished


def table(cloud: Cloud) -> Table:  # noqa: F811
    return Table(cloud.clients.dynamodb, "documents")


def test_an_e_mail_is_sent_again_once_for_an_order_that_comes_twice(mailed: Cloud) -> None:
    deliveries = DynamoDeliveries(table(mailed))
    assert order(mailed, f"resend: [{NUMBER}]")["status"] == "accepted"
    assert mailed.messages("deliver") == [{"document_ids": [DOCUMENT]}]
    assert order(mailed, f"resend: [{NUMBER}]")["status"] == "accepted"
    for _ in range(2):
        hand(mailed, "deliver_documents", {"document_ids": [DOCUMENT]})
    standing = deliveries.delivery(DOCUMENT)
    assert standing is not None
    assert (standing.status, standing.attempt) == (MailStatus.SENT, 1)


def test_another_address_is_written_to_when_a_person_names_it(mailed: Cloud) -> None:
    order(mailed, f"resend_to: {{{NUMBER}: nowa@example.org}}")
    standing = DynamoDeliveries(table(mailed)).delivery(DOCUMENT)
    assert standing is not None
    assert (standing.status, standing.to) == (MailStatus.RESEND, "nowa@example.org")


def test_a_suppressed_address_is_lifted_by_the_document(mailed: Cloud) -> None:
    suppressions = DynamoSuppressions(table(mailed))
    suppressions.suppress(address_mark(ADDRESS), why="bounced", at=AT)
    assert order(mailed, f"lift: [{NUMBER}]")["status"] == "accepted"
    assert suppressions.suppressed([address_mark(ADDRESS)]) == frozenset()


def test_tasks_are_settled_by_id_and_unknown_ones_are_named(mailed: Cloud) -> None:
    tasks = DynamoDocumentTasks(table(mailed))
    task = document_task(kind="mail_bounced", document_id=DOCUMENT, number=NUMBER, sentence="Odbita.", at=AT)
    tasks.raise_task(task)
    told = order(mailed, f"settle: ['{task.task_id}', '0000']")
    assert codes(told) == ["task_unknown"]
    assert tasks.open_document_tasks() == []


def test_unknown_numbers_are_named_one_by_one(mailed: Cloud) -> None:
    told = order(mailed, "resend: [FV/9]", "lift: [FV/8]", "resubmit: [FV/7]")
    assert codes(told) == ["document_unknown"] * 3
    assert {one["value"] for one in told["findings"]} == {"FV/9", "FV/8", "FV/7"}


@pytest.mark.parametrize(
    "content", [b"format: kwit/document-order/1\nby: anna\n", b"format: x\n", b"a: [\n", b"\xff", b""]
)
def test_an_order_for_nothing_or_of_nonsense_is_refused(cloud: Cloud, content: bytes) -> None:  # noqa: F811
    told = cloud.drops("import_document_orders", "inbox/document-orders/zle.yaml", content)
    assert told["status"] == "rejected"
    assert told["findings"]


def keep_firm_bill(cloud: Cloud) -> Document:  # noqa: F811
    """Keep a firm's bill made under the settings that were dropped."""
    documents = DynamoDocuments(table(cloud), table(cloud))
    known = documents.document(DOCUMENT)
    assert known is not None
    version = known.bill().settings_version
    bill = firm_bill(9)
    content = bill.bill().model_copy(update={"settings_version": version}).canonical()
    kept = replace(bill, content=content, content_hash=content_hash(content))
    documents.put_documents([kept])
    return kept


def test_an_invoice_that_ksef_refused_is_made_anew_and_sent_again(mailed: Cloud) -> None:
    document = keep_firm_bill(mailed)
    filings = DynamoFilings(table(mailed))
    filings.begin(Filing("d9", document.number, document.issue_date, FilingStatus.REFUSED, code=450))
    assert codes(order(mailed, f"resubmit: [{document.number}]")) == ["resubmitted"]
    assert mailed.messages("submit") == [{"document_ids": ["d9"]}]
    filing = filings.filings(["d9"])["d9"]
    assert filing.status is FilingStatus.WAITING
    assert b"<P_2>FV/2026/04/000009</P_2>" in mailed.file("documents", filing.file_key)
    assert codes(order(mailed, f"resubmit: [{document.number}]")) == ["not_refused"]


def command(cloud: Cloud, monkeypatch: pytest.MonkeyPatch, *words: str) -> str:  # noqa: F811
    for name, value in cloud.environment.items():
        monkeypatch.setenv(name, value)
    result = CliRunner().invoke(app, ["documents", *words])
    assert result.exit_code == 0, result.output
    return result.output


def test_the_command_says_where_a_document_stands(mailed: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    assert mailed.run("handle_mail_events", test_handlers.told_of_mail(mailed)) == []
    told = command(mailed, monkeypatch, "show", NUMBER)
    assert f"number        {NUMBER}" in told
    assert "complained since" in told
    assert "Delivery" in told
    assert "invoices/2026/04/FV-2026-04-000001.pdf" in told
    assert ADDRESS not in told


def test_the_command_lists_and_settles_tasks(mailed: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    assert mailed.run("handle_mail_events", test_handlers.told_of_mail(mailed)) == []
    tasks = DynamoDocumentTasks(table(mailed)).open_document_tasks()
    assert [one.kind for one in tasks] == ["mail_complained"]
    assert "1 open" in command(mailed, monkeypatch, "tasks")
    command(mailed, monkeypatch, "settle", tasks[0].task_id, "--by", "anna")
    assert "0 open" in command(mailed, monkeypatch, "tasks")


def test_a_document_that_ksef_has_not_taken_is_not_drawn(mailed: Cloud) -> None:
    keep_firm_bill(mailed)
    body = test_handlers.event("render_documents")
    body["Records"][0]["body"] = json.dumps({"document_ids": ["d9"]})
    assert mailed.run("render_documents", body) == [body["Records"][0]["messageId"]]
