"""What everything that is done about filings needs: stores, KSeF itself, queues and rules."""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from kwit.documents.document import Document
from kwit.documents.ports import RenderQueue
from kwit.documents.tasks import DocumentTasks
from kwit.ksef.filing import FilingStore
from kwit.ksef.ports import InvoiceFiles, KsefGateway, KsefQueue, OfflineSigner
from kwit.registry.company import CompanySettings


class IssuedDocuments(Protocol):
    """The issued documents as filings ask for them."""

    def documents(self, document_ids: Sequence[str]) -> Mapping[str, Document]:
        """Return the documents that are kept, by their ids."""
        ...

    def chain_ends(self, originals: Sequence[str]) -> Mapping[str, str]:
        """Return, of documents that were corrected, the id of the last document in their chain."""
        ...

    def document_of(self, document_number: str) -> str | None:
        """Return the id of the document that bears a number, or None."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceDesk:
    """All that making structured invoices works with.

    `settings_of` returns the settings of a version; `faults` names in Polish why an invoice would be refused, by the
    official schema and what KSeF checks beyond it.
    """

    filings: FilingStore
    documents: IssuedDocuments
    files: InvoiceFiles
    tasks: DocumentTasks
    queue: KsefQueue
    settings_of: Callable[[str], CompanySettings]
    faults: Callable[[bytes], Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingDesk(InvoiceDesk):
    """All that filing invoices works with.

    `signer` is None where the company has no certificate for invoices issued offline; `code_host` is where the
    codes on pages lead.
    """

    gateway: KsefGateway
    renders: RenderQueue
    code_host: str
    holidays: AbstractSet[date]
    signer: OfflineSigner | None = None
