"""Sessions of the KSeF server: opened, filled, closed, worked on, told of."""

import io
import secrets
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from infra.local.ksef.answers import ForbiddenError, Json, RefusalError
from infra.local.ksef.controls import Controls
from infra.local.ksef.keys import Certified, SessionKey, UnreadableError, by_private_key, sha256
from infra.local.ksef.logins import Login, check_key_id
from infra.local.ksef.numbers import reference_number
from infra.local.ksef.register import STATUSES, Invoice, Register
from infra.local.ksef.requests import Encryption, FilePart, OpenBatch, OpenOnline, SendInvoice, read_body

_ONLINE_LASTS = timedelta(hours=12)
_PART_LASTS = timedelta(minutes=20)
_MOST_PARTS = 50
_MOST_INVOICES = 10_000
_LARGEST_PART = 100_000_000 + 16
_LARGEST_FILE = 3_145_728
_OPEN, _ONLINE_CLOSED, _UNDER_WORK, _DONE = 100, 170, 150, 200
ONLINE_WORDS = {
    _OPEN: "Sesja interaktywna otwarta",
    _ONLINE_CLOSED: "Sesja interaktywna zamknięta",
    _DONE: "Sesja interaktywna przetworzona pomyślnie",
    415: "Błąd odszyfrowania dostarczonego klucza",
    440: "Sesja anulowana",
    445: "Błąd weryfikacji, brak poprawnych faktur",
}
BATCH_WORDS = {
    _OPEN: "Sesja wsadowa rozpoczęta",
    _UNDER_WORK: "Trwa przetwarzanie",
    _DONE: "Sesja wsadowa przetworzona pomyślnie",
    405: "Błąd weryfikacji poprawności dostarczonych elementów paczki",
    415: "Błąd odszyfrowania dostarczonego klucza",
    420: "Przekroczony limit faktur w sesji",
    430: "Błąd dekompresji pierwotnego archiwum",
    435: "Błąd odszyfrowania zaszyfrowanych części archiwum",
    440: "Sesja anulowana",
    445: "Błąd weryfikacji, brak poprawnych faktur",
}


@dataclass(slots=True)
class Part:
    """A declared part of a package; the secret in its address is the right to write it."""

    declared: FilePart
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    content: bytes | None = None


@dataclass(slots=True)
class Session:
    """A session; `broken` is the status with which it failed as a whole."""

    reference: str
    batch: bool
    opened_at: datetime
    valid_until: datetime
    login: Login
    key: SessionKey | None
    request: OpenBatch | None = None
    parts: dict[int, Part] = field(default_factory=dict)
    invoices: list[Invoice] = field(default_factory=list)
    closed: bool = False
    updated_at: datetime | None = None
    broken: tuple[int, list[str]] | None = None
    asked_before_done: int = 0
    done_at: float = 0.0
    upo_reference: str = ""

    @property
    def working(self) -> bool:
        """Tell whether it is closed and KSeF is still at work on it."""
        return self.closed and (self.asked_before_done > 0 or time.monotonic() < self.done_at)


class _BrokenError(Exception):
    def __init__(self, code: int, *details: str) -> None:
        super().__init__(code)
        self.code = code
        self.details = list(details)


