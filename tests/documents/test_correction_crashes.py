"""Kill a correction run before and after every AWS call that writes, redeliver, and find the undisturbed state."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import Any

import boto3
import pytest
from moto import mock_aws

from kwit.aws.document_store import DynamoDocuments
from kwit.aws.queues import SqsDocumentQueue, SqsRunQueue
from kwit.aws.reading_store import DynamoReadings
from kwit.aws.registry_store import DynamoPriceLists, DynamoRegistry, DynamoSettings
from kwit.aws.run_store import DynamoRuns
from kwit.aws.table import Table
from kwit.aws.task_store import DynamoTasks
from kwit.billing.approval import ALL, approve_drafts, issue_approved
from kwit.billing.certificate import certify
from kwit.billing.chunks import RatingStores, rate_chunk
from kwit.billing.correction_run import CorrectionStores
from kwit.billing.drafts import DAILY, RunOrder, RunStatus
from kwit.billing.runs import close_run, plan_run, run_id_of
from kwit.documents.issue import issue_batch
from kwit.kernel.time import DateRange
from kwit.ledger.postings import posted
from kwit.metering.correcting import CorrectionDesk
from tests.billing.company import company_settings
from tests.billing.memory_case import contract, meter, party, point, state
from tests.billing.office import HOLIDAYS, order
from tests.crash import Crash, Fault, watched
from tests.fakes.evidence import MemoryEvidence
from tests.fakes.tasks import MemoryInvoiced
from tests.moto_tables import make_tables, pretend_credentials
from tests.rating.cases import KNOWN
from tests.rating.price_lists import charge, price, price_list

MARCH, APRIL, MAY = (date(2026, n, 1) for n in (3, 4, 5))
CORRECTED = date(2026, 5, 6)
CONTRACTS = ("U/1", "U/2")
ORDER = order(reason="Zmieniono odczyt.")
State = dict[str, Any]
Items = dict[str, list[dict[str, Any]]]


class World:
    """Two contracts with two bills each and a reading changed behind them, on tables and queues of moto."""

    def __init__(self, items: Items | None = None) -> None:
        self.tables: dict[str, Table] = make_tables()
        self.sqs: Any = boto3.client("sqs")
        fifo = {"FifoQueue": "true", "ContentBasedDeduplication": "false"}
        names = {"rate": {}, "close": {}, "render": {}, "compare": {}, "issue.fifo": fifo}
        self.urls = {
            name: self.sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
            for name, attributes in names.items()
        }
        self.runs = DynamoRuns(self.tables["billing"])
        self.documents = DynamoDocuments(self.tables["documents"], self.tables["billing"])
        self.tasks = DynamoTasks(self.tables["readings"])
        self.readings = DynamoReadings(self.tables["readings"])
        self.registry = DynamoRegistry(self.tables["registry"])
        self.settings = DynamoSettings(self.tables["registry"])
        self.price_lists = DynamoPriceLists(self.tables["registry"])
        self.stores = RatingStores(
            self.settings, self.registry, self.runs, self.readings, self.price_lists, MemoryEvidence()
        )
        self.corrections = CorrectionStores(self.documents, self.tasks)
        self.queue = SqsRunQueue(
            self.sqs, self.urls["rate"], self.urls["close"], self.urls["issue.fifo"], self.urls["compare"]
        )
        self.renders = SqsDocumentQueue(self.sqs, self.urls["render"])
        if items is None:
            self.bill()
            self.change("1090", at=20)
        else:
            for name, kept in items.items():
                self.tables[name].put_many(kept)

    def bill(self) -> None:
        """Issue March and April."""
        self.settings.put(company_settings(), version="s1", known_at=KNOWN)
        self.price_lists.put(price_list("own", charge("energy", price("0.5"))), yaml=b"", known_at=KNOWN)
        for no in CONTRACTS:
            self.registry.put([contract(no, price_lists=("own",)), party(no), point(no), meter(no)])
            self.readings.put(
                [state(no, day, kwh) for day, kwh in ((MARCH, "1000"), (APRIL, "1100"), (MAY, "1220"))]
            )
        self.plan(MAY, DAILY)
        self.work(Fault(at=-1, when="never"))
        self.rendered()

    def change(self, kwh: str, *, at: int) -> None:
        """Bring a changed state of April, with its tasks."""
        for no in CONTRACTS:
            one = state(no, APRIL, kwh)
            source = replace(one.source, file=f"poprawka-{at}.csv", content_hash="c" * 64)
            one = replace(one, known_at=KNOWN + timedelta(days=at), source=source)
            desk = CorrectionDesk(MemoryInvoiced({f"PPE-{no}": [(no, DateRange(MARCH, MAY))]}), self.tasks)
            desk.states(f"PPE-{no}", [one], known=self.readings.registers(f"PPE-{no}"))
            desk.file()
            self.readings.put([one])

    def plan(self, day: date, asked: RunOrder) -> None:
        plan_run(
            business_date=day,
            stores=self.stores,
            queue=self.queue,
            order=asked,
            corrections=self.corrections,
        )

    def correct(self, fault: Fault, asked: RunOrder = ORDER, day: date = CORRECTED) -> int:
        """Carry a correction run through, a person approving it as often as it takes; count the deaths."""
        deaths = self.again(fault, lambda: self.plan(day, asked)) + self.work(fault)
        deaths += self.again(fault, lambda: self.approve(run_id_of(day, asked)))
        return deaths + self.work(fault)

    def again(self, fault: Fault, step: Any) -> int:
        """Let a person or a schedule try a step again when it dies."""
        try:
            with watched(fault, *self.clients):
                step()
        except Crash:
            step()
            return 1
        return 0

    def approve(self, run_id: str) -> None:
        run = self.runs.run(run_id)
        assert run is not None
        results = self.runs.chunk_results(run_id)
        approve_drafts(
            run=run,
            certificate=certify(run=run, results=results),
            results=results,
            choice=ALL,
            by="anna",
            at=KNOWN,
            drafts_hash="",
            settings=company_settings(),
            store=self.runs,
        )
        issue_approved(
            run=run,
            results=results,
            issue_date=run.business_date,
            settings=self.settings,
            store=self.runs,
            queue=self.queue,
        )

    @property
    def clients(self) -> tuple[Any, Any]:
        return self.tables["billing"].client, self.sqs

    def work(self, fault: Fault) -> int:
        """Work the queues off, redelivering what a crash left; return how often the process died."""
        deaths = 0
        while (message := self._next()) is not None:
            url, body, receipt = message
            try:
                with watched(fault, *self.clients):
                    self.handle(body)
            except Crash:
                deaths += 1
                self.sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=receipt, VisibilityTimeout=0)
            else:
                self.sqs.delete_message(QueueUrl=url, ReceiptHandle=receipt)
        return deaths

    def _next(self) -> tuple[str, dict[str, Any], str] | None:
        for name in ("rate", "close", "issue.fifo"):
            url = self.urls[name]
            found = self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=1).get("Messages", [])
            if found:
                return url, json.loads(found[0]["Body"]), found[0]["ReceiptHandle"]
        return None

    def handle(self, body: dict[str, Any]) -> None:
        if "chunk" in body:
            rate_chunk(
                **body,
                stores=self.stores,
                queue=self.queue,
                holidays=HOLIDAYS,
                corrections=self.corrections,
            )
        elif "batch" in body:
            issued = issue_batch(
                run_id=body["run_id"],
                number=body["batch"],
                runs=self.runs,
                documents=self.documents,
                queue=self.renders,
                post=lambda documents: posted(documents, company_settings().accounts),
                tasks=self.tasks,
            )
            if issued.run.status is RunStatus.ISSUED:
                self.queue.close_run(body["run_id"])
        else:
            close_run(run_id=body["run_id"], stores=self.stores, queue=self.queue, at=KNOWN)

    def items(self) -> Items:
        """Return every item of every table."""
        return {name: table.client.scan(TableName=table.name)["Items"] for name, table in self.tables.items()}

    def rendered(self) -> set[str]:
        """Return, and take away, which documents were asked to be rendered."""
        asked: set[str] = set()
        url = self.urls["render"]
        while found := self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for message in found:
                asked |= set(json.loads(message["Body"])["document_ids"])
                self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return asked

    def state(self) -> State:
        """Return all that is stored, by key, and the set of documents asked to be rendered."""
        stored = {
            f"{name} {item['pk']['S']} {item['sk']['S']}": item
            for name, items in self.items().items()
            for item in items
        }
        return stored | {"rendered": self.rendered()}


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend_credentials(monkeypatch)


@cache
def billed() -> Items:
    """Return the items of a world that is ready to be corrected."""
    with mock_aws():
        return World().items()


@contextmanager
def world() -> Iterator[World]:
    """Make a world that is ready to be corrected."""
    items = billed()
    with mock_aws():
        yield World(items)


def undisturbed() -> tuple[State, int]:
    with world() as one:
        fault = Fault(at=-1, when="never", writes=True)
        one.correct(fault)
        return one.state(), fault.calls


def numbers(state: State, series: str) -> list[str]:
    found = (key.rpartition("NUMBER#")[2].split(" ")[0] for key in state if "NUMBER#" in key)
    return sorted(number for number in found if number.startswith(series))


def test_the_undisturbed_run_corrects_four_bills_and_settles_the_tasks() -> None:
    state, calls = undisturbed()
    assert numbers(state, "FK") == [f"FK/2026/05/00000{n}" for n in range(1, 5)]
    assert len(state["rendered"]) == 4
    settled = [item["settled_by"]["S"] for key, item in state.items() if key.startswith("readings TASK#")]
    assert sorted(settled) == ["FK/2026/05/000002", "FK/2026/05/000004"]
    assert not [key for key in state if key.startswith("readings TASKS#")]
    assert calls > 12


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_crash_at_any_call_ends_in_the_same_documents_and_chains(when: str) -> None:
    expected, calls = undisturbed()
    for at in range(calls):
        with world() as one:
            deaths = one.correct(Fault(at=at, when=when, writes=True))
            assert deaths == 1, f"the fault {when} call {at} was never met"
            assert one.state() == expected, f"state differs after a crash {when} call {at}"


def test_every_message_delivered_twice_changes_nothing() -> None:
    expected, _ = undisturbed()
    with world() as one:
        never = Fault(at=-1, when="never")
        one.correct(never)
        run_id = run_id_of(CORRECTED, ORDER)
        for body in (
            {"run_id": run_id, "batch": 0},
            {"run_id": run_id},
            {"run_id": run_id, "chunk": 0},
            {"run_id": run_id, "batch": 0},
        ):
            one.handle(body)
            one.work(never)
        assert one.state() == expected


def test_two_runs_over_the_same_documents_issue_each_correction_once() -> None:
    expected, _ = undisturbed()
    never = Fault(at=-1, when="never")
    other = order(contracts=CONTRACTS, reason="Zmieniono odczyt.")
    with world() as one:
        one.plan(CORRECTED, other)
        one.work(never)
        one.correct(never)
        one.approve(run_id_of(CORRECTED, other))
        one.work(never)
        state = one.state()
        assert numbers(state, "FK") == numbers(expected, "FK")
        chains = {key: item for key, item in expected.items() if key.endswith(" CHAIN")}
        assert len(chains) == 4
        assert {key: state[key] for key in chains} == chains
        run = one.runs.run(run_id_of(CORRECTED, other))
        assert run is not None
        assert run.status is RunStatus.ISSUED
        block = one.documents.block(run.run_id, 0, issue_date=CORRECTED)
        assert block is not None
        assert (block.entries, block.passed_over) == ((), CONTRACTS)


def test_a_correction_of_corrections_goes_on_the_same_chains() -> None:
    never = Fault(at=-1, when="never")
    with world() as one:
        one.correct(never)
        one.change("1095", at=21)
        one.correct(never, day=CORRECTED + timedelta(days=1))
        state = one.state()
        assert len(numbers(state, "FK")) == 8
        chains = [key for key in state if key.endswith(" CHAIN")]
        assert len(chains) == 4
