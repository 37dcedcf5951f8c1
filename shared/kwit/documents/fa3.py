"""Write an issued document as a structured invoice (faktura ustrukturyzowana) of the schema FA(3).

The XML says what the document's own content says and nothing else; the same document gives the same bytes. The
schema is the Ministry of Finance's, namespace http://crd.gov.pl/wzor/2025/06/25/13775/, in force from 1 February 2026.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from xml.etree import ElementTree as ET

from kwit.billing.collective_content import CollectiveContent
from kwit.billing.content import BillContent, LineData, PartyData
from kwit.billing.contents import Content
from kwit.billing.correction_content import CorrectionContent
from kwit.billing.note_content import NoteContent
from kwit.documents.document import Document
from kwit.documents.view import printed_unit
from kwit.kernel.money import ZERO, half_up
from kwit.kernel.time import local_midnight
from kwit.registry.company import CompanySettings

NAMESPACE = "http://crd.gov.pl/wzor/2025/06/25/13775/"
SYSTEM = "kWit"
_FIELDS_OF_RATE = {Decimal("0.23"): ("1", "23"), Decimal("0.08"): ("2", "8"), Decimal("0.05"): ("3", "5")}
_ORDER_OF_FIELDS = ("1", "2", "3")
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LONGEST_NAME, _LONGEST_LINE = 512, 512
_PRICE_DIGITS, _QUANTITY_DIGITS = 8, 6
_TRANSFER = "6"
_REASON_LENGTH = 256


class RateNotInFa3Error(ValueError):
    """A rate of VAT has no field here; carries the number of the document and the rate."""

    def __init__(self, number: str, rate: Decimal) -> None:
        super().__init__(f"{number}: VAT rate {rate} has no field of FA(3) that kWit writes")
        self.number = number
        self.rate = rate


class NotAnInvoiceError(TypeError):
    """A note was asked for as a structured invoice and is no invoice; carries its number."""

    def __init__(self, number: str) -> None:
        super().__init__(f"{number} is a note without VAT, which is no invoice")
        self.number = number


def made_at(document: Document) -> datetime:
    """Return the instant that a document's structured invoice is dated by: the first of its day of issue.

    It is the document's own, so the invoice made again has the same bytes.
    """
    return local_midnight(document.issue_date)


def fa3_xml(
    *, document: Document, settings: CompanySettings, made_at: datetime, original_number: str = ""
) -> bytes:
    """Return the FA(3) of a document; `made_at` is the instant it is made at, which the heading tells.

    `original_number` is the number in KSeF of the invoice that a correction corrects, where its content knew none
    yet. Raises RateNotInFa3Error, and NotAnInvoiceError for a note.
    """
    content = document.read()
    if isinstance(content, NoteContent):
        raise NotAnInvoiceError(document.number)
    root = ET.Element("Faktura", {"xmlns": NAMESPACE})
    _heading(root, made_at)
    _seller(root, settings)
    _buyer(root, content.payer)
    for customer in _customers(content):
        if customer.party_id != content.payer.party_id:
            _receiver(root, customer)
    invoice = ET.SubElement(root, "Fa")
    if isinstance(content, CorrectionContent):
        _correction(invoice, document, content, settings, content.original.ksef_number or original_number)
    elif isinstance(content, CollectiveContent):
        _collective(invoice, document, content, settings)
    else:
        _bill(invoice, document, content, settings)
    _foot(root, settings)
    ET.indent(root, space=" ")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode").encode()


def _customers(content: Content) -> Iterable[PartyData]:
    """Return who takes the energy: of a collective invoice each of its contracts' parties once."""
    if isinstance(content, CollectiveContent):
        return {bill.customer.party_id: bill.customer for bill in content.bills}.values()
    return ((content.after if isinstance(content, CorrectionContent) else content).customer,)


def _add(parent: ET.Element, name: str, text: object) -> None:
    ET.SubElement(parent, name).text = _clean(str(text))


def _clean(text: str, longest: int = _LONGEST_LINE) -> str:
    return _NOT_IN_XML.sub("", text).strip()[:longest]


