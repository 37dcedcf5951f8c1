"""Collective invoices on paper, in FA(3), by e-mail, in the books: the whole once, every contract in it."""

import json
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree as ET

import pypdfium2 as pdfium
import pytest

from kwit.billing.collective_content import CollectiveContent
from kwit.billing.contents import read_content
from kwit.delivery.message import compose_mail, mail_texts, template_environment
from kwit.documents import polish
from kwit.documents.collective_view import collective_view
from kwit.documents.document import Document, NotABillError
from kwit.documents.fa3 import NAMESPACE, fa3_xml
from kwit.documents.fa3_check import check_fa3
from kwit.documents.rendering import forecasts_of, render_document
from kwit.kernel.money import total
from kwit.ledger.postings import RECEIVABLE, VAT_DUE, postings_of
from kwit.market.distribution import distributor_statements
from kwit.reports.sales import sales_report
from tests.billing.collectives import ACCOUNT, APRIL, CONTRACTS, DAY, LATER, collectives, content_of, town
from tests.billing.company import company_settings
from tests.billing.office import carry_out, documents, order
from tests.billing.test_corrections import change
from tests.documents import bills
from tests.documents.collective_bills import SHAPES, of_bills, on_document, three_points
from tests.documents.test_fa3 import MADE_AT
from verifier.verify_bill import main as verified

SHAPE_NAMES = sorted(SHAPES)


def drawn(document: Document) -> list[str]:
    """Draw an invoice and return the text of each page."""
    pdf = pdfium.PdfDocument(render_document(document=document, settings=company_settings()))
    return [page.get_textpage().get_text_bounded() for page in pdf]


def xml_of(document: Document) -> bytes:
    return fa3_xml(document=document, settings=company_settings(), made_at=MADE_AT)


def told(xml: bytes, path: str) -> list[str]:
    spaced = "/".join(f"{{{NAMESPACE}}}{name}" for name in path.split("/"))
    return [one.text or "" for one in ET.fromstring(xml).findall(spaced)]  # noqa: S314 - our own bytes


class TestDocument:
    def test_it_reads_back_as_what_it_is_and_its_parts_as_bills(self) -> None:
        document = three_points()
        assert isinstance(read_content(document.content), CollectiveContent)
        assert [part.bill().contract_no for part in document.parts()] == list(CONTRACTS)
        assert {part.number for part in document.parts()} == {document.number}
        with pytest.raises(NotABillError):
            document.bill()
        assert forecasts_of(document) == ()

    def test_a_contract_gets_its_bill_and_the_account_the_whole(self) -> None:
        document = three_points()
        part = document.issued_to("U/2")
        assert (part.account, part.number) == (ACCOUNT, document.number)
        assert part.content == content_of(document).parts[1].bill.canonical()
        assert document.issued_to(ACCOUNT).content == document.content


class TestPaper:
    @pytest.mark.parametrize("name", SHAPE_NAMES)
    def test_page_one_tells_the_whole_and_every_contract_has_its_details(self, name: str) -> None:
        document = SHAPES[name]()
        content = content_of(document)
        pages = drawn(document)
        payable = max(content.due + (content.opening_balance or Decimal(0)), Decimal(0))
        for wanted in (document.number, polish.zloty(payable), ACCOUNT, "Punkty poboru na tej fakturze"):
            assert wanted.replace("\u00a0", " ") in pages[0].replace("\u00a0", " ")
        whole = " ".join(pages)
        for bill in content.bills:
            assert whole.count(bill.contract_no) >= 2
            assert whole.count(bill.point.ppe) >= 2
        assert f"strona {len(pages)} z {len(pages)}" in pages[-1]

    def test_the_same_document_gives_the_same_bytes(self) -> None:
        settings = company_settings()
        first, second = (render_document(document=on_document(), settings=settings) for _ in range(2))
        assert first == second

    def test_points_and_sections_add_up_to_the_whole(self) -> None:
        document = three_points()
        content = content_of(document)
        view = collective_view(document=document, content=content, settings=company_settings())
        whole = tuple(map(polish.amount, (content.net, content.vat, content.gross)))
        assert view.points[-1].cells[-3:] == view.page.summary[-1].cells[-3:] == whole
        figures = [_figure(row.cells[-1]) for row in view.points[:-1]]
        assert total(figures) == content.gross
        assert [part.heading[:2] for part in view.parts] == ["1.", "2.", "3."]
        assert view.page.payment_qr.split("|")[3] == f"{int(content.due * 100):06d}"

    def test_where_vat_is_rounded_once_sections_have_none_of_their_own(self) -> None:
        document = on_document()
        view = collective_view(document=document, content=content_of(document), settings=company_settings())
        assert {row.cells[2:] for row in view.page.summary[:-1]} == {("", "")}

    def test_what_all_contracts_share_is_told_once(self) -> None:
        document = three_points()
        view = collective_view(document=document, content=content_of(document), settings=company_settings())
        labels = [label for label, _ in view.page.notes]
        assert "Awarie" in labels
        assert all("Awarie" not in dict(part.notes) for part in view.parts)
        assert all("Akcyza" in dict(part.notes) for part in view.parts)


def _figure(told: str) -> Decimal:
    return Decimal(told.replace("\u00a0", "").replace(",", "."))


