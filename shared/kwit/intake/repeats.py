"""Files that come again: the same message once more, the same content, or a file worth a second reading."""

from datetime import datetime

from kwit.intake.dropped_file import DroppedFile
from kwit.intake.findings import Finding, ImportResult, ImportStatus, Severity
from kwit.intake.ports import ImportLog
from kwit.kernel.provenance import Source


def result_without_reading(
    *, file: DroppedFile, kind: str, imports: ImportLog, known_at: datetime
) -> ImportResult | None:
    """Return the result of a file that need not be read, None when it must be.

    The same drop delivered once more has the result it had. Content that went in whole before, under whatever
    name, is a duplicate, unless that was a later drop handled first: since when its rows are known is told by the
    first one. A file with rejected rows is read again when it is dropped again: what its rows
    referred to may be known by now, and rows that went in before are recognised as repeated.
    """
    earlier = imports.find(file.content_hash)
    if earlier is None or earlier.kind != kind:
        return None
    if earlier.known_at == known_at and earlier.file == file.name:
        return earlier
    if earlier.status is not ImportStatus.ACCEPTED or earlier.known_at > known_at:
        return None
    sentence = f"Ten sam plik wczytano już jako {earlier.file} ({earlier.known_at:%Y-%m-%d})."
    return ImportResult(
        file=file.name,
        content_hash=file.content_hash,
        kind=kind,
        encoding=earlier.encoding,
        known_at=known_at,
        status=ImportStatus.DUPLICATE_FILE,
        duplicate=earlier.accepted + earlier.duplicate,
        findings=(Finding("duplicate_file", Severity.WARN, sentence, value=earlier.file),),
    )


def of_same_drop(source: Source, source_known_at: datetime, *, file: DroppedFile, known_at: datetime) -> bool:
    """Tell whether a stored fact came from this very drop, in an attempt that broke off before its end.

    Such facts are left out of sight, so that the next attempt decides and reports the same.
    """
    return source.content_hash == file.content_hash and source_known_at == known_at
