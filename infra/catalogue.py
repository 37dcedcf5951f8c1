"""List every function of the system: what starts it, what it may touch and where it sends.

This page is the whole wiring; the stacks only turn it into resources. Every function has exactly one
queue in front of it, so a retry, a dead letter and an alarm look the same everywhere; only a function that
answers requests has none, for who asks is waiting and asks again.
"""

from dataclasses import dataclass
from enum import StrEnum


class Table(StrEnum):
    """Name the four tables by the room that owns them."""

    REGISTRY = "Registry"
    READINGS = "Readings"
    BILLING = "Billing"
    DOCUMENTS = "Documents"


class Bucket(StrEnum):
    """Name the two buckets a function may touch."""

    INBOX = "Inbox"
    DOCUMENTS = "Documents"


class Layer(StrEnum):
    """Name the layers of third-party packages beyond the common one."""

    PDF = "pdf"
    EXCEL = "excel"
    KSEF = "ksef"


EXPIRING = {Table.READINGS: "expires"}
"""Tables of which DynamoDB removes items, with the attribute that says when."""


class Access(StrEnum):
    """Say what a function does with the objects under a prefix."""

    READ = "s3:GetObject"
    READ_VERSION = "s3:GetObjectVersion"
    WRITE = "s3:PutObject"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drop:
    """Start on a file dropped into the inbox under one prefix."""

    prefix: str


@dataclass(frozen=True, slots=True)
class UnknownDrop:
    """Start on a file dropped into the inbox where no function expects one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Daily:
    """Start every day at a local time of Europe/Warsaw, or at more than one."""

    hour: int
    minute: int
    later_hours: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Sent:
    """Start on a message another function sends."""


@dataclass(frozen=True, slots=True)
class MailEvent:
    """Start on what SES tells about a message: sent, delivered, bounced, complained about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Requests:
    """Start on each request to the portal's HTTP API: its routes, as (method, path)."""

    routes: tuple[tuple[str, str], ...]


Trigger = Drop | UnknownDrop | Daily | Sent | MailEvent | Requests

GET, PUT, UPDATE, QUERY, DELETE = "GetItem", "PutItem", "UpdateItem", "Query", "DeleteItem"
BATCH_GET, BATCH_WRITE = "BatchGetItem", "BatchWriteItem"


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """Describe one function: its folder in functions/, its trigger and its exact rights.

    ``tables`` maps a table to DynamoDB actions; ``objects`` lists (bucket, prefix, access);
    ``sends_to`` names the functions whose queue it feeds.
    """

    name: str
    trigger: Trigger
    timeout_seconds: int
    tables: dict[Table, tuple[str, ...]]
    objects: tuple[tuple[Bucket, str, tuple[Access, ...]], ...] = ()
    sends_to: tuple[str, ...] = ()
    layers: tuple[Layer, ...] = ()
    memory_mb: int = 512
    batch_size: int = 1
    max_concurrency: int | None = None
    max_receives: int = 5
    fifo: bool = False
    sends_mail: bool = False
    speaks_ksef: bool = False
    draws_ksef_codes: bool = False
    must_run_daily: bool = False

    @property
    def construct_id(self) -> str:
        """Give the name in CamelCase, as construct ids are written."""
        return "".join(word.capitalize() for word in self.name.split("_"))

    @property
    def queued(self) -> bool:
        """Tell whether a queue stands in front of the function."""
        return not isinstance(self.trigger, Requests)

    @property
    def queue_variable(self) -> str:
        """Name the environment variable in which its senders find its queue, e.g. ``RATE_QUEUE_URL``."""
        return f"{self.name.split('_', maxsplit=1)[0].upper()}_QUEUE_URL"


