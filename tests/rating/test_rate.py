"""Rating: whatever the cuts, energy and months add up; what cannot be rated is named."""

import itertools
import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwit.kernel.time import DateRange, Period
from kwit.metering.usage import Usage, UsageProblem, usage_of
from kwit.rating.lines import Line, Rated
from kwit.rating.profile import RatingProfile, VatRounding
from kwit.rating.quantities import share_whole_kwh
from kwit.rating.rate import rate
from kwit.rating.terms import Months, Terms
from kwit.tariffs.price_list import Basis, Bracket, Customers, PartialPeriod, Price, PriceList, Section
from tests.rating.cases import all_lists, lists_named, register, state, usage
from tests.rating.price_lists import charge, price, price_list

MARCH = Period(date(2026, 3, 1), date(2026, 4, 1))
LINE = RatingProfile("line", VatRounding.LINE)
SECTION = RatingProfile("section", VatRounding.SECTION)
DOCUMENT = RatingProfile("document", VatRounding.DOCUMENT)


def terms(
    *codes: str, group: str = "G11", period: Period = MARCH, start: date | None = None, **more: object
) -> Terms:
    held = {
        "window": DateRange(start or period.start, None),
        "group": group,
        "household": group.startswith("G"),
        "price_lists": codes,
        "phases": 1,
        "cycle_months": 1,
        "remote_reading": True,
        "annual_kwh": 2000,
    }
    return Terms(**(held | more))  # type: ignore[arg-type]  # one field by name in each test


def rated(
    lists: Mapping[str, Sequence[PriceList]],
    *,
    used: Usage | None = None,
    held: Sequence[Terms] | None = None,
    period: Period = MARCH,
    months: Months | None = None,
    profile: RatingProfile = LINE,
) -> Rated:
    return rate(
        period=period,
        terms=held or [terms(*lists, period=period)],
        months=months or Months(1),
        usage=used or usage(period, {register(): 310_000}),
        lists=lists,
        profile=profile,
    )


def own(*charges: object, **more: object) -> dict[str, Sequence[PriceList]]:
    return {"own": (price_list("own", *charges, **more),)}  # type: ignore[arg-type]  # passed through


def quantities(result: Rated, code: str) -> list[Decimal]:
    return [line.quantity for line in result.lines if line.charge == code]


def codes(result: Rated) -> set[str]:
    return {problem.code for problem in result.problems}


