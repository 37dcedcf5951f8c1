"""Submissions of readings by customers (zgłoszenia odczytów): what is said, and what is answered at once."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from kwit.intake.findings import Finding, Severity
from kwit.kernel.identifiers import canonical_json, content_hash
from kwit.metering.readings import RegisterReading
from kwit.metering.tasks import CorrectionTask

SOURCE = "portal"
"""The name that stands for a file in the source of a submitted reading."""


class Outcome(StrEnum):
    """What becomes of a submitted reading."""

    ACCEPTED = "accepted"
    IMPLAUSIBLE = "implausible"
    NEEDS_CONFIRMATION = "needs_confirmation"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who submits: the party of the registry, and the user or system that speaks for it."""

    party_id: str
    subject: str


@dataclass(frozen=True, slots=True)
class SaidReading:
    """One state of a register as a customer says it.

    `day` is the day of the reading, whose end the state holds at; `state_kwh` is a decimal in kWh (kvarh) as the
    display shows it. `meter_no` and `register` may be empty where the point has only one. `confirmed` tells that
    the customer was asked about a doubt and stands by the state. `key` is the caller's own name for the
    submission, empty when there is none.
    """

    ppe: str
    day: date
    state_kwh: str
    meter_no: str = ""
    register: str = ""
    confirmed: bool = False
    key: str = ""

    def same_as(self, other: "SaidReading") -> bool:
        """Tell whether both say the same state; a confirmation changes nothing about it."""
        return replace(self, confirmed=False) == replace(other, confirmed=False)


@dataclass(frozen=True, slots=True)
class Remark:
    """One finding about a submitted reading; `name` is the field of the submission that it concerns."""

    code: str
    severity: Severity
    name: str
    sentence_pl: str

    @classmethod
    def of(cls, finding: Finding) -> "Remark":
        """Make a remark of a finding about the only row of a submission."""
        return cls(finding.code, finding.severity, finding.column, finding.sentence_pl)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a submission is answered: the outcome, the reading as it is kept, and what was found about it.

    `reading` is None unless it was accepted. A reading that was accepted and is held waits for a person at the
    seller, and no bill uses it before.
    """

    outcome: Outcome
    reading: RegisterReading | None = None
    remarks: tuple[Remark, ...] = ()

    @property
    def codes(self) -> tuple[str, ...]:
        """List the codes of the remarks."""
        return tuple(remark.code for remark in self.remarks)


@dataclass(frozen=True, slots=True)
class Submission:
    """An accepted submission as it is kept for good: who said what, the answer, and the tasks it makes."""

    submission_id: str
    caller: Caller
    said: SaidReading
    reading: RegisterReading
    remarks: tuple[Remark, ...] = ()
    tasks: tuple[CorrectionTask, ...] = ()

    @property
    def answer(self) -> Answer:
        """Return what the submission is answered, however often it comes."""
        return Answer(Outcome.ACCEPTED, self.reading, self.remarks)


def id_of_key(caller: Caller, key: str) -> str:
    """Name a submission by the caller's own key: 64 hex digits."""
    return _named("key", caller.party_id, key)


def id_of_content(caller: Caller, reading: RegisterReading, *, after: RegisterReading | None) -> str:
    """Name a submission by who says what, after which version of the state: 64 hex digits.

    The version is part of the name, so that a return to an earlier state is a submission of its own.
    """
    before = "" if after is None else f"{after.known_at.isoformat()} {after.source}"
    place = (reading.ppe, reading.meter_no, reading.register, reading.boundary.isoformat())
    return _named("reading", caller.party_id, *place, reading.state_wh, before)


def _named(*parts: str | int) -> str:
    return content_hash(canonical_json(["submission", *parts]))
