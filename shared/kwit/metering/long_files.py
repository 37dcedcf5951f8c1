"""Long files of readings: cut into parts, each imported on its own, and one result for the whole at the end.

Every step may be repeated. Cutting again gives the same parts; a part imported again decides the same, because
what came from the same drop is out of its sight; the last part to be counted has all results before it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from kwit.intake.dropped_file import DroppedFile
from kwit.intake.findings import ImportResult, result_of
from kwit.intake.ports import ImportLog
from kwit.intake.repeats import result_without_reading
from kwit.kernel.identifiers import deterministic_id
from kwit.kernel.time import utc
from kwit.metering.correcting import CorrectionDesk
from kwit.metering.field_remarks import RemarkStore
from kwit.metering.importing import KIND, FileImport
from kwit.metering.known_points import KnownPoints
from kwit.metering.ports import PointDirectory, ReadingStore, TermsDirectory
from kwit.metering.profile_import import ProfileStore, profiles_in_force


@dataclass(frozen=True, slots=True)
class CutFile:
    """A file that was cut: whose drop it is, how many parts it has, and how many of them are in.

    `drop` is the key of the file in the inbox, beside which the result belongs.
    """

    file: str
    content_hash: str
    drop: str
    known_at: datetime
    parts: int
    done: int = 0

    @property
    def cut_id(self) -> str:
        """Name this very drop of this very content."""
        return deterministic_id("cut", self.drop, self.content_hash, utc(self.known_at).isoformat())


class CutFileVanishedError(LookupError):
    """A part names a cut file that is not known; carries its id."""

    def __init__(self, cut_id: str) -> None:
        super().__init__(f"cut file {cut_id} is not known")
        self.cut_id = cut_id


class CutFileLog(Protocol):
    """Cut files and which of their parts are in."""

    def begin(self, cut: CutFile) -> None:
        """Keep a cut file, unless it is kept already."""
        ...

    def find(self, cut_id: str) -> CutFile | None:
        """Return a cut file as it stands, or None."""
        ...

    def is_done(self, cut_id: str, part: int) -> bool:
        """Tell whether a part is in."""
        ...

    def finish(self, cut_id: str, part: int) -> CutFile:
        """Count a part as in, once; return the cut file as it stands then. Raises CutFileVanishedError."""
        ...


class WorkFiles(Protocol):
    """Parts of cut files and what was said of each; both are gone some weeks after."""

    def put_part(self, cut_id: str, part: int, content: bytes) -> None:
        """Keep a part."""
        ...

    def part(self, cut_id: str, part: int) -> bytes:
        """Return a part."""
        ...

    def put_result(self, cut_id: str, part: int, result: ImportResult) -> None:
        """Keep what was said of a part; part 0 is the file apart from its rows."""
        ...

    def result(self, cut_id: str, part: int) -> ImportResult:
        """Return what was said of a part."""
        ...


class PartQueue(Protocol):
    """Messages that ask for parts to be imported; any of them may arrive twice."""

    def import_parts(self, cut_id: str, parts: Sequence[int]) -> None:
        """Ask for parts of a cut file to be imported."""
        ...


@dataclass(frozen=True, slots=True)
class LongFiles:
    """Imports files of readings, long ones in parts."""

    directory: PointDirectory
    store: ReadingStore
    imports: ImportLog
    cuts: CutFileLog
    work: WorkFiles
    queue: PartQueue | None = None
    profiles: ProfileStore | None = None
    terms: TermsDirectory | None = None
    desk: CorrectionDesk | None = None
    remarks: RemarkStore | None = None

    def start(self, *, file: DroppedFile, drop: str, known_at: datetime) -> ImportResult | None:
        """Import a file, or cut it and ask for its parts: then the result is None and comes with the last part."""
        known = result_without_reading(file=file, kind=KIND, imports=self.imports, known_at=known_at)
        if known is not None:
            return known
        found = self._import(file, known_at).cut() if self.queue is not None else None
        if found is None or self.queue is None:
            result = self._import(file, known_at).result()
            self.imports.record(result)
            return result
        head, parts = found
        cut = CutFile(file.name, file.content_hash, drop, known_at, len(parts))
        for number, part in enumerate(parts, start=1):
            self.work.put_part(cut.cut_id, number, part)
        self.work.put_result(cut.cut_id, 0, head)
        self.cuts.begin(cut)
        self.queue.import_parts(cut.cut_id, range(1, len(parts) + 1))
        return None

    def import_part(self, *, cut_id: str, part: int) -> tuple[CutFile, ImportResult | None]:
        """Import one part; with the last one comes the result of the whole file. Raises CutFileVanishedError."""
        cut = self.cuts.find(cut_id)
        if cut is None:
            raise CutFileVanishedError(cut_id)
        if not self.cuts.is_done(cut_id, part):
            file = DroppedFile(cut.file, b"", cut.content_hash, cut.known_at)
            result = self._import(file, cut.known_at).result_of_part(self.work.part(cut_id, part))
            self.work.put_result(cut_id, part, result)
            cut = self.cuts.finish(cut_id, part)
        if cut.done < cut.parts:
            return cut, None
        results = [self.work.result(cut_id, number) for number in range(cut.parts + 1)]
        whole = joined(results)
        self.imports.record(whole)
        return cut, whole

    def _import(self, file: DroppedFile, known_at: datetime) -> FileImport:
        in_force = profiles_in_force(self.profiles, known_by=known_at)
        return FileImport(
            file,
            KnownPoints(self.directory),
            self.store,
            known_at,
            in_force.profiles,
            self.terms,
            self.desk,
            self.remarks,
            noted=in_force.remarks,
        )


def joined(results: Sequence[ImportResult]) -> ImportResult:
    """Sum the results of the parts of one file up, the first being that of the file apart from its rows."""
    head = results[0]
    return result_of(
        file=head.file,
        content_hash=head.content_hash,
        kind=head.kind,
        encoding=head.encoding,
        known_at=head.known_at,
        findings=[finding for one in results for finding in one.findings],
        accepted=sum(one.accepted for one in results),
        rejected=sum(one.rejected for one in results),
        duplicate=sum(one.duplicate for one in results),
    )
