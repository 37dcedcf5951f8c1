"""Company settings (ustawienia firmy): who issues, how numbers look, how lines are rounded, who is paid.

One YAML file in the inbox; a new file is a new version. Everything here is data that a small team edits.
"""

import string
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator
from stdnum import iban as std_iban
from stdnum.exceptions import ValidationError as StdnumError
from stdnum.pl import nip as std_nip
from stdnum.pl import regon as std_regon

from kwit.kernel.money import NotADecimalError, exact
from kwit.registry.information import InformationSettings
from kwit.registry.interest_settings import InterestRateSettings
from kwit.registry.ksef_settings import KsefSettings
from kwit.registry.logo import read_logo
from kwit.registry.texts import TextSettings


def _decimal(value: object) -> Decimal:
    if not isinstance(value, str | int | Decimal):
        raise ValueError(f"write the number in quotes: {value!r}")  # noqa: TRY004 - pydantic collects ValueError
    try:
        return exact(value)
    except NotADecimalError as error:
        raise ValueError(str(error)) from None


Colour = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")]
ExactDecimal = Annotated[Decimal, BeforeValidator(_decimal)]


class _Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SellerSettings(_Settings):
    """The issuer as every document names it; the register data are those art. 206 KSH wants on letters."""

    name: str
    street: str
    postcode: str
    city: str
    nip: str
    regon: str = ""
    krs: str = ""
    bdo: str = ""
    court: str = ""
    capital: str = ""
    bank_name: str
    bank_account: str
    email: str
    phone: str
    website: str
    emergency_phone: str = "991"
    colour: Colour = "#0b5d3b"
    chart_colour: Colour = "#becbc4"
    logo: str = ""

    @field_validator("nip")
    @classmethod
    def _nip(cls, value: str) -> str:
        try:
            return str(std_nip.validate(value))
        except StdnumError as error:
            raise ValueError(f"NIP {value!r}: {error}") from None

    @field_validator("logo")
    @classmethod
    def _logo(cls, value: str) -> str:
        if value:
            read_logo(value)
        return value

    @field_validator("regon")
    @classmethod
    def _regon(cls, value: str) -> str:
        try:
            return str(std_regon.validate(value)) if value else ""
        except StdnumError as error:
            raise ValueError(f"REGON {value!r}: {error}") from None

    @field_validator("bank_account")
    @classmethod
    def _account(cls, value: str) -> str:
        text = "".join(value.split()).upper()
        try:
            return str(std_iban.validate(text if text.startswith("PL") else f"PL{text}"))
        except StdnumError as error:
            raise ValueError(f"bank account {value!r}: {error}") from None


EstimationName = Literal[
    "previous_year",
    "daily_average",
    "load_profile",
    "proxy_day",
    "interpolation",
    "from_intervals",
    "from_register",
    "subtractive",
]
RuleName = Literal[
    "rollover",
    "point_inactive",
    "register_missing",
    "zero_use",
    "use_above_history",
    "use_below_history",
    "over_contracted_power",
    "spike",
    "gap",
    "overlap",
    "interval_sum_differs",
    "sibling_sum_differs",
    "prolonged_estimation",
    "wrong_scale",
    "sources_differ",
    "declared_differs",
]
ThresholdName = Literal["days", "factor", "kwh", "kwh_per_day", "power_factor", "percent", "in_a_row"]


class EstimationSettings(_Settings):
    """Which estimates a profile allows (szacowanie): methods in the order they are tried, and their bounds.

    `after_days` are the days waited past the nominal end of a period; `at_most` counts estimated readings of a
    register in a row; `series_days` are the days of a series estimated in one period; `short_gap_hours` is the
    longest gap that is interpolated. `load_profile` names the load profile, the contract's group without it.
    """

    methods: tuple[EstimationName, ...] = Field(min_length=1)
    after_days: int = Field(default=10, ge=0, le=400)
    at_most: int = Field(default=2, ge=1, le=24)
    series_days: int = Field(default=7, ge=1, le=366)
    short_gap_hours: int = Field(default=3, ge=1, le=24)
    load_profile: str = ""


class SumSettings(_Settings):
    """A point whose energy is that of one point without that of others (metoda różnicowa)."""

    point: str
    whole: str
    parts: tuple[str, ...] = Field(min_length=1)


class RuleSettings(_Settings):
    """How a rule of validation acts: `off`, or how heavy its finding is; thresholds not named stay as they are."""

    severity: Literal["reject", "hold", "warn", "off"] | None = None
    thresholds: Mapping[ThresholdName, ExactDecimal] = Field(default_factory=dict)


