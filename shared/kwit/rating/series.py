"""Sort interval series into zones: sums over slices of whole Wh, with the slices of each day kept."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import groupby
from operator import attrgetter

from kwit.kernel.time import Period
from kwit.metering.readings import IntervalDay
from kwit.metering.usage import IntervalSeries, Usage
from kwit.rating.capacity_class import WorkingDay
from kwit.rating.terms import Terms
from kwit.tariffs.calendar import ZoneRun, ZoneSlices, day_zones, zone_slices
from kwit.tariffs.price_list import PriceList, TariffGroup, ZoneCalendar

CAPACITY_CALENDAR = "capacity_hours"
CAPACITY_ZONE = "capacity"
_MINUTES = 60

_Runs = tuple[tuple[str, int, int], ...]
_DAY = attrgetter("day")

_Days = tuple[tuple[date, int], ...]


@dataclass(frozen=True, slots=True)
class Sorting:
    """The slices of all zones but the one of most runs, which gets what the others leave of the whole."""

    others: ZoneSlices
    largest: str

    def sums(self, values: Sequence[int]) -> dict[str, int]:
        """Add whole values (Wh), one per interval, by zone. Raises IntervalCountError."""
        sums = self.others.sums(values)
        return {self.largest: sum(values) - sum(sums.values()), **sums}

    def zone_sum(self, zone: str, values: Sequence[int]) -> int:
        """Add the values of one zone. Raises IntervalCountError."""
        sums = self.sums(values) if zone == self.largest else self.others.sums(values)
        return sums.get(zone, 0)


@dataclass(slots=True)
class SeriesSorter:
    """Sorts series into the zones of calendars; keeps the zone runs of every day, and of days in a row, it has met.

    One sorter serves all contracts of a chunk: the calendars of a month are the same for all of them.
    """

    holidays: frozenset[date]
    _runs: dict[tuple[int, date, int, bool], _Runs] = field(default_factory=dict)
    _sortings: dict[tuple[int, _Days, bool], Sorting] = field(default_factory=dict)
    _calendars: dict[int, ZoneCalendar] = field(default_factory=dict)

    def for_usage(
        self,
        *,
        usage: Usage,
        lists: Mapping[str, Sequence[PriceList]],
        hours: Mapping[date, Sequence[str]] | None = None,
    ) -> "SortedSeries":
        """Bind the sorter to the series of one usage and the price lists of its contract.

        `hours` are the zones of every hour of each day, for groups whose zones are published so.
        """
        return SortedSeries(self, usage, lists, hours or {})

    def runs(self, calendar: ZoneCalendar, day: date, minutes: int, *, winter_time: bool) -> _Runs:
        """Return the runs of a day: zone, first interval, interval after the last."""
        key = (id(calendar), day, minutes, winter_time)
        known = self._runs.get(key)
        if known is None:
            self._calendars[id(calendar)] = calendar
            zones = day_zones(
                calendar=calendar,
                day=day,
                minutes=minutes,
                holidays=self.holidays,
                winter_time=winter_time,
            )
            known = _run_lengths(zones)
            self._runs[key] = known
        return known

    def sorting(self, calendar: ZoneCalendar, days: _Days, *, winter_time: bool) -> Sorting:
        """Return how the intervals of days in a row, each day with its minutes, fall into zones."""
        key = (id(calendar), days, winter_time)
        known = self._sortings.get(key)
        if known is None:
            joined: list[ZoneRun] = []
            offset = 0
            for day, minutes in days:
                for zone, start, stop in self.runs(calendar, day, minutes, winter_time=winter_time):
                    first = offset + start
                    if joined and joined[-1].zone == zone:
                        first = joined.pop().start
                    joined.append(ZoneRun(zone, first, offset + stop))
                offset = joined[-1].stop
            known = self._sortings[key] = _without_largest(zone_slices(joined))
        return known


def _without_largest(all_zones: ZoneSlices) -> Sorting:
    slices = dict(all_zones.slices)
    largest = max(slices, key=lambda zone: len(slices[zone]))
    del slices[largest]
    return Sorting(ZoneSlices(slices, all_zones.intervals), largest)


def _run_lengths(zones: Sequence[str]) -> _Runs:
    runs: list[tuple[str, int, int]] = []
    start = 0
    for zone, members in groupby(zones):
        stop = start + sum(1 for _ in members)
        runs.append((zone, start, stop))
        start = stop
    return tuple(runs)


def _working_day(day: IntervalDay, runs: _Runs) -> WorkingDay | None:
    values, count = day.values_wh, len(day.values_wh)
    mine = [(start, stop) for zone, start, stop in runs if zone == CAPACITY_ZONE]
    if not mine:
        return None
    selected = sum(sum(values[start:stop]) for start, stop in mine)
    selected_count = sum(stop - start for start, stop in mine)
    return WorkingDay(day.day, selected, selected_count, sum(values) - selected, count - selected_count)


def _joined(known: WorkingDay | None, found: WorkingDay) -> WorkingDay:
    """Add the energy of another register to a day; its intervals are the same hours."""
    if known is None:
        return found
    return replace(
        known,
        selected_wh=known.selected_wh + found.selected_wh,
        other_wh=known.other_wh + found.other_wh,
    )


@dataclass(frozen=True, slots=True)
class SortedSeries:
    """The series of one usage, ready to be summed by zone and by segment."""

    sorter: SeriesSorter
    usage: Usage
    lists: Mapping[str, Sequence[PriceList]]
    hours: Mapping[date, Sequence[str]] = field(default_factory=dict)
    _cuts: dict[tuple[int, Period], tuple[_Days, Sequence[int]]] = field(default_factory=dict)
    _versions: dict[date, list[PriceList]] = field(default_factory=dict)

    def zones(
        self, segments: Sequence[Period], terms: Sequence[Terms]
    ) -> Mapping[int, Mapping[str, Sequence[int]]]:
        """Return, for the index of each series, the Wh of each zone in each segment."""
        return {index: self._by_zone(one, segments, terms) for index, one in enumerate(self.usage.series)}

    def _by_zone(
        self, series: IntervalSeries, segments: Sequence[Period], terms: Sequence[Terms]
    ) -> dict[str, list[int]]:
        count = len(segments)
        sums: dict[str, list[int]] = {}
        for position, (segment, held) in enumerate(zip(segments, terms, strict=True)):
            group = self._group(held.group, segment.start)
            if group is None:
                continue
            found = self._sum_days(series, segment, group)
            for zone in (*group.zones, *found):
                if zone not in sums:
                    sums[zone] = [0] * count
            for zone, wh in found.items():
                sums[zone][position] = wh
        return sums

    def _sum_days(self, series: IntervalSeries, segment: Period, group: TariffGroup) -> dict[str, int]:
        days, values = self._cut(series, segment)
        if not days:
            return {}
        if group.hourly and all(day in self.hours for day, _ in days):
            return self._sum_hours(days, values)
        if len(group.zones) == 1 or group.calendar is None:
            zone = next(iter(group.zones)) if len(group.zones) == 1 else series.register.zone
            return {zone: sum(values)}
        winter = series.register.winter_time
        return self.sorter.sorting(group.calendar, days, winter_time=winter).sums(values)

    def _sum_hours(self, days: _Days, values: Sequence[int]) -> dict[str, int]:
        """Add up the values by the zone published for each hour. Raises IntervalCountError."""
        joined: list[ZoneRun] = []
        offset = 0
        for day, minutes in days:
            size = _MINUTES // minutes
            for zone in self.hours[day]:
                joined.append(ZoneRun(zone, offset, offset + size))
                offset += size
        return zone_slices(joined).sums(values)

    def _cut(self, series: IntervalSeries, segment: Period) -> tuple[_Days, Sequence[int]]:
        """Return the days of a series inside a segment, and their values in one row."""
        key = (id(series), segment)
        known = self._cuts.get(key)
        if known is None:
            start, end = segment.start, segment.end
            inside: Sequence[IntervalDay] = series.days
            if inside and (inside[0].day < start or inside[-1].day >= end):
                first = bisect_left(inside, start, key=_DAY)
                inside = inside[first : bisect_left(inside, end, key=_DAY)]
            values: list[int] = []
            for day in inside:
                values += day.values_wh
            known = self._cuts[key] = tuple([(day.day, day.minutes) for day in inside]), values
        return known

    def capacity(self, segments: Sequence[Period]) -> Sequence[int] | None:
        """Return the Wh of import in capacity hours per segment; None when no series tells them.

        Meters that follow each other may tell one register's series in turn, but no day of it twice.
        """
        imports = [one for one in self.usage.series if one.register.quantity == "import"]
        if not any(one.days for one in imports) or self._told_twice(imports):
            return None
        wh: list[int] = []
        for segment in segments:
            calendar = self._capacity_calendar(segment.start)
            if calendar is None:
                return None
            wh.append(sum(self._capacity_wh(one, segment, calendar) for one in imports))
        return wh

    def _capacity_wh(self, series: IntervalSeries, segment: Period, calendar: ZoneCalendar) -> int:
        days, values = self._cut(series, segment)
        if not days:
            return 0
        sorting = self.sorter.sorting(calendar, days, winter_time=series.register.winter_time)
        return sorting.zone_sum(CAPACITY_ZONE, values)

    def _told_twice(self, series: Sequence[IntervalSeries]) -> bool:
        if len(series) == 1:
            return False
        told = [(one.register.code, day.day) for one in series for day in one.days]
        return len(told) != len(set(told))

    def working_days(self) -> tuple[WorkingDay, ...]:
        """Split the import of every day that has capacity hours, the working days, into those and the others."""
        days: dict[date, WorkingDay] = {}
        for one in self.usage.series:
            if one.register.quantity != "import":
                continue
            for day in one.days:
                calendar = self._capacity_calendar(day.day)
                if calendar is None:
                    continue
                runs = self.sorter.runs(calendar, day.day, day.minutes, winter_time=one.register.winter_time)
                found = _working_day(day, runs)
                if found is not None:
                    days[day.day] = _joined(days.get(day.day), found)
        return tuple(days.values())

    def _group(self, code: str, day: date) -> TariffGroup | None:
        groups = [one.groups[code] for one in self._in_force(day) if code in one.groups]
        return next((group for group in groups if group.calendar is not None), groups[0] if groups else None)

    def _capacity_calendar(self, day: date) -> ZoneCalendar | None:
        calendars = [one.calendars for one in self._in_force(day)]
        return next((c[CAPACITY_CALENDAR] for c in calendars if c and CAPACITY_CALENDAR in c), None)

    def _in_force(self, day: date) -> list[PriceList]:
        known = self._versions.get(day)
        if known is None:
            several = self.lists.values()
            known = [version for versions in several for version in versions if day in version.window]
            self._versions[day] = known
        return known
