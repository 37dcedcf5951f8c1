"""Interval days as bytes: any number of days of any points in one blob, values as compressed byte planes.

Neighbouring values are alike in their high bytes and noisy in the low ones, so all low bytes are written
first, then the next ones: zlib then needs some two thirds of what it needs for the plain numbers. A blob tells
the width of its values itself. Hashes of files do not compress and stand apart, as bytes. A version whose values
another version of the day has is packed without them, under a digest of what it says.
"""

import hashlib
import re
import struct
import sys
import zlib
from array import array
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cache
from itertools import accumulate, pairwise
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from kwit.kernel.provenance import Source
from kwit.kernel.time import utc
from kwit.metering.readings import PLAIN, IntervalDay, Standing

FORMAT = 1
LEVEL = 9
"""Of zlib: blobs are written once and kept for years."""

_HEAD = struct.Struct("<BcHI")
_WIDTHS = (("H", 0, 2**16 - 1), ("i", -(2**31), 2**31 - 1), ("q", -(2**63), 2**63 - 1))
_HASH = re.compile(r"[0-9a-f]{64}")
_HASH_BYTES = 32
_DIGEST_BYTES = 8

T = TypeVar("T", bound=Hashable)
Version = tuple[str, str, date, datetime, Source]


class ValueTooWideError(ValueError):
    """An interval value needs more than 64 bits; carries the point, the day and the value."""

    def __init__(self, ppe: str, day: date, value: int) -> None:
        super().__init__(f"{ppe} on {day.isoformat()}: {value} needs more than 64 bits")
        self.ppe = ppe
        self.day = day
        self.value = value


