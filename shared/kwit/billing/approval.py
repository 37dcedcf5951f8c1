"""Approve drafts of a run and have them issued: what is approved is the hash of the drafts, issued unchanged.

Approving and issuing are two steps with records of their own. An approval may take all drafts or a part, and
release held ones by name; drafts left out may be approved later, or the run discarded.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from kwit.billing.certificate import Certificate, hash_of_drafts
from kwit.billing.drafts import Approval, Batch, ChunkResult, DraftRef, Run, RunStatus, batch_number
from kwit.billing.ports import RunQueue, RunStore, SettingsStore
from kwit.kernel.money import total
from kwit.registry.company import CompanySettings

BATCH_SIZE = 96
POLICY = "policy"
"""Who approves when the settings say that a balanced run needs no person."""

_OPEN = frozenset(
    {RunStatus.RATED, RunStatus.WAITING, RunStatus.APPROVED, RunStatus.ISSUING, RunStatus.ISSUED}
)


class ApprovalRefusedError(ValueError):
    """An approval, an issue or a discard cannot be; carries the run and the reason."""

    def __init__(self, run_id: str, reason: str) -> None:
        super().__init__(f"run {run_id}: {reason}")
        self.run_id = run_id
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Choice:
    """Which drafts are approved: contracts taken alone, left out, and held ones released; empty means all, none.

    A collective invoice is named by its account or by any of its contracts, and goes or stays whole.
    """

    only: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    released: tuple[str, ...] = ()


ALL = Choice()


def chosen_drafts(
    *, results: Sequence[ChunkResult], earlier: Sequence[Approval], choice: Choice
) -> list[DraftRef]:
    """Return the drafts that a choice takes, those of earlier approvals left out, in the order of numbering."""
    taken: set[str] = set()
    for one in earlier:
        before = Choice(one.only, one.without, one.released)
        taken |= {ref.document_id for ref in _chosen(results, before, taken)}
    return _chosen(results, choice, taken)


def _chosen(results: Sequence[ChunkResult], choice: Choice, taken: set[str]) -> list[DraftRef]:
    released, wanted = set(choice.released), {*choice.only, *choice.released}
    chosen = [
        ref
        for result in results
        for ref in (*result.drafts, *(one for one in result.held if one.names & released))
        if ref.document_id not in taken
        and (not choice.only or ref.names & wanted)
        and not ref.names & set(choice.without)
    ]
    return sorted(chosen, key=lambda ref: (ref.chunk, ref.contract_no, ref.turn, ref.start))


def approve_drafts(
    *,
    run: Run,
    certificate: Certificate,
    results: Sequence[ChunkResult],
    choice: Choice,
    by: str,
    at: datetime,
    drafts_hash: str,
    settings: CompanySettings,
    store: RunStore,
    reason: str = "",
) -> Approval:
    """Approve drafts of a rated run, all or a part; nothing is issued by it.

    `drafts_hash` is the hash that the approver saw; empty takes the drafts as they are. The same approval again
    is the one kept. Raises ApprovalRefusedError.
    """
    if not certificate.balances:
        raise ApprovalRefusedError(run.run_id, f"it does not balance: {'; '.join(certificate.faults[:3])}")
    if run.status not in _OPEN:
        raise ApprovalRefusedError(run.run_id, f"it is {run.status}")
    if settings.approval == "two_persons" and by in {"", POLICY, run.order.by}:
        raise ApprovalRefusedError(run.run_id, f"{by or 'nobody'} started it; another person approves")
    earlier = store.approvals(run.run_id)
    again = next((one for one in earlier if _same(one, choice, by, drafts_hash)), None)
    if again is not None:
        return again
    drafts = chosen_drafts(results=results, earlier=earlier, choice=choice)
    _check_names(run, drafts, choice)
    found = hash_of_drafts(drafts)
    if drafts_hash and drafts_hash != found:
        raise ApprovalRefusedError(run.run_id, f"the drafts are {found}, not {drafts_hash}")
    approval = Approval(
        run_id=run.run_id,
        number=len(earlier),
        by=by,
        at=at,
        drafts_hash=found,
        drafts=len(drafts),
        gross=total(ref.gross for ref in drafts),
        only=choice.only,
        without=choice.without,
        released=choice.released,
        reason=reason,
    )
    return store.approve(approval)


def _same(approval: Approval, choice: Choice, by: str, drafts_hash: str) -> bool:
    kept = Choice(approval.only, approval.without, approval.released)
    return kept == choice and approval.by == by and drafts_hash in {"", approval.drafts_hash}


def _check_names(run: Run, drafts: Sequence[DraftRef], choice: Choice) -> None:
    """Refuse a choice that names a contract without a draft to approve. Raises ApprovalRefusedError."""
    found = {name for ref in drafts for name in ref.names}
    strange = [no for no in (*choice.only, *choice.released) if no not in found and no not in choice.without]
    if strange:
        raise ApprovalRefusedError(run.run_id, f"no draft to approve for {', '.join(sorted(set(strange)))}")


def issue_approved(
    *,
    run: Run,
    results: Sequence[ChunkResult],
    issue_date: date,
    settings: SettingsStore,
    store: RunStore,
    queue: RunQueue,
) -> Run:
    """Have the approved drafts that are not issued yet numbered under a date, and ask for their batches.

    The batches and the date of an approval are kept once; whoever comes later only asks for them again.
    Raises ApprovalRefusedError when nothing is approved.
    """
    approvals = store.approvals(run.run_id)
    if not approvals:
        raise ApprovalRefusedError(run.run_id, "nothing of it is approved")
    company, _ = settings.current(on=issue_date)
    issued = {one.approval for one in store.issues(run.run_id)}
    for approval in approvals:
        if approval.number not in issued:
            choice = Choice(approval.only, approval.without, approval.released)
            earlier = approvals[: approval.number]
            drafts = chosen_drafts(results=results, earlier=earlier, choice=choice)
            batches = _batches(run, approval, drafts, issue_date, company)
            run = store.issue(run.run_id, approval=approval.number, batches=batches, issue_date=issue_date)
    ask_for_batches(run, store, queue)
    return run


def ask_for_batches(run: Run, store: RunStore, queue: RunQueue) -> None:
    """Ask for every batch of a run to be issued; a batch issued already stays as it is."""
    for issue in store.issues(run.run_id):
        queue.issue_batches(run.run_id, issue.numbered())


def discard_run(*, run: Run, by: str, store: RunStore) -> Run:
    """Give up a run that nobody approved; its contracts stay due. Raises ApprovalRefusedError."""
    if run.status is RunStatus.DISCARDED:
        return run
    if run.status not in {RunStatus.RATED, RunStatus.WAITING, RunStatus.NOT_BALANCED} or run.approvals:
        raise ApprovalRefusedError(run.run_id, f"it is {run.status}, so {by} cannot discard it")
    done = store.set_status(run.run_id, expected=run.status, status=RunStatus.DISCARDED)
    if done.status is not RunStatus.DISCARDED:
        raise ApprovalRefusedError(run.run_id, f"it became {done.status} meanwhile")
    return done


def _batches(
    run: Run, approval: Approval, drafts: Sequence[DraftRef], issue_date: date, company: CompanySettings
) -> list[Batch]:
    """Cut drafts into batches of one series, each contract's in one: a later period must follow an earlier one.

    So are the collective invoices of an account that one chunk made.
    """
    of_series: dict[str, list[DraftRef]] = {}
    for ref in drafts:
        of_series.setdefault(company.series_of(ref.kind, unit=ref.unit), []).append(ref)
    batches: list[Batch] = []
    for series, members in of_series.items():
        for cut in _cut(members):
            number = batch_number(approval.number, len(batches))
            batches.append(Batch(run.run_id, number, series, issue_date, cut))
    return batches


def _cut(drafts: Sequence[DraftRef]) -> list[tuple[DraftRef, ...]]:
    cut: list[tuple[DraftRef, ...]] = []
    for _, group in itertools.groupby(drafts, key=lambda ref: (ref.chunk, ref.contract_no)):
        together = tuple(group)
        if cut and _actions(cut[-1]) + _actions(together) <= BATCH_SIZE:
            cut[-1] += together
        else:
            cut.append(together)
    return cut


def _actions(drafts: Sequence[DraftRef]) -> int:
    """Count what drafts take of a number block: a correction moves its chain, and its contract's cursor beside.

    Collective invoices move the cursors of their contracts, of each once however many there are.
    """
    corrected = {ref.contract_no for ref in drafts if ref.corrects is not None}
    collected = {no for ref in drafts if ref.parts for no in ref.contracts}
    return sum(not ref.parts for ref in drafts) + len(corrected) + len(collected)