class TestCuts:
    def test_a_price_change_splits_by_average_daily_use(self) -> None:
        lists = own(
            charge("energy", price("0.50", end=date(2026, 3, 11)), price("0.60", start=date(2026, 3, 11)))
        )
        result = rated(lists)
        assert quantities(result, "energy") == [Decimal(100), Decimal(210)]
        assert [str(line.net) for line in result.lines] == ["50.00", "126.00"]

    def test_a_reading_at_the_change_is_what_is_billed(self) -> None:
        lists = own(
            charge("energy", price("0.50", end=date(2026, 3, 11)), price("0.60", start=date(2026, 3, 11)))
        )
        meter = register()
        states = [state(meter, day, at) for day, at in ((date(2026, 3, 1), 0), (date(2026, 3, 11), 250_000))]
        states.append(state(meter, date(2026, 4, 1), 310_000))
        used = usage_of(period=MARCH, registers=[meter], readings=states)
        assert quantities(rated(lists, used=used), "energy") == [Decimal(250), Decimal(60)]

    def test_a_change_of_another_group_leaves_one_line(self) -> None:
        early, late = (
            Price(Decimal("0.50"), DateRange(date(2020, 1, 1), date(2026, 3, 11)), "1", frozenset({"G12"})),
            Price(Decimal("0.90"), DateRange(date(2026, 3, 11)), "1", frozenset({"G12"})),
        )
        mine = Price(Decimal("0.50"), DateRange(date(2020, 1, 1)), "1", frozenset({"G11"}))
        result = rated(own(charge("energy", early, late, mine)))
        assert quantities(result, "energy") == [Decimal(310)]

    @given(
        wh=st.lists(st.integers(0, 5_000_000), min_size=1, max_size=3),
        cuts=st.sets(st.integers(1, 30), max_size=6),
        merge=st.booleans(),
    )
    def test_no_cuts_change_whole_kwh_of_a_zone_or_the_months(
        self, wh: list[int], cuts: set[int], merge: bool
    ) -> None:
        edges = [date(2020, 1, 1), *sorted(MARCH.start + timedelta(days=cut) for cut in cuts), None]
        zones = {f"z{index}": f"strefa {index}" for index in range(len(wh))}
        windows = list(itertools.pairwise(edges))
        dated = [price(f"0.{50 + index}", start=a, end=b) for index, (a, b) in enumerate(windows) if a]
        lists = own(
            charge("energy", *dated, basis=Basis.ENERGY_BY_ZONE),
            charge("levy", *dated),
            charge("fee", *dated, basis=Basis.MONTH, unit="month"),
            zones=zones,
        )
        used = usage(MARCH, {register(zone): value for zone, value in zip(zones, wh, strict=True)})
        result = rated(lists, used=used, profile=replace(LINE, merge_equal_prices=merge))
        assert result.problems == ()
        whole = [int((Decimal(value) / 1000).to_integral_value(ROUND_HALF_UP)) for value in wh]
        by_zone = {
            zone: sum(line.quantity for line in result.lines if (line.charge, line.zone) == ("energy", zone))
            for zone in zones
        }
        assert list(by_zone.values()) == whole
        assert sum(quantities(result, "levy")) == sum(whole)
        assert sum(quantities(result, "fee")) == 1
        assert sum(row.kwh for row in result.energy) == sum(whole)
        assert sum(row.wh for row in result.energy) == sum(wh)

    @given(st.randoms(use_true_random=False))
    def test_the_order_of_readings_does_not_matter(self, shuffled: random.Random) -> None:
        meter = register()
        days = [date(2026, 3, 1), date(2026, 3, 9), date(2026, 3, 16), date(2026, 4, 1)]
        states = [state(meter, day, index * 77_777) for index, day in enumerate(days)]
        lists = lists_named("jasna-energia", "pge-dystrybucja", "levies-pl")
        straight = rated(lists, used=usage_of(period=MARCH, registers=[meter], readings=states))
        shuffled.shuffle(states)
        assert rated(lists, used=usage_of(period=MARCH, registers=[meter], readings=states)) == straight


class TestEndsOfWindows:
    def test_a_list_that_ends_inside_the_period_is_missed(self) -> None:
        lists = own(charge("energy", price("0.50")), window=DateRange(date(2020, 1, 1), date(2026, 3, 11)))
        result = rated(lists)
        assert [(p.code, p.detail) for p in result.problems] == [("price_list_missing", "own on 2026-03-11")]

    def test_a_price_that_ends_inside_the_period_is_missed(self) -> None:
        result = rated(own(charge("energy", price("0.50", end=date(2026, 3, 11)))))
        assert codes(result) == {"price_missing"}

    def test_terms_that_end_inside_the_period_are_missed(self) -> None:
        lists = own(charge("energy", price("0.50")))
        held = [replace(terms("own"), window=DateRange(MARCH.start, date(2026, 3, 11)))]
        assert codes(rated(lists, held=held)) == {"terms_missing"}

    def test_a_rate_that_ends_inside_the_period_is_missed(self) -> None:
        lists = own(charge("energy", price("0.50")))
        one = lists["own"][0]
        short = tuple(
            replace(rate, window=DateRange(date(2020, 1, 1), date(2026, 3, 11)))
            for rate in (one.rates or {})["vat_standard"]
        )
        assert codes(rated({"own": (replace(one, rates={"vat_standard": short}),)})) == {"rate_missing"}

    def test_a_charge_out_of_force_inside_the_period_counts_until_then(self) -> None:
        lists = own(
            charge("energy", price("0.50")),
            charge(
                "transition", price("0.31"), basis=Basis.MONTH, unit="month",
                in_force=DateRange(date(2021, 1, 1), date(2026, 3, 11)),
            ),
        )  # fmt: skip
        result = rated(lists)
        assert quantities(result, "transition") == [Decimal("0.3226")]
        assert quantities(result, "energy") == [Decimal(310)]

    def test_versions_of_a_list_follow_each_other(self) -> None:
        old = price_list(
            "own", charge("energy", price("0.50")), window=DateRange(date(2020, 1, 1), date(2026, 3, 11))
        )
        new = price_list(
            "own", charge("energy", price("0.60")), window=DateRange(date(2026, 3, 11)), version="2"
        )
        result = rated({"own": (old, new)})
        assert [line.price_source.version[:5] for line in result.lines] == ["own-1", "own-2"]
        assert quantities(result, "energy") == [Decimal(100), Decimal(210)]

    def test_equal_prices_of_two_versions_are_joined_only_when_the_profile_says_so(self) -> None:
        old = price_list(
            "own", charge("energy", price("0.50")), window=DateRange(date(2020, 1, 1), date(2026, 3, 11))
        )
        new = replace(old, window=DateRange(date(2026, 3, 11)), content_hash="own-2".ljust(64, "0"))
        assert len(rated({"own": (old, new)}).lines) == 1
        apart = rated({"own": (old, new)}, profile=replace(LINE, merge_equal_prices=False))
        assert quantities(apart, "energy") == [Decimal(100), Decimal(210)]


