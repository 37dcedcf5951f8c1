"""The table of rules that may be set: each with what it looks for, its severity and thresholds when nothing is set.

What has no sense as a reading (a wrong check digit, an unknown point, a day to come, a state below the last
one) is refused while a file is read and cannot be set. These rules judge what could be true.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from kwit.intake.findings import Severity


class RuleCode(StrEnum):
    """What a rule finds; also the code of its finding."""

    ROLLOVER = "rollover"
    POINT_INACTIVE = "point_inactive"
    REGISTER_MISSING = "register_missing"
    ZERO_USE = "zero_use"
    USE_HIGH = "use_above_history"
    USE_LOW = "use_below_history"
    OVER_POWER = "over_contracted_power"
    SPIKE = "spike"
    GAP = "gap"
    OVERLAP = "overlap"
    INTERVAL_SUM = "interval_sum_differs"
    SIBLING_SUM = "sibling_sum_differs"
    PROLONGED_ESTIMATION = "prolonged_estimation"
    WRONG_SCALE = "wrong_scale"
    SOURCES_DIFFER = "sources_differ"
    DECLARED_DIFFERS = "declared_differs"


@dataclass(frozen=True, slots=True)
class Rule:
    """How a rule acts: `severity` None switches it off; `thresholds` by name, each a number from the settings."""

    severity: Severity | None
    thresholds: Mapping[str, Decimal] = field(default_factory=dict)


def _rule(severity: Severity, **thresholds: str) -> Rule:
    return Rule(severity, {name: Decimal(value) for name, value in thresholds.items()})


RULES: Mapping[RuleCode, Rule] = {
    RuleCode.ROLLOVER: _rule(Severity.WARN),
    RuleCode.POINT_INACTIVE: _rule(Severity.WARN),
    RuleCode.REGISTER_MISSING: _rule(Severity.WARN),
    RuleCode.ZERO_USE: _rule(Severity.WARN, days="60"),
    # Three times up or down is what sellers look at first; below 10 kWh a day a jump is no great bill.
    RuleCode.USE_HIGH: _rule(Severity.HOLD, factor="3", kwh_per_day="10"),
    RuleCode.USE_LOW: _rule(Severity.WARN, factor="3", kwh_per_day="1"),
    # A connection may be loaded over its contracted power, at the price of a charge; for days on end it is not.
    RuleCode.OVER_POWER: _rule(Severity.HOLD, factor="1.2"),
    RuleCode.SPIKE: _rule(Severity.HOLD, factor="10", kwh="5", power_factor="2"),
    RuleCode.GAP: _rule(Severity.WARN),
    RuleCode.OVERLAP: _rule(Severity.HOLD),
    RuleCode.INTERVAL_SUM: _rule(Severity.HOLD, percent="1", kwh="2"),
    RuleCode.SIBLING_SUM: _rule(Severity.HOLD, percent="1", kwh="2"),
    RuleCode.PROLONGED_ESTIMATION: _rule(Severity.HOLD, in_a_row="3"),
    RuleCode.WRONG_SCALE: _rule(Severity.HOLD, factor="2"),
    RuleCode.SOURCES_DIFFER: _rule(Severity.HOLD, days="7"),
    RuleCode.DECLARED_DIFFERS: _rule(Severity.HOLD, kwh="20"),
}
"""Every rule that may be set, as it acts when the settings say nothing."""


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules as they act for one tariff group on one day."""

    rules: Mapping[RuleCode, Rule] = field(default_factory=lambda: RULES)

    def severity(self, code: RuleCode) -> Severity | None:
        """Return how heavy a finding of the rule is; None when the rule is off."""
        return self.rules[code].severity

    def limit(self, code: RuleCode, name: str) -> Decimal:
        """Return a threshold of a rule."""
        return self.rules[code].thresholds[name]


@dataclass(frozen=True, slots=True)
class PointTerms:
    """What validation knows of a point beside its meters: the rules, contracted power, whether a contract holds."""

    policy: Policy = field(default_factory=Policy)
    contracted_kw: Decimal | None = None
    active: bool = True
