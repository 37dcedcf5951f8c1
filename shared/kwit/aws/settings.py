"""Read a function's environment once, into one frozen model per function.

A field is the lower-case name of a variable: ``registry_table`` is read from ``REGISTRY_TABLE``.
The CDK app sets exactly these variables (and the three of Powertools), which a test holds.
"""

from collections.abc import Mapping
from typing import TypeVar

from pydantic import BaseModel, ConfigDict


class MissingSettingsError(Exception):
    """Tell which variables a function needs and does not have, all at once."""

    def __init__(self, *, settings: str, missing: tuple[str, ...]) -> None:
        self.settings = settings
        self.missing = missing
        super().__init__(f"{settings}: set {', '.join(missing)} in the environment (missing or empty)")


class Settings(BaseModel):
    """Hold the names and addresses of the resources a function uses; each is a non-empty string."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class WithRegistry(Settings):
    """Add the table of parties, points, meters, contracts, settings and price lists."""

    registry_table: str


class WithReadings(Settings):
    """Add the table of readings."""

    readings_table: str


class WithBilling(Settings):
    """Add the table of billing runs and drafts."""

    billing_table: str


class WithDocuments(Settings):
    """Add the table of issued documents and what follows from them."""

    documents_table: str


class WithInbox(Settings):
    """Add the bucket into which files are dropped and in which their results appear."""

    inbox_bucket: str


class WithDocumentStore(Settings):
    """Add the bucket of invoices and exports."""

    documents_bucket: str


class ImportSettingsSettings(WithRegistry, WithInbox):
    """Configure ``import_settings``."""


class ImportPriceListSettings(WithRegistry, WithInbox):
    """Configure ``import_price_list``."""


class ImportProfilesSettings(WithRegistry, WithInbox):
    """Configure ``import_profiles``."""


class ImportRegistrySettings(WithRegistry, WithBilling, WithInbox):
    """Configure ``import_registry``."""


class ImportReadingsSettings(WithRegistry, WithReadings, WithBilling, WithInbox):
    """Configure ``import_readings``; it looks up how far a contract is billed."""

    import_queue_url: str


class ImportReadingPartsSettings(WithRegistry, WithReadings, WithBilling, WithInbox):
    """Configure ``import_reading_parts``; it looks up how far a contract is billed."""


class ShowReadingsSettings(WithRegistry, WithReadings):
    """Configure ``kwit readings show``."""


class ReadingTasksSettings(WithReadings):
    """Configure ``kwit readings tasks``."""


class PlanPackingSettings(Settings):
    """Configure ``plan_packing``."""

    pack_queue_url: str


class PackReadingsSettings(WithReadings):
    """Configure ``pack_readings``."""


class PortalApiSettings(WithRegistry, WithReadings, WithBilling):
    """Configure ``portal_api``."""


class RejectUnknownDropSettings(WithInbox):
    """Configure ``reject_unknown_drop``."""


class PlanBillingRunSettings(WithRegistry, WithBilling):
    """Configure ``plan_billing_run``."""

    rate_queue_url: str
    close_queue_url: str


class RateContractsSettings(WithRegistry, WithReadings, WithBilling, WithDocuments, WithDocumentStore):
    """Configure ``rate_contracts``."""

    close_queue_url: str


class CloseBillingRunSettings(WithRegistry, WithBilling, WithDocumentStore):
    """Configure ``close_billing_run``."""

    issue_queue_url: str
    compare_queue_url: str


class CompareRunsSettings(WithRegistry, WithBilling, WithDocuments, WithDocumentStore):
    """Configure ``compare_runs``."""


class ImportRunOrdersSettings(WithRegistry, WithReadings, WithBilling, WithDocuments, WithInbox):
    """Configure ``import_run_orders``."""

    rate_queue_url: str
    close_queue_url: str
    compare_queue_url: str


class ImportRunApprovalsSettings(WithRegistry, WithBilling, WithInbox):
    """Configure ``import_run_approvals``."""

    issue_queue_url: str


class ImportNoteOrdersSettings(WithRegistry, WithBilling, WithDocumentStore, WithInbox):
    """Configure ``import_note_orders``; what notes are made from is kept with the documents."""

    close_queue_url: str


class IssueDocumentsSettings(WithRegistry, WithReadings, WithBilling, WithDocuments):
    """Configure ``issue_documents``."""

    render_queue_url: str
    submit_queue_url: str
    close_queue_url: str


class KsefSettings(WithRegistry, WithDocuments, WithDocumentStore):
    """Configure what speaks with KSeF: its address, where codes on pages lead, and the name of the secret."""

    ksef_api_url: str
    ksef_code_url: str
    ksef_notice_url: str
    ksef_secret: str
    submit_queue_url: str
    render_queue_url: str


class ImportDocumentOrdersSettings(WithRegistry, WithDocuments, WithDocumentStore, WithInbox):
    """Configure ``import_document_orders``."""

    submit_queue_url: str
    deliver_queue_url: str


class SubmitKsefSettings(KsefSettings):
    """Configure ``submit_ksef``."""


class WatchKsefSettings(KsefSettings):
    """Configure ``watch_ksef``."""


class RenderDocumentsSettings(WithRegistry, WithDocuments, WithDocumentStore):
    """Configure ``render_documents``."""

    ksef_code_url: str
    deliver_queue_url: str


class DeliverDocumentsSettings(WithRegistry, WithDocuments, WithDocumentStore):
    """Configure ``deliver_documents``."""

    mail_configuration_set: str


class HandleMailEventsSettings(WithRegistry, WithDocuments):
    """Configure ``handle_mail_events``."""


class PackPrintsSettings(WithDocuments, WithDocumentStore):
    """Configure ``pack_prints``."""


class ExportPostingsSettings(WithRegistry, WithDocuments, WithDocumentStore):
    """Configure ``export_postings``."""


class PublishReportsSettings(WithRegistry, WithDocuments, WithDocumentStore):
    """Configure ``publish_reports``."""


class RouteSettings(WithRegistry, WithReadings, WithBilling):
    """Configure ``kwit route``."""


SettingsT = TypeVar("SettingsT", bound=Settings)


def load(model: type[SettingsT], environ: Mapping[str, str]) -> SettingsT:
    """Read the fields of ``model`` from ``environ``; variables it does not name are ignored.

    Raises ``MissingSettingsError`` naming every variable that is absent or empty.
    """
    values = {name: environ[name.upper()] for name in model.model_fields if environ.get(name.upper())}
    missing = tuple(
        name.upper()
        for name, field in model.model_fields.items()
        if field.is_required() and name not in values
    )
    if missing:
        raise MissingSettingsError(settings=model.__name__, missing=missing)
    return model.model_validate(values)


class DocumentCommandSettings(WithRegistry, WithReadings, WithBilling, WithDocuments, WithDocumentStore):
    """Configure the commands that look at issued documents: ``kwit replay`` and ``kwit explain``."""


class RunCommandSettings(WithRegistry, WithBilling):
    """Configure ``kwit run``, which does by hand what the functions of a run do; corrections need all tables."""

    readings_table: str = ""
    documents_table: str = ""
    rate_queue_url: str = ""
    close_queue_url: str = ""
    issue_queue_url: str = ""
    compare_queue_url: str = ""
