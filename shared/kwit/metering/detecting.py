"""Propose a day-file profile from samples, and say how certain each part of it is.

The PTPiREE format is not published in full; samples of one distributor tell most of the rest. A checksum counts
as found when exactly one way of making it fits at least three different files.
"""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from kwit.intake.words import QUANTITIES, plain_word
from kwit.kernel.time import day_minutes
from kwit.metering.checksum import Checksum, fitting_checksums
from kwit.metering.day_file import SIZE_LIMIT, HeaderLine, Quality

FILES_NEEDED = 3
"""Different files that make a checksum found."""

DAY_FORMATS = ("%Y-%m-%d", "%d-%m-%Y", "%d.%m.%Y", "%Y.%m.%d", "%Y%m%d", "%d/%m/%Y", "%Y/%m/%d")
UNITS = ("kWh", "MWh", "Wh")
_VALUE = re.compile(r"-?[0-9]{0,12}\.[0-9]{1,6},(.)")
_KNOWN_FLAGS = {"0": Quality.ACTUAL, "1": Quality.ESTIMATED, "2": Quality.MISSING, "+": Quality.ACTUAL}


class Certainty(StrEnum):
    """How far a part of the proposal can be trusted."""

    FOUND = "found"
    LIKELY = "likely"
    GUESS = "guess"


