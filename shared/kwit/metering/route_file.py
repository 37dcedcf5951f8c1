"""The file of a route, for a handheld or for paper: CSV or XLSX with the columns the collector fills in."""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date, datetime

import xlsxwriter

from kwit.metering.route import RouteRow

HEADINGS = (
    "Lp", "Trasa", "Nr umowy", "PPE", "Odbiorca", "Adres", "Nr licznika", "Rejestr", "Strefa", "Liczba cyfr",
    "Data poprzedniego odczytu", "Stan poprzedni", "Spodziewany od", "Spodziewany do", "Data odczytu", "Godzina",
    "Stan", "Kod uwagi", "Uwagi",
)  # fmt: skip
"""The columns of a route file; the last five are the collector's."""

_CREATED = datetime(2000, 1, 1)  # noqa: DTZ001 the file format holds no zone; fixed, so equal routes give equal bytes
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_ZONES_PL = {
    "all": "całodobowa", "day": "dzienna", "night": "nocna", "peak": "szczytowa", "offpeak": "pozaszczytowa",
    "am_peak": "szczyt przedpołudniowy", "pm_peak": "szczyt popołudniowy", "rest": "pozostałe",
    "valley": "dolina",
}  # fmt: skip


def route_csv(rows: Sequence[RouteRow], *, route: str, day: date) -> bytes:
    """Write a route as CSV for Excel: UTF-8 with its mark, semicolons, decimal commas.

    A name that a spreadsheet would take for a formula gets an apostrophe before it.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADINGS)
    for cells in _lines(rows, route, day):
        writer.writerow(f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell for cell in cells)
    return buffer.getvalue().encode("utf-8-sig")


def route_workbook(rows: Sequence[RouteRow], *, route: str, day: date) -> bytes:
    """Write a route as XLSX; every cell is text, so that no code loses a digit and no name runs as a formula."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"created": _CREATED, "title": "kWit"})
        sheet = book.add_worksheet("Trasa")
        text = book.add_format({"num_format": "@"})
        sheet.set_column(0, len(HEADINGS) - 1, 16, text)
        sheet.write_row(0, 0, HEADINGS, book.add_format({"bold": True, "bottom": 1}))
        sheet.freeze_panes(1, 0)
        for number, cells in enumerate(_lines(rows, route, day), start=1):
            for column, cell in enumerate(cells):
                if cell:
                    sheet.write_string(number, column, cell, text)
    return buffer.getvalue()


def _lines(rows: Sequence[RouteRow], route: str, day: date) -> Iterator[list[str]]:
    for row in rows:
        stop, register = row.stop, row.register
        yield [
            str(row.order),
            route,
            stop.contract_no,
            stop.ppe,
            stop.name,
            f"{stop.street}, {stop.postcode} {stop.city}",
            stop.meter.meter_no,
            register.code,
            _ZONES_PL.get(register.zone, register.zone),
            str(register.digits),
            "" if row.last_day is None else row.last_day.isoformat(),
            "" if row.last_wh is None else f"{row.last_wh // 1000},{row.last_wh % 1000:03}",
            "" if row.low_kwh is None else str(row.low_kwh),
            "" if row.high_kwh is None else str(row.high_kwh),
            day.isoformat(),
            "",
            "",
            "",
            "",
        ]
