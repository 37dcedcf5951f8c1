"""What billing asks of stores and queues."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from kwit.billing.clocks import Cursor
from kwit.billing.corrects import Standing
from kwit.billing.drafts import (
    Approval,
    Batch,
    BatchTotals,
    ChunkResult,
    DocumentKind,
    Draft,
    Issue,
    Run,
    RunStatus,
    RunStep,
)
from kwit.registry.company import CompanySettings


class ApprovalTakenError(RuntimeError):
    """Somebody approved drafts of the run in between; carries the run."""

    def __init__(self, run_id: str) -> None:
        super().__init__(f"run {run_id} was approved by another meanwhile")
        self.run_id = run_id


class SettingsStore(Protocol):
    """Company settings as versions."""

    def current(self, *, on: date) -> tuple[CompanySettings, str]:
        """Return the settings in force on a day and the hash that names their version.

        Raises SettingsMissingError.
        """
        ...

    def version(self, version: str) -> CompanySettings:
        """Return the settings of a version. Raises SettingsMissingError."""
        ...


class RunStore(Protocol):
    """Runs, their chunks, drafts, batches, and how far each contract is billed."""

    def create_run(self, run: Run, chunks: Sequence[Sequence[str]]) -> Run:
        """Keep a new run with the contract numbers of its chunks; return the kept one if it exists."""
        ...

    def run(self, run_id: str) -> Run | None:
        """Return a run, or None."""
        ...

    def chunk_contracts(self, run_id: str, chunk: int) -> Sequence[str]:
        """Return the contract numbers of a chunk, in order."""
        ...

    def chunk_result(self, run_id: str, chunk: int) -> ChunkResult | None:
        """Return what came of a chunk, or None while it is not done."""
        ...

    def finish_chunk(self, result: ChunkResult, drafts: Sequence[Draft]) -> Run:
        """Keep a chunk's drafts and its result, once; count it; return the run as it stands then."""
        ...

    def draft(self, run_id: str, chunk: int, document_id: str, content_hash: str) -> Draft | None:
        """Return a draft with its bytes; two attempts at a chunk may leave two of one id, told apart by the hash."""
        ...

    def drafts_of(self, run_id: str, names: Sequence[tuple[int, str, str]]) -> Sequence[Draft]:
        """Return drafts by chunk, id and hash, in any order; those that are gone are left out."""
        ...

    def chunk_results(self, run_id: str) -> Sequence[ChunkResult]:
        """Return the results of all chunks done, in the order of the chunks."""
        ...

    def approve(self, approval: Approval) -> Approval:
        """Keep an approval under its number and make the run approved; return the one kept.

        Raises ApprovalTakenError when the run has an approval of that number already.
        """
        ...

    def approvals(self, run_id: str) -> Sequence[Approval]:
        """Return the approvals of a run in their order, read consistently."""
        ...

    def issue(self, run_id: str, *, approval: int, batches: Sequence[Batch], issue_date: date) -> Run:
        """Keep the batches of an approval and their date, once; return the run as it stands then."""
        ...

    def issues(self, run_id: str) -> Sequence[Issue]:
        """Return what is being issued of a run, by approval, read consistently."""
        ...

    def set_status(self, run_id: str, *, expected: RunStatus, status: RunStatus) -> Run:
        """Move a run from one status to another; a run already moved stays as it is."""
        ...

    def stamp(self, run_id: str, step: RunStep, at: datetime) -> Run:
        """Keep the instant at which a step was first done; return the run as it stands then."""
        ...

    def batch(self, run_id: str, number: int) -> Batch | None:
        """Return a batch, or None."""
        ...

    def finish_batch(self, run_id: str, number: int, totals: BatchTotals) -> Run:
        """Count a batch as issued and keep its totals, once; return the run as it stands then."""
        ...

    def batch_totals(self, run_id: str) -> Sequence[BatchTotals]:
        """Return the totals of all batches issued, in the order of the batches."""
        ...

    def cursor(self, contract_no: str) -> Cursor | None:
        """Return how far a contract is billed by issued documents, read consistently; None before its first bill."""
        ...

    def cursors_of(self, contract_nos: Sequence[str]) -> Mapping[str, Cursor]:
        """Return the cursors of contracts, read consistently; those before their first bill are left out."""
        ...

    def billed_to(self, contract_no: str) -> date | None:
        """Return the first day of a contract not yet billed, or None before its first bill."""
        ...

    def billed_events(self, contract_no: str) -> frozenset[str]:
        """Return the ids of the contract's events that issued bills hold, read consistently."""
        ...

    def carried(self, contract_no: str) -> str:
        """Return what the last issued bill of a contract hands on, as text; empty when it hands on nothing."""
        ...

    def standing(self, contract_no: str) -> Standing | None:
        """Return all that the cursor of a contract says, read at once and consistently; None before a bill."""
        ...


@dataclass(frozen=True, slots=True)
class IssuedDocument:
    """An issued document, as far as billing corrects it; `content` is what was approved.

    A bill that went out on a collective invoice has the invoice's number, and its `account`.
    """

    document_id: str
    kind: DocumentKind
    number: str
    issue_date: date
    content: bytes
    account: str = ""


class IssuedStore(Protocol):
    """Issued documents but notes, by contract and by number, and their chains of corrections."""

    def issued(self, contract_no: str) -> Sequence[IssuedDocument]:
        """Return a contract's documents that are kept, by day of issue and number; of a collective invoice its bill."""
        ...

    def chain_ends(self, originals: Sequence[str]) -> Mapping[str, str]:
        """Return, of documents that were corrected, the id of the last document in their chain."""
        ...

    def contracts_of(self, document_number: str) -> Sequence[str]:
        """Return the contracts billed by the document that bears a number, none where there is no such document."""
        ...


class EvidenceStore(Protocol):
    """What chunks were rated from, as bytes under a name that holds their hash."""

    def keep(self, name: str, content: bytes) -> None:
        """Keep evidence; the same name always has the same bytes."""
        ...

    def read(self, name: str) -> bytes | None:
        """Return evidence, or None when there is none of that name."""
        ...


class RunQueue(Protocol):
    """Messages that carry a run from step to step; any of them may arrive twice."""

    def rate_chunks(self, run_id: str, chunks: Sequence[int]) -> None:
        """Ask for chunks to be rated."""
        ...

    def close_run(self, run_id: str) -> None:
        """Ask for a run to be closed."""
        ...

    def issue_batches(self, run_id: str, batches: Sequence[tuple[int, str]]) -> None:
        """Ask for batches to be issued, by number and series, in order within their series."""
        ...

    def compare_chunk(self, run_id: str, against: str, chunk: int) -> None:
        """Ask for a chunk of a run to be compared with another run, or with the bills before."""
        ...
