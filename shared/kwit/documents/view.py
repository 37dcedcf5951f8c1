"""What a bill's pages show, as finished text: the renderer gets words and figures, never records.

The checklist behind it: art. 106e of the VAT act; art. 5 and annex I of directive 2019/944; the tariffs' rules
that a bill names the readings, their dates and how they were made.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import partial

from num2words import num2words

from kwit.billing.content import BillContent, FactorData, LineData, PartyData
from kwit.billing.forecast_content import before_settling
from kwit.billing.forecast_data import SETTLED
from kwit.documents import polish
from kwit.documents.document import Document
from kwit.documents.forecast_words import forecast_rows, settled_summary
from kwit.documents.information import breakdowns, disputes, incentives, price_lists, rights
from kwit.documents.ksef_marks import KsefMarks
from kwit.documents.phrases import POLISH, Speech
from kwit.documents.prosumer_words import settlement_sentences
from kwit.documents.rows import Row
from kwit.documents.texts import shown_texts
from kwit.documents.titles import title_of
from kwit.documents.use_words import Bar, reading_legend, reading_row, use_bars, use_sentences
from kwit.kernel.money import fraction_digits, half_up
from kwit.registry.company import CompanySettings
from kwit.registry.records import ContractKind

_CLOCKS = {"fixed": "Opłaty stałe", "contract": "Opłaty umowne"}
SECTIONS = {"sale": "Sprzedaż energii", "distribution": "Usługa dystrybucji", "other": "Pozostałe"}
UNITS = {
    "month": "mc", "kW": "kW·mc", "MW": "MW·mc", "item": "szt.", "hour": "h", "metre": "m", "day": "dzień", "PLN": "zł",
}  # fmt: skip
_MONTHLY = frozenset({"kW", "MW"})
_SHOWN_DIGITS = 6
EVENT_RULE = "event"
_CONTRACTS = {
    "comprehensive": "umowa kompleksowa",
    "sale": "umowa sprzedaży",
    "distribution": "umowa o świadczenie usług dystrybucji",
    "connection": "umowa o przyłączenie",
}


@dataclass(frozen=True, slots=True)
class BillView:
    """All texts of a bill, in the order of the pages."""

    title: str
    number: str
    seller_name: str
    seller_lines: tuple[str, ...]
    payer_name: str
    payer_lines: tuple[str, ...]
    dates: tuple[tuple[str, str], ...]
    facts: tuple[tuple[str, str], ...]
    payable: str
    payable_words: str
    due: str
    account: str
    transfer_title: str
    payment_qr: str
    use_sentences: tuple[str, ...]
    bars: tuple[Bar, ...]
    summary: tuple[Row, ...]
    balance: tuple[str, ...]
    readings: tuple[Row, ...]
    reading_legend: str
    lines: tuple[tuple[str, tuple[Row, ...]], ...]
    vat: tuple[Row, ...]
    notes: tuple[tuple[str, str], ...]
    footer: str
    colour: str
    payable_label: str = "Do zapłaty"
    party_labels: tuple[str, str] = ("Sprzedawca", "Nabywca")
    forecasts: tuple[Row, ...] = ()
    ksef: KsefMarks | None = None
    first_texts: tuple[str, ...] = ()
    foot_note: str = ""
    chart_colour: str = "#becbc4"
    logo: str = ""
    language: str = ""


def in_words(amount: Decimal, say: Speech) -> str:
    """Write PLN in words of the document's language."""
    if say.language:
        return str(num2words(abs(amount), lang=say.language, to="currency", currency="PLN"))
    return polish.in_words(amount)


