"""Tables of register states whose headings no layout knows: the mapping of their columns, kept as a profile."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from kwit.intake.table import Column, Layout
from kwit.intake.words import plain
from kwit.metering.readings import ReadingKind
from kwit.metering.register_rows import READINGS

ANY = "*"
"""The sign in a heading that stands for any words."""

STARS = 3
"""How many of them one heading may have."""


@dataclass(frozen=True, slots=True)
class _Patterns:
    """Finds the key of a heading by patterns; equal patterns make equal layouts."""

    keys: tuple[tuple[str, str], ...]

    def __call__(self, heading: str) -> str | None:
        text = plain(heading)
        return next((key for pattern, key in self.keys if matches(pattern, text)), None)


@dataclass(frozen=True, slots=True)
class RegisterTableProfile:
    """How one source writes a table of states, in Excel or CSV.

    `columns` maps a key to the headings it may have, in which `*` stands for any words. Keys are those of a
    table of readings, and `wide:<register or zone>` for one column of states for each register. `sheets` names
    the sheets it is looked for on first; without it every sheet is tried. `unit` and `reading_kind` hold where
    no column tells.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    name: str
    verified: bool
    columns: Mapping[str, tuple[str, ...]]
    sheets: tuple[str, ...] = ()
    unit: str = "kWh"
    reading_kind: ReadingKind = ReadingKind.ACTUAL

    def layout(self) -> Layout:
        """Return the layout by which tables of this profile are found."""
        named: list[Column] = []
        patterns: list[tuple[str, str]] = []
        for key, heads in self.columns.items():
            named.append(Column(key, tuple(plain(head) for head in heads if ANY not in head)))
            patterns += [(head, key) for head in heads if ANY in head]
        return Layout(
            kind=self.name,
            sheet_names=frozenset(map(plain, self.sheets)) or READINGS.sheet_names,
            columns=tuple(named),
            needs=tuple((key,) for key in self.columns if not key.startswith("wide:")),
            pattern=_Patterns(tuple(patterns)),
        )


def matches(pattern: str, text: str) -> bool:
    """Tell whether a plain text is one that a pattern of words and `*` stands for.

    >>> matches("Stan * szczyt*", "stan t1 szczytowa")
    True
    """
    first, *middle, last = [plain(part) for part in pattern.split(ANY)]
    if len(text) < len(first) + len(last) or not (text.startswith(first) and text.endswith(last)):
        return False
    rest = text[len(first) : len(text) - len(last)]
    for part in middle:
        at = rest.find(part)
        if at < 0:
            return False
        rest = rest[at + len(part) :]
    return True
