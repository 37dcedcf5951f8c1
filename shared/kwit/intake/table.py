"""Tables: a sheet with a heading row that is known, its columns by name, and a reader for each row."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TypeVar

from kwit.intake.cells import (
    DigitsLostError,
    Moment,
    NotADateError,
    NotANumberError,
    as_decimal,
    as_moment,
    as_text,
)
from kwit.intake.findings import Finding, Severity, file_rejection
from kwit.intake.sheet import Cell, Sheet, SheetRow, UnreadableFileError
from kwit.intake.text import decode, read_text
from kwit.intake.words import YES_NO, plain, plain_word
from kwit.intake.workbook import OLE_MAGIC, ZIP_MAGIC, read_workbook

HEADING_ROWS = 40
"""Rows from the top within which the heading is looked for."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its key and the names it may be headed with, in plain form (see `words.plain`)."""

    key: str
    names: tuple[str, ...]


def _no_pattern(_heading: str) -> str | None:
    return None


@dataclass(frozen=True, slots=True)
class Layout:
    """A kind of table: names of its sheet, its columns, and which must be there.

    Each tuple of `needs` wants at least one of its keys. `pattern` may turn a heading (as written) that is no
    column's name into a key of its own, for tables with one column per register.
    """

    kind: str
    sheet_names: frozenset[str]
    columns: tuple[Column, ...]
    needs: tuple[tuple[str, ...], ...]
    pattern: Callable[[str], str | None] = _no_pattern
    by_name: Mapping[str, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(
            self,
            "by_name",
            {name: c.key for c in self.columns for name in (c.key.replace("_", " "), *c.names)},
        )

    def key_of(self, heading: str) -> str | None:
        """Return the key of the column that a heading names, or None."""
        return self.by_name.get(plain(heading)) or self.pattern(heading)

    def missing(self, keys: Sequence[str]) -> list[tuple[str, ...]]:
        """List the needs that the keys do not meet; a key `wide:…` meets a need for `wide`."""
        held = {key.partition(":")[0] for key in keys}
        return [need for need in self.needs if not held.intersection(need)]


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet whose heading is known: where each column stands and how the file heads it."""

    layout: Layout
    sheet: str
    places: Mapping[str, int]
    headings: Mapping[str, str]
    rows: Sequence[SheetRow]

    def each_row(self) -> "Iterator[RowReader]":
        """Yield a reader for every row under the heading."""
        for row in self.rows:
            yield RowReader(self, row)


@dataclass(frozen=True, slots=True)
class Tables:
    """What was found in a file: its tables, its encoding, and findings about the file as a whole."""

    encoding: str
    tables: tuple[Table, ...]
    findings: tuple[Finding, ...]


class RowReader:
    """Read the cells of one row by key, collecting what is wrong with them as findings."""

    def __init__(self, table: Table, row: SheetRow) -> None:
        self._table = table
        self._row = row
        self.number = row.number
        self.sheet = table.sheet
        self.findings: list[Finding] = []

    @property
    def sound(self) -> bool:
        """Tell whether nothing found so far rejects the row."""
        return all(finding.severity is not Severity.REJECT for finding in self.findings)

    @property
    def keys(self) -> Sequence[str]:
        """List the keys of the table's columns."""
        return tuple(self._table.places)

    def cell(self, key: str) -> Cell:
        """Return the cell under a key, None when the column or the cell is not there."""
        place = self._table.places.get(key)
        if place is None or place >= len(self._row.cells):
            return None
        value = self._row.cells[place]
        return None if isinstance(value, str) and not value.strip() else value

    def reject(self, code: str, key: str, sentence_pl: str) -> None:
        """Note why the row stays out."""
        self._note(code, Severity.REJECT, key, sentence_pl)

    def warn(self, code: str, key: str, sentence_pl: str) -> None:
        """Note a remark; the row still goes in."""
        self._note(code, Severity.WARN, key, sentence_pl)

    def note(self, code: str, severity: Severity, key: str, sentence_pl: str) -> None:
        """Note a finding whose severity is known only as it is made."""
        self._note(code, severity, key, sentence_pl)

    def text(self, key: str, *, default: str = "") -> str:
        """Return the text under a key; a code that lost digits in a spreadsheet rejects the row."""
        try:
            return as_text(self.cell(key)) or default
        except DigitsLostError:
            self.reject(
                "digits_lost",
                key,
                "Arkusz zapisał kod jako liczbę i zgubił końcowe cyfry. Sformatuj kolumnę jako tekst.",
            )
            return default

    def required(self, key: str) -> str:
        """Return the text under a key; an empty one rejects the row."""
        before = len(self.findings)
        text = self.text(key)
        if not text and len(self.findings) == before:
            self.reject("missing_value", key, f"Brak wartości w kolumnie «{self.heading(key)}».")
        return text

    def decimal(self, key: str) -> Decimal | None:
        """Return the exact number under a key, None when empty; anything else rejects the row."""
        cell = self.cell(key)
        if cell is None:
            return None
        try:
            return as_decimal(cell)
        except NotANumberError:
            self.reject("not_a_number", key, f"Wartość w kolumnie «{self.heading(key)}» nie jest liczbą.")
            return None

    def whole(self, key: str, *, default: int) -> int:
        """Return the whole number under a key, the default when empty; anything else rejects the row."""
        number = self.decimal(key)
        if number is None:
            return default
        if number != number.to_integral_value() or abs(number) > 10**12:
            self.reject(
                "not_a_whole_number",
                key,
                f"Wartość w kolumnie «{self.heading(key)}» nie jest liczbą całkowitą.",
            )
            return default
        return int(number)

    def moment(self, key: str) -> Moment | None:
        """Return the day, and the time if written, under a key; None when empty; else the row is rejected."""
        cell = self.cell(key)
        if cell is None:
            return None
        try:
            return as_moment(cell)
        except NotADateError:
            self.reject("not_a_date", key, f"Wartość w kolumnie «{self.heading(key)}» nie jest datą.")
            return None

    def day(self, key: str) -> date | None:
        """Return the day under a key; None when empty; anything else rejects the row."""
        moment = self.moment(key)
        return moment.day if moment else None

    def choice(self, key: str, words: Mapping[str, T], *, default: T, code: str = "unknown_word") -> T:
        """Return what a word under a key means, the default when empty; an unknown word rejects the row."""
        text = self.text(key)
        if not text:
            return default
        word = plain_word(text)
        if word not in words:
            self.reject(code, key, f"Nieznana wartość w kolumnie «{self.heading(key)}».")
            return default
        return words[word]

    def flag(self, key: str, *, default: bool = False) -> bool:
        """Return yes or no under a key, the default when empty."""
        return self.choice(key, YES_NO, default=default)

    def heading(self, key: str) -> str:
        """Return the heading as the file has it, or the first known name of the column."""
        return self._table.headings.get(key, key)

    def _note(self, code: str, severity: Severity, key: str, sentence_pl: str) -> None:
        cell = self.cell(key)
        self.findings.append(
            Finding(
                code=code,
                severity=severity,
                sentence_pl=sentence_pl,
                sheet=self.sheet,
                row=self.number,
                column=self.heading(key),
                value="" if cell is None else _shown(cell),
            )
        )


def _shown(cell: Cell) -> str:
    return format(cell, "f") if isinstance(cell, Decimal) else str(cell)


def read_tables(*, content: bytes, layouts: Sequence[Layout]) -> Tables:
    """Find the tables of a workbook or a text file; what cannot be read becomes findings.

    A sheet without a known heading is left out with a remark when another sheet has one, else it rejects the
    file.
    """
    encoding = "xlsx"
    notes: tuple[Finding, ...] = ()
    try:
        if content.startswith((ZIP_MAGIC, OLE_MAGIC)):
            sheets = read_workbook(content)
        else:
            decoded = decode(content)
            encoding, notes = decoded.encoding, decoded.findings
            sheets = [read_text(decoded.text, known_columns=lambda texts: _known(texts, layouts))]
    except UnreadableFileError as error:
        finding = file_rejection(error.code, error.sentence_pl, sheet=error.sheet, value=error.value)
        return Tables(encoding, (), (*notes, finding))
    tables: list[Table] = []
    findings = list(notes)
    strangers: list[str] = []
    for sheet in sheets:
        found = _find_table(sheet, layouts)
        if isinstance(found, Table):
            tables.append(found)
        elif found:
            findings += found
        elif sheet.rows:
            strangers.append(sheet.name)
    findings += _about_strangers(strangers, alone=not tables and not findings)
    if not any(table.rows for table in tables) and all(f.severity is Severity.WARN for f in findings):
        findings.append(file_rejection("empty_file", "Plik nie zawiera żadnych danych."))
    return Tables(encoding, tuple(tables), tuple(findings))


def _about_strangers(names: Sequence[str], *, alone: bool) -> list[Finding]:
    if alone:
        sentence = "Nie znaleziono wiersza nagłówka ze znanymi nazwami kolumn."
        return [file_rejection("no_heading", sentence, sheet=name) for name in names]
    sentence = "Arkusz pominięto: nie ma w nim wiersza nagłówka ze znanymi nazwami kolumn."
    return [Finding("sheet_skipped", Severity.WARN, sentence, sheet=name) for name in names]


def _known(texts: Sequence[str], layouts: Sequence[Layout]) -> int:
    return max(sum(1 for text in texts if text and layout.key_of(text)) for layout in layouts)


def _find_table(sheet: Sheet, layouts: Sequence[Layout]) -> Table | list[Finding]:
    """Find the first row that holds a whole heading; else say what the best partial one lacks."""
    name = plain(sheet.name)
    wanted = [layout for layout in layouts if name in layout.sheet_names] or list(layouts)
    best: tuple[int, list[Finding]] = (1, [])
    for index, row in enumerate(sheet.rows[:HEADING_ROWS]):
        if not any(isinstance(cell, str) for cell in row.cells):
            continue
        for layout, keys in sorted(
            ((layout, _keys(row, layout)) for layout in wanted), key=lambda pair: len(pair[1]), reverse=True
        ):
            lacking = layout.missing([key for _, key in keys])
            if not lacking and len(keys) > 1:
                return _table(sheet, layout, index, keys)
            if len(keys) > best[0]:
                best = (len(keys), _missing_columns(sheet.name, row.number, layout, lacking))
    return best[1]


def _keys(row: SheetRow, layout: Layout) -> list[tuple[int, str]]:
    named = (
        (place, layout.key_of(cell)) for place, cell in enumerate(row.cells) if isinstance(cell, str) and cell
    )
    return [(place, key) for place, key in named if key]


def _missing_columns(
    sheet: str, row: int, layout: Layout, lacking: Sequence[tuple[str, ...]]
) -> list[Finding]:
    return [
        Finding(
            "missing_column",
            Severity.REJECT,
            f"Brak kolumny: {' lub '.join(need)}.",
            sheet=sheet,
            row=row,
            column=need[0],
            value=layout.kind,
        )
        for need in lacking
    ]


def _table(
    sheet: Sheet, layout: Layout, index: int, keys: Sequence[tuple[int, str]]
) -> Table | list[Finding]:
    heading = sheet.rows[index]
    places: dict[str, int] = {}
    twice: list[Finding] = []
    for place, key in keys:
        if key in places:
            sentence = "Dwie kolumny pliku mają to samo znaczenie. Zostaw jedną z nich."
            title = str(heading.cells[place])
            twice.append(
                Finding(
                    "column_twice",
                    Severity.REJECT,
                    sentence,
                    sheet=sheet.name,
                    row=heading.number,
                    column=title,
                )
            )
        places.setdefault(key, place)
    if twice:
        return twice
    headings = {key: str(heading.cells[place]) for key, place in places.items()}
    return Table(layout, sheet.name, places, headings, sheet.rows[index + 1 :])
