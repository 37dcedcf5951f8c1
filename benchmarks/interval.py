"""A month of quarter-hours of an industrial customer (B23), against the same bill written out twice by hand."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal, localcontext
from functools import partial
from math import isqrt

from benchmarks.items import VAT, Item, PeerJob, WrongBillError, half_up, in_turn, measured_list, series_usage
from kwit.kernel.time import DateRange, Period, interval_starts, local_clock
from kwit.metering.usage import Usage
from kwit.rating.facts import Facts
from kwit.rating.lines import Rated
from kwit.rating.power_excess import monthly_excesses
from kwit.rating.profile import RatingProfile, VatRounding
from kwit.rating.rate import rate
from kwit.rating.series import SeriesSorter
from kwit.rating.terms import Months, Terms
from kwit.tariffs.holidays import statutory_holidays
from tests.rating.cases import lists_named

SEED = 2026
DATA_SETS = 8
MAY = Period(date(2026, 5, 1), date(2026, 6, 1))
CONTRACTED_KW = Decimal(140)
ZONES = ("am_peak", "pm_peak", "rest")
# zł per MWh by zone, as in the price lists: the seller's energy, PGE Dystrybucja 2026 p. 52
ENERGY = {"am_peak": "642.10", "pm_peak": "783.40", "rest": "498.75"}
NETWORK = {"am_peak": "66.11", "pm_peak": "124.38", "rest": "22.98"}
LEVIES = {"quality": "33.16", "oze": "7.30", "cogeneration": "3.00"}
CAPACITY_KWH = "0.2194"
FIXED = ("2854.60", "15.00", "50.00")  # 0.14 MW x 20390.00, subscription, trade fee
REACTIVE = "518.81"
EXCESS_KW = "20.39"
HOLIDAYS = statutory_holidays()


@dataclass(frozen=True, slots=True)
class Month:
    """Whole Wh and varh of every quarter, with the same month as the engine's usage and as each version likes it."""

    active: tuple[int, ...]
    inductive: tuple[int, ...]
    capacitive: tuple[int, ...]
    clocks: tuple[datetime, ...]
    usage: Usage


