"""What billing asks of stores and queues."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from kwit.billing.clocks import Cursor
from kwit.billing.drafts import Batch, ChunkResult, Draft, Run, RunStatus
from kwit.registry.company import CompanySettings


class SettingsStore(Protocol):
    """Company settings as versions."""

    def current(self, *, on: date) -> tuple[CompanySettings, str]:
        """Return the settings in force on a day and the hash that names their version.

        Raises SettingsMissingError.
        """
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

    def draft(self, run_id: str, chunk: int, document_id: str) -> Draft | None:
        """Return a draft with its bytes."""
        ...

    def approve(self, run_id: str, *, status: RunStatus, batches: Sequence[Batch], issue_date: date) -> Run:
        """Keep the batches of an approved run and its status, once; return the run as it stands then."""
        ...

    def set_status(self, run_id: str, *, expected: RunStatus, status: RunStatus) -> Run:
        """Move a run from one status to another; a run already moved stays as it is."""
        ...

    def batch(self, run_id: str, number: int) -> Batch | None:
        """Return a batch, or None."""
        ...

    def finish_batch(self, run_id: str, number: int) -> Run:
        """Count a batch as issued, once; return the run as it stands then."""
        ...

    def cursor(self, contract_no: str) -> Cursor | None:
        """Return how far a contract is billed by issued documents, read consistently; None before its first bill."""
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


class RunQueue(Protocol):
    """Messages that carry a run from step to step; any of them may arrive twice."""

    def rate_chunk(self, run_id: str, chunk: int) -> None:
        """Ask for a chunk to be rated."""
        ...

    def close_run(self, run_id: str) -> None:
        """Ask for a run to be closed."""
        ...

    def issue_batch(self, run_id: str, number: int, series: str) -> None:
        """Ask for a batch to be issued, in order within its series."""
        ...
