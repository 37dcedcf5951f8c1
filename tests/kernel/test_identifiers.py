"""Identifiers: check digits hold, ids and hashes depend on content alone."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwit.kernel.identifiers import (
    PointCodeError,
    canonical_json,
    content_hash,
    deterministic_id,
    gs1_check_digit,
    point_code,
)
from kwit.kernel.provenance import Source


class TestPointCode:
    @pytest.mark.parametrize(
        "code", ["590310600000000019", "590243000000000009", "590543000000001232", "590377999100000001"]
    )
    def test_accepts_codes_with_a_right_check_digit(self, code: str) -> None:
        assert point_code(f" {code[:6]} {code[6:]} ") == code

    @pytest.mark.parametrize(
        ("code", "problem"),
        [
            ("590310600000000018", "check digit is 8, should be 9"),
            ("59031060000000001", "has 17 digits"),
            ("59031060000000001X", "signs other than digits"),
            ("５90310600000000019", "signs other than digits"),
        ],
    )
    def test_says_what_is_wrong(self, code: str, problem: str) -> None:
        with pytest.raises(PointCodeError) as caught:
            point_code(code)
        assert problem in caught.value.problem
        assert caught.value.code == code

    @given(st.text("0123456789", min_size=17, max_size=17), st.integers(0, 16), st.integers(1, 9))
    def test_finds_any_one_wrong_digit(self, body: str, place: int, shift: int) -> None:
        code = body + str(gs1_check_digit(body))
        wrong = code[:place] + str((int(code[place]) + shift) % 10) + code[place + 1 :]
        assert point_code(code) == code
        with pytest.raises(PointCodeError):
            point_code(wrong)


class TestDeterministicId:
    def test_tells_parts_apart(self) -> None:
        assert deterministic_id("a", "bc") != deterministic_id("ab", "c")

    def test_is_the_same_every_time(self) -> None:
        assert deterministic_id("bill", "K/1", 2026) == deterministic_id("bill", "K/1", "2026")


class TestCanonicalJson:
    def test_does_not_depend_on_order(self) -> None:
        assert canonical_json({"b": Decimal("1.10"), "a": [1, None]}) == b'{"a":[1,null],"b":"1.10"}'
        assert canonical_json({"a": [1, None], "b": Decimal("1.10")}) == b'{"a":[1,null],"b":"1.10"}'

    @pytest.mark.parametrize("value", [0.5, {"x": 1.0}, [object()]])
    def test_refuses_floats_and_objects(self, value: object) -> None:
        with pytest.raises(TypeError, match="not plain data"):
            canonical_json(value)


def test_a_content_is_named_by_its_bytes() -> None:
    assert content_hash(b"kwit") != content_hash(b"kWit")


def test_a_source_reads_as_file_sheet_and_row() -> None:
    assert str(Source("a.xlsx", "0123456789abcdef", 7, "odczyty")) == "a.xlsx!odczyty:7 (0123456789ab)"
