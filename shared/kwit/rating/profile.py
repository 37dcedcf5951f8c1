"""Rating profiles (profil rozliczeń): how one seller rounds and lays out its lines. Data, from settings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class VatRounding(StrEnum):
    """Where VAT is rounded: on each line, on each section's net, or on the document's net."""

    LINE = "line"
    SECTION = "section"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class RatingProfile:
    """How a seller rounds and prints.

    `lines_by_zone` names the charges on total energy that this seller prints a line per zone for; `units`
    gives the unit to print a charge in (MWh instead of kWh); `month_digits` is the number of decimals of a
    part of a month; `merge_equal_prices` joins neighbouring lines that a price change did not touch.
    """

    code: str
    vat: VatRounding
    lines_by_zone: frozenset[str] = frozenset()
    units: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    month_digits: int = 4
    merge_equal_prices: bool = True
    reading_window_days: int = 3
