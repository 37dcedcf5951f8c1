"""The price list file as people edit it: the fields of the YAML, what each may hold, and its JSON Schema.

Decimals are text in quotation marks, so that "0.0500" keeps its four decimals; dates are ISO (2026-01-31)
and `until` is the first day no longer included. docs/price-lists.md explains the file to whoever writes one.
"""

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    StrictBool,
    StrictInt,
    StringConstraints,
    Tag,
    model_validator,
)

from kwit.kernel.time import DateRange
from kwit.tariffs.findings import Code
from kwit.tariffs.price_list import (
    ABOVE,
    BASE,
    HIGH,
    LOW,
    Applies,
    Basis,
    Clock,
    Confidence,
    Customers,
    Kind,
    PartialPeriod,
    Section,
    TierSpan,
)
from kwit.tariffs.written import (
    Amount,
    Count,
    Day,
    Days,
    Hours,
    Months,
    MultiplierOrFraction,
    Name,
    Names,
    Page,
    Text,
    refused,
)

FORMAT = "kwit/price-list/1"
UNITS: Mapping[Basis, tuple[str, ...]] = {
    Basis.ENERGY_BY_ZONE: ("kWh", "MWh", "GJ", "m3"),
    Basis.ENERGY: ("kWh", "MWh", "GJ", "m3"),
    Basis.CAPACITY_HOURS_ENERGY: ("kWh", "MWh"),
    Basis.POWER: ("kW", "MW"),
    Basis.MONTH: ("month",),
    Basis.ENERGY_UNBALANCED: ("kWh", "MWh"),
    Basis.ENERGY_BALANCED_OFF: ("kWh", "MWh"),
    Basis.REACTIVE_INDUCTIVE: ("MWh",),
    Basis.REACTIVE_CAPACITIVE: ("Mvarh", "kvarh"),
    Basis.POWER_EXCESS: ("kW", "MW"),
    Basis.DAY: ("day",),
    Basis.DOCUMENT: ("document",),
    Basis.PERCENTAGE: ("%",),
    Basis.MINIMUM: ("PLN",),
    Basis.ENERGY_DYNAMIC: ("kWh",),
    Basis.EVENT: ("item", "hour", "km", "metre", "day", "kW", "kWh", "MWh", "PLN"),
}
AMOUNT_FIELDS = (
    "price", "by_zone", "by_volume", "by_tier", "by_degree", "by_phases", "by_cycle", "by_bracket", "by_voltage",
    "by_variant",
)  # fmt: skip


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WindowPart(_Part):
    """Days `from` up to, not including, `until`; either may be left out where the rest tells it."""

    first: Day | None = Field(default=None, alias="from")
    until: Day | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.first is not None and self.until is not None and self.until <= self.first:
            raise refused(Code.EMPTY_WINDOW, self.until, self.first.isoformat())
        return self

    def within(self, span: DateRange) -> DateRange | None:
        """Return the days of this window inside `span`, whose ends stand for what was left out."""
        start = span.start if self.first is None else self.first
        end = span.end if self.until is None else self.until
        if end is not None and end <= start:
            return None
        return span.intersection(DateRange(start, end))


class ValidPart(WindowPart):
    """The days in which this version of the list is in force."""

    first: Day = Field(alias="from")


class SourcePart(_Part):
    """The document the figures come from, and how far it is to be trusted."""

    document: Text
    confidence: Confidence
    uncited: Text | None = Field(default=None, description="why prices without a page have none")


class RulePart(_Part):
    """The hours of each zone on some kinds of day in some months."""

    months: Months
    days: Days
    hours: dict[Name, Hours]
    page: Page | None = None


class GroupPart(_Part):
    """A tariff group: its zones with the labels the issuer prints, and the calendar of their hours."""

    household: StrictBool
    zones: dict[Name, Text]
    calendar: Name | None = None
    hourly: StrictBool = Field(default=False, description="zones are published hour by hour")


class BracketPart(_Part):
    """A bracket of yearly use in whole kWh, both ends included; the last one has no `up_to`."""

    code: Name
    label: Text
    at_least: StrictInt = Field(ge=0)
    up_to: StrictInt | None = Field(default=None, ge=0)


class SeasonPart(_Part):
    """Whole months in which prices of a season apply."""

    months: Months


class RatePart(WindowPart):
    """A dated rate: VAT as a fraction, excise or RCEm in PLN per MWh; or why it is not known in these days."""

    rate: Amount | None = None
    unknown: Text | None = None
    page: Page | None = None
    confidence: Confidence | None = None

    @model_validator(mode="after")
    def _known_or_not(self) -> Self:
        if (self.rate is None) == (self.unknown is None):
            given = "–" if self.rate is None else "rate, unknown"
            raise refused(Code.ONE_AMOUNT, given, "rate, unknown")
        return self


