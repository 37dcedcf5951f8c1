"""Interval values of portals come in by the headings of their files, day by day, whole or not at all."""

import gzip
from collections.abc import Sequence
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwit.intake.findings import ImportStatus
from kwit.kernel.time import interval_starts, local_clock
from kwit.metering.usage import current_days
from tests.intake.files import workbook
from tests.metering.meter_office import (
    AUTUMN,
    BOTH,
    KNOWN,
    OTHER,
    PPE,
    SPRING,
    UNBALANCED,
    WINTER,
    MeterOffice,
    codes,
    meter,
    refusals,
)

ELICZNIK = "Data; Wartość kWh;Rodzaj"
VOLUME = "Wolumen energii elektrycznej"
ENEA = (
    f'Data;"{VOLUME} pobranej z sieci przed bilansowaniem godzinowym";'
    f'"{VOLUME} oddanej do sieci przed bilansowaniem godzinowym";'
    f'"{VOLUME} pobranej z sieci po bilansowaniu godzinowym";'
    f'"{VOLUME} oddanej do sieci po bilansowaniu godzinowym"'
)
GENERIC = "PPE;Data;Godzina;Energia;Kierunek"


def text(*rows: str) -> str:
    return "".join(f"{row}\r\n" for row in rows)


def clocks(day: date, minutes: int = 60) -> list[int]:
    return [local_clock(start).hour for start in interval_starts(day, minutes=minutes)]


def elicznik(day: date, kind: str = "pobór", add: int = 0) -> list[str]:
    """Write a day as eLicznik does: hours 1 to 24 are the ends of intervals; the value is its own place."""
    return [f"{day} {hour + 1}:00;{n + add},5;{kind}" for n, hour in enumerate(clocks(day))]


def generic(day: date, ppe: str = PPE, word: str = "A+") -> list[str]:
    return [f"{ppe};{day};{hour + 1};{n}.5;{word}" for n, hour in enumerate(clocks(day))]


def in_order(count: int) -> tuple[int, ...]:
    return tuple(1000 * n + 500 for n in range(count))


class TestElicznik:
    @pytest.mark.parametrize("zone", [False, True])
    def test_takes_hours_as_ends_of_intervals(self, zone: bool) -> None:
        office = MeterOffice()
        rows = elicznik(WINTER) + elicznik(WINTER, "oddanie", 30)
        head = ELICZNIK
        if zone:
            head = "Data; Strefa; Wartość kWh;Rodzaj"
            rows = [row.replace(";", ";T1;", 1) for row in rows]
        result = office.drop(text(head, *rows))
        taken, given_ = office.days()
        assert (result.status, result.accepted, codes(result)) == (ImportStatus.ACCEPTED, 48, [])
        assert (taken.register, taken.day, taken.values_wh) == ("1.8.0", WINTER, in_order(24))
        assert (given_.register, given_.values_wh[0], given_.source.row) == ("2.8.0", 30_500, 26)

    def test_settles_balanced_energy_and_keeps_the_other_beside_it(self) -> None:
        office = MeterOffice({PPE: [meter(*BOTH, UNBALANCED)]})
        kinds = ("pobór", "oddanie", "pobrana po zbilansowaniu", "oddana po zbilansowaniu")
        rows = [row for n, kind in enumerate(kinds) for row in elicznik(WINTER, kind, 100 * n)]
        result = office.drop(text(ELICZNIK, *rows))
        assert {day.register: day.values_wh[0] for day in office.days()} == {
            "1.8.0u": 500, "1.8.0": 200_500, "2.8.0": 300_500,
        }  # fmt: skip
        assert [one.value for one in result.findings if one.code == "quantity_skipped"] == [
            "export_unbalanced"
        ]

    def test_passes_over_zeros_the_meter_has_no_register_for_but_not_energy(self) -> None:
        office = MeterOffice({PPE: [meter(BOTH[0])]})
        zeros = [f"{WINTER} {hour}:00;0;oddanie" for hour in range(1, 25)]
        assert codes(office.drop(text(ELICZNIK, *elicznik(WINTER), *zeros))) == ["quantity_skipped"]
        result = office.drop(text(ELICZNIK, *elicznik(WINTER, "oddanie")))
        assert (refusals(result), result.rejected) == ([("unknown_register", 2)], 24)

    def test_without_a_point_in_the_name_is_refused_row_by_row(self) -> None:
        result = MeterOffice().drop(text(ELICZNIK, *elicznik(WINTER)), name="plik.csv")
        assert (set(codes(result)), result.rejected) == ({"point_not_named"}, 24)

    def test_with_a_wrong_point_in_the_name_is_refused(self) -> None:
        name = f"{PPE[:-1]}3.csv"
        assert set(codes(MeterOffice().drop(text(ELICZNIK, *elicznik(WINTER)), name=name))) == {
            "ppe_check_digit"
        }

    @pytest.mark.parametrize("sheet_name", ["Dane", "Odczyty"])
    def test_comes_in_as_a_workbook_with_typed_dates(self, sheet_name: str) -> None:
        office = MeterOffice()
        first = datetime(2026, 1, 31, 1, 0)  # noqa: DTZ001 a cell has no zone
        rows = [[first + timedelta(hours=n), n + 0.5, "pobór"] for n in range(24)]
        sheet = workbook({sheet_name: [["Data", " Wartość kWh", "Rodzaj"], *rows]})
        result = office.drop(sheet, name=f"{PPE}.xlsx")
        assert (codes(result), office.days()[0].values_wh) == ([], in_order(24))

    def test_packed_comes_in_too(self) -> None:
        result = MeterOffice().drop(gzip.compress(text(ELICZNIK, *elicznik(WINTER)).encode()))
        assert (result.status, result.encoding) == (ImportStatus.ACCEPTED, "utf-8, gzip")


