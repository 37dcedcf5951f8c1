"""Connection fees (opłaty za przyłączenie do sieci): which charges a connection asks for, and how much of each.

Rule: PGE Dystrybucja 2026 chapter 4 (p. 42-45), Energa-Operator 2026 chapter 5 (p. 31-34), the same in both; the
rates and shares themselves stand in the price lists.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kwit.rating.facts import Event
from kwit.rating.lines import Factor

_BY_OUTLAYS = frozenset({"source", "small_source", "network", "storage"})
MICRO_SOURCE = "micro_source"
CHARGING = "charging"
EXISTING = "existing"
_ABOVE_1_KV = frozenset({"II", "III"})


class ConnectionIncompleteError(ValueError):
    """A connection lacks a figure that its fee is counted from; carries the name of the figure."""

    def __init__(self, lacking: str, why: str) -> None:
        super().__init__(f"{lacking} is needed: {why}")
        self.lacking = lacking


@dataclass(frozen=True, slots=True)
class Connection:
    """What is connected: group II to VI (grupa przyłączeniowa), kind, power in kW, line, length in metres, PLN.

    `kind` is `consumer`, `charging` (stacja ładowania), `source`, `small_source` (RES up to 5 MW, cogeneration
    under 1 MW), `micro_source`, `network` or `storage`. `line` is `overhead`, `cable` or `existing` (a temporary
    connection to an existing network). `before_kw` is the power held until now, when it is increased;
    `rebuilding` are the outlays of exchanging the line, `reserve` those of the reserve supply. `above_1_kv`
    tells the voltage of group VI.
    """

    group: str
    kind: str
    power_kw: Decimal | None = None
    before_kw: Decimal | None = None
    line: str = ""
    length_m: Decimal | None = None
    outlays: Decimal | None = None
    rebuilding: Decimal | None = None
    reserve: Decimal | None = None
    above_1_kv: bool = False


def connection_events(connection: Connection, *, day: date) -> tuple[Event, ...]:
    """Return the events that a connection is charged by on a day. Raises ConnectionIncompleteError."""
    return tuple(_events(connection, day))


def _events(one: Connection, day: date) -> Iterator[Event]:
    if one.kind == MICRO_SOURCE:
        yield Event("connection_outlays", one.outlays or Decimal(0), day, variant=MICRO_SOURCE)
    elif one.kind in _BY_OUTLAYS:
        outlays = _needed(one.outlays, "outlays", f"{one.kind} is charged by actual outlays")
        yield Event("connection_outlays", outlays, day, variant=one.kind)
    elif one.group in _ABOVE_1_KV or one.above_1_kv:
        yield from _above_1_kv(one, day)
    else:
        yield from _by_power(one, day)
    if one.reserve is not None:
        yield Event("connection_reserve", one.reserve, day)


def _above_1_kv(one: Connection, day: date) -> Iterator[Event]:
    """Charge a share of the outlays of the connection or of the increase, and those of an exchanged line."""
    yield from _rebuilding(one, day)
    if one.rebuilding is not None and one.before_kw is None:
        return
    outlays = _needed(one.outlays, "outlays", f"group {one.group} is charged by actual outlays")
    if one.kind == CHARGING:
        yield Event("connection_outlays", outlays, day, variant=CHARGING)
    elif one.before_kw is not None:
        yield Event("connection_increase_outlays", outlays, day)
    else:
        yield Event("connection_outlays", outlays, day, variant="high_or_medium_voltage")


def _by_power(one: Connection, day: date) -> Iterator[Event]:
    """Charge the connection power, or what it grows by, and the metres of a long line."""
    yield from _rebuilding(one, day)
    if one.rebuilding is not None and one.before_kw is None:
        return
    power = _needed(one.power_kw, "power_kw", "the rate is per kW of connection power")
    suffix = "_charging" if one.kind == CHARGING else ""
    if not one.line:
        raise ConnectionIncompleteError("line", "the rate depends on the kind of line")
    yield Event(f"connection_power{suffix}", power - (one.before_kw or 0), day, variant=one.line)
    if one.length_m is not None and one.line != EXISTING:
        yield Event(f"connection_length{suffix}", one.length_m, day, variant=one.line)


def _rebuilding(one: Connection, day: date) -> Iterator[Event]:
    """Charge the outlays of an exchanged line, with Pd / Pp of them when the power grows (PGE 4.10, p. 44)."""
    if one.rebuilding is None:
        return
    factors: tuple[Factor, ...] = ()
    if one.before_kw is not None:
        power = _needed(one.power_kw, "power_kw", "outlays are shared by the power before and after")
        factors = (Factor("power_before_to_after", one.before_kw / power),)
    yield Event("connection_rebuilding", one.rebuilding, day, factors=factors)


def _needed(figure: Decimal | None, name: str, why: str) -> Decimal:
    if figure is None:
        raise ConnectionIncompleteError(name, why)
    return figure
