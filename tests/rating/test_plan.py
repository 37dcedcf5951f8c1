"""Lines of a plan are cut where something of them changes, joined where nothing does, and named as told."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kwit.kernel.time import DateRange, Period
from kwit.rating.lines import PriceSource, RatingProblem
from kwit.rating.plan import Plan, make_plan
from kwit.rating.profile import RatingProfile, VatRounding
from kwit.rating.terms import Terms
from kwit.tariffs.price_list import (
    Adjustments,
    Basis,
    Charge,
    Confidence,
    Customers,
    DatedRate,
    PriceList,
    TariffGroup,
    TierSpan,
    ZoneCalendar,
)
from tests.rating.price_lists import charge, price, price_list

MARCH = Period(date(2026, 3, 1), date(2026, 4, 1))
CUT = date(2026, 3, 11)
BEFORE, AFTER = DateRange(date(2020, 1, 1), CUT), DateRange(CUT)
TERMS = Terms(DateRange(MARCH.start), "C21", False, ("own",), 3, 1, True, contracted_kw=Decimal(20))
ENERGY = charge("energy", price("0.50"))
ZONES = {"day": "dzienna", "night": "nocna"}


def plan(
    *versions: PriceList, terms: tuple[Terms, ...] = (TERMS,), period: Period = MARCH, **profile: Any
) -> Plan:
    lists: dict[str, list[PriceList]] = {}
    for version in versions:
        lists.setdefault(version.code, []).append(version)
    return make_plan(
        period=period,
        terms=terms,
        lists=lists,
        profile=RatingProfile("p", VatRounding.LINE, **profile),
    )


def days(found: Plan) -> list[int]:
    assert found.problems == ()
    return [line.period.days for line in found.lines]


def two_versions(**changed: Any) -> Plan:
    """Plan March by a list whose second version, from 11 March, has its charge changed."""
    charged = replace(ENERGY, multiplier=Decimal(1))
    old = price_list("own", charged, window=BEFORE)
    new = price_list("own", replace(charged, **changed), window=AFTER, version="2")
    return plan(old, new)


class TestALineIsCut:
    @pytest.mark.parametrize(
        "changed",
        [
            {"contracted_kw": Decimal(30)},
            {"capacity_share": Decimal("0.4")},
            {"tg_phi0": Decimal("0.2")},
            {"capacity_coefficient": Decimal("0.17")},
            {"lowered_power": True},
            {"prepaid": True},
            {"industrial": "letter_a"},
        ],
    )
    def test_where_what_is_measured_of_the_customer_changes(self, changed: dict[str, Any]) -> None:
        early = replace(TERMS, window=DateRange(MARCH.start, CUT))
        late = replace(TERMS, window=DateRange(CUT), **changed)
        assert days(plan(price_list("own", ENERGY), terms=(early, late))) == [10, 21]

    @pytest.mark.parametrize("changed", [{}, {"annual_kwh": 5000}, {"household": True}, {"special": True}])
    def test_and_not_where_anything_else_does(self, changed: dict[str, Any]) -> None:
        early = replace(TERMS, window=DateRange(MARCH.start, CUT))
        late = replace(TERMS, window=DateRange(CUT), **changed)
        found = plan(price_list("own", ENERGY), terms=(early, late))
        assert days(found) == [31]
        assert (found.lines[0].indexes, found.lines[0].terms) == ((0, 1), early)

    @pytest.mark.parametrize(
        "changed",
        [
            {"multiplier": Decimal(2)},
            {"tg_phi0": Decimal("0.2")},
            {"of": frozenset({"other"})},
            {"adjust": Adjustments(prepaid=Decimal("0.5"))},
            {"prices": (price("0.51"),)},
        ],
    )
    def test_where_a_new_version_of_the_list_changes_its_terms(self, changed: dict[str, Any]) -> None:
        assert days(two_versions(**changed)) == [10, 21]

    @pytest.mark.parametrize("changed", [{}, {"name": "Nowa nazwa"}, {"posting": "other"}])
    def test_and_not_where_it_changes_nothing_of_the_amount(self, changed: dict[str, Any]) -> None:
        found = two_versions(**changed)
        assert days(found) == [31]
        assert found.lines[0].name == "Energy"

    def test_and_not_within_one_version_whatever_the_seller_joins(self) -> None:
        other = charge("other", price("1.00", end=CUT), price("2.00", start=CUT))
        found = plan(price_list("own", ENERGY, other), merge_equal_prices=False)
        assert days(found) == [31, 10, 21]

    def test_where_its_vat_changes(self) -> None:
        rates = tuple(
            DatedRate(window, Decimal(rate), "1") for window, rate in ((BEFORE, "0.08"), (AFTER, "0.23"))
        )
        own = replace(price_list("own", ENERGY), rates={"vat_standard": rates})
        found = plan(own)
        assert days(found) == [10, 21]
        assert [line.vat_rate for line in found.lines] == [Decimal("0.08"), Decimal("0.23")]

    def test_where_it_does_not_exist_for_a_while(self) -> None:
        windows = (BEFORE, DateRange(CUT, date(2026, 3, 21)), DateRange(date(2026, 3, 21)))
        rest = charge("rest", price("1.00"))
        versions = [
            price_list("own", *((rest,) if index == 1 else (rest, ENERGY)), window=window)
            for index, window in enumerate(windows)
        ]
        found = plan(*versions)
        assert [(line.charge.code, line.period.days, line.indexes) for line in found.lines] == [
            ("rest", 31, (0, 1, 2)),
            ("energy", 10, (0,)),
            ("energy", 11, (2,)),
        ]

    def test_at_each_month_only_where_its_tiers_run_by_month(self) -> None:
        two_months = Period(MARCH.start, date(2026, 5, 1))
        (whole,) = plan(price_list("own", ENERGY), period=two_months).segments
        by_month = replace(ENERGY, tier_span=TierSpan.MONTH)
        segments = plan(price_list("own", by_month), period=two_months).segments
        assert (whole, [one.days for one in segments]) == (two_months, [31, 30])
        for other in (
            replace(by_month, families=frozenset("G")),
            replace(by_month, customers=Customers.HOUSEHOLD),
        ):
            assert len(plan(price_list("own", ENERGY, other), period=two_months).segments) == 1
        home = replace(TERMS, group="G11", household=True)
        theirs = price_list("own", replace(by_month, customers=Customers.HOUSEHOLD))
        assert len(plan(theirs, terms=(home,), period=two_months).segments) == 2
        later = price_list("own", by_month, window=DateRange(two_months.end), version="2")
        now = price_list("own", ENERGY, window=DateRange(date(2020, 1, 1), two_months.end))
        assert len(plan(now, later, period=two_months).segments) == 1


class TestALineIsNamed:
    def names(self, one: Charge, zones: dict[str, str], **profile: Any) -> list[str]:
        return [line.name for line in plan(price_list("own", one, zones=zones), **profile).lines]

    def test_with_its_zone_where_there_are_several(self) -> None:
        by_zone = charge("network", price("1"), basis=Basis.ENERGY_BY_ZONE)
        assert self.names(by_zone, ZONES) == ["Network dzienna", "Network nocna"]
        assert self.names(by_zone, {"all": "całodobowa"}) == ["Network"]

    def test_with_its_one_zone_only_when_it_is_the_energy(self) -> None:
        by_zone = charge("energy", price("1"), basis=Basis.ENERGY_BY_ZONE)
        assert self.names(by_zone, {"all": "całodobowa"}) == ["Energy całodobowa"]

    def test_without_a_zone_where_it_is_of_all(self) -> None:
        assert self.names(ENERGY, ZONES) == ["Energy"]
        assert self.names(ENERGY, ZONES, lines_by_zone=frozenset({"energy"})) == [
            "Energy dzienna",
            "Energy nocna",
        ]

    def test_by_the_labels_of_its_own_list_before_those_of_others(self) -> None:
        by_zone = charge("energy", price("1"), basis=Basis.ENERGY_BY_ZONE)
        other = charge("network", price("1"), basis=Basis.ENERGY_BY_ZONE)
        first = price_list("first", other, zones={"day": "D", "night": "N"})
        second = price_list("second", by_zone, zones={"day": "szczyt", "night": "noc"})
        found = plan(first, second, terms=(replace(TERMS, price_lists=("first", "second")),))
        assert [line.name for line in found.lines] == [
            "Network D",
            "Network N",
            "Energy szczyt",
            "Energy noc",
        ]
        assert (found.labels, found.zones) == ({"day": "D", "night": "N"}, frozenset({"day", "night"}))

    def test_by_the_list_that_has_a_calendar_of_the_group(self) -> None:
        other = charge("network", price("1"), basis=Basis.ENERGY_BY_ZONE)
        first = price_list("first", charge("fee", price("1"), basis=Basis.DAY), zones={"all": "A"})
        second = price_list("second", other, zones=ZONES)
        calendar = ZoneCalendar("c", ())
        groups = {"C21": TariffGroup("C21", household=False, zones=ZONES, calendar=calendar)}
        found = plan(
            first, replace(second, groups=groups), terms=(replace(TERMS, price_lists=("first", "second")),)
        )
        assert [line.zone for line in found.lines] == ["", "day", "night"]
        assert found.labels == ZONES


class TestAPlan:
    def test_of_a_line_keeps_where_its_price_stands(self) -> None:
        trusted = replace(price("0.50"), page="17", confidence=Confidence.SECONDARY)
        (line,) = plan(price_list("own", charge("energy", trusted))).lines
        assert line.source == PriceSource("own", "own-1".ljust(64, "0"), "own", "17", "secondary")
        (line,) = plan(price_list("own", ENERGY)).lines
        assert line.source.confidence == "own"

    def test_orders_lines_as_the_lists_of_the_contract_and_their_charges_do(self) -> None:
        first = price_list("first", charge("b", price("1")), charge("a", price("1")))
        second = price_list("second", charge("c", price("1")))
        found = plan(first, second, terms=(replace(TERMS, price_lists=("second", "first")),))
        assert [line.charge.code for line in found.lines] == ["c", "b", "a"]

    def test_without_a_charge_on_energy_asks_for_no_zone(self) -> None:
        found = plan(price_list("own", charge("fee", price("1"), basis=Basis.MONTH), zones=ZONES))
        assert (found.zones, found.by_zone, found.labels) == (None, frozenset(), ZONES)

    def test_tells_which_bases_have_lines_by_zone(self) -> None:
        one = charge("excise", price("1"), basis=Basis.ENERGY_UNBALANCED)
        own = price_list("own", one, ENERGY, zones=ZONES)
        assert plan(own).by_zone == frozenset()
        assert plan(own, lines_by_zone=frozenset({"excise"})).by_zone == {"energy_unbalanced"}

    def test_has_the_zones_that_all_its_segments_have(self) -> None:
        old = price_list("own", ENERGY, zones={"day": "D", "night": "N"}, window=BEFORE)
        new = price_list("own", ENERGY, zones={"day": "D", "peak": "P"}, window=AFTER, version="2")
        assert plan(old, new).zones == {"day"}

    def test_of_a_group_that_no_list_describes_has_neither_zones_nor_labels(self) -> None:
        fee = charge("fee", price("1"), basis=Basis.MONTH)
        found = plan(replace(price_list("own", fee), groups={}))
        assert (found.zones, found.labels, found.problems, len(found.lines)) == (None, {}, (), 1)
        missing = plan(
            replace(price_list("own", ENERGY), groups={}),
            replace(price_list("other"), groups={}),
            terms=(replace(TERMS, price_lists=("own", "other")),),
        )
        assert [(one.code, one.detail) for one in missing.problems] == [
            ("group_unknown", "C21 in own, other")
        ]

    def test_of_days_without_terms_has_its_segments_and_nothing_else(self) -> None:
        found = plan(price_list("own", ENERGY), terms=(replace(TERMS, window=AFTER),))
        segments = (Period(MARCH.start, CUT), Period(CUT, MARCH.end))
        missing = RatingProblem("terms_missing", "2026-03-01/2026-03-11")
        assert found == Plan(segments, (), problems=(missing,))

    def test_leaves_out_charges_that_concern_others(self) -> None:
        households = replace(charge("a", price("1")), customers=Customers.HOUSEHOLD)
        firms = replace(charge("b", price("1")), customers=Customers.OTHERS)
        special = replace(charge("c", price("1")), special=True)
        own = price_list("own", households, firms, special)
        assert [line.charge.code for line in plan(own).lines] == ["b"]
        found = plan(own, terms=(replace(TERMS, household=True, special=True),))
        assert [line.charge.code for line in found.lines] == ["a", "c"]

    @pytest.mark.parametrize(
        ("unit", "wanted", "shift", "shown"),
        [
            ("kWh", None, 0, "0.50"),
            ("kWh", "MWh", -3, "5E+2"),
            ("MWh", None, -3, "0.50"),
            ("MWh", "kWh", 0, "0.00050"),
            ("MW", None, -3, "0.50"),
            ("Mvarh", None, -3, "0.50"),
            ("kvarh", None, 0, "0.50"),
        ],
    )
    def test_moves_the_price_and_the_quantity_with_the_unit(
        self, unit: str, wanted: str | None, shift: int, shown: str
    ) -> None:
        units = {} if wanted is None else {"energy": wanted}
        (line,) = plan(price_list("own", replace(ENERGY, unit=unit)), units=units).lines
        assert (line.unit, line.shift, line.price) == (wanted or unit, shift, Decimal(shown))
