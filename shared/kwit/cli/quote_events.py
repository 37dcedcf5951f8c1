"""Turn what a scenario says of events, connection, rebates and illegal use into facts of the engine."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from kwit.cli.scenario import Scenario, TotalPart, UsagePart
from kwit.cli.scenario_events import ConnectionPart, IllegalUsePart
from kwit.cli.scenario_file import Fault, LoadedScenario
from kwit.rating.connection import Connection, ConnectionIncompleteError, connection_events
from kwit.rating.facts import Event, Penalty
from kwit.rating.illegal_use import IllegalUseError, charged_kwh, energy_event, most_kwh, penalty
from kwit.rating.rebates import DeviationHoursError, outage, voltage_deviation
from kwit.tariffs.price_list import IllegalUse


@dataclass(frozen=True, slots=True)
class QuotedEvents:
    """The events of a scenario, what its rates are taken by, and its use where a limit tells it."""

    events: tuple[Event, ...] = ()
    penalty: Penalty | None = None
    usage: UsagePart | None = None


def quoted_events(loaded: LoadedScenario, scenario: Scenario, faults: list[Fault]) -> QuotedEvents:
    """Read the events of a scenario; what cannot be counted is added to `faults`."""
    events = [
        Event(one.charge, one.quantity, one.day, one.note, one.variant or "", one.measure)
        for one in scenario.events
    ]
    placed = [(f"events[{index}]", one.day) for index, one in enumerate(scenario.events)]
    placed += [(f"rebates[{index}]", one.day) for index, one in enumerate(scenario.rebates)]
    faults += [
        Fault(loaded.name, None, f"{place}.day", f"{day} is not inside {scenario.days}")
        for place, day in placed
        if day not in scenario.days.range
    ]
    events += _rebates(loaded, scenario, faults)
    if scenario.connection is not None:
        events += _connection(loaded, scenario.connection, scenario, faults)
    if scenario.illegal_use is None:
        return QuotedEvents(tuple(events))
    return _illegal_use(loaded, scenario.illegal_use, scenario, events, faults)


def _rebates(loaded: LoadedScenario, scenario: Scenario, faults: list[Fault]) -> list[Event]:
    events: list[Event] = []
    for index, one in enumerate(scenario.rebates):
        if one.deviation is None:
            events.append(outage(kwh=one.kwh, day=one.day, note=one.note))
            continue
        try:
            events += voltage_deviation(
                percent=one.deviation, kwh=one.kwh, day=one.day, hours=one.hours, note=one.note
            )
        except DeviationHoursError as error:
            faults.append(Fault(loaded.name, None, f"rebates[{index}]", str(error)))
    return events


def _connection(
    loaded: LoadedScenario, part: ConnectionPart, scenario: Scenario, faults: list[Fault]
) -> Sequence[Event]:
    connection = Connection(
        group=part.group,
        kind=part.kind,
        power_kw=part.power_kw,
        before_kw=part.before_kw,
        line=part.line or "",
        length_m=part.length_m,
        outlays=part.outlays,
        rebuilding=part.rebuilding,
        reserve=part.reserve,
        above_1_kv=part.above_1_kv,
    )
    try:
        return connection_events(connection, day=scenario.days.start)
    except ConnectionIncompleteError as error:
        faults.append(Fault(loaded.name, None, f"connection.{error.lacking}", str(error)))
        return ()


def _illegal_use(
    loaded: LoadedScenario,
    part: IllegalUsePart,
    scenario: Scenario,
    events: list[Event],
    faults: list[Fault],
) -> QuotedEvents:
    try:
        case = _case(loaded, part.case, scenario)
        most = most_kwh(
            case,
            metering=part.metering or "",
            amperes=part.amperes,
            phases=part.phases,
            kilovolts=part.kilovolts,
        )
        told = dict(part.kwh)
        if scenario.has_usage:
            told = _totals(case, scenario.usage)
        kwh = charged_kwh(case, most=most, kwh=told, zones=_zones(loaded, scenario))
    except IllegalUseError as error:
        faults.append(Fault(loaded.name, None, "illegal_use", str(error)))
        return QuotedEvents(tuple(events))
    whole = sum(kwh.values(), Decimal(0))
    events.append(energy_event(case, kwh=whole, day=scenario.days.start))
    usage = None if scenario.has_usage else UsagePart(totals=(TotalPart(kwh=kwh),))
    return QuotedEvents(tuple(events), penalty(case), usage)


def _totals(case: IllegalUse, usage: UsagePart) -> dict[str, Decimal]:
    if usage.registers or usage.series or any(one.quantity != "import" for one in usage.totals):
        raise IllegalUseError(case.code, "its use is told by totals of import")
    told: dict[str, Decimal] = {}
    for total in usage.totals:
        for zone, kwh in total.kwh.items():
            told[zone] = told.get(zone, Decimal(0)) + kwh
    return told


def _case(loaded: LoadedScenario, code: str, scenario: Scenario) -> IllegalUse:
    day = scenario.days.start
    cases = [
        case
        for versions in loaded.lists.values()
        for version in versions
        if day in version.window
        for case in version.illegal_use
    ]
    found = [case for case in cases if case.code == code]
    if len(found) != 1:
        known = ", ".join(dict.fromkeys(case.code for case in cases)) or "none"
        raise IllegalUseError(code, f"{len(found)} price lists have this case; known: {known}")
    return found[0]


def _zones(loaded: LoadedScenario, scenario: Scenario) -> tuple[str, ...]:
    groups = [
        version.groups[scenario.group]
        for versions in loaded.lists.values()
        for version in versions
        if scenario.group in version.groups and scenario.days.start in version.window
    ]
    return tuple(groups[0].zones) if groups else ()
