"""What a run costs on AWS: calls, units and GB-seconds of the functions' own log lines, at dated list prices."""

import importlib.resources
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

import yaml

# What Lambda itself asks of a queue is not among the functions' own calls: it receives and deletes the messages
# of an invocation ten at a time.
_MESSAGES_OF_A_CALL = 10
_FULL_CPU_MB = 1769
"""The memory at which a function has one whole vCPU; below it has a share."""
_LOG_EVENT_BYTES = 26
"""What CloudWatch Logs counts for each event beside its text."""


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
    """What one function used: invocations, records, milliseconds, calls, units and GB-milliseconds.

    `cpu_gb_milliseconds` is `gb_milliseconds` with the processor's time drawn out to the share of a vCPU that the
    function's memory buys on AWS; `polls` are the calls by which Lambda works its queue off.
    """

    invocations: int = 0
    records: int = 0
    failed: int = 0
    milliseconds: int = 0
    gb_milliseconds: Decimal = Decimal(0)
    cpu_milliseconds: int = 0
    cpu_gb_milliseconds: Decimal = Decimal(0)
    polls: int = 0
    log_bytes: int = 0
    calls: Counter[str] = field(default_factory=Counter)
    write_units: Decimal = Decimal(0)
    read_units: Decimal = Decimal(0)

    def usd(self, prices: AwsPrices, *, shared_cpu: bool = False) -> Decimal:
        """Estimate what this use costs, mail left out.

        With `shared_cpu` the processor's time counts as it would at the share of a vCPU that the memory buys.
        """
        gb_milliseconds = self.cpu_gb_milliseconds if shared_cpu else self.gb_milliseconds
        puts = self.calls["s3:PutObject"]
        gets = self.calls["s3:GetObject"]
        queue = sum(count for name, count in self.calls.items() if name.startswith("sqs:"))
        queue += self.polls
        return (
            gb_milliseconds / 1000 * prices.of("lambda_gb_second")
            + self.invocations * prices.of("lambda_request")
            + self.write_units * prices.of("dynamodb_write_unit")
            + self.read_units * prices.of("dynamodb_read_unit")
            + puts * prices.of("s3_put")
            + gets * prices.of("s3_get")
            + queue * prices.of("sqs_request")
            + Decimal(self.log_bytes) / 1024**3 * prices.of("logs_gb")
        )

    def mail_usd(self, prices: AwsPrices) -> Decimal:
        """Estimate what the mails of this use cost, without their attachments."""
        return self.calls["sesv2:SendEmail"] * prices.of("ses_recipient")

    def less(self, before: "StageUse") -> "StageUse":
        """Return what was used since `before`."""
        calls = Counter(self.calls)
        calls.subtract(before.calls)
        return StageUse(
            invocations=self.invocations - before.invocations,
            records=self.records - before.records,
            failed=self.failed - before.failed,
            milliseconds=self.milliseconds - before.milliseconds,
            gb_milliseconds=self.gb_milliseconds - before.gb_milliseconds,
            cpu_milliseconds=self.cpu_milliseconds - before.cpu_milliseconds,
            cpu_gb_milliseconds=self.cpu_gb_milliseconds - before.cpu_gb_milliseconds,
            polls=self.polls - before.polls,
            log_bytes=self.log_bytes - before.log_bytes,
            calls=+calls,
            write_units=self.write_units - before.write_units,
            read_units=self.read_units - before.read_units,
        )


def use_of_logs(lines: Iterable[str]) -> StageUse:
    """Add up the «invocation» lines that a function logs; other lines are passed over."""
    use = StageUse()
    for line in lines:
        use.log_bytes += len(line.encode()) + _LOG_EVENT_BYTES
        if '"invocation"' not in line:
            continue
        told = json.loads(line)
        figures = told["figures"]
        use.invocations += 1
        use.records += figures["Records"]
        use.failed += figures["Failed"]
        use.milliseconds += figures["Milliseconds"]
        cpu = figures.get("CpuMilliseconds", 0)
        memory = Decimal(told["memory_mb"])
        # Waiting takes as long everywhere; what is worked takes longer on a share of a processor.
        share = max(Decimal(_FULL_CPU_MB) / memory, Decimal(1)) if memory else Decimal(1)
        drawn_out = figures["Milliseconds"] + cpu * (share - 1)
        use.gb_milliseconds += figures["Milliseconds"] * memory / 1024
        use.cpu_milliseconds += cpu
        use.cpu_gb_milliseconds += drawn_out * memory / 1024
        use.polls += 2 * max(-(-figures["Records"] // _MESSAGES_OF_A_CALL), 1)
        use.calls.update(told["calls"])
        use.write_units += Decimal(told["units"]["write"])
        use.read_units += Decimal(told["units"]["read"])
    return use
