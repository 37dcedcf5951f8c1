"""What the pages of a correction show, as finished text: what was, what is, the difference and where it comes from.

The checklist behind it: art. 106j of the VAT act: the words «faktura korygująca», number and date of both documents,
the period, the reason, the items before and after, and the amounts by which base and tax change.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import partial

from kwit.billing.content import BillContent, LineData
from kwit.billing.correcting import kwh_billed
from kwit.billing.correction_content import CauseData, CorrectedData, CorrectionContent
from kwit.documents import polish
from kwit.documents.document import Document
from kwit.documents.information import breakdowns, disputes
from kwit.documents.ksef_marks import KsefMarks
from kwit.documents.phrases import Speech
from kwit.documents.rows import Row
from kwit.documents.texts import shown_texts
from kwit.documents.titles import CORRECTION
from kwit.documents.use_words import reading_legend, reading_row
from kwit.documents.view import (
    SECTIONS,
    UNITS,
    BillView,
    footer_text,
    in_words,
    ksef_facts,
    payer_lines,
    payment_code,
    seller_lines,
)
from kwit.kernel.money import ZERO, half_up, total
from kwit.registry.company import CompanySettings

CAUSES = {
    "usage": "Zmiana odczytu",
    "price": "Zmiana ceny",
    "law": "Zmiana stawki ustawowej",
    "contract": "Zmiana warunków umowy",
    "calendar": "Zmiana liczby dni",
    "settings": "Zmiana zasad zaokrąglania",
    "engine": "Zmiana sposobu liczenia",
}
_CANCELLED = "Anulowanie faktury"
_DIGITS = 4


@dataclass(frozen=True, slots=True)
class CorrectionView:
    """All texts of a correction; `page` has those that it shares with a bill."""

    page: BillView
    corrected: tuple[tuple[str, str], ...]
    causes: tuple[Row, ...]
    summary: tuple[Row, ...]
    lines: tuple[tuple[str, tuple[Row, ...]], ...]
    unchanged: str
    readings: tuple[tuple[str, tuple[Row, ...]], ...]
    legend: str


def correction_view(
    *,
    document: Document,
    content: CorrectionContent,
    settings: CompanySettings,
    ksef: KsefMarks | None = None,
) -> CorrectionView:
    """Turn an issued correction into the texts of its pages; `ksef` is what KSeF adds to them."""
    return CorrectionView(
        page=_page(document, content, settings, ksef),
        corrected=(*_corrected(content), *ksef_facts(ksef)),
        causes=_causes(content),
        summary=_summary(content),
        lines=_lines(content),
        unchanged=_unchanged(content),
        readings=_readings(content),
        legend=reading_legend(content.after if content.after.usage else content.before),
    )


def signed(value: Decimal) -> str:
    """Write an amount with its sign: +1 234,56 or −9,84."""
    return _sign(value, polish.amount(abs(value)))


def _sign(value: Decimal, told: str) -> str:
    return f"−{told}" if value < 0 else f"+{told}" if value > 0 else told


def _page(
    document: Document, content: CorrectionContent, settings: CompanySettings, ksef: KsefMarks | None
) -> BillView:
    seller = settings.seller
    account = content.payer.bank_account or seller.bank_account
    amount = abs(content.due)
    owed = content.due > 0
    say = Speech(content.payer.language)
    texts = partial(shown_texts, document=document, settings=settings)
    return BillView(
        title=say(CORRECTION),
        number=document.number,
        seller_name=seller.name,
        seller_lines=seller_lines(settings, say),
        payer_name=content.payer.name,
        payer_lines=payer_lines(content.after),
        dates=_dates(document, content, settings),
        facts=(),
        payable=polish.zloty(amount),
        payable_words=in_words(amount, say),
        payable_label=say("Do dopłaty" if owed else "Do zwrotu" if content.due else "Bez zmiany kwoty"),
        party_labels=(say("Sprzedawca"), say("Nabywca")),
        language=content.payer.language,
        due=polish.day(document.due_date) if owed else say("nie dotyczy"),
        account=polish.account(account),
        transfer_title=say(
            "{number}, klient {customer}", number=document.number, customer=content.payer.party_id
        ),
        payment_qr=payment_code(
            nip=seller.nip, account=account, amount=amount, name=seller.name, title=document.number
        )
        if owed
        else "",
        use_sentences=(),
        bars=(),
        summary=(),
        balance=_balance(content),
        readings=(),
        reading_legend="",
        lines=(),
        vat=(),
        notes=(*disputes(settings, say), *breakdowns(settings, say), *texts(place="details")),
        footer=footer_text(document, settings, say),
        colour=seller.colour,
        ksef=ksef,
        first_texts=tuple(text for _, text in texts(place="first_page")),
        foot_note=" ".join(text for _, text in texts(place="footer")),
        logo=seller.logo,
    )


def _dates(
    document: Document, content: CorrectionContent, settings: CompanySettings
) -> tuple[tuple[str, str], ...]:
    say = Speech(content.payer.language)
    term = polish.day(document.due_date) if content.due > 0 else say("nie dotyczy")
    return (
        (say("Data wystawienia"), polish.day(document.issue_date)),
        (say("Miejsce wystawienia"), settings.seller.city),
        (say("Okres rozliczeniowy"), _period(content)),
        (say("Termin płatności"), term),
        (say("Forma płatności"), say("przelew")),
    )


def _period(content: CorrectionContent) -> str:
    return f"{polish.day(content.start)} – {polish.day(content.end - timedelta(days=1))}"


def _corrected(content: CorrectionContent) -> tuple[tuple[str, str], ...]:
    original, last = content.original, content.corrected
    say = Speech(content.payer.language)

    def named(one: CorrectedData) -> str:
        return say("{number} z {day}", number=one.number, day=polish.day(one.issue_date))

    facts = [(say("Faktura korygowana"), named(original))]
    if original.account:
        told = say(
            "{account}, korekta dotyczy umowy {contract}",
            account=original.account,
            contract=content.contract_no,
        )
        facts.append((say("Konto zbiorcze"), told))
    if original.ksef_number:
        facts.append((say("Numer KSeF korygowanej"), original.ksef_number))
    if last.document_id != original.document_id:
        facts.append((say("Ostatnia korekta"), named(last)))
    facts += [
        (say("Okres"), _period(content)),
        (say("Przyczyna korekty"), content.reason),
        (say("Numer klienta"), content.after.customer.party_id),
        (say("Umowa"), content.contract_no),
        (say("Punkt poboru (PPE)"), content.after.point.ppe),
        (say("Adres punktu"), content.after.point.address),
    ]
    return tuple((name, value) for name, value in facts if value)


def _causes(content: CorrectionContent) -> tuple[Row, ...]:
    """Return, for each cause, its total and what it is made of; the totals add up to the correction."""
    say = Speech(content.payer.language)
    rows: list[Row] = []
    for cause in dict.fromkeys(one.cause for one in content.causes):
        members = [one for one in content.causes if one.cause == cause]
        rows.append(Row((_told(cause, content), "", *_money(members)), strong=True))
        rows += [Row((f"– {one.name}", _moved(one, say), *_money([one]))) for one in members]
    rows.append(Row((say("Razem"), "", *map(signed, (content.net, content.vat, content.gross))), strong=True))
    return tuple(rows)


def _told(cause: str, content: CorrectionContent) -> str:
    say = Speech(content.payer.language)
    if content.cancelled:
        return say(_CANCELLED)
    kwh = kwh_billed(content.after) - kwh_billed(content.before)
    words = say(CAUSES.get(cause, cause))
    return f"{words}: {_sign(Decimal(kwh), str(abs(kwh)))} kWh" if cause == "usage" and kwh else words


def _money(parts: Sequence[CauseData]) -> tuple[str, str, str]:
    return (
        signed(total(one.net for one in parts)),
        signed(total(one.vat for one in parts)),
        signed(total(one.gross for one in parts)),
    )


def _moved(one: CauseData, say: Speech) -> str:
    """Say what a part was counted from: the quantity that came or went and its price, or the price that changed."""
    unit = say(UNITS.get(one.unit, one.unit))
    moved = one.quantity_after - one.quantity_before
    before, after = one.price_before, one.price_after
    if one.cause in {"price", "law"} and before is not None and after is not None and before != after:
        return say("z {before} na {after} zł/{unit}", before=_price(before), after=_price(after), unit=unit)
    if not moved:
        return ""
    quantity = f"{_sign(moved, polish.number(abs(moved)))} {unit}"
    price = before if before is not None else after
    return f"{quantity} × {_price(price)}" if price is not None else quantity


def _price(price: Decimal) -> str:
    exponent = price.normalize().as_tuple().exponent
    digits = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    return polish.amount(half_up(price, digits=min(digits, 5)), digits=max(_DIGITS, min(digits, 5)))


def _summary(content: CorrectionContent) -> tuple[Row, ...]:
    rows = [
        Row((polish.percent(row.rate), signed(row.net), signed(row.vat), signed(row.gross)))
        for row in content.vat_rows
    ]
    say = Speech(content.payer.language)
    totals = (say("Razem różnica"), *map(signed, (content.net, content.vat, content.gross)))
    figures = [
        Row((name, *map(polish.amount, (bill.net, bill.vat, bill.gross))))
        for name, bill in ((say("Przed korektą"), content.before), (say("Po korekcie"), content.after))
    ]
    return (*figures, *rows, Row(totals, strong=True))


def _lines(content: CorrectionContent) -> tuple[tuple[str, tuple[Row, ...]], ...]:
    say = Speech(content.payer.language)
    tables: dict[str, list[Row]] = {}
    nets: dict[str, Decimal] = {}
    for old, new, difference in content.changed_lines():
        line = new or old
        if line is None or not (
            difference.net or old is None or new is None or _cells(old, say) != _cells(new, say)
        ):
            continue
        cells = (
            f"{line.name}{_days(line, content)}",
            *_cells(old, say),
            *_cells(new, say),
            signed(difference.net),
        )
        tables.setdefault(line.section, []).append(Row(cells))
        nets[line.section] = nets.get(line.section, ZERO) + difference.net
    return tuple(
        (
            say(SECTIONS.get(name, name)),
            (*rows, Row((say("Razem różnica"), *[""] * 6, signed(nets[name])), strong=True)),
        )
        for name, rows in tables.items()
    )


def _cells(line: LineData | None, say: Speech) -> tuple[str, str, str]:
    if line is None:
        return ("–", "–", "–")
    price = line.product() / line.quantity if line.quantity else line.price
    quantity = f"{polish.number(line.quantity)} {say(UNITS.get(line.unit, line.unit))}"
    return (quantity, _price(price), polish.amount(line.net))


def _days(line: LineData, content: CorrectionContent) -> str:
    if (line.start, line.end) == (content.start, content.end):
        return ""
    return f" ({line.start:%d.%m}–{line.end - timedelta(days=1):%d.%m.%y})"


def _unchanged(content: CorrectionContent) -> str:
    told = sum(len(rows) - 1 for _, rows in _lines(content))
    left = len(content.lines) - told
    if not left:
        return ""
    return Speech(content.payer.language)(
        "Pozycji bez zmian: {count}; pokazuje je faktura {number}.",
        count=left,
        number=content.original.number,
    )


def _readings(content: CorrectionContent) -> tuple[tuple[str, tuple[Row, ...]], ...]:
    """Return readings and use before and after, where they differ."""
    before, after = _reading_rows(content.before), _reading_rows(content.after)
    if before == after:
        return ()
    say = Speech(content.payer.language)
    tables = ((say("Odczyty przed korektą"), before), (say("Odczyty po korekcie"), after))
    return tuple((title, rows) for title, rows in tables if rows)


def _reading_rows(bill: BillContent) -> tuple[Row, ...]:
    return tuple(reading_row(span, Speech(bill.payer.language)) for span in bill.usage)


def _balance(content: CorrectionContent) -> tuple[str, ...]:
    """Say what was to be paid, what is, and what becomes of the difference."""
    before, after = content.before.due, content.after.due
    say = Speech(content.payer.language)
    sentences = [
        say(
            "Faktura {number}: było {before}, powinno być {after}.",
            number=content.original.number,
            before=polish.zloty(before),
            after=polish.zloty(after),
        )
    ]
    if content.due != content.gross:
        paid = content.gross - content.due
        sentences.append(say("Z tego depozyt prosumencki pokrywa {amount} zł różnicy.", amount=signed(paid)))
    if content.due < 0:
        sentences.append(
            say(
                "Kwota korekty pomniejsza należność; jeśli faktura jest zapłacona, nadpłata przechodzi na następne"
                " rozliczenie albo na wniosek wraca na konto."
            )
        )
    if content.before.opening_balance:
        balance = polish.zloty(content.before.opening_balance)
        sentences.append(
            say("Saldo początkowe z faktury korygowanej ({balance}) nie zmienia się.", balance=balance)
        )
    return tuple(sentences)
