"""Readings come in state by state, each at its midnight; whatever is doubtful is said."""

import itertools
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwit.intake.findings import ImportResult, ImportStatus
from kwit.metering.importing import import_readings
from kwit.metering.ports import PlacedMeter, PlacedRegister
from kwit.metering.readings import ReadingKind
from kwit.metering.usage import current_states
from tests.fakes.import_log import MemoryImports
from tests.fakes.point_directory import MemoryDirectory
from tests.fakes.reading_store import MemoryReadings
from tests.intake.files import dropped, table_text, workbook

KNOWN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LATER = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
PPE = "590543000000001232"
TWO_ZONES = "590543000000001249"
EXCHANGED = "590543000000001256"
UNKNOWN = "590543000000001263"

ALL_DAY = (PlacedRegister("1.8.0", "all"), PlacedRegister("2.8.0", "all", "export"))
DAY_NIGHT = (PlacedRegister("1.8.1", "day"), PlacedRegister("1.8.2", "night"))
HEAD = ["PPE", "Nr licznika", "Data odczytu", "Rejestr", "Stan [kWh]", "Rodzaj odczytu"]


def directory() -> MemoryDirectory:
    return MemoryDirectory(
        {
            PPE: [PlacedMeter("0012345", date(2024, 1, 10), None, ALL_DAY)],
            TWO_ZONES: [PlacedMeter("777", date(2024, 1, 10), None, DAY_NIGHT)],
            EXCHANGED: [
                PlacedMeter("OLD", date(2024, 1, 10), date(2026, 2, 10), ALL_DAY[:1]),
                PlacedMeter("NEW", date(2026, 2, 10), None, ALL_DAY[:1]),
            ],
        }
    )


@dataclass
class Office:
    """A place where files of readings are dropped."""

    store: MemoryReadings = field(default_factory=MemoryReadings)
    imports: MemoryImports = field(default_factory=MemoryImports)

    def drop(self, content: bytes | str, *, at: datetime = KNOWN, encoding: str = "utf-8") -> ImportResult:
        return import_readings(
            file=dropped(content, encoding=encoding),
            directory=directory(),
            store=self.store,
            imports=self.imports,
            known_at=at,
        )

    def row(self, **cells: str) -> ImportResult:
        """Drop one sound row with some cells changed."""
        return self.drop(table_text([HEAD, list(ROW(**cells).values())]))

    def states(self, ppe: str = PPE) -> list[tuple[date, int]]:
        return [(reading.boundary, reading.state_wh) for reading in self.store.registers(ppe)]


def ROW(  # noqa: N802 a row of the sample, changed cell by cell
    *,
    ppe: str = PPE,
    meter: str = "0012345",
    day: str = "2026-01-31",
    register: str = "1.8.0",
    state: str = "1000",
    kind: str = "",
) -> dict[str, str]:
    return {"ppe": ppe, "meter": meter, "day": day, "register": register, "state": state, "kind": kind}


@pytest.fixture
def office() -> Office:
    return Office()


def codes(result: ImportResult) -> list[str]:
    return [finding.code for finding in result.findings]


def counts(result: ImportResult) -> tuple[int, int, int]:
    return result.accepted, result.rejected, result.duplicate


