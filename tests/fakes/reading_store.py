"""Readings in memory: append-only, one item per reading and the row it came from."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from kwit.kernel.time import Period
from kwit.metering.packing import Version, distinct, version_of
from kwit.metering.packing_months import month_of, shelf_of
from kwit.metering.ports import Shelf
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
    kept: dict[Version, IntervalDay] = field(default_factory=dict)

    def put(self, readings: Iterable[Reading]) -> None:
        self.puts += 1
        for reading in readings:
            self.items.setdefault(_key(reading), reading)

    def keep_first(self, readings: Sequence[Reading]) -> Sequence[Reading]:
        self.puts += 1
        return [self.items.setdefault(_key(reading), reading) for reading in readings]

    def registers(self, ppe: str, *, known_by: datetime | None = None) -> Sequence[RegisterReading]:
        found = (self.items[key] for key in sorted(self.items))
        mine = (r for r in found if isinstance(r, RegisterReading) and r.ppe == ppe)
        return [r for r in mine if known_by is None or r.known_at <= known_by]

    def intervals(
        self, ppe: str, *, period: Period, known_by: datetime | None = None
    ) -> Sequence[IntervalDay]:
        mine = (r for r in self._days() if r.ppe == ppe and r.day in period.range)
        return [r for r in mine if known_by is None or r.known_at <= known_by]

    def intervals_of(self, periods: Mapping[str, Period]) -> Iterator[tuple[str, Sequence[IntervalDay]]]:
        for ppe, period in periods.items():
            yield ppe, self.intervals(ppe, period=period)

    def shelf(self, month: str, number: int) -> Shelf:
        def mine(day: IntervalDay) -> bool:
            return month_of(day.day) == month and shelf_of(day.ppe) == number

        arrived = [r for r in self.items.values() if isinstance(r, IntervalDay) and mine(r)]
        return Shelf(distinct(arrived), distinct(filter(mine, self.kept.values())))

    def keep(self, month: str, number: int, days: Sequence[IntervalDay]) -> None:
        self.kept |= {version_of(day): day for day in days}

    def forget_arrivals(self) -> None:
        """Do what time does: let go of days as they arrived."""
        self.items = {key: one for key, one in self.items.items() if isinstance(one, RegisterReading)}

    def _days(self) -> list[IntervalDay]:
        arrived = (one for one in self.items.values() if isinstance(one, IntervalDay))
        return distinct([*arrived, *self.kept.values()])
