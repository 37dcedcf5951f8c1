"""Kill filing at every call to AWS and to KSeF, before and after it, redeliver, and find one submission of each."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from typing import Any

import boto3
import pytest
from moto import mock_aws

from kwit.aws.document_store import DynamoDocuments
from kwit.aws.document_task_store import DynamoDocumentTasks
from kwit.aws.filing_store import DynamoFilings
from kwit.aws.package_store import S3Files
from kwit.aws.queues import SqsDocumentQueue, SqsKsefQueue
from kwit.documents.fa3_check import check_fa3
from kwit.ksef.desk import FilingDesk
from kwit.ksef.filing import Filing, FilingStatus
from kwit.ksef.following import follow_session
from kwit.ksef.ports import Availability, Outgoing, SessionState
from kwit.ksef.sending import send_documents
from tests.crash import Crash, Fault, watched
from tests.ksef.fakes import FakeGateway
from tests.ksef.office import AT, MemorySigner, correction_of, firm_bill, ksef_settings
from tests.moto_tables import make_tables, pretend_credentials

ORIGINAL = firm_bill()
DOCUMENTS = (ORIGINAL, firm_bill(2), correction_of(ORIGINAL))


@dataclass
class Dying:
    """KSeF behind calls that count as calls to AWS do: the function may die before or after each."""

    inner: FakeGateway
    fault: Fault

    def _call(self, work: Any) -> Any:
        if self.fault.when == "before" and self.fault.calls == self.fault.at:
            self.fault.calls += 1
            raise Crash
        done = work()
        self.fault.calls += 1
        if self.fault.when == "after" and self.fault.calls == self.fault.at + 1:
            raise Crash
        return done

    def send(self, invoices: Sequence[Outgoing], *, batch: bool) -> str:
        sent: str = self._call(lambda: self.inner.send(invoices, batch=batch))
        return sent

    def session(self, reference: str) -> SessionState:
        state: SessionState = self._call(lambda: self.inner.session(reference))
        return state

    def upo(self, reference: str, ksef_number: str) -> bytes:
        upo: bytes = self._call(lambda: self.inner.upo(reference, ksef_number))
        return upo

    def invoice(self, ksef_number: str) -> bytes:
        content: bytes = self._call(lambda: self.inner.invoice(ksef_number))
        return content

    def availability(self) -> Availability:
        return self.inner.availability()


@cache
def _clients() -> tuple[Any, Any, Any]:
    """Make the clients once: making them takes longer than all that a schedule does with them."""
    make: Any = boto3.client
    return make("dynamodb"), make("sqs"), make("s3")


class World:
    """Issued documents on fresh tables, with messages that come back when a function dies."""

    def __init__(self, gateway: FakeGateway, documents: Sequence[Any], *, batch_from: int = 10) -> None:
        self.settings = ksef_settings(batch_from=batch_from)
        dynamodb, self.sqs, self.s3 = _clients()
        self.tables = make_tables(dynamodb)
        self.s3.create_bucket(
            Bucket="documents", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
        )
        self.urls = {name: self.sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("submit", "render")}
        self.filings = DynamoFilings(self.tables["documents"])
        self.documents = DynamoDocuments(self.tables["documents"], self.tables["billing"])
        self.documents.put_documents(documents)
        for one in documents:
            if one.document_id == "c1":
                chain = {"pk": {"S": f"DOC#{ORIGINAL.document_id}"}, "sk": {"S": "CHAIN"}}
                item = chain | {"last_document": {"S": "c1"}}
                self.tables["documents"].client.put_item(TableName="documents", Item=item)
        self.gateway = gateway
        self.at = AT
        SqsKsefQueue(self.sqs, self.urls["submit"]).file([one.document_id for one in documents])

    def desk(self, fault: Fault) -> FilingDesk:
        return FilingDesk(
            filings=self.filings,
            documents=self.documents,
            files=S3Files(self.s3, "documents"),
            tasks=DynamoDocumentTasks(self.tables["documents"]),
            gateway=Dying(self.gateway, fault),
            queue=SqsKsefQueue(self.sqs, self.urls["submit"]),
            renders=SqsDocumentQueue(self.sqs, self.urls["render"]),
            settings_of=lambda _: self.settings,
            faults=lambda content: [one.sentence for one in check_fa3(content) if one.refuses],
            code_host="https://qr-test.ksef.mf.gov.pl",
            holidays=frozenset(),
            signer=MemorySigner(),
        )

    def work(self, fault: Fault) -> None:
        """Work the queue off, a second a message, bringing back what a death left."""
        for _ in range(200):
            found = self.sqs.receive_message(QueueUrl=self.urls["submit"]).get("Messages", [])
            if not found:
                return
            body, receipt = json.loads(found[0]["Body"]), found[0]["ReceiptHandle"]
            self.at += timedelta(seconds=1)
            try:
                with watched(fault, self.sqs, self.s3, self.tables["documents"].client):
                    self._handle(body, found[0]["MessageId"], self.desk(fault))
            except Crash:
                self.sqs.change_message_visibility(
                    QueueUrl=self.urls["submit"], ReceiptHandle=receipt, VisibilityTimeout=0
                )
            else:
                self.sqs.delete_message(QueueUrl=self.urls["submit"], ReceiptHandle=receipt)
        raise AssertionError("the messages never end")

    def _handle(self, body: dict[str, Any], message_id: str, desk: FilingDesk) -> None:
        names = tuple(body["document_ids"])
        if "session" in body:
            follow_session(body["session"], names, asked=body["asked"], desk=desk, at=self.at)
        else:
            send_documents(names, desk=desk, at=self.at, by=message_id)

    def state(self, names: Sequence[str]) -> tuple[dict[str, Filing], set[str], list[Filing]]:
        """Return the filings without what a repeat may change, what was asked to be drawn, and what is open."""
        found = self.filings.filings(names)
        plain = {name: _plain(one) for name, one in found.items()}
        drawn: set[str] = set()
        while messages := self.sqs.receive_message(QueueUrl=self.urls["render"], MaxNumberOfMessages=10).get(
            "Messages"
        ):
            for one in messages:
                drawn |= set(json.loads(one["Body"])["document_ids"])
                self.sqs.delete_message(QueueUrl=self.urls["render"], ReceiptHandle=one["ReceiptHandle"])
        return plain, drawn, list(self.filings.open_filings())


def _plain(filing: Filing) -> Filing:
    return replace(
        filing,
        revision=0,
        claimed_at=None,
        claimed_by="",
        attempts=0,
        session="",
        doubles=(),
        ksef_number=filing.ksef_number[:10],
        upo_key=filing.upo_key[:10],
        file_key=filing.file_key[:28],
        content_hash="" if filing.document_id.startswith("c") else filing.content_hash,
    )


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend_credentials(monkeypatch)


def undisturbed(documents: Sequence[Any], *, batch_from: int) -> tuple[Any, int]:
    with mock_aws():
        world = World(FakeGateway(), documents, batch_from=batch_from)
        fault = Fault(at=-1, when="never")
        world.work(fault)
        return world.state([one.document_id for one in documents]), fault.calls


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    ("documents", "batch_from"), [(DOCUMENTS, 10), (DOCUMENTS[:2], 2)], ids=["online", "package"]
)
def test_a_death_at_any_call_leaves_one_submission_of_each_document(
    when: str, documents: Sequence[Any], batch_from: int
) -> None:
    names = [one.document_id for one in documents]
    expected, calls = undisturbed(documents, batch_from=batch_from)
    filings, drawn, left = expected
    assert {one.status for one in filings.values()} == {FilingStatus.TAKEN}
    assert (drawn, left) == (set(names), [])
    assert calls > 20
    doubled = 0
    for at in range(calls):
        with mock_aws():
            world = World(FakeGateway(), documents, batch_from=batch_from)
            world.work(Fault(at=at, when=when))
            assert world.state(names) == expected, f"{when} call {at}"
            assert len(world.gateway.taken) == len(documents)
            doubled += any(one.doubles for one in world.filings.filings(names).values())
    # Only a death between KSeF taking them and the mark of it can make a repeat, and each is named.
    assert doubled >= 1
