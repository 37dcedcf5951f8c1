"""What a run costs on AWS: calls, units and GB-seconds of the functions' own log lines, at dated list prices."""

import importlib.resources
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

import yaml

# A message is sent once, received once and deleted once; the receiving is not among the functions' own calls.
_QUEUE_CALLS_PER_RECORD = 2


@dataclass(frozen=True, slots=True)
class AwsPrices:
    """List prices in USD, by name, and the day they were read."""

    as_of: str
    amounts: Mapping[str, Decimal]

    def of(self, name: str) -> Decimal:
        """Return a price in USD. Raises KeyError."""
        return self.amounts[name]


def read_prices() -> AwsPrices:
    """Read the price list that travels with kWit."""
    text = (importlib.resources.files("kwit.aws") / "aws_prices.yaml").read_text(encoding="utf-8")
    data = yaml.safe_load(text)
    words = {"as_of", "source"}
    return AwsPrices(
        str(data["as_of"]), {key: Decimal(value) for key, value in data.items() if key not in words}
    )


@dataclass(slots=True)
class StageUse:
    """What one function used: invocations, records, milliseconds, calls, units and GB-milliseconds."""

    invocations: int = 0
    records: int = 0
    failed: int = 0
    milliseconds: int = 0
    gb_milliseconds: Decimal = Decimal(0)
    calls: Counter[str] = field(default_factory=Counter)
    write_units: Decimal = Decimal(0)
    read_units: Decimal = Decimal(0)

    def usd(self, prices: AwsPrices) -> Decimal:
        """Estimate what this use costs, mail left out."""
        puts = self.calls["s3:PutObject"]
        gets = self.calls["s3:GetObject"]
        queue = sum(count for name, count in self.calls.items() if name.startswith("sqs:"))
        queue += self.records * _QUEUE_CALLS_PER_RECORD
        return (
            self.gb_milliseconds / 1000 * prices.of("lambda_gb_second")
            + self.invocations * prices.of("lambda_request")
            + self.write_units * prices.of("dynamodb_write_unit")
            + self.read_units * prices.of("dynamodb_read_unit")
            + puts * prices.of("s3_put")
            + gets * prices.of("s3_get")
            + queue * prices.of("sqs_request")
        )

    def mail_usd(self, prices: AwsPrices) -> Decimal:
        """Estimate what the mails of this use cost, without their attachments."""
        return self.calls["sesv2:SendEmail"] * prices.of("ses_recipient")


def use_of_logs(lines: Iterable[str]) -> StageUse:
    """Add up the «invocation» lines that a function logs; other lines are passed over."""
    use = StageUse()
    for line in lines:
        if '"invocation"' not in line:
            continue
        told = json.loads(line)
        figures = told["figures"]
        use.invocations += 1
        use.records += figures["Records"]
        use.failed += figures["Failed"]
        use.milliseconds += figures["Milliseconds"]
        use.gb_milliseconds += Decimal(figures["Milliseconds"]) * told["memory_mb"] / 1024
        use.calls.update(told["calls"])
        use.write_units += Decimal(told["units"]["write"])
        use.read_units += Decimal(told["units"]["read"])
    return use
