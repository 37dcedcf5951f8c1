"""Fill a period: every state and every day that a bill needs and nobody read, as far as the rules allow."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction

from kwit.kernel.time import Period
from kwit.metering.estimation.rules import (
    NO_METHOD,
    NO_START,
    PROLONGED,
    EstimationRules,
    Refusal,
    known_after,
)
from kwit.metering.estimation.series import SeriesGap, estimate_days
from kwit.metering.estimation.states import StateGap, estimate_state
from kwit.metering.moves import guesses_before, moves_of, taken, wh_over
from kwit.metering.readings import EstimationMethod, IntervalDay, Reading, RegisterReading
from kwit.metering.usage import MeteredRegister, current_days, current_states


@dataclass(frozen=True, slots=True)
class History:
    """What is known of one point: its settled registers, and all versions of states and of days."""

    registers: Sequence[MeteredRegister]
    states: Sequence[RegisterReading]
    days: Sequence[IntervalDay] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """Points whose energy tells another's: that of `whole` without that of the `parts` (metoda różnicowa)."""

    whole: History
    parts: Sequence[History]

    def wh(self, register: MeteredRegister, period: Period) -> Fraction | None:
        """Return the energy of a zone over a period in Wh; None when one of the points does not tell its own."""
        found = [
            wh_over(
                moves_of(
                    registers=one.registers, states=one.states, zone=register.zone, quantity=register.quantity
                ),
                period,
            )
            for one in (self.whole, *self.parts)
        ]
        known = [one for one in found if one is not None]
        return known[0] - sum(known[1:]) if len(known) == len(found) else None

    def values(self, register: MeteredRegister, day: date, *, minutes: int) -> Sequence[int] | None:
        """Return the energy of every interval of a day in Wh; None when one of the points lacks the day."""
        found = [_day_of(one, register, day, minutes) for one in (self.whole, *self.parts)]
        known = [one.values_wh for one in found if one is not None]
        if len(known) < len(found) or len({len(values) for values in known}) > 1:
            return None
        whole, *parts = known
        return [wh - sum(part[index] for part in parts) for index, wh in enumerate(whole)]


def _day_of(history: History, register: MeteredRegister, day: date, minutes: int) -> IntervalDay | None:
    codes = {
        one.code for one in history.registers if one.quantity == register.quantity and day in one.present
    }
    found = [
        one
        for one in current_days(history.days)
        if one.register in codes and one.day == day and one.minutes == minutes
    ]
    sound = [one for one in found if not one.missing and not one.standing.held and not one.reckoned]
    return sound[0] if len(sound) == 1 else None


@dataclass(slots=True)
class Filled:
    """The readings made, and why others were not."""

    made: list[Reading] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)

    def refuse(self, code: str, register: MeteredRegister, day: date) -> None:
        """Note a reading that is not estimated."""
        self.refusals.append(Refusal(code, f"{register.meter_no}/{register.code} at {day.isoformat()}"))


def fill(
    *,
    ppe: str,
    period: Period,
    history: History,
    rules: EstimationRules,
    known_at: datetime,
    difference: Difference | None = None,
) -> Filled:
    """Estimate what a period lacks; what is there already stays as it is.

    A register's state at the start of its days is never estimated: there is nothing to count from.
    """
    filled = Filled()
    for register in history.registers:
        present = register.present.intersection(period.range)
        if present is None or present.end is None:
            continue
        inside = Period(present.start, present.end)
        if register.interval_minutes is None:
            _fill_state(filled, register, inside, history, rules, known_at, difference)
        else:
            _fill_series(filled, ppe, register, inside, history, rules, known_at, difference)
    return filled


def _fill_state(
    filled: Filled,
    register: MeteredRegister,
    inside: Period,
    history: History,
    rules: EstimationRules,
    known_at: datetime,
    difference: Difference | None,
) -> None:
    name = (register.meter_no, register.code)
    versions = [one for one in history.states if (one.meter_no, one.register) == name]
    counting = [one for one in current_states(versions) if not one.standing.held]
    boundaries = {one.boundary for one in counting}
    read = [one for one in taken(versions) if one.boundary < inside.end]
    known_start, known_end = (edge in boundaries for edge in (inside.start, inside.end))
    if known_start and known_end:
        return
    if not known_start or not read:
        filled.refuse(NO_START, register, inside.start)
        return
    later = [one for one in taken(versions) if one.boundary > inside.end]
    gap = StateGap(
        register=register,
        boundary=inside.end,
        base=read[-1],
        last=max((one for one in counting if one.boundary < inside.end), key=lambda one: one.boundary),
        after=later[0] if later else None,
        moves=moves_of(
            registers=history.registers, states=history.states, zone=register.zone, quantity=register.quantity
        ),
        days=[one for one in current_days(history.days) if one.register == register.code],
        profile=rules.profile,
        subtracted=None if difference is None else lambda days: difference.wh(register, days),
    )
    before = [one.known_at for one in versions if one.boundary == inside.end]
    found = estimate_state(gap, methods=rules.methods, known_at=known_after(known_at, *before))
    if found is None:
        filled.refuse(NO_METHOD, register, inside.end)
    elif guesses_before([*counting, found], inside.end + timedelta(days=1)) > rules.at_most:
        filled.refuse(PROLONGED, register, inside.end)
    else:
        filled.made.append(found)


def _fill_series(
    filled: Filled,
    ppe: str,
    register: MeteredRegister,
    inside: Period,
    history: History,
    rules: EstimationRules,
    known_at: datetime,
    difference: Difference | None,
) -> None:
    minutes = register.interval_minutes or 0
    name = (register.meter_no, register.code)
    versions = [one for one in history.days if one.register == register.code]
    days = {one.day: one for one in current_days(versions)}
    known: dict[date, datetime] = {}
    for version in versions:
        known[version.day] = max(version.known_at, known.get(version.day, version.known_at))
    gap = SeriesGap(
        ppe=ppe,
        register=register,
        period=inside,
        minutes=minutes,
        days=days,
        known=known,
        states=[one for one in taken(history.states) if (one.meter_no, one.register) == name],
        profile=rules.profile,
        subtracted=None
        if difference is None
        else lambda day: difference.values(register, day, minutes=minutes),
    )
    if not gap.unknown_days:
        return
    made, left = estimate_days(gap, rules=rules, known_at=known_at)
    guessed = [one for one in days.values() if one.day in inside.range and _guess(one)]
    guessed += [one for one in made if _guess(one)]
    if left:
        filled.refuse(NO_METHOD, register, left[0])
    elif len(guessed) > rules.series_days:
        filled.refuse(PROLONGED, register, made[0].day)
    else:
        filled.made += made


def _guess(day: IntervalDay) -> bool:
    return day.reckoned and day.standing.method is not EstimationMethod.SUBTRACTIVE
