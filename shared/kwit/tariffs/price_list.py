"""A price list (cennik, taryfa) as the engine reads it: frozen, checked, dated, every price with its page.

The YAML that people edit is described in schema.py; check.py turns one into the other or says what is wrong.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from kwit.kernel.time import DateRange

ALL_DAY = "all"
BASE, ABOVE = "base", "above"
LOW, HIGH = "low", "high"


class Kind(StrEnum):
    """Whose prices a list holds."""

    SELLER = "seller"
    DISTRIBUTOR = "distributor"
    LEVIES = "levies"


class Confidence(StrEnum):
    """How far a source is to be trusted; what is not official says so on the quote."""

    OFFICIAL = "official"
    SECONDARY = "secondary"
    UNCONFIRMED = "unconfirmed"
    OWN = "own"


class Section(StrEnum):
    """The part of the bill a charge belongs to."""

    SALE = "sale"
    DISTRIBUTION = "distribution"
    OTHER = "other"


class Basis(StrEnum):
    """What a charge is counted on."""

    ENERGY_BY_ZONE = "energy_by_zone"
    ENERGY = "energy"
    CAPACITY_HOURS_ENERGY = "capacity_hours_energy"
    POWER = "power"
    MONTH = "month"
    ENERGY_UNBALANCED = "energy_unbalanced"
    ENERGY_BALANCED_OFF = "energy_balanced_off"
    REACTIVE_INDUCTIVE = "reactive_inductive"
    REACTIVE_CAPACITIVE = "reactive_capacitive"
    POWER_EXCESS = "power_excess"
    DAY = "day"
    DOCUMENT = "document"
    PERCENTAGE = "percentage"
    MINIMUM = "minimum"
    EVENT = "event"
    ENERGY_DYNAMIC = "energy_dynamic"


DERIVED = frozenset({Basis.PERCENTAGE, Basis.MINIMUM})
RUNNING = frozenset({Basis.MONTH, Basis.POWER, Basis.DAY})
"""Bases that run by the calendar, whatever is measured."""
ZONED = frozenset(
    {
        Basis.ENERGY_BY_ZONE,
        Basis.ENERGY,
        Basis.ENERGY_UNBALANCED,
        Basis.ENERGY_BALANCED_OFF,
        Basis.REACTIVE_INDUCTIVE,
        Basis.REACTIVE_CAPACITIVE,
    }
)


class Clock(StrEnum):
    """Which of a contract's clocks bills a charge (zegar rozliczeń).

    `variable` bills what is measured, `fixed` what runs by the calendar, `contract` what is the contract's own.
    """

    VARIABLE = "variable"
    FIXED = "fixed"
    CONTRACT = "contract"


ALL_CLOCKS = frozenset(Clock)
_OF_CONTRACT = frozenset({Basis.EVENT, Basis.DOCUMENT})


class PartialPeriod(StrEnum):
    """What happens to a monthly charge when the contract begins or ends inside the period.

    `by_days` takes the share of the period's days, `full` all months whatever the day, `started_months` every
    month begun, `thirtieths` whole months and a thirtieth for each further day.
    """

    BY_DAYS = "by_days"
    FULL = "full"
    STARTED_MONTHS = "started_months"
    THIRTIETHS = "thirtieths"


class Customers(StrEnum):
    """Which customers a charge concerns."""

    ALL = "all"
    HOUSEHOLD = "household"
    OTHERS = "others"


class Applies(StrEnum):
    """When a charge is owed: always, or only where the meter measures what it is counted on, and there is some."""

    ALWAYS = "always"
    MEASURED = "measured"


class TierSpan(StrEnum):
    """Over which days the energy of tiers (progi) runs up: the period billed, or each calendar month."""

    PERIOD = "period"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Tier:
    """A block of energy with a price of its own: whole kWh over `over_kwh`, up to `up_to_kwh`; `number` from 1."""

    number: int
    over_kwh: int
    up_to_kwh: int | None

    @property
    def label(self) -> str:
        """Say in Polish which energy the tier holds."""
        if self.up_to_kwh is None:
            return f"ponad {self.over_kwh} kWh"
        return f"{self.over_kwh}–{self.up_to_kwh} kWh" if self.over_kwh else f"do {self.up_to_kwh} kWh"


@dataclass(frozen=True, slots=True)
class Price:
    """One price of a charge, net PLN per unit, and its terms; None and an empty set match any.

    `volume` is `base` for the energy up to the customer's limit of the period, `above` for the rest, and the
    number of its `tier` for energy priced in blocks;
    `degree` is `low` or `high` by the degree of use of the contracted power (stopień wykorzystania mocy).
    `voltage` is `low`, `medium` or `high`; `variant` one of the kinds an event may be of; `ten_days` tells
    settlement every ten days (rozliczenie 10-dniowe) from a monthly one.
    `confidence` None means that of the list; `page` is empty when the list says why it cites none.
    """

    amount: Decimal
    window: DateRange
    page: str
    groups: frozenset[str] = frozenset()
    zone: str | None = None
    phases: int | None = None
    bracket: str | None = None
    cycle_months: int | None = None
    remote: bool | None = None
    confidence: Confidence | None = None
    volume: str | None = None
    degree: str | None = None
    voltage: str | None = None
    variant: str | None = None
    ten_days: bool | None = None
    tier: Tier | None = None


@dataclass(frozen=True, slots=True)
class EventRule:
    """How a charge of basis `event` is counted where plain quantity x price is not all.

    `rate` names a dated rate, `price_of` another charge of the customer: the prices are then multiples of it.
    `rebate` makes the amount negative (bonifikata). Only what is `beyond` a quantity is counted. With
    `squared_over` the measure of the event enters as (measure / limit)^2, as the limit itself when over it.
    `variants` are the kinds of the event with what the document prints of them.
    """

    rate: str = ""
    price_of: str = ""
    rebate: bool = False
    beyond: Decimal | None = None
    squared_over: Decimal | None = None
    variants: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Adjustments:
    """Factors of a charge for customers of whom something holds.

    `lowered_power` is for months corrected after the contracted power was lowered; `prepaid` is the part of
    the price of the longest cycle that a prepaid meter pays; `industrial` are the shares of energy by kind of
    listed industrial user (odbiorca przemysłowy).
    """

    lowered_power: Decimal | None = None
    prepaid: Decimal | None = None
    industrial: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Charge:
    """A charge (składnik opłaty): what it is counted on, in which unit, at which prices.

    `families` are the first letters of the tariff groups it concerns (A, B, C, G, R …), empty for all.
    Outside `in_force` the charge does not exist; inside it a day without a price is a day nobody knows.
    `multiplier` is a further factor (k of reactive energy); `tg_phi0` the limit of tg φ; `of` names the
    charges that a percentage or a minimum is counted on. `special` True is for special customers (odbiorcy
    specjalni) alone, False for all but them. `series` names the market prices of a dynamic price, whose `prices`
    are then the seller's margin. `clock` is the clock that the list gives the charge to, None that of its basis.
    """

    code: str
    name: str
    section: Section
    basis: Basis
    unit: str
    prices: tuple[Price, ...]
    posting: str
    customers: Customers = Customers.ALL
    vat: str = "standard"
    partial_period: PartialPeriod = PartialPeriod.BY_DAYS
    families: frozenset[str] = frozenset()
    in_force: DateRange | None = None
    multiplier: Decimal | None = None
    tg_phi0: Decimal | None = None
    of: frozenset[str] = frozenset()
    special: bool | None = None
    event: EventRule | None = None
    tier_span: TierSpan = TierSpan.PERIOD
    series: str = ""
    applies: Applies = Applies.ALWAYS
    adjust: Adjustments | None = None
    clock: Clock | None = None

    @property
    def billed_by(self) -> Clock | None:
        """Name the clock that bills the charge: as marked, else by its basis; None for one counted on others."""
        if self.clock is not None or self.basis in DERIVED:
            return self.clock
        if self.basis in _OF_CONTRACT:
            return Clock.CONTRACT
        return Clock.FIXED if self.basis in RUNNING else Clock.VARIABLE

    def concerns(self, *, group: str, household: bool, special: bool = False) -> bool:
        """Tell whether a customer of a tariff group pays this charge at all."""
        if self.special is not None and self.special is not special:
            return False
        if self.customers is Customers.HOUSEHOLD and not household:
            return False
        if self.customers is Customers.OTHERS and household:
            return False
        if self.families and group[:1] not in self.families:
            return False
        if not self.prices:
            return True  # a charge whose price nobody knows is owed all the same
        return any(not price.groups or group in price.groups for price in self.prices)

    def is_in_force(self, day: date) -> bool:
        """Tell whether the charge exists on a day; a charge that the law has ended is no gap."""
        return self.in_force is None or day in self.in_force


@dataclass(frozen=True, slots=True)
class CalendarRule:
    """Hours of each zone on the given kinds of day in the given months; the hours tile 24 exactly.

    `hours` names the zone of each of the 24 clock hours.
    """

    months: frozenset[int]
    days: frozenset[str]
    hours: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ZoneCalendar:
    """Time zones of a tariff group (strefy czasowe): one rule for every month and kind of day."""

    code: str
    rules: tuple[CalendarRule, ...]


@dataclass(frozen=True, slots=True)
class TariffGroup:
    """A tariff group (grupa taryfowa): its zones with Polish labels and their calendar.

    The zones of an `hourly` group are published hour by hour and follow no calendar.
    """

    code: str
    household: bool
    zones: Mapping[str, str]
    calendar: ZoneCalendar | None = None
    hourly: bool = False


@dataclass(frozen=True, slots=True)
class UseLimit:
    """The most kWh of illegal use that a kind of metering stands for.

    `kwh` is for the installation, per ampere, or per ampere and phase, as `per` says; fewer amperes than
    `least_ampere` count as that many; `per_kv` makes the amperes of indirect metering: per_kv x kV x A.
    """

    metering: str
    kwh: int
    per: str
    least_ampere: int = 0
    per_kv: Decimal | None = None


@dataclass(frozen=True, slots=True)
class IllegalUse:
    """A case of illegal use (nielegalny pobór): how many times the rates of `charges` and the price of energy."""

    code: str
    name: str
    times: Decimal
    charges: frozenset[str]
    page: str
    limits: tuple[UseLimit, ...] = ()


@dataclass(frozen=True, slots=True)
class Bracket:
    """A bracket of yearly use: `over` < use <= `up_to` (kWh), with the lower edge in it when `from_edge`."""

    code: str
    label: str
    over_kwh: int
    up_to_kwh: int | None
    from_edge: bool = False

    def holds(self, annual_kwh: int) -> bool:
        """Tell whether a yearly use in whole kWh falls into this bracket."""
        above = annual_kwh >= self.over_kwh if self.from_edge else annual_kwh > self.over_kwh
        return above and (self.up_to_kwh is None or annual_kwh <= self.up_to_kwh)


@dataclass(frozen=True, slots=True)
class DatedRate:
    """A rate in force over a range of days: a VAT rate as a fraction, an excise rate in PLN per MWh."""

    window: DateRange
    rate: Decimal
    page: str
    confidence: Confidence | None = None


@dataclass(frozen=True, slots=True)
class PriceList:
    """One version of a price list. `content_hash` names its bytes; `code` is what contracts refer to.

    `calendars` holds every calendar of the list, also those of no group (capacity_hours of the levies).
    `omitted` names what the document holds and this list does not, with the reason.
    """

    code: str
    kind: Kind
    issuer: str
    title: str
    window: DateRange
    document: str
    confidence: Confidence
    content_hash: str
    charges: tuple[Charge, ...]
    groups: Mapping[str, TariffGroup]
    brackets: tuple[Bracket, ...] = ()
    rates: Mapping[str, tuple[DatedRate, ...]] | None = None
    note: str = ""
    calendars: Mapping[str, ZoneCalendar] = field(default_factory=dict)
    omitted: Mapping[str, str] = field(default_factory=dict)
    illegal_use: tuple[IllegalUse, ...] = ()

    def rate_on(self, name: str, day: date) -> DatedRate | None:
        """Return the rate of a name in force on a day, or None when the list says nothing of it."""
        return next((rate for rate in (self.rates or {}).get(name, ()) if day in rate.window), None)

    def boundaries(self, *, group: str | None = None) -> Iterator[date]:
        """Yield every day on which something of this list changes, for one tariff group when it is named.

        Seasons of other groups would else cut the periods of customers whose prices stay the same.
        """
        windows = [self.window]
        for charge in self.charges:
            if group is not None and charge.families and group[:1] not in charge.families:
                continue
            if charge.basis is Basis.EVENT:
                continue
            mine = [p.window for p in charge.prices if group is None or not p.groups or group in p.groups]
            windows += mine
            if charge.in_force is not None and (mine or not charge.prices):
                windows.append(charge.in_force)
        windows += [rate.window for rates in (self.rates or {}).values() for rate in rates]
        for window in windows:
            yield window.start
            if window.end is not None:
                yield window.end
