"""Make the structured invoice of a document, once: the bytes that are kept are the bytes that are sent."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from kwit.billing.collective_content import CollectiveContent
from kwit.billing.correction_content import CorrectionContent
from kwit.documents.document import Document
from kwit.documents.fa3 import RateNotInFa3Error, fa3_xml, made_at
from kwit.documents.tasks import document_task
from kwit.ksef.desk import InvoiceDesk
from kwit.ksef.filing import Filing, FilingStatus, invoice_hash, invoice_key
from kwit.ksef.policy import goes_to_ksef

XML = "application/xml"


class DocumentsUnknownError(LookupError):
    """Documents are to be filed that are not kept; carries their ids."""

    def __init__(self, document_ids: tuple[str, ...]) -> None:
        super().__init__(f"no documents {', '.join(document_ids)}")
        self.document_ids = document_ids


def prepare(document: Document, *, desk: InvoiceDesk, standing: Filing | None, at: datetime) -> Filing | None:
    """Return the filing of a document with its invoice made, or one that waits for its original.

    None when another one began or moved it meanwhile; the next message finds what that one left.
    """
    if standing is None:
        first = Filing(document.document_id, document.number, document.issue_date, parts=_parts(document))
        return begin(document, first, desk=desk, at=at)
    if standing.status is FilingStatus.WAITING and not standing.file_key:
        made = _made(document, replace(standing, revision=standing.revision + 1), desk, at)
        if made.waits_for:
            return standing
        return made if desk.filings.move(made) else None
    return standing


def _parts(document: Document) -> tuple[str, ...]:
    content = document.read()
    return tuple(one.document_id for one in content.parts) if isinstance(content, CollectiveContent) else ()


def begin(document: Document, first: Filing, *, desk: InvoiceDesk, at: datetime) -> Filing | None:
    """Keep the first filing of a document; None when another one did."""
    made = _made(document, first, desk, at)
    return made if desk.filings.begin(made) else None


def _made(document: Document, filing: Filing, desk: InvoiceDesk, at: datetime) -> Filing:
    content = document.read()
    corrected = ""
    if isinstance(content, CorrectionContent):
        waits_for, corrected = _original(content, desk)
        if waits_for:
            return replace(filing, waits_for=waits_for)
    settings = desk.settings_of(content.settings_version)
    try:
        xml = fa3_xml(
            document=document, settings=settings, made_at=made_at(document), original_number=corrected
        )
    except RateNotInFa3Error as error:
        return invalid(replace(filing, waits_for=""), [str(error)], desk=desk, at=at)
    return with_invoice(document, replace(filing, waits_for=""), xml, desk=desk, at=at)


def with_invoice(
    document: Document, filing: Filing, xml: bytes, *, desk: InvoiceDesk, at: datetime
) -> Filing:
    """Keep an invoice's bytes and name them in the filing; one that KSeF would refuse is invalid instead."""
    faults = desk.faults(xml)
    sign = invoice_hash(xml)
    key = invoice_key(document, sign)
    desk.files.put(key, xml, XML)
    filing = replace(filing, file_key=key, content_hash=sign)
    return invalid(filing, faults, desk=desk, at=at) if faults else filing


def invalid(filing: Filing, faults: Sequence[str], *, desk: InvoiceDesk, at: datetime) -> Filing:
    """Mark a filing as one that must not be sent, and ask a person."""
    problem = "; ".join(faults)[:600]
    ask_person(
        filing,
        "ksef_invalid",
        f"Plik faktury nie przechodzi kontroli przed wysłaniem: {problem}",
        desk,
        at,
        about=f"{filing.content_hash} {filing.revision}",
    )
    return replace(filing, status=FilingStatus.INVALID, problem=problem)


def ask_person(
    filing: Filing, kind: str, sentence: str, desk: InvoiceDesk, at: datetime, *, about: str = ""
) -> None:
    """Raise a task about a filing; one for each of its invoices, or of what `about` names."""
    desk.tasks.raise_task(
        document_task(
            kind=kind,
            document_id=filing.document_id,
            number=filing.number,
            sentence=sentence,
            at=at,
            about=about or filing.content_hash,
        )
    )


def original_number(document: Document, desk: InvoiceDesk) -> str:
    """Return the number in KSeF of the invoice that a document corrects, empty where it has none."""
    content = document.read()
    return _original(content, desk)[1] if isinstance(content, CorrectionContent) else ""


def _original(content: CorrectionContent, desk: InvoiceDesk) -> tuple[str, str]:
    """Return the id of the original that must be taken first, or its number in KSeF; neither for one outside KSeF."""
    if content.original.ksef_number:
        return "", content.original.ksef_number
    original_id = desk.documents.document_of(content.original.number)
    if original_id is None:
        return "", ""
    filing = desk.filings.filings([original_id]).get(original_id)
    if filing is not None:
        if filing.status is FilingStatus.OUTSIDE:
            return "", ""
        return ("", filing.ksef_number) if filing.ksef_number else (original_id, "")
    document = desk.documents.documents([original_id]).get(original_id)
    if document is None:
        return "", ""
    settings = desk.settings_of(document.read().settings_version)
    return (original_id, "") if goes_to_ksef(document=document, settings=settings) else ("", "")
