"""Files as people drop them, made for tests."""

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime

import xlsxwriter

from kwit.intake.dropped_file import DroppedFile

RECEIVED = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

Rows = Sequence[Sequence[object]]


def dropped(content: bytes | str, *, name: str = "plik.csv", encoding: str = "utf-8") -> DroppedFile:
    """Drop bytes, or text in an encoding."""
    raw = content if isinstance(content, bytes) else content.encode(encoding)
    return DroppedFile.of(name=name, content=raw, received_at=RECEIVED)


def table_text(rows: Rows, *, delimiter: str = ";") -> str:
    """Write rows as delimited text."""
    return "".join(delimiter.join(str(cell) for cell in row) + "\r\n" for row in rows)


def workbook(sheets: Mapping[str, Rows]) -> bytes:
    """Write sheets as XLSX; dates become typed cells, everything else what it is."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "default_date_format": "yyyy-mm-dd"}) as book:
        # The moment of writing stands in the file: fixed, or each worker would collect other tests.
        book.set_properties({"created": datetime(2026, 1, 1)})  # noqa: DTZ001 the file format holds no zone
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if isinstance(cell, datetime | date):
                        sheet.write_datetime(number, column, cell)
                    elif cell not in {"", None}:
                        sheet.write(number, column, cell)
    return buffer.getvalue()


def rebuilt(
    content: bytes, change: Callable[[str, bytes], bytes], *, extra: Mapping[str, bytes] | None = None
) -> bytes:
    """Rewrite the parts of a workbook."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for info in old.infolist():
            new.writestr(info.filename, change(info.filename, old.read(info)))
        for part, data in (extra or {}).items():
            new.writestr(part, data)
    return buffer.getvalue()
