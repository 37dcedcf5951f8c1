"""Readings in memory: append-only, one item per reading and the row it came from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from kwit.kernel.time import Period
from kwit.metering.readings import IntervalDay, Reading, RegisterReading


def _key(reading: Reading) -> tuple[str, ...]:
    origin = (reading.known_at.isoformat(), reading.source.content_hash, f"{reading.source.row:07}")
    if isinstance(reading, RegisterReading):
        return "R", reading.ppe, reading.boundary.isoformat(), reading.meter_no, reading.register, *origin
    return "I", reading.ppe, reading.day.isoformat(), reading.register, *origin


@dataclass
class MemoryReadings:
    """The readings' store in memory; `puts` counts the calls of `put`."""

    items: dict[tuple[str, ...], Reading] = field(default_factory=dict)
    puts: int = 0

    def put(self, readings: Iterable[Reading]) -> None:
        self.puts += 1
        for reading in readings:
            self.items.setdefault(_key(reading), reading)

    def keep_first(self, readings: Sequence[Reading]) -> Sequence[Reading]:
        self.puts += 1
        return [self.items.setdefault(_key(reading), reading) for reading in readings]

    def registers(self, ppe: str) -> Sequence[RegisterReading]:
        found = (self.items[key] for key in sorted(self.items))
        return [r for r in found if isinstance(r, RegisterReading) and r.ppe == ppe]

    def intervals(self, ppe: str, *, period: Period) -> Sequence[IntervalDay]:
        found = (self.items[key] for key in sorted(self.items))
        return [r for r in found if isinstance(r, IntervalDay) and r.ppe == ppe and r.day in period.range]
