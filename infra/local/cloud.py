"""Hold a whole cloud for the length of a ``with`` block: start it, deploy to it, watch it, remove it."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import boto3
from botocore.config import Config

from infra.local.deploy import ACCOUNT, REGION, deploy
from infra.local.synth import ROOT, synthesise

_START_SECONDS = 30.0
_STARTS = 3
_QUIET_LOOKS = 2
_BUSY_SECONDS = 0.05
_COUNTS = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)


class StartError(Exception):
    """Tell why the emulator did not start."""


class NotIdleError(Exception):
    """Tell which queues still held messages when the time was up."""


class DeadLettersError(Exception):
    """Tell which messages failed for good."""


class InvocationError(Exception):
    """Tell what a function invoked directly raised."""


class EmbeddedCloud:
    """Run the synthesised template on this machine, alone, on a free port of 127.0.0.1.

    ``assembly`` defaults to the real app, synthesised as needed. With ``enforce_rights`` every function is
    held to its role as IAM would hold it, at the price of slower calls.
    """

    outputs: dict[str, str]
    outbox: Path
    endpoint: str

    def __init__(self, *, assembly: Path | None = None, enforce_rights: bool = True) -> None:
        self._assembly = assembly
        self._enforce_rights = enforce_rights
        self._clients: dict[str, Any] = {}
        self._queues: dict[str, str] = {}
        self._functions: dict[str, dict[str, Any]] = {}
        self._redrives: dict[str, str] = {}
        self._dead: frozenset[str] = frozenset()
        self._last_busy: str | None = None
        self._server: subprocess.Popen[bytes] | None = None
        self.patience = 0

    @property
    def server_pid(self) -> int:
        """Return the process id of the server, whose children run the functions."""
        return self._server.pid if self._server else 0

    def __enter__(self) -> Self:
        assembly = self._assembly or synthesise()
        self._folder = Path(tempfile.mkdtemp(prefix="kwit-cloud-"))
        self.outbox = self._folder / "outbox"
        self.outbox.mkdir()
        try:
            self._start()
            self.outputs = deploy(assembly=assembly, client=self.client, cache=ROOT / ".kwit/zips")
            self._look_around()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def client(self, service: str) -> Any:
        """Give a boto3 client of the embedded cloud, e.g. ``client("s3")``."""
        if service not in self._clients:
            make: Callable[..., Any] = boto3.client
            self._clients[service] = make(
                service,
                endpoint_url=self.endpoint,
                region_name=REGION,
                aws_access_key_id=ACCOUNT,
                aws_secret_access_key="embedded",  # noqa: S106 - the emulator wants any word
                config=Config(retries={"mode": "standard", "total_max_attempts": 3}),
            )
        return self._clients[service]

    def queue_url(self, function: str) -> str:
        """Give the URL of the queue in front of a function, by its folder's name."""
        return self._queues[self.queue_arn(function)]

    def queue_arn(self, function: str) -> str:
        """Give the ARN of the queue in front of a function, by its folder's name; empty where none stands."""
        arn: str = self._functions[function].get("Queue", "")
        return arn

    def send_to_queue(self, arn: str, body: str) -> None:
        """Send a message to a queue by its ARN."""
        self.client("sqs").send_message(QueueUrl=self._queues[arn], MessageBody=body)

    def configure(self, function: str, **variables: str) -> None:
        """Set variables of a function's environment beside those that the template gives it."""
        deployed = self._functions[function]
        environment = {**deployed.get("Environment", {}).get("Variables", {}), **variables}
        deployed["Environment"] = {"Variables": environment}
        self.client("lambda").update_function_configuration(
            FunctionName=deployed["FunctionName"], Environment={"Variables": environment}
        )

    def wait_idle(self, timeout: float = 60.0) -> None:
        """Wait until no queue holds or works on a message, seen twice in a row.

        ``timeout`` is in seconds. Dead letters are brought back as often as ``patience`` says; then raises
        ``DeadLettersError``, and ``NotIdleError`` when the time is up.
        """
        deadline = time.monotonic() + timeout
        quiet = 0
        while quiet < _QUIET_LOOKS:
            busy = self._first_busy()
            if busy in self._dead and self.patience > 0:
                self.patience -= 1
                self.redrive_dead_letters()
                continue
            if busy in self._dead:
                dead = [arn for arn in sorted(self._dead) if self._count(arn)]
                raise DeadLettersError("; ".join(self._describe_dead(arn) for arn in dead))
            quiet = 0 if busy else quiet + 1
            if busy and time.monotonic() > deadline:
                raise NotIdleError(f"after {timeout:.0f} s messages were left in {busy.rpartition(':')[2]}")
            time.sleep(_BUSY_SECONDS if busy else 0)

    def _first_busy(self) -> str | None:
        """Find a queue that is not empty: the one seen last first, so that looking costs little."""
        for arn in sorted(self._queues, key=lambda arn: (arn != self._last_busy, arn not in self._dead)):
            if self._count(arn):
                self._last_busy = arn
                return arn
        return None

    def dead_letters(self) -> list[str]:
        """List the bodies of all messages that failed for good, leaving them where they are."""
        return [body for arn in sorted(self._dead) for body in self._bodies(arn)]

    def redrive_dead_letters(self) -> int:
        """Bring every message that failed for good back to its queue, as an operator would; count them."""
        count = 0
        sqs = self.client("sqs")
        for source, dead in self._redrives.items():
            url = self._queues[dead]
            while found := sqs.receive_message(
                QueueUrl=url, MaxNumberOfMessages=10, MessageSystemAttributeNames=["All"]
            ).get("Messages"):
                for message in found:
                    group = message.get("Attributes", {}).get("MessageGroupId")
                    fifo = {"MessageGroupId": group, "MessageDeduplicationId": uuid4().hex} if group else {}
                    sqs.send_message(QueueUrl=self._queues[source], MessageBody=message["Body"], **fifo)
                    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                    count += 1
        return count

    def purge_dead_letters(self) -> None:
        """Throw away every message that failed for good."""
        for arn in self._dead:
            self.client("sqs").purge_queue(QueueUrl=self._queues[arn])

    def logs(self, function: str) -> str:
        """Give all a function has logged, oldest first."""
        group = self._functions[function]["LoggingConfig"]["LogGroup"]
        streams = self.client("logs").get_paginator("describe_log_streams").paginate(logGroupName=group)
        names = [stream["logStreamName"] for page in streams for stream in page["logStreams"]]
        # Asked for all streams at once, the emulator leaves out what is beyond ten thousand events.
        events = [event for name in names for event in self._events(group, name)]
        return "\n".join(event["message"].rstrip() for event in sorted(events, key=lambda e: e["timestamp"]))

    def _events(self, group: str, stream: str) -> Iterator[dict[str, Any]]:
        asked: dict[str, Any] = {"logGroupName": group, "logStreamName": stream, "startFromHead": True}
        while found := self.client("logs").get_log_events(**asked):
            yield from found["events"]
            if found["nextForwardToken"] == asked.get("nextToken"):
                return
            asked["nextToken"] = found["nextForwardToken"]

    def invoke(self, function: str, event: dict[str, Any]) -> Any:
        """Call a function with ``event`` and give its answer. Raises ``InvocationError``."""
        answer = self.client("lambda").invoke(
            FunctionName=self._functions[function]["FunctionName"], Payload=json.dumps(event).encode()
        )
        payload = json.loads(answer["Payload"].read())
        if answer.get("FunctionError"):
            raise InvocationError(f"{function}: {payload.get('errorType')}: {payload.get('errorMessage')}")
        return payload

    def _start(self) -> None:
        for _ in range(_STARTS):
            port = _free_port()
            self.endpoint = f"http://127.0.0.1:{port}"
            with (self._folder / "server.log").open("ab") as log:
                self._server = subprocess.Popen(
                    [sys.executable, "-m", "infra.local.server", str(self.outbox)],
                    cwd=ROOT,
                    env=self._environment(port),
                    stdin=subprocess.PIPE,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            if self._answers():
                return
            self._end_server()
        text = (self._folder / "server.log").read_text(errors="replace")
        raise StartError(f"the embedded cloud did not start:\n{text[-4000:]}")

    def _environment(self, port: int) -> dict[str, str]:
        return {
            "PATH": os.environ.get("PATH", ""),
            "HOME": str(self._folder),
            "TMPDIR": str(self._folder),
            "GATEWAY_PORT": str(port),
            "BIND_HOST": "127.0.0.1",
            "MINISTACK_HOST": "127.0.0.1",
            "MINISTACK_REGION": REGION,
            "LOG_LEVEL": "ERROR",
            "LAMBDA_EXECUTOR": "local",
            "AUTH": str(self._enforce_rights).lower(),
            "PERSIST_STATE": "0",
            "DOCKER_HOST": "unix:///nonexistent",
        }

    def _answers(self) -> bool:
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline and self._server is not None and self._server.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.endpoint}/_ministack/health", timeout=2):  # noqa: S310 - http
                    return True
            except (urllib.error.URLError, OSError):
                time.sleep(0.02)
        return False

    def _look_around(self) -> None:
        """Learn the names CloudFormation gave: queues by ARN, functions by their folder."""
        sqs = self.client("sqs")
        for url in sqs.list_queues().get("QueueUrls", []):
            attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
            self._queues[attributes["QueueArn"]] = url
            if redrive := attributes.get("RedrivePolicy"):
                self._redrives[attributes["QueueArn"]] = json.loads(redrive)["deadLetterTargetArn"]
        self._dead = frozenset(self._redrives.values())
        by_arn = {}
        for page in self.client("lambda").get_paginator("list_functions").paginate():
            for function in page["Functions"]:
                variables = function.get("Environment", {}).get("Variables", {})
                name = variables.get("POWERTOOLS_SERVICE_NAME", function["FunctionName"])
                self._functions[name] = by_arn[function["FunctionArn"]] = dict(function)
        for page in self.client("lambda").get_paginator("list_event_source_mappings").paginate():
            for mapping in page["EventSourceMappings"]:
                by_arn[mapping["FunctionArn"]]["Queue"] = mapping["EventSourceArn"]

    def _count(self, arn: str) -> int:
        attributes = self.client("sqs").get_queue_attributes(
            QueueUrl=self._queues[arn], AttributeNames=list(_COUNTS)
        )
        return sum(int(attributes["Attributes"].get(name, 0)) for name in _COUNTS)

    def _bodies(self, arn: str) -> list[str]:
        received = self.client("sqs").receive_message(
            QueueUrl=self._queues[arn], MaxNumberOfMessages=10, VisibilityTimeout=0
        )
        return [message["Body"] for message in received.get("Messages", [])]

    def _describe_dead(self, arn: str) -> str:
        messages = " | ".join(body[:2000] for body in self._bodies(arn))
        name = next(
            (n for n, f in self._functions.items() if self._redrives.get(f.get("Queue", "")) == arn), ""
        )
        errors = [line for line in self.logs(name).splitlines() if "rror" in line] if name else []
        return f"{name or arn}: {messages}" + (f"\n  it logged: {errors[-1]}" if errors else "")

    def _stop(self) -> None:
        self._end_server()
        for client in self._clients.values():
            client.close()
        self._clients.clear()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _end_server(self) -> None:
        server, self._server = self._server, None
        if server is None:
            return
        # Its state is disposable and its workers are of its process group, so nothing is worth waiting for.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)
        server.wait()
        if server.stdin:
            server.stdin.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
