"""A prosumer's settlement as plain data, for bills and quotes: the deposit with its lots, the covered kWh."""

from decimal import Decimal

from pydantic import BaseModel, ConfigDict

from kwit.rating.deposit import Settlement
from kwit.rating.net_metering import Covered


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DepositMonthData(_Data):
    """A month of energy fed in: value = amount x factor, half up to 0.01; amount = kWh x price, or by intervals."""

    month: str
    kwh: Decimal
    price: Decimal
    factor: Decimal
    amount: Decimal
    value: Decimal
    by_intervals: bool = False


class LotData(_Data):
    """What is left of what a month was worth; an opening sum without a month never lapses."""

    month: str
    value: Decimal
    left: Decimal


class LapsedData(_Data):
    """The end of a month's deposit: left = refund + forfeited."""

    month: str
    left: Decimal
    refund: Decimal
    forfeited: Decimal


class DepositData(_Data):
    """The settlement of a net-billing deposit; `limit` is the gross of the charges and sections it may pay."""

    pays_charges: tuple[str, ...]
    pays_sections: tuple[str, ...]
    opening: Decimal
    months: tuple[DepositMonthData, ...]
    available: Decimal
    limit: Decimal
    used: Decimal
    left: Decimal
    lots: tuple[LotData, ...] = ()
    lapsed: tuple[LapsedData, ...] = ()


class CoveredData(_Data):
    """Whole kWh that net-metering covers in a zone, and the credit left there."""

    zone: str
    kwh: int
    left_kwh: Decimal


def deposit_data(
    settlement: Settlement, *, charges: tuple[str, ...], sections: tuple[str, ...]
) -> DepositData:
    """Return the settlement of a deposit as plain data, with what the seller lets it pay."""
    return DepositData(
        pays_charges=charges,
        pays_sections=sections,
        opening=settlement.opening,
        months=tuple(
            DepositMonthData(
                month=f"{one.month:%Y-%m}",
                kwh=one.kwh,
                price=one.price,
                factor=one.factor,
                amount=one.amount,
                value=one.value,
                by_intervals=one.by_intervals,
            )
            for one in settlement.months
        ),
        available=settlement.available,
        limit=settlement.limit,
        used=settlement.used,
        left=settlement.left,
        lots=tuple(
            LotData(month=f"{lot.month:%Y-%m}" if lot.month else "", value=lot.value, left=lot.left)
            for lot in settlement.lots
        ),
        lapsed=tuple(
            LapsedData(month=f"{one.month:%Y-%m}", left=one.left, refund=one.refund, forfeited=one.forfeited)
            for one in settlement.lapsed
        ),
    )


def covered_data(covered: Covered) -> tuple[CoveredData, ...]:
    """Return what net-metering covers, by zone, as plain data."""
    zones = dict.fromkeys([*covered.kwh, *covered.left_kwh])
    return tuple(
        CoveredData(zone=zone, kwh=covered.kwh.get(zone, 0), left_kwh=covered.left_kwh.get(zone, Decimal(0)))
        for zone in zones
    )
