"""The reading store in memory: append-only, one item per reading and the row it came from."""

from kwit.metering.readings import IntervalDay, RegisterReading


def _key(reading):
    place = (reading.source.content_hash, reading.source.sheet, reading.source.row)
    if isinstance(reading, RegisterReading):
        return "register", reading.ppe, reading.meter_no, reading.register, reading.boundary, place
    return "interval", reading.ppe, reading.register, reading.day, place


class InMemoryReadingStore:
    """Implements kwit.metering.ports.ReadingStore."""

    def __init__(self) -> None:
        self._items = {}
        self.puts = 0

    def put(self, readings):
        self.puts += 1
        for reading in readings:
            self._items.setdefault(_key(reading), reading)

    def registers(self, ppe):
        return tuple(r for r in self._items.values() if isinstance(r, RegisterReading) and r.ppe == ppe)

    def intervals(self, ppe, *, period):
        return tuple(
            r
            for r in self._items.values()
            if isinstance(r, IntervalDay) and r.ppe == ppe and r.day in period.range
        )

    def everything(self):
        """List all that was ever put, for assertions."""
        return tuple(self._items.values())
