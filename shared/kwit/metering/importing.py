"""Import readings (odczyty): states of registers, and interval values from whatever source writes them."""

from array import array
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from functools import partial

from kwit.intake.dropped_file import SIZE_LIMIT, DroppedFile
from kwit.intake.findings import Finding, ImportResult, Severity, file_rejection, result_of
from kwit.intake.inflating import GZIP_MAGIC, first_bytes, inflated, pieces
from kwit.intake.ports import ImportLog
from kwit.intake.repeats import of_same_drop, result_without_reading
from kwit.intake.sheet import UnreadableFileError
from kwit.intake.table import Layout, Table, read_tables
from kwit.intake.text import DecodedText, decode
from kwit.kernel.time import Period
from kwit.metering.batch import Batch, encoding_of, is_batch
from kwit.metering.collector import CollectorProfile, CollectorRows
from kwit.metering.correcting import CorrectionDesk
from kwit.metering.cutting import BatchPart, cut_batch, cut_tables, read_part
from kwit.metering.day_file import DayFile, DayFileProfile, Quality, is_day_file, read_day_file
from kwit.metering.day_import import DayImport, Fate, Place, StagedDay
from kwit.metering.day_rows import DayRows, DayRowsProfile
from kwit.metering.editing import EDITS, Edits
from kwit.metering.field_remarks import RemarkStore
from kwit.metering.interval_table import IntervalRows, IntervalTableProfile
from kwit.metering.known_points import KnownPoints
from kwit.metering.ports import PointDirectory, ReadingStore, TermsDirectory
from kwit.metering.profile_files import Profile, packaged_profiles
from kwit.metering.readings import IntervalDay, Reading, RegisterReading
from kwit.metering.register_rows import READINGS, Candidate, RegisterRows
from kwit.metering.register_table import RegisterTableProfile
from kwit.metering.sequence import settle_point
from kwit.metering.usage import current_days
from kwit.metering.validation.review import DayReview, StateReview
from kwit.metering.validation.rules import PointTerms

KIND = "readings"

TableProfile = CollectorProfile | IntervalTableProfile | RegisterTableProfile
"""Profiles of files that are tables, found by their headings."""

LONG_BATCH = 2_000
"""Lines of the longest batch that goes in as a whole, and of a part of a longer one: some minute of questions."""

LONG_TABLE = 2_500
"""Rows of the longest table of states that goes in as a whole, and of a part of a longer one."""

_SHORT_BYTES = 50_000


def import_readings(
    *,
    file: DroppedFile,
    directory: PointDirectory,
    store: ReadingStore,
    imports: ImportLog,
    known_at: datetime,
    profiles: Sequence[Profile] | None = None,
    terms: TermsDirectory | None = None,
    desk: CorrectionDesk | None = None,
    remarks: RemarkStore | None = None,
) -> ImportResult:
    """Bring a file of readings in: every sound state or day is stored, every other one is reported.

    The file, plain or gzip, is a table of register states (XLSX or CSV), a batch of a head-end system, or a
    file that one of the `profiles` describes (the packaged ones when None). The store gets all new readings
    in one call, and is asked once for each point. What the same file said before writes nothing; what another file
    said is kept as said again and changes nothing that counts, nor does a word that a file dropped later has replaced
    already: any order of handling ends the same. A file that went in whole before is not read again. `terms` say by
    which rules readings are judged, without them the rules stand at their defaults; `desk` takes the tasks that
    changes of invoiced readings make. `remarks` keeps what collectors remarked; without it that stands in the
    result alone.
    """
    known = result_without_reading(file=file, kind=KIND, imports=imports, known_at=known_at)
    if known is not None:
        return known
    chosen = packaged_profiles() if profiles is None else profiles
    result = FileImport(file, KnownPoints(directory), store, known_at, chosen, terms, desk, remarks).result()
    imports.record(result)
    return result


