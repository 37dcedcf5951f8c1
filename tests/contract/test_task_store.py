"""The store of tasks keeps each once, open until it is settled, in memory and in DynamoDB alike."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from kwit.aws.table import Table
from kwit.aws.task_store import DynamoTasks
from kwit.metering.ports import TaskStore
from kwit.metering.tasks import Cause, CorrectionTask
from tests.fakes.tasks import MemoryTasks

PPE, OTHER = "590543000000001232", "590543000000001249"
TASK = CorrectionTask(
    cause=Cause.CHANGED_AFTER_INVOICE, contract_no="U/1", ppe=PPE, meter_no="777", register="1.8.0",
    boundary=date(2026, 3, 1), start=date(2026, 2, 1), end=date(2026, 4, 1), before_wh=1_000, after_wh=None,
    known_at=datetime(2026, 4, 9, 9, 0, tzinfo=UTC), source="plik.csv:2 (abc)",
)  # fmt: skip


@pytest.fixture(params=["memory", "dynamodb"])
def tasks(request: pytest.FixtureRequest) -> TaskStore:
    if request.param == "memory":
        return MemoryTasks()
    tables: dict[str, Table] = request.getfixturevalue("tables")
    return DynamoTasks(tables["readings"])


class TestTasks:
    def test_come_back_as_they_were_added_by_point_and_day(self, tasks: TaskStore) -> None:
        later, other = replace(TASK, boundary=date(2026, 4, 1)), replace(TASK, ppe=OTHER)
        tasks.add([other, later, TASK])
        assert list(tasks.open_tasks()) == [TASK, later, other]
        assert list(tasks.tasks_of(PPE)) == [TASK, later]

    def test_are_kept_once(self, tasks: TaskStore) -> None:
        tasks.add([TASK])
        tasks.add([TASK, TASK])
        assert list(tasks.open_tasks()) == [TASK]

    def test_that_are_settled_do_not_come_back(self, tasks: TaskStore) -> None:
        tasks.add([TASK])
        assert tasks.settle(TASK, by="KOR/2026/04/000001")
        assert list(tasks.open_tasks()) == []
        tasks.add([TASK])
        assert list(tasks.open_tasks()) == []
        assert not tasks.settle(TASK, by="KOR/2026/04/000002")

    def test_that_were_never_added_cannot_be_settled(self, tasks: TaskStore) -> None:
        assert not tasks.settle(TASK, by="nobody")
        tasks.add([TASK])
        assert list(tasks.open_tasks()) == [TASK]
