"""What a bill's pages show, as finished text: the renderer gets words and figures, never records.

The checklist behind it: art. 106e of the VAT act; art. 5 and annex I of directive 2019/944; the tariffs' rules
that a bill names the readings, their dates and how they were made.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import partial

from kwit.billing.content import BillContent, FactorData, LineData, PartyData, SpanData
from kwit.billing.forecast_content import before_settling
from kwit.billing.forecast_data import SETTLED
from kwit.documents import polish
from kwit.documents.document import Document
from kwit.documents.forecast_words import forecast_rows, forecast_sentences, settled_summary
from kwit.documents.information import breakdowns, disputes, incentives, price_lists, rights
from kwit.documents.ksef_marks import KsefMarks
from kwit.documents.prosumer_words import settlement_sentences
from kwit.documents.rows import Row
from kwit.documents.texts import shown_texts
from kwit.documents.titles import title_of
from kwit.kernel.energy import from_wh, whole_kwh
from kwit.kernel.money import fraction_digits, half_up
from kwit.registry.company import CompanySettings
from kwit.registry.records import ContractKind

READING_KINDS = {
    "actual": ("R", "rzeczywisty"),
    "remote": ("Z", "zdalny"),
    "customer": ("O", "podany przez odbiorcę"),
    "estimated": ("S", "szacowany"),
}
ESTIMATES = {
    "previous_year": "wg zużycia w tym samym okresie poprzedniego roku",
    "daily_average": "wg średniego dobowego zużycia w poprzednim okresie",
    "load_profile": "wg standardowego profilu zużycia grupy",
    "proxy_day": "wg tego samego dnia tygodnia w poprzednich tygodniach",
    "interpolation": "wg odczytów przed tym dniem i po nim",
    "from_intervals": "z sumy wartości godzinowych lub kwadransowych",
    "from_register": "ze stanów liczydła rozłożonych na godziny",
    "subtractive": "z różnicy wskazań innych punktów",
}
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
_QUANTITIES = {
    "import": "pobór",
    "export": "oddanie do sieci",
    "import_unbalanced": "pobór przed bilansowaniem",
    "reactive_inductive": "bierna indukcyjna",
    "reactive_capacitive": "bierna pojemnościowa",
}


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of the use chart: label, printed value and height as a share of the highest in per mille."""

    label: str
    value: str
    per_mille: int
    current: bool


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
    payable = max(bill.due + (bill.opening_balance or Decimal(0)), Decimal(0))
    account = bill.payer.bank_account or seller.bank_account
    texts = partial(shown_texts, document=document, settings=settings)
    return BillView(
        title=title_of(document.kind, bill),
        number=document.number,
        seller_name=seller.name,
        seller_lines=seller_lines(settings),
        payer_name=bill.payer.name,
        payer_lines=payer_lines(bill),
        dates=_dates(document, bill, settings),
        facts=(*_facts(bill), *ksef_facts(ksef)),
        payable=polish.zloty(payable),
        payable_words=polish.in_words(payable),
        due=polish.day(document.due_date),
        account=polish.account(account),
        transfer_title=f"{document.number}, klient {bill.payer.party_id}",
        payment_qr=payment_code(
            nip=seller.nip, account=account, amount=payable, name=seller.name, title=document.number
        )
        if payable
        else "",
        use_sentences=_use_sentences(bill),
        bars=_bars(bill),
        summary=_summary(bill),
        balance=(*settlement_sentences(bill), *_balance(bill, payable)),
        readings=tuple(reading_row(span) for span in bill.usage),
        reading_legend=reading_legend(bill),
        lines=_line_tables(bill),
        vat=_vat_rows(bill),
        notes=(*_notes(bill, settings), *texts(place="details")),
        footer=footer_text(document, settings),
        colour=seller.colour,
        forecasts=forecast_rows(bill, numbers or {}),
        ksef=ksef,
        first_texts=tuple(text for _, text in texts(place="first_page")),
        foot_note=" ".join(text for _, text in texts(place="footer")),
        chart_colour=seller.chart_colour,
        logo=seller.logo,
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


def seller_lines(settings: CompanySettings) -> tuple[str, ...]:
    """Return the seller's address, numbers and register as lines."""
    seller = settings.seller
    register = [f"KRS {seller.krs}" if seller.krs else "", seller.court]
    register += [f"kapitał zakładowy {seller.capital}" if seller.capital else ""]
    numbers = [f"NIP {seller.nip}", f"REGON {seller.regon}" if seller.regon else ""]
    numbers += [f"BDO {seller.bdo}" if seller.bdo else ""]
    lines = (
        f"{seller.street}, {seller.postcode} {seller.city}",
        ", ".join(part for part in numbers if part),
        ", ".join(part for part in register if part),
        f"tel. {seller.phone}, {seller.email}",
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
        lines.append(f"Odbiorca: {customer.name}")
    return tuple(lines)


def _dates(document: Document, bill: BillContent, settings: CompanySettings) -> tuple[tuple[str, str], ...]:
    first, last = bill.supplied[0], bill.supplied[1] - timedelta(days=1)
    period = polish.day(first) if first == last else f"{polish.day(first)} – {polish.day(last)}"
    label = "Okres prognozy" if bill.expected else "Okres rozliczeniowy"
    label = "Data wykonania" if bill.contract_kind == ContractKind.CONNECTION else label
    return (
        ("Data wystawienia", polish.day(document.issue_date)),
        ("Miejsce wystawienia", settings.seller.city),
        (label, period),
        ("Termin płatności", polish.day(document.due_date)),
        ("Forma płatności", "przelew"),
    )


def _facts(bill: BillContent) -> tuple[tuple[str, str], ...]:
    ends = polish.day(bill.contract_ends - timedelta(days=1)) if bill.contract_ends else "czas nieokreślony"
    facts = [
        ("Numer klienta", bill.customer.party_id),
        ("Umowa", f"{bill.contract_no}, {_CONTRACTS.get(bill.contract_kind, bill.contract_kind)}"),
        ("Umowa obowiązuje do", ends),
        *_point_facts(bill),
    ]
    if bill.contracted_kw is not None:
        facts.append(("Moc umowna", f"{polish.number(bill.contracted_kw)} kW"))
    if bill.annual_kwh is not None:
        facts.append(("Roczne zużycie", f"{polish.number(Decimal(bill.annual_kwh))} kWh"))
    return (*facts, *_clocks(bill))


def _point_facts(bill: BillContent) -> list[tuple[str, str]]:
    """Name the point; one that is still to be connected may have no code and no address yet."""
    point = bill.point
    phases = f", układ {point.phases}-fazowy" if point.distributor else ""
    facts = [
        ("Punkt poboru (PPE)", point.ppe),
        ("Adres punktu", point.address),
        ("Operator sieci", point.distributor),
        ("Grupa taryfowa", f"{bill.group}{phases}"),
    ]
    return [(name, value) for name, value in facts if value]


def _clocks(bill: BillContent) -> list[tuple[str, str]]:
    """Name the days of charges that have a period of their own, and whether they are paid in advance."""
    charged = {line.clock for line in bill.lines}
    found = []
    for one in bill.clocks:
        if str(one.clock) not in charged or one.clock not in _CLOCKS:
            continue
        first, end = sorted((one.start, one.end))
        days = f"{polish.day(first)} – {polish.day(end - timedelta(days=1))}"
        paid = "z góry" if one.in_advance else "z dołu"
        paid = "zwrot" if one.end < one.start else paid
        found.append((_CLOCKS[one.clock], f"{days}, {paid}"))
    return found


def _import_kwh(bill: BillContent) -> int:
    return sum(row.kwh for row in bill.energy if row.quantity == "import")


def _use_sentences(bill: BillContent) -> tuple[str, ...]:
    if bill.contract_kind == ContractKind.CONNECTION:
        return ("Ta faktura obejmuje opłaty z umowy o przyłączenie; zużycia energii nie dotyczy.",)
    if bill.expected is not None:
        return forecast_sentences(bill)
    if not bill.usage and bill.settled:
        return (
            "Ta faktura zwraca prognozy za dni, których Twoja umowa nie objęła albo które już rozliczono.",
        )
    if not bill.measures:
        return ("Ta faktura obejmuje tylko opłaty niezależne od zużycia; zużycie rozliczymy osobno.",)
    kwh = _import_kwh(bill)
    days = (bill.end - bill.start).days
    a_day = Decimal(kwh) / days
    average = polish.amount(a_day, digits=1)
    sentences = [
        f"Zużycie w okresie: {polish.number(Decimal(kwh))} kWh w {days} dni, średnio {average} kWh dziennie."
    ]
    if bill.last_year_wh is not None:
        before = whole_kwh(bill.last_year_wh)
        change = f" ({_change(kwh, before)})" if before else ""
        sentences.append(f"W tym samym okresie rok temu: {polish.number(Decimal(before))} kWh{change}.")
    else:
        sentences.append("Zużycia z tego samego okresu rok temu nie mamy w systemie.")
    fed_in = sum(row.kwh for row in bill.energy if row.quantity == "export")
    if any(row.quantity == "export" for row in bill.energy):
        sentences.append(f"Energia oddana do sieci po bilansowaniu: {polish.number(Decimal(fed_in))} kWh.")
    sentences += _estimate_sentences(bill)
    return tuple(sentences)


def _estimate_sentences(bill: BillContent) -> list[str]:
    """Say what of the use is estimated and how; the tariffs want a bill to name how readings were made."""
    states = [state for span in bill.usage for state in (span.first, span.last) if state]
    days = max((span.estimated_days for span in bill.usage), default=0)
    sentences = []
    if any(state.kind == "estimated" for state in states):
        sentences.append("Część odczytów jest szacowana; oznaczono je literą S.")
    if days:
        ways = _ways(method for span in bill.usage for method in span.methods)
        sentences.append(f"Dni z wartościami szacowanymi w szeregu czasowym: {days}{ways}.")
    return sentences


def _ways(methods: Iterable[str]) -> str:
    ways = [ESTIMATES.get(method, method) for method in dict.fromkeys(methods) if method]
    return f" ({'; '.join(ways)})" if ways else ""


def _change(now: int, before: int) -> str:
    per_cent = int(half_up(Decimal(now - before) * 100 / before, digits=0))
    return "bez zmian" if per_cent == 0 else f"zmiana o {per_cent:+d}%".replace("-", "−")


def _bars(bill: BillContent) -> tuple[Bar, ...]:
    values = [(one, whole_kwh(one.wh)) for one in bill.history]
    highest = max((kwh for _, kwh in values), default=0)
    return tuple(
        Bar(
            label=f"{one.end - timedelta(days=1):%m.%y}",
            value=polish.number(Decimal(kwh)),
            per_mille=kwh * 1000 // highest if highest else 0,
            current=one.start >= bill.start,
        )
        for one, kwh in values
    )


def _summary(bill: BillContent) -> tuple[Row, ...]:
    binding = bill.vat_rounding != "document"
    rows = [
        Row(
            (
                SECTIONS.get(section.section, section.section),
                polish.amount(section.net),
                polish.amount(section.vat) if binding else "",
                polish.amount(section.gross) if binding else "",
            )
        )
        for section in before_settling(bill)
    ]
    rows += settled_summary(bill)
    totals = (polish.amount(bill.net), polish.amount(bill.vat), polish.amount(bill.gross))
    return (*rows, Row(("Razem", *totals), strong=True))


def _balance(bill: BillContent, payable: Decimal) -> tuple[str, ...]:
    if not bill.opening_balance:
        if bill.due >= 0:
            return ()
        return (f"Nadpłata {polish.zloty(-bill.due)} przechodzi na następne rozliczenie.",)
    word = "niedopłata" if bill.opening_balance > 0 else "nadpłata"
    rest = bill.due + bill.opening_balance - payable
    name = "Wartość faktury" if bill.due == bill.gross else "Za tę fakturę po rozliczeniu depozytu"
    sentences = [
        f"Saldo przed tą fakturą: {word} {polish.zloty(abs(bill.opening_balance))}.",
        f"{name} {polish.zloty(bill.due)}, do zapłaty razem {polish.zloty(payable)}.",
    ]
    if rest < 0:
        sentences.append(f"Nadpłata {polish.zloty(-rest)} przechodzi na następne rozliczenie.")
    return tuple(sentences)


def reading_row(span: SpanData) -> Row:
    """Return the readings of a register and its use as a row: meter, register, before, now, multiplier, kWh."""
    quantity = _QUANTITIES.get(span.quantity, span.quantity)
    unit = f"{polish.SPACE}kvarh" if span.quantity.startswith("reactive") else ""
    used = f"{polish.number(from_wh(span.wh, unit='kWh'))}{unit}"
    name = f"{span.register_code} {quantity}"
    if span.first is None or span.last is None:
        estimated = f", w tym szacowane: {span.estimated_days}" if span.estimated_days else ""
        told = f"szereg czasowy, {span.series_days} dni{estimated}"
        return Row((span.meter_no, name, told, "", str(span.multiplier), used))
    cells = [
        f"{polish.number(state.kwh)} ({polish.day(state.day - timedelta(days=1))}, {READING_KINDS[state.kind][0]})"
        for state in (span.first, span.last)
    ]
    return Row((span.meter_no, name, *cells, str(span.multiplier), used))


def reading_legend(bill: BillContent) -> str:
    """Say what the letters of readings mean."""
    if not bill.measures or not bill.usage:
        return ""
    states = [state for span in bill.usage for state in (span.first, span.last) if state]
    kinds = {state.kind for state in states}
    ways = {"estimated": _ways(state.method for state in states)}
    named = ", ".join(
        f"{READING_KINDS[kind][0]} – {READING_KINDS[kind][1]}{ways.get(kind, '')}"
        for kind in READING_KINDS
        if kind in kinds
    )
    rounding = "Zużycie każdej strefy zaokrąglono do pełnych kWh."
    return f"Odczyt: {named}. {rounding}" if named else rounding


def _line_tables(bill: BillContent) -> tuple[tuple[str, tuple[Row, ...]], ...]:
    whole = (bill.start, bill.end)
    tables = []
    for section in before_settling(bill):
        members = [line for line in bill.lines if line.section == section.section and line.rule != SETTLED]
        rows = [_line_row(line, whole=(line.start, line.end) == whole) for line in members]
        rows.append(Row(("Razem", "", "", "", polish.amount(section.net), "", ""), strong=True))
        tables.append((SECTIONS.get(section.section, section.section), tuple(rows)))
    return tuple(tables)


def printed_unit(line: LineData) -> str:
    """Return the unit of a line as documents write it; power is counted by the month, but not in an event."""
    if line.rule == EVENT_RULE and line.unit in _MONTHLY:
        return line.unit
    return UNITS.get(line.unit, line.unit)


def _line_row(line: LineData, *, whole: bool) -> Row:
    event = line.rule == EVENT_RULE
    period = "" if whole or event else f" ({line.start:%d.%m}–{line.end - timedelta(days=1):%d.%m.%y})"
    return Row(
        (
            f"{line.name}{period}",
            polish.number(line.quantity),
            printed_unit(line),
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
    totals = Row(
        ("Razem", polish.amount(bill.net), polish.amount(bill.vat), polish.amount(bill.gross)), strong=True
    )
    return (*rows, totals)


def _notes(bill: BillContent, settings: CompanySettings) -> tuple[tuple[str, str], ...]:
    notes: list[tuple[str, str]] = []
    if bill.excise is not None:
        excise = polish.zloty(bill.excise.amount)
        charged = f"naliczono akcyzę w kwocie {excise} (zawarta w cenie energii)."
        notes.append(("Akcyza", f"Od {bill.excise.kwh} kWh energii elektrycznej czynnej {charged}"))
    notes.append(("Podstawa cen", f"{_price_sources(bill)} {price_lists(settings)}".strip()))
    if settings.fuel_mix is not None:
        mix = settings.fuel_mix
        shares = ", ".join(f"{one.source} {polish.number(one.percent)}%" for one in mix.shares)
        co2 = (
            f"; emisja CO2 {polish.number(mix.co2_kg_per_mwh)} kg/MWh"
            if mix.co2_kg_per_mwh is not None
            else ""
        )
        link = f". Więcej: {mix.link}" if mix.link else ""
        notes.append((f"Struktura paliw {mix.year}", f"{shares}{co2}{link}."))
    notes += disputes(settings)
    if bill.contract_kind != ContractKind.CONNECTION:
        notes += (*rights(settings), *incentives(settings))
    notes += breakdowns(settings)
    return tuple(notes)


def _price_sources(bill: BillContent) -> str:
    pages: dict[str, list[str]] = {}
    for line in bill.lines:
        pages.setdefault(line.price_list, []).extend(line.page.split(", "))
    parts = []
    for one in bill.price_lists:
        numbers = sorted({page for page in pages.get(one.version, ()) if page}, key=_page_order)
        where = f" (s. {', '.join(numbers)})" if numbers else ""
        doubt = "" if one.confidence in {"official", "own"} else " – stawki niepotwierdzone urzędowo"
        parts.append(f"{one.title}{where}{doubt}")
    return "; ".join(parts) + "."


def _page_order(page: str) -> tuple[int, str]:
    digits = "".join(sign for sign in page if sign.isdigit())
    return int(digits or 0), page


def footer_text(document: Document, settings: CompanySettings) -> str:
    """Return the foot of every page: seller, number and the hash of what was approved."""
    return f"{settings.seller.name} · {document.number} · treść {document.content_hash[:16]}"
