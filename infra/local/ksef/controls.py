"""What a test does to the KSeF server: outages, delays, refusals, lost answers, the day it believes in."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

Outage = Literal["", "503", "closed"]
Announced = Literal["AVAILABLE", "MAINTENANCE", "FAILURE", "TOTAL_FAILURE"]
Taking = Literal["open", "send", "upload", "close"]


@dataclass(slots=True)
class Controls:
    """The state of the controls; a test sets the attributes, another process sends them as JSON to `/_control`.

    - `outage`: every call of the API ends with 503, or with its connection closed
    - `announced`: what the lighthouse (Latarnia) tells
    - `delay_calls`: how often a closed session is still under work when asked for its state; `delay_seconds`: how long
    - `reject`: what is wrong with the next invoices, one entry each: code and details
    - `lose`: how many answers to calls of a kind are lost, though the calls were done: open, send, upload, close
    - `busy_calls`, `busy_seconds`: how many calls are answered with 429, and the seconds they name
    - `attachments`: whether the seller has told the tax office that its invoices may have attachments
    - `token_seconds`: how long a token of access lasts from then on
    - `now`: the instant at which invoices are taken; tokens and certificates live by the real clock
    """

    outage: Outage = ""
    announced: Announced = "AVAILABLE"
    delay_calls: int = 0
    delay_seconds: int = 0
    reject: list[tuple[int, list[str]]] = field(default_factory=list)
    lose: Counter[str] = field(default_factory=Counter)
    busy_calls: int = 0
    busy_seconds: int = 1
    attachments: bool = True
    token_seconds: int = 900
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def loses(self, call: str) -> bool:
        """Tell whether the answer to a call is lost, counting it."""
        if not self.lose[call]:
            return False
        self.lose[call] -= 1
        return True


class Reject(BaseModel):
    """Reject the next `count` invoices."""

    model_config = ConfigDict(extra="forbid")

    count: int = 1
    code: int = 450
    details: list[str] = Field(default_factory=list)


class Change(BaseModel):
    """A change of the controls as JSON; what is left out stays. `now: null` gives the real clock back."""

    model_config = ConfigDict(extra="forbid")

    outage: Outage = ""
    announced: Announced = "AVAILABLE"
    delay_calls: int = 0
    delay_seconds: int = 0
    reject: Reject | None = None
    lose: dict[Taking, int] = Field(default_factory=dict)
    busy_calls: int = 0
    busy_seconds: int = 1
    attachments: bool = True
    token_seconds: int = 900
    now: AwareDatetime | None = None

    def apply(self, controls: Controls) -> None:
        """Set what the change names."""
        named: dict[str, Any] = {name: getattr(self, name) for name in self.model_fields_set}
        if "now" in named:
            instant = named.pop("now")
            controls.now = (lambda: instant) if instant else (lambda: datetime.now(UTC))
        if "lose" in named:
            controls.lose = Counter(named.pop("lose"))
        if "reject" in named:
            reject = named.pop("reject")
            controls.reject = [(reject.code, reject.details)] * reject.count if reject else []
        for name, value in named.items():
            setattr(controls, name, value)
