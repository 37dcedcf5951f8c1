"""Watch over filings that are not finished: send what waits, ask what is pending, tell what is late."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from kwit.ksef.deadlines import send_by
from kwit.ksef.desk import FilingDesk
from kwit.ksef.filing import Filing, FilingStatus, Mode
from kwit.ksef.following import with_upo
from kwit.ksef.ports import Availability, KsefBusyError, KsefUnavailableError
from kwit.ksef.preparing import ask_person

_SENDABLE = {FilingStatus.WAITING, FilingStatus.SENDING}
_OPEN_ENDED = {Mode.UNAVAILABLE, Mode.EMERGENCY}
_PART = 90


@dataclass(frozen=True, slots=True)
class Watched:
    """What the watch found: documents asked to be sent, asked about, refused and not yet mended, and late."""

    sending: tuple[str, ...] = ()
    asking: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    late: tuple[str, ...] = ()


def watch_filings(*, day: date, desk: FilingDesk, at: datetime) -> Watched:
    """Look at every open filing on a day: the day tells what is late, and from when an outage's days are counted."""
    filings = _dated(desk.filings.open_filings(), day, desk)
    sending = [one for one in filings if one.status in _SENDABLE]
    asking = [one for one in filings if one.status is FilingStatus.SENT]
    late = [one for one in filings if one.send_by is not None and one.send_by < day and not one.ksef_number]
    for one in late:
        ask_person(
            one,
            "ksef_late",
            f"Faktura wystawiona offline miała trafić do KSeF do {one.send_by:%d.%m.%Y}.",
            desk,
            at,
        )
    for first in range(0, len(sending), _PART):
        desk.queue.file([one.document_id for one in sending[first : first + _PART]])
    _ask(asking, desk)
    _fetch([one for one in filings if one.status is FilingStatus.TAKEN], desk)
    refused = [one for one in filings if one.status in {FilingStatus.REFUSED, FilingStatus.INVALID}]
    return Watched(_names(sending), _names(asking), _names(refused), _names(late))


def _names(filings: Sequence[Filing]) -> tuple[str, ...]:
    return tuple(one.document_id for one in filings)


def _dated(filings: Sequence[Filing], day: date, desk: FilingDesk) -> list[Filing]:
    """Give invoices of an announced outage their last day, once the outage is over."""
    undated = {one.document_id for one in filings if one.mode in _OPEN_ENDED and one.send_by is None}
    if not undated or desk.gateway.availability() is not Availability.AVAILABLE:
        return list(filings)
    return [_with_last_day(one, day, desk) if one.document_id in undated else one for one in filings]


def _with_last_day(filing: Filing, day: date, desk: FilingDesk) -> Filing:
    last_day = send_by(mode=filing.mode, issue_date=filing.issue_date, ended=day, holidays=desk.holidays)
    dated = replace(filing, send_by=last_day, revision=filing.revision + 1)
    return dated if desk.filings.move(dated) else filing


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
            moved = with_upo(one, one.session, desk)
        except (KsefUnavailableError, KsefBusyError):
            return
        if moved != one:
            desk.filings.move(replace(moved, revision=one.revision + 1))
