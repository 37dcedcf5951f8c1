"""Readings in DynamoDB: register states one item each; interval days by month on shelves of points.

Days are written as they arrive, in as few units as they fill: many days of one register in an item of their
own, one day of many points in one item for each shelf. What is not packed yet carries the time after which
DynamoDB removes it; reading merges all items, so it never matters which of them hold a day (decision 0013).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

from kwit.aws import keys
from kwit.aws.codec import decode, encode
from kwit.aws.table import Item, Table, key_of, number, packed, unpacked
from kwit.kernel.identifiers import deterministic_id
from kwit.kernel.time import Period, local_day, local_midnight
from kwit.metering.packing import ToldBefore, distinct, pack_days, resolved, unpack_days, version_of
from kwit.metering.packing_months import LATE_MONTHS, month_of, months_between, shelf_of
from kwit.metering.ports import Shelf
from kwit.metering.readings import IntervalDay, Reading, RegisterReading

OWN_DAYS = 6
"""Days of one register that fill a write unit of their own; that many at once are kept as packed."""

KEPT_FOR = timedelta(days=180)
"""How long days stay as they arrived, after their month's end or their arrival: six packings and more."""

EXPIRES = "expires"
"""The attribute in which the table's time to live stands."""

_AGAIN = "R#again#"
_TOLD_TOGETHER = 500
_ITEM_BYTES = 300_000
_DIGEST = 16


@dataclass(frozen=True, slots=True)
class _ToldAgain:
    """States of one point that a file said again."""

    states: tuple[RegisterReading, ...]