def month(seed: int) -> Month:
    """Make a month: two shifts on working days, a base load else, some quarters over the contracted power."""
    chance = random.Random(seed)  # noqa: S311 - a load curve, not a secret
    clocks = [local_clock(start) for day in MAY.each_day() for start in interval_starts(day, minutes=15)]
    active, inductive, capacitive = [], [], []
    for clock in clocks:
        works = clock.weekday() < 5 and 6 <= clock.hour < 22
        wh = chance.randrange(22_000, 35_200) if works else chance.randrange(5_000, 9_000)
        active.append(wh)
        inductive.append(wh * chance.randrange(20, 75) // 100)
        capacitive.append(0 if works else chance.randrange(300))
    values = {"import": active, "reactive_inductive": inductive, "reactive_capacitive": capacitive}
    used = series_usage(MAY, values, minutes=15, winter=False)
    return Month(tuple(active), tuple(inductive), tuple(capacitive), tuple(clocks), used)


def zone_at(clock: datetime) -> str:
    """Name the zone of a quarter of May as the tariff's table says it (PGE Dystrybucja 2026 p. 14)."""
    if clock.weekday() >= 5 or clock.date() in HOLIDAYS:
        return "rest"
    if 7 <= clock.hour < 13:
        return "am_peak"
    return "pm_peak" if 19 <= clock.hour < 22 else "rest"


def in_capacity_hours(clock: datetime) -> bool:
    """Tell whether the capacity charge counts a quarter: working days from 7 to 22 (Informacja Prezesa URE 57/2025)."""
    return 7 <= clock.hour < 22 and clock.weekday() < 5 and clock.date() not in HOLIDAYS


def kwh(wh: Decimal) -> Decimal:
    """Round Wh half up to whole kWh."""
    return (wh / 1000).quantize(Decimal(1), rounding="ROUND_HALF_UP")


def decimal_bill(data: Month) -> Decimal:
    """Work the bill out the straightforward way: the zone of every value, decimals, every line to the grosz."""
    sums = {series: dict.fromkeys(ZONES, Decimal(0)) for series in ("active", "inductive", "capacitive")}
    capacity = Decimal(0)
    hours: list[Decimal] = []
    for index, clock in enumerate(data.clocks):
        zone, wh = zone_at(clock), Decimal(data.active[index])
        sums["active"][zone] += wh
        sums["inductive"][zone] += data.inductive[index]
        sums["capacitive"][zone] += data.capacitive[index]
        if in_capacity_hours(clock):
            capacity += wh
        if index % 4 == 0:
            hours.append(wh)
        else:
            hours[-1] = max(hours[-1], wh)
    whole = {series: {zone: kwh(wh) for zone, wh in zones.items()} for series, zones in sums.items()}
    excesses = sorted((wh * 4 / 1000 - CONTRACTED_KW for wh in hours), reverse=True)[:10]
    nets = [half_up(whole["active"][z] / 1000 * Decimal(p[z])) for p in (ENERGY, NETWORK) for z in ZONES]
    energy = sum(whole["active"].values())
    nets += [half_up(energy / 1000 * Decimal(price)) for price in LEVIES.values()]
    nets += [half_up(kwh(capacity) * Decimal(CAPACITY_KWH)), *map(Decimal, FIXED)]
    for zone in ZONES:
        bracket = decimal_bracket(whole["active"][zone], whole["inductive"][zone])
        nets.append(half_up(whole["active"][zone] / 1000 * Decimal(REACTIVE) * bracket))
        nets.append(half_up(whole["capacitive"][zone] / 1000 * Decimal(REACTIVE)))
    nets.append(half_up(sum((one for one in excesses if one > 0), Decimal(0)) * Decimal(EXCESS_KW)))
    net = sum(nets, Decimal(0))
    return net + half_up(net * VAT)


def decimal_bracket(active: Decimal, inductive: Decimal) -> Decimal:
    """Return sqrt((1 + tg²φ) / (1 + 0.4²)) - 1 with 12 decimals, nothing within the limit."""
    with localcontext(prec=40):
        tg_phi = inductive / active
        if tg_phi <= Decimal("0.4"):
            return Decimal(0)
        exact = ((1 + tg_phi * tg_phi) / Decimal("1.16")).sqrt() - 1
        return exact.quantize(Decimal(10) ** -12, rounding="ROUND_HALF_UP")


@dataclass(frozen=True, slots=True)
class Slices:
    """The quarters of each zone, and those of the capacity hours, as slices of the month."""

    zones: tuple[tuple[slice, ...], ...]
    capacity: tuple[slice, ...]


def slices(clocks: Sequence[datetime]) -> Slices:
    """Find the slices once; the integer version has them before the clock starts."""

    def of(marks: Sequence[bool]) -> tuple[slice, ...]:
        edges = [
            i for i in range(len(marks) + 1) if (i < len(marks) and marks[i]) != (i > 0 and marks[i - 1])
        ]
        return tuple(slice(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True))

    zones = [zone_at(clock) for clock in clocks]
    return Slices(
        tuple(of([zone == one for zone in zones]) for one in ZONES),
        of([in_capacity_hours(clock) for clock in clocks]),
    )


_MICRO = 1_000_000


def _price(text: str) -> int:
    return int(Decimal(text) * _MICRO)


_E, _N = [_price(ENERGY[zone]) for zone in ZONES], [_price(NETWORK[zone]) for zone in ZONES]
_L = [_price(one) for one in LEVIES.values()]
_C, _R, _X = _price(CAPACITY_KWH), _price(REACTIVE), _price(EXCESS_KW)
_F = sum(int(Decimal(one) * 100) for one in FIXED)
_LIMIT_WH = 35_000
_LEFT_OUT = "ten largest excesses, reactive energy, grosz rounding of lines, VAT"


def integer_bill(data: Month, *, cut: Slices) -> int:
    """Work the bill out in integers and slice sums, without a line or a reason: the floor. Gross in grosze."""
    active, inductive, capacitive = (
        [(sum([sum(values[one]) for one in mine]) + 500) // 1000 for mine in cut.zones]
        for values in (data.active, data.inductive, data.capacitive)
    )
    capacity = (sum([sum(data.active[one]) for one in cut.capacity]) + 500) // 1000
    flat = data.active
    hours = sorted(map(max, flat[::4], flat[1::4], flat[2::4], flat[3::4]), reverse=True)[:10]
    excess = sum(4 * (wh - _LIMIT_WH) for wh in hours if wh > _LIMIT_WH)
    # kWh x micro-zł per MWh is 10^-9 zł, so 10^7 of them make a grosz
    net = sum(
        (a * e + 5 * _MICRO) // 10_000_000 + (a * n + 5 * _MICRO) // 10_000_000
        for a, e, n in zip(active, _E, _N, strict=True)
    )
    total = sum(active)
    net += sum((total * one + 5 * _MICRO) // 10_000_000 for one in _L)
    net += (capacity * _C + 5_000) // 10_000 + _F
    for a, r, c in zip(active, inductive, capacitive, strict=True):
        net += (a * _R * _bracket(a, r) + 5 * 10**18) // 10**19 + (c * _R + 5 * _MICRO) // 10_000_000
    net += (excess * _X + 5 * _MICRO) // 10_000_000
    return net + (net * 23 + 50) // 100


def _bracket(active: int, inductive: int) -> int:
    if inductive * 10 <= active * 4:
        return 0
    root = isqrt((active**2 + inductive**2) * 100 * 10**26 // (active**2 * 116))
    return (root - 10**13 + 5) // 10


TERMS = Terms(
    window=DateRange(MAY.start, MAY.end),
    group="B23",
    household=False,
    price_lists=("bench-industry", "pge-dystrybucja", "levies-pl"),
    phases=3,
    cycle_months=1,
    remote_reading=True,
    contracted_kw=CONTRACTED_KW,
)
PROFILE = RatingProfile(
    "measured", VatRounding.DOCUMENT, frozenset({"reactive_inductive", "reactive_capacitive"})
)


class IntervalBill:
    """Rates months of quarters through the engine: one sorter, one set of price lists, as a billing run has them."""

    def __init__(self) -> None:
        self.lists = {"bench-industry": (measured_list("industry-b23.yaml"),)} | lists_named(
            "pge-dystrybucja", "levies-pl"
        )
        self.sorter = SeriesSorter(HOLIDAYS)

    def rate(self, data: Month) -> Rated:
        """Find the excesses, sort the series and rate the month."""
        used = data.usage
        bound = self.sorter.for_usage(usage=used, lists=self.lists)
        excess = monthly_excesses(days=used.series[0].days, contracted_kw=CONTRACTED_KW)
        return rate(
            period=MAY,
            terms=[TERMS],
            months=Months(1),
            usage=used,
            lists=self.lists,
            profile=PROFILE,
            series_zones=bound.zones,
            capacity_wh=bound.capacity,
            facts=Facts(power_excess=excess),
        )


def interval_item() -> Item:
    """Prepare the item, after checking that all versions agree to the grosz on every data set."""
    months = [month(SEED + index) for index in range(DATA_SETS)]
    bill, cut = IntervalBill(), slices(months[0].clocks)
    for data in months:
        rated, expected = bill.rate(data), decimal_bill(data)
        if rated.problems or rated.gross != expected:
            raise WrongBillError("interval", "kwit", rated.problems or rated.gross, expected)
        if Decimal(integer_bill(data, cut=cut)).scaleb(-2) != expected:
            raise WrongBillError("interval", "integers", integer_bill(data, cut=cut), expected)
    job = _peer_job(months[0])
    return Item(
        name="interval",
        lines=len(bill.rate(months[0]).lines),
        kwit=in_turn(bill.rate, months),
        plain_decimal=in_turn(decimal_bill, months),
        bare_integers=in_turn(partial(integer_bill, cut=cut), months),
        peers={
            "pysam": job,
            "electric-emission-cost": job,
            "tariff-core": replace(
                job, left_out=f"{_LEFT_OUT}, a line for each charge, reading behind a line"
            ),
        },
        cannot={"ratebook": "takes hours, not quarters"},
    )


def _peer_job(data: Month) -> PeerJob:
    """Give peers one all-in price for every quarter, in zł per kWh, and the fixed charges of the month."""
    by_zone: Mapping[str, Decimal] = {
        zone: (Decimal(ENERGY[zone]) + Decimal(NETWORK[zone]) + sum(map(Decimal, LEVIES.values()))) / 1000
        for zone in ZONES
    }
    capacity = Decimal(CAPACITY_KWH)
    prices = [by_zone[zone_at(c)] + (capacity if in_capacity_hours(c) else 0) for c in data.clocks]
    fixed = sum(map(Decimal, FIXED))
    net = fixed + sum(price * wh / 1000 for price, wh in zip(prices, data.active, strict=True))
    zones = {zone: price + capacity for zone, price in by_zone.items()}
    zones["rest_in_capacity_hours"], zones["rest"] = zones["rest"], by_zone["rest"]
    return PeerJob(
        data={
            "kind": "month",
            "wh": data.active,
            "prices": [str(one) for one in prices],
            "zone_prices": {zone: str(price) for zone, price in zones.items()},
            "fixed": str(fixed),
        },
        net=net,
        left_out=f"{_LEFT_OUT}, lines, provenance",
    )
