"""Each rule on a state finds what it is for, and nothing beside it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from kwit.intake.findings import ImportStatus, Severity
from kwit.metering.ports import PlacedMeter, PlacedRegister
from kwit.metering.validation.rules import PointTerms, RuleCode
from tests.metering.validation.office import KNOWN, ONE, Checker, Terms, rules_of

# A year of 300 kWh a month: 10 kWh a day.
YEAR = [
    (f"{2025 + (month > 12)}-{(month - 1) % 12 + 1:02}-01 00:00", str(1000 + 300 * index))
    for index, month in enumerate(range(1, 15))
]
LAST = 1000 + 300 * 13


class TermsFrom(Terms):
    """The terms of a point with a contract from a day on."""

    def __init__(self, starts: date) -> None:
        super().__init__()
        self.starts = starts

    def terms(self, ppe: str, *, on: date) -> PointTerms:
        return PointTerms(active=on >= self.starts)


def checker(**changes: object) -> Checker:
    office = Checker(**changes)  # type: ignore[arg-type]
    assert rules_of(office.states(*YEAR)) == []
    return office


def march(state: str, **more: str) -> tuple[str, ...]:
    return ("2026-03-01 00:00", state, "1.8.0", "L1", more.get("unit", ""), more.get("kind", ""))


class TestHistory:
    def test_usual_use_is_no_finding(self) -> None:
        assert rules_of(checker().states(march(str(LAST + 290)))) == []

    def test_use_three_times_over_the_same_season_holds_the_reading(self) -> None:
        office = checker()
        result = office.states(march(str(LAST + 901)))
        assert rules_of(result) == [("use_above_history", "hold")]
        assert office.held() == {date(2026, 3, 1): ("use_above_history",)}
        assert (result.status, result.accepted, result.held, result.warned) == (
            ImportStatus.ACCEPTED,
            1,
            1,
            0,
        )
        assert "wstrzymano 1" in result.summary

    def test_use_at_three_times_goes(self) -> None:
        # February 2025 had 28 days and 300 kWh.
        assert rules_of(checker().states(march(str(LAST + 900)))) == []

    def test_the_same_season_counts_before_the_rest_of_the_year(self) -> None:
        office = Checker()
        office.states(
            ("2025-02-01 00:00", "0"), ("2025-03-01 00:00", "1400"), ("2025-11-01 00:00", "1500"),
            ("2026-02-01 00:00", "1600"),
        )  # fmt: skip
        assert rules_of(office.states(march("3000"))) == []

    def test_small_use_may_jump(self) -> None:
        office = Checker()
        office.states(("2026-01-01 00:00", "100"), ("2026-02-01 00:00", "110"))
        assert rules_of(office.states(march("300"))) == []

    def test_much_less_than_before_is_a_remark(self) -> None:
        office = checker()
        assert rules_of(office.states(march(str(LAST + 50)))) == [("use_below_history", "warn")]
        assert office.held() == {}

    def test_energy_of_the_sun_is_compared_with_the_same_season_only(self) -> None:
        export = (PlacedRegister("2.8.0", "all", "export"),)
        meter = (PlacedMeter("L1", date(2024, 1, 1), None, export),)
        winter = [("2025-12-01 00:00", "0", "2.8.0"), ("2026-03-01 00:00", "90", "2.8.0")]
        spring = ("2026-04-01 00:00", "600", "2.8.0")
        office = Checker(meter)
        office.states(*winter)
        assert rules_of(office.states(spring)) == []
        known = Checker(meter)
        known.states(("2025-03-01 00:00", "0", "2.8.0"), ("2025-04-01 00:00", "90", "2.8.0"))
        assert rules_of(known.states(("2026-03-01 00:00", "500", "2.8.0"), spring)) == []
        later = known.states(("2026-04-01 00:00", "900", "2.8.0"), at=KNOWN + timedelta(days=1))
        assert rules_of(later) == [("use_above_history", "hold")]

    def test_without_history_nothing_is_said(self) -> None:
        office = Checker()
        assert rules_of(office.states(("2026-01-01 00:00", "0"), ("2026-02-01 00:00", "90000"))) == []

    def test_the_history_of_the_meter_before_counts(self) -> None:
        change = date(2026, 2, 1)
        meters = (
            PlacedMeter("L1", date(2024, 1, 1), change, ONE),
            PlacedMeter("L2", change, None, ONE),
        )
        office = Checker(meters)
        office.states(*YEAR)
        office.states(("2026-02-01 00:00", "0", "1.8.0", "L2"))
        result = office.states(("2026-03-01 00:00", "1000", "1.8.0", "L2"))
        assert rules_of(result) == [("use_above_history", "hold")]

    def test_a_held_reading_sets_no_bounds_and_is_no_history(self) -> None:
        office = checker()
        office.states(march("90000"))
        result = office.states(("2026-03-31 24:00", str(LAST + 600)))
        assert (rules_of(result), result.rejected) == ([], 0)


class TestZeroUse:
    def test_is_said_after_sixty_days(self) -> None:
        office = Checker()
        office.states(("2026-01-01 00:00", "100"))
        assert rules_of(office.states(("2026-02-28 24:00", "100"))) == []
        other = Checker()
        other.states(("2026-01-01 00:00", "100"))
        assert rules_of(other.states(("2026-03-02 00:00", "100"))) == [("zero_use", "warn")]

    def test_follows_the_settings(self) -> None:
        office = Checker()
        office.terms.change(RuleCode.ZERO_USE, Severity.REJECT, days="20")
        office.states(("2026-01-01 00:00", "100"))
        result = office.states(("2026-02-01 00:00", "100"))
        assert (rules_of(result), result.rejected, len(office.stored())) == ([("zero_use", "reject")], 1, 1)

    def test_may_be_off(self) -> None:
        office = Checker()
        office.terms.change(RuleCode.ZERO_USE, None)
        office.states(("2025-01-01 00:00", "100"))
        assert rules_of(office.states(("2026-02-01 00:00", "100"))) == []


class TestContract:
    def test_more_than_contracted_power_gives_is_held(self) -> None:
        office = Checker()
        office.terms.same = PointTerms(contracted_kw=Decimal(2))
        office.states(("2026-03-01 00:00", "0"))
        # March has 743 hours: 2 kW x 743 h x 1.2 = 1783.2 kWh.
        assert rules_of(office.states(("2026-04-01 00:00", "1783.2"))) == []
        other = Checker()
        other.terms.same = PointTerms(contracted_kw=Decimal(2))
        other.states(("2026-03-01 00:00", "0"))
        assert rules_of(other.states(("2026-04-01 00:00", "1783.201"))) == [("over_contracted_power", "hold")]

    def test_the_first_state_of_a_contract_is_not_outside_of_it(self) -> None:
        office = Checker()
        office.terms = TermsFrom(date(2026, 3, 1))
        assert rules_of(office.states(("2026-03-01 00:00", "0"))) == []
        assert rules_of(office.states(("2026-02-28 00:00", "0"))) == [("point_inactive", "warn")]

    def test_a_point_without_a_contract_is_a_remark(self) -> None:
        office = Checker()
        office.terms.same = PointTerms(active=False)
        assert rules_of(office.states(("2026-03-01 00:00", "0"))) == [("point_inactive", "warn")]


class TestScale:
    def test_a_state_in_watt_hours_written_as_kwh_is_held(self) -> None:
        wide = (PlacedRegister("1.8.0", "all", "import", 9),)
        office = checker(meters=(PlacedMeter("L1", date(2024, 1, 1), None, wide),))
        result = office.states(march(str((LAST + 300) * 1000)))
        assert rules_of(result) == [("use_above_history", "hold"), ("wrong_scale", "hold")]
        assert "podzielony przez 1000" in result.findings[1].sentence_pl

    def test_a_state_in_mwh_written_as_kwh_is_refused_with_a_hint(self) -> None:
        result = checker().states(march("5.2"))
        assert [one.code for one in result.findings] == ["reading_before_last", "wrong_scale"]
        assert "pomnożony przez 1000" in result.findings[1].sentence_pl

    def test_a_state_with_the_multiplier_in_it_is_held(self) -> None:
        office = Checker((PlacedMeter("L1", date(2024, 1, 1), None, ONE, multiplier=40),))
        office.states(*YEAR)
        result = office.states(march(str((LAST + 300) * 40)))
        assert ("wrong_scale", "hold") in rules_of(result)
        assert "podzielony przez mnożną" in next(
            one.sentence_pl for one in result.findings if one.code == "wrong_scale"
        )


class TestEstimates:
    def test_the_third_in_a_row_is_held(self) -> None:
        office = Checker()
        days = ("2026-01-01", "2026-02-01", "2026-03-01", "2026-04-01")
        rows = [
            (f"{day} 00:00", str(100 * n), "1.8.0", "L1", "", "szacowany" if n else "")
            for n, day in enumerate(days)
        ]
        assert rules_of(office.states(*rows)) == [("prolonged_estimation", "hold")]
        assert office.held() == {date(2026, 4, 1): ("prolonged_estimation",)}

    def test_a_reading_between_begins_anew(self) -> None:
        office = Checker()
        days = ("2026-01-01", "2026-02-01", "2026-03-01", "2026-04-01")
        kinds = ("szacowany", "szacowany", "", "szacowany")
        rows = [
            (f"{day} 00:00", str(100 * n), "1.8.0", "L1", "", kind)
            for n, (day, kind) in enumerate(zip(days, kinds, strict=True))
        ]
        assert rules_of(office.states(*rows)) == []


class TestSources:
    def test_two_kinds_of_source_that_differ_hold_the_later(self) -> None:
        office = Checker()
        office.states(march("5000", kind="zdalny"))
        result = office.states(march("5040"), at=KNOWN + timedelta(days=7), name="inkasent.csv")
        assert rules_of(result) == [("sources_differ", "hold")]

    def test_after_days_it_is_a_correction(self) -> None:
        office = Checker()
        office.states(march("5000", kind="zdalny"))
        result = office.states(march("5040"), at=KNOWN + timedelta(days=8))
        assert rules_of(result) == []

    def test_one_kind_that_sends_again_corrects_itself(self) -> None:
        office = Checker()
        office.states(march("5000", kind="zdalny"))
        assert rules_of(office.states(march("5040", kind="zdalny"), at=KNOWN + timedelta(hours=1))) == []

    def test_what_a_customer_declares_is_held_against_the_meter(self) -> None:
        office = Checker()
        office.states(march("5000", kind="zdalny"))
        result = office.states(march("5020.001", kind="klienta"), at=KNOWN + timedelta(days=90))
        assert rules_of(result) == [("declared_differs", "hold")]
        near = Checker()
        near.states(march("5000", kind="zdalny"))
        assert rules_of(near.states(march("5020", kind="klienta"), at=KNOWN + timedelta(days=90))) == []

    def test_what_a_customer_declares_is_held_against_readings_around_it(self) -> None:
        office = Checker()
        office.states(("2026-02-15 00:00", "1000"), ("2026-03-17 00:00", "1300"))
        assert rules_of(office.states(march("1141", kind="klienta"))) == []
        other = Checker()
        other.states(("2026-02-15 00:00", "1000"), ("2026-03-17 00:00", "1300"))
        assert rules_of(other.states(march("1161", kind="klienta"))) == [("declared_differs", "hold")]


def test_a_rollover_may_be_held() -> None:
    office = Checker()
    office.terms.change(RuleCode.ROLLOVER, Severity.HOLD)
    office.states(("2026-02-01 00:00", "999900"))
    result = office.states(("2026-03-01 00:00", "100"), at=datetime(2026, 3, 5, tzinfo=UTC))
    assert rules_of(result) == [("rollover", "hold")]
