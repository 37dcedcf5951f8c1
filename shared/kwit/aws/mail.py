"""Mail by SES, and the one delivery per document in DynamoDB."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from kwit.aws import keys
from kwit.aws.codec import decode, encode
from kwit.aws.table import Item, Table, number, packed, text, unpacked
from kwit.delivery.ports import (
    Begun,
    Delivery,
    MailNotice,
    MailRefusedError,
    MailSender,
    MailStatus,
)

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client

DOCUMENT_TAG = "kwit-document"
_SAYS_NOTHING = frozenset({500, 502, 504})
"""Statuses of a fault after which nobody knows whether the message was taken; 503 turns it away."""


@dataclass(frozen=True, slots=True)
class SesSender:
    """Sends raw messages through SES; the document's id travels as a tag and comes back in events."""

    client: "SESV2Client"
    configuration_set: str

    def send(self, *, raw: bytes, sender: str, recipient: str, document_id: str) -> str:
        """Hand a message over and return SES's id of it.

        Raises MailRefusedError when SES took nothing; a fault of SES's own says nothing, and is raised as it came.
        """
        try:
            answer = self.client.send_email(
                FromEmailAddress=sender,
                Destination={"ToAddresses": [recipient]},
                Content={"Raw": {"Data": raw}},
                EmailTags=[{"Name": DOCUMENT_TAG, "Value": document_id}],
                ConfigurationSetName=self.configuration_set,
            )
        except ClientError as error:
            # A broken connection says nothing either, and is not caught here.
            if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) in _SAYS_NOTHING:
                raise
            raise MailRefusedError(error.response["Error"]["Code"]) from error
        return answer["MessageId"]


@dataclass(slots=True)
class PacedSender:
    """Sends no faster than the account may: so many messages a second over all that send at once."""

    sender: MailSender
    per_second: int
    senders: int
    clock: Callable[[], float] = time.monotonic
    pause: Callable[[float], None] = time.sleep
    _next: float = 0.0

    def send(self, *, raw: bytes, sender: str, recipient: str, document_id: str) -> str:
        """Hand a message over when its turn has come. Raises MailRefusedError."""
        wait = self._next - self.clock()
        if wait > 0:
            self.pause(wait)
        self._next = max(self._next, self.clock()) + self.senders / self.per_second
        return self.sender.send(raw=raw, sender=sender, recipient=recipient, document_id=document_id)


@dataclass(frozen=True, slots=True)
class DynamoDeliveries:
    """One delivery per document, and what the mail system said of it."""

    table: Table

    def begin(self, document_id: str, *, at: datetime) -> Begun:
        """Claim the document's e-mail, if it was never claimed or a person asked for it again."""
        claim = Delivery(document_id, MailStatus.SENDING, changed_at=at)
        while not self.table.put_new(keys.mail(document_id), **_attributes(claim)):
            standing = self.delivery(document_id)
            if standing is None:
                continue
            if standing.status is not MailStatus.RESEND:
                return Begun(standing, claimed=False)
            again = replace(standing, status=MailStatus.SENDING, changed_at=at)
            if self.finish(again, expected=MailStatus.RESEND):
                return Begun(again, claimed=True)
        return Begun(claim, claimed=True)

    def finish(self, delivery: Delivery, *, expected: MailStatus) -> bool:
        """Move a delivery from an expected status; tell whether it stood there."""
        values: dict[str, Any] = {f":{name}": value for name, value in _attributes(delivery).items()}
        names = ("mail_status", "message_id", "changed_at", "attempt", "earlier", "to_address", "asked_at")
        return self.table.update(
            keys.mail(delivery.document_id),
            expression=f"SET {', '.join(f'{name} = :{name}' for name in names)}",
            condition="mail_status = :expected",
            values=values | {":expected": text(str(expected))},
        )

    def release(self, delivery: Delivery) -> None:
        """Give a claimed e-mail back that was certainly not sent."""
        if delivery.attempt:
            self.finish(replace(delivery, status=MailStatus.RESEND), expected=MailStatus.SENDING)
            return
        self.table.delete(
            keys.mail(delivery.document_id),
            condition="mail_status = :sending",
            values={":sending": text(str(MailStatus.SENDING))},
        )

    def delivery(self, document_id: str) -> Delivery | None:
        """Return the delivery of a document."""
        item = self.table.get(keys.mail(document_id))
        return _delivery(document_id, item) if item else None

    def note(self, document_id: str, notice: MailNotice) -> None:
        """Keep what the mail system said; the same again changes nothing."""
        key = keys.mail_notice(document_id, notice.at, notice.kind, notice.message_id)
        self.table.put(key, data=packed(encode(notice)))

    def notices(self, document_id: str) -> Sequence[MailNotice]:
        """Return all that the mail system said of a document's e-mails, oldest first."""
        partition, prefix = keys.mail_notices(document_id)
        return [decode(MailNotice, unpacked(item)) for item in self.table.query(partition, prefix=prefix)]


def _attributes(delivery: Delivery) -> dict[str, dict[str, Any]]:
    changed = delivery.changed_at.isoformat() if delivery.changed_at else ""
    return {
        "mail_status": text(str(delivery.status)),
        "message_id": text(delivery.message_id),
        "changed_at": text(changed),
        "attempt": number(delivery.attempt),
        "earlier": {"L": [text(one) for one in delivery.earlier]},
        "to_address": text(delivery.to),
        "asked_at": text(delivery.asked_at.isoformat() if delivery.asked_at else ""),
    }


def _delivery(document_id: str, item: Item) -> Delivery:
    changed = item["changed_at"]["S"]
    asked = item["asked_at"]["S"] if "asked_at" in item else ""
    return Delivery(
        document_id,
        MailStatus(item["mail_status"]["S"]),
        item["message_id"]["S"],
        datetime.fromisoformat(changed) if changed else None,
        int(item["attempt"]["N"]) if "attempt" in item else 0,
        tuple(one["S"] for one in item["earlier"]["L"]) if "earlier" in item else (),
        item["to_address"]["S"] if "to_address" in item else "",
        datetime.fromisoformat(asked) if asked else None,
    )


@dataclass(frozen=True, slots=True)
class DynamoSuppressions:
    """Addresses that are not written to any more."""

    table: Table

    def suppressed(self, marks: Sequence[str]) -> frozenset[str]:
        """Return those of the marks that are suppressed."""
        items = self.table.get_many([keys.suppressed(one) for one in dict.fromkeys(marks)])
        return frozenset(item["pk"]["S"].removeprefix(keys.SUPPRESSED) for item in items)

    def suppress(self, mark: str, *, why: str, at: datetime) -> None:
        """Write to an address no more; the first reason stays."""
        self.table.put_new(keys.suppressed(mark), why=text(why), since=text(at.isoformat()))

    def lift(self, mark: str) -> None:
        """Write to an address again."""
        self.table.remove(keys.suppressed(mark))
