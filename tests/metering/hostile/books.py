"""Hostile workbooks: archives that are none, bombs, and sheets that show less than they hold."""

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime

import openpyxl
import xlsxwriter

from kwit.intake.workbook import OLE_MAGIC
from tests.intake.files import rebuilt, workbook
from tests.metering.hostile.case import STATES, Case

ACCEPTED, PARTLY, REJECTED = "accepted", "partly", "rejected"
_HEADS = ["PPE", "Nr licznika", "Data odczytu", "Stan"]
_ROW = [STATES, "777", date(2026, 1, 31), 1100]
_SHEET = "xl/worksheets/sheet1.xml"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'


def sound() -> bytes:
    """Make a workbook with one good row."""
    return workbook({"Odczyty": [_HEADS, _ROW]})


def _rows(*rows: list[object]) -> bytes:
    return workbook({"Odczyty": [_HEADS, *rows]})


def _sheet(inner: str, head: str = _HEAD) -> bytes:
    xml = f"{head}<sheetData>{inner}</sheetData></worksheet>".encode()
    return rebuilt(sound(), lambda part, data: xml if part == _SHEET else data)


def _with(extra: dict[str, bytes]) -> bytes:
    return rebuilt(sound(), lambda _, data: data, extra=extra)


def _written(change: Callable[[openpyxl.Workbook], None]) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(sound()))
    change(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _hidden(book: openpyxl.Workbook) -> None:
    book["Odczyty"].sheet_state = "veryHidden"
    book.create_sheet("Pusty")


def _merged(book: openpyxl.Workbook) -> None:
    sheet = book["Odczyty"]
    sheet.append([None, None, date(2026, 2, 28), 1200])
    sheet.merge_cells("A2:A3")
    sheet.merge_cells("B2:B3")


def _hidden_row(book: openpyxl.Workbook) -> None:
    book["Odczyty"].row_dimensions[2].hidden = True


def _formula() -> bytes:
    """Write a state as a formula whose value was never reckoned."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Odczyty")
        sheet.write_row(0, 0, _HEADS)
        sheet.write_row(1, 0, [STATES, "777", "2026-01-31"])
        sheet.write_formula(1, 3, "=1000+100", None, "")
        sheet.write_row(2, 0, [STATES, "777", "2026-02-28"])
        sheet.write_formula(2, 3, "=1/0", None, "#DIV/0!")
        sheet.write_row(3, 0, [STATES, "777", "2026-03-31"])
        sheet.write_formula(3, 3, "=1000+300", None, 1300)
    return buffer.getvalue()


def _archive(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def _locked() -> bytes:
    """Mark every part of the archive as encrypted."""
    raw = bytearray(sound())
    for magic, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = raw.find(magic)
        while start >= 0:
            raw[start + place] |= 1
            start = raw.find(magic, start + 4)
    return bytes(raw)


def _book(what: str, make: Callable[[], bytes], status: str, *codes: str, stored: int = 0) -> Case:
    return Case(what, make, status, codes, stored, name="odczyty.xlsx")


def _doctype() -> bytes:
    lol = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
    head = f'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY l0 "ha">{lol}]><worksheet>'
    return _sheet('<row r="1"><c r="A1" t="str"><v>&l9;</v></c></row>', head)


BOOKS = (
    _book("cut off in the middle", lambda: sound()[: len(sound()) // 2], REJECTED, "truncated_workbook"),
    _book("a byte changed in a packed part", lambda: sound().replace(b"sharedStrings", b"sharedStrinks", 1),
          REJECTED, "truncated_workbook"),
    _book("an old XLS, or XLSX with a password", lambda: OLE_MAGIC + bytes(4096), REJECTED, "encrypted_or_old_excel"),
    _book("a zip archive with a password", _locked, REJECTED, "truncated_workbook"),
    _book("a Word document", lambda: _archive({"word/document.xml": b"<w/>"}), REJECTED, "unsupported_workbook"),
    _book("a LibreOffice sheet", lambda: _archive({"content.xml": b"<o/>", "xl/workbook.xml": b"<w/>"}), REJECTED,
          "unsupported_workbook"),
    _book("a binary workbook (XLSB)", lambda: _with({"xl/workbook.bin": b"\x83\x01"}), REJECTED, "unsupported_workbook"),
    _book("a zip archive in a zip archive", lambda: _archive({"odczyty.xlsx": sound()}), REJECTED, "unsupported_workbook"),
    _book("a part that unpacks to 200 MB", lambda: _with({"xl/media/a.png": bytes(200_000_000)}), REJECTED,
          "workbook_too_large"),
    _book("two thousand parts", lambda: _with({f"xl/m{i}": b"" for i in range(2_000)}), REJECTED, "workbook_too_large"),
    _book("fifty-one sheets", lambda: workbook({f"A{i}": [["x"]] for i in range(51)}), REJECTED, "workbook_too_large"),
    _book("a cell at the far corner", lambda: _sheet('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'), REJECTED,
          "sheet_too_large"),
    _book("a row number beyond all rows", lambda: _sheet('<row r="99999999999"><c r="A1"><v>1</v></c></row>'), REJECTED,
          "sheet_too_large"),
    _book("entities that multiply", _doctype, REJECTED, "workbook_entities"),
    _book("a sheet in UTF-7", lambda: _sheet("", '<?xml version="1.0" encoding="UTF-7"?><worksheet>'), REJECTED,
          "unsupported_workbook"),
    _book("part names that climb out of the archive", lambda: _with({"../../../etc/cron.d/kwit": b"* * * * *"}),
          ACCEPTED, stored=1),
    _book("folders among the parts", lambda: _with({"xl/": b"", "docProps/thumbs/": b""}), ACCEPTED, stored=1),
    _book("readings on a sheet that is hidden", lambda: _written(_hidden), ACCEPTED, stored=1),
    _book("readings in a row that is hidden", lambda: _written(_hidden_row), ACCEPTED, stored=1),
    _book("merged cells: the second row has no code", lambda: _written(_merged), PARTLY, "missing_value", stored=1),
    _book("formulas: never reckoned, an error, a value", _formula, PARTLY, "missing_value", "missing_value", stored=1),
    _book("a code kept as a number", lambda: _rows([int(STATES), "777", date(2026, 1, 31), 1100]), REJECTED, "digits_lost"),
    _book("a day kept as yes", lambda: _rows([STATES, "777", True, 1100]), REJECTED, "not_a_date"),
    _book("a state kept as a day", lambda: _rows([STATES, "777", date(2026, 1, 31), datetime(1903, 1, 4)]),  # noqa: DTZ001 - a cell has no zone
          REJECTED, "not_a_number"),
    _book("a time without a day", lambda: _rows([STATES, "777", 0.5, 1100]), REJECTED, "not_a_date"),
    _book("a state with sixteen digits after the point", lambda: _rows([STATES, "777", date(2026, 1, 31), 1100.0000000000001]),
          ACCEPTED, stored=1),
    _book("only a chart's worth of other words", lambda: workbook({"Wykres": [["Rok", "Ile"], [2025, 3]]}), REJECTED,
          "no_heading"),
)  # fmt: skip
