"""Texts with one point and day a row and header records above, as distributors send them to cooperatives.

The head is records keyed in their first field (`DD;31-01-2026` is the day); each data row names the point, the
kind of energy and then every hour as `value,flag`, where the value may lack its leading zero: `.739,+`.
"""

import re
from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import ClassVar

from kwit.intake.cells import NotADateError, as_moment
from kwit.intake.sheet import UnreadableFileError
from kwit.intake.text import LINE_LIMIT
from kwit.kernel.energy import FinerThanWattHourError, plain_kwh, to_wh
from kwit.kernel.identifiers import PointCodeError, point_code
from kwit.kernel.time import day_minutes
from kwit.metering.day_file import Quality
from kwit.metering.day_import import DayImport, Place, StagedDay
from kwit.metering.interval_table import TableQuantity

_CELL = re.compile(r"([0-9]{0,9}(?:\.[0-9]{1,6})?),(.)")
_SIGNED = re.compile(r"-[0-9]*\.?[0-9]+,.")


@dataclass(frozen=True, slots=True)
class DayRowsProfile:
    """How one distributor writes rows of days.

    `records` lists the keys of header records, `day_record` the one that holds the day; fields of a row count
    from 0. `verified` says that the profile was checked against authentic files.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    name: str
    verified: bool
    records: tuple[str, ...]
    day_record: str
    quantities: Mapping[str, TableQuantity]
    flags: Mapping[str, Quality]
    delimiter: str = ";"
    point_field: int = 0
    quantity_field: int = 1
    first_value: int = 3
    unit: str = "kWh"

    def begins(self, text: str) -> bool:
        """Tell by its first field whether a text follows this profile."""
        return text.lstrip("\ufeff \t\r\n").partition(self.delimiter)[0] in self.records


@dataclass(slots=True)
class DayRows:
    """Reads one text into days, and reports what stays out."""

    profile: DayRowsProfile
    days: DayImport
    _day: date | None = None
    _asked: bool = field(default=False)

    def read(self, text: str) -> None:
        """Read every line. Raises UnreadableFileError for a line that is no data."""
        for number, line in enumerate(text.split("\n"), start=1):
            if len(line) > LINE_LIMIT:
                sentence = f"Plik ma wiersz dłuższy niż {LINE_LIMIT} znaków; to nie wygląda na dane."
                raise UnreadableFileError("line_too_long", sentence, value=str(len(line)))
            fields = [one.strip() for one in line.strip().split(self.profile.delimiter)]
            if not any(fields):
                continue
            if fields[0] in self.profile.records:
                self._record(number, fields)
            else:
                self._row(Place(number), fields)

    def _record(self, number: int, fields: list[str]) -> None:
        if fields[0] != self.profile.day_record:
            return
        self._asked = True
        text = fields[1] if len(fields) > 1 else ""
        try:
            self._day = as_moment(text).day
        except NotADateError:
            self._day = None
            self.days.reject("not_a_date", Place(number), "Doba w nagłówku nie jest datą.", value=text)

    def _row(self, place: Place, fields: list[str]) -> None:
        if self._day is None:
            sentence = "Wiersz stoi w pliku bez ważnej doby w nagłówku."
            self.days.reject("day_not_named", place, sentence, value=fields[0])
            return
        ppe = self._point(place, fields)
        quantity = self._quantity(place, fields)
        if not ppe or quantity is None:
            self.days.rejected += 1
            return
        if quantity is TableQuantity.IGNORED:
            word = fields[self.profile.quantity_field]
            self.days.skip_quantity(ppe, word, "nie służy do rozliczeń")
            return
        self._values(place, ppe, quantity, fields[self.profile.first_value :])

    def _point(self, place: Place, fields: list[str]) -> str:
        text = fields[self.profile.point_field] if len(fields) > self.profile.point_field else ""
        try:
            return point_code(text)
        except PointCodeError as error:
            code = "ppe_check_digit" if "check digit" in error.problem else "bad_ppe"
            self.days.reject(code, place, "Kod PPE w wierszu jest błędny.", value=text, weight=0)
            return ""

    def _quantity(self, place: Place, fields: list[str]) -> TableQuantity | None:
        word = fields[self.profile.quantity_field] if len(fields) > self.profile.quantity_field else ""
        if word not in self.profile.quantities:
            sentence = "Nieznany rodzaj wielkości w wierszu."
            self.days.reject("unknown_quantity", place, sentence, value=word, weight=0)
            return None
        return self.profile.quantities[word]

    def _values(self, place: Place, ppe: str, quantity: TableQuantity, cells: list[str]) -> None:
        day = self._day
        if day is None:
            return
        if cells and not cells[-1]:
            cells = cells[:-1]
        hours = day_minutes(day) // 60
        if hours == 23 and len(cells) == 24 and not cells[2]:
            cells = cells[:2] + cells[3:]
        minutes = {hours: 60, hours * 4: 15}.get(len(cells))
        if minutes is None:
            sentence = f"Doba {day.isoformat()} ma {hours} godzin, więc {hours} albo {4 * hours} wartości."
            self.days.reject("wrong_count_for_day", place, sentence, value=str(len(cells)))
            return
        values, estimated, missing = array("q"), set(), set()
        for index, cell in enumerate(cells):
            read = self._cell(place, index, cell)
            if read is None:
                return
            values.append(read[0])
            if read[1] is Quality.MISSING:
                missing.add(index)
            if read[1] is not Quality.ACTUAL:
                estimated.add(index)
        self.days.add(
            StagedDay(
                place,
                ppe,
                day,
                str(quantity),
                minutes,
                values,
                frozenset(estimated),
                frozenset(missing),
                optional=True,
            )
        )

    def _cell(self, place: Place, index: int, cell: str) -> tuple[int, Quality] | None:
        column = f"h{index + 1}"
        match = _CELL.fullmatch(cell)
        quality = self.profile.flags.get(match[2]) if match and match[1] else None
        if match is None or quality is None:
            if _SIGNED.fullmatch(cell):
                self.days.reject("negative", place, "Energia nie może być ujemna.", value=cell, column=column)
            else:
                sentence = "Komórka ma mieć postać 12.345,+ ze znanym znacznikiem."
                self.days.reject("not_a_value", place, sentence, value=cell, column=column)
            return None
        plain = plain_kwh(match[1]) if self.profile.unit == "kWh" else None
        if plain is not None:
            return plain, quality
        try:
            return to_wh(Decimal(match[1]), unit=self.profile.unit), quality
        except FinerThanWattHourError:
            sentence = "Wartość jest dokładniejsza niż 1 Wh."
            self.days.reject("finer_than_wh", place, sentence, value=cell, column=column)
            return None
