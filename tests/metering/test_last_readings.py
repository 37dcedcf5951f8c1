"""The last readings of a point: newest first, all versions, only the caller's days, page by page."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwit.kernel.time import DateRange
from kwit.metering.last_readings import ReadingPlace, VersionStatus, last_readings
from kwit.metering.readings import RegisterReading, Standing
from kwit.metering.submitting import PointNotHeldError
from tests.metering.portal_counter import MOVED, NOW, PPE, state

MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)


def listed(readings: list[RegisterReading], *, limit: int = 20, after: ReadingPlace | None = None):
    return last_readings(ppe=PPE, readings=readings, held=(NOW,), limit=limit, after=after)


class TestList:
    def test_begins_with_the_newest_midnight_and_orders_its_registers(self) -> None:
        readings = [state(MARCH, 1), state(APRIL, 3, register="1.8.2"), state(APRIL, 2, register="1.8.1")]
        page = listed(readings)
        assert [(one.place.boundary, one.place.register) for one in page.states] == [
            (APRIL, "1.8.1"),
            (APRIL, "1.8.2"),
            (MARCH, "1.8.0"),
        ]
        assert page.last is None

    def test_tells_how_each_version_stands_the_one_known_last_first(self) -> None:
        first = state(MARCH, 100)
        second = replace(first, state_wh=101_000, known_at=first.known_at + timedelta(days=1))
        third = replace(
            second,
            state_wh=102_000,
            known_at=first.known_at + timedelta(days=2),
            standing=Standing(held=("gap",)),
        )
        again = replace(
            first, known_at=first.known_at + timedelta(hours=1), source=replace(first.source, row=9)
        )
        [one] = listed([first, third, again, second]).states
        assert [(v.reading, v.status) for v in one.versions] == [
            (third, VersionStatus.WAITS),
            (second, VersionStatus.REPLACED),
            (first, VersionStatus.REPLACED),
        ]

    def test_shows_a_withdrawn_state_as_such(self) -> None:
        first = state(MARCH, 100)
        gone = replace(first, known_at=first.known_at + timedelta(days=1), standing=Standing(void=True))
        [one] = listed([first, gone]).states
        assert [v.status for v in one.versions] == [VersionStatus.WITHDRAWN, VersionStatus.REPLACED]

    def test_holds_the_midnights_at_the_ends_of_the_days_held_and_nothing_beyond(self) -> None:
        span = DateRange(MOVED, MARCH)
        readings = [state(MOVED - timedelta(days=1), 1), state(MOVED, 2), state(MARCH, 3), state(APRIL, 4)]
        page = last_readings(ppe=PPE, readings=readings, held=(span,), limit=20)
        assert [one.place.boundary for one in page.states] == [MARCH, MOVED]

    def test_is_of_nobody_who_holds_no_day(self) -> None:
        with pytest.raises(PointNotHeldError):
            last_readings(ppe=PPE, readings=[state(MARCH, 1)], held=(), limit=20)


@given(
    days=st.lists(st.tuples(st.integers(0, 40), st.sampled_from(["1.8.1", "1.8.2"])), max_size=30),
    limit=st.integers(min_value=1, max_value=7),
)
def test_pages_hold_every_state_once_in_one_order(days: list[tuple[int, str]], limit: int) -> None:
    readings = [
        replace(
            state(MOVED + timedelta(days=day), 5, register=code), known_at=datetime(2026, 5, 1, tzinfo=UTC)
        )
        for day, code in days
    ]
    seen, after = [], None
    for _ in range(40):
        page = listed(readings, limit=limit, after=after)
        assert len(page.states) <= limit
        seen += page.states
        after = page.last
        if after is None:
            break
    assert seen == list(listed(readings, limit=100).states)
    assert len({one.place for one in seen}) == len(seen) == len(set(days))
