"""Take what people drop about issued documents: orders, and structured invoices put right by hand."""

from collections.abc import Sequence
from datetime import datetime

from kwit.aws.bootstrap import Application
from kwit.aws.drops import Dropped, drop_of, known_at, put_result
from kwit.aws.filing import invoice_desk
from kwit.aws.runtime import Report
from kwit.delivery.deliver import resend
from kwit.delivery.following import mark_of
from kwit.documents.document import Document
from kwit.documents.order_file import DocumentOrder, read_document_order
from kwit.intake.dropped_file import DroppedFile, decision_result
from kwit.intake.findings import Finding, ImportResult, Severity
from kwit.ksef.mending import (
    LARGEST_INVOICE,
    AnotherInvoiceError,
    NotMendableError,
    mend_filing,
    number_of_invoice,
)
from kwit.ksef.preparing import DocumentsUnknownError

KIND = "document_order"


def take(message: Dropped, app: Application) -> Report | None:
    """Do what a dropped file asks for, and put the result beside it; a file that comes twice does nothing twice."""
    file, result = drop_of(message, app)
    if file is not None:
        result = _taken(file, app, known_at(message, app))
    return put_result(message, result, app) if result is not None else None


def _taken(file: DroppedFile, app: Application, at: datetime) -> ImportResult:
    if file.content.lstrip().startswith(b"<"):
        return decision_result(
            file=file, kind=KIND, known_at=at, findings=[_put_right(file.content, app, at)]
        )
    order = read_document_order(file.content)
    if isinstance(order, list):
        return decision_result(file=file, kind=KIND, known_at=at, findings=order)
    done = (_resubmit(order, app, at), _lift(order, app), _resend(order, app, at), _settle(order, app, at))
    return decision_result(
        file=file, kind=KIND, known_at=at, findings=[finding for findings in done for finding in findings]
    )


def _put_right(content: bytes, app: Application, at: datetime) -> Finding:
    """Take an invoice that a person put right in the place of the one that was refused."""
    if len(content) > LARGEST_INVOICE:
        sentence = f"Faktura ma {len(content)} bajtów, a KSeF przyjmuje do {LARGEST_INVOICE}."
        return _refused("file_too_large", sentence, str(len(content)))
    number = number_of_invoice(content)
    if not number:
        return _refused("number_missing", "W pliku faktury nie da się odczytać numeru (P_2).", "")
    return _resubmitted(number, app, at, content=content)


def _resubmit(order: DocumentOrder, app: Application, at: datetime) -> list[Finding]:
    return [_resubmitted(number, app, at) for number in order.resubmit]


def _resubmitted(number: str, app: Application, at: datetime, *, content: bytes | None = None) -> Finding:
    """Say what came of sending one document to KSeF again."""
    document_id = app.documents.document_of(number)
    if document_id is None:
        return _refused("document_unknown", f"Nie ma dokumentu o numerze {number}.", number)
    try:
        filing = mend_filing(document_id, content=content, desk=invoice_desk(app), at=at)
    except (NotMendableError, DocumentsUnknownError):
        return _refused(
            "not_refused", f"KSeF nie odrzucił dokumentu {number}, więc nie ma czego ponawiać.", number
        )
    except AnotherInvoiceError as error:
        names = ", ".join(error.fields)
        return _refused("another_invoice", f"Plik różni się od dokumentu {number} w polach: {names}.", number)
    if filing.problem:
        return _refused(
            "invoice_invalid", f"Faktura {number} nadal nie przechodzi kontroli: {filing.problem}", number
        )
    return Finding(
        "resubmitted", Severity.WARN, f"Dokument {number} zostanie wysłany do KSeF ponownie.", value=number
    )


def _lift(order: DocumentOrder, app: Application) -> list[Finding]:
    found, findings = _named(order.lift, app)
    for document in found:
        mark = mark_of(document)
        if mark:
            app.suppressions.lift(mark)
    return findings


def _resend(order: DocumentOrder, app: Application, at: datetime) -> list[Finding]:
    """Ask for e-mails to be sent once more; an order that comes twice asks once, for the first made them open."""
    wanted = {**dict.fromkeys(order.resend, ""), **order.resend_to}
    found, findings = _named(list(wanted), app)
    for document in found:
        if resend(document.document_id, store=app.deliveries, at=at, to=wanted[document.number]):
            app.deliver_queue.deliver([document.document_id])
            continue
        sentence = f"E-mail z dokumentem {document.number} nie był jeszcze wysłany albo właśnie wychodzi."
        findings.append(_refused("not_sent_yet", sentence, document.number))
    return findings


def _named(numbers: Sequence[str], app: Application) -> tuple[list[Document], list[Finding]]:
    ids = {number: app.documents.document_of(number) for number in numbers}
    found = app.documents.documents([one for one in ids.values() if one])
    unknown = [number for number, one in ids.items() if one not in found]
    findings = [
        _refused("document_unknown", f"Nie ma dokumentu o numerze {number}.", number) for number in unknown
    ]
    return list(found.values()), findings


def _settle(order: DocumentOrder, app: Application, at: datetime) -> list[Finding]:
    return [
        _refused("task_unknown", f"Nie ma otwartego zadania {task_id}.", task_id)
        for task_id in order.settle
        if not app.document_tasks.settle_document_task(task_id, by=order.by, at=at)
    ]


def _refused(code: str, sentence: str, value: str) -> Finding:
    return Finding(code, Severity.REJECT, sentence, value=value)
