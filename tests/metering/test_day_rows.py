"""Rows of days under header records come in as cooperatives get them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwit.intake.findings import ImportStatus
from kwit.kernel.time import day_minutes
from tests.metering.meter_office import (
    AUTUMN,
    OTHER,
    PPE,
    SPRING,
    WINTER,
    MeterOffice,
    codes,
    meter,
    refusals,
)


def head(day: date = WINTER) -> str:
    return f"kOSD;590543\r\nkSE;1\r\nDCW;01-02-2026\r\nDD;{day:%d-%m-%Y}\r\nVV;1\r\n"


def cells(day: date = WINTER, minutes: int = 60) -> list[str]:
    return [f"{n or ''}.739,+" for n in range(day_minutes(day) // minutes)]


def row(values: list[str], *, ppe: str = PPE, kind: str = "CP") -> str:
    return ";".join([ppe, kind, "1", *values]) + "\r\n"


class TestRows:
    @pytest.mark.parametrize("encoding", ["utf-8-sig", "windows-1250"])
    @pytest.mark.parametrize(("day", "minutes"), [(WINTER, 60), (SPRING, 60), (AUTUMN, 60), (SPRING, 15)])
    def test_hold_a_day_each(self, encoding: str, day: date, minutes: int) -> None:
        office = MeterOffice({PPE: [meter(minutes=minutes)], OTHER: [meter(minutes=minutes)]})
        rows = row(cells(day, minutes)) + row(cells(day, minutes), ppe=OTHER, kind="CO")
        result = office.drop(head(day) + rows, name="sp.csv", encoding=encoding)
        [taken], [given_] = office.days(), office.days(OTHER)
        assert (result.status, result.accepted, codes(result)) == (ImportStatus.ACCEPTED, 2, [])
        assert (taken.values_wh[:2], taken.source.row, given_.register) == ((739, 1739), 6, "2.8.0")

    def test_pass_over_the_balance(self) -> None:
        assert codes(MeterOffice().drop(head() + row(cells(), kind="CB"))) == ["quantity_skipped"]

    def test_take_a_blank_for_the_hour_spring_leaves_out(self) -> None:
        values = cells(SPRING)
        office = MeterOffice()
        office.drop(head(SPRING) + row([*values[:2], "", *values[2:], ""]))
        assert len(office.days()[0].values_wh) == 23

    def test_mark_what_is_missing(self) -> None:
        office = MeterOffice()
        assert codes(office.drop(head() + row(["0.000,2", *cells()[1:]]))) == ["missing_interval"]
        assert office.days()[0].estimated == frozenset({0})

    @pytest.mark.parametrize(
        ("bad", "code"),
        [
            (row(cells()[1:]), "wrong_count_for_day"),
            (row(cells(AUTUMN)), "wrong_count_for_day"),
            (row(["-1.000,+", *cells()[1:]]), "negative"),
            (row(["1.0001,+", *cells()[1:]]), "finer_than_wh"),
            (row(["1.000,?", *cells()[1:]]), "not_a_value"),
            (row([",+", *cells()[1:]]), "not_a_value"),
            (row(["1 000,+", *cells()[1:]]), "not_a_value"),
            (row(cells(), ppe=PPE[:-1] + "3"), "ppe_check_digit"),
            (row(cells(), ppe="x"), "bad_ppe"),
            (row(cells(), ppe=OTHER), "unknown_point"),
            (row(cells(), kind="XX"), "unknown_quantity"),
            ("x\r\n", "bad_ppe"),
        ],
    )
    def test_that_are_wrong_cost_themselves_alone(self, bad: str, code: str) -> None:
        result = MeterOffice().drop(head() + bad + row(cells()))
        assert refusals(result)[0] == (code, 6)
        assert (result.accepted, result.rejected) == (1, 1)

    @pytest.mark.parametrize("record", ["DD;wczoraj\r\n", "DD\r\n", ""])
    def test_without_a_day_stay_out(self, record: str) -> None:
        result = MeterOffice().drop("kOSD;590543\r\n" + record + row(cells()))
        assert "day_not_named" in codes(result)
        assert result.accepted == 0

    def test_too_long_refuse_the_file(self) -> None:
        office = MeterOffice()
        result = office.drop(head() + row(cells()) + "x" * 20_001)
        assert (codes(result), office.store.puts) == (["line_too_long"], 0)

    @given(st.text(max_size=200))
    def test_of_anything_are_taken_or_refused_by_name(self, content: str) -> None:
        office = MeterOffice()
        result = office.drop((head() + content).encode("utf-8", "replace"))
        assert (office.store.puts, result.accepted) == (0, 0)
