"""What an import asks of the log of imports."""

from typing import Protocol

from kwit.intake.findings import ImportResult, ImportStatus


class ImportLog(Protocol):
    """The results of imports, found again by the hash of the file's content."""

    def find(self, content_hash: str) -> ImportResult | None:
        """Return the result recorded last for this content; None when there is none."""
        ...

    def record(self, result: ImportResult) -> None:
        """Keep a result; the same result twice changes nothing."""
        ...


def went_in_whole(earlier: ImportResult | None, *, kind: str) -> bool:
    """Tell whether a file need not be read again.

    A file with rejected rows is read again when it comes again: what its rows referred to may be known by
    now, and rows that went in before are recognised as repeated.
    """
    return earlier is not None and earlier.kind == kind and earlier.status is ImportStatus.ACCEPTED
