"""Rating profiles (profil rozliczeń): how one seller rounds and lays out its lines. Data, from settings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from kwit.tariffs.price_list import PartialPeriod


class VatRounding(StrEnum):
    """Where VAT is rounded: on each line, on each section's net, or on the document's net."""

    LINE = "line"
    SECTION = "section"
    DOCUMENT = "document"


class MonthsAtChange(StrEnum):
    """How monthly charges meet a price change inside a period.

    `by_days` shares the months by days (the rule of the distribution tariffs); `whole` gives each month to
    the price in force on its last day, as ENEA bills print it (0 months at the old price, 1 at the new).
    """

    BY_DAYS = "by_days"
    WHOLE = "whole"


@dataclass(frozen=True, slots=True)
class RatingProfile:
    """How a seller rounds and prints.

    `lines_by_zone` names the charges on total energy that this seller prints a line per zone for; `units`
    gives the unit to print a charge in (MWh instead of kWh); `month_digits` is the number of decimals of a
    part of a month; `merge_equal_prices` joins neighbouring lines that a price change did not touch;
    `kwh_digits` is 0 for whole kWh, 3 for the kWh as read (bills of 2019 and before);
    `partial_period` says, by charge, what a part of a cycle costs where this seller does other than the list;
    `tg_phi_digits` and `bracket_digits` round tg φ and the bracket of reactive energy, None leaves them exact.
    """

    code: str
    vat: VatRounding
    lines_by_zone: frozenset[str] = frozenset()
    units: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    month_digits: int = 4
    merge_equal_prices: bool = True
    reading_window_days: int = 3
    months_at_change: MonthsAtChange = MonthsAtChange.BY_DAYS
    tg_phi_digits: int | None = None
    bracket_digits: int | None = None
    kwh_digits: int = 0
    partial_period: Mapping[str, PartialPeriod] = field(default_factory=dict)
