"""A profile dropped as a file brings a new source in: from then on its files are read, and no code is written."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwit.intake.findings import ImportResult, ImportStatus
from kwit.intake.words import plain
from kwit.metering.importing import import_readings
from kwit.metering.long_files import LongFiles
from kwit.metering.ports import PlacedMeter, PlacedRegister
from kwit.metering.profile_files import packaged_profiles, read_profile
from kwit.metering.profile_import import import_profile, profiles_in_force
from kwit.metering.readings import ReadingKind
from kwit.metering.register_table import matches
from tests.fakes.import_log import MemoryImports
from tests.fakes.long_files import MemoryCutFiles, MemoryWork
from tests.fakes.point_directory import MemoryDirectory
from tests.fakes.profiles import MemoryProfiles
from tests.fakes.reading_store import MemoryReadings
from tests.intake.files import dropped, workbook

PPE = "590543000000001232"
KNOWN = datetime(2026, 4, 1, 9, 0, tzinfo=UTC)
SAMPLE = Path(__file__).parents[2] / "events" / "inbox" / "profiles" / "tabela-osd.yaml"
OWN = """\
kind: register_table
name: gmina
verified: true
columns: {meter_no: [Zegar], date: [Kiedy], state: ["Ile * MWh"]}
unit: MWh
reading_kind: customer
"""
DOUBLE = (PlacedRegister("1.8.1", "day"), PlacedRegister("1.8.2", "night"))


class Office:
    """A system with one point, where profiles and readings are dropped."""

    def __init__(self, *registers: PlacedRegister) -> None:
        self.profiles, self.imports, self.store = MemoryProfiles(), MemoryImports(), MemoryReadings()
        meter = PlacedMeter("0777", date(2020, 1, 1), None, registers or (PlacedRegister("1.8.0", "all"),))
        self.directory = MemoryDirectory({PPE: [meter]})

    def profile(self, content: str | bytes, *, at: datetime = KNOWN, name: str = "p.yaml") -> ImportResult:
        return import_profile(
            file=dropped(content, name=name), store=self.profiles, imports=self.imports, known_at=at
        )

    def drop(self, content: str | bytes, *, at: datetime = KNOWN) -> ImportResult:
        return import_readings(
            file=dropped(content), directory=self.directory, store=self.store, imports=MemoryImports(), known_at=at,
            profiles=profiles_in_force(self.profiles, known_by=at).profiles,
        )  # fmt: skip


class TestDrop:
    ROWS = "Zegar;Kiedy;Ile (razem) MWh\n0777;2026-03-31;1,2345\n"

    def test_teaches_to_read_files_that_came_to_nothing_before(self) -> None:
        office = Office()
        assert [one.code for one in office.drop(self.ROWS).findings] == ["no_heading"]
        assert (office.profile(OWN).status, office.profile(OWN).accepted) == (ImportStatus.ACCEPTED, 1)
        result = office.drop(self.ROWS)
        assert (result.status, result.findings) == (ImportStatus.ACCEPTED, ())
        [state] = office.store.registers(PPE)
        assert (state.state_wh, state.boundary, state.kind) == (
            1_234_500, date(2026, 4, 1), ReadingKind.CUSTOMER,
        )  # fmt: skip

    def test_is_not_known_to_files_that_came_before_it(self) -> None:
        office = Office()
        office.profile(OWN, at=KNOWN + timedelta(hours=1))
        assert office.drop(self.ROWS).accepted == 0
        assert office.drop(self.ROWS, at=KNOWN + timedelta(hours=2)).accepted == 1

    def test_replaces_the_profile_of_its_name(self) -> None:
        office = Office()
        office.profile(OWN)
        office.profile(OWN.replace("unit: MWh", "unit: kWh"), at=KNOWN + timedelta(hours=1))
        in_force = profiles_in_force(office.profiles, known_by=KNOWN + timedelta(days=1)).profiles
        assert [one.unit for one in in_force if one.name == "gmina"] == ["kWh"]
        packaged = next(one for one in packaged_profiles() if one.name == "generic hours")
        changed = "kind: interval_table\nname: generic hours\nverified: true\nmarks: start\n"
        changed += "columns: {moment: [Kiedy], value: [Ile]}\n"
        office.profile(changed)
        in_force = profiles_in_force(office.profiles, known_by=KNOWN).profiles
        assert [one.verified for one in in_force if one.name == "generic hours"] == [True]
        assert packaged not in in_force
        assert len(in_force) == len(packaged_profiles()) + 1

    def test_that_a_later_release_refuses_costs_its_source_alone(self) -> None:
        office = Office()
        office.profile(OWN)
        strict = b"kind: interval_table\nname: generic hours\nverified: of old\n"
        office.profiles.put(name="generic hours", content=strict, content_hash="a" * 64, known_at=KNOWN)
        found = profiles_in_force(office.profiles, known_by=KNOWN)
        assert {"gmina"} == {one.name for one in found.profiles} - {one.name for one in packaged_profiles()}
        assert "generic hours" not in {one.name for one in found.profiles}
        assert [(one.code, one.value) for one in found.remarks] == [("profile_refused", "generic hours")]
        long_files = LongFiles(
            office.directory,
            office.store,
            office.imports,
            MemoryCutFiles(),
            MemoryWork(),
            profiles=office.profiles,
        )
        for content, accepted in ((self.ROWS, 1), ("nothing", 0)):
            result = long_files.start(file=dropped(content), drop="a.csv", known_at=KNOWN)
            assert result is not None
            assert result.accepted == accepted
            assert found.remarks[0] in result.findings

    def test_again_says_so_unless_another_took_its_place(self) -> None:
        office = Office()
        office.profile(OWN)
        later, last = KNOWN + timedelta(hours=1), KNOWN + timedelta(hours=2)
        assert office.profile(OWN, at=later, name="drugi.yaml").status is ImportStatus.DUPLICATE_FILE
        office.profile(OWN.replace("MWh", "kWh"), at=later)
        assert office.profile(OWN, at=last).status is ImportStatus.ACCEPTED
        [(_, _, content)] = office.profiles.versions(known_by=last)
        assert content == OWN.encode()

    def test_with_errors_keeps_nothing_and_names_them_all(self) -> None:
        office = Office()
        result = office.profile(OWN.replace("true", "x").replace("customer", "guess"))
        assert (result.status, result.rejected, office.profiles.kept) == (ImportStatus.REJECTED, 1, {})
        assert [one.code for one in result.findings] == ["bad_profile", "bad_profile"]

    def test_broken_off_before_its_end_ends_the_same(self) -> None:
        office = Office()
        first = office.profile(OWN)
        office.imports.results.clear()
        assert office.profile(OWN) == first


class TestRegisterTable:
    def test_may_have_sheets_and_a_column_for_each_register(self) -> None:
        office = Office(*DOUBLE)
        office.profile(SAMPLE.read_bytes())
        heads = [
            "Ident. punktu",
            "Dzień spisania",
            "Wskazanie T1 (dzień)",
            "Wskazanie T2 noc [kWh]",
            "Aparat",
        ]
        rows = [["Spis"], [], heads, [PPE, date(2026, 3, 31), 100.5, "7,25", "0777"]]
        result = office.drop(workbook({"Rejon południe": rows, "Opis": [["T1", "dzień"]]}))
        assert [one.code for one in result.findings] == ["unverified_profile", "sheet_skipped"]
        assert [(one.register, one.state_wh) for one in office.store.registers(PPE)] == [
            ("1.8.1", 100_500), ("1.8.2", 7_250),
        ]  # fmt: skip

    def test_counts_before_the_usual_headings_where_both_fit(self) -> None:
        office = Office()
        office.profile(
            OWN.replace("Zegar", "Licznik").replace("Kiedy", "Data").replace('"Ile * MWh"', "Stan")
        )
        office.drop("Licznik;Data;Stan\n0777;2026-03-31;2\n")
        assert [one.state_wh for one in office.store.registers(PPE)] == [2_000_000]

    @pytest.mark.parametrize(
        ("old", "new", "error"),
        [
            ("name: gmina", "name: readings", "name: readings is taken"),
            ("name: gmina", f"name: {'x' * 81}", "name: 1 to 80 signs"),
            ("meter_no", "reading", "columns: ppe or meter_no is missing"),
            ("meter_no", "meter", "columns.meter: unknown column"),
            ("date: [Kiedy]", "time: [Kiedy]", "columns: date is missing"),
            ("state:", '"wide:1.8.0": [T], state:', "columns: either state, or wide:<register> columns"),
            ("[Kiedy]", "[Zegar]", "columns: heading zegar stands twice"),
            ("[Kiedy]", "[]", "columns.date: no heading"),
            ("Ile * MWh", "a*b*c*d*e", "columns.state: heading a*b*c*d*e has more than 3 times *"),
            ("unit: MWh", "unit: GJ", "unit: GJ is not one of kWh, MWh, Wh"),
        ],
    )
    def test_with_errors_is_refused(self, old: str, new: str, error: str) -> None:
        result = Office().profile(OWN.replace(old, new))
        assert f"Błąd w profilu: {error}." in {one.sentence_pl for one in result.findings}

    @given(st.lists(st.sampled_from(["stan", "t1", "kwh", ""]), min_size=2, max_size=4), st.data())
    def test_finds_what_its_pattern_stands_for(self, parts: list[str], data: st.DataObject) -> None:
        fillings = [data.draw(st.sampled_from(["", " x ", " abc 1 "])) for _ in parts[1:]]
        text = parts[0] + "".join(filling + part for filling, part in zip(fillings, parts[1:], strict=True))
        assert matches("*".join(parts), plain(text))
        assert not matches("q*" + "*".join(parts), plain(text))

    def test_of_a_sample_is_sound(self) -> None:
        assert read_profile(SAMPLE.read_bytes(), name=SAMPLE.name).name == "tabela odczytów OSD"


class TestOtherKinds:
    @pytest.mark.parametrize(
        ("content", "error"),
        [
            (("kind: day_rows\nname: a\nverified: no\nrecords: ['']\nday_record: ''\nquantities: {}\n"
              "flags: {x: actual}\n"
             "delimiter: ''\npoint_field: -1\nunit: kW\n"),
             ("records: an empty name", "delimiter: must be one sign", "point_field: fields count from 0 to 1000",
              "unit: kW is not one of")),
            (("kind: day_file\nname: a\nverified: no\nheader: [point]\nflags: {xx: actual}\nquantities: {A: gas}\n"
             "encoding: zlib\nday_format: '%Q'\nfile_name: '{ppe.real}{0}'\nunit: kW\n"),
             ("unit: kW", "flags.xx: must be one sign", "quantities.A: gas is no quantity", "encoding: zlib is not",
              "day_format: %Q does not hold a day", "file_name: only the fields")),
            ("kind: collector\nname: a\nverified: no\ncolumns: {note: [A], other: [B]}\nremarks: {}\n",
             ("columns.other: unknown column", "columns: remark is missing", "remarks: none")),
            (("kind: collector\nname: a\nverified: no\ncolumns: {remark: [A]}\nremarks:\n"
             "  1: {code: x, name: y, settled_by: person}\n  '01': {code: x, name: y, settled_by: person}\n"),
             ("remarks.1: stands twice",)),
        ],
    )  # fmt: skip
    def test_with_errors_are_refused(self, content: str, error: tuple[str, ...]) -> None:
        told = [
            one.sentence_pl.removeprefix("Błąd w profilu: ") for one in Office().profile(content).findings
        ]
        for start in error:
            assert any(one.startswith(start) for one in told), (start, told)
