"""Records as SQS hands them to a function."""

import json
from collections.abc import Mapping
from typing import Any


def record(body: object, *, message_id: str = "m1", group: str = "") -> dict[str, Any]:
    """Wrap a body as SQS does; a group makes it a record of a FIFO queue."""
    attributes = {"ApproximateReceiveCount": "1", **({"MessageGroupId": group} if group else {})}
    text = body if isinstance(body, str) else json.dumps(body)
    return {"messageId": message_id, "body": text, "attributes": attributes, "eventSource": "aws:sqs"}


def batch(*records: Mapping[str, Any]) -> dict[str, Any]:
    """Put records into one event."""
    return {"Records": list(records)}
