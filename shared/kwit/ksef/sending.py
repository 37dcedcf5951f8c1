"""Send structured invoices to KSeF, each once; what cannot be sent now goes out under offline codes and follows.

Sending is not a transaction. A filing is claimed before it is sent, in the name of the message that asked for it.
When that message comes again, whoever worked on it is dead, and the invoice is sent again: KSeF itself tells a
repeat. It answers that it is a duplicate and names the first one's number, and that one's bytes are compared
(kwit.ksef.following).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from kwit.documents.document import Document
from kwit.documents.fa3_elements import has_attachment
from kwit.kernel.time import local_day
from kwit.ksef import preparing
from kwit.ksef.deadlines import send_by
from kwit.ksef.desk import FilingDesk
from kwit.ksef.failures import Failures
from kwit.ksef.filing import Filing, FilingStatus, Mode, invoice_hash
from kwit.ksef.links import certificate_link
from kwit.ksef.ports import (
    Availability,
    KsefBusyError,
    KsefRefusedError,
    KsefUnavailableError,
    Outgoing,
)
from kwit.registry.ksef_settings import KsefSettings

LEASE = timedelta(minutes=20)
"""How long a claim stands against other messages: longer than its own message can take to come again."""

_MODES = {
    Availability.AVAILABLE: Mode.OFFLINE24,
    Availability.MAINTENANCE: Mode.UNAVAILABLE,
    Availability.FAILURE: Mode.EMERGENCY,
}
_NO_TECHNICAL_CORRECTION = frozenset({21166, 21167})
"""KSeF has a right correction of the invoice already, or the invoice's status allows none (open-api.json)."""


class InvoiceChangedError(RuntimeError):
    """The kept bytes of an invoice are not those that its filing names; carries the document's id."""

    def __init__(self, document_id: str) -> None:
        super().__init__(f"the structured invoice of {document_id} is not the one that was kept")
        self.document_id = document_id


@dataclass(frozen=True, slots=True)
class Sent:
    """What sending came to: documents by what happened to them."""

    sent: tuple[str, ...] = ()
    offline: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Group:
    """Filings that go in one session, each with the bytes of its invoice."""

    members: list[tuple[Filing, bytes]]
    attached: bool = False


def send_documents(document_ids: Sequence[str], *, desk: FilingDesk, at: datetime, by: str) -> Sent:
    """Send the documents that are next in turn; ask again about those that are sent, draw those that have a number.

    `by` names the message that asks, the same each time it comes. What one document fails with is raised when the
    others are sent. Raises DocumentsUnknownError, InvoiceChangedError, and KsefRefusedError when KSeF refuses the
    call as a whole (credentials, rights): the documents stay waiting or go out offline first.
    """
    failures = Failures()
    documents = desk.documents.documents(document_ids)
    filings = _prepared(document_ids, documents, desk, at, failures)
    _ask_again(filings, desk)
    ready = _read([one for one in filings if _ready(one, by, at)], desk, failures)
    sent = Sent(waiting=tuple(one.document_id for one in filings if one.waits_for))
    for group in _groups(ready):
        with failures.kept():
            sent = _joined(sent, _send(group, documents, desk, by, at, failures))
    failures.tell()
    return sent


def _prepared(
    document_ids: Sequence[str],
    documents: Mapping[str, Document],
    desk: FilingDesk,
    at: datetime,
    failures: Failures,
) -> list[Filing]:
    """Return the filings of the documents that are kept, their invoices made."""
    standing = desk.filings.filings(document_ids)
    prepared = []
    for name in dict.fromkeys(document_ids):
        if name in documents:
            with failures.kept():
                prepared.append(
                    preparing.prepare(documents[name], desk=desk, standing=standing.get(name), at=at)
                )
    missing = tuple(one for one in document_ids if one not in documents)
    if missing:
        failures.met.append(preparing.DocumentsUnknownError(missing))
    return [one for one in prepared if one is not None]


def _read(filings: Sequence[Filing], desk: FilingDesk, failures: Failures) -> list[tuple[Filing, bytes]]:
    """Read the invoices that are to be sent, before any is claimed."""
    read = []
    for one in filings:
        with failures.kept():
            read.append((one, _invoice(one, desk)))
    return read


def _ask_again(filings: Sequence[Filing], desk: FilingDesk) -> None:
    """Repeat what an earlier message may have left undone: questions about sessions, requests to draw."""
    sessions: dict[str, list[str]] = {}
    for one in filings:
        if one.status is FilingStatus.SENT:
            sessions.setdefault(one.session, []).append(one.document_id)
    for session, names in sessions.items():
        desk.queue.follow(session, names)
    drawn = [one.document_id for one in filings if one.handed_out]
    if drawn:
        desk.renders.render(drawn)


def _ready(filing: Filing, by: str, at: datetime) -> bool:
    """Tell whether a filing may be claimed: made, not dated ahead, and claimed by nobody still at work."""
    if filing.issue_date > local_day(at) or not filing.file_key:
        return False
    if filing.status is FilingStatus.SENDING:
        return filing.claimed_by == by or filing.claimed_at is None or at - filing.claimed_at >= LEASE
    return filing.status is FilingStatus.WAITING


def _groups(ready: Sequence[tuple[Filing, bytes]]) -> list[_Group]:
    """Part invoices by how they are sent.

    A session declares one mode; a technical correction goes alone, whatever it has; of the others those with
    attachments go as packages only.
    """
    technical = [_Group([one]) for one in ready if one[0].corrected_hash]
    parts: dict[tuple[bool, bool], _Group] = {}
    for filing, invoice in ready:
        if filing.corrected_hash:
            continue
        attached = has_attachment(invoice)
        parts.setdefault((filing.offline, attached), _Group([], attached)).members.append((filing, invoice))
    return [*technical, *(parts[key] for key in sorted(parts))]


