"""kWit's tables in moto, made as the data stack makes them."""

from typing import Any

import boto3
import pytest

from kwit.aws.table import Table

TABLES = ("registry", "readings", "billing", "documents")


def pretend_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set what boto3 wants to see; nothing leaves the process."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")


def make_tables(client: Any = None) -> dict[str, Table]:
    """Make the four empty tables, with a client of their own unless one is given; a moto mock must be active."""
    client = client or boto3.client("dynamodb")
    for name in TABLES:
        client.create_table(
            TableName=name,
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[
                {"AttributeName": "pk", "AttributeType": "S"},
                {"AttributeName": "sk", "AttributeType": "S"},
            ],
            BillingMode="PAY_PER_REQUEST",
        )
    return {name: Table(client, name) for name in TABLES}
