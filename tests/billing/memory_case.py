"""A small company in memory: contracts, meters and states from plain figures, and the stores behind a run."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from kwit.billing.case import Case, gather_case
from kwit.billing.chunks import RatingStores
from kwit.billing.correction_run import CorrectionStores
from kwit.billing.one_bill import Billing
from kwit.billing.replay_stores import ReplayStores
from kwit.kernel.provenance import Source
from kwit.metering.readings import ReadingKind, RegisterReading
from kwit.rating.series import SeriesSorter
from kwit.registry.company import CompanySettings
from kwit.registry.records import (
    Contract,
    ContractKind,
    Meter,
    MeteringPoint,
    Party,
    PartyKind,
    Quantity,
    Register,
)
from kwit.tariffs.holidays import statutory_holidays
from kwit.tariffs.price_list import PriceList
from tests.billing.company import company_settings
from tests.fakes.document_store import MemoryDocuments
from tests.fakes.evidence import MemoryEvidence
from tests.fakes.queues import MemoryQueues
from tests.fakes.reading_store import MemoryReadings
from tests.fakes.registry_store import MemoryRegistry
from tests.fakes.run_store import MemoryRuns
from tests.fakes.tasks import MemoryTasks
from tests.rating.cases import KNOWN, all_lists

LISTS = ("jasna-energia", "pge-dystrybucja", "levies-pl")
SOURCE = Source("kartoteka.xlsx", "a" * 64, 2)
SINCE = date(2020, 1, 1)


@dataclass
class MemorySettings:
    """Company settings that a test may change between steps."""

    settings: CompanySettings = field(default_factory=company_settings)
    name: str = "s1"

    def current(self, *, on: date) -> tuple[CompanySettings, str]:
        return self.settings, self.name

    def version(self, version: str) -> CompanySettings:
        return self.settings

    def change(self, **changes: object) -> None:
        self.settings = self.settings.model_copy(update=changes)


@dataclass
class MemoryPriceLists:
    """All shipped and example price lists; a test may add its own."""

    added: dict[str, Sequence[PriceList]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def versions(self, code: str) -> Sequence[PriceList]:
        self.asked.append(code)
        return self.added.get(code, all_lists().get(code, ()))

    def every_version(self, code: str) -> Sequence[PriceList]:
        return [*self.added.get(code, ()), *all_lists().get(code, ())]


def contract(no: str = "U/1", **changes: object) -> Contract:
    """Make a household contract of monthly cycles, billed up to 1 March 2026."""
    terms: dict[str, object] = {
        "contract_no": no,
        "kind": ContractKind.COMPREHENSIVE,
        "party_id": f"K-{no}",
        "payer_id": f"K-{no}",
        "ppe": f"PPE-{no}",
        "group": "G11",
        "price_lists": LISTS,
        "profile": "standard",
        "starts": date(2025, 1, 1),
        "ends": None,
        "billed_to": date(2026, 3, 1),
        "cycle_months": 1,
        "cycle_anchor": date(2025, 1, 1),
        "payment_days": 14,
        "valid_from": date(2025, 1, 1),
        "known_at": KNOWN,
        "source": SOURCE,
        "remote_reading": True,
        "annual_kwh": 2000,
    }
    return Contract(**(terms | changes))  # type: ignore[arg-type]  # one field by name in each test


def party(no: str = "U/1", **changes: object) -> Party:
    """Make the customer of a contract."""
    known: dict[str, object] = {
        "party_id": f"K-{no}",
        "kind": PartyKind.PERSON,
        "name": "Żaneta Łącka",
        "street": "ul. Gęsia 7",
        "postcode": "20-001",
        "city": "Lublin",
        "valid_from": SINCE,
        "known_at": KNOWN,
        "source": SOURCE,
        "email": "zaneta@example.org",
    }
    return Party(**(known | changes))  # type: ignore[arg-type]


def point(no: str = "U/1") -> MeteringPoint:
    """Make the metering point of a contract."""
    return MeteringPoint(
        f"PPE-{no}", "PGE Dystrybucja S.A.", "ul. Gęsia 7", "20-001", "Lublin", 1, SINCE, KNOWN, SOURCE
    )


def meter(no: str = "U/1", **changes: object) -> Meter:
    """Make the meter of a contract's point, with one register."""
    known: dict[str, object] = {
        "meter_no": f"L-{no}",
        "ppe": f"PPE-{no}",
        "installed": SINCE,
        "removed": None,
        "multiplier": 1,
        "registers": (Register("1.8.0", "all", Quantity.IMPORT),),
        "valid_from": SINCE,
        "known_at": KNOWN,
        "source": SOURCE,
    }
    return Meter(**(known | changes))  # type: ignore[arg-type]


def state(
    no: str, day: date, kwh: str, *, register: str = "1.8.0", meter_no: str = "", kind: str = "actual"
) -> RegisterReading:
    """Make a state in kWh."""
    wh = int(Decimal(kwh) * 1000)
    source = Source("odczyty.csv", "b" * 64, day.toordinal())
    return RegisterReading(
        f"PPE-{no}", meter_no or f"L-{no}", register, day, wh, ReadingKind(kind), KNOWN, source
    )


@dataclass
class Company:
    """The stores of a company in memory, and the queues between its steps."""

    registry: MemoryRegistry = field(default_factory=MemoryRegistry)
    readings: MemoryReadings = field(default_factory=MemoryReadings)
    runs: MemoryRuns = field(default_factory=MemoryRuns)
    settings: MemorySettings = field(default_factory=MemorySettings)
    price_lists: MemoryPriceLists = field(default_factory=MemoryPriceLists)
    queues: MemoryQueues = field(default_factory=MemoryQueues)
    evidence: MemoryEvidence = field(default_factory=MemoryEvidence)
    tasks: MemoryTasks = field(default_factory=MemoryTasks)
    documents: MemoryDocuments = field(init=False)

    def __post_init__(self) -> None:
        runs = self.runs
        self.documents = MemoryDocuments(
            runs.cursors,
            runs.events,
            carries=runs.carries,
            lasts=runs.lasts,
            revisions=runs.revisions,
            forecasts=runs.forecasts,
        )

    @property
    def replaying(self) -> ReplayStores:
        return ReplayStores(self.runs, self.evidence, self.settings, self.price_lists, self.corrections)

    @property
    def corrections(self) -> CorrectionStores:
        return CorrectionStores(self.documents, self.tasks)

    @property
    def stores(self) -> RatingStores:
        return RatingStores(
            self.settings, self.registry, self.runs, self.readings, self.price_lists, self.evidence
        )

    def add(self, no: str = "U/1", *, states: Sequence[tuple[date, str]] = (), **changes: object) -> None:
        """Add a contract with its party, point, meter and states."""
        self.registry.put([contract(no, **changes), party(no), point(no), meter(no)])
        self.readings.put([state(no, day, kwh) for day, kwh in states])

    def case(self, no: str = "U/1", *, on: date = date(2026, 4, 2)) -> Case:
        return gather_case(
            contract_no=no,
            on=on,
            registry=self.registry,
            readings=self.readings,
            price_lists=self.price_lists,
            cache={},
        )

    def billing(self, business_date: date) -> Billing:
        settings, version = self.settings.current(on=date(2026, 4, 8))
        return Billing("run", business_date, settings, version, SeriesSorter(statutory_holidays()))
