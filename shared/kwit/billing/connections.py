"""What of a connection contract (umowa o przyłączenie) is due: its events, on their days or by a cycle of its own.

Nothing is measured, so no reading is waited for, and all clocks move together: a connection is corrected like any
other bill.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kwit.billing.case import bounds_on, contract_on
from kwit.billing.cycles import Bounds, NextPeriod, next_period
from kwit.rating.terms import Months
from kwit.registry.events import ContractEvent
from kwit.registry.records import Contract, ContractKind


@dataclass(frozen=True, slots=True)
class ConnectionDue:
    """The next document of a connection contract: its days, from when it is due, and whose events it bills."""

    contract: Contract
    due: NextPeriod
    on: date
    bounds: Bounds
    in_advance: bool = False


def is_connection(contracts: Sequence[Contract]) -> bool:
    """Tell whether a contract, by its versions, is a connection contract."""
    return contracts[0].kind is ContractKind.CONNECTION


def events_of_party(
    events: Sequence[ContractEvent], contracts: Sequence[Contract], bounds: Bounds
) -> tuple[ContractEvent, ...]:
    """Keep the events from the days of one party and payer: another pays for those of its own days."""
    return tuple(one for one in events if bounds_on(contracts, one.day) == bounds)


def next_connection(
    *, contracts: Sequence[Contract], day: date, events: Sequence[ContractEvent], until: date | None = None
) -> ConnectionDue | None:
    """Return what the earliest of the events not billed yet asks for; None when there is none.

    The document reaches from `day`, where the contract stands, over the day of the event, or over the day it stands on
    for an event that came late. With a cycle of the contract's own it reaches to the end of the cycle's period that has
    the event. Once the contract has ended (a settlement after the works) events are due on their days again.
    """
    if not events:
        return None
    first = min(events, key=lambda one: one.day)
    contract, bounds = contract_on(contracts, first.day), bounds_on(contracts, first.day)
    cycled = _by_cycle(contract, bounds, day, first.day, until)
    if cycled is not None:
        return cycled
    on = max(first.day, day)
    due = NextPeriod(day, on + timedelta(days=1), exact_end=True, months=Months(contract.cycle_months))
    return ConnectionDue(contract, due, on, bounds)


def _by_cycle(
    contract: Contract, bounds: Bounds, day: date, event_day: date, until: date | None
) -> ConnectionDue | None:
    cycle, start = contract.own_cycle, max(day, bounds.begins)
    if cycle is None:
        return None
    while True:
        found = next_period(
            contract=contract, billed_to=start, window_days=0, cycle=cycle, bounds=bounds, until=until
        )
        if found is None:
            return None
        if event_day < found.end:
            break
        start = found.end
    due = NextPeriod(day, found.end, exact_end=True, months=Months(cycle.months))
    on = found.start if cycle.in_advance else found.end
    return ConnectionDue(contract, due, on, bounds, cycle.in_advance)
