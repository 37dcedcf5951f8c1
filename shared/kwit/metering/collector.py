"""Answers of a collector's handheld (kolektor inkasenta): states as in any table, and codes of what went wrong.

A row with a state is a reading like any other, whatever the collector remarked. A row without one, but with a
remark, is kept as a remark of the field. A row with neither was not visited, which is said.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from kwit.intake.repeats import of_same_drop
from kwit.intake.table import Column, Layout, RowReader
from kwit.intake.words import plain
from kwit.metering.field_remarks import UNKNOWN, FieldRemark, RemarkStore, SettledBy
from kwit.metering.register_rows import READINGS, Located, RegisterRows

OWN_KEYS = frozenset({"remark", "note", "route", "order"})
"""Columns that only a collector's answer has, beside those of a table of states."""

_STATE_COLUMNS = {column.key: column for column in READINGS.columns}


@dataclass(frozen=True, slots=True)
class RemarkMeaning:
    """What one code of a handheld means: kWit's word for it, the Polish name, and what settles it."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    code: str
    name: str
    settled_by: SettledBy


@dataclass(frozen=True, slots=True)
class CollectorProfile:
    """How one handheld answers: headings of its columns beside the usual ones, and its codes of remarks."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    name: str
    verified: bool
    columns: Mapping[str, tuple[str, ...]]
    remarks: Mapping[str, RemarkMeaning]

    def layout(self) -> Layout:
        """Return the layout by which answers of this handheld are found: that of states, and a remark."""
        named = {key: tuple(map(plain, heads)) for key, heads in self.columns.items()}
        taken = {head for heads in named.values() for head in heads}
        columns = [
            Column(
                key,
                (*named.get(key, ()), *(name for name in column.names if name not in taken)),
            )
            for key, column in _STATE_COLUMNS.items()
        ]
        columns += [Column(key, named[key]) for key in sorted(OWN_KEYS) if key in named]
        return Layout(
            kind=self.name,
            sheet_names=READINGS.sheet_names | {"trasa", "route"},
            columns=tuple(columns),
            needs=(("ppe", "meter_no"), ("date",), ("state",), ("remark",)),
        )

    def meaning(self, text: str) -> RemarkMeaning | None:
        """Return what a code means, however a spreadsheet wrote its leading zeros; None when it is not known."""
        bare = text.strip().lstrip("0") or "0"
        return next(
            (one for code, one in self.remarks.items() if (code.strip().lstrip("0") or "0") == bare), None
        )


@dataclass(slots=True)
class _Said:
    """A remark, the row that says it, and the key of the cell that does."""

    reader: RowReader
    key: str
    remark: FieldRemark
    repeated: bool = False


@dataclass(slots=True)
class CollectorRows:
    """Reads rows of answers: hands states on to `states`, keeps remarks, and counts what it rejects."""

    states: RegisterRows
    rejected: int = 0
    readers: list[RowReader] = field(default_factory=list)
    _said: list[_Said] = field(default_factory=list)

    def read(self, reader: RowReader, profile: CollectorProfile) -> None:
        """Read one row."""
        meaning = _meaning(reader, profile)
        if reader.cell("state") is not None:
            found = self.states.read(reader)
            if meaning is not None and found is not None:
                self._beside_state(reader, meaning, found)
            return
        self.readers.append(reader)
        if meaning is None:
            self.rejected += 1
            if reader.sound:
                reader.reject("not_visited", "state", "Wiersz bez stanu i bez uwagi: punktu nie odwiedzono.")
            return
        found = self.states.located(reader)
        if found is None:
            self.rejected += 1
            return
        reader.warn("not_read", _key(reader), f"Inkasent nie odczytał stanu: {meaning.name}.")
        self._keep(reader, meaning, found, state_read=False)

    def settle(self, store: RemarkStore | None) -> list[FieldRemark]:
        """Find the remarks that are known already; return the new ones, each once.

        What the same drop brought in an attempt that broke off counts as new, so that every attempt says the
        same.
        """
        new: dict[str, FieldRemark] = {}
        for said in self._said:
            remark = said.remark
            known = store.find(remark.remark_id) if store is not None else None
            if known is None or of_same_drop(
                known.source, known.known_at, file=self.states.file, known_at=self.states.known_at
            ):
                new.setdefault(remark.remark_id, remark)
                continue
            said.repeated = True
            sentence = f"Ta uwaga jest już znana (plik {known.source.file}, wiersz {known.source.row})."
            said.reader.warn("duplicate_row", said.key, sentence)
        return list(new.values())

    @property
    def accepted(self) -> int:
        """Count the rows without a state whose remark is new."""
        return sum(1 for said in self._said if not said.remark.state_read and not said.repeated)

    @property
    def repeated(self) -> int:
        """Count the rows without a state whose remark is known."""
        return sum(1 for said in self._said if not said.remark.state_read and said.repeated)

    def _beside_state(self, reader: RowReader, meaning: RemarkMeaning, found: Located) -> None:
        if meaning.settled_by is SettledBy.READING:
            # The state that came with it settles it.
            reader.warn("collector_remark", _key(reader), f"Uwaga inkasenta: {meaning.name}.")
            return
        sentence = f"Uwaga inkasenta, do wyjaśnienia przez osobę: {meaning.name}."
        reader.warn("collector_remark", _key(reader), sentence)
        self._keep(reader, meaning, found, state_read=True)

    def _keep(self, reader: RowReader, meaning: RemarkMeaning, found: Located, *, state_read: bool) -> None:
        remark = FieldRemark(
            ppe=found.ppe,
            meter_no=found.meter.meter_no,
            day=found.day,
            code=meaning.code,
            name=meaning.name,
            note=reader.text("note"),
            settled_by=meaning.settled_by,
            state_read=state_read,
            known_at=self.states.known_at,
            source=self.states.source(reader),
        )
        self._said.append(_Said(reader, _key(reader), remark))


def _key(reader: RowReader) -> str:
    return "note" if reader.cell("remark") is None else "remark"


def _meaning(reader: RowReader, profile: CollectorProfile) -> RemarkMeaning | None:
    """Read what the collector remarked; None when nothing. A remark that no profile explains is not lost."""
    written = reader.text("remark")
    if not written:
        without_code = RemarkMeaning(UNKNOWN, "uwaga bez kodu", SettledBy.PERSON)
        return without_code if reader.text("note") else None
    found = profile.meaning(written)
    if found is None:
        reader.warn("unknown_remark", "remark", "Nieznany kod uwagi; zachowano go tak, jak go zapisano.")
        return RemarkMeaning(UNKNOWN, f"kod {written}", SettledBy.PERSON)
    return found