def _import(
    kind: str,
    *,
    timeout_seconds: int,
    tables: dict[Table, tuple[str, ...]],
    objects: tuple[tuple[Bucket, str, tuple[Access, ...]], ...] = (),
    sends_to: tuple[str, ...] = (),
    memory_mb: int = 512,
    layers: tuple[Layer, ...] = (),
) -> Function:
    prefix = f"inbox/{kind}/"
    return Function(
        name=f"import_{kind.removesuffix('s') if kind == 'price-lists' else kind}".replace("-", "_"),
        trigger=Drop(prefix=prefix),
        timeout_seconds=timeout_seconds,
        tables=tables,
        objects=(
            (Bucket.INBOX, prefix, (Access.READ, Access.READ_VERSION)),
            (Bucket.INBOX, RESULTS_PREFIX, (Access.WRITE,)),
            *objects,
        ),
        sends_to=sends_to,
        # Results are written as a workbook beside each drop.
        layers=(Layer.EXCEL, *layers),
        memory_mb=memory_mb,
    )


RESULTS_PREFIX = "results/"
WORK_PREFIX = "work/"
_INVOICES = "invoices/"
_EXPORTS = "exports/"
_EVIDENCE = "evidence/"
_KSEF = "ksef/"
_FILING_TABLES = {Table.REGISTRY: (QUERY,), Table.DOCUMENTS: (GET, BATCH_GET, PUT, QUERY, DELETE)}
"""What filing documents touches: a filing is put in the place of the one before, or leaves a list."""

