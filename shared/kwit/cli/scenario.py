"""A scenario of `kwit quote`: everything a printed bill rests on, as people write it in YAML or JSON.

Decimals are text in quotation marks, days are ISO dates, a period names its first and its last day as bills
print them. docs/quote.md explains the file; docs/quote.schema.json is made from here.
"""

import json
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StringConstraints,
    model_validator,
)

from kwit.cli.scenario_events import (
    ConnectionPart,
    EventPart,
    IllegalUsePart,
    RebatePart,
    ZoneHoursPart,
)
from kwit.cli.scenario_fields import NearDay, Part, PositiveAmount
from kwit.kernel.time import Period
from kwit.rating.capacity_class import Qualification
from kwit.rating.deposit import REFUND_SHARE_RCEM
from kwit.rating.profile import MonthsAtChange, VatRounding
from kwit.tariffs.price_list import PartialPeriod
from kwit.tariffs.written import Amount, Count, Name, Text

_MOST_MONTHS = 120
_STANDARD, _ONE, _ZERO = Decimal("0.23"), Decimal(1), Decimal(0)
Quantity = Literal["import", "export", "import_unbalanced", "reactive_inductive", "reactive_capacitive"]


def _months(number: Decimal) -> Decimal:
    if not 0 <= number <= _MOST_MONTHS:
        raise ValueError(f"{number} is not between 0 and {_MOST_MONTHS} months")
    return number


MonthCount = Annotated[Amount, AfterValidator(_months)]
Month = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")]
SectionName = Literal["sale", "distribution", "other", "advance"]


def _list_data(value: object) -> object:
    """Refuse a price list that is no mapping; its fields are checked as those of a price list file are."""
    if not isinstance(value, dict):
        raise ValueError("a price list is keys with values")  # noqa: TRY004 - pydantic collects ValueError
    return value


InlineList = Annotated[dict[str, object], BeforeValidator(_list_data)]


class PeriodPart(Part):
    """The days billed, both ends included, as a bill prints them (od … do …)."""

    first_day: NearDay
    last_day: NearDay

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last_day < self.first_day:
            raise ValueError(f"last_day {self.last_day} is before first_day {self.first_day}")
        return self


class GivenPart(Part):
    """A charge as the bill prints it: net = quantity x price x multiplier x coefficient, rounded once."""

    code: Name
    name: Text
    section: SectionName
    zone: str = ""
    quantity: Amount
    unit: Text
    price: Amount
    multiplier: Amount | None = Field(default=None, description="k, 1.23, coefficient A")
    coefficient: Amount | None = Field(default=None, description="the bracket of reactive energy")
    vat: Amount = Field(default=_STANDARD, description="rate as a fraction, 0.23")
    page: str = ""


class TotalPart(Part):
    """Energy by zone as the bill prints it, over the period or over the days `first_day` to `last_day`."""

    quantity: Quantity = "import"
    kwh: dict[Name, Amount] = Field(min_length=1, description="kWh, or kvarh of reactive energy, by zone")
    first_day: NearDay | None = None
    last_day: NearDay | None = None


class StatePart(Part):
    """A register's state between the ends of the period, at the midnight that ends a day."""

    end_of: NearDay
    state: Amount


class RegisterPart(Part):
    """A register with its states at both ends of the period, and those between if there are any."""

    zone: Name = "all"
    quantity: Quantity = "import"
    meter: str = "meter"
    register_code: str = Field(default="", alias="register")
    digits: Annotated[int, Field(ge=1, le=12)] = 6
    multiplier: Count = 1
    first: Amount
    last: Amount
    between: tuple[StatePart, ...] = ()
    estimated: bool = False


class SeriesPart(Part):
    """Interval values of the whole period in a file beside the scenario: one kWh value a line, in order."""

    file: Text
    minutes: Literal[15, 30, 60] = 60
    quantity: Quantity = "import"
    winter_time: bool = False


class UsagePart(Part):
    """The use of the period: totals, register states, or interval series."""

    totals: tuple[TotalPart, ...] = ()
    registers: tuple[RegisterPart, ...] = ()
    series: tuple[SeriesPart, ...] = ()


class PowerPart(Part):
    """Power taken: hourly excesses over the contracted power, or the maximum of the period, in kW."""

    excesses: tuple[Amount, ...] = ()
    maximum: Amount | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if bool(self.excesses) == (self.maximum is not None):
            raise ValueError("give either excesses or maximum")
        return self


