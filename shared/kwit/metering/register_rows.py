"""Rows with states of registers (stany liczydeł): what a row says, of which register, at which midnight."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from kwit.intake.cells import Moment, NotADateError, as_minute
from kwit.intake.dropped_file import DroppedFile
from kwit.intake.table import Column, Layout, RowReader
from kwit.intake.words import QUANTITIES, ZONES, plain
from kwit.kernel.energy import FinerThanWattHourError, to_wh
from kwit.kernel.identifiers import PointCodeError, point_code
from kwit.kernel.provenance import Source
from kwit.kernel.time import local_day
from kwit.metering.ports import PlacedMeter, PlacedRegister, PointDirectory
from kwit.metering.readings import ReadingKind, RegisterReading

LAST_MINUTES = frozenset({1439, 1440})
"""Clock times that mean the end of the day: 23:59 and 24:00."""

_OBIS = re.compile(r"(?:[0-9]-[0-9]:)?(?P<code>[0-9]{1,2}\.[0-9]\.[0-9]{1,2})(?:\*[0-9]{1,3})?")
_DRESS = re.compile(r"\b(?:stan|kwh|strefa|state|zone|licznika)\b|[\[\]()]", re.IGNORECASE)
# Distributors call the zones of the weekend tariffs (G12w and the like) by either pair of names.
_NEAR_ZONES = {"day": "peak", "night": "offpeak", "peak": "day", "offpeak": "night"}
UNITS = {"kwh": "kWh", "mwh": "MWh", "wh": "Wh"}
KINDS = {
    "actual": ReadingKind.ACTUAL, "rzeczywisty": ReadingKind.ACTUAL, "r": ReadingKind.ACTUAL,
    "fizyczny": ReadingKind.ACTUAL, "inkasent": ReadingKind.ACTUAL, "odczyt": ReadingKind.ACTUAL,
    "remote": ReadingKind.REMOTE, "zdalny": ReadingKind.REMOTE, "z": ReadingKind.REMOTE,
    "customer": ReadingKind.CUSTOMER, "klienta": ReadingKind.CUSTOMER, "odbiorcy": ReadingKind.CUSTOMER,
    "podany przez klienta": ReadingKind.CUSTOMER, "podany przez odbiorce": ReadingKind.CUSTOMER,
    "k": ReadingKind.CUSTOMER,
    "estimated": ReadingKind.ESTIMATED, "szacowany": ReadingKind.ESTIMATED,
    "szacunkowy": ReadingKind.ESTIMATED, "s": ReadingKind.ESTIMATED,
}  # fmt: skip


@lru_cache(maxsize=1024)
def obis(text: str) -> str:
    """Return the short form of a register code: `1-0:1.8.1*255` becomes `1.8.1`; other codes stay."""
    match = _OBIS.fullmatch(text.strip())
    return match["code"] if match else text.strip()


def _wide(heading: str) -> str | None:
    """Take a heading that is a register code or a zone for a column of states of that register."""
    bare = _DRESS.sub(" ", heading).strip()
    if _OBIS.fullmatch(bare):
        return f"wide:{obis(bare)}"
    zone = ZONES.get(plain(bare))
    return f"wide:{zone}" if zone else None


READINGS = Layout(
    kind="readings",
    sheet_names=frozenset({"odczyty", "readings", "stany"}),
    columns=(
        Column("ppe", ("kod ppe", "nr ppe", "numer ppe", "punkt", "punkt poboru", "point", "kod punktu")),
        Column("meter_no", ("nr licznika", "numer licznika", "licznik", "meter", "meter number",
                            "nr fabryczny")),
        Column("date", ("data", "data odczytu", "dzien", "day", "data i godzina", "termin odczytu")),
        Column("time", ("godzina", "czas", "godzina odczytu")),
        Column("register", ("rejestr", "kod rejestru", "kod", "obis", "kod obis", "liczydlo")),
        Column("zone", ("strefa", "strefa czasowa")),
        Column("quantity", ("wielkosc", "kierunek", "rodzaj energii")),
        Column("state", ("stan", "stan kwh", "stan licznika", "wskazanie", "odczyt", "wartosc", "wartosc kwh",
                         "kwh", "wskazanie kwh", "stan licznika kwh", "reading")),
        Column("unit", ("jednostka", "jm")),
        Column("kind", ("rodzaj", "rodzaj odczytu", "typ odczytu", "sposob odczytu", "type")),
    ),
    needs=(("ppe", "meter_no"), ("date",), ("state", "wide")),
    pattern=_wide,
)  # fmt: skip


@dataclass(slots=True)
class Candidate:
    """One state on its way to become a reading; `column` is the key of the cell that holds it.

    A `repeated` one says what was known; where another file said it, it is `affirming` and kept. An `older` one is
    kept for the history: a file dropped later said something else.
    """

    reader: RowReader
    column: str
    reading: RegisterReading
    digits: int
    refused: bool = False
    repeated: bool = False
    affirming: bool = False
    older: bool = False

    @property
    def accepted(self) -> bool:
        """Tell whether the file's word is taken as one that was not known."""
        return not (self.refused or self.repeated)

    @property
    def in_force(self) -> bool:
        """Tell whether the reading is what counts from now on, unless it is held."""
        return self.accepted and not self.older

    @property
    def stored(self) -> bool:
        """Tell whether the reading goes into the store."""
        return not self.refused and (self.affirming or not self.repeated)

    def refuse(self, code: str, sentence_pl: str) -> None:
        """Reject this state; other states of the row stand on their own."""
        self.refused = True
        self.reader.reject(code, self.column, sentence_pl)


