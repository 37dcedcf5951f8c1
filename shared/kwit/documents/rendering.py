"""The PDF of a document, whichever kind it is."""

from collections.abc import Mapping

from kwit.billing.collective_content import CollectiveContent
from kwit.billing.content import BillContent
from kwit.documents.bill_pdf import render_bill
from kwit.documents.collective_pdf import render_collective
from kwit.documents.collective_view import collective_view
from kwit.documents.correction_pdf import render_correction
from kwit.documents.correction_view import correction_view
from kwit.documents.document import Document
from kwit.documents.view import bill_view
from kwit.registry.company import CompanySettings


def forecasts_of(document: Document) -> tuple[str, ...]:
    """Return the ids of the forecasts whose numbers the pages of a document show."""
    content = document.read()
    if isinstance(content, CollectiveContent):
        return tuple(one.document_id for bill in content.bills for one in bill.settled)
    return tuple(one.document_id for one in content.settled) if isinstance(content, BillContent) else ()


def render_document(
    *, document: Document, settings: CompanySettings, numbers: Mapping[str, str] | None = None
) -> bytes:
    """Draw the pages of an issued document as PDF; the same document gives the same bytes.

    `numbers` are those of the forecasts that it settles. Raises ForecastNumberMissingError.
    """
    content = document.read()
    if isinstance(content, BillContent):
        view = bill_view(document=document, settings=settings, numbers=numbers)
        return render_bill(view=view, issue_date=document.issue_date)
    if isinstance(content, CollectiveContent):
        whole = collective_view(document=document, content=content, settings=settings, numbers=numbers)
        return render_collective(view=whole, issue_date=document.issue_date)
    correction = correction_view(document=document, content=content, settings=settings)
    return render_correction(view=correction, issue_date=document.issue_date)
