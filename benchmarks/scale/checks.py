"""What a finished run must show: a certificate that balances, numbers without a gap, one PDF and one mail a document,
postings of every document, and every document rated again to the byte.
"""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from infra.local.cloud import EmbeddedCloud
from kwit.aws import keys
from kwit.aws.codec import decode
from kwit.aws.document_store import DynamoDocuments
from kwit.aws.evidence_store import S3Evidence
from kwit.aws.registry_store import DynamoPriceLists, DynamoSettings
from kwit.aws.run_store import DynamoRuns
from kwit.aws.table import Table, unpacked
from kwit.aws.task_store import DynamoTasks
from kwit.billing.correction_run import CorrectionStores
from kwit.billing.replay import Replayed, replay_draft
from kwit.billing.replay_stores import ReplayStores
from kwit.documents.document import Document
from kwit.ledger.postings import RECEIVABLE
from kwit.tariffs.holidays import statutory_holidays

_ATTACHMENT = re.compile(rb'filename="?([^"\r\n]+)\.pdf"?')


@dataclass(slots=True)
class Checked:
    """What was found: documents, holds, and every fault in words."""

    documents: list[Document]
    held: dict[str, int]
    gross: Decimal
    faults: list[str] = field(default_factory=list)


def check_run(cloud: EmbeddedCloud, *, run_id: str, contracts: int, expected: int) -> Checked:
    """Hold what the run left against itself."""
    documents, deliveries = _documents(cloud)
    report = json.loads(_object(cloud, f"exports/run-{run_id}.json"))
    gross = sum((one.bill().gross for one in documents), Decimal(0))
    held = Counter(hold["code"] for hold in report["holds"])
    checked = Checked(documents, dict(held), gross)
    faults = checked.faults
    if not report["balances"] or report["status"] != "issued":
        faults.append(f"the run is {report['status']}, its certificate says {report['faults'][:3]}")
    if report["contracts_due"] != contracts or len(documents) != expected:
        faults.append(
            f"{expected} documents of {contracts} contracts: {len(documents)} of {report['contracts_due']}"
        )
    numbers = [one.number for one in documents]
    if numbers != [f"FV/2026/04/{ordinal:06d}" for ordinal in range(1, len(numbers) + 1)]:
        faults.append("numbers have a gap or a double")
    faults += (
        _files(cloud, documents) + _mails(cloud, documents, deliveries) + _postings(cloud, documents, gross)
    )
    return checked


def mail_bytes(cloud: EmbeddedCloud) -> int:
    """Return the bytes of all mails together."""
    return sum(path.stat().st_size for path in cloud.outbox.glob("*.eml"))


def result_bytes(cloud: EmbeddedCloud, run_id: str) -> int:
    """Return how large the largest result of a chunk is as it is stored."""
    table = Table(cloud.client("dynamodb"), cloud.outputs["BillingTableName"])
    return max(len(item["data"]["B"]) for item in table.query(keys.run(run_id)[0], prefix="RESULT#"))


def _documents(cloud: EmbeddedCloud) -> tuple[list[Document], dict[str, str]]:
    documents: list[Document] = []
    deliveries: dict[str, str] = {}
    scan = cloud.client("dynamodb").get_paginator("scan")
    for page in scan.paginate(TableName=cloud.outputs["DocumentsTableName"]):
        for item in page["Items"]:
            if item["sk"]["S"] == "DOC":
                documents.append(decode(Document, unpacked(item)))
            elif item["sk"]["S"] == "MAIL":
                deliveries[item["pk"]["S"].removeprefix("DOC#")] = item["mail_status"]["S"]
    return sorted(documents, key=lambda one: one.number), deliveries


def _names(documents: Sequence[Document]) -> list[str]:
    return sorted(one.number.replace("/", "-") for one in documents)


def _files(cloud: EmbeddedCloud, documents: Sequence[Document]) -> list[str]:
    found = sorted(key.rpartition("/")[2].removesuffix(".pdf") for key in _keys(cloud, "invoices/"))
    return [] if found == _names(documents) else [f"{len(found)} PDFs for {len(documents)} documents"]


