"""YAML as people edit it is read into plain values, with the line of each."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwit.tariffs.findings import Code
from kwit.tariffs.yaml_file import LooseNumber, read_yaml


def value(text: str) -> object:
    file = read_yaml(f"x: {text}\n".encode())
    assert file.findings == ()
    assert isinstance(file.data, dict)
    return file.data["x"]


class TestAPlainScalar:
    @pytest.mark.parametrize(
        ("text", "wanted"),
        [
            ("59", 59),
            ("-3", -3),
            ("2026-01-31", date(2026, 1, 31)),
            ("true", True),
            ("false", False),
            ("null", None),
            ("~", None),
            ("", None),
        ],
    )
    def test_is_read_as_what_it_plainly_says(self, text: str, wanted: object) -> None:
        assert value(text) == wanted
        assert type(value(text)) is type(wanted)

    @pytest.mark.parametrize(
        "text", ["yes", "no", "on", "off", "6-13", "4-9", "12:30", "2026-13-45", "2026-01"]
    )
    def test_that_other_readers_would_guess_at_stays_text(self, text: str) -> None:
        assert value(text) == text

    @pytest.mark.parametrize("text", ["0.3469", "1e3", "010", ".5", "1_000", ".inf", ".nan", "9" * 40])
    def test_that_is_a_number_but_not_plainly_whole_stays_loose(self, text: str) -> None:
        assert value(text) == LooseNumber(text)

    @pytest.mark.parametrize("text", ["'0.3469'", '"0.3469"', '"59"', '"true"'])
    def test_in_quotation_marks_is_always_text(self, text: str) -> None:
        assert value(text) == text[1:-1]


class TestAFile:
    def test_tells_the_line_of_every_path(self) -> None:
        file = read_yaml(b"a:\n  - b: 1\n  - c: 2\n")
        assert file.lines["a", 0, "b"] == 2
        assert file.lines["a", 1] == 3

    def test_with_a_byte_order_mark_is_read(self) -> None:
        assert read_yaml(b"\xef\xbb\xbfa: 1\n").data == {"a": 1}

    def test_keeps_the_first_of_two_equal_keys_and_says_so(self) -> None:
        file = read_yaml(b"a: 1\nb: 2\na: 3\n")
        assert file.data == {"a": 1, "b": 2}
        assert [(found.code, found.line) for found in file.findings] == [(Code.DUPLICATE_KEY, 3)]

    def test_with_a_list_for_a_key_is_found_fault_with(self) -> None:
        assert [found.code for found in read_yaml(b"? [a]\n: 1\n").findings] == [Code.WRONG_VALUE]

    def test_that_would_expand_a_billion_times_is_refused_before_it_does(self) -> None:
        bomb = "a: &a [x,x]\n" + "".join(
            f"{chr(98 + i)}: &{chr(98 + i)} [*{chr(97 + i)},*{chr(97 + i)}]\n" for i in range(20)
        )
        file = read_yaml(bomb.encode())
        assert file.data is None
        assert {found.code for found in file.findings} == {Code.ALIAS}

    def test_that_breaks_off_names_the_line(self) -> None:
        (found,) = read_yaml(b"a: 1\nb: [1, 2\n").findings
        assert found.code is Code.BAD_YAML
        assert found.line is not None

    def test_that_is_empty_holds_nothing(self) -> None:
        file = read_yaml(b"")
        assert (file.data, file.findings) == (None, ())

    @given(st.dictionaries(st.text("abcxyz", min_size=1), st.text("abc0123456789.- ", max_size=12)))
    def test_with_quoted_text_gives_back_the_very_text(self, data: dict[str, str]) -> None:
        written = "".join(f'"{key}": "{text}"\n' for key, text in data.items())
        assert (read_yaml(written.encode()).data or {}) == data
