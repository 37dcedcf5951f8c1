"""Runs in memory, with the same once-only rules as the table has."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from kwit.billing.clocks import Cursor, Stand
from kwit.billing.drafts import Batch, ChunkResult, Draft, Run, RunStatus
from kwit.tariffs.price_list import Clock


@dataclass
class MemoryRuns:
    """The runs' store in memory. `cursors`, `events` and `carries` are shared with the documents' store."""

    cursors: dict[str, date] = field(default_factory=dict)
    events: dict[str, frozenset[str]] = field(default_factory=dict)
    runs: dict[str, Run] = field(default_factory=dict)
    chunks: dict[tuple[str, int], tuple[str, ...]] = field(default_factory=dict)
    results: dict[tuple[str, int], ChunkResult] = field(default_factory=dict)
    drafts: dict[tuple[str, int, str], Draft] = field(default_factory=dict)
    batches: dict[tuple[str, int], Batch] = field(default_factory=dict)
    batches_done: set[tuple[str, int]] = field(default_factory=set)
    carries: dict[str, str] = field(default_factory=dict)
    apart: dict[str, dict[Clock, Stand]] = field(default_factory=dict)

    def create_run(self, run: Run, chunks: Sequence[Sequence[str]]) -> Run:
        if run.run_id not in self.runs:
            self.runs[run.run_id] = run
            for index, chunk in enumerate(chunks):
                self.chunks[run.run_id, index] = tuple(chunk)
        return self.runs[run.run_id]

    def run(self, run_id: str) -> Run | None:
        return self.runs.get(run_id)

    def chunk_contracts(self, run_id: str, chunk: int) -> Sequence[str]:
        return self.chunks[run_id, chunk]

    def chunk_result(self, run_id: str, chunk: int) -> ChunkResult | None:
        return self.results.get((run_id, chunk))

    def finish_chunk(self, result: ChunkResult, drafts: Sequence[Draft]) -> Run:
        run = self.runs[result.run_id]
        for draft in drafts:
            self.drafts[result.run_id, result.chunk, draft.document_id] = draft
        if (result.run_id, result.chunk) not in self.results:
            self.results[result.run_id, result.chunk] = result
            self.runs[result.run_id] = replace(run, chunks_done=run.chunks_done + 1)
        return self.runs[result.run_id]

    def draft(self, run_id: str, chunk: int, document_id: str) -> Draft | None:
        return self.drafts.get((run_id, chunk, document_id))

    def approve(self, run_id: str, *, status: RunStatus, batches: Sequence[Batch], issue_date: date) -> Run:
        for batch in batches:
            self.batches[run_id, batch.number] = batch
        run = self.runs[run_id]
        if run.status in {RunStatus.RATED, RunStatus.WAITING}:
            self.runs[run_id] = replace(run, status=status, batches=len(batches), issue_date=issue_date)
        return self.runs[run_id]

    def set_status(self, run_id: str, *, expected: RunStatus, status: RunStatus) -> Run:
        if self.runs[run_id].status is expected:
            self.runs[run_id] = replace(self.runs[run_id], status=status)
        return self.runs[run_id]

    def batch(self, run_id: str, number: int) -> Batch | None:
        return self.batches.get((run_id, number))

    def finish_batch(self, run_id: str, number: int) -> Run:
        run = self.runs[run_id]
        if (run_id, number) not in self.batches_done:
            self.batches_done.add((run_id, number))
            run = replace(run, batches_done=run.batches_done + 1)
        if run.batches_done == run.batches and run.status is RunStatus.APPROVED:
            run = replace(run, status=RunStatus.ISSUED)
        self.runs[run_id] = run
        return run

    def cursor(self, contract_no: str) -> Cursor | None:
        if contract_no not in self.cursors and contract_no not in self.apart:
            return None
        return Cursor(
            self.cursors.get(contract_no),
            self.carried(contract_no),
            self.billed_events(contract_no),
            dict(self.apart.get(contract_no, {})),
        )

    def billed_to(self, contract_no: str) -> date | None:
        return self.cursors.get(contract_no)

    def billed_events(self, contract_no: str) -> frozenset[str]:
        return self.events.get(contract_no, frozenset())

    def carried(self, contract_no: str) -> str:
        return self.carries.get(contract_no, "")
