"""Review what a file brings in: every rule on every reading that would go in, and what becomes of it.

A finding that rejects keeps the reading out; one that holds lets it into the store with its code, where no bill
uses it before a person accepts it; one that warns is a remark.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from kwit.intake.findings import Severity
from kwit.kernel.time import Period
from kwit.metering.day_import import DayImport, Fate, StagedDay
from kwit.metering.moves import moves_of
from kwit.metering.placed import placed_registers
from kwit.metering.ports import PlacedMeter, PointDirectory, ReadingStore
from kwit.metering.readings import IntervalDay, RegisterReading, Standing
from kwit.metering.register_rows import Candidate
from kwit.metering.usage import MeteredRegister, current_days, current_states
from kwit.metering.validation.day_rules import DAY_RULES, DayCase
from kwit.metering.validation.meter_rules import METER_RULES, MeterCase
from kwit.metering.validation.rules import PointTerms, RuleCode
from kwit.metering.validation.state_rules import STATE_RULES, StateCase

_BY_ORDER = frozenset({"reading_before_last", "reading_above_next"})
# A remark about the point, not about one of its days.
_SAID_ONCE = frozenset({RuleCode.POINT_INACTIVE})
_STATE_COLUMN: Mapping[RuleCode, str] = {
    RuleCode.POINT_INACTIVE: "date",
    RuleCode.REGISTER_MISSING: "register",
}


@dataclass(slots=True)
class StateReview:
    """Judges the states of one point that one file brings, in the order of their midnights."""

    registers: Sequence[MeteredRegister]
    stored: Sequence[RegisterReading]
    terms: Callable[[date], PointTerms]
    series: Callable[[str, Period], Sequence[IntervalDay]]
    _counting: list[RegisterReading]

    @classmethod
    def of(
        cls,
        *,
        meters: Sequence[PlacedMeter],
        stored: Sequence[RegisterReading],
        terms: Callable[[date], PointTerms],
        series: Callable[[str, Period], Sequence[IntervalDay]],
    ) -> "StateReview":
        """Begin a review with what is known of the point before the file; `series` reads one register's days."""
        counting = [one for one in current_states(stored) if not one.standing.held]
        return cls(placed_registers(meters), stored, terms, series, counting)

    def finish(self, candidates: Sequence[Candidate]) -> None:
        """Judge the registers of each meter together, and say of refused states what might be wrong with them."""
        last_of: dict[tuple[date, str], Candidate] = {}
        for candidate in sorted(candidates, key=lambda one: (one.reading.boundary, one.reading.register)):
            if candidate.in_force:
                last_of[candidate.reading.boundary, candidate.reading.meter_no] = candidate
            elif candidate.refused and _BY_ORDER & {one.code for one in candidate.reader.findings}:
                self._hint(candidate)
        for candidate in last_of.values():
            self._meter(candidate)

    def judge(self, candidate: Candidate) -> None:
        """Judge one state by itself; states must come in the order of their midnights."""
        case = self._case(candidate)
        if case is None:
            return
        for code, rule in STATE_RULES.items():
            severity = case.terms.policy.severity(code)
            sentence = rule(case) if severity is not None else None
            if severity is not None and sentence:
                _settle(candidate, code, severity, sentence)
        if candidate.in_force and not candidate.reading.standing.held:
            self._replace(candidate.reading)

    def _hint(self, candidate: Candidate) -> None:
        """Say of a refused state when it would fit in another unit."""
        case = self._case(candidate)
        sentence = STATE_RULES[RuleCode.WRONG_SCALE](case) if case else None
        if case and sentence and case.terms.policy.severity(RuleCode.WRONG_SCALE) is not None:
            candidate.reader.warn(str(RuleCode.WRONG_SCALE), candidate.column, sentence)

    def _case(self, candidate: Candidate) -> StateCase | None:
        reading = candidate.reading
        register = self._register(reading)
        if register is None:
            return None
        before = [one for one in self._counting if one.boundary < reading.boundary]
        same = (reading.meter_no, reading.register)
        return StateCase(
            reading=reading,
            register=register,
            around=[
                one
                for one in self._counting
                if (one.meter_no, one.register) == same and one.boundary != reading.boundary
            ],
            versions=[
                one
                for one in self.stored
                if (one.meter_no, one.register, one.boundary) == (*same, reading.boundary)
                and not one.standing.void
            ],
            moves=moves_of(
                registers=self.registers, states=before, zone=register.zone, quantity=register.quantity
            ),
            terms=self._terms_at(reading.boundary),
        )

    def _terms_at(self, boundary: date) -> PointTerms:
        """Return the terms of the day that a midnight closes; of the day it opens where a contract begins."""
        closing = self.terms(boundary - timedelta(days=1))
        return closing if closing.active else self.terms(boundary)

    def _register(self, reading: RegisterReading) -> MeteredRegister | None:
        fitting = (
            one
            for one in self.registers
            if (one.meter_no, one.code) == (reading.meter_no, reading.register)
            and one.present.start <= reading.boundary
            and (one.present.end is None or reading.boundary <= one.present.end)
        )
        return next(fitting, None)

    def _replace(self, reading: RegisterReading) -> None:
        key = (reading.meter_no, reading.register, reading.boundary)
        kept = [one for one in self._counting if (one.meter_no, one.register, one.boundary) != key]
        self._counting = [*kept, reading]

    def _meter(self, candidate: Candidate) -> None:
        """Judge the registers of a meter together, at one midnight, by the last of them."""
        reading = candidate.reading
        register = self._register(reading)
        if register is None:
            return
        registers = [
            one
            for one in self.registers
            if (one.meter_no, one.present) == (register.meter_no, register.present)
        ]
        states: dict[str, dict[date, RegisterReading]] = {}
        for one in self._counting:
            if one.meter_no == reading.meter_no:
                states.setdefault(one.register, {})[one.boundary] = one
        states.setdefault(reading.register, {})[reading.boundary] = reading
        case = MeterCase(reading.boundary, registers, states, self.series, self._terms_at(reading.boundary))
        for code, rule in METER_RULES.items():
            severity = case.terms.policy.severity(code)
            sentence = rule(case) if severity is not None else None
            if severity is not None and sentence:
                _settle(candidate, code, severity, sentence)


