"""Clocks of a contract (zegary rozliczeń): where each stands, and how a document moves them.

The clock of what is measured stands on the contract's billed-to day. A clock of fixed charges or of the contract's
own stands there too until a document moves it apart; from then on it has a day of its own.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from kwit.tariffs.price_list import Clock


@dataclass(frozen=True, slots=True)
class ClockMove:
    """A clock that a document moves: the day it stood on, the day it stands on then, and what it hands on.

    A clock that billed in advance moves back when the contract ends before the days it billed.
    """

    clock: Clock
    start: date
    end: date
    carried: str = ""


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a clock stands apart: the first day it has not billed, and what it hands on, as text."""

    billed_to: date
    carried: str = ""


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a contract is billed: billed-to day, what was handed on, billed events, clocks that stand apart.

    `revision` counts the corrections that moved it. `forecast_turn` counts the documents that moved its forecasts,
    and `forecasts` is what the last of them left, as text.
    """

    billed_to: date | None = None
    carried: str = ""
    events: frozenset[str] = frozenset()
    apart: Mapping[Clock, Stand] = field(default_factory=dict)
    revision: int = 0
    forecast_turn: int = 0
    forecasts: str = ""

    def day_of(self, clock: Clock) -> date | None:
        """Return the first day a clock has not billed, None before its first bill."""
        stand = self.apart.get(clock)
        return self.billed_to if stand is None else stand.billed_to


@dataclass(frozen=True, slots=True)
class ForecastMove:
    """How a document moves the forecasts of its contract: it must be the next to do so after `turn` others.

    `text` is what stands then. A document `alone` is of forecasts only and moves no clock.
    """

    turn: int
    text: str
    alone: bool = False


APART = (Clock.FIXED, Clock.CONTRACT)
"""The clocks that may stand apart from the one of what is measured."""
NEVER_BILLED = Cursor()


def moves_of(*, start: date, end: date, carried: str, clocks: tuple[ClockMove, ...]) -> tuple[ClockMove, ...]:
    """Return the moves of a document; one that names no clocks moves all of them together."""
    if clocks:
        return clocks
    return tuple(ClockMove(clock, start, end, carried if clock is Clock.VARIABLE else "") for clock in Clock)


def whole_moves(documents: Iterable[Sequence[ClockMove]]) -> dict[Clock, ClockMove]:
    """Join the moves of documents that follow one another: each clock from its first day to its last."""
    whole: dict[Clock, ClockMove] = {}
    for moves in documents:
        for move in moves:
            first = whole.get(move.clock, move)
            whole[move.clock] = ClockMove(move.clock, first.start, move.end, move.carried)
    return whole
