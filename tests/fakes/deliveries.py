"""Deliveries and a mail system in memory."""

from dataclasses import dataclass, field
from datetime import datetime

from kwit.delivery.ports import Delivery, MailRefusedError, MailStatus


@dataclass
class MemoryDeliveries:
    """One delivery per document, with the same conditions as the table has."""

    items: dict[str, Delivery] = field(default_factory=dict)

    def begin(self, document_id: str, *, at: datetime) -> Delivery | None:
        standing = self.items.get(document_id)
        if standing is None:
            self.items[document_id] = Delivery(document_id, MailStatus.SENDING, changed_at=at)
        return standing

    def finish(self, delivery: Delivery, *, expected: MailStatus) -> bool:
        standing = self.items.get(delivery.document_id)
        if standing is None or standing.status is not expected:
            return False
        self.items[delivery.document_id] = delivery
        return True

    def release(self, document_id: str) -> None:
        standing = self.items.get(document_id)
        if standing is not None and standing.status is MailStatus.SENDING:
            del self.items[document_id]

    def delivery(self, document_id: str) -> Delivery | None:
        return self.items.get(document_id)


@dataclass
class MemorySender:
    """Takes messages, refuses them with `refusal`, or dies with `crash` after it took one."""

    refusal: str = ""
    crash: BaseException | None = None
    sent: list[tuple[bytes, str, str, str]] = field(default_factory=list)

    def send(self, *, raw: bytes, sender: str, recipient: str, document_id: str) -> str:
        if self.refusal:
            raise MailRefusedError(self.refusal)
        self.sent.append((raw, sender, recipient, document_id))
        if self.crash is not None:
            raise self.crash
        return f"ses-{len(self.sent)}"
