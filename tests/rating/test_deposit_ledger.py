"""The deposit as lots of months: the oldest pays first, a year later it ends, and no grosz gets lost on the way."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwit.kernel.time import Period, add_months
from kwit.rating.deposit import (
    ExportMonth,
    Lapsed,
    Lot,
    NegativeDepositError,
    Settlement,
    export_month,
    export_month_by_intervals,
    lapse,
    payable_part,
    settle,
)
from kwit.rating.lines import Line, PriceSource, QuantitySource
from kwit.rating.net_metering import CreditLot, settle_credit
from kwit.rating.profile import VatRounding

PLN = st.decimals("0", "999.99", places=2)
SHARE = Decimal("0.20")


def lot(month: date, left: str, value: str = "") -> Lot:
    return Lot(month, Decimal(value or left), Decimal(left))


class TestLots:
    def test_the_oldest_pays_first(self) -> None:
        lots = [
            lot(date(2026, 3, 1), "50.00"),
            lot(date(2026, 1, 1), "30.00"),
            Lot(None, Decimal(10), Decimal(10)),
        ]
        done = settle(opening=lots, months=(), limit=Decimal("55.00"), gross=Decimal("99.00"))
        assert done.lots == (Lot(date(2026, 3, 1), Decimal("50.00"), Decimal("35.00")),)
        assert (done.used, done.payable) == (Decimal("55.00"), Decimal("44.00"))

    def test_a_month_pays_through_the_twelfth_month_after_it(self) -> None:
        one = lot(date(2025, 3, 1), "50.00")
        assert lapse([one], on=date(2026, 3, 31), refund_share=SHARE) == ((one,), ())
        held, ended = lapse([one], on=date(2026, 4, 1), refund_share=SHARE)
        assert held == ()
        assert ended == (Lapsed(date(2025, 3, 1), Decimal("50.00"), Decimal("10.00"), Decimal("40.00")),)

    def test_a_month_is_kept_as_long_as_it_is_told(self) -> None:
        one, used_up = lot(date(2026, 1, 1), "50.00"), lot(date(2026, 1, 1), "0.00", "50.00")
        opening = Lot(None, Decimal(10), Decimal(10))
        lots, share = [used_up, one, opening], {"refund_share": SHARE, "months_kept": 2}
        assert lapse(lots, on=date(2026, 3, 31), **share) == ((used_up, one, opening), ())
        held, ended = lapse(lots, on=date(2026, 4, 1), **share)
        assert held == (opening,)
        assert [e.refund for e in ended] == [Decimal("10.00")]

    def test_what_is_left_is_refunded_whole_when_it_is_less_than_the_share(self) -> None:
        _, ended = lapse([lot(date(2025, 3, 1), "7.77", "100.00")], on=date(2026, 5, 1), refund_share=SHARE)
        assert (ended[0].refund, ended[0].forfeited) == (Decimal("7.77"), Decimal("0.00"))

    def test_a_refund_lowers_what_is_to_be_paid(self) -> None:
        done = settle(
            opening=[lot(date(2025, 1, 1), "100.00")], months=(), limit=Decimal(80), gross=Decimal("120.00"),
            on=date(2026, 3, 1),
        )  # fmt: skip
        assert (done.opening, done.used, done.payable) == (Decimal("0.00"), Decimal(0), Decimal("100.00"))

    def test_a_settlement_tells_all_of_its_figures(self) -> None:
        march = export_month(
            month=date(2026, 3, 1), kwh=Decimal(100), price=Decimal("0.30"), factor=Decimal("1.23")
        )
        assert march == ExportMonth(
            date(2026, 3, 1),
            Decimal(100),
            Decimal("0.30"),
            Decimal("1.23"),
            Decimal("30.00"),
            Decimal("36.90"),
        )
        lapsed, held = lot(date(2025, 1, 1), "20.00", "50.00"), lot(date(2026, 1, 1), "15.00", "40.00")
        done = settle(
            opening=[lapsed, held],
            months=[march],
            limit=Decimal("25.00"),
            gross=Decimal("80.00"),
            on=date(2026, 4, 1),
            refund_share=Decimal("0.30"),
        )
        assert done == Settlement(
            opening=Decimal("15.00"),
            months=(march,),
            available=Decimal("51.90"),
            limit=Decimal("25.00"),
            used=Decimal("25.00"),
            left=Decimal("26.90"),
            payable=Decimal("40.00"),
            lots=(Lot(date(2026, 3, 1), Decimal("36.90"), Decimal("26.90")),),
            lapsed=(Lapsed(date(2025, 1, 1), Decimal("20.00"), Decimal("15.00"), Decimal("5.00")),),
        )

    def test_a_settlement_of_one_sum_leaves_a_lot_of_no_month(self) -> None:
        done = settle(
            opening=Decimal("50.00"), months=(), limit=Decimal(5), gross=Decimal(9), on=date(2030, 1, 1)
        )
        assert done.lots == (Lot(None, Decimal("50.00"), Decimal("45.00")),)

    def test_a_settlement_without_a_day_lapses_nothing(self) -> None:
        old = lot(date(2020, 1, 1), "20.00")
        done = settle(opening=[old], months=(), limit=Decimal(5), gross=Decimal(5))
        assert (done.lots, done.lapsed) == ((replace(old, left=Decimal("15.00")),), ())

    def test_a_settlement_keeps_months_as_long_as_it_is_told(self) -> None:
        one, day = lot(date(2026, 1, 1), "20.00"), date(2026, 4, 1)
        figures = {"opening": [one], "months": (), "limit": Decimal(0), "gross": Decimal(0), "on": day}
        assert settle(**figures).lots == (one,)
        assert [end.refund for end in settle(**figures, months_kept=2).lapsed] == [Decimal("4.00")]

    @pytest.mark.parametrize(
        ("lots", "limit", "amount"),
        [
            ([lot(date(2026, 1, 1), "-1.00")], "0", "-1.00"),
            ([lot(date(2026, 1, 1), "5.00"), lot(date(2026, 2, 1), "-2.00")], "0", "-2.00"),
            ([], "-3.00", "-3.00"),
        ],
    )
    def test_a_negative_amount_is_refused_by_name(self, lots: list[Lot], limit: str, amount: str) -> None:
        with pytest.raises(NegativeDepositError) as error:
            settle(opening=lots, months=(), limit=Decimal(limit), gross=Decimal(0))
        assert error.value.amount == Decimal(amount)

    @given(
        months=st.lists(st.tuples(st.integers(0, 400), PLN), min_size=1, max_size=30),
        share=st.decimals("0", "0.5", places=2),
    )
    def test_over_years_of_bills_value_is_used_refunded_forfeited_or_left(
        self, months: Sequence[tuple[int, Decimal]], share: Decimal
    ) -> None:
        lots: Sequence[Lot] = ()
        worth = used = refunded = forfeited = Decimal(0)
        for index, (kwh, limit) in enumerate(months):
            first = add_months(date(2024, 1, 1), index)
            new = export_month(
                month=first, kwh=Decimal(kwh), price=Decimal("0.28483"), factor=Decimal("1.23")
            )
            done = settle(opening=lots, months=[new], limit=limit, gross=limit, on=first, refund_share=share)
            worth += new.value
            used += done.used
            refunded += sum(one.refund for one in done.lapsed)
            forfeited += sum(one.forfeited for one in done.lapsed)
            lots = done.lots
            assert sum(one.left for one in lots) == done.left
            assert all(one.month is not None and add_months(one.month, 13) > first for one in lots)
        assert worth == used + refunded + forfeited + sum(one.left for one in lots)


def billed(charge: str, section: str, net: str, rate: str, vat: str | None = None) -> Line:
    told = QuantitySource("given", 31, 31)
    where = PriceSource("own", "1", "own", "1", "own")
    return Line(
        charge, charge, section, "", Period(date(2026, 3, 1), date(2026, 4, 1)), Decimal(1), "szt.",
        Decimal(net), Decimal(net), Decimal(rate), None if vat is None else Decimal(vat), charge, told, where,
    )  # fmt: skip


class TestThePayablePart:
    LINES = (
        billed("energy", "sale", "10.10", "0.23", "2.33"),
        billed("trade_fee", "sale", "10.10", "0.23", "2.33"),
        billed("energy_low", "sale", "10.10", "0.08", "0.81"),
        billed("network", "distribution", "50.00", "0.23", "11.50"),
    )

    @pytest.mark.parametrize(
        ("charges", "sections", "rounding", "gross"),
        [
            ({"energy"}, set(), VatRounding.LINE, "12.43"),
            ({"energy"}, set(), VatRounding.DOCUMENT, "12.42"),
            ({"energy", "trade_fee"}, set(), VatRounding.LINE, "24.86"),
            ({"energy", "trade_fee"}, set(), VatRounding.SECTION, "24.85"),
            (set(), {"sale"}, VatRounding.LINE, "35.77"),
            (set(), {"sale"}, VatRounding.DOCUMENT, "35.76"),
            ({"network"}, {"sale"}, VatRounding.DOCUMENT, "97.26"),
            ({"other"}, set(), VatRounding.DOCUMENT, "0.00"),
        ],
    )
    def test_is_the_gross_of_the_lines_named(
        self, charges: set[str], sections: set[str], rounding: VatRounding, gross: str
    ) -> None:
        found = payable_part(
            lines=self.LINES, charges=frozenset(charges), sections=frozenset(sections), rounding=rounding
        )
        assert found == Decimal(gross)

    @pytest.mark.parametrize("rounding", VatRounding)
    def test_is_never_below_nothing(self, rounding: VatRounding) -> None:
        lines = [
            billed("energy", "sale", "-10.10", "0.23", "-2.33" if rounding is VatRounding.LINE else None)
        ]
        found = payable_part(
            lines=lines, charges=frozenset({"energy"}), sections=frozenset(), rounding=rounding
        )
        assert found == 0

    def test_takes_a_line_without_vat_of_its_own_as_net(self) -> None:
        found = payable_part(
            lines=[billed("energy", "sale", "10.10", "0.23")],
            charges=frozenset({"energy"}),
            sections=frozenset(),
            rounding=VatRounding.LINE,
        )
        assert found == Decimal("10.10")


class TestExportByIntervals:
    def test_is_the_sum_of_all_intervals_rounded_once(self) -> None:
        one = export_month_by_intervals(
            month=date(2026, 6, 1), values_wh=[1500, 0, 2500], prices=[Decimal("310.50"), Decimal(999), Decimal(-80)],
            factor=Decimal("1.23"),
        )  # fmt: skip
        # 0.0015 MWh x 310.50 = 0.46575, x 1.23 = 0.5728…; 0.46575 over 4 kWh is 0.1164375.
        assert one == ExportMonth(
            month=date(2026, 6, 1),
            kwh=Decimal(4),
            price=Decimal("0.11644"),
            factor=Decimal("1.23"),
            amount=Decimal("0.46575"),
            value=Decimal("0.57"),
            by_intervals=True,
        )

    def test_of_nothing_is_worth_nothing_at_no_price(self) -> None:
        for values in ([], [0]):
            one = export_month_by_intervals(
                month=date(2026, 6, 1), values_wh=values, prices=[Decimal(5)] * len(values), factor=Decimal(1)
            )
            assert (one.kwh, one.price, one.amount, one.value) == (0, 0, 0, 0)
            assert {type(one.price), type(one.amount)} == {Decimal}

    def test_is_never_worth_less_than_nothing(self) -> None:
        one = export_month_by_intervals(
            month=date(2026, 6, 1), values_wh=[1000], prices=[Decimal(-80)], factor=Decimal(1), floor=False
        )
        assert (one.amount, one.value, one.price) == (0, 0, 0)

    def test_may_let_negative_prices_count(self) -> None:
        figures = {"month": date(2026, 6, 1), "values_wh": [10_000, 10_000], "factor": Decimal(1)}
        prices = [Decimal(500), Decimal(-100)]
        assert export_month_by_intervals(**figures, prices=prices).value == Decimal("5.00")  # type: ignore[arg-type]
        assert export_month_by_intervals(**figures, prices=prices, floor=False).value == Decimal("4.00")  # type: ignore[arg-type]

    def test_needs_a_price_for_every_interval(self) -> None:
        with pytest.raises(ValueError, match="zip"):
            export_month_by_intervals(
                month=date(2026, 6, 1), values_wh=[1, 2], prices=[Decimal(1)], factor=Decimal(1)
            )


class TestCredit:
    def test_the_oldest_credit_of_a_zone_goes_first(self) -> None:
        lots = [
            CreditLot(date(2026, 2, 1), "peak", Decimal(30)),
            CreditLot(date(2026, 1, 1), "peak", Decimal(20)),
        ]
        done = settle_credit(lots=lots, imported_kwh={"peak": 25}, dearest=["peak"], on=date(2026, 3, 1))
        assert done.covered.kwh == {"peak": 25}
        assert done.lots == (CreditLot(date(2026, 2, 1), "peak", Decimal(25)),)

    def test_serves_through_the_twelfth_month_after_its_own(self) -> None:
        old = CreditLot(date(2025, 3, 1), "peak", Decimal("30.5"))
        empty, new = replace(old, kwh=Decimal(0)), replace(old, month=date(2025, 4, 1))
        figures = {"lots": [empty, old, new], "imported_kwh": {"peak": 0}, "dearest": ["peak"]}
        assert settle_credit(**figures, on=date(2026, 3, 31)).lapsed == ()
        done = settle_credit(**figures, on=date(2026, 4, 1))
        assert (done.lots, done.lapsed) == ((new,), (old,))
        assert (done.covered.kwh, done.covered.left_kwh) == ({"peak": 0}, {"peak": Decimal("30.5")})

    def test_serves_as_long_as_it_is_told(self) -> None:
        one = CreditLot(date(2026, 1, 1), "peak", Decimal(30))
        figures = {"lots": [one], "imported_kwh": {"peak": 10}, "dearest": ["peak"], "months_kept": 2}
        assert settle_credit(**figures, on=date(2026, 3, 31)).covered.kwh == {"peak": 10}
        assert settle_credit(**figures, on=date(2026, 4, 1)).covered.kwh == {"peak": 0}

    def test_is_taken_in_each_zone_by_itself_the_oldest_first(self) -> None:
        lots = [
            CreditLot(date(2026, 2, 1), "peak", Decimal("10.5")),
            CreditLot(date(2026, 1, 1), "peak", Decimal(20)),
            CreditLot(date(2026, 1, 1), "offpeak", Decimal(5)),
            CreditLot(date(2026, 1, 1), "all", Decimal(3)),
        ]
        done = settle_credit(
            lots=lots,
            imported_kwh={"peak": 22, "offpeak": 2},
            dearest=["peak", "offpeak"],
            on=date(2026, 3, 1),
        )
        assert done.covered.kwh == {"peak": 22, "offpeak": 2}
        assert done.lots == (
            CreditLot(date(2026, 1, 1), "all", Decimal(3)),
            CreditLot(date(2026, 1, 1), "offpeak", Decimal(3)),
            CreditLot(date(2026, 2, 1), "peak", Decimal("8.5")),
        )

    @given(
        exported=st.lists(st.tuples(st.sampled_from(["peak", "offpeak"]), st.integers(0, 500)), max_size=30),
        imported=st.lists(st.integers(0, 300), min_size=30, max_size=30),
    )
    def test_over_years_credit_is_covered_lapsed_or_left(
        self, exported: Sequence[tuple[str, int]], imported: Sequence[int]
    ) -> None:
        lots: list[CreditLot] = []
        given_kwh = covered = lapsed = Decimal(0)
        for index, (zone, kwh) in enumerate(exported):
            first = add_months(date(2024, 1, 1), index)
            lots.append(CreditLot(first, zone, Decimal(kwh) * Decimal("0.8")))
            given_kwh += Decimal(kwh) * Decimal("0.8")
            used = {"peak": imported[index], "offpeak": imported[-index]}
            done = settle_credit(lots=lots, imported_kwh=used, dearest=["peak", "offpeak"], on=first)
            covered += sum(done.covered.kwh.values())
            lapsed += sum(one.kwh for one in done.lapsed)
            lots = list(done.lots)
        assert given_kwh == covered + lapsed + sum((one.kwh for one in lots), Decimal(0))
