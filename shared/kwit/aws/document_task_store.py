"""Tasks about documents in DynamoDB: the open ones in one list, the settled ones by their id."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kwit.aws import keys
from kwit.aws.codec import decode, encode
from kwit.aws.table import Table, TransactionRefusedError, packed, text, unpacked
from kwit.documents.tasks import DocumentTask


@dataclass(frozen=True, slots=True)
class DynamoDocumentTasks:
    """The store of tasks about documents."""

    table: Table

    def raise_task(self, task: DocumentTask) -> None:
        """Keep a task; one that is known already, open or settled, stays as it is."""
        if self.table.get(keys.settled_document_task(task.task_id)) is None:
            self.table.put_new(keys.document_task(task.task_id), data=packed(encode(task)))

    def open_document_tasks(self) -> Sequence[DocumentTask]:
        """List the open tasks, oldest first."""
        found = (decode(DocumentTask, unpacked(item)) for item in self.table.query(keys.DOCUMENT_TASKS))
        return sorted(found, key=lambda one: (one.raised_at, one.task_id))

    def settle_document_task(self, task_id: str, *, by: str, at: datetime) -> bool:
        """Mark an open task as settled by a person or an event; tell whether it was open."""
        item = self.table.get(keys.document_task(task_id))
        if item is None:
            return False
        mark = self.table.new_item(
            keys.settled_document_task(task_id),
            data=item["data"],
            settled_by=text(by),
            settled_at=text(at.isoformat()),
        )
        try:
            self.table.transact([mark, self.table.removal(keys.document_task(task_id))])
        except TransactionRefusedError as error:
            if "ConditionalCheckFailed" not in error.reasons:
                raise
            return False
        return True
