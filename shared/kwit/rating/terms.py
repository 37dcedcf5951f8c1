"""The terms of a contract that rating depends on, over the days of one period."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from kwit.kernel.time import DateRange

ALL_SECTIONS = frozenset({"sale", "distribution", "other"})


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds over `window`: group, phases, price lists and the facts that select a price.

    `annual_kwh` is the use of the year that ends with the last reading; `capacity_share` is the part of the
    energy taken in capacity hours, for points without a series; `contracted_kw` is the contracted power;
    `tg_phi0` is the contract's limit of tg φ, None the tariff's; `capacity_coefficient` is coefficient A of
    the capacity charge (współczynnik A). `sections` are the parts of the bill that the contract settles: a
    sale contract has no distribution. `degree` is `low` or `high`, the degree of use of the contracted power.
    """

    window: DateRange
    group: str
    household: bool
    price_lists: tuple[str, ...]
    phases: int
    cycle_months: int
    remote_reading: bool
    annual_kwh: int | None = None
    contracted_kw: Decimal | None = None
    capacity_share: Decimal | None = None
    sections: frozenset[str] = ALL_SECTIONS
    tg_phi0: Decimal | None = None
    capacity_coefficient: Decimal = Decimal(1)
    degree: str | None = None


@dataclass(frozen=True, slots=True)
class Months:
    """How many months a period counts for: the cycle's whole number, and the share of the cycle it covers.

    A regular period counts as its cycle whatever days the readings fell on (4 February to 5 April is two
    months); a contract that begins or ends inside a cycle covers a share of it by days.
    """

    cycle: int
    share: Fraction = Fraction(1)

    def units(self, *, digits: int, full: bool) -> int:
        """Return the months in units of 10^-digits, rounded half up; `full` ignores the share."""
        exact = Fraction(self.cycle * 10**digits) * (1 if full else self.share)
        return int((2 * exact + 1) // 2)


def terms_on(terms: Sequence[Terms], day: date) -> Terms | None:
    """Return the terms that hold on a day, or None."""
    return next((one for one in terms if day in one.window), None)
