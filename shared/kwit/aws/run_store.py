"""Runs, chunks, drafts, batches and cursors in DynamoDB."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from kwit.aws import keys
from kwit.aws.codec import decode, encode
from kwit.aws.table import Item, Table, TransactionRefusedError, key_of, number, packed, text, unpacked
from kwit.billing.clocks import APART, Cursor, Stand
from kwit.billing.corrects import Standing
from kwit.billing.drafts import (
    DAILY,
    Approval,
    Batch,
    BatchTotals,
    ChunkResult,
    Draft,
    Issue,
    Run,
    RunOrder,
    RunStatus,
    RunStep,
    approval_of_batch,
    series_of,
)
from kwit.billing.ports import ApprovalTakenError
from kwit.kernel.identifiers import canonical_json, content_hash, deterministic_id


class RunVanishedError(LookupError):
    """A run that was just written cannot be read; carries its id."""

    def __init__(self, run_id: str) -> None:
        super().__init__(f"run {run_id} cannot be read")
        self.run_id = run_id


@dataclass(frozen=True, slots=True)
class DynamoRuns:
    """The runs' store."""

    table: Table

    def create_run(self, run: Run, chunks: Sequence[Sequence[str]]) -> Run:
        """Keep a new run with its chunks' contract numbers; return the kept one if it exists.

        The chunks are written under the hash of the whole plan first, so of two planners at once the one whose
        run is kept has its own chunks behind it.
        """
        plan = deterministic_id(*(f"{index}:{no}" for index, chunk in enumerate(chunks) for no in chunk))
        self.table.put_many(
            key_of(keys.chunk(run.run_id, plan, index)) | {"data": packed(canonical_json(list(chunk)))}
            for index, chunk in enumerate(chunks)
        )
        self.table.put_new(
            keys.run(run.run_id),
            plan=text(plan),
            business_date=text(run.business_date.isoformat()),
            contracts=number(run.contracts),
            chunks=number(run.chunks),
            chunks_done=number(0),
            run_status=text(str(run.status)),
            batches=number(0),
            batches_done=number(0),
            approvals=number(0),
            approvals_issued=number(0),
            account_chunks=number(run.account_chunks),
            run_order=packed(encode(run.order)),
        )
        return self._run(run.run_id)

    def run(self, run_id: str) -> Run | None:
        """Return a run, or None."""
        item = self.table.get(keys.run(run_id))
        return _run(run_id, item) if item else None

    def _run(self, run_id: str) -> Run:
        run = self.run(run_id)
        if run is None:
            raise RunVanishedError(run_id)
        return run

    def chunk_contracts(self, run_id: str, chunk: int) -> Sequence[str]:
        """Return the contract numbers of a chunk, in order. Raises RunVanishedError."""
        item = self.table.get(keys.run(run_id))
        found = self.table.get(keys.chunk(run_id, item["plan"]["S"], chunk)) if item else None
        if found is None:
            raise RunVanishedError(f"{run_id}, chunk {chunk}")
        return decode(list[str], unpacked(found))

    def chunk_result(self, run_id: str, chunk: int) -> ChunkResult | None:
        """Return what came of a chunk, or None while it is not done."""
        item = self.table.get(keys.chunk_result(run_id, chunk))
        return decode(ChunkResult, unpacked(item)) if item else None

    def finish_chunk(self, result: ChunkResult, drafts: Sequence[Draft]) -> Run:
        """Keep a chunk's drafts and its result, once; count it; return the run as it stands then."""
        run_id = result.run_id
        self.table.put_many(
            key_of(keys.draft(run_id, result.chunk, draft.document_id, draft.content_hash))
            | {"data": packed(encode(draft))}
            for draft in drafts
        )
        kept = self.table.new_item(keys.chunk_result(run_id, result.chunk), data=packed(encode(result)))
        counted = self._count(run_id, "chunks_done")
        try:
            self.table.transact([kept, counted])
        except TransactionRefusedError as error:
            if error.reasons[0] != "ConditionalCheckFailed":
                raise
        return self._run(run_id)

    def _count(self, run_id: str, counter: str) -> dict[str, Any]:
        return self.table.change(
            keys.run(run_id),
            expression=f"SET {counter} = {counter} + :one",
            condition="attribute_exists(pk)",
            values={":one": number(1)},
        )

    def draft(self, run_id: str, chunk: int, document_id: str, content_hash: str) -> Draft | None:
        """Return a draft with its bytes."""
        item = self.table.get(keys.draft(run_id, chunk, document_id, content_hash))
        return decode(Draft, unpacked(item)) if item else None

    def drafts_of(self, run_id: str, names: Sequence[tuple[int, str, str]]) -> Sequence[Draft]:
        """Return drafts by chunk, id and hash, in any order; those that are gone are left out."""
        items = self.table.get_many([keys.draft(run_id, *name) for name in names])
        return [decode(Draft, unpacked(item)) for item in items]

    def chunk_results(self, run_id: str) -> Sequence[ChunkResult]:
        """Return the results of all chunks done, in the order of the chunks."""
        items = self.table.query(keys.run(run_id)[0], prefix="RESULT#")
        return [decode(ChunkResult, unpacked(item)) for item in items]

    def approve(self, approval: Approval) -> Approval:
        """Keep an approval under its number and make the run approved; return the one kept.

        Raises ApprovalTakenError.
        """
        kept = self.table.new_item(
            keys.approval(approval.run_id, approval.number), data=packed(encode(approval))
        )
        moved = self.table.change(
            keys.run(approval.run_id),
            expression="SET run_status = :approved, approvals = :next",
            condition="run_status IN (:rated, :waiting, :approved, :issuing, :issued)",
            values={
                ":next": number(approval.number + 1),
                ":rated": text(str(RunStatus.RATED)),
                ":waiting": text(str(RunStatus.WAITING)),
                ":approved": text(str(RunStatus.APPROVED)),
                ":issuing": text(str(RunStatus.ISSUING)),
                ":issued": text(str(RunStatus.ISSUED)),
            },
        )
        try:
            self.table.transact([kept, moved])
        except TransactionRefusedError as error:
            found = self.table.get(keys.approval(approval.run_id, approval.number))
            if found is None or decode(Approval, unpacked(found)) != approval:
                raise ApprovalTakenError(approval.run_id) from error
        return approval

    def approvals(self, run_id: str) -> Sequence[Approval]:
        """Return the approvals of a run in their order, read consistently."""
        items = self.table.query(keys.run(run_id)[0], prefix="APPROVAL#")
        return [decode(Approval, unpacked(item)) for item in items]

    def issue(self, run_id: str, *, approval: int, batches: Sequence[Batch], issue_date: date) -> Run:
        """Keep the batches of an approval and their date, once; return the run as it stands then.

        The batches are written under the hash of them all first, so of two who issue at once the one whose date
        is kept has its own batches behind it.
        """
        plan = content_hash(b"".join(encode(batch) for batch in batches))
        self.table.put_many(
            key_of(keys.batch(run_id, plan, batch.number)) | {"data": packed(encode(batch))}
            for batch in batches
        )
        issue = Issue(approval, issue_date, len(batches), series_of(batches))
        kept = self.table.new_item(keys.issue(run_id, approval), plan=text(plan), data=packed(encode(issue)))
        moved = self.table.change(
            keys.run(run_id),
            expression="SET run_status = :issuing, issue_date = :day, approvals_issued = :next,"
            " batches = batches + :count",
            condition="attribute_exists(pk)",
            values={
                ":issuing": text(str(RunStatus.ISSUING)),
                ":day": text(issue_date.isoformat()),
                ":next": number(approval + 1),
                ":count": number(len(batches)),
            },
        )
        try:
            self.table.transact([kept, moved])
        except TransactionRefusedError as error:
            if error.reasons[0] != "ConditionalCheckFailed":
                raise
        return self._run(run_id)

    def issues(self, run_id: str) -> Sequence[Issue]:
        """Return what is being issued of a run, by approval, read consistently."""
        items = self.table.query(keys.run(run_id)[0], prefix="ISSUE#")
        return [decode(Issue, unpacked(item)) for item in items]

    def set_status(self, run_id: str, *, expected: RunStatus, status: RunStatus) -> Run:
        """Move a run from one status to another; a run already moved stays as it is."""
        self.table.update(
            keys.run(run_id),
            expression="SET run_status = :status",
            condition="run_status = :expected",
            values={":status": text(str(status)), ":expected": text(str(expected))},
        )
        return self._run(run_id)

    def stamp(self, run_id: str, step: RunStep, at: datetime) -> Run:
        """Keep the instant at which a step was first done; return the run as it stands then."""
        name = f"at_{step}"
        self.table.update(
            keys.run(run_id),
            expression=f"SET {name} = :at",
            condition=f"attribute_exists(pk) AND attribute_not_exists({name})",
            values={":at": text(at.isoformat())},
        )
        return self._run(run_id)

    def batch(self, run_id: str, number: int) -> Batch | None:
        """Return a batch, or None."""
        issue = self.table.get(keys.issue(run_id, approval_of_batch(number)))
        item = self.table.get(keys.batch(run_id, issue["plan"]["S"], number)) if issue else None
        return decode(Batch, unpacked(item)) if item else None

    def finish_batch(self, run_id: str, number: int, totals: BatchTotals) -> Run:
        """Count a batch as issued and keep its totals, once; the last one makes the run issued."""
        mark = self.table.new_item(keys.batch_done(run_id, number), data=packed(encode(totals)))
        try:
            self.table.transact([mark, self._count(run_id, "batches_done")])
        except TransactionRefusedError as error:
            if error.reasons[0] != "ConditionalCheckFailed":
                raise
        run = self._run(run_id)
        if run.batches_done == run.batches and run.status is RunStatus.ISSUING:
            run = self.set_status(run_id, expected=RunStatus.ISSUING, status=RunStatus.ISSUED)
        return run

    def cursor(self, contract_no: str) -> Cursor | None:
        """Return how far a contract is billed by issued documents, read consistently; None before its first bill."""
        item = self.table.get(keys.cursor(contract_no))
        return None if item is None else _cursor(item)

    def cursors_of(self, contract_nos: Sequence[str]) -> Mapping[str, Cursor]:
        """Return the cursors of contracts, read consistently; those before their first bill are left out."""
        items = self.table.get_many([keys.cursor(contract_no) for contract_no in contract_nos])
        found = {item["pk"]["S"]: _cursor(item) for item in items}
        wanted = ((contract_no, keys.cursor(contract_no)[0]) for contract_no in contract_nos)
        return {contract_no: found[name] for contract_no, name in wanted if name in found}

    def batch_totals(self, run_id: str) -> Sequence[BatchTotals]:
        """Return the totals of all batches issued, in the order of the batches."""
        items = self.table.query(keys.run(run_id)[0], prefix="BATCHDONE#")
        return [decode(BatchTotals, unpacked(item)) for item in items]

    def billed_to(self, contract_no: str) -> date | None:
        """Return the first day of a contract not yet billed, or None before its first bill."""
        cursor = self.cursor(contract_no)
        return None if cursor is None else cursor.billed_to

    def billed_events(self, contract_no: str) -> frozenset[str]:
        """Return the ids of the contract's events that issued bills hold, read consistently."""
        cursor = self.cursor(contract_no)
        return frozenset() if cursor is None else cursor.events

    def carried(self, contract_no: str) -> str:
        """Return what the last issued bill of a contract hands on, as text; empty when it hands on nothing."""
        cursor = self.cursor(contract_no)
        return "" if cursor is None else cursor.carried

    def standing(self, contract_no: str) -> Standing | None:
        """Return all that the cursor of a contract says, read at once and consistently; None before a bill."""
        item = self.table.get(keys.cursor(contract_no))
        if item is None or "billed_to" not in item:
            return None
        return Standing(
            billed_to=date.fromisoformat(item["billed_to"]["S"]),
            carried=item["carried"]["S"] if "carried" in item else "",
            last_document=item["last_document"]["S"],
            revision=int(item["cursor_revision"]["N"]) if "cursor_revision" in item else 0,
        )