class TestSecondLayout:
    HEAD = "Data i godzina;Wartosc[kWh/kvar];Rodzaj energii"

    def rows(self, first: int) -> list[str]:
        return [f"31.01.2026 {first + n:02}:00;{n},5;energia czynna pobrana" for n in range(24)]

    @pytest.mark.parametrize("first", [0, 1])
    def test_finds_whether_its_times_are_starts_or_ends(self, first: int) -> None:
        office = MeterOffice()
        result = office.drop(text(self.HEAD, *self.rows(first)), encoding="windows-1250")
        assert (codes(result), office.days()[0].values_wh) == ([], in_order(24))

    def test_takes_midnight_for_the_end_of_the_day_before(self) -> None:
        rows = self.rows(1)
        rows[-1] = rows[-1].replace("31.01.2026 24:00", "01.02.2026 00:00")
        office = MeterOffice()
        assert codes(office.drop(text(self.HEAD, *rows))) == []
        assert [day.day for day in office.days()] == [WINTER]

    def test_refuses_hours_that_may_be_either(self) -> None:
        result = MeterOffice().drop(text(self.HEAD, *self.rows(1)[:-1]))
        assert refusals(result) == [("unclear_hours", 2)]
        assert (result.accepted, result.rejected) == (0, 23)

    def test_passes_over_reactive_energy(self) -> None:
        rows = [*self.rows(1), "31.01.2026 01:00;1;energia bierna pobrana"]
        assert codes(MeterOffice().drop(text(self.HEAD, *rows))) == ["quantity_skipped"]


