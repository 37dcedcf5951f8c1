"""Replay (odtworzenie): rate a document's contract again from the inputs recorded when it was made.

The very same code rates it, on stores that give the recorded answers; the result must be the same bytes. What
differs is named by its place in the content, or by the question that was not asked then.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from kwit.billing.chunks import RatingStores, rate_contract
from kwit.billing.collecting import collective_draft
from kwit.billing.collective_content import CollectiveContent
from kwit.billing.content import ENGINE, parse_content
from kwit.billing.contents import read_issued
from kwit.billing.drafts import Draft, evidence_name
from kwit.billing.evidence import (
    ChunkEvidence,
    EvidenceError,
    Playback,
    evidence_hash,
    read_evidence,
)
from kwit.billing.note_content import NoteContent
from kwit.billing.note_run import note_again
from kwit.billing.one_bill import Billing
from kwit.billing.replay_stores import ReplayStores
from kwit.kernel.identifiers import content_hash
from kwit.rating.series import SeriesSorter


@dataclass(frozen=True, slots=True)
class Replayed:
    """What came of a replay: `same` when every byte is, else the first difference in words.

    `engine` made the document, `engine_now` replayed it.
    """

    document_id: str
    same: bool
    difference: str
    engine: str
    engine_now: str


def replay_draft(
    *,
    run_id: str,
    chunk: int,
    contract_no: str,
    document_id: str,
    content: bytes,
    stores: ReplayStores,
    holidays: frozenset[date],
) -> Replayed:
    """Rate a contract again from the evidence of its chunk and compare the document's bytes.

    `content` is the document as it was approved. Of a collective invoice every contract is rated again, and their bills
    are put together again. A note is made again from the file that ordered it.
    """
    try:
        approved = read_issued(content)
        # The notes of a run were made from one file: their evidence is kept once.
        evidence = _evidence(run_id, 0 if isinstance(approved, NoteContent) else chunk, stores)
        if isinstance(approved, NoteContent):
            company = stores.settings.version(evidence.settings_version)
            found = note_again(document_id, evidence, settings=company, holidays=holidays)
        elif isinstance(approved, CollectiveContent):
            found = _collected_again(approved, evidence, stores, holidays)
        else:
            draft = _rated_again(evidence, contract_no, document_id, stores, holidays)
            found = None if draft is None else draft.content
    except EvidenceError as error:
        return Replayed(document_id, same=False, difference=str(error), engine="", engine_now=ENGINE)
    engine = evidence.engine
    if found is None:
        told = "rating the contract again makes no such document"
        return Replayed(document_id, same=False, difference=told, engine=engine, engine_now=ENGINE)
    same = found == content and content_hash(found) == content_hash(content)
    difference = "" if same else first_difference(content, found)
    return Replayed(document_id, same, difference, engine, ENGINE)


class EvidenceGoneError(EvidenceError):
    """The evidence of a chunk is not kept, or is not the one the chunk's result names; carries run and chunk."""

    def __init__(self, run_id: str, chunk: int, what: str) -> None:
        super().__init__(f"evidence of chunk {chunk} of {run_id} {what}")
        self.run_id = run_id
        self.chunk = chunk


def _evidence(run_id: str, chunk: int, stores: ReplayStores) -> ChunkEvidence:
    result = stores.runs.chunk_result(run_id, chunk)
    if result is None or not result.evidence:
        raise EvidenceGoneError(run_id, chunk, "was never named")
    data = stores.evidence.read(evidence_name(run_id, chunk, result.evidence))
    if data is None:
        raise EvidenceGoneError(run_id, chunk, "is gone")
    if evidence_hash(data) != result.evidence:
        raise EvidenceGoneError(run_id, chunk, "was changed")
    return read_evidence(data)


def _rated_again(
    evidence: ChunkEvidence,
    contract_no: str,
    document_id: str,
    stores: ReplayStores,
    holidays: frozenset[date],
) -> Draft | None:
    run = stores.runs.run(evidence.run_id)
    if run is None:
        raise EvidenceGoneError(evidence.run_id, evidence.chunk, "belongs to a run that is gone")
    company = stores.settings.version(evidence.settings_version)
    sorter = SeriesSorter(holidays)
    billing = Billing(run.run_id, run.business_date, company, evidence.settings_version, sorter)
    playback = Playback(evidence, contract_no, stores.price_lists)
    played = RatingStores(
        settings=stores.settings,
        registry=playback.registry,
        runs=playback.runs,
        readings=playback.readings,
        price_lists=playback,
        evidence=stores.evidence,
    )
    made = rate_contract(contract_no, run, played, billing, {}, playback.corrections(stores.corrections))
    return next((draft for draft in made.drafts if draft.document_id == document_id), None)


def _collected_again(
    approved: CollectiveContent,
    evidence: ChunkEvidence,
    stores: ReplayStores,
    holidays: frozenset[date],
) -> bytes | None:
    """Put the bills of a collective invoice together again; None where one of them does not come out at all."""
    drafts = [
        _rated_again(evidence, part.bill.contract_no, part.document_id, stores, holidays)
        for part in approved.parts
    ]
    parts = [(draft, parse_content(draft.content)) for draft in drafts if draft is not None]
    if not parts or len(parts) < len(drafts):
        return None
    return collective_draft(parts, chunk=evidence.chunk).content


def first_difference(before: bytes, after: bytes) -> str:
    """Name the first place at which two contents differ, with both values.

    >>> first_difference(b'{"lines":[{"net":"1.00"}]}', b'{"lines":[{"net":"1.01"}]}')
    'lines.0.net: "1.00" then, "1.01" now'
    """
    for path, old, new in _differences("", json.loads(before), json.loads(after)):
        return f"{path}: {old} then, {new} now"
    return "the bytes differ in their writing alone"


def _differences(path: str, old: object, new: object) -> Iterator[tuple[str, str, str]]:
    if isinstance(old, dict) and isinstance(new, dict):
        for name in sorted(old.keys() | new.keys()):
            yield from _differences(f"{path}.{name}".lstrip("."), old.get(name), new.get(name))
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, pair in enumerate(zip(old, new, strict=True)):
            yield from _differences(f"{path}.{index}", *pair)
    elif old != new:
        yield path, _short(old), _short(new)


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else f"{text[:79]}…"
