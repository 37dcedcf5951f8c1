"""Billing cycles (okresy rozliczeniowe): which period of a contract comes next, and for how many months."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from kwit.kernel.time import add_months
from kwit.rating.terms import Months
from kwit.registry.records import Contract


@dataclass(frozen=True, slots=True)
class NextPeriod:
    """The next period to bill: from `start` to about `end`, or to exactly `end` where the contract ends.

    `months` is what the fixed charges count: the whole cycle, or the share of it that the contract covers.
    """

    start: date
    end: date
    exact_end: bool
    months: Months


def next_period(*, contract: Contract, billed_to: date, window_days: int) -> NextPeriod | None:
    """Work out the next period of a contract that is billed up to, not including, `billed_to`.

    Cycle edges are the anchor plus whole cycles, the anchor's day of month cut to the month's length. When
    the last reading fell up to `window_days` off an edge, the period belongs to the cycle of that edge and
    counts as a whole one. Only a contract that begins or ends inside a cycle counts for a share of it, by
    days (PGE Dystrybucja tariff 2026, 3.1.8; ENERGA-OPERATOR 4.1.8). Returns None when nothing is left.
    """
    if contract.ends is not None and billed_to >= contract.ends:
        return None
    index = _index_of_edge_after(contract, billed_to)
    begins = billed_to == contract.starts
    if not begins and (_edge(contract, index) - billed_to).days <= window_days:
        index += 1
    before, after = _edge(contract, index - 1), _edge(contract, index)
    on_edge = billed_to == before or (not begins and abs((billed_to - before).days) <= window_days)
    exact_end = contract.ends is not None and contract.ends <= after
    end = contract.ends if contract.ends is not None and exact_end else after
    if on_edge and end == after:
        months = Months(contract.cycle_months)
    else:
        months = Months(contract.cycle_months, Fraction((end - billed_to).days, (after - before).days))
    return NextPeriod(billed_to, end, exact_end, months)


def _edge(contract: Contract, index: int) -> date:
    anchor = contract.cycle_anchor
    return add_months(anchor, index * contract.cycle_months, anchor=anchor.day)


def _index_of_edge_after(contract: Contract, day: date) -> int:
    anchor = contract.cycle_anchor
    months = (day.year - anchor.year) * 12 + day.month - anchor.month
    index = months // contract.cycle_months - 1
    while _edge(contract, index) <= day:
        index += 1
    return index
