"""Routes of collectors (trasy inkasenckie): which registers to read on a day, in the order of the doors.

A route goes out as a file for the handheld and comes back as the same file with states and remarks filled in
(see `collector`). It holds names and addresses, because it is for who stands at the door; it is never logged.
"""

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kwit.metering.ports import PlacedMeter, PlacedRegister
from kwit.metering.readings import ReadingKind, RegisterReading
from kwit.metering.usage import advance, current_states

HISTORY_DAYS = 400
"""How far back the usual use is looked for: a year, and the days by which its reading may have been late."""

RANGE_FACTOR = 3
"""How many times the usual use may be exceeded, or fallen short of, before the handheld asks again."""

_WH = 1000
_NUMBER = re.compile(r"[0-9]+")


@dataclass(frozen=True, slots=True)
class Stop:
    """A point to be read: whose it is, where, with which meter, and the states known of it."""

    contract_no: str
    ppe: str
    name: str
    street: str
    postcode: str
    city: str
    meter: PlacedMeter
    states: Sequence[RegisterReading] = ()


@dataclass(frozen=True, slots=True)
class RouteRow:
    """One register to read: its last state in Wh, and the kWh between which the new one is expected.

    `last_day` is the day the last state closes. Where there is no history the range is None. A `low_kwh` above
    `high_kwh` means that the display may have started again from zero.
    """

    order: int
    stop: Stop
    register: PlacedRegister
    last_day: date | None
    last_wh: int | None
    low_kwh: int | None
    high_kwh: int | None


def plan_route(stops: Iterable[Stop], *, day: date) -> list[RouteRow]:
    """Put the registers of all stops into the order of town, street and house number, each with its range.

    Meters settled from interval values, and those that do not stand there on the day, are left out.
    """
    rows: list[RouteRow] = []
    for stop in sorted(stops, key=_door):
        meter = stop.meter
        stands = meter.installed <= day and (meter.removed is None or day < meter.removed)
        if meter.interval_minutes is not None or not stands:
            continue
        states = [
            one
            for one in current_states(stop.states)
            if one.meter_no == meter.meter_no and not one.standing.held
        ]
        for register in meter.registers:
            mine = [one for one in states if one.register == register.code and one.boundary <= day]
            rows.append(_row(len(rows) + 1, stop, register, mine, day))
    return rows


def _door(stop: Stop) -> tuple[str, str, list[int], str, str, str]:
    """Order doors as a person walks them: 2 before 10, whatever letters follow."""
    street, numbers = stop.street.casefold(), [int(one) for one in _NUMBER.findall(stop.street)]
    words = _NUMBER.sub("", street).strip()
    return stop.city.casefold(), words, numbers, street, stop.ppe, stop.meter.meter_no


def _row(
    order: int, stop: Stop, register: PlacedRegister, states: Sequence[RegisterReading], day: date
) -> RouteRow:
    if not states:
        return RouteRow(order, stop, register, None, None, None, None)
    last = states[-1]
    last_day = last.boundary - timedelta(days=1)
    span = _usual(states, digits=register.digits)
    if span is None:
        return RouteRow(order, stop, register, last_day, last.state_wh, None, None)
    moved, days = span
    ahead = (day + timedelta(days=1) - last.boundary).days
    display = 10**register.digits
    low = (last.state_wh + moved * ahead // (days * RANGE_FACTOR)) // _WH
    high = -(-(last.state_wh + moved * ahead * RANGE_FACTOR // days) // _WH)
    return RouteRow(order, stop, register, last_day, last.state_wh, low % display, high % display)


def _usual(states: Sequence[RegisterReading], *, digits: int) -> tuple[int, int] | None:
    """Return the Wh of the usual use and its days: from the earliest state within a year before the last one.

    Estimates tell nothing of the use, unless there is nothing else.
    """
    last = states[-1]
    since = last.boundary - timedelta(days=HISTORY_DAYS)
    before = [one for one in states[:-1] if one.boundary >= since]
    taken = [one for one in before if one.kind is not ReadingKind.ESTIMATED] or before
    if not taken:
        return None
    chain = [taken[0], *(one for one in before if one.boundary > taken[0].boundary), last]
    moved = 0
    for first, following in itertools.pairwise(chain):
        step = advance(first, following, digits=digits)
        if step is None:
            return None
        moved += step
    return moved, (last.boundary - taken[0].boundary).days
