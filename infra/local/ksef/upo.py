"""Write the official confirmation of receipt (Urzędowe Poświadczenie Odbioru), version 4-3, without a signature."""

from collections.abc import Sequence
from datetime import datetime
from xml.etree import ElementTree as ET

from infra.local.ksef.register import WARSAW, Invoice

NAMESPACE = "http://upo.schematy.mf.gov.pl/KSeF/v4-3"


def upo_xml(*, session: str, nip: str, login: str, invoices: Sequence[Invoice], whole_session: bool) -> bytes:
    """Return the confirmation of an invoice, or of all taken invoices of a session.

    `login` is the reference number of the token of the login or the hash of its signed document.
    """
    root = ET.Element("Potwierdzenie", {"xmlns": NAMESPACE})
    _add(root, "NazwaPodmiotuPrzyjmujacego", "Ministerstwo Finansów")
    _add(root, "NumerReferencyjnySesji", session)
    how = ET.SubElement(root, "Uwierzytelnienie")
    _add(ET.SubElement(how, "IdKontekstu"), "Nip", nip)
    by_token = len(login) != _DIGEST_LENGTH
    _add(how, "NumerReferencyjnyTokenaKSeF" if by_token else "SkrotDokumentuUwierzytelniajacego", login)
    if whole_session:
        page = ET.SubElement(root, "OpisPotwierdzenia")
        for name, value in zip(_PAGE, (1, 1, 1, len(invoices), len(invoices)), strict=True):
            _add(page, name, str(value))
    _add(root, "NazwaStrukturyLogicznej", "Schemat_FA(3)_v1-0E.xsd")
    _add(root, "KodFormularza", "FA (3)")
    for one in invoices:
        _invoice(root, one)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode").encode()


_DIGEST_LENGTH = 44
_PAGE = ("Strona", "LiczbaStron", "ZakresDokumentowOd", "ZakresDokumentowDo", "CalkowitaLiczbaDokumentow")


def _invoice(root: ET.Element, invoice: Invoice) -> None:
    part = ET.SubElement(root, "Dokument")
    _add(part, "NipSprzedawcy", invoice.seller)
    _add(part, "NumerKSeFDokumentu", invoice.ksef_number)
    _add(part, "NumerFaktury", invoice.number)
    _add(part, "DataWystawieniaFaktury", str(invoice.issued))
    _add(part, "DataPrzeslaniaDokumentu", _time(invoice.received_at))
    _add(part, "DataNadaniaNumeruKSeF", _time(invoice.acquired_at or invoice.received_at))
    _add(part, "SkrotDokumentu", invoice.digest)
    _add(part, "TrybWysylki", invoice.mode)


def _time(instant: datetime) -> str:
    return instant.astimezone(WARSAW).isoformat(timespec="milliseconds")


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = text
