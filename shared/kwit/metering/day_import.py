"""Days of interval values on their way into the store, whatever kind of file they came in.

A day is whole or not at all. Values wait here packed, eight bytes each, so that a file of ten thousand points
fits a small function; the store is asked once for each point.
"""

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from kwit.intake.dropped_file import DroppedFile
from kwit.intake.findings import Finding, Severity
from kwit.intake.repeats import of_same_drop
from kwit.kernel.provenance import Source
from kwit.kernel.time import Period, local_day
from kwit.metering.ports import PlacedRegister, PointDirectory, ReadingStore
from kwit.metering.readings import IntervalDay, Standing
from kwit.metering.usage import current_days
from kwit.metering.versions import Hearing, content_of, hear

_SETTLED = frozenset({"import", "export"})
_WEEK = timedelta(days=7)


class DayRefusedError(ValueError):
    """No meter could have given a day; carries the finding's code, a sentence in Polish and the value."""

    def __init__(self, code: str, sentence_pl: str, value: str = "") -> None:
        super().__init__(f"{code}: {value}")
        self.code = code
        self.sentence_pl = sentence_pl
        self.value = value


class Fate(StrEnum):
    """What becomes of a day.

    An `AFFIRMED` one says what another file said, an `OLDER` one what a file dropped later said otherwise: both are
    kept, and change nothing that counts.
    """

    ACCEPTED = "accepted"
    OLDER = "older"
    REFUSED = "refused"
    REPEATED = "repeated"
    AFFIRMED = "affirmed"


