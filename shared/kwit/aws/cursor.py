"""How a document moves a contract's cursor in DynamoDB: each clock under the condition that it stands where it stood.

A clock without a day of its own stands on `billed_to`. It gets one by the first document that moves some clocks and
not others, so that no later move of the rest takes it along.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kwit.aws.table import number, text
from kwit.billing.clocks import APART, ClockMove, ForecastMove
from kwit.tariffs.price_list import Clock


@dataclass(slots=True)
class CursorMove:
    """The parts of an update expression."""

    settings: list[str] = field(default_factory=list)
    conditions: list[str] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)


def cursor_move(moves: Mapping[Clock, ClockMove], *, first: bool, together: bool) -> CursorMove:
    """Write the moves of clocks as an update; `first` is before any bill of what is measured.

    `together` moves all clocks of a contract none of whose clocks has ever stood apart.
    """
    made = CursorMove()
    if not moves:
        return made
    variable = moves.get(Clock.VARIABLE)
    if variable is not None:
        made.settings += ["billed_to = :end", "carried = :carried"]
        made.conditions.append("attribute_not_exists(billed_to)" if first else "billed_to = :start")
        made.values |= {":end": text(variable.end.isoformat()), ":carried": text(variable.carried)}
        if not first or (not together and any(clock not in moves for clock in APART)):
            made.values[":start"] = text(variable.start.isoformat())
    for clock in APART:
        name, move = f"billed_to_{clock}", moves.get(clock)
        if together:
            made.conditions.append(f"attribute_not_exists({name})")
        elif move is not None:
            _apart(made, move)
        elif variable is not None:
            made.settings.append(f"{name} = if_not_exists({name}, :start)")
    return made


def forecast_move(made: CursorMove, forecasts: Sequence[ForecastMove]) -> None:
    """Add to an update how documents of a contract, one after another, move its forecasts."""
    if not forecasts:
        return
    turn, last = forecasts[0].turn, forecasts[-1]
    made.settings += ["forecast_turn = :forecast_turn", "forecasts = :forecasts"]
    made.values |= {":forecast_turn": number(last.turn + 1), ":forecasts": text(last.text)}
    if turn:
        made.conditions.append("forecast_turn = :forecast_stood")
        made.values[":forecast_stood"] = number(turn)
    else:
        made.conditions.append("attribute_not_exists(forecast_turn)")


def _apart(made: CursorMove, move: ClockMove) -> None:
    clock = move.clock
    name = f"billed_to_{clock}"
    stood = f"(attribute_not_exists(billed_to) OR billed_to = :from_{clock})"
    made.settings += [f"{name} = :to_{clock}", f"carried_{clock} = :carried_{clock}"]
    made.conditions.append(
        f"({name} = :from_{clock} OR (attribute_not_exists({name}) AND {stood}))",
    )
    made.values |= {
        f":from_{clock}": text(move.start.isoformat()),
        f":to_{clock}": text(move.end.isoformat()),
        f":carried_{clock}": text(move.carried),
    }
