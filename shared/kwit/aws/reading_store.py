"""Readings in DynamoDB: register states one item each, interval values one item per day and register."""

import zlib
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from kwit.aws import keys
from kwit.aws.codec import decode, encode
from kwit.aws.table import Table, key_of, number, packed, text, unpacked
from kwit.kernel.provenance import Source
from kwit.kernel.time import Period
from kwit.metering.readings import PLAIN, IntervalDay, Reading, RegisterReading, Standing


@dataclass(frozen=True, slots=True)
class DynamoReadings:
    """The readings' store."""

    table: Table

    def put(self, readings: Iterable[Reading]) -> None:
        """Keep readings; the same reading from the same row twice changes nothing."""
        items = {(i["pk"]["S"], i["sk"]["S"]): i for i in map(_item, readings)}
        self.table.put_many(items.values())

    def keep_first(self, readings: Sequence[Reading]) -> Sequence[Reading]:
        """Keep readings whose places are free; return, in order, what stands at the places now."""
        standing = []
        for reading in readings:
            item = _item(reading)
            key = (item["pk"]["S"], item["sk"]["S"])
            rest = {name: value for name, value in item.items() if name not in {"pk", "sk"}}
            if self.table.put_new(key, **rest):
                standing.append(reading)
            else:
                standing.append(_of_item(reading, self.table.get(key) or item))
        return standing

    def registers(self, ppe: str) -> Sequence[RegisterReading]:
        """Return all versions of all register readings of a point."""
        items = self.table.query(keys.register_readings(ppe), prefix="R#")
        return [decode(RegisterReading, unpacked(item)) for item in items]

    def intervals(self, ppe: str, *, period: Period) -> Sequence[IntervalDay]:
        """Return all versions of the interval days of a point within a period."""
        months = sorted({day.isoformat()[:7] for day in period.each_day()})
        partitions = [keys.interval_month(ppe, month) for month in months]
        days = [_interval_day(ppe, i) for part in partitions for i in self.table.query(part)]
        return [day for day in days if day.day in period.range]


def _of_item(reading: Reading, item: Any) -> Reading:
    if isinstance(reading, RegisterReading):
        return decode(RegisterReading, unpacked(item))
    return _interval_day(reading.ppe, item)


def _item(reading: Reading) -> dict[str, Any]:
    origin = f"{reading.known_at.isoformat()}#{reading.source.content_hash[:12]}#{reading.source.row:07d}"
    if isinstance(reading, RegisterReading):
        day = reading.boundary.isoformat()
        sort = f"R#{day}#{reading.meter_no}#{reading.register}#{origin}"
        key = key_of((keys.register_readings(reading.ppe), sort))
        return key | {"data": packed(encode(reading))}
    day = reading.day.isoformat()
    sort = f"I#{day}#{reading.register}#{origin}"
    return (
        key_of((keys.interval_month(reading.ppe, day[:7]), sort))
        | {
            "register": text(reading.register),
            "day": text(day),
            "minutes": number(reading.minutes),
            "values": {"B": zlib.compress(array("q", reading.values_wh).tobytes(), 6)},
            "estimated": text(",".join(str(index) for index in sorted(reading.estimated))),
            "known_at": text(reading.known_at.isoformat()),
            "source": packed(encode(reading.source)),
        }
        | _marks(reading)
    )


def _marks(day: IntervalDay) -> dict[str, Any]:
    """Write what few days have: values not known at all, and a standing of their own."""
    marks: dict[str, Any] = {}
    if day.missing:
        marks["missing"] = text(",".join(str(index) for index in sorted(day.missing)))
    if day.standing != PLAIN:
        marks["standing"] = packed(encode(day.standing))
    return marks


def _interval_day(ppe: str, item: Any) -> IntervalDay:
    values = array("q")
    values.frombytes(zlib.decompress(item["values"]["B"]))
    estimated = item["estimated"]["S"]
    return IntervalDay(
        ppe=ppe,
        register=item["register"]["S"],
        day=date.fromisoformat(item["day"]["S"]),
        minutes=int(item["minutes"]["N"]),
        values_wh=tuple(values),
        known_at=datetime.fromisoformat(item["known_at"]["S"]),
        source=decode(Source, unpacked(item, "source")),
        estimated=_indexes(estimated),
        missing=_indexes(item["missing"]["S"]) if "missing" in item else frozenset(),
        standing=decode(Standing, unpacked(item, "standing")) if "standing" in item else PLAIN,
    )


def _indexes(written: str) -> frozenset[int]:
    return frozenset(int(index) for index in written.split(",") if index)