class PackedDaysError(ValueError):
    """Bytes are no packed days; carries what is wrong."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"not packed days: {problem}")
        self.problem = problem


class ToldNowhereError(LookupError):
    """A version says what another one said, which is not there; carries the version."""

    def __init__(self, version: Version) -> None:
        super().__init__(f"no other version has the values of {version}")
        self.version = version


@dataclass(frozen=True, slots=True)
class ToldBefore:
    """A version without its values: `digest` is that of another version of the same day, which has them."""

    ppe: str
    register: str
    day: date
    known_at: datetime
    source: Source
    digest: str
    standing: Standing = PLAIN


@dataclass(frozen=True, slots=True)
class _Meta:
    """Everything of the days but their values and hashes: names, each once, then a column for each fact.

    A source with no hash here has its hash among the blob's bytes. Few days have missing values, a standing of
    their own, or values that another version has; blobs written without those columns are read as if none had.
    """

    points: list[str]
    registers: list[str]
    sources: list[tuple[str, str, str | None]]
    known: list[datetime]
    point: list[int]
    register: list[int]
    day: list[int]
    minutes: list[int]
    source: list[int]
    row: list[int]
    since: list[int]
    count: list[int]
    estimated: list[tuple[int, str]]
    missing: list[tuple[int, str]] = field(default_factory=list)
    standing: list[tuple[int, Standing]] = field(default_factory=list)
    told_before: list[tuple[int, str]] = field(default_factory=list)


@cache
def _adapter() -> TypeAdapter[_Meta]:
    return TypeAdapter(_Meta)


def version_of(day: IntervalDay | ToldBefore) -> Version:
    """Return what tells one version of a day from every other: what it is of, since when known, whence."""
    return day.ppe, day.register, day.day, day.known_at, day.source


def distinct(days: Iterable[IntervalDay]) -> list[IntervalDay]:
    """Return every version once, in the one order that versions have; the one with values of its own is preferred."""
    chosen: dict[Version, IntervalDay] = {}
    for day in days:
        key = version_of(day)
        if not day.told_before or key not in chosen:
            chosen[key] = day
    return [chosen[key] for key in sorted(chosen)]


def resolved(
    found: Iterable[IntervalDay | ToldBefore], *, beside: Iterable[IntervalDay | ToldBefore] = ()
) -> list[IntervalDay]:
    """Return every version found once, with its values; `beside` are others whose values they may have.

    Raises ToldNowhereError.
    """
    everything = list(found)
    mine = [one for one in everything if isinstance(one, IntervalDay)]
    marks = [one for one in everything if isinstance(one, ToldBefore)]
    if not marks:
        return distinct(mine)
    places = {(one.ppe, one.register, one.day) for one in marks}
    told: dict[tuple[str, str, date, str], IntervalDay] = {}
    for day in (*mine, *(one for one in beside if isinstance(one, IntervalDay))):
        place = (day.ppe, day.register, day.day)
        if place in places:
            told.setdefault((*place, _digest(day)), day)
    for mark in marks:
        base = told.get((mark.ppe, mark.register, mark.day, mark.digest))
        if base is None:
            raise ToldNowhereError(version_of(mark))
        own = replace(
            base, known_at=mark.known_at, source=mark.source, standing=mark.standing, told_before=True
        )
        mine.append(own)
    return distinct(mine)


def _digest(day: IntervalDay) -> str:
    """Name what a day says: its minutes, values and marks."""
    marks = f"{day.minutes} {_mask(day.estimated)} {_mask(day.missing)} "
    values = ",".join(map(str, day.values_wh))
    return hashlib.blake2b((marks + values).encode(), digest_size=_DIGEST_BYTES).hexdigest()


def pack_days(days: Iterable[IntervalDay]) -> bytes:
    """Pack days; the same days in any order give the same blob, one version twice counts once.

    Raises ValueTooWideError.
    """
    ordered = distinct(days)
    points = _places(day.ppe for day in ordered)
    registers = _places(day.register for day in ordered)
    sources = _places((day.source.file, day.source.sheet, day.source.content_hash) for day in ordered)
    known = _places(utc(day.known_at) for day in ordered)
    hashed = [bool(_HASH.fullmatch(one)) for _, _, one in sources]
    hashes = [bytes.fromhex(one) for (_, _, one), apart in zip(sources, hashed, strict=True) if apart]
    meta = _Meta(
        points=list(points),
        registers=list(registers),
        sources=[(f, s, None if apart else h) for (f, s, h), apart in zip(sources, hashed, strict=True)],
        known=list(known),
        point=[points[day.ppe] for day in ordered],
        register=[registers[day.register] for day in ordered],
        day=_steps([day.day.toordinal() for day in ordered]),
        minutes=[day.minutes for day in ordered],
        source=[sources[d.source.file, d.source.sheet, d.source.content_hash] for d in ordered],
        row=_steps([day.source.row for day in ordered]),
        since=[known[utc(day.known_at)] for day in ordered],
        count=[0 if day.told_before else len(day.values_wh) for day in ordered],
        estimated=[(index, _mask(day.estimated)) for index, day in enumerate(ordered) if day.estimated],
        missing=[(index, _mask(day.missing)) for index, day in enumerate(ordered) if day.missing],
        standing=[(index, day.standing) for index, day in enumerate(ordered) if day.standing != PLAIN],
        told_before=[(index, _digest(day)) for index, day in enumerate(ordered) if day.told_before],
    )
    text = zlib.compress(_adapter().dump_json(meta, exclude_defaults=True), LEVEL)
    code, planes = _planes([day for day in ordered if not day.told_before])
    head = _HEAD.pack(FORMAT, code.encode(), len(hashes), len(text))
    return b"".join((head, text, *hashes, zlib.compress(planes, LEVEL)))


def unpack_days(data: bytes, *, ppe: str | None = None) -> Iterator[IntervalDay | ToldBefore]:
    """Yield the days that `pack_days` wrote, or only those of one point; `resolved` brings in values told before.

    Raises PackedDaysError.
    """
    if len(data) < _HEAD.size:
        raise PackedDaysError(f"{len(data)} bytes")
    version, code, hashes, length = _HEAD.unpack_from(data)
    if version != FORMAT:
        raise PackedDaysError(f"format {version}")
    start = _HEAD.size + length
    end = start + hashes * _HASH_BYTES
    try:
        meta = _adapter().validate_json(zlib.decompress(data[_HEAD.size : start]))
        values = _values(zlib.decompress(data[end:]), code.decode("ascii"))
    except (zlib.error, ValidationError, ValueError) as error:
        raise PackedDaysError(type(error).__name__) from error
    apart = (data[at : at + _HASH_BYTES].hex() for at in range(start, end, _HASH_BYTES))
    sources = [(f, s, next(apart) if named is None else named) for f, s, named in meta.sources]
    yield from _days(meta, sources, values, ppe)


def _days(
    meta: _Meta, sources: Sequence[tuple[str, str, str]], values: "array[int]", ppe: str | None
) -> Iterator[IntervalDay | ToldBefore]:
    known = [utc(instant) for instant in meta.known]
    estimated = {index: _indexes(mask) for index, mask in meta.estimated}
    missing = {index: _indexes(mask) for index, mask in meta.missing}
    standing, told_before = dict(meta.standing), dict(meta.told_before)
    ordinals, rows = accumulate(meta.day), accumulate(meta.row)
    ends = list(accumulate(meta.count))
    for index, (ordinal, row) in enumerate(zip(ordinals, rows, strict=True)):
        if ppe is not None and meta.points[meta.point[index]] != ppe:
            continue
        file, sheet, content_hash = sources[meta.source[index]]
        point, register = meta.points[meta.point[index]], meta.registers[meta.register[index]]
        day, since = date.fromordinal(ordinal), known[meta.since[index]]
        source = Source(file, content_hash, row, sheet)
        if index in told_before:
            stands = standing.get(index, PLAIN)
            yield ToldBefore(point, register, day, since, source, told_before[index], stands)
            continue
        end = ends[index]
        yield IntervalDay(
            point,
            register,
            day,
            meta.minutes[index],
            tuple(values[end - meta.count[index] : end]),
            since,
            source,
            estimated.get(index, frozenset()),
            missing.get(index, frozenset()),
            standing.get(index, PLAIN),
        )


def _places(names: Iterable[T]) -> dict[T, int]:
    """Give each different name its place in the order of first mention."""
    places: dict[T, int] = {}
    for name in names:
        places.setdefault(name, len(places))
    return places


def _steps(numbers: Sequence[int]) -> list[int]:
    """Write numbers as steps from the one before, which repeat and so compress."""
    return [b - a for a, b in pairwise((0, *numbers))]


def _mask(indexes: frozenset[int]) -> str:
    return format(sum(1 << index for index in indexes), "x")


def _indexes(mask: str) -> frozenset[int]:
    bits = int(mask, 16)
    return frozenset(index for index in range(bits.bit_length()) if bits >> index & 1)


def _planes(days: Sequence[IntervalDay]) -> tuple[str, bytes]:
    """Write all values in the narrowest width that holds them, plane by plane. Raises ValueTooWideError."""
    low = min((min(day.values_wh, default=0) for day in days), default=0)
    high = max((max(day.values_wh, default=0) for day in days), default=0)
    for code, least, most in _WIDTHS:
        if least <= low and high <= most:
            values = array(code)
            for day in days:
                values.extend(day.values_wh)
            if sys.byteorder == "big":
                values.byteswap()
            raw = values.tobytes()
            return code, b"".join(raw[plane :: values.itemsize] for plane in range(values.itemsize))
    least, most = _WIDTHS[-1][1:]
    wide = ((day, wh) for day in days for wh in day.values_wh if not least <= wh <= most)
    day, wh = next(wide)
    raise ValueTooWideError(day.ppe, day.day, wh)


def _values(planes: bytes, code: str) -> "array[int]":
    values = array(code)
    width = values.itemsize
    count = len(planes) // width
    raw = bytearray(len(planes))
    for plane in range(width):
        raw[plane::width] = planes[plane * count : (plane + 1) * count]
    values.frombytes(raw)
    if sys.byteorder == "big":
        values.byteswap()
    return values