class TestEnea:
    def rows(self, day: date, form: str) -> list[str]:
        return [
            f"{form.format(day=day, hour=hour)};{n + 1},5;9;{n},5;0.25" for n, hour in enumerate(clocks(day))
        ]

    @pytest.mark.parametrize("form", ['="{day} {hour:02}:59"', "{day:%Y.%m.%d} {hour:02}:00:00"])
    @pytest.mark.parametrize("day", [WINTER, SPRING])
    def test_takes_both_forms_of_its_times(self, form: str, day: date) -> None:
        office = MeterOffice()
        content = b"\xef\xbb\xbf" + text(ENEA, *self.rows(day, form)).encode().replace(b"0.25", b"0\x00.25")
        result = office.drop(content)
        days = {one.register: one.values_wh for one in office.days()}
        assert days == {"1.8.0": in_order(len(clocks(day))), "2.8.0": (250,) * len(clocks(day))}
        assert "nul_bytes" in codes(result)
        assert result.rejected == 0

    @pytest.mark.parametrize(
        ("balanced", "said"), [("3;0", []), ("3,002;0", []), ("0;0", ["balance_differs"])]
    )
    def test_says_when_balanced_energy_contradicts_the_other(self, balanced: str, said: list[str]) -> None:
        rows = [f"{WINTER} {hour:02}:59;4;1;{balanced}" for hour in range(24)]
        result = MeterOffice({PPE: [meter(*BOTH, UNBALANCED)]}).drop(text(ENEA, *rows))
        assert [code for code in codes(result) if code != "quantity_skipped"] == said
        assert result.accepted == 72

    def test_settles_what_stands_before_balancing_when_nothing_stands_after(self) -> None:
        office = MeterOffice()
        rows = [f'="{WINTER} {hour:02}:59";{hour},5;0;;' for hour in range(24)]
        assert codes(office.drop(text(ENEA, *rows))) == []
        assert office.days()[0].values_wh == in_order(24)

    def test_a_day_that_lacks_one_quantity_is_said(self) -> None:
        rows = self.rows(WINTER, "{day} {hour:02}:59")
        rows[5] = f"{WINTER} 05:59;1;9;;0.25"
        result = MeterOffice().drop(text(ENEA, *rows))
        assert refusals(result) == [("day_incomplete", 2)]
        assert result.accepted == 24


class TestGeneric:
    def test_takes_many_points_of_one_file(self) -> None:
        office = MeterOffice({PPE: [meter()], OTHER: [meter()]})
        result = office.drop(text(GENERIC, *generic(WINTER), *generic(WINTER, OTHER, "A-")), name="x.csv")
        assert (result.accepted, codes(result)) == (48, [])
        assert [day.register for day in office.days(OTHER)] == ["2.8.0"]

    @pytest.mark.parametrize("hour", ["{0}:00-{1}:00", "{0:02}:00 - {1:02}:00", "{0}-{1}"])
    def test_takes_hours_written_as_spans(self, hour: str) -> None:
        office = MeterOffice()
        rows = [f"{PPE};{WINTER};{hour.format(n, n + 1)};{n}.5;A+" for n in range(24)]
        assert codes(office.drop(text(GENERIC, *rows))) == []
        assert office.days()[0].values_wh == in_order(24)

    def test_takes_quarters(self) -> None:
        office = MeterOffice({PPE: [meter(minutes=15)]})
        times = [f"{(n + 1) // 4:02}:{(n + 1) % 4 * 15:02}" for n in range(96)]
        rows = [f"{PPE};{WINTER};{time};{n}.5;A+" for n, time in enumerate(times)]
        assert codes(office.drop(text(GENERIC, *rows))) == []
        assert (office.days()[0].minutes, office.days()[0].values_wh) == (15, in_order(96))

    def test_leaves_states_of_registers_to_their_own_table(self) -> None:
        office = MeterOffice()
        result = office.drop(text("PPE;Data;Godzina;Stan;Kierunek", f"{PPE};{WINTER};24:00;12;A-"))
        assert (result.accepted, codes(result)) == (1, [])
        assert [state.register for state in office.store.registers(PPE)] == ["2.8.0"]

    @pytest.mark.parametrize(
        ("row", "code"),
        [
            (f"{PPE};{WINTER};5;-1.5;A+", "negative"),
            (f"{PPE};{WINTER};5;1.0005;A+", "finer_than_wh"),
            (f"{PPE};{WINTER};5;9999999999;A+", "too_much"),
            (f"{PPE};{WINTER};5;x;A+", "not_a_number"),
            (f"{PPE};{WINTER};5;;A+", "missing_value"),
            (f"{PPE};{WINTER};25;1;A+", "not_a_date"),
            (f"{PPE};{WINTER};4:07;1;A+", "not_on_interval"),
            (f"{PPE};;5;1;A+", "missing_value"),
            (f"{PPE};{WINTER};;1;A+", "not_a_date"),
            (f"{PPE};{WINTER};5;1;Q1", "unknown_quantity"),
            (f"{PPE};{WINTER};5;1;", "missing_value"),
            (f"{PPE[:-1]}9;{WINTER};5;1;A+", "ppe_check_digit"),
        ],
    )
    def test_a_bad_row_is_named_and_costs_its_day_alone(self, row: str, code: str) -> None:
        rows = [*generic(WINTER - timedelta(days=1)), *generic(WINTER)]
        rows[28] = row
        office = MeterOffice()
        result = office.drop(text(GENERIC, *rows))
        assert refusals(result) == [("day_incomplete", 26), (code, 30)]
        assert (result.status, result.accepted, result.rejected) == (ImportStatus.PARTLY, 24, 24)
        assert [day.day for day in office.days()] == [WINTER - timedelta(days=1)]

    def test_an_unknown_point_and_a_day_not_over_are_refused_once_each(self) -> None:
        today = date(2026, 4, 2)
        result = MeterOffice().drop(text(GENERIC, *generic(WINTER, OTHER), *generic(today)[:9]))
        assert refusals(result) == [("unknown_point", 2), ("reading_in_future", 26)]
        assert result.rejected == 33

    def test_values_of_one_time_must_agree(self) -> None:
        rows = generic(WINTER)
        again = MeterOffice().drop(text(GENERIC, *rows, rows[3]))
        differing = MeterOffice().drop(text(GENERIC, *rows, rows[3].replace("3.5", "4.5")))
        assert (codes(again), again.accepted, again.duplicate) == (["duplicate_row"], 24, 1)
        assert (refusals(differing), differing.rejected) == ([("duplicate_in_file", 26)], 25)


