"""What of a contract is due: the next period of each of its clocks, and those that go on one document."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from kwit.billing.case import bounds_on, contract_on
from kwit.billing.clocks import APART, NEVER_BILLED, Cursor
from kwit.billing.connections import is_connection, next_connection
from kwit.billing.cycles import Bounds, NextPeriod, next_period
from kwit.billing.prepaid import NOTHING_PREPAID, Prepaid, Refund, read_prepaid, refund_of
from kwit.registry.events import ContractEvent
from kwit.registry.records import Contract, ContractKind, Cycle
from kwit.tariffs.price_list import ALL_CLOCKS, Clock


@dataclass(slots=True)
class Progress:
    """How far the clocks of a contract have come while it is billed.

    `days` are the first days to be billed; `stood` those that the cursor, or the draft before, has: a clock with
    nothing to charge goes on, and the next document moves it. `apart` says that the clocks do not move as one.
    """

    days: dict[Clock, date]
    stood: dict[Clock, date]
    prepaid: dict[Clock, Prepaid]
    apart: bool
    blocked: set[Clock] = field(default_factory=set)


def progress_of(contracts: Sequence[Contract], cursor: Cursor | None) -> Progress:
    """Return where billing of a contract begins: on its cursor, or on the day it was brought into kWit with."""
    cursor = cursor or NEVER_BILLED
    first = contracts[0].billed_to
    days = {clock: cursor.day_of(clock) or first for clock in Clock}
    prepaid = {clock: read_prepaid(stand.carried) for clock, stand in cursor.apart.items()}
    return Progress(days, dict(days), prepaid, apart=bool(cursor.apart))


@dataclass(frozen=True, slots=True)
class Part:
    """A period of some clocks that is due from the day `on`, under the contract's version of its first day."""

    clocks: frozenset[Clock]
    contract: Contract
    due: NextPeriod
    on: date
    bounds: Bounds
    in_advance: bool = False

    @property
    def measures(self) -> bool:
        """Tell whether it is the period of what is measured; a connection contract measures nothing."""
        return Clock.VARIABLE in self.clocks and self.contract.kind is not ContractKind.CONNECTION

    @property
    def charges(self) -> frozenset[Clock]:
        """Return the clocks whose charges the period has; a connection contract bills its events alone."""
        return frozenset() if self.contract.kind is ContractKind.CONNECTION else self.clocks


@dataclass(frozen=True, slots=True)
class Group:
    """What goes on one document: periods that fall due on one day, and days given back with the last of them."""

    parts: tuple[Part, ...]
    refunds: tuple[Refund, ...] = ()


def own_cycle(contract: Contract, clock: Clock) -> Cycle | None:
    """Return the cycle of a clock of its own, None when it goes with what is measured."""
    return {Clock.FIXED: contract.fixed_cycle, Clock.CONTRACT: contract.own_cycle}.get(clock)


def next_group(
    *,
    contracts: Sequence[Contract],
    progress: Progress,
    business_date: date,
    window_of: Callable[[str], int],
    until: date | None = None,
    events: Sequence[ContractEvent] = (),
) -> Group | None:
    """Return what is due next by the business date, the earliest first; None when nothing is.

    `events` are those of the contract that are not billed yet: a connection contract bills nothing else. A framework
    contract bills nothing at all.

    A clock without a cycle of its own goes with what is measured, and catches up alone where it stands on another
    day. Days to be given back go with the period that ends where they begin, or alone once that is billed.
    """
    if contracts[0].kind.is_framework:
        return None
    if is_connection(contracts):
        return _connection(contracts, progress, business_date, until, events)
    refunds = _refunds(contracts, progress)
    parts = _parts(contracts, progress, refunds, window_of, until)
    due = [part for part in parts if part.on <= business_date]
    alone = {r.until: r for r in refunds.values() if r.until <= progress.days[Clock.VARIABLE]}
    keys = [(part.on, part.bounds.begins) for part in due]
    keys += [(day, bounds_on(contracts, day).begins) for day in alone if day <= business_date]
    if not keys:
        return None
    first = min(keys)
    chosen = tuple(part for part in due if (part.on, part.bounds.begins) == first)
    closing = {part.due.end for part in chosen if part.measures and part.due.end == part.bounds.ends}
    back = tuple(
        one for one in refunds.values() if one.until in closing or (not chosen and alone.get(first[0]) is one)
    )
    return Group(chosen, back)


def _connection(
    contracts: Sequence[Contract],
    progress: Progress,
    business_date: date,
    until: date | None,
    events: Sequence[ContractEvent],
) -> Group | None:
    day = progress.days[Clock.CONTRACT]
    one = next_connection(contracts=contracts, day=day, events=events, until=until)
    if one is None or one.on > business_date or progress.blocked:
        return None
    return Group((Part(ALL_CLOCKS, one.contract, one.due, one.on, one.bounds, one.in_advance),))


def _refunds(contracts: Sequence[Contract], progress: Progress) -> Mapping[Clock, Refund]:
    found = {
        clock: refund_of(contracts=contracts, clock=clock, billed_to=progress.days[clock], prepaid=prepaid)
        for clock, prepaid in progress.prepaid.items()
        if clock not in progress.blocked and prepaid is not NOTHING_PREPAID
    }
    return {clock: refund for clock, refund in found.items() if refund is not None}


def _parts(
    contracts: Sequence[Contract],
    progress: Progress,
    refunds: Mapping[Clock, Refund],
    window_of: Callable[[str], int],
    until: date | None,
) -> Sequence[Part]:
    parts: list[Part] = []
    measured = {Clock.VARIABLE}
    for clock in APART:
        day = progress.days[clock]
        contract = contract_on(contracts, day)
        cycle = own_cycle(contract, clock)
        if cycle is None and day == progress.days[Clock.VARIABLE]:
            measured.add(clock)
        elif clock not in progress.blocked and clock not in refunds:
            parts += _part(contracts, frozenset({clock}), day, cycle, window_of, until)
    if Clock.VARIABLE not in progress.blocked:
        day = progress.days[Clock.VARIABLE]
        parts = [*_part(contracts, frozenset(measured), day, None, window_of, until), *parts]
    return parts


def _part(
    contracts: Sequence[Contract],
    clocks: frozenset[Clock],
    day: date,
    cycle: Cycle | None,
    window_of: Callable[[str], int],
    until: date | None,
) -> Sequence[Part]:
    contract, bounds = contract_on(contracts, day), bounds_on(contracts, day)
    in_advance = cycle is not None and cycle.in_advance
    due = next_period(
        contract=contract,
        billed_to=day,
        window_days=window_of(contract.profile),
        cycle=cycle,
        bounds=bounds,
        until=None if in_advance else until,
    )
    if due is None:
        return ()
    on = due.start if in_advance else due.end
    return (Part(clocks, contract, due, on, bounds, in_advance),)


def moves_as_one(group: Group, progress: Progress) -> bool:
    """Tell whether a document moves all clocks together and none has ever stood apart."""
    whole = [part.clocks for part in group.parts] == [ALL_CLOCKS] and progress.days == progress.stood
    return whole and not progress.apart and not group.refunds
