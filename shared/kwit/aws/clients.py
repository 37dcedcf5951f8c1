"""Clients of AWS services, made once per process, each telling the meter what it called."""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sqs import SQSClient

# A lasting throttle must fail inside the function's time limit, so that SQS brings the message again.
_CONFIG = Config(
    retries={"mode": "standard", "total_max_attempts": 4},
    connect_timeout=3,
    read_timeout=20,
    max_pool_connections=10,
)
_METERED_WRITES = frozenset({"PutItem", "UpdateItem", "BatchWriteItem", "TransactWriteItems"})
_METERED_READS = frozenset({"GetItem", "Query", "BatchGetItem"})

# A mail whose answer is lost may have left: the client must not send it again by itself.
_ONCE = _CONFIG.merge(Config(retries={"mode": "standard", "total_max_attempts": 1}))


@dataclass(slots=True)
class CallMeter:
    """Counts AWS calls by service and operation, and DynamoDB's write and read units, since it was emptied."""

    calls: Counter[str] = field(default_factory=Counter)
    write_units: Decimal = Decimal(0)
    read_units: Decimal = Decimal(0)

    def watch(self, client: Any) -> None:
        """Listen to a client's calls; DynamoDB is asked to tell the units that each call consumed."""
        events = client.meta.events
        events.register("after-call", self._after)
        if client.meta.service_model.service_name == "dynamodb":
            for operation in _METERED_WRITES | _METERED_READS:
                events.register(f"provide-client-params.dynamodb.{operation}", _ask_for_units)

    def _after(self, *, model: Any, parsed: Any, **_: object) -> None:
        self.calls[f"{model.service_model.service_name}:{model.name}"] += 1
        consumed = parsed.get("ConsumedCapacity") if isinstance(parsed, dict) else None
        rows = consumed if isinstance(consumed, list) else [consumed] if consumed else []
        units = sum((Decimal(str(row.get("CapacityUnits", 0))) for row in rows), Decimal(0))
        if model.name in _METERED_WRITES:
            self.write_units += units
        else:
            self.read_units += units

    def take(self) -> "CallMeter":
        """Return what was counted and start from nothing."""
        taken = CallMeter(Counter(self.calls), self.write_units, self.read_units)
        self.calls.clear()
        self.write_units = self.read_units = Decimal(0)
        return taken


def _ask_for_units(*, params: dict[str, Any], **_: object) -> dict[str, Any]:
    return {"ReturnConsumedCapacity": "TOTAL", **params}


@dataclass(slots=True)
class Clients:
    """The AWS clients of one process, each made when first asked for."""

    meter: CallMeter = field(default_factory=CallMeter)
    _made: dict[str, Any] = field(default_factory=dict)

    def _client(self, service: str, config: Config = _CONFIG) -> Any:
        if service not in self._made:
            make: Any = boto3.client
            client = make(service, config=config)
            self.meter.watch(client)
            self._made[service] = client
        return self._made[service]

    @property
    def dynamodb(self) -> "DynamoDBClient":
        """Return the DynamoDB client."""
        client: DynamoDBClient = self._client("dynamodb")
        return client

    @property
    def s3(self) -> "S3Client":
        """Return the S3 client."""
        client: S3Client = self._client("s3")
        return client

    @property
    def sqs(self) -> "SQSClient":
        """Return the SQS client."""
        client: SQSClient = self._client("sqs")
        return client

    @property
    def ses(self) -> "SESV2Client":
        """Return the SES client."""
        client: SESV2Client = self._client("sesv2", _ONCE)
        return client

    @property
    def secrets(self) -> Any:
        """Return the Secrets Manager client."""
        return self._client("secretsmanager")
