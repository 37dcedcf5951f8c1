"""Accepted submissions in DynamoDB: each with its reading and its tasks in one transaction."""

import time
from dataclasses import dataclass
from typing import Any

from kwit.aws import keys
from kwit.aws.codec import decode, encode
from kwit.aws.reading_store import state_item
from kwit.aws.table import Table, TransactionRefusedError, key_of, packed, unpacked
from kwit.metering.submissions import Submission

_ATTEMPTS = 4


@dataclass(frozen=True, slots=True)
class DynamoSubmissions:
    """The submissions' store, in the table of readings."""

    table: Table

    def find(self, submission_id: str) -> Submission | None:
        """Return the submission of an id; None when none was accepted."""
        item = self.table.get(keys.submission(submission_id))
        return None if item is None else decode(Submission, unpacked(item))

    def keep(self, submission: Submission) -> Submission:
        """Keep a submission, its reading and its tasks, all or none, unless its id is taken; return what stands.

        Raises TransactionRefusedError when another request kept writing at the same time.
        """
        mark = self.table.new_item(keys.submission(submission.submission_id), data=packed(encode(submission)))
        actions = [mark, self._put(state_item(submission.reading))]
        actions += [
            self._put(
                key_of(keys.task(task.ppe, task.boundary, task.task_id)) | {"data": packed(encode(task))}
            )
            for task in submission.tasks
        ]
        for attempt in range(_ATTEMPTS):
            try:
                self.table.transact(actions)
            except TransactionRefusedError:
                earlier = self.find(submission.submission_id)
                if earlier is not None:
                    return earlier
                if attempt == _ATTEMPTS - 1:
                    raise
                time.sleep(0.02 * 2**attempt)
            else:
                break
        return submission

    def _put(self, item: dict[str, Any]) -> dict[str, Any]:
        return {"Put": {"TableName": self.table.name, "Item": item}}
