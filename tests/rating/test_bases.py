"""Every basis counts what its rule says: reactive energy, excess power, excise, documents, days, percentages."""

import itertools
import math
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwit.kernel.provenance import Source
from kwit.kernel.time import DateRange, Period
from kwit.metering.readings import IntervalDay
from kwit.metering.usage import RegisterSpan, Usage
from kwit.rating.facts import Facts, GivenCharge, PowerExcess
from kwit.rating.lines import Factor, Line, Rated
from kwit.rating.power_excess import hourly_excesses, largest_ten, monthly_excesses, ten_times_largest
from kwit.rating.profile import MonthsAtChange, RatingProfile, VatRounding
from kwit.rating.rate import rate
from kwit.rating.reactive import reactive_share
from kwit.rating.terms import Months, Terms
from kwit.tariffs.price_list import Applies, Basis, Charge, Price, Section
from tests.rating.cases import KNOWN, register, state, usage
from tests.rating.price_lists import charge, price, price_list

MARCH = Period(date(2026, 3, 1), date(2026, 4, 1))
ZONES = {"peak": "szczytowa", "offpeak": "pozaszczytowa"}


def rated(
    *charges: Charge,
    kwh: dict[str, int],
    facts: Facts | None = None,
    zones: dict[str, str] | None = None,
    by_zone: tuple[str, ...] = (),
    months: int = 1,
    rounding: VatRounding = VatRounding.DOCUMENT,
    profile: dict[str, Any] | None = None,
    **terms: Any,
) -> Rated:
    """Rate March; `kwh` names `quantity/zone`, import of all zones when no quantity stands there."""
    lists = {"own": (price_list("own", *charges, zones=zones),)}
    spans = []
    for name, value in kwh.items():
        quantity, _, zone = name.rpartition("/")
        one = register(zone, quantity=quantity or "import")
        first, last = (state(one, day, at) for day, at in ((MARCH.start, 0), (MARCH.end, value * 1000)))
        spans.append(RegisterSpan(one, first, last, value * 1000))
    held = {
        "window": DateRange(MARCH.start, None),
        "group": "C21",
        "household": False,
        "price_lists": ("own",),
        "phases": 3,
        "cycle_months": 1,
        "remote_reading": True,
    }
    return rate(
        period=MARCH,
        terms=[Terms(**(held | terms))],
        months=Months(months),
        usage=Usage(MARCH, tuple(spans), (), ()),
        lists=lists,
        profile=RatingProfile("own", rounding, frozenset(by_zone), **(profile or {})),
        facts=facts or Facts(),
    )


def inductive(*, k: str = "3", tg_phi0: str | None = None) -> Charge:
    base = charge("reactive_inductive", price("518.81"), basis=Basis.REACTIVE_INDUCTIVE, unit="MWh")
    return replaced(base, multiplier=Decimal(k), tg_phi0=None if tg_phi0 is None else Decimal(tg_phi0))


def replaced(one: Charge, **fields: Any) -> Charge:
    names = Charge.__dataclass_fields__
    return Charge(**({name: getattr(one, name) for name in names} | fields))


def only(result: Rated) -> Line:
    assert result.problems == ()
    (line,) = result.lines
    return line


def codes(result: Rated) -> list[str]:
    return [problem.code for problem in result.problems]


