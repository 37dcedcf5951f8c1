"""Tiers (progi): energy in blocks with a price each, running up over the period or each month, zone by zone."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from kwit.kernel.time import DateRange, Period
from kwit.rating.lines import Rated
from kwit.rating.profile import RatingProfile, VatRounding
from kwit.rating.rate import rate
from kwit.rating.terms import Months, Terms
from kwit.rating.volume import within_tier
from kwit.tariffs.check import check_price_list
from kwit.tariffs.price_list import PriceList, Tier
from tests.rating.cases import register, usage

TWO_MONTHS = Period(date(2026, 1, 1), date(2026, 3, 1))
TIERS = (Tier(1, 0, 100), Tier(2, 100, 250), Tier(3, 250, None))


def tiered(span: str) -> PriceList:
    text = f"""
format: kwit/price-list/1
code: tiered
kind: seller
issuer: Jasna Energia S.A.
title: Progi
valid: {{from: 2026-01-01, until: 2027-01-01}}
source: {{document: Oferta z progami, confidence: own, uncited: made up}}
groups:
  G11: {{household: true, zones: {{all: całodobowa}}}}
rates: {{vat_standard: [{{rate: "0.23", page: art. 41}}]}}
charges:
  - code: energy
    name: Energia
    section: sale
    basis: energy_by_zone
    unit: kWh
    digits: 4
    posting: sale.energy
    tier_span: {span}
    prices:
      - group: G11
        by_zone: {{all: [{{up_to: 100, price: "0.5000"}}, {{up_to: 250, price: "0.6000"}}, {{price: "0.9000"}}]}}
"""
    checked = check_price_list(content=text.encode(), source="tiered.yaml")
    assert checked.price_list is not None, checked.findings
    return checked.price_list


def rated(kwh: int, span: str, *, period: Period = TWO_MONTHS, lists: PriceList | None = None) -> Rated:
    terms = Terms(
        window=period.range, group="G11", household=True, price_lists=("tiered",), phases=1, cycle_months=2,
        remote_reading=False,
    )  # fmt: skip
    used = usage(period, {register(): abs(kwh) * 1000})
    return rate(
        period=period,
        terms=[terms],
        months=Months(2),
        usage=replace(used, spans=tuple(replace(span, wh=kwh * 1000) for span in used.spans)),
        lists={"tiered": (lists or tiered(span),)},
        profile=RatingProfile("p", VatRounding.DOCUMENT),
    )


class TestLines:
    def test_of_a_period_fill_one_ladder(self) -> None:
        found = rated(590, "period")
        assert [(line.name, line.quantity, line.net) for line in found.lines] == [
            ("Energia całodobowa, do 100 kWh", 100, Decimal("50.00")),
            ("Energia całodobowa, 100–250 kWh", 150, Decimal("90.00")),
            ("Energia całodobowa, ponad 250 kWh", 340, Decimal("306.00")),
        ]

    def test_of_months_fill_a_ladder_each(self) -> None:
        # 590 kWh over 59 days: 310 in January, 280 in February.
        found = rated(590, "month")
        assert [line.quantity for line in found.lines] == [200, 300, 90]
        assert found.lines[0].quantity_source.rule == "kwh_of_tier_1"

    def test_of_a_period_run_on_through_a_change_of_price_in_another_month(self) -> None:
        one = tiered("period")
        february = date(2026, 2, 1)
        energy = one.charges[0]
        windows = ((one.window.start, february, 1), (february, one.window.end, 2))
        prices = [
            replace(old, amount=old.amount * times, window=DateRange(start, end))
            for start, end, times in windows
            for old in energy.prices
        ]
        changed = replace(one, charges=(replace(energy, prices=tuple(prices)),))
        found = rated(590, "period", lists=changed)
        # 310 kWh in January reach the third tier, in which the 280 of February stay.
        assert {str(line.price): int(line.quantity) for line in found.lines if line.quantity} == {
            "0.5000": 100,
            "0.6000": 150,
            "0.9000": 60,
            "1.8000": 280,
        }

    def test_not_reached_stand_with_nothing(self) -> None:
        assert [line.quantity for line in rated(80, "period").lines] == [80, 0, 0]

    def test_of_energy_taken_back_are_the_mirror(self) -> None:
        there, back = rated(590, "month"), rated(-590, "month")
        assert [line.net for line in back.lines] == [-line.net for line in there.lines]


class TestWithinTier:
    ENERGY = st.lists(st.integers(0, 400), min_size=1, max_size=12)

    @given(energy=ENERGY, by_month=st.booleans())
    def test_tiers_share_all_energy_and_none_is_over_its_size(
        self, energy: Sequence[int], by_month: bool
    ) -> None:
        months = [date(2026, index + 1, 1) if by_month else None for index in range(len(energy))]
        parts = [within_tier(energy=energy, months=months, tier=tier) for tier in TIERS]
        assert [sum(several) for several in zip(*parts, strict=True)] == list(energy)
        ladders = len(energy) if by_month else 1
        assert sum(parts[0]) <= 100 * ladders
        assert sum(parts[1]) <= 150 * ladders

    @given(energy=ENERGY, at=st.integers(0, 11), first=st.integers(0, 400))
    def test_a_cut_inside_a_month_changes_no_tier(self, energy: Sequence[int], at: int, first: int) -> None:
        index = at % len(energy)
        part = min(first, energy[index])
        cut = [*energy[:index], part, energy[index] - part, *energy[index + 1 :]]
        for tier in TIERS:
            whole = within_tier(energy=energy, months=[None] * len(energy), tier=tier)
            assert sum(within_tier(energy=cut, months=[None] * len(cut), tier=tier)) == sum(whole)
