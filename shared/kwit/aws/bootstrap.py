"""The composition root: what a function's environment names becomes stores, queues and senders.

One application per process, made at the first invocation and kept; a test makes its own with other clients.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import jinja2

from kwit.aws.clients import Clients
from kwit.aws.diff_store import DynamoDiffs, PriceListLaws
from kwit.aws.document_store import DynamoDocuments
from kwit.aws.document_task_store import DynamoDocumentTasks
from kwit.aws.evidence_store import S3Evidence
from kwit.aws.filing_store import DynamoFilings
from kwit.aws.imports import DynamoImports
from kwit.aws.ksef_outlet import KsefOutlet
from kwit.aws.mail import DynamoDeliveries, DynamoSuppressions, PacedSender, SesSender
from kwit.aws.package_store import DynamoPackages, S3Files
from kwit.aws.points import RegistryDirectory
from kwit.aws.print_store import DynamoPrints
from kwit.aws.profile_store import DynamoProfiles
from kwit.aws.queues import SqsDocumentQueue, SqsKsefQueue, SqsPackQueue, SqsPartQueue, SqsRunQueue
from kwit.aws.reading_store import DynamoReadings
from kwit.aws.reading_terms import CursorInvoiced, RegistryTerms
from kwit.aws.registry_store import DynamoPriceLists, DynamoRegistry, DynamoSettings
from kwit.aws.remark_store import DynamoRemarks
from kwit.aws.rendered import DynamoRendered
from kwit.aws.run_store import DynamoRuns
from kwit.aws.settings import Settings
from kwit.aws.table import OnceTable, Table
from kwit.aws.task_store import DynamoTasks
from kwit.billing.chains import BillsBefore
from kwit.billing.chunks import RatingStores
from kwit.billing.correction_run import CorrectionStores
from kwit.billing.note_stores import NoteStores
from kwit.billing.replay_stores import ReplayStores
from kwit.billing.run_diff import DiffStores
from kwit.billing.runs import PlanningStores
from kwit.delivery.deliver import PostRoom
from kwit.delivery.following import NoticeDesk
from kwit.delivery.message import template_environment
from kwit.documents.document import Document
from kwit.documents.totals import Posted
from kwit.kernel.time import local_day
from kwit.ledger.postings import posted
from kwit.metering.correcting import CorrectionDesk
from kwit.registry.company import CompanySettings
from kwit.tariffs.holidays import statutory_holidays
from kwit.tariffs.interest import InterestTable, interest_table

SENDERS = 2
"""How many of `deliver_documents` send at once, as infra/catalogue.py limits them."""


class SettingMissingError(LookupError):
    """A function uses something that its environment does not name; carries the setting's name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"this function's settings have no {name}")
        self.name = name