THRESHOLDS: Mapping[RuleName, frozenset[ThresholdName]] = {
    "zero_use": frozenset({"days"}),
    "use_above_history": frozenset({"factor", "kwh_per_day"}),
    "use_below_history": frozenset({"factor", "kwh_per_day"}),
    "over_contracted_power": frozenset({"factor"}),
    "spike": frozenset({"factor", "kwh", "power_factor"}),
    "interval_sum_differs": frozenset({"percent", "kwh"}),
    "sibling_sum_differs": frozenset({"percent", "kwh"}),
    "prolonged_estimation": frozenset({"in_a_row"}),
    "wrong_scale": frozenset({"factor"}),
    "sources_differ": frozenset({"days"}),
    "declared_differs": frozenset({"kwh"}),
}
"""The thresholds of the rules that have some; what each means stands in docs/files.md."""


class ValidationSettings(_Settings):
    """Rules of validation set anew from a day on, for the tariff groups named, or for all when none is."""

    valid_from: date
    groups: tuple[str, ...] = ()
    rules: Mapping[RuleName, RuleSettings]

    @field_validator("rules")
    @classmethod
    def _known(cls, value: Mapping[RuleName, RuleSettings]) -> Mapping[RuleName, RuleSettings]:
        for name, rule in value.items():
            strange = sorted(rule.thresholds.keys() - THRESHOLDS.get(name, frozenset()))
            if strange:
                raise ValueError(f"rule {name} has no threshold {', '.join(strange)}")
            if any(threshold < 0 for threshold in rule.thresholds.values()):
                raise ValueError(f"rule {name} has a threshold below zero")
        return value


class ProfileSettings(_Settings):
    """A rating profile: see kwit.rating.profile for what each field means."""

    vat: Literal["line", "section", "document"]
    lines_by_zone: tuple[str, ...] = ()
    units: Mapping[str, Literal["kWh", "MWh"]] = Field(default_factory=dict)
    names: Mapping[str, str] = Field(default_factory=dict)
    month_digits: int = Field(default=4, ge=0, le=8)
    merge_equal_prices: bool = True
    reading_window_days: int = Field(default=3, ge=0, le=15)
    months_at_change: Literal["by_days", "whole"] = "by_days"
    tg_phi_digits: int | None = Field(default=None, ge=0, le=8)
    bracket_digits: int | None = Field(default=None, ge=0, le=12)
    estimation: EstimationSettings | None = None
    partial_period: Mapping[str, Literal["by_days", "full", "started_months", "thirtieths"]] = Field(
        default_factory=dict
    )
    # What a prosumer's deposit may pay; sellers differ.
    deposit_charges: tuple[str, ...] = ()
    deposit_sections: tuple[Literal["sale", "distribution", "other"], ...] = ("sale",)


class SeriesSettings(_Settings):
    """A number series: a pattern with {year}, {month}, {number}, {unit}, as in FV/{year}/{month:02}/{number:06}."""

    pattern: str

    @field_validator("pattern")
    @classmethod
    def _fields(cls, value: str) -> str:
        try:
            names = [name for _, name, _, _ in string.Formatter().parse(value) if name is not None]
            value.format(year=2026, month=1, number=1, unit="")
        except (ValueError, KeyError, IndexError) as error:
            raise ValueError(f"pattern {value!r}: {error}") from None
        if names.count("number") != 1 or not set(names) <= {"year", "month", "number", "unit"}:
            raise ValueError(
                f"pattern {value!r} needs {{number}} once, and only {{year}}, {{month}} and {{unit}} beside it"
            )
        if "month" in names and "year" not in names:
            raise ValueError(f"pattern {value!r} has {{month}} without {{year}}: numbers would repeat")
        return value


SeriesName = Literal[
    "invoice", "final", "forecast", "collective", "connection", "correction", "note", "interest_note"
]
_SERIES: Mapping[str, str] = {
    "forecast": "PR/{year}/{month:02}/{number:06}",
    "correction": "FK/{year}/{month:02}/{number:06}",
    "note": "NK/{year}/{number:06}",
    "interest_note": "NO/{year}/{number:06}",
}
"""The series of kinds that the settings do not name; the others are numbered with the invoices."""


_POINTS: Mapping[str, int] = {
    "negative": 85,
    "amount_high": 70,
    "use_high": 70,
    "unconfirmed_prices": 50,
    "use_above_history": 30,
    "use_below_history": 20,
    "zero_use": 10,
    "estimated": 10,
    "new_contract": 10,
    "long_period": 20,
}
ReasonName = Literal[
    "negative",
    "amount_high",
    "use_high",
    "unconfirmed_prices",
    "use_above_history",
    "use_below_history",
    "zero_use",
    "estimated",
    "new_contract",
    "long_period",
]


