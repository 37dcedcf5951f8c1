"""Rules on the registers of one meter together: the sibling that was not read, sums that should agree."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from kwit.kernel.time import Period, day_minutes
from kwit.metering.placed import parts_of_total, settled_registers
from kwit.metering.readings import IntervalDay, RegisterReading
from kwit.metering.usage import MeteredRegister, advance
from kwit.metering.validation.rules import PointTerms, RuleCode
from kwit.metering.validation.state_rules import kwh


@dataclass(frozen=True, slots=True)
class MeterCase:
    """The registers of a meter at one midnight: the states that count of each, by its code, and its series."""

    boundary: date
    registers: Sequence[MeteredRegister]
    states: Mapping[str, Mapping[date, RegisterReading]]
    series: Callable[[str, Period], Sequence[IntervalDay]]
    terms: PointTerms

    def tolerance(self, code: RuleCode, wh: int) -> Fraction:
        """Return by how many Wh two sums may differ: so many per cent, but at least so many kWh."""
        policy = self.terms.policy
        share = Fraction(policy.limit(code, "percent")) * abs(wh) / 100
        return max(share, Fraction(policy.limit(code, "kwh")) * 1000)


MeterRule = Callable[[MeterCase], str | None]


def _register_missing(case: MeterCase) -> str | None:
    settled = [one for one in settled_registers(case.registers) if one.interval_minutes is None]
    for quantity in dict.fromkeys(one.quantity for one in settled):
        codes = [one.code for one in settled if one.quantity == quantity]
        lacking = [code for code in codes if case.boundary not in case.states.get(code, {})]
        if lacking and len(lacking) < len(codes):
            return f"Na ten dzień brakuje stanu rejestru {', '.join(lacking)} tego licznika."
    return None


def _sibling_sum(case: MeterCase) -> str | None:
    for total in case.registers:
        parts = parts_of_total(total, case.registers)
        codes = [total.code, *(one.code for one in parts)]
        if not parts or any(case.boundary not in case.states.get(code, {}) for code in codes):
            continue
        common = set.intersection(*(set(case.states[code]) for code in codes))
        before = max((day for day in common if day < case.boundary), default=None)
        if before is None:
            continue
        whole = _advance(case, total, before)
        moved = [_advance(case, one, before) for one in parts]
        known = [one for one in moved if one is not None]
        if whole is None or len(known) < len(moved):
            continue
        if abs(whole - sum(known)) > case.tolerance(RuleCode.SIBLING_SUM, whole):
            return (
                f"Rejestr {total.code} wykazał od {before.isoformat()} {kwh(whole)} kWh, "
                f"a strefy razem {kwh(sum(known))} kWh."
            )
    return None


def _advance(case: MeterCase, register: MeteredRegister, before: date) -> int | None:
    states = case.states[register.code]
    return advance(states[before], states[case.boundary], digits=register.digits)


def _interval_sum(case: MeterCase) -> str | None:
    for register in case.registers:
        states = case.states.get(register.code, {})
        before = max((day for day in states if day < case.boundary), default=None)
        if register.interval_minutes is None or before is None or case.boundary not in states:
            continue
        sentence = _series_against(case, register, before)
        if sentence:
            return sentence
    return None


def _series_against(case: MeterCase, register: MeteredRegister, before: date) -> str | None:
    """Compare a whole series with the move of its register; None when one of them is not whole, or they agree."""
    period = Period(before, case.boundary)
    moved = _advance(case, register, before)
    days = [one for one in case.series(register.code, period) if one.day in period.range]
    whole = [one for one in days if len(one.values_wh) * one.minutes == day_minutes(one.day)]
    if moved is None or {one.day for one in whole} != set(period.each_day()):
        return None
    wh, total = moved * register.multiplier, sum(sum(one.values_wh) for one in whole)
    if abs(total - wh) <= case.tolerance(RuleCode.INTERVAL_SUM, wh):
        return None
    return f"Od {before.isoformat()} szereg daje {kwh(total)} kWh, a rejestr {register.code} wykazał {kwh(wh)} kWh."


METER_RULES: Mapping[RuleCode, MeterRule] = {
    RuleCode.REGISTER_MISSING: _register_missing,
    RuleCode.SIBLING_SUM: _sibling_sum,
    RuleCode.INTERVAL_SUM: _interval_sum,
}
"""Each rule gives a sentence in Polish about what it found, or None."""
