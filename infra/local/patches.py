"""Close the gaps of MiniStack 1.5.33 that kWit's flow would notice.

Every patch first proves that what it replaces is there, so a new release of the emulator fails at
start with a sentence instead of behaving differently in silence.
"""

import base64
import inspect
import itertools
import json
import queue
import threading
import time
from collections.abc import Callable
from email.utils import parseaddr
from pathlib import Path
from typing import Any

from ministack import app
from ministack.core import iam_actions, lambda_runtime
from ministack.services import dynamodb, eventbridge, lambda_svc, s3, scheduler, ses, ses_v2, sqs
from ministack.services.cloudformation import provisioners

from infra.local import mail_events

RETRY_SECONDS = 0.3
WORKERS_PER_QUEUE = 2
NEVER_SECONDS = 10**8
_SEND_MAIL = ("POST", "/v2/email/outbound-emails")
_LOG_END = "-- kwit: end of invocation --"
_LOG_WAIT_SECONDS = 1.0
_READ_UNIT_BYTES = 4096


class PatchTargetError(Exception):
    """Tell that this release of the emulator lacks what a patch replaces."""


def apply_all(*, outbox: Path) -> None:
    """Apply every patch; raw mail is written to ``outbox`` as .eml files."""
    end_logs_by_a_mark()
    name_the_exception()
    return_failed_messages_soon()
    take_loopback_for_tls()
    ask_one_right_for_a_batch()
    ask_the_right_to_send_of_the_domain()
    limit_workers()
    silence_schedules()
    deliver_bucket_events_at_once()
    keep_mail(outbox=outbox)
    meter_reads_by_size()
    refer_to_secrets_by_arn()


def _require(owner: Any, name: str, *parameters: str) -> Any:
    """Give ``owner.name``, proven to exist and, if a function, to take ``parameters`` first."""
    found = getattr(owner, name, None)
    if found is None:
        raise PatchTargetError(f"{owner.__name__} has no {name}")
    if parameters and tuple(inspect.signature(found).parameters)[: len(parameters)] != parameters:
        raise PatchTargetError(f"{owner.__name__}.{name} does not take {parameters}")
    return found


def _rewrite_worker(old: str, new: str) -> None:
    script = _require(lambda_runtime, "_PYTHON_WORKER_SCRIPT")
    if script.count(old) != 1:
        raise PatchTargetError(f"the worker script has {old!r} {script.count(old)} times, not once")
    lambda_runtime._PYTHON_WORKER_SCRIPT = script.replace(old, new)  # noqa: SLF001 - the emulator has no hook


def end_logs_by_a_mark() -> None:
    """Let a worker mark the end of its log, instead of waiting 50 ms for a line that may not come."""
    _require(lambda_runtime.Worker, "_drain_stderr_bounded", "self")
    call = "            result = handler_fn(event, context)\n"
    mark = f'print("{_LOG_END}", file=sys.stderr, flush=True)'
    _rewrite_worker(
        call,
        f"            try:\n                result = handler_fn(event, context)\n"
        f"            finally:\n                {mark}\n",
    )

    def drain(worker: Any, *_args: Any, **_kwargs: Any) -> str:
        lines: list[str] = []
        until = time.monotonic() + _LOG_WAIT_SECONDS
        while (left := until - time.monotonic()) > 0 and worker._proc is not None:  # noqa: SLF001 - same
            try:
                line = worker._stderr_queue.get(timeout=left)  # noqa: SLF001 - same
            except queue.Empty:
                break
            if line.strip() == _LOG_END:
                break
            lines.append(line)
        return "\n".join(lines)

    lambda_runtime.Worker._drain_stderr_bounded = drain  # noqa: SLF001 - the emulator has no hook


def name_the_exception() -> None:
    """Answer a failed invocation with its exception's class, as Lambda does."""
    invoke = _require(lambda_runtime.Worker, "invoke", "self", "event", "request_id")
    execute = _require(lambda_svc, "_execute_function_warm", "func", "event", "request_id")
    _rewrite_worker('"error": str(e), "trace"', '"error": str(e), "type": type(e).__name__, "trace"')
    last = threading.local()

    def remember(*args: Any, **kwargs: Any) -> Any:
        result = invoke(*args, **kwargs)
        last.error_type = result.get("type")
        return result

    def name(*args: Any, **kwargs: Any) -> Any:
        last.error_type = None
        result = execute(*args, **kwargs)
        if result.get("error") and last.error_type:
            result["body"]["errorType"] = last.error_type
        return result

    lambda_runtime.Worker.invoke = remember
    lambda_svc._execute_function_warm = name  # noqa: SLF001 - the emulator has no hook