class Sessions:
    """All sessions of the server."""

    def __init__(self, register: Register, ministry: Certified, controls: Controls) -> None:
        self._register = register
        self._ministry = ministry
        self._controls = controls
        self._sessions: dict[str, Session] = {}
        self._parts: dict[str, tuple[Session, Part]] = {}

    def open_online(self, sent: bytes, login: Login) -> Json:
        """Open an online session. Raises RefusalError."""
        body = read_body(OpenOnline, sent)
        session = self._opened("SO", body.encryption, login, _ONLINE_LASTS)
        if session.key is None:
            session.broken = (415, [])
        return {"referenceNumber": session.reference, "validUntil": session.valid_until.isoformat()}

    def open_batch(self, sent: bytes, login: Login, origin: str) -> Json:
        """Open a batch session, and give addresses for its parts. Raises RefusalError."""
        body = read_body(OpenBatch, sent)
        declared = body.batch_file.file_parts
        if len(declared) > _MOST_PARTS:
            raise RefusalError(21161, f"{len(declared)}")
        for one in declared:
            if one.file_size > _LARGEST_PART:
                words = f"Rozmiar części {one.ordinal_number} przekroczył dozwolony rozmiar 100MB."
                raise RefusalError(21157, words)
        session = self._opened("SB", body.encryption, login, _PART_LASTS * len(declared))
        session.request = body
        session.parts = {one.ordinal_number: Part(one) for one in declared}
        asked = []
        for number, part in session.parts.items():
            self._parts[part.secret] = (session, part)
            asked.append({
                "ordinalNumber": number,
                "method": "PUT",
                "url": f"{origin}/parts/{session.reference}/{number}?sig={part.secret}",
                "headers": {"x-ms-blob-type": "BlockBlob"},
            })  # fmt: skip
        return {"referenceNumber": session.reference, "partUploadRequests": asked}

    def _opened(self, kind: str, encryption: Encryption, login: Login, lasts: timedelta) -> Session:
        check_key_id(encryption.public_key_id, self._ministry)
        now = self._controls.now()
        try:
            secret = by_private_key(encryption.encrypted_symmetric_key, self._ministry)
            key = SessionKey(secret, encryption.initialization_vector)
        except UnreadableError:
            key = None
        session = Session(reference_number(kind, now.date()), kind == "SB", now, now + lasts, login, key)
        session.updated_at = now
        self._sessions[session.reference] = session
        return session

    def put_part(self, secret: str, content: bytes) -> None:
        """Keep a part of a package; whether it is the declared one is seen later. Raises ForbiddenError."""
        session, part = self._parts.get(secret, (None, None))
        if session is None or part is None or session.closed or self._controls.now() > session.valid_until:
            raise ForbiddenError
        part.content = content

    def send(self, reference: str, sent: bytes) -> Json:
        """Take an invoice in an online session. Raises RefusalError."""
        session = self._found(reference, batch=False)
        body = read_body(SendInvoice, sent)
        self._check_open(session, "uniemożliwia wysyłkę faktur.")
        if len(session.invoices) >= _MOST_INVOICES:
            raise RefusalError(21155, f"Sesja {reference} osiągnęła dozwolony limit {_MOST_INVOICES}.")
        encrypted = body.encrypted_invoice_content
        if len(encrypted) != body.encrypted_invoice_size:
            raise RefusalError(21402, "Długość treści nie zgadza się z rozmiarem pliku.")
        if sha256(encrypted) != body.encrypted_invoice_hash:
            raise RefusalError(21403, "Skrót treści nie zgadza się ze skrótem pliku.")
        if body.hash_of_corrected_invoice:
            self._register.check_correction(body.hash_of_corrected_invoice, offline=body.offline_mode)
        invoice = Invoice(
            session=reference,
            ordinal=len(session.invoices) + 1,
            digest=body.invoice_hash,
            received_at=self._controls.now(),
            offline=body.offline_mode,
            corrects=body.hash_of_corrected_invoice or "",
        )
        self._decrypt(session, invoice, encrypted, body.invoice_size)
        session.invoices.append(self._register.receive(invoice))
        return {"referenceNumber": invoice.reference}

    @staticmethod
    def _decrypt(session: Session, invoice: Invoice, encrypted: bytes, size: int) -> None:
        assert session.key is not None
        try:
            invoice.content = session.key.opened(encrypted)
        except UnreadableError:
            invoice.code = 435
            return
        if (len(invoice.content), sha256(invoice.content)) != (size, invoice.digest):
            invoice.code, invoice.details = 430, ["Skrót lub rozmiar faktury nie zgadza się z deklaracją."]

    def close(self, reference: str, *, batch: bool) -> None:
        """Close a session, and begin to work on a package. Raises RefusalError."""
        session = self._found(reference, batch=batch)
        self._check_open(session, "uniemożliwia jej zamknięcie.")
        for number, part in session.parts.items():
            if part.content is None:
                raise RefusalError(21205, f"Nie przesłano zadeklarowanej '{number}' części pliku.")
            if len(part.content) != part.declared.file_size:
                words = f"Zadeklarowany rozmiar części '{number}' nie zgadza się z rzeczywistym."
                raise RefusalError(21157, words)
        self._finish(session)
        if batch:
            try:
                self._unpack(session)
            except _BrokenError as broken:
                session.broken = (broken.code, broken.details)

    def _finish(self, session: Session) -> None:
        session.closed = True
        session.updated_at = self._controls.now()
        # The question that finds it done is counted too.
        session.asked_before_done = self._controls.delay_calls and self._controls.delay_calls + 1
        session.done_at = time.monotonic() + self._controls.delay_seconds
        session.upo_reference = reference_number("EU", session.opened_at.date())

    def _check_open(self, session: Session, words: str) -> None:
        code, _ = self._status(session)
        if code != _OPEN:
            raise RefusalError(21180, f"Status sesji {code} {words}")

    def _unpack(self, session: Session) -> None:
        request = session.request
        assert request is not None
        archive = self._joined(session)
        if (len(archive), sha256(archive)) != (request.batch_file.file_size, request.batch_file.file_hash):
            raise _BrokenError(405)
        try:
            with zipfile.ZipFile(io.BytesIO(archive)) as package:
                names = [one for one in package.infolist() if not one.is_dir()]
                if len(names) > _MOST_INVOICES:
                    raise _BrokenError(420)
                files = [(one.filename, _read(package, one)) for one in names]
        except zipfile.BadZipFile:
            raise _BrokenError(430) from None
        for ordinal, (name, content) in enumerate(files, start=1):
            invoice = Invoice(
                session=session.reference,
                ordinal=ordinal,
                digest=sha256(content),
                received_at=session.opened_at,
                offline=request.offline_mode,
                online_session=False,
                content=content,
                file_name=name,
            )
            session.invoices.append(self._register.receive(invoice))

    @staticmethod
    def _joined(session: Session) -> bytes:
        if session.key is None:
            raise _BrokenError(415)
        joined = []
        for _, part in sorted(session.parts.items()):
            content = part.content or b""
            if sha256(content) != part.declared.file_hash:
                raise _BrokenError(405)
            try:
                joined.append(session.key.opened(content))
            except UnreadableError:
                raise _BrokenError(435) from None
        return b"".join(joined)

    def status(self, reference: str) -> Json:
        """Tell how a session stands. Raises RefusalError."""
        session = self._found(reference)
        session.asked_before_done = max(0, session.asked_before_done - session.closed)
        return self._told(session)

    def _told(self, session: Session) -> Json:
        code, details = self._status(session)
        words = BATCH_WORDS if session.batch else ONLINE_WORDS
        status: dict[str, Any] = {"code": code, "description": words[code]}
        if details:
            status["details"] = details
        told: Json = {
            "status": status,
            "dateCreated": session.opened_at.isoformat(),
            "dateUpdated": (session.updated_at or session.opened_at).isoformat(),
            "validUntil": session.valid_until.isoformat(),
            "invoiceCount": len(session.invoices),
            "successfulInvoiceCount": 0 if session.working else len(taken_of(session)),
            "failedInvoiceCount": 0 if session.working else len(session.invoices) - len(taken_of(session)),
        }
        if code == _DONE:
            address = f"/v2/sessions/{session.reference}/upo/{session.upo_reference}"
            page = {
                "referenceNumber": session.upo_reference,
                "downloadUrl": address,
                "downloadUrlExpirationDate": session.valid_until.isoformat(),
            }
            told["upo"] = {"pages": [page]}
        return told

    def _status(self, session: Session) -> tuple[int, list[str]]:
        if not session.closed and self._controls.now() > session.valid_until:
            if session.batch:
                return 440, ["Przekroczono czas wysyłki"]
            self._finish(session)
        if session.working:
            return (_UNDER_WORK if session.batch else _ONLINE_CLOSED), []
        if session.broken:
            return session.broken
        if not session.closed:
            return _OPEN, []
        if not session.invoices:
            return 440, ["Nie przesłano faktur"]
        return (_DONE if taken_of(session) else 445), []

    def invoices(self, reference: str, *, size: int, after: str, only: Callable[[Invoice], bool]) -> Json:
        """Return a page of a session's invoices. Raises RefusalError."""
        session = self._found(reference)
        if not 10 <= size <= 1000:
            raise RefusalError(21405, "pageSize: from 10 to 1000")
        start = int(after) if after.isdecimal() else 0
        if after and not after.isdecimal():
            raise RefusalError(21418)
        wanted = [one for one in session.invoices if only(one)]
        page: Json = {"invoices": [self._listed(session, one) for one in wanted[start : start + size]]}
        if start + size < len(wanted):
            page["continuationToken"] = str(start + size)
        return page

    def invoice(self, reference: str, invoice_reference: str) -> Json:
        """Return one invoice of a session. Raises RefusalError."""
        session = self._found(reference)
        for one in session.invoices:
            if one.reference == invoice_reference:
                session.asked_before_done = max(0, session.asked_before_done - session.closed)
                return self._listed(session, one)
        raise RefusalError(21405, f"{invoice_reference} is not an invoice of {reference}")

    @staticmethod
    def _listed(session: Session, invoice: Invoice) -> Json:
        code = _UNDER_WORK if session.working else invoice.code
        status: dict[str, Any] = {"code": code, "description": STATUSES.get(code, STATUSES[500])}
        told: Json = {
            "ordinalNumber": invoice.ordinal,
            "referenceNumber": invoice.reference,
            "invoiceHash": invoice.digest,
            "invoicingDate": invoice.received_at.isoformat(),
            "status": status,
        }
        if invoice.file_name:
            told["invoiceFileName"] = invoice.file_name
        if session.working:
            return told
        if invoice.details:
            status["details"] = invoice.details
        if invoice.original:
            status["extensions"] = {
                "originalKsefNumber": invoice.original.ksef_number,
                "originalSessionReferenceNumber": invoice.original.session,
            }
        if invoice.number:
            told["invoiceNumber"] = invoice.number
        if invoice.taken and invoice.acquired_at:
            told |= {
                "ksefNumber": invoice.ksef_number,
                "acquisitionDate": invoice.acquired_at.isoformat(),
                "invoicingMode": invoice.mode,
            }
        return told

    def found(self, reference: str) -> Session:
        """Return a session. Raises RefusalError."""
        return self._found(reference)

    def worked_on(self, invoice: Invoice) -> bool:
        """Tell whether KSeF is still at work on the session an invoice came in."""
        return self._sessions[invoice.session].working

    def _found(self, reference: str, *, batch: bool | None = None) -> Session:
        session = self._sessions.get(reference)
        if session is None or (batch is not None and session.batch != batch):
            raise RefusalError(21173, f"Sesja o numerze referencyjnym {reference} nie została odnaleziona.")
        return session


def taken_of(session: Session) -> list[Invoice]:
    """Return the invoices of a session that have numbers."""
    return [one for one in session.invoices if one.taken]


def _read(package: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    with package.open(entry) as file:
        return file.read(_LARGEST_FILE + 1)