@dataclass(slots=True)
class Application:
    """Everything a function may use, wired from its settings."""

    settings: Settings
    clients: Clients = field(default_factory=Clients)
    _holidays: frozenset[date] | None = None
    _interest: InterestTable | None = None
    _templates: jinja2.Environment | None = None
    _sender: PacedSender | None = None
    _versions: dict[str, CompanySettings] = field(default_factory=dict)

    def need(self, name: str) -> str:
        """Return a setting by name. Raises SettingMissingError."""
        value = getattr(self.settings, name, None)
        if not isinstance(value, str):
            raise SettingMissingError(name)
        return value

    def _table(self, name: str) -> Table:
        return Table(self.clients.dynamodb, self.need(name))

    def now(self) -> datetime:
        """Return the present instant; use cases get it as an argument."""
        return datetime.now(UTC)

    @property
    def company(self) -> DynamoSettings:
        """Return the company settings' store."""
        return DynamoSettings(self._table("registry_table"))

    def settings_of(self, version: str) -> CompanySettings:
        """Return the company settings of a version, which never change, read once. Raises SettingsMissingError."""
        if version not in self._versions:
            self._versions[version] = self.company.version(version)
        return self._versions[version]

    @property
    def templates(self) -> jinja2.Environment:
        """Return the e-mail templates, read once."""
        if self._templates is None:
            self._templates = template_environment()
        return self._templates

    @property
    def registry(self) -> DynamoRegistry:
        """Return the registry's store."""
        return DynamoRegistry(self._table("registry_table"))

    @property
    def directory(self) -> RegistryDirectory:
        """Return the registry as metering asks it."""
        return RegistryDirectory(self.registry)

    @property
    def price_lists(self) -> DynamoPriceLists:
        """Return the price lists' store."""
        return DynamoPriceLists(self._table("registry_table"))

    @property
    def imports(self) -> DynamoImports:
        """Return the log of imported files."""
        return DynamoImports(self._table("registry_table"))

    @property
    def readings(self) -> DynamoReadings:
        """Return the readings' store."""
        return DynamoReadings(self._table("readings_table"))

    @property
    def profiles(self) -> DynamoProfiles:
        """Return the dropped profiles of readings."""
        return DynamoProfiles(self._table("registry_table"))

    @property
    def remarks(self) -> DynamoRemarks:
        """Return the remarks of collectors."""
        return DynamoRemarks(self._table("readings_table"))

    @property
    def reading_terms(self) -> RegistryTerms:
        """Return the rules that readings are judged by; one serves one file."""
        return RegistryTerms(self.registry, self.company, local_day(self.now()))

    @property
    def tasks(self) -> DynamoTasks:
        """Return the tasks for correction."""
        return DynamoTasks(self._table("readings_table"))

    @property
    def correction_desk(self) -> CorrectionDesk:
        """Return the desk that watches invoiced readings; one serves one file."""
        return CorrectionDesk(CursorInvoiced(self.registry, self.runs), self.tasks)

    @property
    def part_queue(self) -> SqsPartQueue:
        """Return the queue of parts of long files."""
        return SqsPartQueue(self.clients.sqs, self.need("import_queue_url"))

    @property
    def runs(self) -> DynamoRuns:
        """Return the runs' store."""
        return DynamoRuns(self._table("billing_table"))

    @property
    def planning(self) -> PlanningStores:
        """Return the stores that planning and closing a run need."""
        return PlanningStores(self.company, self.registry, self.runs)

    @property
    def noting(self) -> NoteStores:
        """Return the stores that an order of notes needs."""
        return NoteStores(self.planning, self.evidence, self.imports)

    @property
    def comparing(self) -> DiffStores:
        """Return what comparing runs needs."""
        return DiffStores(
            self.runs,
            BillsBefore(self.documents),
            DynamoDiffs(self._table("billing_table")),
            PriceListLaws(self.price_lists),
        )

    @property
    def replaying(self) -> ReplayStores:
        """Return what replaying documents needs."""
        corrections = CorrectionStores(self.documents, self.tasks)
        return ReplayStores(self.runs, self.evidence, self.company, self.price_lists, corrections)

    @property
    def rating(self) -> RatingStores:
        """Return the stores that rating needs; one serves one chunk, which reads each record once."""
        registry = DynamoRegistry(OnceTable(self.clients.dynamodb, self.need("registry_table")))
        return RatingStores(self.company, registry, self.runs, self.readings, self.price_lists, self.evidence)

    @property
    def evidence(self) -> S3Evidence:
        """Return what chunks were rated from."""
        return S3Evidence(self.clients.s3, self.need("documents_bucket"))

    @property
    def corrections(self) -> CorrectionStores:
        """Return the issued documents and the tasks that corrections are made of."""
        return CorrectionStores(self.documents, self.tasks)

    @property
    def documents(self) -> DynamoDocuments:
        """Return the documents' store."""
        cursors = getattr(self.settings, "billing_table", None) or self.need("documents_table")
        return DynamoDocuments(self._table("documents_table"), Table(self.clients.dynamodb, cursors))

    @property
    def filings(self) -> DynamoFilings:
        """Return where documents stand with KSeF."""
        return DynamoFilings(self._table("documents_table"))

    @property
    def document_tasks(self) -> DynamoDocumentTasks:
        """Return the tasks about documents."""
        return DynamoDocumentTasks(self._table("documents_table"))

    @property
    def outlet(self) -> KsefOutlet:
        """Return the way of issued documents into KSeF."""
        return KsefOutlet(self.settings_of, SqsKsefQueue(self.clients.sqs, self.need("submit_queue_url")))

    def post(self, documents: Sequence[Document]) -> Posted:
        """Post documents for their sums, by the accounts in force on the day they are issued."""
        if not documents:
            return Posted()
        settings, _ = self.company.current(on=documents[0].issue_date)
        return posted(documents, settings.accounts)

    @property
    def rendered(self) -> DynamoRendered:
        """Return where PDFs lie."""
        return DynamoRendered(self._table("documents_table"))

    @property
    def packages(self) -> DynamoPackages:
        """Return the packages of postings."""
        return DynamoPackages(self.documents)

    @property
    def deliveries(self) -> DynamoDeliveries:
        """Return the deliveries' store."""
        return DynamoDeliveries(self._table("documents_table"))

    @property
    def suppressions(self) -> DynamoSuppressions:
        """Return the addresses that are not written to any more."""
        return DynamoSuppressions(self._table("documents_table"))

    @property
    def prints(self) -> DynamoPrints:
        """Return the documents that go out on paper."""
        return DynamoPrints(self._table("documents_table"))

    def post_room(self, per_second: int) -> PostRoom:
        """Return what delivering works with; the pace of sending is kept over the messages of a process."""
        if self._sender is None or self._sender.per_second != per_second:
            ses = SesSender(self.clients.ses, self.need("mail_configuration_set"))
            self._sender = PacedSender(ses, per_second, senders=SENDERS)
        return PostRoom(
            store=self.deliveries,
            sender=self._sender,
            suppressions=self.suppressions,
            prints=self.prints,
            tasks=self.document_tasks,
            environment=self.templates,
        )

    @property
    def notice_desk(self) -> NoticeDesk:
        """Return what following the mail system's notices works with."""
        return NoticeDesk(self.deliveries, self.suppressions, self.prints, self.document_tasks)

    @property
    def inbox(self) -> S3Files:
        """Return the bucket that people drop files into."""
        return S3Files(self.clients.s3, self.need("inbox_bucket"))

    @property
    def files(self) -> S3Files:
        """Return the bucket of documents and exports."""
        return S3Files(self.clients.s3, self.need("documents_bucket"))

    @property
    def run_queue(self) -> SqsRunQueue:
        """Return the queues of a run; an address is empty where the settings name none."""
        urls = [
            getattr(self.settings, name, "")
            for name in ("rate_queue_url", "close_queue_url", "issue_queue_url", "compare_queue_url")
        ]
        return SqsRunQueue(self.clients.sqs, *urls)

    @property
    def pack_queue(self) -> SqsPackQueue:
        """Return the queue of shelves to pack."""
        return SqsPackQueue(self.clients.sqs, self.need("pack_queue_url"))

    @property
    def render_queue(self) -> SqsDocumentQueue:
        """Return the queue of documents to render."""
        return SqsDocumentQueue(self.clients.sqs, self.need("render_queue_url"))

    @property
    def deliver_queue(self) -> SqsDocumentQueue:
        """Return the queue of documents to deliver."""
        return SqsDocumentQueue(self.clients.sqs, self.need("deliver_queue_url"))

    @property
    def holidays(self) -> frozenset[date]:
        """Return the statutory holidays, read once."""
        if self._holidays is None:
            self._holidays = statutory_holidays()
        return self._holidays

    @property
    def interest(self) -> InterestTable:
        """Return the packaged rates of interest, read once."""
        if self._interest is None:
            self._interest = interest_table()
        return self._interest