class TestClockChange:
    def test_in_autumn_takes_the_first_value_for_summer_time(self) -> None:
        office = MeterOffice()
        result = office.drop(text(GENERIC, *generic(AUTUMN)))
        assert (codes(result), office.days()[0].values_wh) == (["autumn_hour_order"], in_order(25))

    def test_in_autumn_reads_a_file_with_the_newest_rows_first(self) -> None:
        office = MeterOffice()
        office.drop(text(GENERIC, *reversed(generic(AUTUMN))))
        assert office.days()[0].values_wh == in_order(25)

    def test_in_autumn_looks_at_the_order_within_the_day(self) -> None:
        office = MeterOffice()
        days = (AUTUMN, AUTUMN - timedelta(days=1))
        office.drop(text(GENERIC, *(row for day in days for row in generic(day))))
        assert [day.values_wh for day in office.days()] == [in_order(24), in_order(25)]

    def test_in_autumn_believes_hours_that_are_told_apart(self) -> None:
        rows = generic(AUTUMN)
        rows[2], rows[3] = rows[3].replace(";3;", ";3B;"), rows[2].replace(";3;", ";3A;")
        office = MeterOffice()
        assert codes(office.drop(text(GENERIC, *rows))) == []
        assert office.days()[0].values_wh == in_order(25)

    def test_in_autumn_refuses_a_day_with_the_doubled_hour_once(self) -> None:
        rows = generic(AUTUMN)
        del rows[3]
        assert refusals(MeterOffice().drop(text(GENERIC, *rows))) == [("autumn_hour_once", 4)]

    def test_in_spring_takes_23_hours(self) -> None:
        office = MeterOffice()
        assert codes(office.drop(text(GENERIC, *generic(SPRING)))) == []
        assert office.days()[0].values_wh == in_order(23)

    def test_in_spring_takes_ends_by_the_clock(self) -> None:
        rows = generic(SPRING)
        rows[1] = rows[1].replace(f"{SPRING};2;", f"{SPRING};3;")
        office = MeterOffice()
        assert codes(office.drop(text(GENERIC, *rows))) == ["spring_hour"]
        assert office.days()[0].values_wh == in_order(23)

    @pytest.mark.parametrize(("value", "code"), [("0", "spring_hour"), ("0.1", "no_such_hour")])
    def test_in_spring_a_24th_hour_must_be_zero(self, value: str, code: str) -> None:
        rows = generic(SPRING)
        rows.insert(2, f"{PPE};{SPRING};3;{value};A+")
        assert codes(MeterOffice().drop(text(GENERIC, *rows))) == [code]


