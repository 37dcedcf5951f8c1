"""What metering asks of a store, and of whoever knows which meter stands where."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from kwit.kernel.time import Period
from kwit.metering.readings import IntervalDay, Reading, RegisterReading


class ReadingStore(Protocol):
    """Readings as versions: a re-sent value is kept beside the one it replaces."""

    def put(self, readings: Iterable[Reading]) -> None:
        """Keep readings; the same reading from the same row twice changes nothing."""
        ...

    def registers(self, ppe: str) -> Sequence[RegisterReading]:
        """Return all versions of all register readings of a point."""
        ...

    def intervals(self, ppe: str, *, period: Period) -> Sequence[IntervalDay]:
        """Return all versions of the interval days of a point within a period."""
        ...


@dataclass(frozen=True, slots=True)
class PlacedRegister:
    """A register of a meter as readings need it: `quantity` is import, export or import_unbalanced;
    `digits` is the number of whole kWh digits, after which the register starts again from zero.
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
