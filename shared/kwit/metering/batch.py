"""Batches of a head-end system: one point, day and quantity a line, thousands of them, read as a stream.

JSON lines: `{"ppe": "…", "day": "2026-01-31", "minutes": 15, "quantity": "import", "values": [250, "0.251"]}`,
where a whole number is Wh and a text is kWh; `estimated` may list the indexes of values not measured. CSV: the
same names in the heading, then one column for each value (`v1`, `v2`, …), in kWh. Either may be gzip. Reactive
energy counts varh and kvarh. Quantities of phases (`import_l1`, `export_l1`, …) are balanced hour by hour.
"""

import csv
import json
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NoReturn

from kwit.intake.cells import NotANumberError, as_decimal
from kwit.intake.findings import file_rejection
from kwit.intake.inflating import each_line
from kwit.intake.sheet import UnreadableFileError
from kwit.intake.text import LINE_LIMIT
from kwit.kernel.energy import FinerThanWattHourError, plain_kwh, to_wh
from kwit.kernel.identifiers import PointCodeError, point_code
from kwit.kernel.time import day_minutes
from kwit.metering.day_import import DayImport, Place, StagedDay
from kwit.metering.phases import PHASE_QUANTITIES, PhaseDays

DAY_LIMIT = 100_000
"""Lines of the longest batch that is read."""

MINUTES = (15, 30, 60)
LARGEST_WH = 10**12
_NEEDED = ("ppe", "day", "minutes", "quantity")
_QUANTITIES = frozenset(
    {"import", "export", "import_unbalanced", "reactive_inductive", "reactive_capacitive", *PHASE_QUANTITIES}
)
_DELIMITERS = (";", ",", "\t")
_BOM = b"\xef\xbb\xbf"


class BatchLineError(ValueError):
    """A line of a batch cannot be taken; carries the finding's code, a sentence in Polish and the value."""

    def __init__(self, code: str, sentence_pl: str, value: object = "") -> None:
        super().__init__(f"{code}: {value}")
        self.code = code
        self.sentence_pl = sentence_pl
        self.value = str(value)


def is_batch(first: bytes) -> bool:
    """Tell by its first bytes whether a file is a batch."""
    start = first.removeprefix(_BOM).lstrip(b" \t\r\n")
    return start.startswith(b"{") or heading_of(start.partition(b"\n")[0]) is not None


@dataclass(frozen=True, slots=True)
class Heading:
    """A CSV heading: the sign between cells, where each column stands, and the places of the values."""

    delimiter: str
    places: dict[str, int]
    values: tuple[int, ...]


def heading_of(line: bytes) -> Heading | None:
    """Read a CSV heading; None when the line is none."""
    text = line[:LINE_LIMIT].decode("utf-8", errors="replace")
    for delimiter in _DELIMITERS:
        names = [name.strip().strip('"').casefold() for name in text.split(delimiter)]
        values = [f"v{index}" for index in range(1, sum(name.startswith("v") for name in names) + 1)]
        places = {name: place for place, name in enumerate(names)}
        if values and len(places) == len(names) and places.keys() >= {*_NEEDED, *values}:
            return Heading(delimiter, places, tuple(places[name] for name in values))
    return None


def batch_lines(parts: Iterable[bytes]) -> Iterator[tuple[int, bytes | None]]:
    """Yield the lines of a batch that hold anything, with their numbers; None is one too long to be read.

    Raises UnreadableFileError when there are too many.
    """
    count = 0
    for number, raw in each_line(parts, limit=LINE_LIMIT):
        line = raw.removeprefix(_BOM).strip() if raw is not None and number == 1 else raw
        if line is not None and not line.strip():
            continue
        count += 1
        if count > DAY_LIMIT:
            sentence = f"Plik ma ponad {DAY_LIMIT} wierszy. Podziel go na części."
            raise UnreadableFileError("too_many_rows", sentence, value=str(DAY_LIMIT))
        yield number, line


def heading_of_first(line: bytes | None) -> Heading | None:
    """Read the first line as a CSV heading; None when the batch is JSON lines."""
    return None if line is None or line.startswith(b"{") else heading_of(line)


