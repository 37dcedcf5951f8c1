"""electric-emission-cost: charge arrays and the load in numpy are made before the clock starts."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import numpy as np
from electric_emission_cost.costs import calculate_cost

from benchmarks.peer_workers.serving import Bill, serve


def prepare(data: Mapping[str, Any]) -> Bill:
    """Make the charge arrays as the library names them; a bill is one call of `calculate_cost`."""
    month = data["kind"] == "month"
    load = {"electric": np.array(data["wh"], dtype=float) * (4 if month else 1) / 1000}
    charges = _month(data) if month else _year(data)
    resolution = "15m" if month else "1h"

    def bill() -> float:
        cost, _ = calculate_cost(charges, load, resolution=resolution)
        return float(cost)

    return bill


def _month(data: Mapping[str, Any]) -> dict[str, Any]:
    days = "20260501_20260531"
    return {
        f"electric_customer_fixed_{days}_0": np.array([float(data["fixed"])]),
        f"electric_energy_all_{days}_0": np.array([float(price) for price in data["prices"]]),
    }


def _year(data: Mapping[str, Any]) -> dict[str, Any]:
    days = "20180101_20181231"
    months = np.array(data["months"])
    charges = {
        f"electric_customer_fixed_{days}_0": np.array([float(data["fixed_month"])] * 12),
        f"electric_energy_all_{days}_0": np.array([float(price) for price in data["hour_prices"]]),
    }
    for month in range(1, 13):
        first = date(2018, month, 1)
        last = date(2018 + month // 12, month % 12 + 1, 1) - timedelta(days=1)
        name = f"electric_demand_month{month}_{first:%Y%m%d}_{last:%Y%m%d}_0"
        charges[name] = np.where(months == month, float(data["peak"]), 0.0)
    return charges


if __name__ == "__main__":
    serve(prepare)