class UnknownPart(WindowPart):
    """Days in which the charge existed but its price is not in this list."""

    first: Day = Field(alias="from")
    until: Day
    why: Text


class VolumePart(_Part):
    """Two prices with a limit of energy between them: up to the customer's base, and above it."""

    base: Amount
    above: Amount


class TierPart(_Part):
    """The price of a block of energy: up to a whole number of kWh; the last block has no `up_to`."""

    up_to: Annotated[StrictInt, Field(ge=1)] | None = None
    price: Amount


def _in_order(tiers: tuple[TierPart, ...]) -> tuple[TierPart, ...]:
    edges = [tier.up_to for tier in tiers]
    known = [edge for edge in edges if edge is not None]
    if len(tiers) < 2 or edges[-1] is not None or len(known) != len(edges) - 1 or known != sorted(set(known)):
        raise refused(Code.TIERS_DO_NOT_TILE, ", ".join(map(str, edges)))
    return tiers


Tiers = Annotated[tuple[TierPart, ...], AfterValidator(_in_order)]


class DegreePart(_Part):
    """Two prices by the degree of use of the contracted power: 0.100 and under, and over that."""

    low: Amount
    high: Amount


def _kind_of_amount(value: object) -> str:
    if isinstance(value, list | tuple):
        return "[tiers]"
    return "[volume]" if isinstance(value, dict | VolumePart) else "[amount]"


# The tags stand in brackets because they are no part of the path in the file.
ZoneAmount = Annotated[
    Annotated[Amount, Tag("[amount]")]
    | Annotated[VolumePart, Tag("[volume]")]
    | Annotated[Tiers, Tag("[tiers]")],
    Discriminator(_kind_of_amount),
]


class PricePart(WindowPart):
    """A price, or a few that differ by one term, with the groups and terms it is for."""

    group: Names | None = None
    price: Amount | None = None
    by_zone: dict[Name, ZoneAmount] | None = None
    by_volume: VolumePart | None = None
    by_tier: Tiers | None = None
    by_degree: DegreePart | None = None
    by_phases: dict[Literal["1", "3"], Amount] | None = None
    by_cycle: dict[Count, Amount] | None = None
    by_bracket: dict[Name, Amount] | None = None
    by_voltage: dict[Literal["low", "medium", "high"], Amount] | None = None
    by_variant: dict[Name, Amount] | None = None
    phases: Literal[1, 3] | None = None
    cycle: Annotated[StrictInt, Field(ge=1)] | None = None
    remote: StrictBool | None = None
    ten_days: StrictBool | None = Field(default=None, description="settled every ten days, or not")
    season: Name | None = None
    page: Page | None = None
    confidence: Confidence | None = None

    def amount_fields(self) -> tuple[str, ...]:
        """Name the fields that hold amounts and are given; a sound price has exactly one."""
        return tuple(name for name in AMOUNT_FIELDS if getattr(self, name) is not None)

    def amounts(self) -> Iterator[tuple[tuple[str, ...], Decimal]]:
        """Yield every amount with its path inside the price."""
        if self.price is not None:
            yield ("price",), self.price
        if self.by_volume is not None:
            yield from _volumes(("by_volume",), self.by_volume)
        if self.by_tier is not None:
            yield from _tiers(("by_tier",), self.by_tier)
        if self.by_degree is not None:
            yield ("by_degree", LOW), self.by_degree.low
            yield ("by_degree", HIGH), self.by_degree.high
        for zone, priced in (self.by_zone or {}).items():
            if isinstance(priced, VolumePart):
                yield from _volumes(("by_zone", zone), priced)
            elif isinstance(priced, tuple):
                yield from _tiers(("by_zone", zone), priced)
            else:
                yield ("by_zone", zone), priced
        for name in ("by_phases", "by_cycle", "by_bracket", "by_voltage", "by_variant"):
            for term, amount in (getattr(self, name) or {}).items():
                yield (name, str(term)), amount

    def has_volumes(self) -> bool:
        """Tell whether the price depends on how much energy was used: on the customer's limit, or on tiers."""
        zones = (self.by_zone or {}).values()
        parts = self.by_volume is not None or self.by_tier is not None
        return parts or any(isinstance(one, VolumePart | tuple) for one in zones)


