"""The PDF: the same bytes each time, Polish text that can be read back, nothing outside its cell or page."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import pypdfium2
import pytest

from kwit.documents.bill_pdf import render_bill
from kwit.documents.paper import Paper
from kwit.documents.view import BillView, bill_view
from tests.billing.company import company_settings
from tests.documents.bills import ISSUE_DATE, LONG, SHAPES, changed, household, issued, view_of, with_history


def pages_of(view: BillView) -> list[str]:
    pdf = pypdfium2.PdfDocument(render_bill(view=view, issue_date=ISSUE_DATE))
    try:
        return [" ".join(page.get_textpage().get_text_bounded().split()) for page in pdf]
    finally:
        pdf.close()


class TestBytes:
    @pytest.mark.parametrize("shape", ["household", "with_history"])
    def test_the_same_view_gives_the_same_bytes(self, shape: str) -> None:
        first, again = (render_bill(view=view_of(SHAPES[shape]()), issue_date=ISSUE_DATE) for _ in range(2))
        assert first == again

    def test_a_bill_is_small(self) -> None:
        assert len(render_bill(view=view_of(with_history()), issue_date=ISSUE_DATE)) < 36_000


# What a Polish invoice must show: ustawa o VAT, art. 106e ust. 1 (points as numbered there).
INVOICE: Mapping[str, str] = {
    "pkt 1, date of issue": "Data wystawienia 08.04.2026",
    "pkt 2, consecutive number": "Faktura VAT FV/2026/04/000001",
    "pkt 3, seller's name": "Jasna Energia S.A.",
    "pkt 3, seller's address": "ul. Słoneczna 12, 00-950 Warszawa",
    "pkt 3, buyer's name": "Żaneta Łącka",
    "pkt 3, buyer's address": "ul. Gęsia 7 20-001 Lublin",
    "pkt 4, seller's tax number": "NIP 5261040828",
    "pkt 6, period of supply": "01.03.2026 – 31.03.2026",
    "pkt 7, name of the goods": "Energia czynna całodobowa",
    "pkt 8, quantity and unit": "73 kWh",
    "pkt 9, net unit price": "0,5890",
    "pkt 11, net value": "43,00",
    "pkt 12, rate": "23%",
    "pkt 13 and 14, net, VAT and gross by rate": "23% 182,46 41,98 224,44",
    "pkt 15, total due": "224,44 zł",
}

# What an energy bill must show: directive (EU) 2019/944 annex I; ustawa Prawo energetyczne, art. 5 ust. 6a-6f;
# the tariffs' rules on readings and their kind.
ENERGY: Mapping[str, str] = {
    "price to be paid, first page": "Do zapłaty 224,44 zł",
    "amount in words": "słownie: dwieście dwadzieścia cztery złote, czterdzieści cztery grosze",
    "due date": "Termin płatności 22.04.2026",
    "way of payment": "Forma płatności przelew",
    "account": "61 1090 1014 0000 0712 1981 2874",
    "settlement period": "Okres rozliczeniowy 01.03.2026 – 31.03.2026",
    "supply point": "Punkt poboru (PPE) PPE-U/1",
    "address of the point": "Adres punktu ul. Gęsia 7, 20-001 Lublin",
    "distributor": "Operator sieci PGE Dystrybucja S.A.",
    "tariff group": "Grupa taryfowa G11",
    "contract and its end": "Umowa obowiązuje do czas nieokreślony",
    "consumption": "Zużycie w okresie: 150 kWh",
    "same period of the last year": "W tym samym okresie rok temu: 160 kWh",
    "meter": "L-U/1 1.8.0 pobór",
    "previous reading, its day and kind": "1 000,000 (28.02.2026, R)",
    "present reading, its day and kind": "1 150,400 (31.03.2026, R)",
    "what the kinds mean": "R – rzeczywisty",
    "trade apart from distribution": "Usługa dystrybucji 85,75",
    "excise": "naliczono akcyzę w kwocie 0,75 zł",
    "price lists in force": "Podstawa cen Cennik energii elektrycznej Jasna Energia S.A. 2026",
    "fuel mix": "Struktura paliw 2025 węgiel kamienny 41,2%",
    "environmental effect": "emisja CO2 552,7 kg/MWh",
    "complaints": "Reklamację można złożyć",
    "disputes out of court": "Koordynator do spraw negocjacji przy Prezesie URE",
    "single point of contact": "punkt informacyjny URE (www.ure.gov.pl)",
    "comparison tool": "w porównywarce cen energii URE",
    "switching": "Sprzedawcę energii możesz zmienić bezpłatnie",
    "rights of consumers": "Zbiór praw konsumenta energii elektrycznej",
    "saving energy": "porady o oszczędzaniu energii",
    "emergency": "Pogotowie energetyczne: 991",
    "hotline and e-mail": "+48 22 123 45 67, bok@jasna-energia.example",
    "company register": "KRS 0000123456",
}


@cache
def whole_bill() -> str:
    return " ".join(pages_of(view_of(with_history())))


class TestText:
    @pytest.mark.parametrize("what", INVOICE)
    def test_every_field_of_an_invoice_is_there(self, what: str) -> None:
        assert INVOICE[what] in whole_bill()

    @pytest.mark.parametrize("what", ENERGY)
    def test_every_field_of_an_energy_bill_is_there(self, what: str) -> None:
        assert ENERGY[what] in whole_bill()

    def test_the_first_page_has_what_people_look_for(self) -> None:
        first = pages_of(view_of(household()))[0]
        for words in (
            "Do zapłaty 224,44 zł",
            "Numer rachunku",
            "Za co płacisz",
            "Twoje zużycie",
            "strona 1 z 2",
        ):
            assert words in first

    def test_a_buyer_with_a_tax_number_shows_it(self) -> None:
        payer = household().payer.model_copy(update={"nip": "7740001454"})
        assert "NIP 7740001454" in pages_of(view_of(changed(household(), payer=payer)))[0]

    @pytest.mark.parametrize("shape", SHAPES)
    def test_every_text_of_the_view_is_printed(self, shape: str) -> None:
        view = view_of(SHAPES[shape]())
        text = squeezed(" ".join(pages_of(view)))
        for row in (
            *view.readings,
            *view.summary,
            *view.vat,
            *(row for _, rows in view.lines for row in rows),
        ):
            for cell in row.cells:
                assert squeezed(cell) in text
        for _, words in (*view.facts, *view.dates, *view.notes):
            assert squeezed(words) in text


def squeezed(text: str) -> str:
    return re.sub(r"[\s\u00ad\ufffe\u0002-]+", "", text)


class TestPages:
    def test_a_long_table_goes_on_with_its_heads_on_every_page(self) -> None:
        pages = pages_of(view_of(SHAPES["with_many_lines"]()))
        assert len(pages) == 6
        found = [int(number) for page in pages for number in re.findall(r"całodobowa (\d{3}) ", page)]
        assert found == list(range(200))
        for number, page in enumerate(pages, start=1):
            assert f"strona {number} z 6" in page
            if re.search(r"całodobowa \d{3} ", page):
                assert "opłata ilość j.m. cena netto zł netto zł VAT VAT zł" in page

    @pytest.mark.parametrize("shape", SHAPES)
    def test_nothing_is_drawn_outside_the_page_or_over_the_foot(self, shape: str) -> None:
        pdf = pypdfium2.PdfDocument(render_bill(view=view_of(SHAPES[shape]()), issue_date=ISSUE_DATE))
        for page in pdf:
            width, height = page.get_size()
            textpage = page.get_textpage()
            for index in range(textpage.count_rects()):
                left, bottom, right, top = textpage.get_rect(index)
                assert left >= 0, textpage.get_text_bounded(left, bottom, right, top)
                assert right <= width
                assert top <= height
                words = textpage.get_text_bounded(left, bottom, right, top)
                in_foot = top <= 34
                assert bottom >= (18 if in_foot else 46), words
        pdf.close()


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Name every single-line text that is wider than the cell it is drawn in."""
    wide: list[str] = []
    drawn = Paper.cell

    def cell(self: Paper, width: float, height: float, text: str, **more: Any) -> None:
        if self.width_of(text) > width + 0.05:
            wide.append(f"{text} is {self.width_of(text):.1f} mm in {width} mm")
        drawn(self, width, height, text, **more)

    monkeypatch.setattr(Paper, "cell", cell)
    return wide


