"""Read a scenario and everything it refers to: price lists, series files; all that is wrong comes back at once."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import TypeVar

from kwit.cli.scenario import Scenario, SeriesPart
from kwit.kernel.energy import FinerThanWattHourError, to_wh
from kwit.kernel.identifiers import canonical_json, content_hash
from kwit.kernel.time import Period, day_minutes
from kwit.tariffs.check import CheckedPriceList, check_price_list, check_read_price_list
from kwit.tariffs.packaged import shipped_price_lists
from kwit.tariffs.parts import Report, read_part
from kwit.tariffs.price_list import PriceList
from kwit.tariffs.yaml_file import LooseNumber, YamlFile, read_yaml

LARGEST_SERIES = 10_000_000
N = TypeVar("N")

_LIST_SUFFIXES = (".yaml", ".yml", ".json")


class UnknownZoneError(ValueError):
    """A line names a zone that the tariff group does not have; carries what it says."""

    def __init__(self, said: str, known: Iterable[str]) -> None:
        super().__init__(f"{said!r} is no zone of the group; known: {', '.join(sorted(known))}")
        self.said = said


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a scenario: the file, the line if known, the place in it, and what is wrong."""

    file: str
    line: int | None
    path: str
    message: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}  {self.path}: {self.message}" if self.path else f"{where}  {self.message}"


@dataclass(frozen=True, slots=True)
class LoadedScenario:
    """A scenario with what it refers to, or the faults that keep it from being quoted.

    `lists` holds the versions of each price list by code; `series` the Wh of each series of the usage; `prices`
    the dynamic prices of the period, `rce` those of each file of prices of energy fed in, PLN per MWh;
    `zone_hours` the zones of its hours.
    """

    name: str
    version: str
    scenario: Scenario | None
    lists: Mapping[str, tuple[PriceList, ...]] = field(default_factory=dict)
    series: tuple[tuple[int, ...], ...] = ()
    prices: tuple[Decimal, ...] = ()
    zone_hours: tuple[str, ...] = ()
    rce: Mapping[str, tuple[Decimal, ...]] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()


def load_scenario(path: Path) -> LoadedScenario:
    """Read a scenario file, its price lists and its series."""
    try:
        content = path.read_bytes()
    except (OSError, ValueError) as error:
        return LoadedScenario(path.name, "", None, faults=(_unreadable(path, error),))
    file = read_yaml(content)
    report = Report(file.lines, list(file.findings))
    readable = not file.findings
    scenario = read_part(Scenario, file.data, (), report) if readable else None
    faults = [Fault(path.name, one.line, one.path, one.english) for one in report.findings]
    lists: dict[str, tuple[PriceList, ...]] = {}
    series: tuple[tuple[int, ...], ...] = ()
    prices: tuple[Decimal, ...] = ()
    hours: tuple[str, ...] = ()
    rce: Mapping[str, tuple[Decimal, ...]] = {}
    if isinstance(file.data, dict):
        lists = _lists(file.data, file, path, faults)
    if scenario is not None:
        series = _all_series(scenario, path, faults)
        prices = _prices(scenario, path, faults)
        rce = _rce(scenario, path, faults)
        hours = _zone_hours(scenario, lists, path, faults)
    version = content_hash(content)
    return LoadedScenario(path.name, version, scenario, lists, series, prices, hours, rce, tuple(faults))


@cache
def shipped_versions(code: str) -> tuple[PriceList, ...]:
    """Return the shipped versions of a price list, empty when none is called so."""
    mark = f"code: {code}\n".encode()
    contents = {name: text for name, text in shipped_price_lists().items() if mark in text}
    checked = (check_price_list(content=text, source=name) for name, text in contents.items())
    found = (one.price_list for one in checked)
    versions = [one for one in found if one is not None and one.code == code]
    return tuple(sorted(versions, key=lambda version: version.window.start))


def _lists(
    data: Mapping[str, object], file: YamlFile, path: Path, faults: list[Fault]
) -> dict[str, tuple[PriceList, ...]]:
    """Read the lists of a scenario, also of one that is wrong elsewhere, so that all is told at once."""
    lists: dict[str, tuple[PriceList, ...]] = {}
    for one in _inline(file, path, faults):
        lists[one.code] = (*lists.get(one.code, ()), one)
    named = data.get("price_lists")
    for index, name in enumerate(named if isinstance(named, list) else []):
        if not isinstance(name, str):
            continue
        place, line = f"price_lists[{index}]", file.lines.get(("price_lists", index))
        if name.endswith(_LIST_SUFFIXES):
            found = _list_file(path.parent / name, place, faults)
        else:
            found = shipped_versions(name)
            if not found:
                faults.append(Fault(path.name, line, place, f"no price list of kWit is called {name}"))
        for version in found:
            if any(version.window.intersection(other.window) for other in lists.get(version.code, ())):
                faults.append(
                    Fault(path.name, line, place, f"{version.code} is given twice for the same days")
                )
            lists[version.code] = (*lists.get(version.code, ()), version)
    return lists