def _settle(candidate: Candidate, code: RuleCode, severity: Severity, sentence_pl: str) -> None:
    column = _STATE_COLUMN.get(code, candidate.column)
    if severity is Severity.REJECT:
        candidate.refuse(str(code), sentence_pl)
        return
    candidate.reader.note(str(code), severity, column, sentence_pl)
    if severity is Severity.HOLD:
        reading = candidate.reading
        held = tuple(sorted({*reading.standing.held, str(code)}))
        candidate.reading = replace(reading, standing=Standing(held=held))


@dataclass(frozen=True, slots=True)
class DayReview:
    """Judges the interval days that one file brings, point by point; each day is seen beside all others."""

    days: DayImport
    directory: PointDirectory
    store: ReadingStore
    terms: Callable[[str, date], PointTerms]

    def judge(self, ppe: str, days: Sequence[StagedDay], stored: Sequence[IntervalDay]) -> None:
        """Judge the days of one point that would go in; `stored` are the versions known around them."""
        if not days:
            return
        current = {(one.register, one.day): one for one in current_days(stored)}
        around: dict[str, dict[date, Sequence[int]]] = {}
        for (register, day), one in current.items():
            if not one.standing.held:
                around.setdefault(register, {})[day] = one.values_wh
        for staged in days:
            around.setdefault(staged.register, {})[staged.day] = staged.values_wh
        said: set[RuleCode] = set()
        for staged in sorted(days, key=lambda one: (one.day, one.register)):
            others = {day: wh for day, wh in around[staged.register].items() if day != staged.day}
            case = DayCase(
                day=staged.day,
                quantity=staged.quantity,
                minutes=staged.minutes,
                values_wh=staged.values_wh,
                around=others,
                before=current.get((staged.register, staged.day)),
                terms=self.terms(ppe, staged.day),
                alone=sum(1 for one in days if one.register == staged.register) == 1,
            )
            for code, rule in DAY_RULES.items():
                severity = case.terms.policy.severity(code)
                sentence = rule(case) if severity is not None and code not in said else None
                if severity is not None and sentence:
                    self._settle(staged, code, severity, sentence)
                    said |= {code} & _SAID_ONCE if severity is Severity.WARN else set()
        self._sums(ppe, days)

    def _sums(self, ppe: str, days: Sequence[StagedDay]) -> None:
        """Compare the series with the register's own states, where a point has both.

        A file of one day asks for states only when the day ends a month, as states mostly do: such files come
        for many thousand points every day.
        """
        if len(days) == 1 and (days[0].day + timedelta(days=1)).day != 1:
            return
        states = [one for one in current_states(self.store.registers(ppe)) if not one.standing.held]
        for register in placed_registers(self.directory.meters(ppe) or ()) if states else ():
            name = (register.meter_no, register.code)
            mine = {one.boundary: one for one in states if (one.meter_no, one.register) == name}
            own = [one for one in days if one.register == register.code]
            staged = {one.day: one for one in own if one.day in register.present}
            for boundary in sorted(mine):
                self._sum(ppe, register, boundary, mine, staged)

    def _sum(
        self,
        ppe: str,
        register: MeteredRegister,
        boundary: date,
        states: Mapping[date, RegisterReading],
        staged: Mapping[date, StagedDay],
    ) -> None:
        before = max((day for day in states if day < boundary), default=None)
        inside = [day for day in staged if before is not None and before <= day < boundary]
        terms = self.terms(ppe, boundary - timedelta(days=1))
        severity = terms.policy.severity(RuleCode.INTERVAL_SUM)
        if not inside or severity is None:
            return

        def series(code: str, period: Period) -> Sequence[IntervalDay]:
            stored = current_days(self.store.intervals(ppe, period=period))
            days = {one.day: one for one in stored if one.register == code}
            return list((days | {day: self.days.reading(one) for day, one in staged.items()}).values())

        case = MeterCase(boundary, (register,), {register.code: states}, series, terms)
        sentence = METER_RULES[RuleCode.INTERVAL_SUM](case)
        if sentence:
            self._settle(staged[max(inside)], RuleCode.INTERVAL_SUM, severity, sentence)

    def _settle(self, day: StagedDay, code: RuleCode, severity: Severity, sentence_pl: str) -> None:
        value = day.day.isoformat()
        if severity is Severity.REJECT:
            day.fate = Fate.REFUSED
            self.days.reject(str(code), day.place, sentence_pl, value=value, weight=day.weight)
            return
        self.days.note(str(code), severity, day.place, sentence_pl, value=value)
        if severity is Severity.HOLD:
            day.held = tuple(sorted({*day.held, str(code)}))
