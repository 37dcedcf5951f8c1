"""Keep the plans of customers alike: same group, bracket, phases, lists, profile and period.

A plan is named by the very objects of its price lists, which it holds, so a new version of a list never meets
an old plan. When a list is read anew (the next chunk of a run), the plans of its old objects are forgotten, so
that nothing is held that nobody can ask for.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kwit.kernel.time import DateRange, Period
from kwit.rating.lines import Line
from kwit.rating.plan import Plan, make_plan
from kwit.rating.profile import RatingProfile
from kwit.rating.terms import Months, Terms
from kwit.tariffs.price_list import ALL_CLOCKS, Clock, PriceList

_MOST = 512


@dataclass(frozen=True, slots=True)
class _Kept:
    plan: Plan
    profile: RatingProfile
    versions: tuple[PriceList, ...]
    fixed: dict[int, Line]


@dataclass(slots=True)
class KeptPlans:
    """Plans by what they depend on, the least recently used one leaving first."""

    most: int = _MOST
    _read: dict[str, PriceList] = field(default_factory=dict)
    _kept: "OrderedDict[tuple[object, ...], _Kept]" = field(default_factory=OrderedDict)

    def plan(
        self,
        *,
        period: Period,
        terms: Sequence[Terms],
        months: Months,
        lists: Mapping[str, Sequence[PriceList]],
        profile: RatingProfile,
        clocks: frozenset[Clock] = ALL_CLOCKS,
    ) -> tuple[Plan, dict[int, Line]]:
        """Return the plan, made now or kept, and the lines of it that no use changes, by their place in it."""
        versions = tuple(version for several in lists.values() for version in several)
        self._forget_old(versions)
        key = (
            period.start,
            period.end,
            months.cycle,
            months.share,
            clocks,
            *lists,
            *map(id, versions),
            *(part for one in terms for part in _facts(one, period, versions)),
        )
        kept = self._kept.get(key)
        if kept is not None and (kept.profile is profile or kept.profile == profile):
            self._kept.move_to_end(key)
            return kept.plan, kept.fixed
        plan = make_plan(period=period, terms=terms, lists=lists, profile=profile, clocks=clocks)
        kept = _Kept(plan, profile, versions, {})
        self._kept[key] = kept
        self._kept.move_to_end(key)
        if len(self._kept) > self.most:
            self._kept.popitem(last=False)
        return kept.plan, kept.fixed

    def _forget_old(self, versions: Sequence[PriceList]) -> None:
        """Drop every plan once a version comes as another object than before."""
        for version in versions:
            known = self._read.get(version.content_hash)
            if known is version:
                continue
            if known is not None:
                self._kept.clear()
                self._read.clear()
            self._read[version.content_hash] = version


def _facts(terms: Terms, period: Period, versions: Sequence[PriceList]) -> tuple[object, ...]:
    """List what of the terms a plan depends on: of the yearly use its brackets alone."""
    inside = terms.window.intersection(DateRange(period.start, period.end))
    annual = terms.annual_kwh
    brackets = (
        None
        if annual is None
        else tuple(
            next((bracket.code for bracket in version.brackets if bracket.holds(annual)), "")
            for version in versions
            if version.brackets
        )
    )
    return (
        None if inside is None else (inside.start, inside.end),
        brackets,
        terms.group,
        terms.household,
        terms.price_lists,
        terms.phases,
        terms.cycle_months,
        terms.remote_reading,
        terms.contracted_kw,
        terms.capacity_share,
        terms.sections,
        terms.tg_phi0,
        terms.capacity_coefficient,
        terms.degree,
        terms.voltage,
        terms.lowered_power,
        terms.ten_days,
        terms.prepaid,
        terms.special,
        terms.industrial,
    )
