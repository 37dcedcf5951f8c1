"""What the figures of `make scale` come to for a million contracts: arithmetic on them and on the published quotas.

``python -m benchmarks.million`` reads benchmarks/out/results.json and benchmarks/scale/aws_quotas.yaml, writes the key
``million`` beside the others and the table for docs/benchmarks.md. Times are those measured on the embedded cloud: its
answers take about as long as AWS's, its processors are whole ones, so a function of 512 MB would be slower there.
"""

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml

from infra.catalogue import FUNCTIONS
from kwit.billing.approval import BATCH_SIZE
from kwit.billing.runs import CHUNK_SIZE

CONTRACTS = 1_000_000
GOAL_S, STRETCH_S = 900, 300
_OUT = Path(__file__).with_name("out")
_QUOTAS = Path(__file__).with_name("scale") / "aws_quotas.yaml"
_FUNCTIONS = {one.name: one for one in FUNCTIONS}


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit, and the number of contracts a run may have before it is hit; `hit` says so for a million."""

    name: str
    contracts: int
    remedy: str

    @property
    def hit(self) -> bool:
        """Tell whether a million contracts are more."""
        return self.contracts < CONTRACTS


@dataclass(frozen=True, slots=True)
class Model:
    """Measured figures of a run, and quotas."""

    run: Mapping[str, Any]
    quotas: Mapping[str, Any]

    def seconds_of(self, function: str) -> float:
        """Return the seconds that a function works for each contract."""
        return float(self.run["by_function"][function]["ms_per_invoice"]) / 1000

    def parallel_s(self, function: str) -> float:
        """Return the seconds of a step whose messages are worked off side by side.

        Lambda takes messages with more and more functions at once, until the concurrency of the account is reached.
        """
        work = self.seconds_of(function) * CONTRACTS
        first, most = self.quotas["sqs_poller_concurrency_first"], self._concurrency(function)
        added = self.quotas["sqs_poller_concurrency_added_per_minute"] / 60
        rising = (most - first) / added
        done_rising = first * rising + added * rising**2 / 2
        if done_rising >= work:
            return (math.sqrt(first**2 + 2 * added * work) - first) / added
        return rising + (work - done_rising) / most

    def _concurrency(self, function: str) -> int:
        own = _FUNCTIONS[function].max_concurrency
        most = min(self.quotas["lambda_concurrency"], self.quotas["sqs_poller_concurrency_most"])
        return min(own, most) if own else most

    def issue_s(self, *, series: int) -> float:
        """Return the seconds of issuing, one batch after the other in each series."""
        return self.seconds_of("issue_documents") * CONTRACTS / series

    def table_writes_s(self, function: str) -> float:
        """Return the seconds that the writes of a step take at least at the rate of one table."""
        units = self.run["by_function"][function]["write_units_per_invoice"] * CONTRACTS
        return float(units) / self.quotas["dynamodb_table_write_units_per_s"]

    def run_partition_s(self) -> float:
        """Return the seconds that the results of chunks take at least in the one partition of a run."""
        item = math.ceil(self.run["result_bytes"] / 1024) * 2 + 2
        return item * CONTRACTS / CHUNK_SIZE / self.quotas["dynamodb_partition_write_units_per_s"]

    def close_megabytes(self) -> tuple[float, float]:
        """Return the memory that closing a run takes before the first contract, and for each, in MB."""
        base = min(peak for name, peak in self.run["peak_mb"].items() if name in _FUNCTIONS)
        return base, (self.run["peak_mb"]["close_billing_run"] - base) / self.run["contracts"]


def steps_of(model: Model) -> dict[str, float]:
    """Return the seconds of each step for a million contracts, one series of numbers."""
    rate = max(
        model.parallel_s("rate_contracts"),
        model.table_writes_s("rate_contracts"),
        model.run_partition_s(),
    )
    mail = CONTRACTS / model.quotas["ses_messages_per_s_assumed"]
    return {
        "plan": model.seconds_of("plan_billing_run") * CONTRACTS,
        "rate": rate,
        "close": model.seconds_of("close_billing_run") * CONTRACTS,
        "issue": model.issue_s(series=1),
        "render": max(model.parallel_s("render_documents"), model.table_writes_s("render_documents")),
        "mail": max(mail, model.parallel_s("deliver_documents")),
    }


def limits_of(model: Model) -> list[Limit]:
    """List limits by the number of contracts at which each is hit, the first first."""
    found = [*_of_one_function(model), *_of_one_series(model), *_of_tables(model)]
    per_s = model.quotas["ses_messages_per_s_assumed"]
    found.append(
        Limit(
            f"mail in {GOAL_S} s at {per_s} messages/s (assumed; SES publishes none)",
            per_s * GOAL_S,
            "an increase of the quota; mails go on after the run is issued",
        )
    )
    return sorted(found, key=lambda one: one.contracts)


def _of_one_function(model: Model) -> Iterator[Limit]:
    """Yield the limits of the two functions that see every contract of a run."""
    longest, most = model.quotas["lambda_timeout_s_most"], model.quotas["lambda_memory_mb_most"]
    for name in ("plan_billing_run", "close_billing_run"):
        seconds, each = _FUNCTIONS[name].timeout_seconds, model.seconds_of(name)
        told = f"time limit of {name} ({seconds} s), which reads every contract"
        yield Limit(told, int(seconds / each), f"{longest} s ({int(longest / each):,} contracts); then parts")
    base, each = model.close_megabytes()
    memory = _FUNCTIONS["close_billing_run"].memory_mb
    if each > 0:
        more = f"{most:,} MB ({int((most - base) / each):,} contracts)"
        yield Limit(f"memory of close_billing_run ({memory} MB)", int((memory - base) / each), more)


def _of_one_series(model: Model) -> Iterator[Limit]:
    """Yield when the batches of one series of numbers, one after the other, take longer than the goals."""
    each = model.seconds_of("issue_documents")
    for goal in (GOAL_S, STRETCH_S):
        told = f"one series of numbers in {goal} s, batches of {BATCH_SIZE} one after the other"
        yield Limit(told, int(goal / each), "more series: by unit of the company, by kind")


def _of_tables(model: Model) -> Iterator[Limit]:
    """Yield when the writes of a table or of the partition of a run take longer than the lower goal."""
    writes = model.quotas["dynamodb_table_write_units_per_s"]
    for name in ("rate_contracts", "issue_documents"):
        units = model.run["by_function"][name]["write_units_per_invoice"]
        told = f"writes of {name} to one table in {STRETCH_S} s ({writes:,} units/s)"
        yield Limit(told, int(writes * STRETCH_S / units), "an increase of the quota")
    share = model.run_partition_s() / CONTRACTS
    told = f"results of a run in one partition in {STRETCH_S} s"
    yield Limit(told, int(STRETCH_S / share), "results spread over some partitions by chunk")


def million(run: Mapping[str, Any], quotas: Mapping[str, Any]) -> dict[str, Any]:
    """Return times, limits and cost for a million contracts."""
    model = Model(run, quotas)
    steps = steps_of(model)
    issued = sum(steps[name] for name in ("plan", "rate", "close", "issue"))
    apart = issued - steps["issue"]
    limits = limits_of(model)
    return {
        "contracts": CONTRACTS,
        "quotas_as_of": str(quotas["as_of"]),
        "measured_contracts": run["contracts"],
        "steps_s": {name: round(seconds) for name, seconds in steps.items()},
        "rated_and_issued_s": round(issued),
        "goal_s": GOAL_S,
        "series_for_goal": math.ceil(steps["issue"] / (GOAL_S - apart)) if apart < GOAL_S else None,
        "first_limit": limits[0].name,
        "limits": [asdict(one) | {"hit": one.hit} for one in limits],
        "usd_before_mail": run["usd_per_million_invoices_before_mail"],
        "usd_with_mail": run["usd_per_million_invoices_with_mail"],
    }


def table(found: Mapping[str, Any]) -> str:
    """Write times and limits as Markdown."""
    rows = ["| Step | seconds |", "|---|---|"]
    rows += [f"| {name} | {seconds:,} |" for name, seconds in found["steps_s"].items()]
    rows += ["", "| Limit | hit at contracts | remedy |", "|---|---|---|"]
    for one in found["limits"]:
        name = f"**{one['name']}**" if one["hit"] else one["name"]
        rows.append(f"| {name} | {one['contracts']:,} | {one['remedy']} |")
    return "\n".join([*rows, ""])


def main() -> None:
    """Work it out, print it and keep it."""
    results = json.loads((_OUT / "results.json").read_text())
    found = million(results["scale"], yaml.safe_load(_QUOTAS.read_text()))
    (_OUT / "results.json").write_text(json.dumps(results | {"million": found}, indent=2) + "\n")
    (_OUT / "million.md").write_text(table(found))
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
