"""Classes of the capacity charge follow the profile of use, and weigh the energy of their days."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwit.kernel.provenance import Source
from kwit.kernel.time import DateRange, Period, day_minutes
from kwit.metering.readings import IntervalDay
from kwit.metering.usage import IntervalSeries, MeteredRegister, Usage
from kwit.rating.capacity_class import Qualification, WorkingDay, capacity_class, classify, pays_in_full
from kwit.rating.facts import CapacityDay, Facts
from kwit.rating.lines import Line
from kwit.rating.profile import RatingProfile, VatRounding
from kwit.rating.rate import rate
from kwit.rating.series import SeriesSorter
from kwit.rating.terms import Months, Terms
from kwit.tariffs.holidays import statutory_holidays
from kwit.tariffs.price_list import Basis, Price
from tests.rating.cases import KNOWN, lists_named, register, usage
from tests.rating.price_lists import charge, price, price_list

MARCH = Period(date(2026, 3, 1), date(2026, 4, 1))
MONDAY = date(2026, 3, 2)


def working(selected: int, other: int, *, day: date = MONDAY) -> WorkingDay:
    return WorkingDay(day, selected * 15, 15, other * 9, 9)


def capacity_day(day: int, wh: int, code: str = "K4", coefficient: str = "1") -> CapacityDay:
    return CapacityDay(date(2026, 3, day), wh, code, Decimal(coefficient))


def lines(*days: CapacityDay, prices: tuple[Price, ...] = (price("0.2194"),)) -> tuple[Line, ...]:
    one = charge("capacity_energy", *prices, basis=Basis.CAPACITY_HOURS_ENERGY)
    result = rate(
        period=MARCH,
        terms=[Terms(DateRange(MARCH.start), "C21", False, ("own",), 3, 1, True)],
        months=Months(1),
        usage=usage(MARCH, {register(): 1_000_000}),
        lists={"own": (price_list("own", one),)},
        profile=RatingProfile("own", VatRounding.DOCUMENT),
        facts=Facts(capacity_days=days),
    )
    assert result.problems == ()
    return result.lines


class TestTheClass:
    @pytest.mark.parametrize(
        ("selected", "other", "code"),
        [
            (1049, 1000, "K1"),
            (1050, 1000, "K2"),
            (1099, 1000, "K2"),
            (1100, 1000, "K3"),
            (1149, 1000, "K3"),
            (1150, 1000, "K4"),
            (500, 1000, "K1"),
            (0, 1000, "K1"),
            (1000, 0, "K4"),
            (0, 0, "K4"),
        ],
    )
    def test_goes_by_the_difference_of_the_means(self, selected: int, other: int, code: str) -> None:
        assert capacity_class([working(selected, other)]).code == code

    def test_is_found_for_the_smallest_use_in_the_other_hours(self) -> None:
        assert capacity_class([WorkingDay(MONDAY, 0, 15, 1, 9)]).code == "K1"

    @given(st.integers(1, 10**6), st.integers(1, 10**6), st.integers(1, 1000))
    def test_does_not_depend_on_the_size_of_the_customer(self, selected: int, other: int, times: int) -> None:
        small, large = working(selected, other), working(selected * times, other * times)
        assert capacity_class([small]) == capacity_class([large])

    @given(
        st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 10**6)), min_size=1, max_size=8).flatmap(
            lambda days: st.tuples(st.just(days), st.permutations(days))
        )
    )
    def test_does_not_depend_on_the_order_of_days(
        self, orders: tuple[list[tuple[int, int]], list[tuple[int, int]]]
    ) -> None:
        one, other = ([working(*day) for day in days] for days in orders)
        assert capacity_class(one) == capacity_class(other)

    @given(st.integers(0, 2000), st.integers(0, 2000))
    def test_never_falls_when_more_is_taken_in_the_selected_hours(self, one: int, more: int) -> None:
        few, many = (capacity_class([working(use, 1000)]) for use in (one, one + more))
        assert few.coefficient <= many.coefficient


class TestQualificationPeriods:
    @pytest.mark.parametrize(
        ("qualification", "codes"),
        [
            (Qualification.DAY, ["K1", "K4", "K1", "K4"]),
            (Qualification.TEN_DAYS, ["K3", "K3", "K1", "K4"]),
            (Qualification.MONTH, ["K3", "K3", "K3", "K3"]),
        ],
    )
    def test_give_all_their_days_one_class(self, qualification: Qualification, codes: list[str]) -> None:
        days = [
            working(1000, 1000, day=date(2026, 3, 2)),
            working(1200, 1000, day=date(2026, 3, 10)),
            working(1040, 1000, day=date(2026, 3, 11)),
            working(1300, 1000, day=date(2026, 3, 31)),
        ]
        assert [one.code for one in classify(days, qualification=qualification)] == codes

    def test_keep_each_day_with_its_energy(self) -> None:
        days = [working(1000, 1000, day=date(2026, 3, 3)), working(10, 10)]
        assert classify(days, qualification=Qualification.MONTH) == (
            CapacityDay(MONDAY, 150, "K1", Decimal("0.17")),
            CapacityDay(date(2026, 3, 3), 15_000, "K1", Decimal("0.17")),
        )

    @pytest.mark.parametrize(
        ("qualification", "day", "together"),
        [
            (Qualification.TEN_DAYS, (date(2026, 3, 10), date(2026, 3, 11)), False),
            (Qualification.TEN_DAYS, (date(2026, 3, 20), date(2026, 3, 21)), False),
            (Qualification.TEN_DAYS, (date(2026, 3, 30), date(2026, 3, 31)), True),
            (Qualification.TEN_DAYS, (date(2026, 3, 1), date(2026, 3, 10)), True),
            (Qualification.TEN_DAYS, (date(2026, 3, 1), date(2026, 4, 1)), False),
            (Qualification.MONTH, (date(2026, 3, 31), date(2026, 4, 1)), False),
            (Qualification.MONTH, (date(2026, 3, 1), date(2026, 3, 31)), True),
            (Qualification.MONTH, (date(2026, 2, 28), date(2026, 2, 1)), True),
        ],
    )
    def test_end_with_their_last_day(
        self, qualification: Qualification, day: tuple[date, date], together: bool
    ) -> None:
        # Alone the first day is K1 and the second K4; in one period their mean makes both K3.
        days = [working(1000, 1000, day=day[0]), working(1250, 1000, day=day[1])]
        codes = {one.code for one in classify(days, qualification=qualification)}
        assert codes == ({"K3"} if together else {"K1", "K4"})

    def test_do_not_matter_to_a_customer_who_pays_in_full(self) -> None:
        days = classify([working(1000, 1000)], qualification=Qualification.DAY, in_full=True)
        assert [(one.code, one.coefficient) for one in days] == [("K4", Decimal(1))]

    @pytest.mark.parametrize(
        ("low", "kw", "full"),
        [(True, "16", True), (True, "16.1", False), (False, "16", False), (True, None, False)],
    )
    def test_are_for_more_than_16_kw_at_low_voltage(self, low: bool, kw: str | None, full: bool) -> None:
        power = None if kw is None else Decimal(kw)
        assert pays_in_full(low_voltage=low, contracted_kw=power) is full


class TestTheLine:
    def test_of_one_class_has_a_as_its_factor(self) -> None:
        (line,) = lines(capacity_day(2, 100_400, "K2", "0.5"), capacity_day(3, 50_200, "K2", "0.5"))
        assert (line.quantity, line.net) == (Decimal(151), Decimal("16.56"))
        assert [(one.name, one.value) for one in line.factors] == [("A", Decimal("0.5"))]

    def test_of_more_classes_weighs_the_kwh_of_each(self) -> None:
        (line,) = lines(capacity_day(2, 100_000, "K1", "0.17"), capacity_day(3, 50_000))
        assert (line.quantity, line.factors) == (Decimal("67.00"), ())
        assert line.quantity_source.inputs == (("K1 A=0.17 kWh", "100"), ("K4 A=1 kWh", "50"))

    def test_without_a_working_day_is_of_nothing(self) -> None:
        (line,) = lines()
        assert (line.quantity, type(line.quantity)) == (0, Decimal)

    def test_of_the_full_class_has_no_factor(self) -> None:
        (line,) = lines(capacity_day(2, 100_000), capacity_day(3, 50_000))
        assert (line.quantity, line.factors) == (Decimal(150), ())

    def test_adds_a_class_up_over_a_cut_that_left_its_price_alone(self) -> None:
        cut = date(2026, 3, 11)
        prices = (price("0.1", end=cut), price("0.1", start=cut))
        (line,) = lines(capacity_day(10, 10_000), capacity_day(11, 30_000), prices=prices)
        assert line.quantity == 40
        (line,) = lines(
            capacity_day(10, 10_000),
            capacity_day(11, 30_000),
            capacity_day(12, 8000, "K2", "0.5"),
            prices=prices,
        )
        assert (line.quantity, line.quantity_source.wh) == (44, 48_000)

    def test_is_cut_with_its_price(self) -> None:
        cut = date(2026, 3, 11)
        found = lines(
            capacity_day(10, 10_000),
            capacity_day(11, 30_000),
            prices=(price("0.1", end=cut), price("0.2", start=cut)),
        )
        assert [(line.quantity, line.net) for line in found] == [
            (Decimal(10), Decimal("1.00")),
            (Decimal(30), Decimal("6.00")),
        ]


class TestWorkingDaysOfASeries:
    def test_are_split_at_the_selected_hours_and_leave_free_days_out(self) -> None:
        one = MeteredRegister("L1", "import", "all", "import", 6, 1, MARCH.range, 60)
        days = tuple(
            IntervalDay(
                "", "import", day, 60, (10,) * (day_minutes(day) // 60), KNOWN, Source("s.csv", "f" * 64, 1)
            )
            for day in (MARCH.start + timedelta(days=n) for n in range(31))
        )
        used = Usage(MARCH, (), (IntervalSeries(one, days), IntervalSeries(one, days)), ())
        sorter = SeriesSorter(statutory_holidays())
        found = sorter.for_usage(usage=used, lists=lists_named("levies-pl")).working_days()
        assert len(found) == 22
        assert set(found) == {WorkingDay(day.day, 300, 15, 180, 9) for day in found}
