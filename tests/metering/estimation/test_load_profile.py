"""Load profiles spread energy as the packaged file says; the file is whole."""

from datetime import date

import pytest

from kwit.kernel.time import Period
from kwit.metering.estimation.load_profile import (
    LoadProfileFileError,
    LoadProfileUnknownError,
    load_profile,
    read_load_profiles,
)
from tests.metering.estimation.points import group

GROUPS = (
    "B11", "B11em", "B12", "C11", "C11em", "C11s", "C11o", "C12a", "C12b", "G11", "G12", "G12w", "G12as",
)  # fmt: skip


class TestProfile:
    @pytest.mark.parametrize("name", GROUPS)
    def test_of_a_group_weighs_every_hour_of_a_year(self, name: str) -> None:
        profile = group(name)
        year = Period(date(2026, 1, 1), date(2027, 1, 1))
        assert all(min(profile.of_day(day, minutes=60)) > 0 for day in year.each_day())

    def test_of_households_is_as_the_source_has_it(self) -> None:
        # The mean over the workdays of January 2024, hours 1 and 20, in the sheet G11.
        hours = group().of_day(date(2026, 1, 8), minutes=60)
        assert (hours[0], hours[19]) == (8992, 17596)

    def test_follows_the_clock_through_spring_and_autumn(self) -> None:
        profile = group()
        spring, sunday = (
            profile.of_day(date(2026, 3, 29), minutes=60),
            profile.of_day(date(2026, 3, 22), minutes=60),
        )
        assert spring == sunday[:2] + sunday[3:]
        autumn, other = (
            profile.of_day(date(2026, 10, 25), minutes=60),
            profile.of_day(date(2026, 10, 18), minutes=60),
        )
        assert autumn == other[:3] + other[2:]

    def test_takes_a_holiday_for_a_sunday(self) -> None:
        profile = group()
        assert profile.of_day(date(2026, 5, 1), minutes=60) == profile.of_day(date(2026, 5, 3), minutes=60)
        assert profile.of_day(date(2026, 5, 2), minutes=60) != profile.of_day(date(2026, 5, 3), minutes=60)

    def test_gives_quarters_the_weight_of_their_hour(self) -> None:
        hours, quarters = (group().of_day(date(2026, 1, 8), minutes=minutes) for minutes in (60, 15))
        assert quarters == [weight for weight in hours for _ in range(4)]

    def test_light_burns_at_night(self) -> None:
        hours = group("C11o").of_day(date(2026, 1, 8), minutes=60)
        assert min(hours[:6]) > 50 * max(hours[9:14])

    def test_of_a_group_nobody_has_is_unknown(self) -> None:
        with pytest.raises(LoadProfileUnknownError, match="G99"):
            load_profile("G99", holidays=frozenset())


class TestFile:
    @pytest.mark.parametrize(
        ("line", "problem"),
        [
            ("G11;1;workday;" + ";".join(["1"] * 23), "24 whole weights"),
            ("G11;1;workday;" + ";".join(["1.5"] * 24), "24 whole weights"),
            ("G11;1;workday;" + ";".join(["1"] * 24), "lacks a month"),
        ],
    )
    def test_with_a_fault_is_refused(self, line: str, problem: str) -> None:
        with pytest.raises(LoadProfileFileError, match=problem):
            read_load_profiles("# source\n" + line)
