"""Points as one import knows them: each is asked of the directory once, however many rows name it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from kwit.metering.ports import PlacedMeter, PointDirectory


@dataclass(slots=True)
class KnownPoints:
    """A directory that remembers its answers for the length of one import."""

    directory: PointDirectory
    _meters: dict[str, Sequence[PlacedMeter] | None] = field(default_factory=dict)
    _points: dict[str, Sequence[str]] = field(default_factory=dict)

    def meters(self, ppe: str) -> Sequence[PlacedMeter] | None:
        """Return every stay of every meter at a point; None when the point is not known at all."""
        if ppe not in self._meters:
            self._meters[ppe] = self.directory.meters(ppe)
        return self._meters[ppe]

    def points_of(self, meter_no: str) -> Sequence[str]:
        """Return the codes of all points at which a meter ever stood; empty when it is not known."""
        if meter_no not in self._points:
            self._points[meter_no] = self.directory.points_of(meter_no)
        return self._points[meter_no]
