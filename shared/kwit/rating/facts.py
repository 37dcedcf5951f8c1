"""Facts of a period that no price list and no plain use tells: covered energy, power taken over the contract."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from kwit.kernel.time import DateRange
from kwit.rating.lines import Factor


@dataclass(frozen=True, slots=True)
class PowerExcess:
    """Power taken over the contracted power (przekroczenie mocy umownej) in the month that begins on `start`.

    `kw` is the figure the tariff charges, the sum of the ten largest hourly excesses or ten times the largest;
    `rule` says which.
    """

    start: date
    kw: Decimal
    rule: str


@dataclass(frozen=True, slots=True)
class CapacityDay:
    """Import of a working day in the capacity hours, Wh, with the class of its period and coefficient A."""

    day: date
    wh: int
    code: str
    coefficient: Decimal


@dataclass(frozen=True, slots=True)
class EnergyBase:
    """The kWh of a charge at the price up to a limit (zużycie do limitu), over a window of the period.

    Window None is the whole period; a limit that changes with the year is told by one base for each part.
    """

    charge: str
    kwh: int
    window: DateRange | None = None


@dataclass(frozen=True, slots=True)
class PricedDay:
    """Import of a day and what it is worth at the market prices of its intervals: Wh, and exact PLN."""

    day: date
    wh: int
    value: Decimal


@dataclass(frozen=True, slots=True)
class GivenCharge:
    """A charge as a document prints it, with no price list behind it; `where` names the place it was given."""

    code: str
    name: str
    section: str
    quantity: Decimal
    unit: str
    price: Decimal
    vat_rate: Decimal
    posting: str
    zone: str = ""
    factors: tuple[Factor, ...] = ()
    document: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened once and is charged by itself (zdarzenie): a service, a rebate, a connection.

    `quantity` is in the unit of the charge, `variant` the kind of the event where the charge has kinds,
    `measure` what the rule of the charge asks for (a deviation of voltage in per cent). `note` and `reference`,
    the identity of the event where it has one, are evidence.
    """

    charge: str
    quantity: Decimal
    day: date
    note: str = ""
    variant: str = ""
    measure: Decimal | None = None
    factors: tuple[Factor, ...] = ()
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Penalty:
    """The rates of a period taken several times (opłaty za nielegalny pobór): of these charges and no other.

    `vat` names the dated rate of VAT that the amounts have.
    """

    times: Decimal
    charges: frozenset[str]
    vat: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What rating knows of a period beside its use.

    `covered_kwh` are the whole kWh by zone that net-metering covers (opust); `power_excess` is None when
    nobody looked for it; `months_of` says how many months a charge is taken for where the period does not;
    `bases` are the limits of charges with two prices; `capacity_days` have classes where nobody gave one, None
    leaves coefficient A to the terms; `events` are priced on their own day; a `penalty` leaves its charges alone;
    `dynamic` are the days of each series of market prices.
    """

    covered_kwh: Mapping[str, int] = field(default_factory=dict)
    power_excess: tuple[PowerExcess, ...] | None = None
    months_of: Mapping[str, Decimal] = field(default_factory=dict)
    bases: tuple[EnergyBase, ...] = ()
    capacity_days: tuple[CapacityDay, ...] | None = None
    given: tuple[GivenCharge, ...] = ()
    dynamic: Mapping[str, tuple[PricedDay, ...]] = field(default_factory=dict)
    events: tuple[Event, ...] = ()
    penalty: Penalty | None = None


NO_FACTS = Facts()
