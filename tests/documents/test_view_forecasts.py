"""Documents of a forecast plan: what they say, post and report; the settlement names each forecast by its number."""

import json
from datetime import UTC, date, datetime

import pypdfium2
import pytest

from kwit.documents.bill_pdf import render_bill
from kwit.documents.document import Document
from kwit.documents.fa3 import fa3_xml
from kwit.documents.fa3_check import check_fa3
from kwit.documents.forecast_words import ForecastNumberMissingError
from kwit.documents.rendering import forecasts_of, render_document
from kwit.documents.view import BillView, bill_view
from kwit.kernel.money import total
from kwit.ledger.postings import Posting, postings_of
from kwit.reports.sales import sales_report
from tests.billing.company import company_settings
from tests.billing.test_clocks import Office
from tests.billing.test_forecasts import JULY, MARCH, MAY, SEPTEMBER, office, run
from verifier.verify_bill import verify

ACCOUNTS = {"receivable": "200", "vat": "221", "sale": "700"}


@pytest.fixture(scope="module")
def settled() -> Office:
    """Make three forecasts and the bill that settles them."""
    one = office(MARCH, SEPTEMBER)
    run(one, MARCH, MAY, JULY, SEPTEMBER)
    return one


def documents(one: Office) -> list[Document]:
    return list(one.documents.documents.values())


def view_of(one: Office, document: Document) -> BillView:
    numbers = {each.document_id: each.number for each in documents(one)}
    return bill_view(document=document, settings=company_settings(), numbers=numbers)


def text_of(view: BillView) -> str:
    pdf = pypdfium2.PdfDocument(render_bill(view=view, issue_date=MARCH))
    try:
        return " ".join(" ".join(page.get_textpage().get_text_bounded().split()) for page in pdf)
    finally:
        pdf.close()


class TestAForecast:
    def test_is_an_invoice_that_says_it_is_one(self, settled: Office) -> None:
        document = documents(settled)[0]
        view = view_of(settled, document)
        assert (view.title, document.number) == ("Faktura VAT – prognoza", "PR/2026/03/000001")
        assert ("Okres prognozy", "01.03.2026 – 30.04.2026") in view.dates
        assert view.use_sentences == (
            "Prognozowane zużycie w okresie: 610 kWh, na podstawie rocznego zużycia podanego w umowie.",
            "To prognoza: rzeczywiste zużycie rozliczymy po odczycie na koniec okresu rozliczeniowego.",
        )
        assert (view.readings, view.reading_legend, view.forecasts) == ((), "", ())
        text = text_of(view)
        assert "Faktura VAT – prognoza" in text
        assert "Odczyty i zużycie" not in text
        assert "prognoza" in view.lines[0][1][0].cells[0]


class TestASettlement:
    def test_lists_the_forecasts_by_number_and_is_paid_after_them(self, settled: Office) -> None:
        *ahead, last = documents(settled)
        view = view_of(settled, last)
        assert [row.cells[0] for row in view.forecasts] == [*(one.number for one in ahead), "Razem"]
        text = text_of(view)
        assert "Rozliczenie prognoz" in text
        assert all(one.number in text for one in ahead)
        assert (view.payable, last.bill().gross < 0) == ("0,00\xa0zł", True)
        assert any(sentence.startswith("Nadpłata") for sentence in view.balance)

    def test_shows_its_charges_before_what_it_takes_back(self, settled: Office) -> None:
        bill = documents(settled)[-1].bill()
        view = view_of(settled, documents(settled)[-1])
        names = [row.cells[0] for _, rows in view.lines for row in rows]
        assert "Rozliczenie prognoz" not in names
        assert view.summary[-2].cells[0] == "Prognozy zafakturowane wcześniej"
        assert len(view.summary) == len({line.section for line in bill.lines}) + 2

    def test_is_not_drawn_while_a_forecast_has_no_document(self, settled: Office) -> None:
        last = documents(settled)[-1]
        assert set(forecasts_of(last)) == {one.document_id for one in documents(settled)[:-1]}
        with pytest.raises(ForecastNumberMissingError):
            render_document(document=last, settings=company_settings())

    def test_draws_the_same_bytes_again(self, settled: Office) -> None:
        last = documents(settled)[-1]
        numbers = {each.document_id: each.number for each in documents(settled)}
        first, again = (
            render_document(document=last, settings=company_settings(), numbers=numbers) for _ in range(2)
        )
        assert first == again


def test_structured_invoices_of_a_plan_are_valid(settled: Office) -> None:
    for one in documents(settled):
        xml = fa3_xml(document=one, settings=company_settings(), made_at=datetime(2026, 9, 1, tzinfo=UTC))
        assert check_fa3(xml) == [], one.number


class TestTheBooks:
    def rows(self, one: Office) -> list[Posting]:
        return [row for each in documents(one) for row in postings_of(document=each, accounts=ACCOUNTS)]

    def test_hold_the_revenue_of_the_period_once(self, settled: Office) -> None:
        plain = office(MARCH, SEPTEMBER, forecast=None)
        run(plain, SEPTEMBER)
        found, wanted = self.rows(settled), self.rows(plain)
        for key in {row.key for row in wanted}:
            for side in ("debit", "credit"):
                sums = [
                    total(getattr(row, side) for row in rows if row.key == key) for rows in (found, wanted)
                ]
                assert sums[0] == sums[1], (key, side)
        assert {row.key for row in found} == {row.key for row in wanted}

    def test_and_the_sales_report_adds_up_without_forecast_energy(self, settled: Office) -> None:
        report = sales_report(documents=documents(settled), first=MARCH, last=SEPTEMBER)
        assert report.net == total(row.net for row in report.components)
        (group,) = report.groups
        assert (group.kwh, group.documents) == ((SEPTEMBER - MARCH).days, 4)


class TestTheVerifier:
    def test_finds_every_figure_holding(self, settled: Office) -> None:
        for one in documents(settled):
            verify(json.loads(one.content))

    @pytest.mark.parametrize("name", ["net", "vat"])
    def test_names_a_forecast_that_was_changed(self, settled: Office, name: str) -> None:
        content = json.loads(documents(settled)[-1].content)
        content["settled"][0]["parts"][0][name] = "1.00"
        with pytest.raises(Exception, match="stated"):
            verify(content)


def test_a_forecast_given_back_alone_says_so() -> None:
    one = office(MARCH, SEPTEMBER)
    run(one, MARCH, MAY, JULY, SEPTEMBER, date(2026, 9, 2))
    one.change(MARCH, ends=SEPTEMBER)
    run(one, date(2026, 9, 3))
    back = documents(one)[-1]
    view = view_of(one, back)
    assert view.title == "Faktura VAT – rozliczenie prognoz"
    assert len(view.forecasts) == 2
    verify(json.loads(back.content))
    assert text_of(view)
