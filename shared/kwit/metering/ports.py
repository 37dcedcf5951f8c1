"""What metering asks of a store."""

from collections.abc import Iterable, Sequence
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
