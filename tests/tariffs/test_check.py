"""check_price_list finds every kind of error, all of them at once, each with its place."""

import dataclasses
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwit.kernel.identifiers import content_hash
from kwit.kernel.time import DateRange
from kwit.tariffs.check import CheckedPriceList, check_price_list, check_versions
from kwit.tariffs.findings import Code, Finding, Severity
from kwit.tariffs.price_list import Basis, Confidence, Kind, PartialPeriod, PriceList
from kwit.tariffs.written import DAY_KINDS
from kwit.tariffs.yaml_file import DEEPEST, LARGEST_FILE, MOST_NODES

GOOD = """\
format: kwit/price-list/1
code: example-grid
kind: distributor
issuer: Example Grid
title: Tariff 2026
valid: {from: 2026-01-01, until: 2027-01-01}
source: {document: Tariff 2026, confidence: official}
calendars:
  twin:
    - {months: 4-9, days: all, hours: {day: "6-15 17-22", night: "15-17 22-6"}}
    - {months: 10-3, days: all, hours: {day: "6-13 15-22", night: "13-15 22-6"}}
seasons:
  summer: {months: 4-9}
  winter: {months: 10-3}
groups:
  G11: {household: true, zones: {all: całodobowa}}
  G12: {household: true, zones: {day: dzienna, night: nocna}, calendar: twin}
brackets:
  - {code: small, label: do 500, at_least: 0, up_to: 500}
  - {code: large, label: ponad 500, at_least: 501}
rates:
  vat_standard:
    - {until: 2026-07-01, rate: "0.23", page: 1}
    - {from: 2026-07-01, rate: "0.08", page: 1}
charges:
  - code: network_variable
    name: Składnik zmienny
    section: distribution
    basis: energy_by_zone
    unit: kWh
    digits: 4
    posting: distribution.network_variable
    prices:
      - {group: G11, until: 2026-03-01, price: "0.3469", page: 59}
      - {group: G11, from: 2026-03-01, price: "0.3569", page: 59}
      - {group: G12, by_zone: {day: "0.4014", night: "0.0765"}, page: 59}
  - code: network_fixed
    name: Składnik stały
    section: distribution
    basis: month
    unit: month
    digits: 2
    posting: distribution.network_fixed
    prices:
      - {group: [G11, G12], by_phases: {1: "5.50", 3: "9.98"}, page: 59}
  - code: seasonal
    name: Opłata sezonowa
    section: other
    basis: energy
    unit: kWh
    digits: 2
    posting: other.seasonal
    partial_period: full
    in_force: {until: 2026-12-01}
    unknown:
      - {from: 2026-01-01, until: 2026-02-01, why: not published}
    prices:
      - {group: G12, season: winter, from: 2026-02-01, price: "0.10", page: 60}
      - {group: G12, season: summer, price: "0.20", page: 60}
  - code: levy
    name: Opłata
    section: other
    basis: month
    unit: month
    digits: 2
    posting: other.levy
    prices:
      - {by_bracket: {small: "1.00", large: "2.00"}, page: 61}
"""


def check(text: str) -> CheckedPriceList:
    return check_price_list(content=text.encode(), source="example.yaml")


def changed(old: str, new: str) -> str:
    assert GOOD.count(old) == 1, f"{old!r} stands {GOOD.count(old)} times in the example"
    return GOOD.replace(old, new)


def codes(result: CheckedPriceList) -> set[Code]:
    return {found.code for found in result.findings}


def only(result: CheckedPriceList, code: Code) -> Finding:
    found = [finding for finding in result.findings if finding.code is code]
    assert len(found) == 1, result.findings
    return found[0]


def good() -> PriceList:
    price_list = check(GOOD).price_list
    assert price_list is not None
    return price_list


