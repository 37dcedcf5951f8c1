"""Where a fact came from: the file by its hash, the sheet, the row."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Source:
    """The place a value was read from. `file` is the name as dropped, `content_hash` its SHA-256 in hex.

    Rows count from 1 as a person sees them in the file; row 0 means the file as a whole.
    """

    file: str
    content_hash: str
    row: int
    sheet: str = ""

    def __str__(self) -> str:
        sheet = f"!{self.sheet}" if self.sheet else ""
        return f"{self.file}{sheet}:{self.row} ({self.content_hash[:12]})"