class TestDates:
    def test_without_a_time_close_their_day(self, office: Office) -> None:
        assert office.row(day="31.01.2026").findings == ()
        assert office.states() == [(date(2026, 2, 1), 1_000_000)]

    @pytest.mark.parametrize(
        ("day", "boundary", "remarks"),
        [
            ("2026-02-01 00:00", date(2026, 2, 1), []),
            ("2026-01-31 24:00", date(2026, 2, 1), []),
            ("2026-01-31 23:59", date(2026, 2, 1), []),
            ("2026-01-31 14:20", date(2026, 2, 1), ["time_taken_as_day_end"]),
        ],
    )
    def test_with_a_time_are_brought_to_a_midnight(
        self, office: Office, day: str, boundary: date, remarks: list[str]
    ) -> None:
        assert codes(office.row(day=day)) == remarks
        assert office.states()[0][0] == boundary

    def test_may_have_their_time_in_a_column_of_its_own(self, office: Office) -> None:
        office.drop("PPE;Data;Godzina;Rejestr;Stan\n" + f"{PPE};2026-02-01;00:00;1.8.0;5\n")
        assert office.states() == [(date(2026, 2, 1), 5000)]

    def test_of_today_are_taken_and_of_tomorrow_are_not(self, office: Office) -> None:
        assert office.row(day="2026-03-02").status is ImportStatus.ACCEPTED
        assert codes(office.row(day="2026-03-03", state="1001")) == ["reading_in_future"]

    @pytest.mark.parametrize(
        ("meter", "day"), [("OLD", "2026-02-10"), ("NEW", "2026-02-10"), ("NEW", "2026-02-10 13:00")]
    )
    def test_of_an_exchange_hold_at_the_start_of_that_day(self, office: Office, meter: str, day: str) -> None:
        assert codes(office.row(ppe=EXCHANGED, meter=meter, day=day)) == ["exchange_day"]
        assert office.states(EXCHANGED)[0][0] == date(2026, 2, 10)

    def test_of_an_exchange_need_the_meter_named(self, office: Office) -> None:
        assert codes(office.row(ppe=EXCHANGED, meter="", day="2026-02-10")) == ["meter_needed"]


class TestRejectedRow:
    @pytest.mark.parametrize(
        ("cells", "code"),
        [
            ({"ppe": "590543000000001233"}, "ppe_check_digit"),
            ({"ppe": "5905430000000012"}, "bad_ppe"),
            ({"ppe": "5,90543E+17"}, "digits_lost"),
            ({"ppe": UNKNOWN}, "unknown_point"),
            ({"ppe": "", "meter": ""}, "missing_value"),
            ({"meter": "4040"}, "unknown_meter"),
            ({"ppe": "", "meter": "4040"}, "unknown_meter"),
            ({"meter": "777"}, "meter_not_at_point"),
            ({"day": "2023-12-31"}, "meter_not_at_point"),
            ({"ppe": EXCHANGED, "meter": "OLD", "day": "2026-02-20"}, "meter_not_at_point"),
            ({"register": "1.8.3"}, "unknown_register"),
            ({"register": "", "ppe": PPE}, "register_needed"),
            ({"register": "", "meter": "777", "ppe": TWO_ZONES}, "register_needed"),
            ({"day": "2026-13-01"}, "not_a_date"),
            ({"day": ""}, "missing_value"),
            ({"day": "2026-03-03"}, "reading_in_future"),
            ({"state": "tysiąc"}, "not_a_number"),
            ({"state": ""}, "missing_value"),
            ({"state": "-5"}, "negative"),
            ({"state": "1,0005"}, "finer_than_wh"),
            ({"state": "1000000"}, "state_too_large"),
            ({"kind": "z sufitu"}, "bad_kind"),
        ],
    )
    def test_says_why_and_stores_nothing(self, office: Office, cells: dict[str, str], code: str) -> None:
        result = office.row(**cells)
        assert codes(result) == [code]
        assert (counts(result), result.status, office.store.puts) == ((0, 1, 0), ImportStatus.REJECTED, 0)
        assert result.findings[0].row == 2

    def test_costs_the_row_and_not_the_file(self, office: Office) -> None:
        rows = [
            HEAD,
            *(
                list(ROW(day=f"2026-01-0{day}", state=state).values())
                for day, state in ((1, "1"), (2, "x"), (3, "3"))
            ),
        ]
        result = office.drop(table_text(rows))
        assert (counts(result), result.status, codes(result)) == (
            (2, 1, 0),
            ImportStatus.PARTLY,
            ["not_a_number"],
        )

    def test_collects_all_its_errors(self, office: Office) -> None:
        assert sorted(codes(office.row(ppe=UNKNOWN, day="x", kind="y"))) == [
            "bad_kind",
            "not_a_date",
            "unknown_point",
        ]

    def test_of_a_file_without_a_needed_column_is_the_whole_file(self, office: Office) -> None:
        result = office.drop("PPE;Data odczytu;Rejestr\n1;2;3\n")
        assert (codes(result), result.status) == (["missing_column"], ImportStatus.REJECTED)


