"""The sample files of the inbox come in as their names promise."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from kwit.intake.findings import ImportResult, ImportStatus
from kwit.metering.importing import import_readings
from kwit.metering.ports import PlacedMeter, PlacedRegister
from kwit.metering.profile_files import Profile, packaged_profiles, read_profile
from kwit.registry.importing import import_registry
from tests.fakes.import_log import MemoryImports
from tests.fakes.point_directory import MemoryDirectory
from tests.fakes.reading_store import MemoryReadings
from tests.fakes.registry_store import MemoryRegistry
from tests.fakes.remarks import MemoryRemarks
from tests.intake.files import dropped

INBOX = Path(__file__).parent.parent / "events" / "inbox"
KNOWN = datetime(2026, 4, 1, 9, 0, tzinfo=UTC)
FIRST = "odczyty-windows-1250.csv"


class Office:
    """A system on which the registry sample was dropped."""

    def __init__(self) -> None:
        registry, self.imports, self.readings = MemoryRegistry(), MemoryImports(), MemoryReadings()
        self.remarks = MemoryRemarks()
        content = (INBOX / "registry" / "kartoteka.xlsx").read_bytes()
        self.registry = import_registry(
            file=dropped(content, name="kartoteka.xlsx"), store=registry, imports=self.imports, known_at=KNOWN
        )
        points = {record.ppe for record in registry.versions.values() if hasattr(record, "phases")}
        self.directory = MemoryDirectory(
            {ppe: [_placed(meter) for meter in registry.meters(ppe)] for ppe in points}
        )

    def drop(self, name: str) -> ImportResult:
        content = (INBOX / "readings" / name).read_bytes()
        return import_readings(
            file=dropped(content, name=name),
            directory=self.directory,
            store=self.readings,
            imports=self.imports,
            known_at=KNOWN,
            remarks=self.remarks,
            profiles=[*own_profiles(), *packaged_profiles()],
        )


def own_profiles() -> list[Profile]:
    """Read the sample profiles."""
    return [
        read_profile(path.read_bytes(), name=path.name) for path in sorted((INBOX / "profiles").iterdir())
    ]


def _placed(meter: object) -> PlacedMeter:
    registers = tuple(PlacedRegister(r.code, r.zone, str(r.quantity), r.digits) for r in meter.registers)
    return PlacedMeter(
        meter.meter_no, meter.installed, meter.removed, registers, meter.multiplier, meter.interval_minutes
    )


@pytest.fixture
def office() -> Office:
    return Office()


class TestSamples:
    def test_of_the_registry_go_in_whole(self, office: Office) -> None:
        assert (office.registry.status, office.registry.accepted, office.registry.findings) == (
            ImportStatus.ACCEPTED, 23, (),
        )  # fmt: skip

    def test_of_sound_readings_go_in_whole(self, office: Office) -> None:
        results = [office.drop(name) for name in (FIRST, "odczyty-luty.xlsx")]
        assert [(result.status, result.encoding, result.accepted) for result in results] == [
            (ImportStatus.ACCEPTED, "windows-1250", 10),
            (ImportStatus.ACCEPTED, "xlsx", 1),
        ]

    def test_of_edits_change_what_the_readings_said(self, office: Office) -> None:
        office.drop(FIRST)
        before = len(office.readings.items)
        result = office.drop("korekty.csv")
        assert (result.status, result.accepted) == (ImportStatus.ACCEPTED, 2)
        assert [finding.code for finding in result.findings] == ["changed_value"]
        assert len(office.readings.items) == before + 2

    def test_of_a_day_of_23_hours_go_in(self, office: Office) -> None:
        [name] = [path.name for path in (INBOX / "readings").glob("*.txt")]
        result = office.drop(name)
        assert (result.status, [finding.code for finding in result.findings]) == (
            ImportStatus.ACCEPTED, ["unverified_profile"],
        )  # fmt: skip

    @pytest.mark.parametrize(
        ("name", "encoding", "accepted", "remarks"),
        [
            ("590543000000001034_elicznik.csv", "utf-8", 72, ["quantity_skipped", "unverified_profile"]),
            ("590543000000001034_elicznik-2.csv", "utf-8", 24, ["quantity_skipped", "unverified_profile"]),
            (
                "enea_590543000000001034.csv",
                "utf-8-sig",
                72,
                [
                    "gap",
                    "nul_bytes",
                    "quantity_skipped",
                    "quantity_skipped",
                    "quantity_skipped",
                    "unverified_profile",
                ],
            ),
            ("godzinowe.csv", "utf-8", 49, ["autumn_hour_order", "gap", "unverified_profile"]),
            (
                "spoldzielnia-2026-02-06.csv",
                "utf-8",
                1,
                ["quantity_skipped", "quantity_skipped", "unverified_profile"],
            ),
            ("akwizytor.jsonl.gz", "utf-8, gzip", 5, []),
            ("akwizytor.csv", "utf-8", 2, []),
        ],
    )
    def test_of_interval_values_go_in_whole(
        self, office: Office, name: str, encoding: str, accepted: int, remarks: list[str]
    ) -> None:
        result = office.drop(name)
        assert (result.status, result.encoding, result.accepted, result.rejected) == (
            ImportStatus.ACCEPTED, encoding, accepted, 0,
        )  # fmt: skip
        assert sorted(finding.code for finding in result.findings) == remarks
        assert office.readings.puts == 1

    def test_of_a_collector_brings_states_and_remarks(self, office: Office) -> None:
        office.drop(FIRST)
        result = office.drop("trasa-2026-03.csv")
        assert (result.status, result.accepted) == (ImportStatus.ACCEPTED, 3)
        assert [(one.row, one.code) for one in result.findings if one.code != "time_taken_as_day_end"] == [
            (2, "not_read"), (3, "collector_remark"),
        ]  # fmt: skip
        kept = [(one.meter_no, one.code, one.note) for one in office.remarks.open_remarks()]
        assert kept == [("90104002", "dog", "pies na podwórzu"), ("90102001", "seal_broken", "")]

    def test_of_a_table_under_other_headings_is_read_by_its_profile(self, office: Office) -> None:
        office.drop(FIRST)
        result = office.drop("tabela-osd.xlsx")
        assert (result.status, result.accepted, result.rejected) == (ImportStatus.ACCEPTED, 4, 0)
        states = [
            one for one in office.readings.registers("590543000000001027") if one.boundary == KNOWN.date()
        ]
        assert [(one.register, one.state_wh, str(one.kind)) for one in states] == [
            ("1.8.1", 4_497_200, "remote"), ("1.8.2", 8_567_050, "remote"),
        ]  # fmt: skip

    def test_of_readings_are_each_read_by_a_test(self, office: Office) -> None:
        results = [office.drop(path.name) for path in sorted((INBOX / "readings").iterdir())]
        assert {result.status for result in results} == {ImportStatus.ACCEPTED, ImportStatus.PARTLY}

    def test_of_bad_readings_name_every_fault_and_keep_the_good_row(self, office: Office) -> None:
        office.drop(FIRST)
        result = office.drop("odczyty-z-bledami.csv")
        assert (result.status, result.accepted, result.rejected) == (ImportStatus.PARTLY, 1, 7)
        assert [finding.code for finding in sorted(result.findings, key=lambda finding: finding.row)] == [
            "ppe_check_digit", "unknown_point", "reading_in_future", "reading_before_last", "unknown_register",
            "meter_not_at_point", "not_a_date", "out_of_order",
        ]  # fmt: skip
