"""Kill the import of a long file at every AWS call, before and after it, redeliver, and find the undisturbed state."""

import json
from functools import cache
from typing import Any

import boto3
import pytest
from moto import mock_aws

from kwit.aws.cut_files import DynamoCutFiles, S3Work
from kwit.aws.imports import DynamoImports
from kwit.aws.package_store import S3Files
from kwit.aws.queues import SqsPartQueue
from kwit.aws.reading_store import DynamoReadings
from kwit.aws.table import Table
from kwit.intake.dropped_file import DroppedFile
from kwit.metering import importing
from kwit.metering.importing import import_readings
from kwit.metering.long_files import LongFiles
from tests.crash import Crash, Fault, watched
from tests.fakes.import_log import MemoryImports
from tests.fakes.reading_store import MemoryReadings
from tests.intake.files import dropped
from tests.metering.test_long_files import DAY, KNOWN, POINTS, directory, line
from tests.moto_tables import make_tables, pretend_credentials

State = dict[str, Any]
DROP = "inbox/readings/partia.jsonl"


def file() -> DroppedFile:
    """Make a batch that three parts take, with a repeated, a contradicted and a broken line."""
    lines = [line(ppe, [n] * 24) for n, ppe in enumerate(POINTS[1:9])]
    lines += [lines[2], line(POINTS[4], [7] * 24), "{", line(POINTS[5], [1])]
    return dropped("\n".join(lines).encode(), name="partia.jsonl")


@cache
def client(service: str) -> Any:
    """Make a client once for all worlds: making one takes longer than a world does."""
    return boto3.client(service)


class World:
    """Fresh tables, a bucket and queues, and a file that was just dropped."""

    def __init__(self) -> None:
        self.tables: dict[str, Table] = make_tables(client("dynamodb"))
        self.sqs, self.s3 = client("sqs"), client("s3")
        where = {"LocationConstraint": "eu-central-1"}
        self.s3.create_bucket(Bucket="inbox", CreateBucketConfiguration=where)
        self.drops = self.sqs.create_queue(QueueName="drops")["QueueUrl"]
        self.parts = self.sqs.create_queue(QueueName="parts")["QueueUrl"]
        self.sqs.send_message(QueueUrl=self.drops, MessageBody="{}")
        files = S3Files(self.s3, "inbox")
        self.files = files
        self.store = DynamoReadings(self.tables["readings"])
        registry = self.tables["registry"]
        self.long_files = LongFiles(
            directory(),
            self.store,
            DynamoImports(registry),
            DynamoCutFiles(registry),
            S3Work(files),
            SqsPartQueue(self.sqs, self.parts),
        )

    def work(self, fault: Fault) -> int:
        """Work the queues off, redelivering what a crash left; return how often the process died."""
        deaths = 0
        clients = (self.tables["readings"].client, self.sqs, self.s3)
        while (message := self._next()) is not None:
            url, body, receipt = message
            try:
                with watched(fault, *clients):
                    self._handle(body)
            except Crash:
                deaths += 1
                self.sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=receipt, VisibilityTimeout=0)
            else:
                self.sqs.delete_message(QueueUrl=url, ReceiptHandle=receipt)
        return deaths

    def _next(self) -> tuple[str, dict[str, Any], str] | None:
        for url in (self.drops, self.parts):
            found = self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=1).get("Messages", [])
            if found:
                return url, json.loads(found[0]["Body"]), found[0]["ReceiptHandle"]
        return None

    def _handle(self, body: dict[str, Any]) -> None:
        if body:
            _, result = self.long_files.import_part(cut_id=body["cut_id"], part=body["part"])
        else:
            result = self.long_files.start(file=file(), drop=DROP, known_at=KNOWN)
        if result is not None:
            self.files.put("results/partia.jsonl.json", result.as_json(), "application/json")

    def state(self) -> State:
        """Return every item of every table and every file."""
        found: State = {}
        for table in self.tables.values():
            for item in table.client.scan(TableName=table.name)["Items"]:
                found[f"{table.name} {item['pk']['S']} {item['sk']['S']}"] = item
        for one in self.s3.list_objects_v2(Bucket="inbox").get("Contents", []):
            found[one["Key"]] = self.files.get(one["Key"])
        return found


@pytest.fixture(autouse=True)
def _short_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend_credentials(monkeypatch)
    monkeypatch.setattr(importing, "LONG_BATCH", 4)


def undisturbed() -> tuple[State, int]:
    with mock_aws():
        world = World()
        fault = Fault(at=-1, when="never")
        world.work(fault)
        return world.state(), fault.calls


def test_the_undisturbed_file_is_as_in_one_go() -> None:
    state, calls = undisturbed()
    plain = MemoryReadings()
    expected = import_readings(
        file=file(), directory=directory(), store=plain, imports=MemoryImports(), known_at=KNOWN
    )
    assert state["results/partia.jsonl.json"] == expected.as_json()
    assert expected.accepted == 7
    assert sum(key.startswith("work/") and "/part-" in key for key in state) == 3
    assert calls > 20
    assert {day.day for day in plain.items.values() if hasattr(day, "day")} == {DAY}


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_crash_at_any_call_ends_in_the_same_state(when: str) -> None:
    expected, calls = undisturbed()
    for at in range(calls):
        with mock_aws():
            world = World()
            deaths = world.work(Fault(at=at, when=when))
            assert deaths == 1, f"the fault {when} call {at} was never met"
            assert world.state() == expected, f"state differs after a crash {when} call {at}"


def test_every_message_delivered_twice_changes_nothing() -> None:
    expected, _ = undisturbed()
    with mock_aws():
        world = World()
        world.sqs.send_message(QueueUrl=world.drops, MessageBody="{}")
        world.work(Fault(at=-1, when="never"))
        cut = next(key.split("/")[1] for key in expected if key.startswith("work/"))
        for part in (3, 1, 2, 1):
            world._handle({"cut_id": cut, "part": part})
        assert world.state() == expected
