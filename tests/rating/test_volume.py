"""A limit of energy splits each zone in two and loses nothing, whatever the cuts, zones and signs."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwit.kernel.time import DateRange, Period
from kwit.rating.facts import EnergyBase, Facts
from kwit.rating.lines import Rated
from kwit.rating.profile import RatingProfile, VatRounding
from kwit.rating.rate import rate
from kwit.rating.terms import Months, Terms
from kwit.rating.volume import Cell, LimitDaysError, left_of_limit, within_limits
from kwit.tariffs.price_list import Basis, Charge, Price
from tests.rating.cases import register, usage
from tests.rating.price_lists import charge, price, price_list

MARCH = Period(date(2026, 3, 1), date(2026, 4, 1))
CUT = date(2026, 3, 11)
TWIN = {"day": "dzienna", "night": "nocna"}


def volume(amount: str, part: str, *, zone: str | None = None, **window: Any) -> Price:
    one = price(amount, zone=zone, **window)
    return Price(one.amount, one.window, one.page, zone=zone, volume=part)


def night_limited(*, start: date = date(2020, 1, 1), end: date | None = None) -> tuple[Price, ...]:
    window = {"start": start, "end": end}
    return (
        price("0.30", zone="day", **window),
        volume("0.30", "base", zone="night", **window),
        volume("0.05", "above", zone="night", **window),
    )


def both_limited() -> tuple[Price, ...]:
    return volume("0.412", "base"), volume("0.693", "above")


def rated(
    prices: tuple[Price, ...],
    *bases: EnergyBase,
    wh: dict[str, int],
    digits: int = 0,
    covered: dict[str, int] | None = None,
) -> Rated:
    one: Charge = charge("energy", *prices, basis=Basis.ENERGY_BY_ZONE)
    zones = {name: name for name in wh}
    return rate(
        period=MARCH,
        terms=[Terms(DateRange(MARCH.start), "G11", True, ("own",), 3, 1, True)],
        months=Months(1),
        usage=usage(MARCH, {register(zone): used for zone, used in wh.items()}),
        lists={"own": (price_list("own", one, zones=zones),)},
        profile=RatingProfile("own", VatRounding.DOCUMENT, kwh_digits=digits),
        facts=Facts(bases=bases, covered_kwh=covered or {}),
    )


def told(result: Rated) -> list[tuple[str, str, str]]:
    assert result.problems == ()
    return [(line.zone, str(line.quantity), str(line.price)) for line in result.lines]


class TestAChargeWithALimit:
    def test_has_a_line_up_to_it_and_one_above(self) -> None:
        result = rated(night_limited(), EnergyBase("energy", 180), wh={"day": 300_000, "night": 250_000})
        assert told(result) == [("day", "300", "0.30"), ("night", "180", "0.30"), ("night", "70", "0.05")]
        assert [line.name for line in result.lines] == [
            "Energy day",
            "Energy night, do limitu",
            "Energy night, ponad limit",
        ]

    @pytest.mark.parametrize(("kwh", "parts"), [(0, ["0", "250"]), (250, ["250", "0"]), (999, ["250", "0"])])
    def test_is_all_above_a_limit_of_nothing_and_all_within_a_large_one(
        self, kwh: int, parts: list[str]
    ) -> None:
        result = rated(night_limited(), EnergyBase("energy", kwh), wh={"day": 0, "night": 250_000})
        assert [quantity for zone, quantity, _ in told(result) if zone == "night"] == parts

    def test_shares_one_limit_among_its_zones_by_their_energy(self) -> None:
        result = rated(both_limited(), EnergyBase("energy", 100), wh={"day": 300_000, "night": 100_000})
        assert [one[:2] for one in told(result)] == [
            ("day", "75"),
            ("day", "225"),
            ("night", "25"),
            ("night", "75"),
        ]

    def test_is_not_billed_without_a_limit(self) -> None:
        result = rated(night_limited(), EnergyBase("other", 180), wh={"day": 1000, "night": 1000})
        assert {problem.code for problem in result.problems} == {"base_unknown"}
        assert result.lines == ()

    def test_is_not_billed_under_two_limits_of_the_same_days(self) -> None:
        bases = EnergyBase("energy", 1), EnergyBase("energy", 2)
        result = rated(night_limited(), *bases, wh={"day": 1000, "night": 1000})
        assert {problem.code for problem in result.problems} == {"base_unknown"}

    def test_has_a_limit_for_each_part_of_a_period_over_which_it_changes(self) -> None:
        prices = (*night_limited(end=CUT), *night_limited(start=CUT))
        other = tuple(
            Price(one.amount * 2, one.window, "1", zone=one.zone, volume=one.volume) for one in prices[3:]
        )
        bases = (
            EnergyBase("energy", 10, DateRange(MARCH.start, CUT)),
            EnergyBase("energy", 500, DateRange(CUT, MARCH.end)),
        )
        result = rated((*prices[:3], *other), *bases, wh={"day": 0, "night": 310_000})
        night = [one[1:] for one in told(result) if one[0] == "night"]
        assert night == [("10", "0.30"), ("210", "0.60"), ("90", "0.05"), ("0", "0.10")]

    def test_splits_kwh_as_read_where_the_seller_bills_them_so(self) -> None:
        result = rated(night_limited(), EnergyBase("energy", 180), wh={"day": 0, "night": 250_125}, digits=3)
        assert [one[1] for one in told(result) if one[0] == "night"] == ["180.000", "70.125"]

    def test_holds_the_limit_against_what_net_metering_left(self) -> None:
        result = rated(
            night_limited(),
            EnergyBase("energy", 180),
            wh={"day": 0, "night": 250_000},
            covered={"night": 100},
        )
        assert [one[1] for one in told(result) if one[0] == "night"] == ["150", "0"]

    @given(
        wh=st.fixed_dictionaries({"day": st.integers(0, 10**7), "night": st.integers(0, 10**7)}),
        kwh=st.integers(0, 20_000),
        cut=st.integers(1, 30),
        digits=st.sampled_from([0, 3]),
    )
    def test_bills_the_same_kwh_within_and_above_whatever_the_cut(
        self, wh: dict[str, int], kwh: int, cut: int, digits: int
    ) -> None:
        day = date.fromordinal(MARCH.start.toordinal() + cut)
        changed = (
            volume("0.4", "base", end=day),
            volume("0.5", "base", start=day),
            volume("0.6", "above", end=day),
            volume("0.7", "above", start=day),
        )
        base = EnergyBase("energy", kwh)
        cut_up, plain = (rated(prices, base, wh=wh, digits=digits) for prices in (changed, both_limited()))
        for zone in wh:
            total = sum(line.quantity for line in cut_up.lines if line.zone == zone)
            assert total == sum(line.quantity for line in plain.lines if line.zone == zone)
        within = sum(line.quantity for line in cut_up.lines if line.price in {Decimal("0.4"), Decimal("0.5")})
        everything = sum(line.quantity for line in cut_up.lines)
        assert within == min(kwh, everything)


class TestWithinLimits:
    def test_gives_energy_taken_back_no_part(self) -> None:
        cells = [Cell("all", 0, MARCH, -40), Cell("day", 0, MARCH, 60)]
        parts = within_limits(cells=cells, bases=[EnergyBase("energy", 50)])
        assert parts == {("all", 0): 0, ("day", 0): 50}

    def test_leaves_out_what_a_window_covers_in_part(self) -> None:
        base = EnergyBase("energy", 50, DateRange(CUT, MARCH.end))
        assert within_limits(cells=[Cell("all", 0, MARCH, 60)], bases=[base]) == {}


class TestTheRestOfAYearlyLimit:
    @pytest.mark.parametrize(
        ("limit", "used", "days", "of_days", "left"),
        [
            (2000, 1850, 365, 365, 150),
            (2000, 2100, 365, 365, 0),
            (2000, 0, 184, 365, 1008),
            (3000, 0, 183, 366, 1500),
            (1, 0, 1, 2, 1),
        ],
    )
    def test_is_what_was_not_used_of_the_share_of_its_days(
        self, limit: int, used: int, days: int, of_days: int, left: int
    ) -> None:
        assert left_of_limit(limit_kwh=limit, used_kwh=used, days=days, of_days=of_days) == left

    @pytest.mark.parametrize(("days", "of_days"), [(0, 365), (366, 365)])
    def test_is_refused_for_days_that_the_year_does_not_have(self, days: int, of_days: int) -> None:
        with pytest.raises(LimitDaysError) as error:
            left_of_limit(limit_kwh=2000, days=days, of_days=of_days)
        assert (error.value.days, error.value.of_days) == (days, of_days)

    def test_is_the_whole_limit_when_nothing_was_used_and_no_days_are_told(self) -> None:
        assert left_of_limit(limit_kwh=2000) == 2000

    def test_is_exact_however_large(self) -> None:
        assert left_of_limit(limit_kwh=2 * 10**17 + 1) == 2 * 10**17 + 1
