"""Tell the peak of memory of one step of a long file: `python -m benchmarks.peak_memory FILE cut|part`.

The handler is imported first, so that what the function itself takes is in the figure.
"""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from functions.import_reading_parts.handler import lambda_handler
from kwit.intake.dropped_file import DroppedFile
from kwit.metering.importing import FileImport
from kwit.metering.known_points import KnownPoints
from kwit.metering.ports import PlacedMeter, PlacedRegister
from kwit.metering.profile_files import packaged_profiles
from tests.fakes.reading_store import MemoryReadings

KNOWN = datetime(2026, 2, 2, 9, 0, tzinfo=UTC)


class OneMeter:
    """A directory in which the same meter stands everywhere."""

    def meters(self, ppe: str) -> list[PlacedMeter]:
        """Return the meter."""
        return [
            PlacedMeter(ppe[-9:], KNOWN.date().replace(year=2024), None, (PlacedRegister("1.8.0", "all"),))
        ]

    def points_of(self, meter_no: str) -> list[str]:
        """Return the one point, whichever row is asked for; the files here name theirs."""
        return [meter_no]


def one(path: Path, content: bytes) -> FileImport:
    """Prepare the import of a file."""
    file = DroppedFile.of(name=path.name, content=content, received_at=KNOWN)
    return FileImport(file, KnownPoints(OneMeter()), MemoryReadings(), KNOWN, packaged_profiles())


def peak_mb() -> int:
    """Read the peak from the kernel; what `getrusage` tells begins with the size of the parent process."""
    lines = Path("/proc/self/status").read_text().splitlines()
    kib = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))
    return round(kib * 1024 / 1e6)


def main() -> None:
    """Do the step that is asked for and print the peak in MB (10^6 bytes)."""
    path, step = Path(sys.argv[1]), sys.argv[2]
    kept = path.with_suffix(".part")
    told: dict[str, object] = {"function": lambda_handler.settings.__name__}
    if step == "cut":
        found = one(path, path.read_bytes()).cut()
        parts = found[1] if found else []
        told["parts"] = len(parts)
        kept.write_bytes(max(parts, key=len))
    else:
        told["accepted"] = one(path, b"").result_of_part(kept.read_bytes()).accepted
    told["mb"] = peak_mb()
    print(json.dumps(told))


if __name__ == "__main__":
    main()