def _money(value: Decimal) -> str:
    return format(half_up(value, digits=2), "f")


def _heading(root: ET.Element, made_at: datetime) -> None:
    heading = ET.SubElement(root, "Naglowek")
    code = ET.SubElement(heading, "KodFormularza", {"kodSystemowy": "FA (3)", "wersjaSchemy": "1-0E"})
    code.text = "FA"
    _add(heading, "WariantFormularza", "3")
    _add(heading, "DataWytworzeniaFa", f"{made_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}")
    _add(heading, "SystemInfo", SYSTEM)


def _address(parent: ET.Element, street: str, place: str) -> None:
    address = ET.SubElement(parent, "Adres")
    _add(address, "KodKraju", "PL")
    _add(address, "AdresL1", street)
    _add(address, "AdresL2", place)


def _seller(root: ET.Element, settings: CompanySettings) -> None:
    seller = settings.seller
    party = ET.SubElement(root, "Podmiot1")
    names = ET.SubElement(party, "DaneIdentyfikacyjne")
    _add(names, "NIP", seller.nip)
    _add(names, "Nazwa", _clean(seller.name, _LONGEST_NAME))
    _address(party, seller.street, f"{seller.postcode} {seller.city}")
    contact = ET.SubElement(party, "DaneKontaktowe")
    _add(contact, "Email", seller.email)
    _add(contact, "Telefon", seller.phone[:16])


def _names(parent: ET.Element, party: PartyData) -> None:
    names = ET.SubElement(parent, "DaneIdentyfikacyjne")
    if party.nip:
        _add(names, "NIP", party.nip)
    else:
        _add(names, "BrakID", "1")
    _add(names, "Nazwa", _clean(party.name, _LONGEST_NAME))


def _buyer(root: ET.Element, payer: PartyData) -> None:
    party = ET.SubElement(root, "Podmiot2")
    _names(party, payer)
    _address(party, payer.street, f"{payer.postcode} {payer.city}")
    _add(party, "NrKlienta", payer.party_id)
    _add(party, "JST", "2")
    _add(party, "GV", "2")


def _receiver(root: ET.Element, customer: PartyData) -> None:
    """Name who takes the energy where another one pays for it (role 2, odbiorca)."""
    party = ET.SubElement(root, "Podmiot3")
    _names(party, customer)
    _address(party, customer.street, f"{customer.postcode} {customer.city}")
    _add(party, "Rola", "2")


def _first_fields(
    invoice: ET.Element, document: Document, settings: CompanySettings, days: tuple[date, date]
) -> None:
    _add(invoice, "KodWaluty", "PLN")
    _add(invoice, "P_1", document.issue_date.isoformat())
    _add(invoice, "P_1M", settings.seller.city)
    _add(invoice, "P_2", document.number)
    period = ET.SubElement(invoice, "OkresFa")
    _add(period, "P_6_Od", days[0].isoformat())
    _add(period, "P_6_Do", (days[1] - timedelta(days=1)).isoformat())


def _sums(
    invoice: ET.Element,
    document: Document,
    rows: Iterable[tuple[Decimal, Decimal, Decimal]],
    gross: Decimal,
) -> None:
    """Write net and VAT by rate, in the order of the schema, and the gross."""
    found: dict[str, tuple[Decimal, Decimal]] = {}
    for rate, net, vat in rows:
        field = _FIELDS_OF_RATE.get(rate)
        if field is None:
            raise RateNotInFa3Error(document.number, rate)
        before = found.get(field[0], (ZERO, ZERO))
        found[field[0]] = (before[0] + net, before[1] + vat)
    for name in _ORDER_OF_FIELDS:
        if name in found:
            _add(invoice, f"P_13_{name}", _money(found[name][0]))
            _add(invoice, f"P_14_{name}", _money(found[name][1]))
    _add(invoice, "P_15", _money(gross))


