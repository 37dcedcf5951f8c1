"""Text is decoded and split as its writer meant it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwit.intake.sheet import UnreadableFileError
from kwit.intake.text import decode, read_text
from kwit.intake.words import plain

POLISH = "Zażółć gęślą jaźń; Łódź, Świdnica"


def known(texts: object) -> int:
    return sum(plain(text) in {"ppe", "data", "stan"} for text in texts)


def cells(text: str) -> list[tuple[object, ...]]:
    return [row.cells for row in read_text(text, known_columns=known).rows]


class TestDecoding:
    @pytest.mark.parametrize(
        ("encoding", "found"),
        [
            ("utf-8", "utf-8"),
            ("utf-8-sig", "utf-8-sig"),
            ("utf-16", "utf-16"),
            ("windows-1250", "windows-1250"),
            ("iso-8859-2", "iso-8859-2"),
        ],
    )
    def test_finds_the_encoding(self, encoding: str, found: str) -> None:
        decoded = decode(POLISH.encode(encoding))
        assert (decoded.text, decoded.encoding, decoded.findings) == (POLISH, found, ())

    def test_takes_windows_1250_when_the_letters_decide_nothing(self) -> None:
        assert decode("Chełm".encode("iso-8859-2")).encoding == "windows-1250"

    def test_leaves_out_nul_bytes_with_a_remark(self) -> None:
        decoded = decode(b"da\x00ta;st\x00an")
        assert decoded.text == "data;stan"
        assert [finding.code for finding in decoded.findings] == ["nul_bytes"]

    @pytest.mark.parametrize("content", [b"\xff\xfea", b"\xef\xbb\xbf\xff", b"\x81\x90\xff"])
    def test_refuses_what_is_no_text(self, content: bytes) -> None:
        with pytest.raises(UnreadableFileError) as caught:
            decode(content)
        assert caught.value.code == "unknown_encoding"

    @given(st.binary(max_size=200))
    def test_of_any_bytes_gives_text_or_a_named_refusal(self, content: bytes) -> None:
        try:
            decoded = decode(content)
        except UnreadableFileError:
            return
        assert "\x00" not in decoded.text


class TestSplitting:
    @pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
    def test_finds_the_delimiter_by_the_known_names(self, delimiter: str) -> None:
        text = f"PPE{delimiter}Data{delimiter}Stan\r\n1{delimiter}2{delimiter}3\r\n"
        assert cells(text) == [("PPE", "Data", "Stan"), ("1", "2", "3")]

    def test_is_not_misled_by_decimal_commas(self) -> None:
        assert cells("PPE;Stan\n1;2,5\n2;3,5\n")[1:] == [("1", "2,5"), ("2", "3,5")]

    def test_keeps_delimiters_and_line_ends_inside_quotes(self) -> None:
        rows = read_text('PPE;Stan\n"a;b\nc";1\nd;2\n', known_columns=known).rows
        assert [(row.number, row.cells[0]) for row in rows] == [(1, "PPE"), (2, "a;b\nc"), (4, "d")]

    def test_reads_quotes_in_the_middle_of_a_name(self) -> None:
        assert cells('PPE;Stan\nFirma "Żuk" sp. z o.o.;1\n')[1][0] == 'Firma "Żuk" sp. z o.o.'

    def test_takes_off_the_formula_dress_of_portals(self) -> None:
        assert cells('PPE;Data\n1;="2025-09-01 00:59"\n')[1][1] == "2025-09-01 00:59"

    def test_does_not_cut_lines_at_rare_separators(self) -> None:
        assert cells("PPE;Stan\na\u2028b;1\n")[1] == ("a\u2028b", "1")

    def test_refuses_an_unclosed_quote_that_would_swallow_the_file(self) -> None:
        with pytest.raises(UnreadableFileError) as caught:
            read_text('PPE;Stan\n"a;1\n' + "b;2\n" * 50, known_columns=known)
        assert (caught.value.code, caught.value.value) == ("broken_csv", "2")

    def test_refuses_an_endless_line(self) -> None:
        with pytest.raises(UnreadableFileError) as caught:
            read_text("x" * 20_001, known_columns=known)
        assert caught.value.code == "line_too_long"

    def test_refuses_too_many_rows(self) -> None:
        with pytest.raises(UnreadableFileError) as caught:
            read_text("1\n" * 300_001, known_columns=known)
        assert caught.value.code == "too_many_rows"
