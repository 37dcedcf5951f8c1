"""States of one file against each other and against those known: repeats, changes, order and rollover."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from kwit.intake.table import RowReader
from kwit.metering.readings import RegisterReading, Standing
from kwit.metering.register_rows import Candidate
from kwit.metering.usage import advance, current_states
from kwit.metering.versions import Hearing, hear

_RegisterKey = tuple[str, str]
_StateKey = tuple[str, str, date]


@dataclass(frozen=True, slots=True)
class _Book:
    """The states of one register: all that are known, and those that newer ones must follow in order."""

    versions: dict[date, list[RegisterReading]] = field(default_factory=dict)
    known: dict[date, RegisterReading] = field(default_factory=dict)
    in_order: dict[date, RegisterReading] = field(default_factory=dict)
    brought: set[date] = field(default_factory=set)

    @property
    def newest(self) -> date | None:
        return max(self.known, default=None)


def settle_point(
    candidates: Sequence[Candidate],
    stored: Iterable[RegisterReading],
    *,
    judge: Callable[[Candidate], None] = lambda _: None,
) -> None:
    """Decide every candidate of one point, given all versions of the point's readings in the store.

    `judge` may refuse or hold a candidate that is in order; what it holds, and what kWit reckoned itself, sets
    no bounds to other states.
    """
    books: dict[_RegisterKey, _Book] = {}
    versions = list(stored)
    for reading in versions:
        book = books.setdefault((reading.meter_no, reading.register), _Book())
        book.versions.setdefault(reading.boundary, []).append(reading)
    for reading in current_states(versions):
        book = books.setdefault((reading.meter_no, reading.register), _Book())
        book.known[reading.boundary] = reading
        if not reading.reckoned and not reading.standing.held:
            book.in_order[reading.boundary] = reading
    newest = {register: book.newest for register, book in books.items()}
    _settle_same_file(candidates)
    accepted = [candidate for candidate in candidates if candidate.accepted]
    for candidate in accepted:
        register = (candidate.reading.meter_no, candidate.reading.register)
        books.setdefault(register, _Book()).brought.add(candidate.reading.boundary)
    for candidate in sorted(accepted, key=_place):
        register = (candidate.reading.meter_no, candidate.reading.register)
        _settle(candidate, books[register], newest.get(register))
        if candidate.in_force:
            judge(candidate)
        if candidate.in_force and not candidate.reading.standing.held:
            books[register].in_order[candidate.reading.boundary] = candidate.reading


def _place(candidate: Candidate) -> tuple[date, str, str]:
    return candidate.reading.boundary, candidate.reading.meter_no, candidate.reading.register


def _key(reading: RegisterReading) -> _StateKey:
    return reading.meter_no, reading.register, reading.boundary


def _same(one: RegisterReading, other: RegisterReading) -> bool:
    return one.state_wh == other.state_wh and one.kind is other.kind


def _settle_same_file(candidates: Sequence[Candidate]) -> None:
    """Let equal states of one file count once; of different ones for the same midnight none goes in."""
    groups: dict[_StateKey, list[Candidate]] = {}
    for candidate in candidates:
        groups.setdefault(_key(candidate.reading), []).append(candidate)
    for group in groups.values():
        first = group[0]
        if len(group) == 1:
            continue
        if all(_same(candidate.reading, first.reading) for candidate in group):
            for candidate in group[1:]:
                candidate.repeated = True
                sentence = f"Ten sam odczyt stoi już w wierszu {first.reader.number} tego pliku."
                candidate.reader.warn("duplicate_row", candidate.column, sentence)
            continue
        numbers = ", ".join(str(candidate.reader.number) for candidate in group)
        for candidate in group:
            candidate.refuse(
                "duplicate_in_file",
                f"Różne stany tego samego liczydła na ten sam dzień w wierszach: {numbers}.",
            )


def _settle(candidate: Candidate, book: _Book, newest: date | None) -> None:
    """Settle one state against the others of its register."""
    reading, reader = candidate.reading, candidate.reader
    hearing, met = hear(reading, book.versions.get(reading.boundary, ()))
    if met is not None and hearing in {Hearing.AGAIN, Hearing.AFFIRMS}:
        _repeat(candidate, met, affirming=hearing is Hearing.AFFIRMS)
        return
    if met is not None and hearing is Hearing.OLDER:
        candidate.older = True
        sentence = f"Plik {met.source.file} podał już później inny stan; ten zapisano tylko w historii."
        reader.warn("older_value", candidate.column, sentence)
        return
    _check_order(candidate, book)
    present = book.known.get(reading.boundary)
    if candidate.refused:
        return
    if present is not None and (present.state_wh, present.kind) != (reading.state_wh, reading.kind):
        sentence = f"Stan zmieniono z {_kwh(present.state_wh)} kWh; poprzedni pozostaje w historii."
        reader.warn("changed_value", candidate.column, sentence)
    elif newest is not None and reading.boundary < newest:
        _warn_once(reader, "out_of_order", "date", "Odczyt starszy niż ostatni znany odczyt tego liczydła.")


def _repeat(candidate: Candidate, met: RegisterReading, *, affirming: bool) -> None:
    """Note that a state is known; where it is kept nevertheless, it is held for what the known one is held for."""
    candidate.repeated, candidate.affirming = True, affirming
    sentence = f"Ten odczyt jest już wczytany (plik {met.source.file}, wiersz {met.source.row})."
    candidate.reader.warn("duplicate_row", candidate.column, sentence)
    standing = Standing(held=met.standing.held)
    candidate.reading = replace(candidate.reading, standing=standing, told_before=affirming)


def _check_order(candidate: Candidate, book: _Book) -> None:
    reading, digits, states = candidate.reading, candidate.digits, book.in_order
    earlier = max((day for day in states if day < reading.boundary), default=None)
    later = min((day for day in states if day > reading.boundary and day not in book.brought), default=None)
    if earlier is not None and advance(states[earlier], reading, digits=digits) is None:
        last = states[earlier]
        day = last.boundary.isoformat()
        candidate.refuse(
            "reading_before_last", f"Stan jest niższy niż poprzedni ({_kwh(last.state_wh)} kWh, {day})."
        )
    elif later is not None and advance(reading, states[later], digits=digits) is None:
        following = states[later]
        day = following.boundary.isoformat()
        candidate.refuse(
            "reading_above_next", f"Stan jest wyższy niż późniejszy ({_kwh(following.state_wh)} kWh, {day})."
        )


def _warn_once(reader: RowReader, code: str, column: str, sentence_pl: str) -> None:
    if all(finding.code != code for finding in reader.findings):
        reader.warn(code, column, sentence_pl)


def _kwh(wh: int) -> str:
    return f"{wh // 1000},{wh % 1000:03}"
