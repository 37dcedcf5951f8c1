"""The addresses of the API, and what is done at each."""

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from infra.local.ksef.answers import Answer, FaultError, ForbiddenError, RefusalError, of_file, of_json
from infra.local.ksef.keys import Certified, sha256
from infra.local.ksef.logins import Login, Logins
from infra.local.ksef.register import Invoice, Register
from infra.local.ksef.sessions import Session, Sessions, taken_of
from infra.local.ksef.upo import upo_xml

_KSEF_NUMBER = r"(\d{10}-\d{8}-[0-9A-F]{6}-?[0-9A-F]{6}-[0-9A-F]{2})"
_REFERENCE = r"([0-9A-Z-]{36})"


@dataclass(frozen=True, slots=True)
class Request:
    """A request of HTTP; header names in any case."""

    method: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    body: bytes
    origin: str

    @property
    def bearer(self) -> str:
        """Return the token it came with, if any."""
        kind, _, token = self.headers.get("Authorization", "").partition(" ")
        return token if kind == "Bearer" else ""


Handler = Callable[..., Answer]


@dataclass(frozen=True, slots=True)
class _Route:
    method: str
    path: re.Pattern[str]
    handler: Handler
    call: str = ""
    guarded: bool = True


class Routes:
    """Finds what a request asks for; guarded addresses ask for a token of access first."""

    def __init__(self, logins: Logins, sessions: Sessions, register: Register, ministry: Certified) -> None:
        self._logins = logins
        self._sessions = sessions
        self._register = register
        self._ministry = ministry
        self._routes = [_Route(way, re.compile(path), *rest) for way, path, *rest in self._table()]

    def _table(self) -> list[tuple[Any, ...]]:
        online, batch = "/v2/sessions/online", "/v2/sessions/batch"
        one = f"/v2/sessions/{_REFERENCE}"
        return [
            ("POST", "/v2/auth/challenge", self._challenge, "", False),
            ("POST", "/v2/auth/ksef-token", self._by_token, "", False),
            ("POST", "/v2/auth/xades-signature", self._by_signature, "", False),
            ("POST", "/v2/auth/token/redeem", self._redeem, "", False),
            ("POST", "/v2/auth/token/refresh", self._refresh, "", False),
            ("GET", f"/v2/auth/{_REFERENCE}", self._login_status, "", False),
            ("GET", "/v2/security/public-key-certificates", self._certificates, "", False),
            ("PUT", f"/parts/{_REFERENCE}/\\d+", self._part, "upload", False),
            ("POST", online, self._open_online, "open"),
            ("POST", f"{online}/{_REFERENCE}/invoices", self._send, "send"),
            ("POST", f"{online}/{_REFERENCE}/close", self._close_online, "close"),
            ("POST", batch, self._open_batch, "open"),
            ("POST", f"{batch}/{_REFERENCE}/close", self._close_batch, "close"),
            ("GET", one, self._status),
            ("GET", f"{one}/invoices", self._invoices),
            ("GET", f"{one}/invoices/failed", self._failed),
            ("GET", f"{one}/invoices/{_REFERENCE}", self._invoice_status),
            ("GET", f"{one}/invoices/ksef/{_KSEF_NUMBER}/upo", self._upo_by_number),
            ("GET", f"{one}/invoices/{_REFERENCE}/upo", self._upo_by_reference),
            ("GET", f"{one}/upo/{_REFERENCE}", self._session_upo),
            ("GET", f"/v2/invoices/ksef/{_KSEF_NUMBER}", self._invoice),
        ]

    def answer(self, request: Request) -> tuple[Answer, str]:
        """Return the answer, and the kind of call by which it may be lost. Raises FaultError."""
        for route in self._routes:
            found = route.path.fullmatch(request.path)
            if found and route.method == request.method:
                if route.guarded:
                    login = self._logins.granted(request.bearer, "access")
                    return route.handler(request, login, *found.groups()), route.call
                return route.handler(request, *found.groups()), route.call
        raise FaultError(404, "Not Found")

    def _challenge(self, _: Request) -> Answer:
        return of_json(self._logins.challenge())

    def _by_token(self, request: Request) -> Answer:
        return of_json(self._logins.by_token(request.body), status=202)

    def _by_signature(self, request: Request) -> Answer:
        return of_json(self._logins.by_signature(request.body), status=202)

    def _login_status(self, request: Request, reference: str) -> Answer:
        return of_json(self._logins.status(reference, request.bearer))

    def _redeem(self, request: Request) -> Answer:
        return of_json(self._logins.redeem(request.bearer))

    def _refresh(self, request: Request) -> Answer:
        return of_json(self._logins.refresh(request.bearer))

    def _certificates(self, _: Request) -> Answer:
        keys = self._ministry
        told = {
            "certificate": base64.b64encode(keys.certificate_der).decode(),
            "certificateId": sha256(keys.certificate_der),
            "publicKeyId": keys.key_id,
            "validFrom": keys.certificate.not_valid_before_utc.isoformat(),
            "validTo": keys.certificate.not_valid_after_utc.isoformat(),
        }
        uses = ("KsefTokenEncryption", "SymmetricKeyEncryption")
        return of_json([{**told, "usage": [use]} for use in uses])

    def _part(self, request: Request, _: str) -> Answer:
        if request.bearer or request.headers.get("x-ms-blob-type") != "BlockBlob":
            raise ForbiddenError
        self._sessions.put_part(request.query.get("sig", ""), request.body)
        return Answer(201)

    def _open_online(self, request: Request, login: Login) -> Answer:
        return of_json(self._sessions.open_online(request.body, login), status=201)

    def _open_batch(self, request: Request, login: Login) -> Answer:
        return of_json(self._sessions.open_batch(request.body, login, request.origin), status=201)

    def _send(self, request: Request, _: Login, reference: str) -> Answer:
        return of_json(self._sessions.send(reference, request.body), status=202)

    def _close_online(self, _: Request, __: Login, reference: str) -> Answer:
        self._sessions.close(reference, batch=False)
        return Answer(204)

    def _close_batch(self, _: Request, __: Login, reference: str) -> Answer:
        self._sessions.close(reference, batch=True)
        return Answer(204)

    def _status(self, _: Request, __: Login, reference: str) -> Answer:
        return of_json(self._sessions.status(reference))

    def _invoices(self, request: Request, _: Login, reference: str) -> Answer:
        return self._listed(request, reference, lambda _: True)

    def _failed(self, request: Request, _: Login, reference: str) -> Answer:
        return self._listed(request, reference, lambda one: not one.taken)

    def _listed(self, request: Request, reference: str, only: Callable[[Invoice], bool]) -> Answer:
        size = request.query.get("pageSize", "10")
        if not size.isdecimal():
            raise RefusalError(21405, "pageSize")
        after = request.headers.get("x-continuation-token", "")
        return of_json(self._sessions.invoices(reference, size=int(size), after=after, only=only))

    def _invoice_status(self, _: Request, __: Login, reference: str, invoice: str) -> Answer:
        return of_json(self._sessions.invoice(reference, invoice))

    def _upo_by_number(self, _: Request, __: Login, reference: str, number: str) -> Answer:
        return self._upo(reference, lambda one: one.ksef_number == number)

    def _upo_by_reference(self, _: Request, __: Login, reference: str, invoice: str) -> Answer:
        return self._upo(reference, lambda one: one.reference == invoice)

    def _upo(self, reference: str, wanted: Callable[[Invoice], bool]) -> Answer:
        session = self._sessions.found(reference)
        found = [one for one in taken_of(session) if wanted(one)]
        if not found or session.working:
            raise RefusalError(21178, f"UPO w sesji {reference} nie zostało znalezione.")
        return _confirmed(self._register.nip, session, found, whole_session=False)

    def _session_upo(self, _: Request, __: Login, reference: str, upo: str) -> Answer:
        session = self._sessions.found(reference)
        found = taken_of(session)
        if not found or session.working or not session.closed or upo != session.upo_reference:
            raise RefusalError(21178, f"UPO sesji {reference} nie zostało znalezione.")
        return _confirmed(self._register.nip, session, found, whole_session=True)

    def _invoice(self, _: Request, __: Login, number: str) -> Answer:
        found = self._register.by_number.get(number)
        if found is None:
            raise RefusalError(21164, f"Faktura o numerze KSeF {number} nie została znaleziona.")
        if self._sessions.worked_on(found):
            raise RefusalError(21165, f"Faktura {number} nie jest jeszcze dostępna do pobrania.")
        return of_file(found.content, found.digest)


def _confirmed(nip: str, session: Session, invoices: list[Invoice], *, whole_session: bool) -> Answer:
    content = upo_xml(
        session=session.reference,
        nip=nip,
        login=session.login.proof,
        invoices=invoices,
        whole_session=whole_session,
    )
    return of_file(content, sha256(content))
