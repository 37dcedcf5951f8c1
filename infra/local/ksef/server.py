"""A KSeF server for tests and for the demo, written from the official description of API 2.0 (version 2.6.0).

It checks what it is sent as KSeF does, and keeps it in memory. It knows one seller, whose token and certificate are
made at random when it starts. `Controls` tell what a test can do to it; another process does the same by JSON:

    POST /_control            change the controls (`controls.Change`)
    POST /_control/forget     take every token of access back
    GET  /_control            the token, the certificate and its key, and the seller's NIP
    GET  /_control/invoices   what was taken, in the order of numbers
"""

import json
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from pydantic import ValidationError

from infra.local.ksef.answers import Answer, BusyError, DroppedError, FaultError, Json, of_json
from infra.local.ksef.controls import Change, Controls
from infra.local.ksef.keys import Certified, ministry_keys, seller_keys
from infra.local.ksef.logins import Logins
from infra.local.ksef.register import Invoice, Register
from infra.local.ksef.routes import Request, Routes
from infra.local.ksef.sessions import Sessions

_LARGEST_BODY = 110_000_000


class Office:
    """What the server does with a request, apart from HTTP."""

    def __init__(self, *, nip: str, token: str, controls: Controls) -> None:
        self.controls = controls
        self.nip = nip
        self.token = token
        self.seller: Certified = seller_keys(nip)
        ministry = ministry_keys()
        self.register = Register(nip, controls)
        self.logins = Logins(nip=nip, token=token, seller=self.seller, ministry=ministry, controls=controls)
        self.sessions = Sessions(self.register, ministry, controls)
        self._routes = Routes(self.logins, self.sessions, self.register, ministry)
        self._lock = threading.RLock()

    def answer(self, request: Request) -> Answer:
        """Answer a request. Raises DroppedError."""
        with self._lock:
            if request.path == "/status":
                return of_json({"status": self.controls.announced})
            if request.path.startswith("/_control"):
                return self._controlled(request)
            try:
                return self._let_through(request)
            except FaultError as fault:
                wanted = request.headers.get("X-Error-Format", "") == "problem-details"
                return fault.answer(path=request.path, problem_details=wanted)

    def _let_through(self, request: Request) -> Answer:
        controls = self.controls
        if controls.outage == "closed":
            raise DroppedError
        if controls.outage == "503":
            raise FaultError(503, "Service Unavailable")
        if controls.busy_calls:
            controls.busy_calls -= 1
            raise BusyError(controls.busy_seconds)
        answer, call = self._routes.answer(request)
        if call and controls.loses(call):
            raise DroppedError
        return answer

    def _controlled(self, request: Request) -> Answer:
        if request.path == "/_control/invoices":
            return of_json([taken_row(one) for one in self.register.taken])
        if request.path == "/_control/forget":
            self.logins.forget()
            return Answer(204)
        if request.method == "GET":
            seller = {"certificate_pem": self.seller.certificate_pem, "key_pem": self.seller.key_pem}
            return of_json({"nip": self.nip, "token": self.token, **seller})
        try:
            Change.model_validate_json(request.body).apply(self.controls)
        except ValidationError as error:
            return of_json(json.loads(error.json(include_url=False)), status=400)
        return Answer(204)


def taken_row(invoice: Invoice) -> Json:
    """Return what `/_control/invoices` tells of an invoice."""
    return {
        "number": invoice.number,
        "ksef_number": invoice.ksef_number,
        "hash": invoice.digest,
        "mode": invoice.mode,
        "session": invoice.session,
        "corrects": invoice.corrects,
    }


@dataclass(frozen=True, slots=True)
class Seller:
    """Whom the server knows: what a client logs in with."""

    nip: str
    token: str
    certificate_pem: str
    key_pem: str


class KsefServer:
    """The server in a thread of its own, on a free port unless one is named; to be used by `with`.

    `nip` must be the NIP of the invoices' seller.
    """

    def __init__(self, *, nip: str, port: int = 0, token: str = "", controls: Controls | None = None) -> None:
        self.controls = controls or Controls()
        self.office = Office(nip=nip, token=token or secrets.token_hex(32), controls=self.controls)
        handler = type("Handler", (_Handler,), {"office": self.office})
        self._server = ThreadingHTTPServer(("127.0.0.1", port), handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def _serve(self) -> None:
        self._server.serve_forever(poll_interval=0.02)

    @property
    def url(self) -> str:
        """Return the address of the API, without its version, and of the lighthouse."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def seller(self) -> Seller:
        """Return what a client logs in with."""
        keys = self.office.seller
        return Seller(self.office.nip, self.office.token, keys.certificate_pem, keys.key_pem)

    @property
    def taken(self) -> list[Invoice]:
        """Return the invoices that have numbers, in the order in which they got them."""
        return self.office.register.taken

    def revoke_tokens(self) -> None:
        """Take every token of access back."""
        self.office.logins.forget()

    def __enter__(self) -> "KsefServer":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def run(self) -> None:
        """Serve in this thread, until it is interrupted."""
        self._server.serve_forever()


class _Handler(BaseHTTPRequestHandler):
    """HTTP around the office."""

    protocol_version = "HTTP/1.1"
    # Head and body in one packet: apart, each answer waits 40 ms for the client's acknowledgement.
    wbufsize = -1
    disable_nagle_algorithm = True
    office: ClassVar[Office]

    def _any(self) -> None:
        address = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        if length > _LARGEST_BODY:
            self.close_connection = True
            return
        query = {name: values[0] for name, values in parse_qs(address.query).items()}
        origin = f"http://{self.headers.get('Host', '')}"
        headers: Any = self.headers
        request = Request(self.command, address.path, query, headers, self.rfile.read(length), origin)
        try:
            answer = self.office.answer(request)
        except DroppedError:
            self.close_connection = True
            return
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.body:
            self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    do_GET: Callable[["_Handler"], None] = _any  # noqa: N815 - the name that http.server calls
    do_POST: Callable[["_Handler"], None] = _any  # noqa: N815 - as above
    do_PUT: Callable[["_Handler"], None] = _any  # noqa: N815 - as above

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the parent's parameter
        """Write nothing: addresses of parts hold the right to write them."""
