"""Render a document: its bytes into the bucket, its place into the table, a request to deliver it."""

from kwit.aws.bootstrap import Application
from kwit.aws.document_store import DocumentUnknownError
from kwit.aws.messages import DocumentNamed
from kwit.aws.rendered import RenderedFile
from kwit.aws.runtime import Report
from kwit.documents.rendering import forecasts_of, render_document
from kwit.kernel.identifiers import content_hash


def render(message: DocumentNamed, app: Application) -> Report:
    """Render the document that the message names; doing it again writes the same bytes.

    The numbers of forecasts that it settles are looked up; while one has no document the message comes again.
    Raises DocumentUnknownError, ForecastNumberMissingError.
    """
    document = app.documents.document(message.document_id)
    if document is None:
        raise DocumentUnknownError(message.document_id)
    company = app.company.version(document.read().settings_version)
    found = [app.documents.document(name) for name in forecasts_of(document)]
    numbers = {one.document_id: one.number for one in found if one is not None}
    pdf = render_document(document=document, settings=company, numbers=numbers)
    key = f"invoices/{document.issue_date:%Y/%m}/{document.number.replace('/', '-')}.pdf"
    app.files.put(key, pdf, "application/pdf")
    app.rendered.put(document.document_id, RenderedFile(key, content_hash(pdf), len(pdf)))
    app.deliver_queue.deliver([document.document_id])
    return {"document_id": document.document_id, "number": document.number, "bytes": len(pdf)}