def return_failed_messages_soon() -> None:
    """Show a failed message again after a moment, not after its visibility timeout of up to half an hour."""
    run = _require(lambda_svc, "_run_sqs_batch", "esm", "func_rec", "event", "batch", "queue_url")
    _require(lambda_svc, "_ESM_BACKOFF_SECONDS")
    _require(sqs, "_queues_lock")
    queue_of = _require(sqs, "_get_q")
    wake = _require(lambda_svc, "_esm_wake")

    def run_and_return(esm: Any, func_rec: Any, event: Any, batch: Any, queue_url: str, *rest: Any) -> None:
        run(esm, func_rec, event, batch, queue_url, *rest)
        handles = {message["receipt_handle"] for message in batch}
        with sqs._queues_lock:  # noqa: SLF001 - the emulator has no hook
            left = [m for m in queue_of(queue_url)["messages"] if m.get("receipt_handle") in handles]
            for message in left:
                message["visible_at"] = time.time() + RETRY_SECONDS
        if left:
            timer = threading.Timer(RETRY_SECONDS + 0.01, wake.set)
            timer.daemon = True
            timer.start()

    lambda_svc._run_sqs_batch = run_and_return  # noqa: SLF001 - same
    lambda_svc._ESM_BACKOFF_SECONDS = 0.0  # noqa: SLF001 - same


def take_loopback_for_tls() -> None:
    """Count a request as made over TLS, for the policies that demand it hold here too."""
    pin = _require(app, "pin_request_origin", "source_ip", "secure_transport")

    def pin_secure(source_ip: str, secure_transport: bool) -> None:  # noqa: ARG001, FBT001 - as the original
        pin(source_ip, True)  # noqa: FBT003 - same

    app.pin_request_origin = pin_secure


def ask_one_right_for_a_batch() -> None:
    """Ask the right to send one message of a sender of ten, as SQS does: there is no right of its own."""
    extract = _require(iam_actions, "extract_iam_action", "service", "method", "path")

    def action(*args: Any, **kwargs: Any) -> Any:
        found = extract(*args, **kwargs)
        return found.removesuffix("Batch") if found and found.startswith("sqs:") else found

    iam_actions.extract_iam_action = action


def ask_the_right_to_send_of_the_domain() -> None:
    """Check the right to send mail on the identity that verifies the sender: the address or its domain."""
    resource_of = _require(
        iam_actions, "_ses_v2_resource_arn", "method", "path", "body", "region", "account_id"
    )
    identities = _require(ses, "_identities")

    def resource(method: str, path: str, body: bytes, region: str, account_id: str) -> Any:
        if (method, path.rstrip("/")) != _SEND_MAIL:
            return resource_of(method, path, body, region, account_id)
        address = parseaddr(json.loads(body).get("FromEmailAddress", ""))[1]
        name = address if address in identities else address.rpartition("@")[2]
        return f"arn:aws:ses:{region}:{account_id}:identity/{name}"

    iam_actions._ses_v2_resource_arn = resource  # noqa: SLF001 - the emulator has no hook


def limit_workers() -> None:
    """Run two batches of a queue at once at most: a worker process takes about 50 MB."""
    _require(lambda_svc, "_ESM_SQS_DEFAULT_CONCURRENCY")
    lambda_svc._ESM_SQS_DEFAULT_CONCURRENCY = WORKERS_PER_QUEUE  # noqa: SLF001 - the emulator has no hook


def silence_schedules() -> None:
    """Stop the emulator's own clock: it knows no time zones; infra.local.schedules fires instead."""
    _require(scheduler, "_SCHEDULE_TICK_INTERVAL")
    _require(eventbridge, "_SCHEDULER_TICK_INTERVAL")
    scheduler._SCHEDULE_TICK_INTERVAL = NEVER_SECONDS  # noqa: SLF001 - the emulator has no hook
    eventbridge._SCHEDULER_TICK_INTERVAL = NEVER_SECONDS  # noqa: SLF001 - same


def deliver_bucket_events_at_once() -> None:
    """Queue a bucket's event before its put returns, and let the event carry the object's version.

    So "all queues are empty" cannot be true between a drop and its event.
    """
    fire = _require(s3, "_fire_s3_event", "bucket_name", "key", "event_name", "size", "etag", "deletion_type")
    _require(s3, "_fire_s3_event_async", "bucket_name", "key", "event_name", "size", "etag", "deletion_type")
    sequencer = _require(s3, "_next_event_sequencer", "event_name")
    dispatch = _require(eventbridge, "_dispatch_event", "event", "view")
    version = threading.local()

    def fire_now(bucket_name: str, key: str, event_name: str, *args: Any, **kwargs: Any) -> None:
        version.id = kwargs.get("version_id")
        try:
            fire(bucket_name, key, event_name, *args, sequencer=sequencer(event_name), **kwargs)
        finally:
            version.id = None

    def dispatch_with_version(event: dict[str, Any], view: Any = None) -> Any:
        if event["Source"] == "aws.s3" and getattr(version, "id", None):
            detail = json.loads(event["Detail"])
            detail["object"]["version-id"] = version.id
            event = {**event, "Detail": json.dumps(detail)}
            view = None
        return dispatch(event, view)

    s3._fire_s3_event_async = fire_now  # noqa: SLF001 - the emulator has no hook
    eventbridge._dispatch_event = dispatch_with_version  # noqa: SLF001 - same