def point_written(line: bytes) -> str:
    """Return the point that a line of JSON names, as it is written; empty when there is none."""
    try:
        return str(_from_json(line.decode()).get("ppe", ""))
    except (UnicodeDecodeError, BatchLineError):
        return ""


@dataclass(slots=True)
class Batch:
    """Reads one batch into days, and reports every line that stays out."""

    days: DayImport
    _csv: Heading | None = None
    _phases: PhaseDays = field(init=False)

    def __post_init__(self) -> None:
        self._phases = PhaseDays(self.days)

    def read(self, parts: Iterable[bytes]) -> None:
        """Read a stream of bytes. Raises UnreadableFileError, after which nothing read so far counts."""
        empty = True
        for number, line in batch_lines(parts):
            if empty and self._csv is None and (heading := heading_of_first(line)) is not None:
                self._csv = heading
                continue
            empty = False
            self.take(number, line)
        self.finish()
        if empty:
            self.days.findings.append(file_rejection("empty_file", "Plik nie zawiera żadnych danych."))

    def take(self, number: int, line: bytes | None) -> None:
        """Read one line of data; None is one too long to be read."""
        self._line(Place(number), line)

    def finish(self) -> None:
        """Settle what only all lines together tell: the balance of phases."""
        self._phases.finish()

    def _line(self, place: Place, line: bytes | None) -> None:
        try:
            if line is None:
                sentence = f"Wiersz jest dłuższy niż {LINE_LIMIT} znaków."
                raise BatchLineError("line_too_long", sentence)  # noqa: TRY301 every line fails one way
            staged = _staged(place, self._fields(line))
        except BatchLineError as error:
            self.days.reject(error.code, place, error.sentence_pl, value=error.value)
        else:
            phases = staged.quantity in PHASE_QUANTITIES
            (self._phases if phases else self.days).add(staged)

    def _fields(self, line: bytes) -> dict[str, object]:
        try:
            text = line.decode()
        except UnicodeDecodeError as error:
            raise BatchLineError("bad_line", "Wiersz nie jest tekstem UTF-8.") from error
        return _from_json(text) if self._csv is None else _from_csv(text, self._csv)