def _annotations(invoice: ET.Element) -> None:
    notes = ET.SubElement(invoice, "Adnotacje")
    for name in ("P_16", "P_17", "P_18", "P_18A"):
        _add(notes, name, "2")
    _add(ET.SubElement(notes, "Zwolnienie"), "P_19N", "1")
    _add(ET.SubElement(notes, "NoweSrodkiTransportu"), "P_22N", "1")
    _add(notes, "P_23", "2")
    _add(ET.SubElement(notes, "PMarzy"), "P_PMarzyN", "1")


def _bill(invoice: ET.Element, document: Document, bill: BillContent, settings: CompanySettings) -> None:
    _first_fields(invoice, document, settings, bill.supplied)
    _sums(invoice, document, ((row.rate, row.net, row.vat) for row in bill.vat_rows), bill.gross)
    _annotations(invoice)
    _add(invoice, "RodzajFaktury", "VAT")
    _descriptions(invoice, bill)
    for number, line in enumerate(bill.lines, start=1):
        _line(invoice, document, line, number, before=False)
    _settlement(invoice, bill.gross, bill.due, "Depozyt prosumencki")
    _payment(invoice, document, settings, bill.payer, pays=bill.due > 0)


def _collective(
    invoice: ET.Element, document: Document, content: CollectiveContent, settings: CompanySettings
) -> None:
    """Write the lines of all contracts one after another; each names its contract and point."""
    _first_fields(invoice, document, settings, (content.start, content.end))
    _sums(invoice, document, ((row.rate, row.net, row.vat) for row in content.vat_rows), content.gross)
    _annotations(invoice)
    _add(invoice, "RodzajFaktury", "VAT")
    for bill in content.bills:
        _descriptions(invoice, bill, of=f"{bill.contract_no}: ")
    lines = ((bill, line) for bill in content.bills for line in bill.lines)
    for number, (bill, line) in enumerate(lines, start=1):
        where = f"; umowa {bill.contract_no}, PPE {bill.point.ppe}"
        _line(invoice, document, line, number, before=False, where=where)
    _settlement(invoice, content.gross, content.due, "Depozyt prosumencki")
    _payment(invoice, document, settings, content.payer, pays=content.due > 0)


def _correction(
    invoice: ET.Element,
    document: Document,
    content: CorrectionContent,
    settings: CompanySettings,
    ksef_number: str,
) -> None:
    before, after = content.before, content.after
    _first_fields(invoice, document, settings, (after.start, after.end))
    rows = [(row.rate, row.net, row.vat) for row in after.vat_rows]
    rows += [(row.rate, -row.net, -row.vat) for row in before.vat_rows]
    _sums(invoice, document, rows, after.gross - before.gross)
    _annotations(invoice)
    _add(invoice, "RodzajFaktury", "KOR")
    _add(invoice, "PrzyczynaKorekty", _clean(content.reason, _REASON_LENGTH))
    corrected = ET.SubElement(invoice, "DaneFaKorygowanej")
    _add(corrected, "DataWystFaKorygowanej", content.original.issue_date.isoformat())
    _add(corrected, "NrFaKorygowanej", content.original.number)
    if ksef_number:
        _add(corrected, "NrKSeF", "1")
        _add(corrected, "NrKSeFFaKorygowanej", ksef_number)
    else:
        _add(corrected, "NrKSeFN", "1")
    _descriptions(invoice, after)
    number = 0
    for side, lines in ((True, before.lines), (False, after.lines)):
        for line in lines:
            number += 1
            _line(invoice, document, line, number, before=side)
    due = after.due - before.due
    _settlement(invoice, after.gross - before.gross, due, "Depozyt prosumencki")
    _payment(invoice, document, settings, content.payer, pays=due > 0)


