"""Change a reading after its invoice, and have the invoice corrected: by dropped files alone, like everything else."""

import json
from typing import Any

from events import inbox_files, portfolio
from infra.local.cloud import EmbeddedCloud
from infra.local.drops import Dropped, drop

TOO_MUCH_WH = 12_000
"""What the meter reader had read too much."""

_ORDER = """format: kwit/run-order/1
business_date: {day}
by: jan.kowalski
kind: corrections
"""
_APPROVAL = """format: kwit/run-approval/1
run: {run_id}
by: ewa.nowak
action: approve_and_issue
drafts_hash: '{drafts_hash}'
"""


def correct(cloud: EmbeddedCloud, dropped: Dropped) -> None:
    """Drop a corrected state, an order of corrections, and the approval of what comes of it."""
    customer = portfolio.corrected()
    (file,) = customer.files
    rows = inbox_files.states([customer], file, first=portfolio.APRIL, last=portfolio.APRIL)
    changed = [(who, stay, day, code, wh - TOO_MUCH_WH, kind) for who, stay, day, code, wh, kind in rows]
    content = inbox_files.states_csv(changed, encoding="utf-8")
    drop(cloud, dropped, {"readings/poprawiony-odczyt.csv": content})
    order = _ORDER.format(day=portfolio.BUSINESS_DATE)
    drop(cloud, dropped, {"run-orders/korekty.yaml": order.encode()})
    run_id = _result(cloud, "run-orders/korekty.yaml")["findings"][0]["value"]
    report = _object(cloud, "DocumentsBucketName", f"exports/run-{run_id}.json")
    approval = _APPROVAL.format(run_id=run_id, drafts_hash=report["drafts_hash"])
    drop(cloud, dropped, {"run-approvals/korekty.yaml": approval.encode()})


def _result(cloud: EmbeddedCloud, key: str) -> dict[str, Any]:
    return _object(cloud, "InboxBucketName", f"results/{key}.json")


def _object(cloud: EmbeddedCloud, output: str, key: str) -> dict[str, Any]:
    body = cloud.client("s3").get_object(Bucket=cloud.outputs[output], Key=key)["Body"].read()
    loaded: dict[str, Any] = json.loads(body)
    return loaded
