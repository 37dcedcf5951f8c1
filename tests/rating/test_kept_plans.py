"""Kept plans: shared by customers alike, never by customers who differ."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwit.kernel.time import DateRange, Period
from kwit.rating.facts import Facts, Penalty
from kwit.rating.kept_plans import KeptPlans
from kwit.rating.profile import RatingProfile, VatRounding
from kwit.rating.rate import rate
from kwit.rating.terms import Months, Terms
from kwit.tariffs.price_list import Basis, Bracket, PriceList
from tests.rating.cases import lists_named, register, usage
from tests.rating.price_lists import charge, price, price_list

MARCH = Period(date(2026, 3, 1), date(2026, 4, 1))
CODES = ("jasna-energia", "pge-dystrybucja", "levies-pl")
PROFILE = RatingProfile("line", VatRounding.LINE)
ALIKE = Terms(DateRange(MARCH.start), "G11", True, CODES, 1, 1, True, annual_kwh=2000)


def asked(plans: KeptPlans, **change: Any) -> object:
    """Return the plan of March for a customer, changed as told."""
    inputs: dict[str, Any] = {
        "period": MARCH,
        "terms": [ALIKE],
        "months": Months(1),
        "lists": lists_named(*CODES),
        "profile": PROFILE,
    }
    plan, _ = plans.plan(**(inputs | change))
    return plan


class TestKeptPlans:
    @pytest.mark.parametrize(
        "terms",
        [
            replace(ALIKE, annual_kwh=1201),
            replace(ALIKE, window=DateRange(date(2021, 5, 1))),
            replace(ALIKE, window=DateRange(date(2021, 5, 1), date(2027, 1, 1))),
        ],
    )
    def test_are_shared_by_customers_alike(self, terms: Terms) -> None:
        plans = KeptPlans()
        assert asked(plans, terms=[terms]) is asked(plans)

    @pytest.mark.parametrize(
        "change",
        [
            {"terms": [replace(ALIKE, annual_kwh=2801)]},
            {"terms": [replace(ALIKE, annual_kwh=None)]},
            {"terms": [replace(ALIKE, group="G12")]},
            {"terms": [replace(ALIKE, phases=3)]},
            {"terms": [replace(ALIKE, window=DateRange(date(2026, 3, 2)))]},
            {"terms": [replace(ALIKE, sections=frozenset({"sale"}))]},
            {"terms": [replace(ALIKE, contracted_kw=Decimal(5))]},
            {"terms": [replace(ALIKE, degree="low")]},
            {"months": Months(2)},
            {"period": Period(date(2026, 3, 1), date(2026, 3, 31))},
            {"profile": replace(PROFILE, vat=VatRounding.DOCUMENT)},
        ],
    )
    def test_are_not_shared_by_customers_who_differ(self, change: dict[str, Any]) -> None:
        plans = KeptPlans()
        assert asked(plans, **change) is not asked(plans)

    def test_never_meet_another_version_of_a_list(self) -> None:
        plans = KeptPlans()
        one, other = ((price_list("own", charge("energy", price(amount))),) for amount in ("0.50", "0.60"))
        terms = [replace(ALIKE, price_lists=("own",))]
        assert asked(plans, terms=terms, lists={"own": one}) is not asked(
            plans, terms=terms, lists={"own": other}
        )

    def test_of_a_list_read_anew_hold_nothing_of_the_old_one(self) -> None:
        plans = KeptPlans()
        lists = lists_named(*CODES)
        first = asked(plans, lists=lists)
        anew = {code: tuple(replace(one) for one in several) for code, several in lists.items()}
        asked(plans, lists=anew)
        assert asked(plans, lists=anew) is not first
        held = {id(version) for kept in plans._kept.values() for version in kept.versions}
        assert held == {id(version) for several in anew.values() for version in several}

    def test_are_shared_by_equal_profiles_as_by_one(self) -> None:
        plans = KeptPlans()
        assert asked(plans, profile=replace(PROFILE)) is asked(plans)
        assert asked(plans) is asked(plans)

    def test_of_two_profiles_take_the_place_of_each_other(self) -> None:
        plans = KeptPlans(most=2)
        other = replace(PROFILE, vat=VatRounding.DOCUMENT)
        first, _ = asked(plans), asked(plans, months=Months(2))
        second = asked(plans, profile=other)
        assert second is not first
        assert asked(plans, profile=other) is second
        assert len(plans._kept) == 2

    def test_that_were_asked_for_last_stay(self) -> None:
        plans = KeptPlans(most=2)
        one, two, three = ({"months": Months(cycle)} for cycle in (1, 2, 3))
        first, second = asked(plans, **one), asked(plans, **two)
        assert asked(plans, **one) is first
        third = asked(plans, **three)
        assert asked(plans, **one) is first
        assert asked(plans, **three) is third
        assert asked(plans, **two) is not second

    def test_are_as_many_as_may_be_kept(self) -> None:
        assert KeptPlans().most == 512
        plans = KeptPlans(most=1)
        assert asked(plans) is asked(plans)

    def test_keep_the_lines_that_no_use_changes_with_each(self) -> None:
        plans = KeptPlans()
        inputs: dict[str, Any] = {
            "period": MARCH,
            "terms": [ALIKE],
            "months": Months(1),
            "lists": lists_named(*CODES),
            "profile": PROFILE,
        }
        first, fixed = plans.plan(**inputs)
        assert fixed == {}
        again, same = plans.plan(**inputs)
        assert (again is first, same is fixed) == (True, True)

    def test_of_a_list_without_brackets_are_shared_whatever_the_yearly_use(self) -> None:
        plans = KeptPlans()
        lists = {"own": (price_list("own", charge("energy", price("0.50"))),)}
        uses = (100, 900, 5000)
        found = [
            asked(plans, terms=[replace(ALIKE, price_lists=("own",), annual_kwh=use)], lists=lists)
            for use in uses
        ]
        assert found[0] is found[1] is found[2]

    def test_hold_a_use_outside_all_brackets_apart(self) -> None:
        own = price_list("own", charge("energy", price("0.50")))
        lists = {"own": (replace(own, brackets=(Bracket("b", "mały", 0, 100),)),)}
        plans = KeptPlans()
        inside, outside, beyond = (
            asked(plans, terms=[replace(ALIKE, price_lists=("own",), annual_kwh=use)], lists=lists)
            for use in (50, 101, 5000)
        )
        assert inside is not outside
        assert outside is beyond

    def test_know_each_list_once_however_often_it_is_asked_for(self) -> None:
        plans = KeptPlans()
        one, other = (price_list(code, charge("energy", price("0.50"))) for code in ("one", "other"))
        held = [replace(ALIKE, price_lists=("one",))]
        first = asked(plans, terms=held, lists={"one": (one,)})
        both = asked(plans, terms=held, lists={"one": (one,), "other": (other,)})
        assert asked(plans, terms=held, lists={"one": (one,)}) is first
        assert asked(plans, terms=held, lists={"one": (one,), "other": (other,)}) is both
        anew = {"one": (one,), "other": (replace(other),)}
        asked(plans, terms=held, lists=anew)
        assert asked(plans, terms=held, lists={"one": (one,)}) is not first

    def test_leave_when_there_are_too_many(self) -> None:
        plans = KeptPlans(most=1)
        first = asked(plans)
        asked(plans, months=Months(2))
        assert asked(plans) is not first

    @given(order=st.lists(st.sampled_from([100, 900, 2000, 5000]), min_size=2, max_size=6))
    def test_change_no_bill_whatever_was_billed_before(self, order: list[int]) -> None:
        lists = lists_named(*CODES)
        fresh = {code: tuple(replace(one) for one in several) for code, several in lists.items()}
        for annual in order:
            assert self._bill(annual, lists) == self._bill(annual, fresh)

    def test_of_a_plain_bill_neither_give_to_nor_take_from_one_with_facts_of_its_own(self) -> None:
        fee = charge("fee", price("7.00"), basis=Basis.MONTH, unit="month")
        rates = {"vat_standard": "0.23", "vat_outside": "0"}
        lists = {"own": (price_list("own", fee, rates=rates),)}
        stated = {n: Facts(months_of={"fee": Decimal(n)}) for n in (2, 3)}
        taken = {n: Facts(penalty=Penalty(Decimal(n), frozenset({"fee"}), "outside")) for n in (5, 6)}
        order = [
            (stated[2], 14), (Facts(), 7), (stated[3], 21), (stated[2], 14), (taken[5], 35), (Facts(), 7),
            (taken[6], 42), (taken[5], 35), (Facts(), 7),
        ]  # fmt: skip
        for facts, net in order:
            result = rate(
                period=MARCH,
                terms=[replace(ALIKE, price_lists=("own",))],
                months=Months(1),
                usage=usage(MARCH, {register(): 1000}),
                lists=lists,
                profile=PROFILE,
                facts=facts,
            )
            assert [line.net for line in result.lines] == [net]

    @staticmethod
    def _bill(annual: int, lists: dict[str, Any]) -> object:
        versions: dict[str, tuple[PriceList, ...]] = lists
        return rate(
            period=MARCH,
            terms=[replace(ALIKE, annual_kwh=annual)],
            months=Months(1),
            usage=usage(MARCH, {register(): annual * 83}),
            lists=versions,
            profile=PROFILE,
        )
