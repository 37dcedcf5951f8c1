"""Billing cycles (okresy rozliczeniowe): which period of a contract's clock comes next, and for how many months."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from kwit.kernel.time import add_months
from kwit.rating.terms import Months
from kwit.registry.records import Contract, Cycle


@dataclass(frozen=True, slots=True)
class NextPeriod:
    """The next period to bill: from `start` to about `end`, or to exactly `end` where nothing may lie beyond it.

    `months` is what the fixed charges count: the whole cycle, or the share of it that the contract covers.
    """

    start: date
    end: date
    exact_end: bool
    months: Months


@dataclass(frozen=True, slots=True)
class Bounds:
    """The days one party holds a contract: from `begins` up to, not including, `ends`."""

    begins: date
    ends: date | None


def next_period(
    *,
    contract: Contract,
    billed_to: date,
    window_days: int,
    cycle: Cycle | None = None,
    bounds: Bounds | None = None,
    until: date | None = None,
) -> NextPeriod | None:
    """Work out the next period of a contract's clock that is billed up to, not including, `billed_to`.

    Cycle edges are the anchor plus whole cycles, the anchor's day of month cut to the month's length. When
    the last reading fell up to `window_days` off an edge, the period belongs to the cycle of that edge and
    counts as a whole one. Only a contract that begins or ends inside a cycle counts for a share of it, by
    days (PGE Dystrybucja tariff 2026, 3.1.8; ENERGA-OPERATOR 4.1.8). `cycle` is that of the clock, the
    contract's own without it; `bounds` are the days of the party, the contract's without them; `until` ends the
    period before its edge, for a bill off the cycle. Returns None when nothing is left.
    """
    cycle = cycle or Cycle(contract.cycle_months, contract.cycle_anchor)
    bounds = bounds or Bounds(contract.starts, contract.ends)
    ends = bounds.ends
    if ends is not None and billed_to >= ends:
        return None
    index = _index_of_edge_after(cycle, billed_to)
    begins = billed_to == bounds.begins
    if not begins and (_edge(cycle, index) - billed_to).days <= window_days:
        index += 1
    before, after = _edge(cycle, index - 1), _edge(cycle, index)
    on_edge = billed_to == before or (not begins and abs((billed_to - before).days) <= window_days)
    exact_end = ends is not None and ends <= after
    end = ends if ends is not None and exact_end else after
    whole = on_edge and end == after
    if until is not None and until < end:
        near = abs((after - until).days) <= window_days
        if until <= billed_to or (on_edge and not near and (until - billed_to).days <= window_days):
            return None  # the days beside an edge belong to its cycle
        end, exact_end, whole = until, True, on_edge and near
    share = Fraction(1) if whole else Fraction((end - billed_to).days, (after - before).days)
    return NextPeriod(billed_to, end, exact_end, Months(cycle.months, share))


def _edge(cycle: Cycle, index: int) -> date:
    return add_months(cycle.anchor, index * cycle.months, anchor=cycle.anchor.day)


def _index_of_edge_after(cycle: Cycle, day: date) -> int:
    months = (day.year - cycle.anchor.year) * 12 + day.month - cycle.anchor.month
    index = months // cycle.months - 1
    while _edge(cycle, index) <= day:
        index += 1
    return index