VALID = "valid: {from: 2026-01-01, until: 2027-01-01}"
G12 = "  G12: {household: true, zones: {day: dzienna, night: nocna}, calendar: twin}"
G12_PRICE = '      - {group: G12, by_zone: {day: "0.4014", night: "0.0765"}, page: 59}\n'
SUMMER_HOURS = 'hours: {day: "6-15 17-22", night: "15-17 22-6"}'
G11_LATER = '{group: G11, from: 2026-03-01, price: "0.3569", page: 59}'
LEVY_UNIT = "unit: month\n    digits: 2\n    posting: other.levy"
LEVY_PRICE = '\n      - {by_bracket: {small: "1.00", large: "2.00"}, page: 61}'
IDLE_GROUP = "\n  G13: {household: true, zones: {all: doba}}"
SECOND_RATE = '{from: 2026-07-01, rate: "0.08", page: 1}'

G12_NIGHT = 'night: "0.0765"}'
G12_TIERS = 'night: {base: "0.4014", above: "0.0765"}}'

BAD_FILES: list[tuple[Code, str, str]] = [
    (
        Code.MISSING_FIELD,
        "charges[0].prices[2].by_zone.night.above",
        changed(G12_NIGHT, 'night: {base: "0.4014"}}'),
    ),
    (
        Code.WRONG_DIGITS,
        "charges[0].prices[2].by_zone.night.above",
        changed(G12_NIGHT, 'night: {base: "0.4014", above: "0.07"}}'),
    ),
    (
        Code.NOT_A_DECIMAL,
        "charges[0].prices[2].by_zone.night.base",
        changed(G12_NIGHT, 'night: {base: "x", above: "0.0765"}}'),
    ),
    (
        Code.WRONG_VALUE,
        "charges[3].prices[0].by_volume",
        changed(LEVY_PRICE, '\n      - {by_volume: {base: "1.00", above: "2.00"}, page: 61}'),
    ),
    (Code.ONE_AMOUNT, "rates.vat_standard[1]", changed(SECOND_RATE, "{from: 2026-07-01, page: 1}")),
    (
        Code.ONE_AMOUNT,
        "rates.vat_standard[1]",
        changed(SECOND_RATE, SECOND_RATE.replace("page: 1", "unknown: nobody said")),
    ),
    (
        Code.MIXED_SELECTORS,
        "charges[0].prices",
        changed(
            G12_PRICE,
            G12_PRICE.replace(", page", ", until: 2026-03-01, page")
            + G12_PRICE.replace(G12_NIGHT, G12_TIERS).replace(", page", ", from: 2026-03-01, page"),
        ),
    ),
    (Code.BAD_YAML, "", changed("groups:\n", "groups: [\n")),
    (Code.ALIAS, "", changed("zones: {all: całodobowa}", "zones: &z {all: całodobowa}")),
    (Code.EXPLICIT_TAG, "", changed("title: Tariff 2026", "title: !!str Tariff 2026")),
    (Code.TOO_DEEP, "", GOOD + "note: " + "[" * (DEEPEST + 1) + "]" * (DEEPEST + 1)),
    (Code.TOO_MANY_NODES, "", GOOD + "note: [" + "1," * MOST_NODES + "]"),
    (Code.TOO_LARGE, "", GOOD + "#" * LARGEST_FILE),
    (Code.MORE_DOCUMENTS, "", GOOD + "---\nformat: x\n"),
    (Code.DUPLICATE_KEY, "groups.G11", changed(G12, G12 + "\n  G11: {household: true, zones: {all: doba}}")),
    (Code.NOT_A_MAPPING, "", "- 1\n- 2\n"),
    (Code.NOT_A_MAPPING, "charges[4]", GOOD + "  - 7\n"),
    (Code.NOT_A_LIST, "charges[3].prices", changed('- {by_bracket: {small: "1.00", large: "2.00"}', "{x: 1")),
    (Code.UNKNOWN_FIELD, "colour", GOOD + "colour: red\n"),
    (
        Code.UNKNOWN_FIELD,
        "charges[0].prices[1].colour",
        changed(G11_LATER, G11_LATER[:-1] + ", colour: red}"),
    ),
    (Code.MISSING_FIELD, "issuer", changed("issuer: Example Grid\n", "")),
    (Code.MISSING_FIELD, "charges[3].unit", changed(LEVY_UNIT, LEVY_UNIT.replace("unit: month\n    ", ""))),
    (Code.MISSING_FIELD, "charges", GOOD[: GOOD.index("charges:")]),
    (Code.MISSING_FIELD, "charges[3].prices", changed(LEVY_PRICE, "")),
    (Code.WRONG_VALUE, "kind", changed("kind: distributor", "kind: bakery")),
    (Code.WRONG_VALUE, "omitted.G99", GOOD + "omitted: {G99: 7}\n"),
    (
        Code.WRONG_VALUE,
        "charges[1].prices[0].by_phases.2",
        changed('by_phases: {1: "5.50", 3: "9.98"}', 'by_phases: {2: "5.50"}'),
    ),
    (Code.UNQUOTED_NUMBER, "charges[0].prices[1].price", changed('price: "0.3569"', "price: 0.3569")),
    (Code.UNQUOTED_NUMBER, "charges[3].prices[0].by_bracket.small", changed('small: "1.00"', "small: 1")),
    (Code.NOT_A_DECIMAL, "charges[0].prices[1].price", changed('price: "0.3569"', 'price: "0,3569"')),
    (Code.NOT_A_DECIMAL, "rates.vat_standard[1].rate", changed('"0.08"', '"NaN"')),
    (Code.NOT_A_DATE, "valid.from", changed(VALID, "valid: {from: 2026-02-30, until: 2027-01-01}")),
    (Code.EMPTY_WINDOW, "valid", changed(VALID, "valid: {from: 2026-01-01, until: 2026-01-01}")),
    (Code.BAD_MONTHS, "calendars.twin[0].months", changed("months: 4-9, days", "months: 4-13, days")),
    (
        Code.BAD_DAYS,
        "calendars.twin[0].days",
        changed("{months: 4-9, days: all", "{months: 4-9, days: monday"),
    ),
    (Code.BAD_HOURS, "calendars.twin[0].hours.day", changed('day: "6-15 17-22"', 'day: "6-15 17"')),
    (Code.HOUR_UNCOVERED, "calendars.twin[0].hours", changed('day: "6-15 17-22"', 'day: "6-15 18-22"')),
    (Code.HOUR_TWICE, "calendars.twin[0].hours", changed('day: "6-15 17-22"', 'day: "6-16 17-22"')),
    (Code.DAY_UNCOVERED, "calendars.twin", changed("{months: 4-9, days: all", "{months: 4-8, days: all")),
    (Code.DAY_TWICE, "calendars.twin", changed("{months: 4-9, days: all", "{months: 3-9, days: all")),
    (Code.CALENDAR_ZONES, "groups.G12.zones", changed("night: nocna", "off: nocna")),
    (Code.UNKNOWN_CALENDAR, "groups.G12.calendar", changed("calendar: twin", "calendar: triplet")),
    (Code.CALENDAR_MISSING, "groups.G12", changed(", calendar: twin", "")),
    (Code.UNUSED_CALENDAR, "calendars.twin", changed(", calendar: twin", "")),
    (Code.NO_ZONES, "groups.G11.zones", changed("zones: {all: całodobowa}", "zones: {}")),
    (Code.BRACKETS_DO_NOT_TILE, "brackets[1]", changed("at_least: 501", "at_least: 502")),
    (Code.BRACKETS_DO_NOT_TILE, "brackets", changed("at_least: 501", "at_least: 501, up_to: 900")),
    (
        Code.TIERS_DO_NOT_TILE,
        "charges[0].prices[2].by_zone.night",
        changed('night: "0.0765"', 'night: [{up_to: 90, price: "0.0765"}, {up_to: 90, price: "0.0865"}]'),
    ),
    (Code.SEASONS_DO_NOT_TILE, "seasons", changed("summer: {months: 4-9}", "summer: {months: 4-10}")),
    (Code.OPEN_SEASONS, "valid", changed(VALID, "valid: {from: 2026-01-01}")),
    (Code.UNKNOWN_GROUP, "charges[0].prices[1].group", changed(G11_LATER, G11_LATER.replace("G11", "G77"))),
    (Code.UNKNOWN_ZONE, "charges[0].prices[2].by_zone.dusk", changed('night: "0.0765"', 'dusk: "0.0765"')),
    (Code.UNKNOWN_BRACKET, "charges[3].prices[0].by_bracket.huge", changed('large: "2.00"', 'huge: "2.00"')),
    (Code.UNKNOWN_SEASON, "charges[2].prices[1].season", changed("season: summer", "season: spring")),
    (Code.UNKNOWN_UNIT, "charges[0].unit", changed("unit: kWh\n    digits: 4", "unit: kW\n    digits: 4")),
    (Code.CHARGE_TWICE, "charges[3].code", changed("code: levy", "code: network_fixed")),
    (Code.CHARGE_WITHOUT_PRICE, "charges[3].prices", changed(LEVY_PRICE, " []")),
    (
        Code.GROUP_WITHOUT_PRICE,
        "groups.G13",
        changed(G12, G12 + IDLE_GROUP).replace("{by_bracket", "{group: G11, by_bracket"),
    ),
    (Code.ONE_AMOUNT, "charges[0].prices[1]", changed('price: "0.3569", page: 59', "page: 59")),
    (Code.ONE_AMOUNT, "charges[3].prices[0]", changed("{by_bracket:", '{price: "1.00", by_bracket:')),
    (
        Code.ZONE_ON_WRONG_BASIS,
        "charges[0].prices[2].by_zone",
        changed("basis: energy_by_zone", "basis: energy"),
    ),
    (Code.MIXED_SELECTORS, "charges[0].prices", changed(G11_LATER, G11_LATER[:-1] + ", remote: true}")),
    (Code.MIXED_SELECTORS, "charges[0].prices", changed(G11_LATER, G11_LATER.replace("group: G11, ", ""))),
    (
        Code.NOT_IN_VALIDITY,
        "charges[0].prices[1].from",
        changed(G11_LATER, G11_LATER.replace("2026-03-01", "2027-03-01")),
    ),
    (
        Code.NOT_IN_VALIDITY,
        "charges[2].in_force.until",
        changed("{until: 2026-12-01}", "{until: 2027-12-01}"),
    ),
    (
        Code.NOT_IN_VALIDITY,
        "rates.vat_standard[0].until",
        changed("{until: 2026-07-01,", "{until: 2028-07-01,"),
    ),
    (Code.PRICE_GAP, "charges[0].prices", changed(G11_LATER, G11_LATER.replace("03-01", "03-02"))),
    (Code.PRICE_OVERLAP, "charges[0].prices", changed(G11_LATER, G11_LATER.replace("03-01", "02-28"))),
    (Code.MISSING_PRICE, "charges[0].prices[2].by_zone", changed(', night: "0.0765"', "")),
    (Code.MISSING_PRICE, "charges[3].prices[0].by_bracket", changed(', large: "2.00"', "")),
    (Code.PRICE_IN_GAP, "charges[2].prices", changed("season: winter, from: 2026-02-01,", "season: winter,")),
    (Code.NO_CITATION, "charges[0].prices[1]", changed('price: "0.3569", page: 59', 'price: "0.3569"')),
    (Code.NO_CITATION, "rates.vat_standard[1]", changed('rate: "0.08", page: 1', 'rate: "0.08"')),
    (Code.WRONG_DIGITS, "charges[0].prices[1].price", changed('"0.3569"', '"0.357"')),
    (Code.NEGATIVE_PRICE, "charges[0].prices[1].price", changed('"0.3569"', '"-0.3569"')),
    (Code.RATE_GAP, "rates.vat_standard", changed(SECOND_RATE, SECOND_RATE.replace("07-01", "07-02"))),
    (Code.RATE_OVERLAP, "rates.vat_standard", changed(SECOND_RATE, SECOND_RATE.replace("07-01", "06-30"))),
    (Code.RATE_OUT_OF_RANGE, "rates.vat_standard[1].rate", changed('"0.08"', '"8.00"')),
    (
        Code.VAT_WITHOUT_RATE,
        "charges[3].vat",
        changed("kind: distributor", "kind: levies").replace("other.levy", "other.levy\n    vat: reduced"),
    ),
]
WARNINGS = {Code.UNUSED_CALENDAR, Code.GROUP_WITHOUT_PRICE, Code.NEGATIVE_PRICE}
ELSEWHERE = {Code.NOT_UTF8, Code.VERSION_OVERLAP, Code.VERSION_GAP, Code.VERSION_KIND}


