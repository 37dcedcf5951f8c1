"""What the sending of structured invoices asks of KSeF (Krajowy System e-Faktur, API 2.0)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from kwit.documents.fa3_elements import has_attachment


class Availability(StrEnum):
    """Whether KSeF takes invoices, as the Ministry announces it (Latarnia KSeF)."""

    AVAILABLE = "available"
    MAINTENANCE = "maintenance"
    FAILURE = "failure"
    TOTAL_FAILURE = "total_failure"


class KsefUnavailableError(RuntimeError):
    """KSeF cannot be reached or answers with a fault of its own; carries what was seen."""

    def __init__(self, seen: str) -> None:
        super().__init__(f"KSeF is not available: {seen}")
        self.seen = seen


class KsefBusyError(RuntimeError):
    """KSeF asks to be called later (HTTP 429); carries the seconds it names. Nothing was taken."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"KSeF asks to wait {seconds} s")
        self.seconds = seconds


class KsefRefusedError(RuntimeError):
    """KSeF refused a call; carries its code and words. Nothing was taken, and the same call is refused again."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(f"KSeF refuses: {code} {words}")
        self.code = code
        self.words = words


class WrongPackageError(ValueError):
    """The invoices cannot go in one session; carries how many there are and why not."""

    def __init__(self, invoices: int, why: str) -> None:
        super().__init__(f"{invoices} invoices cannot go in one session: {why}")
        self.invoices = invoices
        self.why = why


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A structured invoice to be sent: its bytes as they are kept.

    `corrected_hash` is the base64 SHA-256 of a refused offline invoice that this one corrects technically
    (korekta techniczna); such a one goes in an online session of its own.
    """

    content: bytes
    offline: bool = False
    corrected_hash: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What KSeF says of one invoice of a session.

    `content_hash` is the base64 SHA-256 of the invoice's bytes, by which it is told apart. Codes below 200 mean that
    it is still under work, 200 that it is taken, others that it is not; `original_number` is the number of the
    invoice that a duplicate (440) repeats.
    """

    content_hash: str
    code: int
    words: str
    details: tuple[str, ...] = ()
    ksef_number: str = ""
    taken_at: datetime | None = None
    original_number: str = ""
    original_session: str = ""

    @property
    def pending(self) -> bool:
        """Tell whether KSeF is still at work on it."""
        return self.code < 200

    @property
    def taken(self) -> bool:
        """Tell whether KSeF gave it a number."""
        return self.code == 200


@dataclass(frozen=True, slots=True)
class SessionState:
    """What KSeF says of a session: its status code and words, and the outcome of each invoice it has seen.

    Codes below 200 mean that it is open or under work; others but 200 that the session as a whole failed. When it is
    not pending, an invoice without an outcome of its own was not taken and may be sent again.
    """

    code: int
    words: str
    outcomes: tuple[Outcome, ...] = ()

    @property
    def pending(self) -> bool:
        """Tell whether KSeF is still at work on it."""
        return self.code < 200


class KsefGateway(Protocol):
    """Calls KSeF in the seller's name. Every method may raise the three errors above."""

    def send(self, invoices: Sequence[Outgoing], *, batch: bool) -> str:
        """Send invoices in one session, close it and return its reference number.

        A batch session sends them as one package and declares the mode for all of them: the invoices must agree
        in `offline`, and none may be a technical correction. An online session sends one after another; of invoices
        with attachments it takes technical corrections alone.

        Whoever gets one of the three errors knows that nothing was taken. Once something may have been taken, the
        reference number is returned whatever happens then, even if some invoices were not sent: ask `session`.
        Raises WrongPackageError.
        """
        ...

    def session(self, reference: str) -> SessionState:
        """Return what became of a session and of every invoice in it, all pages of the list read.

        A session found open is closed: the number of one comes only from a `send` that has ended.
        """
        ...

    def upo(self, reference: str, ksef_number: str) -> bytes:
        """Return the official confirmation of receipt (UPO, XML) of an invoice of a session."""
        ...

    def invoice(self, ksef_number: str) -> bytes:
        """Return the bytes of an invoice that KSeF holds."""
        ...

    def availability(self) -> Availability:
        """Return whether KSeF takes invoices, as announced; unreachable announcements count as available."""
        ...


def check_package(invoices: Sequence[Outgoing], *, batch: bool) -> None:
    """Raise WrongPackageError unless invoices can go in one session of a kind."""
    if not invoices:
        raise WrongPackageError(0, "there are none")
    if any(one.corrected_hash for one in invoices) and (batch or len(invoices) > 1):
        raise WrongPackageError(len(invoices), "a technical correction goes in an online session of its own")
    if batch and len({one.offline for one in invoices}) > 1:
        raise WrongPackageError(len(invoices), "a batch session declares one mode for all")
    if not batch and any(has_attachment(one.content) and not one.corrected_hash for one in invoices):
        raise WrongPackageError(len(invoices), "an invoice with an attachment goes in a batch session")


class OfflineSigner(Protocol):
    """Signs verification links with the seller's KSeF certificate of type Offline."""

    @property
    def serial(self) -> str:
        """The certificate's serial number as the link names it."""
        ...

    def sign(self, text: str) -> str:
        """Return the signature of a text as base64url without padding (ECDSA P-256 as R||S, or RSASSA-PSS)."""
        ...


class KsefQueue(Protocol):
    """Asks for work on filings; a request may arrive twice or late."""

    def file(self, document_ids: Sequence[str], *, after: int = 0) -> None:
        """Ask for documents to be sent, after some seconds at the earliest."""
        ...

    def follow(self, session: str, document_ids: Sequence[str], *, asked: int = 0) -> None:
        """Ask what became of documents in a session; the more often it was asked, the later it is asked again."""
        ...


class InvoiceFiles(Protocol):
    """Where structured invoices and confirmations are kept."""

    def put(self, key: str, content: bytes, content_type: str) -> None:
        """Write a file; the same bytes again change nothing."""
        ...

    def get(self, key: str) -> bytes:
        """Read a file."""
        ...
