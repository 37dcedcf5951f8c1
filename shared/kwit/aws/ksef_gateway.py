"""Call KSeF (API 2.0) by ksef-client.

What is sent is encrypted with a key of each session, that key with the Ministry's public one. A call answered with
"unauthorised" is repeated once after a new login: nothing was done by it.
"""

import base64
import hashlib
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from ipaddress import ip_address
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx
from ksef_client import KsefClient, KsefClientOptions, KsefHttpError, LighthouseKsefStatus
from ksef_client import models as m
from ksef_client.http import HttpResponse
from ksef_client.services.sessions import OnlineSessionHandle
from ksef_client.services.workflows import BatchSessionWorkflow, OnlineSessionWorkflow
from ksef_client.utils.datetime_parsing import try_parse_api_datetime
from ksef_client.utils.zip_utils import build_zip

from kwit.aws.ksef_credentials import KsefCredentials
from kwit.aws.ksef_errors import is_unauthorised, is_unknown_key, ksef_errors
from kwit.aws.ksef_login import KsefLogin, PublicKeys
from kwit.ksef.ports import (
    Availability,
    KsefBusyError,
    KsefRefusedError,
    KsefUnavailableError,
    Outcome,
    Outgoing,
    SessionState,
    check_package,
)

# httpx logs each address it calls, and one for a part of a package holds the right to write there.
logging.getLogger("httpx").setLevel(logging.WARNING)

FA3 = m.FormCode(system_code="FA (3)", schema_version="1-0E", value="FA")
_OPEN = 100
_BATCH_MARK = "-SB-"
_LARGEST_PAGE = 1000
_ANNOUNCED = {
    LighthouseKsefStatus.MAINTENANCE: Availability.MAINTENANCE,
    LighthouseKsefStatus.FAILURE: Availability.FAILURE,
    LighthouseKsefStatus.TOTAL_FAILURE: Availability.TOTAL_FAILURE,
}
_T = TypeVar("_T")


class OpenAddressError(ValueError):
    """Tokens would go to another machine unencrypted; carries the address."""

    def __init__(self, address: str) -> None:
        super().__init__(f"KSeF is called by https alone, not at {address}")
        self.address = address


@dataclass(frozen=True, slots=True, kw_only=True)
class KsefAddress:
    """Where an environment of KSeF answers, and where its state is announced (Latarnia KSeF).

    Raises OpenAddressError when the API is neither called by https nor on this machine.
    """

    api: str
    lighthouse: str

    def __post_init__(self) -> None:
        if not self.on_this_machine and urlsplit(self.api).scheme != "https":
            raise OpenAddressError(self.api)

    @property
    def on_this_machine(self) -> bool:
        """Tell whether the API is a server for tests, at a loopback address."""
        try:
            return ip_address(urlsplit(self.api).hostname or "").is_loopback
        except ValueError:
            return False


