"""Sort interval series into zones: sums over slices of whole Wh, with the slices of each day kept."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from kwit.kernel.time import Period
from kwit.metering.usage import IntervalSeries, Usage
from kwit.rating.terms import Terms
from kwit.tariffs.calendar import day_zones
from kwit.tariffs.price_list import PriceList, TariffGroup, ZoneCalendar

CAPACITY_CALENDAR = "capacity_hours"
CAPACITY_ZONE = "capacity"

_Runs = tuple[tuple[str, int, int], ...]


@dataclass(slots=True)
class SeriesSorter:
    """Sorts series into the zones of calendars; keeps the zone runs of every day it has met.

    One sorter serves all contracts of a chunk: the calendars of a month are the same for all of them.
    """

    holidays: frozenset[date]
    _runs: dict[tuple[int, date, int, bool], _Runs] = field(default_factory=dict)
    _calendars: dict[int, ZoneCalendar] = field(default_factory=dict)

    def for_usage(self, *, usage: Usage, lists: Mapping[str, Sequence[PriceList]]) -> "SortedSeries":
        """Bind the sorter to the series of one usage and the price lists of its contract."""
        return SortedSeries(self, usage, lists)

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


def _run_lengths(zones: Sequence[str]) -> _Runs:
    runs: list[tuple[str, int, int]] = []
    start = 0
    for zone, members in itertools.groupby(zones):
        stop = start + sum(1 for _ in members)
        runs.append((zone, start, stop))
        start = stop
    return tuple(runs)


@dataclass(frozen=True, slots=True)
class SortedSeries:
    """The series of one usage, ready to be summed by zone and by segment."""

    sorter: SeriesSorter
    usage: Usage
    lists: Mapping[str, Sequence[PriceList]]

    def zones(
        self, segments: Sequence[Period], terms: Sequence[Terms]
    ) -> Mapping[int, Mapping[str, Sequence[int]]]:
        """Return, for the index of each series, the Wh of each zone in each segment."""
        return {index: self._by_zone(one, segments, terms) for index, one in enumerate(self.usage.series)}

    def _by_zone(
        self, series: IntervalSeries, segments: Sequence[Period], terms: Sequence[Terms]
    ) -> dict[str, list[int]]:
        sums: dict[str, list[int]] = {}
        for position, (segment, held) in enumerate(zip(segments, terms, strict=True)):
            group = self._group(held.group, segment.start)
            if group is None:
                continue
            for zone in group.zones:
                sums.setdefault(zone, [0] * len(segments))
            only = next(iter(group.zones)) if len(group.zones) == 1 else None
            for zone, wh in self._sum_days(series, segment, group.calendar, only).items():
                sums.setdefault(zone, [0] * len(segments))[position] += wh
        return sums

    def _sum_days(
        self, series: IntervalSeries, segment: Period, calendar: ZoneCalendar | None, only: str | None
    ) -> dict[str, int]:
        sums: dict[str, int] = {}
        for day in series.days:
            if day.day not in segment.range:
                continue
            values = day.values_wh
            if only is not None or calendar is None:
                zone = only or series.register.zone
                sums[zone] = sums.get(zone, 0) + sum(values)
                continue
            winter = series.register.winter_time
            for zone, start, stop in self.sorter.runs(calendar, day.day, day.minutes, winter_time=winter):
                sums[zone] = sums.get(zone, 0) + sum(values[start:stop])
        return sums

    def capacity(self, segments: Sequence[Period]) -> Sequence[int] | None:
        """Return the Wh of import in capacity hours per segment; None when no series tells them.

        Meters that follow each other may tell one register's series in turn, but no day of it twice.
        """
        imports = [one for one in self.usage.series if one.register.quantity == "import"]
        told = [(one.register.code, day.day) for one in imports for day in one.days]
        if not told or len(told) != len(set(told)):
            return None
        wh: list[int] = []
        for segment in segments:
            calendar = self._capacity_calendar(segment.start)
            if calendar is None:
                return None
            sums = [self._sum_days(one, segment, calendar, None) for one in imports]
            wh.append(sum(one.get(CAPACITY_ZONE, 0) for one in sums))
        return wh

    def _group(self, code: str, day: date) -> TariffGroup | None:
        groups = [one.groups[code] for one in self._in_force(day) if code in one.groups]
        return next((group for group in groups if group.calendar is not None), groups[0] if groups else None)

    def _capacity_calendar(self, day: date) -> ZoneCalendar | None:
        calendars = [one.calendars for one in self._in_force(day)]
        return next((c[CAPACITY_CALENDAR] for c in calendars if c and CAPACITY_CALENDAR in c), None)

    def _in_force(self, day: date) -> list[PriceList]:
        return [version for versions in self.lists.values() for version in versions if day in version.window]
