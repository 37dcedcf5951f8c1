"""Power over the contracted power (przekroczenie mocy umownej), hour by hour or as one maximum.

Rule: distribution tariffs 2026, PGE Dystrybucja 3.2.10-16 (p. 34), Energa-Operator 4.2.10-16 (p. 25).
"""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby
from operator import attrgetter

from kwit.metering.readings import IntervalDay
from kwit.rating.facts import PowerExcess

LARGEST = 10
TEN_LARGEST = "sum_of_ten_largest_hourly_excesses"
_MINUTES = 60


def hourly_excesses(
    *, values_wh: Sequence[int], minutes: int, contracted_kw: Decimal, multiplier: int = 1
) -> list[Decimal]:
    """List, in kW, the excess of every hour that has one: its largest average power over the contracted one.

    `values_wh` are intervals of `minutes` from the start of an hour on, in a row; `multiplier` is the meter's.
    """
    per_hour = _MINUTES // minutes
    scale = multiplier * per_hour
    limit_wh = int(contracted_kw * 1000 // scale)
    over = [wh for wh in values_wh if wh > limit_wh]
    return [
        Decimal(wh * scale).scaleb(-3) - contracted_kw for wh in _largest_by_hour(values_wh, over, per_hour)
    ]


def _largest_by_hour(values_wh: Sequence[int], over: Iterable[int], per_hour: int) -> Iterable[int]:
    """Return the largest of each hour among the values over a limit, which stand in the order of the intervals."""
    largest: dict[int, int] = {}
    at = -1
    for wh in over:
        at = values_wh.index(
            wh, at + 1
        )  # an equal value before it would be over the limit too, so it is this one
        hour = at // per_hour
        if wh > largest.get(hour, 0):
            largest[hour] = wh
    return largest.values()


def largest_ten(excesses: Sequence[Decimal], *, start: date) -> PowerExcess:
    """Add up the ten largest hourly excesses of the month that begins on `start`, all of them when fewer."""
    kw = sum(sorted(excesses, reverse=True)[:LARGEST], Decimal(0))
    return PowerExcess(start, kw, TEN_LARGEST)


def ten_times_largest(*, maximum_kw: Decimal, contracted_kw: Decimal, start: date) -> PowerExcess:
    """Take ten times the one excess that a meter with a maximum register tells of a billing period."""
    excess = max(maximum_kw - contracted_kw, Decimal(0))
    return PowerExcess(start, LARGEST * excess, "ten_times_the_largest_excess")


def monthly_excesses(
    *, days: Sequence[IntervalDay], contracted_kw: Decimal, multiplier: int = 1
) -> tuple[PowerExcess, ...]:
    """Return, for each calendar month that interval days fall in, its ten largest excesses; in order."""
    found: list[PowerExcess] = []
    in_order = sorted(days, key=attrgetter("day"))
    for _, month in groupby(in_order, key=attrgetter("day.year", "day.month")):
        several = list(month)
        watts: list[int] = []
        for minutes, same in groupby(several, key=attrgetter("minutes")):
            per_hour = _MINUTES // minutes
            scale = multiplier * per_hour
            limit_wh = int(contracted_kw * 1000 // scale)
            for one in same:
                values = one.values_wh
                if max(values, default=0) > limit_wh:  # most days have none, and a maximum is found fast
                    over = [wh for wh in values if wh > limit_wh]
                    watts += [wh * scale for wh in _largest_by_hour(values, over, per_hour)]
        largest = sorted(watts, reverse=True)[:LARGEST]
        kw = Decimal(sum(largest)).scaleb(-3) - len(largest) * contracted_kw if largest else Decimal(0)
        found.append(PowerExcess(several[0].day, kw, TEN_LARGEST))
    return tuple(found)
