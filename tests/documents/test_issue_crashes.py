"""Kill the issuing path at every AWS call, before and after it, redeliver, and find the undisturbed state."""

import json
from typing import Any

import boto3
import pytest
from moto import mock_aws

from kwit.aws.document_store import DynamoDocuments
from kwit.aws.imports import DynamoImports
from kwit.aws.queues import SqsDocumentQueue, SqsRunQueue
from kwit.aws.registry_store import DynamoRegistry, DynamoSettings
from kwit.aws.run_store import DynamoRuns
from kwit.aws.table import Table
from kwit.billing import approval as approval_module
from kwit.billing.drafts import RunStatus
from kwit.billing.note_run import take_note_order
from kwit.billing.note_stores import NoteStores
from kwit.billing.runs import PlanningStores, close_run
from kwit.documents.issue import issue_batch
from kwit.ledger.postings import posted
from kwit.tariffs.holidays import statutory_holidays
from kwit.tariffs.interest import interest_table
from tests.billing import samples
from tests.billing.company import company_settings
from tests.billing.memory_case import party
from tests.crash import Crash, Fault, watched
from tests.fakes.evidence import MemoryEvidence
from tests.intake.files import dropped
from tests.moto_tables import make_tables, pretend_credentials
from tests.rating.cases import KNOWN

CONTRACTS = ("U/1", "U/2", "U/3")
TOGETHER = ("U/4", "U/5", "U/6")
State = dict[str, Any]
NOTES = "Klient;Tytuł;Podstawa;Kwota;Zlecił\n" + "".join(
    f"K-U/1;Kara {n};§ 12;{n}0,00;jan\n" for n in (1, 2, 3)
)


class World:
    """A rated run of three drafts in two batches, on fresh tables and queues.

    With `collective` a fourth draft is an invoice of three further contracts; with `notes` a second run has three
    notes, in a file as it is dropped.
    """

    def __init__(self, *, collective: bool = False, notes: bool = False) -> None:
        self.tables: dict[str, Table] = make_tables()
        self.sqs: Any = boto3.client("sqs")
        fifo = {"FifoQueue": "true", "ContentBasedDeduplication": "false"}
        self.close_url = self.sqs.create_queue(QueueName="close")["QueueUrl"]
        self.render_url = self.sqs.create_queue(QueueName="render")["QueueUrl"]
        self.issue_url = self.sqs.create_queue(QueueName="issue.fifo", Attributes=fifo)["QueueUrl"]
        self.runs = DynamoRuns(self.tables["billing"])
        self.documents = DynamoDocuments(self.tables["documents"], self.tables["billing"])
        settings = DynamoSettings(self.tables["registry"])
        settings.put(company_settings(), version="s1", known_at=KNOWN)
        self.stores = PlanningStores(settings, DynamoRegistry(self.tables["registry"]), self.runs)
        self.queue = SqsRunQueue(self.sqs, close_url=self.close_url, issue_url=self.issue_url)
        self.renders = SqsDocumentQueue(self.sqs, self.render_url)
        drafts = [samples.draft(contract_no) for contract_no in CONTRACTS]
        drafts += [samples.collective(*TOGETHER)] if collective else []
        contracts = [no for one in drafts for no in samples.ref(one).contracts]
        self.runs.create_run(samples.run(contracts=len(contracts)), [contracts])
        self.runs.finish_chunk(samples.chunk_result(*drafts), drafts)
        self.queue.close_run(samples.RUN_ID)
        self.order_url = self.sqs.create_queue(QueueName="order")["QueueUrl"]
        self.evidence = MemoryEvidence()
        if notes:
            self.stores.registry.put([party()])
            self.sqs.send_message(QueueUrl=self.order_url, MessageBody=json.dumps({"order": NOTES}))

    def take_order(self, text: str, *, day: int = 8) -> None:
        """Take a dropped order of notes."""
        take_note_order(
            file=dropped(text, name="noty.csv"),
            stores=NoteStores(self.stores, self.evidence, DynamoImports(self.tables["registry"])),
            queue=self.queue,
            known_at=KNOWN.replace(year=2026, month=4, day=day),
            table=interest_table(),
            holidays=statutory_holidays(),
        )

    @property
    def clients(self) -> tuple[Any, Any]:
        return self.tables["billing"].client, self.sqs

    def work(self, fault: Fault) -> int:
        """Work the queues off, redelivering what a crash left; return how often the process died."""
        deaths = 0
        while True:
            message = self._next()
            if message is None:
                return deaths
            url, body, receipt = message
            try:
                with watched(fault, *self.clients):
                    self._handle(body)
            except Crash:
                deaths += 1
                self.sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=receipt, VisibilityTimeout=0)
            else:
                self.sqs.delete_message(QueueUrl=url, ReceiptHandle=receipt)

    def _next(self) -> tuple[str, dict[str, Any], str] | None:
        for url in (self.order_url, self.close_url, self.issue_url):
            found = self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=1).get("Messages", [])
            if found:
                return url, json.loads(found[0]["Body"]), found[0]["ReceiptHandle"]
        return None

    def _handle(self, body: dict[str, Any]) -> None:
        if "order" in body:
            self.take_order(body["order"])
        elif "batch" in body:
            issued = issue_batch(
                run_id=body["run_id"],
                number=body["batch"],
                runs=self.runs,
                documents=self.documents,
                queue=self.renders,
                post=lambda documents: posted(documents, company_settings().accounts),
            )
            if issued.run.status is RunStatus.ISSUED:
                self.queue.close_run(body["run_id"])
        else:
            close_run(run_id=body["run_id"], stores=self.stores, queue=self.queue, at=KNOWN)

    def state(self) -> State:
        """Return every item of every table, and the set of documents asked to be rendered."""
        items: State = {}
        for table in self.tables.values():
            for item in table.client.scan(TableName=table.name)["Items"]:
                items[f"{table.name} {item['pk']['S']} {item['sk']['S']}"] = item
        asked: set[str] = set()
        while found := self.sqs.receive_message(QueueUrl=self.render_url, MaxNumberOfMessages=10).get(
            "Messages"
        ):
            for message in found:
                asked |= set(json.loads(message["Body"])["document_ids"])
                self.sqs.delete_message(QueueUrl=self.render_url, ReceiptHandle=message["ReceiptHandle"])
        items["rendered"] = asked
        return items


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend_credentials(monkeypatch)
    monkeypatch.setattr(approval_module, "BATCH_SIZE", 2)


