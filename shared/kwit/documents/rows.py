"""Rows of the tables on a document's pages."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: its cells, and whether it is a total."""

    cells: tuple[str, ...]
    strong: bool = False
