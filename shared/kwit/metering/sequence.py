"""States of one file against each other and against those known: repeats, changes, order and rollover."""

from collections.abc import Iterable, Sequence
from datetime import date

from kwit.intake.table import RowReader
from kwit.metering.readings import RegisterReading
from kwit.metering.register_rows import Candidate
from kwit.metering.usage import advance, current_states

_RegisterKey = tuple[str, str]
_StateKey = tuple[str, str, date]


def settle_point(candidates: Sequence[Candidate], stored: Iterable[RegisterReading]) -> None:
    """Decide every candidate of one point, given all versions of the point's readings in the store."""
    known = {_key(reading): reading for reading in current_states(stored)}
    _settle_same_file(candidates)
    by_register: dict[_RegisterKey, list[Candidate]] = {}
    for candidate in candidates:
        if candidate.accepted:
            reading = candidate.reading
            by_register.setdefault((reading.meter_no, reading.register), []).append(candidate)
    for register, group in by_register.items():
        states = {key[2]: reading for key, reading in known.items() if key[:2] == register}
        _settle_register(sorted(group, key=lambda c: c.reading.boundary), states)


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


def _settle_register(group: Sequence[Candidate], states: dict[date, RegisterReading]) -> None:
    """Walk the states of one register in the order of their midnights."""
    newest = max(states, default=None)
    replaced = {candidate.reading.boundary for candidate in group}
    for candidate in group:
        reading, reader = candidate.reading, candidate.reader
        present = states.get(reading.boundary)
        if present is not None and _same(present, reading):
            candidate.repeated = True
            sentence = (
                f"Ten odczyt jest już wczytany (plik {present.source.file}, wiersz {present.source.row})."
            )
            reader.warn("duplicate_row", candidate.column, sentence)
            continue
        _check_order(candidate, states, replaced)
        if candidate.refused:
            continue
        if present is not None:
            sentence = f"Stan zmieniono z {_kwh(present.state_wh)} kWh; poprzedni pozostaje w historii."
            reader.warn("changed_value", candidate.column, sentence)
        elif newest is not None and reading.boundary < newest:
            _warn_once(
                reader, "out_of_order", "date", "Odczyt starszy niż ostatni znany odczyt tego liczydła."
            )
        states[reading.boundary] = reading


def _check_order(candidate: Candidate, states: dict[date, RegisterReading], replaced: set[date]) -> None:
    reading, digits = candidate.reading, candidate.digits
    earlier = max((day for day in states if day < reading.boundary), default=None)
    later = min((day for day in states if day > reading.boundary and day not in replaced), default=None)
    if earlier is not None:
        last = states[earlier]
        if advance(last, reading, digits=digits) is None:
            sentence = (
                f"Stan jest niższy niż poprzedni ({_kwh(last.state_wh)} kWh, {last.boundary.isoformat()})."
            )
            candidate.refuse("reading_before_last", sentence)
            return
        if reading.state_wh < last.state_wh:
            candidate.reader.warn("rollover", candidate.column, "Przyjęto, że liczydło przeszło przez zero.")
    if later is not None and advance(reading, states[later], digits=digits) is None:
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
