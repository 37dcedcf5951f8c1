"""Follow what the mail system says of e-mails that were sent: statuses, proofs, suppressed addresses, tasks."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from kwit.delivery.message import MailAddressError, address_mark, checked_address
from kwit.delivery.ports import Delivery, DeliveryStore, MailNotice, MailStatus, PrintStore, Suppressions
from kwit.documents.document import Document
from kwit.documents.tasks import DocumentTask, DocumentTasks, document_task
from kwit.registry.company import CompanySettings

_FINAL = {MailStatus.BOUNCED, MailStatus.COMPLAINED, MailStatus.REJECTED}
_AFTER_SEND = {
    "Delivery": MailStatus.DELIVERED,
    "DeliveryDelay": MailStatus.DELAYED,
    "Bounce": MailStatus.BOUNCED,
    "Complaint": MailStatus.COMPLAINED,
    "Reject": MailStatus.REJECTED,
}
_TOLD: Mapping[MailStatus, str] = {
    MailStatus.DELAYED: "Poczta odbiorcy nie przyjęła jeszcze e-maila z fakturą; system ponawia próby.",
    MailStatus.BOUNCED: "Poczta odbiorcy odrzuciła e-mail z fakturą.",
    MailStatus.COMPLAINED: "Odbiorca oznaczył e-mail z fakturą jako niechciany; na ten adres już nie wysyłamy.",
    MailStatus.REJECTED: "System pocztowy odmówił wysłania e-maila z fakturą.",
}
_SETTLED_BY_DELIVERY = (MailStatus.DELAYED, MailStatus.UNCERTAIN)


@dataclass(frozen=True, slots=True)
class NoticeDesk:
    """What following notices works with."""

    store: DeliveryStore
    suppressions: Suppressions
    prints: PrintStore
    tasks: DocumentTasks


def follow_notice(
    *, document: Document, settings: CompanySettings, notice: MailNotice, desk: NoticeDesk
) -> Delivery | None:
    """Keep a notice as proof and move the delivery on by it; notices that change nothing return what stands.

    Notices may come twice, late or out of order: a bounce or complaint is never overwritten by a later notice of
    delivery or delay, and a notice of a message before the last one is kept as proof alone. Returns None for a
    document that was never sent.
    """
    desk.store.note(document.document_id, notice)
    moved = _moved(document.document_id, notice, desk.store)
    if moved is not None and moved.status is _AFTER_SEND.get(notice.kind):
        _act(moved, document, settings, notice, desk)
    return moved


def _moved(document_id: str, notice: MailNotice, store: DeliveryStore) -> Delivery | None:
    status = _AFTER_SEND.get(notice.kind)
    while True:
        standing = store.delivery(document_id)
        if standing is None or status is None or standing.status in _FINAL | {MailStatus.RESEND}:
            return standing
        if _of_another_mail(notice, standing):
            return standing
        if standing.status is MailStatus.DELIVERED and status is MailStatus.DELAYED:
            return standing
        name = notice.message_id or standing.message_id
        moved = replace(standing, status=status, message_id=name, changed_at=notice.at)
        # Another notice may move the delivery in between; then this one is weighed against what stands now.
        if store.finish(moved, expected=standing.status):
            return moved


def _of_another_mail(notice: MailNotice, standing: Delivery) -> bool:
    """Tell whether a notice is about another message than the delivery's last one, known before or not."""
    if notice.message_id in standing.earlier:
        return True
    return bool(notice.message_id and standing.message_id) and notice.message_id != standing.message_id


def _act(
    delivery: Delivery, document: Document, settings: CompanySettings, notice: MailNotice, desk: NoticeDesk
) -> None:
    """Do what a status asks for; all of it may be done again."""
    if delivery.status is MailStatus.DELIVERED:
        for status in _SETTLED_BY_DELIVERY:
            task_id = _task(delivery, document, status, notice).task_id
            desk.tasks.settle_document_task(task_id, by="delivery", at=notice.at)
        return
    desk.tasks.raise_task(_task(delivery, document, delivery.status, notice))
    lost = delivery.status is MailStatus.BOUNCED and notice.permanent
    if lost or delivery.status is MailStatus.COMPLAINED:
        mark = mark_of(document, to=delivery.to)
        if mark:
            desk.suppressions.suppress(mark, why=str(delivery.status), at=notice.at)
    if lost and settings.mail.print_house:
        desk.prints.want(document.document_id)


def mark_of(document: Document, *, to: str = "") -> str:
    """Return the mark of the address that a document goes to, empty where it has none."""
    try:
        return address_mark(checked_address(to or document.read().payer.email))
    except MailAddressError:
        return ""


def _task(delivery: Delivery, document: Document, status: MailStatus, notice: MailNotice) -> DocumentTask:
    return document_task(
        kind=f"mail_{status}",
        document_id=document.document_id,
        number=document.number,
        sentence=_TOLD.get(status, ""),
        at=notice.at,
        about=str(delivery.attempt),
    )
