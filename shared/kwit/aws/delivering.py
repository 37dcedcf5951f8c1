"""Deliver a rendered document by e-mail."""

from kwit.aws.bootstrap import Application
from kwit.aws.document_store import DocumentUnknownError
from kwit.aws.messages import DocumentNamed
from kwit.aws.runtime import Report
from kwit.delivery.deliver import deliver_document
from kwit.delivery.message import template_environment


class NotRenderedError(LookupError):
    """A document has no PDF yet; carries its id."""

    def __init__(self, document_id: str) -> None:
        super().__init__(f"document {document_id} is not rendered yet")
        self.document_id = document_id


def deliver(message: DocumentNamed, app: Application) -> Report:
    """Send the e-mail of the document that the message names, at most once.

    Raises DocumentUnknownError, NotRenderedError, MailRefusedError.
    """
    document = app.documents.document(message.document_id)
    if document is None:
        raise DocumentUnknownError(message.document_id)
    file = app.rendered.file(message.document_id)
    if file is None:
        raise NotRenderedError(message.document_id)
    delivery = deliver_document(
        document=document,
        settings=app.company.version(document.read().settings_version),
        pdf=app.files.get(file.key),
        store=app.deliveries,
        sender=app.sender,
        at=app.now(),
        environment=template_environment(),
    )
    return {"document_id": document.document_id, "number": document.number, "status": str(delivery.status)}
