"""The PDF of a document, whichever kind it is."""

from kwit.billing.content import BillContent
from kwit.documents.bill_pdf import render_bill
from kwit.documents.correction_pdf import render_correction
from kwit.documents.correction_view import correction_view
from kwit.documents.document import Document
from kwit.documents.view import bill_view
from kwit.registry.company import CompanySettings


def render_document(*, document: Document, settings: CompanySettings) -> bytes:
    """Draw the pages of an issued document as PDF; the same document gives the same bytes."""
    content = document.read()
    if isinstance(content, BillContent):
        view = bill_view(document=document, settings=settings)
        return render_bill(view=view, issue_date=document.issue_date)
    correction = correction_view(document=document, content=content, settings=settings)
    return render_correction(view=correction, issue_date=document.issue_date)
