"""What collectors (inkasenci) say beside a state, or instead of one: remarks of the field, kept until settled."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from kwit.kernel.identifiers import deterministic_id
from kwit.kernel.provenance import Source
from kwit.metering.readings import ReadingKind, RegisterReading

UNKNOWN = "unknown"
"""The code of a remark that no profile explains; what the collector wrote is kept as its name."""


class SettledBy(StrEnum):
    """What settles a remark: the next reading somebody takes, or a person who has seen to it."""

    READING = "reading"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class FieldRemark:
    """One remark about a meter on one day (uwaga inkasenta).

    `code` is kWit's own word, `name` the Polish one of the handheld's profile, `note` what the collector added.
    `state_read` tells whether a state came with it.
    """

    ppe: str
    meter_no: str
    day: date
    code: str
    name: str
    note: str
    settled_by: SettledBy
    state_read: bool
    known_at: datetime
    source: Source

    @property
    def remark_id(self) -> str:
        """Name the remark by what it says, so that it is kept once, from whatever file and row it comes."""
        return deterministic_id(
            "field-remark", self.ppe, self.meter_no, self.day.isoformat(), self.code, self.note
        )


class RemarkStore(Protocol):
    """Remarks of the field, each kept once, open until somebody settles it."""

    def add(self, remarks: Iterable[FieldRemark]) -> None:
        """Keep remarks; one that is known already, open or settled, stays as it is."""
        ...

    def find(self, remark_id: str) -> FieldRemark | None:
        """Return a remark, open or settled, by what it says; None when it is not known."""
        ...

    def open_remarks(self) -> Sequence[FieldRemark]:
        """List all remarks that nobody has settled, by point and day."""
        ...

    def settle(self, remark: FieldRemark, *, by: str) -> bool:
        """Mark an open remark as settled; tell whether it was open."""
        ...


def settling_reading(remark: FieldRemark, states: Iterable[RegisterReading]) -> RegisterReading | None:
    """Return the first reading taken of the remark's meter on its day or later that settles it, or None.

    An estimate settles nothing, and a remark that wants a person is settled by no reading. A state dated the
    remark's day closes that day, so its boundary is the day after.
    """
    if remark.settled_by is SettledBy.PERSON:
        return None
    taken = (
        state
        for state in states
        if state.meter_no == remark.meter_no
        and state.boundary > remark.day
        and state.kind is not ReadingKind.ESTIMATED
    )
    return min(taken, key=lambda one: (one.boundary, one.known_at, one.source), default=None)
