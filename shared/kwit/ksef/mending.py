"""Send a document again that KSeF refused: with an invoice made anew, or with one that a person put right.

After a refused offline invoice the new one goes as a technical correction (korekta techniczna) of the one whose hash
is on the page that the customer has; when that very one is sent again, for it lacked nothing but a right, it corrects
nothing. Online nothing was issued yet, so the new one simply takes its place.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from xml.etree import ElementTree as ET

from kwit.billing.collective_content import CollectiveContent
from kwit.billing.content import BillContent
from kwit.billing.correction_content import CorrectionContent
from kwit.documents.document import Document
from kwit.documents.fa3 import NAMESPACE, RateNotInFa3Error, fa3_xml, made_at
from kwit.kernel.money import half_up
from kwit.ksef.desk import InvoiceDesk
from kwit.ksef.filing import Filing, FilingStatus
from kwit.ksef.preparing import DocumentsUnknownError, original_number, with_invoice

LARGEST_INVOICE = 3_000_000
"""Bytes of the largest invoice that KSeF takes, one with an attachment (CIRFMF/ksef-docs, limity.md)."""

_LONGEST_NUMBER = 256
_MENDABLE = {FilingStatus.REFUSED, FilingStatus.INVALID}


class NotMendableError(RuntimeError):
    """A document is not one that KSeF refused; carries its id and where it stands."""

    def __init__(self, document_id: str, status: str) -> None:
        super().__init__(f"document {document_id} is {status}, so there is nothing to mend")
        self.document_id = document_id
        self.status = status


class AnotherInvoiceError(ValueError):
    """A file put right by hand says something else than its document; carries what differs, never the values."""

    def __init__(self, number: str, fields: tuple[str, ...]) -> None:
        super().__init__(f"{number}: the file differs from the document in {', '.join(fields)}")
        self.number = number
        self.fields = fields


def mend_filing(document_id: str, *, content: bytes | None, desk: InvoiceDesk, at: datetime) -> Filing:
    """Put another invoice in the place of one that was refused, and ask for it to be sent; return the filing.

    `content` is a file put right by a person; without it the invoice is made anew, by the settings in force for the
    document. Day, number, total, kind and seller stay as the document has them. Raises DocumentsUnknownError,
    NotMendableError, AnotherInvoiceError.
    """
    document = desk.documents.documents([document_id]).get(document_id)
    filing = desk.filings.filings([document_id]).get(document_id)
    if document is None or filing is None:
        raise DocumentsUnknownError((document_id,))
    if filing.status not in _MENDABLE:
        raise NotMendableError(document_id, str(filing.status))
    if content is None:
        try:
            content = _made_anew(document, desk)
        except RateNotInFa3Error as error:
            # No invoice can be made of it yet; it stays as it is, and a person may still bring one.
            return replace(filing, problem=str(error))
    elif differing := _differing(content, _fixed(document, desk)):
        raise AnotherInvoiceError(document.number, differing)
    waiting = replace(
        filing,
        status=FilingStatus.WAITING,
        revision=filing.revision + 1,
        attempts=0,
        session="",
        problem="",
        code=0,
    )
    mended = with_invoice(document, waiting, content, desk=desk, at=at)
    technical = mended.offline and mended.content_hash != mended.page_hash
    mended = replace(mended, corrected_hash=mended.page_hash if technical else "")
    if not desk.filings.move(mended):
        raise NotMendableError(document_id, "being worked on")
    desk.queue.file([document_id])
    return mended


def _made_anew(document: Document, desk: InvoiceDesk) -> bytes:
    settings = desk.settings_of(document.read().settings_version)
    number = original_number(document, desk)
    return fa3_xml(document=document, settings=settings, made_at=made_at(document), original_number=number)


def number_of_invoice(content: bytes) -> str:
    """Return the number that a structured invoice bears, empty where it has none that can be read."""
    try:
        number = _text(_parsed(content), "Fa/P_2") or ""
    except ET.ParseError:
        return ""
    return number if len(number) <= _LONGEST_NUMBER else ""


def _parsed(content: bytes) -> ET.Element:
    """Read XML in UTF-8, as KSeF takes it, without declarations, which could make it grow beyond all bounds.

    Raises ParseError.
    """
    try:
        in_utf_8 = "\0" not in content.decode()
    except UnicodeDecodeError:
        in_utf_8 = False
    if not in_utf_8:
        # In another encoding a declaration would not be seen below.
        raise ET.ParseError("only UTF-8 is read")
    if b"<!" in content.replace(b"<!--", b"").replace(b"<![CDATA[", b""):
        raise ET.ParseError("declarations are not read")
    return ET.fromstring(content)  # noqa: S314 - without declarations there are no entities to expand


def _fixed(document: Document, desk: InvoiceDesk) -> dict[str, str]:
    """Return the fields of an invoice that its document settles, whoever writes it."""
    content = document.read()
    kind, gross = "VAT", ""
    if isinstance(content, CorrectionContent):
        kind, gross = "KOR", _money(content.after.gross - content.before.gross)
    elif isinstance(content, BillContent | CollectiveContent):
        gross = _money(content.gross)
    return {
        "Fa/P_1": document.issue_date.isoformat(),
        "Fa/P_2": document.number,
        "Fa/P_15": gross,
        "Fa/RodzajFaktury": kind,
        "Podmiot1/DaneIdentyfikacyjne/NIP": desk.settings_of(content.settings_version).seller.nip,
    }


def _money(value: Decimal) -> str:
    return format(half_up(value, digits=2), "f")


def _differing(content: bytes, fixed: Mapping[str, str]) -> tuple[str, ...]:
    """Name the fields that must stay and do not."""
    try:
        theirs = _parsed(content)
    except ET.ParseError:
        return ("XML",)
    return tuple(name for name, value in fixed.items() if _text(theirs, name) != value)


def _text(root: ET.Element, path: str) -> str | None:
    return root.findtext("/".join(f"{{{NAMESPACE}}}{name}" for name in path.split("/")))