def undisturbed(*, collective: bool = False, notes: bool = False) -> tuple[State, int]:
    with mock_aws():
        world = World(collective=collective, notes=notes)
        fault = Fault(at=-1, when="never")
        world.work(fault)
        return world.state(), fault.calls


def test_the_undisturbed_run_issues_three_numbered_documents() -> None:
    state, calls = undisturbed()
    numbers = sorted(item["number"]["S"] for key, item in state.items() if key.startswith("documents DOC#"))
    assert numbers == ["FV/2026/04/000001", "FV/2026/04/000002", "FV/2026/04/000003"]
    assert len(state["rendered"]) == 3
    assert state[f"billing RUN#{samples.RUN_ID} RUN"]["run_status"]["S"] == "issued"
    assert calls > 20


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_crash_at_any_call_ends_in_the_same_documents_and_numbers(when: str) -> None:
    expected, calls = undisturbed()
    for at in range(calls):
        with mock_aws():
            world = World()
            deaths = world.work(Fault(at=at, when=when))
            assert deaths == 1, f"the fault {when} call {at} was never met"
            assert world.state() == expected, f"state differs after a crash {when} call {at}"


def test_the_undisturbed_run_gives_a_collective_invoice_one_number_and_moves_every_contract() -> None:
    state, _ = undisturbed(collective=True)
    numbers = sorted(item["number"]["S"] for key, item in state.items() if key.startswith("documents DOC#"))
    assert numbers == [f"FV/2026/04/00000{n}" for n in range(1, 5)]
    cursors = {state[f"billing CURSOR#{no} CURSOR"]["billed_to"]["S"] for no in (*CONTRACTS, *TOGETHER)}
    assert cursors == {"2026-04-06"}


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_crash_at_any_call_bills_a_collective_invoice_whole_or_not_at_all(when: str) -> None:
    expected, calls = undisturbed(collective=True)
    for at in range(calls):
        with mock_aws():
            world = World(collective=True)
            deaths = world.work(Fault(at=at, when=when))
            assert deaths == 1, f"the fault {when} call {at} was never met"
            assert world.state() == expected, f"state differs after a crash {when} call {at}"