FUNCTIONS: tuple[Function, ...] = (
    _import("settings", timeout_seconds=60, tables={Table.REGISTRY: (GET, PUT, QUERY)}),
    _import("price-lists", timeout_seconds=60, tables={Table.REGISTRY: (GET, PUT, QUERY)}),
    _import(
        "registry",
        timeout_seconds=300,
        # Terms that change behind invoices are told by how far the contract is billed.
        tables={Table.REGISTRY: (GET, PUT, QUERY, BATCH_WRITE), Table.BILLING: (GET,)},
    ),
    _import("profiles", timeout_seconds=60, tables={Table.REGISTRY: (GET, PUT, QUERY)}),
    # Starting a run and approving it are two rights: each has a prefix of its own to be allowed to write under.
    _import(
        "run-orders",
        timeout_seconds=300,
        tables={
            Table.REGISTRY: (QUERY,),
            # Corrections ask for open tasks, and for the contract of a document's number.
            Table.READINGS: (QUERY,),
            Table.BILLING: (GET, BATCH_GET, PUT, UPDATE, BATCH_WRITE),
            Table.DOCUMENTS: (GET,),
        },
        sends_to=("rate_contracts", "close_billing_run", "compare_runs"),
    ),
    _import(
        "run-approvals",
        timeout_seconds=300,
        tables={Table.REGISTRY: (QUERY,), Table.BILLING: (GET, PUT, QUERY, UPDATE, BATCH_WRITE)},
        sends_to=("issue_documents",),
    ),
    _import(
        "document-orders",
        timeout_seconds=300,
        tables={Table.REGISTRY: (QUERY,), Table.DOCUMENTS: (GET, BATCH_GET, PUT, UPDATE, DELETE)},
        objects=((Bucket.DOCUMENTS, _KSEF, (Access.READ, Access.WRITE)),),
        sends_to=("submit_ksef", "deliver_documents"),
        # What is to be sent is checked by the official schema first.
        layers=(Layer.KSEF,),
    ),
    _import(
        "note-orders",
        timeout_seconds=300,
        tables={
            Table.REGISTRY: (GET, PUT, QUERY),
            Table.BILLING: (GET, PUT, UPDATE, BATCH_WRITE),
        },
        # The file and all that was looked up for it are the evidence of its notes.
        objects=((Bucket.DOCUMENTS, _EVIDENCE, (Access.WRITE,)),),
        sends_to=("close_billing_run",),
    ),
    _import(
        "readings",
        timeout_seconds=300,
        tables={
            Table.REGISTRY: (GET, PUT, QUERY),
            Table.READINGS: (GET, PUT, QUERY, BATCH_WRITE),
            Table.BILLING: (GET,),
        },
        objects=((Bucket.INBOX, WORK_PREFIX, (Access.WRITE,)),),
        sends_to=("import_reading_parts",),
        # A workbook of 100,000 states takes some 200 MB while it is cut.
        memory_mb=1024,
    ),
    Function(
        name="import_reading_parts",
        trigger=Sent(),
        timeout_seconds=300,
        tables={
            Table.REGISTRY: (GET, PUT, UPDATE, QUERY),
            Table.READINGS: (GET, PUT, QUERY, BATCH_WRITE),
            Table.BILLING: (GET,),
        },
        objects=(
            (Bucket.INBOX, WORK_PREFIX, (Access.READ, Access.WRITE)),
            (Bucket.INBOX, RESULTS_PREFIX, (Access.WRITE,)),
        ),
        layers=(Layer.EXCEL,),
        memory_mb=1024,
    ),
    Function(
        name="plan_packing",
        trigger=Daily(hour=3, minute=30),
        timeout_seconds=60,
        tables={},
        sends_to=("pack_readings",),
        # Days as they arrived are removed after some months; who packs them must not fall silent.
        must_run_daily=True,
    ),
    Function(
        name="pack_readings",
        trigger=Sent(),
        timeout_seconds=300,
        tables={Table.READINGS: (QUERY, BATCH_WRITE)},
    ),
    Function(
        name="portal_api",
        trigger=Requests(
            routes=(("POST", "/v1/points/{ppe}/readings"), ("GET", "/v1/points/{ppe}/readings")),
        ),
        timeout_seconds=10,
        tables={
            Table.REGISTRY: (QUERY,),
            Table.READINGS: (GET, PUT, QUERY),
            Table.BILLING: (GET,),
        },
        # A submission is read as the row of a table, by the reader of files.
        layers=(Layer.EXCEL,),
        # Somebody waits for the answer: half a vCPU more than the work needs shortens the cold start.
        memory_mb=1024,
    ),
    Function(
        name="reject_unknown_drop",
        trigger=UnknownDrop(),
        timeout_seconds=30,
        tables={},
        objects=((Bucket.INBOX, RESULTS_PREFIX, (Access.WRITE,)),),
        layers=(Layer.EXCEL,),
    ),
    Function(
        name="plan_billing_run",
        trigger=Daily(hour=5, minute=0),
        timeout_seconds=300,
        tables={
            Table.REGISTRY: (QUERY,),
            Table.BILLING: (GET, BATCH_GET, PUT, UPDATE, BATCH_WRITE),
        },
        sends_to=("rate_contracts", "close_billing_run"),
    ),
    Function(
        name="rate_contracts",
        trigger=Sent(),
        timeout_seconds=120,
        tables={
            Table.REGISTRY: (QUERY,),
            # Settling a task for correction moves it: one item written, one taken away.
            Table.READINGS: (GET, PUT, QUERY, DELETE),
            Table.BILLING: (GET, PUT, UPDATE, BATCH_WRITE),
            Table.DOCUMENTS: (QUERY, BATCH_GET),
        },
        objects=((Bucket.DOCUMENTS, _EVIDENCE, (Access.WRITE,)),),
        sends_to=("close_billing_run",),
    ),
    Function(
        name="close_billing_run",
        trigger=Sent(),
        timeout_seconds=300,
        tables={
            Table.REGISTRY: (QUERY,),
            Table.BILLING: (GET, PUT, QUERY, UPDATE, BATCH_WRITE),
        },
        objects=((Bucket.DOCUMENTS, _EXPORTS, (Access.WRITE,)),),
        sends_to=("issue_documents", "compare_runs"),
        # It holds a reference of every draft of a run: some 3 KB a contract, a million contracts.
        memory_mb=3008,
    ),
    Function(
        name="compare_runs",
        trigger=Sent(),
        timeout_seconds=300,
        tables={
            Table.REGISTRY: (QUERY,),
            Table.BILLING: (GET, QUERY, BATCH_WRITE),
            Table.DOCUMENTS: (QUERY, BATCH_GET),
        },
        objects=((Bucket.DOCUMENTS, _EXPORTS, (Access.WRITE,)),),
        # The diff is written as a workbook too.
        layers=(Layer.EXCEL,),
    ),
    Function(
        name="issue_documents",
        trigger=Sent(),
        timeout_seconds=120,
        tables={
            Table.REGISTRY: (QUERY,),
            Table.READINGS: (PUT, QUERY, DELETE),
            Table.BILLING: (GET, BATCH_GET, PUT, UPDATE),
            Table.DOCUMENTS: (GET, PUT, UPDATE, BATCH_WRITE),
        },
        sends_to=("submit_ksef", "render_documents", "close_billing_run"),
        fifo=True,
    ),
    Function(
        name="submit_ksef",
        trigger=Sent(),
        timeout_seconds=180,
        tables=_FILING_TABLES,
        objects=((Bucket.DOCUMENTS, _KSEF, (Access.READ, Access.WRITE)),),
        sends_to=("submit_ksef", "render_documents"),
        layers=(Layer.KSEF,),
        # KSeF counts calls and sessions by the hour; two senders keep below what it allows.
        max_concurrency=2,
        speaks_ksef=True,
        memory_mb=1024,
    ),
    Function(
        name="watch_ksef",
        trigger=Daily(hour=6, minute=20, later_hours=(9, 12, 15, 18, 21)),
        timeout_seconds=180,
        tables=_FILING_TABLES,
        objects=((Bucket.DOCUMENTS, _KSEF, (Access.READ, Access.WRITE)),),
        sends_to=("submit_ksef", "render_documents"),
        layers=(Layer.KSEF,),
        # An invoice issued offline must be in KSeF the next working day; who watches over it must not fall silent.
        must_run_daily=True,
        speaks_ksef=True,
    ),
    Function(
        name="render_documents",
        trigger=Sent(),
        timeout_seconds=120,
        tables={Table.REGISTRY: (QUERY,), Table.DOCUMENTS: (BATCH_GET, BATCH_WRITE)},
        objects=(
            (Bucket.DOCUMENTS, _INVOICES, (Access.WRITE,)),
            # The structured invoice that KSeF has is put into the pages' file.
            (Bucket.DOCUMENTS, _KSEF, (Access.READ,)),
        ),
        sends_to=("deliver_documents",),
        layers=(Layer.PDF,),
        draws_ksef_codes=True,
        # 1769 MB is one full vCPU; drawing a page is bound by it.
        memory_mb=1769,
    ),
    Function(
        name="deliver_documents",
        trigger=Sent(),
        timeout_seconds=120,
        tables={Table.REGISTRY: (QUERY,), Table.DOCUMENTS: (GET, BATCH_GET, PUT, UPDATE, DELETE)},
        objects=((Bucket.DOCUMENTS, _INVOICES, (Access.READ,)),),
        # A young SES account may send 14 messages a second; two senders stay below it.
        max_concurrency=2,
        sends_mail=True,
    ),
    Function(
        name="handle_mail_events",
        trigger=MailEvent(),
        timeout_seconds=30,
        tables={
            Table.REGISTRY: (QUERY,),
            Table.DOCUMENTS: (GET, BATCH_GET, PUT, UPDATE, DELETE),
        },
        batch_size=10,
    ),
    Function(
        name="pack_prints",
        trigger=Daily(hour=21, minute=40),
        timeout_seconds=300,
        tables={Table.DOCUMENTS: (GET, BATCH_GET, PUT, QUERY, DELETE, BATCH_WRITE)},
        objects=(
            (Bucket.DOCUMENTS, _INVOICES, (Access.READ,)),
            (Bucket.DOCUMENTS, _EXPORTS, (Access.WRITE,)),
        ),
        # A package of 400 documents is put together in memory.
        memory_mb=1024,
    ),
    Function(
        name="export_postings",
        trigger=Daily(hour=22, minute=0),
        timeout_seconds=300,
        tables={
            Table.REGISTRY: (QUERY,),
            Table.DOCUMENTS: (GET, PUT, QUERY, BATCH_GET, DELETE),
        },
        objects=((Bucket.DOCUMENTS, _EXPORTS, (Access.WRITE,)),),
    ),
    Function(
        name="publish_reports",
        trigger=Daily(hour=22, minute=30),
        timeout_seconds=300,
        tables={
            Table.REGISTRY: (QUERY,),
            Table.DOCUMENTS: (QUERY, BATCH_GET),
        },
        objects=((Bucket.DOCUMENTS, _EXPORTS, (Access.WRITE,)),),
        layers=(Layer.EXCEL,),
    ),
)


def known_prefixes() -> tuple[str, ...]:
    """List the inbox prefixes some function expects drops under, in catalogue order."""
    return tuple(function.trigger.prefix for function in FUNCTIONS if isinstance(function.trigger, Drop))
