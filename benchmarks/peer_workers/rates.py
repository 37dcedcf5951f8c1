"""ratebook: one tariff for each zone where registers tell the use, one tariff of schedules for a year of hours."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from ratebook import (
    BillingWindow,
    EnergyPeriod,
    EnergyRateStructure,
    EnergyTier,
    FixedCharge,
    Schedule,
    Tariff,
    Usage,
    estimate_annual,
    estimate_bill,
)

from benchmarks.peer_workers.serving import Bill, serve

_ALWAYS = tuple((0,) * 24 for _ in range(12))
_Hours = Sequence[Sequence[int]]


def prepare(data: Mapping[str, Any]) -> Bill:
    """Make the tariffs and the use in decimals; a bill is a call for each zone, or one for the year."""
    return _registers(data) if data["kind"] == "registers" else _year(data)


def _registers(data: Mapping[str, Any]) -> Bill:
    window = BillingWindow(date(2026, 1, 1), 31)
    fixed = [data["fixed"], *("0" for _ in data["prices"][1:])]
    tariffs = [
        _tariff([price], _ALWAYS, _ALWAYS, one) for price, one in zip(data["prices"], fixed, strict=True)
    ]
    calls = [(tariff, Usage.aggregate(kwh)) for tariff, kwh in zip(tariffs, data["kwh"], strict=True)]
    return lambda: sum(estimate_bill(tariff, use, window).total for tariff, use in calls)


def _year(data: Mapping[str, Any]) -> Bill:
    tariff = _tariff(data["prices"], data["weekday"], data["weekend"], data["fixed_month"])
    kwh = [Decimal(wh).scaleb(-3) for wh in data["wh"]]
    return lambda: estimate_annual(tariff, kwh, 2018).total


def _tariff(prices: Sequence[str], weekday: _Hours, weekend: _Hours, fixed: str) -> Tariff:
    periods = tuple(EnergyPeriod((EnergyTier(Decimal(price)),)) for price in prices)
    schedule = Schedule(tuple(map(tuple, weekday)), tuple(map(tuple, weekend)))
    return Tariff(EnergyRateStructure(periods), schedule, fixed_charges=(FixedCharge(Decimal(fixed)),))


if __name__ == "__main__":
    serve(prepare)