class NoDayFilesError(ValueError):
    """Samples that do not look like day files of one kind; carries the file's name and the problem."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"{name}: {problem}")
        self.name = name
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a proposal: what it is, how certain, and on what evidence."""

    name: str
    certainty: Certainty
    why: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A profile as the text of its YAML file, and the certainty of its parts."""

    yaml: str
    parts: tuple[Part, ...]

    @property
    def checksum_found(self) -> bool:
        """Tell whether the way of making the checksum is known."""
        return any(part.name == "checksum" and part.certainty is Certainty.FOUND for part in self.parts)


@dataclass(frozen=True, slots=True)
class _Sample:
    name: str
    raw: tuple[bytes, ...]
    header: tuple[str, ...]
    values: tuple[str, ...]
    checksum: str


def propose_profile(samples: Mapping[str, bytes], *, name: str) -> Proposal:
    """Propose a profile called `name` from the samples, contents by the names of their files.

    Raises NoDayFilesError.
    """
    different = {content: file for file, content in samples.items()}
    read = [_sample(file, content) for content, file in different.items()]
    if not read:
        raise NoDayFilesError("", "no samples")
    counts = {len(sample.header) for sample in read}
    if len(counts) > 1:
        raise NoDayFilesError(read[0].name, f"the files have headers of {sorted(counts)} lines")
    header, day_format, header_part = _header(read)
    flags, flags_part = _flags(read)
    quantities, quantities_part = _quantities(read, header)
    unit, unit_part = _unit(read, header)
    checksum, checksum_part = _checksum(read)
    parts = (header_part, flags_part, quantities_part, unit_part, checksum_part)
    ascii_only = all(line.isascii() for sample in read for line in sample.raw)
    fields: dict[str, object] = {
        "kind": "day_file",
        "name": name,
        "verified": False,
        "header": [str(kind) for kind in header],
        "flags": {flag: str(quality) for flag, quality in flags.items()},
        "quantities": quantities,
        "checksum": {"variant": checksum.variant, "scope": checksum.scope, "form": checksum.form},
        "day_format": day_format,
        "encoding": "ascii" if ascii_only else "windows-1250",
        "unit": unit,
    }
    return Proposal(_yaml(fields, parts), parts)


def _sample(name: str, content: bytes) -> _Sample:
    if len(content) > SIZE_LIMIT:
        raise NoDayFilesError(name, f"longer than {SIZE_LIMIT} bytes")
    lines = content.rstrip(b"\r\n \t\x1a").replace(b"\r\n", b"\n").split(b"\n")
    texts = [line.decode("windows-1250", errors="replace").strip() for line in lines]
    first = next((index for index, text in enumerate(texts) if _VALUE.fullmatch(text)), 0)
    if first == 0 or not re.fullmatch(r"[0-9]{18}", texts[0]):
        raise NoDayFilesError(name, "the first line is no point's code, or no line is a value with a flag")
    if not all(_VALUE.fullmatch(text) for text in texts[first:-1]) or len(texts) - first < 2:
        raise NoDayFilesError(name, "a line between the header and the last line is no value with a flag")
    if _VALUE.fullmatch(texts[-1]):
        raise NoDayFilesError(name, "the last line is a value: there is no checksum")
    return _Sample(name, tuple(lines[:-1]), tuple(texts[:first]), tuple(texts[first:-1]), texts[-1])


def _header(samples: Sequence[_Sample]) -> tuple[list[HeaderLine], str, Part]:
    """Tell what each header line holds from what it holds in every sample."""
    columns = list(zip(*(sample.header for sample in samples), strict=True))
    header = [HeaderLine.POINT] + [_kind(column, samples) for column in columns[1:]]
    days = [(place, fmt) for place, column in enumerate(columns) for fmt in _formats(column) if place]
    fitting = [(place, fmt) for place, fmt in days if _fits(columns[place], fmt, samples)]
    named = [(place, fmt) for place, fmt in fitting if _named(columns[place], fmt, samples)]
    best = (named or fitting or days)[:1]
    for place, fmt in best:
        header[place] = HeaderLine.DAY
        rivals = {other for other, _ in fitting} - {place}
        certain = bool(named) and not rivals and len({fmt for _, fmt in named}) == 1
        shown = ", ".join(map(str, header))
        if certain:
            why = f"{shown}; the day fits the count of values and the file's name"
            return header, fmt, Part("header", Certainty.FOUND, why)
        why = f"{shown}; the day is in line {place + 1}" + (
            f", or in {', '.join(str(other + 1) for other in sorted(rivals))}" if rivals else ""
        )
        return (
            header,
            fmt,
            Part("header", Certainty.LIKELY if place in {p for p, _ in fitting} else Certainty.GUESS, why),
        )
    return header, DAY_FORMATS[0], Part("header", Certainty.GUESS, "no line is a date in every file")


def _kind(column: Sequence[str], samples: Sequence[_Sample]) -> HeaderLine:
    if all(text == str(len(sample.values)) for text, sample in zip(column, samples, strict=True)):
        return HeaderLine.COUNT
    if len(set(column)) == 1 and column[0] in UNITS:
        return HeaderLine.UNIT
    if all(plain_word(text) in QUANTITIES for text in column):
        return HeaderLine.QUANTITY
    return HeaderLine.FREE


def _day(text: str, fmt: str) -> date | None:
    try:
        return datetime.strptime(text, fmt).date()  # noqa: DTZ007 only the date is kept
    except ValueError:
        return None


def _formats(column: Sequence[str]) -> list[str]:
    return [fmt for fmt in DAY_FORMATS if all(_day(text, fmt) for text in column)]


def _fits(column: Sequence[str], fmt: str, samples: Sequence[_Sample]) -> bool:
    """Tell whether each file has as many values as the day in this line has hours or quarters."""
    for text, sample in zip(column, samples, strict=True):
        day = _day(text, fmt)
        if day is None or day_minutes(day) not in {60 * len(sample.values), 15 * len(sample.values)}:
            return False
    return True


def _named(column: Sequence[str], fmt: str, samples: Sequence[_Sample]) -> bool:
    for text, sample in zip(column, samples, strict=True):
        day = _day(text, fmt)
        digits = re.sub(r"[^0-9]", "", sample.name)
        if day is None or not (f"{day:%Y%m%d}" in digits or f"{day:%d%m%Y}" in digits):
            return False
    return True


def _flags(samples: Sequence[_Sample]) -> tuple[dict[str, Quality], Part]:
    """Take the usual flag for measured values, one that stands at zeros alone for missing ones."""
    seen = Counter(value[-1] for sample in samples for value in sample.values)
    nonzero = {value[-1] for sample in samples for value in sample.values if re.search("[1-9]", value[:-2])}
    usual = seen.most_common(1)[0][0]
    flags: dict[str, Quality] = {}
    for flag in seen:
        other = Quality.ESTIMATED if flag in nonzero else Quality.MISSING
        flags[flag] = Quality.ACTUAL if flag == usual else _KNOWN_FLAGS.get(flag, other)
    counts = ", ".join(f"{flag!r} {count} times" for flag, count in seen.most_common())
    certainty = Certainty.LIKELY if len(seen) == 1 else Certainty.GUESS
    return flags, Part("flags", certainty, f"seen {counts}; the usual one is taken for measured")


def _quantities(samples: Sequence[_Sample], header: Sequence[HeaderLine]) -> tuple[dict[str, str], Part]:
    if HeaderLine.QUANTITY not in header:
        return {"A+": "import"}, Part(
            "quantities", Certainty.GUESS, "no line names the quantity; every file counts as import"
        )
    place = header.index(HeaderLine.QUANTITY)
    words = sorted({sample.header[place] for sample in samples})
    found = {word: QUANTITIES[plain_word(word)] for word in words}
    return found, Part("quantities", Certainty.LIKELY, f"seen {', '.join(words)}")


def _unit(samples: Sequence[_Sample], header: Sequence[HeaderLine]) -> tuple[str, Part]:
    if HeaderLine.UNIT not in header:
        return "kWh", Part("unit", Certainty.GUESS, "no line names the unit")
    unit = samples[0].header[header.index(HeaderLine.UNIT)]
    return unit, Part("unit", Certainty.FOUND, f"every file says {unit}")


def _checksum(samples: Sequence[_Sample]) -> tuple[Checksum, Part]:
    fitting = [
        set(fitting_checksums(list(sample.raw), sample.checksum, header=len(sample.header)))
        for sample in samples
    ]
    common = sorted(set.intersection(*fitting), key=lambda one: (one.variant, one.scope, one.form))
    shown = ", ".join(f"{one.variant}/{one.scope}/{one.form}" for one in common)
    files = f"{len(samples)} different files"
    if not common:
        return Checksum(), Part("checksum", Certainty.GUESS, f"nothing that was tried fits {files}")
    if len(common) == 1 and len(samples) >= FILES_NEEDED:
        return common[0], Part("checksum", Certainty.FOUND, f"{shown} alone fits {files}")
    why = f"{shown} fits {files}; {FILES_NEEDED} files and one way make it certain"
    chosen = Checksum() if Checksum() in common else common[0]
    return chosen, Part("checksum", Certainty.LIKELY if len(common) == 1 else Certainty.GUESS, why)


def _yaml(fields: Mapping[str, object], parts: Sequence[Part]) -> str:
    """Write fields as YAML, each with the certainty of its part; JSON values are YAML values too."""
    remarks = {part.name: f"  # {part.certainty}" for part in parts}
    remarks["day_format"] = remarks["header"]
    remarks["verified"] = "  # true once a person has compared the readings with the meter's"
    lines = [
        f"{key}: {json.dumps(value, ensure_ascii=False)}{remarks.get(key, '')}"
        for key, value in fields.items()
    ]
    return "\n".join(lines) + "\n"
