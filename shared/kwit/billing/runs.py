"""A billing run: plan, rate in chunks, close with a certificate, approve. Every step may be repeated.

Ids are made of the business date, so a second schedule event finds the same run; each step keeps its result
once, under a condition, and then only asks for the next step, so a message that arrives twice changes nothing.
"""

import itertools
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date, datetime

from kwit.billing.approval import ALL, POLICY, approve_drafts, ask_for_batches, issue_approved
from kwit.billing.case import contract_on
from kwit.billing.certificate import Certificate, certify
from kwit.billing.clocks import NEVER_BILLED, Cursor
from kwit.billing.collective_plan import planned_chunks
from kwit.billing.connections import is_connection
from kwit.billing.correction_run import (
    CorrectionStores,
    CorrectionStoresMissingError,
    contracts_to_correct,
)
from kwit.billing.drafts import (
    DAILY,
    ChunkResult,
    Run,
    RunKind,
    RunOrder,
    RunStatus,
    RunStep,
)
from kwit.billing.due import next_group, progress_of
from kwit.billing.forecast_data import forecasts_on
from kwit.billing.forecast_due import forecasts_due
from kwit.billing.ports import ApprovalTakenError, RunQueue, RunStore, SettingsStore
from kwit.billing.run_diff import PREVIOUS, chunks_to_compare
from kwit.kernel.identifiers import canonical_json, deterministic_id
from kwit.registry.company import CompanySettings
from kwit.registry.events import ContractEvent, first_told
from kwit.registry.ports import RegistryStore
from kwit.registry.records import Contract, timeline
from kwit.tariffs.price_list import Clock

CHUNK_SIZE = 50
_CURSORS_AT_ONCE = 100


