"""Attachments of structured invoices: only where the company chose them, of the invoice's own data, and valid."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from ksef_client.documents.fa3 import parse_invoice_xml

from kwit.documents.document import Document
from kwit.documents.fa3 import NAMESPACE, fa3_xml, made_at
from kwit.documents.fa3_check import check_fa3
from kwit.documents.fa3_elements import has_attachment
from kwit.kernel.money import total
from kwit.registry.company import CompanySettings
from kwit.registry.ksef_settings import KsefSettings
from tests.billing.company import company_settings
from tests.documents import bills
from tests.documents.fa3_kinds import KINDS
from tests.documents.test_fa3_kinds import content_of, document_of, lines_of, written

GOLDENS = Path(__file__).parent / "goldens"
SPACED = f"{{{NAMESPACE}}}"


def settings(*, attachments: bool = True) -> CompanySettings:
    chosen = KsefSettings(since=date(2026, 2, 1), attachments=attachments)
    return company_settings().model_copy(update={"ksef": chosen})


def attached(document: Document) -> bytes:
    return fa3_xml(document=document, settings=settings(), made_at=made_at(document))


def blocks(xml: bytes) -> list[ET.Element]:
    return ET.fromstring(xml).findall(f"{SPACED}Zalacznik/{SPACED}BlokDanych")  # noqa: S314 - our own bytes


def table(block: ET.Element, title: str) -> list[dict[str, str]]:
    """Return a table of a block as rows by the names of their columns."""
    rows = []
    for found in block.findall(f"{SPACED}Tabela"):
        if found.findtext(f"{SPACED}Opis") == title:
            names = [one.text or "" for one in found.iter(f"{SPACED}NKom")]
            rows += [
                dict(zip(names, (cell.text or "" for cell in row), strict=True))
                for row in found.findall(f"{SPACED}Wiersz")
            ]
    return rows


def facts(block: ET.Element) -> dict[str, str]:
    return {one[0].text or "": one[1].text or "" for one in block.findall(f"{SPACED}MetaDane")}


@pytest.mark.parametrize("kind", sorted(KINDS))
class TestEveryKind:
    def test_with_an_attachment_is_valid_and_the_same_before_it(self, kind: str) -> None:
        xml = attached(document_of(kind))
        assert check_fa3(xml) == []
        before, _, _ = xml.partition(b" <Zalacznik>")
        assert written(kind).startswith(before.removesuffix(b"</Faktura>"))

    def test_without_the_choice_has_none(self, kind: str) -> None:
        document = document_of(kind)
        chosen = settings(attachments=False)
        assert fa3_xml(document=document, settings=chosen, made_at=made_at(document)) == written(kind)
        assert not has_attachment(written(kind))

    def test_has_every_line_in_a_table_with_its_net(self, kind: str) -> None:
        xml, lines = attached(document_of(kind)), lines_of(content_of(document_of(kind)))
        titles = {one.text or "" for one in ET.fromstring(xml).iter(f"{SPACED}Opis")}  # noqa: S314 - our own bytes
        rows = [
            row
            for block in blocks(xml)
            for title in sorted(titles)
            if title.startswith("Rozliczenie")
            for row in table(block, title)
        ]
        expected = [] if not has_attachment(xml) else [line.net for _, line in lines]
        assert sorted(Decimal(row["Należność netto (zł)"]) for row in rows) == sorted(expected)


class TestWhatItSays:
    def test_readings_stand_with_days_kinds_and_use(self) -> None:
        (block,) = blocks(attached(bills.issued(bills.estimated())))
        (row,) = table(block, "Odczyty")
        assert row == {
            "Licznik": "L-U/1", "Liczydło": "1.8.0", "Strefa": "", "Rodzaj": "pobór",
            "Data poprzednia": "2026-02-28", "Wskazanie poprzednie": "1000",
            "Sposób odczytu poprzedniego": "rzeczywisty",
            "Data bieżąca": "2026-03-31", "Wskazanie bieżące": "1150.4",
            "Sposób odczytu bieżącego": "szacowany",
            "Mnożna": "1", "Ilość": "150.4", "j. m.": "kWh", "Uwagi": "",
        }  # fmt: skip

    def test_a_series_says_its_days(self) -> None:
        (block,) = blocks(attached(bills.issued(bills.firm_with_series())))
        assert {row["Uwagi"] for row in table(block, "Odczyty")} == {"szereg czasowy, 31 dni"}

    def test_the_point_the_group_and_the_period_are_named(self) -> None:
        bill = bills.with_history()
        (block,) = blocks(attached(bills.issued(bill)))
        told = facts(block)
        assert told["Kod PPE"] == bill.point.ppe
        assert told["Grupa taryfowa"] == bill.group
        assert (told["Za okres od"], told["Za okres do"]) == ("2026-03-01", "2026-03-31")
        assert told["Energia zużyta w analogicznym okresie poprzedniego roku"] == "160 kWh"

    def test_a_correction_shows_before_and_after(self) -> None:
        found = blocks(attached(document_of("correction_reading_lower")))
        assert [one.findtext(f"{SPACED}ZNaglowek") for one in found] == ["Przed korektą", "Po korekcie"]
        states = [table(one, "Odczyty")[0]["Wskazanie bieżące"] for one in found]
        assert states == ["1150.4", "1138.4"]

    def test_a_collective_invoice_has_a_block_for_each_contract(self) -> None:
        found = blocks(attached(document_of("collective_three_points")))
        assert [one.findtext(f"{SPACED}ZNaglowek") for one in found] == [f"Umowa U/{n}" for n in (1, 2, 3)]

    def test_a_connection_has_none_for_it_has_no_units_to_explain(self) -> None:
        assert not has_attachment(attached(document_of("connection")))

    def test_more_rows_than_a_table_takes_are_on_several_and_the_sum_is_under_the_last(self) -> None:
        bill = bills.with_many_lines(2500)
        xml = attached(bills.issued(bill))
        assert [one for one in check_fa3(xml) if one.refuses] == []
        (block,) = blocks(xml)
        tables = [one for one in block.findall(f"{SPACED}Tabela") if one.findall(f"{SPACED}Suma")]
        assert len(block.findall(f"{SPACED}Tabela")) == 1 + 3
        (last,) = tables
        sums = [one.text or "" for one in last.iter(f"{SPACED}SKom")]
        assert Decimal(sums[8]) == total(line.net for line in bill.lines)

    def test_the_other_reader_finds_it(self) -> None:
        read = parse_invoice_xml(attached(document_of("household")))
        assert read.attachment is not None
        assert [one.description for one in read.attachment.blocks[0].tables] == [
            "Odczyty", "Rozliczenie: Sprzedaż energii", "Rozliczenie: Usługa dystrybucji",
        ]  # fmt: skip


class TestSize:
    def test_three_megabytes_are_allowed_with_it_and_one_without(self) -> None:
        xml = attached(document_of("household"))
        filled = xml + b" " * 2_900_000
        assert check_fa3(filled) == []
        assert [one.code for one in check_fa3(xml + b" " * 3_000_000)] == ["too_large"]
        assert [one.code for one in check_fa3(written("household") + b" " * 1_000_000)] == ["too_large"]

    def test_ninety_contracts_fit(self) -> None:
        xml = attached(document_of("collective_ninety"))
        assert len(xml) < 3_000_000
        assert check_fa3(xml) == []


@pytest.mark.parametrize("kind", ["household", "correction_price", "collective_three_points"])
def test_golden_without(kind: str, golden) -> None:  # type: ignore[no-untyped-def]  # the fixture of conftest
    golden(GOLDENS / f"fa3_{kind}.xml", written(kind).decode())


def test_golden_with(golden) -> None:  # type: ignore[no-untyped-def]  # the fixture of conftest
    golden(GOLDENS / "fa3_household_attachment.xml", attached(document_of("household")).decode())
