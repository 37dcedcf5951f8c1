"""A billing case: what is known of one contract that a bill is made from, gathered once from the stores."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from itertools import pairwise

from kwit.billing.cycles import Bounds
from kwit.kernel.time import DateRange, Period
from kwit.metering.estimation.filling import History
from kwit.metering.placed import settled_registers
from kwit.metering.ports import ReadingStore
from kwit.metering.readings import RegisterReading
from kwit.metering.usage import MeteredRegister
from kwit.rating.terms import ALL_SECTIONS, Terms
from kwit.registry.company import SumSettings
from kwit.registry.events import ContractEvent, first_told
from kwit.registry.ports import RegistryStore
from kwit.registry.records import (
    Contract,
    ContractKind,
    Meter,
    MeteringPoint,
    Party,
    Prosumer,
    in_force,
    timeline,
)
from kwit.tariffs.ports import PriceListStore
from kwit.tariffs.price_list import PriceList

RCEM_LIST = "rcem-pl"
"""The price list that holds the RCEm by month; no contract names it."""

_PHASES_TO_BE = 3
"""The phases of a point that is not built yet; no event is priced by them."""

_SECTIONS = {
    ContractKind.COMPREHENSIVE: ALL_SECTIONS,
    ContractKind.SALE: frozenset({"sale", "other"}),
    ContractKind.DISTRIBUTION: frozenset({"distribution", "other"}),
    ContractKind.CONNECTION: frozenset({"distribution", "other"}),
}


class RegistryIncompleteError(LookupError):
    """The registry lacks a record that a contract names; carries what is missing and for which contract."""

    def __init__(self, contract_no: str, missing: str) -> None:
        super().__init__(f"contract {contract_no}: {missing} is not in the registry")
        self.contract_no = contract_no
        self.missing = missing


@dataclass(frozen=True, slots=True)
class Case:
    """A contract with its terms over time, point, parties, registers, states, price lists and events.

    `others` are the histories of the points whose difference its own energy is, by their codes.
    `rcem` holds the versions of the list of monthly prices of energy fed in, for prosumers of net-billing. `customer`
    and `payer` are those of the run's date; `parties` are all that any version of the contract names. `frameworks` are
    the framework contracts it may rest on, where the settings ask for them.
    """

    contract_no: str
    contracts: tuple[Contract, ...]
    point: MeteringPoint
    customer: Party
    payer: Party
    registers: tuple[MeteredRegister, ...]
    states: tuple[RegisterReading, ...]
    lists: Mapping[str, Sequence[PriceList]]
    others: Mapping[str, History] = field(default_factory=dict)
    events: tuple[ContractEvent, ...] = ()
    rcem: Sequence[PriceList] = ()
    parties: Mapping[str, Party] = field(default_factory=dict)
    frameworks: tuple[Contract, ...] = ()

    def party(self, party_id: str) -> Party:
        """Return a party that a version of the contract names, as it is known on the run's date.

        Raises RegistryIncompleteError.
        """
        known = {one.party_id: one for one in (self.customer, self.payer)} | dict(self.parties)
        if party_id not in known:
            raise RegistryIncompleteError(self.contract_no, f"party {party_id}")
        return known[party_id]

    def contract_on(self, day: date) -> Contract:
        """Return the version of the contract in force on a day, or its first one before that."""
        return contract_on(self.contracts, day)

    def bounds_on(self, day: date) -> Bounds:
        """Return the days over which the party and the payer of a day hold the contract."""
        return bounds_on(self.contracts, day)

    def terms_over(self, period: Period, *, annual_kwh: int | None, degree: str | None = None) -> list[Terms]:
        """Return the terms that hold one after another over a period; `degree` is that of the power's use.

        Groups G are households and those that the tariff regulation settles like them.
        """
        versions = timeline(self.contracts)
        terms = []
        for index, contract in enumerate(versions):
            following = versions[index + 1].valid_from if index + 1 < len(versions) else None
            held = DateRange(contract.valid_from, following).intersection(period.range)
            if held is not None:
                terms.append(self._terms(contract, held, annual_kwh, degree))
        return terms

    def _terms(
        self, contract: Contract, window: DateRange, annual_kwh: int | None, degree: str | None
    ) -> Terms:
        coefficient = contract.settlement.capacity_coefficient
        return Terms(
            window=window,
            group=contract.group,
            household=contract.group.upper().startswith("G"),
            price_lists=contract.price_lists,
            phases=self.point.phases,
            cycle_months=contract.cycle_months,
            remote_reading=contract.remote_reading,
            annual_kwh=annual_kwh,
            contracted_kw=contract.contracted_kw,
            capacity_share=contract.capacity_share,
            sections=_SECTIONS[contract.kind],
            tg_phi0=contract.settlement.tg_phi0,
            capacity_coefficient=Decimal(1) if coefficient is None else coefficient,
            degree=degree,
            voltage=contract.settlement.voltage,
            lowered_power=contract.settlement.lowered_power,
            prepaid=contract.settlement.prepaid,
            special=contract.settlement.special,
            industrial=contract.settlement.industrial,
        )


def contract_on(versions: Sequence[Contract], day: date) -> Contract:
    """Return, of a contract's timeline, the version in force on a day, or the first one before that.

    Terms hold from a day; the end bounds the contract as a whole, so the version valid last tells it.
    """
    found = in_force(versions, on=day) or versions[0]
    return replace(found, ends=versions[-1].ends)


def bounds_on(versions: Sequence[Contract], day: date) -> Bounds:
    """Return the days over which the party and the payer of a day hold a contract (do cesji albo końca umowy).

    A version that names another party or payer ends the days of the one before.
    """
    place = max((index for index, one in enumerate(versions) if one.valid_from <= day), default=0)
    mine = (versions[place].party_id, versions[place].payer_id)
    begins = versions[place].starts
    for before, one in pairwise(versions[: place + 1]):
        if (before.party_id, before.payer_id) != (one.party_id, one.payer_id):
            begins = one.valid_from
    ends = versions[-1].ends
    following = next(
        (one.valid_from for one in versions[place + 1 :] if (one.party_id, one.payer_id) != mine), ends
    )
    return Bounds(begins, min((one for one in (ends, following) if one is not None), default=None))


def takeover(versions: Sequence[Contract], day: date) -> tuple[str, date] | None:
    """Return the party that held a contract before that of a day, and the day it was taken over; None without one."""
    known = [one for one in versions if one.valid_from <= day]
    changes = [(one.party_id, two.valid_from) for one, two in pairwise(known) if one.party_id != two.party_id]
    return changes[-1] if changes else None


def gather_case(
    *,
    contract_no: str,
    on: date,
    registry: RegistryStore,
    readings: ReadingStore,
    price_lists: PriceListStore,
    cache: dict[str, Sequence[PriceList]],
    sums: Sequence[SumSettings] = (),
) -> Case:
    """Gather what a contract's bill rests on, as known now.

    `cache` keeps price lists for the other contracts of the chunk; `sums` name points whose energy others tell.
    Raises RegistryIncompleteError.
    """
    contracts = timeline(registry.contract(contract_no))
    if not contracts:
        raise RegistryIncompleteError(contract_no, f"contract {contract_no}")
    contract = in_force(contracts, on=on) or contracts[0]
    point = _point(contract, on, registry)
    customer = in_force(registry.party(contract.party_id), on=on)
    if customer is None:
        raise RegistryIncompleteError(contract_no, f"party {contract.party_id}")
    payer = in_force(registry.party(contract.payer_id), on=on)
    if payer is None:
        raise RegistryIncompleteError(contract_no, f"payer {contract.payer_id}")
    feeds_in = any(one.prosumer is Prosumer.NET_BILLING for one in contracts)
    codes = {code for one in contracts for code in one.price_lists} | ({RCEM_LIST} if feeds_in else set())
    for code in codes - cache.keys():
        cache[code] = price_lists.versions(code)
    return Case(
        contract_no=contract_no,
        contracts=tuple(contracts),
        point=point,
        customer=customer,
        payer=payer,
        registers=metered_registers(registry.meters(contract.ppe)) if contract.kind.settles_point else (),
        states=tuple(readings.registers(contract.ppe)) if contract.kind.settles_point else (),
        lists={code: cache[code] for one in contracts for code in one.price_lists},
        others={
            ppe: History(metered_registers(registry.meters(ppe)), tuple(readings.registers(ppe)))
            for one in sums
            if one.point == contract.ppe
            for ppe in (one.whole, *one.parts)
        },
        events=tuple(first_told(registry.events(contract_no))),
        rcem=cache[RCEM_LIST] if feeds_in else (),
        parties=_parties(contracts, on, registry) if len(contracts) > 1 else {},
    )


def _point(contract: Contract, on: date, registry: RegistryStore) -> MeteringPoint:
    """Return the contract's point as it is known; one that is still to be connected may be known by its code at most.

    Raises RegistryIncompleteError.
    """
    point = in_force(registry.point(contract.ppe), on=on) if contract.ppe else None
    if point is not None:
        return point
    if contract.kind.settles_point:
        raise RegistryIncompleteError(contract.contract_no, f"point {contract.ppe}")
    since, told = contract.valid_from, contract.known_at
    return MeteringPoint(contract.ppe, "", "", "", "", _PHASES_TO_BE, since, told, contract.source)


def _parties(contracts: Sequence[Contract], on: date, registry: RegistryStore) -> dict[str, Party]:
    """Return the parties that versions of a contract name, those of before a change among them."""
    names = {name for one in contracts for name in (one.party_id, one.payer_id)}
    found = {name: in_force(registry.party(name), on=on) for name in sorted(names)}
    return {name: party for name, party in found.items() if party is not None}


def metered_registers(meters: Sequence[Meter]) -> tuple[MeteredRegister, ...]:
    """Turn the meters that ever stood at a point into registers with the days they were present.

    A total register beside its zones only checks them and is left out.
    """
    latest: dict[tuple[str, date], Meter] = {}
    for meter in meters:
        stay = (meter.meter_no, meter.installed)
        kept = latest.get(stay)
        if kept is None or (meter.valid_from, meter.known_at) > (kept.valid_from, kept.known_at):
            latest[stay] = meter
    return settled_registers(
        [
            MeteredRegister(
                meter_no=meter.meter_no,
                code=register.code,
                zone=register.zone,
                quantity=str(register.quantity),
                digits=register.digits,
                multiplier=meter.multiplier,
                present=DateRange(meter.installed, meter.removed),
                interval_minutes=meter.interval_minutes,
                winter_time=meter.winter_time,
            )
            for meter in sorted(latest.values(), key=lambda m: m.installed)
            for register in meter.registers
        ]
    )
