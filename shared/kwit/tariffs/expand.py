"""Spread the short forms of the file (by zone, by cycle, a season) into the engine's single prices."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from kwit.kernel.time import DateRange, add_months
from kwit.tariffs.price_list import ABOVE, ALL_DAY, BASE, HIGH, LOW, CalendarRule, Price, Tier
from kwit.tariffs.schema import PricePart, RulePart, SeasonPart, TierPart, VolumePart, WindowPart
from kwit.tariffs.yaml_file import Path

# What the file calls a term, and what the engine calls it.
SELECTORS = (
    "zone", "phases", "bracket", "cycle_months", "remote", "volume", "degree", "voltage", "variant", "ten_days",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PlacedPrice:
    """A price of the engine and where in the file it stands."""

    path: Path
    price: Price


def season_windows(months: frozenset[int], span: DateRange) -> list[DateRange]:
    """List the runs of whole months of a season inside a span of days that has an end.

    Raises ValueError when the span is open.
    """
    if span.end is None:
        raise ValueError("the windows of a season need a span with an end")
    windows: list[DateRange] = []
    month = span.start.replace(day=1)
    while month < span.end:
        following = add_months(month, 1)
        inside = DateRange(month, following).intersection(span) if month.month in months else None
        if inside is not None:
            if windows and windows[-1].end == inside.start:
                inside = DateRange(windows.pop().start, inside.end)
            windows.append(inside)
        month = following
    return windows


def charge_span(in_force: WindowPart | None, valid: DateRange) -> DateRange | None:
    """Return the days of the list in which a charge exists, None when there are none."""
    return valid if in_force is None else in_force.within(valid)


def expand(
    part: PricePart, *, path: Path, span: DateRange, season: SeasonPart | None
) -> Iterator[PlacedPrice]:
    """Yield the single prices of a part of the file inside a span of days.

    Raises ValueError for a season over an open span.
    """
    window = part.within(span)
    if window is None:
        return
    windows: Sequence[DateRange] = [window]
    if season is not None:
        windows = season_windows(season.months, window)
    for days in windows:
        base = Price(
            amount=Decimal(0),
            window=days,
            page=part.page or "",
            groups=frozenset(part.group or ()),
            phases=part.phases,
            cycle_months=part.cycle,
            remote=part.remote,
            confidence=part.confidence,
            ten_days=part.ten_days,
        )
        yield from _terms(part, base, path)


def _terms(part: PricePart, base: Price, path: Path) -> Iterator[PlacedPrice]:
    if part.price is not None:
        yield PlacedPrice((*path, "price"), replace(base, amount=part.price))
    if part.by_volume is not None:
        yield from _volumes(part.by_volume, base, (*path, "by_volume"))
    if part.by_tier is not None:
        yield from _tiers(part.by_tier, base, (*path, "by_tier"))
    if part.by_degree is not None:
        for degree, amount in ((LOW, part.by_degree.low), (HIGH, part.by_degree.high)):
            yield PlacedPrice((*path, "by_degree", degree), replace(base, amount=amount, degree=degree))
    for zone, priced in (part.by_zone or {}).items():
        inside = replace(base, zone=zone)
        if isinstance(priced, VolumePart):
            yield from _volumes(priced, inside, (*path, "by_zone", zone))
        elif isinstance(priced, tuple):
            yield from _tiers(priced, inside, (*path, "by_zone", zone))
        else:
            yield PlacedPrice((*path, "by_zone", zone), replace(inside, amount=priced))
    yield from _selected(part, base, path)


def _selected(part: PricePart, base: Price, path: Path) -> Iterator[PlacedPrice]:
    """Yield the prices that differ by one term of the customer or of an event."""
    for phases, amount in (part.by_phases or {}).items():
        yield PlacedPrice((*path, "by_phases", phases), replace(base, amount=amount, phases=int(phases)))
    for cycle, amount in (part.by_cycle or {}).items():
        yield PlacedPrice((*path, "by_cycle", str(cycle)), replace(base, amount=amount, cycle_months=cycle))
    for bracket, amount in (part.by_bracket or {}).items():
        yield PlacedPrice((*path, "by_bracket", bracket), replace(base, amount=amount, bracket=bracket))
    for voltage, amount in (part.by_voltage or {}).items():
        yield PlacedPrice((*path, "by_voltage", voltage), replace(base, amount=amount, voltage=voltage))
    for variant, amount in (part.by_variant or {}).items():
        yield PlacedPrice((*path, "by_variant", variant), replace(base, amount=amount, variant=variant))


def _volumes(part: VolumePart, base: Price, path: Path) -> Iterator[PlacedPrice]:
    for volume, amount in ((BASE, part.base), (ABOVE, part.above)):
        yield PlacedPrice((*path, volume), replace(base, amount=amount, volume=volume))


def _tiers(parts: Sequence[TierPart], base: Price, path: Path) -> Iterator[PlacedPrice]:
    over = 0
    for index, part in enumerate(parts):
        tier = Tier(index + 1, over, part.up_to)
        price = replace(base, amount=part.price, volume=str(tier.number), tier=tier)
        yield PlacedPrice((*path, index, "price"), price)
        over = part.up_to or over


def calendar_rule(part: RulePart) -> CalendarRule:
    """Turn a sound rule of the file, whose hours tile the day, into the engine's 24 zone names."""
    zone_at = {hour: zone for zone, hours in part.hours.items() for hour in hours}
    return CalendarRule(part.months, part.days, tuple(zone_at[hour] for hour in range(24)))


def whole_day(zones: Sequence[str]) -> bool:
    """Tell whether zones are those of a single-zone group (całodobowa)."""
    return tuple(zones) == (ALL_DAY,)


def write_days(start: date, end: date | None) -> str:
    """Write days as the findings print them, first and first-after.

    >>> write_days(date(2026, 1, 1), None)
    '2026-01-01..'
    """
    return f"{start.isoformat()}..{'' if end is None else end.isoformat()}"