def _from_json(text: str) -> dict[str, object]:
    try:
        found = json.loads(text, parse_float=Decimal, parse_constant=_no_constant, object_pairs_hook=_once)
    # Digits without end raise ValueError, brackets without end RecursionError.
    except (ValueError, RecursionError, ArithmeticError) as error:
        raise BatchLineError("bad_line", "Wiersz nie jest poprawnym obiektem JSON.", text[:60]) from error
    if not isinstance(found, dict):
        raise BatchLineError("bad_line", "Wiersz nie jest obiektem JSON.", text[:60])
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _once(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _from_csv(text: str, heading: Heading) -> dict[str, object]:
    try:
        cells = [cell.strip() for cell in next(csv.reader([text], delimiter=heading.delimiter), [])]
    except csv.Error as error:
        raise BatchLineError("bad_line", "Wiersz CSV jest uszkodzony.", text[:60]) from error
    found: dict[str, object] = {
        name: cells[place] if place < len(cells) else "" for name, place in heading.places.items()
    }
    values: list[object] = [cells[place] for place in heading.values if place < len(cells)]
    while values and not values[-1]:
        values.pop()
    if len(cells) > len(heading.places) and any(cells[len(heading.places) :]):
        sentence = "Wiersz ma więcej pól niż nagłówek."
        raise BatchLineError("bad_line", sentence, len(cells))
    return found | {"values": values, "minutes": _whole(found["minutes"])}


def _whole(text: object) -> object:
    return (
        int(text) if isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 5 else text
    )


def _staged(place: Place, fields: dict[str, object]) -> StagedDay:
    """Check the fields of one line. Raises BatchLineError."""
    for name in (*_NEEDED, "values"):
        if fields.get(name) is None or fields.get(name) == "":
            raise BatchLineError("missing_value", f"Wiersz nie ma pola «{name}».", name)
    ppe, day, quantity = _point(fields["ppe"]), _day(fields["day"]), fields["quantity"]
    if not isinstance(quantity, str) or quantity not in _QUANTITIES:
        raise BatchLineError("unknown_quantity", "Nieznany rodzaj wielkości w wierszu.", quantity)
    minutes = fields["minutes"]
    if not isinstance(minutes, int) or isinstance(minutes, bool) or minutes not in MINUTES:
        raise BatchLineError("bad_interval", "Odstęp ma mieć 15, 30 albo 60 minut.", minutes)
    values = fields["values"]
    if not isinstance(values, list):
        raise BatchLineError("not_a_value", "Pole «values» nie jest listą wartości.", values)
    expected = day_minutes(day) // minutes
    if len(values) != expected:
        sentence = f"Doba {day.isoformat()} ma {expected} wartości co {minutes} min."
        raise BatchLineError("wrong_count_for_day", sentence, len(values))
    energy = array("q", _energy(values))
    estimated = _estimated(fields.get("estimated"), expected)
    return StagedDay(place, ppe, day, quantity, minutes, energy, estimated)


def _point(text: object) -> str:
    try:
        return point_code(text if isinstance(text, str) else "")
    except PointCodeError as error:
        code = "ppe_check_digit" if "check digit" in error.problem else "bad_ppe"
        raise BatchLineError(
            code, "Kod PPE w wierszu jest błędny (ma to być tekst 18 cyfr).", text
        ) from error


def _day(text: object) -> date:
    try:
        day = date.fromisoformat(text if isinstance(text, str) and len(text) == 10 else "")
    except ValueError as error:
        raise BatchLineError("not_a_date", "Doba ma mieć postać RRRR-MM-DD.", text) from error
    if not 1990 <= day.year <= 2100:
        raise BatchLineError("not_a_date", "Doba leży poza latami 1990–2100.", text)
    return day


def _energy(values: Sequence[object]) -> Sequence[int]:
    """Read a day's values as whole Wh. Raises BatchLineError."""
    if set(map(type, values)) == {int}:
        whole = [value for value in values if isinstance(value, int)]
        if min(whole) >= 0 and max(whole) <= LARGEST_WH:
            return whole
    return [_wh(value) for value in values]


def _wh(value: object) -> int:
    """Read Wh from a whole number, kWh from a text. Raises BatchLineError."""
    if isinstance(value, int) and not isinstance(value, bool):
        wh = value
    elif isinstance(value, str):
        plain = plain_kwh(value)
        if plain is not None and plain <= LARGEST_WH:
            return plain
        try:
            wh = to_wh(as_decimal(value), unit="kWh")
        except NotANumberError as error:
            raise BatchLineError("not_a_value", "Wartość nie jest liczbą.", value) from error
        except FinerThanWattHourError as error:
            raise BatchLineError("finer_than_wh", "Wartość jest dokładniejsza niż 1 Wh.", value) from error
    else:
        sentence = "Wartość ma być tekstem (kWh) albo liczbą całkowitą (Wh)."
        raise BatchLineError("not_a_value", sentence, value)
    if wh < 0:
        raise BatchLineError("negative", "Energia nie może być ujemna.", value)
    if wh > LARGEST_WH:
        raise BatchLineError("too_much", "Wartość jest za duża na jeden odstęp czasu.", value)
    return wh


def _estimated(indexes: object, count: int) -> frozenset[int]:
    if indexes is None or indexes == "":
        return frozenset()
    sound = _indexes(indexes)
    if sound is None or not all(0 <= index < count for index in sound):
        sentence = "Pole «estimated» ma być listą numerów wartości, licząc od zera."
        raise BatchLineError("not_a_value", sentence, indexes)
    return frozenset(sound)


def _indexes(indexes: object) -> list[int] | None:
    if isinstance(indexes, str):
        texts = indexes.split()
        return (
            [int(text) for text in texts]
            if all(t.isascii() and t.isdigit() and len(t) < 4 for t in texts)
            else None
        )
    if not isinstance(indexes, list):
        return None
    return indexes if all(isinstance(i, int) and not isinstance(i, bool) for i in indexes) else None


def encoding_of(first: bytes, *, packed: bool) -> str:
    """Name how a batch is written, for the result."""
    text = "utf-8-sig" if first.startswith(_BOM) else "utf-8"
    return f"{text}, gzip" if packed else text
