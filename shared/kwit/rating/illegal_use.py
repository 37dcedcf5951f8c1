"""Illegal use of energy (nielegalny pobór): the most kWh that a case is charged for, and what is taken how often.

Rule: PGE Dystrybucja 2026 chapter 6 (p. 48-50), Energa-Operator 2026 chapter 7 (p. 36-38). Cases, multiples and
limits are data of the price list; here they are only counted.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from kwit.rating.facts import Event, Penalty
from kwit.rating.lines import Factor
from kwit.tariffs.price_list import IllegalUse, UseLimit

ENERGY = "illegal_energy"
VAT = "outside"


class IllegalUseError(ValueError):
    """A case of illegal use cannot be counted; carries the case and why."""

    def __init__(self, case: str, why: str) -> None:
        super().__init__(f"{case}: {why}")
        self.case = case
        self.why = why


def most_kwh(
    case: IllegalUse,
    *,
    metering: str,
    amperes: Decimal | None = None,
    phases: int = 1,
    kilovolts: Decimal | None = None,
) -> Decimal | None:
    """Return the most kWh of a case by the kind of metering, None for a case without a limit.

    Amperes are those of the fuse, the meter or the primary circuit of the transformers; indirect metering makes
    them of kilovolts x amperes. Raises IllegalUseError.
    """
    if not case.limits:
        return None
    limit = next((one for one in case.limits if one.metering == metering), None)
    if limit is None:
        known = ", ".join(one.metering for one in case.limits)
        raise IllegalUseError(case.code, f"metering {metering!r} is none of {known}")
    if limit.per == "installation":
        return Decimal(limit.kwh)
    counted = _amperes(case, limit, amperes, kilovolts)
    return limit.kwh * counted * (phases if limit.per == "ampere_and_phase" else 1)


def _amperes(
    case: IllegalUse, limit: UseLimit, amperes: Decimal | None, kilovolts: Decimal | None
) -> Decimal:
    if amperes is None and not limit.least_ampere:
        raise IllegalUseError(case.code, f"amperes are needed for {limit.metering}")
    counted = max(amperes or Decimal(0), Decimal(limit.least_ampere))
    if limit.per_kv is None:
        return counted
    if kilovolts is None:
        raise IllegalUseError(case.code, f"kilovolts are needed for {limit.metering}")
    return limit.per_kv * kilovolts * counted


def charged_kwh(
    case: IllegalUse, *, most: Decimal | None, kwh: Mapping[str, Decimal], zones: Iterable[str]
) -> dict[str, Decimal]:
    """Return the kWh by zone that are charged: those told, at most the limit, or the limit itself.

    A limit alone can only be charged to a group of one zone. Raises IllegalUseError.
    """
    told = sum(kwh.values())
    if kwh:
        if most is not None and told > most:
            raise IllegalUseError(case.code, f"{told} kWh are over the limit of {most} kWh")
        return dict(kwh)
    names = list(zones)
    if most is None:
        raise IllegalUseError(case.code, "the case has no limit, so the kWh must be told")
    if len(names) != 1:
        raise IllegalUseError(case.code, f"tell the kWh of each zone: {', '.join(names)}")
    return {names[0]: most}


def penalty(case: IllegalUse) -> Penalty:
    """Return what the rates of a case are taken by."""
    return Penalty(case.times, case.charges, VAT)


def energy_event(case: IllegalUse, *, kwh: Decimal, day: date) -> Event:
    """Return the energy of a case, in kWh, at its multiple of the price of art. 23 ust. 2 pkt 18 lit. b."""
    return Event(ENERGY, kwh.scaleb(-3), day, case.code, factors=(Factor("times", case.times),))
