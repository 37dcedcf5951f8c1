"""A hostile file, and the small system it is dropped on."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from kwit.intake.findings import ImportResult
from kwit.kernel.provenance import Source
from kwit.metering.importing import import_readings
from kwit.metering.ports import PlacedMeter, PlacedRegister
from kwit.metering.readings import ReadingKind, RegisterReading
from tests.fakes.import_log import MemoryImports
from tests.fakes.point_directory import MemoryDirectory
from tests.fakes.reading_store import MemoryReadings
from tests.fakes.remarks import MemoryRemarks
from tests.intake.files import dropped

STATES, SERIES, QUARTERS = "590543000000001232", "590543000000001249", "590543000000001034"
KNOWN = datetime(2026, 4, 2, 9, 0, tzinfo=UTC)
HEADING = "PPE;Nr licznika;Data odczytu;Stan\r\n"
SPRING, AUTUMN, WINTER = date(2026, 3, 29), date(2025, 10, 26), date(2026, 1, 31)

_BOTH = (PlacedRegister("1.8.0", "all"), PlacedRegister("2.8.0", "all", "export"))
_SINCE = date(2024, 1, 1)


@dataclass(frozen=True, slots=True)
class Case:
    """A file by what is wrong with it, how it is made, and what must become of it.

    `codes` are all codes of its findings but for the remark that a profile is unverified; `stored` counts the
    readings that went in.
    """

    what: str
    make: Callable[[], bytes]
    status: str
    codes: tuple[str, ...]
    stored: int = 0
    name: str = "odczyty.csv"


@dataclass
class HostileOffice:
    """A system with three points: one of states, which has a reading, one of hours, one of quarters."""

    store: MemoryReadings = field(default_factory=MemoryReadings)
    imports: MemoryImports = field(default_factory=MemoryImports)
    remarks: MemoryRemarks = field(default_factory=MemoryRemarks)

    def __post_init__(self) -> None:
        self.directory = MemoryDirectory(
            {
                STATES: [PlacedMeter("777", _SINCE, None, (PlacedRegister("1.8.0", "all"),))],
                SERIES: [PlacedMeter("778", _SINCE, None, _BOTH, interval_minutes=60)],
                QUARTERS: [PlacedMeter("779", _SINCE, None, _BOTH, interval_minutes=15)],
            }
        )
        source = Source("dawno.csv", "a" * 64, 2)
        known = datetime(2026, 1, 2, tzinfo=UTC)
        first = RegisterReading(
            STATES, "777", "1.8.0", date(2026, 1, 1), 1_000_000, ReadingKind.ACTUAL, known, source
        )
        self.store.put([first])
        self.store.puts = 0

    @property
    def stored(self) -> int:
        """Count what was stored since the start."""
        return len(self.store.items) - 1

    def drop(self, content: bytes, *, name: str) -> ImportResult:
        """Drop a file."""
        return import_readings(
            file=dropped(content, name=name),
            directory=self.directory,
            store=self.store,
            imports=self.imports,
            known_at=KNOWN,
            remarks=self.remarks,
        )


def row(state: str = "1100", *, ppe: str = STATES, meter: str = "777", day: str = "2026-01-31") -> str:
    """Write a row of states."""
    return f"{ppe};{meter};{day};{state}\r\n"


def states(*rows: str, heading: str = HEADING) -> bytes:
    """Write a table of states in UTF-8."""
    return (heading + "".join(rows)).encode()
