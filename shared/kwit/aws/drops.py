"""Dropped files: what the bucket's event says, the file itself, and the result put beside it."""

from datetime import datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from kwit.aws.bootstrap import Application
from kwit.aws.runtime import QueueMessage, Report
from kwit.intake.dropped_file import DroppedFile, declared_size_finding
from kwit.intake.findings import Finding, ImportResult, Severity, result_of
from kwit.intake.result_workbook import result_workbook

_INBOX = "inbox/"
_RESULTS = "results/"
KINDS = (
    "settings",
    "price-lists",
    "registry",
    "profiles",
    "readings",
    "run-orders",
    "run-approvals",
    "document-orders",
    "note-orders",
)


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _Bucket(_Part):
    name: str


class _Object(_Part):
    key: str
    size: int = 0
    etag: str = ""
    version_id: str = Field(default="", alias="version-id")
    sequencer: str = ""


class _Detail(_Part):
    bucket: _Bucket
    object: _Object


class Dropped(QueueMessage):
    """«Object Created» of S3 by way of EventBridge; keys are not encoded in this form of the event.

    A test notification has no detail and is passed over.
    """

    time: AwareDatetime | None = None
    detail: _Detail | None = None


def drop_of(message: Dropped, app: Application) -> tuple[DroppedFile | None, ImportResult | None]:
    """Fetch a dropped file, or refuse it by its declared size before a byte is read."""
    detail = message.detail
    if detail is None:
        return None, None
    key = detail.object.key
    received = message.time or app.now()
    finding = declared_size_finding(name=key, size=detail.object.size)
    if finding is not None:
        return None, refused(name=_name(key), finding=finding, at=received)
    # Two quick drops under one key are two versions; each message reads its own.
    content = app.inbox.get(key, version_id=detail.object.version_id)
    return DroppedFile.of(name=_name(key), content=content, received_at=received), None


def refused(*, name: str, finding: Finding, at: datetime) -> ImportResult:
    """Make the result of a file that was not read at all."""
    return result_of(
        file=name, content_hash="", kind="", encoding="", known_at=at, findings=(finding,), rejected=1
    )


def unknown_kind(message: Dropped, app: Application) -> ImportResult:
    """Make the result of a file dropped where nobody reads."""
    key = message.detail.object.key if message.detail else ""
    folders = ", ".join(f"inbox/{kind}/" for kind in KINDS)
    finding = Finding(
        code="unknown_kind",
        severity=Severity.REJECT,
        value=key,
        sentence_pl=f"Tego folderu nikt nie czyta. Pliki kładzie się do: {folders}.",
    )
    return refused(name=_name(key), finding=finding, at=known_at(message, app))


def put_result(message: Dropped, result: ImportResult, app: Application) -> Report:
    """Put what was said of a file beside it, for machines and for people, and return the log line."""
    return put_result_of(key_of_drop(message, result.file), result, app)


def key_of_drop(message: Dropped, name: str) -> str:
    """Return the key of the dropped file, its name where the event has none."""
    return message.detail.object.key if message.detail else name


def put_result_of(key: str, result: ImportResult, app: Application) -> Report:
    """Put what was said of the file of a key beside it and return the log line."""
    base = _RESULTS + key.removeprefix(_INBOX)
    app.inbox.put(f"{base}.json", result.as_json(), "application/json")
    app.inbox.put(
        f"{base}.xlsx",
        result_workbook(result),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )
    return {
        "file": key,
        "status": str(result.status),
        "accepted": result.accepted,
        "rejected": result.rejected,
    }


def known_at(message: Dropped, app: Application) -> datetime:
    """Return since when the file's content is known: the bucket's own time of the drop."""
    return message.time or app.now()


def _name(key: str) -> str:
    return key.rpartition("/")[2]
