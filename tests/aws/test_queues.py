"""What is sent to SQS is what the next function reads, in batches, in order within a series."""

import json
from typing import Any

import boto3
import pytest
from moto import mock_aws

from kwit.aws.messages import CloseRun, DocumentsNamed, IssueBatch, RateChunk
from kwit.aws.queues import MessagesNotSentError, SqsDocumentQueue, SqsRunQueue, send_many
from tests.moto_tables import pretend_credentials


@pytest.fixture
def sqs(monkeypatch: pytest.MonkeyPatch) -> Any:
    pretend_credentials(monkeypatch)
    with mock_aws():
        yield boto3.client("sqs")


def bodies(client: Any, url: str) -> list[str]:
    found: list[str] = []
    while messages := client.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            found.append(message["Body"])
            client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return found


class TestRunQueue:
    def test_each_step_reads_what_was_sent(self, sqs: Any) -> None:
        url = sqs.create_queue(QueueName="q")["QueueUrl"]
        queue = SqsRunQueue(sqs, rate_url=url, close_url=url)
        queue.rate_chunks("r", [3])
        queue.close_run("r")
        chunk, close = bodies(sqs, url)
        assert RateChunk.model_validate_json(chunk) == RateChunk(run_id="r", chunk=3)
        assert CloseRun.model_validate_json(close) == CloseRun(run_id="r")

    def test_batches_of_a_series_share_a_group_and_twins_are_dropped(self, sqs: Any) -> None:
        fifo = {"FifoQueue": "true", "ContentBasedDeduplication": "false"}
        url = sqs.create_queue(QueueName="q.fifo", Attributes=fifo)["QueueUrl"]
        queue = SqsRunQueue(sqs, issue_url=url)
        for number, series in (
            (0, "FV/{number}"),
            (0, "FV/{number}"),
            (1, "FV/{number}"),
            (2, "Zażółć {number}"),
        ):
            queue.issue_batches("r", [(number, series)])
        messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["All"])[
            "Messages"
        ]
        read = [IssueBatch.model_validate_json(one["Body"]).batch for one in messages]
        groups = {one["Attributes"]["MessageGroupId"] for one in messages}
        assert sorted(read) == [0, 1, 2]
        assert len(groups) == 2
        assert all(group.isalnum() for group in groups)


class TestDocumentQueue:
    def test_many_documents_go_ten_in_a_message(self, sqs: Any) -> None:
        url = sqs.create_queue(QueueName="q")["QueueUrl"]
        queue = SqsDocumentQueue(sqs, url)
        names = [f"d{n}" for n in range(23)]
        queue.render(names)
        named = [DocumentsNamed.model_validate_json(one).document_ids for one in bodies(sqs, url)]
        assert sorted(one for ids in named for one in ids) == sorted(names)
        assert sorted(len(ids) for ids in named) == [3, 10, 10]
        queue.deliver(["d1"])
        queue.render([])
        assert [json.loads(one) for one in bodies(sqs, url)] == [{"document_ids": ["d1"]}]


def test_messages_that_sqs_refused_are_counted() -> None:
    class Refusing:
        def send_message_batch(self, **_: object) -> dict[str, Any]:
            return {"Failed": [{"Id": "0"}, {"Id": "1"}]}

    client: Any = Refusing()
    with pytest.raises(MessagesNotSentError, match="2 messages") as caught:
        send_many(client, "url", [{}, {}, {}])
    assert caught.value.count == 2