_STORED = frozenset({Fate.ACCEPTED, Fate.OLDER, Fate.AFFIRMED})


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the file something stands; row 0 is the file as a whole."""

    row: int = 0
    sheet: str = ""


@dataclass(slots=True)
class StagedDay:
    """One quantity of one point on one local day: whole Wh in the order of time, every interval of it.

    `weight` is the count of rows the day is made of. An `optional` day may be passed over when the meter has
    no register for its quantity: portals write all quantities for every customer.
    """

    place: Place
    ppe: str
    day: date
    quantity: str
    minutes: int
    values_wh: "array[int]"
    estimated: frozenset[int] = frozenset()
    missing: frozenset[int] = frozenset()
    weight: int = 1
    optional: bool = False
    register: str = ""
    held: tuple[str, ...] = ()
    told_before: bool = False
    fate: Fate = Fate.ACCEPTED

    @property
    def content(self) -> tuple[int, tuple[int, ...], frozenset[int], frozenset[int]]:
        """Return what makes two versions of a day the same."""
        return self.minutes, tuple(self.values_wh), self.estimated, self.missing


@dataclass(slots=True)
class DayImport:
    """Collects the days of one file, finds their registers, and settles them against what is known.

    `rejected` and `repeated` count rows that are part of no day.
    """

    file: DroppedFile
    directory: PointDirectory
    known_at: datetime
    findings: list[Finding] = field(default_factory=list)
    rejected: int = 0
    repeated: int = 0
    days: list[StagedDay] = field(default_factory=list)
    _skipped: set[tuple[str, str]] = field(default_factory=set)

    def reject(
        self, code: str, place: Place, sentence_pl: str, *, value: str = "", column: str = "", weight: int = 1
    ) -> None:
        """Note why `weight` rows stay out."""
        self.rejected += weight
        self.note(code, Severity.REJECT, place, sentence_pl, value=value, column=column)

    def warn(self, code: str, place: Place, sentence_pl: str, *, value: str = "", column: str = "") -> None:
        """Note a remark."""
        self.note(code, Severity.WARN, place, sentence_pl, value=value, column=column)

    def add(self, day: StagedDay) -> None:
        """Take a complete day when a meter of its point could have given it; else say why not."""
        try:
            register = self._register(day)
        except DayRefusedError as error:
            value = error.value or (day.day.isoformat() if day.place.row else "")
            self.reject(error.code, day.place, error.sentence_pl, value=value, weight=day.weight)
            return
        if register is None:
            return
        if day.missing:
            sentence = f"Brak {len(day.missing)} wartości w dobie; oznaczono je jako niezmierzone."
            self.warn("missing_interval", day.place, sentence, value=str(len(day.missing)))
        day.register = register.code
        self.days.append(day)

    def settle(
        self,
        store: ReadingStore,
        *,
        judge: Callable[[str, Sequence[StagedDay], Sequence[IntervalDay]], None] = lambda *_: None,
    ) -> None:
        """Decide every day: against the others of the file, then against the versions in the store.

        `judge` may refuse or hold what would go in: it gets a point, its days, and the stored versions from a
        week before the first of them on. Points come one by one, so that few versions are held in memory.
        """
        points: dict[str, list[StagedDay]] = {}
        for ppe, days in self._by_point().items():
            self._settle_same_file(days)
            if open_days := [day for day in days if day.fate is Fate.ACCEPTED]:
                points[ppe] = open_days
        for ppe, versions in store.intervals_of({ppe: _span(days) for ppe, days in points.items()}):
            known = [
                one
                for one in versions
                if not of_same_drop(one.source, one.known_at, file=self.file, known_at=self.known_at)
            ]
            self._settle_known(points[ppe], known)
            judge(ppe, [day for day in points[ppe] if day.fate is Fate.ACCEPTED], known)

    def readings(self) -> Iterator[IntervalDay]:
        """Yield the days that go into the store, one at a time."""
        for day in self.days:
            if day.fate in _STORED:
                yield self.reading(day)

    @property
    def to_store(self) -> bool:
        """Tell whether any day goes into the store."""
        return any(day.fate in _STORED for day in self.days)

    def count(self, *fates: Fate) -> int:
        """Count the rows behind the days of some fates."""
        return sum(day.weight for day in self.days if day.fate in fates)

    def not_over(self, day: date) -> bool:
        """Tell whether a day still runs, or is to come, when the file is known."""
        return day >= local_day(self.known_at)

    def reading(self, day: StagedDay) -> IntervalDay:
        """Make the reading of a day as it goes into the store."""
        source = Source(self.file.name, self.file.content_hash, day.place.row, day.place.sheet)
        return IntervalDay(
            day.ppe,
            day.register,
            day.day,
            day.minutes,
            tuple(day.values_wh),
            self.known_at,
            source,
            day.estimated,
            day.missing,
            Standing(held=day.held),
            told_before=day.told_before,
        )

    def _register(self, day: StagedDay) -> PlacedRegister | None:
        """Find the register of a day's values; None when the day is passed over. Raises DayRefusedError."""
        if self.not_over(day.day):
            raise DayRefusedError("reading_in_future", "Doba z pliku jeszcze trwa albo jest w przyszłości.")
        meters = self.directory.meters(day.ppe)
        if meters is None:
            sentence = "Nieznany punkt poboru: nie ma go w kartotece."
            raise DayRefusedError("unknown_point", sentence, day.ppe)
        standing = [
            m for m in meters if m.installed <= day.day and (m.removed is None or day.day < m.removed)
        ]
        if not standing:
            raise DayRefusedError("meter_not_at_point", "W tym dniu w punkcie nie stoi żaden licznik.")
        registers = [r for meter in standing for r in meter.registers if r.quantity == day.quantity]
        if not registers and day.optional and (day.quantity not in _SETTLED or not any(day.values_wh)):
            self.skip_quantity(day.ppe, day.quantity, "licznik nie ma dla niej rejestru")
            return None
        if {meter.interval_minutes for meter in standing} != {day.minutes}:
            sentence = f"Licznik w tym punkcie nie jest rozliczany z wartości co {day.minutes} min."
            raise DayRefusedError("wrong_interval", sentence, str(day.minutes))
        if len(registers) != 1:
            sentence = "Licznik nie ma jednego rejestru dla tego rodzaju energii."
            raise DayRefusedError("unknown_register", sentence, day.quantity)
        return registers[0]

    def skip_quantity(self, ppe: str, quantity: str, why_pl: str) -> None:
        """Say once for a point that a quantity is passed over."""
        if (ppe, quantity) not in self._skipped:
            self._skipped.add((ppe, quantity))
            sentence = f"Wielkość «{quantity}» punktu {ppe} pominięto: {why_pl}."
            self.warn("quantity_skipped", Place(), sentence, value=quantity)

    def note(
        self,
        code: str,
        severity: Severity,
        place: Place,
        sentence_pl: str,
        *,
        value: str = "",
        column: str = "",
    ) -> None:
        """Note a finding of a day that goes in."""
        self.findings.append(
            Finding(code, severity, sentence_pl, sheet=place.sheet, row=place.row, column=column, value=value)
        )

    def _by_point(self) -> dict[str, list[StagedDay]]:
        points: dict[str, list[StagedDay]] = {}
        for day in self.days:
            points.setdefault(day.ppe, []).append(day)
        return points

    def _settle_same_file(self, days: Sequence[StagedDay]) -> None:
        """Let equal days of one file count once; of different ones for the same day none goes in."""
        groups: dict[tuple[str, date], list[StagedDay]] = {}
        for day in days:
            groups.setdefault((day.register, day.day), []).append(day)
        for group in groups.values():
            first = group[0]
            if len(group) == 1:
                continue
            if all(day.content == first.content for day in group):
                for day in group[1:]:
                    day.fate = Fate.REPEATED
                    sentence = f"Ta sama doba stoi już w wierszu {first.place.row} tego pliku."
                    self.warn("duplicate_row", day.place, sentence)
                continue
            numbers = ", ".join(str(day.place.row) for day in group)
            for day in group:
                day.fate = Fate.REFUSED
                sentence = f"Różne wartości tej samej doby w wierszach: {numbers}."
                self.reject(
                    "duplicate_in_file", day.place, sentence, value=day.day.isoformat(), weight=day.weight
                )

    def _settle_known(self, days: Sequence[StagedDay], stored: Sequence[IntervalDay]) -> None:
        known = {(one.register, one.day): one for one in current_days(stored)}
        versions: dict[tuple[str, date], list[IntervalDay]] = {}
        for one in stored:
            versions.setdefault((one.register, one.day), []).append(one)
        for day in days:
            mine = versions.get((day.register, day.day))
            if mine:
                self._settle_beside(day, mine, known.get((day.register, day.day)))

    def _settle_beside(
        self, day: StagedDay, versions: Sequence[IntervalDay], present: IntervalDay | None
    ) -> None:
        """Settle one day beside the versions known of it, of which `present` counts."""
        new = self.reading(day)
        value = day.day.isoformat() if day.place.row else ""
        day.told_before = any(content_of(one) == content_of(new) for one in versions)
        hearing, met = hear(new, versions)
        if met is not None and hearing in {Hearing.AGAIN, Hearing.AFFIRMS}:
            day.fate = Fate.REPEATED if hearing is Hearing.AGAIN else Fate.AFFIRMED
            day.held = met.standing.held
            sentence = f"Ta doba jest już wczytana (plik {met.source.file})."
            self.warn("duplicate_row", day.place, sentence, value=value)
        elif met is not None and hearing is Hearing.OLDER:
            day.fate = Fate.OLDER
            sentence = f"Plik {met.source.file} podał później inne wartości; te zapisano tylko w historii."
            self.warn("older_value", day.place, sentence, value=value)
        elif present is not None and content_of(present) != content_of(new):
            sentence = "Doba zmieniona: poprzednia wersja pozostaje w historii."
            self.warn("changed_value", day.place, sentence, value=value)


def _span(days: Sequence[StagedDay]) -> Period:
    """Return the days of a point with the week before them, which tells gaps and what is usual."""
    dates = [day.day for day in days]
    return Period(min(dates) - _WEEK, max(dates) + timedelta(days=1))
