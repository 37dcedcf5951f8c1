"""Drops of orders and approvals, and the messages between them, worked off like queues do."""

import json
from typing import Any

from tests.functions.test_handlers import Cloud, event

SENT_TO = {"rate": "rate_contracts", "close": "close_billing_run", "compare": "compare_runs"}


def work_off(cloud: Cloud) -> None:
    """Hand every message of a run to its function until the queues are empty."""
    while True:
        waiting = [(name, body) for name in SENT_TO for body in cloud.messages(name)]
        if not waiting:
            return
        for name, body in waiting:
            hand(cloud, SENT_TO[name], body)


def hand(cloud: Cloud, function: str, body: dict[str, Any]) -> None:
    """Hand one message to a function."""
    sample = event(function)
    sample["Records"] = sample["Records"][:1]
    sample["Records"][0]["body"] = json.dumps(body)
    assert cloud.run(function, sample) == []


def order(cloud: Cloud, *lines: str) -> dict[str, Any]:
    """Drop an order."""
    text = "\n".join(("format: kwit/run-order/1", "business_date: 2026-04-01", *lines))
    return cloud.drops("import_run_orders", "inbox/run-orders/zlecenie.yaml", text.encode())


def approve(cloud: Cloud, run_id: str, *lines: str) -> dict[str, Any]:
    """Drop an approval."""
    text = "\n".join(("format: kwit/run-approval/1", f"run: {run_id}", *lines))
    return cloud.drops("import_run_approvals", "inbox/run-approvals/decyzja.yaml", text.encode())


def report(cloud: Cloud, run_id: str) -> dict[str, Any]:
    """Read the report of a run."""
    told: dict[str, Any] = json.loads(cloud.file("documents", f"exports/run-{run_id}.json"))
    return told