class TestContractInsideTheCycle:
    def test_months_count_by_days_and_the_subscription_in_full(self) -> None:
        period = Period(date(2026, 3, 17), date(2026, 4, 1))
        lists = own(
            charge("energy", price("0.50")),
            charge("fee", price("10.00"), basis=Basis.MONTH, unit="month"),
            charge(
                "subscription", price("4.56"), basis=Basis.MONTH, unit="month", partial=PartialPeriod.FULL
            ),
        )
        result = rated(lists, period=period, months=Months(1, Fraction(15, 31)))
        assert quantities(result, "fee") == [Decimal("0.4839")]
        assert quantities(result, "subscription") == [Decimal(1)]
        assert [str(line.net) for line in result.lines if line.charge != "energy"] == ["4.84", "4.56"]

    def test_the_digits_of_months_are_the_profiles(self) -> None:
        lists = own(charge("fee", price("10.00"), basis=Basis.MONTH, unit="month"))
        result = rated(lists, months=Months(1, Fraction(15, 31)), profile=replace(LINE, month_digits=2))
        assert quantities(result, "fee") == [Decimal("0.48")]

    @given(st.integers(1, 12), st.integers(1, 365), st.integers(1, 365), st.integers(0, 8))
    def test_a_share_of_months_is_rounded_half_up(
        self, cycle: int, part: int, whole: int, digits: int
    ) -> None:
        units = Months(cycle, Fraction(part, whole)).units(digits=digits, full=False)
        exact = Fraction(cycle * part, whole) * 10**digits
        assert Fraction(-1, 2) < units - exact <= Fraction(1, 2)


class TestTermsThatChange:
    def test_contracted_power_has_a_line_for_each_size(self) -> None:
        lists = own(
            charge("energy", price("0.50")),
            charge("power", price("10.00"), basis=Basis.POWER, unit="kW"),
        )
        held = [
            replace(
                terms("own", contracted_kw=Decimal(20)), window=DateRange(MARCH.start, date(2026, 3, 11))
            ),
            terms("own", start=date(2026, 3, 11), contracted_kw=Decimal(30)),
        ]
        result = rated(lists, held=held)
        assert quantities(result, "power") == [Decimal("6.452"), Decimal("20.3220")]
        assert sum(quantities(result, "power")) == Decimal("26.774")

    def test_power_in_megawatts_keeps_its_value(self) -> None:
        lists = own(charge("power", price("4500.00"), basis=Basis.POWER, unit="MW"))
        result = rated(lists, held=[terms("own", contracted_kw=Decimal(250))])
        assert [(line.quantity, line.net) for line in result.lines] == [
            (Decimal("0.250"), Decimal("1125.00"))
        ]

    def test_a_new_share_of_capacity_hours_counts_from_its_day(self) -> None:
        lists = own(charge("capacity", price("0.10"), basis=Basis.CAPACITY_HOURS_ENERGY))
        held = [
            replace(
                terms("own", capacity_share=Decimal("0.40")),
                window=DateRange(MARCH.start, date(2026, 3, 11)),
            ),
            terms("own", start=date(2026, 3, 11), capacity_share=Decimal("0.60")),
        ]
        assert quantities(rated(lists, held=held), "capacity") == [Decimal(40), Decimal(126)]

    def test_a_change_of_group_changes_the_price(self) -> None:
        cheap = Price(Decimal("0.40"), DateRange(date(2020, 1, 1)), "1", frozenset({"G11"}))
        dear = Price(Decimal("0.70"), DateRange(date(2020, 1, 1)), "1", frozenset({"C11"}))
        lists = own(charge("energy", cheap, dear))
        held = [
            replace(terms("own"), window=DateRange(MARCH.start, date(2026, 3, 11))),
            terms("own", group="C11", start=date(2026, 3, 11)),
        ]
        assert [str(line.net) for line in rated(lists, held=held).lines] == ["40.00", "147.00"]


