"""The history of a point: every version of every reading, which of them counts, and the days nobody sent."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from kwit.kernel.time import Period
from kwit.metering.ports import PlacedMeter
from kwit.metering.readings import IntervalDay, ReadingKind, RegisterReading
from kwit.metering.usage import advance, current_days, current_states
from kwit.metering.versions import Version, words


@dataclass(frozen=True, slots=True)
class Told:
    """One version of a reading, whether it is the one that counts, and whether it only says again what was known."""

    reading: RegisterReading | IntervalDay
    counts: bool
    again: bool = False

    @property
    def day(self) -> date:
        """The day it is about: the one a state closes, or the one of a series."""
        if isinstance(self.reading, RegisterReading):
            return self.reading.boundary - timedelta(days=1)
        return self.reading.day


@dataclass(frozen=True, slots=True)
class Gap:
    """Days of a register's series that are not there, from `start` up to, not including, `end`."""

    register: str
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Use:
    """What a register counted a day, in Wh before the multiplier, from `start` up to, not including, `end`."""

    register: str
    start: date
    end: date
    wh_per_day: int
    estimated: bool


@dataclass(frozen=True, slots=True)
class PointHistory:
    """All that is told of a point in a period."""

    period: Period
    told: tuple[Told, ...]
    gaps: tuple[Gap, ...]
    use: tuple[Use, ...]


def history_of(
    *,
    period: Period,
    states: Iterable[RegisterReading],
    days: Iterable[IntervalDay],
    meters: Sequence[PlacedMeter] = (),
) -> PointHistory:
    """Put the versions known of a point in order of day, register and time of knowledge.

    `meters` tell how many digits a register has, so that one that started again from zero shows its use.
    """
    edges = [one for one in states if period.start <= one.boundary <= period.end]
    mine = [one for one in edges if one.boundary > period.start]
    series = [one for one in days if one.day in period.range]
    counting = {id(one) for one in (*current_states(mine), *current_days(series))}
    new = {*_new_words(mine), *_new_words(series)}
    everything: list[RegisterReading | IntervalDay] = [*mine, *series]
    told = sorted(
        (Told(one, id(one) in counting, not one.reckoned and id(one) not in new) for one in everything),
        key=lambda one: (one.day, one.reading.register, one.reading.known_at, one.reading.source),
    )
    held_back = [one for one in current_days(series) if not one.standing.held]
    use = [*_of_states(current_states(edges), meters), *map(_of_day, held_back)]
    return PointHistory(period, tuple(told), tuple(_gaps(current_days(series))), tuple(use))


def _new_words(versions: Iterable[Version]) -> Iterator[int]:
    """Yield the identities of the versions that said something new of what they are about."""
    groups: dict[tuple[str, str, date], list[Version]] = {}
    for one in versions:
        if isinstance(one, RegisterReading):
            place = (one.meter_no, one.register, one.boundary)
        else:
            place = ("", one.register, one.day)
        groups.setdefault(place, []).append(one)
    for group in groups.values():
        yield from (id(one) for one in words(group))


def _gaps(days: Sequence[IntervalDay]) -> list[Gap]:
    """Find the days between the first and the last one of each register that are not there."""
    gaps: list[Gap] = []
    for register in sorted({one.register for one in days}):
        mine = sorted(one.day for one in days if one.register == register)
        expected = mine[0]
        for day in mine:
            if day > expected:
                gaps.append(Gap(register, expected, day))
            expected = day + timedelta(days=1)
    return gaps


def _of_day(day: IntervalDay) -> Use:
    after = day.day + timedelta(days=1)
    return Use(day.register, day.day, after, sum(day.values_wh), bool(day.estimated))


def _of_states(states: Sequence[RegisterReading], meters: Sequence[PlacedMeter]) -> list[Use]:
    """Spread what a register counted between two states evenly over the days between them."""
    digits = {(meter.meter_no, one.code): one.digits for meter in meters for one in meter.registers}
    use: list[Use] = []
    for key in sorted({(one.meter_no, one.register) for one in states}):
        mine = [one for one in states if (one.meter_no, one.register) == key and not one.standing.held]
        for first, last in itertools.pairwise(mine):
            moved = advance(first, last, digits=digits.get(key, 6))
            if moved is not None:
                per_day = Fraction(moved, (last.boundary - first.boundary).days)
                estimated = ReadingKind.ESTIMATED in {first.kind, last.kind}
                use.append(Use(key[1], first.boundary, last.boundary, round(per_day), estimated))
    return use
