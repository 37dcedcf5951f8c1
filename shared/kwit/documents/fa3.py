"""Write an issued document as a structured invoice (faktura ustrukturyzowana) of the schema FA(3).

The XML says what the document's own content says and nothing else; the same document gives the same bytes. The
schema is the Ministry of Finance's, namespace http://crd.gov.pl/wzor/2025/06/25/13775/, in force from 1 February 2026.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from xml.etree import ElementTree as ET

from kwit.billing.collective_content import CollectiveContent
from kwit.billing.content import BillContent, PartyData
from kwit.billing.contents import Content
from kwit.billing.correction_content import CorrectionContent
from kwit.billing.note_content import NoteContent
from kwit.documents.document import Document
from kwit.documents.fa3_attachment import write_attachment
from kwit.documents.fa3_elements import (
    LONGEST_KEY,
    NAMESPACE,
    ORDER_OF_FIELDS,
    RateNotInFa3Error,
    add,
    clean,
    fields_of,
    money,
)
from kwit.documents.fa3_lines import days_of_lines, is_connection, write_descriptions, write_lines
from kwit.documents.fa3_parties import write_buyer, write_foot, write_receivers, write_seller
from kwit.documents.fa3_settlement import owed, owed_by_correction, write_payment, write_settlement
from kwit.kernel.money import ZERO
from kwit.kernel.time import local_midnight
from kwit.registry.company import CompanySettings

__all__ = ["NAMESPACE", "NotAnInvoiceError", "RateNotInFa3Error", "fa3_xml", "made_at"]

SYSTEM = "kWit"
_IN_PERIOD_OF_ORIGINAL, _IN_PERIOD_OF_CORRECTION = "1", "2"


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
    yet. It has an attachment where the settings say so. Raises RateNotInFa3Error, and NotAnInvoiceError for a note.
    """
    content = document.read()
    if isinstance(content, NoteContent):
        raise NotAnInvoiceError(document.number)
    root = ET.Element("Faktura", {"xmlns": NAMESPACE})
    _heading(root, made_at)
    write_seller(root, settings)
    write_buyer(root, content.payer)
    write_receivers(root, content.payer, _customers(content))
    invoice = ET.SubElement(root, "Fa")
    if isinstance(content, CorrectionContent):
        _correction(invoice, document, content, settings, content.original.ksef_number or original_number)
    elif isinstance(content, CollectiveContent):
        _collective(invoice, document, content, settings)
    else:
        _bill(invoice, document, content, settings)
    write_foot(root, settings)
    if settings.ksef is not None and settings.ksef.attachments:
        write_attachment(root, content)
    ET.indent(root, space=" ")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode").encode()


def _customers(content: Content) -> Iterable[PartyData]:
    """Return who takes the energy: of a collective invoice each of its contracts' parties once."""
    if isinstance(content, CollectiveContent):
        return {bill.customer.party_id: bill.customer for bill in content.bills}.values()
    return ((content.after if isinstance(content, CorrectionContent) else content).customer,)


def _heading(root: ET.Element, made_at: datetime) -> None:
    heading = ET.SubElement(root, "Naglowek")
    code = ET.SubElement(heading, "KodFormularza", {"kodSystemowy": "FA (3)", "wersjaSchemy": "1-0E"})
    code.text = "FA"
    add(heading, "WariantFormularza", "3")
    add(heading, "DataWytworzeniaFa", f"{made_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}")
    add(heading, "SystemInfo", SYSTEM)


def _first_fields(invoice: ET.Element, document: Document, settings: CompanySettings) -> None:
    add(invoice, "KodWaluty", "PLN")
    add(invoice, "P_1", document.issue_date.isoformat())
    add(invoice, "P_1M", settings.seller.city, longest=LONGEST_KEY)
    add(invoice, "P_2", document.number, longest=LONGEST_KEY)


def _period(invoice: ET.Element, days: tuple[date, date]) -> None:
    """Name the period of a supply of energy (OkresFa, art. 19a ust. 5 pkt 4 VAT act)."""
    period = ET.SubElement(invoice, "OkresFa")
    add(period, "P_6_Od", days[0].isoformat())
    add(period, "P_6_Do", (days[1] - timedelta(days=1)).isoformat())


def _supplied(invoice: ET.Element, document: Document, bill: BillContent) -> None:
    """Say when what is billed was supplied: energy in a period, a connection on a day, where it is not the issue's.

    Where a connection's lines have days of their own, they name them.
    """
    if not is_connection(bill):
        _period(invoice, bill.supplied)
        return
    days = days_of_lines(bill)
    if len(days) == 1 and document.issue_date not in days:
        add(invoice, "P_6", min(days).isoformat())


def _sums(
    invoice: ET.Element,
    document: Document,
    rows: Iterable[tuple[Decimal, Decimal, Decimal]],
    gross: Decimal,
) -> None:
    """Write net and VAT by rate, in the order of the schema, and the gross."""
    found: dict[str, tuple[Decimal, Decimal]] = {}
    for rate, net, vat in rows:
        name, _ = fields_of(rate, number=document.number)
        before = found.get(name, (ZERO, ZERO))
        found[name] = (before[0] + net, before[1] + vat)
    for name in ORDER_OF_FIELDS:
        if name in found:
            add(invoice, f"P_13_{name}", money(found[name][0]))
            add(invoice, f"P_14_{name}", money(found[name][1]))
    add(invoice, "P_15", money(gross))


