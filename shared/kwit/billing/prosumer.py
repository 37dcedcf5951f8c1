"""Settle a prosumer's bill: the credit that covers the import, the deposit that pays, and what stays for later."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from kwit.billing.carried import Carried, CarriedCredit, CarriedLot, PendingMonth
from kwit.billing.case import Case
from kwit.kernel.energy import apportion
from kwit.metering.usage import Usage
from kwit.rating.deposit import (
    REFUND_SHARE_RCE,
    REFUND_SHARE_RCEM,
    ExportMonth,
    Settlement,
    export_month,
    payable_part,
    settle,
)
from kwit.rating.export import EXPORT, export_by_month
from kwit.rating.lines import Rated, RatingProblem
from kwit.rating.net_metering import CreditLot, CreditSettlement, credit_kwh, settle_credit
from kwit.rating.prices import rcem_of
from kwit.rating.profile import VatRounding
from kwit.registry.company import ProfileSettings
from kwit.registry.records import Contract, DepositPrice


@dataclass(frozen=True, slots=True)
class SettledDeposit:
    """What the deposit does to a bill, and the months whose price is not known yet."""

    settlement: Settlement
    pending: tuple[PendingMonth, ...]

    def lots(self) -> tuple[CarriedLot, ...]:
        """Return what is handed on to the next bill."""
        return tuple(
            CarriedLot(month=lot.month, value=lot.value, left=lot.left) for lot in self.settlement.lots
        )


def prosumer_problem(contract: Contract) -> RatingProblem | None:
    """Name what a prosumer's contract lacks to be settled, None when it lacks nothing."""
    terms = contract.settlement
    if contract.prosumer == "net_metering" and terms.opust is None:
        return RatingProblem("opust_missing", "the contract does not say 0.8 or 0.7")
    if contract.prosumer == "net_billing" and terms.deposit_price is DepositPrice.RCE:
        return RatingProblem("market_prices_missing", "no prices of settlement periods (RCE) are stored")
    return None


def dearest_zones(rated: Rated) -> list[str]:
    """Order the zones of import by the energy price of their lines, the dearest first."""
    prices = {line.zone: line.price for line in rated.lines if line.charge == "energy"}
    zones = (row.zone for row in rated.energy if row.quantity == "import")
    return sorted(zones, key=lambda zone: (-prices.get(zone, Decimal(0)), zone))


def cover_import(
    *, contract: Contract, rated: Rated, usage: Usage, carried: Carried
) -> CreditSettlement | None:
    """Cover the import of a prosumer of net-metering, the dearest zone first after its own; None for others."""
    ratio = contract.settlement.opust
    if contract.prosumer != "net_metering" or ratio is None:
        return None
    lots = [*carried.credit_lots(), *_new_credit(rated, usage, ratio)]
    imported = {row.zone: row.kwh for row in rated.energy if row.quantity == "import"}
    dearest = dearest_zones(rated)
    return settle_credit(lots=lots, imported_kwh=imported, dearest=dearest, on=rated.period.start)


def _new_credit(rated: Rated, usage: Usage, ratio: Decimal) -> list[CreditLot]:
    """Share each zone's credit among the months of the period as the whole export is."""
    exported = {row.zone: row.kwh for row in rated.energy if row.quantity == EXPORT}
    by_month = export_by_month(usage=usage, kwh=sum(exported.values()))
    lots: list[CreditLot] = []
    for zone, kwh in exported.items():
        weights = list(by_month.values())
        parts = apportion(kwh, weights=weights) if any(weights) else [0] * len(weights)
        for month, part in zip(by_month, parts, strict=True):
            credit = credit_kwh(exported_kwh={zone: Decimal(part)}, ratio=ratio)[zone]
            lots.append(CreditLot(month, zone, credit))
    return lots


def carried_credit(lots: Sequence[CreditLot]) -> tuple[CarriedCredit, ...]:
    """Return credit as it is handed on."""
    return tuple(CarriedCredit(month=lot.month, zone=lot.zone, kwh=lot.kwh) for lot in lots)


def settle_deposit(
    *, case: Case, contract: Contract, rated: Rated, usage: Usage, carried: Carried, settings: ProfileSettings
) -> SettledDeposit | None:
    """Settle the deposit of a prosumer of net-billing; None for others.

    Months whose RCEm is not known yet wait in `pending` and count in the first bill that knows it.
    """
    if contract.prosumer != "net_billing":
        return None
    terms = contract.settlement
    exported = sum(row.kwh for row in rated.energy if row.quantity == EXPORT)
    fed_in = export_by_month(usage=usage, kwh=exported)
    waiting = [*((one.month, one.kwh) for one in carried.pending), *fed_in.items()]
    months: list[ExportMonth] = []
    pending: list[PendingMonth] = []
    for month, kwh in waiting:
        price = rcem_of(case.rcem, month)
        if price is not None:
            months.append(
                export_month(month=month, kwh=Decimal(kwh), price=price, factor=terms.deposit_factor)
            )
        elif kwh:
            pending.append(PendingMonth(month=month, kwh=kwh))
    limit = payable_part(
        lines=rated.lines,
        charges=frozenset(settings.deposit_charges),
        sections=frozenset(settings.deposit_sections),
        rounding=VatRounding(settings.vat),
    )
    settlement = settle(
        opening=carried.deposit_lots(),
        months=months,
        limit=limit,
        gross=rated.gross,
        on=rated.period.start,
        refund_share=REFUND_SHARE_RCE if terms.deposit_price is DepositPrice.RCE else REFUND_SHARE_RCEM,
    )
    return SettledDeposit(settlement, tuple(pending))
