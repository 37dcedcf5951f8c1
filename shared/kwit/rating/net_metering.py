"""Net-metering (opust): energy fed in comes back at 0.8 or 0.7, first to its own zone, then to the dearest.

Rule: ustawa o odnawialnych źródłach energii, art. 4; covered kWh pay no energy, no variable network
component and no quality rate, while levies are paid on the balanced import and fixed fees in full. Credit
serves twelve months from the month it was fed in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_DOWN, Decimal

from kwit.kernel.time import add_months

# What covered kWh do not pay.
OPUST_CHARGES = frozenset({"energy", "network_variable", "quality"})

ANY_ZONE = "all"
MONTHS_KEPT = 12


@dataclass(frozen=True, slots=True)
class Covered:
    """Whole kWh covered in each zone, and the credit left in each zone in kWh with all its decimals."""

    kwh: Mapping[str, int]
    left_kwh: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class CreditLot:
    """Credit of one zone, in kWh, of energy fed in during the month that begins on `month`."""

    month: date
    zone: str
    kwh: Decimal


@dataclass(frozen=True, slots=True)
class CreditSettlement:
    """What is covered, the lots left, and the kWh of the lots that had lapsed."""

    covered: Covered
    lots: tuple[CreditLot, ...]
    lapsed: tuple[CreditLot, ...]


def credit_kwh(*, exported_kwh: Mapping[str, Decimal], ratio: Decimal) -> dict[str, Decimal]:
    """Return the credit, in kWh by zone, that energy fed in gives at a ratio (0.8 up to 10 kW, 0.7 above)."""
    return {zone: kwh * ratio for zone, kwh in exported_kwh.items()}


def cover(
    *, imported_kwh: Mapping[str, int], credit: Mapping[str, Decimal], dearest: Sequence[str]
) -> Covered:
    """Cover whole kWh of import with credit: same zone first, then what is left, from the dearest zone on.

    `dearest` orders the zones by price, dearest first; credit of no zone (`all`) goes straight to the second
    step. Parts of a kWh stay in the credit, so that covered and left together are the credit, always.
    """
    left = dict(credit)
    covered: dict[str, int] = {}
    for zone, kwh in imported_kwh.items():
        own = left.get(zone, Decimal(0))
        covered[zone] = min(max(kwh, 0), int(own.to_integral_value(rounding=ROUND_DOWN)))
        if covered[zone]:
            left[zone] = own - covered[zone]
    for zone in (zone for zone in dearest if zone in imported_kwh):
        wanted = max(imported_kwh[zone], 0) - covered[zone]
        pool = sum(left.values(), Decimal(0))
        taken = min(wanted, int(pool.to_integral_value(rounding=ROUND_DOWN)))
        covered[zone] += taken
        left = _take(left, Decimal(taken))
    return Covered(covered, left)


def _take(left: Mapping[str, Decimal], wanted: Decimal) -> dict[str, Decimal]:
    """Take kWh from the zones' credit in their order."""
    after: dict[str, Decimal] = {}
    for zone, credit in left.items():
        part = min(credit, wanted)
        wanted -= part
        after[zone] = credit - part
    return after


def settle_credit(
    *,
    lots: Sequence[CreditLot],
    imported_kwh: Mapping[str, int],
    dearest: Sequence[str],
    on: date,
    months_kept: int = MONTHS_KEPT,
) -> CreditSettlement:
    """Cover the import with the credit that still holds on the first day billed, in each zone the oldest first."""
    lapsed = tuple(lot for lot in lots if lot.kwh and add_months(lot.month, months_kept + 1) <= on)
    held = sorted(
        (lot for lot in lots if lot.kwh and lot not in lapsed), key=lambda one: (one.month, one.zone)
    )
    credit: dict[str, Decimal] = {}
    for lot in held:
        credit[lot.zone] = credit.get(lot.zone, Decimal(0)) + lot.kwh
    covered = cover(imported_kwh=imported_kwh, credit=credit, dearest=dearest)
    taken = {zone: credit[zone] - covered.left_kwh[zone] for zone in credit}
    after: list[CreditLot] = []
    for lot in held:
        part = min(lot.kwh, taken[lot.zone])
        taken[lot.zone] -= part
        after.append(replace(lot, kwh=lot.kwh - part))
    return CreditSettlement(covered, tuple(lot for lot in after if lot.kwh), lapsed)