class TestMeterAlone:
    def test_leads_to_its_point_whatever_its_leading_zeros(self, office: Office) -> None:
        office.drop(
            table_text([["Licznik", "Data", "Rejestr", "Stan"], ["0012345", "2026-01-31", "1.8.0", "5"]])
        )
        assert office.states() == [(date(2026, 2, 1), 5000)]

    def test_needs_the_point_when_it_stood_at_two(self, office: Office) -> None:
        placed = PlacedMeter("9", date(2024, 1, 1), date(2025, 1, 1), ALL_DAY)
        moved = PlacedMeter("9", date(2025, 1, 1), None, ALL_DAY)
        result = import_readings(
            file=dropped("Licznik;Data;Stan\n9;2026-01-31;5\n"),
            directory=MemoryDirectory({PPE: [placed], TWO_ZONES: [moved]}),
            store=office.store,
            imports=office.imports,
            known_at=KNOWN,
        )
        assert codes(result) == ["point_needed"]


class TestOrder:
    def test_a_state_lower_than_the_last_is_rejected(self, office: Office) -> None:
        office.row(state="1000")
        assert codes(office.row(day="2026-02-28", state="999,999")) == ["reading_before_last"]

    def test_is_checked_within_the_file_too_whatever_the_order_of_rows(self, office: Office) -> None:
        rows = [("2026-02-28", "900"), ("2026-01-31", "1000")]
        result = office.drop(table_text([HEAD, *(list(ROW(day=d, state=s).values()) for d, s in rows)]))
        assert [(f.code, f.row) for f in result.findings] == [("reading_before_last", 2)]

    def test_a_rollover_is_taken_with_a_remark(self, office: Office) -> None:
        office.row(state="999900")
        assert codes(office.row(day="2026-02-28", state="120")) == ["rollover"]

    def test_a_late_reading_is_taken_with_a_remark(self, office: Office) -> None:
        office.row(day="2026-02-28", state="1000")
        assert codes(office.row(day="2026-01-31", state="900")) == ["out_of_order"]

    def test_a_late_reading_above_the_next_is_rejected(self, office: Office) -> None:
        office.row(day="2026-02-28", state="1000")
        assert codes(office.row(day="2026-01-31", state="1001")) == ["reading_above_next"]

    def test_a_corrected_series_is_measured_by_itself(self, office: Office) -> None:
        days = ("2026-01-31", "2026-02-28")
        for states, at in ((("100", "200"), KNOWN), (("250", "300"), LATER)):
            rows = [HEAD, *(list(ROW(day=d, state=s).values()) for d, s in zip(days, states, strict=True))]
            result = office.drop(table_text(rows), at=at)
        assert (codes(result), counts(result)) == (["changed_value", "changed_value"], (2, 0, 0))

    def test_registers_do_not_disturb_each_other(self, office: Office) -> None:
        office.row(state="1000")
        assert office.row(register="2.8.0", state="5").findings == ()