def _list_file(path: Path, place: str, faults: list[Fault]) -> tuple[PriceList, ...]:
    try:
        content = path.read_bytes()
    except (OSError, ValueError) as error:
        faults.append(_unreadable(path, error, place))
        return ()
    checked = check_price_list(content=content, source=path.name)
    faults += _faults_of(checked, path.name, "")
    return (checked.price_list,) if checked.price_list is not None else ()


def _inline(file: YamlFile, path: Path, faults: list[Fault]) -> list[PriceList]:
    data = file.data.get("lists", []) if isinstance(file.data, dict) else []
    lists: list[PriceList] = []
    for index, raw in enumerate(data if isinstance(data, list) else []):
        place = ("lists", index)
        lines = {where[2:]: line for where, line in file.lines.items() if where[:2] == place}
        content = canonical_json(_plain(raw))
        checked = check_read_price_list(file=YamlFile(raw, lines, ()), content=content, source=path.name)
        faults += _faults_of(checked, path.name, f"lists[{index}].")
        if checked.price_list is not None:
            lists.append(checked.price_list)
    return lists


def _faults_of(checked: CheckedPriceList, file: str, place: str) -> list[Fault]:
    return [Fault(file, one.line, f"{place}{one.path}", one.english) for one in checked.errors]


def _plain(value: object) -> object:
    """Write dates and loose numbers as text, so that an inline list has one canonical form."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, date | LooseNumber) else value


def _all_series(scenario: Scenario, path: Path, faults: list[Fault]) -> tuple[tuple[int, ...], ...]:
    return tuple(
        _series(part, path.parent / part.file, scenario.days, f"usage.series[{index}]", faults)
        for index, part in enumerate(scenario.usage.series)
    )


def _series(part: SeriesPart, path: Path, period: Period, place: str, faults: list[Fault]) -> tuple[int, ...]:
    return _column(path, period, part.minutes, place, lambda cell: to_wh(_number(cell), unit="kWh"), faults)


def _prices(scenario: Scenario, path: Path, faults: list[Fault]) -> tuple[Decimal, ...]:
    if scenario.dynamic is None:
        return ()
    part = scenario.dynamic
    return _column(path.parent / part.file, scenario.days, part.minutes, "dynamic", _number, faults)


def _rce(scenario: Scenario, path: Path, faults: list[Fault]) -> dict[str, tuple[Decimal, ...]]:
    """Read each file of prices of energy fed in, one for every interval of the series of export."""
    exports = [one.minutes for one in scenario.usage.series if one.quantity == "export"]
    months = scenario.prosumer.months if scenario.prosumer else ()
    found: dict[str, tuple[Decimal, ...]] = {}
    for index, one in enumerate(months):
        if one.prices is not None:
            place = f"prosumer.months[{index}].prices"
            found[one.prices] = _column(
                path.parent / one.prices, scenario.days, exports[0], place, _number, faults
            )
    return found


def _zone_hours(
    scenario: Scenario, lists: Mapping[str, tuple[PriceList, ...]], path: Path, faults: list[Fault]
) -> tuple[str, ...]:
    if scenario.zone_hours is None:
        return ()
    groups = [one.groups.get(scenario.group) for versions in lists.values() for one in versions]
    known = {zone for group in groups if group is not None for zone in group.zones}

    def zone(cell: str) -> str:
        if cell.lower() not in known:
            raise UnknownZoneError(cell, known)
        return cell.lower()

    return _column(path.parent / scenario.zone_hours.file, scenario.days, 60, "zone_hours", zone, faults)


def _column(
    path: Path, period: Period, minutes: int, place: str, read: Callable[[str], N], faults: list[Fault]
) -> tuple[N, ...]:
    """Read one value a line, the last cell of each, for every interval of a period; a heading may stand first."""
    try:
        size = path.stat().st_size
        text = path.read_text(encoding="utf-8-sig") if size <= LARGEST_SERIES else None
    except (OSError, ValueError) as error:
        faults.append(_unreadable(path, error, place))
        return ()
    if text is None:
        faults.append(Fault(path.name, None, place, f"the file has over {LARGEST_SERIES} bytes"))
        return ()
    values: list[N] = []
    for row, line in enumerate(text.splitlines(), start=1):
        cell = line.rsplit(";", 1)[-1].strip()
        try:
            values += [read(cell)] if cell else []
        except (InvalidOperation, FinerThanWattHourError):
            if row > 1:
                faults.append(Fault(path.name, row, place, f"{cell!r} is no number, or finer than 1 Wh"))
        except UnknownZoneError as error:
            if row > 1:
                faults.append(Fault(path.name, row, place, str(error)))
    wanted = sum(day_minutes(day) for day in period.each_day()) // minutes
    if len(values) != wanted:
        told = f"{len(values)} values of {minutes} minutes; the period has {wanted}"
        faults.append(Fault(path.name, None, place, told))
    return tuple(values)


def _number(cell: str) -> Decimal:
    number = Decimal(cell.replace(",", "."))
    if not number.is_finite():
        raise InvalidOperation(cell)
    return number


def _unreadable(path: Path, error: OSError | ValueError, place: str = "") -> Fault:
    reason = error.strerror if isinstance(error, OSError) else str(error)
    return Fault(path.name, None, place, f"cannot be read: {reason}")
