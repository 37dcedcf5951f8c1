"""Edits of readings by a person (korekty odczytów): correct a state, withdraw a reading, accept a held one.

Nothing is overwritten: an edit is a new version beside the one it concerns, with its reason and its author.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from kwit.intake.dropped_file import DroppedFile
from kwit.intake.repeats import of_same_drop
from kwit.intake.table import Column, Layout, RowReader
from kwit.intake.words import QUANTITIES
from kwit.kernel.time import Period
from kwit.metering.correcting import CorrectionDesk
from kwit.metering.ports import PlacedRegister, PointDirectory, ReadingStore
from kwit.metering.readings import Edit, IntervalDay, Reading, ReadingKind, RegisterReading, Standing
from kwit.metering.register_rows import (
    KINDS,
    READINGS,
    UNITS,
    Candidate,
    Located,
    RegisterRows,
    register_named,
    state_in,
)
from kwit.metering.sequence import settle_point
from kwit.metering.usage import version_that_counts
from kwit.metering.versions import Version, last_word


class Action(StrEnum):
    """What a person wants done with a reading (działanie)."""

    CORRECT = "correct"
    VOID = "void"
    ACCEPT = "accept"


_ACTIONS = {
    "popraw": Action.CORRECT, "poprawa": Action.CORRECT, "korekta": Action.CORRECT, "zmien": Action.CORRECT,
    "correct": Action.CORRECT,
    "uniewaznij": Action.VOID, "uniewaznienie": Action.VOID, "void": Action.VOID,
    "zaakceptuj": Action.ACCEPT, "akceptuj": Action.ACCEPT, "przyjmij": Action.ACCEPT, "accept": Action.ACCEPT,
}  # fmt: skip

_READING_COLUMNS = tuple(one for one in READINGS.columns if one.key not in {"state", "kind"})

EDITS = Layout(
    kind="edits",
    sheet_names=READINGS.sheet_names | {"korekty", "korekty odczytow", "edits"},
    columns=(
        *_READING_COLUMNS,
        Column("state", ("stan", "nowy stan", "stan po korekcie", "nowy stan kwh", "stan kwh", "new state")),
        Column("kind", ("rodzaj odczytu",)),
        Column("action", ("dzialanie", "czynnosc", "operacja", "co zrobic")),
        Column("reason", ("powod", "przyczyna", "uzasadnienie")),
        Column("author", ("autor", "osoba", "kto", "poprawil")),
    ),
    needs=(("ppe", "meter_no"), ("date",), ("state", "action"), ("reason",), ("author",)),
)


@dataclass(frozen=True, slots=True)
class _Wish:
    """One row: what is wanted of which reading."""

    reader: RowReader
    action: Action
    edit: Edit
    at: Located
    register: PlacedRegister
    state_wh: int
    kind: ReadingKind | None

    @property
    def key(self) -> tuple[str, str, date]:
        return self.at.meter.meter_no, self.register.code, self.at.boundary


@dataclass(slots=True)
class Edits:
    """Reads rows of one file into wishes, and settles them against what is stored."""

    file: DroppedFile
    directory: PointDirectory
    known_at: datetime
    rejected: int = 0
    repeated: int = 0
    readers: list[RowReader] = field(default_factory=list)
    _wishes: list[_Wish] = field(default_factory=list)
    _rows: RegisterRows = field(init=False)

    def __post_init__(self) -> None:
        self._rows = RegisterRows(self.file, self.directory, self.known_at)

    def read(self, reader: RowReader) -> None:
        """Read one row into a wish, or say why not."""
        self.readers.append(reader)
        wish = self._wish(reader)
        if wish is None or not reader.sound:
            self.rejected += 1
        else:
            self._wishes.append(wish)

    def _wish(self, reader: RowReader) -> _Wish | None:
        edit = Edit(reader.required("reason"), reader.required("author"))
        usual = Action.CORRECT if reader.cell("state") is not None else None
        action = reader.choice("action", _ACTIONS, default=usual, code="bad_action")
        if action is None and reader.sound:
            reader.reject("missing_value", "action", "Wiersz nie podaje ani nowego stanu, ani działania.")
        kind = reader.choice("kind", KINDS, default=None, code="bad_kind")
        unit = reader.choice("unit", UNITS, default="kWh", code="bad_unit")
        at = self._rows.located(reader)
        if at is None or action is None:
            return None
        name = reader.text("register")
        quantity = reader.choice("quantity", QUANTITIES, default="")
        register = register_named(
            reader, at.meter, "register" if name else "zone", name=name, quantity=quantity
        )
        state = state_in(reader, "state", unit, register) if action is Action.CORRECT else 0
        if register is None or state is None:
            return None
        return _Wish(reader, action, edit, at, register, state, kind)

    def settle(self, store: ReadingStore, desk: CorrectionDesk | None) -> list[Reading]:
        """Settle every wish, point by point; return the versions to store."""
        made: list[Reading] = []
        points: dict[str, list[_Wish]] = {}
        for wish in self._without_contradictions():
            points.setdefault(wish.at.ppe, []).append(wish)
        for ppe, wishes in points.items():
            known = [one for one in store.registers(ppe) if not self._of_this_drop(one)]
            withdrawn: list[RegisterReading] = []
            days: list[IntervalDay] = []
            known_days: list[IntervalDay] = []
            for wish in (one for one in wishes if one.action is not Action.CORRECT):
                versions = self._days(store, wish)
                if versions:
                    known_days += versions
                    days += self._marked(wish, versions)
                else:
                    withdrawn += self._marked(wish, [one for one in known if _key(one) == wish.key])
            corrected = self._corrected(
                [one for one in wishes if one.action is Action.CORRECT], known, withdrawn
            )
            if desk is not None:
                in_force = [one.reading for one in corrected if one.in_force]
                desk.states(ppe, [*withdrawn, *in_force], known=known)
                desk.days(ppe, days, known=known_days)
            made += [*withdrawn, *(one.reading for one in corrected), *days]
        return made

    def _without_contradictions(self) -> list[_Wish]:
        """Leave out rows that want different things of one reading; equal ones count once."""
        groups: dict[tuple[str, str, str, date], list[_Wish]] = {}
        for wish in self._wishes:
            groups.setdefault((wish.at.ppe, *wish.key), []).append(wish)
        kept = []
        for group in groups.values():
            first = group[0]
            if len({(one.action, one.state_wh, one.kind) for one in group}) == 1:
                kept.append(first)
                for one in group[1:]:
                    self._repeat(one, f"Ta sama korekta stoi już w wierszu {first.reader.number} tego pliku.")
                continue
            numbers = ", ".join(str(one.reader.number) for one in group)
            for one in group:
                sentence = f"Różne korekty tego samego odczytu w wierszach: {numbers}."
                self._reject(one, "duplicate_in_file", sentence)
        return kept

    def _of_this_drop(self, one: Reading) -> bool:
        return of_same_drop(one.source, one.known_at, file=self.file, known_at=self.known_at)

    def _days(self, store: ReadingStore, wish: _Wish) -> list[IntervalDay]:
        """Return the versions of the day that a row names, where the register is settled from a series."""
        if wish.at.meter.interval_minutes is None:
            return []
        day = wish.at.day
        found = store.intervals(wish.at.ppe, period=Period(day, day + timedelta(days=1)))
        return [one for one in found if one.register == wish.register.code and not self._of_this_drop(one)]

    def _marked(self, wish: _Wish, versions: Sequence[Version]) -> list[Version]:
        """Return the version that accepts or withdraws the one that counts; none when there is nothing to do."""
        current = version_that_counts(versions)
        latest = last_word(versions)
        if latest is not None and latest.standing.edit == wish.edit and not latest.standing.held:
            self._repeat(wish, "Ta korekta jest już wczytana.")
            return []
        if current is None:
            code = "nothing_to_accept" if wish.action is Action.ACCEPT else "nothing_to_void"
            self._reject(wish, code, "Nie ma takiego odczytu.")
            return []
        if wish.action is Action.ACCEPT and not current.standing.held:
            self._reject(wish, "nothing_to_accept", "Tego odczytu nic nie wstrzymuje.")
            return []
        standing = Standing(void=wish.action is Action.VOID, edit=wish.edit)
        source = self._rows.source(wish.reader)
        return [replace(current, known_at=self.known_at, source=source, standing=standing)]

    def _corrected(
        self, wishes: Iterable[_Wish], known: Sequence[RegisterReading], withdrawn: Sequence[RegisterReading]
    ) -> list[Candidate]:
        """Return the corrected states that follow in order; a person's word is not judged by the rules."""
        candidates = [self._candidate(wish, known) for wish in wishes]
        settle_point(candidates, [*known, *withdrawn])
        self.rejected += sum(one.refused for one in candidates)
        self.repeated += sum(one.repeated and not one.refused for one in candidates)
        return [one for one in candidates if one.accepted]

    def _candidate(self, wish: _Wish, known: Sequence[RegisterReading]) -> Candidate:
        current = version_that_counts([one for one in known if _key(one) == wish.key])
        measured = current.kind if current is not None and not current.reckoned else ReadingKind.ACTUAL
        meter_no, register, boundary = wish.key
        reading = RegisterReading(
            ppe=wish.at.ppe,
            meter_no=meter_no,
            register=register,
            boundary=boundary,
            state_wh=wish.state_wh,
            kind=wish.kind or measured,
            known_at=self.known_at,
            source=self._rows.source(wish.reader),
            standing=Standing(edit=wish.edit),
        )
        return Candidate(wish.reader, "state", reading, wish.register.digits)

    def _reject(self, wish: _Wish, code: str, sentence_pl: str) -> None:
        self.rejected += 1
        wish.reader.reject(code, "action", sentence_pl)

    def _repeat(self, wish: _Wish, sentence_pl: str) -> None:
        self.repeated += 1
        wish.reader.warn("duplicate_row", "action", sentence_pl)


def _key(reading: RegisterReading) -> tuple[str, str, date]:
    return reading.meter_no, reading.register, reading.boundary
