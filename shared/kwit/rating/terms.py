"""The terms of a contract that rating depends on, over the days of one period."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from kwit.kernel.time import DateRange

_VOLTAGES = {"A": "high", "B": "medium"}
ALL_SECTIONS = frozenset({"sale", "distribution", "other"})


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds over `window`: group, phases, price lists and the facts that select a price.

    `annual_kwh` is the use of the year that ends with the last reading; `capacity_share` is the part of the
    energy taken in capacity hours, for points without a series; `contracted_kw` is the contracted power;
    `tg_phi0` is the contract's limit of tg φ, None the tariff's; `capacity_coefficient` is coefficient A of
    the capacity charge (współczynnik A). `sections` are the parts of the bill that the contract settles: a
    sale contract has no distribution. `degree` is `low` or `high`, the degree of use of the contracted power.
    `voltage` is `low`, `medium` or `high` where the letter of the group does not tell it. `lowered_power` says
    that the window is corrected after the contracted power was lowered with consent; `ten_days` that it is
    settled every ten days; `prepaid` that the meter is paid for beforehand; `special` that the customer is a
    special one (odbiorca specjalny); `industrial` names the kind of activity of a listed industrial user.
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
    voltage: str = ""
    lowered_power: bool = False
    ten_days: bool = False
    prepaid: bool = False
    special: bool = False
    industrial: str = ""

    @property
    def supply_voltage(self) -> str:
        """Return the voltage of supply: as told, else by the letter of the group, A high, B medium, others low."""
        return self.voltage or _VOLTAGES.get(self.group[:1], "low")


@dataclass(frozen=True, slots=True)
class Months:
    """How many months a period counts for: the cycle's whole number, and the share of the cycle it covers.

    A regular period counts as its cycle whatever days the readings fell on (4 February to 5 April is two
    months); a contract that begins or ends inside a cycle covers a share of it by days.
    """

    cycle: int
    share: Fraction = Fraction(1)

    def units(self, *, digits: int, full: bool, started: bool = False) -> int:
        """Return the months in units of 10^-digits, rounded half up.

        `full` ignores the share; `started` takes every month begun (za rozpoczęte miesiące) whole.
        """
        if started:
            return math.ceil(self.cycle * self.share) * int(10**digits)
        exact = Fraction(self.cycle * 10**digits) * (1 if full else self.share)
        return (2 * exact + 1) // 2


def terms_on(terms: Sequence[Terms], day: date) -> Terms | None:
    """Return the terms that hold on a day, or None."""
    return next((one for one in terms if day in one.window), None)
