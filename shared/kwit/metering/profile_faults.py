"""What is wrong with a profile whose fields have the right types: each fault with its place."""

import string
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from kwit.intake.words import QUANTITIES, plain
from kwit.kernel.energy import WH_PER
from kwit.metering.collector import OWN_KEYS, CollectorProfile
from kwit.metering.day_file import DayFileProfile, HeaderLine
from kwit.metering.day_rows import DayRowsProfile
from kwit.metering.interval_table import IntervalTableProfile, TableQuantity
from kwit.metering.register_rows import READINGS, UNITS
from kwit.metering.register_table import ANY, STARS, RegisterTableProfile

_INTERVAL_KEYS = frozenset({"moment", "day", "hour", "value", "quantity", "ppe", "zone"})
_STATE_KEYS = frozenset(column.key for column in READINGS.columns)
_SAMPLE_DAY = date(2026, 3, 29)
_FIELD_LIMIT = 1_000

NAME_LENGTH = 80
RESERVED = frozenset({"readings", "edits"})
"""Names of the layouts that are no profiles."""


def faults_of(
    profile: CollectorProfile | DayFileProfile | DayRowsProfile | IntervalTableProfile | RegisterTableProfile,
) -> list[str]:
    """List every fault of a profile that the types alone do not catch."""
    return [*_of_name(profile.name), *_of_kind(profile)]


def _of_name(name: str) -> Iterator[str]:
    if not name.strip() or len(name) > NAME_LENGTH:
        yield f"name: 1 to {NAME_LENGTH} signs"
    if plain(name) in RESERVED:
        yield f"name: {name} is taken"


def _of_kind(
    profile: CollectorProfile | DayFileProfile | DayRowsProfile | IntervalTableProfile | RegisterTableProfile,
) -> list[str]:
    if isinstance(profile, DayFileProfile):
        return list(_of_day_file(profile))
    if isinstance(profile, DayRowsProfile):
        return list(_of_day_rows(profile))
    if isinstance(profile, CollectorProfile):
        return list(_of_collector(profile))
    if isinstance(profile, RegisterTableProfile):
        return list(_of_register_table(profile))
    return list(_of_interval_table(profile))


def _of_day_file(profile: DayFileProfile) -> Iterator[str]:
    if profile.header[:1] != (HeaderLine.POINT,):
        yield "header: the first line is the point"
    yield from _of_unit(profile.unit)
    yield from _of_flags(profile.flags)
    yield from (
        f"quantities.{word}: {meant} is no quantity of a register"
        for word, meant in profile.quantities.items()
        if meant not in QUANTITIES.values()
    )
    if not _is_text_encoding(profile.encoding):
        yield f"encoding: {profile.encoding} is not known"
    if not _is_day_format(profile.day_format):
        yield f"day_format: {profile.day_format} does not hold a day"
    if not _is_file_name(profile.file_name):
        yield "file_name: only the fields {ppe} and {day}"


def _of_day_rows(profile: DayRowsProfile) -> Iterator[str]:
    if profile.day_record not in profile.records:
        yield f"day_record: {profile.day_record} is not among the records"
    if "" in profile.records:
        yield "records: an empty name"
    if len(profile.delimiter) != 1:
        yield "delimiter: must be one sign"
    for name in ("point_field", "quantity_field", "first_value"):
        if not 0 <= getattr(profile, name) <= _FIELD_LIMIT:
            yield f"{name}: fields count from 0 to {_FIELD_LIMIT}"
    yield from _of_unit(profile.unit)
    yield from _of_flags(profile.flags)


def _of_collector(profile: CollectorProfile) -> Iterator[str]:
    known = OWN_KEYS | _STATE_KEYS
    yield from (f"columns.{key}: unknown column" for key in sorted(profile.columns.keys() - known))
    if "remark" not in profile.columns:
        yield "columns: remark is missing"
    yield from _of_headings(profile.columns)
    if not profile.remarks:
        yield "remarks: none"
    bare = [code.strip().lstrip("0") for code in profile.remarks]
    yield from (
        f"remarks.{code}: stands twice, apart from leading zeros"
        for code in sorted({code for code in bare if bare.count(code) > 1})
    )