@dataclass(frozen=True, slots=True)
class Located:
    """Where a row belongs: the point, its meter, the midnight its states hold at, and the day it names."""

    ppe: str
    meter: PlacedMeter
    boundary: date
    day: date


@dataclass(slots=True)
class RegisterRows:
    """Reads rows of one file into candidates, and counts the states it had to reject."""

    file: DroppedFile
    directory: PointDirectory
    known_at: datetime
    rejected: int = 0
    candidates: list[Candidate] = field(default_factory=list)
    readers: list[RowReader] = field(default_factory=list)

    def read(
        self, reader: RowReader, *, unit: str = "kWh", kind: ReadingKind = ReadingKind.ACTUAL
    ) -> "Located | None":
        """Read one row; each of its states becomes a candidate or a finding. Return where the row belongs.

        `unit` and `kind` hold where the row does not tell.
        """
        self.readers.append(reader)
        kind = reader.choice("kind", KINDS, default=kind, code="bad_kind")
        unit = reader.choice("unit", UNITS, default=unit, code="bad_unit")
        found = self.located(reader)
        if found is None:
            self.rejected += 1
            return None
        quantity = reader.choice("quantity", QUANTITIES, default="")
        for column, register in self._states(reader, found.meter, quantity):
            state = state_in(reader, column, unit, register)
            if state is None or register is None:
                self.rejected += 1
                continue
            reading = RegisterReading(
                found.ppe, found.meter.meter_no, register.code, found.boundary, state, kind, self.known_at,
                self.source(reader),
            )  # fmt: skip
            self.candidates.append(Candidate(reader, column, reading, register.digits))
        return found

    def located(self, reader: RowReader) -> "Located | None":
        """Find the point, the meter and the midnight of a row; None when the row is rejected."""
        moment = self._moment(reader)
        place = self._place(reader)
        if moment is None or place is None or not reader.sound:
            return None
        ppe, meters = place
        found = _meter(reader, meters, moment, elsewhere=self._elsewhere(reader, meters))
        return None if found is None else Located(ppe, found[0], found[1], moment.day)

    def source(self, reader: RowReader) -> Source:
        """Name the row as the source of what it says."""
        return Source(self.file.name, self.file.content_hash, reader.number, reader.sheet)

    def _moment(self, reader: RowReader) -> Moment | None:
        """Read the day and the time; the time may stand in a column of its own."""
        reader.required("date")
        moment = reader.moment("date")
        clock = reader.cell("time")
        if moment is not None and clock is not None:
            try:
                moment = Moment(moment.day, as_minute(clock))
            except NotADateError:
                reader.reject("not_a_date", "time", "Wartość w kolumnie z godziną nie jest czasem.")
        if moment is not None and moment.day > local_day(self.known_at):
            reader.reject("reading_in_future", "date", "Data odczytu jest w przyszłości.")
        return moment

    def _place(self, reader: RowReader) -> tuple[str, Sequence[PlacedMeter]] | None:
        """Find the point that a row speaks of, by its code or by the number of its meter."""
        written, meter_no = reader.text("ppe"), reader.text("meter_no")
        if not written and not meter_no:
            if reader.sound:
                reader.reject("missing_value", "ppe", "Wiersz nie podaje ani kodu PPE, ani numeru licznika.")
            return None
        if written:
            return self._point(reader, written)
        points = self.directory.points_of(meter_no)
        if not points:
            reader.reject("unknown_meter", "meter_no", "Nieznany licznik.")
            return None
        if len(points) > 1:
            reader.reject("point_needed", "meter_no", "Licznik stał w kilku punktach: podaj kod PPE.")
            return None
        return points[0], self.directory.meters(points[0]) or ()

    def _point(self, reader: RowReader, written: str) -> tuple[str, Sequence[PlacedMeter]] | None:
        try:
            ppe = point_code(written)
        except PointCodeError as error:
            code = "ppe_check_digit" if "check digit" in error.problem else "bad_ppe"
            wrong = "złą cyfrę kontrolną" if code == "ppe_check_digit" else "złą budowę (ma mieć 18 cyfr)"
            reader.reject(code, "ppe", f"Kod PPE ma {wrong}.")
            return None
        meters = self.directory.meters(ppe)
        if meters is None:
            reader.reject("unknown_point", "ppe", "Nieznany punkt poboru: nie ma go w kartotece.")
            return None
        return ppe, meters

    def _elsewhere(self, reader: RowReader, meters: Sequence[PlacedMeter]) -> bool:
        meter_no = reader.text("meter_no")
        if not meter_no or any(_same_number(meter.meter_no, meter_no) for meter in meters):
            return False
        return bool(self.directory.points_of(meter_no))

    def _states(
        self, reader: RowReader, meter: PlacedMeter, quantity: str
    ) -> Iterator[tuple[str, PlacedRegister | None]]:
        """Yield the column and the register of every state in a row; None when the register is not known."""
        wide = [key for key in reader.keys if key.startswith("wide:") and reader.cell(key) is not None]
        for key in wide:
            yield key, register_named(reader, meter, key, name=key.removeprefix("wide:"), quantity=quantity)
        if not wide:
            name = reader.text("register")
            yield (
                "state",
                register_named(reader, meter, "register" if name else "zone", name=name, quantity=quantity),
            )


