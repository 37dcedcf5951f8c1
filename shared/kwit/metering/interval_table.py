"""Tables with one interval a row, as portals of distributors write them: what a row says, and which profile.

Portals differ in headings, in whether the written time is the start or the end of an interval, and in their
words for the quantity. All of that is a profile; which one a file follows is known by its headings.
"""

import re
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import ClassVar

from kwit.intake.cells import Moment, NotADateError, as_minute
from kwit.intake.sheet import Cell
from kwit.intake.table import Column, Layout, RowReader, Table
from kwit.intake.words import plain, plain_word
from kwit.kernel.energy import FinerThanWattHourError, to_wh
from kwit.kernel.identifiers import PointCodeError, point_code
from kwit.metering.clock_slots import ClockValue, arranged
from kwit.metering.day_import import DayImport, Place, StagedDay
from kwit.metering.register_rows import READINGS

DAY = 1440
_POINT_IN_NAME = re.compile(r"(?<![0-9])[0-9]{18}(?![0-9])")
_HOUR = re.compile(r"(?P<hour>[0-9]{1,2})(?::?(?P<minute>[0-9]{2})(?::00)?)?\s*(?P<again>[ABab])?")
_RANGE = re.compile(r"(?P<from>[0-9]{1,2}(?::[0-9]{2})?)\s*[-\u2013]\s*[0-9]{1,2}(?::[0-9]{2})?")


class Marks(StrEnum):
    """What the written time of a row marks; `detect` finds it by the first and the last row of a file."""

    START = "start"
    END = "end"
    DETECT = "detect"


class TableQuantity(StrEnum):
    """What a value counts.

    «Balanced» is energy after the hourly balancing of a prosumer's phases and hours (po bilansowaniu
    godzinowym). Where a file holds both, the balanced one is settled and the other one is kept as unbalanced.
    """

    IMPORT = "import"
    EXPORT = "export"
    IMPORT_BALANCED = "import_balanced"
    EXPORT_BALANCED = "export_balanced"
    REACTIVE_INDUCTIVE = "reactive_inductive"
    REACTIVE_CAPACITIVE = "reactive_capacitive"
    IGNORED = "ignored"


ROUNDING_WH = 2
"""How far the net of four rounded values may be off."""

_NET = {
    TableQuantity.IMPORT: 1,
    TableQuantity.EXPORT: -1,
    TableQuantity.IMPORT_BALANCED: -1,
    TableQuantity.EXPORT_BALANCED: 1,
}
_BALANCED = {
    TableQuantity.IMPORT_BALANCED: TableQuantity.IMPORT,
    TableQuantity.EXPORT_BALANCED: TableQuantity.EXPORT,
}


