"""A billing office in memory: runs carried through to issued documents, step by step, as queues would carry them."""

from datetime import date

from kwit.billing.approval import ALL, approve_drafts, issue_approved
from kwit.billing.certificate import Certificate
from kwit.billing.chunks import rate_chunk
from kwit.billing.contents import read_content
from kwit.billing.correction_content import CorrectionContent
from kwit.billing.drafts import (
    DAILY,
    ChunkResult,
    DraftRef,
    Hold,
    Run,
    RunKind,
    RunOrder,
    RunStatus,
    batch_number,
)
from kwit.billing.runs import close_run, plan_run
from kwit.documents.document import Document
from kwit.documents.issue import Issued, issue_batch
from kwit.ledger.postings import posted
from kwit.tariffs.holidays import statutory_holidays
from tests.billing.company import company_settings
from tests.billing.memory_case import Company
from tests.rating.cases import KNOWN

HOLIDAYS = statutory_holidays()


def order(**asked: object) -> RunOrder:
    """Make an order for corrections."""
    return RunOrder(kind=RunKind.CORRECTIONS, **asked)  # type: ignore[arg-type]  # one field by name in each test


def rated(one: Company, day: date, asked: RunOrder = DAILY) -> tuple[Run, Certificate]:
    """Plan a run, rate its chunks and close it."""
    run = plan_run(
        business_date=day, stores=one.stores, queue=one.queues, order=asked, corrections=one.corrections
    )
    for chunk in range(run.chunks):
        rate_chunk(
            run_id=run.run_id,
            chunk=chunk,
            stores=one.stores,
            queue=one.queues,
            holidays=HOLIDAYS,
            corrections=one.corrections,
        )
    closed, certificate = close_run(run_id=run.run_id, stores=one.stores, queue=one.queues, at=KNOWN)
    assert certificate.faults == ()
    return closed, certificate


def approved(one: Company, run: Run, certificate: Certificate) -> Run:
    """Approve a run that waits for a person."""
    if run.status is not RunStatus.WAITING or not certificate.drafts:
        return run
    found, settings = one.runs.chunk_results(run.run_id), one.settings.settings
    approve_drafts(
        run=run,
        certificate=certificate,
        results=found,
        choice=ALL,
        by="anna",
        at=KNOWN,
        drafts_hash=certificate.drafts_hash,
        settings=settings,
        store=one.runs,
    )
    return issue_approved(
        run=run,
        results=found,
        issue_date=run.business_date,
        settings=one.settings,
        store=one.runs,
        queue=one.queues,
    )


def issued(one: Company, run: Run) -> list[Issued]:
    """Issue every batch of an approved run."""
    return [
        issue_batch(
            run_id=run.run_id,
            number=batch_number(issue.approval, index),
            runs=one.runs,
            documents=one.documents,
            queue=one.queues,
            post=lambda found: posted(found, company_settings().accounts),
            tasks=one.tasks,
        )
        for issue in one.runs.issues(run.run_id)
        for index in range(issue.batches)
    ]


def carry_out(one: Company, day: date, asked: RunOrder = DAILY) -> Certificate:
    """Carry a run through from its plan to its documents."""
    run, certificate = rated(one, day, asked)
    issued(one, approved(one, run, certificate))
    return certificate


def results(one: Company, run: Run) -> list[ChunkResult]:
    """Return what came of the chunks of a run."""
    return list(one.runs.chunk_results(run.run_id))


def holds(one: Company, run: Run) -> list[Hold]:
    """Return the holds of a run."""
    return [hold for result in results(one, run) for hold in result.holds]


def drafts(one: Company, run: Run) -> list[DraftRef]:
    """Return the drafts of a run."""
    return [ref for result in results(one, run) for ref in result.drafts]


def documents(one: Company) -> list[Document]:
    """Return all documents by number."""
    return sorted(one.documents.documents.values(), key=lambda document: document.number)


def corrections(one: Company) -> list[CorrectionContent]:
    """Return the contents of all corrections by number."""
    contents = (read_content(document.content) for document in documents(one))
    return [content for content in contents if isinstance(content, CorrectionContent)]