class TestAGoodFile:
    def test_has_no_findings_and_becomes_a_price_list_named_by_its_hash(self) -> None:
        result = check(GOOD)
        assert result.findings == ()
        assert result.price_list is not None
        assert result.price_list.content_hash == content_hash(GOOD.encode())
        assert result.source == "example.yaml"

    def test_keeps_the_digits_of_a_price_and_its_page(self) -> None:
        price = good().charges[0].prices[0]
        assert (str(price.amount), price.page, price.groups) == ("0.3469", "59", frozenset({"G11"}))

    def test_fills_windows_from_the_validity_of_the_list(self) -> None:
        first, second, *_ = good().charges[0].prices
        assert first.window == DateRange(date(2026, 1, 1), date(2026, 3, 1))
        assert second.window == DateRange(date(2026, 3, 1), date(2027, 1, 1))

    def test_spreads_a_season_into_windows_inside_the_life_of_the_charge(self) -> None:
        charge = good().charges[2]
        windows = {(price.window.start, price.window.end): str(price.amount) for price in charge.prices}
        assert windows == {
            (date(2026, 2, 1), date(2026, 4, 1)): "0.10",
            (date(2026, 10, 1), date(2026, 12, 1)): "0.10",
            (date(2026, 4, 1), date(2026, 10, 1)): "0.20",
        }
        assert charge.in_force == DateRange(date(2026, 1, 1), date(2026, 12, 1))
        assert charge.is_in_force(date(2026, 11, 30))
        assert not charge.is_in_force(date(2026, 12, 1))

    def test_spreads_zones_phases_and_brackets(self) -> None:
        variable, fixed, _, levy = good().charges
        assert {(p.zone, str(p.amount)) for p in variable.prices[2:]} == {
            ("day", "0.4014"),
            ("night", "0.0765"),
        }
        assert {(p.phases, str(p.amount)) for p in fixed.prices} == {(1, "5.50"), (3, "9.98")}
        assert {(p.bracket, str(p.amount)) for p in levy.prices} == {("small", "1.00"), ("large", "2.00")}

    def test_keeps_what_the_head_and_the_charges_say(self) -> None:
        price_list = good()
        assert (price_list.kind, price_list.confidence) == (Kind.DISTRIBUTOR, Confidence.OFFICIAL)
        assert price_list.charges[2].partial_period is PartialPeriod.FULL
        assert price_list.charges[1].basis is Basis.MONTH
        assert price_list.groups["G12"].calendar == price_list.calendars["twin"]
        assert [price_list.brackets[i].holds(500) for i in (0, 1)] == [True, False]
        assert [price_list.brackets[i].holds(501) for i in (0, 1)] == [False, True]

    def test_finds_the_rate_of_a_day(self) -> None:
        rate = good().rate_on("vat_standard", date(2026, 7, 1))
        assert rate is not None
        assert rate.rate == Decimal("0.08")

    def test_may_say_why_no_page_can_be_named(self) -> None:
        uncited = GOOD.replace(", page: 59", "").replace(
            "confidence: official", "confidence: own, uncited: ours"
        )
        price_list = check(uncited).price_list
        assert price_list is not None
        assert price_list.charges[0].prices[0].page == ""
        assert "ours" in price_list.note

    def test_may_declare_that_no_price_of_a_charge_is_known_and_then_it_is_owed_all_the_same(self) -> None:
        unknown = "\n    unknown: [{from: 2026-01-01, until: 2027-01-01, why: not published}]"
        text = changed(LEVY_PRICE, " []" + unknown)
        price_list = check(text).price_list
        assert price_list is not None
        assert price_list.charges[3].concerns(group="G11", household=True)

    def test_may_share_a_charge_code_between_groups_that_do_not_meet(self) -> None:
        text = changed("code: levy", "code: network_fixed").replace("{by_bracket", "{group: G12, by_bracket")
        text = text.replace("group: [G11, G12], by_phases", "group: G11, by_phases")
        assert check(text).findings == ()


