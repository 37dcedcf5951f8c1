"""A run from an order dropped in the inbox to its certificate, without a shell."""

import json
from decimal import Decimal
from typing import Any

import pytest

from tests.functions.run_office import approve, hand, order, report, work_off
from tests.functions.test_handlers import Cloud, cloud, furnished  # noqa: F401 - fixtures


def started(told: dict[str, Any]) -> str:
    (finding,) = told["findings"]
    assert finding["code"] == "run_started"
    run_id: str = finding["value"]
    return run_id


def test_an_order_becomes_a_dry_run_a_diff_and_after_approval_documents(furnished: Cloud) -> None:  # noqa: F811
    run_id = started(order(furnished, "by: jan", "dry: true"))
    work_off(furnished)
    told = report(furnished, run_id)
    assert (told["status"], told["drafts"], told["issued"]["documents"]) == ("waiting_for_approval", 1, 0)
    assert furnished.messages("issue") == []
    diff = json.loads(furnished.file("documents", f"exports/diff-{run_id}-previous.json"))
    assert Decimal(diff["difference"]) == Decimal("224.44") == sum(map(Decimal, diff["by_cause"].values()))
    page = furnished.file("documents", f"exports/diff-{run_id}-previous.html").decode()
    assert "224,44" in page

    refused = approve(furnished, run_id, "by: ewa", "action: approve_and_issue", "drafts_hash: 'abc'")
    assert refused["findings"][0]["code"] == "approval_refused"
    lines = ("by: ewa", f"drafts_hash: '{told['drafts_hash']}'", "action: approve")
    assert approve(furnished, run_id, *lines)["status"] == "accepted"
    assert furnished.messages("issue") == []
    assert (
        approve(furnished, run_id, "by: ewa", "action: issue", "issue_date: 2026-04-09")["status"]
        == "accepted"
    )
    (message,) = furnished.messages("issue")
    hand(furnished, "issue_documents", message)
    work_off(furnished)
    told = report(furnished, run_id)
    issued = told["issued"]
    assert (told["status"], told["approvals"][0]["by"]) == ("issued", "ewa")
    assert (issued["documents"], issued["numbers"]) == (1, [["FV/2026/04/000001", "FV/2026/04/000001"]])
    assert issued["faults"] == []
    assert issued["gross"] == issued["due"] == issued["receivable"] == issued["debit"] == "224.44"


def test_a_run_may_be_discarded_and_its_contracts_stay_due(furnished: Cloud) -> None:  # noqa: F811
    run_id = started(order(furnished, "by: jan"))
    work_off(furnished)
    assert approve(furnished, run_id, "by: jan", "action: discard")["status"] == "accepted"
    again = approve(furnished, run_id, "by: ewa", "action: issue")
    assert again["findings"][0]["code"] == "approval_refused"
    assert furnished.run("plan_billing_run") == []
    assert furnished.messages("rate") == [{"run_id": "2026-04-01-daily", "chunk": 0}]


def test_a_run_is_compared_with_another_on_request(furnished: Cloud) -> None:  # noqa: F811
    first = started(order(furnished, "by: jan"))
    second = started(order(furnished, "by: ewa"))
    work_off(furnished)
    text = f"format: kwit/run-comparison/1\nrun: {first}\nagainst: {second}\nby: jan\n"
    told = furnished.drops("import_run_orders", "inbox/run-orders/porownanie.yaml", text.encode())
    assert told["status"] == "accepted"
    work_off(furnished)
    diff = json.loads(furnished.file("documents", f"exports/diff-{first}-{second}.json"))
    assert (diff["difference"], diff["by_cause"]) == ("0.00", {})


@pytest.mark.parametrize(
    ("lines", "column"),
    [
        (("by: ''",), "by"),
        (("by: jan", "cancel: true"), ""),
        (("by: jan", "documents: [FV/1]"), ""),
        (("by: jan", "until: 2026-03-20"), ""),
        (("by: jan", "surprise: 1"), "surprise"),
    ],
)
def test_an_order_that_makes_no_sense_is_refused_with_its_field(
    furnished: Cloud,  # noqa: F811
    lines: tuple[str, ...],
    column: str,
) -> None:
    told = order(furnished, *lines)
    assert (told["status"], told["findings"][0]["column"]) == ("rejected", column)
    assert furnished.messages("rate") == []


def test_an_approval_of_a_run_nobody_knows_or_without_a_hash_is_refused(furnished: Cloud) -> None:  # noqa: F811
    told = approve(furnished, "2026-04-01-bills-ffffffff", "by: ewa", "action: issue")
    assert told["findings"][0]["code"] == "run_unknown"
    told = approve(furnished, "2026-04-01-daily", "by: ewa", "action: approve")
    assert (told["findings"][0]["code"], told["status"]) == ("bad_field", "rejected")


def test_a_file_that_is_no_yaml_is_refused(furnished: Cloud) -> None:  # noqa: F811
    for name, prefix in (("import_run_orders", "run-orders"), ("import_run_approvals", "run-approvals")):
        told = furnished.drops(name, f"inbox/{prefix}/zle.yaml", b"by: [")
        assert told["status"] == "rejected"
