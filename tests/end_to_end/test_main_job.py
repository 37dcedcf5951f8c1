"""The main job on the embedded cloud: what the demo drops comes out whole, and repeating anything changes nothing."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from events import inbox_files, portfolio
from infra.local import outcome as outcome_module
from infra.local import schedules
from infra.local.cloud import EmbeddedCloud
from infra.local.corrections import correct
from infra.local.drops import Dropped, drop_everything
from infra.local.findings import missing_of
from infra.local.ksef.connected import connected
from infra.local.outcome import Outcome, collect
from infra.local.pages import write_index

pytestmark = pytest.mark.end_to_end

DAY = datetime.combine(portfolio.BUSINESS_DATE, datetime.min.time(), tzinfo=UTC)


class Job:
    """The finished main job, with the cloud it ran on."""

    def __init__(self, cloud: EmbeddedCloud, dropped: Dropped, outcome: Outcome) -> None:
        self.cloud = cloud
        self.dropped = dropped
        self.outcome = outcome


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Job]:
    out: Path = tmp_path_factory.mktemp("out")
    with (
        pytest.MonkeyPatch.context() as patch,
        EmbeddedCloud() as cloud,
        connected(cloud, nip=portfolio.SELLER_NIP, day=portfolio.BUSINESS_DATE) as ksef,
    ):
        patch.setattr(outcome_module, "OUT", out)
        patch.setattr("infra.local.pages.OUT", out)
        patch.setattr("infra.local.drops.OUT_INBOX", out / "inbox")
        dropped = drop_everything(cloud, say=lambda _: None)
        schedules.run(cloud, since=DAY, until=DAY + timedelta(hours=12))
        correct(cloud, dropped)
        schedules.run(cloud, since=DAY + timedelta(hours=12), until=DAY + timedelta(days=1))
        yield Job(cloud, dropped, collect(cloud, dropped, ksef))


def stored(cloud: EmbeddedCloud) -> dict[tuple[str, str, str], Any]:
    """Return every item of billing and documents, but for what mail events keep moving."""
    items = {}
    for table in ("BillingTableName", "DocumentsTableName"):
        for page in cloud.client("dynamodb").get_paginator("scan").paginate(TableName=cloud.outputs[table]):
            for item in page["Items"]:
                items[table, item["pk"]["S"], item["sk"]["S"]] = item
    return items


def test_nothing_is_missing(job: Job) -> None:
    assert missing_of(job.outcome) == []


def test_the_page_links_every_document(job: Job) -> None:
    page = write_index(job.outcome, []).read_text(encoding="utf-8")
    for document in job.outcome.documents:
        assert f'href="invoices/{document.number.replace("/", "-")}.pdf"' in page


def test_repeated_schedules_and_messages_change_nothing(job: Job) -> None:
    before, mails = stored(job.cloud), len(list(job.cloud.outbox.glob("*.eml")))
    schedules.run(job.cloud, since=DAY, until=DAY + timedelta(days=1))
    run_id = job.outcome.report["run_id"]
    sqs = job.cloud.client("sqs")
    for function, body in (
        ("rate_contracts", {"run_id": run_id, "chunk": 0}),
        ("close_billing_run", {"run_id": run_id}),
        ("render_documents", {"document_ids": [job.outcome.documents[0].document_id]}),
        ("deliver_documents", {"document_ids": [job.outcome.documents[0].document_id]}),
    ):
        sqs.send_message(QueueUrl=job.cloud.queue_url(function), MessageBody=json.dumps(body))
    sqs.send_message(
        QueueUrl=job.cloud.queue_url("issue_documents"),
        MessageBody=json.dumps({"run_id": run_id, "batch": 0}),
        MessageGroupId="again",
        MessageDeduplicationId="again",
    )
    job.cloud.wait_idle()
    assert stored(job.cloud) == before
    assert len(list(job.cloud.outbox.glob("*.eml"))) == mails


def test_logs_hold_no_personal_data(job: Job) -> None:
    logs = "\n".join(job.cloud.logs(name) for name in job.outcome.use)
    for customer in portfolio.customers():
        assert customer.name not in logs
        assert not customer.email or customer.email not in logs


def test_a_late_reading_is_billed_by_the_next_day_s_run(job: Job) -> None:
    held = next(c for c in portfolio.customers() if "missing" in c.files)
    rows = inbox_files.states([held], "missing", first=portfolio.APRIL, last=portfolio.APRIL)
    job.cloud.client("s3").put_object(
        Bucket=job.cloud.outputs["InboxBucketName"],
        Key="inbox/readings/spozniony.csv",
        Body=inbox_files.states_csv(rows, encoding="utf-8"),
    )
    job.cloud.wait_idle()
    schedules.run(job.cloud, since=DAY + timedelta(days=1), until=DAY + timedelta(days=2))
    after = collect(job.cloud, job.dropped)
    known = {document.document_id for document in job.outcome.documents}
    new = [document for document in after.documents if document.document_id not in known]
    assert [document.contract_no for document in new] == [held.contract_no]
    assert new[0].number == f"FV/2026/04/{len(job.outcome.documents) + 1:06d}"
    assert f"{new[0].issue_date}" == "2026-04-09"