class TestABadFile:
    @pytest.mark.parametrize(("code", "path", "text"), BAD_FILES, ids=[f"{c}-{p}" for c, p, _ in BAD_FILES])
    def test_is_told_what_is_wrong_and_where(self, code: Code, path: str, text: str) -> None:
        result = check(text)
        found = [finding for finding in result.findings if finding.code is code and finding.path == path]
        assert found, result.findings
        wanted = Severity.WARNING if code in WARNINGS else Severity.ERROR
        assert found[0].severity is wanted
        assert found[0].english
        assert found[0].polish
        assert found[0].english != found[0].polish

    def test_of_every_code_is_in_the_table_above(self) -> None:
        assert {code for code, _, _ in BAD_FILES} | ELSEWHERE == set(Code)

    @pytest.mark.parametrize("text", [text for code, _, text in BAD_FILES if code not in WARNINGS])
    def test_gives_no_price_list(self, text: str) -> None:
        result = check(text)
        assert result.price_list is None
        assert result.errors

    def test_with_a_warning_alone_still_gives_a_price_list(self) -> None:
        result = check(changed('"0.3569"', '"-0.3569"'))
        assert codes(result) == {Code.NEGATIVE_PRICE}
        assert result.errors == ()
        assert result.price_list is not None

    def test_shows_errors_of_every_part_at_once_with_their_lines(self) -> None:
        text = (
            GOOD.replace('day: "6-15 17-22"', 'day: "6-15 18-22"')
            .replace("calendar: twin", "calendar: triplet")
            .replace('"0.3569"', "0.3569")
            .replace('"0.08"', '"8"')
            .replace("issuer: Example Grid\n", "issuer: 7\n")
            .replace('large: "2.00"', 'huge: "2.00"')
        )
        result = check(text)
        lines = text.splitlines()
        by_code = {found.code: lines[(found.line or 0) - 1] for found in result.findings}
        assert set(by_code) >= {
            Code.HOUR_UNCOVERED,
            Code.UNKNOWN_CALENDAR,
            Code.UNQUOTED_NUMBER,
            Code.WRONG_VALUE,
            Code.UNKNOWN_BRACKET,
        }
        assert "0.3569" in by_code[Code.UNQUOTED_NUMBER]
        assert "triplet" in by_code[Code.UNKNOWN_CALENDAR]

    def test_does_not_hide_one_bad_price_behind_a_gap_it_leaves(self) -> None:
        assert codes(check(changed('price: "0.3569"', "price: 0.3569"))) == {Code.UNQUOTED_NUMBER}

    def test_that_is_empty_is_no_mapping(self) -> None:
        assert only(check(""), Code.NOT_A_MAPPING).path == ""

    def test_that_is_not_utf8_is_refused(self) -> None:
        result = check_price_list(content=b"title: \xff", source="x")
        assert codes(result) == {Code.NOT_UTF8}

    def test_names_the_hour_the_days_and_the_group(self) -> None:
        assert (
            only(check(changed('day: "6-15 17-22"', 'day: "6-15 18-22"')), Code.HOUR_UNCOVERED).value
            == "17-18"
        )
        gap = only(check(changed(G11_LATER, G11_LATER.replace("03-01", "03-02"))), Code.PRICE_GAP)
        assert gap.value == "2026-03-01..2026-03-02"
        assert "network_variable G11" in gap.english
        assert "network_variable G11" in gap.polish

    def test_long_values_are_cut(self) -> None:
        found = only(check(changed('"0.3569"', '"' + "x" * 500 + '"')), Code.NOT_A_DECIMAL)
        assert len(found.value) == 120

    @given(st.binary(max_size=300))
    def test_of_any_bytes_is_answered_with_findings_not_an_exception(self, content: bytes) -> None:
        assert check_price_list(content=content, source="x").findings

    @given(st.text(alphabet="abc:-[]{}&*!\"'# \n0.9~|>?,%@", max_size=80), st.integers(0, len(GOOD)))
    def test_of_a_good_one_with_rubbish_in_it_never_raises(self, rubbish: str, at: int) -> None:
        result = check(GOOD[:at] + rubbish + GOOD[at:])
        assert result.price_list is not None or result.errors


