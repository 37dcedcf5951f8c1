"""What a rated period tells beside its lines: energy of each zone, excise in the price, sections and rows of VAT."""

from dataclasses import replace
from decimal import Decimal

import pytest

from kwit.rating.facts import Facts, Penalty
from kwit.rating.lines import EnergyOfZone, Excise, SectionTotal, VatRow
from kwit.rating.profile import RatingProfile, VatRounding
from kwit.rating.rate import rate
from kwit.rating.terms import Months, Terms
from kwit.tariffs.price_list import PriceList, Section
from tests.rating.cases import register, usage
from tests.rating.price_lists import charge, price, price_list
from tests.rating.test_bases import MARCH, ZONES, rated

ENERGY = charge("energy", price("0.50"))


class TestEnergy:
    def test_is_told_of_import_export_and_import_before_balancing_by_zone(self) -> None:
        result = rated(
            ENERGY,
            kwh={
                "export/peak": 7,
                "peak": 61,
                "offpeak": 3,
                "import_unbalanced/peak": 115,
                "reactive_capacitive/peak": 9,
            },
            zones=ZONES,
        )
        assert result.energy == (
            EnergyOfZone("import", "peak", "szczytowa", 61_000, 61),
            EnergyOfZone("import", "offpeak", "pozaszczytowa", 3000, 3),
            EnergyOfZone("export", "peak", "szczytowa", 7000, 7),
            EnergyOfZone("import_unbalanced", "peak", "szczytowa", 115_000, 115),
        )

    def test_of_a_zone_without_a_label_is_named_by_its_code(self) -> None:
        result = rated(ENERGY, kwh={"all": 1, "export/total": 2})
        assert result.energy[1] == EnergyOfZone("export", "total", "total", 2000, 2)


class TestExcise:
    def excise(
        self,
        kwh: dict[str, int],
        rates: dict[str, str],
        *,
        household: bool = False,
        facts: Facts | None = None,
    ) -> Excise | None:
        own: PriceList = price_list("own", ENERGY, rates={"vat_standard": "0.23", "vat_outside": "0"} | rates)
        registers = {}
        for name, value in kwh.items():
            quantity, _, zone = name.rpartition("/")
            registers[register(zone, quantity=quantity or "import")] = value * 1000
        return rate(
            period=MARCH,
            terms=[Terms(MARCH.range, "G11" if household else "C21", household, ("own",), 3, 1, True)],
            months=Months(1),
            usage=replace(usage(MARCH, registers), problems=()),
            lists={"own": (own,)},
            profile=RatingProfile("own", VatRounding.DOCUMENT),
            facts=facts or Facts(),
        ).excise

    @pytest.mark.parametrize(
        ("kwh", "rates", "household", "expected"),
        [
            ({"all": 1001}, {"excise": "5.00"}, False, (1001, "5.00", "5.01")),
            ({"all": 61, "import_unbalanced/all": 115}, {"excise": "5.00"}, False, (115, "5.00", "0.58")),
            ({"all": 1001}, {"excise": "5.00"}, True, (1001, "5.00", "5.01")),
            ({"all": 1001}, {"excise": "5.00", "excise_household": "0.00"}, True, (1001, "0.00", "0.00")),
            ({"all": 1001}, {"excise": "5.00", "excise_household": "0.00"}, False, (1001, "5.00", "5.01")),
            ({"export/all": 1001}, {"excise": "5.00"}, False, (0, "5.00", "0.00")),
        ],
    )
    def test_in_the_price_is_of_all_import(
        self, kwh: dict[str, int], rates: dict[str, str], household: bool, expected: tuple[int, str, str]
    ) -> None:
        counted, per_mwh, amount = expected
        found = self.excise(kwh, rates, household=household)
        assert found == Excise(counted, Decimal(per_mwh), Decimal(amount))

    def test_is_not_told_of_a_penalty(self) -> None:
        facts = Facts(penalty=Penalty(Decimal(5), frozenset({"energy"}), "outside"))
        assert self.excise({"all": 1}, {"excise": "5.00"}, facts=facts) is None


class TestSums:
    CHARGES = (
        charge("a", price("0.0346")),
        charge("c", price("0.0341"), section=Section.DISTRIBUTION),
        charge("b", price("0.0346")),
    )

    @pytest.mark.parametrize(
        ("rounding", "sale", "all_vat"),
        [
            (VatRounding.LINE, "1.60", "2.38"),
            (VatRounding.SECTION, "1.59", "2.37"),
            (VatRounding.DOCUMENT, "1.59", "2.38"),
        ],
    )
    def test_are_by_section_in_the_order_of_lines_and_by_rate(
        self, rounding: VatRounding, sale: str, all_vat: str
    ) -> None:
        result = rated(*self.CHARGES, kwh={"all": 100}, rounding=rounding)
        net, vat = Decimal("10.33"), Decimal(all_vat)
        assert result.sections == (
            SectionTotal("sale", Decimal("6.92"), Decimal(sale), Decimal("6.92") + Decimal(sale)),
            SectionTotal("distribution", Decimal("3.41"), Decimal("0.78"), Decimal("4.19")),
        )
        assert result.vat_rows == (VatRow(Decimal("0.23"), net, vat, net + vat),)
        assert (result.period, result.net, result.vat, result.gross) == (MARCH, net, vat, net + vat)

    def test_of_no_line_are_nothing(self) -> None:
        result = rated(ENERGY, kwh={"all": 1}, sections=frozenset())
        assert (result.lines, result.sections, result.vat_rows) == ((), (), ())
        assert (result.net, result.vat, result.gross, result.problems) == (0, 0, 0, ())
