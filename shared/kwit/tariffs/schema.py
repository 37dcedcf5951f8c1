"""The price list file as people edit it: the fields of the YAML, what each may hold, and its JSON Schema.

Decimals are text in quotation marks, so that "0.0500" keeps its four decimals; dates are ISO (2026-01-31)
and `until` is the first day no longer included. docs/price-lists.md explains the file to whoever writes one.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StrictBool,
    StrictInt,
    StringConstraints,
    Tag,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from kwit.kernel.time import DateRange
from kwit.tariffs.findings import Code
from kwit.tariffs.price_list import (
    ABOVE,
    BASE,
    HIGH,
    LOW,
    Applies,
    Basis,
    Confidence,
    Customers,
    Kind,
    PartialPeriod,
    Section,
    TierSpan,
)
from kwit.tariffs.yaml_file import LooseNumber

FORMAT = "kwit/price-list/1"
DAY_KINDS = ("workday", "saturday", "sunday", "holiday")
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

_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_FRACTION = re.compile(r"[0-9]+/[1-9][0-9]*")
_RANGE = re.compile(r"([0-9]{1,2})(?:-([0-9]{1,2}))?")
_DAY_WORDS: Mapping[str, tuple[str, ...]] = {
    "all": DAY_KINDS,
    "free": ("saturday", "sunday", "holiday"),
    **{kind: (kind,) for kind in DAY_KINDS},
}


def _refuse(code: Code, value: object, hint: str = "") -> PydanticCustomError:
    return PydanticCustomError(code.value, "{value} {hint}", {"value": str(value), "hint": hint})


def _decimal(value: object) -> Decimal:
    if isinstance(value, Decimal):
        return value
    if isinstance(value, bool | date) or not isinstance(value, str | int | float | LooseNumber):
        raise _refuse(Code.NOT_A_DECIMAL, value)
    if not isinstance(value, str):
        raise _refuse(Code.UNQUOTED_NUMBER, value)
    if not _DECIMAL.fullmatch(value):
        raise _refuse(Code.NOT_A_DECIMAL, value)
    return Decimal(value)


def _factor(value: object) -> Decimal:
    if isinstance(value, str) and _FRACTION.fullmatch(value):
        above, below = value.split("/")
        return Decimal(above) / Decimal(below)
    return _decimal(value)


def _day(value: object) -> date:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value if isinstance(value, str) and len(value) == 10 else "")
    except ValueError:
        raise _refuse(Code.NOT_A_DATE, value) from None


def _page(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _names(value: object) -> object:
    return (value,) if isinstance(value, str) else value


def _numbers(*, low: int, high: int, wrap_end: int, code: Code) -> Callable[[object], tuple[int, ...]]:
    """Make a reader of "4-9 11": numbers from low to high; a range may run over the end, as 10-3 does.

    With `wrap_end` above `high` ranges are half-open (hours: 22-6 is 22, 23, 0 … 5), else closed (months).
    """
    half_open = wrap_end > high

    def read(value: object) -> tuple[int, ...]:
        if value == "all":
            return tuple(range(low, high + 1))
        words = str(value).replace(",", " ").split() if isinstance(value, str | int) else []
        numbers: list[int] = []
        for word in words:
            match = _RANGE.fullmatch(word)
            if match is None or (half_open and match[2] is None):
                raise _refuse(code, value)
            first, last = int(match[1]), int(match[2] or match[1])
            if not (low <= first <= high and low <= last <= wrap_end) or (half_open and first == last):
                raise _refuse(code, value)
            numbers += _unroll(first, last - half_open, low=low, size=high - low + 1)
        if not numbers:
            raise _refuse(code, value)
        return tuple(numbers)

    return read


def _unroll(first: int, last: int, *, low: int, size: int) -> list[int]:
    return [low + (first - low + step) % size for step in range((last - first) % size + 1)]


def _months(value: object) -> frozenset[int]:
    if isinstance(value, frozenset):
        return value
    return frozenset(_numbers(low=1, high=12, wrap_end=12, code=Code.BAD_MONTHS)(value))


def _days(value: object) -> frozenset[str]:
    if isinstance(value, frozenset):
        return value
    words = [value] if isinstance(value, str) else value
    if not isinstance(words, list | tuple) or not words:
        raise _refuse(Code.BAD_DAYS, value, ", ".join(_DAY_WORDS))
    kinds: set[str] = set()
    for word in words:
        if not isinstance(word, str) or word not in _DAY_WORDS:
            raise _refuse(Code.BAD_DAYS, word, ", ".join(_DAY_WORDS))
        kinds.update(_DAY_WORDS[word])
    return frozenset(kinds)


def _hours(value: object) -> tuple[int, ...]:
    if isinstance(value, tuple):
        return value
    return _numbers(low=0, high=23, wrap_end=24, code=Code.BAD_HOURS)(value)


_TEXT_OR_LIST = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}
_DECIMAL_SCHEMA = {"type": "string", "pattern": f"^{_DECIMAL.pattern}$"}

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-][A-Za-z0-9_.-]*$")]
Amount = Annotated[Decimal, BeforeValidator(_decimal), WithJsonSchema(_DECIMAL_SCHEMA)]
MultiplierOrFraction = Annotated[
    Decimal,
    BeforeValidator(_factor),
    WithJsonSchema({"type": "string", "pattern": f"^({_DECIMAL.pattern}|{_FRACTION.pattern})$"}),
]
Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
Page = Annotated[
    str,
    BeforeValidator(_page),
    StringConstraints(min_length=1),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "integer"}]}),
]
Names = Annotated[
    tuple[Name, ...], BeforeValidator(_names), Field(min_length=1), WithJsonSchema(_TEXT_OR_LIST)
]
Months = Annotated[
    frozenset[int],
    BeforeValidator(_months),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "integer"}]}),
]
Days = Annotated[frozenset[str], BeforeValidator(_days), WithJsonSchema(_TEXT_OR_LIST)]
Hours = Annotated[tuple[int, ...], BeforeValidator(_hours), WithJsonSchema({"type": "string"})]
Count = Annotated[int, Field(ge=1)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WindowPart(_Part):
    """Days `from` up to, not including, `until`; either may be left out where the rest tells it."""

    first: Day | None = Field(default=None, alias="from")
    until: Day | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.first is not None and self.until is not None and self.until <= self.first:
            raise _refuse(Code.EMPTY_WINDOW, self.until, self.first.isoformat())
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
            raise _refuse(Code.ONE_AMOUNT, given, "rate, unknown")
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
        raise _refuse(Code.TIERS_DO_NOT_TILE, ", ".join(map(str, edges)))
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
