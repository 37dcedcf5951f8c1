"""Bare tables and a bucket of the embedded cloud: a server apart, whose work no process time here counts."""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from infra.local.cloud import EmbeddedCloud
from infra.local.deploy import REGION
from kwit.aws.table import Table


@contextmanager
def tables_of_embedded_cloud(*names: str, bucket: str = "") -> Iterator[tuple[dict[str, Table], Any]]:
    """Start the embedded cloud with nothing but these tables and a bucket; give them and the S3 client."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "manifest.json").write_text(json.dumps({"artifacts": {}}))
        with EmbeddedCloud(assembly=Path(folder), enforce_rights=False) as cloud:
            s3 = cloud.client("s3")
            if bucket:
                s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
            yield {name: _table(cloud.client("dynamodb"), name) for name in names}, s3


def _table(client: Any, name: str) -> Table:
    client.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": one, "AttributeType": "S"} for one in ("pk", "sk")],
        BillingMode="PAY_PER_REQUEST",
    )
    return Table(client, name)
