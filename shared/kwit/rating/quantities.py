"""Energy of a period by zone and by segment, in whole kWh that add up whatever the cuts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kwit.kernel.energy import apportion, whole_kwh
from kwit.kernel.time import Period
from kwit.metering.usage import RegisterSpan, Usage


class MixedSignsError(ValueError):
    """Energy of a zone is positive in one segment and negative in another; carries the Wh of each."""

    def __init__(self, wh: Sequence[int]) -> None:
        super().__init__(f"energy of segments is of both signs: {list(wh)}")
        self.wh = wh


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


def energies(
    *,
    usage: Usage,
    segments: Sequence[Period],
    series_zones: Mapping[int, Mapping[str, Sequence[int]]],
) -> dict[str, dict[str, ZoneEnergy]]:
    """Sort the use of every quantity (import, export, reactive_inductive …) into zones and segments.

    A span that reaches over a cut is split by days, the average daily use of the tariffs, unless a reading
    stands at the cut, where the span ends of itself. `series_zones` gives, for the index of each series, the
    Wh of each zone in each segment. Every zone is rounded to whole kWh once over the whole period, and the
    whole kWh are then shared out, so that no cut changes the sum. Raises MixedSignsError.
    """
    wh: dict[tuple[str, str], list[int]] = {}
    behind: dict[tuple[str, str], list[int]] = {}
    for index, span in enumerate(usage.spans):
        key = (span.register.quantity, span.register.zone)
        _add(wh, key, _by_days(span, segments))
        behind.setdefault(key, []).append(index)
    for index, zones in series_zones.items():
        quantity = usage.series[index].register.quantity
        for zone, parts in zones.items():
            _add(wh, (quantity, zone), parts)
            behind.setdefault((quantity, zone), []).append(len(usage.spans) + index)
    found: dict[str, dict[str, ZoneEnergy]] = {}
    for (quantity, zone), parts in wh.items():
        one = ZoneEnergy(zone, tuple(parts), share_whole_kwh(parts), tuple(behind[quantity, zone]))
        found.setdefault(quantity, {})[zone] = one
    return found


def _add(sums: dict[tuple[str, str], list[int]], key: tuple[str, str], parts: Sequence[int]) -> None:
    known = sums.get(key)
    sums[key] = list(parts) if known is None else [a + b for a, b in zip(known, parts, strict=True)]


def share_whole_kwh(wh: Sequence[int]) -> tuple[int, ...]:
    """Round the sum of Wh to whole kWh half up and share the kWh among the parts by their Wh.

    Parts that are all negative, as in a credit, give the mirror. Raises MixedSignsError.
    """
    whole = whole_kwh(sum(wh))
    if len(wh) == 1:
        return (whole,)
    if min(wh) < 0 < max(wh):
        raise MixedSignsError(wh)
    return tuple(apportion(whole, weights=[abs(one) for one in wh])) if any(wh) else tuple(0 for _ in wh)


def _by_days(span: RegisterSpan, segments: Sequence[Period]) -> list[int]:
    if len(segments) == 1:
        return [span.wh]
    overlaps = [span.period.range.intersection(segment.range) for segment in segments]
    days = [(one.end - one.start).days if one and one.end else 0 for one in overlaps]
    return apportion(span.wh, weights=days)
