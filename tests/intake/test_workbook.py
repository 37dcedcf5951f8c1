"""Workbooks are read exactly, and nothing hostile reaches the parser."""

import zipfile
from datetime import date
from decimal import Decimal
from io import BytesIO
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwit.intake import workbook as guarded
from kwit.intake.sheet import UnreadableFileError
from kwit.intake.workbook import OLE_MAGIC, read_workbook
from tests.intake.files import rebuilt, workbook

SMALL = workbook({"Odczyty": [["PPE", "Stan"], ["590543000000001232", 1234.567], ["", date(2026, 1, 31)]]})
SHEET = "xl/worksheets/sheet1.xml"


def with_sheet(xml: bytes) -> bytes:
    return rebuilt(SMALL, lambda part, data: xml if part == SHEET else data)


def sheet_xml(inner: str) -> bytes:
    head = '<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    return f"{head}<sheetData>{inner}</sheetData></worksheet>".encode()


def refusal(content: bytes) -> str:
    """Return the code a workbook is refused with, making sure that the parser never saw it."""
    with (
        patch.object(guarded, "_parsed", side_effect=AssertionError("reached the parser")),
        pytest.raises(UnreadableFileError) as caught,
    ):
        read_workbook(content)
    return caught.value.code


OUTCOMES = {
    "read", "truncated_workbook", "unsupported_workbook", "workbook_too_large", "sheet_too_large",
    "workbook_entities",
}  # fmt: skip


def outcome(content: bytes) -> str:
    """Say whether a workbook is read or with which code it is refused; any other error is a failure."""
    try:
        read_workbook(content)
    except UnreadableFileError as error:
        return error.code
    return "read"


class TestReading:
    def test_numbers_come_back_with_the_digits_the_sheet_shows(self) -> None:
        [sheet] = read_workbook(workbook({"a": [[0.1 + 0.2, 1234.567, 12]]}))
        assert sheet.rows[0].cells == (Decimal("0.3"), Decimal("1234.567"), Decimal(12))

    def test_rows_keep_the_numbers_a_person_sees(self) -> None:
        [sheet] = read_workbook(workbook({"a": [[], [], ["x"], [], [0]]}))
        assert [(row.number, row.cells[0]) for row in sheet.rows] == [(3, "x"), (5, Decimal(0))]

    def test_typed_dates_stay_dates(self) -> None:
        [sheet] = read_workbook(SMALL)
        assert sheet.rows[2].cells[1] == date(2026, 1, 31)

    def test_cells_without_addresses_are_read(self) -> None:
        [sheet] = read_workbook(with_sheet(sheet_xml("<row><c><v>1</v></c><c><v>2</v></c></row>")))
        assert sheet.rows[0].cells == (Decimal(1), Decimal(2))

    def test_yes_no_and_clock_cells_stay_what_they_are(self) -> None:
        inner = '<row r="1"><c r="A1" t="b"><v>1</v></c><c r="B1" t="str"><v>NaN</v></c></row>'
        [sheet] = read_workbook(with_sheet(sheet_xml(inner)))
        assert sheet.rows[0].cells == (True, "NaN")


