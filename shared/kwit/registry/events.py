"""Events of a contract (zdarzenia): services done and rebates granted, each billed once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from kwit.kernel.identifiers import deterministic_id
from kwit.kernel.provenance import Source


@dataclass(frozen=True, slots=True)
class ContractEvent:
    """Something that happened once under a contract and is charged by itself.

    `charge` is a charge of basis `event` in a price list of the contract; `quantity`, in its unit, is negative
    when it takes an earlier event back. `variant` and `measure` are what that charge asks for.
    """

    contract_no: str
    day: date
    charge: str
    quantity: Decimal
    known_at: datetime
    source: Source
    variant: str = ""
    measure: Decimal | None = None
    note: str = ""

    @property
    def event_id(self) -> str:
        """Name the event by what it is, so that two files that tell of it tell of one."""
        parts = (self.contract_no, self.day.isoformat(), self.charge, self.variant, self.note)
        return deterministic_id("event", *parts)

    def says_the_same(self, other: "ContractEvent") -> bool:
        """Tell whether another telling of the event has the same figures."""
        return (self.quantity, self.measure) == (other.quantity, other.measure)


def first_told(events: Iterable[ContractEvent]) -> list[ContractEvent]:
    """Return each event as it was told first, by day; what a second file says of it changes nothing."""
    first: dict[str, ContractEvent] = {}
    for event in sorted(events, key=lambda one: (one.known_at, one.source)):
        first.setdefault(event.event_id, event)
    return sorted(first.values(), key=lambda one: (one.day, one.charge, one.variant, one.note))
