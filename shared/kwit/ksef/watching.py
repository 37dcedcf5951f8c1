"""Watch over filings that are not finished: send what waits, ask what is pending, tell what is late."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from kwit.ksef.deadlines import send_by
from kwit.ksef.desk import FilingDesk
from kwit.ksef.filing import Filing, FilingStatus, Mode
from kwit.ksef.following import with_upo
from kwit.ksef.ports import Availability, KsefBusyError, KsefUnavailableError
from kwit.ksef.preparing import ask_person
from kwit.ksef.sending import announced

_SENDABLE = {FilingStatus.WAITING, FilingStatus.SENDING}
_OPEN_ENDED = {Mode.UNAVAILABLE, Mode.EMERGENCY}
_PART = 90
_SILENCE = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Watched:
    """What the watch found: documents asked to be sent, asked about, refused and not yet mended, and late."""

    sending: tuple[str, ...] = ()
    asking: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    late: tuple[str, ...] = ()


def watch_filings(*, day: date, desk: FilingDesk, at: datetime) -> Watched:
    """Look at every open filing on a day: the day tells what is late, and from when an outage's days are counted."""
    filings = list(desk.filings.open_filings())
    over = any(_undated(one) for one in filings) and announced(desk) is Availability.AVAILABLE
    sending = [one for one in filings if one.status in _SENDABLE]
    asking = [one for one in filings if one.status is FilingStatus.SENT]
    late = [one for one in filings if one.send_by is not None and one.send_by < day and not one.ksef_number]
    _tell_late(late, desk, at)
    _tell_silent(asking, desk, at)
    for first in range(0, len(sending), _PART):
        part = sending[first : first + _PART]
        # Each part is dated just before it is sent: of a long list some is done whenever this is stopped.
        _date(part if over else (), day, desk)
        desk.queue.file([one.document_id for one in part])
    _ask(asking, desk)
    _date([one for one in filings if over and one.status not in _SENDABLE], day, desk)
    _fetch([one for one in filings if one.status is FilingStatus.TAKEN], desk)
    refused = [one for one in filings if one.status in {FilingStatus.REFUSED, FilingStatus.INVALID}]
    return Watched(_names(sending), _names(asking), _names(refused), _names(late))


def _tell_late(late: Sequence[Filing], desk: FilingDesk, at: datetime) -> None:
    for one in late:
        sentence = f"Faktura wystawiona offline miała trafić do KSeF do {one.send_by:%d.%m.%Y}."
        ask_person(one, "ksef_late", sentence, desk, at)


def _tell_silent(asking: Sequence[Filing], desk: FilingDesk, at: datetime) -> None:
    for one in asking:
        if one.claimed_at is not None and at - one.claimed_at > _SILENCE:
            sentence = f"KSeF nie mówi od dwóch dni, co stało się z fakturą wysłaną w sesji {one.session}."
            ask_person(one, "ksef_silent", sentence, desk, at, about=one.session)


def _names(filings: Sequence[Filing]) -> tuple[str, ...]:
    return tuple(one.document_id for one in filings)


def _undated(filing: Filing) -> bool:
    return filing.mode in _OPEN_ENDED and filing.send_by is None and not filing.ksef_number


def _date(filings: Sequence[Filing], day: date, desk: FilingDesk) -> None:
    """Give invoices of an announced outage their last day, once the outage is over.

    It may have ended in the night before the day's first look, so the day before is taken: a person may hear of a
    late invoice a day early, never a day late.
    """
    ended = day - timedelta(days=1)
    for one in filings:
        # One that is being sent is left to whoever sends it, who could not mark it as sent any more.
        if _undated(one) and one.status is not FilingStatus.SENDING:
            last_day = send_by(mode=one.mode, issue_date=one.issue_date, ended=ended, holidays=desk.holidays)
            desk.filings.move(replace(one, send_by=last_day, revision=one.revision + 1))


def _ask(filings: Sequence[Filing], desk: FilingDesk) -> None:
    sessions: dict[str, list[str]] = {}
    for one in filings:
        sessions.setdefault(one.session, []).append(one.document_id)
    for session, names in sessions.items():
        desk.queue.follow(session, names)


def _fetch(filings: Sequence[Filing], desk: FilingDesk) -> None:
    """Fetch confirmations that KSeF had not made yet; what cannot be had now is asked for at the next watch."""
    for one in filings:
        try:
            moved = with_upo(one, desk)
        except (KsefUnavailableError, KsefBusyError):
            return
        if moved != one:
            desk.filings.move(replace(moved, revision=one.revision + 1))
