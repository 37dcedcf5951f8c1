"""A year of 8,760 hours: seasons, day types, monthly tiers and peaks, against the same bill written out by hand.

The year is 2018, which begins on a Monday as peers that know no dates suppose, and the clock keeps winter time.
"""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from itertools import groupby

from benchmarks.items import VAT, Item, PeerJob, WrongBillError, half_up, in_turn, measured_list, series_usage
from kwit.kernel.time import DateRange, Period, interval_starts, local_clock
from kwit.metering.readings import IntervalDay
from kwit.metering.usage import Usage
from kwit.rating.facts import Facts, PowerExcess
from kwit.rating.lines import Rated
from kwit.rating.profile import RatingProfile, VatRounding
from kwit.rating.rate import rate
from kwit.rating.series import SeriesSorter
from kwit.rating.terms import Months, Terms

SEED = 2018
DATA_SETS = 4
YEAR = Period(date(2018, 1, 1), date(2019, 1, 1))
PRICES = {
    "summer_peak": ("0.4120", "0.4620", 1200),
    "summer_rest": ("0.2810", "0.3110", 1000),
    "winter_peak": ("0.4630", "0.5130", 1200),
    "winter_rest": ("0.2990", "0.3290", 1000),
}
"""By zone: the price up to a number of kWh of a month, the price above it, and that number."""
FIXED_MONTH, PEAK_KW = "30.00", "11.35"


@dataclass(frozen=True, slots=True)
class Year:
    """Whole Wh of every hour, its clock (winter time), the month of its local day, and the year as usage."""

    wh: tuple[int, ...]
    clocks: tuple[datetime, ...]
    months: tuple[int, ...]
    usage: Usage


def year(seed: int) -> Year:
    """Make a year: more by day, more on working days, with noise."""
    chance = random.Random(seed)  # noqa: S311 - a load curve, not a secret
    clocks = tuple(
        local_clock(start, winter_time=True)
        for day in YEAR.each_day()
        for start in interval_starts(day, minutes=60)
    )
    wh = tuple(
        chance.randrange(4_000, 12_000)
        if c.weekday() < 5 and 6 <= c.hour < 22
        else chance.randrange(500, 5_000)
        for c in clocks
    )
    months = tuple(day.month for day in YEAR.each_day() for _ in interval_starts(day, minutes=60))
    return Year(wh, clocks, months, series_usage(YEAR, {"import": wh}, minutes=60, winter=True))


def zone_at(clock: datetime) -> str:
    """Name the zone of an hour; the winter season is October to March."""
    peak = clock.weekday() < 5 and 7 <= clock.hour < 21
    return ("summer_" if 4 <= clock.month <= 9 else "winter_") + ("peak" if peak else "rest")


def decimal_bill(data: Year) -> Decimal:
    """Work the year out the straightforward way: the zone of every value, decimals, every line to the grosz."""
    sums = {zone: dict.fromkeys(range(1, 13), Decimal(0)) for zone in PRICES}
    peaks = dict.fromkeys(range(1, 13), Decimal(0))
    for index, clock in enumerate(data.clocks):
        wh = Decimal(data.wh[index])
        month = data.months[index]
        sums[zone_at(clock)][month] += wh
        peaks[month] = max(peaks[month], wh)
    nets: list[Decimal] = []
    for zone, (low, high, limit) in PRICES.items():
        months = shared_kwh([int(wh) for wh in sums[zone].values()])
        within = sum(min(kwh, limit) for kwh in months)
        nets += [half_up(within * Decimal(low)), half_up((sum(months) - within) * Decimal(high))]
    nets += [12 * Decimal(FIXED_MONTH), half_up(sum(peaks.values()) / 1000 * Decimal(PEAK_KW))]
    net = sum(nets, Decimal(0))
    return net + half_up(net * VAT)


