"""A billing run: plan, rate in chunks, close with a certificate, approve. Every step may be repeated.

Ids are made of the business date, so a second schedule event finds the same run; each step keeps its result
once, under a condition, and then only asks for the next step, so a message that arrives twice changes nothing.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime

from kwit.billing.approval import ALL, POLICY, approve_drafts, ask_for_batches, issue_approved
from kwit.billing.bill import bill_contract
from kwit.billing.case import Case, RegistryIncompleteError, contract_on, gather_case
from kwit.billing.certificate import Certificate, certify, draft_faults
from kwit.billing.clocks import NEVER_BILLED, Cursor
from kwit.billing.content import ENGINE
from kwit.billing.correcting import Corrections
from kwit.billing.correction_run import (
    CorrectionStores,
    CorrectionStoresMissingError,
    contracts_to_correct,
    correct_one,
    settle_tasks,
    settled_by_run,
)
from kwit.billing.corrects import TaskRef
from kwit.billing.drafts import (
    DAILY,
    ChunkResult,
    Draft,
    DraftRef,
    Hold,
    HoldCode,
    Run,
    RunKind,
    RunOrder,
    RunStatus,
    evidence_name,
)
from kwit.billing.due import next_group, progress_of
from kwit.billing.evidence import ChunkEvidence, Recorder, evidence_hash
from kwit.billing.forecast_data import forecasts_on
from kwit.billing.forecast_due import forecasts_due
from kwit.billing.one_bill import Billing
from kwit.billing.ports import ApprovalTakenError, EvidenceStore, RunQueue, RunStore, SettingsStore
from kwit.billing.run_diff import PREVIOUS, chunks_to_compare
from kwit.kernel.identifiers import canonical_json, deterministic_id
from kwit.metering.ports import ReadingStore
from kwit.rating.series import SeriesSorter
from kwit.registry.company import CompanySettings
from kwit.registry.ports import RegistryStore
from kwit.registry.records import Contract, timeline
from kwit.tariffs.ports import PriceListStore
from kwit.tariffs.price_list import Clock, PriceList

CHUNK_SIZE = 25
# What a broken record or a fault of the engine raises; a store that cannot be reached raises other things, and
# then the whole chunk is tried again.
_FAULTS_OF_ONE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


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


@dataclass(frozen=True, slots=True)
class RatingStores(PlanningStores):
    """The stores that rating a chunk works with."""

    readings: ReadingStore
    price_lists: PriceListStore
    evidence: EvidenceStore


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
) -> Run:
    """Plan the run of a business date: find the contracts concerned and ask for their chunks to be rated.

    A run that exists already is asked for again only where it is unfinished. Raises CorrectionStoresMissingError,
    DocumentNumbersUnknownError.
    """
    run_id = run_id_of(business_date, order)
    run = stores.runs.run(run_id)
    if run is None:
        settings, _ = stores.settings.current(on=business_date)
        if order.kind is RunKind.CORRECTIONS:
            found = _needed(corrections, run_id)
            due = contracts_to_correct(order=order, registry=stores.registry, stores=found)
        else:
            due = due_contracts(business_date=business_date, settings=settings, stores=stores, order=order)
        chunks = [due[index : index + CHUNK_SIZE] for index in range(0, len(due), CHUNK_SIZE)]
        planned = Run(run_id, business_date, contracts=len(due), chunks=len(chunks), order=order)
        run = stores.runs.create_run(planned, chunks)
    if run.status is RunStatus.PLANNED:
        for chunk in range(run.chunks):
            queue.rate_chunk(run_id, chunk)
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
    due = []
    for contract_no in order.contracts or stores.registry.contract_numbers():
        versions = timeline(stores.registry.contract(contract_no))
        if not versions:
            # Named, but unknown: rating it says so, where leaving it out would say nothing.
            due.append(contract_no)
            continue
        cursor = stores.runs.cursor(contract_no)
        progress = progress_of(versions, cursor)
        if not _asked_for(contract_on(versions, progress.days[Clock.VARIABLE]), order):
            continue
        if next_group(
            contracts=versions,
            progress=progress,
            business_date=business_date,
            window_of=settings.window_of,
            until=order.until,
        ) or (
            order.until is None
            and forecasts_due(
                contracts=versions,
                forecasts=forecasts_on(cursor or NEVER_BILLED),
                measured_to=progress.days[Clock.VARIABLE],
                business_date=business_date,
                window_of=settings.window_of,
            )
        ):
            due.append(contract_no)
    return sorted(set(due))


def _asked_for(contract: Contract, order: RunOrder) -> bool:
    of_group = not order.groups or contract.group in order.groups
    return of_group and (not order.price_lists or bool(set(order.price_lists) & set(contract.price_lists)))


def rate_chunk(
    *,
    run_id: str,
    chunk: int,
    stores: RatingStores,
    queue: RunQueue,
    holidays: frozenset[date],
    corrections: CorrectionStores | None = None,
) -> ChunkResult:
    """Rate the contracts of a chunk, keep drafts and holds once, and ask for the run's close after the last.

    Tasks for correction that turn out to need none are settled, there is nothing to approve. Raises RunUnknownError,
    CorrectionStoresMissingError.
    """
    run = stores.runs.run(run_id)
    if run is None:
        raise RunUnknownError(run_id)
    done = stores.runs.chunk_result(run_id, chunk)
    if done is None:
        done, drafts = _rate(run, chunk, stores, SeriesSorter(holidays), corrections)
        run = stores.runs.finish_chunk(done, drafts)
        done = stores.runs.chunk_result(run_id, chunk) or done
    if corrections is not None:
        by = settled_by_run(run_id, run.business_date)
        settle_tasks(refs=done.without_difference, by=by, tasks=corrections.tasks)
    if run.chunks_done >= run.chunks:
        queue.close_run(run_id)
    return done


def _rate(
    run: Run, chunk: int, stores: RatingStores, sorter: SeriesSorter, corrections: CorrectionStores | None
) -> tuple[ChunkResult, list[Draft]]:
    settings, version = stores.settings.current(on=run.business_date)
    billing = Billing(run.run_id, run.business_date, settings, version, sorter)
    contracts = stores.runs.chunk_contracts(run.run_id, chunk)
    evidence = ChunkEvidence(run.run_id, chunk, run.business_date, version, ENGINE)
    recorder = Recorder(evidence, stores.registry, stores.readings, stores.runs, stores.price_lists)
    drafts: list[Draft] = []
    holds: list[Hold] = []
    nothing: list[str] = []
    without: list[TaskRef] = []
    cache: dict[str, Sequence[PriceList]] = {}
    for contract_no in contracts:
        recorded = replace(
            stores,
            registry=recorder.registry_of(contract_no),
            readings=recorder.readings_of(contract_no),
            runs=recorder.runs_of(contract_no),
            price_lists=recorder,
        )
        own = recorder.corrections_of(contract_no, corrections) if corrections else None
        found = rate_contract(contract_no, run, recorded, billing, cache, own)
        made, held = found.drafts, found.holds
        without += found.without_difference
        drafts += made
        holds += held
        nothing += [] if made or held else [contract_no]
    packed = evidence.packed()
    name = evidence_hash(packed)
    stores.evidence.keep(evidence_name(run.run_id, chunk, name), packed)
    waiting = {hold.document_id for hold in holds}
    refs = [draft_ref(draft, chunk) for draft in drafts]
    result = ChunkResult(
        run_id=run.run_id,
        chunk=chunk,
        contracts=len(contracts),
        drafts=tuple(ref for ref in refs if ref.document_id not in waiting),
        holds=tuple(holds),
        nothing_due=tuple(nothing),
        held=tuple(ref for ref in refs if ref.document_id in waiting),
        without_difference=tuple(without),
        faults=tuple(fault for pair in zip(drafts, refs, strict=True) for fault in draft_faults(*pair)),
        evidence=name,
    )
    return result, drafts


def rate_contract(
    contract_no: str,
    run: Run,
    stores: RatingStores,
    billing: Billing,
    cache: dict[str, Sequence[PriceList]],
    corrections: CorrectionStores | None,
) -> Corrections:
    """Bill or correct one contract of a run; what is wrong with it alone is a hold and concerns no other.

    `cache` keeps price lists for the other contracts of the chunk. Raises CorrectionStoresMissingError.
    """
    cursor = stores.runs.cursor(contract_no) or NEVER_BILLED
    billed_to = cursor.billed_to
    try:
        if run.order.kind is RunKind.CORRECTIONS:
            return _correct_contract(contract_no, run, stores, billing, cache, corrections)
        drafts, holds = _rate_contract(contract_no, cursor, run, stores, billing, cache)
        return Corrections(tuple(drafts), tuple(holds))
    except CorrectionStoresMissingError:
        raise
    except RegistryIncompleteError as error:
        held = _unbilled(run, contract_no, billed_to, HoldCode.REGISTRY_INCOMPLETE, error.missing)
    except _FAULTS_OF_ONE as error:
        told = f"{type(error).__name__} while rating; the other contracts are not concerned"
        held = _unbilled(run, contract_no, billed_to, HoldCode.RATING_FAILED, told)
    return Corrections(holds=(held,))


def _correct_contract(
    contract_no: str,
    run: Run,
    stores: RatingStores,
    billing: Billing,
    cache: dict[str, Sequence[PriceList]],
    corrections: CorrectionStores | None,
) -> Corrections:
    needed = _needed(corrections, run.run_id)
    return correct_one(
        case=_case(contract_no, run, stores, billing, cache),
        run=run,
        runs=stores.runs,
        settings=stores.settings,
        readings=stores.readings,
        billing=billing,
        stores=needed,
    )


def _rate_contract(
    contract_no: str,
    cursor: Cursor,
    run: Run,
    stores: RatingStores,
    billing: Billing,
    cache: dict[str, Sequence[PriceList]],
) -> tuple[list[Draft], list[Hold]]:
    drafts, holds = bill_contract(
        case=_case(contract_no, run, stores, billing, cache),
        billed_to=cursor.billed_to,
        carried=cursor.carried if cursor.billed_to else None,
        billing=billing,
        readings=stores.readings,
        billed_events=cursor.events,
        apart=cursor.apart,
        until=run.order.until,
        forecasts=forecasts_on(cursor),
    )
    return _from_revision(drafts, holds, cursor.revision)


def _from_revision(
    drafts: Sequence[Draft], holds: Sequence[Hold], revision: int
) -> tuple[list[Draft], list[Hold]]:
    """Stamp drafts with the revision of the cursor that they start from.

    A period that was released is billed under another id: its first bill stands for ever under the old one.
    """
    if not revision:
        return list(drafts), list(holds)
    again = {
        one.document_id: one.document_id  # counts its turn in itself
        if one.forecast is not None and one.forecast.alone
        else deterministic_id("again", one.document_id, revision)
        for one in drafts
    }
    stamped = [replace(one, document_id=again[one.document_id], revision=revision) for one in drafts]
    return stamped, [replace(one, document_id=again.get(one.document_id, "")) for one in holds]


def _case(
    contract_no: str,
    run: Run,
    stores: RatingStores,
    billing: Billing,
    cache: dict[str, Sequence[PriceList]],
) -> Case:
    return gather_case(
        contract_no=contract_no,
        on=run.business_date,
        registry=stores.registry,
        readings=stores.readings,
        price_lists=stores.price_lists,
        cache=cache,
        sums=billing.settings.sums,
    )


def _unbilled(run: Run, contract_no: str, billed_to: date | None, code: HoldCode, detail: str) -> Hold:
    day = billed_to or run.business_date
    return Hold(contract_no, day, day, code, detail, risk=90)


def draft_ref(draft: Draft, chunk: int) -> DraftRef:
    """Return the reference of a draft in its chunk."""
    return DraftRef(
        document_id=draft.document_id,
        chunk=chunk,
        contract_no=draft.contract_no,
        start=draft.start,
        end=draft.end,
        content_hash=draft.content_hash,
        net=draft.net,
        vat=draft.vat,
        gross=draft.gross,
        wh_read=draft.wh_read,
        kwh_billed=draft.kwh_billed,
        events=draft.events,
        carried=draft.carried,
        kind=draft.kind,
        unit=draft.unit,
        clocks=draft.clocks,
        turn=draft.turn,
        risk=draft.risk,
        revision=draft.revision,
        corrects=draft.corrects,
        settles=draft.settles,
        forecast=draft.forecast,
        kwh_forecast=draft.kwh_forecast,
    )


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
    if run.status is RunStatus.PLANNED:
        run = stores.runs.set_status(run_id, expected=RunStatus.PLANNED, status=RunStatus.RATED)
    if not certificate.balances:
        run = stores.runs.set_status(run_id, expected=RunStatus.RATED, status=RunStatus.NOT_BALANCED)
        return run, certificate
    settings, _ = stores.settings.current(on=run.business_date)
    if run.status is RunStatus.RATED and _by_a_person(run, settings):
        run = stores.runs.set_status(run_id, expected=RunStatus.RATED, status=RunStatus.WAITING)
        for chunk in chunks_to_compare(run):
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