class TestInductiveEnergy:
    def test_exactly_is_what_the_formula_gives(self) -> None:
        line = only(rated(inductive(), kwh={"all": 6807, "reactive_inductive/all": 3470}))
        assert line.net == Decimal("446.63")

    def test_rounded_as_this_distributor_rounds_is_what_its_bill_prints(self) -> None:
        digits = {"tg_phi_digits": 2, "bracket_digits": 5}
        line = only(rated(inductive(), kwh={"all": 6807, "reactive_inductive/all": 3470}, profile=digits))
        assert line.net == Decimal("447.62")
        assert line.factors == (Factor("multiplier", Decimal(3)), Factor("bracket", Decimal("0.04225")))
        assert ("tg_phi", "0.510000") in line.quantity_source.inputs

    def test_within_the_limit_is_a_line_of_nothing(self) -> None:
        line = only(rated(inductive(), kwh={"all": 9011, "reactive_inductive/all": 3216}))
        assert line.net == Decimal("0.00")

    def test_by_zone_has_a_tg_phi_for_each(self) -> None:
        result = rated(
            inductive(),
            kwh={
                "peak": 6807,
                "offpeak": 9011,
                "reactive_inductive/peak": 3470,
                "reactive_inductive/offpeak": 3216,
            },
            zones=ZONES,
            by_zone=("reactive_inductive",),
        )
        assert [line.net for line in result.lines] == [Decimal("446.63"), Decimal("0.00")]

    def test_without_active_energy_is_paid_in_full(self) -> None:
        line = only(rated(inductive(k="1"), kwh={"all": 0, "reactive_inductive/all": 100}))
        assert line.net == Decimal("51.88")

    @pytest.mark.parametrize(("kwh", "kvarh", "quantity"), [(0, 0, 0), (-1, 7, 7), (0, -7, 0), (1, 7, 1)])
    def test_is_counted_on_active_energy_where_there_is_any(
        self, kwh: int, kvarh: int, quantity: int
    ) -> None:
        line = only(rated(inductive(), kwh={"all": kwh, "reactive_inductive/all": kvarh}))
        assert line.quantity * 1000 == quantity

    def test_limit_of_the_contract_beats_that_of_the_tariff(self) -> None:
        kwh = {"all": 1000, "reactive_inductive/all": 300}
        assert only(rated(inductive(), kwh=kwh)).net == 0
        assert only(rated(inductive(), kwh=kwh, tg_phi0=Decimal("0.2"))).net > 0
        assert only(rated(inductive(tg_phi0="0.2"), kwh=kwh, tg_phi0=Decimal("0.4"))).net == 0
        assert only(rated(inductive(tg_phi0="0.2"), kwh=kwh)).net > 0

    def test_that_nobody_reads_is_a_problem(self) -> None:
        assert codes(rated(inductive(), kwh={"all": 1})) == ["quantity_missing"]

    def test_just_at_the_limit_is_nothing(self) -> None:
        share = reactive_share(active_kwh=10, inductive_kvarh=4, tg_phi0=Decimal("0.4"))
        assert (share.tg_phi, str(share.bracket)) == (Decimal("0.4"), "0")

    def test_is_as_exact_whatever_the_precision_around_it(self) -> None:
        figures = {"active_kwh": 6807, "inductive_kvarh": 3470, "tg_phi0": Decimal("0.4")}
        with localcontext(prec=4):
            coarse = reactive_share(**figures)
        assert coarse == reactive_share(**figures)

    @given(kwh=st.integers(1, 10**7), kvarh=st.integers(0, 10**7))
    def test_bracket_is_the_square_root_of_the_rule(self, kwh: int, kvarh: int) -> None:
        share = reactive_share(active_kwh=kwh, inductive_kvarh=kvarh, tg_phi0=Decimal("0.4"))
        tg = kvarh / kwh
        expected = math.sqrt((1 + tg * tg) / 1.16) - 1 if tg > 0.4 else 0.0
        assert math.isclose(float(share.bracket), expected, rel_tol=1e-6, abs_tol=1e-9)


class TestCapacitiveEnergy:
    def test_is_paid_in_full_times_k(self) -> None:
        one = charge("reactive_capacitive", price("523.71"), basis=Basis.REACTIVE_CAPACITIVE, unit="Mvarh")
        line = only(
            rated(replaced(one, multiplier=Decimal(3)), kwh={"all": 148, "reactive_capacitive/all": 24})
        )
        assert (line.quantity, line.net) == (Decimal("0.024"), Decimal("37.71"))


class TestExcise:
    UNBALANCED = charge("excise", price("5.00"), basis=Basis.ENERGY_UNBALANCED, unit="MWh")
    OFF = charge("excise", price("5.00"), basis=Basis.ENERGY_BALANCED_OFF, unit="MWh")

    def test_on_the_import_before_balancing(self) -> None:
        line = only(rated(self.UNBALANCED, kwh={"all": 61, "import_unbalanced/all": 115}))
        assert (line.quantity, line.net) == (Decimal("0.115"), Decimal("0.58"))

    def test_on_what_balancing_took_off_by_zone(self) -> None:
        result = rated(
            self.OFF,
            kwh={
                "peak": 398,
                "offpeak": 309,
                "import_unbalanced/peak": 436,
                "import_unbalanced/offpeak": 332,
            },
            zones=ZONES,
            by_zone=("excise",),
        )
        assert [str(line.net) for line in result.lines] == ["0.19", "0.12"]

    def test_as_a_line_is_not_told_again_as_contained(self) -> None:
        assert rated(self.UNBALANCED, kwh={"all": 61, "import_unbalanced/all": 115}).excise is None

    def test_by_zone_of_figures_without_zones_is_a_problem(self) -> None:
        result = rated(
            self.OFF,
            kwh={"peak": 1, "offpeak": 1, "import_unbalanced/all": 5},
            zones=ZONES,
            by_zone=("excise",),
        )
        assert set(codes(result)) == {"zone_unknown"}


