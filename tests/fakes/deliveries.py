"""Deliveries and a mail system in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from kwit.delivery.ports import Begun, Delivery, MailNotice, MailRefusedError, MailStatus, PrintPackage


@dataclass
class MemoryDeliveries:
    """One delivery per document, with the same conditions as the table has."""

    items: dict[str, Delivery] = field(default_factory=dict)
    said: dict[str, list[MailNotice]] = field(default_factory=dict)

    def begin(self, document_id: str, *, at: datetime) -> Begun:
        standing = self.items.get(document_id)
        if standing is None:
            self.items[document_id] = Delivery(document_id, MailStatus.SENDING, changed_at=at)
        elif standing.status is MailStatus.RESEND:
            self.items[document_id] = replace(standing, status=MailStatus.SENDING, changed_at=at)
        else:
            return Begun(standing, claimed=False)
        return Begun(self.items[document_id], claimed=True)

    def finish(self, delivery: Delivery, *, expected: MailStatus) -> bool:
        standing = self.items.get(delivery.document_id)
        if standing is None or standing.status is not expected:
            return False
        self.items[delivery.document_id] = delivery
        return True

    def release(self, delivery: Delivery) -> None:
        standing = self.items.get(delivery.document_id)
        if standing is None or standing.status is not MailStatus.SENDING:
            return
        if delivery.attempt:
            self.items[delivery.document_id] = replace(delivery, status=MailStatus.RESEND)
        else:
            del self.items[delivery.document_id]

    def delivery(self, document_id: str) -> Delivery | None:
        return self.items.get(document_id)

    def note(self, document_id: str, notice: MailNotice) -> None:
        known = self.said.setdefault(document_id, [])
        if notice not in known:
            known.append(notice)

    def notices(self, document_id: str) -> Sequence[MailNotice]:
        return sorted(self.said.get(document_id, []), key=lambda one: (one.at, one.kind, one.message_id))


@dataclass
class MemorySuppressions:
    """Marks of addresses, with the first reason."""

    marks: dict[str, str] = field(default_factory=dict)

    def suppressed(self, marks: Sequence[str]) -> frozenset[str]:
        return frozenset(one for one in marks if one in self.marks)

    def suppress(self, mark: str, *, why: str, at: datetime) -> None:
        self.marks.setdefault(mark, why)

    def lift(self, mark: str) -> None:
        self.marks.pop(mark, None)


@dataclass
class MemoryPrints:
    """Documents wanted on paper, and packages."""

    listed: list[str] = field(default_factory=list)
    bound: set[str] = field(default_factory=set)
    packages: dict[str, PrintPackage] = field(default_factory=dict)
    written: set[str] = field(default_factory=set)

    def want(self, document_id: str) -> None:
        if document_id not in self.bound and document_id not in self.listed:
            self.listed.append(document_id)

    def wanted(self) -> Sequence[str]:
        return list(self.listed)

    def bind(self, package: PrintPackage) -> None:
        if package.package_id not in self.written:
            self.packages.setdefault(package.package_id, package)

    def take_off(self, package: PrintPackage) -> None:
        self.bound |= set(package.document_ids)
        self.listed = [one for one in self.listed if one not in package.document_ids]

    def waiting(self) -> Sequence[PrintPackage]:
        found = [one for name, one in self.packages.items() if name not in self.written]
        return sorted(found, key=lambda one: (one.bound_on, one.package_id))

    def mark_written(self, package: PrintPackage) -> None:
        self.written.add(package.package_id)


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
