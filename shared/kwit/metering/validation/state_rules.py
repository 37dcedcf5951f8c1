"""Rules on one state of a register: against its neighbours, its history, the contract and its other versions."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

from kwit.kernel.energy import from_wh, nearest
from kwit.kernel.time import Period, local_midnight
from kwit.metering.moves import Move, guesses_before, usual_wh_a_day
from kwit.metering.readings import ReadingKind, RegisterReading
from kwit.metering.usage import MeteredRegister, advance
from kwit.metering.validation.rules import PointTerms, RuleCode

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class StateCase:
    """A state to be judged, with all it is judged by.

    `around` are the states of its register that count, in order, itself and doubtful ones left out; `versions`
    are the other versions of its own midnight; `moves` is the history of its zone up to the state before it.
    """

    reading: RegisterReading
    register: MeteredRegister
    around: Sequence[RegisterReading]
    versions: Sequence[RegisterReading]
    moves: Sequence[Move]
    terms: PointTerms

    @property
    def earlier(self) -> RegisterReading | None:
        """Return the last state before this one that was taken or estimated."""
        return max(
            (one for one in self.around if one.boundary < self.reading.boundary),
            key=lambda one: one.boundary,
            default=None,
        )

    @property
    def move(self) -> Move | None:
        """Return the use that this state would make with the one before it; None when it makes none."""
        return self._move_to(self.reading.state_wh)

    def scaled(self, factor: Fraction) -> Move | None:
        """Return the use that the state would make if it were so many times as large."""
        state = self.reading.state_wh * factor
        if state.denominator != 1 or state >= 10**self.register.digits * 1000:
            return None
        return self._move_to(int(state))

    def _move_to(self, state_wh: int) -> Move | None:
        first = self.earlier
        if first is None:
            return None
        supposed = RegisterReading(
            self.reading.ppe, self.reading.meter_no, self.reading.register, self.reading.boundary, state_wh,
            self.reading.kind, self.reading.known_at, self.reading.source,
        )  # fmt: skip
        moved = advance(first, supposed, digits=self.register.digits)
        if moved is None:
            return None
        return Move(Period(first.boundary, self.reading.boundary), moved * self.register.multiplier)

    def limit(self, code: RuleCode, name: str) -> Decimal:
        """Return a threshold of a rule for this point."""
        return self.terms.policy.limit(code, name)


StateRule = Callable[[StateCase], str | None]


def kwh(wh: int | Fraction) -> str:
    """Write Wh as kWh with a decimal comma, as sentences show them."""
    return f"{from_wh(nearest(Fraction(wh)), unit='kWh'):f}".replace(".", ",")


def _rollover(case: StateCase) -> str | None:
    first = case.earlier
    if first is None or case.reading.state_wh >= first.state_wh or case.move is None:
        return None
    return "Przyjęto, że liczydło przeszło przez zero."


def _point_inactive(case: StateCase) -> str | None:
    return None if case.terms.active else "W dniu odczytu punktu nie obejmuje żadna umowa."


def _zero_use(case: StateCase) -> str | None:
    move = case.move
    days = case.limit(RuleCode.ZERO_USE, "days")
    if move is None or move.wh or move.period.days < days or case.register.quantity != "import":
        return None
    return f"Od {move.period.days} dni licznik nie wykazuje zużycia."


def _use_high(case: StateCase) -> str | None:
    move, usual = case.move, _usual(case)
    if move is None or usual is None or not usual:
        return None
    floor = Fraction(case.limit(RuleCode.USE_HIGH, "kwh_per_day")) * 1000
    limit = usual * Fraction(case.limit(RuleCode.USE_HIGH, "factor"))
    if move.wh_a_day <= limit or move.wh_a_day <= floor:
        return None
    return f"Zużycie {kwh(move.wh_a_day)} kWh na dobę, a w historii {kwh(usual)} kWh na dobę."


def _use_low(case: StateCase) -> str | None:
    move, usual = case.move, _usual(case)
    floor = Fraction(case.limit(RuleCode.USE_LOW, "kwh_per_day")) * 1000
    if move is None or usual is None or usual < floor or not move.wh:
        return None
    if move.wh_a_day * Fraction(case.limit(RuleCode.USE_LOW, "factor")) >= usual:
        return None
    return f"Zużycie {kwh(move.wh_a_day)} kWh na dobę, a w historii {kwh(usual)} kWh na dobę."


def _usual(case: StateCase) -> Fraction | None:
    first = case.earlier
    if first is None:
        return None
    period = Period(first.boundary, case.reading.boundary)
    return usual_wh_a_day(case.moves, period, season_only=case.register.quantity == "export")


def _over_power(case: StateCase) -> str | None:
    move, power = case.move, case.terms.contracted_kw
    if move is None or power is None or case.register.quantity != "import":
        return None
    span = local_midnight(move.period.end) - local_midnight(move.period.start)
    most = Fraction(power) * 1000 * (span // _HOUR) * Fraction(case.limit(RuleCode.OVER_POWER, "factor"))
    if move.wh <= most:
        return None
    return f"Zużycie {kwh(move.wh)} kWh przekracza to, co moc umowna {power:f} kW daje przez {move.period.days} dni."


def _wrong_scale(case: StateCase) -> str | None:
    """Find a unit or a multiplier mistaken: the state does not fit the history, a scaled one does."""
    usual = _usual(case)
    if usual is None or not usual:
        return None
    factor = Fraction(case.limit(RuleCode.WRONG_SCALE, "factor"))
    if _fits(case.move, usual, factor * factor):
        return None
    times = case.register.multiplier
    scales = {"pomnożony przez 1000": Fraction(1000), "podzielony przez 1000": Fraction(1, 1000)}
    if times > 1:
        scales["pomnożony przez mnożną"] = Fraction(times)
        scales["podzielony przez mnożną"] = Fraction(1, times)
    fitting = [words for words, scale in scales.items() if _fits(case.scaled(scale), usual, factor)]
    if not fitting:
        return None
    return f"Stan nie pasuje do historii, a {fitting[0]} pasuje: sprawdź jednostkę i mnożną."


def _fits(move: Move | None, usual: Fraction, factor: Fraction) -> bool:
    return move is not None and usual <= move.wh_a_day * factor and move.wh_a_day <= usual * factor


def _prolonged_estimation(case: StateCase) -> str | None:
    if case.reading.kind is not ReadingKind.ESTIMATED:
        return None
    most = case.limit(RuleCode.PROLONGED_ESTIMATION, "in_a_row")
    count = 1 + guesses_before(case.around, case.reading.boundary)
    if count < most:
        return None
    return f"To już {count}. szacunek z rzędu; ostatni odczyt licznika jest zbyt dawny."


def _sources_differ(case: StateCase) -> str | None:
    """Find two kinds of source that tell different states of one midnight within days of each other."""
    days = int(case.limit(RuleCode.SOURCES_DIFFER, "days"))
    mine = case.reading
    for other in case.versions:
        kinds = {mine.kind, other.kind}
        near = abs(mine.known_at - other.known_at) <= timedelta(days=days)
        declared = {ReadingKind.CUSTOMER, ReadingKind.ESTIMATED} & kinds
        if len(kinds) == 2 and not declared and near and mine.state_wh != other.state_wh:
            return f"Inne źródło ({other.source.file}) podało na ten sam dzień {kwh(other.state_wh)} kWh."
    return None


def _declared_differs(case: StateCase) -> str | None:
    """Find what a customer declared to differ from what the meter itself or a reader told."""
    mine = case.reading
    limit = Fraction(case.limit(RuleCode.DECLARED_DIFFERS, "kwh")) * 1000
    for other in case.versions:
        kinds = {mine.kind, other.kind}
        told = ReadingKind.CUSTOMER in kinds and kinds & {ReadingKind.REMOTE, ReadingKind.ACTUAL}
        if told and abs(mine.state_wh - other.state_wh) > limit:
            who = "Odczyt licznika" if mine.kind is ReadingKind.CUSTOMER else "Odbiorca"
            return f"{who} na ten sam dzień: {kwh(other.state_wh)} kWh."
    expected = _between_taken(case) if mine.kind is ReadingKind.CUSTOMER else None
    if expected is not None and abs(mine.state_wh - expected) > limit:
        return f"Z odczytów przed i po tym dniu wynika około {kwh(expected)} kWh."
    return None


_NEAR_DAYS = 31


def _between_taken(case: StateCase) -> Fraction | None:
    """Return the state that readings of the meter at most a month before and after suggest."""
    day = case.reading.boundary
    taken = [one for one in case.around if one.kind in {ReadingKind.REMOTE, ReadingKind.ACTUAL}]
    before = [one for one in taken if 0 < (day - one.boundary).days <= _NEAR_DAYS]
    after = [one for one in taken if 0 < (one.boundary - day).days <= _NEAR_DAYS]
    if not before or not after:
        return None
    first, last = max(before, key=lambda one: one.boundary), min(after, key=lambda one: one.boundary)
    moved = advance(first, last, digits=case.register.digits)
    if moved is None:
        return None
    share = Fraction((day - first.boundary).days, (last.boundary - first.boundary).days)
    return first.state_wh + moved * share


STATE_RULES: Mapping[RuleCode, StateRule] = {
    RuleCode.ROLLOVER: _rollover,
    RuleCode.POINT_INACTIVE: _point_inactive,
    RuleCode.ZERO_USE: _zero_use,
    RuleCode.USE_HIGH: _use_high,
    RuleCode.USE_LOW: _use_low,
    RuleCode.OVER_POWER: _over_power,
    RuleCode.WRONG_SCALE: _wrong_scale,
    RuleCode.PROLONGED_ESTIMATION: _prolonged_estimation,
    RuleCode.SOURCES_DIFFER: _sources_differ,
    RuleCode.DECLARED_DIFFERS: _declared_differs,
}
"""Each rule gives a sentence in Polish about what it found, or None."""
