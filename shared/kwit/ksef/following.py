"""Learn what became of invoices in a session: numbers, refusals, repeats; nothing KSeF says is lost on a crash."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from kwit.ksef.desk import FilingDesk
from kwit.ksef.failures import Failures
from kwit.ksef.filing import Filing, FilingStatus, invoice_hash, upo_key
from kwit.ksef.ports import KsefBusyError, KsefRefusedError, KsefUnavailableError, Outcome, SessionState
from kwit.ksef.preparing import XML, ask_person
from kwit.ksef.words import (
    DUPLICATE,
    TAKEN,
    TRANSIENT,
    UNKNOWN_SESSION,
    invoice_sentence,
    session_sentence,
)

MOST_ATTEMPTS = 6
MOST_QUESTIONS = 12
"""After so many questions, each later than the one before, the daily watch goes on asking."""


@dataclass(frozen=True, slots=True)
class Followed:
    """What asking came to: documents by what happened to them."""

    taken: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    again: tuple[str, ...] = ()
    pending: tuple[str, ...] = ()


def follow_session(
    session: str, document_ids: Sequence[str], *, asked: int, desk: FilingDesk, at: datetime
) -> Followed:
    """Ask KSeF about a session and move each of its documents on; those still under work are asked about later.

    A document with a number is drawn unless it went out offline, and its correction, if one waits, is sent. What one
    document fails with is raised when the others are moved. Raises KsefUnavailableError, KsefBusyError,
    KsefRefusedError.
    """
    failures = Failures()
    found = desk.filings.filings(document_ids)
    waiting = [one for one in found.values() if one.status is FilingStatus.SENT and one.session == session]
    state = _state(session, desk) if waiting else SessionState(TAKEN, "")
    by_hash = {one.content_hash: one for one in state.outcomes}
    moved: list[Filing] = []
    away: KsefUnavailableError | KsefBusyError | None = None
    for one in waiting:
        try:
            with failures.kept():
                moved.append(_moved(one, by_hash.get(one.content_hash), state, desk, at))
        except (KsefUnavailableError, KsefBusyError) as error:
            away = error
            break
    _hand_on([*(one for one in found.values() if one not in waiting), *moved], desk)
    if away is not None:
        # What has its number is handed on; the others are asked about again by whoever asked.
        raise away
    by_status = {
        status: tuple(one.document_id for one in moved if one.status is status) for status in FilingStatus
    }
    pending = by_status[FilingStatus.SENT]
    if pending and asked < MOST_QUESTIONS:
        desk.queue.follow(session, pending, asked=asked + 1)
    failures.tell()
    return Followed(
        taken=by_status[FilingStatus.TAKEN],
        refused=by_status[FilingStatus.REFUSED],
        again=by_status[FilingStatus.WAITING],
        pending=pending,
    )


def _state(session: str, desk: FilingDesk) -> SessionState:
    """Ask about a session; one that KSeF does not know took nothing, so its invoices may be sent again."""
    try:
        return desk.gateway.session(session)
    except KsefRefusedError as error:
        if error.code != UNKNOWN_SESSION:
            raise
        return SessionState(error.code, error.words)


def _hand_on(filings: Sequence[Filing], desk: FilingDesk) -> None:
    """Ask for what follows, as often as the message comes: pages of documents with a number, corrections, repeats."""
    taken = [one for one in filings if one.status is FilingStatus.TAKEN]
    drawn = [one.document_id for one in taken if not one.offline]
    if drawn:
        desk.renders.render(drawn)
    starts = [name for one in taken for name in (one.document_id, *one.parts)]
    ends = desk.documents.chain_ends(starts) if starts else {}
    again = [one.document_id for one in filings if one.status is FilingStatus.WAITING and one.file_key]
    again += [end for original, end in ends.items() if end != original]
    if again:
        desk.queue.file(list(dict.fromkeys(again)))


def _moved(
    filing: Filing, outcome: Outcome | None, state: SessionState, desk: FilingDesk, at: datetime
) -> Filing:
    """Return the filing as KSeF's word moves it; unchanged while KSeF is at work."""
    if outcome is None:
        if state.pending:
            return filing
        told = session_sentence(state.code, state.words)
        return _kept(filing, _again(filing, state.code, told, desk, at), desk)
    if outcome.pending:
        return filing
    if outcome.taken:
        return _kept(filing, _taken(filing, outcome.ksef_number, outcome, desk), desk)
    return _kept(filing, _not_taken(filing, outcome, desk, at), desk)


