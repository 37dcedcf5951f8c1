"""Rate a chunk of a run: each of its contracts becomes drafts and holds, on evidence of what was read.

What a chunk came to is kept once; an attempt that comes later changes nothing and only asks for the next step.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from kwit.billing.bill import bill_contract
from kwit.billing.case import Case, RegistryIncompleteError, contract_on, gather_case
from kwit.billing.certificate import draft_faults
from kwit.billing.clocks import NEVER_BILLED, Cursor
from kwit.billing.collecting import Waiting, collected
from kwit.billing.content import ENGINE
from kwit.billing.correcting import Corrections
from kwit.billing.correction_run import (
    CorrectionStores,
    CorrectionStoresMissingError,
    correct_one,
    settle_tasks,
    settled_by_run,
)
from kwit.billing.corrects import TaskRef
from kwit.billing.drafts import (
    ChunkResult,
    Draft,
    Hold,
    HoldCode,
    Run,
    RunKind,
    evidence_name,
)
from kwit.billing.evidence import ChunkEvidence, Recorder, evidence_hash
from kwit.billing.forecast_data import forecasts_on
from kwit.billing.frameworks import frameworks_of
from kwit.billing.one_bill import Billing
from kwit.billing.ports import EvidenceStore, RunQueue
from kwit.billing.references import draft_ref
from kwit.billing.runs import PlanningStores, RunUnknownError
from kwit.kernel.identifiers import deterministic_id
from kwit.metering.ports import ReadingStore
from kwit.rating.series import SeriesSorter
from kwit.registry.records import timeline
from kwit.tariffs.ports import PriceListStore
from kwit.tariffs.price_list import PriceList

# What a broken record or a fault of the engine raises; a store that cannot be reached raises other things, and
# then the whole chunk is tried again.
_FAULTS_OF_ONE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class RatingStores(PlanningStores):
    """The stores that rating a chunk works with."""

    readings: ReadingStore
    price_lists: PriceListStore
    evidence: EvidenceStore


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
    unrated = _unrated_by_account(drafts, holds, stores)
    waits = Waiting(run.business_date, settings.collective_wait_days, unrated)
    drafts, holds = collected(drafts=drafts, holds=holds, chunk=chunk, waiting_for=waits)
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


def _unrated_by_account(
    drafts: Sequence[Draft], holds: Sequence[Hold], stores: RatingStores
) -> dict[str, list[str]]:
    """Return the contracts with a period that could not be rated, by the collective account they are on."""
    found: dict[str, list[str]] = {}
    if not any(draft.collective for draft in drafts):
        return found
    for no, day in {one.contract_no: one.start for one in holds if not one.document_id}.items():
        versions = timeline(stores.registry.contract(no))
        if versions:
            found.setdefault(contract_on(versions, day).collective, []).append(no)
    return found


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
    if corrections is None:
        raise CorrectionStoresMissingError(run.run_id)
    return correct_one(
        case=_case(contract_no, run, stores, billing, cache),
        run=run,
        runs=stores.runs,
        settings=stores.settings,
        readings=stores.readings,
        billing=billing,
        stores=corrections,
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
    case = gather_case(
        contract_no=contract_no,
        on=run.business_date,
        registry=stores.registry,
        readings=stores.readings,
        price_lists=stores.price_lists,
        cache=cache,
        sums=billing.settings.sums,
    )
    if not billing.settings.framework_check:
        return case
    found = frameworks_of(contracts=case.contracts, point=case.point, registry=stores.registry)
    return replace(case, frameworks=found)


def _unbilled(run: Run, contract_no: str, billed_to: date | None, code: HoldCode, detail: str) -> Hold:
    day = billed_to or run.business_date
    return Hold(contract_no, day, day, code, detail, risk=90)
