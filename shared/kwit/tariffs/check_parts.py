"""Check calendars, seasons, groups, brackets and rates of a price list file."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal

from kwit.kernel.time import DateRange
from kwit.tariffs.expand import whole_day, write_days
from kwit.tariffs.findings import Code, Severity
from kwit.tariffs.parts import Parts, Report
from kwit.tariffs.price_list import Kind
from kwit.tariffs.schema import GroupPart, RatePart, RulePart
from kwit.tariffs.written import DAY_KINDS
from kwit.tariffs.yaml_file import Path

_FAR = date.max


def check_calendars(parts: Parts, report: Report) -> None:
    """Find hours of a day, and kinds of day of a year, that belong to no zone or to more than one."""
    for name, rules in parts.calendars.items():
        path: Path = ("calendars", name)
        for index, rule in enumerate(rules):
            _check_hours(rule, (*path, index, "hours"), report)
        _check_days(rules, path, report)


def _check_hours(rule: RulePart, path: Path, report: Report) -> None:
    owners: dict[int, list[str]] = {hour: [] for hour in range(24)}
    for zone, hours in rule.hours.items():
        for hour in hours:
            owners[hour].append(zone)
    for hour, zones in owners.items():
        if not zones:
            report.add(Code.HOUR_UNCOVERED, path, value=f"{hour}-{hour + 1}")
        elif len(zones) > 1:
            report.add(Code.HOUR_TWICE, path, value=f"{hour}-{hour + 1}", hint=", ".join(zones))


def _check_days(rules: Iterable[RulePart], path: Path, report: Report) -> None:
    covered = Counter((month, kind) for rule in rules for month in rule.months for kind in rule.days)
    for month in range(1, 13):
        for kind in DAY_KINDS:
            times = covered[month, kind]
            if times != 1:
                code = Code.DAY_TWICE if times else Code.DAY_UNCOVERED
                report.add(code, path, value=f"{month}/{kind}")


def check_seasons(parts: Parts, report: Report) -> None:
    """Find months that belong to no season or to two, where the list has seasons at all."""
    if not parts.seasons or set(parts.seasons) != parts.known["seasons"]:
        return
    months = Counter(month for season in parts.seasons.values() for month in season.months)
    wrong = [month for month in range(1, 13) if months[month] != 1]
    if wrong:
        report.add(Code.SEASONS_DO_NOT_TILE, ("seasons",), value=", ".join(map(str, wrong)))
    if parts.head is not None and parts.head.valid.until is None:
        report.add(Code.OPEN_SEASONS, ("valid",))


def check_groups(parts: Parts, report: Report) -> None:
    """Find groups without zones, without the calendar they need, or whose calendar has other zones."""
    distributor = parts.head is not None and parts.head.kind is Kind.DISTRIBUTOR
    for name, group in parts.groups.items():
        path: Path = ("groups", name)
        if not group.zones:
            report.add(Code.NO_ZONES, (*path, "zones"))
        if group.calendar is not None:
            _check_calendar_of(group.calendar, group, path, parts, report)
        elif distributor and group.zones and not (group.hourly or whole_day(sorted(group.zones))):
            report.add(Code.CALENDAR_MISSING, path)
        if group.hourly and (group.calendar is not None or whole_day(sorted(group.zones))):
            given = group.calendar or ", ".join(group.zones)
            report.add(Code.WRONG_VALUE, (*path, "hourly"), value=given, hint="zones without a calendar")
    if distributor:
        used = {group.calendar for group in parts.groups.values()}
        for name in sorted(set(parts.calendars) - used):
            report.add(Code.UNUSED_CALENDAR, ("calendars", name), value=name, severity=Severity.WARNING)


def _check_calendar_of(calendar: str, group: GroupPart, path: Path, parts: Parts, report: Report) -> None:
    if calendar not in parts.known["calendars"]:
        report.add(Code.UNKNOWN_CALENDAR, (*path, "calendar"), value=calendar)
    elif calendar in parts.calendars:
        zones = sorted(group.zones)
        in_calendar = sorted({zone for rule in parts.calendars[calendar] for zone in rule.hours})
        if in_calendar != zones:
            shown, hint = ", ".join(zones), ", ".join(in_calendar)
            report.add(Code.CALENDAR_ZONES, (*path, "zones"), value=shown, hint=hint)


def check_brackets(parts: Parts, report: Report) -> None:
    """Find yearly uses, in whole kWh from 0 up, that belong to no bracket or to two."""
    expected: int | None = 0
    for index, bracket in enumerate(parts.brackets):
        path: Path = ("brackets", index)
        if expected is None or bracket.at_least != expected:
            wanted = "–" if expected is None else expected
            report.add(Code.BRACKETS_DO_NOT_TILE, path, value=bracket.at_least, hint=wanted)
        expected = None if bracket.up_to is None else bracket.up_to + 1
    if parts.brackets and expected is not None:
        report.add(Code.BRACKETS_DO_NOT_TILE, ("brackets",), value="–", hint=expected)


def check_rates(parts: Parts, report: Report) -> None:
    """Find days without a rate or with two, VAT that is no fraction, and rates without a citation."""
    if parts.head is None:
        return
    valid = DateRange(parts.head.valid.first, parts.head.valid.until)
    for name, rates in parts.rates.items():
        path: Path = ("rates", name)
        for index, rate in enumerate(rates):
            _check_rate(rate, name, (*path, index), valid, report)
            if rate.page is None and rate.unknown is None and parts.head.source.uncited is None:
                report.add(Code.NO_CITATION, (*path, index))
        windows = [window for rate in rates if (window := rate.within(valid)) is not None]
        for code, days in tile(windows, span=valid):
            found = Code.RATE_GAP if code is Code.PRICE_GAP else Code.RATE_OVERLAP
            report.add(found, path, value=write_days(days.start, days.end), hint=name)


def _check_rate(rate: RatePart, name: str, path: Path, valid: DateRange, report: Report) -> None:
    outside(rate.first, rate.until, span=valid, path=path, report=report)
    if rate.rate is None:
        return
    if name.startswith("vat_") and not 0 <= rate.rate < 1:
        report.add(Code.RATE_OUT_OF_RANGE, (*path, "rate"), value=rate.rate)
    elif rate.rate < Decimal(0):
        report.add(Code.NEGATIVE_PRICE, (*path, "rate"), value=rate.rate, severity=Severity.WARNING)


def outside(first: date | None, until: date | None, *, span: DateRange, path: Path, report: Report) -> None:
    """Note each end of a window that lies outside the days it must keep to."""
    shown = write_days(span.start, span.end)
    last = span.end or _FAR
    if first is not None and not span.start <= first < last:
        report.add(Code.NOT_IN_VALIDITY, (*path, "from"), value=first.isoformat(), hint=shown)
    if until is not None and not span.start < until <= last:
        report.add(Code.NOT_IN_VALIDITY, (*path, "until"), value=until.isoformat(), hint=shown)


def tile(windows: Iterable[DateRange], *, span: DateRange) -> Iterator[tuple[Code, DateRange]]:
    """Yield the days of a span that no window covers (PRICE_GAP) or that two do (PRICE_OVERLAP)."""
    reached = span.start
    end = span.end or _FAR
    for window in sorted(windows, key=lambda days: days.start):
        if window.start > reached:
            yield Code.PRICE_GAP, DateRange(reached, window.start)
        window_end = window.end or _FAR
        if window.start < reached:
            yield Code.PRICE_OVERLAP, _closed(window.start, min(reached, window_end))
        reached = max(reached, window_end)
    if reached < end:
        yield Code.PRICE_GAP, _closed(reached, end)


def _closed(start: date, end: date) -> DateRange:
    return DateRange(start, None if end == _FAR else end)