def _kept(standing: Filing, moved: Filing, desk: FilingDesk) -> Filing:
    if moved == standing:
        return standing
    moved = replace(moved, revision=standing.revision + 1)
    if desk.filings.move(moved):
        return moved
    # Another message moved it in between; what it left is what stands.
    return desk.filings.filings([standing.document_id])[standing.document_id]


def _taken(filing: Filing, ksef_number: str, outcome: Outcome, desk: FilingDesk) -> Filing:
    taken = replace(
        filing,
        status=FilingStatus.TAKEN,
        ksef_number=ksef_number,
        taken_at=outcome.taken_at,
        code=outcome.code,
        problem="",
        session=outcome.original_session or filing.session,
    )
    return with_upo(taken, desk)


def with_upo(filing: Filing, desk: FilingDesk) -> Filing:
    """Fetch and keep the confirmation of receipt; a filing without it stays open, and is asked about again."""
    try:
        upo = desk.gateway.upo(filing.session, filing.ksef_number)
    except KsefRefusedError:
        return filing
    key = upo_key(filing)
    desk.files.put(key, upo, XML)
    return replace(filing, upo_key=key)


def _not_taken(filing: Filing, outcome: Outcome, desk: FilingDesk, at: datetime) -> Filing:
    told = invoice_sentence(outcome.code, outcome.words, outcome.details)
    if outcome.code == DUPLICATE and outcome.original_number:
        try:
            first = desk.gateway.invoice(outcome.original_number)
        except KsefRefusedError:
            # KSeF does not hand the first one out yet; it is asked for again.
            return filing
        # The same bytes: what looked lost had arrived. Other bytes: the number is another invoice's.
        if invoice_hash(first) == filing.content_hash:
            said = _first(filing, outcome, desk)
            if said is None:
                return filing
            doubled = replace(filing, doubles=(*filing.doubles, filing.session))
            return _taken(doubled, outcome.original_number, said, desk)
    elif outcome.code in TRANSIENT:
        return _again(filing, outcome.code, told, desk, at)
    return _refused(filing, outcome.code, told, desk, at)


def _first(filing: Filing, outcome: Outcome, desk: FilingDesk) -> Outcome | None:
    """Return what KSeF said of the invoice that a duplicate repeats, with the instant at which it was taken.

    None while KSeF is still at work on the session of that one; it is asked again.
    """
    known = replace(outcome, code=TAKEN)
    try:
        state = desk.gateway.session(outcome.original_session)
    except KsefRefusedError:
        return known
    found = [one for one in state.outcomes if one.taken and one.content_hash == filing.content_hash]
    if not found and state.pending:
        return None
    return replace(found[0], original_session=outcome.original_session) if found else known


def _again(filing: Filing, code: int, told: str, desk: FilingDesk, at: datetime) -> Filing:
    if filing.attempts >= MOST_ATTEMPTS:
        return _refused(filing, code, told, desk, at)
    return replace(filing, status=FilingStatus.WAITING, code=code, problem=told)


def _refused(filing: Filing, code: int, told: str, desk: FilingDesk, at: datetime) -> Filing:
    # A person may have settled the task of a session before.
    about = f"{filing.content_hash} {filing.session}"
    ask_person(filing, "ksef_refused", told, desk, at, about=about)
    return replace(filing, status=FilingStatus.REFUSED, code=code, problem=told)