class HoldSettings(_Settings):
    """When a bill waits for a person: thresholds of the coded reasons, their points, and from how many it waits.

    `history_factor` is how many times more or less than usual is remarkable, from `history_from_kwh_per_day` on;
    `long_period_factor` how many cycles make a long period.
    """

    gross_over: ExactDecimal = Decimal("20000.00")
    kwh_per_day_over: int = 500
    unconfirmed_prices: bool = True
    history_factor: ExactDecimal = Decimal(3)
    history_from_kwh_per_day: ExactDecimal = Decimal(2)
    long_period_factor: ExactDecimal = Decimal("1.5")
    points: Mapping[ReasonName, Annotated[int, Field(ge=0, le=100)]] = Field(default_factory=dict)
    hold_from: int = Field(default=50, ge=1, le=101)

    def points_of(self, reason: str) -> int:
        """Return the points of a reason, 0 to 100."""
        own = {str(name): points for name, points in self.points.items()}
        return own.get(reason, _POINTS[reason])


class MailSettings(_Settings):
    """The sender of e-mails, and how documents go out.

    A PDF is attached up to `attach_up_to_kb`; a larger one, or each one without `attach`, is found under `link`, a
    page of the customer portal with {document_id} or {number} in its address. `per_second` is what the mail system
    takes from the account; `print_house` says whether documents that cannot be mailed are packed for print.
    """

    sender_name: str
    sender_address: str
    reply_to: str = ""
    attach: bool = True
    attach_up_to_kb: int = Field(default=7_000, ge=1, le=28_000)
    link: str = ""
    per_second: int = Field(default=14, ge=1, le=1_000)
    print_house: bool = False

    @field_validator("link")
    @classmethod
    def _address(cls, value: str) -> str:
        try:
            names = {name for _, name, _, _ in string.Formatter().parse(value) if name is not None}
        except ValueError as error:
            raise ValueError(f"link {value!r}: {error}") from None
        if value and (
            not value.startswith("https://") or not names or not names <= {"document_id", "number"}
        ):
            raise ValueError(
                f"link {value!r} must begin with https:// and name {{document_id}} or {{number}}"
            )
        return value

    @model_validator(mode="after")
    def _somewhere(self) -> "MailSettings":
        if not self.attach and not self.link:
            raise ValueError("without attach, link must say where documents are found")
        return self


class FuelShare(_Settings):
    """A share of a source in the energy sold (struktura paliw), in per cent."""

    source: str
    percent: ExactDecimal


class FuelMix(_Settings):
    """Fuel mix and its environmental effect, for the year it was published for."""

    year: int
    shares: tuple[FuelShare, ...]
    co2_kg_per_mwh: ExactDecimal | None = None
    link: str = ""


class CompanySettings(_Settings):
    """All settings of a company."""

    format: Literal["kwit/settings/1"]
    valid_from: date
    seller: SellerSettings
    series: Mapping[SeriesName, SeriesSettings]
    profiles: Mapping[str, ProfileSettings]
    approval: Literal["automatic", "manual", "two_persons"] = "automatic"
    holds: HoldSettings = HoldSettings()
    validation: tuple[ValidationSettings, ...] = ()
    # Whether sale needs a GUD, and comprehensive sale a GUD-K, with a distributor that is not the company itself.
    framework_check: bool = False
    own_networks: tuple[str, ...] = ()
    # So many days after a period's end collective invoices wait for contracts of their account that are held.
    collective_wait_days: int = Field(default=5, ge=0, le=60)
    sums: tuple[SumSettings, ...] = ()
    mail: MailSettings
    ksef: KsefSettings | None = None
    accounts: Mapping[str, str]
    interest_rates: tuple[InterestRateSettings, ...] = ()
    fuel_mix: FuelMix | None = None
    complaint_text: str = ""
    notice_text: str = ""
    information: InformationSettings = InformationSettings()
    texts: tuple[TextSettings, ...] = Field(default=(), max_length=100)

    @field_validator("series")
    @classmethod
    def _invoices(cls, value: Mapping[SeriesName, SeriesSettings]) -> Mapping[SeriesName, SeriesSettings]:
        if "invoice" not in value:
            raise ValueError("the series of invoices is missing")
        return value

    def window_of(self, profile: str) -> int:
        """Return how many days off an edge a reading may close a period; none for an unknown profile."""
        named = self.profiles.get(profile)
        return named.reading_window_days if named else 0

    def series_of(self, kind: str, *, unit: str = "") -> str:
        """Return the pattern that documents of a kind are numbered by in a unit of the company."""
        patterns = {str(name): one.pattern for name, one in self.series.items()}
        pattern = patterns.get(kind) or _SERIES.get(kind) or patterns["invoice"]
        return pattern.replace("{unit}", unit)
