"""Filings with KSeF and tasks about documents, in memory and in DynamoDB alike."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from kwit.aws.document_task_store import DynamoDocumentTasks
from kwit.aws.filing_store import DynamoFilings
from kwit.aws.table import Table
from kwit.documents.ksef_numbers import KsefNumber
from kwit.documents.tasks import document_task
from kwit.ksef.filing import Filing, FilingStatus, Mode
from tests.fakes.filings import MemoryDocumentTasks, MemoryFilings

AT = datetime(2026, 4, 8, 10, 30, tzinfo=UTC)
DAY = date(2026, 4, 8)
NUMBER = "5265877635-20260408-0100001AF629-AF"
FIRST = Filing("d1", "FV/2026/04/000001", DAY)


@pytest.fixture(params=["memory", "dynamodb"])
def store(request: pytest.FixtureRequest) -> MemoryFilings | DynamoFilings:
    if request.param == "memory":
        return MemoryFilings()
    tables: dict[str, Table] = request.getfixturevalue("tables")
    return DynamoFilings(tables["documents"])


@pytest.fixture(params=["memory", "dynamodb"])
def tasks(request: pytest.FixtureRequest) -> MemoryDocumentTasks | DynamoDocumentTasks:
    if request.param == "memory":
        return MemoryDocumentTasks()
    tables: dict[str, Table] = request.getfixturevalue("tables")
    return DynamoDocumentTasks(tables["documents"])


def taken(before: Filing, *, upo_key: str = "ksef/upo.xml") -> Filing:
    return replace(
        before,
        status=FilingStatus.TAKEN,
        revision=before.revision + 1,
        mode=Mode.OFFLINE24,
        ksef_number=NUMBER,
        taken_at=AT,
        upo_key=upo_key,
    )


class TestFilings:
    def test_a_document_begins_once(self, store: MemoryFilings | DynamoFilings) -> None:
        assert store.begin(FIRST)
        assert not store.begin(replace(FIRST, content_hash="other"))
        assert store.filings(["d1", "d2"]) == {"d1": FIRST}
        assert list(store.open_filings()) == [FIRST]

    def test_it_moves_only_from_the_revision_before(self, store: MemoryFilings | DynamoFilings) -> None:
        store.begin(FIRST)
        claimed = replace(FIRST, status=FilingStatus.SENDING, claimed_at=AT, revision=1)
        assert store.move(claimed)
        assert not store.move(replace(FIRST, status=FilingStatus.INVALID, revision=1))
        assert not store.move(replace(FIRST, revision=3))
        assert store.filings(["d1"]) == {"d1": claimed}

    def test_what_never_began_does_not_move(self, store: MemoryFilings | DynamoFilings) -> None:
        assert not store.move(replace(FIRST, revision=1))
        assert store.filings(["d1"]) == {}

    def test_a_finished_one_leaves_the_open_ones(self, store: MemoryFilings | DynamoFilings) -> None:
        later = replace(FIRST, document_id="d0", number="FV/2026/04/000002")
        store.begin(later)
        store.begin(FIRST)
        assert [one.document_id for one in store.open_filings()] == ["d1", "d0"]
        store.move(taken(FIRST))
        assert [one.document_id for one in store.open_filings()] == ["d0"]

    def test_one_without_its_confirmation_stays_open(self, store: MemoryFilings | DynamoFilings) -> None:
        store.begin(FIRST)
        without = taken(FIRST, upo_key="")
        store.move(without)
        assert list(store.open_filings()) == [without]
        store.move(replace(without, upo_key="ksef/upo.xml", revision=without.revision + 1))
        assert list(store.open_filings()) == []

    def test_a_number_is_told_once(self, store: MemoryFilings | DynamoFilings) -> None:
        store.begin(FIRST)
        without = taken(FIRST, upo_key="")
        store.move(without)
        (given,) = store.new_numbers()
        assert given == KsefNumber("d1", FIRST.number, DAY, NUMBER, AT, "offline24")
        store.told([given])
        store.move(replace(without, upo_key="ksef/upo.xml", revision=without.revision + 1))
        assert list(store.new_numbers()) == []


class TestDocumentTasks:
    TASK = document_task(
        kind="ksef_refused", document_id="d1", number="FV/1", sentence="KSeF odmówił (kod 450).", at=AT
    )

    def test_a_task_is_kept_once(self, tasks: MemoryDocumentTasks | DynamoDocumentTasks) -> None:
        tasks.raise_task(self.TASK)
        tasks.raise_task(replace(self.TASK, sentence="znów"))
        assert list(tasks.open_document_tasks()) == [self.TASK]

    def test_a_settled_one_does_not_come_back(self, tasks: MemoryDocumentTasks | DynamoDocumentTasks) -> None:
        tasks.raise_task(self.TASK)
        assert tasks.settle_document_task(self.TASK.task_id, by="Anna", at=AT)
        assert not tasks.settle_document_task(self.TASK.task_id, by="Anna", at=AT)
        tasks.raise_task(self.TASK)
        assert list(tasks.open_document_tasks()) == []

    def test_one_about_another_invoice_is_another(
        self, tasks: MemoryDocumentTasks | DynamoDocumentTasks
    ) -> None:
        other = document_task(
            kind="ksef_refused", document_id="d1", number="FV/1", sentence="Znów.", at=AT, about="hash-2"
        )
        tasks.raise_task(self.TASK)
        tasks.raise_task(other)
        assert {one.task_id for one in tasks.open_document_tasks()} == {self.TASK.task_id, other.task_id}
