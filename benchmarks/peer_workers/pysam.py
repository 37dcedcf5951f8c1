"""NREL-PySAM, module Utilityrate5: computes whole years, so a month stands in a year of zeros."""

from collections.abc import Mapping
from typing import Any

from PySAM import Utilityrate5

from benchmarks.peer_workers.serving import Bill, serve

_QUARTERS_BEFORE_MAY = 120 * 96
_QUARTERS = 365 * 96
_OPEN = 1e38


def prepare(data: Mapping[str, Any]) -> Bill:
    """Set the module up; a bill sets the load, runs it and reads the result."""
    module = Utilityrate5.new()
    for group, values in _settings(data).items():
        for name, value in values.items():
            setattr(getattr(module, group), name, value)
    load = _load(data)
    month = data["kind"] == "month"

    def bill() -> float:
        module.Load.load = load
        module.execute()
        bills = module.Outputs.year1_monthly_utility_bill_wo_sys
        return bills[4] if month else sum(bills)

    return bill


def _settings(data: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    month = data["kind"] == "month"
    steps = _QUARTERS if month else 8760
    rates = _series_rates(data) if month else _schedule_rates(data)
    return {
        "Lifetime": {"analysis_period": 1, "inflation_rate": 0, "system_use_lifetime_output": 0},
        "SystemOutput": {"degradation": [0], "gen": [0.0] * steps},
        "Load": {"load_escalation": [0], "grid_outage": [0] * steps},
        "ElectricityRates": {
            "en_electricity_rates": 1,
            "rate_escalation": [0],
            "ur_metering_option": 4 if month else 0,
            "ur_monthly_min_charge": 0,
            "ur_annual_min_charge": 0,
            "ur_nm_yearend_sell_rate": 0,
            "ur_sell_eq_buy": 0,
            "ur_en_ts_sell_rate": 0,
            "ur_ts_sell_rate": [0],
            "TOU_demand_single_peak": 0,
            **rates,
        },
    }


def _series_rates(data: Mapping[str, Any]) -> dict[str, Any]:
    prices = [0.0] * _QUARTERS
    prices[_QUARTERS_BEFORE_MAY : _QUARTERS_BEFORE_MAY + len(data["prices"])] = map(float, data["prices"])
    every_hour = [[1] * 24 for _ in range(12)]
    return {
        "ur_monthly_fixed_charge": float(data["fixed"]),
        "ur_en_ts_buy_rate": 1,
        "ur_ts_buy_rate": prices,
        "ur_ec_tou_mat": [[1, 1, _OPEN, 0, 0.0, 0.0]],
        "ur_ec_sched_weekday": every_hour,
        "ur_ec_sched_weekend": every_hour,
        "ur_dc_enable": 0,
    }


def _schedule_rates(data: Mapping[str, Any]) -> dict[str, Any]:
    every_hour = [[1] * 24 for _ in range(12)]
    return {
        "ur_monthly_fixed_charge": float(data["fixed_month"]),
        "ur_en_ts_buy_rate": 0,
        "ur_ts_buy_rate": [0],
        "ur_ec_tou_mat": [[i + 1, 1, _OPEN, 0, float(p), 0.0] for i, p in enumerate(data["prices"])],
        "ur_ec_sched_weekday": [[zone + 1 for zone in row] for row in data["weekday"]],
        "ur_ec_sched_weekend": [[zone + 1 for zone in row] for row in data["weekend"]],
        "ur_dc_enable": 1,
        "ur_dc_flat_mat": [[month, 1, _OPEN, float(data["peak"])] for month in range(12)],
        "ur_dc_tou_mat": [[1, 1, _OPEN, 0.0]],
        "ur_dc_sched_weekday": every_hour,
        "ur_dc_sched_weekend": every_hour,
    }


def _load(data: Mapping[str, Any]) -> list[float]:
    if data["kind"] == "year":
        return [wh / 1000 for wh in data["wh"]]
    load = [0.0] * _QUARTERS
    load[_QUARTERS_BEFORE_MAY : _QUARTERS_BEFORE_MAY + len(data["wh"])] = [wh * 4 / 1000 for wh in data["wh"]]
    return load


if __name__ == "__main__":
    serve(prepare)
