"""Packed days come back as they went in, whatever their values, sources and marks."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwit.kernel.provenance import Source
from kwit.metering.packing import (
    PackedDaysError,
    ToldNowhereError,
    ValueTooWideError,
    distinct,
    pack_days,
    resolved,
    unpack_days,
)
from kwit.metering.readings import IntervalDay

KNOWN = datetime(2026, 4, 2, 9, 0, tzinfo=UTC)
SOURCE = Source("łódź.csv", "ab" * 32, 2)
POINTS = ("590543000000001232", "590543000000001249", "")

instants = st.integers(0, 10**15).map(lambda micros: KNOWN + timedelta(microseconds=micros))
sources = st.builds(
    Source,
    st.text(max_size=8),
    st.sampled_from(("ab" * 32, "0" * 64, "AB" * 32, "x", "")),
    st.integers(0, 10**6),
    st.text(max_size=4),
)
widths = st.sampled_from([(0, 65535), (0, 65536), (-1, 1), (-(2**31), 2**31 - 1), (-(2**63), 2**63 - 1)])


@st.composite
def days(draw: st.DrawFn) -> IntervalDay:
    low, high = draw(widths)
    values = tuple(draw(st.lists(st.integers(low, high), max_size=8)))
    return IntervalDay(
        ppe=draw(st.sampled_from(POINTS)),
        register=draw(st.sampled_from(("1.8.0", "2.8.0"))),
        day=draw(st.dates(date(1990, 1, 1), date(2100, 1, 1))),
        minutes=draw(st.sampled_from((15, 30, 60))),
        values_wh=values,
        known_at=draw(instants),
        source=draw(sources),
        estimated=draw(st.frozensets(st.integers(0, 99), max_size=100)),
    )


def noisy(seed: int, *, days: int = 31) -> list[IntervalDay]:
    """Make a month of quarters of a household, each day from a file of its own."""
    chance = Random(seed)
    return [
        IntervalDay(
            POINTS[0],
            "1.8.0",
            date(2026, 1, 1) + timedelta(days=day),
            15,
            tuple(chance.randrange(40, 700) for _ in range(96)),
            KNOWN + timedelta(days=day, seconds=chance.randrange(60)),
            Source(f"oze-{day}.jsonl", f"{chance.getrandbits(256):064x}", chance.randrange(10_000)),
        )
        for day in range(days)
    ]


class TestPacking:
    @given(st.lists(days(), max_size=6))
    def test_gives_back_every_version_once(self, given_days: list[IntervalDay]) -> None:
        assert list(unpack_days(pack_days([*given_days, *given_days]))) == distinct(given_days)

    @given(st.lists(days(), max_size=6), st.randoms(use_true_random=False))
    def test_does_not_depend_on_the_order(self, given_days: list[IntervalDay], chance: Random) -> None:
        shuffled = distinct(given_days)
        expected = pack_days(shuffled)
        chance.shuffle(shuffled)
        assert pack_days(shuffled) == expected

    @given(st.lists(days(), max_size=6))
    def test_gives_the_days_of_one_point_alone(self, given_days: list[IntervalDay]) -> None:
        mine = [day for day in distinct(given_days) if day.ppe == POINTS[0]]
        assert list(unpack_days(pack_days(given_days), ppe=POINTS[0])) == mine

    def test_takes_the_room_of_the_values_noise_and_hardly_more(self) -> None:
        month = noisy(1)
        # Ten bits a value cannot be squeezed out; the rest of a day is its hash, row and time.
        assert 31 * (96 * 9 // 8 + 32) < len(pack_days(month)) < 31 * (96 * 11 // 8 + 32 + 20)
        assert len(pack_days(month[:1])) < 400


class TestToldBefore:
    """Versions whose values another version of the day has are packed without them."""

    @given(st.lists(days(), min_size=1, max_size=6), st.data())
    def test_come_back_with_their_values(self, given_days: list[IntervalDay], data: st.DataObject) -> None:
        told = distinct(given_days)
        again = [
            replace(day, source=replace(day.source, content_hash="again"), told_before=True)
            for day in data.draw(st.lists(st.sampled_from(told), unique_by=id))
        ]
        apart = [*unpack_days(pack_days(told)), *unpack_days(pack_days(again))]
        assert resolved(apart) == distinct([*told, *again])
        assert resolved(unpack_days(pack_days([*told, *again]))) == distinct([*told, *again])

    def test_of_a_month_fit_one_write_unit(self) -> None:
        month, late = noisy(3), KNOWN + timedelta(days=40)
        again = [
            replace(day, known_at=late, source=Source("x.csv", "cd" * 32, 2), told_before=True)
            for day in month
        ]
        assert len(pack_days(again)) < 800 < len(pack_days(month)) / 4

    def test_are_not_made_up_when_no_version_has_their_values(self) -> None:
        [day, *_] = noisy(4, days=1)
        mark = replace(day, known_at=KNOWN + timedelta(days=9), told_before=True)
        other = replace(day, values_wh=day.values_wh[::-1])
        with pytest.raises(ToldNowhereError, match="590543000000001232"):
            resolved([other, *unpack_days(pack_days([mark]))])


class TestWhatCannotBe:
    def test_a_value_of_more_than_64_bits_is_named(self) -> None:
        day = IntervalDay(POINTS[0], "1.8.0", date(2026, 1, 1), 60, (1, 2**63), KNOWN, SOURCE)
        with pytest.raises(ValueTooWideError, match="590543000000001232 on 2026-01-01: 9223372036854775808"):
            pack_days([day])

    @pytest.mark.parametrize("cut", [0, 3, 8, 40, -1])
    def test_a_blob_cut_short_is_refused(self, cut: int) -> None:
        with pytest.raises(PackedDaysError):
            list(unpack_days(pack_days(noisy(2, days=1))[:cut]))

    def test_another_format_is_refused(self) -> None:
        with pytest.raises(PackedDaysError, match="format 9"):
            list(unpack_days(b"\x09" + pack_days([])[1:]))
