"""Mail by SES, and the one delivery per document in DynamoDB."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from kwit.aws import keys
from kwit.aws.table import Item, Table, text
from kwit.delivery.ports import Delivery, MailRefusedError, MailStatus

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client

DOCUMENT_TAG = "kwit-document"


@dataclass(frozen=True, slots=True)
class SesSender:
    """Sends raw messages through SES; the document's id travels as a tag and comes back in events."""

    client: "SESV2Client"
    configuration_set: str

    def send(self, *, raw: bytes, sender: str, recipient: str, document_id: str) -> str:
        """Hand a message over and return SES's id of it. Raises MailRefusedError."""
        try:
            answer = self.client.send_email(
                FromEmailAddress=sender,
                Destination={"ToAddresses": [recipient]},
                Content={"Raw": {"Data": raw}},
                EmailTags=[{"Name": DOCUMENT_TAG, "Value": document_id}],
                ConfigurationSetName=self.configuration_set,
            )
        except ClientError as error:
            # SES answered, so it took nothing; a broken connection says nothing and is not caught here.
            raise MailRefusedError(error.response["Error"]["Code"]) from error
        return answer["MessageId"]


@dataclass(frozen=True, slots=True)
class DynamoDeliveries:
    """One delivery per document."""

    table: Table

    def begin(self, document_id: str, *, at: datetime) -> Delivery | None:
        """Claim the document's e-mail; return None when this call claimed it, else what stands there."""
        attributes = _attributes(Delivery(document_id, MailStatus.SENDING, changed_at=at))
        while not self.table.put_new(keys.mail(document_id), **attributes):
            standing = self.delivery(document_id)
            if standing is not None:
                return standing
        return None

    def finish(self, delivery: Delivery, *, expected: MailStatus) -> bool:
        """Move a delivery from an expected status; tell whether it stood there."""
        values: dict[str, Any] = {f":{name}": value for name, value in _attributes(delivery).items()}
        return self.table.update(
            keys.mail(delivery.document_id),
            expression="SET mail_status = :mail_status, message_id = :message_id, changed_at = :changed_at",
            condition="mail_status = :expected",
            values=values | {":expected": text(str(expected))},
        )

    def release(self, document_id: str) -> None:
        """Give a claimed e-mail back that was certainly not sent."""
        self.table.delete(
            keys.mail(document_id),
            condition="mail_status = :sending",
            values={":sending": text(str(MailStatus.SENDING))},
        )

    def delivery(self, document_id: str) -> Delivery | None:
        """Return the delivery of a document."""
        item = self.table.get(keys.mail(document_id))
        return _delivery(document_id, item) if item else None


def _attributes(delivery: Delivery) -> dict[str, dict[str, str]]:
    changed = delivery.changed_at.isoformat() if delivery.changed_at else ""
    return {
        "mail_status": text(str(delivery.status)),
        "message_id": text(delivery.message_id),
        "changed_at": text(changed),
    }


def _delivery(document_id: str, item: Item) -> Delivery:
    changed = item["changed_at"]["S"]
    return Delivery(
        document_id,
        MailStatus(item["mail_status"]["S"]),
        item["message_id"]["S"],
        datetime.fromisoformat(changed) if changed else None,
    )