class TestRepeats:
    def test_the_same_file_twice_writes_nothing(self, office: Office) -> None:
        content = table_text([HEAD, list(ROW().values())])
        office.drop(content)
        again = office.drop(content, at=LATER)
        assert (again.status, codes(again), office.store.puts) == (
            ImportStatus.DUPLICATE_FILE,
            ["duplicate_file"],
            1,
        )

    def test_the_same_rows_in_another_file_change_nothing_that_counts(self, office: Office) -> None:
        office.row(state="1000")
        [first] = office.store.registers(PPE)
        result = office.drop(table_text([HEAD, list(ROW(state="1000,000").values())]), at=LATER)
        assert (codes(result), counts(result)) == (["duplicate_row"], (0, 0, 1))
        assert current_states(office.store.registers(PPE)) == [first]

    def test_the_rows_of_a_partly_rejected_file_dropped_again_write_nothing(self, office: Office) -> None:
        bad = list(ROW(day="2026-02-15", state="x").values())
        content = table_text([HEAD, list(ROW(state="1000").values()), bad])
        office.drop(content)
        office.drop(table_text([HEAD, list(ROW(state="1001").values())]), at=LATER)
        again = office.drop(content, at=LATER + timedelta(days=1))
        assert (codes(again), counts(again)) == (["duplicate_row", "not_a_number"], (0, 1, 1))
        assert office.store.puts == 2
        assert [one.state_wh for one in current_states(office.store.registers(PPE))] == [1_001_000]

    def test_a_changed_value_is_a_new_version(self, office: Office) -> None:
        office.row(state="1000")
        result = office.drop(table_text([HEAD, list(ROW(state="1001").values())]), at=LATER)
        assert (codes(result), len(office.states())) == (["changed_value"], 2)

    def test_an_attempt_that_broke_off_before_the_log_is_repeated_with_the_same_result(
        self, office: Office
    ) -> None:
        office.row(state="1000")
        content = table_text(
            [HEAD, list(ROW(state="1001").values()), list(ROW(day="2026-02-15", state="x").values())]
        )
        first = office.drop(content, at=LATER)
        stored = dict(office.store.items)
        office.imports.results.clear()
        assert office.drop(content, at=LATER) == first
        assert office.store.items == stored

    def test_a_better_kind_is_a_new_version(self, office: Office) -> None:
        office.row(kind="szacowany")
        office.row(kind="rzeczywisty")
        assert {reading.kind for reading in office.store.registers(PPE)} == {
            ReadingKind.ESTIMATED,
            ReadingKind.ACTUAL,
        }

    def test_equal_rows_of_one_file_count_once(self, office: Office) -> None:
        result = office.drop(table_text([HEAD, list(ROW().values()), list(ROW().values())]))
        assert (counts(result), codes(result)) == ((1, 0, 1), ["duplicate_row"])

    def test_contradicting_rows_of_one_file_are_all_rejected(self, office: Office) -> None:
        result = office.drop(table_text([HEAD, list(ROW().values()), list(ROW(state="1001").values())]))
        assert (counts(result), codes(result)) == ((0, 2, 0), ["duplicate_in_file"] * 2)


class TestForms:
    def test_decimal_commas_and_points_may_share_a_file(self, office: Office) -> None:
        rows = [
            ("2026-01-01", "1000,5"),
            ("2026-01-02", "1001.5"),
            ("2026-01-03", "1 002,5"),
            ("2026-01-04", "1.003,5"),
        ]
        office.drop(table_text([HEAD, *(list(ROW(day=d, state=s).values()) for d, s in rows)]))
        assert [wh for _, wh in office.states()] == [1_000_500, 1_001_500, 1_002_500, 1_003_500]

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1250", "iso-8859-2"])
    def test_any_usual_encoding_is_read(self, office: Office, encoding: str) -> None:
        text = table_text(
            [["Kod PPE", "Dzień", "Liczydło", "Wartość [kWh]"], [PPE, "2026-01-31", "całodobowa", "5"]]
        )
        result = office.drop(text, encoding=encoding)
        assert (result.status, result.encoding) == (ImportStatus.ACCEPTED, encoding), result.findings

    def test_a_workbook_with_typed_cells_is_read(self, office: Office) -> None:
        rows = [["Odczyty za styczeń"], HEAD, [PPE, 12345, date(2026, 1, 31), "1.8.0", 1000.125, "zdalny"]]
        result = office.drop(workbook({"Arkusz1": rows}))
        assert (result.findings, office.states()) == ((), [(date(2026, 2, 1), 1_000_125)])
        assert office.store.registers(PPE)[0].source.sheet == "Arkusz1"

    def test_a_zone_names_the_register(self, office: Office) -> None:
        head = ["Licznik", "Data", "Strefa", "Stan"]
        office.drop(
            table_text([head, ["777", "2026-01-31", "nocna", "7"], ["777", "2026-01-31", "dzienna", "3"]])
        )
        assert {r.register: r.state_wh for r in office.store.registers(TWO_ZONES)} == {
            "1.8.1": 3000,
            "1.8.2": 7000,
        }

    @pytest.mark.parametrize(("word", "register"), [("szczytowa", "1.8.1"), ("pozaszczytowa", "1.8.2")])
    def test_a_zone_may_go_by_its_other_name(self, office: Office, word: str, register: str) -> None:
        office.drop(table_text([["Licznik", "Data", "Strefa", "Stan"], ["777", "2026-01-31", word, "7"]]))
        assert [reading.register for reading in office.store.registers(TWO_ZONES)] == [register]

    def test_one_column_for_each_register_is_read(self, office: Office) -> None:
        head = ["PPE", "Data", "1-0:1.8.1*255", "Stan nocna [kWh]"]
        result = office.drop(
            table_text([head, [TWO_ZONES, "2026-01-31", "3", "x"], [TWO_ZONES, "2026-02-28", "4", ""]])
        )
        assert (counts(result), codes(result)) == (
            (2, 1, 0), ["not_a_number", "register_missing", "register_missing"])  # fmt: skip
        assert [r.register for r in office.store.registers(TWO_ZONES)] == ["1.8.1", "1.8.1"]

    def test_a_unit_column_is_obeyed(self, office: Office) -> None:
        office.drop(
            table_text(
                [["PPE", "Data", "Rejestr", "Stan", "Jednostka"], [PPE, "2026-01-31", "1.8.0", "1,5", "MWh"]]
            )
        )
        assert office.states()[0][1] == 1_500_000

    def test_the_direction_chooses_between_registers(self, office: Office) -> None:
        head = ["PPE", "Data", "Rodzaj energii", "Stan"]
        office.drop(table_text([head, [PPE, "2026-01-31", "oddanie", "5"]]))
        assert office.store.registers(PPE)[0].register == "2.8.0"