class TestMutationsOfAGoodFile:
    @given(st.sampled_from(["day", "night"]), st.integers(0, 23), st.sampled_from(["summer", "winter"]))
    def test_an_hour_dropped_or_doubled_is_always_found(self, zone: str, hour: int, season: str) -> None:
        day = {*range(6, 15), *range(17, 22)} if season == "summer" else {*range(6, 13), *range(15, 22)}
        hours = day if zone == "day" else set(range(24)) - day
        mutated = hours ^ {hour}
        written = " ".join(f"{h}-{(h + 1) % 24}" for h in sorted(mutated))
        old = {
            "summer": {"day": '"6-15 17-22"', "night": '"15-17 22-6"'},
            "winter": {"day": '"6-13 15-22"', "night": '"13-15 22-6"'},
        }[season][zone]
        wanted = Code.HOUR_UNCOVERED if hour in hours else Code.HOUR_TWICE
        found = only(check(changed(old, f'"{written}"')), wanted)
        assert found.value == f"{hour}-{hour + 1}"

    @given(st.integers(-58, 305).filter(bool))
    def test_a_shifted_start_of_a_price_is_always_a_gap_or_an_overlap(self, days: int) -> None:
        start = date.fromordinal(date(2026, 3, 1).toordinal() + days)
        text = changed(G11_LATER, G11_LATER.replace("2026-03-01", start.isoformat()))
        wanted = Code.PRICE_GAP if days > 0 else Code.PRICE_OVERLAP
        assert codes(check(text)) == {wanted}

    @given(st.sampled_from(DAY_KINDS))
    def test_a_kind_of_day_left_out_is_always_found(self, kind: str) -> None:
        rest = ", ".join(other for other in DAY_KINDS if other != kind)
        result = check(changed("{months: 4-9, days: all", f"{{months: 4-9, days: [{rest}]"))
        missing = {found.value for found in result.findings if found.code is Code.DAY_UNCOVERED}
        assert missing == {f"{month}/{kind}" for month in range(4, 10)}