def _same_number(one: str, other: str) -> bool:
    """Compare meter numbers; spreadsheets drop leading zeros."""
    return one == other or one.lstrip("0") == other.lstrip("0")


def _meter(
    reader: RowReader, meters: Sequence[PlacedMeter], moment: Moment, *, elsewhere: bool
) -> tuple[PlacedMeter, date] | None:
    """Find the meter a row speaks of and the midnight its states hold at."""
    number = reader.text("meter_no")
    named = [meter for meter in meters if not number or _same_number(meter.meter_no, number)]
    if not named:
        if number and not elsewhere:
            reader.reject("unknown_meter", "meter_no", "Nieznany licznik.")
        else:
            reader.reject("meter_not_at_point", "meter_no", "Licznik nie stoi w tym punkcie.")
        return None
    placed = [(meter, _boundary(moment, meter)) for meter in named]
    standing = [
        (meter, boundary)
        for meter, boundary in placed
        if meter.installed <= boundary and (meter.removed is None or boundary <= meter.removed)
    ]
    if not standing:
        reader.reject("meter_not_at_point", "date", "W tym dniu licznik nie stoi w tym punkcie.")
        return None
    if len(standing) > 1:
        reader.reject(
            "meter_needed", "meter_no", "W dniu wymiany w punkcie są dwa liczniki: podaj numer licznika."
        )
        return None
    meter, boundary = standing[0]
    if moment.minute != 0 and boundary == moment.day:
        reader.warn("exchange_day", "date", "Stan z dnia wymiany przyjęto na początek tego dnia.")
    elif moment.minute not in {None, 0, *LAST_MINUTES}:
        reader.warn("time_taken_as_day_end", "date", "Stan przyjęto na koniec dnia odczytu.")
    return meter, boundary


def _boundary(moment: Moment, meter: PlacedMeter) -> date:
    """Return the day that begins at the midnight a state holds at.

    A state without a time closes its day; 00:00 is that very midnight. On the day a meter is installed or
    removed its state is the state at the exchange, which days know only as the start of that day: from there
    on the next meter counts.
    """
    if moment.minute == 0 or moment.day in {meter.installed, meter.removed}:
        return moment.day
    return moment.day + timedelta(days=1)


def register_named(
    reader: RowReader, meter: PlacedMeter, column: str, *, name: str, quantity: str
) -> PlacedRegister | None:
    """Find a register by its code, else by its zone, else as the only one of the meter."""
    by_code = [r for r in meter.registers if name and obis(r.code).casefold() == obis(name).casefold()]
    if len(by_code) == 1:
        return by_code[0]
    word = name or reader.text("zone")
    zone = ZONES.get(plain(word)) if word else None
    if word and zone is None:
        reader.reject("unknown_register", column, "Licznik nie ma takiego rejestru.")
        return None
    if zone is not None and all(register.zone != zone for register in meter.registers):
        zone = _NEAR_ZONES.get(zone, zone)
    found = [
        register
        for register in meter.registers
        if (zone is None or register.zone == zone)
        and (not quantity or register.quantity == quantity)
        and (quantity or zone is None or register.quantity == "import")
    ]
    if len(found) == 1:
        return found[0]
    if found:
        reader.reject(
            "register_needed", column, "Licznik ma kilka rejestrów: podaj kod rejestru albo strefę."
        )
    else:
        reader.reject("unknown_register", column, "Licznik nie ma takiego rejestru.")
    return None


def state_in(reader: RowReader, column: str, unit: str, register: PlacedRegister | None) -> int | None:
    """Read a state as whole Wh within the digits of its register."""
    before = len(reader.findings)
    number = reader.decimal(column)
    if number is None:
        if len(reader.findings) == before:
            reader.reject("missing_value", column, "Brak stanu licznika.")
        return None
    if number < 0:
        reader.reject("negative", column, "Stan licznika nie może być ujemny.")
        return None
    try:
        wh = to_wh(number, unit=unit)
    except FinerThanWattHourError:
        reader.reject("finer_than_wh", column, "Stan ma więcej niż trzy miejsca po przecinku w kWh.")
        return None
    if register is not None and Decimal(wh) >= Decimal(1000).scaleb(register.digits):
        sentence = f"Stan nie mieści się w {register.digits} cyfrach liczydła."
        reader.reject("state_too_large", column, sentence)
        return None
    return wh
