"""What delivery asks of the mail system and of the store of what was sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol


class MailStatus(StrEnum):
    """Where the one e-mail of a document stands (status doręczenia)."""

    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    DELAYED = "delayed"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    REJECTED = "rejected"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    NO_ADDRESS = "no_address"
    WRONG_ADDRESS = "wrong_address"
    SUPPRESSED = "suppressed"
    RESEND = "resend"


@dataclass(frozen=True, slots=True)
class Delivery:
    """The state of a document's e-mail; `message_id` is the mail system's name for it.

    `attempt` counts how often a person asked for it to be sent again; `earlier` are the names of the messages before;
    `to` is the address that this person gave, where it is not the one on the document; `asked_at` is the instant of
    the last order, by which the same order is known when it comes again.
    """

    document_id: str
    status: MailStatus
    message_id: str = ""
    changed_at: datetime | None = None
    attempt: int = 0
    earlier: tuple[str, ...] = ()
    to: str = ""
    asked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Begun:
    """What asking for a document's e-mail came to: how it stands, and whether this call claimed it."""

    delivery: Delivery
    claimed: bool


@dataclass(frozen=True, slots=True)
class MailNotice:
    """What the mail system says of a message, kept as proof (dowód doręczenia).

    `kind` is its event: Delivery, DeliveryDelay, Bounce, Complaint, Reject. `permanent` tells of a bounce that trying
    again does not mend; `answer` is the mailbox's own answer, without addresses.
    """

    kind: str
    message_id: str
    at: datetime
    permanent: bool = False
    answer: str = ""


class MailRefusedError(RuntimeError):
    """The mail system refused a message before taking it; carries its code. Sending again is safe."""

    def __init__(self, code: str) -> None:
        super().__init__(f"the mail system refused the message: {code}")
        self.code = code


class MailSender(Protocol):
    """Sends a finished message."""

    def send(self, *, raw: bytes, sender: str, recipient: str, document_id: str) -> str:
        """Hand a message over and return the mail system's id of it. Raises MailRefusedError."""
        ...


class DeliveryStore(Protocol):
    """One delivery per document, and what the mail system said of it."""

    def begin(self, document_id: str, *, at: datetime) -> Begun:
        """Claim the document's e-mail, if it was never claimed or a person asked for it again."""
        ...

    def finish(self, delivery: Delivery, *, expected: MailStatus) -> bool:
        """Move a delivery from an expected status; tell whether it stood there."""
        ...

    def release(self, delivery: Delivery) -> None:
        """Give a claimed e-mail back that was certainly not sent."""
        ...

    def delivery(self, document_id: str) -> Delivery | None:
        """Return the delivery of a document."""
        ...

    def note(self, document_id: str, notice: MailNotice) -> None:
        """Keep what the mail system said; the same again changes nothing."""
        ...

    def notices(self, document_id: str) -> Sequence[MailNotice]:
        """Return all that the mail system said of a document's e-mails, oldest first."""
        ...


class Suppressions(Protocol):
    """Addresses that are not written to any more, by a mark that does not give the address away."""

    def suppressed(self, marks: Sequence[str]) -> frozenset[str]:
        """Return those of the marks that are suppressed."""
        ...

    def suppress(self, mark: str, *, why: str, at: datetime) -> None:
        """Write to an address no more; the first reason stays."""
        ...

    def lift(self, mark: str) -> None:
        """Write to an address again."""
        ...


@dataclass(frozen=True, slots=True)
class PrintPackage:
    """Documents that go to the print house together (paczka do druku), by their ids in order."""

    package_id: str
    bound_on: date
    document_ids: tuple[str, ...]


class PrintStore(Protocol):
    """Documents that go out on paper: those wanted, and the packages that they are bound to."""

    def want(self, document_id: str) -> None:
        """List a document for print unless it is bound to a package or listed already."""
        ...

    def wanted(self) -> Sequence[str]:
        """Return the listed documents."""
        ...

    def bind(self, package: PrintPackage) -> None:
        """Keep a package, once."""
        ...

    def take_off(self, package: PrintPackage) -> None:
        """Mark its documents as bound and take them off the list; doing it again changes nothing."""
        ...

    def waiting(self) -> Sequence[PrintPackage]:
        """Return the packages that are bound and not yet written, in order."""
        ...

    def mark_written(self, package: PrintPackage) -> None:
        """Mark a package as written; from then on it is never written again."""
        ...
