"""A directory of points and meters in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from kwit.metering.ports import PlacedMeter


@dataclass
class MemoryDirectory:
    """Which meter stands at which point."""

    placed: dict[str, Sequence[PlacedMeter]] = field(default_factory=dict)

    def meters(self, ppe: str) -> Sequence[PlacedMeter] | None:
        return self.placed.get(ppe)

    def points_of(self, meter_no: str) -> Sequence[str]:
        return [ppe for ppe, meters in self.placed.items() if any(m.meter_no == meter_no for m in meters)]
