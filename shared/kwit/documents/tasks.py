"""What people must do about issued documents: a structured invoice refused, a deadline missed, a mail come back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from kwit.kernel.identifiers import deterministic_id


@dataclass(frozen=True, slots=True)
class DocumentTask:
    """Something that a person settles about a document (zadanie); `sentence` says in Polish what happened."""

    task_id: str
    kind: str
    document_id: str
    number: str
    sentence: str
    raised_at: datetime


def document_task(
    *, kind: str, document_id: str, number: str, sentence: str, at: datetime, about: str = ""
) -> DocumentTask:
    """Make the task of a kind about a document; `about` tells several of one kind apart. The same again is the same."""
    task_id = document_task_id(kind, document_id, about)
    return DocumentTask(task_id, kind, document_id, number, sentence, at)


def document_task_id(kind: str, document_id: str, about: str = "") -> str:
    """Return the id that a task of a kind about a document has."""
    return deterministic_id("document-task", kind, document_id, about)


class DocumentTasks(Protocol):
    """Tasks about documents, each kept once, open until somebody settles it."""

    def raise_task(self, task: DocumentTask) -> None:
        """Keep a task; one that is known already, open or settled, stays as it is."""
        ...

    def open_document_tasks(self) -> Sequence[DocumentTask]:
        """List the open tasks, oldest first."""
        ...

    def settle_document_task(self, task_id: str, *, by: str, at: datetime) -> bool:
        """Mark an open task as settled by a person or an event; tell whether it was open."""
        ...
