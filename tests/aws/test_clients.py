"""The meter counts every call and every DynamoDB unit since it was emptied."""

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError
from moto import mock_aws

from kwit.aws.clients import CallMeter, Clients
from kwit.aws.table import Table, key_of
from tests.moto_tables import make_tables, pretend_credentials


def told(service: str, operation: str) -> Any:
    return SimpleNamespace(service_model=SimpleNamespace(service_name=service), name=operation)


class TestClients:
    def test_each_client_is_made_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        pretend_credentials(monkeypatch)
        clients = Clients()
        assert clients.dynamodb is clients.dynamodb
        assert [c.meta.service_model.service_name for c in (clients.s3, clients.sqs, clients.ses)] == [
            "s3", "sqs", "sesv2"]  # fmt: skip

    def test_the_mail_system_is_called_once_whatever_comes_of_it(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """An answer that is lost must not make the client send the mail again by itself."""
        pretend_credentials(monkeypatch)
        client: Any = Clients().ses
        calls: list[object] = []

        def lost(**_: object) -> None:
            calls.append(1)
            raise ReadTimeoutError(endpoint_url="https://ses.invalid")

        client.meta.events.register("before-send", lost)
        with pytest.raises(ReadTimeoutError):
            client.send_email(Content={"Raw": {"Data": b"x"}})
        assert len(calls) == 1

    def test_calls_are_counted_by_service_and_operation(self, monkeypatch: pytest.MonkeyPatch) -> None:
        pretend_credentials(monkeypatch)
        with mock_aws():
            make_tables()
            clients = Clients()
            table = Table(clients.dynamodb, "billing")
            table.put(("A", "1"))
            table.put_many(key_of(("A", f"{n}")) for n in range(30))
            table.get(("A", "1"))
            clients.sqs.list_queues()
            taken = clients.meter.take()
        assert taken.calls == {
            "dynamodb:PutItem": 1, "dynamodb:BatchWriteItem": 2, "dynamodb:GetItem": 1, "sqs:ListQueues": 1,
        }  # fmt: skip
        assert clients.meter.take() == CallMeter()

    def test_dynamodb_is_asked_for_units(self, monkeypatch: pytest.MonkeyPatch) -> None:
        pretend_credentials(monkeypatch)
        asked: list[dict[str, Any]] = []
        with mock_aws():
            make_tables()
            clients = Clients()
            clients.dynamodb.meta.events.register(
                "before-parameter-build.dynamodb.*", lambda params, **_: asked.append(params)
            )
            table = Table(clients.dynamodb, "billing")
            table.put(("A", "1"))
            list(table.query("A"))
            table.transact([table.new_item(("A", "2"))])
        assert [one.get("ReturnConsumedCapacity") for one in asked] == ["TOTAL"] * 3


class TestMeter:
    @pytest.mark.parametrize(
        ("operation", "consumed", "write", "read"),
        [
            ("PutItem", {"CapacityUnits": 2.5}, "2.5", "0"),
            ("TransactWriteItems", [{"CapacityUnits": 4}, {"CapacityUnits": 2}], "6", "0"),
            ("Query", {"CapacityUnits": 0.5}, "0", "0.5"),
            ("BatchGetItem", [{"CapacityUnits": 1.5}], "0", "1.5"),
            ("Query", None, "0", "0"),
        ],
    )
    def test_units_are_added_to_their_side(
        self, operation: str, consumed: Any, write: str, read: str
    ) -> None:
        meter = CallMeter()
        meter._after(model=told("dynamodb", operation), parsed={"ConsumedCapacity": consumed})
        assert (meter.write_units, meter.read_units) == (Decimal(write), Decimal(read))
        assert meter.calls == {f"dynamodb:{operation}": 1}