def _send(
    group: _Group,
    documents: Mapping[str, Document],
    desk: FilingDesk,
    by: str,
    at: datetime,
    failures: Failures,
) -> Sent:
    claimed: list[Filing] = []
    outgoing: list[Outgoing] = []
    for filing, invoice in group.members:
        with failures.kept():
            one = _claimed(filing, desk, by, at)
            if one is not None:
                claimed.append(one)
                outgoing.append(Outgoing(invoice, one.offline, one.corrected_hash))
    if not claimed:
        return Sent()
    names = tuple(one.document_id for one in claimed)
    batch_from = _chosen(claimed[0], documents, desk).batch_from
    many = not claimed[0].corrected_hash and len(claimed) >= batch_from
    try:
        session = desk.gateway.send(outgoing, batch=group.attached or many)
    except KsefBusyError as error:
        _give_back(claimed, desk)
        desk.queue.file(names, after=error.seconds)
        return Sent(waiting=names)
    except KsefUnavailableError:
        return _not_sent(claimed, documents, desk)
    except KsefRefusedError as error:
        if claimed[0].corrected_hash and error.code in _NO_TECHNICAL_CORRECTION:
            return _plainly(claimed, desk)
        _not_sent(claimed, documents, desk)
        raise
    for one in claimed:
        desk.filings.move(replace(one, status=FilingStatus.SENT, session=session, revision=one.revision + 1))
    desk.queue.follow(session, names)
    return Sent(sent=names)


def _claimed(filing: Filing, desk: FilingDesk, by: str, at: datetime) -> Filing | None:
    claimed = replace(
        filing,
        status=FilingStatus.SENDING,
        claimed_at=at,
        claimed_by=by,
        attempts=filing.attempts + 1,
        revision=filing.revision + 1,
    )
    return claimed if desk.filings.move(claimed) else None


def _invoice(filing: Filing, desk: FilingDesk) -> bytes:
    content = desk.files.get(filing.file_key)
    if invoice_hash(content) != filing.content_hash:
        raise InvoiceChangedError(filing.document_id)
    return content


def _chosen(filing: Filing, documents: Mapping[str, Document], desk: FilingDesk) -> KsefSettings:
    settings = desk.settings_of(documents[filing.document_id].read().settings_version)
    return settings.ksef or KsefSettings(since=filing.issue_date)


def _back(claimed: Filing) -> Filing:
    """Return a claimed filing as it waits again: nothing was taken, so it was no attempt."""
    return replace(
        claimed, status=FilingStatus.WAITING, attempts=claimed.attempts - 1, revision=claimed.revision + 1
    )


def _give_back(claimed: Sequence[Filing], desk: FilingDesk) -> None:
    for one in claimed:
        desk.filings.move(_back(one))


def _plainly(claimed: Sequence[Filing], desk: FilingDesk) -> Sent:
    """Let a technical correction that KSeF does not allow be sent as an invoice of its own.

    One that arrived unseen is told as a duplicate then, as any other.
    """
    names = tuple(one.document_id for one in claimed)
    for one in claimed:
        desk.filings.move(replace(_back(one), corrected_hash=""))
    desk.queue.file(names)
    return Sent(waiting=names)


def announced(desk: FilingDesk) -> Availability:
    """Return what is announced of KSeF; an announcement that cannot be read counts as none."""
    try:
        return desk.gateway.availability()
    except (KsefUnavailableError, KsefBusyError, KsefRefusedError):
        return Availability.AVAILABLE


def _not_sent(claimed: Sequence[Filing], documents: Mapping[str, Document], desk: FilingDesk) -> Sent:
    """Let invoices go out under offline codes; without a certificate for these they wait for KSeF."""
    availability = announced(desk)
    if availability is Availability.TOTAL_FAILURE:
        return _outside(claimed, desk)
    drawn: list[str] = []
    waiting: list[str] = []
    for one in claimed:
        back = _back(one)
        if not one.offline and _chosen(one, documents, desk).offline24:
            back = _offline(back, _MODES[availability], documents[one.document_id], desk)
        if desk.filings.move(back):
            (drawn if back.offline else waiting).append(one.document_id)
    if drawn:
        desk.renders.render(drawn)
    return Sent(offline=tuple(drawn), waiting=tuple(waiting))


def _offline(filing: Filing, mode: Mode, document: Document, desk: FilingDesk) -> Filing:
    """Issue a document offline: the codes its page bears, and the last day to send it."""
    if desk.signer is None:
        return filing
    nip = desk.settings_of(document.read().settings_version).seller.nip
    link = certificate_link(
        host=desk.code_host, nip=nip, content_hash=filing.content_hash, signer=desk.signer
    )
    last_day = send_by(mode=mode, issue_date=filing.issue_date, ended=None, holidays=desk.holidays)
    return replace(
        filing,
        mode=mode,
        certificate_link=link,
        send_by=last_day,
        page_key=filing.file_key,
        page_hash=filing.content_hash,
    )


def _outside(claimed: Sequence[Filing], desk: FilingDesk) -> Sent:
    """Issue documents outside KSeF, as a total failure demands: they are never sent and bear no code."""
    drawn = []
    for one in claimed:
        back = _back(one) if one.offline else replace(_back(one), status=FilingStatus.OUTSIDE)
        if desk.filings.move(back):
            drawn.append(one.document_id)
    desk.renders.render(drawn)
    return Sent(offline=tuple(drawn))


def _joined(one: Sent, other: Sent) -> Sent:
    return Sent(one.sent + other.sent, one.offline + other.offline, one.waiting + other.waiting)