class TestFixedFees:
    def test_of_a_document_is_one_at_the_last_price(self) -> None:
        prices = (price("3.00", end=date(2026, 3, 11)), price("4.00", start=date(2026, 3, 11)))
        one = charge("paper_invoice", *prices, basis=Basis.DOCUMENT, unit="document", section=Section.OTHER)
        line = only(rated(one, kwh={"all": 1}))
        assert (line.quantity, line.net) == (Decimal(1), Decimal("4.00"))

    def test_of_a_day_follow_the_days_of_each_price(self) -> None:
        prices = (price("0.10", end=date(2026, 3, 11)), price("0.20", start=date(2026, 3, 11)))
        result = rated(charge("standing", *prices, basis=Basis.DAY, unit="day"), kwh={"all": 1})
        assert [(line.quantity, line.net) for line in result.lines] == [
            (Decimal(10), Decimal("1.00")),
            (Decimal(21), Decimal("4.20")),
        ]

    @pytest.mark.parametrize(("cut", "counts"), [(2, [0, 1]), (30, [0, 1]), (31, [1])])
    def test_of_whole_months_belong_to_the_price_of_their_last_day(self, cut: int, counts: list[int]) -> None:
        day = MARCH.start + timedelta(days=cut)
        prices = (price("1.00", end=day), price("2.00", start=day))
        one = charge("fee", *prices, basis=Basis.MONTH, unit="month")
        result = rated(one, kwh={"all": 1}, profile={"months_at_change": MonthsAtChange.WHOLE})
        assert [line.quantity for line in result.lines] == counts

    @given(months=st.integers(1, 6), cut=st.integers(1, 30))
    def test_of_whole_months_add_up_whatever_the_cut(self, months: int, cut: int) -> None:
        day = MARCH.start + timedelta(days=cut)
        prices = (price("1.00", end=day), price("2.00", start=day))
        one = charge("fee", *prices, basis=Basis.MONTH, unit="month")
        profile = {"months_at_change": MonthsAtChange.WHOLE}
        result = rated(one, kwh={"all": 1}, months=months, profile=profile)
        assert sum(line.quantity for line in result.lines) == months
        assert all(line.quantity == int(line.quantity) for line in result.lines)


class TestDerivedCharges:
    ENERGY = charge("energy", price("0.50"))

    def test_percentage_is_of_the_net_of_its_charges(self) -> None:
        fee = replaced(
            charge("surcharge", price("10.00"), basis=Basis.PERCENTAGE, unit="%"), of=frozenset({"energy"})
        )
        lines = {line.charge: line for line in rated(fee, self.ENERGY, kwh={"all": 333}).lines}
        assert (lines["surcharge"].quantity, lines["surcharge"].net) == (Decimal("166.50"), Decimal("16.65"))

    @pytest.mark.parametrize(("kwh", "lacking"), [(10, "15.00"), (40, "0.00"), (400, "0.00")])
    def test_minimum_adds_what_is_lacking_and_no_more(self, kwh: int, lacking: str) -> None:
        least = replaced(
            charge("minimum", price("20.00"), basis=Basis.MINIMUM, unit="PLN"), of=frozenset({"energy"})
        )
        lines = {line.charge: line.net for line in rated(self.ENERGY, least, kwh={"all": kwh}).lines}
        assert lines["minimum"] == Decimal(lacking)

    def test_a_percentage_that_changes_inside_the_period_is_a_problem(self) -> None:
        prices = (price("10.00", end=date(2026, 3, 11)), price("12.00", start=date(2026, 3, 11)))
        fee = replaced(
            charge("surcharge", *prices, basis=Basis.PERCENTAGE, unit="%"), of=frozenset({"energy"})
        )
        assert codes(rated(fee, self.ENERGY, kwh={"all": 1})) == ["change_inside_period"]