class LossesPart(Part):
    """Losses in the customer's transformer or line, as the contract says; negative ones are taken off."""

    percent: Amount = _ZERO
    fixed_kw: Amount = _ZERO
    hours: dict[Name, Annotated[int, Field(ge=0, le=9000)]] = Field(
        default_factory=dict, description="hours of each zone in the period, for a fixed loss with registers"
    )


class DegreePart(Part):
    """The degree of use of the contracted power: Sm as given, or the kWh, mean kW and days of the year."""

    sm: Amount | None = None
    kwh: Annotated[int, Field(ge=0)] | None = None
    average_kw: PositiveAmount | None = None
    days: Annotated[int, Field(ge=1, le=366)] | None = Field(default=None, description="days with use known")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        given = [one is not None for one in (self.kwh, self.average_kw, self.days)]
        if any(given) != all(given) or all(given) == (self.sm is not None):
            raise ValueError("give either sm, or kwh with average_kw and days")
        return self


class LimitPart(Part):
    """The energy of a charge at the price up to its limit: kWh of the period, or what a year's limit leaves."""

    charge: Name
    kwh: Annotated[int, Field(ge=0)] | None = None
    limit_kwh: Annotated[int, Field(ge=0)] | None = Field(default=None, description="kWh of a whole year")
    used_kwh: Annotated[int, Field(ge=0)] = Field(default=0, description="billed within the limit before")
    days: Count | None = Field(default=None, description="days of the year with this contract")
    of_days: Literal[365, 366] = 365
    first_day: NearDay | None = None
    last_day: NearDay | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.kwh is None) == (self.limit_kwh is None):
            raise ValueError("give either kwh or limit_kwh")
        if self.kwh is not None and (self.used_kwh or self.days is not None):
            raise ValueError("used_kwh and days belong to limit_kwh")
        if self.days is not None and self.days > self.of_days:
            raise ValueError(f"{self.days} days are more than {self.of_days}")
        if (self.first_day is None) != (self.last_day is None):
            raise ValueError("give first_day and last_day, or neither")
        if self.first_day is not None and self.last_day is not None and self.last_day < self.first_day:
            raise ValueError(f"last_day {self.last_day} is before first_day {self.first_day}")
        return self


class ExportMonthPart(Part):
    """A month of energy fed in: kWh (the export of the usage in that month when left out), price, factor.

    `price` is PLN per kWh; without it the shipped RCEm of the month. `prices` is a file of PLN per MWh for every
    interval of the period (RCE), for a series of export.
    """

    month: Month
    kwh: Amount | None = None
    price: Amount | None = None
    prices: Text | None = None
    factor: Amount = _ONE

    @model_validator(mode="after")
    def _one_price(self) -> Self:
        if self.prices is not None and (self.price is not None or self.kwh is not None):
            raise ValueError("prices by intervals need the series of export, and neither price nor kwh")
        return self


class LotPart(Part):
    """What is left of the deposit of one month, PLN; `value` is what the month was worth at first."""

    month: Month
    left: Amount
    value: Amount | None = None


class CreditLotPart(Part):
    """Credit of net-metering from one month, in kWh of one zone."""

    month: Month
    zone: Name = "all"
    kwh: Amount


class PaysPart(Part):
    """What a seller lets the deposit pay: charges by code, or whole sections."""

    charges: tuple[Name, ...] = ()
    sections: tuple[SectionName, ...] = ()


class ProsumerPart(Part):
    """A prosumer's figures: a deposit (net_billing), or a credit of kWh (net_metering)."""

    kind: Literal["net_billing", "net_metering"]
    opening: Amount = Field(default=_ZERO, description="deposit from before, PLN")
    lots: tuple[LotPart, ...] = Field(default=(), description="deposit from before by month; it lapses")
    refund_share: Amount = Field(
        default=REFUND_SHARE_RCEM, description="part of a month's value refunded when it lapses"
    )
    months: tuple[ExportMonthPart, ...] = ()
    pays: PaysPart = PaysPart(sections=("sale",))
    ratio: Amount | None = Field(default=None, description="0.8 or 0.7 of the energy fed in")
    credit_kwh: dict[Name, Amount] = Field(default_factory=dict, description="credit from before, by zone")
    credit_lots: tuple[CreditLotPart, ...] = Field(default=(), description="the same by month; it lapses")

    @model_validator(mode="after")
    def _fields_of_kind(self) -> Self:
        if self.kind == "net_metering" and self.ratio is None:
            raise ValueError("net_metering needs a ratio")
        if self.kind == "net_billing" and (self.ratio is not None or self.credit_kwh or self.credit_lots):
            raise ValueError("net_billing has no ratio, no credit_kwh and no credit_lots")
        if self.kind == "net_metering" and (self.months or self.opening or self.lots):
            raise ValueError("net_metering has no deposit")
        for amount in (self.opening, *(lot.left for lot in self.lots)):
            if amount < 0:
                raise ValueError(f"a deposit cannot be negative: {amount}")
        if not 0 <= self.refund_share <= 1:
            raise ValueError(f"refund_share {self.refund_share} is not between 0 and 1")
        return self


