"""Days of series are judged against the days around them and the contract."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import pytest

from kwit.intake.findings import Severity
from kwit.kernel.time import Period
from kwit.metering.ports import PlacedMeter
from kwit.metering.validation.rules import PointTerms, RuleCode
from tests.metering.validation.office import KNOWN, ONE, PPE, Checker, rules_of

FIRST = date(2026, 2, 3)


def office(minutes: int = 60) -> Checker:
    return Checker((PlacedMeter("L1", date(2024, 1, 1), None, ONE, interval_minutes=minutes),))


def batch(*days: tuple[date, Sequence[str]], minutes: int = 60) -> str:
    width = 1440 // minutes
    lines = ["ppe;day;minutes;quantity;" + ";".join(f"v{n}" for n in range(1, width + 1))]
    lines += [f"{PPE};{day.isoformat()};{minutes};import;" + ";".join(values) for day, values in days]
    return "\n".join(lines)


def flat(value: str = "0.5", **at: str) -> list[str]:
    values = [value] * 24
    for place, other in at.items():
        values[int(place.removeprefix("h"))] = other
    return values


def held(checker: Checker) -> dict[date, tuple[str, ...]]:
    period = Period(date(2026, 1, 1), date(2026, 4, 1))
    return {
        one.day: one.standing.held for one in checker.store.intervals(PPE, period=period) if one.standing.held
    }


class TestSpike:
    def test_one_value_far_above_the_others_is_held(self) -> None:
        checker = office()
        assert rules_of(checker.drop(batch((FIRST, flat(h7="5.001"))))) == [("spike", "hold")]
        assert held(checker) == {FIRST: ("spike",)}

    @pytest.mark.parametrize(
        "values",
        [
            flat(h7="5"),
            flat("0.01", h7="4.9"),
            flat(h7="5.001", h8="2.6"),
            flat("0", h7="9"),
        ],
        ids=["ten times", "small", "two high ones", "alone"],
    )
    def test_what_could_be_a_habit_is_not(self, values: Sequence[str]) -> None:
        assert rules_of(office().drop(batch((FIRST, values)))) == []

    def test_the_days_around_tell_a_habit(self) -> None:
        checker = office()
        checker.drop(batch((FIRST, flat(h7="4.9"))))
        assert rules_of(checker.drop(batch((FIRST + timedelta(days=1), flat(h7="6"))))) == []

    def test_what_the_connection_cannot_carry_is_held(self) -> None:
        checker = office()
        checker.terms.same = PointTerms(contracted_kw=Decimal(1))
        assert rules_of(checker.drop(batch((FIRST, flat("0.9", h7="2", h8="2"))))) == []
        next_day = FIRST + timedelta(days=1)
        assert rules_of(checker.drop(batch((next_day, flat("0.9", h7="2.001", h8="2"))))) == [
            ("spike", "hold")
        ]

    def test_a_day_over_contracted_power_is_held(self) -> None:
        checker = office()
        checker.terms.same = PointTerms(contracted_kw=Decimal(1))
        assert rules_of(checker.drop(batch((FIRST, flat("1.201"))))) == [("over_contracted_power", "hold")]

    def test_may_be_rejected(self) -> None:
        checker = office()
        checker.terms.change(RuleCode.SPIKE, Severity.REJECT)
        result = checker.drop(batch((FIRST, flat(h7="5.001")), (FIRST + timedelta(days=1), flat())))
        assert (rules_of(result), result.accepted, result.rejected) == ([("spike", "reject")], 1, 1)


class TestGap:
    def test_days_missing_before_a_day_are_said(self) -> None:
        checker = office()
        checker.drop(batch((FIRST, flat())))
        result = checker.drop(batch((FIRST + timedelta(days=3), flat()), (FIRST + timedelta(days=4), flat())))
        assert rules_of(result) == [("gap", "warn")]
        assert "brakuje 2 dni szeregu, od 2026-02-04" in result.findings[0].sentence_pl

    def test_is_seen_over_the_end_of_a_month(self) -> None:
        checker = office()
        checker.drop(batch((date(2026, 2, 27), flat())))
        both = batch((date(2026, 3, 1), flat()), (date(2026, 3, 2), flat()))
        assert rules_of(checker.drop(both)) == [("gap", "warn")]

    def test_files_of_one_day_each_tell_none_in_whatever_order(self) -> None:
        checker = office()
        for number in (3, 0, 4, 1):
            assert rules_of(checker.drop(batch((FIRST + timedelta(days=number), flat())))) == []

    def test_order_of_lines_does_not_matter(self) -> None:
        days = [(FIRST + timedelta(days=n), flat()) for n in (0, 1, 2)]
        assert rules_of(office().drop(batch(*days[::-1]))) == []


def test_a_day_that_comes_again_in_other_intervals_is_held() -> None:
    checker = office()
    checker.drop(batch((FIRST, flat())))
    checker.meters = office(30).meters
    result = checker.drop(batch((FIRST, ["0.25"] * 48), minutes=30), at=KNOWN + timedelta(days=1))
    assert rules_of(result) == [("overlap", "hold")]
    assert held(checker) == {FIRST: ("overlap",)}


def test_a_day_without_a_contract_is_a_remark() -> None:
    checker = office()
    checker.terms.same = PointTerms(active=False)
    days = [(FIRST + timedelta(days=number), flat()) for number in range(3)]
    assert rules_of(checker.drop(batch(*days))) == [("point_inactive", "warn")], "said once of a point"
