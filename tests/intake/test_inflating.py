"""Packed files unpack under a cap, or are refused by name; lines are cut without holding long ones."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwit.intake.inflating import each_line, first_bytes, inflated, pieces
from kwit.intake.sheet import UnreadableFileError


class TestUnpacking:
    @given(st.lists(st.binary(max_size=300), min_size=1, max_size=4), st.integers(0, 20))
    def test_gives_back_every_member(self, members: list[bytes], padding: int) -> None:
        packed = b"".join(gzip.compress(one, mtime=0) for one in members) + b"\x00" * padding
        assert inflated(packed) == b"".join(members)

    def test_leaves_plain_bytes_as_they_are(self) -> None:
        assert (inflated(b"PPE;Stan"), first_bytes(b"PPE"), first_bytes(b"")) == (b"PPE;Stan", b"PPE", b"")

    def test_stops_at_the_cap_long_before_a_bomb_is_unpacked(self) -> None:
        taken: list[int] = []
        with pytest.raises(UnreadableFileError) as caught:
            taken.extend(map(len, pieces(gzip.compress(b"\x00" * 50_000_000), limit=1_000_000)))
        assert caught.value.code == "unpacks_too_large"
        assert sum(taken) <= 1_000_000

    @given(st.integers(0, 60), st.binary(min_size=1, max_size=3))
    def test_of_a_damaged_file_is_refused_or_exact(self, place: int, noise: bytes) -> None:
        packed = bytearray(gzip.compress(b"590543000000001232;1\n" * 40, mtime=0))
        packed[2 + place : 2 + place + len(noise)] = noise
        found: bytes | str
        try:
            found = inflated(bytes(packed))
        except UnreadableFileError as error:
            found = error.code
        assert found in {"bad_gzip", b"590543000000001232;1\n" * 40}

    @pytest.mark.parametrize("cut", [1, 8, 12, 30])
    def test_of_a_file_cut_off_is_refused(self, cut: int) -> None:
        with pytest.raises(UnreadableFileError) as caught:
            inflated(gzip.compress(bytes(range(200)))[:-cut])
        assert caught.value.code == "bad_gzip"


class TestLines:
    @given(st.binary(max_size=200), st.integers(1, 7))
    def test_are_the_same_however_the_stream_is_cut(self, content: bytes, size: int) -> None:
        parts = [content[start : start + size] for start in range(0, len(content), size)]
        assert list(each_line(parts, limit=10)) == list(each_line([content], limit=10))

    def test_keep_their_numbers_when_one_is_too_long(self) -> None:
        parts = [b"a\r\n" + b"x" * 9, b"x" * 9, b"x\nb\n", b"y" * 30]
        assert list(each_line(parts, limit=10)) == [(1, b"a"), (2, None), (3, b"b"), (4, None)]
