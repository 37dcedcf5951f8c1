"""Rules on one day of interval values: against the days around it, the contract's power and its other version."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from kwit.kernel.time import day_minutes
from kwit.metering.readings import IntervalDay
from kwit.metering.validation.rules import PointTerms, RuleCode
from kwit.metering.validation.state_rules import kwh


@dataclass(frozen=True, slots=True)
class DayCase:
    """A day of one register to be judged; `around` are the other days that count, of store and file.

    `minutes` and `values_wh` are the day's own; `before` is the version it would replace, None when it is new.
    `alone` tells that its file brings no other day of the register.
    """

    day: date
    quantity: str
    minutes: int
    values_wh: Sequence[int]
    around: Mapping[date, Sequence[int]]
    before: IntervalDay | None
    terms: PointTerms
    alone: bool = False

    @property
    def power_wh(self) -> Fraction | None:
        """Return the energy of contracted power in one interval, in Wh; None when it is not known."""
        power = self.terms.contracted_kw
        if power is None or self.quantity != "import":
            return None
        return Fraction(power) * 1000 * self.minutes / 60


DayRule = Callable[[DayCase], str | None]


def _spike(case: DayCase) -> str | None:
    """Find a value far above the middle of the others, or over what the connection can carry."""
    highest = max(case.values_wh, default=0)
    policy, power = case.terms.policy, case.power_wh
    if power is not None and highest > power * Fraction(policy.limit(RuleCode.SPIKE, "power_factor")):
        limit = f"moc umowna {case.terms.contracted_kw:f} kW"
        return f"Najwyższa wartość {kwh(highest)} kWh w {case.minutes} min przekracza możliwości: {limit}."
    floor = Fraction(policy.limit(RuleCode.SPIKE, "kwh")) * 1000 * case.minutes / 60
    others = sorted(case.values_wh)[:-1] + [wh for values in case.around.values() for wh in values]
    used = sorted(wh for wh in others if wh)
    if highest <= floor or not used:
        return None
    second = used[-1]
    middle = used[len(used) // 2]
    factor = Fraction(policy.limit(RuleCode.SPIKE, "factor"))
    # Two high values are a habit, such as a heater at night; one alone is a fault until somebody looks.
    if highest <= factor * middle or highest <= 2 * second:
        return None
    return f"Wartość {kwh(highest)} kWh odstaje od pozostałych (środkowa {kwh(middle)} kWh)."


def _over_power(case: DayCase) -> str | None:
    power = case.power_wh
    total = sum(case.values_wh)
    if power is None:
        return None
    factor = Fraction(case.terms.policy.limit(RuleCode.OVER_POWER, "factor"))
    if total <= power * len(case.values_wh) * factor:
        return None
    hours = day_minutes(case.day) // 60
    return f"Doba {kwh(total)} kWh przekracza to, co moc umowna {case.terms.contracted_kw:f} kW daje przez {hours} h."


def _gap(case: DayCase) -> str | None:
    """Find days missing before a day; files of one day each come in any order and tell no gap."""
    if case.alone:
        return None
    last = max((day for day in case.around if day < case.day), default=None)
    if last is None or last == case.day - timedelta(days=1) or case.before is not None:
        return None
    count = (case.day - last).days - 1
    first = last + timedelta(days=1)
    return f"Przed tą dobą brakuje {count} dni szeregu, od {first.isoformat()}."


def _overlap(case: DayCase) -> str | None:
    if case.before is None or case.before.minutes == case.minutes:
        return None
    return (
        f"Tę samą dobę wczytano już z wartościami co {case.before.minutes} min ({case.before.source.file})."
    )


def _point_inactive(case: DayCase) -> str | None:
    return None if case.terms.active else "W dniu odczytu punktu nie obejmuje żadna umowa."


DAY_RULES: Mapping[RuleCode, DayRule] = {
    RuleCode.SPIKE: _spike,
    RuleCode.OVER_POWER: _over_power,
    RuleCode.GAP: _gap,
    RuleCode.OVERLAP: _overlap,
    RuleCode.POINT_INACTIVE: _point_inactive,
}
"""Each rule gives a sentence in Polish about what it found, or None."""
