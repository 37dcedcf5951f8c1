"""Small drafts, results, batches and documents for tests of stores and of issuing."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache

from kwit.billing.carried import Carried, UsedLimit
from kwit.billing.case import Case
from kwit.billing.certificate import hash_of_drafts
from kwit.billing.collecting import collective_draft
from kwit.billing.compose import compose_content
from kwit.billing.content import BillContent
from kwit.billing.drafts import (
    Approval,
    Batch,
    BatchTotals,
    ChunkResult,
    DocumentKind,
    Draft,
    DraftRef,
    Hold,
    HoldCode,
    Run,
)
from kwit.billing.reckoning import Reckoned, Reckoning
from kwit.documents.document import BlockEntry, Document, NumberBlock
from kwit.documents.totals import Posted, batch_totals
from kwit.kernel.identifiers import content_hash, deterministic_id
from kwit.kernel.provenance import Source
from kwit.kernel.time import Period
from kwit.rating.series import SeriesSorter
from kwit.rating.terms import Months
from kwit.registry.company import ProfileSettings
from kwit.registry.records import Contract, ContractKind, MeteringPoint, Party, PartyKind
from tests.fakes.reading_store import MemoryReadings
from tests.rating.cases import KNOWN, lists_named, register, usage
from tests.rating.test_published_bills import ON_TOTAL, energa_two_months

RUN_ID = "2026-04-08-daily"
ISSUE_DATE = date(2026, 4, 8)
SERIES = "FV/{year}/{month:02}/{number:06}"
SOURCE = Source("umowy.xlsx", "a" * 64, 3)
HANDED_ON = Carried(used=(UsedLimit(charge="energy", year=2026, kwh=150),))
LISTS = ("jasna-oferta-dom", "energa-operator", "levies-pl")


@cache
def bill_content(contract_no: str = "U/1", email: str = "zaneta@example.org") -> BillContent:
    """Make the content of the Energa bill for a contract."""
    rated = energa_two_months()
    used = usage(Period(date(2026, 2, 4), date(2026, 4, 6)), {register(): 2_158_637}, at=8_927_584)
    customer = Party(
        "K-1", PartyKind.PERSON, "Żaneta Łącka", "ul. Gęsia 7", "80-001", "Gdańsk", date(2020, 1, 1), KNOWN, SOURCE,
        email=email,
    )  # fmt: skip
    point = MeteringPoint(
        "590243000000000009", "ENERGA-OPERATOR S.A.", "ul. Gęsia 7", "80-001", "Gdańsk", 3, date(2020, 1, 1),
        KNOWN, SOURCE,
    )  # fmt: skip
    contract = Contract(
        contract_no, ContractKind.COMPREHENSIVE, "K-1", "K-1", point.ppe, "G11", LISTS, "vat-on-total",
        date(2025, 1, 1), None, date(2026, 2, 4), 2, date(2026, 2, 4), 14, date(2025, 1, 1), KNOWN, SOURCE,
        remote_reading=True,
    )  # fmt: skip
    case = Case(contract_no, (contract,), point, customer, customer, (), (), lists_named(*LISTS))
    return compose_content(
        case=case,
        contract=contract,
        done=Reckoned(used, rated, (), 7312, HANDED_ON),
        months=Months(2),
        by=Reckoning(SeriesSorter(frozenset()), MemoryReadings(), ON_TOTAL, ProfileSettings(vat="document")),
        first_bill=True,
        settings_version="s1",
    )


def draft(contract_no: str = "U/1", *, chunk: int = 0) -> Draft:
    """Make a draft of the Energa bill."""
    content = bill_content(contract_no)
    canonical = content.canonical()
    return Draft(
        document_id=deterministic_id("bill", contract_no, "all", content.start.isoformat()),
        run_id=RUN_ID,
        contract_no=contract_no,
        start=content.start,
        end=content.end,
        content=canonical,
        content_hash=content_hash(canonical),
        net=content.net,
        vat=content.vat,
        gross=content.gross,
        wh_read=2_158_637,
        kwh_billed=2159,
        carried=content.carried,
    )


def ref(one: Draft, *, chunk: int = 0) -> DraftRef:
    """Make the reference of a draft."""
    return DraftRef(
        one.document_id, chunk, one.contract_no, one.start, one.end, one.content_hash, one.net, one.vat, one.gross,
        one.wh_read, one.kwh_billed, one.carried, kind=one.kind, turn=one.turn, parts=one.parts,
    )  # fmt: skip


def collective(*contracts: str, account: str = "ZB-1", turn: int = 0) -> Draft:
    """Make a draft of a collective invoice of Energa bills."""
    parts = [(replace(draft(no), collective=account), bill_content(no)) for no in contracts]
    return collective_draft(parts, chunk=0, turn=turn)


def issued_collective(*contracts: str, number: str = "FV/2026/04/000001") -> Document:
    """Make an issued collective invoice."""
    one = collective(*contracts)
    return replace(
        document(number=number),
        document_id=one.document_id,
        kind=one.kind,
        contract_no=one.contract_no,
        content=one.content,
        content_hash=one.content_hash,
    )


def hold(contract_no: str = "U/9") -> Hold:
    """Make a hold."""
    return Hold(contract_no, date(2026, 3, 1), date(2026, 4, 1), HoldCode.READING_MISSING, "L9/1.8.0", 60)


def chunk_result(*drafts: Draft, chunk: int = 0, holds: tuple[Hold, ...] = ()) -> ChunkResult:
    """Make the result of a chunk."""
    refs = tuple(ref(one, chunk=chunk) for one in drafts)
    return ChunkResult(RUN_ID, chunk, len(drafts) + len(holds), refs, holds)


def run(*, contracts: int = 1, chunks: int = 1) -> Run:
    """Make a planned run."""
    return Run(RUN_ID, ISSUE_DATE, contracts=contracts, chunks=chunks)


def batch(*drafts: Draft, number: int = 0) -> Batch:
    """Make a batch of drafts."""
    return Batch(RUN_ID, number, SERIES, ISSUE_DATE, tuple(ref(one) for one in drafts))


def block(
    *contracts: str,
    first: int = 1,
    number: int = 0,
    run_id: str = RUN_ID,
    events: tuple[str, ...] = (),
) -> NumberBlock:
    """Make a number block for contracts."""
    prefix = "FV/2026/04/{number:06}"
    entries = tuple(
        BlockEntry(
            document_id=f"doc-{contract_no}",
            number=prefix.format(number=first + index),
            chunk=0,
            contract_no=contract_no,
            start=date(2026, 2, 4),
            end=date(2026, 4, 6),
            content_hash="0" * 64,
            events=events,
        )
        for index, contract_no in enumerate(contracts)
    )
    return NumberBlock(run_id, number, prefix, first, ISSUE_DATE, entries)


def document(
    contract_no: str = "U/1", *, number: str = "FV/2026/04/000001", email: str = "zaneta@example.org"
) -> Document:
    """Make an issued document."""
    canonical = bill_content(contract_no, email).canonical()
    return Document(
        document_id=deterministic_id("bill", contract_no, "all", "2026-02-04"),
        kind=DocumentKind.INVOICE,
        number=number,
        issue_date=ISSUE_DATE,
        due_date=date(2026, 4, 22),
        run_id=RUN_ID,
        contract_no=contract_no,
        content=canonical,
        content_hash=content_hash(canonical),
    )


GROSS = Decimal("2794.24")
APPROVED_AT = datetime(2026, 4, 8, 9, 0, tzinfo=UTC)


def approval(*drafts: Draft, number: int = 0, by: str = "ewa") -> Approval:
    """Make an approval of drafts."""
    refs = [ref(one) for one in drafts]
    gross = sum((one.gross for one in refs), Decimal(0))
    return Approval(RUN_ID, number, by, APPROVED_AT, hash_of_drafts(refs), len(refs), gross)


def totals(*documents: Document) -> BatchTotals:
    """Make the totals of a batch without postings."""
    return batch_totals(documents, Posted())