@dataclass(frozen=True, slots=True)
class DynamoReadings:
    """The readings' store."""

    table: Table

    def put(self, readings: Iterable[Reading]) -> None:
        """Keep readings; the same reading from the same row twice changes nothing."""
        items: dict[tuple[str, str], dict[str, Any]] = {}
        shelves: dict[tuple[str, int], list[IntervalDay]] = {}
        again: dict[str, list[RegisterReading]] = {}
        for one in readings:
            if isinstance(one, RegisterReading) and one.told_before:
                again.setdefault(one.ppe, []).append(one)
            elif isinstance(one, RegisterReading):
                item = state_item(one)
                items[item["pk"]["S"], item["sk"]["S"]] = item
            else:
                shelves.setdefault((month_of(one.day), shelf_of(one.ppe)), []).append(one)
        for item in (one for states in again.values() for one in _told_again(states)):
            items[item["pk"]["S"], item["sk"]["S"]] = item
        for (month, shelf), days in shelves.items():
            for item in _arriving(month, shelf, distinct(days)):
                items[item["pk"]["S"], item["sk"]["S"]] = item
        self.table.put_many(items.values())

    def keep_first(self, readings: Sequence[Reading]) -> Sequence[Reading]:
        """Keep readings whose places are free; return, in order, what stands at the places now.

        The place of a day is told by its own version, so that it lies in an item of its own.
        """
        standing: list[Reading] = []
        for reading in readings:
            item = _single_item(reading)
            key = (item["pk"]["S"], item["sk"]["S"])
            rest = {name: value for name, value in item.items() if name not in {"pk", "sk"}}
            if self.table.put_new(key, **rest):
                standing.append(reading)
            else:
                standing.append(_reading_of(reading, self.table.get(key) or item))
        return standing

    def registers(self, ppe: str, *, known_by: datetime | None = None) -> Sequence[RegisterReading]:
        """Return all versions of all register readings of a point, or those known by an instant."""
        states: dict[str, RegisterReading] = {}
        for item in self.table.query(keys.register_readings(ppe), prefix="R#"):
            if item["sk"]["S"].startswith(_AGAIN):
                told = decode(_ToldAgain, unpacked(item)).states
            else:
                told = (decode(RegisterReading, unpacked(item)),)
            states |= {_state_key(state): state for state in told}
        known = (states[key] for key in sorted(states))
        return [state for state in known if known_by is None or state.known_at <= known_by]

    def intervals(
        self, ppe: str, *, period: Period, known_by: datetime | None = None
    ) -> Sequence[IntervalDay]:
        """Return all versions of the interval days of a point within a period, or those known by an instant."""
        found: list[IntervalDay | ToldBefore] = []
        for month, within in months_between(period):
            partition = keys.shelf(month, shelf_of(ppe))
            for item in (
                *self.table.query(partition, prefix=keys.own_days(ppe)),
                *self._of_many(partition, within),
            ):
                found += unpack_days(item["days"]["B"], ppe=ppe)
        # What a version said before may be told by one that is known later.
        days = resolved(day for day in found if day.day in period.range)
        return [day for day in days if known_by is None or day.known_at <= known_by]

    def intervals_of(self, periods: Mapping[str, Period]) -> Iterator[tuple[str, Sequence[IntervalDay]]]:
        """Yield each point with all versions of its interval days within its period.

        Points that share a shelf and a period are read together, which costs a query or two for all of them.
        """
        together: dict[tuple[int, Period], list[str]] = {}
        for ppe, period in periods.items():
            together.setdefault((shelf_of(ppe), period), []).append(ppe)
        for (shelf, period), points in together.items():
            if len(points) == 1:
                yield points[0], self.intervals(points[0], period=period)
                continue
            wanted: dict[str, list[IntervalDay | ToldBefore]] = {ppe: [] for ppe in points}
            for month, within in months_between(period):
                partition = keys.shelf(month, shelf)
                for item in (*self.table.query(partition, prefix="P#"), *self._of_many(partition, within)):
                    for day in unpack_days(item["days"]["B"]):
                        if day.ppe in wanted and day.day in period.range:
                            wanted[day.ppe].append(day)
            yield from ((ppe, resolved(days)) for ppe, days in wanted.items())

    def _of_many(self, partition: str, period: Period) -> Iterator[Item]:
        first, after = keys.days_of_many(period.start), keys.days_of_many(period.end)
        return self.table.between(partition, first=first, last=after)

    def shelf(self, month: str, number: int) -> Shelf:
        """Return what lies on a shelf of a month (YYYY-MM)."""
        arrived: list[IntervalDay | ToldBefore] = []
        kept: list[IntervalDay | ToldBefore] = []
        for item in self.table.query(keys.shelf(month, number)):
            days = unpack_days(item["days"]["B"])
            (kept if item["sk"]["S"].split("#")[2] == "M" else arrived).extend(days)
        return Shelf(resolved(arrived, beside=kept), resolved(kept, beside=arrived))

    def keep(self, month: str, number: int, days: Sequence[IntervalDay]) -> None:
        """Keep days of a month on a shelf packed, for good; the same days twice change nothing."""
        self.table.put_many(
            _item(month, number, keys.packed_days(ppe, register, _digest(part)), data)
            for (ppe, register), mine in _by_register(distinct(days)).items()
            for part, data in _fitting(mine)
        )


def _arriving(month: str, shelf: int, days: Sequence[IntervalDay]) -> Iterator[dict[str, Any]]:
    """Write the days of one shelf in as few units as they fill."""
    few: dict[date, list[IntervalDay]] = {}
    for (ppe, register), mine in _by_register(days).items():
        if len(mine) < OWN_DAYS:
            for day in mine:
                few.setdefault(day.day, []).append(day)
            continue
        for part, data in _fitting(mine):
            yield _item(month, shelf, keys.packed_days(ppe, register, _digest(part)), data)
    alone: dict[str, list[IntervalDay]] = {}
    for on, group in few.items():
        if len({day.ppe for day in group}) == 1:
            alone.setdefault(group[0].ppe, []).extend(group)
        else:
            yield from _loose(month, shelf, partial(keys.days_of_many, on), group)
    for ppe, mine in alone.items():
        yield from _loose(month, shelf, partial(keys.loose_days, ppe), mine)


