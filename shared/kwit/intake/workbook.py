"""Excel workbooks (XLSX), read only after a look that no bomb survives.

The parser is fast but trusts its input: a 5 KB file with one far cell makes it reserve the whole grid and
aborts the process, which no `except` catches. So every part is unpacked under a byte cap, its largest cell
address is read, and the parser gets a fresh archive of exactly the bytes that were looked at.
"""

import io
import math
import re
import zipfile
import zlib
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import python_calamine

from kwit.intake.sheet import ROW_LIMIT, Cell, Sheet, SheetRow, UnreadableFileError

PART_LIMIT = 2_000
UNPACKED_LIMIT = 100_000_000
CELL_LIMIT = 5_000_000
SHEET_LIMIT = 50

ZIP_MAGIC = b"PK\x03\x04"
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_ADDRESS = re.compile(rb"""[\s"']r\s*=\s*["']([A-Za-z]{0,9})([0-9]{0,12})([^"']?)""")
_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
_ROW = re.compile(rb"<(?:\w+:)?row[\s/>]")
_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_ENCODING = re.compile(rb"""^.{0,3}<\?xml[^>]{0,200}?encoding\s*=\s*["']([^"']{0,40})""", re.DOTALL)
_ZIP_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError, LookupError)

_TRUNCATED_PL = "Plik Excela jest uszkodzony albo niepełny. Zapisz go ponownie i prześlij jeszcze raz."
_BOMB_PL = "Plik Excela po rozpakowaniu przekracza dopuszczalny rozmiar. Podziel go na części."
_GRID_PL = (
    "Arkusz sięga zbyt daleko (komórka w odległym wierszu lub kolumnie). Skopiuj same dane do nowego arkusza."
)
_STRANGE_PL = "To nie jest zwykły plik XLSX. Zapisz go w Excelu jako «Skoroszyt programu Excel (*.xlsx)»."
_OLE_PL = "Plik jest zaszyfrowany albo w starym formacie XLS. Zapisz go jako XLSX bez hasła."
_ENTITY_PL = "Plik Excela zawiera niedozwolone definicje (DOCTYPE). Zapisz go ponownie w Excelu."


def read_workbook(content: bytes) -> list[Sheet]:
    """Read every sheet of an XLSX workbook; rows keep their numbers, numbers become exact decimals.

    Raises UnreadableFileError.
    """
    if content.startswith(OLE_MAGIC):
        raise UnreadableFileError("encrypted_or_old_excel", _OLE_PL)
    parts = _unpacked(content)
    for part, data in parts.items():
        _look(part, data)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as fresh:
        for part, data in parts.items():
            fresh.writestr(part, data)
    archive.seek(0)
    return _parsed(archive)


