"""What metering asks of a store, and of whoever knows which meter stands where."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from kwit.kernel.time import DateRange, Period
from kwit.metering.readings import IntervalDay, Reading, RegisterReading
from kwit.metering.submissions import Submission
from kwit.metering.tasks import CorrectionTask
from kwit.metering.validation.rules import PointTerms


class ReadingStore(Protocol):
    """Readings as versions: a re-sent value is kept beside the one it replaces."""

    def put(self, readings: Iterable[Reading]) -> None:
        """Keep readings; the same reading from the same row twice changes nothing."""
        ...

    def keep_first(self, readings: Sequence[Reading]) -> Sequence[Reading]:
        """Keep readings whose places are free; return, in order, what stands at the places now."""
        ...

    def registers(self, ppe: str, *, known_by: datetime | None = None) -> Sequence[RegisterReading]:
        """Return all versions of all register readings of a point, or those known by an instant."""
        ...

    def intervals(
        self, ppe: str, *, period: Period, known_by: datetime | None = None
    ) -> Sequence[IntervalDay]:
        """Return all versions of the interval days of a point within a period, or those known by an instant."""
        ...

    def intervals_of(self, periods: Mapping[str, Period]) -> Iterator[tuple[str, Sequence[IntervalDay]]]:
        """Yield each point with all versions of its interval days within its period, points in any order."""
        ...


@dataclass(frozen=True, slots=True)
class Shelf:
    """The interval days of one month on one shelf of points: as they arrived, and packed for good."""

    arrived: Sequence[IntervalDay]
    packed: Sequence[IntervalDay]


class ReadingShelves(Protocol):
    """Where interval days lie: what arrived leaves its shelf after some months, what is packed stays."""

    def shelf(self, month: str, number: int) -> Shelf:
        """Return what lies on a shelf of a month (YYYY-MM)."""
        ...

    def keep(self, month: str, number: int, days: Sequence[IntervalDay]) -> None:
        """Keep days of a month on a shelf packed, for good; the same days twice change nothing."""
        ...


class PackQueue(Protocol):
    """Messages that ask for shelves to be packed; any of them may arrive twice."""

    def pack(self, month: str, firsts: Sequence[int], *, count: int) -> None:
        """Ask for the `count` shelves of a month from each of the first ones on."""
        ...


@dataclass(frozen=True, slots=True)
class PlacedRegister:
    """A register of a meter as readings need it.

    `quantity` is import, export, import_unbalanced, reactive_inductive or reactive_capacitive (the last two
    count varh); `digits` is the number of whole kWh digits, after which the register starts again from zero.
    """

    code: str
    zone: str
    quantity: str = "import"
    digits: int = 6


@dataclass(frozen=True, slots=True)
class PlacedMeter:
    """A meter at one point from `installed` up to, not including, `removed`."""

    meter_no: str
    installed: date
    removed: date | None
    registers: tuple[PlacedRegister, ...]
    multiplier: int = 1
    interval_minutes: int | None = None


class PointDirectory(Protocol):
    """Which meter stands at which point, as known now."""

    def meters(self, ppe: str) -> Sequence[PlacedMeter] | None:
        """Return every stay of every meter at a point; None when the point is not known at all."""
        ...

    def points_of(self, meter_no: str) -> Sequence[str]:
        """Return the codes of all points at which a meter ever stood; empty when it is not known."""
        ...


class TermsDirectory(Protocol):
    """The rules of validation for a point, and what its contract says that they judge by."""

    def terms(self, ppe: str, *, on: date) -> PointTerms:
        """Return the terms of a point on a day."""
        ...


class Invoiced(Protocol):
    """How far the contracts of a point are invoiced."""

    def invoiced(self, ppe: str) -> Sequence[tuple[str, DateRange]]:
        """Return, of each contract of a point with a bill, its number and the days that are billed."""
        ...


class TaskStore(Protocol):
    """Tasks for correction, each kept once, open until somebody settles it."""

    def add(self, tasks: Iterable[CorrectionTask]) -> None:
        """Keep tasks; one that is known already, open or settled, stays as it is."""
        ...

    def open_tasks(self) -> Sequence[CorrectionTask]:
        """List all tasks that nobody has settled, by point and day."""
        ...

    def tasks_of(self, ppe: str) -> Sequence[CorrectionTask]:
        """List the open tasks of one point, by day."""
        ...

    def settle(self, task: CorrectionTask, *, by: str) -> bool:
        """Mark an open task as settled by a document or a person; tell whether it was open."""
        ...


class SubmissionStore(Protocol):
    """Submissions that were accepted, each kept once together with its reading and its tasks."""

    def find(self, submission_id: str) -> Submission | None:
        """Return the submission of an id; None when none was accepted."""
        ...

    def keep(self, submission: Submission) -> Submission:
        """Keep a submission, its reading and its tasks, all or none, unless its id is taken; return what stands."""
        ...
