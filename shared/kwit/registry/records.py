"""The registry (kartoteka): parties, points, meters and contracts, each record one version in time.

A version says from which day it holds (valid time) and since when kWit knows it (known time). Nothing is
edited: a change is a new version, and any past day can be asked what was known then.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from kwit.kernel.provenance import Source
from kwit.registry.events import ContractEvent


class PartyKind(StrEnum):
    """A person or a firm."""

    PERSON = "person"
    FIRM = "firm"


class ContractKind(StrEnum):
    """What a contract settles (rodzaj umowy).

    A connection contract (umowa o przyłączenie) settles events of its own and measures nothing. Framework contracts
    bill nothing: a distributor's general distribution contract lets a seller sell in its network (GUD), or sell energy
    and distribution together (GUD-K); a distributor's own GUD-K with a seller says who pays for distribution.
    """

    COMPREHENSIVE = "comprehensive"
    SALE = "sale"
    DISTRIBUTION = "distribution"
    CONNECTION = "connection"
    FRAMEWORK_SALE = "framework_sale"
    FRAMEWORK_COMPREHENSIVE = "framework_comprehensive"
    FRAMEWORK_SELLER = "framework_seller"

    @property
    def settles_point(self) -> bool:
        """Tell whether contracts of the kind settle what is measured at a point."""
        return self in {ContractKind.COMPREHENSIVE, ContractKind.SALE, ContractKind.DISTRIBUTION}

    @property
    def is_framework(self) -> bool:
        """Tell whether the kind is a framework contract (umowa ramowa), which bills nothing."""
        return not self.settles_point and self is not ContractKind.CONNECTION


class Quantity(StrEnum):
    """What a register counts."""

    IMPORT = "import"
    EXPORT = "export"
    IMPORT_UNBALANCED = "import_unbalanced"
    REACTIVE_INDUCTIVE = "reactive_inductive"
    REACTIVE_CAPACITIVE = "reactive_capacitive"


class Prosumer(StrEnum):
    """How a prosumer settles what is fed in."""

    NONE = "none"
    NET_BILLING = "net_billing"
    NET_METERING = "net_metering"


@dataclass(frozen=True, slots=True)
class Party:
    """A party (kontrahent): customer, payer or addressee. Identifiers are checked on the way in.

    `language` is that of its documents, "en" or empty for Polish.
    """

    party_id: str
    kind: PartyKind
    name: str
    street: str
    postcode: str
    city: str
    valid_from: date
    known_at: datetime
    source: Source
    nip: str = ""
    pesel: str = ""
    regon: str = ""
    email: str = ""
    bank_account: str = ""
    country: str = "PL"
    language: str = ""


@dataclass(frozen=True, slots=True)
class MeteringPoint:
    """A metering point (punkt poboru energii, PPE) in the network of one distributor."""

    ppe: str
    distributor: str
    street: str
    postcode: str
    city: str
    phases: int
    valid_from: date
    known_at: datetime
    source: Source


@dataclass(frozen=True, slots=True)
class Register:
    """A register of a meter: the code a reading names it by, its zone and what it counts."""

    code: str
    zone: str
    quantity: Quantity = Quantity.IMPORT
    digits: int = 6


@dataclass(frozen=True, slots=True)
class Meter:
    """A meter (licznik) at a point from `installed` up to, not including, `removed`.

    `interval_minutes` is set for meters that are settled from interval series, not from registers.
    """

    meter_no: str
    ppe: str
    installed: date
    removed: date | None
    multiplier: int
    registers: tuple[Register, ...]
    valid_from: date
    known_at: datetime
    source: Source
    winter_time: bool = False
    interval_minutes: int | None = None


class DepositPrice(StrEnum):
    """Which price values what a prosumer of net-billing feeds in: of the month, or of each settlement period."""

    RCEM = "rcem"
    RCE = "rce"


@dataclass(frozen=True, slots=True)
class YearlyLimit:
    """The kWh of a year that a charge bills at its lower price (limit roczny)."""

    charge: str
    kwh: int


@dataclass(frozen=True, slots=True)
class MonthlyBase:
    """The kWh of each month, January first, that a charge with two prices takes as its base (zużycie bazowe)."""

    charge: str
    kwh: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SettlementTerms:
    """What a contract says of its settlement beyond the tariff: limits, losses, power factor, capacity, deposit.

    `losses_percent` and `losses_kw` are added to the import; `tg_phi0` is the contract's limit of tg φ;
    `capacity_coefficient` is A as the distributor names it, `capacity_qualification` the period over which the
    class is found instead; `deposit_factor` is 1.23 for those who chose it; `opust` is 0.8 or 0.7;
    `credit_kwh` is the credit of net-metering brought into kWit. `voltage` is `low`, `medium` or `high` where the
    group does not tell it; `lowered_power`, `prepaid`, `special` and `industrial` are the terms of a corrected
    contracted power, a prepaid meter, a special customer and a listed industrial user.
    """

    yearly_limits: tuple[YearlyLimit, ...] = ()
    monthly_bases: tuple[MonthlyBase, ...] = ()
    losses_percent: Decimal = Decimal(0)
    losses_kw: Decimal = Decimal(0)
    tg_phi0: Decimal | None = None
    capacity_coefficient: Decimal | None = None
    capacity_qualification: str = ""
    deposit_price: DepositPrice = DepositPrice.RCEM
    deposit_factor: Decimal = Decimal(1)
    opust: Decimal | None = None
    credit_kwh: Decimal = Decimal(0)
    voltage: str = ""
    lowered_power: bool = False
    prepaid: bool = False
    special: bool = False
    industrial: str = ""


STANDARD_TERMS = SettlementTerms()


@dataclass(frozen=True, slots=True)
class Cycle:
    """A cycle of one clock of a contract (cykl): its months, a day on which one begins, billed then or at its end.

    `in_advance` bills a period when it begins (z góry), else when it has ended (z dołu).
    """

    months: int
    anchor: date
    in_advance: bool = False


class ForecastMethod(StrEnum):
    """What the expected use of a forecast is worked out from (sposób prognozowania)."""

    PREVIOUS_YEAR = "previous_year"
    DAILY_AVERAGE = "daily_average"
    DECLARED = "declared"


@dataclass(frozen=True, slots=True)
class ForecastPlan:
    """A plan of forecasts (plan prognoz) inside the cycle of what is measured: one every so many months.

    A forecast falls due `days_before` its days begin. `method` is tried first, the others follow in their order.
    """

    months: int
    days_before: int = 0
    method: ForecastMethod | None = None


@dataclass(frozen=True, slots=True)
class Contract:
    """One version of a contract's terms (umowa), holding from `valid_from`.

    `starts` and `ends` bound the contract itself (`ends` is the first day it no longer holds). `billed_to` is
    the first day not yet billed when the contract was brought into kWit. `annual_kwh` is the declared use of
    a year, for customers without a year of history. `payer_id` is who the documents go to. `cycle_months` and
    `cycle_anchor` are the cycle of what is measured; `fixed_cycle` and `own_cycle` are those of the fixed charges
    and of the contract's own, None where they are billed together with what is measured. `ppe` is empty for
    framework contracts, and for a connection whose point has no code yet. `distributor` is whose network a framework
    contract opens; `framework_no` is the contract with a seller that a distribution contract is billed under.
    `forecast` is the plan of forecasts that the bill of what is measured settles. `collective` names the account on
    whose collective invoices the contract is billed together with others, empty when it is billed alone.
    """

    contract_no: str
    kind: ContractKind
    party_id: str
    payer_id: str
    ppe: str
    group: str
    price_lists: tuple[str, ...]
    profile: str
    starts: date
    ends: date | None
    billed_to: date
    cycle_months: int
    cycle_anchor: date
    payment_days: int
    valid_from: date
    known_at: datetime
    source: Source
    remote_reading: bool = False
    contracted_kw: Decimal | None = None
    annual_kwh: int | None = None
    capacity_share: Decimal | None = None
    prosumer: Prosumer = Prosumer.NONE
    deposit: Decimal | None = None
    balance: Decimal | None = None
    settlement: SettlementTerms = STANDARD_TERMS
    fixed_cycle: Cycle | None = None
    own_cycle: Cycle | None = None
    distributor: str = ""
    framework_no: str = ""
    unit: str = ""
    forecast: ForecastPlan | None = None
    collective: str = ""


Record = Party | MeteringPoint | Meter | Contract | ContractEvent
Version = TypeVar("Version", Party, MeteringPoint, Meter, Contract)


def in_force(versions: Iterable[Version], *, on: date, known_by: datetime | None = None) -> Version | None:
    """Return the version that holds on a day, as known at an instant (the latest known when not given).

    Of the versions already valid, the one valid latest wins; of the same day, the one known latest;
    of files that came at one instant, the same one on every machine.
    """
    candidates = [v for v in versions if v.valid_from <= on and (known_by is None or v.known_at <= known_by)]
    return max(candidates, key=lambda v: (v.valid_from, v.known_at, v.source), default=None)


def timeline(versions: Iterable[Version], *, known_by: datetime | None = None) -> list[Version]:
    """Return the versions that hold one after another, each day's latest known one, by valid day."""
    latest: dict[date, Version] = {}
    for version in versions:
        if known_by is not None and version.known_at > known_by:
            continue
        kept = latest.get(version.valid_from)
        if kept is None or (version.known_at, version.source) >= (kept.known_at, kept.source):
            latest[version.valid_from] = version
    return [latest[day] for day in sorted(latest)]