class KsefApiGateway:
    """KsefGateway over the network, in the name of the seller whose credentials it has."""

    def __init__(
        self,
        *,
        address: KsefAddress,
        credentials: KsefCredentials,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        timeout_seconds: int = 20,
        page_size: int = _LARGEST_PAGE,
    ) -> None:
        self._client = KsefClient(
            KsefClientOptions(
                base_url=address.api,
                base_lighthouse_url=address.lighthouse,
                timeout_seconds=timeout_seconds,
                user_agent="kwit",
            )
        )
        self._keys = PublicKeys(self._client, now)
        self._login = KsefLogin(self._client, credentials, self._keys, now)
        self._online = OnlineSessionWorkflow(self._client.sessions)
        http: Any = self._client.http_client
        uploads = _UploadsOnThisMachine(http, address.api) if address.on_this_machine else http
        self._batch = BatchSessionWorkflow(self._client.sessions, uploads)
        self._page_size = page_size

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def send(self, invoices: Sequence[Outgoing], *, batch: bool) -> str:
        """Send invoices in one session, close it and return its reference number.

        Raises WrongPackageError, and the three errors of KSeF when nothing was taken.
        """
        check_package(invoices, batch=batch)
        return self._send_package(invoices) if batch else self._send_one_by_one(invoices)

    def _send_package(self, invoices: Sequence[Outgoing]) -> str:
        files = {f"{number}.xml": one.content for number, one in enumerate(invoices, start=1)}
        archive = build_zip(files)
        key = self._session_key()
        session = self._call(
            lambda token: self._batch.open_session(
                form_code=FA3,
                archive_bytes=archive,
                public_certificate=key.certificate,
                public_key_id=key.public_key_id,
                access_token=token,
                offline_mode=invoices[0].offline,
                upo_v43=True,
            )
        )
        # A package is looked at when its session is closed: what fails before that took nothing.
        with ksef_errors():
            session.upload_parts()
        with suppress(KsefUnavailableError, KsefBusyError):
            self._call(lambda token: session.close(access_token=token))
        return session.reference_number

    def _send_one_by_one(self, invoices: Sequence[Outgoing]) -> str:
        key = self._session_key()
        session = self._call(
            lambda token: self._online.open_session(
                form_code=FA3,
                public_certificate=key.certificate,
                public_key_id=key.public_key_id,
                access_token=token,
                upo_v43=True,
            )
        )
        for number, invoice in enumerate(invoices):
            try:
                self._send_online(session, invoice)
            except KsefUnavailableError:
                # It may have been taken; the list of the session will tell.
                break
            except (KsefBusyError, KsefRefusedError):
                if number:
                    break
                self._close(session.reference_number)
                raise
        self._close(session.reference_number)
        return session.reference_number

    def _send_online(self, session: OnlineSessionHandle, invoice: Outgoing) -> None:
        self._call(
            lambda token: session.send_invoice(
                invoice.content,
                offline_mode=invoice.offline,
                hash_of_corrected_invoice=invoice.corrected_hash or None,
                access_token=token,
            )
        )

    def _close(self, reference: str) -> None:
        """Close a session if it can be; one that stays open is closed when it is next asked for."""
        close = self._client.sessions.close_online_session
        if _BATCH_MARK in reference:
            close = self._client.sessions.close_batch_session
        with suppress(KsefUnavailableError, KsefBusyError, KsefRefusedError):
            self._call(lambda token: close(reference, token))

    def session(self, reference: str) -> SessionState:
        """Return what became of a session and of every invoice in it, all pages of the list read.

        One that is still open is closed: its sending has ended, or nobody would have its reference number.
        """
        status = self._call(
            lambda token: self._client.sessions.get_session_status(reference, access_token=token)
        ).status
        if status.code == _OPEN:
            self._close(reference)
        return SessionState(status.code, status.description, tuple(map(_outcome, self._listed(reference))))

    def _listed(self, reference: str) -> list[m.SessionInvoiceStatusResponse]:
        found: list[m.SessionInvoiceStatusResponse] = []
        after: str | None = None
        while True:
            page = self._call(partial(self._page, reference, after))
            found += page.invoices
            after = page.continuation_token
            if not after:
                return found

    def _page(self, reference: str, after: str | None, token: str) -> m.SessionInvoicesResponse:
        return self._client.sessions.get_session_invoices(
            reference, page_size=self._page_size, continuation_token=after, access_token=token
        )

    def upo(self, reference: str, ksef_number: str) -> bytes:
        """Return the official confirmation of receipt (UPO, XML) of an invoice of a session."""
        return self._file(f"/sessions/{reference}/invoices/ksef/{ksef_number}/upo")

    def invoice(self, ksef_number: str) -> bytes:
        """Return the bytes of an invoice that KSeF holds."""
        return self._file(f"/invoices/ksef/{ksef_number}")

    def _file(self, path: str) -> bytes:
        answer: HttpResponse = self._call(
            lambda token: self._client.http_client.request(
                "GET", path, headers={"Accept": "application/xml"}, access_token=token
            )
        )
        said = answer.headers.get("x-ms-meta-hash")
        if said and said != base64.b64encode(hashlib.sha256(answer.content).digest()).decode():
            raise KsefUnavailableError("a file that does not have the hash it came with")
        return answer.content

    def availability(self) -> Availability:
        """Return whether KSeF takes invoices, as announced; unreachable announcements count as available."""
        try:
            status = self._client.lighthouse.get_status().status
        except (KsefHttpError, httpx.HTTPError, ValueError, LookupError, TypeError):
            # Nobody answers, or with what is no announcement.
            return Availability.AVAILABLE
        return _ANNOUNCED.get(status, Availability.AVAILABLE)

    def _session_key(self) -> m.PublicKeyCertificate:
        with ksef_errors():
            return self._keys.of_use(m.PublicKeyCertificateUsage.SYMMETRICKEYENCRYPTION)

    def _call(self, call: Callable[[str], _T]) -> _T:
        with ksef_errors():
            try:
                return self._called(call)
            except KsefHttpError as error:
                if is_unknown_key(error):
                    self._keys.forget()
                raise

    def _called(self, call: Callable[[str], _T]) -> _T:
        token = self._login.token()
        try:
            return call(token)
        except KsefHttpError as error:
            if not is_unauthorised(error):
                raise
        self._login.forget()
        return call(self._login.token())


class ForeignUploadError(ValueError):
    """A KSeF on this machine asks for a part to be sent elsewhere; carries where."""

    def __init__(self, origin: str) -> None:
        super().__init__(f"a part is not sent to {origin}, where the API is not")
        self.origin = origin


class _UploadsOnThisMachine:
    """Uploads parts to the API's own address on this machine, where a server for tests runs.

    ksef-client never sends a part to such an address, and rightly so: an API could make it call any service beside it.
    """

    def __init__(self, http: Any, api: str) -> None:
        self._http = http
        self._origin = urlsplit(api)[:2]

    def request(self, method: str, url: str, *, skip_auth: bool, **words: Any) -> HttpResponse:  # noqa: ARG002 - see below
        """Send a part, if its address is the API's own; the client has no token of access to send with it."""
        origin = urlsplit(url)[:2]
        if origin != self._origin:
            raise ForeignUploadError("://".join(origin))
        answer: HttpResponse = self._http.request(method, url, **words)
        return answer


def _outcome(listed: m.SessionInvoiceStatusResponse) -> Outcome:
    status = listed.status
    more = status.extensions or {}
    return Outcome(
        content_hash=str(listed.invoice_hash),
        code=status.code,
        words=status.description,
        details=tuple(status.details or ()),
        ksef_number=listed.ksef_number or "",
        taken_at=try_parse_api_datetime(listed.acquisition_date),
        original_number=more.get("originalKsefNumber") or "",
        original_session=more.get("originalSessionReferenceNumber") or "",
    )