def bill_view(
    *,
    document: Document,
    settings: CompanySettings,
    numbers: Mapping[str, str] | None = None,
    ksef: KsefMarks | None = None,
) -> BillView:
    """Turn an issued bill into the texts of its pages.

    `numbers` are those of the forecasts that it settles, by document; `ksef` what KSeF adds to the pages.
    Raises ForecastNumberMissingError.
    """
    bill = document.bill()
    seller = settings.seller
    say = Speech(bill.payer.language)
    payable = max(bill.due + (bill.opening_balance or Decimal(0)), Decimal(0))
    account = bill.payer.bank_account or seller.bank_account
    texts = partial(shown_texts, document=document, settings=settings)
    return BillView(
        title=say(title_of(document.kind, bill)),
        number=document.number,
        seller_name=seller.name,
        seller_lines=seller_lines(settings, say),
        payer_name=bill.payer.name,
        payer_lines=payer_lines(bill),
        dates=_dates(document, bill, settings),
        facts=(*_facts(bill), *ksef_facts(ksef)),
        payable=polish.zloty(payable),
        payable_words=in_words(payable, say),
        due=polish.day(document.due_date),
        account=polish.account(account),
        transfer_title=say(
            "{number}, klient {customer}", number=document.number, customer=bill.payer.party_id
        ),
        payment_qr=payment_code(
            nip=seller.nip, account=account, amount=payable, name=seller.name, title=document.number
        )
        if payable
        else "",
        use_sentences=use_sentences(bill),
        bars=use_bars(bill),
        summary=_summary(bill),
        balance=(*settlement_sentences(bill), *_balance(bill, payable)),
        readings=tuple(reading_row(span, say) for span in bill.usage),
        reading_legend=reading_legend(bill),
        lines=_line_tables(bill),
        vat=_vat_rows(bill),
        notes=(*_notes(bill, settings), *texts(place="details")),
        footer=footer_text(document, settings, say),
        colour=seller.colour,
        forecasts=forecast_rows(bill, numbers or {}),
        ksef=ksef,
        first_texts=tuple(text for _, text in texts(place="first_page")),
        foot_note=" ".join(text for _, text in texts(place="footer")),
        chart_colour=seller.chart_colour,
        logo=seller.logo,
        payable_label=say("Do zapłaty"),
        party_labels=(say("Sprzedawca"), say("Nabywca")),
        language=bill.payer.language,
    )


def ksef_facts(ksef: KsefMarks | None) -> tuple[tuple[str, str], ...]:
    """Name the number that KSeF gave the document, once it did."""
    return (("Numer KSeF", ksef.number),) if ksef is not None and ksef.number else ()


def payment_code(*, nip: str, account: str, amount: Decimal, name: str, title: str) -> str:
    """Write the transfer code that Polish banking apps scan (Związek Banków Polskich, recommendation on 2D codes).

    Fields: payee's NIP, country, account, amount in grosze (six digits at least), payee, title, three reserved.
    """
    digits = "".join(account.split()).removeprefix("PL")
    fields = (nip, "PL", digits, f"{int(amount * 100):06d}", name[:20], title[:32], "", "", "")
    return "|".join(field.replace("|", " ") for field in fields)


def seller_lines(settings: CompanySettings, say: Speech = POLISH) -> tuple[str, ...]:
    """Return the seller's address, numbers and register as lines."""
    seller = settings.seller
    register = [f"KRS {seller.krs}" if seller.krs else "", seller.court]
    register += [f"{say('kapitał zakładowy')} {seller.capital}" if seller.capital else ""]
    numbers = [f"NIP {seller.nip}", f"REGON {seller.regon}" if seller.regon else ""]
    numbers += [f"BDO {seller.bdo}" if seller.bdo else ""]
    lines = (
        f"{seller.street}, {seller.postcode} {seller.city}",
        ", ".join(part for part in numbers if part),
        ", ".join(part for part in register if part),
        f"{say('tel.')} {seller.phone}, {seller.email}",
        seller.website,
    )
    return tuple(line for line in lines if line)


def payer_lines(bill: BillContent) -> tuple[str, ...]:
    """Return the buyer's address and number as lines, and who takes the energy where it is another."""
    return party_lines(bill.payer, bill.customer)


def party_lines(payer: PartyData, customer: PartyData) -> tuple[str, ...]:
    """Return the address and number of who pays as lines, and the customer where it is another."""
    lines = [payer.street, f"{payer.postcode} {payer.city}"]
    lines += [f"NIP {payer.nip}"] if payer.nip else []
    if customer.party_id != payer.party_id:
        lines.append(f"{Speech(payer.language)('Odbiorca')}: {customer.name}")
    return tuple(lines)


def _dates(document: Document, bill: BillContent, settings: CompanySettings) -> tuple[tuple[str, str], ...]:
    first, last = bill.supplied[0], bill.supplied[1] - timedelta(days=1)
    period = polish.day(first) if first == last else f"{polish.day(first)} – {polish.day(last)}"
    say = Speech(bill.payer.language)
    label = say("Okres prognozy") if bill.expected else say("Okres rozliczeniowy")
    label = say("Data wykonania") if bill.contract_kind == ContractKind.CONNECTION else label
    return (
        (say("Data wystawienia"), polish.day(document.issue_date)),
        (say("Miejsce wystawienia"), settings.seller.city),
        (label, period),
        (say("Termin płatności"), polish.day(document.due_date)),
        (say("Forma płatności"), say("przelew")),
    )