def _loose(
    month: str, shelf: int, sort_key: Callable[[str], str], days: Sequence[IntervalDay]
) -> Iterator[dict[str, Any]]:
    for part, data in _fitting(days):
        yield _item(month, shelf, sort_key(_digest(part)), data) | _expiring(month, part)


def _by_register(days: Iterable[IntervalDay]) -> dict[tuple[str, str], list[IntervalDay]]:
    groups: dict[tuple[str, str], list[IntervalDay]] = {}
    for day in days:
        groups.setdefault((day.ppe, day.register), []).append(day)
    return groups


def _item(month: str, shelf: int, sort: str, data: bytes) -> dict[str, Any]:
    return key_of((keys.shelf(month, shelf), sort)) | {"days": {"B": data}}


def _fitting(days: Sequence[IntervalDay]) -> Iterator[tuple[Sequence[IntervalDay], bytes]]:
    """Pack days, halved as often as an item needs to stay well below 400 KB."""
    data = pack_days(days)
    if len(data) <= _ITEM_BYTES or len(days) == 1:
        yield days, data
        return
    middle = len(days) // 2
    yield from _fitting(days[:middle])
    yield from _fitting(days[middle:])


def _digest(days: Sequence[IntervalDay]) -> str:
    """Name a set of versions; what is written again under the same name is the same."""
    parts = [
        f"{ppe} {register} {day.isoformat()} {known_at.astimezone(UTC).isoformat()} {source.content_hash} "
        f"{source.sheet}:{source.row}{' again' if one.told_before else ''}"
        for one in days
        for ppe, register, day, known_at, source in (version_of(one),)
    ]
    return deterministic_id(*parts)[:_DIGEST]


def _expiring(month: str, days: Sequence[IntervalDay]) -> dict[str, Any]:
    """Say when DynamoDB may remove days that a packing will have taken over; late ones stay for good."""
    year, number_of_month = map(int, month.split("-"))
    end = local_midnight(date(year + number_of_month // 12, number_of_month % 12 + 1, 1))
    latest = max(day.known_at for day in days)
    today = local_day(latest)
    if (today.year - year) * 12 + today.month - number_of_month > LATE_MONTHS // 2:
        return {}
    return {EXPIRES: number(int((max(end, latest) + KEPT_FOR).timestamp()))}


def _single_item(reading: Reading) -> dict[str, Any]:
    if isinstance(reading, RegisterReading):
        return state_item(reading)
    month, shelf = month_of(reading.day), shelf_of(reading.ppe)
    sort = keys.loose_days(reading.ppe, _digest([reading]))
    return _item(month, shelf, sort, pack_days([reading])) | _expiring(month, [reading])


def _reading_of(like: Reading, item: Item) -> Reading:
    if isinstance(like, RegisterReading):
        return decode(RegisterReading, unpacked(item))
    return resolved(unpack_days(item["days"]["B"]))[0]


def state_item(reading: RegisterReading) -> dict[str, Any]:
    """Make the item of a register state."""
    key = keys.register_readings(reading.ppe), _state_key(reading)
    return key_of(key) | {"data": packed(encode(reading))}


def _state_key(reading: RegisterReading) -> str:
    origin = f"{reading.known_at.isoformat()}#{reading.source.content_hash[:12]}#{reading.source.row:07d}"
    return f"R#{reading.boundary.isoformat()}#{reading.meter_no}#{reading.register}#{origin}"


def _told_again(states: Sequence[RegisterReading]) -> Iterator[dict[str, Any]]:
    """Make the items of one point's states that say what was known: together they take a few units."""
    if len(states) == 1:
        yield state_item(states[0])
        return
    ordered = sorted(states, key=_state_key)
    for start in range(0, len(ordered), _TOLD_TOGETHER):
        part = tuple(ordered[start : start + _TOLD_TOGETHER])
        name = deterministic_id(*map(_state_key, part))[:_DIGEST]
        key = keys.register_readings(part[0].ppe), f"{_AGAIN}{name}"
        yield key_of(key) | {"data": packed(encode(_ToldAgain(part)))}
