"""Accepted submissions in memory, each kept with its reading and its tasks."""

from dataclasses import dataclass, field

from kwit.metering.submissions import Submission
from tests.fakes.reading_store import MemoryReadings
from tests.fakes.tasks import MemoryTasks


@dataclass
class MemorySubmissions:
    """Submissions by id, beside the readings and tasks that they bring."""

    readings: MemoryReadings = field(default_factory=MemoryReadings)
    tasks: MemoryTasks = field(default_factory=MemoryTasks)
    kept: dict[str, Submission] = field(default_factory=dict)

    def find(self, submission_id: str) -> Submission | None:
        return self.kept.get(submission_id)

    def keep(self, submission: Submission) -> Submission:
        if submission.submission_id not in self.kept:
            self.kept[submission.submission_id] = submission
            self.readings.put([submission.reading])
            self.tasks.add(submission.tasks)
        return self.kept[submission.submission_id]