def _cursor(item: Item) -> Cursor:
    day = item.get("billed_to")
    apart = {
        clock: Stand(date.fromisoformat(item[f"billed_to_{clock}"]["S"]), _text(item, f"carried_{clock}"))
        for clock in APART
        if f"billed_to_{clock}" in item
    }
    return Cursor(
        billed_to=date.fromisoformat(day["S"]) if day else None,
        carried=_text(item, "carried"),
        events=frozenset(item.get("billed_events", {}).get("SS", ())),
        apart=apart,
        revision=int(item["cursor_revision"]["N"]) if "cursor_revision" in item else 0,
        forecast_turn=int(item["forecast_turn"]["N"]) if "forecast_turn" in item else 0,
        forecasts=_text(item, "forecasts"),
    )


def _text(item: Item, name: str) -> str:
    found: str = item.get(name, {}).get("S", "")
    return found


def _run(run_id: str, item: Item) -> Run:
    day = item.get("issue_date")
    return Run(
        run_id=run_id,
        business_date=date.fromisoformat(item["business_date"]["S"]),
        contracts=int(item["contracts"]["N"]),
        chunks=int(item["chunks"]["N"]),
        chunks_done=int(item["chunks_done"]["N"]),
        status=RunStatus(item["run_status"]["S"]),
        batches=int(item["batches"]["N"]),
        batches_done=int(item["batches_done"]["N"]),
        issue_date=date.fromisoformat(day["S"]) if day else None,
        order=_order(item),
        times=tuple(
            (step, datetime.fromisoformat(item[f"at_{step}"]["S"]))
            for step in RunStep
            if f"at_{step}" in item
        ),
        approvals=int(item["approvals"]["N"]) if "approvals" in item else 0,
        approvals_issued=int(item["approvals_issued"]["N"]) if "approvals_issued" in item else 0,
        account_chunks=int(item["account_chunks"]["N"]) if "account_chunks" in item else 0,
    )


def _order(item: Item) -> RunOrder:
    return decode(RunOrder, unpacked(item, "run_order")) if "run_order" in item else DAILY