class TestStructured:
    @pytest.mark.parametrize("name", SHAPE_NAMES)
    def test_it_is_valid_and_has_the_lines_of_all_contracts(self, name: str) -> None:
        document = SHAPES[name]()
        content = content_of(document)
        xml = xml_of(document)
        assert [one for one in check_fa3(xml) if one.refuses] == []
        lines = [(bill, line) for bill in content.bills for line in bill.lines]
        assert [Decimal(one) for one in told(xml, "Fa/FaWiersz/P_11")] == [line.net for _, line in lines]
        names = told(xml, "Fa/FaWiersz/P_7")
        assert all(bill.point.ppe in name for (bill, _), name in zip(lines, names, strict=True))
        assert told(xml, "Fa/P_15") == [str(content.gross)]
        assert told(xml, "Fa/RodzajFaktury") == ["VAT"]
        keys = told(xml, "Fa/DodatkowyOpis/Klucz")
        assert all(f"{bill.contract_no}: Kod PPE" in keys for bill in content.bills)

    def test_rounded_once_net_and_vat_of_a_rate_agree(self) -> None:
        xml = xml_of(on_document())
        assert check_fa3(xml) == []

    def test_everybody_who_takes_energy_beside_the_payer_is_named(self) -> None:
        xml = xml_of(three_points())
        parties = {bill.customer.party_id for bill in content_of(three_points()).bills}
        assert len(told(xml, "Podmiot3/OpisRoli")) == len(parties - {"K-U/1"}) == 2


class TestMail:
    def test_one_mail_names_the_account_and_what_is_to_be_paid(self) -> None:
        document = three_points()
        texts = mail_texts(document=document, settings=company_settings())
        assert texts["subject"].startswith(f"Faktura zbiorcza {document.number} – do zapłaty")
        assert (texts["account_no"], texts["points"]) == (ACCOUNT, "3")
        raw, recipient = compose_mail(
            document=document,
            settings=company_settings(),
            pdf=b"%PDF",
            sent_at=MADE_AT,
            environment=template_environment(),
        )
        assert recipient == content_of(document).payer.email
        assert b"ZB-2026-04" in raw


class TestBooks:
    @pytest.mark.parametrize("name", ["three_points", "on_document"])
    def test_one_receivable_and_the_revenue_of_every_contract(self, name: str) -> None:
        document = SHAPES[name]()
        content = content_of(document)
        rows = postings_of(document=document, accounts=company_settings().accounts)
        assert [row.debit for row in rows if row.key == RECEIVABLE] == [content.gross]
        assert total(row.credit for row in rows if row.key == VAT_DUE) == content.vat
        assert total(row.credit for row in rows if row.key not in {RECEIVABLE, VAT_DUE}) == content.net

    def test_revenue_is_posted_by_group_and_the_whole_under_none(self) -> None:
        household = bills.household()
        document = of_bills(household, bills.changed(household, group="C11"))
        rows = postings_of(document=document, accounts=company_settings().accounts)
        assert {row.group for row in rows if row.key in {RECEIVABLE, VAT_DUE}} == {""}
        by_group = {
            group: total(r.credit for r in rows if r.group == group and r.key != RECEIVABLE)
            for group in ("G11", "C11")
        }
        assert by_group == dict.fromkeys(("G11", "C11"), household.net)

    def test_sales_and_statements_count_every_contract_and_the_document_once(self) -> None:
        document = on_document()
        content = content_of(document)
        report = sales_report(documents=[document], first=DAY, last=DAY)
        assert (report.documents, report.gross, report.vat) == (1, content.gross, content.vat)
        assert [(one.points, one.documents) for one in report.groups] == [(3, 1)]
        (statement,) = distributor_statements(documents=[document])
        assert {one.ppe for one in statement.components} == {bill.point.ppe for bill in content.bills}

    def test_a_correction_of_one_contract_names_the_invoice_and_is_drawn_and_written(self) -> None:
        one = town()
        carry_out(one, DAY)
        change(one, APRIL, "1102.0", no="U/2")
        carry_out(one, LATER, order(contracts=("U/2",)))
        correction = next(found for found in documents(one) if found.number.startswith("FK"))
        number = collectives(one)[0].number
        text = " ".join(drawn(correction))
        assert number in text
        assert f"{ACCOUNT}, korekta dotyczy umowy U/2" in text
        xml = xml_of(correction)
        assert [found for found in check_fa3(xml) if found.refuses] == []
        assert told(xml, "Fa/DaneFaKorygowanej/NrFaKorygowanej") == [number]


class TestVerifier:
    @pytest.mark.parametrize("name", ["three_points", "on_document"])
    def test_it_agrees_and_finds_a_grosz_that_does_not(self, name: str, tmp_path: Path) -> None:
        content = json.loads(SHAPES[name]().content)
        file = tmp_path / "whole.json"
        file.write_text(json.dumps(content), encoding="utf-8")
        assert verified([str(file)]) == 0
        for key in ("net", "vat", "gross", "due"):
            spoiled = content | {key: str(Decimal(content[key]) + Decimal("0.01"))}
            file.write_text(json.dumps(spoiled), encoding="utf-8")
            assert verified([str(file)]) == 1, key
