"""Write the events SES would publish about a message sent in the embedded cloud.

The mailbox simulator's addresses (bounce@, suppressionlist@, complaint@simulator.amazonses.com) meet
their fate at once; every other mailbox receives the message.
Source: Amazon SES Developer Guide, "Retrieving Amazon SES event data from Amazon EventBridge" and
"Using the mailbox simulator".
"""

import json
from datetime import UTC, datetime
from email import policy
from email.parser import BytesHeaderParser
from email.utils import getaddresses
from typing import Any

SIMULATOR = "simulator.amazonses.com"
_DETAIL_TYPES = {
    "SEND": "Email Sent",
    "DELIVERY": "Email Delivered",
    "BOUNCE": "Email Bounced",
    "COMPLAINT": "Email Complaint Received",
}
_EVENT_TYPES = {"SEND": "Send", "DELIVERY": "Delivery", "BOUNCE": "Bounce", "COMPLAINT": "Complaint"}


def event_types(configuration_set: dict[str, Any] | None) -> frozenset[str]:
    """Say which outcomes a stored configuration set publishes to EventBridge, e.g. ``BOUNCE``."""
    destinations = ((configuration_set or {}).get("EventDestinations") or {}).values()
    return frozenset(
        kind
        for destination in destinations
        if destination["Enabled"] and destination.get("EventBridgeDestination")
        for kind in destination["MatchingEventTypes"]
    )


def outcomes(address: str) -> tuple[str, ...]:
    """Say what becomes of a message to ``address`` after it was sent."""
    local, _, domain = address.lower().partition("@")
    if domain != SIMULATOR:
        return ("DELIVERY",)
    match local.partition("+")[0]:
        case "bounce" | "suppressionlist":
            return ("BOUNCE",)
        case "complaint":
            return ("DELIVERY", "COMPLAINT")
        case _:
            return ("DELIVERY",)


def entries(
    *, request: dict[str, Any], message: bytes, message_id: str, matching: frozenset[str]
) -> list[dict[str, Any]]:
    """Write the PutEvents entries of one accepted SendEmail request, in the order they happen."""
    headers = BytesHeaderParser(policy=policy.default).parsebytes(message)
    destination = request.get("Destination") or {}
    recipients = [
        address
        for kind in ("ToAddresses", "CcAddresses", "BccAddresses")
        for address in destination.get(kind, [])
    ] or [address for _, address in getaddresses(headers.get_all("To", []))]
    recipients = [address for _, address in getaddresses(recipients)]
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    tags = {tag["Name"]: [tag["Value"]] for tag in request.get("EmailTags", [])}
    tags["ses:configuration-set"] = [request.get("ConfigurationSetName", "")]
    mail = {
        "timestamp": now,
        "source": request.get("FromEmailAddress") or str(headers["From"]),
        "messageId": message_id,
        "destination": recipients,
        "headersTruncated": False,
        "headers": [{"name": name, "value": str(value)} for name, value in headers.items()],
        "commonHeaders": {"subject": str(headers["Subject"]), "to": recipients},
        "tags": tags,
    }
    happened = [("SEND", recipients)] + [
        (kind, [address]) for address in recipients for kind in outcomes(address)
    ]
    return [
        {
            "Source": "aws.ses",
            "DetailType": _DETAIL_TYPES[kind],
            "Detail": json.dumps(
                {
                    "eventType": _EVENT_TYPES[kind],
                    "mail": mail,
                    _EVENT_TYPES[kind].lower(): _particulars(kind, concerned, message_id=message_id, now=now),
                }
            ),
        }
        for kind, concerned in happened
        if kind in matching
    ]


def _particulars(kind: str, recipients: list[str], *, message_id: str, now: str) -> dict[str, Any]:
    match kind:
        case "DELIVERY":
            return {
                "timestamp": now,
                "processingTimeMillis": 1,
                "recipients": recipients,
                "smtpResponse": "250 2.6.0 Message received",
            }
        case "BOUNCE":
            suppressed = recipients[0].startswith("suppressionlist")
            return {
                "feedbackId": f"bounce-{message_id}",
                "bounceType": "Permanent",
                "bounceSubType": "OnAccountSuppressionList" if suppressed else "General",
                "bouncedRecipients": [
                    {"emailAddress": address, "action": "failed", "status": "5.1.1"} for address in recipients
                ],
                "timestamp": now,
            }
        case "COMPLAINT":
            return {
                "feedbackId": f"complaint-{message_id}",
                "complaintSubType": None,
                "complaintFeedbackType": "abuse",
                "complainedRecipients": [{"emailAddress": address} for address in recipients],
                "timestamp": now,
            }
        case _:
            return {}
