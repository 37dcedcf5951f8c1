"""Deliver rendered documents by e-mail."""

from kwit.aws.bootstrap import Application
from kwit.aws.document_store import DocumentUnknownError
from kwit.aws.messages import DocumentsNamed, MailEvent
from kwit.aws.rendered import RenderedFile
from kwit.aws.runtime import Report
from kwit.aws.some_of_many import each
from kwit.delivery.deliver import deliver_document
from kwit.delivery.following import follow_notice
from kwit.delivery.ports import Delivery
from kwit.documents.document import Document


class NotRenderedError(LookupError):
    """A document has no PDF yet; carries its id."""

    def __init__(self, document_id: str) -> None:
        super().__init__(f"document {document_id} is not rendered yet")
        self.document_id = document_id


def deliver(message: DocumentsNamed, app: Application) -> Report:
    """Send the e-mail of each document that the message names, at most once.

    What one of them fails with is raised when the others are sent. Raises DocumentUnknownError, NotRenderedError,
    MailRefusedError.
    """
    documents, files = app.rendered.rendered(message.document_ids)
    statuses: dict[str, str] = {}

    def send(document_id: str) -> None:
        if document_id not in documents:
            raise DocumentUnknownError(document_id)
        if document_id not in files:
            raise NotRenderedError(document_id)
        delivery = _send(documents[document_id], files[document_id], app)
        statuses[document_id] = str(delivery.status)

    each(message.document_ids, send)
    return {"documents": statuses}


def _send(document: Document, file: RenderedFile, app: Application) -> Delivery:
    settings = app.settings_of(document.read().settings_version)
    return deliver_document(
        document=document,
        settings=settings,
        pdf=app.files.get(file.key),
        room=app.post_room(settings.mail.per_second),
        at=app.now(),
    )


def follow(message: MailEvent, app: Application) -> Report:
    """Move the deliveries on that an event of the mail system is about; one of no known document is passed over."""
    notice = message.notice(app.now())
    documents = app.documents.documents(message.document_ids)
    moved = [
        follow_notice(
            document=one,
            settings=app.settings_of(one.read().settings_version),
            notice=notice,
            desk=app.notice_desk,
        )
        for one in documents.values()
    ]
    statuses = [str(one.status) for one in moved if one is not None]
    return {"event": notice.kind, "documents": list(message.document_ids), "statuses": statuses}
