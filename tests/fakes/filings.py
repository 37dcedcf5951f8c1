"""Filings and tasks about documents in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from kwit.documents.ksef_numbers import KsefNumber
from kwit.documents.tasks import DocumentTask
from kwit.ksef.filing import Filing


@dataclass
class MemoryFilings:
    """One filing for each document."""

    kept: dict[str, Filing] = field(default_factory=dict)
    numbers: dict[str, KsefNumber] = field(default_factory=dict)

    def filings(self, document_ids: Sequence[str]) -> Mapping[str, Filing]:
        return {one: self.kept[one] for one in document_ids if one in self.kept}

    def begin(self, filing: Filing) -> bool:
        if filing.document_id in self.kept:
            return False
        self.kept[filing.document_id] = filing
        return True

    def move(self, filing: Filing) -> bool:
        before = self.kept.get(filing.document_id)
        if before is None or before.revision != filing.revision - 1:
            return False
        if filing.ksef_number and not before.ksef_number:
            self.numbers[filing.document_id] = KsefNumber(
                filing.document_id,
                filing.number,
                filing.issue_date,
                filing.ksef_number,
                filing.taken_at,
                str(filing.mode),
            )
        self.kept[filing.document_id] = filing
        return True

    def open_filings(self) -> Sequence[Filing]:
        found = [one for one in self.kept.values() if not one.finished]
        return sorted(found, key=lambda one: (one.issue_date, one.number))

    def new_numbers(self) -> Sequence[KsefNumber]:
        return sorted(self.numbers.values(), key=lambda one: (one.issue_date, one.number))

    def told(self, numbers: Sequence[KsefNumber]) -> None:
        for one in numbers:
            self.numbers.pop(one.document_id, None)


@dataclass
class MemoryDocumentTasks:
    """Tasks about documents, open until settled."""

    opened: dict[str, DocumentTask] = field(default_factory=dict)
    settled: dict[str, tuple[str, datetime]] = field(default_factory=dict)

    def raise_task(self, task: DocumentTask) -> None:
        if task.task_id not in self.settled:
            self.opened.setdefault(task.task_id, task)

    def open_document_tasks(self) -> Sequence[DocumentTask]:
        return sorted(self.opened.values(), key=lambda one: (one.raised_at, one.task_id))

    def settle_document_task(self, task_id: str, *, by: str, at: datetime) -> bool:
        if task_id not in self.opened:
            return False
        del self.opened[task_id]
        self.settled[task_id] = (by, at)
        return True
