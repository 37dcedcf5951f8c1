"""Bills of clocks that stand apart: what they cover is named, and what they do not measure is not shown."""

import json
from datetime import date, timedelta

import pypdfium2

from kwit.billing.drafts import DocumentKind
from kwit.documents.bill_pdf import render_bill
from kwit.documents.document import Document
from kwit.documents.view import BillView, bill_view
from kwit.ledger.postings import postings_of
from kwit.reports.sales import sales_report
from tests.billing.company import company_settings
from tests.billing.test_clocks import APRIL, JULY, MARCH, MAY, QUARTERLY, Office
from verifier.verify_bill import verify


def issued(office: Office, on: date) -> list[Document]:
    before = set(office.documents.documents)
    office.issue(office.rate(on))
    return [one for name, one in office.documents.documents.items() if name not in before]


def view_of(document: Document) -> BillView:
    return bill_view(document=document, settings=company_settings())


def text_of(view: BillView) -> str:
    pdf = pypdfium2.PdfDocument(render_bill(view=view, issue_date=APRIL))
    try:
        return " ".join(" ".join(page.get_textpage().get_text_bounded().split()) for page in pdf)
    finally:
        pdf.close()


class TestFixedChargesAlone:
    def test_say_so_and_show_no_use(self) -> None:
        (document,) = issued(
            Office(billed_to=APRIL, cycle_months=6, cycle_anchor=APRIL, fixed_cycle=QUARTERLY), APRIL
        )
        view = view_of(document)
        assert ("Opłaty stałe", "01.04.2026 – 30.06.2026, z góry") in view.facts
        assert view.use_sentences == (
            "Ta faktura obejmuje tylko opłaty niezależne od zużycia; zużycie rozliczymy osobno.",
        )
        assert (view.readings, view.reading_legend, view.bars) == ((), "", ())
        text = text_of(view)
        assert "Odczyty i zużycie" not in text
        assert "Opłaty stałe 01.04.2026 – 30.06.2026, z góry" in text

    def test_are_posted_and_reported_without_energy(self) -> None:
        (document,) = issued(
            Office(billed_to=APRIL, cycle_months=6, cycle_anchor=APRIL, fixed_cycle=QUARTERLY), APRIL
        )
        rows = postings_of(document=document, accounts={"receivable": "200", "vat": "221", "sale": "700"})
        assert sum(row.debit for row in rows) == sum(row.credit for row in rows) == document.bill().gross
        report = sales_report(documents=[document], first=APRIL, last=APRIL)
        assert [(row.kwh, row.documents, row.net) for row in report.groups] == [(0, 1, document.bill().net)]


class TestBothOnOneDocument:
    def test_have_their_own_days(self) -> None:
        office = Office(states=[MARCH, APRIL], fixed_cycle=QUARTERLY)
        document = next(one for one in issued(office, APRIL) if one.bill().measures)
        view = view_of(document)
        assert ("Opłaty stałe", "01.04.2026 – 30.06.2026, z góry") in view.facts
        assert dict(view.dates)["Okres rozliczeniowy"] == "01.03.2026 – 31.03.2026"
        (rows,) = (rows for _, rows in view.lines)
        assert [row.cells[0] for row in rows if "Daily" in row.cells[0]] == ["Daily (01.04–30.06.26)"]
        for one in office.documents.documents.values():
            verify(json.loads(one.content))


class TestTheFinalBill:
    def test_bears_its_title_and_what_is_given_back(self) -> None:
        office = Office(states=[MARCH, APRIL], fixed_cycle=QUARTERLY)
        issued(office, APRIL)
        ends = date(2026, 4, 21)
        office.change(MARCH, ends=ends)
        office.read(ends)
        (document,) = issued(office, MAY)
        assert (document.kind, document.bill().contract_ends) == (DocumentKind.FINAL, ends)
        view = view_of(document)
        assert view.title == "Faktura VAT – rozliczenie końcowe"
        assert ("Opłaty stałe", "21.04.2026 – 30.06.2026, zwrot") in view.facts
        names = [row.cells[0] for _, rows in view.lines for row in rows]
        assert "Daily, zwrot za dni niewykorzystane (21.04–30.06.26)" in names
        verify(json.loads(document.content))
        assert f"{view.title} {document.number}" in text_of(view)

    def test_of_a_contract_of_one_clock_is_final_too(self) -> None:
        ends = date(2026, 4, 11)
        office = Office(states=[MARCH, APRIL, ends], ends=ends)
        first, last = issued(office, ends + timedelta(days=1))
        assert [first.kind, last.kind] == [DocumentKind.INVOICE, DocumentKind.FINAL]
        assert JULY not in {first.bill().end, last.bill().end}