def _unpacked(content: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = _read_parts(archive)
    except UnreadableFileError:
        raise
    except _ZIP_ERRORS as error:
        raise UnreadableFileError("truncated_workbook", _TRUNCATED_PL) from error
    if "xl/workbook.xml" not in parts or "content.xml" in parts:
        raise UnreadableFileError("unsupported_workbook", _STRANGE_PL)
    return parts


def _read_parts(archive: zipfile.ZipFile) -> dict[str, bytes]:
    """Unpack every part under one byte cap, because the sizes in the directory may lie."""
    entries = archive.infolist()
    if len(entries) > PART_LIMIT or sum(entry.file_size for entry in entries) > UNPACKED_LIMIT:
        raise UnreadableFileError("workbook_too_large", _BOMB_PL)
    parts: dict[str, bytes] = {}
    left = UNPACKED_LIMIT
    for entry in entries:
        if entry.filename in parts:
            raise UnreadableFileError("unsupported_workbook", _STRANGE_PL, value=entry.filename)
        with archive.open(entry) as stream:
            data = stream.read(left + 1)
        left -= len(data)
        if left < 0:
            raise UnreadableFileError("workbook_too_large", _BOMB_PL)
        parts[entry.filename] = data
    return parts


def _look(part: str, data: bytes) -> None:
    """Refuse a part whose markup could make the parser reserve or expand without measure."""
    if part.endswith((".xml", ".rels")):
        declared = _ENCODING.match(data)
        if b"\x00" in data or (declared and declared[1].lower() not in {b"utf-8", b"us-ascii"}):
            raise UnreadableFileError("unsupported_workbook", _STRANGE_PL, value=part)
        if _DOCTYPE.search(data):
            raise UnreadableFileError("workbook_entities", _ENTITY_PL, value=part)
    elif part.endswith(".bin") and not part.startswith("xl/printerSettings/"):
        raise UnreadableFileError("unsupported_workbook", _STRANGE_PL, value=part)
    rows, columns = _extent(data)
    if rows * columns > CELL_LIMIT:
        raise UnreadableFileError("sheet_too_large", _GRID_PL, value=f"{part}: {rows} x {columns}")


def _extent(data: bytes) -> tuple[int, int]:
    """Measure the grid of a part: the largest row and column of any address, or of unaddressed cells."""
    found = _ADDRESS.findall(data)
    columns_named = {letters for letters, _, _ in found}
    rows_named = {digits for _, digits, _ in found}
    if any(rest for _, _, rest in found) or _longest(columns_named) > 3 or _longest(rows_named) > 7:
        return CELL_LIMIT, CELL_LIMIT
    rows = max((int(digits or b"1") for digits in rows_named), default=0)
    columns = max((_column_number(letters) for letters in columns_named), default=0)
    addressed_cells = sum(1 for letters, _, _ in found if letters)
    addressed_rows = len(found) - addressed_cells
    cells = len(_CELL.findall(data))
    if cells > addressed_cells:
        # A cell without an address follows its neighbour, so a row may reach this far.
        columns += max((len(_CELL.findall(piece)) for piece in _ROW.split(data)), default=0)
    return rows + max(0, len(_ROW.findall(data)) - addressed_rows), columns


def _longest(names: set[bytes]) -> int:
    return max(map(len, names), default=0)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _parsed(archive: io.BytesIO) -> list[Sheet]:
    try:
        return _sheets(python_calamine.CalamineWorkbook.from_filelike(archive))
    except UnreadableFileError:
        raise
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise UnreadableFileError("truncated_workbook", _TRUNCATED_PL) from error
    except BaseException as error:  # a panic of the Rust parser derives from BaseException
        if type(error).__module__ != "pyo3_runtime":
            raise
        raise UnreadableFileError("truncated_workbook", _TRUNCATED_PL) from error


def _sheets(book: python_calamine.CalamineWorkbook) -> list[Sheet]:
    kind = python_calamine.SheetTypeEnum.WorkSheet
    names = [sheet.name for sheet in book.sheets_metadata if sheet.typ == kind]
    if len(names) > SHEET_LIMIT:
        raise UnreadableFileError("workbook_too_large", _BOMB_PL, value=f"{len(names)} sheets")
    return [
        Sheet(name, _rows(name, book.get_sheet_by_name(name).to_python(skip_empty_area=False)))
        for name in names
    ]


def _rows(name: str, grid: Sequence[Sequence[object]]) -> list[SheetRow]:
    rows = [
        SheetRow(number, tuple(map(_cell, cells)))
        for number, cells in enumerate(grid, start=1)
        if any(cell != "" for cell in cells)
    ]
    if len(rows) > ROW_LIMIT:
        sentence = f"Arkusz ma ponad {ROW_LIMIT} wierszy. Podziel go na części."
        raise UnreadableFileError("too_many_rows", sentence, value=str(len(rows)), sheet=name)
    return rows


def _cell(value: object) -> Cell:
    """Turn a parsed cell into a plain one; a number keeps the 15 digits that Excel itself keeps."""
    if isinstance(value, str):
        return value or None
    if isinstance(value, float):
        return Decimal(format(value, ".15g")) if math.isfinite(value) else str(value)
    if value is None or isinstance(value, bool | date | datetime | time):
        return value
    if isinstance(value, int):
        return Decimal(value)
    return _span(value) if isinstance(value, timedelta) else str(value)


def _span(value: timedelta) -> Cell:
    """Write a span of time as H:MM:SS; Excel holds 24:00 as one day."""
    seconds = value.days * 86_400 + value.seconds
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