def _annotations(invoice: ET.Element) -> None:
    """Say that nothing special holds: energy and its distribution are in no list of annex 15 (P_18A stays "no")."""
    notes = ET.SubElement(invoice, "Adnotacje")
    for name in ("P_16", "P_17", "P_18", "P_18A"):
        add(notes, name, "2")
    add(ET.SubElement(notes, "Zwolnienie"), "P_19N", "1")
    add(ET.SubElement(notes, "NoweSrodkiTransportu"), "P_22N", "1")
    add(notes, "P_23", "2")
    add(ET.SubElement(notes, "PMarzy"), "P_PMarzyN", "1")


def _bill(invoice: ET.Element, document: Document, bill: BillContent, settings: CompanySettings) -> None:
    """Write a bill of any kind; a forecast too is an invoice of a period, for VAT on energy arises with the invoice.

    So neither ZAL nor ROZ is written: an advance makes no VAT due on energy (art. 19a ust. 5 pkt 4, 7 and 8).
    """
    _first_fields(invoice, document, settings)
    _supplied(invoice, document, bill)
    _sums(invoice, document, ((row.rate, row.net, row.vat) for row in bill.vat_rows), bill.gross)
    _annotations(invoice)
    add(invoice, "RodzajFaktury", "VAT")
    write_descriptions(invoice, bill)
    write_lines(invoice, bill, number=document.number)
    sums = owed(bills=(bill,), gross=bill.gross, balance=bill.opening_balance)
    write_settlement(invoice, sums)
    write_payment(invoice, settings, bill.payer, due=document.due_date, owed=sums)


def _collective(
    invoice: ET.Element, document: Document, content: CollectiveContent, settings: CompanySettings
) -> None:
    """Write the lines of all contracts one after another; each names its contract and point."""
    _first_fields(invoice, document, settings)
    _period(invoice, (content.start, content.end))
    _sums(invoice, document, ((row.rate, row.net, row.vat) for row in content.vat_rows), content.gross)
    _annotations(invoice)
    add(invoice, "RodzajFaktury", "VAT")
    for bill in content.bills:
        write_descriptions(invoice, bill, of=f"{bill.contract_no}: ")
    last = 0
    for bill in content.bills:
        where = f"; umowa {bill.contract_no}, PPE {bill.point.ppe}"
        last = write_lines(invoice, bill, number=document.number, after=last, where=where)
    sums = owed(bills=content.bills, gross=content.gross, balance=content.opening_balance)
    write_settlement(invoice, sums)
    write_payment(invoice, settings, content.payer, due=document.due_date, owed=sums)


def _correction(
    invoice: ET.Element,
    document: Document,
    content: CorrectionContent,
    settings: CompanySettings,
    ksef_number: str,
) -> None:
    """Write a correction: sums are differences, lines stand whole before and after, each with a number of its own.

    Every correction names the invoice that its chain began with (art. 106j ust. 2 VAT act); its lines before are
    those that the correction before it left.
    """
    before, after = content.before, content.after
    _first_fields(invoice, document, settings)
    _supplied(invoice, document, before if before.lines else after)
    rows = [(row.rate, row.net, row.vat) for row in after.vat_rows]
    rows += [(row.rate, -row.net, -row.vat) for row in before.vat_rows]
    _sums(invoice, document, rows, after.gross - before.gross)
    _annotations(invoice)
    add(invoice, "RodzajFaktury", "KOR")
    _corrected(invoice, content, ksef_number)
    write_descriptions(invoice, after)
    last = write_lines(invoice, before, number=document.number, before_correction=True)
    write_lines(invoice, after, number=document.number, after=last)
    sums = owed_by_correction(before=before, after=after)
    write_settlement(invoice, sums)
    write_payment(invoice, settings, content.payer, due=document.due_date, owed=sums)


def _corrected(invoice: ET.Element, content: CorrectionContent, ksef_number: str) -> None:
    if clean(content.reason):
        add(invoice, "PrzyczynaKorekty", content.reason, longest=LONGEST_KEY)
    if content.net:
        add(invoice, "TypKorekty", _effect(content.net))
    corrected = ET.SubElement(invoice, "DaneFaKorygowanej")
    add(corrected, "DataWystFaKorygowanej", content.original.issue_date.isoformat())
    add(corrected, "NrFaKorygowanej", content.original.number, longest=LONGEST_KEY)
    if ksef_number:
        add(corrected, "NrKSeF", "1")
        add(corrected, "NrKSeFFaKorygowanej", ksef_number)
    else:
        add(corrected, "NrKSeFN", "1")


def _effect(net: Decimal) -> str:
    """Say in which period a correction counts for VAT (TypKorekty).

    A lower base counts when its structured correction is issued (art. 29a ust. 13 VAT act). A higher one counts when
    its cause arose (ust. 17); what kWit corrects, readings and prices, was wrong from the invoice on.
    """
    return _IN_PERIOD_OF_CORRECTION if net < 0 else _IN_PERIOD_OF_ORIGINAL
