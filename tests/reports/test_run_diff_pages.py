"""The diff as a page, a workbook and data: each says the same amounts, and no text of a file becomes code."""

import io
import json
from datetime import date
from decimal import Decimal

import openpyxl

from kwit.billing.differences import Cause
from kwit.billing.run_diff import PREVIOUS, DiffRow, DiffSum, Presence, RunDiff
from kwit.reports.run_diff import CAUSES_PL, diff_data, diff_page, diff_workbook, signed

ROWS = (
    DiffRow(
        "U/2", "b", date(2026, 3, 1), date(2026, 4, 1), "G12", Presence.BOTH, False, Decimal("100.00"),
        Decimal("1220.50"), ((Cause.USAGE, Decimal("1100.00")), (Cause.LAW, Decimal("20.50"))),
    ),
    DiffRow(
        "<b>=1+1</b>", "a", date(2026, 3, 1), date(2026, 4, 1), "G11", Presence.GONE, True, Decimal("5.00"),
        Decimal("0.00"), ((Cause.CONTRACT, Decimal("-5.00")),),
    ),
)  # fmt: skip
SUMS = (
    DiffSum(Cause.USAGE, "sale", "energy", "Energia czynna", 1, Decimal("894.31"), Decimal("205.69")),
    DiffSum(Cause.LAW, "distribution", "oze", "Opłata OZE", 1, Decimal("16.67"), Decimal("3.83")),
    DiffSum(Cause.CONTRACT, "sale", "trade_fee", "Opłata handlowa", 1, Decimal("-4.07"), Decimal("-0.93")),
)
DIFF = RunDiff("2026-04-01-daily", PREVIOUS, ROWS, SUMS)


def test_the_page_shows_causes_in_polish_and_escapes_what_it_is_given() -> None:
    page = diff_page(DIFF).decode()
    assert "poprzednie rachunki tych umów" in page
    assert "+1\u00a0115,50" in page
    assert CAUSES_PL[Cause.USAGE] in page
    assert "wstrzymany" in page
    assert "<b>=1+1" not in page
    assert "src=" not in page


def test_an_empty_diff_is_a_page_too() -> None:
    assert "brak" in diff_page(RunDiff("r", "other", (), ())).decode()


def test_the_workbook_holds_every_document_and_cause_as_numbers() -> None:
    book = openpyxl.load_workbook(io.BytesIO(diff_workbook(DIFF)))
    rows = list(book["Dokumenty"].iter_rows(values_only=True))
    assert rows[1][:9] == ("U/2", "2026-03-01", "2026-03-31", "G12", "w obu", "", 100, 1220.5, 1120.5)
    assert rows[2][0] == "<b>=1+1</b>"
    sums = list(book["Przyczyny"].iter_rows(values_only=True))
    assert sums[1] == ("zużycie", "sale", "Energia czynna", 1, 894.31, 205.69, 1100)


def test_the_data_adds_up() -> None:
    told = json.loads(diff_data(DIFF))
    assert Decimal(told["difference"]) == sum(Decimal(one) for one in told["by_cause"].values())
    assert told["documents"][0]["by_cause"] == {"usage": "1100.00", "law": "20.50"}


def test_amounts_show_their_sign() -> None:
    assert [signed(Decimal(one)) for one in ("5", "-5", "0")] == ["+5,00", "−5,00", "0,00"]