def _volumes(path: tuple[str, ...], part: VolumePart) -> Iterator[tuple[tuple[str, ...], Decimal]]:
    yield (*path, BASE), part.base
    yield (*path, ABOVE), part.above


def _tiers(path: tuple[str, ...], tiers: tuple[TierPart, ...]) -> Iterator[tuple[tuple[str, ...], Decimal]]:
    for index, tier in enumerate(tiers):
        yield (*path, str(index), "price"), tier.price


class EventPart(_Part):
    """How a charge of basis `event` is counted; see kwit.tariffs.price_list.EventRule."""

    rate: Name | None = Field(default=None, description="dated rate that the prices are multiples of")
    price_of: Name | None = Field(default=None, description="charge whose price they are multiples of")
    rebate: StrictBool = False
    beyond: Amount | None = Field(default=None, description="only what is over this quantity is counted")
    squared_over: Amount | None = Field(default=None, description="limit of the event's measure, in per cent")
    variants: dict[Name, Text] = Field(default={}, description="kinds of the event, as printed")


class AdjustPart(_Part):
    """Factors for customers of whom something holds; see kwit.tariffs.price_list.Adjustments."""

    lowered_power: Amount | None = None
    prepaid: Amount | None = None
    industrial: dict[Name, Amount] = {}


class UseLimitPart(_Part):
    """The most kWh of illegal use by a kind of metering."""

    metering: Name
    kwh: StrictInt = Field(ge=1)
    per: Literal["installation", "ampere", "ampere_and_phase"]
    least_ampere: StrictInt = Field(default=0, ge=0)
    per_kv: Amount | None = Field(default=None, description="amperes = per_kv x kV x A")


class IllegalUsePart(_Part):
    """A case of illegal use: how many times the rates of which charges, and how many kWh at most."""

    code: Name
    name: Text
    times: Amount
    charges: Names
    limits: tuple[UseLimitPart, ...] = ()
    page: Page


class ChargeHead(_Part):
    """A charge without its prices."""

    code: Name
    name: Text
    section: Section
    basis: Basis
    unit: Text
    digits: StrictInt = Field(ge=0, le=8)
    posting: Annotated[str, StringConstraints(pattern=r"^[a-z_]+(\.[a-z_]+)*$")]
    customers: Customers = Customers.ALL
    vat: Name = "standard"
    partial_period: PartialPeriod = PartialPeriod.BY_DAYS
    families: Names | None = Field(default=None, description="first letters of the tariff groups concerned")
    in_force: WindowPart | None = None
    multiplier: MultiplierOrFraction | None = Field(
        default=None, description="a further factor, as k of reactive energy; may be a fraction, 1/15"
    )
    tg_phi0: Amount | None = Field(default=None, description="limit of tg φ, basis reactive_inductive")
    of: Names | None = Field(default=None, description="codes that a percentage or a minimum is counted on")
    unknown: tuple[UnknownPart, ...] = ()
    series: Name | None = Field(default=None, description="market prices, basis energy_dynamic")
    applies: Applies = Field(
        default=Applies.ALWAYS,
        description="measured: owed only where the meter measures what it is counted on",
    )
    tier_span: TierSpan = Field(default=TierSpan.PERIOD, description="over which days tiers run up")
    special: StrictBool | None = Field(default=None, description="for special customers, or for all others")
    event: EventPart | None = None
    adjust: AdjustPart | None = None
    clock: Clock | None = Field(
        default=None, description="which clock of the contract bills it; by its basis without it"
    )


class ChargePart(ChargeHead):
    """A charge with its prices."""

    prices: tuple[PricePart, ...]


class HeadPart(_Part):
    """What the list is, who issues it, when it is in force, where it comes from."""

    format: Literal["kwit/price-list/1"]
    code: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    kind: Kind
    issuer: Text
    title: Text
    valid: ValidPart
    source: SourcePart
    note: str = ""


class PriceListFile(HeadPart):
    """A whole price list file."""

    calendars: dict[Name, tuple[RulePart, ...]] = {}
    seasons: dict[Name, SeasonPart] = {}
    groups: dict[Name, GroupPart] = {}
    brackets: tuple[BracketPart, ...] = ()
    rates: dict[Name, tuple[RatePart, ...]] = {}
    charges: tuple[ChargePart, ...]
    illegal_use: tuple[IllegalUsePart, ...] = ()
    omitted: dict[Text, Text] = {}


def json_schema_text() -> str:
    """Write the JSON Schema of a price list file, for editors that check YAML while it is typed."""
    schema = PriceListFile.model_json_schema(by_alias=True)
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return json.dumps(schema, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
