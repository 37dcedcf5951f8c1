"""Readings (odczyty): states of registers at a local midnight, and series of interval values."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from kwit.kernel.provenance import Source


class ReadingKind(StrEnum):
    """How a reading was made; every bill says it (rodzaj odczytu)."""

    ACTUAL = "actual"
    REMOTE = "remote"
    CUSTOMER = "customer"
    ESTIMATED = "estimated"


@dataclass(frozen=True, slots=True)
class RegisterReading:
    """The state of one register of one meter at a local midnight, in whole Wh before the multiplier.

    `boundary` is the day that begins at that midnight: a reading dated 31 January without an hour, which
    closes January, has the boundary 1 February.
    """

    ppe: str
    meter_no: str
    register: str
    boundary: date
    state_wh: int
    kind: ReadingKind
    known_at: datetime
    source: Source


@dataclass(frozen=True, slots=True)
class IntervalDay:
    """One local day of interval values of one point, in whole Wh, in the order of UTC time.

    There are 23, 24 or 25 hours of them, or four times as many quarters. `register` is the register code the
    values belong to. `estimated` holds the indexes of values that are not measured.
    """

    ppe: str
    register: str
    day: date
    minutes: int
    values_wh: tuple[int, ...]
    known_at: datetime
    source: Source
    estimated: frozenset[int] = frozenset()


Reading = RegisterReading | IntervalDay
