"""KSeF in memory and KSeF over the network (against the server for tests) are the same to look at."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Protocol

import pytest
from pytest_socket import enable_socket

from infra.local.ksef.server import KsefServer
from kwit.aws.ksef_credentials import KsefCredentials
from kwit.aws.ksef_gateway import KsefAddress, KsefApiGateway
from kwit.ksef.ports import (
    Availability,
    KsefBusyError,
    KsefGateway,
    KsefRefusedError,
    KsefUnavailableError,
    Outcome,
    Outgoing,
    WrongPackageError,
)
from tests.ksef.fakes import FakeGateway
from tests.ksef.invoices import ON_THE_DAY, attached_invoice, digest, invoice, seller_nip

PAGE = 10


class Bench(Protocol):
    """A gateway, and what a test can do to the KSeF behind it."""

    gateway: KsefGateway

    def outage(self, *, on: bool) -> None: ...
    def announce(self, announced: Availability) -> None: ...
    def delay(self, questions: int) -> None: ...
    def reject(self, *codes: int) -> None: ...
    def busy(self, *, calls: int, seconds: int) -> None: ...
    def lose_an_answer(self, *, batch: bool) -> None: ...


@dataclass
class Memory:
    gateway: FakeGateway

    def outage(self, *, on: bool) -> None:
        self.gateway.outage = on

    def announce(self, announced: Availability) -> None:
        self.gateway.announced = announced

    def delay(self, questions: int) -> None:
        self.gateway.delay = questions

    def reject(self, *codes: int) -> None:
        self.gateway.reject = [(code, ("why",)) for code in codes]

    def busy(self, *, calls: int, seconds: int) -> None:
        self.gateway.busy_calls, self.gateway.busy_seconds = calls, seconds

    def lose_an_answer(self, *, batch: bool) -> None:
        self.gateway.lose = 1


@dataclass
class Network:
    gateway: KsefApiGateway
    server: KsefServer

    def outage(self, *, on: bool) -> None:
        self.server.controls.outage = "503" if on else ""

    def announce(self, announced: Availability) -> None:
        self.server.controls.announced = announced.name  # type: ignore[assignment]

    def delay(self, questions: int) -> None:
        self.server.controls.delay_calls = questions

    def reject(self, *codes: int) -> None:
        self.server.controls.reject = [(code, ["why"]) for code in codes]

    def busy(self, *, calls: int, seconds: int) -> None:
        self.server.controls.busy_calls, self.server.controls.busy_seconds = calls, seconds

    def lose_an_answer(self, *, batch: bool) -> None:
        self.server.controls.lose["close" if batch else "send"] = 1


def gateway_of(server: KsefServer, *, by_token: bool = True) -> KsefApiGateway:
    seller = server.seller
    proof = (
        KsefCredentials(nip=seller.nip, token=seller.token)
        if by_token
        else KsefCredentials(nip=seller.nip, certificate_pem=seller.certificate_pem, key_pem=seller.key_pem)
    )
    address = KsefAddress(api=server.url, lighthouse=server.url)
    return KsefApiGateway(address=address, credentials=proof, page_size=PAGE)


@pytest.fixture(params=["memory", "by token", "by certificate"])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    if request.param == "memory":
        yield Memory(FakeGateway(now=lambda: ON_THE_DAY))
        return
    enable_socket()
    with KsefServer(nip=seller_nip()) as server:
        server.controls.now = lambda: ON_THE_DAY
        gateway = gateway_of(server, by_token=request.param == "by token")
        yield Network(gateway, server)
        gateway.close()


either_way = pytest.mark.parametrize("batch", [False, True], ids=["online", "batch"])


def only(bench: Bench, session: str) -> Outcome:
    [outcome] = bench.gateway.session(session).outcomes
    return outcome


def send(bench: Bench, *ordinals: int, batch: bool = False) -> str:
    return bench.gateway.send([Outgoing(invoice(one)) for one in ordinals], batch=batch)


@either_way
class TestTaken:
    def test_an_invoice_gets_a_number_a_confirmation_and_can_be_read_back(
        self, bench: Bench, batch: bool
    ) -> None:
        session = send(bench, 1, batch=batch)
        state = bench.gateway.session(session)
        [outcome] = state.outcomes
        assert (state.code, state.pending) == (200, False)
        assert (outcome.code, outcome.taken, outcome.taken_at) == (200, True, ON_THE_DAY)
        assert outcome.content_hash == digest(invoice(1))
        assert outcome.ksef_number.startswith(f"{seller_nip()}-20260408-")
        upo = bench.gateway.upo(session, outcome.ksef_number)
        assert outcome.ksef_number.encode() in upo
        assert outcome.content_hash.encode() in upo
        assert bench.gateway.invoice(outcome.ksef_number) == invoice(1)

    def test_every_page_of_the_list_is_read(self, bench: Bench, batch: bool) -> None:
        ordinals = range(1, 2 * PAGE + 2)
        outcomes = bench.gateway.session(send(bench, *ordinals, batch=batch)).outcomes
        assert [one.content_hash for one in outcomes] == [digest(invoice(one)) for one in ordinals]
        assert len({one.ksef_number for one in outcomes if one.taken}) == len(ordinals)

    def test_a_repeat_is_a_duplicate_that_names_the_first(self, bench: Bench, batch: bool) -> None:
        first = send(bench, 1, batch=batch)
        number = only(bench, first).ksef_number
        again = send(bench, 1, batch=batch)
        state = bench.gateway.session(again)
        [outcome] = state.outcomes
        assert (state.code, outcome.code, outcome.taken) == (445, 440, False)
        assert (outcome.original_number, outcome.original_session) == (number, first)
        with pytest.raises(KsefRefusedError) as refused:
            bench.gateway.upo(again, number)
        assert refused.value.code == 21178

    def test_work_in_progress_is_pending_without_a_number(self, bench: Bench, batch: bool) -> None:
        bench.delay(2)
        session = send(bench, 1, batch=batch)
        for _ in range(2):
            state = bench.gateway.session(session)
            assert (state.pending, [one.pending for one in state.outcomes]) == (True, [True])
            assert not state.outcomes[0].ksef_number
        assert only(bench, session).taken

    def test_a_rejected_invoice_does_not_harm_the_others(self, bench: Bench, batch: bool) -> None:
        bench.reject(450)
        state = bench.gateway.session(send(bench, 1, 2, batch=batch))
        assert state.code == 200
        assert [(one.code, one.details) for one in state.outcomes] == [(450, ("why",)), (200, ())]
        assert bench.gateway.session(send(bench, 1, batch=batch)).outcomes[0].taken


@either_way
class TestNotReached:
    def test_nothing_is_taken_while_ksef_is_away(self, bench: Bench, batch: bool) -> None:
        bench.outage(on=True)
        with pytest.raises(KsefUnavailableError) as seen:
            send(bench, 1, batch=batch)
        assert seen.value.seen == "HTTP 503"
        bench.outage(on=False)
        assert only(bench, send(bench, 1, batch=batch)).taken

    def test_a_session_can_be_asked_for_when_ksef_is_back(self, bench: Bench, batch: bool) -> None:
        session = send(bench, 1, batch=batch)
        bench.outage(on=True)
        with pytest.raises(KsefUnavailableError):
            bench.gateway.session(session)
        bench.outage(on=False)
        assert only(bench, session).taken

    def test_busy_tells_when_to_call_again_and_takes_nothing(self, bench: Bench, batch: bool) -> None:
        bench.busy(calls=1, seconds=17)
        with pytest.raises(KsefBusyError) as busy:
            send(bench, 1, batch=batch)
        assert busy.value.seconds == 17
        assert only(bench, send(bench, 1, batch=batch)).taken

    def test_when_an_answer_is_lost_the_session_tells_what_arrived(self, bench: Bench, batch: bool) -> None:
        bench.lose_an_answer(batch=batch)
        state = bench.gateway.session(send(bench, 1, 2, 3, batch=batch))
        assert (state.code, [one.taken for one in state.outcomes]) == (200, [True] * (3 if batch else 1))
        missing = {2, 3} if not batch else set()
        rest = [bench.gateway.session(send(bench, *missing)).outcomes] if missing else []
        assert all(one.taken for one in chain(*rest))


class TestTechnicalCorrection:
    def corrected(self, bench: Bench, original: bytes, content: bytes) -> str:
        sent = Outgoing(content, offline=True, corrected_hash=digest(original))
        return bench.gateway.send([sent], batch=False)

    def test_mends_a_refused_offline_invoice_once(self, bench: Bench) -> None:
        bench.reject(450)
        refused = bench.gateway.session(bench.gateway.send([Outgoing(invoice(1), offline=True)], batch=True))
        assert [one.code for one in refused.outcomes] == [450]
        assert only(bench, self.corrected(bench, invoice(1), invoice(2))).taken
        with pytest.raises(KsefRefusedError) as again:
            self.corrected(bench, invoice(1), invoice(3))
        assert again.value.code == 21166

    def test_is_refused_for_an_invoice_that_was_taken(self, bench: Bench) -> None:
        bench.gateway.send([Outgoing(invoice(1), offline=True)], batch=False)
        with pytest.raises(KsefRefusedError) as refused:
            self.corrected(bench, invoice(1), invoice(2))
        assert refused.value.code == 21167

    def test_is_refused_for_an_invoice_that_was_not_offline(self, bench: Bench) -> None:
        bench.reject(450)
        send(bench, 1)
        with pytest.raises(KsefRefusedError) as refused:
            self.corrected(bench, invoice(1), invoice(2))
        assert refused.value.code == 21167


class TestAsked:
    def test_what_is_not_there_is_refused(self, bench: Bench) -> None:
        session = "20260408-SO-0000000000-0000000000-00"
        with pytest.raises(KsefRefusedError) as refused:
            bench.gateway.session(session)
        assert refused.value.code == 21173
        with pytest.raises(KsefRefusedError) as refused:
            bench.gateway.invoice(f"{seller_nip()}-20260408-000000000000-00")
        assert refused.value.code == 21164

    @pytest.mark.parametrize("announced", list(Availability))
    def test_availability_is_what_is_announced(self, bench: Bench, announced: Availability) -> None:
        bench.announce(announced)
        assert bench.gateway.availability() is announced


def test_one_with_an_attachment_is_taken_in_a_package(bench: Bench) -> None:
    sent = attached_invoice()
    outcome = only(bench, bench.gateway.send([Outgoing(sent)], batch=True))
    assert outcome.taken
    assert bench.gateway.invoice(outcome.ksef_number) == sent


@pytest.mark.parametrize(
    ("invoices", "batch"),
    [
        ([], False),
        ([Outgoing(invoice(1)), Outgoing(attached_invoice(2))], False),
        ([Outgoing(b"1"), Outgoing(b"2", offline=True)], True),
        ([Outgoing(b"1", offline=True, corrected_hash="h")], True),
        ([Outgoing(b"1", offline=True, corrected_hash="h"), Outgoing(b"2")], False),
    ],
    ids=[
        "none",
        "an attachment online",
        "two modes in a package",
        "a correction in a package",
        "a correction among others",
    ],
)
def test_what_cannot_go_in_one_session_is_not_sent(
    bench: Bench, invoices: list[Outgoing], batch: bool
) -> None:
    with pytest.raises(WrongPackageError):
        bench.gateway.send(invoices, batch=batch)
