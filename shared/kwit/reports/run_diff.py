"""Show the diff of a run to people: a page, a workbook, and plain data; in Polish, as its readers are."""

import importlib.resources
import json
from collections import Counter
from datetime import datetime, timedelta
from decimal import Decimal
from io import BytesIO

import jinja2
import xlsxwriter

from kwit.billing.differences import Cause
from kwit.billing.run_diff import PREVIOUS, DiffRow, Presence, RunDiff
from kwit.documents import polish

CAUSES_PL = {
    Cause.USAGE: "zużycie",
    Cause.PRICE: "ceny",
    Cause.LAW: "opłaty ustawowe i podatki",
    Cause.CONTRACT: "umowa i usługi",
    Cause.CALENDAR: "długość okresu",
    Cause.SETTINGS: "zasady zaokrągleń",
    Cause.ENGINE: "wersja silnika",
}
_PRESENCE_PL = {Presence.BOTH: "w obu", Presence.NEW: "tylko teraz", Presence.GONE: "tylko przedtem"}
_ROWS_SHOWN = 100
_WIDEST_REM = Decimal(16)
_CREATED = datetime(2000, 1, 1)  # noqa: DTZ001 the file format holds no zone; fixed, so equal diffs give equal bytes
_TEXT_STAYS_TEXT = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}


def against_pl(against: str) -> str:
    """Say in Polish what a run is compared with."""
    return "poprzednie rachunki tych umów" if against == PREVIOUS else f"przebieg {against}"


def diff_page(diff: RunDiff) -> bytes:
    """Return the diff as one HTML page that fetches nothing."""
    folder = importlib.resources.files("templates") / "reports"
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    template = environment.from_string((folder / "run_diff.html").read_text(encoding="utf-8"))
    counts = Counter(row.presence for row in diff.rows)
    page = template.render(
        diff=diff,
        against=against_pl(diff.against),
        words=CAUSES_PL,
        causes=_bars(diff.by_cause()),
        counts=", ".join(f"{counts[one]} {_PRESENCE_PL[one]}" for one in Presence if counts[one]) or "brak",
        rows=diff.rows[:_ROWS_SHOWN],
        rest=max(0, len(diff.rows) - _ROWS_SHOWN),
        zl=polish.amount,
        signed=signed,
        side=_side,
        period=_period,
    )
    return page.encode()


def _bars(causes: dict[Cause, Decimal]) -> list[tuple[str, Decimal, str]]:
    widest = max((abs(gross) for gross in causes.values()), default=Decimal(0)) or Decimal(1)
    return [
        (CAUSES_PL[cause], gross, f"{abs(gross) / widest * _WIDEST_REM:.2f}")
        for cause, gross in causes.items()
    ]


def signed(value: Decimal) -> str:
    """Write an amount with its sign, as differences are read: +12,34 or −5,00."""
    return f"{'+' if value > 0 else '−' if value < 0 else ''}{polish.amount(abs(value))}"


def _side(value: Decimal) -> str:
    return "more" if value > 0 else "less" if value < 0 else ""


def _period(row: DiffRow) -> str:
    return f"{polish.day(row.start)} – {polish.day(row.end - timedelta(days=1))}"


def diff_workbook(diff: RunDiff) -> bytes:
    """Return the diff as a workbook: sums by cause and charge, and every document."""
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, _TEXT_STAYS_TEXT) as book:
        book.set_properties({"created": _CREATED, "title": "kWit"})
        bold, money = (
            book.add_format({"bold": True, "bottom": 1}),
            book.add_format({"num_format": "#,##0.00"}),
        )
        sums = book.add_worksheet("Przyczyny")
        sums.write_row(0, 0, ("Przyczyna", "Sekcja", "Opłata", "Dokumentów", "Netto", "VAT", "Brutto"), bold)
        for index, one in enumerate(diff.sums, start=1):
            sums.write_row(index, 0, (CAUSES_PL[one.cause], one.section, one.name, one.drafts))
            for column, value in enumerate((one.net, one.vat, one.net + one.vat), start=4):
                sums.write_number(index, column, value, money)
        sheet = book.add_worksheet("Dokumenty")
        causes = list(Cause)
        head = ("Umowa", "Od", "Do", "Grupa", "Gdzie", "Wstrzymany", "Przedtem", "Teraz", "Różnica")
        sheet.write_row(0, 0, (*head, *(CAUSES_PL[cause] for cause in causes)), bold)
        for index, row in enumerate(diff.rows, start=1):
            held = "tak" if row.held else ""
            last = (row.end - timedelta(days=1)).isoformat()
            texts = (
                row.contract_no,
                row.start.isoformat(),
                last,
                row.group,
                _PRESENCE_PL[row.presence],
                held,
            )
            for column, text in enumerate(texts):
                sheet.write_string(index, column, text)
            moved = dict(row.causes)
            figures = (row.before, row.after, row.difference, *(moved.get(cause) for cause in causes))
            for column, figure in enumerate(figures, start=len(texts)):
                if figure is not None:
                    sheet.write_number(index, column, figure, money)
        sheet.freeze_panes(1, 1)
        for one_sheet, widths in ((sums, (26, 14, 40, 12, 14, 14, 14)), (sheet, (22, 11, 11, 9, 15, 11))):
            for column, width in enumerate(widths):
                one_sheet.set_column(column, column, width)
    return buffer.getvalue()


def diff_data(diff: RunDiff) -> bytes:
    """Return the diff as JSON, decimals as text."""
    told = {
        "run_id": diff.run_id,
        "against": diff.against,
        "before": str(diff.before),
        "after": str(diff.after),
        "difference": str(diff.after - diff.before),
        "by_cause": {str(cause): str(gross) for cause, gross in diff.by_cause().items()},
        "by_charge": [
            {
                "cause": str(one.cause),
                "section": one.section,
                "charge": one.charge,
                "drafts": one.drafts,
                "net": str(one.net),
                "vat": str(one.vat),
            }
            for one in diff.sums
        ],
        "documents": [
            {
                "contract_no": row.contract_no,
                "document_id": row.document_id,
                "start": row.start.isoformat(),
                "end": row.end.isoformat(),
                "presence": str(row.presence),
                "held": row.held,
                "before": str(row.before),
                "after": str(row.after),
                "by_cause": {str(cause): str(gross) for cause, gross in row.causes},
            }
            for row in diff.rows
        ],
    }
    return json.dumps(told, ensure_ascii=False, indent=1).encode()
