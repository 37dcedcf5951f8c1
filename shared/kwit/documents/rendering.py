"""The PDF of a document, whichever kind it is."""

from collections.abc import Mapping

from kwit.billing.collective_content import CollectiveContent
from kwit.billing.content import BillContent
from kwit.billing.note_content import NoteContent
from kwit.documents.bill_pdf import render_bill
from kwit.documents.collective_pdf import render_collective
from kwit.documents.collective_view import collective_view
from kwit.documents.correction_pdf import render_correction
from kwit.documents.correction_view import correction_view
from kwit.documents.document import Document
from kwit.documents.fa3 import RateNotInFa3Error, fa3_xml, made_at
from kwit.documents.ksef_marks import KsefMarks
from kwit.documents.note_pdf import render_note
from kwit.documents.note_view import note_view
from kwit.documents.pdf_a import structured_invoice
from kwit.documents.view import bill_view
from kwit.registry.company import CompanySettings


def forecasts_of(document: Document) -> tuple[str, ...]:
    """Return the ids of the forecasts whose numbers the pages of a document show."""
    content = document.read()
    if isinstance(content, CollectiveContent):
        return tuple(one.document_id for bill in content.bills for one in bill.settled)
    return tuple(one.document_id for one in content.settled) if isinstance(content, BillContent) else ()


def structured_form(*, document: Document, settings: CompanySettings) -> bytes | None:
    """Write the structured invoice that a document is embedded with: that of a buyer with a NIP, none otherwise.

    It is said to be made at the first instant of the day of issue, so the same document gives the same bytes. What
    FA(3) has no form for is drawn without: sending it is refused by name, and its reader still gets pages.
    """
    content = document.read()
    if isinstance(content, NoteContent) or not content.payer.nip:
        return None
    try:
        return fa3_xml(document=document, settings=settings, made_at=made_at(document))
    except RateNotInFa3Error:
        return None


def render_document(
    *,
    document: Document,
    settings: CompanySettings,
    numbers: Mapping[str, str] | None = None,
    xml: bytes | None = None,
    ksef: KsefMarks | None = None,
) -> bytes:
    """Draw the pages of an issued document as PDF/A-3; what is the same gives the same bytes.

    `numbers` are those of the forecasts that it settles; `xml` is the document as structured invoice, which is
    embedded; `ksef` are its number and codes in KSeF. Raises ForecastNumberMissingError.
    """
    content = document.read()
    attached = () if xml is None else (structured_invoice(xml),)
    if isinstance(content, BillContent):
        view = bill_view(document=document, settings=settings, numbers=numbers, ksef=ksef)
        return render_bill(view=view, issue_date=document.issue_date, attached=attached)
    if isinstance(content, CollectiveContent):
        whole = collective_view(
            document=document, content=content, settings=settings, numbers=numbers, ksef=ksef
        )
        return render_collective(view=whole, issue_date=document.issue_date, attached=attached)
    if isinstance(content, NoteContent):
        note = note_view(document=document, content=content, settings=settings)
        return render_note(view=note, issue_date=document.issue_date)
    correction = correction_view(document=document, content=content, settings=settings, ksef=ksef)
    return render_correction(view=correction, issue_date=document.issue_date, attached=attached)
