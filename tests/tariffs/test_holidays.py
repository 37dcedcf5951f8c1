"""Statutory holidays agree with an independent source and are refused when they cannot be read."""

from datetime import date

import holidays
import pytest

from kwit.tariffs.holidays import HolidaysFileError, read_holidays, statutory_holidays


class TestStatutoryHolidays:
    def test_are_those_of_an_independent_calendar_for_2016_to_2040(self) -> None:
        assert statutory_holidays() == set(holidays.country_holidays("PL", years=range(2016, 2041)))

    def test_have_christmas_eve_since_2025(self) -> None:
        found = statutory_holidays()
        assert date(2024, 12, 24) not in found
        assert date(2025, 12, 24) in found


class TestReadHolidays:
    @pytest.mark.parametrize(
        ("content", "problem"),
        [
            (b"holidays: [2026-01-01]", "no mapping"),
            (b"days: {}", "no mapping"),
            (b"- 1", "no mapping"),
            (b"holidays: {2026-02-30: x}", "2026-02-30"),
            (b"holidays: {2026-01-01: x, 2026-01-01: y}", "twice"),
            (b"holidays: [", "YAML"),
        ],
    )
    def test_refuses_a_file_it_cannot_read(self, content: bytes, problem: str) -> None:
        with pytest.raises(HolidaysFileError, match=problem):
            read_holidays(content)