class AdvancePart(Part):
    """An advance (zaliczka, rata): its name and net amount."""

    name: Text
    net: Amount
    vat: Amount = _STANDARD


class AdvancesPart(Part):
    """Advances already invoiced, which are deducted, and those that the document asks for."""

    invoiced: tuple[AdvancePart, ...] = ()
    following: tuple[AdvancePart, ...] = ()


class DynamicPart(Part):
    """Energy at a dynamic price: a file of PLN per MWh, one a line, and the seller's margin, PLN per kWh.

    `minutes` are those of a price; the series of import must not be coarser. Without a margin the prices are those
    of a charge of the lists, whose `series` bears this name.
    """

    file: Text
    series: Name = "tge_day_ahead"
    margin: Amount | None = None
    minutes: Literal[15, 60] = 60
    digits: Annotated[int, Field(ge=2, le=8)] = 5
    name: Text = "Energia czynna, cena dynamiczna"
    vat: Amount = _STANDARD


class ProfilePart(Part):
    """How the seller rounds and prints; see the rating profile."""

    vat: VatRounding = VatRounding.DOCUMENT
    lines_by_zone: tuple[Name, ...] = ()
    units: dict[Name, Literal["kWh", "MWh"]] = Field(default_factory=dict)
    names: dict[Name, Text] = Field(default_factory=dict)
    kwh_digits: Literal[0, 3] = Field(default=0, description="3: kWh as read, not whole ones")
    month_digits: Annotated[int, Field(ge=0, le=8)] = 4
    merge_equal_prices: bool = True
    months_at_change: MonthsAtChange = MonthsAtChange.BY_DAYS
    tg_phi_digits: Annotated[int, Field(ge=0, le=12)] | None = None
    bracket_digits: Annotated[int, Field(ge=0, le=12)] | None = None
    partial_period: dict[Name, PartialPeriod] = Field(
        default_factory=dict, description="by charge, where this seller does other than the list"
    )


class TotalsPart(Part):
    """Printed totals, each of them optional."""

    net: Amount | None = None
    vat: Amount | None = None
    gross: Amount | None = None


class ExpectedLine(TotalsPart):
    """A printed line, found by its charge and zone; what is left out is not compared."""

    charge: Name
    zone: str | None = None
    quantity: Amount | None = None
    unit: Text | None = None
    price: Amount | None = None


class ExpectedSettlement(Part):
    """Printed figures of the deposit or of the credit."""

    available: Amount | None = None
    used: Amount | None = None
    left: Amount | None = None
    payable: Amount | None = None
    covered_kwh: dict[Name, Amount] = Field(default_factory=dict)


class ExpectPart(TotalsPart):
    """What the bill prints: every difference is named, and the command ends with 1."""

    excise: Amount | None = None
    sections: dict[SectionName, TotalsPart] = Field(default_factory=dict)
    lines: tuple[ExpectedLine, ...] = ()
    all_lines: bool = Field(default=True, description="false when the bill was published in part")
    settlement: ExpectedSettlement | None = None


