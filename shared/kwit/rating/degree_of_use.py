"""Degree of use of the contracted power (stopień wykorzystania mocy umownej, Sm), for charging stations.

Rule: distribution tariffs 2026, groups B11em, B21em, C21em and C11em, PGE Dystrybucja 3.1.35-37 (p. 28-29),
Energa-Operator 3.1.17-19 (p. 10-11): Sm = Eo / (P x lo x 24) over the year that ends with the last reading;
0.100 and under pays the low set of prices, as does a point with less than a year of use.
"""

from decimal import Decimal
from fractions import Fraction

from kwit.tariffs.price_list import HIGH, LOW

LIMIT = Fraction(1, 10)
_YEAR_DAYS = 365
_HOURS = 24


class NoPowerError(ValueError):
    """A degree of use needs days and contracted power over zero; carries both."""

    def __init__(self, average_kw: Decimal, days: int) -> None:
        super().__init__(f"no degree of use with {average_kw} kW over {days} days")
        self.average_kw = average_kw
        self.days = days


def degree_of_use(*, energy_kwh: int | Decimal, average_kw: Decimal, days: int) -> Fraction:
    """Return Sm exactly: kWh over the days, by the mean contracted power (kW) in them. Raises NoPowerError."""
    if average_kw <= 0 or days <= 0:
        raise NoPowerError(average_kw, days)
    return Fraction(energy_kwh) / (Fraction(average_kw) * days * _HOURS)


def degree(*, energy_kwh: int | Decimal, average_kw: Decimal, days: int) -> str:
    """Return the set of prices, `low` or `high`; under 365 days of use it is `low`. Raises NoPowerError.

    Sm is compared without rounding: the tariffs print the limit with three decimals and no rule of rounding.
    """
    used = degree_of_use(energy_kwh=energy_kwh, average_kw=average_kw, days=days)
    return LOW if days < _YEAR_DAYS else degree_of(used)


def degree_of(sm: Fraction | Decimal) -> str:
    """Return the set of prices of a degree of use that is given."""
    return HIGH if Fraction(sm) > LIMIT else LOW
