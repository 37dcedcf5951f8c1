"""The shipped price lists are sound, cited, and say what the tariff texts say."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from kwit.tariffs.check import check_price_list, check_versions
from kwit.tariffs.holidays import HOLIDAYS_FILE
from kwit.tariffs.packaged import shipped_price_lists
from kwit.tariffs.price_list import Basis, Charge, Confidence, Kind, Price, PriceList

GUIDE = Path(__file__).parents[2] / "docs" / "price-lists.md"
QUOTES = Path(__file__).parents[2] / "events" / "quotes"
NAMES = list(shipped_price_lists())
SELLERS = [f"{code}-2026" for code in ("pge-obrot", "tauron-sprzedaz", "energa-obrot", "enea", "eon-polska")]
CHARGE_CODES = {
    "energy",
    "trade_fee",
    "network_variable",
    "network_fixed",
    "subscription",
    "quality",
    "oze",
    "cogeneration",
    "capacity",
    "capacity_energy",
    "transition",
    "power_excess",
    "reactive_inductive",
    "reactive_capacitive",
}
EVENT_CODES = re.compile(r"(service|rebate|connection|illegal)_[a-z_]+")


def shipped(name: str) -> PriceList:
    price_list = check_price_list(content=shipped_price_lists()[f"{name}.yaml"], source=name).price_list
    assert price_list is not None
    return price_list


def charge_of(price_list: PriceList, code: str, group: str, *, household: bool) -> Charge:
    found = [
        charge
        for charge in price_list.charges
        if charge.code == code and charge.concerns(group=group, household=household)
    ]
    assert len(found) == 1, f"{code} for {group}: {len(found)} charges"
    return found[0]


def price_of(
    name: str, code: str, group: str, day: str, *, household: bool = False, **terms: object
) -> Price:
    charge = charge_of(shipped(name), code, group, household=household)
    found = [
        price
        for price in charge.prices
        if date.fromisoformat(day) in price.window
        and (not price.groups or group in price.groups)
        and all(getattr(price, term) == value for term, value in terms.items())
    ]
    assert len(found) == 1, found
    return found[0]


class TestEveryShippedList:
    def test_is_found_among_the_packaged_data(self) -> None:
        assert {"levies-pl.yaml", "pge-dystrybucja-2026.yaml", "energa-operator-2026.yaml"} <= set(NAMES)
        assert HOLIDAYS_FILE not in NAMES

    @pytest.mark.parametrize("name", NAMES)
    def test_passes_the_check_without_even_a_warning(self, name: str) -> None:
        result = check_price_list(content=shipped_price_lists()[name], source=name)
        assert result.findings == ()
        assert result.price_list is not None

    @pytest.mark.parametrize("name", NAMES)
    def test_names_charges_and_postings_alike(self, name: str) -> None:
        for charge in shipped(name.removesuffix(".yaml")).charges:
            assert charge.code in CHARGE_CODES or EVENT_CODES.fullmatch(charge.code)
            assert (charge.basis is Basis.EVENT) == (charge.code not in CHARGE_CODES)
            assert charge.posting == f"{charge.section.value}.{charge.code}"

    @pytest.mark.parametrize("name", NAMES)
    def test_names_zones_alike_so_that_seller_distributor_and_meter_meet(self, name: str) -> None:
        zones = {
            "G11": {"all"},
            "C11": {"all"},
            "G12": {"day", "night"},
            "G12as": {"day", "night"},
            "G12n": {"day", "night"},
            "G12r": {"day", "night"},
            "C12b": {"day", "night"},
            "C22b": {"day", "night"},
            "G12w": {"peak", "offpeak"},
            "C12w": {"peak", "offpeak"},
            "C12a": {"peak", "offpeak"},
            "G13": {"am_peak", "pm_peak", "rest"},
        }
        for code, group in shipped(name.removesuffix(".yaml")).groups.items():
            if code in zones:
                assert set(group.zones) == zones[code], code

    @pytest.mark.parametrize("name", [n for n in NAMES if "dystrybucja" in n or "operator" in n])
    def test_of_a_distributor_gives_each_group_its_three_charges_once_and_no_quality(self, name: str) -> None:
        price_list = shipped(name.removesuffix(".yaml"))
        assert price_list.kind is Kind.DISTRIBUTOR
        for code, group in price_list.groups.items():
            charge_of(price_list, "network_variable", code, household=group.household)
            charge_of(price_list, "network_fixed", code, household=group.household)
            if code != "R":
                charge_of(price_list, "subscription", code, household=group.household)
        assert not any(charge.code == "quality" for charge in price_list.charges)

    def test_fits_beside_the_other_versions_of_its_code(self) -> None:
        lists = [shipped(name.removesuffix(".yaml")) for name in NAMES]
        for price_list in lists:
            others = [other for other in lists if other is not price_list]
            assert check_versions(new=price_list, existing=others) == ()


class TestTheGuide:
    def test_shows_a_list_that_passes_the_check(self) -> None:
        blocks = re.findall(r"```yaml\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
        (example,) = (block for block in blocks if block.startswith("format:"))
        result = check_price_list(content=example.encode(), source="the guide")
        assert result.findings == ()
        assert result.price_list is not None

    def test_names_every_charge_code(self) -> None:
        text = GUIDE.read_text(encoding="utf-8")
        assert {code for code in CHARGE_CODES if f"`{code}`" not in text} == set()


class TestPricesOfTheTexts:
    @pytest.mark.parametrize(
        ("name", "code", "group", "terms", "amount", "page"),
        [
            ("pge-dystrybucja-2026", "network_variable", "G11", {}, "0.3469", "59"),
            ("pge-dystrybucja-2026", "network_variable", "G12n", {"zone": "night"}, "0.0347", "59"),
            ("pge-dystrybucja-2026", "network_variable", "G12e", {"zone": "peak"}, "0.3851", "59"),
            ("pge-dystrybucja-2026", "network_fixed", "G12w", {"phases": 3}, "14.98", "59"),
            ("pge-dystrybucja-2026", "network_fixed", "C12n", {}, "7.43", "54"),
            ("pge-dystrybucja-2026", "network_fixed", "B23", {}, "20390.00", "52"),
            ("pge-dystrybucja-2026", "network_variable", "B24", {"zone": "pm_peak"}, "160.78", "52"),
            ("pge-dystrybucja-2026", "network_variable", "C24", {"zone": "valley"}, "0.0488", "53"),
            ("pge-dystrybucja-2026", "subscription", "G12", {"cycle_months": 6}, "0.75", "59"),
            ("pge-dystrybucja-2026", "network_variable", "R", {}, "0.3884", "57"),
            ("energa-operator-2026", "network_variable", "G12r", {"zone": "night"}, "0.0882", "41"),
            ("energa-operator-2026", "network_fixed", "G11f", {"phases": 1}, "39.49", "41"),
            (
                "energa-operator-2026",
                "subscription",
                "G11",
                {"cycle_months": 2, "remote": True},
                "0.70",
                "39",
            ),
            (
                "energa-operator-2026",
                "subscription",
                "C12a",
                {"cycle_months": 1, "remote": False},
                "5.92",
                "39",
            ),
            ("energa-operator-2026", "network_variable", "C12w", {"zone": "peak"}, "0.6097", "41"),
            ("energa-operator-2026", "network_fixed", "B21", {}, "23.80", "41"),
            ("pge-dystrybucja-2026", "network_variable", "G12as", {"volume": "above"}, "0.0489", "59, 27"),
            ("pge-dystrybucja-2026", "network_variable", "G12as", {"volume": "base"}, "0.3469", "59, 27"),
            ("pge-dystrybucja-2026", "network_fixed", "G12as", {"phases": 3}, "19.96", "59"),
            ("pge-dystrybucja-2026", "network_variable", "C21em", {"degree": "high"}, "0.3246", "56"),
            ("pge-dystrybucja-2026", "network_fixed", "B21em", {"degree": "low"}, "4607.50", "56"),
            ("energa-operator-2026", "network_variable", "B11em", {"degree": "low"}, "310.22", "41"),
            ("energa-operator-2026", "network_fixed", "C11em", {"degree": "high"}, "8.08", "41"),
            ("energa-operator-2026", "network_variable", "G12as", {"volume": "above"}, "0.0337", "41, 10"),
            ("energa-operator-2026", "network_fixed", "G12as", {"phases": 1}, "15.66", "41"),
            ("tauron-dystrybucja-2026", "network_variable", "G12as", {"volume": "above"}, "0.0246", "3"),
            ("tauron-dystrybucja-2026", "network_fixed", "G12as", {"phases": 3}, "21.72", "3"),
            ("tauron-dystrybucja-2026", "network_variable", "G13", {"zone": "pm_peak"}, "0.3898", "3"),
            ("tauron-dystrybucja-2026", "network_fixed", "G13s", {"phases": 3}, "10.86", "3"),
            ("tauron-dystrybucja-2026", "subscription", "G12w", {"cycle_months": 12}, "0.38", "4"),
        ],
    )
    def test_are_the_printed_ones(
        self, name: str, code: str, group: str, terms: dict[str, object], amount: str, page: str
    ) -> None:
        household = group.startswith("G")
        price = price_of(name, code, group, "2026-03-15", household=household, **terms)
        assert (str(price.amount), price.page) == (amount, page)

    @pytest.mark.parametrize(
        ("day", "zone", "amount"),
        [
            ("2026-03-31", "pm_peak", "105.66"),
            ("2026-04-01", "pm_peak", "105.57"),
            ("2026-09-30", "rest", "31.84"),
            ("2026-10-01", "rest", "38.01"),
        ],
    )
    def test_of_seasons_change_with_april_and_october(self, day: str, zone: str, amount: str) -> None:
        assert (
            str(price_of("energa-operator-2026", "network_variable", "B23", day, zone=zone).amount) == amount
        )

    @pytest.mark.parametrize(
        ("day", "zone", "amount"),
        [
            ("2026-07-01", "peak_free", "0.1176"),
            ("2026-01-02", "offpeak", "0.1999"),
            ("2026-01-02", "night", "0.1094"),
        ],
    )
    def test_of_g13s_differ_by_season_and_kind_of_day(self, day: str, zone: str, amount: str) -> None:
        found = price_of(
            "tauron-dystrybucja-2026", "network_variable", "G13s", day, household=True, zone=zone
        )
        assert str(found.amount) == amount


class TestEventsOfTheTexts:
    @pytest.mark.parametrize(
        ("code", "terms", "pge", "energa"),
        [
            ("service_reconnection", {"voltage": "low"}, ("119.33", "46"), ("119.33", "35")),
            ("service_reconnection", {"voltage": "high"}, ("223.73", "46"), ("223.73", "35")),
            ("service_meter_check", {"variant": "indirect"}, ("253.52", "46"), ("253.52", "35")),
            ("service_laboratory_check", {}, ("169.99", "46"), ("169.99", "35")),
            ("service_meter_move", {}, ("149.15", "46"), ("149.15", "35")),
            ("service_work_place", {"voltage": "medium"}, ("477.20", "46"), ("477.20", "35")),
            ("service_quality_recorder", {}, ("160.88", "47"), ("160.88", "35")),
            ("service_same_trip", {}, ("32.92", "47"), ("32.92", "36")),
            ("rebate_outage", {"voltage": "low"}, ("10", "39"), ("10", "30")),
            ("rebate_outage", {"voltage": "medium"}, ("5", "39"), ("5", "30")),
            ("rebate_voltage_hours", {}, ("15.00", "38"), ("15.00", "29")),
            ("rebate_planned_outage_high", {}, ("0.1", "39"), ("0.1", "30")),
            ("rebate_late_answer", {}, ("0.004", "40"), ("0.004", "31")),
            ("connection_power", {"variant": "overhead"}, ("15.84", "43"), ("41.64", "32")),
            ("connection_power", {"variant": "cable"}, ("92.02", "43"), ("59.36", "32")),
            ("connection_power", {"variant": "existing"}, ("10.30", "43"), ("10.31", "32")),
            ("connection_power_charging", {"variant": "cable"}, ("23.01", "43"), ("14.84", "33")),
            ("connection_length", {"variant": "cable"}, ("43.73", "43"), ("43.73", "33")),
            ("connection_length_charging", {"variant": "overhead"}, ("8.08", "43"), ("8.08", "33")),
            ("connection_outlays", {"variant": "charging"}, ("0.0625", "42"), ("0.0625", "32")),
            ("connection_outlays", {"variant": "small_source"}, ("0.5000", "42"), ("0.5000", "32")),
            ("illegal_seals", {"variant": "semi_indirect"}, ("218.34", "50"), ("218.34", "38")),
            ("illegal_power_seal", {}, ("1.5", "50"), ("1.5", "38")),
        ],
    )
    def test_have_the_printed_prices_and_pages(
        self, code: str, terms: dict[str, str], pge: tuple[str, str], energa: tuple[str, str]
    ) -> None:
        for name, wanted in (("pge-dystrybucja-2026", pge), ("energa-operator-2026", energa)):
            found = price_of(name, code, "C11", "2026-03-01", **terms)
            assert (str(found.amount), found.page) == wanted

    def test_of_a_fifteenth_of_the_average_wage_are_exact_to_the_grosz(self) -> None:
        for name in ("pge-dystrybucja-2026", "energa-operator-2026"):
            fifteenths = [c for c in shipped(name).charges if c.multiplier == Decimal(1) / 15]
            assert len(fifteenths) == 5
            assert all(c.event is not None and c.event.rate == "average_wage" for c in fifteenths)


class TestTheLevies:
    @pytest.mark.parametrize(
        ("day", "group", "amount"),
        [
            ("2025-12-31", "G11", "0.0321"),
            ("2026-01-31", "G11", "0.0331"),
            ("2026-02-01", "C12a", "0.0332"),
            ("2026-01-31", "B23", "33.06"),
            ("2026-02-01", "A23", "33.16"),
        ],
    )
    def test_change_the_quality_rate_with_the_transmission_tariff(
        self, day: str, group: str, amount: str
    ) -> None:
        assert str(price_of("levies-pl", "quality", group, day, household=group == "G11").amount) == amount

    @pytest.mark.parametrize(
        ("day", "amount"),
        [
            ("2024-06-30", "14.90"),
            ("2024-07-01", "0.00"),
            ("2025-06-30", "0.00"),
            ("2025-07-01", "16.01"),
            ("2026-01-01", "24.05"),
        ],
    )
    def test_suspend_the_household_capacity_charge_for_a_year(self, day: str, amount: str) -> None:
        price = price_of("levies-pl", "capacity", "G11", day, household=True, bracket="over_2800")
        assert str(price.amount) == amount

    def test_take_capacity_from_households_by_the_month_and_from_others_by_selected_hours(self) -> None:
        levies = shipped("levies-pl")
        concerned = {
            household: {c.code for c in levies.charges if c.concerns(group="C11", household=household)}
            for household in (True, False)
        }
        assert concerned[True] - concerned[False] == {"capacity"}
        assert concerned[False] - concerned[True] == {"capacity_energy"}
        others = charge_of(levies, "capacity_energy", "C11", household=False)
        assert others.basis is Basis.CAPACITY_HOURS_ENERGY
        assert str(others.prices[-1].amount) == "0.2194"

    def test_end_the_transition_fee_with_2025(self) -> None:
        charge = charge_of(shipped("levies-pl"), "transition", "G11", household=True)
        assert charge.is_in_force(date(2025, 12, 31))
        assert not charge.is_in_force(date(2026, 1, 1))

    @pytest.mark.parametrize(
        ("kwh", "code"),
        [
            (0, "under_500"),
            (499, "under_500"),
            (500, "from_500_to_1200"),
            (1200, "from_500_to_1200"),
            (1201, "over_1200_to_2800"),
            (2800, "over_1200_to_2800"),
            (2801, "over_2800"),
            (99_999, "over_2800"),
        ],
    )
    def test_put_every_yearly_use_into_one_bracket(self, kwh: int, code: str) -> None:
        assert [bracket.code for bracket in shipped("levies-pl").brackets if bracket.holds(kwh)] == [code]

    @pytest.mark.parametrize(
        ("day", "vat", "excise"),
        [("2021-12-31", "0.23", "5.00"), ("2022-06-01", "0.05", "0.00"), ("2023-01-01", "0.23", "5.00")],
    )
    def test_know_the_taxes_of_2022(self, day: str, vat: str, excise: str) -> None:
        levies = shipped("levies-pl")
        when = date.fromisoformat(day)
        rates = [levies.rate_on(name, when) for name in ("vat_standard", "excise_household")]
        assert [str(rate.rate) for rate in rates if rate is not None] == [vat, excise]

    def test_say_of_each_older_price_that_it_is_not_from_an_official_text(self) -> None:
        levies = shipped("levies-pl")
        assert levies.confidence is Confidence.OFFICIAL
        for charge in levies.charges:
            for price in charge.prices:
                if price.window.start < date(2026, 1, 1):
                    assert price.confidence in {Confidence.SECONDARY, Confidence.UNCONFIRMED}, (
                        charge.code,
                        price,
                    )


class TestTheMonthlyPriceOfProsumers:
    def test_is_what_a_published_deposit_was_settled_with(self) -> None:
        scenario = yaml.safe_load((QUOTES / "pge-g11-netbilling-deposit.yaml").read_text(encoding="utf-8"))
        months = {one["month"]: Decimal(one["price"]) for one in scenario["prosumer"]["months"]}
        rates = {
            month: shipped("rcem-pl").rate_on("rcem", date.fromisoformat(f"{month}-15")) for month in months
        }
        assert len(months) == 8
        assert {month: one and one.rate.scaleb(-3) for month, one in rates.items()} == months

    @pytest.mark.parametrize("day", ["2024-03-01", "2025-02-28", "2026-06-30"])
    def test_is_not_told_for_months_without_a_source(self, day: str) -> None:
        assert shipped("rcem-pl").rate_on("rcem", date.fromisoformat(day)) is None


class TestTheHouseholdCaps:
    @pytest.mark.parametrize(
        ("day", "limits"),
        [("2023-06-01", ["2000", "2600", "3000"]), ("2024-06-30", ["1500", "1800", "2000"])],
    )
    def test_have_the_limits_of_each_kind_of_household(self, day: str, limits: list[str]) -> None:
        caps = shipped("household-caps-pl")
        names = ("standard", "disability", "large_family_or_farmer")
        rates = [caps.rate_on(f"limit_kwh_{name}", date.fromisoformat(day)) for name in names]
        assert [str(one.rate) for one in rates if one is not None] == limits

    def test_have_a_price_up_to_the_limit_and_one_above(self) -> None:
        prices = {
            volume: price_of(
                "household-caps-pl", "energy", "G11", "2023-06-01", household=True, volume=volume
            )
            for volume in ("base", "above")
        }
        assert {volume: str(one.amount) for volume, one in prices.items()} == {
            "base": "412.00",
            "above": "693.00",
        }


class TestSellersPrices:
    @pytest.mark.parametrize("name", SELLERS)
    def test_times_vat_give_the_gross_prices_they_cite(self, name: str) -> None:
        for charge in shipped(name).charges:
            cited: dict[str, list[str]] = {}
            computed: dict[str, list[str]] = {}
            for price in charge.prices:
                gross = (price.amount * Decimal("1.23")).quantize(Decimal("0.0001"))
                computed.setdefault(price.page, []).append(str(gross))
                cited[price.page] = price.page.split("brutto ")[1].split(" / ")
            assert computed == cited
