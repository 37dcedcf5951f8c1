"""Files of readings on their way in: rows, files and values a second of one core, beside plain versions."""

import csv
import io
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl

from benchmarks.dropped_files import batch, batch_csv, day_files, packed, registry_of, states_workbook
from benchmarks.embedded import tables_of_embedded_cloud
from benchmarks.measure import per_second
from benchmarks.write_units import points
from kwit.aws.cut_files import DynamoCutFiles, S3Work
from kwit.aws.imports import DynamoImports
from kwit.aws.package_store import S3Files
from kwit.aws.points import RegistryDirectory
from kwit.aws.reading_store import DynamoReadings
from kwit.aws.registry_store import DynamoRegistry
from kwit.intake.dropped_file import DroppedFile
from kwit.intake.workbook import read_workbook
from kwit.metering.importing import import_readings
from kwit.metering.long_files import LongFiles
from kwit.metering.ports import PlacedMeter, PlacedRegister
from tests.fakes.import_log import MemoryImports
from tests.fakes.long_files import MemoryPartQueue
from tests.fakes.point_directory import MemoryDirectory
from tests.fakes.reading_store import MemoryReadings

KNOWN = datetime(2026, 2, 2, 9, 0, tzinfo=UTC)
FILES, ROWS, POINTS, VALUES = 100, 20_000, 10_000, 96
ROUNDS = 3
PEAK_ROWS = 100_000


class WrongImportError(AssertionError):
    """A version read something else than what was written; carries what was measured and what came out."""

    def __init__(self, name: str, found: object, expected: object) -> None:
        super().__init__(f"{name}: {found!r} instead of {expected!r}")
        self.name = name


def check(name: str, found: object, expected: object) -> None:
    """Stop a measurement of a version that gives another figure. Raises WrongImportError."""
    if found != expected:
        raise WrongImportError(name, found, expected)


def intake() -> dict[str, object]:
    """Measure all files of readings."""
    return _day_files() | _workbooks() | _batches() | _peak()


def _directory(count: int, minutes: int | None) -> MemoryDirectory:
    registers = (PlacedRegister("1.8.0", "all"),)
    placed = PlacedMeter("777", date(2024, 1, 1), None, registers, interval_minutes=minutes)
    return MemoryDirectory({ppe: [placed] for ppe in points(count)})


def _accepted(name: str, content: bytes, directory: MemoryDirectory) -> int:
    file = DroppedFile.of(name=name, content=content, received_at=KNOWN)
    return import_readings(
        file=file, directory=directory, store=MemoryReadings(), imports=MemoryImports(), known_at=KNOWN
    ).accepted


def _day_files() -> dict[str, object]:
    files, directory = day_files(FILES), _directory(FILES, 15)

    def kwit() -> int:
        return sum(_accepted(name, content, directory) for name, content in files)

    def plain() -> int:
        return sum(len(plain_day_file(content)) == VALUES for _, content in files)

    check("day files", (kwit(), plain()), (FILES, FILES))
    rates = per_second({"kwit": kwit, "plain": plain}, rounds=ROUNDS)
    return {
        "ptpiree_files_per_s": round(rates["kwit"] * FILES),
        "ptpiree_files_ratio_to_plain": _ratio(rates["kwit"], rates["plain"]),
    }


