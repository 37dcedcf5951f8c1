"""KSeF in a world of functions that take turns: each call to it is a stop, and may fail or be died at."""

import hashlib
import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from kwit.aws.codec import decode
from kwit.aws.filing import Filer
from kwit.aws.ksef_credentials import KsefCredentials, OfflineKey
from kwit.aws.table import unpacked
from kwit.documents.ksef_numbers import KsefNumber
from kwit.ksef.filing import Filing, Mode
from kwit.ksef.ports import Availability, KsefUnavailableError, Outgoing, SessionState
from tests.faults.turns import Actor, ConnectionLostError
from tests.ksef.fakes import FakeGateway

_T = TypeVar("_T")


class Register(FakeGateway):
    """A KSeF that numbers invoices by what they are, so that the order in which they come makes no difference."""

    def ordinal(self, identity: tuple[str, ...]) -> int:
        return int.from_bytes(hashlib.sha256("|".join(identity).encode()).digest()[:5])


@dataclass(frozen=True)
class Weather:
    """What KSeF does in a schedule: from which step to which it is away, and what is wrong with it otherwise."""

    away: range = range(0)
    announced: Availability = Availability.AVAILABLE
    delay: int = 0
    reject: tuple[int, ...] = ()
    lose: int = 0
    busy: int = 0

    @classmethod
    def of(cls, dice: random.Random) -> "Weather":
        """Draw the weather of a schedule; half of them are fair."""
        if dice.random() < 0.5:
            return cls()
        began = dice.randrange(100, 500)
        away = range(began, began + dice.randrange(250)) if dice.random() < 0.6 else range(0)
        announced = (Availability.AVAILABLE, Availability.MAINTENANCE, Availability.FAILURE)
        return cls(
            away=away,
            announced=dice.choice(announced),
            delay=dice.choice((0, 0, 1, 3)),
            reject=dice.choice(((), (), (550,), (405, 500))),
            lose=dice.choice((0, 0, 1)),
            busy=dice.choice((0, 0, 1)),
        )


@dataclass
class TurningKsef:
    """A KsefGateway whose calls are stops of whichever actor makes them."""

    now: Callable[[], datetime]
    inner: FakeGateway = field(init=False)
    weather: Weather = Weather()
    steps: int = 0

    def __post_init__(self) -> None:
        self.reset(Weather())

    def reset(self, weather: Weather) -> None:
        """Forget all invoices and begin with another weather."""
        self.weather, self.steps = weather, 0
        self.inner = Register(
            now=self.now,
            delay=weather.delay,
            reject=[(code, ()) for code in weather.reject],
            lose=weather.lose,
            busy_calls=weather.busy,
        )

    def step(self) -> None:
        """Let KSeF go away and come back when its time has come."""
        self.steps += 1
        self._away(on=self.steps in self.weather.away)

    def clear_up(self) -> None:
        """Let KSeF be there from now on."""
        self.weather = replace(self.weather, away=range(0))
        self._away(on=False)

    def _away(self, *, on: bool) -> None:
        self.inner.outage = on
        self.inner.announced = self.weather.announced if on else Availability.AVAILABLE

    def _call(self, work: Callable[[], _T], *, certain: bool = True) -> _T:
        """Make a call; where its end need not be told, losing the connection after it is no error."""
        actor = threading.current_thread()
        if not isinstance(actor, Actor):
            return work()
        try:
            actor.before_call()
        except ConnectionLostError:
            raise KsefUnavailableError("the connection was lost") from None
        done = work()
        try:
            actor.after_call()
        except ConnectionLostError:
            if certain:
                raise KsefUnavailableError("the connection was lost") from None
        return done

    def send(self, invoices: Sequence[Outgoing], *, batch: bool) -> str:
        # Once something may have been taken, the reference is returned whatever happens then.
        return self._call(lambda: self.inner.send(invoices, batch=batch), certain=False)

    def session(self, reference: str) -> SessionState:
        return self._call(lambda: self.inner.session(reference))

    def upo(self, reference: str, ksef_number: str) -> bytes:
        return self._call(lambda: self.inner.upo(reference, ksef_number))

    def invoice(self, ksef_number: str) -> bytes:
        return self._call(lambda: self.inner.invoice(ksef_number))

    def availability(self) -> Availability:
        try:
            return self._call(self.inner.availability)
        except KsefUnavailableError:
            return Availability.AVAILABLE


def filer(ksef: TurningKsef, *, nip: str) -> Filer:
    """Return who files with that KSeF, with a key for invoices issued offline."""
    key = ec.generate_private_key(ec.SECP256R1())
    plain_key = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain_key).decode()
    credentials = KsefCredentials(nip=nip, token="t", offline=OfflineKey(serial="01A2B3", key_pem=pem))
    return Filer(opens=lambda _, __: ksef, _credentials=credentials)


def filing_of(item: Any) -> Filing:
    """Read a filing's item."""
    return decode(Filing, unpacked(item))


def plain(filing: Filing) -> Filing:
    """Leave out of a filing what repeats, deaths and outages may change: how often, in which session, in what mode."""
    return replace(
        filing,
        revision=0,
        claimed_at=None,
        claimed_by="",
        attempts=0,
        session="",
        doubles=(),
        mode=Mode.ONLINE,
        send_by=None,
        certificate_link="",
        page_key="",
        page_hash="",
    )


def plain_number(item: Any) -> KsefNumber:
    """Leave out of a number that is to be told in what mode its document was issued."""
    return replace(decode(KsefNumber, unpacked(item)), mode="")
