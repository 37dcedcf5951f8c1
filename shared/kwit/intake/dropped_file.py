"""A dropped file: its name, its bytes, the hash that names the bytes, and when it arrived."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from kwit.intake.findings import Finding, ImportResult, Severity, result_of
from kwit.kernel.identifiers import content_hash

SIZE_LIMIT = 100_000_000
"""Bytes of the largest file that is read at all."""


@dataclass(frozen=True, slots=True)
class DroppedFile:
    """A file as it was dropped. `content_hash` is the SHA-256 of the content in hex."""

    name: str
    content: bytes = field(repr=False)
    content_hash: str
    received_at: datetime

    @classmethod
    def of(cls, *, name: str, content: bytes, received_at: datetime) -> "DroppedFile":
        """Make a dropped file, naming its content by its hash."""
        return cls(name, content, content_hash(content), received_at)


def declared_size_finding(*, name: str, size: int) -> Finding | None:
    """Tell, before the download, why a file of `size` bytes is refused; None when it may be read."""
    if size <= SIZE_LIMIT:
        return None
    megabytes, limit = size // 1_000_000, SIZE_LIMIT // 1_000_000
    return Finding(
        code="file_too_large",
        severity=Severity.REJECT,
        value=str(size),
        sentence_pl=f"Plik {name} ma {megabytes} MB, a przyjmujemy do {limit} MB. Podziel go na części.",
    )


def decision_result(
    *, file: DroppedFile, kind: str, known_at: datetime, findings: Sequence[Finding]
) -> ImportResult:
    """Make the result of a file that is one decision, taken whole or, with any finding that rejects, not at all."""
    refused = any(one.severity is Severity.REJECT for one in findings)
    return result_of(
        file=file.name,
        content_hash=file.content_hash,
        kind=kind,
        encoding="utf-8",
        known_at=known_at,
        findings=findings,
        accepted=0 if refused else 1,
        rejected=1 if refused else 0,
    )
