"""Take an order of notes: check it whole, make its drafts, and have them approved and issued as any run's.

There is nothing to rate, so the run is planned with its drafts in it and goes straight to its close. Whatever breaks
off, the same message does the same again: the run is named by its day and the file, each note by the file and its row.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from kwit.billing.certificate import draft_faults
from kwit.billing.content import ENGINE
from kwit.billing.drafts import (
    ChunkResult,
    Draft,
    Hold,
    HoldCode,
    Run,
    RunKind,
    RunOrder,
    RunStatus,
    RunStep,
    evidence_name,
)
from kwit.billing.evidence import ChunkEvidence, evidence_hash, played_registry, recorded_registry
from kwit.billing.note_drafts import (
    NoteMaking,
    account_findings,
    make_note,
    note_id,
    party_findings,
    rates_in_force,
)
from kwit.billing.note_order_file import read_note_orders
from kwit.billing.note_orders import NoteOrder, OrdersRead, Place, order_findings
from kwit.billing.note_stores import NoteStores
from kwit.billing.ports import RunQueue
from kwit.billing.references import draft_ref
from kwit.billing.risk import hold_code
from kwit.intake.dropped_file import DroppedFile
from kwit.intake.findings import Finding, ImportResult, Severity, result_of
from kwit.intake.repeats import result_without_reading
from kwit.kernel.time import local_day
from kwit.registry.company import CompanySettings
from kwit.registry.ports import RegistryStore
from kwit.tariffs.interest import InterestTable

KIND = "note_order"
CHUNK_SIZE = 50
_FILE, _ORDER_FILE, _TABLE = "", "order.file", "order.rates"


@dataclass(frozen=True, slots=True)
class OrderFile:
    """The file of an order as evidence keeps it: name, hash and the bytes in base64."""

    name: str
    content_hash: str
    content: str


def take_note_order(
    *,
    file: DroppedFile,
    stores: NoteStores,
    queue: RunQueue,
    known_at: datetime,
    table: InterestTable,
    holidays: frozenset[date],
) -> ImportResult:
    """Make a run of the notes that a dropped file orders, or name every error in it; nothing is made of a part.

    A file that went in before changes nothing.
    """
    known = result_without_reading(file=file, kind=KIND, imports=stores.imports, known_at=known_at)
    if known is not None:
        return known
    read = read_note_orders(file.content)
    findings = [*read.findings, *order_findings(read.orders)]
    if read.day is not None and read.day > local_day(known_at):
        findings.append(
            Place(0).reject("day_in_future", "Dzień zlecenia jest w przyszłości.", value=read.day)
        )
    made = _made(read, findings, file, stores, known_at, table, holidays)
    findings += made.findings
    refused = any(one.severity is Severity.REJECT for one in findings)
    if not refused:
        run = _planned(made, read, file, stores, queue, known_at)
        sentence = f"Przebieg {run.run_id}: not {len(made.drafts)}."
        findings.append(Finding("run_started", Severity.WARN, sentence, value=run.run_id))
    result = result_of(
        file=file.name,
        content_hash=file.content_hash,
        kind=KIND,
        encoding=read.encoding,
        known_at=known_at,
        findings=findings,
        accepted=0 if refused else read.rows,
        rejected=max(1, read.rows) if refused else 0,
    )
    stores.imports.record(result)
    return result


@dataclass(frozen=True, slots=True)
class _Made:
    """The drafts of a file, in its order, what is wrong with the others, and what they were made from."""

    drafts: tuple[Draft, ...]
    findings: tuple[Finding, ...]
    evidence: ChunkEvidence
    settings: CompanySettings


def _made(
    read: OrdersRead,
    before: Sequence[Finding],
    file: DroppedFile,
    stores: NoteStores,
    known_at: datetime,
    table: InterestTable,
    holidays: frozenset[date],
) -> _Made:
    day = read.day or local_day(known_at)
    settings, version = stores.planning.settings.current(on=day)
    by = NoteMaking(
        run_id=note_run_id(day, file.content_hash),
        business_date=day,
        file=file.name,
        file_hash=file.content_hash,
        settings=settings,
        settings_version=version,
        table=rates_in_force(table, settings),
        holidays=holidays,
    )
    evidence = ChunkEvidence(by.run_id, 0, day, version, ENGINE)
    content = base64.b64encode(file.content).decode("ascii")
    evidence.tell(_FILE, _ORDER_FILE, OrderFile(file.name, file.content_hash, content))
    evidence.tell(_FILE, _TABLE, by.table)
    findings = account_findings(read.orders, settings)
    drafts: list[Draft] = []
    bad = {(one.sheet, one.row) for one in before if one.severity is Severity.REJECT}
    for order in read.orders:
        places = (order.place, *(item.place for item in order.items))
        if any((place.sheet, place.row) in bad for place in places):
            findings += party_findings(order, registry=stores.planning.registry, day=day)
            continue
        name = note_id(by.file_hash, order)
        registry = recorded_registry(evidence, name, stores.planning.registry)
        made = make_note(order, registry=registry, by=by)
        if isinstance(made, Draft):
            drafts.append(replace(made, turn=len(drafts)))
        else:
            findings += made
    return _Made(tuple(drafts), tuple(findings), evidence, settings)


def note_run_id(day: date, file_hash: str) -> str:
    """Name the run of a file of orders that was dropped on a day.

    >>> note_run_id(date(2026, 4, 8), "0123456789abcdef")
    '2026-04-08-notes-0123456789ab'
    """
    return f"{day.isoformat()}-{RunKind.NOTES}-{file_hash[:12]}"


def _planned(
    made: _Made, read: OrdersRead, file: DroppedFile, stores: NoteStores, queue: RunQueue, at: datetime
) -> Run:
    """Keep the run, its evidence and its drafts, each once, and ask for its close."""
    packed = made.evidence.packed()
    name, run_id = evidence_hash(packed), made.evidence.run_id
    stores.evidence.keep(evidence_name(run_id, 0, name), packed)
    chunks = [made.drafts[start : start + CHUNK_SIZE] for start in range(0, len(made.drafts), CHUNK_SIZE)]
    names = [list(dict.fromkeys(one.contract_no for one in chunk)) for chunk in chunks]
    order = RunOrder(kind=RunKind.NOTES, by=read.orders[0].by, reason=file.name, dry=read.dry)
    runs = stores.planning.runs
    run = runs.create_run(
        Run(
            run_id,
            made.evidence.business_date,
            contracts=len({one.contract_no for one in made.drafts}),
            chunks=len(chunks),
            order=order,
        ),
        names,
    )
    run = runs.stamp(run_id, RunStep.PLANNED, at)
    for number, drafts in enumerate(chunks) if run.status is RunStatus.PLANNED else ():
        result = _result(run_id, number, drafts, len(names[number]), name, made.settings)
        run = runs.finish_chunk(result, drafts)
    queue.close_run(run_id)
    return run


def _result(
    run_id: str, chunk: int, drafts: Sequence[Draft], names: int, evidence: str, settings: CompanySettings
) -> ChunkResult:
    """Say what came of a chunk; a note over the amount that a person must see waits for one."""
    refs = [(draft, draft_ref(draft, chunk)) for draft in drafts]
    codes = {one.document_id: hold_code(one.reasons, settings.holds) for one in drafts}
    waits = {document_id: code for document_id, code in codes.items() if code is not None}
    return ChunkResult(
        run_id=run_id,
        chunk=chunk,
        contracts=names,
        drafts=tuple(ref for draft, ref in refs if draft.document_id not in waits),
        holds=tuple(_hold(one, waits[one.document_id]) for one in drafts if one.document_id in waits),
        held=tuple(ref for draft, ref in refs if draft.document_id in waits),
        faults=tuple(fault for pair in refs for fault in draft_faults(*pair)),
        evidence=evidence,
    )


def _hold(draft: Draft, code: HoldCode) -> Hold:
    return Hold(
        contract_no=draft.contract_no,
        start=draft.start,
        end=draft.end,
        code=code,
        detail=draft.reasons[0].detail,
        risk=draft.risk,
        document_id=draft.document_id,
    )


def note_again(
    document_id: str, evidence: ChunkEvidence, *, settings: CompanySettings, holidays: frozenset[date]
) -> bytes | None:
    """Make a note again from its evidence, interest and all; None when the file orders no such note.

    Raises InputMissingError.
    """
    file: OrderFile = evidence.answer(_FILE, _ORDER_FILE, OrderFile)
    by = NoteMaking(
        run_id=evidence.run_id,
        business_date=evidence.business_date,
        file=file.name,
        file_hash=file.content_hash,
        settings=settings,
        settings_version=evidence.settings_version,
        table=evidence.answer(_FILE, _TABLE, InterestTable),
        holidays=holidays,
    )
    order = _ordered(document_id, file)
    if order is None:
        return None
    registry: RegistryStore = played_registry(evidence, document_id)
    made = make_note(order, registry=registry, by=by)
    return made.content if isinstance(made, Draft) else None


def _ordered(document_id: str, file: OrderFile) -> NoteOrder | None:
    orders = read_note_orders(base64.b64decode(file.content)).orders
    return next((one for one in orders if note_id(file.content_hash, one) == document_id), None)
