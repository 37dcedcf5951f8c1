"""The correction as people get it: what art. 106j asks for, causes that add up, nothing outside its cell or page."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from kwit.documents.correction_view import CorrectionView
from kwit.documents.paper import Paper
from kwit.documents.rendering import render_document
from tests.billing.company import company_settings
from tests.documents.corrections import SHAPES, view_of

GOLDENS = Path(__file__).parent / "goldens"


def pages(shape: str) -> list[Any]:
    pdf = pypdfium2.PdfDocument(render_document(document=SHAPES[shape](), settings=company_settings()))
    return list(pdf)


@cache
def text_of(shape: str) -> str:
    found = (page.get_textpage().get_text_bounded() for page in pages(shape))
    return " ".join(" ".join(found).split())


# What a correction must show: ustawa o VAT, art. 106j ust. 2 (points as numbered there).
REQUIRED: Mapping[str, str] = {
    "pkt 1, the words": "Faktura korygująca",
    "pkt 1, number": "FK/2026/05/000001",
    "pkt 1, date of issue": "Data wystawienia 06.05.2026",
    "pkt 2, corrected invoice and its date": "Faktura korygowana FV/2026/05/000001 z 01.05.2026",
    "pkt 2, period": "Okres 01.03.2026 – 31.03.2026",
    "pkt 2, buyer": "Żaneta Łącka ul. Gęsia 7",
    "pkt 2, seller": "Jasna Energia S.A.",
    "pkt 3, item before and after": "73 kWh 0,5890 43,00 67 kWh 0,5990 40,13 −2,87",
    "pkt 4, change of base and tax by rate": "23% −10,26 −2,37 −12,63",
    "reason": "Zmieniono odczyt, na którym opiera się faktura. Zmiana ceny.",
    "cause in words and numbers": "Zmiana odczytu: −12 kWh −11,64 −2,68 −14,32",
    "what the cause is made of": "−12 kWh × 0,3469 −4,17 −0,97 −5,14",
    "price before and after": "z 0,5890 na 0,5990 zł/kWh",
    "to return": "Do zwrotu 12,63 zł",
    "amount in words": "dwanaście złotych, sześćdziesiąt trzy grosze",
    "was and should be": "było 224,44 zł, powinno być 211,81 zł",
    "account": "61 1090 1014 0000 0712 1981 2874",
    "reading before": "1 150,400 (31.03.2026, R)",
    "reading after": "1 138,400 (31.03.2026, R)",
}


class TestText:
    @pytest.mark.parametrize("what", REQUIRED)
    def test_every_field_of_a_correction_is_there(self, what: str) -> None:
        assert REQUIRED[what] in text_of("reading_and_price")

    def test_what_is_owed_has_a_term_and_a_transfer_code(self) -> None:
        view = view_of(SHAPES["reading_higher"]())
        assert (view.page.payable_label, view.page.due) == ("Do dopłaty", "20.05.2026")
        assert view.page.payment_qr.split("|")[3] == "001418"
        assert "Do dopłaty 14,18 zł" in text_of("reading_higher")

    def test_what_is_returned_has_neither(self) -> None:
        view = view_of(SHAPES["reading_lower"]())
        assert (view.page.payable_label, view.page.due, view.page.payment_qr) == (
            "Do zwrotu",
            "nie dotyczy",
            "",
        )

    def test_a_correction_of_a_correction_names_both(self) -> None:
        text = text_of("of_a_correction")
        assert "Faktura korygowana FV/2026/05/000001 z 01.05.2026" in text
        assert "Ostatnia korekta FK/2026/05/000001 z 06.05.2026" in text

    def test_a_cancelled_invoice_says_so(self) -> None:
        assert "Anulowanie faktury −152,21 −35,01 −187,22" in text_of("cancelled")

    def test_a_balance_brought_forward_stays_where_it_was(self) -> None:
        assert "Saldo początkowe z faktury korygowanej (224,44 zł) nie zmienia się." in text_of(
            "with_balance"
        )


def told(view: CorrectionView) -> Iterator[str]:
    """Write a view as lines, one text or row each."""
    page = view.page
    yield f"{page.title} {page.number} | {page.payable_label} {page.payable} | {page.payable_words} | {page.due}"
    yield from page.balance
    yield from (f"{label}: {text}" for label, text in (*page.dates, *view.corrected))
    for title, rows in (("Skąd różnica", view.causes), ("Stawki", view.summary), *view.lines, *view.readings):
        yield f"# {title}"
        yield from (" | ".join(row.cells) for row in rows)
    yield view.unchanged


class TestView:
    @pytest.mark.parametrize("shape", SHAPES)
    def test_is_as_it_was_read_and_found_good(self, shape: str, golden: Any) -> None:
        text = "\n".join(told(view_of(SHAPES[shape]()))).replace("\u00a0", " ")
        golden(GOLDENS / f"correction_{shape}.txt", f"{text}\n")

    @pytest.mark.parametrize("shape", SHAPES)
    def test_causes_add_up_on_the_page_as_well(self, shape: str) -> None:
        rows = view_of(SHAPES[shape]()).causes
        strong = [[amount(cell) for cell in row.cells[2:]] for row in rows if row.strong]
        parts = [[amount(cell) for cell in row.cells[2:]] for row in rows if not row.strong]
        *causes, whole = strong
        assert [sum(column) for column in zip(*causes, strict=True)] == whole
        assert [sum(column) for column in zip(*parts, strict=True)] == whole


def amount(cell: str) -> Decimal:
    plain = cell.replace("\u00a0", "").replace("−", "-").replace("+", "").replace(",", ".")
    return Decimal(plain)


class TestPages:
    def test_the_same_document_gives_the_same_bytes(self) -> None:
        document = SHAPES["reading_and_price"]()
        first, again = (render_document(document=document, settings=company_settings()) for _ in range(2))
        assert first == again

    @pytest.mark.parametrize("shape", SHAPES)
    def test_nothing_is_drawn_outside_the_page(self, shape: str) -> None:
        for page in pages(shape):
            width, height = page.get_size()
            textpage = page.get_textpage()
            for index in range(textpage.count_rects()):
                left, bottom, right, top = textpage.get_rect(index)
                assert left >= 0
                assert right <= width
                assert top <= height
                assert bottom >= (18 if top <= 34 else 46)

    @pytest.mark.parametrize("shape", SHAPES)
    def test_no_text_is_wider_than_its_cell(self, shape: str, monkeypatch: pytest.MonkeyPatch) -> None:
        wide: list[str] = []
        drawn = Paper.cell

        def cell(self: Paper, width: float, height: float, text: str, **more: Any) -> None:
            if self.width_of(text) > width + 0.05:
                wide.append(text)
            drawn(self, width, height, text, **more)

        monkeypatch.setattr(Paper, "cell", cell)
        render_document(document=SHAPES[shape](), settings=company_settings())
        assert wide == []

    @pytest.mark.parametrize("shape", SHAPES)
    def test_every_text_of_the_view_is_printed(self, shape: str) -> None:
        view, text = view_of(SHAPES[shape]()), squeezed(text_of(shape))
        tables = [view.causes, view.summary, *(rows for _, rows in (*view.lines, *view.readings))]
        for row in (row for rows in tables for row in rows):
            for cell in row.cells:
                assert squeezed(cell) in text


def squeezed(text: str) -> str:
    return re.sub(r"[\s\u00ad\ufffe\u0002-]+", "", text)
