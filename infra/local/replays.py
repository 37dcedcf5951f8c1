"""Replay every issued document of the embedded cloud from the evidence that its run recorded."""

from collections.abc import Iterable

from infra.local.cloud import EmbeddedCloud
from kwit.aws.document_store import DynamoDocuments
from kwit.aws.evidence_store import S3Evidence
from kwit.aws.registry_store import DynamoPriceLists, DynamoSettings
from kwit.aws.run_store import DynamoRuns
from kwit.aws.table import Table
from kwit.aws.task_store import DynamoTasks
from kwit.billing.correction_run import CorrectionStores
from kwit.billing.replay import replay_draft
from kwit.billing.replay_stores import ReplayStores
from kwit.documents.document import Document
from kwit.tariffs.holidays import statutory_holidays


def replay_stores(cloud: EmbeddedCloud) -> ReplayStores:
    """Return the cloud's stores as a replay needs them."""
    dynamodb, outputs = cloud.client("dynamodb"), cloud.outputs
    registry, billing = (
        Table(dynamodb, outputs["RegistryTableName"]),
        Table(dynamodb, outputs["BillingTableName"]),
    )
    documents = DynamoDocuments(Table(dynamodb, outputs["DocumentsTableName"]), billing)
    return ReplayStores(
        runs=DynamoRuns(billing),
        evidence=S3Evidence(cloud.client("s3"), outputs["DocumentsBucketName"]),
        settings=DynamoSettings(registry),
        price_lists=DynamoPriceLists(registry),
        corrections=CorrectionStores(documents, DynamoTasks(Table(dynamodb, outputs["ReadingsTableName"]))),
    )


def differing(cloud: EmbeddedCloud, documents: Iterable[Document]) -> list[str]:
    """Replay documents and name those that do not come out to the byte, with what differs first."""
    stores, holidays = replay_stores(cloud), statutory_holidays()
    found = []
    for one in documents:
        told = replay_draft(
            run_id=one.run_id,
            chunk=one.chunk,
            contract_no=one.contract_no,
            document_id=one.document_id,
            content=one.content,
            stores=stores,
            holidays=holidays,
        )
        if not told.same:
            found.append(f"{one.number}: {told.difference}")
    return found
