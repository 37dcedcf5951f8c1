"""Charges belong to one clock: rated clock by clock, a period has the very lines it has when rated at once."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from kwit.kernel.time import DateRange, Period
from kwit.metering.usage import Usage
from kwit.rating.lines import Line, Rated
from kwit.rating.profile import RatingProfile, VatRounding
from kwit.rating.rate import rate, together
from kwit.rating.terms import Months, Terms
from kwit.tariffs.price_list import ALL_CLOCKS, Basis, Charge, Clock, Price, PriceList
from tests.rating.cases import lists_named, register, usage
from tests.rating.price_lists import charge, price, price_list

MARCH = Period(date(2026, 3, 1), date(2026, 4, 1))
TERMS = Terms(DateRange(date(2020, 1, 1)), "G11", True, ("own",), 1, 1, True, annual_kwh=2000)
NO_USE = Usage(MARCH, (), (), ())


def rated(
    charges: Sequence[Charge],
    clocks: frozenset[Clock] = ALL_CLOCKS,
    *,
    used: bool = True,
    rounding: VatRounding = VatRounding.SECTION,
) -> Rated:
    lists = {"own": (price_list("own", *charges),)}
    return _rated(lists, TERMS, clocks, used=used, rounding=rounding)


def _rated(
    lists: dict[str, Sequence[PriceList]],
    terms: Terms,
    clocks: frozenset[Clock],
    *,
    used: bool = True,
    rounding: VatRounding = VatRounding.SECTION,
    zones: Sequence[str] = ("all",),
) -> Rated:
    return rate(
        period=MARCH,
        terms=[terms],
        months=Months(1),
        usage=usage(MARCH, {register(zone): 150_000 for zone in zones}) if used else NO_USE,
        lists=lists,
        profile=RatingProfile("p", rounding),
        clocks=clocks,
    )


def codes(one: Rated) -> list[str]:
    return [line.charge for line in one.lines]


def cells(lines: Sequence[Line]) -> Counter[tuple[str, str, Decimal, Decimal]]:
    return Counter((line.charge, line.zone, line.quantity, line.net) for line in lines)


ENERGY, FEE = charge("energy", price("0.50")), charge("fee", price("9.00"), basis=Basis.MONTH, unit="month")
DAILY = charge("daily", price("0.10"), basis=Basis.DAY, unit="day")
PAPER = charge("paper", price("2.00"), basis=Basis.DOCUMENT, unit="item")


class TestTheClockOfACharge:
    @pytest.mark.parametrize("basis", Basis)
    def test_is_that_of_its_basis(self, basis: Basis) -> None:
        clock = charge("one", price("1"), basis=basis).billed_by
        if basis in {Basis.PERCENTAGE, Basis.MINIMUM}:
            assert clock is None
        elif basis in {Basis.MONTH, Basis.DAY, Basis.POWER}:
            assert clock is Clock.FIXED
        else:
            own = basis in {Basis.EVENT, Basis.DOCUMENT}
            assert clock is (Clock.CONTRACT if own else Clock.VARIABLE)

    def test_may_be_marked_otherwise(self) -> None:
        assert replace(FEE, clock=Clock.CONTRACT).billed_by is Clock.CONTRACT


class TestRatingSomeClocks:
    def test_takes_their_charges_alone(self) -> None:
        charges = (ENERGY, FEE, DAILY, PAPER)
        found = {clock: codes(rated(charges, frozenset({clock}))) for clock in Clock}
        assert found == {
            Clock.VARIABLE: ["energy"],
            Clock.FIXED: ["fee", "daily"],
            Clock.CONTRACT: ["paper"],
        }

    def test_of_fixed_charges_needs_no_use(self) -> None:
        fixed = rated((ENERGY, FEE), frozenset({Clock.FIXED}), used=False)
        assert (fixed.problems, codes(fixed), fixed.excise, fixed.energy) == ((), ["fee"], None, ())

    @pytest.mark.parametrize(
        ("group", "zones"), [("G11", ("all",)), ("G12", ("day", "night")), ("C12a", ("peak", "offpeak"))]
    )
    def test_of_the_shipped_lists_makes_the_lines_of_the_whole_bill(
        self, group: str, zones: tuple[str, ...]
    ) -> None:
        lists = lists_named("jasna-energia", "pge-dystrybucja", "levies-pl")
        terms = replace(
            TERMS, group=group, household=group.startswith("G"), price_lists=tuple(lists),
            contracted_kw=Decimal(10), capacity_share=Decimal("0.5"),
        )  # fmt: skip
        whole = _rated(lists, terms, ALL_CLOCKS, zones=zones)
        assert not whole.problems
        parts = [_rated(lists, terms, frozenset({clock}), zones=zones) for clock in Clock]
        both = together(period=MARCH, parts=parts, lines=(), profile=RatingProfile("p", VatRounding.SECTION))
        assert cells(both.lines) == cells(whole.lines)
        assert (both.net, both.vat, both.gross) == (whole.net, whole.vat, whole.gross)
        assert {row.rate: row for row in both.vat_rows} == {row.rate: row for row in whole.vat_rows}
        assert {s.section: s for s in both.sections} == {s.section: s for s in whole.sections}
        assert (both.energy, both.excise) == (whole.energy, whole.excise)


class TestChargesOnOthers:
    PERCENT = replace(
        charge("levy", price("10"), basis=Basis.PERCENTAGE, unit="%"), of=frozenset({"energy", "fee"})
    )
    LEAST = replace(charge("least", price("100"), basis=Basis.MINIMUM, unit="PLN"), of=frozenset({"energy"}))

    def test_a_percentage_goes_with_each_clock_to_its_own_charges(self) -> None:
        charges = (ENERGY, FEE, self.PERCENT)
        nets = {
            clock: [(line.charge, line.net) for line in rated(charges, frozenset({clock})).lines]
            for clock in Clock
        }
        assert nets[Clock.VARIABLE] == [("energy", Decimal("75.00")), ("levy", Decimal("7.50"))]
        assert nets[Clock.FIXED] == [("fee", Decimal("9.00")), ("levy", Decimal("0.90"))]
        assert nets[Clock.CONTRACT] == []

    def test_a_minimum_goes_with_the_clock_of_its_charges(self) -> None:
        charges = (ENERGY, FEE, self.LEAST)
        assert codes(rated(charges, frozenset({Clock.VARIABLE}))) == ["energy", "least"]
        assert codes(rated(charges, frozenset({Clock.FIXED}))) == ["fee"]

    def test_a_minimum_over_charges_billed_apart_is_named(self) -> None:
        least = replace(self.LEAST, of=frozenset({"energy", "fee"}))
        for clock in (Clock.VARIABLE, Clock.FIXED):
            (problem,) = rated((ENERGY, FEE, least), frozenset({clock})).problems
            assert (problem.code, problem.detail) == ("minimum_over_clocks", "least")
        assert not rated((ENERGY, FEE, least)).problems
        assert not rated((ENERGY, FEE, least), frozenset({Clock.VARIABLE, Clock.FIXED})).problems


class TestTogether:
    def test_rounds_vat_once_over_all_parts(self) -> None:
        """Net 0.10 twice at 23%: 0.02 + 0.02 apart, 0.05 on one document."""
        fees: list[Charge] = [charge("a", _grosze(10)), charge("b", _grosze(10))]
        fees = [replace(one, basis=Basis.MONTH, unit="month") for one in fees]
        fees[1] = replace(fees[1], clock=Clock.CONTRACT)
        parts = [
            rated(fees, frozenset({clock}), rounding=VatRounding.DOCUMENT, used=False)
            for clock in (Clock.FIXED, Clock.CONTRACT)
        ]
        assert [part.vat for part in parts] == [Decimal("0.02"), Decimal("0.02")]
        profile = RatingProfile("p", VatRounding.DOCUMENT)
        assert together(period=MARCH, parts=parts, lines=(), profile=profile).vat == Decimal("0.05")

    def test_a_problem_of_one_part_leaves_no_document(self) -> None:
        bad = rated((FEE, replace(DAILY, prices=())), frozenset({Clock.FIXED}), used=False)
        both = together(
            period=MARCH,
            parts=[rated((ENERGY,)), bad],
            lines=(),
            profile=RatingProfile("p", VatRounding.LINE),
        )
        assert (both.lines, [one.code for one in both.problems]) == ((), ["price_missing"])


def test_months_of_a_part_period_are_its_clock_s_own() -> None:
    lists = {"own": (price_list("own", FEE),)}
    third = Period(date(2026, 3, 1), date(2026, 3, 11))
    found = rate(
        period=third,
        terms=[TERMS],
        months=Months(3, Fraction(10, 92)),
        usage=Usage(third, (), (), ()),
        lists=lists,
        profile=RatingProfile("p", VatRounding.LINE),
        clocks=frozenset({Clock.FIXED}),
    )
    assert [line.quantity for line in found.lines] == [Decimal("0.3261")]


def _grosze(amount: int) -> Price:
    return price(f"0.{amount:02d}")