def _mails(cloud: EmbeddedCloud, documents: Sequence[Document], deliveries: Mapping[str, str]) -> list[str]:
    attached = []
    for path in cloud.outbox.glob("*.eml"):
        found = _ATTACHMENT.search(path.read_bytes())
        attached.append(found[1].decode() if found else path.name)
    faults = []
    if sorted(attached) != _names(documents):
        faults.append(f"{len(attached)} mails for {len(documents)} documents")
    undelivered = [one.number for one in documents if deliveries.get(one.document_id) != "delivered"]
    if undelivered:
        faults.append(f"{len(undelivered)} documents are not delivered, e.g. {undelivered[0]}")
    return faults


def _postings(cloud: EmbeddedCloud, documents: Sequence[Document], gross: Decimal) -> list[str]:
    rows = [row for key in _keys(cloud, "exports/postings-") for row in _rows(_object(cloud, key))]
    debit = _sum(rows, "Wn")
    owed = _sum([row for row in rows if row["klucz"] == RECEIVABLE], "Wn")
    posted = {row["dokument"] for row in rows}
    faults = []
    if posted != {one.number for one in documents}:
        faults.append(f"postings of {len(posted)} documents, there are {len(documents)}")
    if debit != _sum(rows, "Ma") or owed != gross:
        faults.append(f"postings: {debit} zł against {_sum(rows, 'Ma')} zł, {owed} zł owed of {gross} zł")
    return faults


def _rows(data: bytes) -> Iterator[Mapping[str, str]]:
    return csv.DictReader(io.StringIO(data.decode("utf-8-sig")), delimiter=";")


def _sum(rows: Sequence[Mapping[str, str]], side: str) -> Decimal:
    amounts = (Decimal(row["kwota"].replace(",", ".")) for row in rows if row["strona"] == side)
    return sum(amounts, Decimal(0))


def _keys(cloud: EmbeddedCloud, prefix: str) -> Iterator[str]:
    pages = cloud.client("s3").get_paginator("list_objects_v2")
    for page in pages.paginate(Bucket=cloud.outputs["DocumentsBucketName"], Prefix=prefix):
        yield from (item["Key"] for item in page.get("Contents", []))


def _object(cloud: EmbeddedCloud, key: str) -> bytes:
    answer = cloud.client("s3").get_object(Bucket=cloud.outputs["DocumentsBucketName"], Key=key)
    content: bytes = answer["Body"].read()
    return content


class _Kept:
    """What never changes once it is stored, read once: results, evidence, settings and versions of price lists."""

    def __init__(
        self, runs: DynamoRuns, evidence: S3Evidence, settings: DynamoSettings, lists: DynamoPriceLists
    ):
        self._runs = runs
        self.chunk_result = lru_cache(8)(runs.chunk_result)
        self.run = lru_cache(8)(runs.run)
        self.read = lru_cache(8)(evidence.read)
        self.version = lru_cache(8)(settings.version)
        self.every_version = lru_cache(64)(lists.every_version)


def replay_all(cloud: EmbeddedCloud, documents: Sequence[Document]) -> list[Replayed]:
    """Rate every document again from the evidence kept in S3; return what differs."""
    tables = {
        name: Table(cloud.client("dynamodb"), cloud.outputs[f"{name}TableName"])
        for name in ("Registry", "Readings", "Billing", "Documents")
    }
    settings, price_lists = DynamoSettings(tables["Registry"]), DynamoPriceLists(tables["Registry"])
    evidence = S3Evidence(cloud.client("s3"), cloud.outputs["DocumentsBucketName"])
    kept: Any = _Kept(DynamoRuns(tables["Billing"]), evidence, settings, price_lists)
    documents_store = DynamoDocuments(tables["Documents"], tables["Billing"])
    corrections = CorrectionStores(documents_store, DynamoTasks(tables["Readings"]))
    stores = ReplayStores(kept, kept, kept, kept, corrections)
    holidays: frozenset[date] = statutory_holidays()
    found = (
        replay_draft(
            run_id=one.run_id,
            chunk=one.chunk,
            contract_no=one.contract_no,
            document_id=one.document_id,
            content=one.content,
            stores=stores,
            holidays=holidays,
        )
        for one in sorted(documents, key=lambda one: one.chunk)
    )
    return [one for one in found if not one.same]