def keep_mail(*, outbox: Path) -> None:
    """Keep every raw message as an .eml file, and tell its outcome on the event bus, as SES does.

    Any other form of content is refused, for the emulator would lose its attachments.
    """
    handle: Callable[..., Any] = _require(ses_v2, "handle_request", "method", "path", "headers", "body")
    configuration_sets = _require(ses_v2, "_config_sets")
    put_events = _require(eventbridge, "_put_events", "data", "allow_aws_source")
    refuse = _require(ses_v2, "_json_err", "code", "message")
    numbers = itertools.count(1)

    async def send_and_tell(method: str, path: str, headers: Any, body: Any, *rest: Any) -> Any:
        if (method, path.rstrip("/")) != _SEND_MAIL:
            return await handle(method, path, headers, body, *rest)
        request = json.loads(body)
        raw = request.get("Content", {}).get("Raw", {}).get("Data")
        if raw is None:
            return refuse(
                "BadRequestException", "the embedded cloud keeps raw messages only: send Content.Raw"
            )
        message = base64.b64decode(raw)
        # The emulator reads a message three times over and keeps a text of it; the file has it all.
        head = message[: message.find(b"\r\n\r\n")].partition(b"\r\nContent-Type:")[0] + b"\r\n\r\n"
        request["Content"]["Raw"]["Data"] = base64.b64encode(head).decode()
        answer = await handle(method, path, headers, json.dumps(request).encode(), *rest)
        if answer[0] != 200:
            return answer
        message_id = json.loads(answer[2])["MessageId"]
        (outbox / f"{next(numbers):06}-{message_id.partition('@')[0]}.eml").write_bytes(message)
        matching = mail_events.event_types(configuration_sets.get(request.get("ConfigurationSetName", "")))
        entries = mail_events.entries(
            request=request, message=message, message_id=message_id, matching=matching
        )
        for entry in entries:
            put_events({"Entries": [entry]}, allow_aws_source=True)
        return answer

    ses_v2.handle_request = send_and_tell


def meter_reads_by_size() -> None:
    """Tell the read units that DynamoDB would: by 4 KB, of one item each in a batch, of all together in a query."""
    size = _require(dynamodb, "_item_size_bytes", "item")
    find = _require(dynamodb, "_get_item_by_key", "table", "key")
    tables, named = _require(dynamodb, "_tables"), _require(dynamodb, "_normalize_table_name")
    add = _require(dynamodb, "_add_consumed_capacity", "result", "data", "table_name", "write")
    read = _require(dynamodb, "_batch_get_item", "data")

    def units(sizes: int, asked: Any) -> float:
        return max(-(-sizes // _READ_UNIT_BYTES), 1) * (1.0 if asked.get("ConsistentRead") else 0.5)

    def add_by_size(result: Any, data: Any, table_name: str, *args: Any, **kwargs: Any) -> None:
        add(result, data, table_name, *args, **kwargs)
        capacity = result.get("ConsumedCapacity")
        if capacity and not kwargs.get("write"):
            items = result.get("Items", [result["Item"]] if "Item" in result else [])
            capacity["CapacityUnits"] = units(sum(size(item) for item in items), data)

    def read_and_tell(data: Any) -> Any:
        status, headers, body = read(data)
        if status != 200 or data.get("ReturnConsumedCapacity", "NONE") == "NONE":
            return status, headers, body
        told = []
        for name, asked in data["RequestItems"].items():
            found = (find(tables[named(name)], key) for key in asked["Keys"])
            total = sum(units(size(item) if item else 0, asked) for item in found)
            told.append({"TableName": name, "CapacityUnits": total})
        return status, headers, body[:-1] + b', "ConsumedCapacity": ' + json.dumps(told).encode() + b"}"

    dynamodb._add_consumed_capacity = add_by_size  # noqa: SLF001 - the emulator has no hook
    dynamodb._batch_get_item = read_and_tell  # noqa: SLF001 - same


def refer_to_secrets_by_arn() -> None:
    """Let a template's ``Ref`` of a secret be its ARN, as CloudFormation has it, not its name."""
    _require(provisioners, "_sm_secret_create", "logical_id", "props", "stack_name")
    handlers = _require(provisioners, "_RESOURCE_HANDLERS")["AWS::SecretsManager::Secret"]
    create = handlers["create"]

    def create_by_arn(logical_id: str, props: Any, stack_name: str) -> Any:
        _, attributes = create(logical_id, props, stack_name)
        return attributes["Arn"], attributes

    handlers["create"] = create_by_arn