def version(first: str, until: str | None) -> PriceList:
    end = None if until is None else date.fromisoformat(until)
    return dataclasses.replace(good(), window=DateRange(date.fromisoformat(first), end))


class TestAPriceWithALimit:
    def test_becomes_one_price_up_to_it_and_one_above(self) -> None:
        result = check(changed(G12_NIGHT, G12_TIERS))
        assert result.findings == ()
        assert result.price_list is not None
        prices = [one for one in result.price_list.charges[0].prices if "G12" in one.groups]
        assert [(one.zone, one.volume, str(one.amount)) for one in prices] == [
            ("day", None, "0.4014"),
            ("night", "base", "0.4014"),
            ("night", "above", "0.0765"),
        ]


class TestCheckVersions:
    def test_exactly_the_same_days_replace_a_version(self) -> None:
        assert check_versions(new=version("2026-01-01", "2027-01-01"), existing=[good()]) == ()

    def test_adjoining_versions_are_fine(self) -> None:
        others = [version("2025-01-01", "2026-01-01"), version("2027-01-01", None)]
        assert check_versions(new=good(), existing=others) == ()

    @pytest.mark.parametrize(("first", "until"), [("2026-02-01", "2027-01-01"), ("2025-01-01", None)])
    def test_any_other_overlap_is_an_error(self, first: str, until: str | None) -> None:
        (found,) = check_versions(new=good(), existing=[version(first, until)])
        assert (found.code, found.severity) == (Code.VERSION_OVERLAP, Severity.ERROR)

    def test_days_that_no_version_covers_are_a_warning(self) -> None:
        others = [version("2025-01-01", "2025-12-01"), version("2027-02-01", None)]
        found = check_versions(new=good(), existing=others)
        assert [(f.code, f.value, f.severity) for f in found] == [
            (Code.VERSION_GAP, "2025-12-01..2026-01-01", Severity.WARNING),
            (Code.VERSION_GAP, "2027-01-01..2027-02-01", Severity.WARNING),
        ]

    def test_a_code_does_not_change_its_kind(self) -> None:
        seller = dataclasses.replace(good(), kind=Kind.SELLER)
        (found,) = check_versions(new=good(), existing=[seller])
        assert found.code is Code.VERSION_KIND

    def test_versions_of_other_codes_do_not_matter(self) -> None:
        other = dataclasses.replace(version("2026-02-01", None), code="other")
        assert check_versions(new=good(), existing=[other]) == ()
