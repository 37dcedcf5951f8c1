"""Runs in memory, with the same once-only rules as the table has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from kwit.billing.clocks import Cursor, Stand
from kwit.billing.corrects import Standing
from kwit.billing.drafts import (
    Approval,
    Batch,
    BatchTotals,
    ChunkResult,
    Draft,
    Issue,
    Run,
    RunStatus,
    RunStep,
    series_of,
)
from kwit.billing.ports import ApprovalTakenError
from kwit.tariffs.price_list import Clock


@dataclass
class MemoryRuns:
    """The runs' store in memory. What stands on cursors is shared with the documents' store."""

    cursors: dict[str, date] = field(default_factory=dict)
    events: dict[str, frozenset[str]] = field(default_factory=dict)
    runs: dict[str, Run] = field(default_factory=dict)
    chunks: dict[tuple[str, int], tuple[str, ...]] = field(default_factory=dict)
    results: dict[tuple[str, int], ChunkResult] = field(default_factory=dict)
    drafts: dict[tuple[str, int, str, str], Draft] = field(default_factory=dict)
    batches: dict[tuple[str, int], Batch] = field(default_factory=dict)
    totals: dict[tuple[str, int], BatchTotals] = field(default_factory=dict)
    kept_approvals: dict[str, list[Approval]] = field(default_factory=dict)
    kept_issues: dict[str, list[Issue]] = field(default_factory=dict)
    carries: dict[str, str] = field(default_factory=dict)
    lasts: dict[str, str] = field(default_factory=dict)
    revisions: dict[str, int] = field(default_factory=dict)
    apart: dict[str, dict[Clock, Stand]] = field(default_factory=dict)
    forecasts: dict[str, tuple[int, str]] = field(default_factory=dict)

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
            self.drafts[result.run_id, result.chunk, draft.document_id, draft.content_hash] = draft
        if (result.run_id, result.chunk) not in self.results:
            self.results[result.run_id, result.chunk] = result
            self.runs[result.run_id] = replace(run, chunks_done=run.chunks_done + 1)
        return self.runs[result.run_id]

    def draft(self, run_id: str, chunk: int, document_id: str, content_hash: str) -> Draft | None:
        return self.drafts.get((run_id, chunk, document_id, content_hash))

    def drafts_of(self, run_id: str, names: Sequence[tuple[int, str, str]]) -> Sequence[Draft]:
        found = (self.draft(run_id, *name) for name in names)
        return [one for one in found if one is not None]

    def chunk_results(self, run_id: str) -> Sequence[ChunkResult]:
        return [self.results[key] for key in sorted(self.results) if key[0] == run_id]

    def approve(self, approval: Approval) -> Approval:
        kept = self.kept_approvals.setdefault(approval.run_id, [])
        if len(kept) > approval.number:
            if kept[approval.number] != approval:
                raise ApprovalTakenError(approval.run_id)
            return approval
        kept.append(approval)
        run = self.runs[approval.run_id]
        self.runs[approval.run_id] = replace(run, status=RunStatus.APPROVED, approvals=len(kept))
        return approval

    def approvals(self, run_id: str) -> Sequence[Approval]:
        return list(self.kept_approvals.get(run_id, ()))

    def issue(self, run_id: str, *, approval: int, batches: Sequence[Batch], issue_date: date) -> Run:
        run, issues = self.runs[run_id], self.kept_issues.setdefault(run_id, [])
        if approval not in {one.approval for one in issues}:
            issues.append(Issue(approval, issue_date, len(batches), series_of(batches)))
            self.batches.update({(run_id, batch.number): batch for batch in batches})
            self.runs[run_id] = replace(
                run,
                status=RunStatus.ISSUING,
                batches=run.batches + len(batches),
                approvals_issued=approval + 1,
                issue_date=issue_date,
            )
        return self.runs[run_id]

    def issues(self, run_id: str) -> Sequence[Issue]:
        return list(self.kept_issues.get(run_id, ()))

    def set_status(self, run_id: str, *, expected: RunStatus, status: RunStatus) -> Run:
        if self.runs[run_id].status is expected:
            self.runs[run_id] = replace(self.runs[run_id], status=status)
        return self.runs[run_id]

    def stamp(self, run_id: str, step: RunStep, at: datetime) -> Run:
        run = self.runs[run_id]
        if step not in dict(run.times):
            order = list(RunStep)
            times = sorted([*run.times, (step, at)], key=lambda one: order.index(one[0]))
            self.runs[run_id] = replace(run, times=tuple(times))
        return self.runs[run_id]

    def batch(self, run_id: str, number: int) -> Batch | None:
        return self.batches.get((run_id, number))

    def finish_batch(self, run_id: str, number: int, totals: BatchTotals) -> Run:
        run = self.runs[run_id]
        if (run_id, number) not in self.totals:
            self.totals[run_id, number] = totals
            run = replace(run, batches_done=run.batches_done + 1)
        if run.batches_done == run.batches and run.status is RunStatus.ISSUING:
            run = replace(run, status=RunStatus.ISSUED)
        self.runs[run_id] = run
        return run

    def cursor(self, contract_no: str) -> Cursor | None:
        if not {contract_no} & {*self.cursors, *self.apart, *self.forecasts}:
            return None
        return Cursor(
            self.cursors.get(contract_no),
            self.carried(contract_no),
            self.billed_events(contract_no),
            dict(self.apart.get(contract_no, {})),
            self.revisions.get(contract_no, 0),
            *self.forecasts.get(contract_no, (0, "")),
        )

    def cursors_of(self, contract_nos: Sequence[str]) -> Mapping[str, Cursor]:
        found = {contract_no: self.cursor(contract_no) for contract_no in contract_nos}
        return {contract_no: cursor for contract_no, cursor in found.items() if cursor is not None}

    def batch_totals(self, run_id: str) -> Sequence[BatchTotals]:
        return [self.totals[key] for key in sorted(self.totals) if key[0] == run_id]

    def billed_to(self, contract_no: str) -> date | None:
        return self.cursors.get(contract_no)

    def billed_events(self, contract_no: str) -> frozenset[str]:
        return self.events.get(contract_no, frozenset())

    def carried(self, contract_no: str) -> str:
        return self.carries.get(contract_no, "")

    def standing(self, contract_no: str) -> Standing | None:
        if contract_no not in self.cursors:
            return None
        return Standing(
            self.cursors[contract_no],
            self.carries.get(contract_no, ""),
            self.lasts.get(contract_no, ""),
            self.revisions.get(contract_no, 0),
        )
