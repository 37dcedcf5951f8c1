"""Settings and contracts say by which rules a point's readings are judged."""

from datetime import date
from decimal import Decimal
from typing import get_args

import pytest
from pydantic import ValidationError

from kwit.billing.reading_rules import point_terms, policy_of
from kwit.intake.findings import Severity
from kwit.metering.readings import EstimationMethod
from kwit.metering.validation.rules import RULES, RuleCode
from kwit.registry.company import THRESHOLDS, EstimationName, RuleName, ValidationSettings
from tests.billing.company import company_settings
from tests.billing.memory_case import contract

MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)


def entry(valid_from: date, rules: dict[str, object], *groups: str) -> ValidationSettings:
    return ValidationSettings.model_validate({"valid_from": valid_from, "groups": groups, "rules": rules})


class TestPolicy:
    def test_without_settings_is_the_table(self) -> None:
        assert policy_of(validation=(), group="G11", on=MARCH).rules == RULES

    def test_changes_from_its_day_for_its_groups(self) -> None:
        off = entry(APRIL, {"zero_use": {"severity": "off"}}, "C21")
        severities = [
            policy_of(validation=[off], group=group, on=day).severity(RuleCode.ZERO_USE)
            for group, day in (("C21", APRIL), ("C21", MARCH), ("G11", APRIL))
        ]
        assert severities == [None, Severity.WARN, Severity.WARN]

    def test_thresholds_that_are_not_named_stay(self) -> None:
        policy = policy_of(
            validation=[entry(MARCH, {"spike": {"thresholds": {"kwh": "8"}}})], group="G11", on=MARCH
        )
        assert policy.limit(RuleCode.SPIKE, "kwh") == Decimal(8)
        assert policy.limit(RuleCode.SPIKE, "factor") == Decimal(10)
        assert policy.severity(RuleCode.SPIKE) is Severity.HOLD

    def test_a_later_day_wins_and_of_one_day_the_group(self) -> None:
        entries = [
            entry(APRIL, {"gap": {"severity": "hold"}}, "G11"),
            entry(APRIL, {"gap": {"severity": "off"}}),
            entry(MARCH, {"gap": {"severity": "reject"}}, "G11"),
        ]
        assert policy_of(validation=entries, group="G11", on=APRIL).severity(RuleCode.GAP) is Severity.HOLD
        assert policy_of(validation=entries, group="C11", on=APRIL).severity(RuleCode.GAP) is None
        assert policy_of(validation=entries, group="G11", on=MARCH).severity(RuleCode.GAP) is Severity.REJECT


class TestSettings:
    def test_name_the_rules_thresholds_and_methods_there_are(self) -> None:
        assert {str(code) for code in RULES} == set(get_args(RuleName))
        assert {str(code): set(rule.thresholds) for code, rule in RULES.items() if rule.thresholds} == {
            name: set(thresholds) for name, thresholds in THRESHOLDS.items()
        }
        assert {str(method) for method in EstimationMethod} == set(get_args(EstimationName))

    @pytest.mark.parametrize(
        ("rules", "words"),
        [
            ({"zero_use": {"thresholds": {"factor": "3"}}}, "no threshold factor"),
            ({"gap": {"thresholds": {"days": "3"}}}, "no threshold days"),
            ({"zero_use": {"thresholds": {"days": "-1"}}}, "below zero"),
            ({"guesswork": {}}, "guesswork"),
        ],
    )
    def test_refuse_what_no_rule_has(self, rules: dict[str, object], words: str) -> None:
        with pytest.raises(ValidationError, match=words):
            entry(MARCH, rules)


class TestPointTerms:
    def test_come_from_the_contract_in_force(self) -> None:
        validation = (entry(MARCH, {"gap": {"severity": "hold"}}, "C21"),)
        settings = company_settings().model_copy(update={"validation": validation})
        versions = [
            contract(group="G11", contracted_kw=None),
            contract(group="C21", contracted_kw=Decimal(50), valid_from=APRIL),
        ]
        before = point_terms(contracts=versions, settings=settings, on=MARCH)
        after = point_terms(contracts=versions, settings=settings, on=APRIL)
        assert (before.contracted_kw, after.contracted_kw) == (None, Decimal(50))
        assert before.policy.severity(RuleCode.GAP) is Severity.WARN
        assert after.policy.severity(RuleCode.GAP) is Severity.HOLD

    def test_know_a_point_outside_its_contract(self) -> None:
        ended = [contract(ends=None), contract(ends=APRIL, valid_from=date(2026, 2, 1))]
        days = (date(2024, 12, 31), date(2025, 1, 1), MARCH, APRIL)
        assert [point_terms(contracts=ended, settings=None, on=day).active for day in days] == [
            False, True, True, False]  # fmt: skip
        assert not point_terms(contracts=(), settings=None, on=MARCH).active
