"""Three published bills come out to the grosz: TAURON G12w, Energa G11 over two months, the ministry's sample."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kwit.kernel.time import DateRange, Period
from kwit.rating.lines import Rated
from kwit.rating.profile import RatingProfile, VatRounding
from kwit.rating.rate import rate
from kwit.rating.terms import Months, Terms
from tests.rating.cases import lists_named, register, usage

ZONED = frozenset({"quality", "oze", "cogeneration"})
PER_LINE = RatingProfile("per-line", VatRounding.LINE, ZONED, {"oze": "kWh", "cogeneration": "kWh"})
ON_TOTAL = RatingProfile("on-total", VatRounding.DOCUMENT)


def terms(
    period: Period,
    lists: Sequence[str],
    group: str,
    *,
    phases: int,
    cycle: int,
    annual: int,
    remote: bool = False,
) -> Terms:
    return Terms(
        window=DateRange(period.start, period.end),
        group=group,
        household=True,
        price_lists=tuple(lists),
        phases=phases,
        cycle_months=cycle,
        remote_reading=remote,
        annual_kwh=annual,
    )


def january_inputs() -> dict[str, Any]:
    """Return what the TAURON bill is rated from, but for the price lists."""
    period = Period(date(2026, 1, 1), date(2026, 2, 1))
    lists = ("jasna-oferta-prosument", "tauron-dystrybucja", "levies-pl")
    used = usage(
        period,
        {
            register("peak"): 178_000,
            register("offpeak"): 997_000,
            register("all", quantity="import_unbalanced"): 1_240_000,
            register("all", quantity="export"): 8_000,
        },
    )
    held = terms(period, lists, "G12w", phases=3, cycle=1, annual=9000)
    return {"period": period, "terms": [held], "months": Months(1), "usage": used, "profile": PER_LINE}


def tauron_january() -> Rated:
    inputs = january_inputs()
    return rate(**inputs, lists=lists_named(*inputs["terms"][0].price_lists))


def energa_two_months() -> Rated:
    period = Period(date(2026, 2, 4), date(2026, 4, 6))
    lists = ("jasna-oferta-dom", "energa-operator", "levies-pl")
    return rate(
        period=period,
        terms=[terms(period, lists, "G11", phases=3, cycle=2, annual=7312, remote=True)],
        months=Months(2),
        usage=usage(period, {register(): 2_158_637}, at=8_927_584),
        lists=lists_named(*lists),
        profile=ON_TOTAL,
    )


def ministry_sample() -> Rated:
    period = Period(date(2026, 1, 1), date(2026, 3, 1))
    return rate(
        period=period,
        terms=[terms(period, ("mf-przyklad",), "G11", phases=1, cycle=2, annual=120)],
        months=Months(2),
        usage=usage(period, {register(): 20_000}),
        lists=lists_named("mf-przyklad"),
        profile=ON_TOTAL,
    )


def amounts(rated: Rated, charge: str) -> list[Decimal]:
    return [line.net for line in rated.lines if line.charge == charge]


class TestTauronG12wJanuary2026:
    def test_totals_and_sections_are_those_printed(self) -> None:
        rated = tauron_january()
        assert rated.problems == ()
        assert (rated.net, rated.vat, rated.gross) == (
            Decimal("810.33"),
            Decimal("186.37"),
            Decimal("996.70"),
        )
        sections = {section.section: (section.net, section.gross) for section in rated.sections}
        assert sections == {
            "sale": (Decimal("610.12"), Decimal("750.45")),
            "distribution": (Decimal("200.21"), Decimal("246.25")),
        }

    @pytest.mark.parametrize(
        ("charge", "nets"),
        [
            ("energy", ["143.24", "441.27"]),
            ("trade_fee", ["25.61"]),
            ("network_fixed", ["10.86"]),
            ("network_variable", ["58.70", "51.05"]),
            ("quality", ["5.89", "33.00"]),
            ("oze", ["1.30", "7.28"]),
            ("cogeneration", ["0.53", "2.99"]),
            ("subscription", ["4.56"]),
            ("capacity", ["24.05"]),
        ],
    )
    def test_lines_are_those_rebuilt_from_printed_prices(self, charge: str, nets: list[str]) -> None:
        assert amounts(tauron_january(), charge) == [Decimal(net) for net in nets]

    def test_excise_is_told_of_the_import_before_balancing(self) -> None:
        excise = tauron_january().excise
        assert excise is not None
        assert (excise.kwh, excise.amount) == (1240, Decimal("6.20"))

    def test_prices_keep_the_digits_that_this_seller_prints(self) -> None:
        prices = {str(line.price) for line in tauron_january().lines if line.charge == "oze"}
        assert prices == {"0.00730"}


class TestEnergaG11TwoMonths:
    def test_totals_and_sections_are_those_printed(self) -> None:
        rated = energa_two_months()
        assert rated.problems == ()
        assert (rated.net, rated.vat, rated.gross) == (
            Decimal("2271.74"),
            Decimal("522.50"),
            Decimal("2794.24"),
        )
        assert [section.net for section in rated.sections] == [Decimal("1352.37"), Decimal("919.37")]

    @pytest.mark.parametrize(
        ("charge", "quantity", "price", "net"),
        [
            ("energy", "2159", "0.6114", "1320.01"),
            ("trade_fee", "2", "16.18", "32.36"),
            ("subscription", "2", "0.70", "1.40"),
            ("network_fixed", "2", "11.77", "23.54"),
            ("network_variable", "2159", "0.3485", "752.41"),
            ("quality", "2159", "0.0332", "71.68"),
            ("oze", "2.159", "7.30", "15.76"),
            ("cogeneration", "2.159", "3.00", "6.48"),
            ("capacity", "2", "24.05", "48.10"),
        ],
    )
    def test_lines_are_those_printed(self, charge: str, quantity: str, price: str, net: str) -> None:
        lines = [line for line in energa_two_months().lines if line.charge == charge]
        assert [(str(line.quantity), str(line.price), str(line.net)) for line in lines] == [
            (quantity, price, net)
        ]

    def test_excise_rounds_half_up(self) -> None:
        excise = energa_two_months().excise
        assert excise is not None
        assert excise.amount == Decimal("10.80")


class TestMinistrySample:
    def test_totals_and_sections_are_those_printed(self) -> None:
        rated = ministry_sample()
        assert rated.problems == ()
        assert (rated.net, rated.vat, rated.gross) == (Decimal("43.60"), Decimal("10.03"), Decimal("53.63"))
        assert [section.net for section in rated.sections] == [Decimal("18.00"), Decimal("25.60")]

    def test_vat_on_lines_would_not_be_the_printed_one(self) -> None:
        rated = ministry_sample()
        by_line = sum((line.net * line.vat_rate).quantize(Decimal("0.01")) for line in rated.lines)
        assert by_line != rated.vat
