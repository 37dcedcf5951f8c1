"""Who is on a collector's route: the points whose period ends, or those that are asked for."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from kwit.billing.routes import RouteStores, Selection, stops_of
from kwit.billing.runs import PlanningStores
from kwit.kernel.provenance import Source
from kwit.metering.ports import PlacedMeter, PlacedRegister
from kwit.metering.readings import ReadingKind, RegisterReading
from kwit.registry.importing import import_registry
from tests.billing.memory_case import MemorySettings
from tests.fakes.import_log import MemoryImports
from tests.fakes.point_directory import MemoryDirectory
from tests.fakes.reading_store import MemoryReadings
from tests.fakes.registry_store import MemoryRegistry
from tests.fakes.run_store import MemoryRuns
from tests.intake.files import dropped

SAMPLE = Path(__file__).parents[2] / "events" / "inbox" / "registry" / "kartoteka.xlsx"
KNOWN = datetime(2026, 1, 2, tzinfo=UTC)
END_OF_FEBRUARY = date(2026, 2, 28)
GDANSK, LUBLIN, FIRM, GDYNIA = (
    "590243000000001013", "590543000000001027", "590543000000001034", "590243000000001044",
)  # fmt: skip


@dataclass
class Network:
    """The sample registry, with readings and cursors a test may add."""

    registry: MemoryRegistry = field(default_factory=MemoryRegistry)
    readings: MemoryReadings = field(default_factory=MemoryReadings)
    runs: MemoryRuns = field(default_factory=MemoryRuns)
    settings: MemorySettings = field(default_factory=MemorySettings)

    def __post_init__(self) -> None:
        import_registry(
            file=dropped(SAMPLE.read_bytes(), name="kartoteka.xlsx"), store=self.registry,
            imports=MemoryImports(), known_at=KNOWN,
        )  # fmt: skip
        self.directory = MemoryDirectory({ppe: self.placed(ppe) for ppe in (GDANSK, LUBLIN, FIRM, GDYNIA)})

    def placed(self, ppe: str) -> list[PlacedMeter]:
        return [
            PlacedMeter(
                one.meter_no, one.installed, one.removed,
                tuple(PlacedRegister(r.code, r.zone, str(r.quantity), r.digits) for r in one.registers),
                one.multiplier, one.interval_minutes,
            )
            for one in self.registry.meters(ppe)
        ]  # fmt: skip

    @property
    def stores(self) -> RouteStores:
        planning = PlanningStores(self.settings, self.registry, self.runs)  # type: ignore[arg-type]
        return RouteStores(planning, self.directory, self.readings)

    def read(
        self, ppe: str, meter: str, code: str, boundary: date, kind: ReadingKind = ReadingKind.ACTUAL
    ) -> None:
        source = Source("a.csv", "b" * 64, boundary.toordinal())
        self.readings.put([RegisterReading(ppe, meter, code, boundary, 1000, kind, KNOWN, source)])

    def stops(self, **selection: object) -> list[tuple[str, str]]:
        wanted = Selection(**({"day": END_OF_FEBRUARY} | selection))  # type: ignore[arg-type]
        found = stops_of(selection=wanted, settings=self.settings.settings, stores=self.stores)
        return sorted((one.ppe, one.meter.meter_no) for one in found)


@pytest.fixture
def network() -> Network:
    return Network()


class TestDue:
    def test_are_contracts_that_no_meter_reports_and_whose_period_ends(self, network: Network) -> None:
        # Both cycles of two months end on 1 March; the others are read remotely.
        assert network.stops() == [
            (GDYNIA, "90104001"), (GDYNIA, "90104002"), (LUBLIN, "90102001"),
        ]  # fmt: skip

    def test_are_none_before_the_window_of_the_end(self, network: Network) -> None:
        assert network.stops(day=date(2026, 2, 24)) == []
        assert len(network.stops(day=date(2026, 2, 25))) == 3

    def test_leaves_out_what_is_read_already(self, network: Network) -> None:
        network.read(LUBLIN, "90102001", "1.8.1", date(2026, 2, 27))
        assert (LUBLIN, "90102001") in network.stops()
        network.read(LUBLIN, "90102001", "1.8.2", date(2026, 2, 27), ReadingKind.ESTIMATED)
        assert (LUBLIN, "90102001") in network.stops()
        network.read(LUBLIN, "90102001", "1.8.2", date(2026, 2, 26))
        assert (LUBLIN, "90102001") not in network.stops()

    def test_follows_how_far_a_contract_is_billed(self, network: Network) -> None:
        network.runs.cursors["U/2025/102"] = date(2026, 3, 1)
        assert (LUBLIN, "90102001") not in network.stops()

    def test_may_be_those_of_one_town(self, network: Network) -> None:
        assert network.stops(city="lublin") == [(LUBLIN, "90102001")]


class TestNamed:
    def test_are_read_whatever_their_period(self, network: Network) -> None:
        assert network.stops(contracts=("U/2025/101",)) == [(GDANSK, "90101001")]
        assert network.stops(points=(FIRM,)) == [(FIRM, "90103001")]

    def test_may_be_a_range_with_both_its_ends(self, network: Network) -> None:
        found = network.stops(contracts=("U/2025/101..U/2025/103",))
        assert {ppe for ppe, _ in found} == {GDANSK, LUBLIN, FIRM}

    def test_outside_their_contract_are_not_read(self, network: Network) -> None:
        assert network.stops(contracts=("U/2025/102",), day=date(2025, 2, 28)) == []


class TestStop:
    def test_says_who_lives_where(self, network: Network) -> None:
        [stop] = stops_of(
            selection=Selection(END_OF_FEBRUARY, points=(LUBLIN,)),
            settings=network.settings.settings,
            stores=network.stores,
        )
        assert (stop.name, stop.street, stop.postcode, stop.city, stop.contract_no) == (
            "Świętosława Źrebiec", "ul. Żytnia 3/4", "20-002", "Lublin", "U/2025/102",
        )  # fmt: skip
