"""Values with clock times, put into the intervals of a local day; the two days the clock moves included."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from kwit.kernel.time import interval_starts, local_clock

_GAP_START, _GAP_END = 120, 180


@dataclass(frozen=True, slots=True)
class ClockValue:
    """Whole Wh of the interval that starts `minute` minutes after midnight by the clock.

    `again` tells the second passing of the doubled autumn hour, False the first, None when not written.
    """

    minute: int
    wh: int
    row: int
    again: bool | None = None


@dataclass(frozen=True, slots=True)
class Remark:
    """What is to be said of a value or, as a refusal, of its day."""

    code: str
    sentence_pl: str
    row: int
    value: str = ""


@dataclass(slots=True)
class Arranged:
    """A day's values in the order of time, with remarks; a refusal when the day is not whole.

    `repeated` counts values that stood in the file before.
    """

    values_wh: list[int] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    refusal: Remark | None = None
    repeated: int = 0


@lru_cache(maxsize=512)
def _slots(day: date, minutes: int) -> tuple[tuple[int, bool], ...]:
    clocks = [local_clock(start) for start in interval_starts(day, minutes=minutes)]
    return tuple((clock.hour * 60 + clock.minute, bool(clock.fold)) for clock in clocks)


def arranged(*, day: date, minutes: int, values: Sequence[ClockValue]) -> Arranged:
    """Put values, which come oldest first, into the intervals of a day.

    Rules for the clock's moves. Autumn: of two values for one time of the doubled hour the first belongs to
    summer time, which is said; one value only leaves the day incomplete, because it may be either hour or
    their sum. Spring: a value for the hour that did not exist is passed over when it is zero; when the hour
    before lacks its value, the file writes ends by the clock and the value belongs there; else the day is
    refused.
    """
    found = Arranged()
    slots = _slots(day, minutes)
    by_minute: dict[int, list[ClockValue]] = {}
    for value in values:
        by_minute.setdefault(value.minute, []).append(value)
    if len(slots) * minutes < 1440:
        _close_gap(by_minute, minutes, found)
    doubled = {minute for minute, again in slots if again}
    missing = []
    for minute, again in slots:
        chosen = _chosen(by_minute.get(minute, []), again=again, twice=minute in doubled, found=found)
        if chosen is None:
            missing.append(minute)
        else:
            found.values_wh.append(chosen.wh)
    if found.refusal is None and missing:
        found.refusal = _incomplete(missing, len(slots), doubled, by_minute, values)
    if doubled and found.refusal is None:
        row = by_minute[min(doubled)][0].row
        if all(value.again is None for value in by_minute[min(doubled)]):
            sentence = "Godzina powtórzona jesienią: pierwszą w kolejności przyjęto za czas letni."
            found.remarks.append(Remark("autumn_hour_order", sentence, row))
    return found


def _incomplete(
    missing: Sequence[int],
    expected: int,
    doubled: set[int],
    by_minute: dict[int, list[ClockValue]],
    values: Sequence[ClockValue],
) -> Remark:
    if doubled and set(missing) <= doubled and all(by_minute.get(minute) for minute in missing):
        sentence = "Godzina powtórzona jesienią stoi w pliku tylko raz: nie wiadomo, która to, więc doby nie przyjęto."
        return Remark("autumn_hour_once", sentence, by_minute[missing[0]][0].row)
    sentence = f"Doba jest niepełna: brakuje {len(missing)} z {expected} wartości, więc jej nie przyjęto."
    return Remark("day_incomplete", sentence, min((value.row for value in values), default=0))


def _close_gap(by_minute: dict[int, list[ClockValue]], minutes: int, found: Arranged) -> None:
    """Deal with values whose time did not exist on the day of the spring change."""
    inside = sorted(minute for minute in by_minute if _GAP_START <= minute < _GAP_END)
    last_before, last_inside = _GAP_START - minutes, _GAP_END - minutes
    if inside == [last_inside] and last_before not in by_minute:
        by_minute[last_before] = by_minute.pop(last_inside)
        sentence = "W dniu zmiany czasu wartość z godziny 3:00 przyjęto za ostatnią przed zmianą."
        found.remarks.append(Remark("spring_hour", sentence, by_minute[last_before][0].row))
        return
    for minute in inside:
        for value in by_minute.pop(minute):
            if value.wh:
                sentence = "Wartość z godziny, której w tej dobie nie było (zmiana czasu)."
                found.refusal = found.refusal or Remark("no_such_hour", sentence, value.row)
            else:
                sentence = "Pominięto zero z godziny, której w tej dobie nie było (zmiana czasu)."
                found.remarks.append(Remark("spring_hour", sentence, value.row))


def _chosen(values: Sequence[ClockValue], *, again: bool, twice: bool, found: Arranged) -> ClockValue | None:
    """Choose the value of one interval among those written for its time."""
    if not twice:
        _check_single(values, found)
        return values[0] if values else None
    named = [value for value in values if value.again is again]
    if named or any(value.again is not None for value in values):
        _check_single(named, found)
        return named[0] if named else None
    if len(values) > 2:
        _check_single(values[1:], found)
    return values[int(again)] if len(values) > 1 else None


def _check_single(values: Sequence[ClockValue], found: Arranged) -> None:
    for value in values[1:]:
        if value.wh != values[0].wh:
            numbers = ", ".join(str(one.row) for one in values)
            sentence = f"Różne wartości tego samego odstępu czasu w wierszach: {numbers}."
            found.refusal = found.refusal or Remark("duplicate_in_file", sentence, value.row)
        else:
            sentence = f"Ta sama wartość stoi już w wierszu {values[0].row} tego pliku."
            found.repeated += 1
            found.remarks.append(Remark("duplicate_row", sentence, value.row))