class Scenario(Part):
    """A whole scenario."""

    format: Literal["kwit/quote/1"]
    title: str = ""
    source: str = Field(default="", description="where the bill was published")
    note: str = ""
    period: PeriodPart
    group: str = ""
    household: bool | None = Field(default=None, description="left out: groups whose code begins with G")
    phases: Literal[1, 3] = 1
    cycle_months: Annotated[int, Field(ge=1, le=_MOST_MONTHS)] = 1
    months: MonthCount | None = Field(default=None, description="months as printed; left out: the cycle's")
    months_of: dict[Name, MonthCount] = Field(default_factory=dict, description="months of single charges")
    remote_reading: bool = False
    annual_kwh: Annotated[int, Field(ge=0)] | None = None
    bracket: Name | None = Field(default=None, description="code of the bracket of yearly use")
    contracted_kw: Amount | None = None
    capacity_share: Amount | None = None
    capacity_kwh: Amount | None = Field(default=None, description="kWh in the capacity hours, as printed")
    capacity_coefficient: Amount | None = Field(default=None, description="A as given; it wins over a class")
    capacity_qualification: Qualification | None = Field(
        default=None, description="find the classes K1 to K4 from the series over periods of this length"
    )
    tg_phi0: PositiveAmount | None = None
    voltage: Literal["low", "medium", "high"] | None = Field(default=None, description="left out: by group")
    lowered_power: bool = Field(default=False, description="corrected after the contracted power was lowered")
    ten_days: bool = Field(default=False, description="settled every ten days, groups A and B")
    prepaid: bool = Field(default=False, description="a prepaid meter")
    special: bool = Field(default=False, description="a special customer (odbiorca specjalny)")
    industrial: Name | None = Field(default=None, description="kind of a listed industrial user: letter_a …")
    degree_of_use: DegreePart | None = None
    bill_sections: tuple[Literal["sale", "distribution", "other"], ...] = ("sale", "distribution", "other")
    price_lists: tuple[Text, ...] = Field(default=(), description="codes of shipped lists, or files")
    lists: tuple[InlineList, ...] = Field(default=(), description="price lists written here")
    charges: tuple[GivenPart, ...] = ()
    usage: UsagePart = UsagePart()
    power: PowerPart | None = None
    losses: LossesPart | None = None
    limits: tuple[LimitPart, ...] = Field(default=(), description="limits of charges with two prices")
    dynamic: DynamicPart | None = None
    zone_hours: ZoneHoursPart | None = Field(default=None, description="zones published hour by hour")
    events: tuple[EventPart, ...] = Field(default=(), description="services and other one-off charges")
    rebates: tuple[RebatePart, ...] = Field(default=(), description="for outages and deviations of voltage")
    connection: ConnectionPart | None = None
    illegal_use: IllegalUsePart | None = None
    prosumer: ProsumerPart | None = None
    advances: AdvancesPart | None = None
    profile: ProfilePart = ProfilePart()
    expect: ExpectPart | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.price_lists or self.lists) and not self.group:
            raise ValueError("price lists need a group")
        if self.annual_kwh is not None and self.bracket is not None:
            raise ValueError("give annual_kwh or bracket, not both")
        if not (
            self.price_lists or self.lists or self.charges or self.dynamic or self.prosumer or self.advances
        ):
            raise ValueError(
                "nothing to quote: no price_lists, lists, charges, dynamic, prosumer or advances"
            )
        if self.dynamic and [one.quantity for one in self.usage.series].count("import") != 1:
            raise ValueError("dynamic needs exactly one series of import under usage")
        if self.dynamic and any(
            one.quantity == "import" and one.minutes > self.dynamic.minutes for one in self.usage.series
        ):
            raise ValueError("prices of a quarter need a series of quarters")
        exports = [one.minutes for one in self.usage.series if one.quantity == "export"]
        if self.prosumer and any(one.prices for one in self.prosumer.months) and len(exports) != 1:
            raise ValueError("prices by intervals need exactly one series of export under usage")
        if self.capacity_qualification and not any(one.quantity == "import" for one in self.usage.series):
            raise ValueError("capacity_qualification needs a series of import under usage")
        if self.illegal_use is not None and self.illegal_use.kwh and self.has_usage:
            raise ValueError("the kWh of illegal_use stand either under it or under usage")
        if self.months == 0:
            raise ValueError("months must be over zero; months_of may say 0 of a charge")
        return self

    @property
    def has_usage(self) -> bool:
        """Tell whether any use is told."""
        return bool(self.usage.totals or self.usage.registers or self.usage.series)

    @property
    def days(self) -> Period:
        """Return the period as the engine takes it."""
        last = self.period.last_day
        return Period(self.period.first_day, last.fromordinal(last.toordinal() + 1))


def json_schema_text() -> str:
    """Write the JSON Schema of a scenario, for editors that check YAML while it is typed."""
    schema = Scenario.model_json_schema(by_alias=True)
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return json.dumps(schema, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
