"""The result of an import as a workbook: one line per finding, and a sheet of counts."""

import io
from datetime import datetime

import xlsxwriter

from kwit.intake.findings import ImportResult, Severity

_CREATED = datetime(2000, 1, 1)  # noqa: DTZ001 the file format holds no zone; fixed, so equal results give equal bytes
_HEADINGS = ("Arkusz", "Wiersz", "Kolumna", "Wartość", "Kod", "Skutek", "Opis")
_WIDTHS = (14, 8, 22, 26, 24, 12, 100)
_EFFECT_PL = {Severity.REJECT: "odrzucono", Severity.HOLD: "wstrzymano", Severity.WARN: "uwaga"}
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def result_workbook(result: ImportResult) -> bytes:
    """Write the findings and the counts of an import as XLSX bytes.

    Values stay text whatever they start with, so that opening the file runs no formula from a dropped file.
    """
    buffer = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"created": _CREATED, "title": "kWit"})
        _write_findings(book, result)
        _write_counts(book, result)
    return buffer.getvalue()


def _write_findings(book: xlsxwriter.Workbook, result: ImportResult) -> None:
    sheet = book.add_worksheet("Uwagi")
    heading = book.add_format({"bold": True, "bottom": 1})
    quoted = book.add_format({"quote_prefix": True})
    for column, (title, width) in enumerate(zip(_HEADINGS, _WIDTHS, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, title, heading)
    sheet.freeze_panes(1, 0)
    for row, finding in enumerate(result.findings, start=1):
        texts = (finding.sheet, "", finding.column, finding.value, finding.code)
        for column, text in enumerate((*texts, _EFFECT_PL[finding.severity], finding.sentence_pl)):
            if text:
                sheet.write_string(row, column, text, quoted if text.startswith(_FORMULA_STARTS) else None)
        if finding.row:
            sheet.write_number(row, 1, finding.row)


def _write_counts(book: xlsxwriter.Workbook, result: ImportResult) -> None:
    sheet = book.add_worksheet("Podsumowanie")
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 80)
    texts = (
        ("Plik", result.file),
        ("Skrót SHA-256", result.content_hash),
        ("Rodzaj", result.kind),
        ("Kodowanie", result.encoding),
        ("Wynik", result.summary),
        ("Wczytano (UTC)", result.known_at.isoformat()),
    )
    counts = (
        ("Przyjęto", result.accepted),
        ("Wstrzymano", result.held),
        ("Odrzucono", result.rejected),
        ("Powtórzone", result.duplicate),
        ("Z uwagami", result.warned),
    )
    for row, (label, text) in enumerate(texts):
        sheet.write_string(row, 0, label)
        sheet.write_string(row, 1, text)
    for row, (label, count) in enumerate(counts, start=len(texts)):
        sheet.write_string(row, 0, label)
        sheet.write_number(row, 1, count)
