"""Load a portfolio by the project's own imports, fire the schedules of its day, and time every step from outside."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from benchmarks.scale.memory import MemoryWatch
from benchmarks.scale.portfolio import reading_files, registry_files
from events.portfolio import BUSINESS_DATE, Customer
from infra.catalogue import FUNCTIONS
from infra.local import schedules
from infra.local.cloud import EmbeddedCloud
from infra.local.synth import ROOT
from kwit.aws.cost import StageUse, use_of_logs
from kwit.tariffs.packaged import shipped_price_lists

_SAMPLES = ROOT / "events" / "inbox"
_PATIENCE_SECONDS = 3600.0
STAGES = {
    "plan_billing_run": "planned",
    "rate_contracts": "rated",
    "close_billing_run": "closed",
    "issue_documents": "issued",
    "render_documents": "rendered",
    "deliver_documents": "mailed",
    "handle_mail_events": "followed",
}


@dataclass(slots=True)
class Fired:
    """What the day came to: seconds of each schedule, spans of the run's stages, each function's use."""

    seconds: dict[str, float] = field(default_factory=dict)
    stages: dict[str, tuple[float, float]] = field(default_factory=dict)
    use: dict[str, StageUse] = field(default_factory=dict)
    emulator_cpu_s: float = 0.0


class LoadError(Exception):
    """Tell which dropped file was not taken whole."""


def load(cloud: EmbeddedCloud, portfolio: list[Customer], *, say: Callable[[str], None]) -> dict[str, float]:
    """Drop settings, price lists, registry and states; return the seconds of each. Raises ``LoadError``."""
    first = {"settings/company.yaml": (_SAMPLES / "settings" / "company.yaml").read_bytes()}
    first |= {f"price-lists/{name}": content for name, content in shipped_price_lists().items()}
    for path in sorted((_SAMPLES / "price-lists").glob("*.yaml")):
        first[f"price-lists/{path.name}"] = path.read_bytes()
    seconds = {}
    parts: tuple[tuple[str, Mapping[str, bytes]], ...] = (
        ("settings", first),
        ("registry", dict(registry_files(portfolio))),
        ("readings", dict(reading_files(portfolio))),
    )
    for name, files in parts:
        began = time.monotonic()
        for key, content in files.items():
            _put(cloud, key, content)
        cloud.wait_idle(_PATIENCE_SECONDS)
        seconds[name] = time.monotonic() - began
        for key in files:
            _check(cloud, key)
        say(f"{name}: {len(files)} files in {seconds[name]:.1f} s")
    return seconds


def _put(cloud: EmbeddedCloud, key: str, content: bytes) -> None:
    bucket = cloud.outputs["InboxBucketName"]
    cloud.client("s3").put_object(Bucket=bucket, Key=f"inbox/{key}", Body=content)


def _check(cloud: EmbeddedCloud, key: str) -> None:
    bucket = cloud.outputs["InboxBucketName"]
    answer = cloud.client("s3").get_object(Bucket=bucket, Key=f"results/{key}.json")
    result = json.loads(answer["Body"].read())
    if result["status"] != "accepted":
        raise LoadError(f"{key}: {result['status']}, {result['findings'][:3]}")


def fire_day(cloud: EmbeddedCloud, memory: MemoryWatch, *, say: Callable[[str], None]) -> Fired:
    """Fire each schedule of the business day, one after the other, each when the queues are empty."""
    fired = Fired()
    midnight = datetime.combine(BUSINESS_DATE, datetime.min.time(), tzinfo=UTC)
    before = uses(cloud)
    began_run = 0.0
    for due in _due(cloud, midnight):
        began, now, worked = time.monotonic(), time.time(), memory.emulator_cpu_s()
        schedules.run(cloud, since=due.at, until=due.at + timedelta(seconds=1), timeout=_PATIENCE_SECONDS)
        function = next(f.name for f in FUNCTIONS if cloud.queue_arn(f.name) == due.schedule.queue_arn)
        fired.seconds[function] = time.monotonic() - began
        if function == "plan_billing_run":
            began_run, fired.emulator_cpu_s = now, memory.emulator_cpu_s() - worked
        say(f"{function} and what follows: {fired.seconds[function]:.1f} s")
    fired.use = {name: after.less(before[name]) for name, after in uses(cloud).items()}
    fired.stages = {stage: _span(cloud, name, began_run) for name, stage in STAGES.items()}
    return fired


def _due(cloud: EmbeddedCloud, midnight: datetime) -> list[schedules.Occurrence]:
    until = midnight + timedelta(days=1)
    due = [
        o for s in schedules.deployed(cloud) for o in schedules.occurrences(s, since=midnight, until=until)
    ]
    return sorted(due, key=lambda one: (one.at, one.schedule.name))


def uses(cloud: EmbeddedCloud) -> dict[str, StageUse]:
    """Read what each function used so far from its log."""
    return {one.name: use_of_logs(cloud.logs(one.name).splitlines()) for one in FUNCTIONS}


def _span(cloud: EmbeddedCloud, function: str, since: float) -> tuple[float, float]:
    """Return when a function began its first invocation and ended its last, in seconds since the run was fired."""
    ended = [_ended(json.loads(line)) for line in cloud.logs(function).splitlines() if '"invocation"' in line]
    mine = [(end - took, end) for end, took in ended if end >= since]
    if not mine:
        return 0.0, 0.0
    return round(min(b for b, _ in mine) - since, 2), round(max(e for _, e in mine) - since, 2)


def _ended(told: Mapping[str, Any]) -> tuple[float, float]:
    stamp = datetime.strptime(told["timestamp"], "%Y-%m-%d %H:%M:%S,%f%z")
    return stamp.timestamp(), told["figures"]["Milliseconds"] / 1000
