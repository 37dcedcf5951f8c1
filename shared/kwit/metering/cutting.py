"""Cut a long file of readings into parts, each with all rows of its points, so that each can go in alone.

Rows keep their numbers, so a part says of its rows what the whole file would say. Points are dealt by the hash
that also chooses their shelf: a part holds whole shelves, and its days fill items as those of the whole file.
A part is gzip of lines: the first says how to read the others.
"""

import csv
import json
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from pydantic import TypeAdapter

from kwit.intake.cells import DigitsLostError, as_text
from kwit.intake.inflating import INFLATED_LIMIT, each_line, pieces
from kwit.intake.sheet import Cell, SheetRow
from kwit.intake.table import Layout, Table
from kwit.kernel.identifiers import spread
from kwit.metering.batch import Heading, batch_lines, heading_of, heading_of_first, point_written
from kwit.metering.ports import PointDirectory

BINS = 64
"""Heaps that points are dealt to; a part is as many neighbouring ones as make it large enough."""

_LEVEL = 1
_ONE_POINT = re.compile(rb'"ppe"\s*:\s*"([^"]*)"')


@dataclass(slots=True)
class _Bin:
    packer: Any = field(default_factory=lambda: zlib.compressobj(_LEVEL, wbits=zlib.MAX_WBITS | 16))
    packed: list[bytes] = field(default_factory=list)
    rows: int = 0

    def add(self, line: bytes) -> None:
        self.packed.append(self.packer.compress(line + b"\n"))
        self.rows += 1

    def content(self) -> bytes:
        return b"".join((*self.packed, self.packer.flush()))


@dataclass(slots=True)
class Dealer:
    """Deals lines to bins by the point they speak of, in the order they come."""

    head: dict[str, object]
    _bins: dict[int, _Bin] = field(default_factory=dict)

    def deal(self, key: str, line: bytes) -> None:
        """Put a line to the others of its key."""
        self._bins.setdefault(spread(key, ways=BINS), _Bin()).add(line)

    def parts(self, *, rows: int) -> list[bytes]:
        """Return the parts, each of at least `rows` lines but for the last."""
        head = _Bin()
        head.add(_json(self.head))
        first = head.content()
        found: list[bytes] = []
        waiting, count = [first], 0
        for number in sorted(self._bins):
            waiting.append(self._bins[number].content())
            count += self._bins[number].rows
            if count >= rows:
                found.append(b"".join(waiting))
                waiting, count = [first], 0
        return [*found, b"".join(waiting)] if count else found


def cut_batch(content: bytes, *, over: int, rows: int) -> list[bytes] | None:
    """Cut a batch of more than `over` lines into parts of about `rows`; None when it is shorter.

    Raises UnreadableFileError as reading the whole batch would.
    """
    if sum(piece.count(b"\n") for piece in pieces(content)) <= over:
        return None
    dealer: Dealer | None = None
    heading: Heading | None = None
    for number, line in batch_lines(pieces(content)):
        if dealer is None:
            heading = heading_of_first(line)
            written = line.decode(errors="replace") if line and heading else ""
            dealer = Dealer({"kind": "batch", "heading": written})
            if heading is not None:
                continue
        prefix = str(number).encode()
        if line is None:
            dealer.deal("", prefix)
        else:
            dealer.deal(_point_of(line, heading), prefix + b"\t" + line)
    return dealer.parts(rows=rows) if dealer else None


def _point_of(line: bytes, heading: Heading | None) -> str:
    """Tell the point of a line, without reading all of it where that can be done safely."""
    if heading is None:
        found = _ONE_POINT.findall(line)
        if len(found) == 1 and b"\\" not in line and line.count(b"{") == 1:
            return _plain(found[0].decode(errors="replace"))
        return _plain(point_written(line))
    text = line.decode(errors="replace")
    cells = text.split(heading.delimiter)
    if '"' in text:
        try:
            cells = next(csv.reader([text], delimiter=heading.delimiter), [])
        except csv.Error:
            return ""
    place = heading.places["ppe"]
    return _plain(cells[place]) if place < len(cells) else ""


def _plain(text: str) -> str:
    return "".join(text.split())


@dataclass(frozen=True, slots=True)
class _TableHead:
    kind: str
    sheet: str
    places: dict[str, int]
    headings: dict[str, str]


