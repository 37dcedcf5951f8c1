"""Tasks for correction in DynamoDB: the open ones in a few listing partitions, the settled ones by their id."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kwit.aws import keys
from kwit.aws.codec import decode, encode
from kwit.aws.table import Item, Table, TransactionRefusedError, packed, text, unpacked
from kwit.metering.tasks import CorrectionTask


@dataclass(frozen=True, slots=True)
class DynamoTasks:
    """The tasks' store."""

    table: Table

    def add(self, tasks: Iterable[CorrectionTask]) -> None:
        """Keep tasks; one that is known already, open or settled, stays as it is."""
        for task in tasks:
            if self.table.get(keys.settled_task(task.task_id)) is None:
                self.table.put_new(_key(task), data=packed(encode(task)))

    def open_tasks(self) -> Sequence[CorrectionTask]:
        """List all tasks that nobody has settled, by point and day."""
        lists = (keys.task_list(index) for index in range(keys.PARTITIONS_OF_TASKS))
        found = [_task(item) for name in lists for item in self.table.query(name)]
        return sorted(found, key=lambda one: (one.ppe, one.boundary, one.task_id))

    def tasks_of(self, ppe: str) -> Sequence[CorrectionTask]:
        """List the open tasks of one point, by day."""
        name = keys.task_list(keys.task_partition(ppe))
        return [_task(item) for item in self.table.query(name, prefix=f"{ppe}#")]

    def settle(self, task: CorrectionTask, *, by: str) -> bool:
        """Mark an open task as settled by a document or a person; tell whether it was open."""
        mark = self.table.new_item(
            keys.settled_task(task.task_id), data=packed(encode(task)), settled_by=text(by)
        )
        try:
            self.table.transact([mark, self.table.removal(_key(task))])
        except TransactionRefusedError as error:
            if "ConditionalCheckFailed" not in error.reasons:
                raise
            return False
        return True


def _key(task: CorrectionTask) -> keys.Key:
    return keys.task(task.ppe, task.boundary, task.task_id)


def _task(item: Item) -> CorrectionTask:
    return decode(CorrectionTask, unpacked(item))
