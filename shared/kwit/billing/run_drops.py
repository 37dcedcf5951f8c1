"""Take orders and approvals that people drop: one decision each, with a result beside the file.

Everything behind them may be repeated, so a file whose message comes twice decides nothing twice.
"""

from datetime import datetime

from kwit.billing.approval import ApprovalRefusedError, approve_drafts, discard_run, issue_approved
from kwit.billing.certificate import certify
from kwit.billing.correction_run import CorrectionStores, DocumentNumbersUnknownError
from kwit.billing.drafts import RunKind
from kwit.billing.order_files import ApprovalFile, ComparisonFile, OrderFile, read_approval, read_order
from kwit.billing.ports import ApprovalTakenError, RunQueue
from kwit.billing.run_diff import RunNotComparableError, chunks_to_compare
from kwit.billing.runs import PlanningStores, plan_run
from kwit.intake.dropped_file import DroppedFile, decision_result
from kwit.intake.findings import Finding, ImportResult, Severity


def take_order(
    *,
    file: DroppedFile,
    stores: PlanningStores,
    queue: RunQueue,
    known_at: datetime,
    corrections: CorrectionStores,
) -> ImportResult:
    """Start the run that a dropped order asks for, or compare the run it names."""
    order = read_order(file.content)
    if isinstance(order, list):
        return decision_result(file=file, kind="run_order", known_at=known_at, findings=order)
    if isinstance(order, ComparisonFile):
        return decision_result(
            file=file,
            kind="run_order",
            known_at=known_at,
            findings=ask_to_compare(order.run, order.against, stores, queue),
        )
    return decision_result(
        file=file,
        kind="run_order",
        known_at=known_at,
        findings=_planned(order, stores, queue, corrections, known_at),
    )


def _planned(
    order: OrderFile,
    stores: PlanningStores,
    queue: RunQueue,
    corrections: CorrectionStores,
    known_at: datetime,
) -> list[Finding]:
    try:
        run = plan_run(
            business_date=order.business_date,
            stores=stores,
            queue=queue,
            order=order.order,
            corrections=corrections,
            at=known_at,
        )
    except DocumentNumbersUnknownError as error:
        numbers = ", ".join(error.numbers)
        return [_refused("document_unknown", f"Nie ma dokumentu o numerze {numbers}.", numbers)]
    sentence = f"Przebieg {run.run_id}: umów do rozliczenia {run.contracts}."
    return [Finding("run_started", Severity.WARN, sentence, value=run.run_id)]


def ask_to_compare(run_id: str, against: str, stores: PlanningStores, queue: RunQueue) -> list[Finding]:
    """Ask for every chunk of a run to be compared; say so when the run is not known."""
    run = stores.runs.run(run_id)
    if run is None:
        return [_refused("run_unknown", f"Nie ma przebiegu {run_id}.", run_id)]
    if run.order.kind is RunKind.NOTES:
        return [_refused("run_not_compared", "Not nie porównuje się z rachunkami.", run_id)]
    for chunk in chunks_to_compare(run):
        queue.compare_chunk(run_id, against, chunk)
    return []


def take_approval(
    *, file: DroppedFile, stores: PlanningStores, queue: RunQueue, known_at: datetime
) -> ImportResult:
    """Approve, issue or discard as a dropped approval says, or say why that cannot be."""
    approval = read_approval(file.content)
    if isinstance(approval, list):
        return decision_result(file=file, kind="run_approval", known_at=known_at, findings=approval)
    try:
        findings = _decided(approval, stores, queue, known_at)
    except (ApprovalRefusedError, ApprovalTakenError, RunNotComparableError) as error:
        findings = [_refused("approval_refused", f"Odmowa: {error}.", approval.run)]
    return decision_result(file=file, kind="run_approval", known_at=known_at, findings=findings)


def _decided(approval: ApprovalFile, stores: PlanningStores, queue: RunQueue, at: datetime) -> list[Finding]:
    run = stores.runs.run(approval.run)
    if run is None:
        return [_refused("run_unknown", f"Nie ma przebiegu {approval.run}.", approval.run)]
    if approval.action == "discard":
        discard_run(run=run, by=approval.by, store=stores.runs)
        return []
    results = stores.runs.chunk_results(run.run_id)
    if approval.approves:
        settings, _ = stores.settings.current(on=run.business_date)
        approve_drafts(
            run=run,
            certificate=certify(run=run, results=results),
            results=results,
            choice=approval.choice,
            by=approval.by,
            at=at,
            drafts_hash=approval.drafts_hash,
            settings=settings,
            store=stores.runs,
            reason=approval.reason,
        )
    if approval.issues:
        issue_approved(
            run=run,
            results=results,
            issue_date=approval.issue_date or run.business_date,
            settings=stores.settings,
            store=stores.runs,
            queue=queue,
        )
    return []


def _refused(code: str, sentence: str, value: str) -> Finding:
    return Finding(code, Severity.REJECT, sentence, value=value)
