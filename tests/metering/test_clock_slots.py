"""Values with clock times find their intervals on every day of the year, or the day is refused."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwit.kernel.time import interval_starts, local_clock
from kwit.metering.clock_slots import ClockValue, arranged
from tests.metering.meter_office import AUTUMN, SPRING, WINTER

STEPS = st.sampled_from([15, 30, 60])
DAYS = st.integers(0, 800).map(lambda n: date(2024, 10, 1) + timedelta(days=n)) | st.sampled_from(
    [SPRING, AUTUMN]
)


def of_day(day: date, minutes: int, *, told: bool = False) -> list[ClockValue]:
    clocks = [local_clock(start) for start in interval_starts(day, minutes=minutes)]
    return [
        ClockValue(clock.hour * 60 + clock.minute, 10 + n, n + 2, bool(clock.fold) if told else None)
        for n, clock in enumerate(clocks)
    ]


class TestWholeDays:
    @given(DAYS, STEPS, st.booleans())
    def test_keep_the_order_of_time(self, day: date, minutes: int, told: bool) -> None:
        values = of_day(day, minutes, told=told)
        found = arranged(day=day, minutes=minutes, values=values)
        assert (found.refusal, found.values_wh) == (None, [value.wh for value in values])

    @given(DAYS, STEPS, st.randoms(use_true_random=False))
    def test_told_apart_may_come_in_any_order(self, day: date, minutes: int, random: object) -> None:
        values = of_day(day, minutes, told=True)
        random.shuffle(shuffled := list(values))
        # A time that does not come twice is the first passing or not told; both mean the same.
        found = arranged(day=day, minutes=minutes, values=shuffled)
        assert (found.refusal, found.values_wh) == (None, [value.wh for value in values])


class TestBrokenDays:
    @given(DAYS, STEPS, st.data())
    def test_that_lack_a_value_are_refused(self, day: date, minutes: int, data: st.DataObject) -> None:
        values = of_day(day, minutes)
        gone = values.pop(data.draw(st.integers(0, len(values) - 1)))
        found = arranged(day=day, minutes=minutes, values=values)
        moved_by_the_clock = day == SPRING and gone.minute == 120 - minutes
        assert found.refusal is not None
        assert moved_by_the_clock or found.refusal.code in {"day_incomplete", "autumn_hour_once"}

    @pytest.mark.parametrize("day", [WINTER, SPRING, AUTUMN])
    def test_without_any_value_are_incomplete(self, day: date) -> None:
        assert arranged(day=day, minutes=60, values=[]).refusal.code == "day_incomplete"

    def test_with_a_third_value_for_the_doubled_hour_are_refused(self) -> None:
        values = of_day(AUTUMN, 60)
        third = ClockValue(120, 99, 40)
        found = arranged(day=AUTUMN, minutes=60, values=[*values, third])
        assert (found.refusal.code, found.refusal.row) == ("duplicate_in_file", 40)

    def test_with_a_doubled_hour_told_twice_the_same_are_refused(self) -> None:
        values = [
            ClockValue(v.minute, v.wh, v.row, False if v.minute == 120 else None) for v in of_day(AUTUMN, 60)
        ]
        assert arranged(day=AUTUMN, minutes=60, values=values).refusal is not None
