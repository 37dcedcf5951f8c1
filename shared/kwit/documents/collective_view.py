"""What the pages of a collective invoice (faktura zbiorcza) show, as finished text: the whole, its points, each bill.

The first page says what all of it comes to and lists every contract with its point; behind it every contract has the
readings and lines that its bill would have had alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from functools import partial

from kwit.billing.collective_content import CollectiveContent
from kwit.billing.content import BillContent
from kwit.billing.drafts import DocumentKind
from kwit.billing.forecast_content import before_settling
from kwit.documents import polish
from kwit.documents.document import Document
from kwit.documents.ksef_marks import KsefMarks
from kwit.documents.phrases import Speech
from kwit.documents.prosumer_words import settlement_sentences
from kwit.documents.rows import Row
from kwit.documents.texts import shown_texts
from kwit.documents.titles import COLLECTIVE
from kwit.documents.view import (
    SECTIONS,
    BillView,
    bill_view,
    footer_text,
    in_words,
    ksef_facts,
    payer_lines,
    payment_code,
)
from kwit.kernel.money import ZERO, total
from kwit.registry.company import CompanySettings


@dataclass(frozen=True, slots=True)
class PartView:
    """The texts of one contract's bill: its heading, what it says of itself, and what a bill shows.

    `notes` are those that not every bill has.
    """

    heading: str
    sentences: tuple[str, ...]
    page: BillView
    notes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class CollectiveView:
    """All texts of a collective invoice; `page` has those that it shares with a bill."""

    page: BillView
    points: tuple[Row, ...]
    parts: tuple[PartView, ...]


def collective_view(
    *,
    document: Document,
    content: CollectiveContent,
    settings: CompanySettings,
    numbers: Mapping[str, str] | None = None,
    ksef: KsefMarks | None = None,
) -> CollectiveView:
    """Turn an issued collective invoice into the texts of its pages.

    `numbers` are those of the forecasts that its bills settle, by document; `ksef` what KSeF adds to the pages. Raises
    ForecastNumberMissingError.
    """
    say = Speech(content.payer.language)
    pages = [
        replace(bill_view(document=part, settings=settings, numbers=numbers), title=say(COLLECTIVE))
        for part in document.parts()
    ]
    common = [note for note in pages[0].notes if all(note in page.notes for page in pages)]
    return CollectiveView(
        page=_page(document, content, settings, pages[0], common, ksef),
        points=_points(content),
        parts=tuple(
            PartView(
                heading=_heading(number, part.kind, part.bill, say),
                sentences=_sentences(part.bill, page),
                page=page,
                notes=tuple(note for note in page.notes if note not in common),
            )
            for number, (part, page) in enumerate(zip(content.parts, pages, strict=True), start=1)
        ),
    )


def _sentences(bill: BillContent, page: BillView) -> tuple[str, ...]:
    """Say of a contract its terms, use, deposit and balance; what is over is set against the other contracts."""
    facts = "; ".join(f"{label}: {value}" for label, value in page.facts)
    told = [f"{facts}.", " ".join(page.use_sentences), *settlement_sentences(bill)]
    if bill.opening_balance:
        say, amount = Speech(bill.payer.language), polish.zloty(abs(bill.opening_balance))
        word = say("niedopłata") if bill.opening_balance > 0 else say("nadpłata")
        told.append(say("Saldo tej umowy przed fakturą: {word} {amount}.", word=word, amount=amount))
    return tuple(one for one in told if one)


def _page(
    document: Document,
    content: CollectiveContent,
    settings: CompanySettings,
    first: BillView,
    notes: Sequence[tuple[str, str]],
    ksef: KsefMarks | None,
) -> BillView:
    seller, say = settings.seller, Speech(content.payer.language)
    payable = max(content.due + (content.opening_balance or ZERO), ZERO)
    account = content.payer.bank_account or seller.bank_account
    payer = content.bills[0].model_copy(update={"payer": content.payer, "customer": content.payer})
    texts = partial(shown_texts, document=document, settings=settings)
    code = payment_code(
        nip=seller.nip, account=account, amount=payable, name=seller.name, title=document.number
    )
    return replace(
        first,
        payer_name=content.payer.name,
        payer_lines=payer_lines(payer),
        dates=_dates(document, content, settings),
        facts=(*_facts(content), *ksef_facts(ksef)),
        payable=polish.zloty(payable),
        payable_words=in_words(payable, say),
        account=polish.account(account),
        transfer_title=say(
            "{number}, klient {customer}", number=document.number, customer=content.payer.party_id
        ),
        payment_qr=code if payable else "",
        use_sentences=(),
        bars=(),
        summary=_summary(content),
        balance=_balance(content, payable),
        readings=(),
        reading_legend="",
        lines=(),
        vat=_vat_rows(content),
        notes=tuple(notes),
        footer=footer_text(document, settings, say),
        ksef=ksef,
        first_texts=tuple(text for _, text in texts(place="first_page")),
        foot_note=" ".join(text for _, text in texts(place="footer")),
        forecasts=(),
    )


def _dates(
    document: Document, content: CollectiveContent, settings: CompanySettings
) -> tuple[tuple[str, str], ...]:
    say = Speech(content.payer.language)
    return (
        (say("Data wystawienia"), polish.day(document.issue_date)),
        (say("Miejsce wystawienia"), settings.seller.city),
        (say("Okres rozliczeniowy"), _period(content)),
        (say("Termin płatności"), polish.day(document.due_date)),
        (say("Forma płatności"), say("przelew")),
    )


def _period(one: CollectiveContent | BillContent) -> str:
    return f"{polish.day(one.start)} – {polish.day(one.end - timedelta(days=1))}"


def _kwh(bill: BillContent) -> int:
    return sum(row.kwh for row in bill.energy if row.quantity == "import")


def _facts(content: CollectiveContent) -> tuple[tuple[str, str], ...]:
    say = Speech(content.payer.language)
    return (
        (say("Numer klienta"), content.payer.party_id),
        (say("Konto zbiorcze"), content.account),
        (say("Umów i punktów"), str(len(content.parts))),
        (say("Zużycie razem"), f"{polish.number(Decimal(sum(map(_kwh, content.bills))))} kWh"),
    )


def _points(content: CollectiveContent) -> tuple[Row, ...]:
    """Return a row for each contract: contract, point and address, days where they differ, kWh and money."""
    say, rows = Speech(content.payer.language), []
    for number, bill in enumerate(content.bills, start=1):
        days = "" if (bill.start, bill.end) == (content.start, content.end) else f", {_period(bill)}"
        where = ", ".join(one for one in (bill.contract_no, bill.point.ppe, bill.point.address) if one)
        money = map(polish.amount, (bill.net, bill.vat, bill.gross))
        rows.append(Row((f"{number}. {where}{days}", polish.number(Decimal(_kwh(bill))), *money)))
    used = polish.number(Decimal(sum(map(_kwh, content.bills))))
    whole = map(polish.amount, (content.net, content.vat, content.gross))
    return (*rows, Row((say("Razem"), used, *whole), strong=True))


def _heading(number: int, kind: DocumentKind, bill: BillContent, say: Speech) -> str:
    final = say(", rozliczenie końcowe") if kind is DocumentKind.FINAL else ""
    return f"{number}. {say('Umowa')} {bill.contract_no}, PPE {bill.point.ppe}{final}"


def _summary(content: CollectiveContent) -> tuple[Row, ...]:
    """Return net, VAT and gross by section; where VAT is rounded on the document, sections have none of their own."""
    say = Speech(content.payer.language)
    binding = all(bill.vat_rounding != "document" for bill in content.bills)
    sections = [one for bill in content.bills for one in before_settling(bill)]
    rows = []
    for name in dict.fromkeys(one.section for one in sections):
        mine = [one for one in sections if one.section == name]
        net, vat = total(one.net for one in mine), total(one.vat for one in mine)
        money = (polish.amount(vat), polish.amount(net + vat)) if binding else ("", "")
        rows.append(Row((say(SECTIONS.get(name, name)), polish.amount(net), *money)))
    settled = [one for bill in content.bills for one in bill.settled]
    if settled:
        net, vat = -total(one.net for one in settled), -total(one.vat for one in settled)
        rows.append(
            Row((say("Prognozy zafakturowane wcześniej"), *map(polish.amount, (net, vat, net + vat))))
        )
    whole = map(polish.amount, (content.net, content.vat, content.gross))
    return (*rows, Row((say("Razem"), *whole), strong=True))


def _balance(content: CollectiveContent, payable: Decimal) -> tuple[str, ...]:
    """Say what lies between the gross and what is to be paid: deposits, balances brought forward, an overpayment."""
    say = Speech(content.payer.language)
    sentences = []
    if content.due != content.gross:
        paid = polish.zloty(content.gross - content.due)
        sentences.append(say("Depozyty prosumenckie pokrywają {paid}; szczegóły są przy umowach.", paid=paid))
    if content.opening_balance:
        word = say("niedopłata") if content.opening_balance > 0 else say("nadpłata")
        amount = polish.zloty(abs(content.opening_balance))
        sentences.append(say("Saldo przed tą fakturą: {word} {amount}.", word=word, amount=amount))
    rest = content.due + (content.opening_balance or ZERO) - payable
    if sentences:
        sentences.append(say("Do zapłaty razem {payable}.", payable=polish.zloty(payable)))
    if rest < 0:
        over = say("Nadpłata {amount} przechodzi na następne rozliczenie.", amount=polish.zloty(-rest))
        sentences.append(over)
    return tuple(sentences)


def _vat_rows(content: CollectiveContent) -> tuple[Row, ...]:
    say = Speech(content.payer.language)
    rows = [
        Row((polish.percent(row.rate), *map(polish.amount, (row.net, row.vat, row.gross))))
        for row in content.vat_rows
    ]
    whole = map(polish.amount, (content.net, content.vat, content.gross))
    return (*rows, Row((say("Razem"), *whole), strong=True))