def _facts(bill: BillContent) -> tuple[tuple[str, str], ...]:
    say = Speech(bill.payer.language)
    ends = (
        polish.day(bill.contract_ends - timedelta(days=1)) if bill.contract_ends else say("czas nieokreślony")
    )
    kind = say(_CONTRACTS.get(bill.contract_kind, bill.contract_kind))
    facts = [
        (say("Numer klienta"), bill.customer.party_id),
        (say("Umowa"), f"{bill.contract_no}, {kind}"),
        (say("Umowa obowiązuje do"), ends),
        *_point_facts(bill),
    ]
    if bill.contracted_kw is not None:
        facts.append((say("Moc umowna"), f"{polish.number(bill.contracted_kw)} kW"))
    if bill.annual_kwh is not None:
        facts.append((say("Roczne zużycie"), f"{polish.number(Decimal(bill.annual_kwh))} kWh"))
    return (*facts, *_clocks(bill))


def _point_facts(bill: BillContent) -> list[tuple[str, str]]:
    """Name the point; one that is still to be connected may have no code and no address yet."""
    point, say = bill.point, Speech(bill.payer.language)
    phases = say(", układ {phases}-fazowy", phases=point.phases) if point.distributor else ""
    facts = [
        (say("Punkt poboru (PPE)"), point.ppe),
        (say("Adres punktu"), point.address),
        (say("Operator sieci"), point.distributor),
        (say("Grupa taryfowa"), f"{bill.group}{phases}"),
    ]
    return [(name, value) for name, value in facts if value]


def _clocks(bill: BillContent) -> list[tuple[str, str]]:
    """Name the days of charges that have a period of their own, and whether they are paid in advance."""
    say = Speech(bill.payer.language)
    charged = {line.clock for line in bill.lines}
    found = []
    for one in bill.clocks:
        if str(one.clock) not in charged or one.clock not in _CLOCKS:
            continue
        first, end = sorted((one.start, one.end))
        days = f"{polish.day(first)} – {polish.day(end - timedelta(days=1))}"
        paid = say("z góry") if one.in_advance else say("z dołu")
        paid = say("zwrot") if one.end < one.start else paid
        found.append((say(_CLOCKS[one.clock]), f"{days}, {paid}"))
    return found


def _summary(bill: BillContent) -> tuple[Row, ...]:
    say = Speech(bill.payer.language)
    binding = bill.vat_rounding != "document"
    rows = [
        Row(
            (
                say(SECTIONS.get(section.section, section.section)),
                polish.amount(section.net),
                polish.amount(section.vat) if binding else "",
                polish.amount(section.gross) if binding else "",
            )
        )
        for section in before_settling(bill)
    ]
    rows += settled_summary(bill)
    totals = (polish.amount(bill.net), polish.amount(bill.vat), polish.amount(bill.gross))
    return (*rows, Row((say("Razem"), *totals), strong=True))


def _balance(bill: BillContent, payable: Decimal) -> tuple[str, ...]:
    say = Speech(bill.payer.language)
    over = "Nadpłata {amount} przechodzi na następne rozliczenie."
    if not bill.opening_balance:
        return () if bill.due >= 0 else (say(over, amount=polish.zloty(-bill.due)),)
    word = say("niedopłata") if bill.opening_balance > 0 else say("nadpłata")
    rest = bill.due + bill.opening_balance - payable
    whole = bill.due == bill.gross
    name = say("Wartość faktury") if whole else say("Za tę fakturę po rozliczeniu depozytu")
    before, now, sum_due = (polish.zloty(one) for one in (abs(bill.opening_balance), bill.due, payable))
    sentences = [
        say("Saldo przed tą fakturą: {word} {amount}.", word=word, amount=before),
        say("{name} {amount}, do zapłaty razem {payable}.", name=name, amount=now, payable=sum_due),
    ]
    if rest < 0:
        sentences.append(say(over, amount=polish.zloty(-rest)))
    return tuple(sentences)


def _line_tables(bill: BillContent) -> tuple[tuple[str, tuple[Row, ...]], ...]:
    say = Speech(bill.payer.language)
    whole = (bill.start, bill.end)
    tables = []
    for section in before_settling(bill):
        members = [line for line in bill.lines if line.section == section.section and line.rule != SETTLED]
        rows = [_line_row(line, say, whole=(line.start, line.end) == whole) for line in members]
        rows.append(Row((say("Razem"), "", "", "", polish.amount(section.net), "", ""), strong=True))
        tables.append((say(SECTIONS.get(section.section, section.section)), tuple(rows)))
    return tuple(tables)