class RunUnknownError(LookupError):
    """A message names a run or a chunk that no store knows; carries the name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no such run or chunk: {name}")
        self.name = name


@dataclass(frozen=True, slots=True)
class PlanningStores:
    """The stores that planning and closing a run work with."""

    settings: SettingsStore
    registry: RegistryStore
    runs: RunStore


def run_id_of(business_date: date, order: RunOrder = DAILY) -> str:
    """Name the run of a business date: the daily one, or that of an order; the same order names the same run."""
    if order == DAILY:
        return f"{business_date.isoformat()}-daily"
    name = deterministic_id("order", canonical_json(asdict(order) | {"until": str(order.until)}).decode())
    return f"{business_date.isoformat()}-{order.kind}-{name[:8]}"


def plan_run(
    *,
    business_date: date,
    stores: PlanningStores,
    queue: RunQueue,
    order: RunOrder = DAILY,
    corrections: CorrectionStores | None = None,
    at: datetime | None = None,
) -> Run:
    """Plan the run of a business date: find the contracts concerned and ask for their chunks to be rated.

    A run that exists already is asked for again only where it is unfinished. `at` is the instant it is planned at,
    for its record. Raises CorrectionStoresMissingError, DocumentNumbersUnknownError.
    """
    run_id = run_id_of(business_date, order)
    run = stores.runs.run(run_id)
    if run is None:
        settings, _ = stores.settings.current(on=business_date)
        if order.kind is RunKind.CORRECTIONS:
            found = _needed(corrections, run_id)
            due = contracts_to_correct(order=order, registry=stores.registry, stores=found)
            accounts = dict.fromkeys(due, "")  # a bill of a collective invoice is corrected for itself
        else:
            accounts = due_accounts(
                business_date=business_date, settings=settings, stores=stores, order=order
            )
        chunks = planned_chunks(accounts, size=CHUNK_SIZE)
        planned = Run(
            run_id,
            business_date,
            contracts=len(accounts),
            chunks=len(chunks.all),
            order=order,
            account_chunks=len(chunks.of_accounts),
        )
        run = stores.runs.create_run(planned, chunks.all)
    if at is not None and RunStep.PLANNED not in dict(run.times):
        run = stores.runs.stamp(run_id, RunStep.PLANNED, at)
    if run.status is RunStatus.PLANNED:
        queue.rate_chunks(run_id, range(run.chunks))
        if run.chunks_done == run.chunks:
            queue.close_run(run_id)
    elif run.status in {RunStatus.RATED, RunStatus.APPROVED, RunStatus.ISSUING}:
        queue.close_run(run_id)
    return run


def _needed(corrections: CorrectionStores | None, run_id: str) -> CorrectionStores:
    if corrections is None:
        raise CorrectionStoresMissingError(run_id)
    return corrections


def due_contracts(
    *, business_date: date, settings: CompanySettings, stores: PlanningStores, order: RunOrder = DAILY
) -> list[str]:
    """List, sorted, the numbers of the contracts asked for with a period that has ended by the business date."""
    found = due_accounts(business_date=business_date, settings=settings, stores=stores, order=order)
    return sorted(found)


def due_accounts(
    *, business_date: date, settings: CompanySettings, stores: PlanningStores, order: RunOrder = DAILY
) -> dict[str, str]:
    """Return the contracts that `due_contracts` lists, each with the collective account it is on, empty for none."""
    named = ((contract_no, stores.registry.contract(contract_no)) for contract_no in order.contracts)
    contracts = iter(named if order.contracts else stores.registry.contracts())
    due: dict[str, str] = {}
    while some := dict(itertools.islice(contracts, _CURSORS_AT_ONCE)):
        cursors = stores.runs.cursors_of(list(some))
        due |= {
            contract_no: _account(timeline(versions), cursors.get(contract_no))
            for contract_no, versions in some.items()
            if _is_due(timeline(versions), cursors.get(contract_no), business_date, settings, order, stores)
        }
    return due


def _account(versions: Sequence[Contract], cursor: Cursor | None) -> str:
    """Return the collective account that a contract is on where it stands."""
    if not versions:
        return ""
    day = progress_of(versions, cursor).days[Clock.VARIABLE]
    return contract_on(versions, day).collective


def _is_due(
    versions: Sequence[Contract],
    cursor: Cursor | None,
    business_date: date,
    settings: CompanySettings,
    order: RunOrder,
    stores: PlanningStores,
) -> bool:
    if not versions:
        # Named, but unknown: rating it says so, where leaving it out would say nothing.
        return True
    cursor = cursor or NEVER_BILLED
    progress = progress_of(versions, cursor)
    if not _asked_for(contract_on(versions, progress.days[Clock.VARIABLE]), order):
        return False
    found = next_group(
        contracts=versions,
        progress=progress,
        business_date=business_date,
        window_of=settings.window_of,
        until=order.until,
        events=_unbilled_events(versions, cursor, stores.registry),
    )
    return found is not None or (
        order.until is None
        and forecasts_due(
            contracts=versions,
            forecasts=forecasts_on(cursor),
            measured_to=progress.days[Clock.VARIABLE],
            business_date=business_date,
            window_of=settings.window_of,
        )
    )


def _unbilled_events(
    versions: Sequence[Contract], cursor: Cursor, registry: RegistryStore
) -> Sequence[ContractEvent]:
    """Return the events that make a connection contract due; other contracts are due without them."""
    if not is_connection(versions):
        return ()
    events = first_told(registry.events(versions[0].contract_no))
    return [one for one in events if one.event_id not in cursor.events]


def _asked_for(contract: Contract, order: RunOrder) -> bool:
    of_group = not order.groups or contract.group in order.groups
    return of_group and (not order.price_lists or bool(set(order.price_lists) & set(contract.price_lists)))


def close_run(
    *, run_id: str, stores: PlanningStores, queue: RunQueue, at: datetime
) -> tuple[Run, Certificate]:
    """Close a rated run: certify that it balances, and approve and issue it when the policy says so.

    A run that does not balance is never approved; one that waits for a person is compared with the bills before
    it. `at` is the instant an approval by policy is kept under. Raises RunUnknownError.
    """
    run = stores.runs.run(run_id)
    if run is None:
        raise RunUnknownError(run_id)
    results = stores.runs.chunk_results(run_id)
    if len(results) < run.chunks:
        raise RunUnknownError(f"{run_id}: {run.chunks - len(results)} chunks are not rated yet")
    certificate = certify(run=run, results=results)
    run = stores.runs.stamp(run_id, RunStep.CLOSED, at)
    if run.status is RunStatus.ISSUED and certificate.drafts:
        run = stores.runs.stamp(run_id, RunStep.ISSUED, at)
    if run.status is RunStatus.PLANNED:
        run = stores.runs.set_status(run_id, expected=RunStatus.PLANNED, status=RunStatus.RATED)
    if not certificate.balances:
        run = stores.runs.set_status(run_id, expected=RunStatus.RATED, status=RunStatus.NOT_BALANCED)
        return run, certificate
    settings, _ = stores.settings.current(on=run.business_date)
    if run.status is RunStatus.RATED and _by_a_person(run, settings):
        run = stores.runs.set_status(run_id, expected=RunStatus.RATED, status=RunStatus.WAITING)
        # Notes have no bills before them to be compared with.
        for chunk in chunks_to_compare(run) if run.order.kind is not RunKind.NOTES else ():
            queue.compare_chunk(run_id, PREVIOUS, chunk)
    elif run.status is RunStatus.RATED or (
        run.status is RunStatus.APPROVED and not _by_a_person(run, settings)
    ):
        run = _issue_by_policy(run, certificate, results, settings, stores, queue, at)
    elif run.status is RunStatus.ISSUING:
        ask_for_batches(run, stores.runs, queue)
    return run, certificate


def _by_a_person(run: Run, settings: CompanySettings) -> bool:
    by_policy = settings.approval == "automatic"
    return not by_policy or run.order.dry or run.order.kind is RunKind.CORRECTIONS


def _issue_by_policy(
    run: Run,
    certificate: Certificate,
    results: Sequence[ChunkResult],
    settings: CompanySettings,
    stores: PlanningStores,
    queue: RunQueue,
    at: datetime,
) -> Run:
    if not certificate.drafts:
        return stores.runs.set_status(run.run_id, expected=RunStatus.RATED, status=RunStatus.ISSUED)
    with suppress(ApprovalTakenError):
        approve_drafts(
            run=run,
            certificate=certificate,
            results=results,
            choice=ALL,
            by=POLICY,
            at=at,
            drafts_hash="",
            settings=settings,
            store=stores.runs,
        )
    return issue_approved(
        run=run,
        results=results,
        issue_date=run.business_date,
        settings=stores.settings,
        store=stores.runs,
        queue=queue,
    )
