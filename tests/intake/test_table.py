"""Tables are found by their headings, wherever these stand and whatever language they are in."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from kwit.intake.table import Column, Layout, read_tables
from tests.intake.files import table_text, workbook

LAYOUT = Layout(
    kind="things",
    sheet_names=frozenset({"rzeczy"}),
    columns=(Column("name", ("nazwa",)), Column("price", ("cena", "cena zl")), Column("since", ("od",))),
    needs=(("name",), ("price",)),
)


def read(content: bytes | str) -> object:
    raw = content.encode() if isinstance(content, str) else content
    return read_tables(content=raw, layouts=(LAYOUT,))


def codes(found: object) -> list[str]:
    return [finding.code for finding in found.findings]


class TestHeadings:
    def test_may_stand_below_a_title(self) -> None:
        found = read(workbook({"Rzeczy": [["Zestawienie"], [], ["Nazwa", "Cena [zł]"], ["a", 1]]}))
        [row] = found.tables[0].each_row()
        assert (row.number, row.text("name"), row.decimal("price")) == (4, "a", Decimal(1))

    def test_may_be_english_and_in_any_order(self) -> None:
        [row] = read("price,NAME\n5,x\n").tables[0].each_row()
        assert (row.text("name"), row.decimal("price")) == ("x", Decimal(5))

    def test_that_lack_a_column_reject_the_sheet(self) -> None:
        found = read("Nazwa;Od\na;2026-01-01\n")
        assert codes(found) == ["missing_column"]
        assert found.tables == ()

    def test_with_a_column_twice_reject_the_sheet(self) -> None:
        assert codes(read("Nazwa;Cena;Price\na;1;2\n")) == ["column_twice"]

    def test_nobody_knows_reject_the_file(self) -> None:
        assert codes(read("a;b\n1;2\n")) == ["no_heading"]

    def test_nobody_knows_on_one_sheet_of_several_skip_that_sheet(self) -> None:
        found = read(workbook({"Rzeczy": [["Nazwa", "Cena"], ["a", 1]], "Uwagi": [["x", "y"], [1, 2]]}))
        assert codes(found) == ["sheet_skipped"]
        assert len(found.tables) == 1

    def test_of_an_empty_file_are_missed(self) -> None:
        assert codes(read("")) == ["empty_file"]


class TestRows:
    def test_collect_every_error_with_its_place(self) -> None:
        [row] = read(table_text([["Nazwa", "Cena", "Od"], ["", "x", "y"]])).tables[0].each_row()
        row.required("name")
        row.decimal("price")
        row.day("since")
        assert [(f.code, f.row, f.column, f.value) for f in row.findings] == [
            ("missing_value", 2, "Nazwa", ""),
            ("not_a_number", 2, "Cena", "x"),
            ("not_a_date", 2, "Od", "y"),
        ]
        assert not row.sound

    def test_shorter_than_the_heading_have_empty_cells(self) -> None:
        [row] = read("Nazwa;Cena;Od\na;1\n").tables[0].each_row()
        assert row.day("since") is None
        assert row.sound

    def test_mix_decimal_commas_and_points(self) -> None:
        rows = (
            read("Nazwa;Cena;Od\na;1,5;31.01.2026\nb;1.5;2026-01-31\nc;1.234,5;31-01-2026\n")
            .tables[0]
            .each_row()
        )
        assert [(row.decimal("price"), row.day("since")) for row in rows] == [
            (Decimal("1.5"), date(2026, 1, 31)),
            (Decimal("1.5"), date(2026, 1, 31)),
            (Decimal("1234.5"), date(2026, 1, 31)),
        ]


class TestAnyBytes:
    @given(st.binary(max_size=400))
    def test_become_tables_or_findings(self, content: bytes) -> None:
        found = read(content)
        assert found.tables or found.findings

    @given(st.text(alphabet='Nazwa;Cen"\n,\t1.5=\r\x00Ł', max_size=200))
    def test_that_look_like_tables_become_tables_or_findings(self, text: str) -> None:
        found = read("Nazwa;Cena\n" + text)
        for table in found.tables:
            for row in table.each_row():
                row.decimal("price")
        assert found.tables or found.findings
