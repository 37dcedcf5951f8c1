"""A point of two tenants, one after the other, and the counter at which they submit readings."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from kwit.kernel.identifiers import content_hash
from kwit.kernel.provenance import Source
from kwit.kernel.time import DateRange
from kwit.metering.correcting import CorrectionDesk
from kwit.metering.ports import PlacedMeter, PlacedRegister
from kwit.metering.readings import ReadingKind, RegisterReading
from kwit.metering.submissions import Answer, Caller, SaidReading
from kwit.metering.submitting import Counter, submit
from tests.fakes.point_directory import MemoryDirectory
from tests.fakes.submissions import MemorySubmissions
from tests.fakes.tasks import MemoryInvoiced
from tests.metering.validation.office import Terms

PPE = "590543000000001232"
ONE = (PlacedRegister("1.8.0", "all"),)
KNOWN = datetime(2026, 4, 2, 9, 0, tzinfo=UTC)
MOVED = date(2025, 7, 1)
BEFORE, NOW = DateRange(date(2024, 1, 1), MOVED), DateRange(MOVED)
ANNA = Caller("K-1", "user-1")


def state(
    boundary: date, kwh: int, *, kind: ReadingKind = ReadingKind.ACTUAL, register: str = "1.8.0"
) -> RegisterReading:
    """Make a state read by the distributor."""
    source = Source("osd.csv", content_hash(boundary.isoformat().encode()), 2)
    known = datetime(boundary.year, boundary.month, boundary.day, 12, tzinfo=UTC)
    return RegisterReading(PPE, "L1", register, boundary, kwh * 1000, kind, known, source)


@dataclass
class PortalCounter:
    """What submitting works on; `held` are the days of the one who calls."""

    meters: Sequence[PlacedMeter] = field(
        default_factory=lambda: (PlacedMeter("L1", date(2024, 1, 1), None, ONE),)
    )
    held: Sequence[DateRange] = (NOW,)
    terms: Terms = field(default_factory=Terms)
    submissions: MemorySubmissions = field(default_factory=MemorySubmissions)
    invoiced: MemoryInvoiced = field(default_factory=MemoryInvoiced)
    clock: datetime = KNOWN

    def known(self, *readings: RegisterReading) -> None:
        """Put readings into the store, as a file would."""
        self.submissions.readings.put(readings)

    def says(
        self, day: date, kwh: str, *, confirm: bool = False, key: str = "", caller: Caller = ANNA, **more: str
    ) -> Answer:
        """Submit a state; each submission comes a minute after the one before."""
        self.clock += timedelta(minutes=1)
        desk = CorrectionDesk(self.invoiced, self.submissions.tasks)
        counter = Counter(
            MemoryDirectory({PPE: self.meters}), self.submissions.readings, self.submissions, self.terms, desk
        )
        said = SaidReading(PPE, day, kwh, confirmed=confirm, key=key, **more)
        return submit(said=said, caller=caller, held=self.held, counter=counter, known_at=self.clock)

    @property
    def stored(self) -> list[RegisterReading]:
        """List what came in by submissions."""
        return [one for one in self.submissions.readings.registers(PPE) if one.source.file == "portal"]