class TestUnits:
    @pytest.mark.parametrize(
        ("unit", "wanted", "amount", "quantity", "shown"),
        [
            ("kWh", "kWh", "0.4321", "310", "0.4321"),
            ("kWh", "MWh", "0.4321", "0.310", "432.1"),
            ("MWh", "kWh", "432.10", "310", "0.43210"),
            ("MWh", "MWh", "432.10", "0.310", "432.10"),
        ],
    )
    def test_the_printed_unit_changes_quantity_and_price_and_not_the_net(
        self, unit: str, wanted: str, amount: str, quantity: str, shown: str
    ) -> None:
        lists = own(charge("energy", price(amount), unit=unit))
        (line,) = rated(lists, profile=replace(LINE, units={"energy": wanted})).lines
        assert (f"{line.quantity:f}", f"{line.price:f}", line.unit) == (quantity, shown, wanted)
        assert line.net == Decimal("133.95")

    def test_a_profile_names_charges_its_own_way_and_by_zone(self) -> None:
        zones = {"day": "dzienna", "night": "nocna"}
        lists = own(charge("levy", price("0.01")), zones=zones)
        used = usage(MARCH, {register("day"): 100_000, register("night"): 50_000})
        profile = replace(LINE, lines_by_zone=frozenset({"levy"}), names={"levy": "Opłata OZE"})
        result = rated(lists, used=used, profile=profile)
        assert [line.name for line in result.lines] == ["Opłata OZE dzienna", "Opłata OZE nocna"]


class TestVat:
    LISTS: ClassVar[Mapping[str, Sequence[PriceList]]] = {
        "own": (
            price_list(
                "own",
                charge("a", price("0.0346")),
                charge("b", price("0.0346")),
                charge("c", price("0.0341"), section=Section.DISTRIBUTION),
                charge("d", price("0.0341"), section=Section.DISTRIBUTION, vat="reduced"),
                rates={"vat_standard": "0.23", "vat_reduced": "0.08"},
            ),
        )
    }

    @pytest.mark.parametrize(("profile", "standard"), [(LINE, "2.38"), (SECTION, "2.37"), (DOCUMENT, "2.38")])
    def test_each_rate_has_its_row_and_rows_add_up(self, profile: RatingProfile, standard: str) -> None:
        result = rated(self.LISTS, used=usage(MARCH, {register(): 100_000}), profile=profile)
        rows = [(str(row.rate), str(row.net), str(row.vat)) for row in result.vat_rows]
        assert rows == [("0.08", "3.41", "0.27"), ("0.23", "10.33", standard)]
        assert result.vat == sum(row.vat for row in result.vat_rows)
        assert result.gross == result.net + result.vat == Decimal("13.74") + result.vat

    @given(
        amounts=st.lists(st.tuples(st.integers(1, 99_999), st.sampled_from(["sale", "distribution"]),
                                   st.sampled_from(["standard", "reduced"])), min_size=1, max_size=8),
        rounding=st.sampled_from(VatRounding),
    )  # fmt: skip
    def test_totals_follow_the_rounding_of_the_profile(
        self, amounts: list[tuple[int, str, str]], rounding: VatRounding
    ) -> None:
        charges = [
            charge(f"c{index}", price(f"0.{digits:05d}"), section=Section(section), vat=vat)
            for index, (digits, section, vat) in enumerate(amounts)
        ]
        lists = own(*charges, rates={"vat_standard": "0.23", "vat_reduced": "0.08"})
        result = rated(lists, profile=RatingProfile("p", rounding))
        assert result.vat == sum(expected_vat(result.lines, rounding).values())
        assert {row.rate: row.vat for row in result.vat_rows} == expected_vat(result.lines, rounding)
        assert sum(section.net for section in result.sections) == result.net
        if rounding is not VatRounding.DOCUMENT:
            assert sum(section.vat for section in result.sections) == result.vat
        assert all((line.vat is not None) == (rounding is VatRounding.LINE) for line in result.lines)


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def expected_vat(lines: Sequence[Line], rounding: VatRounding) -> dict[Decimal, Decimal]:
    sums: dict[tuple[object, ...], Decimal] = {}
    for index, line in enumerate(lines):
        cell = {"line": (index,), "section": (line.section,), "document": ()}[str(rounding)]
        key = (line.vat_rate, *cell)
        sums[key] = sums.get(key, Decimal(0)) + line.net
    rates = sorted({line.vat_rate for line in lines})
    return {rate: sum(cents(net * rate) for key, net in sums.items() if key[0] == rate) for rate in rates}


