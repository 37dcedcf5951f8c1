"""Rows as they stand in a file, before anyone asks what they mean."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

ROW_LIMIT = 300_000
"""Rows of the longest sheet that is read."""

Cell = str | Decimal | bool | date | datetime | time | None


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row with its number as a person sees it."""

    number: int
    cells: tuple[Cell, ...]

    @property
    def empty(self) -> bool:
        """Tell whether no cell holds anything."""
        return all(cell is None or cell == "" for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of a workbook, or the only one of a text file (then `name` is empty)."""

    name: str
    rows: Sequence[SheetRow]


class UnreadableFileError(ValueError):
    """A file cannot be read at all; carries a code, a sentence in Polish and what was found."""

    def __init__(self, code: str, sentence_pl: str, *, value: str = "", sheet: str = "") -> None:
        super().__init__(f"{code}: {sentence_pl}")
        self.code = code
        self.sentence_pl = sentence_pl
        self.value = value
        self.sheet = sheet