class TestExcessPower:
    CHARGE = charge("power_excess", price("26.03"), basis=Basis.POWER_EXCESS, unit="kW")

    def test_is_the_largest_quarter_of_each_hour_over_the_contracted_power(self) -> None:
        excesses = hourly_excesses(
            values_wh=[2500, 2500, 2500, 3000, 1000, 1000, 1000, 1000], minutes=15, contracted_kw=Decimal(10)
        )
        assert excesses == [Decimal(2)]

    def test_adds_up_the_ten_largest(self) -> None:
        excesses = [Decimal(one) for one in range(1, 13)]
        found = largest_ten(excesses, start=MARCH.start)
        assert found == PowerExcess(
            MARCH.start, Decimal(sum(range(3, 13))), "sum_of_ten_largest_hourly_excesses"
        )

    def test_of_no_hour_is_a_decimal_of_nothing(self) -> None:
        assert str(largest_ten([], start=MARCH.start).kw * 1000) == "0"
        assert type(largest_ten([], start=MARCH.start).kw) is Decimal

    def test_or_takes_ten_times_the_largest(self) -> None:
        found = ten_times_largest(maximum_kw=Decimal("45.5"), contracted_kw=Decimal(40), start=MARCH.start)
        assert found == PowerExcess(MARCH.start, Decimal("55.0"), "ten_times_the_largest_excess")

    def test_within_the_contract_is_nothing(self) -> None:
        found = ten_times_largest(maximum_kw=Decimal(39), contracted_kw=Decimal(40), start=MARCH.start)
        assert found.kw == 0

    def test_of_a_series_is_found_for_each_month(self) -> None:
        source = Source("p.csv", "0" * 64, 1)
        days = [
            IntervalDay("P", "A+", date(2026, month, 5), 60, (11_000, *[0] * 23), KNOWN, source)
            for month in (3, 4)
        ]
        found = monthly_excesses(days=days, contracted_kw=Decimal(10))
        assert [(one.start.month, one.kw) for one in found] == [(3, Decimal(1)), (4, Decimal(1))]

    def test_is_a_line_at_the_price_of_its_month(self) -> None:
        facts = Facts(power_excess=(PowerExcess(MARCH.start, Decimal("12.5"), "sum"),))
        line = only(rated(self.CHARGE, kwh={"all": 1}, facts=facts))
        assert (line.quantity, line.net) == (Decimal("12.5"), Decimal("325.38"))

    def test_that_nobody_looked_for_is_a_problem(self) -> None:
        assert codes(rated(self.CHARGE, kwh={"all": 1})) == ["power_excess_unknown"]

    def test_looked_for_and_not_found_is_a_line_of_nothing(self) -> None:
        line = only(rated(self.CHARGE, kwh={"all": 1}, facts=Facts(power_excess=())))
        assert (line.quantity, type(line.quantity), line.net) == (0, Decimal, 0)

    def test_of_another_month_stays_off_the_bill(self) -> None:
        several = tuple(PowerExcess(date(2026, month, 1), Decimal(month), "sum") for month in (2, 3, 4))
        assert only(rated(self.CHARGE, kwh={"all": 1}, facts=Facts(power_excess=several))).quantity == 3


class TestCapacityCharge:
    def test_is_multiplied_by_the_coefficient_of_the_customers_class(self) -> None:
        one = charge("capacity_energy", price("0.2194"), basis=Basis.CAPACITY_HOURS_ENERGY)
        line = only(
            rated(
                one,
                kwh={"all": 1000},
                capacity_share=Decimal("0.5"),
                capacity_coefficient=Decimal("0.17"),
            )
        )
        assert line.net == Decimal("18.65")
        assert line.factors == (Factor("A", Decimal("0.17")),)

    @pytest.mark.parametrize(("kwh", "counted"), [(1, 1), (3, 2), (4, 2), (0, 0)])
    def test_by_share_is_of_whole_kwh_half_up(self, kwh: int, counted: int) -> None:
        one = charge("capacity_energy", price("0.2194"), basis=Basis.CAPACITY_HOURS_ENERGY)
        line = only(rated(one, kwh={"all": kwh}, capacity_share=Decimal("0.5")))
        assert str(line.quantity) == str(counted)

    def test_by_share_of_nothing_read_is_nothing(self) -> None:
        one = charge("capacity_energy", price("0.2194"), basis=Basis.CAPACITY_HOURS_ENERGY)
        assert only(rated(one, kwh={}, capacity_share=Decimal("0.5"))).quantity == 0


