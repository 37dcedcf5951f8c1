"""Every line says how its quantity came about: rule, energy before rounding, uses behind it, days, figures used."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kwit.rating.facts import CapacityDay, EnergyBase, Facts, GivenCharge, PowerExcess
from kwit.rating.lines import Factor, Line, PriceSource, QuantitySource
from kwit.rating.profile import MonthsAtChange, VatRounding
from kwit.tariffs.price_list import Basis, Charge, PartialPeriod, Price, Tier, TierSpan
from tests.rating.price_lists import charge, price
from tests.rating.test_bases import MARCH, ZONES, inductive, only, rated, replaced

CUT = date(2026, 3, 11)
FIXED, BY_ZONE = Basis.DAY, Basis.ENERGY_BY_ZONE
LIMITED = tuple(replace(price(amount), volume=part) for amount, part in (("0.4", "base"), ("0.7", "above")))
GROSS = {"all": 61, "import_unbalanced/all": 115}
CAPACITY = charge("capacity_energy", price("0.2"), basis=Basis.CAPACITY_HOURS_ENERGY)


def source(
    rule: str, *, days: int = 31, wh: int | None = None, usage: tuple[int, ...] = (), **inputs: str
) -> QuantitySource:
    return QuantitySource(rule, days, 31, wh, usage, tuple(inputs.items()))


def excess(kw: str, day: date = MARCH.start) -> PowerExcess:
    return PowerExcess(day, Decimal(kw), "ten")


def of_basis(basis: Basis, **fields: Any) -> Charge:
    return replaced(charge("one", price("1.00"), basis=basis), **fields)


def capacity_day(day: int, wh: int, code: str, coefficient: str) -> CapacityDay:
    return CapacityDay(date(2026, 3, day), wh, code, Decimal(coefficient))


class TestTheSourceOfAQuantity:
    @pytest.mark.parametrize(
        ("one", "kwh", "facts", "expected"),
        [
            (of_basis(Basis.ENERGY), {"all": 61}, {}, source("whole_kwh_of_zone", wh=61_000, usage=(0,))),
            (
                charge("energy", price("1.00")),
                {"all": 61},
                {"covered_kwh": {"all": 21}},
                source("whole_kwh_of_zone", wh=61_000, usage=(0,), covered_kwh="21"),
            ),
            (
                of_basis(Basis.ENERGY_UNBALANCED),
                GROSS,
                {},
                source("whole_kwh_before_balancing", wh=115_000, usage=(1,)),
            ),
            (
                of_basis(Basis.ENERGY_BALANCED_OFF),
                GROSS,
                {},
                source(
                    "whole_kwh_balanced_off",
                    wh=54_000,
                    usage=(0, 1),
                    before_balancing_kwh="115",
                    after_balancing_kwh="61",
                ),
            ),
            (
                inductive(tg_phi0="0.3"),
                {"all": 1000, "reactive_inductive/all": 500},
                {},
                source(
                    "active_energy_over_tg_phi0",
                    wh=1_000_000,
                    usage=(0, 1),
                    kvarh="500",
                    tg_phi="0.500000",
                    tg_phi0="0.3",
                ),
            ),
            (
                inductive(),
                {"all": 0, "reactive_inductive/all": 500},
                {},
                source("all_kvarh_without_active_energy", usage=(0, 1)),
            ),
            (
                of_basis(Basis.REACTIVE_CAPACITIVE),
                {"all": 61, "reactive_capacitive/all": 24},
                {},
                source("all_kvarh", wh=24_000, usage=(1,)),
            ),
            (of_basis(Basis.MONTH), {"all": 61}, {}, source("months_by_days")),
            (of_basis(Basis.MONTH), {"all": 61}, {"months_of": {"one": Decimal(2)}}, source("months_stated")),
            (of_basis(Basis.POWER), {"all": 61}, {}, source("power_months_by_days")),
            (of_basis(Basis.DAY), {"all": 61}, {}, source("days")),
            (of_basis(Basis.DOCUMENT), {"all": 61}, {}, source("documents")),
            (
                of_basis(Basis.POWER_EXCESS),
                {"all": 61},
                {"power_excess": (excess("12.5"),)},
                QuantitySource("power_excess", 31, 31, inputs=(("ten 2026-03-01", "12.5"),)),
            ),
            (
                CAPACITY,
                {"all": 61},
                {"capacity_days": (capacity_day(2, 100_400, "K2", "0.5"), capacity_day(3, 100, "K2", "0.5"))},
                QuantitySource("whole_kwh_in_capacity_hours", 31, 31, 100_500, (), (("class", "K2"),)),
            ),
            (
                CAPACITY,
                {"all": 61},
                {"capacity_days": (capacity_day(2, 100_000, "K4", "1"), capacity_day(3, 700, "K2", "0.5"))},
                QuantitySource(
                    "kwh_in_capacity_hours_times_a",
                    31,
                    31,
                    100_700,
                    (),
                    (("K2 A=0.5 kWh", "1"), ("K4 A=1 kWh", "100")),
                ),
            ),
        ],
    )
    def test_is_told_by_basis(
        self, one: Charge, kwh: dict[str, int], facts: dict[str, Any], expected: QuantitySource
    ) -> None:
        line = only(rated(one, kwh=kwh, facts=Facts(**facts), contracted_kw=Decimal(20)))
        assert line.quantity_source == expected

    def test_of_reactive_energy_is_as_read_where_the_seller_bills_it_so(self) -> None:
        kwh = {"all": 1000, "reactive_inductive/all": 500}
        line = only(rated(inductive(), kwh=kwh, profile={"kwh_digits": 3}))
        assert line.quantity_source.inputs[0] == ("kvarh", "500.000")
        nothing = only(rated(inductive(), kwh={"all": 0, "reactive_inductive/all": -5}))
        assert (nothing.quantity, type(nothing.quantity)) == (0, Decimal)

    def test_of_a_share_of_capacity_hours_names_the_share(self) -> None:
        line = only(rated(CAPACITY, kwh={"all": 61}, capacity_share=Decimal("0.35")))
        assert (line.quantity, line.factors) == (Decimal(21), ())
        assert line.quantity_source == source("share_0.35_of_kwh", wh=61_000)

    def test_of_energy_with_a_limit_tells_the_whole_and_what_is_within(self) -> None:
        one = charge("energy", *LIMITED, basis=BY_ZONE)
        facts = Facts(bases=(EnergyBase("energy", 40),), covered_kwh={"all": 1})
        lines = rated(one, kwh={"all": 61}, facts=facts).lines
        figures = {"covered_kwh": "1", "kwh": "60", "up_to_limit_kwh": "40"}
        assert [line.quantity for line in lines] == [40, 20]
        assert [line.quantity_source for line in lines] == [
            source(f"kwh_of_zone_{part}", wh=61_000, usage=(0,), **figures) for part in ("base", "above")
        ]

    def test_of_two_segments_shares_the_days_and_the_energy(self) -> None:
        prices = (price("0.1", end=CUT), price("0.2", start=CUT))
        lines = rated(charge("energy", *prices), kwh={"all": 310}).lines
        assert [line.quantity_source for line in lines] == [
            source("whole_kwh_of_zone", days=10, wh=100_000, usage=(0,)),
            source("whole_kwh_of_zone", days=21, wh=210_000, usage=(0,)),
        ]

    def test_of_two_segments_at_one_price_is_of_all_their_energy(self) -> None:
        prices = (price("0.1", end=CUT), price("0.1", start=CUT))
        line = only(rated(charge("energy", *prices), kwh={"all": 310}))
        assert line.quantity_source == source("whole_kwh_of_zone", wh=310_000, usage=(0,))

    def test_of_a_zone_that_nothing_reads_is_nothing(self) -> None:
        one = charge("energy", price("1.00"), basis=BY_ZONE)
        _, offpeak = rated(one, kwh={"peak": 3}, zones=ZONES).lines
        assert (offpeak.quantity, offpeak.quantity_source) == (0, source("whole_kwh_of_zone", wh=0))

    def test_of_several_zones_names_every_use_once_in_order(self) -> None:
        line = only(rated(charge("energy", price("1.00")), kwh={"peak": 3, "offpeak": 4}, zones=ZONES))
        assert line.quantity_source == source("whole_kwh_of_zone", wh=7000, usage=(0, 1))


class TestTheSourceOfADerivedQuantity:
    ENERGY, OTHER = charge("energy", price("0.50")), charge("oze", price("0.25"))

    @pytest.mark.parametrize(
        ("basis", "amount", "rule"),
        [
            (Basis.PERCENTAGE, "10.00", "net_of_charges"),
            (Basis.MINIMUM, "60.00", "lacking_to_60.00"),
        ],
    )
    def test_names_the_net_of_each_of_its_charges(self, basis: Basis, amount: str, rule: str) -> None:
        fee = replaced(charge("fee", price(amount), basis=basis), of=frozenset({"energy"}))
        lines = {line.charge: line for line in rated(self.OTHER, fee, self.ENERGY, kwh={"all": 100}).lines}
        assert lines["fee"].quantity_source == source(rule, net_energy="50.00")

    def test_tells_the_price_and_the_factor_of_a_percentage_and_the_unit(self) -> None:
        fee = replaced(charge("fee", price("10.00"), basis=Basis.PERCENTAGE), of=frozenset({"energy"}))
        line = rated(self.ENERGY, fee, kwh={"all": 100}).lines[-1]
        assert (line.price, line.unit, line.factors) == (
            Decimal("10.00"),
            "zł",
            (Factor("percent", Decimal("0.01")),),
        )

    def test_of_a_minimum_is_a_price_of_one(self) -> None:
        fee = replaced(charge("fee", price("60.00"), basis=Basis.MINIMUM), of=frozenset({"energy"}))
        line = rated(self.ENERGY, fee, kwh={"all": 100}).lines[-1]
        assert (line.quantity, line.price, line.factors) == (Decimal("10.00"), Decimal(1), ())

    @pytest.mark.parametrize("basis", [Basis.PERCENTAGE, Basis.MINIMUM])
    def test_has_vat_of_its_own_where_lines_are_rounded_alone(self, basis: Basis) -> None:
        fee = replaced(charge("fee", price("100.00"), basis=basis), of=frozenset({"energy"}))
        line = rated(self.ENERGY, fee, kwh={"all": 100}, rounding=VatRounding.LINE).lines[-1]
        assert (line.net, line.vat) == (Decimal("50.00"), Decimal("11.50"))


class TestMonths:
    CUT_PRICES = (price("1", end=CUT), price("2", start=CUT))

    @pytest.mark.parametrize(
        ("stated", "digits", "told"),
        [("1.5", 4, ["0.4839", "1.0161"]), ("1.25", 1, ["0.40", "0.85"]), ("2", 0, ["1", "1"])],
    )
    def test_that_are_stated_are_shared_at_the_finer_of_their_digits_and_the_sellers(
        self, stated: str, digits: int, told: list[str]
    ) -> None:
        facts = Facts(months_of={"one": Decimal(stated)})
        one = charge("one", *self.CUT_PRICES, basis=Basis.MONTH)
        result = rated(one, kwh={"all": 1}, facts=facts, profile={"month_digits": digits})
        assert [str(line.quantity) for line in result.lines] == told

    def test_that_are_stated_are_printed_as_stated_on_one_line(self) -> None:
        facts = Facts(months_of={"one": Decimal("1.5")})
        assert str(only(rated(of_basis(Basis.MONTH), kwh={"all": 1}, facts=facts)).quantity) == "1.5"

    def test_that_are_stated_stay_with_the_bill_they_are_stated_for(self) -> None:
        one = of_basis(Basis.MONTH)
        for stated in (None, "2", None, "3", "2"):
            facts = Facts(months_of={} if stated is None else {"one": Decimal(stated)})
            line = only(rated(one, kwh={"all": 1}, facts=facts))
            assert str(line.quantity) == (stated or "1")

    def test_and_a_part_of_one_go_to_the_price_of_their_last_day(self) -> None:
        one = charge("one", *self.CUT_PRICES, basis=Basis.MONTH)
        result = rated(
            one,
            kwh={"all": 1},
            facts=Facts(months_of={"one": Decimal("1.5")}),
            profile={"months_at_change": MonthsAtChange.WHOLE},
        )
        assert [line.quantity for line in result.lines] == [0, Decimal("1.5")]

    @pytest.mark.parametrize(("months", "prices", "told"), [(2, 1, ["2"]), (1, 2, ["0.3333", "0.7"])])
    def test_in_thirtieths_are_of_a_part_of_a_cycle_alone(
        self, months: int, prices: int, told: list[str]
    ) -> None:
        one = charge(
            "one",
            *(self.CUT_PRICES if prices == 2 else (price("1"),)),
            basis=Basis.MONTH,
            partial=PartialPeriod.THIRTIETHS,
        )
        result = rated(one, kwh={"all": 1}, months=months)
        assert [str(line.quantity) for line in result.lines] == told
        assert {line.quantity_source.rule for line in result.lines} == {"months_thirtieths"}


class TestTheSourceOfATier:
    LADDER = (Tier(1, 0, 100), Tier(2, 100, None))

    def tiered(self, code: str = "energy", span: TierSpan = TierSpan.PERIOD) -> Charge:
        prices = [
            replace(price(f"0.{tier.number}"), volume=str(tier.number), tier=tier) for tier in self.LADDER
        ]
        return replaced(charge(code, *prices, basis=BY_ZONE), tier_span=span)

    def test_tells_the_whole_and_where_the_tier_begins(self) -> None:
        lines = rated(
            self.tiered(), kwh={"all": 250}, facts=Facts(covered_kwh={"all": 30}), profile={"kwh_digits": 0}
        ).lines
        assert [line.quantity for line in lines] == [100, 120]
        assert [line.quantity_source for line in lines] == [
            source(
                f"kwh_of_tier_{tier.number}",
                wh=250_000,
                usage=(0,),
                covered_kwh="30",
                kwh="220",
                over_kwh=str(tier.over_kwh),
            )
            for tier in self.LADDER
        ]

    def test_is_of_the_kwh_as_read_where_the_seller_bills_them_so(self) -> None:
        lines = rated(self.tiered(), kwh={"all": 250}, profile={"kwh_digits": 3}).lines
        assert [str(line.quantity) for line in lines] == ["100.000", "150.000"]

    def test_stands_in_the_order_of_the_ladder_however_many_there_are(self) -> None:
        ladder = [Tier(n + 1, n * 10, (n + 1) * 10) for n in range(11)] + [Tier(12, 110, None)]
        prices = [replace(price(f"0.{tier.number}"), volume=str(tier.number), tier=tier) for tier in ladder]
        lines = rated(charge("energy", *reversed(prices), basis=BY_ZONE), kwh={"all": 115}).lines
        assert [str(line.quantity) for line in lines] == ["10"] * 11 + ["5"]
        assert lines[1].name == "Energy całodobowa, 10–20 kWh"

    def test_fills_a_ladder_for_each_zone(self) -> None:
        lines = rated(self.tiered(), kwh={"peak": 150, "offpeak": 70}, zones=ZONES).lines
        assert [(line.zone, line.quantity) for line in lines] == [
            ("peak", 100),
            ("peak", 50),
            ("offpeak", 70),
            ("offpeak", 0),
        ]

    def test_leaves_covered_energy_to_the_charges_that_do_not_spare_it(self) -> None:
        facts = Facts(covered_kwh={"all": 200})
        lines = rated(self.tiered(), self.tiered("oze"), kwh={"all": 250}, facts=facts).lines
        assert [(line.charge, line.quantity) for line in lines] == [
            ("energy", 50),
            ("energy", 0),
            ("oze", 100),
            ("oze", 150),
        ]

    def test_runs_on_through_a_change_of_price_inside_the_month(self) -> None:
        def at(tier: Tier, amount: str, **window: date) -> Price:
            return replace(price(amount, **window), volume=str(tier.number), tier=tier)

        prices = [at(tier, f"0.{tier.number}", end=CUT) for tier in self.LADDER]
        prices += [at(tier, f"0.{tier.number + 2}", start=CUT) for tier in self.LADDER]
        one = replaced(charge("energy", *prices, basis=BY_ZONE), tier_span=TierSpan.MONTH)
        lines = rated(one, kwh={"all": 155}).lines
        assert {str(line.price): int(line.quantity) for line in lines} == {
            "0.1": 50,
            "0.3": 50,
            "0.2": 0,
            "0.4": 55,
        }


class TestAGivenCharge:
    def test_is_printed_as_given_and_says_where(self) -> None:
        one = GivenCharge(
            code="fee",
            name="Opłata",
            section="other",
            quantity=Decimal(2),
            unit="szt.",
            price=Decimal("1.115"),
            vat_rate=Decimal("0.23"),
            posting="other.fee",
            zone="all",
            factors=(Factor("times", Decimal(3)),),
            document="Umowa 7",
            where="par. 3",
        )
        line = only(
            rated(
                replaced(charge("energy", price("1.00")), prices=()),
                kwh={},
                facts=Facts(given=(one,)),
                rounding=VatRounding.LINE,
                sections=frozenset({"other"}),
            )
        )
        assert line == Line(
            charge="fee",
            name="Opłata",
            section="other",
            zone="all",
            period=MARCH,
            quantity=Decimal(2),
            unit="szt.",
            price=Decimal("1.115"),
            net=Decimal("6.69"),
            vat_rate=Decimal("0.23"),
            vat=Decimal("1.54"),
            posting="other.fee",
            quantity_source=source("given"),
            price_source=PriceSource("", "", "Umowa 7", "par. 3", "given"),
            factors=(Factor("times", Decimal(3)),),
        )

    def test_has_vat_of_its_own_where_lines_are_rounded_alone(self) -> None:
        one = GivenCharge(
            "fee", "Opłata", "other", Decimal(1), "szt.", Decimal(1), Decimal("0.23"), "other.fee"
        )
        for rounding in (VatRounding.SECTION, VatRounding.DOCUMENT):
            result = rated(
                charge("energy", price("1.00")), kwh={"all": 1}, facts=Facts(given=(one,)), rounding=rounding
            )
            assert [line.vat for line in result.lines] == [None, None]


class TestALine:
    def test_of_a_list_carries_all_of_its_charge_and_its_price(self) -> None:
        one = replaced(charge("energy", price("0.500")), multiplier=Decimal(2))
        line = only(
            rated(one, kwh={"all": 1500}, rounding=VatRounding.LINE, profile={"units": {"energy": "MWh"}})
        )
        assert line == Line(
            charge="energy",
            name="Energy",
            section="sale",
            zone="",
            period=MARCH,
            quantity=Decimal("1.500"),
            unit="MWh",
            price=Decimal(500),
            net=Decimal("1500.00"),
            vat_rate=Decimal("0.23"),
            vat=Decimal("345.00"),
            posting="sale.energy",
            quantity_source=source("whole_kwh_of_zone", wh=1_500_000, usage=(0,)),
            price_source=PriceSource("own", "own-1".ljust(64, "0"), "own", "1", "own"),
            factors=(Factor("multiplier", Decimal(2)),),
        )

    def test_in_kwh_of_a_price_per_mwh_moves_the_price(self) -> None:
        one = charge("energy", price("500.00"), unit="MWh")
        line = only(rated(one, kwh={"all": 1500}, profile={"units": {"energy": "kWh"}}))
        assert (line.unit, line.quantity, line.price, line.net) == (
            "kWh",
            Decimal(1500),
            Decimal("0.50000"),
            Decimal("750.00"),
        )
