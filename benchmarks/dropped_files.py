"""Files of readings for the benchmarks, made from a seed: day files, workbooks of states, batches of quarters."""

import gzip
import io
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random

import xlsxwriter

from benchmarks.write_units import points, quarters
from kwit.kernel.provenance import Source
from kwit.metering.day_file import DayFile, DayFileProfile, Quality, write_day_file
from kwit.metering.profile_files import packaged_profiles
from kwit.registry.records import Meter, MeteringPoint, Record, Register

SEED = 2026
DAY = date(2026, 1, 31)


def day_files(count: int) -> list[tuple[str, bytes]]:
    """Write one day of quarters for each of `count` points, in the packaged PTPiREE profile."""
    chance = Random(SEED)  # noqa: S311 - a load curve, not a secret
    profile = next(one for one in packaged_profiles() if isinstance(one, DayFileProfile))
    return [
        write_day_file(
            day_file=DayFile(ppe, DAY, "import", 15, quarters(chance, DAY), (Quality.ACTUAL,) * 96),
            profile=profile,
        )
        for ppe in points(count)
    ]


def batch(count: int) -> bytes:
    """Write one day of quarters for each of `count` points as JSON lines, plain."""
    chance = Random(SEED)  # noqa: S311 - a load curve, not a secret
    lines = []
    for ppe in points(count):
        values = list(quarters(chance, DAY))
        told = {"ppe": ppe, "day": DAY.isoformat(), "minutes": 15, "quantity": "import", "values": values}
        lines.append(json.dumps(told).encode())
    return b"\n".join(lines) + b"\n"


def batch_csv(count: int) -> bytes:
    """Write the same days as CSV, in kWh with three decimals."""
    chance = Random(SEED)  # noqa: S311 - a load curve, not a secret
    heading = ["ppe", "day", "minutes", "quantity", *(f"v{index}" for index in range(1, 97))]
    lines = [";".join(heading)]
    for ppe in points(count):
        values = (f"{wh // 1000}.{wh % 1000:03}" for wh in quarters(chance, DAY))
        lines.append(";".join([ppe, DAY.isoformat(), "15", "import", *values]))
    return "\n".join(lines).encode() + b"\n"


def packed(content: bytes) -> bytes:
    """Pack a file as gzip, the same bytes each time."""
    return gzip.compress(content, 6, mtime=0)


def states_rows(count: int, *, a_point: int = 2) -> list[tuple[str, str, str, str]]:
    """Make rows of states: point, date, state, kind; `a_point` days running of each point."""
    chance = Random(SEED)  # noqa: S311 - states of meters, not a secret
    rows = []
    for ppe in points(count // a_point + 1):
        state = chance.randrange(1_000_000, 90_000_000)
        for back in range(a_point - 1, -1, -1):
            day = (DAY - timedelta(days=back)).isoformat()
            rows.append((ppe, day, f"{state // 1000},{state % 1000:03}", "zdalny"))
            state += chance.randrange(3_000, 30_000)
    return rows[:count]


HEADINGS = ("Kod PPE", "Data odczytu", "Stan kWh", "Rodzaj odczytu")


def states_workbook(count: int, *, a_point: int = 2) -> bytes:
    """Write states as XLSX: texts, dates and numbers as a person would keep them."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Odczyty")
        form = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, HEADINGS)
        for row, (ppe, day, state, kind) in enumerate(states_rows(count, a_point=a_point), start=1):
            sheet.write_string(row, 0, ppe)
            sheet.write_datetime(row, 1, date.fromisoformat(day), form)
            sheet.write_number(row, 2, float(state.replace(",", ".")))
            sheet.write_string(row, 3, kind)
    return buffer.getvalue()


def states_csv(count: int, *, a_point: int = 2) -> bytes:
    """Write the same states as CSV."""
    lines = [";".join(HEADINGS), *(";".join(row) for row in states_rows(count, a_point=a_point))]
    return "\n".join(lines).encode() + b"\n"


def registry_of(codes: Sequence[str], *, minutes: int | None) -> Iterator[Record]:
    """Make points with one meter each, of one register; with `minutes`, settled from interval values."""
    known, since = datetime(2025, 1, 1, tzinfo=UTC), date(2025, 1, 1)
    for row, ppe in enumerate(codes, start=2):
        source = Source("kartoteka.xlsx", "cd" * 32, row)
        yield MeteringPoint(ppe, "PGE Dystrybucja", "Polna 1", "00-001", "Warszawa", 1, since, known, source)
        registers = (Register("1.8.0", "all"),)
        number = ppe[-9:]
        yield Meter(number, ppe, since, None, 1, registers, since, known, source, interval_minutes=minutes)
