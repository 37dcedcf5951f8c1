"""Import readings (odczyty): tables of register states."""

from collections.abc import Sequence
from datetime import datetime

from kwit.intake.dropped_file import DroppedFile
from kwit.intake.findings import ImportResult, already_imported, result_of
from kwit.intake.ports import ImportLog, went_in_whole
from kwit.intake.table import read_tables
from kwit.metering.ports import PointDirectory, ReadingStore
from kwit.metering.register_rows import READINGS, Candidate, RegisterRows
from kwit.metering.sequence import settle_point

KIND = "readings"


def import_readings(
    *,
    file: DroppedFile,
    directory: PointDirectory,
    store: ReadingStore,
    imports: ImportLog,
    known_at: datetime,
) -> ImportResult:
    """Bring a file of readings in: every sound state is stored, every other one is reported.

    The store gets all new readings in one call. A state that is known already, from whatever file, writes
    nothing. A file that went in whole before is not read again.
    """
    earlier = imports.find(file.content_hash)
    if earlier is not None and went_in_whole(earlier, kind=KIND):
        return already_imported(earlier, file=file.name, content_hash=file.content_hash, known_at=known_at)
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
        settle_point(candidates, store.registers(ppe))
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
