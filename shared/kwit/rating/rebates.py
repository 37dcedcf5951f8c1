"""Rebates for energy not delivered or of wrong voltage (bonifikaty), as events of the charges of a price list.

Rule: PGE Dystrybucja 2026 3.5.1-3.5.4 (p. 38-39), Energa-Operator 2026 4.5.1-4.5.4 (p. 29-30). Rebates for the
standards of service are plain events: a part of the average wage each.
"""

from datetime import date
from decimal import Decimal

from kwit.rating.facts import Event

SQUARED_UP_TO = Decimal(10)


class DeviationHoursError(ValueError):
    """Hours of deviation are missing over 10 per cent, or told under it; carries the deviation in per cent."""

    def __init__(self, percent: Decimal) -> None:
        super().__init__(f"hours belong to a deviation over {SQUARED_UP_TO}% and to no other: {percent}%")
        self.percent = percent


def outage(*, kwh: Decimal, day: date, note: str = "") -> Event:
    """Return the rebate for energy not delivered on a day, in kWh: the list tells how many times which price."""
    return Event("rebate_outage", kwh.scaleb(-3), day, note)


def voltage_deviation(
    *, percent: Decimal, kwh: Decimal, day: date, hours: Decimal | None = None, note: str = ""
) -> tuple[Event, ...]:
    """Return the rebate for a day with the voltage outside its limits by `percent` of the nominal one.

    Up to 10% it is (dU / 10%)^2 x energy of the day x price; over that energy x price and an amount for each of
    the `hours`. Raises DeviationHoursError.
    """
    if (hours is not None) != (percent > SQUARED_UP_TO):
        raise DeviationHoursError(percent)
    energy = Event("rebate_voltage", kwh.scaleb(-3), day, note, measure=percent)
    return (energy,) if hours is None else (energy, Event("rebate_voltage_hours", hours, day, note))
