"""Losses in transformers and lines (straty): what a contract adds to, or takes from, the energy that is read.

Rule: distribution tariffs 2026, PGE Dystrybucja 2.3.10-13 (p. 19-20), Energa-Operator (p. 14): read at the low
side of the customer's own transformer, or beyond the customer's own line, readings grow by the losses that
loss meters tell, else by what the contract says; the other way round they are taken off. Registers of loss
meters are registers of import like any other; here is the part that a contract says.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction

from kwit.kernel.time import day_minutes
from kwit.metering.readings import IntervalDay, RegisterReading
from kwit.metering.usage import IntervalSeries, MeteredRegister, RegisterSpan, Usage

METER = "losses"
_IMPORT, _ALL = "import", "all"
_DIGITS = 12


class LossHoursError(ValueError):
    """A fixed loss needs the hours of a zone in the period, and nobody said them; carries the zone."""

    def __init__(self, zone: str) -> None:
        super().__init__(f"how many hours of the period belong to zone {zone} is not known")
        self.zone = zone


@dataclass(frozen=True, slots=True)
class Losses:
    """Losses of a contract: per cent of the active energy and a constant power in kW; negative ones take off.

    `hours` are the hours of each zone in the period, for registers of more zones; series need none.
    """

    percent: Decimal = Decimal(0)
    fixed_kw: Decimal = Decimal(0)
    hours: Mapping[str, int] = field(default_factory=dict)


def with_losses(*, usage: Usage, losses: Losses) -> Usage:
    """Return the usage with the losses on its import.

    Each span of a register gets one beside it for the per cent, half up to the Wh, and each zone one for the
    constant power; the values of a series grow by both, so that power and capacity hours hold them too.
    Raises LossHoursError.
    """
    spans = [*usage.spans]
    imports = [span for span in usage.spans if span.register.quantity == _IMPORT]
    if losses.percent:
        spans += [
            _beside(span, "percent", _half_up(span.wh * Fraction(losses.percent) / 100)) for span in imports
        ]
    if losses.fixed_kw:
        first: dict[str, RegisterSpan] = {}
        last: dict[str, RegisterSpan] = {}
        for span in sorted(imports, key=lambda one: one.period.end):
            first.setdefault(span.register.zone, span)
            last[span.register.zone] = span
        for zone, span in first.items():
            whole = replace(span, last=last[zone].last)
            wh = _half_up(Fraction(losses.fixed_kw) * 1000 * _hours(usage, losses, zone))
            spans.append(_beside(whole, "fixed", wh))
    series = tuple(_grown(one, losses) if one.register.quantity == _IMPORT else one for one in usage.series)
    return replace(usage, spans=tuple(spans), series=series)


def _half_up(exact: Fraction) -> int:
    size = (2 * abs(exact) + 1) // 2
    return size if exact >= 0 else -size


def _hours(usage: Usage, losses: Losses, zone: str) -> Fraction:
    if zone in losses.hours:
        return Fraction(losses.hours[zone])
    if zone != _ALL:
        raise LossHoursError(zone)
    return Fraction(sum(day_minutes(day) for day in usage.period.each_day()), 60)


def _beside(span: RegisterSpan, part: str, wh: int) -> RegisterSpan:
    """Make a span of a reckoned register over the days of another, whose states begin and end at the loss."""
    one = span.register
    register = MeteredRegister(
        meter_no=METER,
        code=f"{METER}-{part}-{one.meter_no}-{one.code}",
        zone=one.zone,
        quantity=one.quantity,
        digits=_DIGITS,
        multiplier=1,
        present=one.present,
    )
    from_wh, to_wh = (0, wh) if wh >= 0 else (-wh, 0)
    return RegisterSpan(
        register, _state(span.first, register, from_wh), _state(span.last, register, to_wh), wh
    )


def _state(reading: RegisterReading, register: MeteredRegister, wh: int) -> RegisterReading:
    return replace(reading, meter_no=register.meter_no, register=register.code, state_wh=wh)


def _grown(series: IntervalSeries, losses: Losses) -> IntervalSeries:
    """Add losses to every interval; the rounding is carried on, so that the sum is rounded once."""
    exact = Fraction(0)
    given = 0
    days: list[IntervalDay] = []
    for day in series.days:
        fixed = Fraction(losses.fixed_kw) * 1000 * day.minutes / 60
        values: list[int] = []
        for wh in day.values_wh:
            exact += wh * (1 + Fraction(losses.percent) / 100) + fixed
            values.append(_half_up(exact) - given)
            given += values[-1]
        days.append(replace(day, values_wh=tuple(values)))
    return replace(series, days=tuple(days))
