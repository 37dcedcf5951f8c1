"""Batches of a head-end system come in line by line as a stream; a bad line costs itself alone."""

import gzip
import json
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwit.intake.findings import ImportStatus
from kwit.kernel.identifiers import gs1_check_digit
from kwit.kernel.time import day_minutes
from kwit.metering.batch import DAY_LIMIT, is_batch
from tests.metering.meter_office import (
    AUTUMN,
    KNOWN,
    OTHER,
    PPE,
    SPRING,
    WINTER,
    MeterOffice,
    codes,
    meter,
    refusals,
)


def line(on: date = WINTER, *, every: int = 60, **other: object) -> str:
    values = list(range(day_minutes(on) // every))
    fields = {"ppe": PPE, "day": on.isoformat(), "minutes": every, "quantity": "import", "values": values}
    return json.dumps(fields | other)


def csv_text(*days: date, delimiter: str = ";") -> str:
    head = ["ppe", "day", "minutes", "quantity", *(f"v{n}" for n in range(1, 26))]
    rows = [head]
    for day in days:
        values = [f"{n}.5" for n in range(day_minutes(day) // 60)]
        rows.append([PPE, day.isoformat(), "60", "import", *values, *[""] * (25 - len(values))])
    return "".join(delimiter.join(row) + "\n" for row in rows)


class TestJsonLines:
    @pytest.mark.parametrize("packed", [False, True])
    def test_hold_whole_wh_and_kwh_as_text(self, packed: bool) -> None:
        office = MeterOffice()
        content = line(values=[7, "0.251", "1,5", *[0] * 21]).encode()
        result = office.drop(gzip.compress(content) if packed else content, name="a.jsonl")
        [day] = office.days()
        assert (result.status, codes(result), day.values_wh[:3]) == (
            ImportStatus.ACCEPTED,
            [],
            (7, 251, 1500),
        )
        assert (day.source.row, day.minutes, day.register) == (1, 60, "1.8.0")

    @pytest.mark.parametrize("day", [WINTER, SPRING, AUTUMN])
    @pytest.mark.parametrize("minutes", [15, 30, 60])
    def test_have_as_many_values_as_the_day_has(self, day: date, minutes: int) -> None:
        office = MeterOffice({PPE: [meter(minutes=minutes)]})
        assert office.drop(line(day, every=minutes)).accepted == 1
        assert len(office.days()[0].values_wh) == day_minutes(day) // minutes

    def test_may_say_which_values_are_not_measured(self) -> None:
        office = MeterOffice()
        office.drop(line(estimated=[0, 23]))
        assert office.days()[0].estimated == frozenset({0, 23})

    @pytest.mark.parametrize(
        ("bad", "code"),
        [
            (line(values=[0] * 23), "wrong_count_for_day"),
            (line(SPRING, values=[0] * 24), "wrong_count_for_day"),
            (line(AUTUMN, values=[0] * 24), "wrong_count_for_day"),
            (line(values=[-1] + [0] * 23), "negative"),
            (line(values=["-0.001"] + [0] * 23), "negative"),
            (line(values=[10**13] + [0] * 23), "too_much"),
            (line(values=["0.0005"] + [0] * 23), "finer_than_wh"),
            (line(values=[0.25] + [0] * 23), "not_a_value"),
            (line(values=[None] + [0] * 23), "not_a_value"),
            (line(values=[True] + [0] * 23), "not_a_value"),
            (line(values=["x"] + [0] * 23), "not_a_value"),
            (line(values={"a": 1}), "not_a_value"),
            (line(values=""), "missing_value"),
            (line(values=[float("nan")] + [0] * 23), "bad_line"),
            (line(estimated=[24]), "not_a_value"),
            (line(estimated=[True]), "not_a_value"),
            (line(estimated="a"), "not_a_value"),
            (line(day="31.01.2026"), "not_a_date"),
            (line(day="0001-01-01"), "not_a_date"),
            (line(ppe=None), "missing_value"),
            (line(ppe=PPE[:-1] + "3"), "ppe_check_digit"),
            (line(ppe=int(PPE)), "bad_ppe"),
            (line(ppe=OTHER), "unknown_point"),
            (line(quantity="Q"), "unknown_quantity"),
            (line(quantity=[]), "unknown_quantity"),
            (line(quantity="import_unbalanced"), "unknown_register"),
            (line(every=15), "wrong_interval"),
            (line(date(2026, 4, 2)), "reading_in_future"),
            ('{"ppe":', "bad_line"),
            ("[1]", "bad_line"),
            ('{"a":1,"a":2}', "bad_line"),
            ("[" * 5000, "bad_line"),
            ('{"ppe":' + "9" * 5000 + "}", "bad_line"),
            ("{" + "x" * 30_000, "line_too_long"),
        ],
    )
    def test_that_are_wrong_cost_themselves_alone(self, bad: str, code: str) -> None:
        office = MeterOffice()
        other = date(2026, 1, 5)
        result = office.drop(f"{line(other)}\n{bad}\n\n{line(other + timedelta(days=1))}\n")
        assert refusals(result) == [(code, 2)]
        assert (result.accepted, result.rejected, len(office.days())) == (2, 1, 2)

    def test_of_one_day_must_agree(self) -> None:
        office = MeterOffice()
        again = office.drop(f"{line()}\n{line()}")
        assert (codes(again), again.accepted, again.duplicate) == (["duplicate_row"], 1, 1)
        differing = f"{line(SPRING)}\n{line(SPRING, values=[5] * 23)}"
        assert refusals(office.drop(differing)) == [("duplicate_in_file", 1), ("duplicate_in_file", 2)]

    def test_that_are_no_text_are_named(self) -> None:
        result = MeterOffice().drop(line().encode() + b"\n{\xff\xfe}\n")
        assert refusals(result) == [("bad_line", 2)]

    def test_beyond_the_limit_refuse_the_file(self) -> None:
        office = MeterOffice()
        result = office.drop(line().encode() + b"\n{}" * DAY_LIMIT)
        assert (codes(result), office.store.puts, result.status) == (
            ["too_many_rows"],
            0,
            ImportStatus.REJECTED,
        )


class TestCsv:
    @pytest.mark.parametrize("delimiter", [";", ",", "\t"])
    def test_takes_short_and_long_days(self, delimiter: str) -> None:
        office = MeterOffice()
        result = office.drop("\ufeff" + csv_text(WINTER, SPRING, AUTUMN, delimiter=delimiter))
        assert (codes(result), result.accepted, result.encoding) == (["gap", "gap"], 3, "utf-8-sig")
        assert {day.day: len(day.values_wh) for day in office.days()} == {WINTER: 24, SPRING: 23, AUTUMN: 25}

    @pytest.mark.parametrize(
        ("old", "new", "code"),
        [
            (";60;", ";sześćdziesiąt;", "bad_interval"),
            (";3.5;", ";;", "not_a_value"),
            (";3.5;", ";-3.5;", "negative"),
            (";3.5;", ";", "wrong_count_for_day"),
            (";3.5;", ";3.5;;;", "bad_line"),
        ],
    )
    def test_names_what_is_wrong(self, old: str, new: str, code: str) -> None:
        if code == "bad_line":
            new = ";3.5" + ";1" * 9
        result = MeterOffice().drop(csv_text(WINTER).replace(old, new))
        assert refusals(result) == [(code, 2)]

    def test_without_rows_is_empty(self) -> None:
        assert codes(MeterOffice().drop(csv_text())) == ["empty_file"]


class TestPacked:
    @pytest.mark.parametrize("damage", [slice(0, -9), slice(0, 40)])
    def test_and_cut_off_is_refused_as_a_whole(self, damage: slice) -> None:
        office = MeterOffice()
        lines = "\n".join(line(WINTER - timedelta(days=n)) for n in range(30))
        result = office.drop(gzip.compress(lines.encode())[damage])
        assert (codes(result), office.store.puts, result.status) == (["bad_gzip"], 0, ImportStatus.REJECTED)

    def test_bomb_is_refused(self) -> None:
        office = MeterOffice()
        content = gzip.compress(line().encode() + b"\n" + b" " * 210_000_000)
        assert (codes(office.drop(content)), office.store.puts) == (["unpacks_too_large"], 0)


class TestManyPoints:
    def test_ask_once_for_each_and_store_in_one_call(self) -> None:
        codes_of = [f"59054300000{n:06}" for n in range(300)]
        points = [f"{code}{gs1_check_digit(code)}" for code in codes_of]
        office = MeterOffice({ppe: [meter(minutes=15)] for ppe in points})
        days = (WINTER, SPRING)
        content = "\n".join(line(day, ppe=ppe, every=15) for day in days for ppe in points)
        result = office.drop(gzip.compress(content.encode()))
        assert (result.accepted, office.store.puts, len(office.store.items)) == (600, 1, 600)
        assert set(office.directory.asked.values()) == set(office.store.asked.values()) == {1}

    def test_broken_off_and_tried_again_end_in_the_same_result(self) -> None:
        office = MeterOffice()
        content = f"{line()}\n{line(SPRING)}\n{line(AUTUMN, values=[])}"
        first, kept = office.drop(content), dict(office.store.items)
        office.imports.results.clear()
        office.store.items.popitem()
        assert (office.drop(content), office.store.items) == (first, kept)

    def test_a_changed_day_is_a_new_version(self) -> None:
        office = MeterOffice()
        office.drop(line())
        result = office.drop(line(values=[9] * 24), at=KNOWN + timedelta(days=1))
        assert (codes(result), len(office.days())) == (["changed_value"], 2)


class TestAnything:
    @given(
        st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5), st.lists, max_leaves=30)
    )
    def test_as_a_value_is_taken_or_refused_by_name(self, value: object) -> None:
        office = MeterOffice()
        for name in ("ppe", "day", "minutes", "quantity", "values", "estimated"):
            result = office.drop(line(**{name: value}))
            assert result.accepted or result.duplicate or result.rejected

    @given(st.binary(max_size=200))
    def test_after_an_opening_brace_is_refused_by_name(self, content: bytes) -> None:
        office = MeterOffice()
        result = office.drop(b"{" + content)
        assert (result.status, office.store.puts) == (ImportStatus.REJECTED, 0)

    def test_else_is_no_batch(self) -> None:
        assert not is_batch(b"PPE;Data odczytu;Stan\n")
        assert not is_batch(b"ppe;day;minutes;quantity\n")
        assert not is_batch(b"")
