"""Render documents: their bytes into the bucket, their places into the table, a request to deliver them."""

from kwit.aws.bootstrap import Application
from kwit.aws.document_store import DocumentUnknownError
from kwit.aws.messages import DocumentsNamed
from kwit.aws.rendered import RenderedFile
from kwit.aws.runtime import Report
from kwit.aws.some_of_many import each
from kwit.documents.document import Document
from kwit.documents.rendering import forecasts_of, render_document, structured_form
from kwit.kernel.identifiers import content_hash


def render(message: DocumentsNamed, app: Application) -> Report:
    """Render the documents that the message names; doing it again writes the same bytes.

    The numbers of forecasts that one settles are looked up; while one of these has no document the message comes
    again. What one of them fails with is raised when the others are rendered. Raises DocumentUnknownError,
    ForecastNumberMissingError.
    """
    documents = app.documents.documents(message.document_ids)
    files: dict[str, RenderedFile] = {}

    def draw(document_id: str) -> None:
        if document_id not in documents:
            raise DocumentUnknownError(document_id)
        files[document_id] = _draw(documents[document_id], app)

    def hand_on() -> None:
        app.rendered.put_many(files)
        app.deliver_queue.deliver(list(files))

    each(message.document_ids, draw, then=hand_on)
    return {"documents": list(files), "bytes": sum(one.size for one in files.values())}


def _draw(document: Document, app: Application) -> RenderedFile:
    found = app.documents.documents(forecasts_of(document))
    numbers = {name: one.number for name, one in found.items()}
    settings = app.settings_of(document.read().settings_version)
    xml = structured_form(document=document, settings=settings)
    pdf = render_document(document=document, settings=settings, numbers=numbers, xml=xml)
    key = f"invoices/{document.issue_date:%Y/%m}/{document.number.replace('/', '-')}.pdf"
    app.files.put(key, pdf, "application/pdf")
    return RenderedFile(key, content_hash(pdf), len(pdf))
