"""KSeF in memory, for unit tests of the use cases: the same to look at as the gateway over the network."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

from infra.local.ksef.numbers import crc8
from kwit.documents.fa3 import NAMESPACE
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
from tests.ksef.invoices import digest

TAKEN, DUPLICATE = 200, 440


@dataclass
class _Received:
    sent: Outgoing
    identity: tuple[str, ...]
    outcome: Outcome


@dataclass
class _Session:
    received: list[_Received] = field(default_factory=list)
    pending_for: int = 0


@dataclass
class FakeGateway:
    """A KsefGateway without a network; what happens to calls is set by its attributes.

    - `outage`: every call but `availability` raises KsefUnavailableError, and nothing is done
    - `announced`: what `availability` returns
    - `delay`: how often a session sent from then on is pending when it is asked for
    - `reject`: what is wrong with the next invoices, one entry each: code and details
    - `busy_calls`, `busy_seconds`: how many calls raise KsefBusyError
    - `refuse`: what the next calls of `send` are refused with: code and words
    - `lose`: how many of the next sends lose an answer: an online session ends with its first invoice, a package
      arrives whole; either way `send` returns
    - `killed`: how many sends take everything and then raise KsefUnavailableError: what a function sees of itself
      that was killed before it could keep the reference number, which no gateway does to a function that lives on

    `sends` counts the sessions that were sent; `taken` holds the bytes by KSeF number.
    """

    nip: str = ""
    now: Callable[[], datetime] = lambda: datetime(2026, 4, 8, 10, tzinfo=UTC)
    outage: bool = False
    announced: Availability = Availability.AVAILABLE
    delay: int = 0
    reject: list[tuple[int, tuple[str, ...]]] = field(default_factory=list)
    busy_calls: int = 0
    busy_seconds: int = 30
    refuse: list[tuple[int, str]] = field(default_factory=list)
    lose: int = 0
    killed: int = 0
    taken: dict[str, bytes] = field(default_factory=dict)
    sends: int = 0
    _sessions: dict[str, _Session] = field(default_factory=dict)

    def send(self, invoices: Sequence[Outgoing], *, batch: bool) -> str:
        check_package(invoices, batch=batch)
        self._reached()
        if self.refuse:
            raise KsefRefusedError(*self.refuse.pop(0))
        if invoices[0].corrected_hash:
            self._check_correction(invoices[0].corrected_hash)
        self.sends += 1
        reference = f"20260408-{'SB' if batch else 'SO'}-{self.sends:010X}-0000000000-00"
        session = self._sessions[reference] = _Session(pending_for=self.delay)
        arriving = invoices
        if self.lose:
            self.lose -= 1
            arriving = invoices if batch else invoices[:1]
        for one in arriving:
            session.received.append(self._received(one, reference))
        if self.killed:
            self.killed -= 1
            raise KsefUnavailableError("killed")
        return reference

    def session(self, reference: str) -> SessionState:
        self._reached()
        session = self._found(reference)
        online = "-SO-" in reference
        if session.pending_for:
            session.pending_for -= 1
            waiting = tuple(
                Outcome(one.outcome.content_hash, 150, "Trwa przetwarzanie") for one in session.received
            )
            return SessionState(170 if online else 150, "Trwa przetwarzanie", waiting)
        outcomes = tuple(one.outcome for one in session.received)
        if any(one.taken for one in outcomes):
            return SessionState(TAKEN, "Sesja przetworzona pomyślnie", outcomes)
        return SessionState(445, "Błąd weryfikacji, brak poprawnych faktur", outcomes)

    def upo(self, reference: str, ksef_number: str) -> bytes:
        self._reached()
        session = self._found(reference)
        numbers = [one.outcome.ksef_number for one in session.received]
        if session.pending_for or ksef_number not in numbers:
            raise KsefRefusedError(21178, "Nie znaleziono UPO dla podanych kryteriów.")
        content = digest(self.taken[ksef_number])
        return f"<Potwierdzenie><Numer>{ksef_number}</Numer><Skrot>{content}</Skrot></Potwierdzenie>".encode()

    def invoice(self, ksef_number: str) -> bytes:
        self._reached()
        if ksef_number not in self.taken:
            raise KsefRefusedError(21164, "Faktura o podanym identyfikatorze nie istnieje.")
        return self.taken[ksef_number]

    def availability(self) -> Availability:
        return self.announced

    def _reached(self) -> None:
        if self.outage:
            raise KsefUnavailableError("HTTP 503")
        if self.busy_calls:
            self.busy_calls -= 1
            raise KsefBusyError(self.busy_seconds)

    def _found(self, reference: str) -> _Session:
        if reference not in self._sessions:
            raise KsefRefusedError(21173, "Brak sesji o wskazanym numerze referencyjnym.")
        return self._sessions[reference]

    def _all(self) -> list[tuple[str, _Received]]:
        return [(name, one) for name, session in self._sessions.items() for one in session.received]

    def _check_correction(self, corrected: str) -> None:
        everything = [one for _, one in self._all()]
        if any(one.outcome.taken and one.sent.corrected_hash == corrected for one in everything):
            raise KsefRefusedError(21166, "Korekta techniczna niedostępna.")
        originals = [one for one in everything if one.outcome.content_hash == corrected]
        if not any(one.sent.offline for one in originals) or any(one.outcome.taken for one in originals):
            raise KsefRefusedError(21167, "Status faktury nie pozwala na korektę techniczną.")

    def ordinal(self, identity: tuple[str, ...]) -> int:
        """Return the part of the next KSeF number that tells invoices of a day apart."""
        return len(self.taken) + 1

    def hurry(self) -> None:
        """Be done with all sessions that are under work."""
        for session in self._sessions.values():
            session.pending_for = 0

    def _received(self, sent: Outgoing, reference: str) -> _Received:
        identity = _identity(sent.content)
        hashed = digest(sent.content)
        if self.reject:
            code, details = self.reject.pop(0)
            return _Received(sent, identity, Outcome(hashed, code, "Faktura odrzucona", details))
        for session, one in self._all():
            if one.outcome.taken and one.identity == identity:
                first = one.outcome.ksef_number
                outcome = Outcome(
                    hashed, DUPLICATE, "Duplikat faktury", (), original_number=first, original_session=session
                )
                return _Received(sent, identity, outcome)
        body = f"{self.nip or identity[0]}-{self.now():%Y%m%d}-{self.ordinal(identity):012X}"
        number = f"{body}-{crc8(body.encode()):02X}"
        self.taken[number] = sent.content
        taken = Outcome(hashed, TAKEN, "Sukces", (), number, self.now())
        return _Received(sent, identity, taken)


def _identity(content: bytes) -> tuple[str, ...]:
    """Return seller, kind and number, by which KSeF tells duplicates; other content than FA(3) is its own identity."""
    try:
        root = ET.fromstring(content)  # noqa: S314 - our own bytes
    except ET.ParseError:
        return ("0000000000", digest(content))
    spaced = f"{{{NAMESPACE}}}"
    paths = ("Podmiot1/DaneIdentyfikacyjne/NIP", "Fa/RodzajFaktury", "Fa/P_2")
    return tuple(root.findtext("/".join(spaced + name for name in path.split("/")), "") for path in paths)