class TestBrackets:
    @pytest.mark.parametrize(
        ("annual", "net"),
        [(0, "1"), (499, "1"), (500, "2"), (1200, "2"), (1201, "3"), (2800, "3"), (2801, "4"), (90_000, "4")],
    )
    def test_the_edges_of_yearly_use_are_those_of_the_tariffs(self, annual: int, net: str) -> None:
        brackets = all_lists()["levies-pl"][0].brackets
        prices = [
            replace(price(f"{index}.00"), bracket=bracket.code)
            for index, bracket in enumerate(brackets, start=1)
        ]
        lists = own(charge("capacity", *prices, basis=Basis.MONTH, unit="month"))
        lists = {"own": (replace(lists["own"][0], brackets=brackets),)}
        (line,) = rated(lists, held=[terms("own", annual_kwh=annual)]).lines
        assert line.net == Decimal(net)

    def test_every_whole_use_falls_into_one_bracket(self) -> None:
        brackets = all_lists()["levies-pl"][0].brackets
        for annual in range(4000):
            assert sum(bracket.holds(annual) for bracket in brackets) == 1


class TestProblems:
    def test_a_list_nobody_has(self) -> None:
        assert codes(rated({}, held=[terms("nobody")])) == {"price_list_missing"}

    def test_no_price_for_the_terms(self) -> None:
        three = replace(price("0.50"), phases=3)
        assert codes(rated(own(charge("energy", three)))) == {"price_missing"}

    def test_two_prices_for_the_same_terms(self) -> None:
        result = rated(own(charge("energy", price("0.50"), price("0.60"))))
        assert [(p.code, p.detail) for p in result.problems] == [
            ("price_ambiguous", "own/energy for G11 on 2026-03-01")
        ]

    def test_a_zone_the_group_does_not_have(self) -> None:
        used = usage(MARCH, {register("night"): 1000})
        assert codes(rated(own(charge("energy", price("0.50"))), used=used)) == {"zone_unknown"}

    def test_a_group_no_list_has(self) -> None:
        lists = own(charge("energy", price("0.50")), groups=("G12",))
        assert codes(rated(lists)) == {"group_unknown"}

    def test_a_group_that_none_of_the_lists_speaks_of(self) -> None:
        lists = lists_named("levies-pl")
        result = rated(lists, held=[terms("levies-pl")])
        assert [(p.code, p.detail) for p in result.problems] == [("group_unknown", "G11 in levies-pl")]

    def test_energy_that_flows_backwards_in_a_cut_period_is_no_quantity(self) -> None:
        with pytest.raises(ValueError, match="both signs"):
            share_whole_kwh([5_000, -1_000])

    @pytest.mark.parametrize(
        ("wh", "kwh"),
        [([0, 1500], (0, 2)), ([-1000, 0], (-1, 0)), ([0, 0], (0, 0)), ([600, 600], (1, 0)), ([-5], (0,))],
    )
    def test_a_part_without_energy_has_no_sign(self, wh: list[int], kwh: tuple[int, ...]) -> None:
        assert share_whole_kwh(wh) == kwh

    def test_a_group_that_the_seller_does_not_sell_to_although_the_distributor_has_it(self) -> None:
        lists = lists_named("jasna-oferta-dom", "pge-dystrybucja", "levies-pl")
        held = [terms(*lists, group="G12")]
        used = usage(MARCH, {register("day"): 1000, register("night"): 1000})
        result = rated(lists, used=used, held=held)
        assert [(p.code, p.detail) for p in result.problems] == [("group_unknown", "G12 in jasna-oferta-dom")]

    def test_yearly_use_unknown(self) -> None:
        lists = lists_named("levies-pl")
        lists = {"levies-pl": lists["levies-pl"], **own(charge("energy", price("0.50")))}
        held = [terms("own", "levies-pl", annual_kwh=None)]
        assert codes(rated(lists, held=held)) == {"annual_use_unknown"}

    def test_contracted_power_missing(self) -> None:
        lists = own(charge("power", price("10.00"), basis=Basis.POWER, unit="kW"))
        assert codes(rated(lists)) == {"contracted_power_missing"}

    def test_capacity_hours_unknown(self) -> None:
        lists = own(charge("capacity", price("0.1"), basis=Basis.CAPACITY_HOURS_ENERGY))
        assert codes(rated(lists)) == {"capacity_hours_unknown"}

    def test_vat_rate_missing(self) -> None:
        lists = own(charge("energy", price("0.50")), rates={})
        assert [(p.code, p.detail) for p in rated(lists).problems] == [
            ("rate_missing", "vat_standard on 2026-03-01")
        ]

    def test_terms_missing_for_a_part(self) -> None:
        lists = own(charge("energy", price("0.50")))
        result = rated(lists, held=[terms("own", start=date(2026, 3, 11))])
        assert [(p.code, p.detail) for p in result.problems] == [("terms_missing", "2026-03-01/2026-03-11")]

    def test_problems_of_usage_come_through(self) -> None:
        used = Usage(MARCH, (), (), (UsageProblem("reading_missing", "L1/1.8.0 at 2026-04-01"),))
        assert codes(rated(own(charge("energy", price("0.50"))), used=used)) == {"reading_missing"}

    def test_nothing_is_billed_beside_a_problem(self) -> None:
        lists = own(
            charge("energy", price("0.50")), charge("power", price("1"), basis=Basis.POWER, unit="kW")
        )
        result = rated(lists)
        assert (result.lines, result.gross, result.sections) == ((), Decimal("0.00"), ())

    def test_a_problem_is_told_once(self) -> None:
        lists = own(
            charge("power", price("1", end=date(2026, 3, 9)), price("2", start=date(2026, 3, 9)),
                   basis=Basis.POWER, unit="kW")
        )  # fmt: skip
        assert len(rated(lists).problems) == 1