class TestSheets:
    def test_of_states_and_of_intervals_go_in_together(self) -> None:
        office = MeterOffice({PPE: [meter()], OTHER: [meter(minutes=None)]})
        rows = [row.split(";") for row in generic(WINTER)]
        states = [["PPE", "Data", "Rejestr", "Stan"], [OTHER, "31.01.2026", "1.8.0", 12]]
        result = office.drop(
            workbook({"Stany": states, "Profil": [GENERIC.split(";"), *rows]}), name="x.xlsx"
        )
        assert (codes(result), result.accepted, office.store.puts) == ([], 25, 1)

    def test_with_the_same_day_must_agree(self) -> None:
        rows = [GENERIC.split(";"), *(row.split(";") for row in generic(WINTER))]
        office = MeterOffice()
        result = office.drop(workbook({"a": rows, "b": rows}), name="x.xlsx")
        assert (codes(result), result.accepted, result.duplicate) == (["duplicate_row"], 24, 24)


class TestComingAgain:
    def test_the_same_values_from_another_file_are_told_as_known_and_kept_without_values(self) -> None:
        office = MeterOffice()
        office.drop(text(GENERIC, *generic(WINTER)))
        result = office.drop(text(ELICZNIK, *elicznik(WINTER)), at=KNOWN + timedelta(days=1))
        assert (codes(result), result.duplicate, result.accepted) == (["duplicate_row"], 24, 0)
        assert [day.told_before for day in office.days()] == [False, True]
        assert len(current_days(office.days())) == 1
        assert current_days(office.days())[0].known_at == KNOWN

    def test_a_changed_day_is_a_new_version(self) -> None:
        office = MeterOffice()
        office.drop(text(GENERIC, *generic(WINTER)))
        changed = [row.replace(";0.5;", ";0.6;") for row in generic(WINTER)]
        result = office.drop(text(GENERIC, *changed), at=KNOWN + timedelta(days=1))
        assert (codes(result), [day.values_wh[0] for day in office.days()]) == (["changed_value"], [500, 600])

    def test_an_attempt_that_broke_off_ends_in_the_same_result(self) -> None:
        office = MeterOffice()
        content = text(GENERIC, *generic(WINTER), *generic(AUTUMN))
        first, kept = office.drop(content), dict(office.store.items)
        office.imports.results.clear()
        office.store.items.pop(next(iter(kept)))
        assert (office.drop(content), office.store.items) == (first, kept)

    def test_each_point_is_asked_for_once(self) -> None:
        office = MeterOffice({PPE: [meter()], OTHER: [meter()]})
        days = [WINTER - timedelta(days=n) for n in range(40)]
        office.drop(
            text(GENERIC, *(row for day in days for ppe in (PPE, OTHER) for row in generic(day, ppe)))
        )
        assert (office.directory.asked, office.store.asked, office.store.puts) == (
            {PPE: 1, OTHER: 1}, {PPE: 1, OTHER: 1}, 1,
        )  # fmt: skip


def _cells(data: st.DataObject, heads: Sequence[str]) -> str:
    cell = st.sampled_from(
        [str(WINTER), "2026-03-29 3:00", "24", "2B", "0:00-1:00", "1,5", "-1", "A+", "pobór", PPE, "", '="x"',
         "1e5", "\x00", "9" * 30, "99999", "2025-10-26 02:59"]
    ) | st.text(max_size=8)  # fmt: skip
    row = st.lists(cell, min_size=1, max_size=6).map(";".join)
    return text(data.draw(st.sampled_from(heads)), *data.draw(st.lists(row, max_size=12)))


class TestAnything:
    @given(st.data())
    def test_under_a_known_heading_is_taken_or_refused_by_name(self, data: st.DataObject) -> None:
        office = MeterOffice()
        result = office.drop(
            _cells(data, [ELICZNIK, ENEA, GENERIC, TestSecondLayout.HEAD]).encode("utf-8", "replace")
        )
        assert (office.store.puts, result.accepted) in {(0, 0), (1, result.accepted)}
        assert result.accepted or result.findings