class TestCells:
    @pytest.mark.parametrize("shape", SHAPES)
    def test_no_text_is_wider_than_its_cell(self, shape: str, measured: list[str]) -> None:
        render_bill(view=view_of(SHAPES[shape]()), issue_date=ISSUE_DATE)
        assert measured == []

    @pytest.mark.parametrize("amount", ["98765.43", "1234567.89"])
    def test_large_amounts_fit(self, amount: str, measured: list[str]) -> None:
        content = household()
        net = content.net.__class__(amount)
        line = content.lines[0].model_copy(
            update={"net": net, "price": content.lines[0].price + 1000, "quantity": net.scaleb(2), "vat": net}
        )
        sections = tuple(
            one.model_copy(update={"net": net, "vat": net, "gross": net}) for one in content.sections
        )
        rows = tuple(
            one.model_copy(update={"net": net, "vat": net, "gross": net}) for one in content.vat_rows
        )
        large = changed(content, lines=(line, *content.lines[1:]), sections=sections, vat_rows=rows,
                        net=net, vat=net, gross=net)  # fmt: skip
        render_bill(view=view_of(large), issue_date=ISSUE_DATE)
        assert measured == []

    def test_a_long_seller_and_a_long_number_fit(self, measured: list[str]) -> None:
        settings = company_settings()
        seller = settings.seller.model_copy(update={"name": LONG, "website": "www." + "b" * 60 + ".example"})
        view = bill_view(
            document=issued(household(), number="FAKTURA/ENERGIA/LUBLIN/2026/04/00000000123"),
            settings=settings.model_copy(update={"seller": seller}),
        )
        pages = pages_of(view)
        assert measured == []
        assert squeezed(LONG) in squeezed(pages[0])

    def test_long_codes_of_meters_and_registers_fit(self, measured: list[str]) -> None:
        content = household()
        span = content.usage[0].model_copy(
            update={
                "meter_no": "MBA30045671234567890123",
                "register_code": "1.8.0*255.import.calodobowa",
                "multiplier": 12000,
            }
        )
        render_bill(view=view_of(changed(content, usage=(span,))), issue_date=ISSUE_DATE)
        assert measured == []