class TestCustomers:
    @pytest.mark.parametrize(("group", "count"), [("G11", 1), ("C11", 0)])
    def test_a_charge_of_households_concerns_no_firm(self, group: str, count: int) -> None:
        household = replace(charge("capacity", price("1")), customers=Customers.HOUSEHOLD)
        lists = own(charge("energy", price("0.50")), household)
        assert len(quantities(rated(lists, held=[terms("own", group=group)]), "capacity")) == count


SELLERS = {
    "pge-dystrybucja": "pge-obrot",
    "energa-operator": "energa-obrot",
    "tauron-dystrybucja": "tauron-sprzedaz",
    "enea-operator": "enea",
    "stoen-operator": "eon-polska",
}


def shipped_groups(first: str) -> list[tuple[str, str]]:
    return [
        (distributor, group)
        for distributor in SELLERS
        for group in all_lists()[distributor][-1].groups
        if group.startswith(first)
    ]


def use_of(distributor: str, group: str) -> Usage:
    zones = all_lists()[distributor][-1].groups[group].zones
    return usage(MARCH, {register(zone): 100_499 + 7 * index for index, zone in enumerate(zones)})


def assert_lines_are_products(result: Rated) -> None:
    for line in result.lines:
        assert line.net == cents(line.quantity * line.price), line
        assert line.quantity_source.of_days == 31


