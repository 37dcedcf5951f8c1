"""A prosumer's part of a quote: the credit that covers the import, the deposit that pays."""

from datetime import date
from decimal import Decimal

from kwit.billing.case import RCEM_LIST
from kwit.billing.prosumer import dearest_zones
from kwit.cli.scenario import ExportMonthPart, ProsumerPart, Scenario
from kwit.cli.scenario_file import Fault, LoadedScenario, shipped_versions
from kwit.metering.usage import Usage
from kwit.rating.deposit import (
    ExportMonth,
    Lot,
    Settlement,
    export_month,
    export_month_by_intervals,
    payable_part,
    settle,
)
from kwit.rating.export import EXPORT, calendar_months, export_by_month
from kwit.rating.lines import Rated
from kwit.rating.net_metering import CreditLot, CreditSettlement, credit_kwh, settle_credit
from kwit.rating.prices import rcem_of
from kwit.rating.profile import RatingProfile


def covered_by_credit(part: ProsumerPart, rated: Rated) -> CreditSettlement:
    """Cover the import: the zones are ordered by the energy price of this very quote, dearest first."""
    exported = {row.zone: Decimal(row.kwh) for row in rated.energy if row.quantity == EXPORT}
    this_month = rated.period.start.replace(day=1)
    lots = [CreditLot(_first_day(one.month), one.zone, one.kwh) for one in part.credit_lots]
    # Credit without a month stands for that of this month: nobody said when it lapses.
    lots += [CreditLot(this_month, zone, kwh) for zone, kwh in part.credit_kwh.items()]
    fed_in = credit_kwh(exported_kwh=exported, ratio=part.ratio or Decimal(0))
    lots += [CreditLot(this_month, zone, kwh) for zone, kwh in fed_in.items()]
    imported = {row.zone: row.kwh for row in rated.energy if row.quantity == "import"}
    dearest = dearest_zones(rated)
    return settle_credit(lots=lots, imported_kwh=imported, dearest=dearest, on=rated.period.start)


def settled_deposit(
    loaded: LoadedScenario,
    scenario: Scenario,
    usage: Usage,
    rated: Rated,
    profile: RatingProfile,
    faults: list[Fault],
) -> Settlement | None:
    """Settle the deposit of a prosumer of net-billing; None for anybody else."""
    part = scenario.prosumer
    if part is None or part.kind != "net_billing":
        return None
    limit = payable_part(
        lines=rated.lines,
        charges=frozenset(part.pays.charges),
        sections=frozenset(part.pays.sections),
        rounding=profile.vat,
    )
    exported = sum(row.kwh for row in rated.energy if row.quantity == EXPORT)
    by_month = export_by_month(usage=usage, kwh=exported)
    found = [
        _month(loaded, one, index, usage, by_month.get(_first_day(one.month), 0), faults)
        for index, one in enumerate(part.months)
    ]
    lots = [
        Lot(_first_day(one.month), one.left if one.value is None else one.value, one.left)
        for one in part.lots
    ]
    return settle(
        opening=[*lots, *([Lot(None, part.opening, part.opening)] if part.opening else [])],
        months=[month for month in found if month is not None],
        limit=limit,
        gross=rated.gross,
        on=rated.period.start,
        refund_share=part.refund_share,
    )


def _month(
    loaded: LoadedScenario, part: ExportMonthPart, index: int, usage: Usage, kwh: int, faults: list[Fault]
) -> ExportMonth | None:
    month = _first_day(part.month)
    if part.prices is not None:
        return _month_by_intervals(loaded, part, usage)
    price = part.price if part.price is not None else rcem_of(shipped_versions(RCEM_LIST), month)
    if price is None:
        place = f"prosumer.months[{index}].price"
        faults.append(Fault(loaded.name, None, place, f"no RCEm of {part.month} is known; give the price"))
        return None
    quantity = Decimal(kwh) if part.kwh is None else part.kwh
    return export_month(month=month, kwh=quantity, price=price, factor=part.factor)


def _month_by_intervals(loaded: LoadedScenario, part: ExportMonthPart, usage: Usage) -> ExportMonth:
    """Value the intervals of the series of export that lie in the month, each at its own price."""
    month = _first_day(part.month)
    prices = loaded.rce[part.prices or ""]
    series = next(one for one in usage.series if one.register.quantity == EXPORT)
    mine = [m.range for m in calendar_months(usage.period) if m.start.replace(day=1) == month]
    values: list[int] = []
    theirs: list[Decimal] = []
    at = 0
    for day in series.days:
        count = len(day.values_wh)
        if mine and day.day in mine[0]:
            values += day.values_wh
            theirs += prices[at : at + count]
        at += count
    return export_month_by_intervals(month=month, values_wh=values, prices=theirs, factor=part.factor)


def _first_day(month: str) -> date:
    return date.fromisoformat(f"{month}-01")
