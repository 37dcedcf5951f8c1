"""Import readings (odczyty): tables of register states, and day files of interval values."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from kwit.intake.dropped_file import DroppedFile
from kwit.intake.findings import (
    Finding,
    ImportResult,
    Severity,
    file_rejection,
    result_of,
)
from kwit.intake.ports import ImportLog
from kwit.intake.repeats import of_same_drop, result_without_reading
from kwit.intake.table import read_tables
from kwit.kernel.provenance import Source
from kwit.kernel.time import Period, local_day
from kwit.metering.day_file import (
    UNVERIFIED_PROFILE,
    DayFile,
    DayFileProfile,
    Quality,
    is_day_file,
    read_day_file,
)
from kwit.metering.ports import PlacedMeter, PlacedRegister, PointDirectory, ReadingStore
from kwit.metering.readings import IntervalDay
from kwit.metering.register_rows import READINGS, Candidate, RegisterRows
from kwit.metering.sequence import settle_point
from kwit.metering.usage import current_days

KIND = "readings"


def import_readings(
    *,
    file: DroppedFile,
    directory: PointDirectory,
    store: ReadingStore,
    imports: ImportLog,
    known_at: datetime,
    profile: DayFileProfile = UNVERIFIED_PROFILE,
) -> ImportResult:
    """Bring a file of readings in: every sound state is stored, every other one is reported.

    The file is a table of register states (XLSX or CSV), or a day file written as `profile` says.
    The store gets all new readings in one call. A state that is known already, from whatever file, writes
    nothing. A file that went in whole before is not read again.
    """
    known = result_without_reading(file=file, kind=KIND, imports=imports, known_at=known_at)
    if known is not None:
        return known
    if is_day_file(file.content):
        result = _import_day_file(file, directory, store, known_at, profile)
    else:
        result = _import_table(file, directory, store, known_at)
    imports.record(result)
    return result


def _import_table(
    file: DroppedFile, directory: PointDirectory, store: ReadingStore, known_at: datetime
) -> ImportResult:
    tables = read_tables(content=file.content, layouts=(READINGS,))
    rows = RegisterRows(file, directory, known_at)
    for table in tables.tables:
        for reader in table.each_row():
            rows.read(reader)
    for ppe, candidates in _by_point(rows.candidates).items():
        settle_point(
            candidates,
            [
                state
                for state in store.registers(ppe)
                if not of_same_drop(state.source, state.known_at, file=file, known_at=known_at)
            ],
        )
    accepted = [candidate.reading for candidate in rows.candidates if candidate.accepted]
    if accepted:
        store.put(accepted)
    return result_of(
        file=file.name,
        content_hash=file.content_hash,
        kind=KIND,
        encoding=tables.encoding,
        known_at=known_at,
        findings=(*tables.findings, *(finding for reader in rows.readers for finding in reader.findings)),
        accepted=len(accepted),
        rejected=rows.rejected + sum(candidate.refused for candidate in rows.candidates),
        duplicate=sum(candidate.repeated and not candidate.refused for candidate in rows.candidates),
    )


def _by_point(candidates: Sequence[Candidate]) -> dict[str, list[Candidate]]:
    points: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        points.setdefault(candidate.reading.ppe, []).append(candidate)
    return points


def _import_day_file(
    file: DroppedFile,
    directory: PointDirectory,
    store: ReadingStore,
    known_at: datetime,
    profile: DayFileProfile,
) -> ImportResult:
    """Bring in one point's day: whole or not at all."""
    read, remarks = read_day_file(content=file.content, name=file.name, profile=profile)
    findings = list(remarks)
    day: IntervalDay | None = None
    repeated = False
    if read is not None:
        register = _interval_register(read, directory.meters(read.ppe), known_at, findings)
        if register is not None:
            source = Source(file.name, file.content_hash, 0)
            day = _interval_day(read, register, known_at, source, findings)
            repeated = _settle_day(day, _earlier_days(day, store, file), findings)
    if day is not None and not repeated:
        store.put([day])
    return result_of(
        file=file.name,
        content_hash=file.content_hash,
        kind=KIND,
        encoding=profile.encoding,
        known_at=known_at,
        findings=findings,
        accepted=int(day is not None and not repeated),
        rejected=int(day is None),
        duplicate=int(repeated),
    )


def _interval_register(
    read: DayFile, meters: Sequence[PlacedMeter] | None, known_at: datetime, findings: list[Finding]
) -> PlacedRegister | None:
    """Find the register that a day's values belong to; None with a finding when there is none."""
    refusal: Finding | None = None
    if read.day >= local_day(known_at):
        refusal = file_rejection("reading_in_future", "Doba z pliku jeszcze trwa albo jest w przyszłości.")
    elif meters is None:
        refusal = file_rejection(
            "unknown_point", "Nieznany punkt poboru: nie ma go w kartotece.", value=read.ppe
        )
    else:
        standing = [
            m for m in meters if m.installed <= read.day and (m.removed is None or read.day < m.removed)
        ]
        minutes = {meter.interval_minutes for meter in standing}
        registers = [r for meter in standing for r in meter.registers if r.quantity == read.quantity]
        if not standing:
            refusal = file_rejection("meter_not_at_point", "W tym dniu w punkcie nie stoi żaden licznik.")
        elif minutes != {read.minutes}:
            sentence = f"Licznik w tym punkcie nie jest rozliczany z wartości co {read.minutes} min."
            refusal = file_rejection("wrong_interval", sentence, value=str(read.minutes))
        elif len(registers) != 1:
            sentence = "Licznik nie ma jednego rejestru dla tego rodzaju energii."
            refusal = file_rejection("unknown_register", sentence, value=read.quantity)
        else:
            return registers[0]
    findings.append(refusal)
    return None


def _interval_day(
    read: DayFile, register: PlacedRegister, known_at: datetime, source: Source, findings: list[Finding]
) -> IntervalDay:
    estimated = frozenset(index for index, one in enumerate(read.qualities) if one is not Quality.ACTUAL)
    missing = read.qualities.count(Quality.MISSING)
    if missing:
        sentence = f"Brak {missing} wartości w dobie; oznaczono je jako niezmierzone."
        findings.append(Finding("missing_interval", Severity.WARN, sentence, value=str(missing)))
    return IntervalDay(
        read.ppe, register.code, read.day, read.minutes, read.values_wh, known_at, source, estimated
    )


def _earlier_days(day: IntervalDay, store: ReadingStore, file: DroppedFile) -> list[IntervalDay]:
    period = Period(day.day, day.day + timedelta(days=1))
    return [
        one
        for one in store.intervals(day.ppe, period=period)
        if one.register == day.register
        and not of_same_drop(one.source, one.known_at, file=file, known_at=day.known_at)
    ]


def _settle_day(day: IntervalDay, earlier: Sequence[IntervalDay], findings: list[Finding]) -> bool:
    """Compare a day with the version known; tell whether it is the same again."""
    known = current_days(earlier)
    if not known:
        return False
    present = known[0]
    if (present.minutes, present.values_wh, present.estimated) == (day.minutes, day.values_wh, day.estimated):
        sentence = f"Ta doba jest już wczytana (plik {present.source.file})."
        findings.append(Finding("duplicate_row", Severity.WARN, sentence))
        return True
    sentence = "Doba zmieniona: poprzednia wersja pozostaje w historii."
    findings.append(Finding("changed_value", Severity.WARN, sentence))
    return False
