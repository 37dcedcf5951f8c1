"""What delivery asks of the mail system and of the store of what was sent."""

from dataclasses import dataclass
from datetime import datetime
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


@dataclass(frozen=True, slots=True)
class Delivery:
    """The state of a document's e-mail; `message_id` is the mail system's name for it."""

    document_id: str
    status: MailStatus
    message_id: str = ""
    changed_at: datetime | None = None


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
    """One delivery per document."""

    def begin(self, document_id: str, *, at: datetime) -> Delivery | None:
        """Claim the document's e-mail; return None when this call claimed it, else what stands there."""
        ...

    def finish(self, delivery: Delivery, *, expected: MailStatus) -> bool:
        """Move a delivery from an expected status; tell whether it stood there."""
        ...

    def release(self, document_id: str) -> None:
        """Give a claimed e-mail back that was certainly not sent."""
        ...

    def delivery(self, document_id: str) -> Delivery | None:
        """Return the delivery of a document."""
        ...
