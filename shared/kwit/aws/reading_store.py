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
from kwit.metering.readings import IntervalDay, Reading, RegisterReading


@dataclass(frozen=True, slots=True)
class DynamoReadings:
    """The readings' store."""

    table: Table

    def put(self, readings: Iterable[Reading]) -> None:
        """Keep readings; the same reading from the same row twice changes nothing."""
        items = {(i["pk"]["S"], i["sk"]["S"]): i for i in map(_item, readings)}
        self.table.put_many(items.values())

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


def _item(reading: Reading) -> dict[str, Any]:
    origin = f"{reading.known_at.isoformat()}#{reading.source.content_hash[:12]}#{reading.source.row:07d}"
    if isinstance(reading, RegisterReading):
        day = reading.boundary.isoformat()
        sort = f"R#{day}#{reading.meter_no}#{reading.register}#{origin}"
        key = key_of((keys.register_readings(reading.ppe), sort))
        return key | {"data": packed(encode(reading))}
    day = reading.day.isoformat()
    sort = f"I#{day}#{reading.register}#{origin}"
    return key_of((keys.interval_month(reading.ppe, day[:7]), sort)) | {
        "register": text(reading.register),
        "day": text(day),
        "minutes": number(reading.minutes),
        "values": {"B": zlib.compress(array("q", reading.values_wh).tobytes(), 6)},
        "estimated": text(",".join(str(index) for index in sorted(reading.estimated))),
        "known_at": text(reading.known_at.isoformat()),
        "source": packed(encode(reading.source)),
    }


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
        estimated=frozenset(int(index) for index in estimated.split(",") if index),
    )
