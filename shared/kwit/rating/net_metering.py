"""Net-metering (opust): energy fed in comes back at 0.8 or 0.7, first to its own zone, then to the dearest.

Rule: ustawa o odnawialnych źródłach energii, art. 4; covered kWh pay no energy, no variable network
component and no quality rate, while levies are paid on the balanced import and fixed fees in full.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

# What covered kWh do not pay.
OPUST_CHARGES = frozenset({"energy", "network_variable", "quality"})

ANY_ZONE = "all"


@dataclass(frozen=True, slots=True)
class Covered:
    """Whole kWh covered in each zone, and the credit left in each zone in kWh with all its decimals."""

    kwh: Mapping[str, int]
    left_kwh: Mapping[str, Decimal]


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
