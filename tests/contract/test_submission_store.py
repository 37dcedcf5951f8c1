"""The store of submissions keeps each once, whole, in memory and in DynamoDB alike."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from kwit.aws.reading_store import DynamoReadings
from kwit.aws.submission_store import DynamoSubmissions
from kwit.aws.table import Table, TransactionRefusedError
from kwit.aws.task_store import DynamoTasks
from kwit.intake.findings import Severity
from kwit.kernel.provenance import Source
from kwit.metering.ports import ReadingStore, SubmissionStore, TaskStore
from kwit.metering.readings import ReadingKind, RegisterReading, Standing
from kwit.metering.submissions import SOURCE, Caller, Remark, SaidReading, Submission
from kwit.metering.tasks import Cause, CorrectionTask
from tests.fakes.submissions import MemorySubmissions

PPE = "590543000000001232"
KNOWN = datetime(2026, 4, 2, 9, 0, 0, 123456, tzinfo=UTC)
ID = "0f" * 32
READING = RegisterReading(
    PPE, "L1", "1.8.0", date(2026, 4, 1), 1_234_567, ReadingKind.CUSTOMER, KNOWN, Source(SOURCE, ID, 1),
    Standing(held=("sibling_sum_differs",), confirmed=("use_above_history",)),
)  # fmt: skip
TASK = CorrectionTask(
    cause=Cause.LATE_READING, contract_no="U/1", ppe=PPE, meter_no="L1", register="1.8.0",
    boundary=date(2026, 4, 1), start=date(2026, 3, 1), end=date(2026, 5, 1), before_wh=None, after_wh=1_234_567,
    known_at=KNOWN, source=str(READING.source),
)  # fmt: skip
SUBMISSION = Submission(
    ID, Caller("K-1", "a-user"), SaidReading(PPE, date(2026, 3, 31), "1234,567", confirmed=True), READING,
    (Remark("use_above_history", Severity.HOLD, "state_kwh", "Zużycie ponad historię."),), (TASK,),
)  # fmt: skip


@dataclass
class Shop:
    submissions: SubmissionStore
    readings: ReadingStore
    tasks: TaskStore


@pytest.fixture(params=["memory", "dynamodb"])
def shop(request: pytest.FixtureRequest) -> Shop:
    if request.param == "memory":
        memory = MemorySubmissions()
        return Shop(memory, memory.readings, memory.tasks)
    tables: dict[str, Table] = request.getfixturevalue("tables")
    table = tables["readings"]
    return Shop(DynamoSubmissions(table), DynamoReadings(table), DynamoTasks(table))


class TestSubmissions:
    def test_come_back_as_they_were_kept_with_their_reading_and_tasks(self, shop: Shop) -> None:
        assert shop.submissions.find(ID) is None
        assert shop.submissions.keep(SUBMISSION) == SUBMISSION
        assert shop.submissions.find(ID) == SUBMISSION
        assert list(shop.readings.registers(PPE)) == [READING]
        assert list(shop.tasks.open_tasks()) == [TASK]

    def test_are_kept_once_the_second_brings_nothing(self, shop: Shop) -> None:
        shop.submissions.keep(SUBMISSION)
        later = replace(READING, known_at=KNOWN.replace(hour=10), state_wh=1)
        task = replace(TASK, known_at=KNOWN.replace(hour=10))
        again = replace(SUBMISSION, reading=later, tasks=(task,))
        assert shop.submissions.keep(again) == SUBMISSION
        assert list(shop.readings.registers(PPE)) == [READING]
        assert list(shop.tasks.open_tasks()) == [TASK]


class Refusing:
    """A DynamoDB client whose transactions another request keeps in the way of."""

    def __init__(self, client: Any, times: int) -> None:
        self._client, self.left = client, times

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def transact_write_items(self, **asked: Any) -> Any:
        if self.left:
            self.left -= 1
            reasons = [{"Code": "TransactionConflict"}]
            raise self._client.exceptions.TransactionCanceledException(
                {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": reasons}, "x"
            )
        return self._client.transact_write_items(**asked)


class TestConflicts:
    def test_of_a_moment_are_waited_out(self, tables: dict[str, Table]) -> None:
        client: Any = Refusing(tables["readings"].client, 2)
        store = DynamoSubmissions(Table(client, "readings"))
        assert store.keep(SUBMISSION) == SUBMISSION
        assert store.find(SUBMISSION.submission_id) == SUBMISSION

    def test_that_last_are_told_and_nothing_is_kept(self, tables: dict[str, Table]) -> None:
        client: Any = Refusing(tables["readings"].client, 99)
        store = DynamoSubmissions(Table(client, "readings"))
        with pytest.raises(TransactionRefusedError):
            store.keep(SUBMISSION)
        assert store.find(ID) is None
        assert list(DynamoReadings(tables["readings"]).registers(PPE)) == []
