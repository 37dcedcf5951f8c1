"""What cannot be rated says so: the code, and a detail that names the charge, the place or the figure."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kwit.kernel.time import DateRange
from kwit.metering.usage import RegisterSpan, Usage, UsageProblem
from kwit.rating.counting import Counted, Counting
from kwit.rating.facts import Event, Facts, Penalty
from kwit.rating.lines import QuantitySource, Rated, RatingProblem
from kwit.rating.plan import Plan
from kwit.rating.profile import RatingProfile, VatRounding
from kwit.rating.rate import rate
from kwit.rating.terms import Months, Terms
from kwit.tariffs.price_list import (
    Adjustments,
    Basis,
    Charge,
    EventRule,
    Price,
)
from tests.rating.cases import register, state, usage
from tests.rating.price_lists import charge, price, price_list
from tests.rating.test_bases import MARCH, ZONES, inductive, rated, replaced

CUT = date(2026, 3, 11)
ENERGY = charge("energy", price("1.00"))


HELD: dict[str, Any] = {
    "window": DateRange(MARCH.start),
    "group": "C21",
    "household": False,
    "price_lists": ("own",),
    "phases": 3,
    "cycle_months": 1,
    "remote_reading": True,
}


def bill(
    *charges: Charge,
    held: tuple[Terms, ...] = (),
    used: Usage | None = None,
    lists: dict[str, Any] | None = None,
    facts: Facts | None = None,
    rounding: VatRounding = VatRounding.DOCUMENT,
    **terms: Any,
) -> Rated:
    """Bill March by a list of the given charges, or by other lists."""
    return rate(
        period=MARCH,
        terms=held or [Terms(**(HELD | terms))],
        months=Months(1),
        usage=used or usage(MARCH, {register(): 1000}),
        lists={"own": (price_list("own", *charges),)} if lists is None else lists,
        profile=RatingProfile("own", rounding),
        facts=facts or Facts(),
    )


def told(result: Rated) -> list[tuple[str, str]]:
    """List the problems; a period with problems has nothing else."""
    zero = Decimal(0)
    problems = result.problems
    assert result == Rated(MARCH, (), (), (), zero, zero, zero, (), None, problems)
    return [(problem.code, problem.detail) for problem in problems]


def of_basis(basis: Basis, **fields: Any) -> Charge:
    return replaced(charge("one", price("1.00"), basis=basis), **fields)


def part(amount: str, volume: str) -> Price:
    return replace(price(amount), volume=volume)


class TestWhatTheUseLacks:
    @pytest.mark.parametrize(
        ("one", "code", "detail"),
        [
            (
                of_basis(Basis.ENERGY_UNBALANCED),
                "quantity_missing",
                "one: no import before balancing",
            ),
            (of_basis(Basis.ENERGY_BALANCED_OFF), "quantity_missing", "one: no import before balancing"),
            (inductive(), "quantity_missing", "reactive_inductive: no inductive energy is read"),
            (of_basis(Basis.REACTIVE_CAPACITIVE), "quantity_missing", "one: no capacitive energy is read"),
            (of_basis(Basis.POWER), "contracted_power_missing", "one"),
            (of_basis(Basis.POWER_EXCESS), "power_excess_unknown", "one: no series and no figures of power"),
            (
                of_basis(Basis.CAPACITY_HOURS_ENERGY),
                "capacity_hours_unknown",
                "no series and no share of capacity hours",
            ),
            (
                charge("one", part("0.4", "base"), part("0.7", "above")),
                "base_unknown",
                "one: no limit of energy over 2026-03-01..2026-04-01",
            ),
        ],
    )
    def test_is_named_with_the_charge(self, one: Charge, code: str, detail: str) -> None:
        assert told(rated(one, kwh={"all": 1})) == [(code, detail)]

    def test_stands_once_however_many_lines_ask_for_it(self) -> None:
        prices = (price("1", end=CUT), price("2", start=CUT))
        one = charge("one", *prices, basis=Basis.POWER)
        assert told(rated(one, kwh={"all": 1})) == [("contracted_power_missing", "one")]

    def test_is_told_again_to_the_next_customer_of_the_same_plan(self) -> None:
        lists = {"own": (price_list("own", charge("one", price("1"), basis=Basis.POWER)),)}
        for _ in range(3):
            assert told(bill(lists=lists)) == [("contracted_power_missing", "one")]
        adjust = Adjustments(industrial={"a": Decimal("0.1")})
        fee = replaced(charge("fee", price("1"), basis=Basis.MONTH), adjust=adjust)
        lists = {"own": (price_list("own", fee, version="2"),)}
        for _ in range(3):
            (problem,) = told(bill(lists=lists, industrial="c"))
            assert problem == ("industrial_kind_unknown", "fee: kind 'c' is none of a")

    def test_is_what_the_use_itself_says(self) -> None:
        broken = Usage(MARCH, (), (), (UsageProblem("state_missing", "L1 on 2026-04-01"),))
        assert told(bill(ENERGY, used=broken)) == [("state_missing", "L1 on 2026-04-01")]


class TestZones:
    def test_that_the_group_does_not_have_are_all_named(self) -> None:
        result = rated(ENERGY, kwh={"weekend": 1, "day": 1, "peak": 1}, zones=ZONES)
        assert told(result) == [("zone_unknown", "day, weekend is no zone of C21")]

    @pytest.mark.parametrize(
        ("basis", "quantity"),
        [
            (Basis.ENERGY_UNBALANCED, "import_unbalanced"),
            (Basis.ENERGY_BALANCED_OFF, "import_unbalanced"),
            (Basis.REACTIVE_INDUCTIVE, "reactive_inductive"),
            (Basis.REACTIVE_CAPACITIVE, "reactive_capacitive"),
        ],
    )
    def test_of_another_quantity_matter_where_it_is_billed_by_zone(self, basis: Basis, quantity: str) -> None:
        kwh = {"peak": 2, "offpeak": 2, f"{quantity}/all": 1}
        by_zone = rated(of_basis(basis), kwh=kwh, zones=ZONES, by_zone=("one",))
        assert told(by_zone) == [("zone_unknown", f"{quantity}: all is no zone of C21")]
        assert rated(of_basis(basis), kwh=kwh, zones=ZONES).problems == ()

    @pytest.mark.parametrize(
        ("covered", "problems"),
        [
            ({"peak": 5}, []),
            ({"peak": 6}, [("covered_more_than_used", "6 kWh of peak, 5 kWh used")]),
            ({"night": 1}, [("covered_more_than_used", "1 kWh of night, 0 kWh used")]),
            ({"night": 0}, []),
        ],
    )
    def test_are_covered_up_to_what_was_used(
        self, covered: dict[str, int], problems: list[tuple[str, str]]
    ) -> None:
        facts = Facts(covered_kwh=covered)
        result = rated(ENERGY, kwh={"peak": 5, "offpeak": 5}, zones=ZONES, facts=facts)
        assert [(one.code, one.detail) for one in result.problems] == problems

    def test_that_nothing_reads_have_nothing_to_cover(self) -> None:
        result = rated(ENERGY, kwh={}, facts=Facts(covered_kwh={"all": 1}))
        assert told(result) == [("covered_more_than_used", "1 kWh of all, 0 kWh used")]

    def test_with_energy_taken_back_have_nothing_to_cover(self) -> None:
        facts = Facts(covered_kwh={"all": 1})
        result = rated(ENERGY, kwh={"all": -5}, facts=facts)
        assert told(result) == [("covered_more_than_used", "1 kWh of all, -5 kWh used")]

    def test_of_both_signs_in_one_zone_are_no_energy(self) -> None:
        one = register()
        days = ((MARCH.start, CUT, 10_000), (CUT, MARCH.end, -5000))
        spans = (RegisterSpan(one, state(one, a, 0), state(one, b, 0), wh) for a, b, wh in days)
        used = Usage(MARCH, tuple(spans), (), ())
        prices = (price("1", end=CUT), price("2", start=CUT))
        result = bill(charge("energy", *prices), used=used)
        assert told(result) == [("mixed_signs", "energy of segments is of both signs: [10000, -5000]")]


class TestWhatTheListsLack:
    @pytest.mark.parametrize(
        ("one", "terms", "code", "detail"),
        [
            (ENERGY, {"price_lists": ("other",)}, "price_list_missing", "other on 2026-03-01"),
            (ENERGY, {"group": "C99"}, "group_unknown", "C99 in own"),
            (
                charge("energy", price("1", zone="day"), basis=Basis.ENERGY_BY_ZONE),
                {},
                "price_missing",
                "own/energy/all for C21 on 2026-03-01",
            ),
            (
                charge("energy", part("1", "base")),
                {},
                "price_missing",
                "own/energy/above for C21 on 2026-03-01",
            ),
            (
                charge("energy", price("1"), price("2")),
                {},
                "price_ambiguous",
                "own/energy for C21 on 2026-03-01",
            ),
            (
                charge("energy", replace(price("1"), bracket="b1")),
                {},
                "annual_use_unknown",
                "own/energy needs the use of a year",
            ),
            (
                charge("energy", replace(price("1"), bracket="b1")),
                {"annual_kwh": 2000},
                "annual_use_unknown",
                "own/energy needs the use of a year",
            ),
            (
                charge("energy", replace(price("1"), degree="low")),
                {},
                "degree_of_use_unknown",
                "own/energy needs the use of its power",
            ),
            (charge("energy", price("1"), vat="zero"), {}, "rate_missing", "vat_zero on 2026-03-01"),
            (
                replaced(ENERGY, adjust=Adjustments(industrial={"a": Decimal("0.1"), "b": Decimal("0.2")})),
                {"industrial": "c"},
                "industrial_kind_unknown",
                "energy: kind 'c' is none of a, b",
            ),
            (
                replaced(
                    charge("fee", price("10", end=CUT), price("12", start=CUT), basis=Basis.PERCENTAGE),
                    of=frozenset({"energy"}),
                ),
                {},
                "change_inside_period",
                "fee changes on 2026-03-11; bill the days apart",
            ),
        ],
    )
    def test_is_named_with_its_place(
        self, one: Charge, terms: dict[str, Any], code: str, detail: str
    ) -> None:
        assert told(bill(one, **terms)) == [(code, detail)]

    def test_is_a_group_where_no_list_has_any(self) -> None:
        lists = {"own": (replace(price_list("own", ENERGY), groups={}),)}
        assert told(bill(lists=lists, price_lists=("own",))) == [("group_unknown", "C21 in own")]

    def test_is_every_missing_list_and_the_rest_is_looked_for_too(self) -> None:
        found = bill(charge("energy"), price_lists=("first", "own", "second"))
        assert told(found) == [
            ("price_list_missing", "first on 2026-03-01"),
            ("price_list_missing", "second on 2026-03-01"),
            ("price_missing", "own/energy for C21 on 2026-03-01"),
        ]

    def test_is_the_group_in_every_list_that_does_not_have_it(self) -> None:
        lists = {code: (price_list(code, ENERGY, groups=("G11",)),) for code in ("one", "two")}
        found = bill(lists=lists, price_lists=("one", "two"))
        assert told(found) == [("group_unknown", "C21 in one"), ("group_unknown", "C21 in two")]

    def test_is_the_price_of_a_variant_of_terms(self) -> None:
        for fields in (
            {"phases": 1},
            {"remote": False},
            {"voltage": "high"},
            {"ten_days": True},
            {"cycle_months": 2},
            {"variant": "x"},
        ):
            one = charge("energy", replace(price("1"), **fields))
            assert told(bill(one)) == [("price_missing", "own/energy for C21 on 2026-03-01")]

    def test_is_the_rate_of_vat_of_a_penalty(self) -> None:
        facts = Facts(penalty=Penalty(Decimal(5), frozenset({"energy"}), "outside"))
        for rounding in VatRounding:
            result = bill(ENERGY, facts=facts, rounding=rounding)
            assert told(result) == [("rate_missing", "vat_outside on 2026-03-01")]


class TestTerms:
    def test_that_nobody_knows_name_every_part_of_the_period(self) -> None:
        held = (Terms(**(HELD | {"window": DateRange(CUT, date(2026, 3, 21))})),)
        assert told(bill(ENERGY, held=held)) == [
            ("terms_missing", "2026-03-01/2026-03-11"),
            ("terms_missing", "2026-03-21/2026-04-01"),
        ]

    def test_that_nobody_knows_do_not_hide_what_the_use_lacks(self) -> None:
        held = (Terms(**(HELD | {"window": DateRange(CUT)})),)
        broken = Usage(MARCH, (), (), (UsageProblem("state_missing", "L1 on 2026-04-01"),))
        assert told(bill(charge("energy", vat="zero"), held=held, used=broken)) == [
            ("state_missing", "L1 on 2026-04-01"),
            ("terms_missing", "2026-03-01/2026-03-11"),
        ]


def service(*prices: Price, rule: EventRule | None = None) -> Charge:
    return replaced(charge("service", *(prices or (price("10.00"),)), basis=Basis.EVENT), event=rule)


def event(**fields: Any) -> Event:
    return Event(**({"charge": "service", "quantity": Decimal(1), "day": date(2026, 3, 12)} | fields))


class TestAnEvent:
    KINDS = EventRule(variants={"red": "czerwona", "blue": "niebieska"})
    LIKE_FIXED = EventRule(price_of="network_fixed")

    @pytest.mark.parametrize(
        ("rule", "fields", "code", "detail"),
        [
            (None, {"charge": "dance"}, "event_unknown", "dance for C21 on 2026-03-12"),
            (None, {"charge": "energy"}, "event_unknown", "energy for C21 on 2026-03-12"),
            (None, {"day": date(2026, 2, 28)}, "terms_missing", "service on 2026-02-28"),
            (None, {"variant": "red"}, "event_variant_unknown", "service: kind 'red' is none of none"),
            (
                KINDS,
                {"variant": "green"},
                "event_variant_unknown",
                "service: kind 'green' is none of red, blue",
            ),
            (KINDS, {}, "event_variant_unknown", "service: kind '' is none of red, blue"),
            (None, {"measure": Decimal(4)}, "event_measure", "service: measure 4"),
            (EventRule(squared_over=Decimal(10)), {}, "event_measure", "service: measure None"),
            (
                EventRule(squared_over=Decimal(10)),
                {"measure": Decimal(0)},
                "event_measure",
                "service: measure 0",
            ),
            (EventRule(rate="average_wage"), {}, "rate_missing", "average_wage on 2026-03-12"),
            (EventRule(price_of="missing"), {}, "event_price_missing", "service: no missing"),
            (LIKE_FIXED, {}, "event_price_missing", "service: no contracted power"),
        ],
    )
    def test_that_cannot_be_priced_says_why(
        self, rule: EventRule | None, fields: dict[str, Any], code: str, detail: str
    ) -> None:
        fixed = charge("network_fixed", price("8.00"), basis=Basis.DAY)
        facts = Facts(events=(event(**fields),))
        assert told(bill(service(rule=rule), ENERGY, fixed, facts=facts)) == [(code, detail)]

    def test_priced_like_a_charge_without_a_price_says_which(self) -> None:
        fixed = charge("network_fixed", price("8.00", end=CUT), basis=Basis.EVENT)
        one = service(rule=self.LIKE_FIXED)
        result = bill(one, fixed, facts=Facts(events=(event(),)), contracted_kw=Decimal(5))
        assert told(result) == [("price_missing", "own/network_fixed for C21 on 2026-03-12")]

    def test_without_a_price_or_a_rate_of_vat_names_both(self) -> None:
        one = replaced(service(price("1.00", end=CUT)), vat="zero")
        result = bill(one, facts=Facts(events=(event(),)))
        assert told(result) == [
            ("price_missing", "own/service for C21 on 2026-03-12"),
            ("rate_missing", "vat_zero on 2026-03-12"),
        ]

    def test_that_fails_does_not_hide_the_next_one(self) -> None:
        early = event(day=date(2026, 2, 28))
        events = (early, event(charge="dance"), event(charge="song"), event())
        assert told(bill(service(), facts=Facts(events=events))) == [
            ("terms_missing", "service on 2026-02-28"),
            ("event_unknown", "dance for C21 on 2026-03-12"),
            ("event_unknown", "song for C21 on 2026-03-12"),
        ]


def test_a_quantity_that_cannot_be_counted_is_nothing_with_the_problem_as_its_rule() -> None:
    counting = Counting(Plan((), ()), MARCH, RatingProfile("own", VatRounding.LINE), Months(1), Facts())
    found = counting.problem("quantity_missing", "one: nobody read it")
    assert found == Counted(Decimal(0), QuantitySource("quantity_missing", 0, 31))
    assert counting.problems == [RatingProblem("quantity_missing", "one: nobody read it")]
