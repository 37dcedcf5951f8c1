"""What is said back about a dropped file: findings by row, counts, and one status for the whole."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

VALUE_LENGTH = 120
"""Signs of a value that a finding repeats; a longer one is cut."""


class Severity(StrEnum):
    """Whether the row stays out, goes in but may not be used yet, or goes in with a remark."""

    REJECT = "reject"
    HOLD = "hold"
    WARN = "warn"


class ImportStatus(StrEnum):
    """What became of a file as a whole."""

    ACCEPTED = "accepted"
    PARTLY = "partly"
    REJECTED = "rejected"
    DUPLICATE_FILE = "duplicate_file"


_STATUS_PL = {
    ImportStatus.ACCEPTED: "przyjęty",
    ImportStatus.PARTLY: "przyjęty częściowo",
    ImportStatus.REJECTED: "odrzucony",
    ImportStatus.DUPLICATE_FILE: "wczytany już wcześniej",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark about a place in a file, with a sentence in Polish for the person who dropped it.

    Rows count from 1 as a person sees them; row 0 means the file (or the sheet) as a whole.
    """

    code: str
    severity: Severity
    sentence_pl: str
    sheet: str = ""
    row: int = 0
    column: str = ""
    value: str = ""

    def __post_init__(self) -> None:
        # JSON may name half of a surrogate pair, which no encoding can write.
        object.__setattr__(self, "value", _writable(self.value))
        object.__setattr__(self, "sentence_pl", _writable(self.sentence_pl))
        if len(self.value) > VALUE_LENGTH:
            object.__setattr__(self, "value", self.value[: VALUE_LENGTH - 1] + "…")


def _writable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def file_rejection(code: str, sentence_pl: str, *, sheet: str = "", value: str = "") -> Finding:
    """Make a finding that rejects a file, or one of its sheets, as a whole."""
    return Finding(code, Severity.REJECT, sentence_pl, sheet=sheet, value=value)


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import did.

    Each row (each value, where a row holds several) is counted once: accepted, rejected or duplicate, which
    is one that kWit holds already. `warned` counts the rows that went in with a remark, `held` those that no
    bill may use before a person accepts them.
    """

    file: str
    content_hash: str
    kind: str
    encoding: str
    known_at: datetime
    status: ImportStatus
    accepted: int = 0
    rejected: int = 0
    duplicate: int = 0
    warned: int = 0
    held: int = 0
    findings: tuple[Finding, ...] = ()

    @property
    def summary(self) -> str:
        """Say the result in one line of Polish, without any value of the file."""
        held = f", wstrzymano {self.held}" if self.held else ""
        return (
            f"Plik {self.file} {_STATUS_PL[self.status]}: przyjęto {self.accepted}{held}, "
            f"odrzucono {self.rejected}, powtórzonych {self.duplicate}, z uwagami {self.warned}."
        )

    def as_json(self) -> bytes:
        """Write the result as JSON, UTF-8; equal results give equal bytes."""
        plain = asdict(self) | {"known_at": self.known_at.isoformat(), "summary": self.summary}
        return json.dumps(plain, ensure_ascii=False, indent=2, sort_keys=True).encode() + b"\n"


def result_of(
    *,
    file: str,
    content_hash: str,
    kind: str,
    encoding: str,
    known_at: datetime,
    findings: Iterable[Finding],
    accepted: int = 0,
    rejected: int = 0,
    duplicate: int = 0,
) -> ImportResult:
    """Sum up an import; the status follows from the counts and from rejections of the file as a whole."""
    ordered = tuple(
        sorted(findings, key=lambda f: (f.sheet, f.row, f.column, f.code, f.value, f.sentence_pl))
    )
    refused = {(f.sheet, f.row) for f in ordered if f.severity is Severity.REJECT}
    held = {(f.sheet, f.row) for f in ordered if f.severity is Severity.HOLD} - refused
    warned = {(f.sheet, f.row) for f in ordered if f.severity is Severity.WARN and f.row} - refused - held
    if not refused and not rejected:
        status = ImportStatus.ACCEPTED
    else:
        status = ImportStatus.PARTLY if accepted or duplicate else ImportStatus.REJECTED
    return ImportResult(
        file=file,
        content_hash=content_hash,
        kind=kind,
        encoding=encoding,
        known_at=known_at,
        status=status,
        accepted=accepted,
        rejected=rejected,
        duplicate=duplicate,
        warned=len(warned),
        held=len(held),
        findings=ordered,
    )