class FileImport:
    """One file on its way in: as a whole, or cut into parts that go in on their own.

    `noted` are remarks on what the file is read with, for its result.
    """

    def __init__(
        self,
        file: DroppedFile,
        directory: KnownPoints,
        store: ReadingStore,
        known_at: datetime,
        profiles: Sequence[Profile],
        terms: TermsDirectory | None = None,
        desk: CorrectionDesk | None = None,
        remarks: RemarkStore | None = None,
        *,
        noted: Sequence[Finding] = (),
    ) -> None:
        self._file = file
        self._noted = noted
        self._remarks = remarks
        self._directory = directory
        self._store = store
        self._profiles = profiles
        self._known_at = known_at
        self._days = DayImport(file, directory, known_at)
        self._states = RegisterRows(file, directory, known_at)
        self._edits = Edits(file, directory, known_at)
        self._terms = terms
        self._desk = desk
        self._collected = CollectorRows(self._states)
        self._encoding = ""

    def result(self) -> ImportResult:
        """Read the file by what it is, settle what it holds, store it in one call, and sum up."""
        try:
            self._read()
        except UnreadableFileError as error:
            # Nothing of a file that breaks off counts, whatever was read before.
            finding = file_rejection(error.code, error.sentence_pl, sheet=error.sheet, value=error.value)
            return self._sum_up((*self._noted, finding), rejected=0)
        self._days.findings[:0] = self._noted
        return self._settled()

    def result_of_part(self, content: bytes) -> ImportResult:
        """Read one part of the file, settle what it holds, store it in one call, and sum the part up."""
        described = self._described()
        part = read_part(content, (READINGS, EDITS, *described))
        if isinstance(part, BatchPart):
            batch = Batch(self._days, part.heading)
            for number, line in part.lines:
                batch.take(number, line)
            batch.finish()
        else:
            for table in part:
                self._rows(table, described.get(table.layout))
        return self._settled()

    def cut(self) -> tuple[ImportResult, Sequence[bytes]] | None:
        """Cut the file into parts when it is long; also return what is to be said of it beside its rows.

        None when the file is short, of a kind that is read in one go, or not readable.
        """
        content = self._file.content
        packed = content.startswith(GZIP_MAGIC)
        try:
            if is_batch(first := first_bytes(content)):
                self._encoding = encoding_of(first, packed=packed)
                parts = cut_batch(content, over=LONG_BATCH, rows=LONG_BATCH)
            else:
                parts = self._cut_tables(inflated(content, limit=SIZE_LIMIT), packed=packed)
        except UnreadableFileError:
            # Reading it in one go says what is wrong.
            return None
        return (self._sum_up((*self._noted, *self._days.findings), rejected=0), parts) if parts else None

    def _cut_tables(self, content: bytes, *, packed: bool) -> list[bytes] | None:
        start = content[:200].decode("utf-8", errors="replace")
        by_rows = any(one.begins(start) for one in self._profiles if isinstance(one, DayRowsProfile))
        if len(content) < _SHORT_BYTES or is_day_file(content) or by_rows:
            return None
        tables, described = self._read_tables(content), self._described()
        if packed:
            self._encoding += ", gzip"
        for table in tables:
            self._remark(described.get(table.layout))
        return cut_tables(tables, self._directory, over=LONG_TABLE, rows=LONG_TABLE)

    def _settled(self) -> ImportResult:
        states = self._settled_states()
        self._days.settle(self._store, judge=self._judge_days)
        edited = self._edits.settle(self._store, self._desk)
        stored = self._days.count(Fate.ACCEPTED, Fate.OLDER)
        remarks = self._collected.settle(self._remarks)
        if remarks and self._remarks is not None:
            self._remarks.add(remarks)
        if states or edited or self._days.to_store:
            # Tasks come first: an attempt that breaks off between the two finds the same changes again.
            if self._desk is not None:
                self._desk.file()
            self._store.put(_all([*states, *edited], self._days))
        candidates = self._states.candidates
        readers = [*self._states.readers, *self._edits.readers, *self._collected.readers]
        return self._sum_up(
            (*self._days.findings, *(one for reader in readers for one in reader.findings)),
            accepted=sum(one.accepted for one in candidates)
            + stored
            + len(edited)
            + self._collected.accepted,
            rejected=self._states.rejected
            + self._days.rejected
            + self._edits.rejected
            + self._collected.rejected
            + sum(one.refused for one in candidates),
            duplicate=self._days.count(Fate.REPEATED, Fate.AFFIRMED)
            + self._days.repeated
            + self._edits.repeated
            + self._collected.repeated
            + sum(one.repeated and not one.refused for one in candidates),
        )

    def _sum_up(
        self, findings: Sequence[Finding], *, rejected: int, accepted: int = 0, duplicate: int = 0
    ) -> ImportResult:
        return result_of(
            file=self._file.name,
            content_hash=self._file.content_hash,
            kind=KIND,
            encoding=self._encoding,
            known_at=self._known_at,
            findings=findings,
            accepted=accepted,
            rejected=rejected,
            duplicate=duplicate,
        )

    def _read(self) -> None:
        """Read the file into states and days. Raises UnreadableFileError."""
        first = first_bytes(self._file.content)
        packed = self._file.content.startswith(GZIP_MAGIC)
        if is_batch(first):
            self._encoding = encoding_of(first, packed=packed)
            Batch(self._days).read(pieces(self._file.content))
            return
        content = inflated(self._file.content, limit=SIZE_LIMIT)
        if is_day_file(content):
            self._day_file(content)
        elif not self._day_rows(content):
            self._tables(content)
        if packed:
            self._encoding += ", gzip"

    def _day_file(self, content: bytes) -> None:
        """Read one point's day with the first day-file profile that takes it, else report by the first one."""
        profiles = [one for one in self._profiles if isinstance(one, DayFileProfile)]
        tried = [read_day_file(content=content, name=self._file.name, profile=one) for one in profiles]
        fitting = [index for index, (read, _) in enumerate(tried) if read is not None]
        if not tried:
            raise UnreadableFileError("no_profile", "Nie ma profilu dla plików dobowych.")
        index = fitting[0] if fitting else 0
        read, remarks = tried[index]
        self._encoding = profiles[index].encoding
        self._days.findings += remarks
        if read is None:
            self._days.rejected += 1
        else:
            self._days.add(_staged(read))

    def _day_rows(self, content: bytes) -> bool:
        profiles = [one for one in self._profiles if isinstance(one, DayRowsProfile)]
        start = content[:200].decode("utf-8", errors="replace")
        for profile in profiles:
            if profile.begins(start):
                decoded = decode(content)
                self._note(decoded)
                self._unverified(profile)
                DayRows(profile, self._days).read(decoded.text)
                return True
        return False

    def _note(self, decoded: DecodedText) -> None:
        self._encoding = decoded.encoding
        self._days.findings += decoded.findings

    def _unverified(self, profile: DayRowsProfile | TableProfile) -> None:
        if not profile.verified:
            sentence = (
                f"Plik odczytano profilem «{profile.name}», którego nie potwierdzono na oryginalnych plikach."
            )
            self._days.findings.append(
                Finding("unverified_profile", Severity.WARN, sentence, value=profile.name)
            )

    def _tables(self, content: bytes) -> None:
        described = self._described()
        for table in self._read_tables(content):
            profile = described.get(table.layout)
            self._remark(profile)
            self._rows(table, profile)

    def _described(self) -> dict[Layout, TableProfile]:
        return {one.layout(): one for one in self._profiles if isinstance(one, TableProfile)}

    def _read_tables(self, content: bytes) -> Sequence[Table]:
        described = self._described()
        # Where two layouts find as many columns, the mapping that somebody made for it counts.
        mapped = [one for one, profile in described.items() if isinstance(profile, RegisterTableProfile)]
        others = [one for one in described if one not in mapped]
        tables = read_tables(content=content, layouts=(*mapped, READINGS, EDITS, *others))
        self._encoding = tables.encoding
        self._days.findings += tables.findings
        return tables.tables

    def _remark(self, profile: TableProfile | None) -> None:
        if profile is not None:
            self._unverified(profile)

    def _rows(self, table: Table, profile: TableProfile | None) -> None:
        if isinstance(profile, IntervalTableProfile):
            IntervalRows(table, profile, self._days, self._file.name).read()
            return
        rows = self._edits if table.layout.kind == EDITS.kind else self._states
        for reader in table.each_row():
            if profile is None:
                rows.read(reader)
            elif isinstance(profile, RegisterTableProfile):
                self._states.read(reader, unit=profile.unit, kind=profile.reading_kind)
            else:
                self._collected.read(reader, profile)

    def _settled_states(self) -> Sequence[RegisterReading]:
        candidates = self._states.candidates
        for ppe, group in _by_point(candidates).items():
            known = [
                state
                for state in self._store.registers(ppe)
                if not of_same_drop(state.source, state.known_at, file=self._file, known_at=self._known_at)
            ]
            review = StateReview.of(
                meters=self._directory.meters(ppe) or (),
                stored=known,
                terms=partial(self._terms_of, ppe),
                series=partial(self._series, ppe),
            )
            settle_point(group, known, judge=review.judge)
            review.finish(group)
            if self._desk is not None:
                self._desk.states(ppe, [one.reading for one in group if one.in_force], known=known)
        return [candidate.reading for candidate in candidates if candidate.stored]

    def _terms_of(self, ppe: str, day: date) -> PointTerms:
        return PointTerms() if self._terms is None else self._terms.terms(ppe, on=day)

    def _judge_days(self, ppe: str, days: Sequence[StagedDay], known: Sequence[IntervalDay]) -> None:
        DayReview(self._days, self._directory, self._store, self._terms_of).judge(ppe, days, known)
        if self._desk is not None:
            accepted = [self._days.reading(one) for one in days if one.fate is Fate.ACCEPTED]
            self._desk.days(ppe, accepted, known=known)

    def _series(self, ppe: str, register: str, period: Period) -> Sequence[IntervalDay]:
        days = current_days(self._store.intervals(ppe, period=period))
        return [day for day in days if day.register == register]


def _all(states: Sequence[Reading], days: DayImport) -> Iterator[Reading]:
    yield from states
    yield from days.readings()


def _by_point(candidates: Sequence[Candidate]) -> dict[str, list[Candidate]]:
    points: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        points.setdefault(candidate.reading.ppe, []).append(candidate)
    return points


def _staged(read: DayFile) -> StagedDay:
    estimated = frozenset(index for index, one in enumerate(read.qualities) if one is not Quality.ACTUAL)
    missing = frozenset(index for index, one in enumerate(read.qualities) if one is Quality.MISSING)
    values = array("q", read.values_wh)
    return StagedDay(Place(), read.ppe, read.day, read.quantity, read.minutes, values, estimated, missing)
