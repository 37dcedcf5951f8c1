"""Cells say exactly what was typed, or refuse."""

from datetime import date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwit.intake.cells import (
    DigitsLostError,
    Moment,
    NotADateError,
    NotANumberError,
    as_decimal,
    as_minute,
    as_moment,
    as_text,
)


class TestNumbers:
    @pytest.mark.parametrize(
        ("typed", "meant"),
        [
            ("1234,5", "1234.5"),
            ("1234.5", "1234.5"),
            ("1.234,5", "1234.5"),
            ("1,234.5", "1234.5"),
            ("1 234,567", "1234.567"),
            ("1\u00a0234\u00a0567,8", "1234567.8"),
            ("1\u202f234", "1234"),
            ("1.234.567", "1234567"),
            ("1,234,567", "1234567"),
            ("1.234", "1.234"),
            ("1,234", "1.234"),
            (".739", "0.739"),
            ("-5,5", "-5.5"),
            ("\u22125,5", "-5.5"),
            ("+7", "7"),
            ("5,", "5"),
            ("000123", "123"),
        ],
    )
    def test_are_read_as_meant(self, typed: str, meant: str) -> None:
        assert as_decimal(typed) == Decimal(meant)

    @pytest.mark.parametrize(
        "typed",
        [
            "",
            "abc",
            "1,2,3",
            "1.2.3",
            "12.34,5",
            "1 23",
            "1e5",
            "NaN",
            "Infinity",
            "--1",
            "1 234 56",
            "٣",
            "5 kWh",
            "1" * 40,
        ],
    )
    def test_are_refused_when_unclear(self, typed: str) -> None:
        with pytest.raises(NotANumberError):
            as_decimal(typed)

    @given(
        st.decimals(min_value=0, max_value=10**9, places=3),
        st.sampled_from([",", "."]),
        st.sampled_from(["", ","]),
    )
    def test_come_back_however_they_were_grouped(self, number: Decimal, sign: str, grouping: str) -> None:
        text = format(number, f"{grouping}f")
        text = text.replace(",", "\u00a0").replace(".", sign)
        assert as_decimal(text) == number

    @given(st.text(max_size=30))
    def test_of_any_text_are_exact_or_refused(self, text: str) -> None:
        try:
            number = as_decimal(text)
        except NotANumberError:
            return
        assert number.is_finite()


class TestDays:
    @pytest.mark.parametrize(
        "typed",
        [
            "2026-01-31", "2026.01.31", "2026/01/31", "31.01.2026", "31-01-2026", "31/1/2026",
            "46053", Decimal(46053), date(2026, 1, 31),
        ],
    )  # fmt: skip
    def test_are_read_day_first_or_year_first(self, typed: object) -> None:
        assert as_moment(typed) == Moment(date(2026, 1, 31))

    @pytest.mark.parametrize(
        ("typed", "minute"),
        [
            ("2026-01-31 00:00", 0),
            ("2026-01-31T14:30:15", 870),
            ("31.01.2026 24:00", 1440),
            ("2026-01-31 1:05", 65),
            (datetime(2026, 1, 31, 14, 30), 870),  # noqa: DTZ001 a spreadsheet cell has no zone
            (Decimal("46053.5"), 720),
        ],
    )
    def test_keep_their_time(self, typed: object, minute: int) -> None:
        assert as_moment(typed) == Moment(date(2026, 1, 31), minute)

    @pytest.mark.parametrize(
        "typed",
        ["", "2026-02-30", "01/31/2026", "31.01.26", "2026-01-31 25:00", "2026-01-31 10:60", "1850-01-01", "2026.01-31",
         "wczoraj", Decimal(5), True, None, "2026-01-31 24:01"],
    )  # fmt: skip
    def test_are_refused_when_unclear(self, typed: object) -> None:
        with pytest.raises(NotADateError):
            as_moment(typed)

    def test_take_the_clock_from_a_cell_of_its_own(self) -> None:
        assert [as_minute(time(6, 15)), as_minute(Decimal("0.25")), as_minute("24:00")] == [375, 360, 1440]


class TestTexts:
    def test_show_whole_numbers_without_a_fraction(self) -> None:
        assert [as_text(Decimal(5262542704)), as_text(Decimal("1.80")), as_text(None)] == [
            "5262542704",
            "1.80",
            "",
        ]

    @pytest.mark.parametrize("cell", [Decimal(590543000000001000), "5,90543E+17", "5.90543E+17"])
    def test_notice_a_code_whose_digits_a_spreadsheet_lost(self, cell: object) -> None:
        with pytest.raises(DigitsLostError):
            as_text(cell)
