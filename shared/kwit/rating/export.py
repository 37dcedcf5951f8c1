"""Energy fed in (energia oddana), month by month: what a deposit values, whatever the period billed."""

from collections.abc import Mapping, Sequence
from datetime import date

from kwit.kernel.energy import apportion
from kwit.kernel.time import Period
from kwit.metering.usage import Usage

EXPORT = "export"


def calendar_months(period: Period) -> list[Period]:
    """Cut a period at the first day of each calendar month in it."""
    return period.split_at(*(day for day in period.each_day() if day.day == 1))


def export_by_month(*, usage: Usage, kwh: int) -> Mapping[date, int]:
    """Share the whole kWh fed in over a period among its calendar months, each named by its first day.

    Series tell the days of a month; between two states energy is shared by days, as the tariffs do.
    """
    months = calendar_months(usage.period)
    wh = [0] * len(months)
    for span in usage.spans:
        if span.register.quantity == EXPORT:
            wh = _plus(wh, apportion(span.wh, weights=_days(span.period, months)))
    for series in usage.series:
        if series.register.quantity == EXPORT:
            wh = _plus(
                wh, [sum(sum(one.values_wh) for one in series.days if one.day in m.range) for m in months]
            )
    shared = apportion(kwh, weights=wh) if any(wh) else [0] * len(months)
    return {month.start.replace(day=1): part for month, part in zip(months, shared, strict=True)}


def _plus(one: Sequence[int], other: Sequence[int]) -> list[int]:
    return [a + b for a, b in zip(one, other, strict=True)]


def _days(period: Period, months: Sequence[Period]) -> list[int]:
    common = [period.range.intersection(month.range) for month in months]
    return [(one.end - one.start).days if one and one.end else 0 for one in common]
