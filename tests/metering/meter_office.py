"""A place where files of interval values are dropped, and what it can be asked afterwards."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from kwit.intake.findings import ImportResult, Severity
from kwit.kernel.time import Period
from kwit.metering.importing import import_readings
from kwit.metering.ports import PlacedMeter, PlacedRegister
from kwit.metering.readings import IntervalDay
from tests.fakes.import_log import MemoryImports
from tests.fakes.point_directory import MemoryDirectory
from tests.fakes.reading_store import MemoryReadings
from tests.intake.files import dropped

PPE = "590543000000001232"
OTHER = "590543000000001249"
KNOWN = datetime(2026, 4, 2, 9, 0, tzinfo=UTC)
WINTER, SPRING, AUTUMN = date(2026, 1, 31), date(2026, 3, 29), date(2025, 10, 26)
BOTH = (PlacedRegister("1.8.0", "all"), PlacedRegister("2.8.0", "all", "export"))
UNBALANCED = PlacedRegister("1.8.0u", "all", "import_unbalanced")


def meter(*registers: PlacedRegister, minutes: int | None = 60) -> PlacedMeter:
    """Place a meter settled from interval values."""
    return PlacedMeter("777", date(2024, 1, 1), None, registers or BOTH, interval_minutes=minutes)


class CountingDirectory(MemoryDirectory):
    """A directory that counts what it is asked."""

    asked: Counter[str]

    def meters(self, ppe: str) -> Sequence[PlacedMeter] | None:
        self.asked[ppe] += 1
        return super().meters(ppe)


class CountingReadings(MemoryReadings):
    """A store that counts what it is asked."""

    asked: Counter[str]

    def intervals_of(self, periods: Mapping[str, Period]) -> Iterator[tuple[str, Sequence[IntervalDay]]]:
        self.asked.update(periods.keys())
        yield from super().intervals_of(periods)


@dataclass
class MeterOffice:
    """A system with points whose meters are settled from interval values."""

    meters: dict[str, Sequence[PlacedMeter]] = field(default_factory=lambda: {PPE: [meter()]})
    store: CountingReadings = field(default_factory=CountingReadings)
    imports: MemoryImports = field(default_factory=MemoryImports)

    def __post_init__(self) -> None:
        self.directory = CountingDirectory(self.meters)
        self.directory.asked, self.store.asked = Counter(), Counter()

    def drop(
        self, content: bytes | str, *, name: str = f"{PPE}.csv", at: datetime = KNOWN, encoding: str = "utf-8"
    ) -> ImportResult:
        """Drop a file."""
        return import_readings(
            file=dropped(content, name=name, encoding=encoding),
            directory=self.directory,
            store=self.store,
            imports=self.imports,
            known_at=at,
        )

    def days(self, ppe: str = PPE) -> list[IntervalDay]:
        """List all versions of a point's days."""
        period = Period(date(2024, 1, 1), date(2027, 1, 1))
        return list(MemoryReadings.intervals(self.store, ppe, period=period))


def codes(result: ImportResult) -> list[str]:
    """List the codes of a result, but for the remark that a profile is unverified."""
    return [one.code for one in result.findings if one.code != "unverified_profile"]


def refusals(result: ImportResult) -> list[tuple[str, int]]:
    """List what was refused, with its row."""
    return [(one.code, one.row) for one in result.findings if one.severity is Severity.REJECT]
