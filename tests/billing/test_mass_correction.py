"""One version of a price list wrong for two months over a thousand contracts: corrected, explained, conserved."""

from decimal import Decimal

import pytest

from benchmarks.mass_correction import MassCorrection, correct_in_memory
from kwit.kernel.money import ZERO


@pytest.fixture(scope="module")
def done() -> MassCorrection:
    return correct_in_memory(contracts=1000)


class TestAThousandContracts:
    def test_every_bill_of_both_months_is_corrected_once(self, done: MassCorrection) -> None:
        assert (done.contracts, done.invoices, done.corrections) == (1000, 2000, 2000)
        assert done.held == 0
        assert done.faults == ()

    def test_corrections_are_fresh_bills_less_issued_ones(self, done: MassCorrection) -> None:
        assert done.gross == done.fresh - done.issued
        assert done.gross < 0

    def test_causes_add_up_to_the_corrections(self, done: MassCorrection) -> None:
        assert sum(done.causes.values(), ZERO) == done.gross
        assert set(done.causes) == {"price"}

    def test_the_price_of_every_kwh_is_what_was_wrong(self, done: MassCorrection) -> None:
        # 0.05 zł a kWh too dear, net, half up to the grosz on each of 2,000 lines.
        assert abs(done.net + Decimal("0.05") * done.kwh) <= Decimal("0.005") * done.invoices

    def test_postings_and_report_agree_over_invoices_and_corrections(self, done: MassCorrection) -> None:
        assert done.debit == done.credit == done.fresh
        assert done.reported == done.fresh

    def test_numbers_have_no_gap(self, done: MassCorrection) -> None:
        assert done.numbers == tuple(f"FK/2026/05/{n:06d}" for n in range(1, 2001))
