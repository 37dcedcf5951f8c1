"""Tasks for correction in memory, and what is invoiced."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from kwit.kernel.time import DateRange
from kwit.metering.tasks import CorrectionTask


@dataclass
class MemoryTasks:
    """Open tasks by id, and by what others were settled."""

    waiting: dict[str, CorrectionTask] = field(default_factory=dict)
    settled: dict[str, str] = field(default_factory=dict)

    def add(self, tasks: Iterable[CorrectionTask]) -> None:
        for task in tasks:
            if task.task_id not in self.settled:
                self.waiting.setdefault(task.task_id, task)

    def open_tasks(self) -> Sequence[CorrectionTask]:
        return sorted(self.waiting.values(), key=lambda one: (one.ppe, one.boundary, one.task_id))

    def tasks_of(self, ppe: str) -> Sequence[CorrectionTask]:
        return [one for one in self.open_tasks() if one.ppe == ppe]

    def settle(self, task: CorrectionTask, *, by: str) -> bool:
        if self.waiting.pop(task.task_id, None) is None:
            return False
        self.settled[task.task_id] = by
        return True


@dataclass
class MemoryInvoiced:
    """What is invoiced at a point, by contract; counts how often it is asked."""

    billed: dict[str, Sequence[tuple[str, DateRange]]] = field(default_factory=dict)
    asked: int = 0

    def invoiced(self, ppe: str) -> Sequence[tuple[str, DateRange]]:
        self.asked += 1
        return self.billed.get(ppe, ())