def _descriptions(invoice: ET.Element, bill: BillContent, *, of: str = "") -> None:
    """Say what an energy bill says beside its lines: point, meters' use, excise; `of` begins every key."""
    told: list[tuple[str, str]] = [
        ("Kod PPE", bill.point.ppe),
        ("Adres punktu poboru", bill.point.address),
        ("Umowa", bill.contract_no),
        ("Grupa taryfowa", bill.group),
    ]
    told += [
        (f"Zużycie, strefa {row.label}", f"{row.kwh} kWh") for row in bill.energy if row.quantity == "import"
    ]
    if bill.excise is not None:
        amount = _money(bill.excise.amount).replace(".", ",")
        told.append(
            ("Informacja o akcyzie", f"Od {bill.excise.kwh} kWh naliczono akcyzę w kwocie {amount} zł")
        )
    for key, value in told:
        if value:
            one = ET.SubElement(invoice, "DodatkowyOpis")
            _add(one, "Klucz", _clean(f"{of}{key}", 256))
            _add(one, "Wartosc", _clean(value, 256))


def _line(
    invoice: ET.Element, document: Document, line: LineData, number: int, *, before: bool, where: str = ""
) -> None:
    field = _FIELDS_OF_RATE.get(line.vat_rate)
    if field is None:
        raise RateNotInFa3Error(document.number, line.vat_rate)
    row = ET.SubElement(invoice, "FaWiersz")
    _add(row, "NrWierszaFa", number)
    zone = f", strefa {line.zone}" if line.zone and line.zone != "all" else ""
    days = f" ({line.start:%d.%m.%Y}–{line.end - timedelta(days=1):%d.%m.%Y})"
    _add(row, "P_7", f"{line.name}{zone}{days}{where}")
    price = line.price
    for factor in line.factors:
        price *= factor.value
    quantity, price = line.quantity.normalize(), price.normalize()
    if _digits(quantity) <= _QUANTITY_DIGITS and _digits(price) <= _PRICE_DIGITS:
        _add(row, "P_8A", printed_unit(line))
        _add(row, "P_8B", format(quantity, "f"))
        _add(row, "P_9A", format(price, "f"))
    _add(row, "P_11", _money(line.net))
    _add(row, "P_12", field[1])
    if before:
        _add(row, "StanPrzed", "1")


def _digits(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _settlement(invoice: ET.Element, gross: Decimal, due: Decimal, why: str) -> None:
    """Say what is to be paid where it is not the gross: what a deposit pays is taken off."""
    if gross == due and due >= 0:
        return
    settlement = ET.SubElement(invoice, "Rozliczenie")
    taken = gross - due
    if taken:
        name, total = ("Odliczenia", "SumaOdliczen") if taken > 0 else ("Obciazenia", "SumaObciazen")
        one = ET.SubElement(settlement, name)
        _add(one, "Kwota", _money(abs(taken)))
        _add(one, "Powod", why)
        _add(settlement, total, _money(abs(taken)))
    _add(settlement, "DoZaplaty" if due >= 0 else "DoRozliczenia", _money(abs(due)))


def _payment(
    invoice: ET.Element,
    document: Document,
    settings: CompanySettings,
    payer: PartyData,
    *,
    pays: bool,
) -> None:
    payment = ET.SubElement(invoice, "Platnosc")
    if pays:
        _add(ET.SubElement(payment, "TerminPlatnosci"), "Termin", document.due_date.isoformat())
    _add(payment, "FormaPlatnosci", _TRANSFER)
    account = ET.SubElement(payment, "RachunekBankowy")
    number = payer.bank_account or settings.seller.bank_account
    _add(account, "NrRB", "".join(number.split()).removeprefix("PL"))
    _add(account, "NazwaBanku", settings.seller.bank_name)


def _foot(root: ET.Element, settings: CompanySettings) -> None:
    seller = settings.seller
    numbers = [("KRS", seller.krs), ("REGON", seller.regon), ("BDO", seller.bdo)]
    known: Sequence[tuple[str, str]] = [one for one in numbers if one[1]]
    if not known and not seller.capital:
        return
    foot = ET.SubElement(root, "Stopka")
    if seller.capital:
        _add(ET.SubElement(foot, "Informacje"), "StopkaFaktury", f"Kapitał zakładowy {seller.capital}")
    if known:
        register = ET.SubElement(foot, "Rejestry")
        for name, number in known:
            _add(register, name, number)