class TestRefusals:
    def test_a_panic_of_the_parser_is_a_damaged_file(self) -> None:
        panic = type("PanicException", (BaseException,), {"__module__": "pyo3_runtime"})
        with (
            patch.object(guarded, "_sheets", side_effect=panic("index out of bounds")),
            pytest.raises(UnreadableFileError) as caught,
        ):
            read_workbook(SMALL)
        assert caught.value.code == "truncated_workbook"

    def test_an_interrupt_is_let_through(self) -> None:
        with (
            patch.object(guarded, "_sheets", side_effect=KeyboardInterrupt),
            pytest.raises(KeyboardInterrupt),
        ):
            read_workbook(SMALL)

    def test_a_binary_workbook_is_refused(self) -> None:
        assert (
            refusal(rebuilt(SMALL, lambda _, data: data, extra={"xl/workbook.bin": b"x"}))
            == "unsupported_workbook"
        )

    def test_a_far_cell_is_refused_before_the_parser(self) -> None:
        far = with_sheet(sheet_xml('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'))
        assert len(far) < 10_000
        assert refusal(far) == "sheet_too_large"

    @pytest.mark.parametrize(
        "inner",
        [
            """<row r='1'><c t='>' r = 'XFD1048576'><v>1</v></c></row>""",
            '<row r="1"><c t="n"r="XFD1048576"><v>1</v></c></row>',
            '<row r="1048575"/><row><c/></row><row r="2">' + "<c/>" * 40 + "</row>",
            '<row r="1"><c r="A&#49;048576"><v>1</v></c></row>',
            '<row r="1"><c r="ABCDEFGH1"><v>1</v></c></row>',
        ],
    )
    def test_a_far_cell_in_disguise_is_refused(self, inner: str) -> None:
        assert refusal(with_sheet(sheet_xml(inner))) == "sheet_too_large"

    def test_a_sheet_in_another_encoding_is_refused(self) -> None:
        text = '<?xml version="1.0" encoding="UTF-16"?><worksheet/>'
        assert refusal(with_sheet(text.encode("utf-16"))) == "unsupported_workbook"

    def test_a_far_cell_outside_the_usual_folder_is_refused(self) -> None:
        hidden = sheet_xml('<row r="1048576"><c r="XFD1048576"/></row>')
        assert (
            refusal(rebuilt(SMALL, lambda _, data: data, extra={"xl/media/a.png": hidden}))
            == "sheet_too_large"
        )

    def test_a_zip_bomb_is_refused(self) -> None:
        bomb = rebuilt(SMALL, lambda _, data: data, extra={"xl/big.xml": b" " * 101_000_000})
        assert len(bomb) < 1_000_000
        assert refusal(bomb) == "workbook_too_large"

    def test_a_zip_bomb_whose_directory_lies_is_refused(self) -> None:
        bomb = bytearray(rebuilt(SMALL, lambda _, data: data, extra={"xl/big.xml": b" " * 101_000_000}))
        at = bomb.rfind(b"PK\x01\x02")
        bomb[at + 24 : at + 28] = (1000).to_bytes(4, "little")
        assert refusal(bytes(bomb)) in {"workbook_too_large", "truncated_workbook"}

    def test_too_many_parts_are_refused(self) -> None:
        many = rebuilt(SMALL, lambda _, data: data, extra={f"xl/p{i}.xml": b"" for i in range(2001)})
        assert refusal(many) == "workbook_too_large"

    def test_billion_laughs_are_refused(self) -> None:
        laughs = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>'
        assert refusal(with_sheet(laughs)) == "workbook_entities"

    def test_an_encrypted_or_old_file_is_refused(self) -> None:
        assert refusal(OLE_MAGIC + b"\x00" * 600) == "encrypted_or_old_excel"

    def test_another_kind_of_archive_is_refused(self) -> None:
        buffer = BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("content.xml", "<office/>")
        assert refusal(buffer.getvalue()) == "unsupported_workbook"

    @pytest.mark.parametrize("kept", [10, 100, 1000, len(SMALL) // 2, len(SMALL) - 1])
    def test_a_truncated_file_is_refused(self, kept: int) -> None:
        assert refusal(SMALL[:kept]) == "truncated_workbook"


class TestMutations:
    @given(st.data())
    def test_a_damaged_file_is_read_or_refused_by_name(self, data: st.DataObject) -> None:
        content = bytearray(SMALL)
        for place in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=8)):
            content[place] = data.draw(st.integers(0, 255))
        assert outcome(bytes(content)) in OUTCOMES

    @given(st.data())
    def test_damaged_markup_is_read_or_refused_by_name(self, data: st.DataObject) -> None:
        part = data.draw(st.sampled_from([SHEET, "xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml"]))

        def damage(name: str, xml: bytes) -> bytes:
            if name != part:
                return xml
            start = data.draw(st.integers(0, len(xml) - 1))
            return (
                xml[:start] + data.draw(st.binary(max_size=6)) + xml[start + data.draw(st.integers(0, 6)) :]
            )

        assert outcome(rebuilt(SMALL, damage)) in OUTCOMES
