"""What the gateway to KSeF does beyond what its callers see: logins, what arrives broken, what goes into logs."""

import logging
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from pytest_socket import enable_socket

from infra.local.ksef import routes, sessions
from infra.local.ksef.answers import Answer, RefusalError, of_file
from infra.local.ksef.keys import ministry_keys
from infra.local.ksef.server import KsefServer
from kwit.aws.ksef_credentials import KsefCredentials
from kwit.aws.ksef_gateway import ForeignUploadError, KsefAddress, KsefApiGateway, OpenAddressError
from kwit.ksef.ports import (
    Availability,
    KsefBusyError,
    KsefRefusedError,
    KsefUnavailableError,
    Outgoing,
)
from tests.ksef.invoices import ON_THE_DAY, digest, invoice, seller_nip

ONE = (Outgoing(invoice()),)


class Clock:
    """The gateway's clock, which a test moves."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass
class Wire:
    server: KsefServer
    clock: Clock
    gateway: KsefApiGateway
    asked: list[str]

    def count(self, path: str) -> int:
        return sum(path in one for one in self.asked)


def gateway_to(
    server: KsefServer, clock: Clock, *, token: str = "", nip: str = "", lighthouse: str = ""
) -> KsefApiGateway:
    return KsefApiGateway(
        address=KsefAddress(api=server.url, lighthouse=lighthouse or server.url),
        credentials=KsefCredentials(nip=nip or server.seller.nip, token=token or server.seller.token),
        now=clock,
        timeout_seconds=1,
    )


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    enable_socket()
    asked: list[str] = []
    answer = routes.Routes.answer

    def noted(self: routes.Routes, request: routes.Request) -> tuple[Answer, str]:
        asked.append(f"{request.method} {request.path}")
        return answer(self, request)

    monkeypatch.setattr(routes.Routes, "answer", noted)
    with KsefServer(nip=seller_nip()) as server:
        server.controls.now = lambda: ON_THE_DAY
        clock = Clock()
        gateway = gateway_to(server, clock)
        yield Wire(server, clock, gateway, asked)
        gateway.close()


@pytest.mark.parametrize(
    ("api", "fits"),
    [
        ("https://api.ksef.mf.gov.pl", True),
        ("http://127.0.0.1:8080", True),
        ("http://[::1]:8080", True),
        ("http://api.ksef.mf.gov.pl", False),
        ("http://10.0.0.1", False),
        ("api.ksef.mf.gov.pl", False),
    ],
)
def test_tokens_leave_this_machine_encrypted(api: str, fits: bool) -> None:
    if fits:
        assert KsefAddress(api=api, lighthouse=api).api == api
        return
    with pytest.raises(OpenAddressError):
        KsefAddress(api=api, lighthouse=api)


class TestLogin:
    def test_one_login_serves_many_calls(self, wire: Wire) -> None:
        for _ in range(3):
            wire.gateway.session(wire.gateway.send(ONE, batch=False))
        assert wire.count("/auth/ksef-token") == 1
        assert wire.count("/security/public-key-certificates") == 1

    def test_a_token_about_to_end_is_refreshed(self, wire: Wire) -> None:
        session = wire.gateway.send(ONE, batch=False)
        wire.clock.ahead = timedelta(minutes=14, seconds=30)
        wire.server.controls.token_seconds = 3600
        assert wire.gateway.session(session).code == 200
        assert (wire.count("/auth/ksef-token"), wire.count("/auth/token/refresh")) == (1, 1)

    def test_after_the_refreshing_token_ended_the_login_is_new(self, wire: Wire) -> None:
        session = wire.gateway.send(ONE, batch=False)
        wire.clock.ahead = timedelta(days=7)
        wire.server.controls.token_seconds = 8 * 86_400
        assert wire.gateway.session(session).code == 200
        assert (wire.count("/auth/ksef-token"), wire.count("/auth/token/refresh")) == (2, 0)

    def test_revoked_tokens_are_followed_by_a_new_login(self, wire: Wire) -> None:
        session = wire.gateway.send(ONE, batch=False)
        wire.server.revoke_tokens()
        assert wire.gateway.session(session).code == 200
        wire.server.revoke_tokens()
        wire.clock.ahead = timedelta(minutes=15)
        assert wire.gateway.session(session).code == 200
        assert wire.count("/auth/ksef-token") == 3

    def test_the_wrong_token_is_refused_without_being_told(self, wire: Wire) -> None:
        gateway = gateway_to(wire.server, wire.clock, token="wr0ng")
        with pytest.raises(KsefRefusedError) as refused:
            gateway.send(ONE, batch=False)
        gateway.close()
        assert refused.value.code == 450
        assert "wr0ng" not in str(refused.value)

    def test_another_firm_is_refused(self, wire: Wire) -> None:
        gateway = gateway_to(wire.server, wire.clock, nip="5262542704")
        with pytest.raises(KsefRefusedError) as refused:
            gateway.send(ONE, batch=False)
        gateway.close()
        assert refused.value.code == 415

    def test_public_keys_are_asked_for_once_an_hour_and_not_taken_when_over(self, wire: Wire) -> None:
        wire.gateway.send(ONE, batch=False)
        wire.clock.ahead = timedelta(minutes=61)
        wire.gateway.send(ONE, batch=False)
        assert wire.count("/security/public-key-certificates") == 2
        wire.clock.ahead = timedelta(days=400)
        with pytest.raises(KsefUnavailableError, match="no valid certificate"):
            wire.gateway.send(ONE, batch=False)

    def test_a_withdrawn_public_key_is_asked_for_anew(
        self, wire: Wire, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        wire.gateway.send(ONE, batch=False)
        with monkeypatch.context() as patch:
            patch.setattr(sessions, "check_key_id", refuse_key)
            with pytest.raises(KsefUnavailableError, match="21470"):
                wire.gateway.send(ONE, batch=False)
        wire.gateway.send(ONE, batch=False)
        assert wire.count("/security/public-key-certificates") == 2


def refuse_key(*_: object) -> None:
    raise RefusalError(21470)


class TestSending:
    def test_a_session_that_could_not_be_closed_is_closed_when_asked_for(self, wire: Wire) -> None:
        three = [Outgoing(invoice(ordinal)) for ordinal in (1, 2, 3)]
        wire.server.controls.lose["send"] = 1
        controls = wire.server.controls
        original = type(controls).loses

        def and_then_away(self: object, call: str) -> bool:
            lost = original(controls, call)
            controls.outage = "closed" if lost else controls.outage
            return lost

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(type(controls), "loses", and_then_away)
            session = wire.gateway.send(three, batch=False)
        assert wire.count("/close") == 0
        controls.outage = ""
        assert wire.gateway.session(session).pending
        state = wire.gateway.session(session)
        assert (state.code, len(state.outcomes)) == (200, 1)

    def test_being_asked_to_wait_midway_ends_the_session_with_what_was_sent(self, wire: Wire) -> None:
        real = wire.gateway._send_online

        def busy_from_the_third(session, sent):
            if sent.content == invoice(4):
                raise KsefBusyError(9)
            real(session, sent)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(wire.gateway, "_send_online", busy_from_the_third)
            sent = [Outgoing(invoice(ordinal)) for ordinal in (2, 3, 4, 5)]
            state = wire.gateway.session(wire.gateway.send(sent, batch=False))
        assert (state.code, [one.content_hash for one in state.outcomes]) == (
            200,
            [digest(invoice(2)), digest(invoice(3))],
        )

    def test_a_package_whose_part_did_not_arrive_took_nothing(self, wire: Wire) -> None:
        wire.server.controls.lose["upload"] = 1
        with pytest.raises(KsefUnavailableError):
            wire.gateway.send(ONE, batch=True)
        assert wire.server.taken == []

    def test_parts_go_nowhere_but_to_the_server_itself(
        self, wire: Wire, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real = routes.Routes._open_batch

        def elsewhere(self: routes.Routes, request: routes.Request, *words: object) -> Answer:
            told = real(self, request, *words)
            changed = told.body.replace(request.origin.encode(), b"http://127.0.0.1:9")
            return Answer(told.status, changed, told.content_type)

        monkeypatch.setattr(routes.Routes, "_open_batch", elsewhere)
        office = wire.server.office
        changed = routes.Routes(office.logins, office.sessions, office.register, ministry_keys())
        monkeypatch.setattr(office, "_routes", changed)
        with pytest.raises(ForeignUploadError, match=r"http://127\.0\.0\.1:9"):
            wire.gateway.send(ONE, batch=True)

    def test_the_mode_of_a_package_is_declared(self, wire: Wire) -> None:
        wire.gateway.send([Outgoing(invoice(), offline=True)], batch=True)
        assert [one.mode for one in wire.server.taken] == ["Offline"]


class TestBrokenAnswers:
    @pytest.mark.parametrize("what", ["upo", "invoice"])
    def test_a_file_without_its_hash_is_not_taken(
        self, wire: Wire, monkeypatch: pytest.MonkeyPatch, what: str
    ) -> None:
        session = wire.gateway.send(ONE, batch=False)
        number = wire.gateway.session(session).outcomes[0].ksef_number
        monkeypatch.setattr(routes, "of_file", lambda content, said: of_file(content + b" ", said))
        with pytest.raises(KsefUnavailableError, match="hash"):
            wire.gateway.upo(session, number) if what == "upo" else wire.gateway.invoice(number)

    @pytest.mark.parametrize(
        ("answer", "error", "words"),
        [
            (Answer(502, b"<html>", "text/html"), KsefUnavailableError, "HTTP 502"),
            (Answer(408), KsefUnavailableError, "HTTP 408"),
            (Answer(302, b"", headers={"Location": "/"}), KsefUnavailableError, "HTTP 302"),
            (Answer(200, b"<html>", "text/html"), KsefUnavailableError, "HTTP 200"),
            (Answer(200, b"junk", headers={"Content-Encoding": "gzip"}), KsefUnavailableError, "DecodingError"),
            (Answer(404, b"secret", "text/plain"), KsefRefusedError, "404"),
            (Answer(403, b'{"title":"Forbidden","status":403,"reasonCode":"missing-permissions"}'),
             KsefRefusedError, "403 missing-permissions"),
            (Answer(400, b'{"title":"Bad","status":400,"errors":[{"code":21405,"description":"Wrong"}]}'),
             KsefRefusedError, "21405 Wrong"),
            (Answer(400, b'{"exception":{"exceptionDetailList":[{"exceptionCode":21470}]}}'),
             KsefUnavailableError, "21470"),
            (Answer(400, b'["secret"]'), KsefRefusedError, "400"),
        ],
    )  # fmt: skip
    def test_mean_what_their_status_says(
        self, wire: Wire, monkeypatch: pytest.MonkeyPatch, answer: Answer, error: type[Exception], words: str
    ) -> None:
        session = wire.gateway.send(ONE, batch=False)
        monkeypatch.setattr(routes.Routes, "answer", lambda *_: (answer, ""))
        with pytest.raises(error, match=words) as raised:
            wire.gateway.session(session)
        assert "secret" not in str(raised.value)

    def test_a_silent_server_is_not_waited_for(self, wire: Wire) -> None:
        with socket.create_server(("127.0.0.1", 0)) as silent:
            address = f"http://127.0.0.1:{silent.getsockname()[1]}"
            gateway = KsefApiGateway(
                address=KsefAddress(api=address, lighthouse=address),
                credentials=KsefCredentials(nip=seller_nip(), token="t"),
                timeout_seconds=1,
            )
            with pytest.raises(KsefUnavailableError, match="ReadTimeout"):
                gateway.send(ONE, batch=False)
            gateway.close()

    def test_a_lighthouse_out_of_reach_counts_as_available(self, wire: Wire) -> None:
        wire.server.controls.announced = "FAILURE"
        with socket.create_server(("127.0.0.1", 0)) as socket_of_nobody:
            port = socket_of_nobody.getsockname()[1]
        gateway = gateway_to(wire.server, wire.clock, lighthouse=f"http://127.0.0.1:{port}")
        assert gateway.availability() is Availability.AVAILABLE
        gateway.close()


def test_logs_hold_neither_invoices_nor_tokens_nor_the_right_to_write(
    wire: Wire, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        wire.gateway.session(wire.gateway.send([Outgoing(invoice(2))], batch=False))
        wire.gateway.session(wire.gateway.send(ONE, batch=True))
    assert "/parts/" in caplog.text  # the client's own log is there to be read
    for secret in (wire.server.seller.token, "sig=", "Bearer", "Łącka", "Gęsia"):
        assert secret not in caplog.text


@pytest.mark.parametrize(
    "error", [httpx.DecodingError("gzip"), ValueError("no JSON"), KeyError("status"), TypeError("a list")]
)
def test_an_announcement_that_cannot_be_read_counts_as_available(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever asks has invoices in hand that must go out now, with or without an announcement."""
    address = KsefAddress(api="https://ksef.invalid", lighthouse="https://latarnia.invalid")
    gateway = KsefApiGateway(address=address, credentials=KsefCredentials(nip="5260250274", token="t"))

    def broken() -> None:
        raise error

    monkeypatch.setattr(gateway._client.lighthouse, "get_status", broken)
    assert gateway.availability() is Availability.AVAILABLE
    gateway.close()
