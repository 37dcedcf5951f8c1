"""Issue a batch of approved drafts: numbers in one transaction, everything after it repeatable.

Before the block is kept nothing has happened; from then on every number, content and hash is fixed, and the
rest (documents, requests to render) follows by deterministic ids as often as the message comes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from kwit.billing.clocks import NEVER_BILLED, Cursor
from kwit.billing.contents import read_issued
from kwit.billing.correction_run import settle_tasks
from kwit.billing.drafts import Batch, DraftRef, Run
from kwit.billing.ports import RunStore
from kwit.documents.document import (
    BlockEntry,
    Document,
    NumberBlock,
    document_number,
    due_date,
    series_prefix,
)
from kwit.documents.ports import (
    AlreadyBilledError,
    BlockTakenError,
    DocumentStore,
    RenderQueue,
    SeriesMovedError,
    StructuredOutlet,
)
from kwit.documents.totals import Post, batch_totals
from kwit.kernel.identifiers import content_hash
from kwit.metering.ports import TaskStore
from kwit.tariffs.price_list import Clock

_MOST_ATTEMPTS = 8


class BatchUnknownError(LookupError):
    """A message names a batch that no store knows; carries the run and the number."""

    def __init__(self, run_id: str, number: int) -> None:
        super().__init__(f"no batch {number} in run {run_id}")
        self.run_id = run_id
        self.number = number


class DraftChangedError(RuntimeError):
    """An approved draft is gone or its bytes are not those that were approved; carries the document's id."""

    def __init__(self, document_id: str) -> None:
        super().__init__(f"draft {document_id} is not the one that was approved")
        self.document_id = document_id


@dataclass(frozen=True, slots=True)
class Issued:
    """What issuing a batch came to."""

    block: NumberBlock | None
    run: Run


def issue_batch(
    *,
    run_id: str,
    number: int,
    runs: RunStore,
    documents: DocumentStore,
    queue: RenderQueue,
    post: Post,
    tasks: TaskStore | None = None,
    outlet: StructuredOutlet | None = None,
) -> Issued:
    """Give the approved drafts of a batch their numbers, keep them as documents, ask for their PDFs.

    Documents that are issued in KSeF go to the `outlet` first and are drawn when they have their number there.

    `post` tells what the documents' postings add up to, for the run's certificate. What corrections settle is
    settled in `tasks`; a batch of bills needs none. Raises BatchUnknownError, DraftChangedError, SeriesMovedError
    when other writers keep moving the series.
    """
    batch = runs.batch(run_id, number)
    if batch is None:
        raise BatchUnknownError(run_id, number)
    block = documents.block(run_id, number, issue_date=batch.issue_date)
    if block is None:
        block = _take_block(batch, runs, documents)
    issued = _documents(block, runs) if block is not None else []
    if issued:
        documents.put_documents(issued)
        if tasks is not None and block is not None:
            for entry in block.entries:
                settle_tasks(refs=entry.settles, by=entry.number, tasks=tasks)
        drawn = outlet.take(issued) if outlet is not None else issued
        if drawn:
            queue.render([document.document_id for document in drawn])
    passed_over = block.passed_over if block is not None else ()
    totals = batch_totals(issued, post(issued), passed_over=passed_over)
    return Issued(block, runs.finish_batch(run_id, number, totals))


def _take_block(batch: Batch, runs: RunStore, documents: DocumentStore) -> NumberBlock | None:
    """Take a block of numbers for the drafts still to be billed; None when every one is billed already."""
    prefix = series_prefix(batch.series, issue_date=batch.issue_date)
    passed_over: set[str] = set()
    for _ in range(_MOST_ATTEMPTS):
        moved = (step.contract_no for ref in batch.drafts for step in ref.steps)
        cursors = runs.cursors_of(list(dict.fromkeys(moved)))
        drafts = _in_turn(batch, cursors, passed_over)
        block = _block(batch, drafts, prefix, documents.next_ordinal(prefix), passed_over)
        billed = {no for no, cursor in cursors.items() if cursor.billed_to is not None}
        new = frozenset(no for ref in drafts for no in ref.contracts if no not in billed)
        try:
            documents.take_block(block, first_bills=new)
        except BlockTakenError:
            return documents.block(batch.run_id, batch.number, issue_date=batch.issue_date)
        except AlreadyBilledError as error:
            passed_over |= set(error.contracts)
        except SeriesMovedError:
            continue
        else:
            return block
    raise SeriesMovedError(prefix)


