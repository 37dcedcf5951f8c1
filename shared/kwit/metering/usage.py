"""Usage (zużycie): what flowed in a period, from register states or interval series, with its evidence."""

import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kwit.kernel.time import DateRange, Period, day_minutes
from kwit.metering.readings import IntervalDay, ReadingKind, RegisterReading
from kwit.metering.versions import Version, drop_order, last_word

_WH_PER_KWH = 1000


@dataclass(frozen=True, slots=True)
class MeteredRegister:
    """A register of a meter at a point while it stood there, as settlement needs it.

    `digits` is the count of whole-kWh digits of the display; `interval_minutes` is set when the register is
    settled from a series.
    """

    meter_no: str
    code: str
    zone: str
    quantity: str
    digits: int
    multiplier: int
    present: DateRange
    interval_minutes: int | None = None
    winter_time: bool = False


@dataclass(frozen=True, slots=True)
class RegisterSpan:
    """The use between two states of a register, in whole Wh with the multiplier in it."""

    register: MeteredRegister
    first: RegisterReading
    last: RegisterReading
    wh: int

    @property
    def period(self) -> Period:
        """The days the use belongs to."""
        return Period(self.first.boundary, self.last.boundary)

    @property
    def estimated(self) -> bool:
        """Tell whether one of the two states is an estimate."""
        return ReadingKind.ESTIMATED in {self.first.kind, self.last.kind}


@dataclass(frozen=True, slots=True)
class IntervalSeries:
    """Interval values of a point over whole local days, in order.

    Series hold the energy of the point, as distributors send it: no multiplier is applied to them.
    """

    register: MeteredRegister
    days: tuple[IntervalDay, ...]

    @property
    def wh(self) -> int:
        """Add up the series, in whole Wh."""
        return sum(sum(day.values_wh) for day in self.days)


@dataclass(frozen=True, slots=True)
class UsageProblem:
    """Why the use of a period is not known: a code, and the value with the place it concerns."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Usage:
    """All that is known of a period's use at one point."""

    period: Period
    spans: tuple[RegisterSpan, ...]
    series: tuple[IntervalSeries, ...]
    problems: tuple[UsageProblem, ...]

    def wh(self, quantity: str) -> int:
        """Add up one quantity, in whole Wh."""
        spans = sum(span.wh for span in self.spans if span.register.quantity == quantity)
        return spans + sum(one.wh for one in self.series if one.register.quantity == quantity)


def current_states(readings: Iterable[RegisterReading]) -> list[RegisterReading]:
    """Keep, of each register's state at each boundary, the version that counts; order by boundary."""
    versions: dict[tuple[str, str, date], list[RegisterReading]] = defaultdict(list)
    for reading in readings:
        versions[reading.meter_no, reading.register, reading.boundary].append(reading)
    counting = (version_that_counts(group) for group in versions.values())
    return sorted(
        (one for one in counting if one is not None), key=lambda r: (r.meter_no, r.register, r.boundary)
    )


def current_days(days: Iterable[IntervalDay]) -> list[IntervalDay]:
    """Keep, of each register's day, the version that counts; order by day."""
    versions: dict[tuple[str, date], list[IntervalDay]] = defaultdict(list)
    for day in days:
        versions[day.register, day.day].append(day)
    counting = (version_that_counts(group) for group in versions.values())
    return sorted((one for one in counting if one is not None), key=lambda d: (d.register, d.day))


def version_that_counts(versions: Sequence[Version]) -> Version | None:
    """Choose, of the versions of one register and time, the one that counts; None when all are withdrawn.

    Of versions that came from outside the last word counts, and a version that withdraws leaves nothing. A reading
    that kWit reckoned counts only where no other does, however late the other was imported, or where values of a
    day are missing in the other.
    """
    latest = last_word(versions)
    if latest is not None and not latest.standing.void and not _incomplete(latest):
        return latest
    since = None if latest is None else latest.known_at
    reckoned = (one for one in versions if one.reckoned and (since is None or one.known_at > since))
    fallback = None if latest is None or latest.standing.void else latest
    return max(reckoned, key=drop_order, default=fallback)


def _incomplete(reading: RegisterReading | IntervalDay) -> bool:
    return isinstance(reading, IntervalDay) and bool(reading.missing)


def advance(first: RegisterReading, last: RegisterReading, *, digits: int) -> int | None:
    """Return how far a register moved, in Wh before the multiplier, a rollover of its display included.

    A smaller state counts as a rollover only when the old one stood in the last tenth of the display and the
    new one in the first tenth; any other smaller state gives None.
    """
    moved = last.state_wh - first.state_wh
    if moved >= 0:
        return moved
    capacity: int = 10**digits * _WH_PER_KWH
    if first.state_wh >= capacity * 9 // 10 and last.state_wh <= capacity // 10:
        return moved + capacity
    return None


