"""A collector's route goes out, and its answer comes back: states as readings, remarks as remarks."""

import csv
import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from kwit.intake.findings import ImportResult, ImportStatus, Severity
from kwit.kernel.provenance import Source
from kwit.metering.field_remarks import SettledBy, settling_reading
from kwit.metering.importing import import_readings
from kwit.metering.ports import PlacedMeter, PlacedRegister
from kwit.metering.readings import ReadingKind, RegisterReading
from kwit.metering.route import RouteRow, Stop, plan_route
from kwit.metering.route_file import HEADINGS, route_csv, route_workbook
from tests.fakes.import_log import MemoryImports
from tests.fakes.point_directory import MemoryDirectory
from tests.fakes.reading_store import MemoryReadings
from tests.fakes.remarks import MemoryRemarks
from tests.intake.files import dropped, workbook

ONE, TWO, TEN = "590543000000001232", "590543000000001249", "590543000000001034"
DAY = date(2026, 3, 31)
KNOWN = datetime(2026, 4, 1, 9, 0, tzinfo=UTC)
SINGLE = (PlacedRegister("1.8.0", "all"),)
DOUBLE = (PlacedRegister("1.8.1", "day"), PlacedRegister("1.8.2", "night", digits=5))
METERS = {
    ONE: PlacedMeter("001", date(2020, 1, 1), None, SINGLE),
    TWO: PlacedMeter("002", date(2020, 1, 1), None, DOUBLE),
    TEN: PlacedMeter("010", date(2020, 1, 1), None, SINGLE),
}


def state(
    ppe: str, code: str, day: date, kwh: int, kind: ReadingKind = ReadingKind.ACTUAL
) -> RegisterReading:
    meter = METERS[ppe].meter_no
    boundary = day + timedelta(days=1)
    known = datetime(2026, 1, 1, tzinfo=UTC)
    return RegisterReading(
        ppe, meter, code, boundary, kwh * 1000, kind, known, Source("old.csv", "a" * 64, 1)
    )


def stop(ppe: str, street: str, *states: RegisterReading, name: str = "Jan Łoś") -> Stop:
    return Stop("U/1", ppe, name, street, "40-001", "Katowice", METERS[ppe], states)


class Office:
    """A system with three points, where answers are dropped."""

    def __init__(self) -> None:
        self.store, self.imports, self.remarks = MemoryReadings(), MemoryImports(), MemoryRemarks()
        self.directory = MemoryDirectory({ppe: [meter] for ppe, meter in METERS.items()})

    def drop(self, content: bytes | str, *, name: str = "trasa.csv", at: datetime = KNOWN) -> ImportResult:
        return import_readings(
            file=dropped(content, name=name), directory=self.directory, store=self.store, imports=self.imports,
            known_at=at, remarks=self.remarks,
        )  # fmt: skip

    def states(self) -> list[tuple[str, str, date, int]]:
        found = [one for ppe in METERS for one in self.store.registers(ppe)]
        return [(one.meter_no, one.register, one.boundary, one.state_wh) for one in found]


def route() -> list[RouteRow]:
    stops = (
        stop(TEN, "ul. Krótka 10", name="=1+1"),
        stop(TWO, "ul. Krótka 2", state(TWO, "1.8.1", date(2025, 12, 31), 500)),
        stop(ONE, "al. Długa 4", state(ONE, "1.8.0", date(2025, 3, 31), 1000),
             state(ONE, "1.8.0", date(2026, 2, 28), 1334)),
    )  # fmt: skip
    return plan_route(stops, day=DAY)