def _in_turn(batch: Batch, cursors: Mapping[str, Cursor], passed_over: set[str]) -> list[DraftRef]:
    """Keep corrections, and bills whose clocks stand exactly on their starts; notes follow no clock.

    The contracts of the others are named in `passed_over`, and notes issued by another run by their ids. A collective
    invoice goes whole or not at all, so what one of its contracts keeps back keeps back the drafts of all of them.
    """
    while True:
        chosen, late = _chosen(batch, cursors, passed_over)
        if late <= passed_over:
            return chosen
        passed_over |= late


def _chosen(
    batch: Batch, cursors: Mapping[str, Cursor], passed_over: set[str]
) -> tuple[list[DraftRef], set[str]]:
    """Return the drafts whose turn it is and the contracts of those whose turn it is not."""
    chosen: list[DraftRef] = []
    late: set[str] = set()
    contracts = {no for ref in batch.drafts for no in ref.contracts}
    known = {no: cursors.get(no, NEVER_BILLED) for no in contracts}
    reached = {no: _stands(cursor) for no, cursor in known.items()}
    turns = {no: cursor.forecast_turn for no, cursor in known.items()}
    begun = set(cursors)
    for ref in batch.drafts:
        if ref.kind.is_note:
            if ref.document_id not in passed_over:
                chosen.append(ref)
            continue
        if passed_over & set(ref.contracts):
            late |= set(ref.contracts)
            continue
        if ref.corrects is not None:
            # Whose turn a correction is, its chain and cursor tell in the transaction itself.
            chosen.append(ref)
            continue
        if not all(_is_next(step, reached, turns, begun) for step in ref.steps):
            late |= set(ref.contracts)
            continue
        chosen.append(ref)
        for step in ref.steps:
            reached[step.contract_no].update({one.clock: one.end for one in step.moves})
            turns[step.contract_no] += step.forecast is not None
        begun |= set(ref.contracts)
    return chosen, late


def _is_next(
    step: DraftRef, reached: Mapping[str, dict[Clock, date | None]], turns: Mapping[str, int], begun: set[str]
) -> bool:
    """Tell whether a bill is the next of its contract: after the ones before it, from where its clocks stand."""
    stands = reached[step.contract_no]
    in_turn = step.forecast is None or step.forecast.turn == turns[step.contract_no]
    follows = not step.turn or step.contract_no in begun
    return in_turn and follows and all(stands[one.clock] in {None, one.start} for one in step.moves)


def _stands(cursor: Cursor) -> dict[Clock, date | None]:
    return {clock: cursor.day_of(clock) for clock in Clock}


def _block(
    batch: Batch, drafts: list[DraftRef], prefix: str, first: int, passed_over: set[str]
) -> NumberBlock:
    entries = tuple(
        BlockEntry(
            document_id=ref.document_id,
            number=document_number(prefix, ordinal=first + offset),
            chunk=ref.chunk,
            contract_no=ref.contract_no,
            start=ref.start,
            end=ref.end,
            content_hash=ref.content_hash,
            events=ref.events,
            carried=ref.carried,
            kind=ref.kind,
            revision=ref.revision,
            corrects=ref.corrects,
            settles=ref.settles,
            clocks=ref.clocks,
            forecast=ref.forecast,
            parts=ref.parts,
        )
        for offset, ref in enumerate(drafts)
    )
    names = tuple(sorted(passed_over))
    return NumberBlock(batch.run_id, batch.number, prefix, first, batch.issue_date, entries, names)


def _documents(block: NumberBlock, runs: RunStore) -> list[Document]:
    made = []
    names = [(entry.chunk, entry.document_id, entry.content_hash) for entry in block.entries]
    drafts = {(one.document_id, one.content_hash): one for one in runs.drafts_of(block.run_id, names)}
    for entry in block.entries:
        draft = drafts.get((entry.document_id, entry.content_hash))
        if draft is None or content_hash(draft.content) != entry.content_hash:
            raise DraftChangedError(entry.document_id)
        days = read_issued(draft.content).payment_days
        made.append(
            Document(
                document_id=entry.document_id,
                kind=entry.kind,
                number=entry.number,
                issue_date=block.issue_date,
                due_date=due_date(block.issue_date, payment_days=days),
                run_id=block.run_id,
                contract_no=entry.contract_no,
                content=draft.content,
                content_hash=entry.content_hash,
                chunk=entry.chunk,
            )
        )
    return made