@dataclass(frozen=True, slots=True)
class IntervalTableProfile:
    """How one portal writes interval values.

    `columns` maps a key to the headings it may have. Keys: `moment` (day and time in one cell) or `day` and
    `hour`; `value` with `quantity`, or one `value:<quantity>` for each; `ppe`; `zone` is passed over.
    `quantities` says what the words in the column of quantities mean. `verified` says that the profile was
    checked against authentic files.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    name: str
    verified: bool
    columns: Mapping[str, tuple[str, ...]]
    marks: Marks
    quantities: Mapping[str, TableQuantity] = field(default_factory=dict)
    unit: str = "kWh"

    def layout(self) -> Layout:
        """Return the layout by which tables of this profile are found."""
        optional = {"ppe", "zone"}
        named = [key for key in self.columns if key not in optional and not key.startswith("value:")]
        wide = tuple((key,) for key in named)
        needs = wide if "value" in self.columns else (*wide, ("value",))
        return Layout(
            kind=self.name,
            sheet_names=READINGS.sheet_names,
            columns=tuple(Column(key, tuple(map(plain, heads))) for key, heads in self.columns.items()),
            needs=needs,
        )

    def words(self) -> Mapping[str, TableQuantity]:
        """Return the words for quantities in plain form."""
        return {plain_word(word): quantity for word, quantity in self.quantities.items()}


@dataclass(frozen=True, slots=True)
class _Mark:
    """A written time: minutes from the midnight of `day`; `end` when it is known to close its interval."""

    day: date
    minute: int
    end: bool = False
    start: bool = False
    again: bool | None = None


@dataclass(frozen=True, slots=True)
class _Entry:
    mark: _Mark
    wh: int
    row: int


class IntervalRows:
    """Reads the rows of one table into days, and reports what stays out."""

    def __init__(self, table: Table, profile: IntervalTableProfile, days: DayImport, file_name: str) -> None:
        self._table = table
        self._profile = profile
        self._days = days
        self._words = profile.words()
        self._named = _POINT_IN_NAME.findall(file_name)
        self._series: dict[tuple[str, TableQuantity], list[_Entry]] = {}

    def read(self) -> None:
        """Read every row, then hand every whole day over."""
        for reader in self._table.each_row():
            self._row(reader)
            self._days.findings += reader.findings
        balanced = {(ppe, _BALANCED[quantity]) for ppe, quantity in self._series if quantity in _BALANCED}
        for ppe in sorted({ppe for ppe, _ in balanced}):
            self._check_balance(ppe)
        ready: list[tuple[str, str, int, dict[date, list[ClockValue]]]] = []
        seen: dict[str, dict[date, int]] = {}
        for (ppe, quantity), entries in self._series.items():
            settled = str(_BALANCED.get(quantity, quantity))
            if (ppe, quantity) in balanced:
                settled = f"{quantity}_unbalanced"
            step = _step(entries)
            days = self._by_day(settled, step, entries)
            ready.append((ppe, settled, step, days))
            for day, values in days.items():
                seen.setdefault(ppe, {}).setdefault(day, min(value.row for value in values))
        for ppe, settled, step, days in ready:
            for day, row in sorted(seen[ppe].items() if days else ()):
                self._day(ppe, settled, day, step, days.get(day, []), row)

    def _check_balance(self, ppe: str) -> None:
        """Say where balanced energy contradicts the one before: the net of an interval stays the same."""
        net: dict[_Mark, int] = {}
        rows: dict[_Mark, int] = {}
        for quantity, sign in _NET.items():
            for entry in self._series.get((ppe, quantity), ()):
                net[entry.mark] = net.get(entry.mark, 0) + sign * entry.wh
                rows.setdefault(entry.mark, entry.row)
        if any((ppe, quantity) not in self._series for quantity in _NET):
            return
        wrong = [mark for mark, wh in net.items() if abs(wh) > ROUNDING_WH]
        if wrong:
            place = Place(min(rows[mark] for mark in wrong), self._table.sheet)
            sentence = f"Energia po bilansowaniu nie zgadza się z energią przed nim w {len(wrong)} odstępach."
            self._days.warn("balance_differs", place, sentence, value=str(len(wrong)))

    def _row(self, reader: RowReader) -> None:
        mark = self._mark(reader)
        ppe = self._point(reader)
        values = self._values(reader)
        if mark is None or not ppe or not reader.sound:
            self._days.rejected += 1
            return
        for quantity, wh in values:
            if quantity is TableQuantity.IGNORED:
                self._days.skip_quantity(ppe, reader.text("quantity"), "nie służy do rozliczeń")
            else:
                entry = _Entry(mark, wh, reader.number)
                self._series.setdefault((ppe, quantity), []).append(entry)

    def _point(self, reader: RowReader) -> str:
        """Read the point from the row, else from the name of the file."""
        written = reader.text("ppe")
        if not written:
            named = set(self._named)
            if len(named) == 1:
                written = named.pop()
            elif reader.sound:
                sentence = "Plik nie zawiera kodu PPE: wpisz 18-cyfrowy kod w nazwie pliku."
                reader.reject("point_not_named", "ppe", sentence)
        if not written:
            return ""
        try:
            return point_code(written)
        except PointCodeError as error:
            code = "ppe_check_digit" if "check digit" in error.problem else "bad_ppe"
            reader.reject(code, "ppe", f"Kod PPE {written} jest błędny.")
            return ""

    def _mark(self, reader: RowReader) -> _Mark | None:
        key = "moment" if "moment" in self._profile.columns else "day"
        reader.required(key)
        moment = reader.moment(key)
        if moment is None:
            return None
        if moment.minute is None and key == "moment" and not isinstance(reader.cell(key), str):
            # A spreadsheet keeps midnight as a bare day.
            moment = Moment(moment.day, 0)
        try:
            mark = _mark_of(moment, None if key == "moment" else reader.cell("hour"))
        except NotADateError:
            sentence = "Brak godziny albo wartość nie jest godziną."
            reader.reject("not_a_date", key if key == "moment" else "hour", sentence)
            return None
        if mark.minute % 15:
            sentence = "Czas nie wypada na pełną godzinę, pół godziny ani kwadrans."
            reader.reject("not_on_interval", key if key == "moment" else "hour", sentence)
            return None
        return mark

    def _values(self, reader: RowReader) -> list[tuple[TableQuantity, int]]:
        keys = [key for key in reader.keys if key.startswith("value:")]
        if keys:
            filled = [key for key in keys if reader.cell(key) is not None]
            if not filled:
                reader.reject("missing_value", keys[0], "Wiersz nie ma żadnej wartości.")
            read = [(TableQuantity(key.removeprefix("value:")), self._wh(reader, key)) for key in filled]
        else:
            quantity = self._quantity(reader)
            if quantity is TableQuantity.IGNORED:
                return [(quantity, 0)]
            reader.required("value")
            read = [(quantity, self._wh(reader, "value"))]
        return [(quantity, wh) for quantity, wh in read if wh is not None]

    def _quantity(self, reader: RowReader) -> TableQuantity:
        if "quantity" not in reader.keys:
            return TableQuantity.IMPORT
        reader.required("quantity")
        return reader.choice("quantity", self._words, default=TableQuantity.IMPORT, code="unknown_quantity")

    def _wh(self, reader: RowReader, key: str) -> int | None:
        number = reader.decimal(key)
        if number is None:
            return None
        if number < 0:
            reader.reject("negative", key, "Energia nie może być ujemna.")
            return None
        if number >= 10**9:
            reader.reject("too_much", key, "Wartość jest za duża na jeden odstęp czasu.")
            return None
        try:
            return to_wh(number, unit=self._profile.unit)
        except FinerThanWattHourError:
            reader.reject("finer_than_wh", key, "Wartość jest dokładniejsza niż 1 Wh.")
            return None

    def _by_day(self, quantity: str, step: int, entries: Sequence[_Entry]) -> dict[date, list[ClockValue]]:
        """Put the entries of one quantity of one point into days, in file order; empty when refused."""
        marks: Marks | None = self._profile.marks
        if marks is Marks.DETECT:
            marks = _detected(*_ends(entries), step)
        if marks is None:
            sentence = "Nie wiadomo, czy godziny oznaczają początek, czy koniec odstępu: podaj pełne doby."
            place = Place(entries[0].row, self._table.sheet)
            self._days.reject("unclear_hours", place, sentence, value=quantity, weight=len(entries))
            return {}
        days: dict[date, list[ClockValue]] = {}
        for entry in entries:
            day, minute = _start(entry.mark, marks, step)
            days.setdefault(day, []).append(ClockValue(minute, entry.wh, entry.row, entry.mark.again))
        return days

    def _day(
        self, ppe: str, quantity: str, day: date, step: int, values: Sequence[ClockValue], row: int
    ) -> None:
        """Hand one day over when it is whole; `row` is the first one of the day in the file."""
        place = Place(min((value.row for value in values), default=row), self._table.sheet)
        weight = len(values)
        if self._days.not_over(day):
            sentence = "Doba z pliku jeszcze trwa albo jest w przyszłości."
            self._days.reject("reading_in_future", place, sentence, value=day.isoformat(), weight=weight)
            return
        newest_first = bool(values) and values[0].minute > values[-1].minute
        found = arranged(day=day, minutes=step, values=values[::-1] if newest_first else values)
        for remark in found.remarks:
            where = Place(remark.row, self._table.sheet)
            shown = f"{day.isoformat()} {quantity}" if not remark.value else remark.value
            self._days.warn(remark.code, where, remark.sentence_pl, value=shown)
        if found.refusal is not None:
            refusal = found.refusal
            where = Place(refusal.row or row, self._table.sheet)
            shown = f"{day.isoformat()} {quantity}"
            self._days.reject(refusal.code, where, refusal.sentence_pl, value=shown, weight=weight)
            return
        self._days.repeated += found.repeated
        weight -= found.repeated
        self._days.add(
            StagedDay(
                place, ppe, day, quantity, step, array("q", found.values_wh), weight=weight, optional=True
            )
        )


def _mark_of(moment: Moment, hour: Cell) -> _Mark:
    """Read the time of a row. Raises NotADateError when there is none."""
    end, start, again = False, False, None
    if hour is not None and isinstance(hour, str) and (match := _RANGE.fullmatch(hour.strip())):
        hour, start = match["from"], True
    if hour is None:
        if moment.minute is None:
            raise NotADateError(moment.day.isoformat())
        minute = moment.minute
    else:
        minute, again = _clock(hour)
    # 00:59, 00:14 and the like are the last minute of an interval.
    if minute % 15 == 14:
        minute, end = minute + 1, True
    return _Mark(moment.day, minute, end, start, again)


def _clock(hour: Cell) -> tuple[int, bool | None]:
    """Read an hour: `1`, `01:00`, and `2A` or `02:00 B` for the hour that autumn doubles."""
    match = _HOUR.fullmatch(str(hour).strip())
    if match is None:
        return as_minute(hour), None
    minute = int(match["hour"]) * 60 + int(match["minute"] or 0)
    if minute > DAY or int(match["minute"] or 0) > 59:
        raise NotADateError(str(hour))
    again = None if match["again"] is None else match["again"].upper() == "B"
    return minute, again


def _step(entries: Sequence[_Entry]) -> int:
    for step in (60, 30):
        if all(entry.mark.minute % step == 0 for entry in entries):
            return step
    return 15


def _order(mark: _Mark) -> tuple[date, int]:
    return mark.day, mark.minute


def _ends(entries: Sequence[_Entry]) -> tuple[_Mark, _Mark]:
    marks = [entry.mark for entry in entries]
    return min(marks, key=_order), max(marks, key=_order)


def _detected(first: _Mark, last: _Mark, step: int) -> Marks | None:
    """Tell by the ends of whole days what the times mark: 00:00 … 23:00 starts, 01:00 … 24:00 ends."""
    if first.end or first.start:
        return Marks.END if first.end else Marks.START
    if first.minute == 0 and last.minute == DAY - step:
        return Marks.START
    return Marks.END if first.minute == step and last.minute in {0, DAY} else None


def _start(mark: _Mark, marks: Marks, step: int) -> tuple[date, int]:
    """Return the day and the minute by the clock at which the interval of a mark starts."""
    at_start = mark.start or (marks is Marks.START and not mark.end)
    start = mark.minute if at_start else mark.minute - step
    if start < 0:
        return mark.day - timedelta(days=1), start + DAY
    return (mark.day + timedelta(days=1), 0) if start == DAY else (mark.day, start)