def usage_of(
    *,
    period: Period,
    registers: Sequence[MeteredRegister],
    readings: Iterable[RegisterReading],
    interval_days: Iterable[IntervalDay] = (),
) -> Usage:
    """Work out the use of a period from the states and series of every register that stood at the point.

    A register needs a state at the start and at the end of the days it was present in the period, or a
    complete series; what is missing comes back as problems, never as a guess.
    """
    states: dict[tuple[str, str], list[RegisterReading]] = defaultdict(list)
    for reading in current_states(readings):
        states[reading.meter_no, reading.register].append(reading)
    days: dict[str, dict[date, IntervalDay]] = defaultdict(dict)
    for day in current_days(interval_days):
        days[day.register][day.day] = day
    spans: list[RegisterSpan] = []
    series: list[IntervalSeries] = []
    problems: list[UsageProblem] = [] if registers else [UsageProblem("no_meter", str(period))]
    for register in registers:
        present = register.present.intersection(period.range)
        if present is None or present.end is None:
            continue
        inside = Period(present.start, present.end)
        if register.interval_minutes is not None:
            one, found = _series(register, inside, days.get(register.code, {}))
            series += [one] if one else []
        else:
            several, found = _spans(register, inside, states[register.meter_no, register.code])
            spans += several
        problems += found
    problems += _uncovered(period, registers)
    return Usage(period, tuple(spans), tuple(series), tuple(problems))


def _spans(
    register: MeteredRegister, period: Period, states: Sequence[RegisterReading]
) -> tuple[list[RegisterSpan], list[UsageProblem]]:
    inside = [state for state in states if period.start <= state.boundary <= period.end]
    boundaries = {state.boundary for state in inside}
    missing = [edge for edge in (period.start, period.end) if edge not in boundaries]
    where = f"{register.meter_no}/{register.code}"
    if missing:
        return [], [UsageProblem("reading_missing", f"{where} at {edge.isoformat()}") for edge in missing]
    if held := [state for state in inside if state.standing.held]:
        return [], [
            UsageProblem(
                "reading_held", f"{where} at {one.boundary.isoformat()}: {', '.join(one.standing.held)}"
            )
            for one in held
        ]
    spans: list[RegisterSpan] = []
    # An estimate of an end that was given up says nothing about the days inside.
    edges = (period.start, period.end)
    cuts = [state for state in inside if not state.reckoned or state.boundary in edges]
    for first, last in itertools.pairwise(cuts):
        moved = advance(first, last, digits=register.digits)
        if moved is None:
            problem = "estimate_above_reading" if first.reckoned else "reading_before_last"
            return [], [UsageProblem(problem, f"{where} at {last.boundary.isoformat()}")]
        spans.append(RegisterSpan(register, first, last, moved * register.multiplier))
    return spans, []


def _series(
    register: MeteredRegister, period: Period, days: Mapping[date, IntervalDay]
) -> tuple[IntervalSeries | None, list[UsageProblem]]:
    missing = [day for day in period.each_day() if day not in days]
    where = f"{register.meter_no}/{register.code}"
    if missing:
        shown = ", ".join(day.isoformat() for day in missing[:3]) + ("…" if len(missing) > 3 else "")
        return None, [UsageProblem("intervals_missing", f"{where}: {len(missing)} days: {shown}")]
    chosen = tuple(days[day] for day in period.each_day())
    short = [day for day in chosen if len(day.values_wh) * day.minutes != day_minutes(day.day)]
    if short:
        return None, [UsageProblem("intervals_incomplete", f"{where} on {short[0].day.isoformat()}")]
    if held := [day for day in chosen if day.standing.held]:
        codes = ", ".join(held[0].standing.held)
        return None, [UsageProblem("reading_held", f"{where} on {held[0].day.isoformat()}: {codes}")]
    if unknown := [day for day in chosen if day.missing]:
        detail = f"{where} on {unknown[0].day.isoformat()}: {len(unknown[0].missing)} values not measured"
        return None, [UsageProblem("intervals_incomplete", detail)]
    return IntervalSeries(register, chosen), []


def _uncovered(period: Period, registers: Sequence[MeteredRegister]) -> list[UsageProblem]:
    """Name the days of the period on which no meter that counts import stood at the point."""
    present = [r.present for r in registers if r.quantity == "import"]
    if not registers:
        return []
    bare = [day for day in period.each_day() if not any(day in span for span in present)]
    return [UsageProblem("no_meter", f"{len(bare)} days from {bare[0].isoformat()}")] if bare else []


def settlement_end(
    *,
    start: date,
    nominal_end: date,
    window_days: int,
    registers: Sequence[MeteredRegister],
    readings: Iterable[RegisterReading],
) -> date | None:
    """Choose the day a period really ends: the boundary, nearest the nominal one, that every register has.

    People read meters some days before or after the nominal end; within `window_days` the nearest boundary
    with a state of every register then present wins, the later of two equally near. States that kWit reckoned
    count only where others give no boundary. Registers settled from series end on the nominal day. Returns None
    when no boundary will do.
    """
    if all(register.interval_minutes is not None for register in registers) and registers:
        return nominal_end
    states = current_states(readings)
    offsets = sorted(range(-window_days, window_days + 1), key=lambda o: (abs(o), -o))
    window = [nominal_end + timedelta(days=offset) for offset in offsets]
    for counting in ([one for one in states if not one.reckoned], states):
        have = {(state.meter_no, state.register, state.boundary) for state in counting}
        for day in window:
            present = _present_before(registers, day) if day > start else []
            if present and all((r.meter_no, r.code, day) in have for r in present):
                return day
    return None


def _present_before(registers: Sequence[MeteredRegister], day: date) -> list[MeteredRegister]:
    """List the registers settled from states whose meter stood at the point up to a midnight."""
    return [
        register
        for register in registers
        if register.interval_minutes is None
        and register.present.start < day
        and (register.present.end is None or day <= register.present.end)
    ]
