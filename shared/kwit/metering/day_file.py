"""Day files (PTPiREE text format): one point, one day, a value and a quality flag for each interval.

Certain about the format: lines end with CR LF; six header lines, of which the first is the point's code; then
one line `12.345,0` for each interval of the local day, energy with three decimals and a flag; a CRC at the end.
The order of the other header lines, the flags and the CRC's details are not published in full, and
distributors differ. So all of that is a profile, and the packaged one is marked unverified.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

from kwit.intake.findings import Finding, Severity, file_rejection
from kwit.kernel.energy import FinerThanWattHourError, from_wh, plain_kwh, to_wh
from kwit.kernel.identifiers import PointCodeError, point_code
from kwit.kernel.money import half_up
from kwit.kernel.time import day_minutes
from kwit.metering.checksum import Checksum, fitting_checksums

SIZE_LIMIT = 20_000
"""Bytes of the longest day file: a hundred lines are far below it."""

_REACTIVE_UNITS = ("kvarh", "kvar")
_VALUE = re.compile(r"(-?[0-9]{0,12}\.[0-9]{1,6}),(.)")
_POINT_IN_NAME = re.compile(r"(?<![0-9])[0-9]{18}(?![0-9])")


class HeaderLine(StrEnum):
    """What a line of the header holds."""

    POINT = "point"
    DAY = "day"
    QUANTITY = "quantity"
    UNIT = "unit"
    COUNT = "count"
    FREE = "free"


class Quality(StrEnum):
    """How good a value is."""

    ACTUAL = "actual"
    ESTIMATED = "estimated"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class DayFileProfile:
    """How one distributor writes day files.

    `verified` says that the profile was checked against authentic files. `file_name` may use the fields
    `{ppe}` and `{day}`.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    name: str
    verified: bool
    header: tuple[HeaderLine, ...]
    flags: Mapping[str, Quality]
    quantities: Mapping[str, str]
    checksum: Checksum = field(default_factory=Checksum)
    day_format: str = "%Y-%m-%d"
    encoding: str = "ascii"
    unit: str = "kWh"
    file_name: str = "{ppe}_{day}.txt"


@dataclass(frozen=True, slots=True)
class DayFile:
    """What a day file says: whole Wh for each interval of the local day, in the order of time."""

    ppe: str
    day: date
    quantity: str
    minutes: int
    values_wh: tuple[int, ...]
    qualities: tuple[Quality, ...]
    free: str = ""


class DayFileError(ValueError):
    """A day file is wrong as a whole; carries the finding."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(f"{finding.code}: {finding.value}")
        self.finding = finding


def is_day_file(content: bytes) -> bool:
    """Tell a day file from a table: its first line is a point's code and nothing else."""
    first = content[:64].partition(b"\n")[0].strip()
    return len(first) == 18 and first.isdigit()


def read_day_file(
    *, content: bytes, name: str, profile: DayFileProfile
) -> tuple[DayFile | None, tuple[Finding, ...]]:
    """Read a day file; any finding that rejects comes without a file, because a day is whole or not at all.

    A wrong checksum rejects before anything else is believed.
    """
    try:
        lines = _checked_lines(content, profile)
    except DayFileError as error:
        return None, (error.finding,)
    texts = [line.decode(profile.encoding, errors="replace").strip() for line in lines]
    reader = _Reader(texts, profile)
    reader.check_name(name)
    found = reader.day_file()
    if not profile.verified:
        sentence = (
            f"Plik odczytano profilem «{profile.name}», którego nie potwierdzono na oryginalnych plikach."
        )
        reader.findings.append(Finding("unverified_profile", Severity.WARN, sentence))
    return found, tuple(reader.findings)