def plain_day_file(content: bytes) -> list[int]:
    """Read a day file as one writes it first: the CRC bit by bit, every value a decimal; its whole Wh."""
    lines = content.split(b"\r\n")
    crc = 0
    for byte in b"".join(line + b"\r\n" for line in lines[:-2]):
        crc ^= byte << 8
        for _ in range(8):
            crc = ((crc << 1) ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    check("checksum", f"{crc:04X}".encode(), lines[-2])
    return [int(Decimal(line.decode().split(",")[0]) * 1000) for line in lines[6:-2]]


def _workbooks() -> dict[str, object]:
    content, directory = states_workbook(ROWS), _directory(ROWS, None)

    def peer() -> int:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
        return sum(1 for _ in book.worksheets[0].iter_rows(values_only=True)) - 1

    def read() -> int:
        return len(read_workbook(content)[0].rows) - 1

    def whole() -> int:
        return _accepted("stany.xlsx", content, directory)

    check("workbook", {peer(), read(), whole()}, {ROWS})
    rates = per_second({"read": read, "whole": whole, "openpyxl": peer}, rounds=ROUNDS)
    return {
        "xlsx_rows_per_s": round(rates["read"] * ROWS),
        "xlsx_rows_ratio_to_openpyxl": _ratio(rates["read"], rates["openpyxl"]),
        "xlsx_states_imported_per_s": round(rates["whole"] * ROWS),
    }


def _batches() -> dict[str, object]:
    content, text = packed(batch(POINTS)), batch_csv(POINTS)
    seconds = {"aws": _on_aws(content), "naive": _seconds(lambda: check("naive", naive(text), POINTS))}
    directory = _directory(POINTS, 15)
    seconds["memory"] = _seconds(lambda: check("json", _accepted("a.gz", content, directory), POINTS))
    seconds["csv"] = _seconds(lambda: check("csv", _accepted("a.csv", text, directory), POINTS))
    rates = {name: POINTS * VALUES / spent for name, spent in seconds.items()}
    return {
        "interval_values_per_s": round(rates["aws"]),
        "interval_values_ratio_to_naive": _ratio(rates["aws"], rates["naive"]),
        "interval_values_without_aws_per_s": round(rates["memory"]),
        "interval_values_without_aws_ratio_to_naive": _ratio(rates["memory"], rates["naive"]),
        "interval_values_of_csv_without_aws_per_s": round(rates["csv"]),
        "interval_values_of_csv_without_aws_ratio_to_naive": _ratio(rates["csv"], rates["naive"]),
    }


def naive(text: bytes) -> int:
    """Read a CSV batch as one writes it first: every value a decimal, kept in a dictionary; count the days."""
    days: dict[tuple[str, str], list[Decimal]] = {}
    rows = csv.reader(io.StringIO(text.decode()), delimiter=";")
    next(rows)
    for ppe, day, _, _, *values in rows:
        days[ppe, day] = [Decimal(value) * 1000 for value in values]
    return len(days)


def _on_aws(content: bytes) -> float:
    """Return the process time of the functions' work, the embedded cloud's own left out: it is a process apart."""
    with tables_of_embedded_cloud("registry", "readings", bucket="inbox") as (tables, s3):
        registry = DynamoRegistry(tables["registry"])
        registry.put(registry_of(points(POINTS), minutes=15))
        queue, imports = MemoryPartQueue(), DynamoImports(tables["registry"])
        cuts, work = DynamoCutFiles(tables["registry"]), S3Work(S3Files(s3, "inbox"))
        began = time.process_time()
        file = DroppedFile.of(name="doba.jsonl.gz", content=content, received_at=KNOWN)
        store = DynamoReadings(tables["readings"])
        long_files = LongFiles(RegistryDirectory(registry), store, imports, cuts, work, queue)
        result = long_files.start(file=file, drop="inbox/readings/doba.jsonl.gz", known_at=KNOWN)
        for cut_id, part in queue.asked:
            # Each part has a directory of its own, as each invocation of the function has.
            one = LongFiles(RegistryDirectory(registry), store, imports, cuts, work)
            _, result = one.import_part(cut_id=cut_id, part=part)
        spent = time.process_time() - began
    check("aws", result.accepted if result else None, POINTS)
    return spent


def _seconds(call: Callable[[], object]) -> float:
    began = time.process_time()
    call()
    return time.process_time() - began


def _peak() -> dict[str, object]:
    """Cut a workbook of states in a process of its own, import its largest part in another; tell the larger peak."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "stany.xlsx"
        path.write_bytes(states_workbook(PEAK_ROWS))
        told = [
            json.loads(
                subprocess.run(  # noqa: S603 - our own interpreter and module
                    [sys.executable, "-m", "benchmarks.peak_memory", str(path), step],
                    check=True,
                    capture_output=True,
                ).stdout
            )
            for step in ("cut", "part")
        ]
    return {
        "peak_mb_100k_rows": max(one["mb"] for one in told),
        "peak_mb_100k_rows_cutting": told[0]["mb"],
        "peak_mb_100k_rows_part": told[1]["mb"],
        "peak_100k_rows_parts": told[0]["parts"],
    }


def _ratio(rate: float, other: float) -> float:
    return float(f"{rate / other:.3g}")
