"""Long files on AWS: what was cut and is in lies in the registry's table, parts in the inbox bucket's work folder."""

import zlib
from dataclasses import dataclass
from typing import Any

from kwit.aws import keys
from kwit.aws.bootstrap import Application
from kwit.aws.codec import decode, encode
from kwit.aws.package_store import S3Files
from kwit.aws.table import Table, TransactionRefusedError, number, packed, unpacked
from kwit.intake.findings import ImportResult
from kwit.metering.long_files import CutFile, CutFileVanishedError, LongFiles

WORK = "work/"


@dataclass(frozen=True, slots=True)
class DynamoCutFiles:
    """Cut files and which of their parts are in."""

    table: Table

    def begin(self, cut: CutFile) -> None:
        """Keep a cut file, unless it is kept already."""
        self.table.put_new(keys.cut_file(cut.cut_id), data=packed(encode(cut)), done=number(0))

    def find(self, cut_id: str) -> CutFile | None:
        """Return a cut file as it stands, or None."""
        item = self.table.get(keys.cut_file(cut_id))
        return _counted(item) if item else None

    def is_done(self, cut_id: str, part: int) -> bool:
        """Tell whether a part is in."""
        return self.table.get(keys.part_done(cut_id, part)) is not None

    def finish(self, cut_id: str, part: int) -> CutFile:
        """Count a part as in, once; return the cut file as it stands then. Raises CutFileVanishedError."""
        counted = self.table.change(
            keys.cut_file(cut_id),
            expression="SET done = done + :one",
            condition="attribute_exists(pk)",
            values={":one": number(1)},
        )
        try:
            self.table.transact([self.table.new_item(keys.part_done(cut_id, part)), counted])
        except TransactionRefusedError as error:
            # The mark stands: another attempt at this part has counted it.
            if error.reasons[0] != "ConditionalCheckFailed":
                raise
        found = self.find(cut_id)
        if found is None:
            raise CutFileVanishedError(cut_id)
        return found


def _counted(item: Any) -> CutFile:
    kept = decode(CutFile, unpacked(item))
    return CutFile(kept.file, kept.content_hash, kept.drop, kept.known_at, kept.parts, int(item["done"]["N"]))


@dataclass(frozen=True, slots=True)
class S3Work:
    """Parts of cut files and what was said of each."""

    files: S3Files

    def put_part(self, cut_id: str, part: int, content: bytes) -> None:
        """Keep a part."""
        self.files.put(f"{WORK}{cut_id}/part-{part:04}", content, "application/gzip")

    def part(self, cut_id: str, part: int) -> bytes:
        """Return a part."""
        return self.files.get(f"{WORK}{cut_id}/part-{part:04}")

    def put_result(self, cut_id: str, part: int, result: ImportResult) -> None:
        """Keep what was said of a part."""
        content = zlib.compress(encode(result), 6)
        self.files.put(f"{WORK}{cut_id}/result-{part:04}", content, "application/octet-stream")

    def result(self, cut_id: str, part: int) -> ImportResult:
        """Return what was said of a part."""
        return decode(ImportResult, zlib.decompress(self.files.get(f"{WORK}{cut_id}/result-{part:04}")))


def long_files(app: Application, *, cut: bool) -> LongFiles:
    """Wire the import of readings; a function that may send parts cuts long files, another reads them whole.

    It stands apart from the application, because reading workbooks needs a layer that few functions have.
    """
    cuts, work = DynamoCutFiles(app.imports.table), S3Work(app.inbox)
    queue = app.part_queue if cut else None
    return LongFiles(
        app.directory,
        app.readings,
        app.imports,
        cuts,
        work,
        queue,
        terms=app.reading_terms,
        desk=app.correction_desk,
        remarks=app.remarks,
        profiles=app.profiles,
    )