def _checked_lines(content: bytes, profile: DayFileProfile) -> list[bytes]:
    """Return the lines before the checksum, once it fits. Raises DayFileError."""
    if len(content) > SIZE_LIMIT:
        raise DayFileError(
            file_rejection("file_too_large", "Plik dobowy jest za długi.", value=str(len(content)))
        )
    lines = content.rstrip(b"\r\n \t\x1a").replace(b"\r\n", b"\n").split(b"\n")
    written = lines.pop().decode("ascii", errors="replace").strip()
    header = len(profile.header)
    if len(lines) <= header:
        raise DayFileError(file_rejection("truncated_day_file", "Plik dobowy urywa się przed danymi."))
    expected = profile.checksum.of(lines, header=header)
    if written != expected:
        fitting = fitting_checksums(lines, written, header=header)
        hint = (
            " Pasuje za to: " + ", ".join(f"{c.variant}/{c.scope}/{c.form}" for c in fitting)
            if fitting
            else ""
        )
        sentence = f"Zła suma kontrolna (powinna być {expected}); plik jest uszkodzony.{hint}"
        raise DayFileError(file_rejection("wrong_crc", sentence, value=written))
    return lines


@dataclass(slots=True)
class _Reader:
    """Reads the lines of one file whose checksum fits, collecting findings."""

    texts: list[str]
    profile: DayFileProfile
    findings: list[Finding] = field(default_factory=list)

    def reject(self, code: str, sentence_pl: str, *, row: int = 0, value: str = "") -> None:
        self.findings.append(Finding(code, Severity.REJECT, sentence_pl, row=row, value=value))

    def header(self, kind: HeaderLine) -> tuple[int, str] | None:
        """Return the row and the text of a header line; None when the profile has no such line."""
        if kind not in self.profile.header:
            return None
        place = self.profile.header.index(kind)
        return place + 1, self.texts[place]

    def check_name(self, name: str) -> None:
        """Compare the point's code in the file's name with the first line."""
        named = _POINT_IN_NAME.findall(name)
        if named and self.texts[0] not in named:
            self.reject(
                "ppe_differs",
                "Kod PPE w nazwie pliku różni się od kodu w pierwszym wierszu.",
                row=1,
                value=named[0],
            )

    def day_file(self) -> DayFile | None:
        ppe, day, quantity = self._point(), self._day(), self._quantity()
        unit = self._unit(quantity)
        first = len(self.profile.header)
        values = [
            self._value(row, text, unit) for row, text in enumerate(self.texts[first:], start=first + 1)
        ]
        minutes = self._minutes(day, len(values)) if day is not None else None
        free = self.header(HeaderLine.FREE)
        sound = [value for value in values if value is not None]
        if day is None or minutes is None or self.findings:
            return None
        return DayFile(
            ppe,
            day,
            quantity,
            minutes,
            tuple(wh for wh, _ in sound),
            tuple(quality for _, quality in sound),
            free[1] if free else "",
        )

    def _point(self) -> str:
        row, text = self.header(HeaderLine.POINT) or (1, self.texts[0])
        try:
            return point_code(text)
        except PointCodeError as error:
            code = "ppe_check_digit" if "check digit" in error.problem else "bad_ppe"
            self.reject(code, "Kod PPE w pierwszym wierszu jest błędny.", row=row, value=text)
            return ""

    def _day(self) -> date | None:
        row, text = self.header(HeaderLine.DAY) or (0, "")
        try:
            # A day has no zone; its midnights come from the calendar of Europe/Warsaw.
            return datetime.strptime(text, self.profile.day_format).date()  # noqa: DTZ007 only the date is kept
        except ValueError:
            self.reject("not_a_date", "Doba w nagłówku nie jest datą.", row=row, value=text)
            return None

    def _quantity(self) -> str:
        found = self.header(HeaderLine.QUANTITY)
        if found is None:
            return "import"
        row, text = found
        if text not in self.profile.quantities:
            self.reject("unknown_quantity", "Nieznany rodzaj wielkości w nagłówku.", row=row, value=text)
        return self.profile.quantities.get(text, "import")

    def _unit(self, quantity: str) -> str:
        found = self.header(HeaderLine.UNIT)
        reactive = quantity.startswith("reactive")
        fitting = {self.profile.unit, *(_REACTIVE_UNITS if reactive else ())}
        if found is not None and found[1] not in fitting:
            sentence = f"Jednostka w nagłówku jest inna niż {self.profile.unit}."
            self.reject("bad_unit", sentence, row=found[0], value=found[1])
        return self.profile.unit

    def _value(self, row: int, text: str, unit: str) -> tuple[int, Quality] | None:
        match = _VALUE.fullmatch(text)
        quality = self.profile.flags.get(match[2]) if match else None
        if match is None or quality is None:
            self.reject(
                "not_a_value",
                "Wiersz danych ma mieć postać 12.345,0 ze znanym znacznikiem.",
                row=row,
                value=text,
            )
            return None
        plain = plain_kwh(match[1]) if unit == "kWh" else None
        if plain is not None:
            return plain, quality
        try:
            wh = to_wh(Decimal(match[1]), unit=unit)
        except FinerThanWattHourError:
            self.reject("finer_than_wh", "Wartość jest dokładniejsza niż 1 Wh.", row=row, value=text)
            return None
        if wh < 0:
            self.reject("negative", "Energia nie może być ujemna.", row=row, value=text)
            return None
        return wh, quality

    def _minutes(self, day: date, count: int) -> int | None:
        """Find the interval that the count of values makes of this very day: 23, 24 or 25 hours long."""
        hours = day_minutes(day) // 60
        declared = self.header(HeaderLine.COUNT)
        if declared is not None and declared[1] != str(count):
            sentence = f"Nagłówek zapowiada inną liczbę wartości niż {count}."
            self.reject("wrong_count", sentence, row=declared[0], value=declared[1])
        for minutes, expected in ((60, hours), (15, 4 * hours)):
            if count == expected:
                return minutes
        sentence = f"Doba {day.isoformat()} ma {hours} godzin, więc {hours} albo {4 * hours} wartości."
        self.reject("wrong_count_for_day", sentence, value=str(count))
        return None


