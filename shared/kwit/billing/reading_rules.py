"""What the company's settings and a point's contracts say of its readings: the rules they are judged by."""

from collections.abc import Iterable, Sequence
from datetime import date

from kwit.intake.findings import Severity
from kwit.metering.validation.rules import RULES, PointTerms, Policy, Rule, RuleCode
from kwit.registry.company import CompanySettings, ValidationSettings
from kwit.registry.records import Contract, in_force


def policy_of(*, validation: Iterable[ValidationSettings], group: str, on: date) -> Policy:
    """Set the rules for a tariff group on a day: later first days win, of one day those that name the group."""
    rules = dict(RULES)
    fitting = [one for one in validation if one.valid_from <= on and (not one.groups or group in one.groups)]
    for one in sorted(fitting, key=lambda entry: (entry.valid_from, bool(entry.groups))):
        for name, wish in one.rules.items():
            code = RuleCode(name)
            before = rules[code]
            severity = before.severity
            if wish.severity is not None:
                severity = None if wish.severity == "off" else Severity(wish.severity)
            wished = {str(key): value for key, value in wish.thresholds.items()}
            rules[code] = Rule(severity, {**before.thresholds, **wished})
    return Policy(rules)


def point_terms(*, contracts: Sequence[Contract], settings: CompanySettings | None, on: date) -> PointTerms:
    """Return the terms of a point on a day from all versions of its contracts; of several the latest begun."""
    by_number: dict[str, list[Contract]] = {}
    for version in contracts:
        by_number.setdefault(version.contract_no, []).append(version)
    holding = []
    for versions in by_number.values():
        found = in_force(versions, on=on)
        latest = max(versions, key=lambda one: (one.valid_from, one.known_at, one.source))
        if found is not None and found.starts <= on and (latest.ends is None or on < latest.ends):
            holding.append(found)
    contract = max(holding, key=lambda one: (one.starts, one.contract_no), default=None)
    powers = [one.contracted_kw for one in holding if one.contracted_kw is not None]
    return PointTerms(
        policy=policy_of(
            validation=settings.validation if settings else (),
            group=contract.group if contract else "",
            on=on,
        ),
        contracted_kw=max(powers, default=None),
        active=contract is not None,
    )
