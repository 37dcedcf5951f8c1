"""Two prices with a limit of energy between them: which kWh lie within the limit, and how large a limit is.

Rules: distribution tariffs 2026, group G12as, PGE Dystrybucja 3.1.25-28 (p. 27), Energa-Operator 3.1.11-14
(p. 10): in the night zone the low rate is for what exceeds the use of the same period in the year before the
first year in the group, 0 kWh for a new point. The texts do not name the zone of that use; here the limit is
held against the energy of the zones that have two prices. Household caps 2023 and 2024 (ustawa z 7.10.2022 o
szczególnych rozwiązaniach, Dz.U. 2022 poz. 2127): one limit of a year, for all zones together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from kwit.kernel.energy import apportion
from kwit.kernel.time import Period
from kwit.rating.facts import EnergyBase
from kwit.tariffs.price_list import Tier


class LimitDaysError(ValueError):
    """A limit is to be taken for days that its year does not have; carries both counts."""

    def __init__(self, days: int, of_days: int) -> None:
        super().__init__(f"{days} of {of_days} days of a yearly limit")
        self.days = days
        self.of_days = of_days


@dataclass(frozen=True, slots=True)
class Cell:
    """Energy of one zone in one segment, in the unit that is split (kWh, or Wh); negative in a credit."""

    zone: str
    index: int
    segment: Period
    energy: int


def within_limits(
    *, cells: Sequence[Cell], bases: Sequence[EnergyBase], scale: int = 1
) -> dict[tuple[str, int], int]:
    """Return what of each cell (zone, index of segment) lies within the limit of its days.

    A limit serves the cells of its window together, each in proportion to its energy, so that neither a price
    change nor a second zone changes what is above. Cells that no limit covers, or two do, are left out.
    `scale` is the units in a kWh. Energy taken back has no part within a limit.
    """
    parts: dict[tuple[str, int], int] = {}
    covering = {(cell.zone, cell.index): [one for one in bases if _covers(one, cell)] for cell in cells}
    for base in bases:
        mine = [cell for cell in cells if covering[cell.zone, cell.index] == [base]]
        weights = [max(cell.energy, 0) for cell in mine]
        limit = min(max(base.kwh, 0) * scale, sum(weights))
        shares = apportion(limit, weights=weights) if limit else [0] * len(mine)
        parts.update({(cell.zone, cell.index): share for cell, share in zip(mine, shares, strict=True)})
    return parts


def _covers(base: EnergyBase, cell: Cell) -> bool:
    if base.window is None:
        return True
    common = base.window.intersection(cell.segment.range)
    return common == cell.segment.range


def within_tier(
    *, energy: Sequence[int], months: Sequence[date | None], tier: Tier, scale: int = 1
) -> list[int]:
    """Return what of each segment's energy lies in a tier, while energy runs up from segment to segment.

    The sum begins anew with each of `months`, which names the month of every segment, None for all of them.
    Energy taken back, as in a credit, fills the tiers in the same way with its sign. `scale` is the units in a kWh.
    """
    low = tier.over_kwh * scale
    high = None if tier.up_to_kwh is None else tier.up_to_kwh * scale
    parts: list[int] = []
    run = 0
    for index, units in enumerate(energy):
        if index and months[index] != months[index - 1]:
            run = 0
        before, run = run, run + abs(units)
        part = max((run if high is None else min(run, high)) - max(before, low), 0)
        parts.append(part if units >= 0 else -part)
    return parts


def left_of_limit(*, limit_kwh: int, used_kwh: int = 0, days: int = 1, of_days: int = 1) -> int:
    """Return the kWh left of a yearly limit, `used_kwh` of which were billed before at the lower price.

    A customer who came during the year has the limit for `days` of its `of_days`, rounded half up to whole
    kWh. Never below zero. Raises LimitDaysError.
    """
    if not 0 < days <= of_days:
        raise LimitDaysError(days, of_days)
    share = Fraction(limit_kwh * days, of_days)
    return max((2 * share + 1) // 2 - used_kwh, 0)
