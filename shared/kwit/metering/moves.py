"""Moves of registers between readings that were taken: the history that estimates and plausibility rest on."""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from kwit.kernel.time import Period, add_months
from kwit.metering.readings import EstimationMethod, ReadingKind, RegisterReading
from kwit.metering.usage import MeteredRegister, advance, current_states


@dataclass(frozen=True, slots=True)
class Move:
    """What a zone of a point used between two readings taken one after the other, in Wh with the multiplier."""

    period: Period
    wh: int

    @property
    def wh_a_day(self) -> Fraction:
        """Return the average of a day, in Wh, exactly."""
        return Fraction(self.wh, self.period.days)


# These rest on energy that was measured, at another place or in another form: however many, they guess nothing.
_REST_ON_MEASURED = frozenset({EstimationMethod.FROM_INTERVALS, EstimationMethod.SUBTRACTIVE})


def guesses_before(states: Iterable[RegisterReading], boundary: date) -> int:
    """Count the estimates of a register that stand one after the other before a boundary.

    States reckoned from measured energy are no guesses and no readings: they are passed over.
    """
    count = 0
    before = [one for one in states if one.boundary < boundary]
    for state in sorted(before, key=lambda one: one.boundary, reverse=True):
        if state.kind is not ReadingKind.ESTIMATED:
            break
        count += state.standing.method not in _REST_ON_MEASURED
    return count


def taken(readings: Iterable[RegisterReading]) -> list[RegisterReading]:
    """Keep the current states that were read by somebody or something and that no doubt holds."""
    return [
        one
        for one in current_states(readings)
        if one.kind is not ReadingKind.ESTIMATED and not one.standing.held
    ]


def moves_of(
    *, registers: Sequence[MeteredRegister], states: Iterable[RegisterReading], zone: str, quantity: str
) -> list[Move]:
    """List the moves of one zone and quantity of a point over all its meters, in order; estimates are bridged."""
    mine = {(r.meter_no, r.code): r for r in registers if r.zone == zone and r.quantity == quantity}
    moves = []
    for first, last in itertools.pairwise(taken(states)):
        register = mine.get((first.meter_no, first.register))
        if register is None or (last.meter_no, last.register) != (first.meter_no, first.register):
            continue
        moved = advance(first, last, digits=register.digits)
        if moved is not None:
            moves.append(Move(Period(first.boundary, last.boundary), moved * register.multiplier))
    return sorted(moves, key=lambda move: move.period)


def wh_over(moves: Iterable[Move], period: Period) -> Fraction | None:
    """Return the use of a period in Wh, by average daily use inside each move; None when days lack."""
    days, wh = 0, Fraction(0)
    for move in moves:
        shared = move.period.range.intersection(period.range)
        if shared is not None and shared.end is not None:
            inside = (shared.end - shared.start).days
            days += inside
            wh += move.wh_a_day * inside
    return wh if days == period.days else None


def year_before(period: Period) -> Period | None:
    """Return the same days of the previous calendar year; None when 29 February leaves none."""
    start, end = add_months(period.start, -12), add_months(period.end, -12)
    return Period(start, end) if start < end else None


def usual_wh_a_day(moves: Sequence[Move], period: Period, *, season_only: bool = False) -> Fraction | None:
    """Return what a day of a period should use by its past: the same season, else the year before it, else None.

    The same season is the same days of the previous year. Without them counts what is known of the twelve
    months before the period, unless only the season can tell, as for energy that the sun makes.
    """
    season = year_before(period)
    wh = None if season is None else wh_over(moves, season)
    if wh is not None and season is not None:
        return wh / season.days
    if season_only:
        return None
    recent = [m for m in moves if add_months(period.start, -12) < m.period.end <= period.start]
    days = sum(move.period.days for move in recent)
    return Fraction(sum(move.wh for move in recent), days) if days else None
