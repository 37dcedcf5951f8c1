"""Which forecast of a contract is due, and which forecasts a bill settles."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from kwit.billing.case import bounds_on, contract_on
from kwit.billing.cycles import NextPeriod, next_period
from kwit.billing.due import Part
from kwit.billing.forecast_data import Forecasts, InvoicedForecast
from kwit.registry.records import Contract, Cycle, Prosumer


def plans(contract: Contract) -> bool:
    """Tell whether a version of a contract has forecasts; what a prosumer feeds in is not forecast."""
    return (
        contract.kind.settles_point and contract.forecast is not None and contract.prosumer is Prosumer.NONE
    )


def next_forecast(
    *,
    contracts: Sequence[Contract],
    forecasts: Forecasts,
    measured_to: date,
    business_date: date,
    window_of: Callable[[str], int],
) -> NextPeriod | None:
    """Return the next period to be forecast that is due by the business date; None when none is.

    Forecasts begin where the last one ended, but not before the first day that is not billed from readings. Days that
    are over are not forecast any more: their readings are due.
    """
    day = measured_to if forecasts.to is None else max(forecasts.to, measured_to)
    while True:
        first = _first_day(contracts, day)
        if first is None:
            return None
        contract = contract_on(contracts, first)
        due = _period(contract, contracts, first, window_of)
        if due is None or contract.forecast is None:
            return None
        if due.start - timedelta(days=contract.forecast.days_before) > business_date:
            return None
        if due.end > business_date:
            return due
        day = due.end


def forecasts_due(
    *,
    contracts: Sequence[Contract],
    forecasts: Forecasts,
    measured_to: date,
    business_date: date,
    window_of: Callable[[str], int],
) -> bool:
    """Tell whether a forecast is due by the business date, or some are to be given back."""
    if left_behind(contracts, forecasts, measured_to=measured_to) is not None:
        return True
    due = next_forecast(
        contracts=contracts,
        forecasts=forecasts,
        measured_to=measured_to,
        business_date=business_date,
        window_of=window_of,
    )
    return due is not None


def _first_day(contracts: Sequence[Contract], day: date) -> date | None:
    """Return the first day from `day` on whose terms have forecasts."""
    if plans(contract_on(contracts, day)):
        return day
    later = (one.valid_from for one in contracts if one.valid_from > day and plans(one))
    return min(later, default=None)


def _period(
    contract: Contract, contracts: Sequence[Contract], day: date, window_of: Callable[[str], int]
) -> NextPeriod | None:
    if contract.forecast is None:
        return None
    return next_period(
        contract=contract,
        billed_to=day,
        window_days=window_of(contract.profile),
        cycle=Cycle(contract.forecast.months, contract.cycle_anchor),
        bounds=bounds_on(contracts, day),
    )


def settled_by(part: Part, forecasts: Forecasts, *, end: date) -> list[InvoicedForecast]:
    """Return the forecasts that the bill of a measured period settles.

    They are those of its buyer that begin before the edge of its cycle, wherever near it the reading is; and all of
    them when the buyer does not hold the contract any more.
    """
    closing = end == part.bounds.ends
    buyer = (part.contract.party_id, part.contract.payer_id)
    return [
        one
        for one in forecasts.open
        if (one.party_id, one.payer_id) == buyer and (closing or one.start < max(part.due.end, end))
    ]


def forecast_to(part: Part, forecasts: Forecasts, *, end: date) -> date:
    """Return the first day to be forecast after the bill of a measured period: who follows begins anew."""
    if end == part.bounds.ends or forecasts.to is None:
        return end
    return max(forecasts.to, end)


def left_behind(
    contracts: Sequence[Contract], forecasts: Forecasts, *, measured_to: date
) -> tuple[Contract, list[InvoicedForecast]] | None:
    """Return forecasts of a buyer whose days are all billed from readings, with its last terms; None without any.

    It happens when the end was told after the last bill: no bill follows that could settle them.
    """
    for one in forecasts.open:
        buyer = (one.party_id, one.payer_id)
        mine = [version for version in contracts if (version.party_id, version.payer_id) == buyer]
        if not mine:
            continue
        ends = bounds_on(contracts, mine[-1].valid_from).ends
        if ends is not None and ends <= measured_to:
            left = [other for other in forecasts.open if (other.party_id, other.payer_id) == buyer]
            return mine[-1], left
    return None