def _of_interval_table(profile: IntervalTableProfile) -> Iterator[str]:
    wide = {key for key in profile.columns if key.startswith("value:")}
    yield from (
        f"columns.{key}: unknown column" for key in sorted(profile.columns.keys() - _INTERVAL_KEYS - wide)
    )
    quantities = {str(quantity) for quantity in TableQuantity}
    yield from (
        f"columns.{key}: unknown quantity" for key in sorted(wide) if key.partition(":")[2] not in quantities
    )
    if ("moment" in profile.columns) == ("day" in profile.columns):
        yield "columns: either moment, or day and hour"
    if ("day" in profile.columns) != ("hour" in profile.columns):
        yield "columns: day and hour go together"
    if bool(wide) == ("value" in profile.columns):
        yield "columns: either value, or value:<quantity> columns"
    if "quantity" in profile.columns and not profile.quantities:
        yield "quantities: missing for the column of quantities"
    yield from _of_headings(profile.columns)
    yield from _of_unit(profile.unit)


def _of_register_table(profile: RegisterTableProfile) -> Iterator[str]:
    wide = {key for key in profile.columns if key.startswith("wide:")}
    yield from (
        f"columns.{key}: unknown column" for key in sorted(profile.columns.keys() - _STATE_KEYS - wide)
    )
    if "wide:" in wide:
        yield "columns.wide:: names no register"
    if not profile.columns.keys() & {"ppe", "meter_no"}:
        yield "columns: ppe or meter_no is missing"
    if "date" not in profile.columns:
        yield "columns: date is missing"
    if bool(wide) == ("state" in profile.columns):
        yield "columns: either state, or wide:<register> columns"
    yield from _of_headings(profile.columns)
    yield from (
        f"columns.{key}: heading {head} has more than {STARS} times {ANY}"
        for key, names in profile.columns.items()
        for head in names
        if head.count(ANY) > STARS
    )
    if profile.unit not in UNITS.values():
        yield f"unit: {profile.unit} is not one of {', '.join(UNITS.values())}"


def _of_headings(columns: Mapping[str, Sequence[str]]) -> Iterator[str]:
    heads = [plain(head) for names in columns.values() for head in names]
    yield from (
        f"columns: heading {head} stands twice" for head in sorted({h for h in heads if heads.count(h) > 1})
    )
    yield from (
        f"columns.{key}: no heading"
        for key, names in columns.items()
        if not names or any(not plain(head) for head in names)
    )


def _of_unit(unit: str) -> Iterator[str]:
    if unit not in WH_PER:
        yield f"unit: {unit} is not one of {', '.join(WH_PER)}"


def _of_flags(flags: Mapping[str, object]) -> Iterator[str]:
    if not flags:
        yield "flags: none"
    yield from (f"flags.{flag}: must be one sign" for flag in flags if len(flag) != 1)


def _is_text_encoding(name: str) -> bool:
    try:
        return "1;A+".encode(name).decode(name) == "1;A+"
    except (LookupError, ValueError):
        return False


def _is_day_format(fmt: str) -> bool:
    try:
        written = _SAMPLE_DAY.strftime(fmt)
        return datetime.strptime(written, fmt).date() == _SAMPLE_DAY  # noqa: DTZ007 only the date is kept
    except ValueError:
        return False


def _is_file_name(pattern: str) -> bool:
    try:
        parts = list(string.Formatter().parse(pattern))
        pattern.format(ppe="", day="")
    except (ValueError, LookupError, AttributeError):
        return False
    return all(name in {None, "ppe", "day"} and not spec for _, name, spec, _ in parts)
