"""Turn the usage of a scenario into the engine's: totals and states become spans, files become series."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from kwit.cli.scenario import RegisterPart, Scenario, TotalPart
from kwit.cli.scenario_file import Fault, LoadedScenario
from kwit.kernel.energy import FinerThanWattHourError, to_wh
from kwit.kernel.provenance import Source
from kwit.kernel.time import Period, day_minutes
from kwit.metering.readings import IntervalDay, ReadingKind, RegisterReading
from kwit.metering.usage import (
    IntervalSeries,
    MeteredRegister,
    RegisterSpan,
    Usage,
    UsageProblem,
    usage_of,
)

PRINTED_TOTAL = "printed total"

# A scenario is known as a whole; its readings have no order of becoming known.
_KNOWN = datetime(1970, 1, 1, tzinfo=UTC)


def scenario_usage(loaded: LoadedScenario, scenario: Scenario, faults: list[Fault]) -> Usage:
    """Build the usage of a scenario; what does not fit the period is added to `faults`."""
    period, usage = scenario.days, scenario.usage
    spans = [
        *_total_spans(loaded, usage.totals, period, faults),
        *(
            span
            for index, part in enumerate(usage.registers)
            for span in _states(loaded, index, part, period, faults)
        ),
    ]
    series = tuple(_series(loaded, scenario, index) for index in range(len(usage.series)))
    told = {span.register.quantity for span in spans} | {one.register.quantity for one in series}
    problems: tuple[UsageProblem, ...] = ()
    if loaded.lists and "import" not in told and set(scenario.bill_sections) != {"other"}:
        problems = (UsageProblem("usage_missing", "price lists need the import of the period under usage"),)
    return Usage(period, tuple(spans), series, problems)


def _fault(loaded: LoadedScenario, path: str, message: str) -> Fault:
    return Fault(loaded.name, None, path, message)


def _register(part: RegisterPart | TotalPart, zone: str, period: Period, name: str) -> MeteredRegister:
    return MeteredRegister(
        meter_no=name,
        code=getattr(part, "register_code", "") or f"{part.quantity}-{zone}",
        zone=zone,
        quantity=part.quantity,
        digits=getattr(part, "digits", 12),
        multiplier=getattr(part, "multiplier", 1),
        present=period.range,
    )


def _state(
    loaded: LoadedScenario, register: MeteredRegister, day: date, wh: int, kind: ReadingKind
) -> RegisterReading:
    source = Source(loaded.name, loaded.version, 0)
    return RegisterReading("", register.meter_no, register.code, day, wh, kind, _KNOWN, source)


def _wh(loaded: LoadedScenario, value: Decimal, path: str, faults: list[Fault]) -> int:
    try:
        return to_wh(value, unit="kWh")
    except FinerThanWattHourError as error:
        faults.append(_fault(loaded, path, str(error)))
        return 0


def _total_spans(
    loaded: LoadedScenario, totals: Iterable[TotalPart], period: Period, faults: list[Fault]
) -> list[RegisterSpan]:
    """Make a span of each printed total; totals of one zone must follow each other over the whole period."""
    spans: dict[tuple[str, str], list[RegisterSpan]] = {}
    for index, part in enumerate(totals):
        start = part.first_day or period.start
        end = part.last_day + timedelta(days=1) if part.last_day else period.end
        path = f"usage.totals[{index}]"
        if end <= start:
            faults.append(_fault(loaded, path, f"last_day is before first_day: {start}"))
            continue
        for zone, kwh in part.kwh.items():
            wh = _wh(loaded, kwh, f"{path}.kwh.{zone}", faults)
            register = _register(part, zone, period, PRINTED_TOTAL)
            first, last = (
                _state(loaded, register, day, at, ReadingKind.ACTUAL) for day, at in ((start, 0), (end, wh))
            )
            spans.setdefault((part.quantity, zone), []).append(RegisterSpan(register, first, last, wh))
    for (quantity, zone), several in spans.items():
        several.sort(key=lambda span: span.period.start)
        edges = [several[0].period.start, *(span.period.end for span in several)]
        broken = any(a.period.end != b.period.start for a, b in pairwise(several))
        if broken or (edges[0], edges[-1]) != (period.start, period.end):
            faults.append(
                _fault(loaded, "usage.totals", f"{quantity} {zone} does not cover {period} day after day")
            )
    return [span for several in spans.values() for span in several]


def _states(
    loaded: LoadedScenario, index: int, part: RegisterPart, period: Period, faults: list[Fault]
) -> list[RegisterSpan]:
    path = f"usage.registers[{index}]"
    register = _register(part, part.zone, period, part.meter)
    kind = ReadingKind.ESTIMATED if part.estimated else ReadingKind.ACTUAL
    known = [(period.start, part.first, "first", ReadingKind.ACTUAL)]
    known += [
        (one.end_of + timedelta(days=1), one.state, f"between[{place}]", ReadingKind.ACTUAL)
        for place, one in enumerate(part.between)
    ]
    known.append((period.end, part.last, "last", kind))
    readings = [
        _state(loaded, register, day, _wh(loaded, value, f"{path}.{name}", faults), how)
        for day, value, name, how in known
    ]
    outside = [day for day, *_ in known[1:-1] if not period.start < day < period.end]
    faults.extend(
        _fault(loaded, path, f"the end of {day - timedelta(days=1)} is not inside {period}")
        for day in outside
    )
    used = usage_of(period=period, registers=[register], readings=readings)
    faults += [
        _fault(loaded, path, f"{problem.code}: {problem.detail}")
        for problem in used.problems
        if problem.code != "no_meter"
    ]
    return list(used.spans)


def _series(loaded: LoadedScenario, scenario: Scenario, index: int) -> IntervalSeries:
    part, values = scenario.usage.series[index], loaded.series[index]
    register = MeteredRegister(
        meter_no=part.file,
        code=f"{part.quantity}-series-{index}",
        zone="all",
        quantity=part.quantity,
        digits=12,
        multiplier=1,
        present=scenario.days.range,
        interval_minutes=part.minutes,
        winter_time=part.winter_time,
    )
    days: list[IntervalDay] = []
    at = 0
    for day in scenario.days.each_day():
        size = day_minutes(day) // part.minutes
        source = Source(part.file, loaded.version, at + 1)
        cut = values[at : at + size]
        days.append(IntervalDay("", register.code, day, part.minutes, cut, _KNOWN, source))
        at += size
    return IntervalSeries(register, tuple(days))
