"""Use of earlier days, from the states already stored: the year's use, last year's same days, the chart."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kwit.kernel.energy import whole_kwh
from kwit.kernel.time import Period, add_months
from kwit.metering.readings import RegisterReading
from kwit.metering.usage import MeteredRegister, advance, current_states

_YEAR = 365
_CHART_BARS = 13


@dataclass(frozen=True, slots=True)
class PastUse:
    """Use between two neighbouring boundaries, in Wh."""

    period: Period
    wh: int


def past_use(
    *, registers: Sequence[MeteredRegister], states: Sequence[RegisterReading], until: date
) -> list[PastUse]:
    """Add up the import of all registers between neighbouring boundaries before `until`, in order."""
    moves: dict[Period, int] = {}
    by_register = {(r.meter_no, r.code): r for r in registers if r.quantity == "import"}
    known = [s for s in current_states(states) if s.boundary <= until]
    for first, last in itertools.pairwise(known):
        register = by_register.get((first.meter_no, first.register))
        if register is None or (first.meter_no, first.register) != (last.meter_no, last.register):
            continue
        moved = advance(first, last, digits=register.digits)
        if moved is not None:
            period = Period(first.boundary, last.boundary)
            moves[period] = moves.get(period, 0) + moved * register.multiplier
    return [PastUse(period, moves[period]) for period in sorted(moves)]


def use_over(past: Sequence[PastUse], period: Period) -> int | None:
    """Return the use over a period in Wh, by average daily use inside stretches; None when days lack."""
    covered = wh = 0
    for one in past:
        shared = one.period.range.intersection(period.range)
        if shared is None or shared.end is None:
            continue
        days = (shared.end - shared.start).days
        covered += days
        wh += one.wh * days // one.period.days
    return wh if covered == period.days else None


def annual_kwh(*, past: Sequence[PastUse], until: date, declared: int | None) -> int | None:
    """Return the use of the year that ends with the last reading, in whole kWh.

    Under a year of history the declared use counts, and without one all that was used up to the last reading
    (PGE Dystrybucja tariff 2026, page 28; TAURON Dystrybucja 2026, pages 2-3).
    """
    year = use_over(past, Period(add_months(until, -12), until)) if past else None
    if year is not None:
        return whole_kwh(year)
    if declared is not None:
        return declared
    return whole_kwh(sum(one.wh for one in past)) if past else None


def last_year_use(past: Sequence[PastUse], period: Period) -> int | None:
    """Return the use of the same days a year before, in Wh, or None when they are not covered."""
    start, end = add_months(period.start, -12), add_months(period.end, -12)
    return use_over(past, Period(start, end)) if start < end else None


def chart(past: Sequence[PastUse]) -> list[PastUse]:
    """Return the latest stretches for the bill's chart, at most thirteen of up to about a cycle each."""
    return [one for one in past if one.period.days <= _YEAR][-_CHART_BARS:]
