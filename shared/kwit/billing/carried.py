"""What one bill of a contract hands on to the next: deposit, credit, months not priced yet, limits used.

It travels as text beside the day up to which the contract is billed, and moves with it in one transaction, so
the next bill starts from exactly what the last issued one left.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from pydantic import BaseModel, ConfigDict

from kwit.rating.deposit import Lot
from kwit.rating.net_metering import CreditLot
from kwit.registry.records import Contract


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CarriedLot(_Data):
    """A lot of the deposit, PLN; without a month it never lapses."""

    month: date | None
    value: Decimal
    left: Decimal


class CarriedCredit(_Data):
    """Credit of net-metering, kWh of one zone and month."""

    month: date
    zone: str
    kwh: Decimal


class PendingMonth(_Data):
    """Energy fed in during a month whose price was not known yet, whole kWh."""

    month: date
    kwh: int


class UsedLimit(_Data):
    """The kWh of a year's limit that a charge has billed at its lower price."""

    charge: str
    year: int
    kwh: int


class FormerParty(_Data):
    """What a party left behind when another took the contract over (cesja): it stays that party's."""

    party_id: str
    since: date
    lots: tuple[CarriedLot, ...] = ()
    credit: tuple[CarriedCredit, ...] = ()
    pending: tuple[PendingMonth, ...] = ()


class Carried(_Data):
    """All that a bill hands on; `former` is what parties before this one left, for a person to settle with them."""

    lots: tuple[CarriedLot, ...] = ()
    credit: tuple[CarriedCredit, ...] = ()
    pending: tuple[PendingMonth, ...] = ()
    used: tuple[UsedLimit, ...] = ()
    former: tuple[FormerParty, ...] = ()

    def text(self) -> str:
        """Write it as text; empty when there is nothing to hand on."""
        return "" if self == NOTHING else self.model_dump_json(exclude_defaults=True)

    def deposit_lots(self) -> list[Lot]:
        """Return the lots as the engine takes them."""
        return [Lot(one.month, one.value, one.left) for one in self.lots]

    def credit_lots(self) -> list[CreditLot]:
        """Return the credit as the engine takes it."""
        return [CreditLot(one.month, one.zone, one.kwh) for one in self.credit]

    def used_kwh(self, charge: str, year: int) -> int:
        """Return the kWh of a year that a charge has billed within its limit."""
        return sum(one.kwh for one in self.used if (one.charge, one.year) == (charge, year))


NOTHING = Carried()


def read_carried(text: str) -> Carried:
    """Read what was handed on as text."""
    return Carried.model_validate_json(text) if text else NOTHING


def first_carried(contract: Contract) -> Carried:
    """Return what a contract brings into its first bill: a deposit without months, a credit of its first month."""
    deposit, credit = contract.deposit, contract.settlement.credit_kwh
    lots = (CarriedLot(month=None, value=deposit, left=deposit),) if deposit else ()
    since = contract.billed_to.replace(day=1)
    credits_ = (CarriedCredit(month=since, zone="all", kwh=credit),) if credit else ()
    return Carried(lots=lots, credit=credits_)


def taken_over(carried: Carried, *, party_id: str, since: date) -> Carried:
    """Return what a party begins with that takes a contract over on a day: nothing of what the one before has.

    Deposit, credit and months not priced yet are that one's; yearly limits begin anew.
    """
    left = FormerParty(
        party_id=party_id, since=since, lots=carried.lots, credit=carried.credit, pending=carried.pending
    )
    something = left.lots or left.credit or left.pending
    return Carried(former=(*carried.former, left) if something else carried.former)


def with_used(carried: Carried, used: Mapping[tuple[str, int], int]) -> tuple[UsedLimit, ...]:
    """Add kWh billed within limits to those carried; years before the newest two are let go."""
    sums = {(one.charge, one.year): one.kwh for one in carried.used}
    for key, kwh in used.items():
        sums[key] = sums.get(key, 0) + kwh
    newest = max((year for _, year in sums), default=0)
    return tuple(
        UsedLimit(charge=charge, year=year, kwh=kwh)
        for (charge, year), kwh in sorted(sums.items())
        if year >= newest - 1
    )
