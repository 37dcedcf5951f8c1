"""Messages on SQS: small JSON bodies that name things; a message may arrive twice or late."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kwit.kernel.identifiers import deterministic_id

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

_BATCH = 10
DOCUMENTS_OF_A_MESSAGE = 10


class MessagesNotSentError(RuntimeError):
    """SQS refused messages; carries how many."""

    def __init__(self, count: int) -> None:
        super().__init__(f"SQS refused {count} messages")
        self.count = count


def send_many(client: "SQSClient", url: str, bodies: Iterable[dict[str, Any]]) -> None:
    """Send messages in batches. Raises MessagesNotSentError."""
    _send(client, url, [{"MessageBody": json.dumps(body, sort_keys=True)} for body in bodies])


def _send(client: "SQSClient", url: str, messages: Sequence[dict[str, str]]) -> None:
    for first in range(0, len(messages), _BATCH):
        entries: Any = [
            {"Id": str(index), **message} for index, message in enumerate(messages[first : first + _BATCH])
        ]
        failed = client.send_message_batch(QueueUrl=url, Entries=entries).get("Failed", [])
        if failed:
            raise MessagesNotSentError(len(failed))


@dataclass(frozen=True, slots=True)
class SqsRunQueue:
    """Carries a run from step to step. An address is empty where a function does not send there."""

    client: "SQSClient"
    rate_url: str = ""
    close_url: str = ""
    issue_url: str = ""
    compare_url: str = ""

    def rate_chunks(self, run_id: str, chunks: Sequence[int]) -> None:
        """Ask for chunks to be rated."""
        send_many(self.client, self.rate_url, ({"run_id": run_id, "chunk": chunk} for chunk in chunks))

    def close_run(self, run_id: str) -> None:
        """Ask for a run to be closed."""
        send_many(self.client, self.close_url, [{"run_id": run_id}])

    def issue_batches(self, run_id: str, batches: Sequence[tuple[int, str]]) -> None:
        """Ask for batches to be issued, by number and series, in order within their series."""
        _send(
            self.client,
            self.issue_url,
            [
                {
                    "MessageBody": json.dumps({"run_id": run_id, "batch": number}, sort_keys=True),
                    "MessageGroupId": deterministic_id("series", series),
                    "MessageDeduplicationId": deterministic_id("issue", run_id, number),
                }
                for number, series in batches
            ],
        )

    def compare_chunk(self, run_id: str, against: str, chunk: int) -> None:
        """Ask for a chunk of a run to be compared with another run, or with the bills before."""
        send_many(self.client, self.compare_url, [{"run_id": run_id, "against": against, "chunk": chunk}])


@dataclass(frozen=True, slots=True)
class SqsPackQueue:
    """Asks for shelves of readings to be packed."""

    client: "SQSClient"
    url: str

    def pack(self, month: str, firsts: Sequence[int], *, count: int) -> None:
        """Ask for the `count` shelves of a month from each of the first ones on."""
        send_many(self.client, self.url, ({"month": month, "first": one, "count": count} for one in firsts))


@dataclass(frozen=True, slots=True)
class SqsPartQueue:
    """Asks for parts of cut files to be imported."""

    client: "SQSClient"
    url: str

    def import_parts(self, cut_id: str, parts: Sequence[int]) -> None:
        """Ask for parts of a cut file to be imported."""
        send_many(self.client, self.url, ({"cut_id": cut_id, "part": part} for part in parts))


@dataclass(frozen=True, slots=True)
class SqsDocumentQueue:
    """Asks for documents to be rendered or delivered."""

    client: "SQSClient"
    url: str

    def render(self, document_ids: Sequence[str]) -> None:
        """Ask for the PDFs of documents."""
        self._name(document_ids)

    def deliver(self, document_ids: Sequence[str]) -> None:
        """Ask for documents to be delivered."""
        self._name(document_ids)

    def _name(self, document_ids: Sequence[str]) -> None:
        """Name some documents in each message: who works on them reads them, and asks for what follows, at once."""
        parts = range(0, len(document_ids), DOCUMENTS_OF_A_MESSAGE)
        named = (list(document_ids[first : first + DOCUMENTS_OF_A_MESSAGE]) for first in parts)
        send_many(self.client, self.url, ({"document_ids": one} for one in named))


FILINGS_OF_A_MESSAGE = 90
_LONGEST_DELAY = 900


@dataclass(frozen=True, slots=True)
class SqsKsefQueue:
    """Asks for work on the filings of documents with KSeF."""

    client: "SQSClient"
    url: str

    def file(self, document_ids: Sequence[str], *, after: int = 0) -> None:
        """Ask for documents to be sent, after some seconds at the earliest; a message makes a session."""
        delay = max(0, min(after, _LONGEST_DELAY))
        parts = range(0, len(document_ids), FILINGS_OF_A_MESSAGE)
        for first in parts:
            self._say({"document_ids": list(document_ids[first : first + FILINGS_OF_A_MESSAGE])}, delay)

    def follow(self, session: str, document_ids: Sequence[str], *, asked: int = 0) -> None:
        """Ask what became of documents in a session: at once, then after 2, 4, 8 … seconds, at most a quarter."""
        delay = min(2**asked, _LONGEST_DELAY) if asked else 0
        self._say({"session": session, "document_ids": list(document_ids), "asked": asked}, delay)

    def _say(self, body: dict[str, Any], delay: int) -> None:
        self.client.send_message(
            QueueUrl=self.url, MessageBody=json.dumps(body, sort_keys=True), DelaySeconds=delay
        )
