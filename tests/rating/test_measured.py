"""The distributors' charges on what is measured: power over the contracted one, reactive energy."""

from datetime import date
from decimal import Decimal

from kwit.kernel.time import Period
from kwit.rating.facts import Facts, PowerExcess
from kwit.rating.lines import Rated
from kwit.rating.profile import RatingProfile, VatRounding
from kwit.rating.rate import rate
from kwit.rating.terms import Months, Terms
from tests.rating.cases import lists_named, register, usage


class TestMeasuredCharges:
    """The distributors' charges for power and reactive energy, on the shipped list of PGE."""

    PERIOD = Period(date(2026, 3, 1), date(2026, 4, 1))

    def rated(
        self, *, inductive: int | None = None, capacitive: int | None = None, kw: str | None = None
    ) -> Rated:
        registers = {register(): 1_000_000}
        if inductive is not None:
            registers[register(quantity="reactive_inductive", meter="L2")] = inductive
        if capacitive is not None:
            registers[register(quantity="reactive_capacitive", meter="L3")] = capacitive
        excess = None if kw is None else (PowerExcess(self.PERIOD.start, Decimal(kw), "largest"),)
        terms = Terms(
            window=self.PERIOD.range, group="B21", household=False, price_lists=("pge-dystrybucja", "levies-pl"),
            phases=3, cycle_months=1, remote_reading=True, contracted_kw=Decimal(100), capacity_share=Decimal("0.3"),
        )  # fmt: skip
        return rate(
            period=self.PERIOD,
            terms=[terms],
            months=Months(1),
            usage=usage(self.PERIOD, registers),
            lists=lists_named("pge-dystrybucja", "levies-pl"),
            profile=RatingProfile("p", VatRounding.DOCUMENT, tg_phi_digits=2, bracket_digits=5),
            facts=Facts(power_excess=excess),
        )

    def test_are_owed_where_they_are_measured_and_over_the_limit(self) -> None:
        found = self.rated(inductive=600_000, capacitive=50_000, kw="12.5")
        nets = {line.charge: line.net for line in found.lines}
        # tg φ 0.60: sqrt(1.36 / 1.16) - 1 = 0.08278; 1 MWh x 518.81 x 1.00 x 0.08278 = 42.947…
        assert nets["reactive_inductive"] == Decimal("42.95")
        assert nets["reactive_capacitive"] == Decimal("25.94")  # 0.050 Mvarh x 518.81
        assert nets["power_excess"] == Decimal("230.38")  # 0.0125 MW x 18 430.00 = 230.375

    def test_are_no_lines_within_the_limits(self) -> None:
        found = self.rated(inductive=400_000, capacitive=0, kw="0")
        assert not {line.charge for line in found.lines} & {
            "reactive_inductive",
            "reactive_capacitive",
            "power_excess",
        }

    def test_are_left_out_one_by_one(self) -> None:
        found = self.rated(inductive=400_000, capacitive=50_000, kw="12.5")
        charges = [line.charge for line in found.lines]
        assert "reactive_inductive" not in charges
        assert {"reactive_capacitive", "power_excess"} <= set(charges)
        assert "power_excess" in {line.charge for line in self.rated(kw="12.5").lines}
        assert "reactive_capacitive" in {line.charge for line in self.rated(capacitive=50_000).lines}

    def test_are_no_lines_where_nothing_measures_them(self) -> None:
        found = self.rated()
        assert found.problems == ()
        assert not {line.charge for line in found.lines} & {
            "reactive_inductive",
            "reactive_capacitive",
            "power_excess",
        }
