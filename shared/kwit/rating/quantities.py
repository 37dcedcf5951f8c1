"""Energy of a period by zone and by segment, in whole kWh that add up whatever the cuts."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kwit.kernel.energy import apportion, whole_kwh
from kwit.kernel.time import Period
from kwit.metering.usage import RegisterSpan, Usage


@dataclass(frozen=True, slots=True)
class ZoneEnergy:
    """Energy of one zone: Wh and whole kWh of each segment, and the indexes of the spans behind it."""

    zone: str
    wh: tuple[int, ...]
    kwh: tuple[int, ...]
    usage: tuple[int, ...]

    @property
    def total_wh(self) -> int:
        """Add up the Wh of all segments."""
        return sum(self.wh)

    @property
    def total_kwh(self) -> int:
        """Add up the whole kWh of all segments."""
        return sum(self.kwh)


def zone_energies(
    *,
    usage: Usage,
    quantity: str,
    segments: Sequence[Period],
    series_zones: Mapping[int, Mapping[str, Sequence[int]]],
) -> dict[str, ZoneEnergy]:
    """Sort the use of one quantity into zones and segments.

    A span that reaches over a cut is split by days, the average daily use of the tariffs, unless a reading
    stands at the cut, where the span ends of itself. `series_zones` gives, for the index of each series, the
    Wh of each zone in each segment. Every zone is rounded to whole kWh once over the whole period, and the
    whole kWh are then shared out, so that no cut changes the sum.
    """
    wh: dict[str, list[int]] = defaultdict(lambda: [0] * len(segments))
    behind: dict[str, list[int]] = defaultdict(list)
    for index, span in enumerate(usage.spans):
        if span.register.quantity == quantity:
            zone = span.register.zone
            behind[zone].append(index)
            for position, part in enumerate(_by_days(span, segments)):
                wh[zone][position] += part
    for index, zones in series_zones.items():
        if usage.series[index].register.quantity != quantity:
            continue
        for zone, parts in zones.items():
            behind[zone].append(len(usage.spans) + index)
            for position, part in enumerate(parts):
                wh[zone][position] += part
    return {zone: _zone_energy(zone, tuple(parts), tuple(behind[zone])) for zone, parts in wh.items()}


def _zone_energy(zone: str, wh: tuple[int, ...], usage: tuple[int, ...]) -> ZoneEnergy:
    return ZoneEnergy(zone, wh, share_whole_kwh(wh), usage)


def share_whole_kwh(wh: Sequence[int]) -> tuple[int, ...]:
    """Round the sum of Wh to whole kWh half up and share the kWh among the parts by their Wh."""
    whole = whole_kwh(sum(wh))
    if len(wh) == 1:
        return (whole,)
    if min(wh) < 0:
        raise ValueError(f"energy of a segment is negative: {list(wh)}")
    return tuple(apportion(whole, weights=wh)) if any(wh) else tuple(0 for _ in wh)


def _by_days(span: RegisterSpan, segments: Sequence[Period]) -> list[int]:
    overlaps = [span.period.range.intersection(segment.range) for segment in segments]
    days = [(one.end - one.start).days if one and one.end else 0 for one in overlaps]
    return apportion(span.wh, weights=days)
