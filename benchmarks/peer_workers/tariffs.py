"""tariff-core: plan and intervals are made before the clock starts; monthly fees are told per day, as it prorates."""

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from tariff_core import BillingPeriod, Interval, bill, parse_plan

from benchmarks.peer_workers.serving import Bill, serve

_WARSAW = ZoneInfo("Europe/Warsaw")
_WINTER = timezone(timedelta(hours=1))


def prepare(data: Mapping[str, Any]) -> Bill:
    """Make the plan and the use; a bill is one call of `bill`."""
    plan, intervals, period = {"registers": _registers, "month": _month, "year": _year}[data["kind"]](data)
    parsed = parse_plan(plan)
    return lambda: bill(parsed, intervals, period=period).total


def _plan(zone: str, fixed_day: Decimal, components: list[dict[str, Any]], **more: object) -> dict[str, Any]:
    fixed = {"kind": "fixed", "label": "supply", "unit": "per_day", "rate": str(fixed_day)}
    return {
        "commodity": "electricity",
        "currency": "PLN",
        "timezone": zone,
        "components": [fixed, *components],
        **more,
    }


def _use(rate: str, **more: object) -> dict[str, Any]:
    return {
        "kind": "usage",
        "direction": "import",
        "register": "general",
        "period": "single",
        "rate": rate,
        **more,
    }


def _window(days: str, start: str, end: str) -> dict[str, Any]:
    return {"days": days, "time": [start, end]}


def _registers(data: Mapping[str, Any]) -> tuple[dict[str, Any], list[Interval], BillingPeriod]:
    start = datetime(2026, 1, 1, tzinfo=_WARSAW)
    names = ("general", "controlled_load_1")
    uses = [_use(price, register=name) for name, price in zip(names, data["prices"], strict=True)]
    hour = timedelta(hours=1)
    intervals = [
        Interval(start + hour, hour, name, "kWh", Decimal(kwh))
        for name, kwh in zip(names, data["kwh"], strict=True)
    ]
    plan = _plan("Europe/Warsaw", Decimal(data["fixed"]) / 31, uses)
    return plan, intervals, BillingPeriod(start, datetime(2026, 2, 1, tzinfo=_WARSAW))


def _month(data: Mapping[str, Any]) -> tuple[dict[str, Any], list[Interval], BillingPeriod]:
    prices = data["zone_prices"]
    uses = [
        _use(prices["am_peak"], schedule=[_window("weekdays", "07:00", "13:00")]),
        _use(prices["pm_peak"], schedule=[_window("weekdays", "19:00", "22:00")]),
        _use(prices["rest_in_capacity_hours"], schedule=[_window("weekdays", "13:00", "19:00")]),
        _use(
            prices["rest"],
            schedule=[
                _window("weekdays", "00:00", "07:00"),
                _window("weekdays", "22:00", "24:00"),
                _window("weekends", "00:00", "24:00"),
            ],
        ),
    ]
    holidays = {"calendar": "PL", "treatment": "as_weekend"}
    plan = _plan("Europe/Warsaw", Decimal(data["fixed"]) / 31, uses, holidays=holidays)
    start, end = (datetime(2026, month, 1, tzinfo=_WARSAW) for month in (5, 6))
    return plan, _series(data["wh"], start, timedelta(minutes=15)), BillingPeriod(start, end)


def _year(data: Mapping[str, Any]) -> tuple[dict[str, Any], list[Interval], BillingPeriod]:
    peak = [_window("weekdays", "07:00", "21:00")]
    rest = [
        _window("weekdays", "00:00", "07:00"),
        _window("weekdays", "21:00", "24:00"),
        _window("weekends", "00:00", "24:00"),
    ]
    halves = (("summer", peak), ("summer", rest), ("winter", peak), ("winter", rest))
    uses = [
        _use(price, season=season, schedule=schedule)
        for price, (season, schedule) in zip(data["prices"], halves, strict=True)
    ]
    demand = {
        "kind": "demand",
        "method": "max_interval_avg",
        "measure": "kW",
        "unit": "per_kw_per_month",
        "rate": data["peak"],
        "reset": "monthly",
    }
    seasons = {"summer": {"months": [4, 5, 6, 7, 8, 9]}, "winter": {"months": [10, 11, 12, 1, 2, 3]}}
    plan = _plan("Etc/GMT-1", Decimal(data["fixed_month"]) * 12 / 365, [*uses, demand], seasons=seasons)
    start, end = (datetime(year, 1, 1, tzinfo=_WINTER) for year in (2018, 2019))
    return plan, _series(data["wh"], start, timedelta(hours=1)), BillingPeriod(start, end)


def _series(wh: list[int], start: datetime, step: timedelta) -> list[Interval]:
    return [
        Interval(start + step * (index + 1), step, "general", "kWh", Decimal(one).scaleb(-3))
        for index, one in enumerate(wh)
    ]


if __name__ == "__main__":
    serve(prepare)
