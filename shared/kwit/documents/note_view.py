"""What the page of a note shows, as finished text.

The checklist behind it: art. 21 ust. 1 of the Accounting Act (kind and number of the voucher, parties, what happened
and its value, dates, who made it out) and, of an interest note, what the interest was counted from.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import partial

from kwit.billing.note_content import InterestRow, NoteContent
from kwit.documents import polish
from kwit.documents.document import Document
from kwit.documents.information import disputes
from kwit.documents.rows import Row
from kwit.documents.texts import shown_texts
from kwit.documents.titles import NOTES
from kwit.documents.view import BillView, footer_text, party_lines, payment_code, seller_lines
from kwit.kernel.money import fraction_digits
from kwit.registry.company import CompanySettings

_LAWS = {
    "civil_code": "Odsetki ustawowe za opóźnienie: art. 481 § 1 i 2 Kodeksu cywilnego.",
    "commercial_transactions": (
        "Odsetki ustawowe za opóźnienie w transakcjach handlowych: art. 7 ustawy z dnia 8 marca 2013 r."
        " o przeciwdziałaniu nadmiernym opóźnieniom w transakcjach handlowych."
    ),
}
_FORMULA = "Odsetki = kwota × stopa roczna × liczba dni / 365, od dnia po terminie płatności do dnia zapłaty włącznie."
_NO_VAT = "Nota nie jest fakturą; kwota nie podlega podatkowi VAT."


@dataclass(frozen=True, slots=True)
class NoteView:
    """All texts of a note; `page` has those that it shares with a bill."""

    page: BillView
    heading: str
    facts: tuple[tuple[str, str], ...]
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    sentences: tuple[str, ...]


def note_view(*, document: Document, content: NoteContent, settings: CompanySettings) -> NoteView:
    """Turn an issued note into the texts of its page."""
    interest = content.kind == "interest"
    rows = _interest_rows(content) if interest else _rows(content)
    return NoteView(
        page=_page(document, content, settings),
        heading="Odsetki za opóźnienie" if interest else "Za co obciążamy",
        facts=_facts(content),
        columns=_INTEREST if interest else _CHARGES,
        rows=(*rows, _total(content)),
        sentences=tuple(filter(None, (content.text, *_legal(content)))),
    )


def _legal(content: NoteContent) -> tuple[str, ...]:
    return (_LAWS[content.law], _FORMULA, _NO_VAT) if content.law else (_NO_VAT,)


_CHARGES = ("tytuł", "podstawa", "kwota zł")
_INTEREST = ("dokument", "kwota zł", "termin", "zapłacono", "dni od–do", "dni", "stopa", "odsetki zł")


def _rows(content: NoteContent) -> Iterator[Row]:
    for one in content.rows:
        yield Row((one.title, one.basis, polish.amount(one.amount)))


def _interest_rows(content: NoteContent) -> Iterator[Row]:
    """Write a row for each period of one rate; what concerns the whole payment stands in its first."""
    for one in content.interest:
        for index, part in enumerate(one.periods):
            last = part.end - timedelta(days=1)
            days = f"{part.start:%d.%m.%y}–{last:%d.%m.%y}"
            cells = (days, str(part.days), _rate(part.rate), polish.amount(part.amount))
            yield Row((*(_told(one) if index == 0 else ("", "", "", "")), *cells))


def _told(one: InterestRow) -> tuple[str, str, str, str]:
    paid = polish.day(one.paid_on) if one.paid_on else "niezapłacona"
    return (one.invoice, polish.amount(one.principal), polish.day(one.due_date), paid)


def _rate(rate: Decimal) -> str:
    return f"{polish.amount(rate * 100, digits=max(2, fraction_digits(rate) - 2))}%"


def _total(content: NoteContent) -> Row:
    width = len(_INTEREST if content.kind == "interest" else _CHARGES)
    return Row(("Razem", *[""] * (width - 2), polish.amount(content.due)), strong=True)


def _facts(content: NoteContent) -> tuple[tuple[str, str], ...]:
    last = content.end - timedelta(days=1)
    period = (
        polish.day(last) if content.start == last else f"{polish.day(content.start)} – {polish.day(last)}"
    )
    facts = (
        ("Numer klienta", content.customer.party_id),
        ("Umowa", content.contract_no),
        ("Dotyczy okresu" if content.start != last else "Data zdarzenia", period),
        ("Wystawił(a)", content.issued_by),
    )
    return tuple((label, value) for label, value in facts if value)


def _page(document: Document, content: NoteContent, settings: CompanySettings) -> BillView:
    seller = settings.seller
    account = content.payer.bank_account or seller.bank_account
    due = polish.day(document.due_date)
    texts = partial(shown_texts, document=document, settings=settings)
    return BillView(
        title=NOTES[content.kind],
        number=document.number,
        seller_name=seller.name,
        seller_lines=seller_lines(settings),
        payer_name=content.payer.name,
        payer_lines=party_lines(content.payer, content.customer),
        dates=(
            ("Data wystawienia", polish.day(document.issue_date)),
            ("Miejsce wystawienia", seller.city),
            ("Termin płatności", due),
            ("Forma płatności", "przelew"),
        ),
        facts=(),
        payable=polish.zloty(content.due),
        payable_words=polish.in_words(content.due),
        due=due,
        account=polish.account(account),
        transfer_title=f"{document.number}, klient {content.payer.party_id}",
        payment_qr=payment_code(
            nip=seller.nip, account=account, amount=content.due, name=seller.name, title=document.number
        ),
        use_sentences=(),
        bars=(),
        summary=(),
        balance=(),
        readings=(),
        reading_legend="",
        lines=(),
        vat=(),
        notes=(
            *disputes(settings),
            ("Kontakt", f"{seller.phone}, {seller.email}."),
            *texts(place="details"),
        ),
        footer=footer_text(document, settings),
        colour=seller.colour,
        party_labels=("Wystawca", "Odbiorca"),
        first_texts=tuple(text for _, text in texts(place="first_page")),
        foot_note=" ".join(text for _, text in texts(place="footer")),
        logo=seller.logo,
    )
