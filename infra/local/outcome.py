"""Collect what a run left in the cloud into out/: invoices, mails, exports, results, the run's report."""

import csv
import email
import email.policy
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from infra.catalogue import FUNCTIONS
from infra.local.cloud import EmbeddedCloud
from infra.local.drops import Dropped
from infra.local.ksef.server import KsefServer
from infra.local.replays import differing
from infra.local.synth import ROOT
from kwit.aws.codec import decode
from kwit.aws.cost import StageUse, use_of_logs
from kwit.aws.run_store import DynamoRuns
from kwit.aws.table import Table, unpacked
from kwit.aws.task_store import DynamoTasks
from kwit.billing.content import BillContent
from kwit.billing.drafts import DocumentKind
from kwit.documents.document import Document
from kwit.documents.totals import noted
from kwit.ksef.filing import Filing

OUT = ROOT / "out"


@dataclass(slots=True)
class Outcome:
    """All that the demo shows and checks, as read back from the cloud."""

    dropped: Dropped
    report: Mapping[str, Any]
    run_status: str
    documents: list[Document]
    corrections: list[Document]
    notes: list[Document]
    deliveries: Mapping[str, str]
    invoices: dict[str, Path]
    mails: dict[str, Path]
    exports: list[Path]
    results: dict[str, Mapping[str, Any]]
    postings: list[Mapping[str, str]]
    use: dict[str, StageUse]
    open_tasks: int
    stages: list[tuple[str, float]] = field(default_factory=list)
    not_replayed: list[str] = field(default_factory=list)
    filings: dict[str, Filing] = field(default_factory=dict)
    in_ksef: dict[str, str] = field(default_factory=dict)

    @property
    def bills(self) -> dict[str, BillContent]:
        """Return the bill of each contract, those on collective invoices among them."""
        return {bill.contract_no: bill for one in self.documents for _, bill in one.booked()}

    @property
    def gross(self) -> Decimal:
        """Return the gross of all documents of sale, corrections by their difference."""
        issued = [*self.documents, *self.corrections]
        return sum((sign * bill.gross for one in issued for sign, bill in one.booked()), Decimal(0))

    @property
    def charged(self) -> Decimal:
        """Return what notes charge."""
        return sum((noted(one) for one in self.notes), Decimal(0))


def collect(cloud: EmbeddedCloud, dropped: Dropped, ksef: KsefServer | None = None) -> Outcome:
    """Read everything back and write it below out/."""
    documents, deliveries, filings = _documents(cloud)
    _write_contents([one for one in documents if not one.kind.is_note])
    bucket = cloud.outputs["DocumentsBucketName"]
    invoices = {path.stem: path for path in _fetch(cloud, bucket, "invoices/", OUT / "invoices")}
    exports = _fetch(cloud, bucket, "exports/", OUT / "exports")
    _fetch(cloud, bucket, "ksef/", OUT / "ksef")
    results = _results(cloud)
    run = next((path for path in exports if path.name.startswith("run-") and "-daily" in path.name), None)
    report = json.loads(run.read_text()) if run else {}
    rows = [row for path in exports if path.name.startswith("postings-") for row in _csv(path)]
    return Outcome(
        dropped=dropped,
        report=report,
        run_status=_run_status(cloud, report),
        documents=[
            one for one in documents if one.kind is not DocumentKind.CORRECTION and not one.kind.is_note
        ],
        notes=[one for one in documents if one.kind.is_note],
        corrections=[one for one in documents if one.kind is DocumentKind.CORRECTION],
        deliveries=deliveries,
        invoices=invoices,
        mails=_mails(cloud),
        exports=exports,
        results=results,
        postings=rows,
        open_tasks=len(
            DynamoTasks(Table(cloud.client("dynamodb"), cloud.outputs["ReadingsTableName"])).open_tasks()
        ),
        use={one.name: use_of_logs(cloud.logs(one.name).splitlines()) for one in FUNCTIONS},
        not_replayed=differing(cloud, documents),
        filings=filings,
        in_ksef={one.number: one.ksef_number for one in ksef.taken} if ksef else {},
    )


def _run_status(cloud: EmbeddedCloud, report: Mapping[str, Any]) -> str:
    table = Table(cloud.client("dynamodb"), cloud.outputs["BillingTableName"])
    run = DynamoRuns(table).run(report["run_id"]) if report else None
    return str(run.status) if run else "unknown"


def _documents(cloud: EmbeddedCloud) -> tuple[list[Document], dict[str, str], dict[str, Filing]]:
    documents: list[Document] = []
    deliveries: dict[str, str] = {}
    filings: dict[str, Filing] = {}
    pages = (
        cloud.client("dynamodb").get_paginator("scan").paginate(TableName=cloud.outputs["DocumentsTableName"])
    )
    for page in pages:
        for item in page["Items"]:
            if item["sk"]["S"] == "DOC":
                documents.append(decode(Document, unpacked(item)))
            elif item["sk"]["S"] == "MAIL":
                deliveries[item["pk"]["S"].removeprefix("DOC#")] = item["mail_status"]["S"]
            elif item["sk"]["S"] == "KSEF":
                filing = decode(Filing, unpacked(item))
                filings[filing.document_id] = filing
    return sorted(documents, key=lambda one: one.number), deliveries, filings


def _write_contents(documents: list[Document]) -> None:
    """Write what each bill says as JSON, for whoever wants to check it."""
    folder = OUT / "bills"
    folder.mkdir(parents=True, exist_ok=True)
    for document in documents:
        (folder / f"{document.number.replace('/', '-')}.json").write_bytes(document.content)


def _fetch(cloud: EmbeddedCloud, bucket: str, prefix: str, folder: Path) -> list[Path]:
    s3 = cloud.client("s3")
    folder.mkdir(parents=True, exist_ok=True)
    found = []
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        for item in page.get("Contents", []):
            path = folder / item["Key"].rpartition("/")[2]
            path.write_bytes(s3.get_object(Bucket=bucket, Key=item["Key"])["Body"].read())
            found.append(path)
    return sorted(found)


def _results(cloud: EmbeddedCloud) -> dict[str, Mapping[str, Any]]:
    s3, bucket = cloud.client("s3"), cloud.outputs["InboxBucketName"]
    found: dict[str, Mapping[str, Any]] = {}
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="results/"):
        for item in page.get("Contents", []):
            key = item["Key"].removeprefix("results/")
            path = OUT / "results" / key
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(s3.get_object(Bucket=bucket, Key=item["Key"])["Body"].read())
            if key.endswith(".json"):
                found[key.removesuffix(".json")] = json.loads(path.read_text())
    return found


def _mails(cloud: EmbeddedCloud) -> dict[str, Path]:
    """Copy the sent mails, each under the name of the document that it carries."""
    folder = OUT / "mail"
    folder.mkdir(parents=True, exist_ok=True)
    found = {}
    for path in sorted(cloud.outbox.glob("*.eml")):
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        names = [part.get_filename("") for part in message.iter_attachments()]
        name = names[0].removesuffix(".pdf") if names else path.stem
        target = folder / f"{name}.eml"
        if name in found:
            target = folder / f"{name}-{path.stem}.eml"
        target.write_bytes(path.read_bytes())
        found[target.stem] = target
    return found


def _csv(path: Path) -> list[Mapping[str, str]]:
    text = path.read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))
