"""What a correction does when it is issued: the chain it goes on, the cursor it moves, the tasks it settles."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class CursorMove:
    """How issuing a correction moves its contract's cursor: from exactly what stood there when it was made.

    `revision` counts such moves; a bill that was drafted before the last of them cannot be issued. `frees` are
    the ids of events that may be billed again, with a period that is released.
    """

    revision: int
    billed_to: date
    carried: str
    to_billed_to: date
    to_carried: str
    frees: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a contract's cursor stands: days billed, what is handed on, the last bill, how often it was corrected."""

    billed_to: date
    carried: str
    last_document: str
    revision: int


@dataclass(frozen=True, slots=True)
class Corrects:
    """The chain of documents that a correction goes on: its first one, and the one that must be the last yet."""

    original: str
    last: str
    move: CursorMove


@dataclass(frozen=True, slots=True)
class TaskRef:
    """A task for correction by name: its point and its id."""

    ppe: str
    task_id: str