def write_day_file(*, day_file: DayFile, profile: DayFileProfile) -> tuple[str, bytes]:
    """Write a day file; return its name and its bytes. Reading them back gives the same.

    Raises DayFileError when the profile has no word for the quantity or a quality, or when three decimals of
    its unit cannot hold a value.
    """
    quantity = _word(profile.quantities, day_file.quantity)
    texts = {
        HeaderLine.POINT: day_file.ppe,
        HeaderLine.DAY: day_file.day.strftime(profile.day_format),
        HeaderLine.QUANTITY: quantity,
        HeaderLine.UNIT: profile.unit,
        HeaderLine.COUNT: str(len(day_file.values_wh)),
        HeaderLine.FREE: day_file.free,
    }
    lines = [texts[kind] for kind in profile.header]
    for wh, quality in zip(day_file.values_wh, day_file.qualities, strict=True):
        lines.append(f"{_energy(wh, profile.unit)},{_word(profile.flags, quality)}")
    raw = [line.encode(profile.encoding) for line in lines]
    checksum = profile.checksum.of(raw, header=len(profile.header)).encode("ascii")
    name = profile.file_name.format(ppe=day_file.ppe, day=day_file.day.isoformat())
    return name, b"".join(line + b"\r\n" for line in (*raw, checksum))


def _energy(wh: int, unit: str) -> str:
    exact = from_wh(wh, unit=unit)
    if exact != half_up(exact, digits=3):
        raise DayFileError(
            file_rejection("finer_than_format", "Format ma trzy miejsca po przecinku.", value=str(exact))
        )
    return f"{exact:.3f}"


def _word(words: Mapping[str, str], meaning: str) -> str:
    for word, meant in words.items():
        if meant == meaning:
            return word
    raise DayFileError(
        file_rejection("unknown_quantity", "Profil nie zna takiego oznaczenia.", value=meaning)
    )