class TestCoveredEnergy:
    CHARGES = tuple(
        charge(code, price("1.00"), basis=Basis.ENERGY_BY_ZONE)
        for code in ("energy", "network_variable", "quality", "oze")
    )

    def test_pays_no_energy_no_variable_component_and_no_quality(self) -> None:
        result = rated(*self.CHARGES, kwh={"all": 100}, facts=Facts(covered_kwh={"all": 30}))
        assert {line.charge: int(line.quantity) for line in result.lines} == {
            "energy": 70,
            "network_variable": 70,
            "quality": 70,
            "oze": 100,
        }

    def test_over_what_was_used_is_a_problem(self) -> None:
        result = rated(*self.CHARGES, kwh={"all": 10}, facts=Facts(covered_kwh={"all": 11}))
        assert codes(result) == ["covered_more_than_used"]

    @given(kwh=st.integers(1, 5000), share=st.fractions(0, 1), cut=st.integers(1, 30))
    def test_is_taken_off_once_whatever_the_cuts(self, kwh: int, share: Any, cut: int) -> None:
        day = MARCH.start + timedelta(days=cut)
        covered = int(kwh * share)
        one = charge("energy", price("0.50", end=day), price("0.60", start=day))
        result = rated(one, kwh={"all": kwh}, facts=Facts(covered_kwh={"all": covered}))
        assert result.problems == ()
        assert sum(line.quantity for line in result.lines) == kwh - covered
        assert all(line.quantity >= 0 for line in result.lines)


class TestCredits:
    @given(
        kwh=st.integers(0, 10**6),
        amount=st.decimals("0.0001", "9.9999", places=4),
        rounding=st.sampled_from(VatRounding),
        cut=st.integers(1, 30),
    )
    def test_of_negated_use_are_the_exact_negative(
        self, kwh: int, amount: Decimal, rounding: VatRounding, cut: int
    ) -> None:
        day = MARCH.start + timedelta(days=cut)
        early, late = (Price(amount * n, window, "1") for n, window in ((1, _until(day)), (2, _since(day))))
        one = charge("energy", early, late)
        billed, credited = (self._negated(one, rounding, sign * kwh) for sign in (1, -1))
        assert [line.net for line in credited.lines] == [-line.net for line in billed.lines]
        assert (credited.net, credited.vat, credited.gross) == (-billed.net, -billed.vat, -billed.gross)

    @staticmethod
    def _negated(one: Charge, rounding: VatRounding, kwh: int) -> Rated:
        given_charge = GivenCharge(
            code="fee",
            name="Opłata",
            section="other",
            quantity=Decimal(kwh),
            unit="szt.",
            price=Decimal("1.115"),
            vat_rate=Decimal("0.23"),
            posting="other.fee",
        )
        return rated(one, kwh={"all": kwh}, facts=Facts(given=(given_charge,)), rounding=rounding)


def _until(day: date) -> DateRange:
    return DateRange(date(2020, 1, 1), day)


def _since(day: date) -> DateRange:
    return DateRange(day)


class TestSplitting:
    @given(
        kwh=st.integers(0, 10**6),
        cuts=st.sets(st.integers(1, 30), max_size=5),
        amount=st.decimals("0.0001", "2.0000", places=4),
    )
    def test_at_an_equal_price_changes_no_sum_by_more_than_half_a_grosz_a_line(
        self, kwh: int, cuts: set[int], amount: Decimal
    ) -> None:
        edges = [date(2020, 1, 1), *(MARCH.start + timedelta(days=cut) for cut in sorted(cuts)), None]
        prices = [
            Price(amount, DateRange(start, end), "1") for start, end in itertools.pairwise(edges) if start
        ]
        apart = [
            price_list(f"own{n}", charge("energy", one), window=one.window) for n, one in enumerate(prices)
        ]
        whole = rated(charge("energy", *prices), kwh={"all": kwh})
        split = rate(
            period=MARCH,
            terms=[Terms(one.window, "C21", False, (f"own{n}",), 3, 1, True) for n, one in enumerate(prices)],
            months=Months(1),
            usage=usage(MARCH, {register(): kwh * 1000}),
            lists={one.code: (one,) for one in apart},
            profile=RatingProfile("own", VatRounding.DOCUMENT),
        )
        assert split.problems == ()
        assert len(whole.lines) == 1
        assert sum(line.quantity for line in split.lines) == kwh
        assert abs(split.net - whole.net) <= Decimal("0.005") * (len(split.lines) + 1)
        exact = (kwh * amount).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
        assert whole.net == exact


class TestAChargeOnWhatIsMeasured:
    def test_on_energy_are_measured_with_the_energy(self) -> None:
        measured = replaced(charge("energy", price("0.50")), applies=Applies.MEASURED)
        assert only(rated(measured, kwh={"all": 2})).net == 1
        nothing = rated(measured, kwh={})
        assert (nothing.lines, nothing.problems) == ((), ())