def test_an_order_of_notes_is_issued_in_series_of_their_own_and_moves_no_cursor() -> None:
    state, _ = undisturbed(notes=True)
    numbers = sorted(item["number"]["S"] for key, item in state.items() if key.endswith(" DOC"))
    assert numbers == [
        *(f"FV/2026/04/00000{n}" for n in (1, 2, 3)),
        *(f"NK/2026/00000{n}" for n in (1, 2, 3)),
    ]
    assert len([key for key in state if key.endswith(" NOTE")]) == 3
    assert len([key for key in state if key.startswith("billing CURSOR#")]) == 3
    assert len(state["rendered"]) == 6


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_crash_at_any_call_ends_in_the_same_notes(when: str) -> None:
    expected, calls = undisturbed(notes=True)
    for at in range(calls):
        with mock_aws():
            world = World(notes=True)
            deaths = world.work(Fault(at=at, when=when))
            assert deaths == 1, f"the fault {when} call {at} was never met"
            assert world.state() == expected, f"state differs after a crash {when} call {at}"


def test_two_runs_of_one_order_issue_its_notes_once() -> None:
    with mock_aws():
        world = World(notes=True)
        world.work(Fault(at=-1, when="never"))
        before = {key: item for key, item in world.state().items() if key.startswith("documents DOC#")}
        for key, item in world.tables["registry"].client.scan(TableName="registry").items():
            for one in item if key == "Items" else ():
                if one["pk"]["S"].startswith("IMPORT#"):
                    names = {"pk": one["pk"], "sk": one["sk"]}
                    world.tables["registry"].client.delete_item(TableName="registry", Key=names)
        world.take_order(NOTES, day=9)
        world.work(Fault(at=-1, when="never"))
        after = world.state()
        assert {key: item for key, item in after.items() if key.startswith("documents DOC#")} == before
        assert after["documents SERIES#NK/2026/{number:06} COUNTER"]["next_ordinal"]["N"] == "4"
        runs = [key for key, item in after.items() if key.endswith(" RUN") and "-notes-" in key]
        assert [after[key]["run_status"]["S"] for key in runs] == ["issued", "issued"]


def test_every_message_delivered_twice_changes_nothing() -> None:
    expected, _ = undisturbed()
    with mock_aws():
        world = World()
        world.work(Fault(at=-1, when="never"))
        for _ in range(2):
            world.queue.close_run(samples.RUN_ID)
            for number in (1, 0):
                body = {"run_id": samples.RUN_ID, "batch": number}
                world._handle(body)
            world.work(Fault(at=-1, when="never"))
        assert world.state() == expected


def test_two_runs_that_bill_the_same_periods_issue_them_once() -> None:
    with mock_aws():
        world = World()
        world.work(Fault(at=-1, when="never"))
        before = world.state()
        second = "2026-04-09-daily"
        drafts = [samples.draft(contract_no) for contract_no in CONTRACTS]
        result = samples.chunk_result(*drafts)
        moved = type(result)(second, 0, 3, result.drafts, ())
        run = type(samples.run())(second, samples.ISSUE_DATE, contracts=3, chunks=1)
        world.runs.create_run(run, [list(CONTRACTS)])
        world.runs.finish_chunk(moved, drafts)
        world.queue.close_run(second)
        world.work(Fault(at=-1, when="never"))
        after = world.state()
        documents = {key: item for key, item in after.items() if key.startswith("documents DOC#")}
        assert documents == {key: item for key, item in before.items() if key.startswith("documents DOC#")}
        assert after["documents SERIES#FV/2026/04/{number:06} COUNTER"]["next_ordinal"]["N"] == "4"
        assert after[f"billing RUN#{second} RUN"]["run_status"]["S"] == "issued"
