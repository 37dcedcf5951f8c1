"""Deliver a document by e-mail, at most once, and follow what the mail system says of it afterwards.

Sending is not a transaction. The e-mail is claimed first; when a claim is found without its end, nobody knows
whether the mail left, so the delivery becomes «uncertain», a person is asked, and nothing is sent twice.
"""

from dataclasses import replace
from datetime import datetime

import jinja2

from kwit.delivery.message import MailAddressError, compose_mail
from kwit.delivery.ports import Delivery, DeliveryStore, MailRefusedError, MailSender, MailStatus
from kwit.documents.document import Document
from kwit.registry.company import CompanySettings

_FINAL = {MailStatus.BOUNCED, MailStatus.COMPLAINED, MailStatus.REJECTED}
_AFTER_SEND = {
    "Delivery": MailStatus.DELIVERED,
    "DeliveryDelay": MailStatus.DELAYED,
    "Bounce": MailStatus.BOUNCED,
    "Complaint": MailStatus.COMPLAINED,
    "Reject": MailStatus.REJECTED,
}


def deliver_document(
    *,
    document: Document,
    settings: CompanySettings,
    pdf: bytes,
    store: DeliveryStore,
    sender: MailSender,
    at: datetime,
    environment: jinja2.Environment,
) -> Delivery:
    """Send the one e-mail of a document; a wrong or missing address ends the delivery, never the run.

    Raises MailRefusedError when the mail system took nothing; the claim is given back then.
    """
    document_id = document.document_id
    standing = store.begin(document_id, at=at)
    if standing is not None:
        return _met_again(standing, store, at)
    try:
        raw, recipient = compose_mail(
            document=document, settings=settings, pdf=pdf, sent_at=at, environment=environment
        )
    except MailAddressError as error:
        missing = error.problem == "is empty"
        status = MailStatus.NO_ADDRESS if missing else MailStatus.WRONG_ADDRESS
        return _finish(Delivery(document_id, status, changed_at=at), store)
    try:
        message_id = sender.send(
            raw=raw, sender=settings.mail.sender_address, recipient=recipient, document_id=document_id
        )
    except MailRefusedError:
        store.release(document_id)
        raise
    return _finish(Delivery(document_id, MailStatus.SENT, message_id, at), store)


def _finish(delivery: Delivery, store: DeliveryStore) -> Delivery:
    store.finish(delivery, expected=MailStatus.SENDING)
    return delivery


def _met_again(standing: Delivery, store: DeliveryStore, at: datetime) -> Delivery:
    if standing.status is not MailStatus.SENDING:
        return standing
    uncertain = replace(standing, status=MailStatus.UNCERTAIN, changed_at=at)
    return _finish(uncertain, store)


def follow_event(
    *, document_id: str, event: str, message_id: str, store: DeliveryStore, at: datetime
) -> Delivery | None:
    """Move a delivery on by an event of the mail system; events that change nothing return what stands.

    Events may come twice, late or out of order: a bounce or complaint is never overwritten by a later notice
    of delivery or delay. Returns None for a document that was never sent.
    """
    standing = store.delivery(document_id)
    status = _AFTER_SEND.get(event)
    if standing is None or status is None or standing.status in _FINAL:
        return standing
    if standing.status is MailStatus.DELIVERED and status is MailStatus.DELAYED:
        return standing
    moved = Delivery(document_id, status, message_id or standing.message_id, at)
    store.finish(moved, expected=standing.status)
    return store.delivery(document_id)
