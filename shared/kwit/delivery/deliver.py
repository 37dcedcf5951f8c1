"""Deliver a document by e-mail, at most once unless a person asks again, and follow what becomes of it.

Sending is not a transaction. The e-mail is claimed first; when a claim is found without its end, nobody knows
whether the mail left, so the delivery becomes «uncertain», a person is asked, and nothing is sent twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import jinja2

from kwit.delivery.message import MailAddressError, address_mark, compose_mail
from kwit.delivery.ports import (
    Delivery,
    DeliveryStore,
    MailRefusedError,
    MailSender,
    MailStatus,
    PrintStore,
    Suppressions,
)
from kwit.documents.document import Document
from kwit.documents.tasks import DocumentTasks, document_task, document_task_id
from kwit.registry.company import CompanySettings

_UNDELIVERABLE: Mapping[MailStatus, str] = {
    MailStatus.WRONG_ADDRESS: "Adres e-mail płatnika jest błędny; faktury nie wysłano.",
    MailStatus.SUPPRESSED: "Na adres e-mail płatnika nie wysyłamy, bo poczta go odrzuciła albo odbiorca się poskarżył.",
    MailStatus.UNCERTAIN: "Nie wiadomo, czy e-mail z fakturą wyszedł; sprawdź i w razie potrzeby wyślij ponownie.",
}
_ON_PAPER = {MailStatus.NO_ADDRESS, MailStatus.WRONG_ADDRESS, MailStatus.SUPPRESSED}


@dataclass(frozen=True, slots=True)
class PostRoom:
    """What delivering works with."""

    store: DeliveryStore
    sender: MailSender
    suppressions: Suppressions
    prints: PrintStore
    tasks: DocumentTasks
    environment: jinja2.Environment


def deliver_document(
    *, document: Document, settings: CompanySettings, pdf: bytes, room: PostRoom, at: datetime
) -> Delivery:
    """Send the one e-mail of a document; a wrong or missing address ends the delivery, never the run.

    What cannot be mailed is listed for print where the company has a print house, and a person is told of it. Raises
    MailRefusedError when the mail system took nothing and SenderSettingsError when the company's own settings make
    no message; the claim is given back then.
    """
    begun = room.store.begin(document.document_id, at=at)
    if not begun.claimed:
        delivery = _met_again(begun.delivery, room, at)
    else:
        delivery = _sent(document, settings, pdf, begun.delivery, room, at)
    _tell(delivery, document, settings, room, at)
    return delivery


def _sent(
    document: Document,
    settings: CompanySettings,
    pdf: bytes,
    claim: Delivery,
    room: PostRoom,
    at: datetime,
) -> Delivery:
    try:
        raw, recipient = compose_mail(
            document=document,
            settings=settings,
            pdf=pdf,
            sent_at=at,
            environment=room.environment,
            attempt=claim.attempt,
            to=claim.to,
        )
        if room.suppressions.suppressed([address_mark(recipient)]):
            return _finish(replace(claim, status=MailStatus.SUPPRESSED), room)
    except MailAddressError as error:
        missing = error.problem == "is empty"
        status = MailStatus.NO_ADDRESS if missing else MailStatus.WRONG_ADDRESS
        return _finish(replace(claim, status=status), room)
    except Exception:
        room.store.release(claim)  # nothing was handed over, so nothing is uncertain
        raise
    try:
        message_id = room.sender.send(
            raw=raw,
            sender=settings.mail.sender_address,
            recipient=recipient,
            document_id=document.document_id,
        )
    except MailRefusedError:
        room.store.release(claim)
        raise
    return _left(replace(claim, status=MailStatus.SENT, message_id=message_id), room, at)


def _finish(delivery: Delivery, room: PostRoom) -> Delivery:
    room.store.finish(delivery, expected=MailStatus.SENDING)
    return delivery


def _left(delivery: Delivery, room: PostRoom, at: datetime) -> Delivery:
    """Mark a mail as sent, also over the doubt of another message that met its claim meanwhile."""
    if not room.store.finish(delivery, expected=MailStatus.SENDING) and room.store.finish(
        delivery, expected=MailStatus.UNCERTAIN
    ):
        _end_doubt(delivery, room, at)
    return delivery


def _met_again(standing: Delivery, room: PostRoom, at: datetime) -> Delivery:
    if standing.status is not MailStatus.SENDING:
        return standing
    return _finish(replace(standing, status=MailStatus.UNCERTAIN, changed_at=at), room)


def _tell(
    delivery: Delivery, document: Document, settings: CompanySettings, room: PostRoom, at: datetime
) -> None:
    """List for print and tell a person, as often as the message comes: each is kept once."""
    if delivery.status in _ON_PAPER and settings.mail.print_house:
        room.prints.want(document.document_id)
    sentence = _UNDELIVERABLE.get(delivery.status)
    if sentence is not None:
        room.tasks.raise_task(
            document_task(
                kind=f"mail_{delivery.status}",
                document_id=document.document_id,
                number=document.number,
                sentence=sentence,
                at=at,
                about=str(delivery.attempt),
            )
        )
    if delivery.status is MailStatus.UNCERTAIN:
        _end_doubt(delivery, room, at)


def _end_doubt(delivery: Delivery, room: PostRoom, at: datetime) -> None:
    """Settle a doubt's task if whoever sent the mail has said meanwhile that it left."""
    standing = room.store.delivery(delivery.document_id)
    if standing is None or standing.status is MailStatus.UNCERTAIN:
        return
    task_id = document_task_id(f"mail_{MailStatus.UNCERTAIN}", delivery.document_id, str(delivery.attempt))
    room.tasks.settle_document_task(task_id, by="delivery", at=at)


def resend(document_id: str, *, store: DeliveryStore, at: datetime, to: str = "") -> bool:
    """Let a document's e-mail be sent once more, because a person asks; tell whether it is to be delivered.

    `to` is another address than the document names; `at` is the instant of the order, which asks no second time when
    it comes again. One that is being sent at this moment may not be asked for, and one never sent needs no asking.
    """
    standing = store.delivery(document_id)
    if standing is None:
        return False
    if standing.asked_at is not None and at <= standing.asked_at:
        # Whoever marked it may have died before it was handed on; delivering what went out already sends nothing.
        return True
    if standing.status is MailStatus.SENDING:
        return False
    if standing.status is MailStatus.RESEND:
        again = replace(standing, changed_at=at, to=to, asked_at=at)
    else:
        names = (*standing.earlier, standing.message_id) if standing.message_id else standing.earlier
        attempt = standing.attempt + 1
        again = Delivery(document_id, MailStatus.RESEND, "", at, attempt, names, to, at)
    return store.finish(again, expected=standing.status)