def cut_tables(
    tables: Sequence[Table], directory: PointDirectory, *, over: int, rows: int
) -> list[bytes] | None:
    """Cut tables of more than `over` rows together into parts of about `rows`; None when they are shorter."""
    if sum(len(table.rows) for table in tables) <= over:
        return None
    heads = [_TableHead(t.layout.kind, t.sheet, dict(t.places), dict(t.headings)) for t in tables]
    told = TypeAdapter(list[_TableHead]).dump_python(heads)
    dealer = Dealer({"kind": "tables", "tables": told})
    keys = _RowKeys(directory, [table for table in tables if _of_states(table)])
    for index, table in enumerate(tables):
        for row in table.rows:
            cells = [_written(cell) for cell in row.cells]
            dealer.deal(keys.of(table, row), _json([index, row.number, cells]))
    return dealer.parts(rows=rows)


class _RowKeys:
    """Tells what keeps rows together: the point; the meter, in a file that names no points.

    In a file that names some points, a row with a meter alone is asked of the directory, because it may speak
    of the same register as a row with the point alone.
    """

    def __init__(self, directory: PointDirectory, tables: Sequence[Table]) -> None:
        self._directory = directory
        self._points: dict[str, str] = {}
        self._named = any(_text(table, row, "ppe") for table in tables for row in table.rows)

    def of(self, table: Table, row: SheetRow) -> str:
        ppe = _plain(_text(table, row, "ppe"))
        if ppe or not _of_states(table):
            return ppe
        meter = _text(table, row, "meter_no")
        if not self._named:
            return meter.lstrip("0")
        if meter and meter not in self._points:
            points = self._directory.points_of(meter)
            self._points[meter] = points[0] if len(points) == 1 else ""
        return self._points.get(meter, "")


def _of_states(table: Table) -> bool:
    """Tell a table of states, whose rows may name the meter alone, by its columns."""
    return "date" in table.places


def _text(table: Table, row: SheetRow, key: str) -> str:
    place = table.places.get(key)
    if place is None or place >= len(row.cells):
        return ""
    try:
        return as_text(row.cells[place])
    except DigitsLostError:
        return ""


@dataclass(frozen=True, slots=True)
class BatchPart:
    """A part of a batch: its CSV heading, None for JSON lines, and its lines with their numbers."""

    heading: Heading | None
    lines: Iterator[tuple[int, bytes | None]]


def read_part(content: bytes, layouts: Sequence[Layout]) -> BatchPart | Sequence[Table]:
    """Read a part that was cut: lines of a batch, or tables of one of the layouts. Raises PartError."""
    lines = (
        line or b"" for _, line in each_line(pieces(content, limit=2 * INFLATED_LIMIT), limit=INFLATED_LIMIT)
    )
    head = json.loads(next(lines, b"{}"))
    if head.get("kind") == "batch":
        return BatchPart(heading_of(head["heading"].encode()), map(_numbered, lines))
    known = {layout.kind: layout for layout in layouts}
    heads = TypeAdapter(list[_TableHead]).validate_python(head.get("tables", []))
    rows: list[list[SheetRow]] = [[] for _ in heads]
    for line in lines:
        index, number, cells = json.loads(line)
        rows[index].append(SheetRow(number, tuple(map(_read, cells))))
    unknown = [one.kind for one in heads if one.kind not in known]
    if unknown or not heads:
        raise PartError(f"no layout {unknown}" if heads else "no tables")
    return [
        Table(known[one.kind], one.sheet, one.places, one.headings, mine)
        for one, mine in zip(heads, rows, strict=True)
        if mine
    ]


class PartError(ValueError):
    """A part of a file cannot be read back; carries what is wrong."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"not a part of a file: {problem}")
        self.problem = problem


def _numbered(line: bytes) -> tuple[int, bytes | None]:
    number, tab, rest = line.partition(b"\t")
    return int(number), rest if tab else None


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def _written(cell: Cell) -> object:
    """Write a cell as JSON: texts and nothing as they are, the rest with a sign of its kind."""
    if cell is None or isinstance(cell, str | bool):
        return cell
    if isinstance(cell, Decimal):
        return ["n", str(cell)]
    if isinstance(cell, datetime):
        return ["t", cell.isoformat()]
    return ["d" if isinstance(cell, date) else "c", cell.isoformat()]


_READERS: dict[str, Callable[[str], Cell]] = {
    "n": Decimal,
    "t": datetime.fromisoformat,
    "d": date.fromisoformat,
    "c": time.fromisoformat,
}


def _read(cell: Cell | list[str]) -> Cell:
    return _READERS[cell[0]](cell[1]) if isinstance(cell, list) else cell