@st.composite
def _files(draw: st.DrawFn) -> list[list[int]]:
    """Cut the days of one rising series into files that may overlap."""
    days = list(range(1, 13))
    count = draw(st.integers(1, 4))
    return [draw(st.lists(st.sampled_from(days), min_size=1, max_size=8, unique=True)) for _ in range(count)]


class TestAnyOrderOfFiles:
    @given(_files())
    def test_gives_the_same_states(self, files: list[list[int]]) -> None:
        texts = [
            table_text(
                [
                    HEAD,
                    *(list(ROW(day=f"2026-02-{day:02}", state=str(1000 + 7 * day)).values()) for day in days),
                ]
            )
            for days in files
        ]
        outcomes = []
        for order in itertools.islice(itertools.permutations(texts), 6):
            office = Office()
            results = [office.drop(text) for text in order]
            assert all(result.rejected == 0 for result in results)
            outcomes.append({(r.register, r.boundary, r.state_wh) for r in office.store.registers(PPE)})
        assert all(outcome == outcomes[0] for outcome in outcomes)


SOUND = table_text(
    [HEAD, *(list(ROW(day=f"2026-01-0{day}", state=f"100{day},5").values()) for day in range(1, 6))]
)
SOUND_BOOK = workbook({"Odczyty": [HEAD, [PPE, "0012345", date(2026, 1, 31), "1.8.0", 1000.125, "zdalny"]]})


class TestDamagedFiles:
    @given(st.binary(max_size=300))
    def test_of_any_bytes_end_in_a_result(self, content: bytes) -> None:
        result = Office().drop(content)
        assert result.findings

    @given(st.data())
    def test_conserve_their_rows(self, data: st.DataObject) -> None:
        content = bytearray(
            data.draw(st.sampled_from([SOUND.encode("windows-1250"), SOUND.encode("utf-16")]))
        )
        for place in data.draw(st.lists(st.integers(0, len(content) - 1), max_size=6)):
            content[place] = data.draw(st.integers(0, 255))
        office = Office()
        result = office.drop(bytes(content))
        assert len(office.store.items) == result.accepted
        assert sum(counts(result)) or result.findings

    @given(st.data())
    def test_of_workbooks_end_in_a_result(self, data: st.DataObject) -> None:
        content = bytearray(SOUND_BOOK)
        for place in data.draw(st.lists(st.integers(0, len(content) - 1), max_size=6)):
            content[place] = data.draw(st.integers(0, 255))
        office = Office()
        assert office.drop(bytes(content)).accepted == len(office.store.items)