def shared_kwh(months_wh: list[int]) -> list[int]:
    """Share the whole kWh of a year among its months by their Wh, the largest remainders first."""
    whole, base = (sum(months_wh) + 500) // 1000, sum(months_wh)
    if not base:
        return [0] * len(months_wh)
    parts = [whole * wh // base for wh in months_wh]
    order = sorted(range(len(months_wh)), key=lambda i: (-(whole * months_wh[i] % base), i))
    for index in order[: whole - sum(parts)]:
        parts[index] += 1
    return parts


def slices(data: Year) -> tuple[dict[str, list[list[slice]]], list[slice]]:
    """Find the slices of zones by month, and of months, once; the integer version has them before the clock starts."""
    zones: dict[str, list[list[slice]]] = {zone: [[] for _ in range(12)] for zone in PRICES}
    start = 0
    marks = [(zone_at(clock), month) for clock, month in zip(data.clocks, data.months, strict=True)]
    for stop in range(1, len(marks) + 1):
        if stop == len(marks) or marks[stop] != marks[start]:
            zone, month = marks[start]
            zones[zone][month - 1].append(slice(start, stop))
            start = stop
    firsts = [i for i, month in enumerate(data.months) if i == 0 or month != data.months[i - 1]]
    return zones, [slice(a, b) for a, b in zip(firsts, [*firsts[1:], len(marks)], strict=True)]


_PRICES = {
    zone: (int(Decimal(low) * 10_000), int(Decimal(high) * 10_000), limit)
    for zone, (low, high, limit) in PRICES.items()
}
_FIXED, _PEAK = int(Decimal(FIXED_MONTH) * 1200), int(Decimal(PEAK_KW) * 100)


def integer_bill(data: Year, *, zones: dict[str, list[list[slice]]], months: list[slice]) -> int:
    """Work the year out in integers and slice sums, without a line or a reason: the floor. Gross in grosze."""
    flat = data.wh
    net = _FIXED + (sum([max(flat[one]) for one in months]) * _PEAK + 500) // 1000
    for zone, by_month in zones.items():
        low, high, limit = _PRICES[zone]
        kwh = shared_kwh([sum([sum(flat[one]) for one in cuts]) for cuts in by_month])
        within = sum([min(one, limit) for one in kwh])
        net += (within * low + 50) // 100 + ((sum(kwh) - within) * high + 50) // 100
    return net + (net * 23 + 50) // 100


TERMS = Terms(
    window=DateRange(YEAR.start, YEAR.end),
    group="C22",
    household=False,
    price_lists=("bench-year",),
    phases=3,
    cycle_months=12,
    remote_reading=True,
)
PROFILE = RatingProfile("measured", VatRounding.DOCUMENT)


def largest_wh(days: Iterable[IntervalDay]) -> int:
    """Return the largest hour of some days, in Wh."""
    return max(max(one.values_wh) for one in days)


class YearBill:
    """Rates years of hours through the engine; the calendar here has no holidays, as most peers know none."""

    def __init__(self) -> None:
        self.lists = {"bench-year": (measured_list("seasonal-year.yaml"),)}
        self.sorter = SeriesSorter(frozenset())

    def rate(self, data: Year) -> Rated:
        """Find the peak of each month, sort the series and rate the year as one period."""
        used = data.usage
        bound = self.sorter.for_usage(usage=used, lists=self.lists)
        peaks = tuple(
            PowerExcess(
                YEAR.start.replace(month=month), Decimal(largest_wh(days)).scaleb(-3), "largest_power"
            )
            for month, days in groupby(used.series[0].days, key=lambda one: one.day.month)
        )
        return rate(
            period=YEAR,
            terms=[TERMS],
            months=Months(12),
            usage=used,
            lists=self.lists,
            profile=PROFILE,
            series_zones=bound.zones,
            facts=Facts(power_excess=peaks),
        )


def year_item() -> Item:
    """Prepare the item, after checking that all versions agree to the grosz on every data set."""
    years = [year(SEED + index) for index in range(DATA_SETS)]
    bill, (zones, months) = YearBill(), slices(years[0])
    for data in years:
        rated, expected = bill.rate(data), decimal_bill(data)
        if rated.problems or rated.gross != expected:
            raise WrongBillError("year", "kwit", rated.problems or rated.gross, expected)
        by_integers = Decimal(integer_bill(data, zones=zones, months=months)).scaleb(-2)
        if by_integers != expected:
            raise WrongBillError("year", "integers", by_integers, expected)
    whole = "tiers, lines, grosz rounding, VAT, provenance"
    return Item(
        name="year",
        lines=len(bill.rate(years[0]).lines),
        kwit=in_turn(bill.rate, years),
        plain_decimal=in_turn(decimal_bill, years),
        bare_integers=in_turn(partial(integer_bill, zones=zones, months=months), years),
        peers={
            "pysam": _peer_job(years[0], peak=True, left_out=whole),
            "electric-emission-cost": _peer_job(years[0], peak=True, left_out=whole),
            "tariff-core": _peer_job(
                years[0], peak=True, left_out="tiers, grosz rounding of lines, VAT, reading behind a line"
            ),
            "ratebook": _peer_job(
                years[0],
                peak=False,
                left_out="tiers, monthly peak, grosz rounding, VAT, reading behind a line",
            ),
        },
    )


def _peer_job(data: Year, *, peak: bool, left_out: str) -> PeerJob:
    net = 12 * Decimal(FIXED_MONTH)
    net += sum(Decimal(PRICES[zone_at(c)][0]) * wh / 1000 for c, wh in zip(data.clocks, data.wh, strict=True))
    if peak:
        peaks: dict[int, int] = {}
        for clock, wh in zip(data.clocks, data.wh, strict=True):
            peaks[clock.month] = max(peaks.get(clock.month, 0), wh)
        net += sum(peaks.values()) * Decimal(PEAK_KW) / 1000
    names = list(PRICES)
    schedule = {
        kind: [
            [names.index(zone_at(datetime(2018, month, day, hour))) for hour in range(24)]  # noqa: DTZ001
            for month, day in months
        ]
        for kind, months in _SAMPLE_DAYS.items()
    }
    return PeerJob(
        data={
            "kind": "year",
            "wh": data.wh,
            "prices": [low for low, _, _ in PRICES.values()],
            "weekday": schedule["weekday"],
            "weekend": schedule["weekend"],
            "months": [clock.month for clock in data.clocks],
            "hour_prices": [PRICES[zone_at(clock)][0] for clock in data.clocks],
            "fixed_month": FIXED_MONTH,
            "peak": PEAK_KW if peak else "0",
        },
        net=net,
        left_out=left_out,
    )


def _first_days() -> dict[str, list[tuple[int, int]]]:
    days = {"weekday": [0, 1, 2, 3, 4], "weekend": [5, 6]}
    return {
        kind: [
            next((month, day) for day in range(1, 8) if date(2018, month, day).weekday() in wanted)
            for month in range(1, 13)
        ]
        for kind, wanted in days.items()
    }


_SAMPLE_DAYS = _first_days()
