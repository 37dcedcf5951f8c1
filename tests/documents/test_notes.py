"""Notes: what they name, that they add up, and that nobody takes them for an invoice."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pypdfium2
import pytest
from pydantic import ValidationError

from kwit.billing.contents import read_content, read_issued
from kwit.billing.note_content import InterestPeriod, InterestRow, NoteContent, NoteRow
from kwit.delivery.message import mail_texts
from kwit.documents.document import Document, NotABillError
from kwit.documents.fa3 import NotAnInvoiceError, fa3_xml
from kwit.documents.rendering import render_document, structured_form
from kwit.kernel.money import half_up
from tests.billing.company import company_settings
from tests.documents import notes

ROW = NoteRow(title="Kara umowna", basis="§ 12 umowy", amount=Decimal("10.00"))


def text_of(document: Document) -> str:
    pdf = pypdfium2.PdfDocument(render_document(document=document, settings=company_settings()))
    try:
        return " ".join(" ".join(page.get_textpage().get_text_bounded().split()) for page in pdf)
    finally:
        pdf.close()


@pytest.mark.parametrize(
    "words",
    [
        "Nota księgowa NK/2026/000001", "WYSTAWCA Jasna Energia S.A.", "ODBIORCA Młyn „Żarna” sp. z o.o.",
        "NIP 7740001454", "Data wystawienia 08.04.2026", "Termin płatności 22.04.2026", "Do zapłaty 183,92 zł",
        "słownie: sto osiemdziesiąt trzy złote, dziewięćdziesiąt dwa grosze", "Wystawił(a) Ewa Źródlana",
        "Dotyczy okresu 20.01.2026 – 07.04.2026", "art. 10 ust. 1 pkt 1 ustawy z 8 marca 2013 r. 168,92",
        "Koszt wezwania do zapłaty z 12.02.2026 § 9 ust. 2 umowy 15,00", "Razem 183,92",
        "Nota nie jest fakturą; kwota nie podlega podatkowi VAT.",
    ],
)  # fmt: skip
def test_an_accounting_note_names_parties_event_amount_dates_and_who_made_it(words: str) -> None:
    assert words in text_of(notes.accounting())


@pytest.mark.parametrize(
    "words",
    [
        "Nota odsetkowa NO/2026/000001", "Do zapłaty 202,28 zł", "art. 481 § 1 i 2 Kodeksu cywilnego",
        "FV/2026/01/000007 12 345,67 20.01.2026 20.03.2026 21.01.26–04.03.26 43 9,50% 138,17",
        "05.03.26–20.03.26 16 9,25% 50,06",
        "FV/2026/02/000011 980,10 10.02.2026 niezapłacona 11.02.26–04.03.26 22 9,50% 5,61",
        "Odsetki = kwota × stopa roczna × liczba dni / 365", "Razem 202,28", "nie podlega podatkowi VAT",
    ],
)  # fmt: skip
def test_an_interest_note_shows_what_each_amount_was_counted_from(words: str) -> None:
    assert words in text_of(notes.interest())


def test_the_sample_of_an_interest_note_is_counted_as_it_says() -> None:
    content = notes.interest().read()
    assert isinstance(content, NoteContent)
    for row in content.interest:
        for part in row.periods:
            assert part.amount == half_up(row.principal * part.rate * part.days / 365, digits=2)


def test_a_commercial_debtor_owes_by_the_other_act() -> None:
    content = notes.interest().read()
    assert isinstance(content, NoteContent)
    document = notes.issued(content.model_copy(update={"law": "commercial_transactions"}))
    assert "art. 7 ustawy z dnia 8 marca 2013 r." in text_of(document)
    assert "481" not in text_of(document)


@pytest.mark.parametrize(
    ("kind", "fields", "said"),
    [
        ("accounting", {"rows": (ROW,), "due": Decimal("9.99")}, "add up"),
        ("accounting", {"rows": (), "due": Decimal(0)}, "of the other kind"),
        ("accounting", {"rows": (ROW,), "due": Decimal("10.00"), "law": "civil_code"}, "of the other kind"),
        ("interest", {"rows": (ROW,), "due": Decimal("10.00"), "law": "civil_code"}, "of the other kind"),
    ],
)
def test_a_note_that_does_not_add_up_or_mixes_kinds_is_refused(kind: Any, fields: Any, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        notes.note(kind, **fields)


@pytest.mark.parametrize(
    ("edges", "amount", "said"),
    [
        (((1, 5), (6, 9)), "2.00", "follow"),
        (((5, 5), (5, 9)), "2.00", "follow"),
        (((1, 5), (5, 9)), "2.01", "sum"),
    ],
)
def test_periods_of_interest_follow_each_other_and_add_up(edges: Any, amount: str, said: str) -> None:
    periods = [
        InterestPeriod(
            start=date(2026, 3, a), end=date(2026, 3, b), rate=Decimal("0.1"), amount=Decimal("1.00")
        )
        for a, b in edges
    ]
    with pytest.raises(ValidationError, match=said):
        InterestRow(
            invoice="FV/1", principal=Decimal(100), due_date=date(2026, 2, 28), paid_on=None,
            periods=tuple(periods), amount=Decimal(amount),
        )  # fmt: skip


@pytest.mark.parametrize("document", [notes.accounting, notes.interest])
def test_a_note_is_read_back_and_is_no_invoice(document: Any) -> None:
    issued = document()
    content = read_issued(issued.content)
    assert isinstance(content, NoteContent)
    assert content.canonical() == issued.content
    settings = company_settings()
    with pytest.raises(NotAnInvoiceError, match=issued.number):
        fa3_xml(document=issued, settings=settings, made_at=datetime(2026, 4, 8, tzinfo=UTC))
    assert structured_form(document=issued, settings=settings) is None
    with pytest.raises(NotABillError):
        issued.bill()
    assert issued.booked() == ()
    with pytest.raises(ValidationError):
        read_content(issued.content)


def test_a_note_says_what_its_order_wants_told() -> None:
    content = notes.accounting().read()
    assert isinstance(content, NoteContent)
    assert "Dotyczy dostaw w styczniu." in text_of(
        notes.issued(content.model_copy(update={"text": "Dotyczy dostaw w styczniu."}))
    )


def test_its_mail_names_it() -> None:
    texts = mail_texts(document=notes.interest(), settings=company_settings())
    assert texts["subject"].replace("\u00a0", " ") == "Nota odsetkowa NO/2026/000001 – do zapłaty 202,28 zł"
    assert texts["template"] == "note"


def test_kinds_have_series_of_their_own() -> None:
    settings = company_settings()
    assert settings.series_of("note").startswith("NK/")
    assert settings.series_of("interest_note").startswith("NO/")