class TestShippedLists:
    @pytest.mark.parametrize(("distributor", "group"), shipped_groups("G"))
    def test_every_household_group_rates_or_says_which_price_nobody_knows(
        self, distributor: str, group: str
    ) -> None:
        sellers = [
            code for code in (SELLERS[distributor], "jasna-energia") if group in all_lists()[code][-1].groups
        ]
        lists = lists_named(*sellers[:1], distributor, "levies-pl")
        held = [terms(*lists, group=group, phases=3)]
        result = rated(lists, used=use_of(distributor, group), held=held)
        unknown = {
            f"{distributor}/{one.code} for {group} on 2026-03-01"
            for one in all_lists()[distributor][-1].charges
            if not one.prices
        }
        if group == "G12as":
            # How much of the night is within the limit, no list can tell.
            assert {problem.code for problem in result.problems} == {"base_unknown"}
            return
        assert {problem.detail for problem in result.problems} == unknown
        assert_lines_are_products(result)
        if not unknown:
            assert {"network_variable", "network_fixed", "subscription", "capacity", "oze", "cogeneration",
                    "quality"} <= {line.charge for line in result.lines}  # fmt: skip
            assert bool(sellers) == ("energy" in {line.charge for line in result.lines})

    @pytest.mark.parametrize(("distributor", "group"), shipped_groups("C1"))
    def test_every_small_business_group_rates(self, distributor: str, group: str) -> None:
        sellers = ["jasna-energia"] if group in all_lists()["jasna-energia"][-1].groups else []
        lists = lists_named(*sellers, distributor, "levies-pl")
        held = [
            terms(
                *lists,
                group=group,
                phases=3,
                contracted_kw=Decimal(20),
                capacity_share=Decimal("0.4"),
                degree="low",
            )
        ]
        result = rated(lists, used=use_of(distributor, group), held=held)
        assert result.problems == ()
        assert_lines_are_products(result)
        assert "capacity_energy" in {line.charge for line in result.lines}
        assert "capacity" not in {line.charge for line in result.lines}

    @given(
        st.dictionaries(st.sampled_from(["day", "night"]), st.integers(0, 3_000_000), min_size=2),
        st.dates(date(2026, 1, 2), date(2026, 12, 1)),
        st.integers(1, 60),
        st.sampled_from(VatRounding),
    )
    def test_any_days_of_the_year_add_up(
        self, wh: dict[str, int], start: date, days: int, rounding: VatRounding
    ) -> None:
        period = Period(start, min(start + timedelta(days=days), date(2027, 1, 1)))
        lists = lists_named("jasna-energia", "pge-dystrybucja", "levies-pl")
        used = usage(period, {register(zone): value for zone, value in wh.items()})
        result = rated(
            lists,
            used=used,
            held=[terms(*lists, group="G12", period=period)],
            period=period,
            months=Months(2, Fraction(period.days, 61)),
            profile=RatingProfile("p", rounding),
        )
        assert result.problems == ()
        assert all(line.net == cents(line.quantity * line.price) for line in result.lines)
        assert result.net == sum(line.net for line in result.lines)
        assert result.gross == result.net + result.vat
        assert sum(quantities(result, "energy")) == sum(row.kwh for row in result.energy)


class TestExcise:
    def test_households_have_their_own_rate_where_the_law_gave_one(self) -> None:
        lists = own(
            charge("energy", price("0.50")),
            rates={"vat_standard": "0.23", "excise": "5.00", "excise_household": "0.00"},
        )
        home, firm = rated(lists).excise, rated(lists, held=[terms("own", group="C11")]).excise
        assert home is not None
        assert firm is not None
        assert (home.amount, firm.amount) == (Decimal("0.00"), Decimal("1.55"))

    def test_a_list_without_the_rate_says_nothing_of_excise(self) -> None:
        assert rated(own(charge("energy", price("0.50")))).excise is None


def test_a_bracket_without_an_upper_edge_holds_any_use() -> None:
    assert Bracket("top", "powyżej", 2800, None).holds(2801)
    assert not Bracket("top", "powyżej", 2800, None).holds(2800)