def printed_unit(line: LineData) -> str:
    """Return the unit of a line as documents write it; power is counted by the month, but not in an event."""
    if line.rule == EVENT_RULE and line.unit in _MONTHLY:
        return line.unit
    return UNITS.get(line.unit, line.unit)


def _line_row(line: LineData, say: Speech, *, whole: bool) -> Row:
    event = line.rule == EVENT_RULE
    period = "" if whole or event else f" ({line.start:%d.%m}–{line.end - timedelta(days=1):%d.%m.%y})"
    return Row(
        (
            f"{line.name}{period}",
            polish.number(line.quantity),
            say(printed_unit(line)),
            " × ".join(polish.number(one) for one in (line.price, *map(_shown, line.factors))),
            polish.amount(line.net),
            polish.percent(line.vat_rate),
            polish.amount(line.vat) if line.vat is not None else "",
        )
    )


def _shown(factor: FactorData) -> Decimal:
    """Return a factor as a page has room for it; a fraction such as 1/15 has no end."""
    value = factor.value
    return value if fraction_digits(value) <= _SHOWN_DIGITS else half_up(value, digits=_SHOWN_DIGITS)


def _vat_rows(bill: BillContent) -> tuple[Row, ...]:
    rows = [
        Row((polish.percent(r.rate), polish.amount(r.net), polish.amount(r.vat), polish.amount(r.gross)))
        for r in bill.vat_rows
    ]
    figures = (polish.amount(bill.net), polish.amount(bill.vat), polish.amount(bill.gross))
    totals = Row((Speech(bill.payer.language)("Razem"), *figures), strong=True)
    return (*rows, totals)


def _notes(bill: BillContent, settings: CompanySettings) -> tuple[tuple[str, str], ...]:
    say = Speech(bill.payer.language)
    notes: list[tuple[str, str]] = []
    if bill.excise is not None:
        told = say(
            "Od {kwh} kWh energii elektrycznej czynnej naliczono akcyzę w kwocie {amount} (zawarta w cenie energii).",
            kwh=bill.excise.kwh,
            amount=polish.zloty(bill.excise.amount),
        )
        notes.append((say("Akcyza"), told))
    notes.append((say("Podstawa cen"), f"{_price_sources(bill, say)} {price_lists(settings, say)}".strip()))
    if settings.fuel_mix is not None:
        mix = settings.fuel_mix
        shares = ", ".join(f"{one.source} {polish.number(one.percent)}%" for one in mix.shares)
        co2 = (
            f"; {say('emisja CO2')} {polish.number(mix.co2_kg_per_mwh)} kg/MWh"
            if mix.co2_kg_per_mwh is not None
            else ""
        )
        link = f". {say('Więcej')}: {mix.link}" if mix.link else ""
        notes.append((f"{say('Struktura paliw')} {mix.year}", f"{shares}{co2}{link}."))
    notes += disputes(settings, say)
    if bill.contract_kind != ContractKind.CONNECTION:
        notes += (*rights(settings, say), *incentives(settings, say))
    notes += breakdowns(settings, say)
    return tuple(notes)


def _price_sources(bill: BillContent, say: Speech) -> str:
    pages: dict[str, list[str]] = {}
    for line in bill.lines:
        pages.setdefault(line.price_list, []).extend(line.page.split(", "))
    parts = []
    for one in bill.price_lists:
        numbers = sorted({page for page in pages.get(one.version, ()) if page}, key=_page_order)
        where = f" ({say('s.')} {', '.join(numbers)})" if numbers else ""
        sure = one.confidence in {"official", "own"}
        doubt = "" if sure else f" – {say('stawki niepotwierdzone urzędowo')}"
        parts.append(f"{one.title}{where}{doubt}")
    return "; ".join(parts) + "."


def _page_order(page: str) -> tuple[int, str]:
    digits = "".join(sign for sign in page if sign.isdigit())
    return int(digits or 0), page


def footer_text(document: Document, settings: CompanySettings, say: Speech = POLISH) -> str:
    """Return the foot of every page: seller, number and the hash of what was approved."""
    return f"{settings.seller.name} · {document.number} · {say('treść')} {document.content_hash[:16]}"
