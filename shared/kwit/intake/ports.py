"""What an import asks of the log of imports."""

from typing import Protocol

from kwit.intake.findings import ImportResult


class ImportLog(Protocol):
    """The results of imports, found again by the hash of the file's content."""

    def find(self, content_hash: str) -> ImportResult | None:
        """Return the result recorded last for this content; None when there is none."""
        ...

    def record(self, result: ImportResult) -> None:
        """Keep a result; the same result twice changes nothing."""
        ...