def answered(content: bytes, answers: dict[tuple[str, str], dict[str, str]]) -> str:
    """Fill a route file in as the handheld does: by meter and register."""
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    for row in rows:
        row.update(answers.get((row["Nr licznika"], row["Rejestr"]), {}))
    text = io.StringIO()
    writer = csv.DictWriter(text, HEADINGS, delimiter=";", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def codes(result: ImportResult) -> list[tuple[int, str]]:
    return [(one.row, one.code) for one in result.findings if one.code != "register_missing"]


class TestRoute:
    def test_follows_the_doors_and_tells_what_to_expect(self) -> None:
        rows = route()
        assert [(row.order, row.stop.ppe, row.register.code) for row in rows] == [
            (1, ONE, "1.8.0"), (2, TWO, "1.8.1"), (3, TWO, "1.8.2"), (4, TEN, "1.8.0"),
        ]  # fmt: skip
        # 334 kWh in 334 days, and 31 days to go: 10 to 93 kWh more.
        assert (rows[0].last_day, rows[0].last_wh) == (date(2026, 2, 28), 1_334_000)
        assert (rows[0].low_kwh, rows[0].high_kwh) == (1344, 1427)
        assert (rows[1].last_wh, rows[1].low_kwh) == (500_000, None)
        assert (rows[3].last_day, rows[3].last_wh, rows[3].low_kwh) == (None, None, None)

    def test_expects_a_display_to_start_again_from_zero(self) -> None:
        states = (
            state(TWO, "1.8.2", date(2026, 1, 31), 99_700),
            state(TWO, "1.8.2", date(2026, 2, 28), 99_980),
        )
        [row] = [r for r in plan_route([stop(TWO, "a 1", *states)], day=DAY) if r.register.code == "1.8.2"]
        assert (row.low_kwh, row.high_kwh) == (83, 910)

    def test_takes_no_estimate_for_the_usual_use_when_there_is_better(self) -> None:
        states = (
            state(ONE, "1.8.0", date(2025, 12, 31), 900, ReadingKind.ESTIMATED),
            state(ONE, "1.8.0", date(2026, 1, 31), 1000),
            state(ONE, "1.8.0", date(2026, 2, 28), 1028),
        )
        [row] = plan_route([stop(ONE, "a 1", *states)], day=DAY)
        assert (row.low_kwh, row.high_kwh) == (1038, 1121)

    def test_passes_over_meters_of_series_and_those_not_there(self) -> None:
        series = replace(METERS[ONE], interval_minutes=60)
        gone = replace(METERS[ONE], removed=DAY)
        late = replace(METERS[ONE], installed=date(2026, 4, 1))
        stops = [replace(stop(ONE, "a 1"), meter=meter) for meter in (series, gone, late)]
        assert plan_route(stops, day=DAY) == []

    def test_is_the_same_in_a_workbook_as_in_csv(self) -> None:
        rows = list(csv.reader(
            io.StringIO(route_csv(route(), route="R1", day=DAY).decode("utf-8-sig")), delimiter=";"
        ))  # fmt: skip
        book = load_workbook(io.BytesIO(route_workbook(route(), route="R1", day=DAY)))
        cells = [["" if cell is None else cell for cell in row] for row in book["Trasa"].values]
        assert cells[4][4] == "=1+1"
        assert book["Trasa"].cell(5, 5).data_type == "s"
        assert rows[4][4] == "'=1+1"
        rows[4][4] = "=1+1"
        assert cells == rows


class TestAnswer:
    def test_brings_states_in_and_keeps_every_remark(self) -> None:
        office = Office()
        text = answered(
            route_csv(route(), route="R1", day=DAY),
            {
                ("001", "1.8.0"): {"Stan": "1361", "Godzina": "23:59", "Kod uwagi": "11"},
                ("002", "1.8.1"): {"Stan": "530,5", "Kod uwagi": "4"},
                ("002", "1.8.2"): {"Kod uwagi": "5", "Uwagi": "wyświetlacz zgasł"},
                ("010", "1.8.0"): {"Kod uwagi": "01"},
            },
        )
        result = office.drop(text)
        assert (result.status, result.accepted, result.rejected) == (ImportStatus.ACCEPTED, 4, 0)
        assert codes(result) == [
            (2, "collector_remark"), (3, "collector_remark"), (4, "not_read"), (5, "not_read"),
        ]  # fmt: skip
        assert office.states() == [
            ("001", "1.8.0", date(2026, 4, 1), 1_361_000),
            ("002", "1.8.1", date(2026, 4, 1), 530_500),
        ]
        kept = [
            (one.meter_no, one.code, one.settled_by, one.state_read) for one in office.remarks.open_remarks()
        ]
        assert kept == [
            ("010", "no_access", SettledBy.READING, False),
            ("001", "seal_broken", SettledBy.PERSON, True),
            ("002", "unreadable", SettledBy.PERSON, False),
        ]
        assert office.remarks.open_remarks()[2].note == "wyświetlacz zgasł"

    def test_of_a_workbook_is_the_same_as_of_csv(self) -> None:
        office = Office()
        book = load_workbook(io.BytesIO(route_workbook(route(), route="R1", day=DAY)))
        sheet = book["Trasa"]
        sheet.cell(2, 17).value, sheet.cell(3, 18).value = 1361, 11
        buffer = io.BytesIO()
        book.save(buffer)
        result = office.drop(buffer.getvalue(), name="trasa.xlsx")
        assert (result.accepted, result.rejected) == (2, 2)
        assert [code for _, code in codes(result)] == ["not_read", "not_visited", "not_visited"]
        assert [one.code for one in office.remarks.open_remarks()] == ["seal_broken"]

    def test_without_state_and_remark_was_not_visited(self) -> None:
        office = Office()
        result = office.drop(route_csv(route(), route="R1", day=DAY))
        assert (result.status, result.rejected, office.store.puts) == (ImportStatus.REJECTED, 4, 0)
        assert {code for _, code in codes(result)} == {"not_visited"}

    def test_with_an_unknown_code_or_a_note_alone_is_kept_for_a_person(self) -> None:
        office = Office()
        rows = [["PPE", "Data odczytu", "Stan", "Kod uwagi", "Uwagi"],
                [ONE, "2026-03-31", "", "77", ""], [TEN, "2026-03-31", "", "", "zalana piwnica"]]  # fmt: skip
        result = office.drop(workbook({"Trasa": rows}), name="trasa.xlsx")
        assert codes(result) == [(2, "not_read"), (2, "unknown_remark"), (3, "not_read")]
        kept = [(one.code, one.name, one.note, one.settled_by) for one in office.remarks.open_remarks()]
        assert kept == [
            ("unknown", "uwaga bez kodu", "zalana piwnica", SettledBy.PERSON),
            ("unknown", "kod 77", "", SettledBy.PERSON),
        ]

    def test_of_a_state_that_cannot_be_still_keeps_its_remark(self) -> None:
        office = Office()
        rows = [["PPE", "Data odczytu", "Stan", "Kod uwagi"], [ONE, "2026-03-31", "-5", "10"]]
        result = office.drop(workbook({"Trasa": rows}), name="trasa.xlsx")
        assert codes(result) == [(2, "collector_remark"), (2, "negative")]
        assert (result.accepted, result.rejected) == (0, 1)
        assert [one.code for one in office.remarks.open_remarks()] == ["meter_damaged"]

    def test_at_an_unknown_place_is_rejected(self) -> None:
        office = Office()
        text = "PPE;Data odczytu;Stan;Kod uwagi\n590310600000000019;2026-03-31;;1\n" + f"{ONE};;;1\n"
        result = office.drop(text)
        assert codes(result) == [(2, "unknown_point"), (3, "missing_value")]
        assert (result.status, result.rejected) == (ImportStatus.REJECTED, 2)
        assert office.remarks.open_remarks() == []

    def test_told_twice_is_kept_once(self) -> None:
        office = Office()
        text = f"PPE;Data odczytu;Stan;Kod uwagi\n{ONE};2026-03-31;;1\n"
        office.drop(text)
        same_drop = office.drop(text)
        assert same_drop.accepted == 1
        again = office.drop(text + f"{TEN};2026-03-31;;1\n", name="druga.csv")
        assert (again.accepted, again.duplicate) == (1, 1)
        assert (2, "duplicate_row") in codes(again)
        assert len(office.remarks.open_remarks()) == 2

    def test_broken_off_after_its_remarks_ends_the_same(self) -> None:
        office = Office()
        text = f"PPE;Data odczytu;Stan;Kod uwagi\n{ONE};2026-03-31;;1\n"
        first = office.drop(text)
        office.imports.results.clear()
        assert office.drop(text) == first


class TestRemark:
    def test_is_settled_by_the_first_reading_taken_after_it(self) -> None:
        office = Office()
        office.drop(f"PPE;Data odczytu;Stan;Kod uwagi\n{ONE};2026-03-31;;1\n{TEN};2026-03-31;;10\n")
        damaged, waiting = office.remarks.open_remarks()
        before = state(ONE, "1.8.0", date(2026, 3, 30), 5)
        guess = state(ONE, "1.8.0", date(2026, 3, 31), 6, ReadingKind.ESTIMATED)
        first, later = state(ONE, "1.8.0", date(2026, 4, 2), 7), state(ONE, "1.8.0", date(2026, 4, 9), 8)
        assert settling_reading(waiting, [before, guess]) is None
        assert settling_reading(waiting, [later, before, guess, first]) == first
        assert settling_reading(damaged, [state(TEN, "1.8.0", date(2026, 4, 2), 7)]) is None


class TestRoundTrip:
    @given(st.lists(st.integers(0, 99_999_999), min_size=4, max_size=4), st.booleans())
    def test_loses_no_state(self, states: list[int], typed: bool) -> None:
        office = Office()
        wanted = dict(zip([("001", "1.8.0"), ("002", "1.8.1"), ("002", "1.8.2"), ("010", "1.8.0")],
                          states, strict=True))  # fmt: skip
        answers = {
            key: {"Stan": f"{wh / 1000:.3f}" if typed else f"{wh // 1000},{wh % 1000:03}"}
            for key, wh in wanted.items()
        }
        result = office.drop(answered(route_csv(route(), route="R1", day=DAY), answers))
        assert (result.accepted, [one for one in result.findings if one.severity is Severity.REJECT]) == (
            4,
            [],
        )
        assert {(meter, code): wh for meter, code, _, wh in office.states()} == wanted
