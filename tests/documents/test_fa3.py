"""Structured invoices of every kind are valid by the official schema and say what the document says."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwit.documents.document import Document
from kwit.documents.fa3 import NAMESPACE, RateNotInFa3Error, fa3_xml
from kwit.documents.fa3_check import check_fa3
from kwit.kernel.identifiers import content_hash
from tests.billing import samples
from tests.billing.company import company_settings
from tests.documents import corrections

MADE_AT = datetime(2026, 4, 8, 9, 30, tzinfo=UTC)
EXAMPLES = Path(__file__).parents[2].parent / "shared" / "ksef" / "fa3_examples"


def xml_of(document: Document) -> bytes:
    return fa3_xml(document=document, settings=company_settings(), made_at=MADE_AT)


def told(xml: bytes, path: str) -> list[str]:
    spaced = "/".join(f"{{{NAMESPACE}}}{name}" for name in path.split("/"))
    return [one.text or "" for one in ET.fromstring(xml).findall(spaced)]  # noqa: S314 - our own bytes


def changed(document: Document, **changes: Any) -> Document:
    content = document.bill().model_copy(update=changes).canonical()
    return replace(document, content=content, content_hash=content_hash(content))


def test_a_bill_is_valid_and_says_number_dates_sums_and_lines() -> None:
    document = samples.document()
    xml = xml_of(document)
    assert check_fa3(xml) == []
    bill = document.bill()
    assert told(xml, "Fa/P_2") == [document.number]
    assert told(xml, "Fa/P_1") == [document.issue_date.isoformat()]
    assert told(xml, "Fa/OkresFa/P_6_Od") == [bill.start.isoformat()]
    assert (told(xml, "Fa/P_13_1"), told(xml, "Fa/P_14_1")) == ([str(bill.net)], [str(bill.vat)])
    assert told(xml, "Fa/P_15") == [str(bill.gross)]
    nets = [Decimal(one) for one in told(xml, "Fa/FaWiersz/P_11")]
    assert nets == [line.net for line in bill.lines]
    assert told(xml, "Podmiot2/DaneIdentyfikacyjne/BrakID") == ["1"]
    assert told(xml, "Fa/RodzajFaktury") == ["VAT"]


def test_the_same_document_gives_the_same_bytes() -> None:
    assert xml_of(samples.document()) == xml_of(samples.document())


def test_a_firm_is_named_by_its_nip_and_who_takes_the_energy_beside_who_pays() -> None:
    document = samples.document()
    payer = document.bill().payer.model_copy(
        update={"party_id": "K-9", "name": "Zarząd & Spółka <sp.>", "nip": "5260250274"}
    )
    xml = xml_of(changed(document, payer=payer))
    assert check_fa3(xml) == []
    assert told(xml, "Podmiot2/DaneIdentyfikacyjne/NIP") == ["5260250274"]
    assert told(xml, "Podmiot2/DaneIdentyfikacyjne/Nazwa") == ["Zarząd & Spółka <sp.>"]
    assert told(xml, "Podmiot3/OpisRoli") == ["Odbiorca energii"]


@pytest.mark.parametrize("name", sorted(corrections.SHAPES))
def test_a_correction_names_what_it_corrects_and_shows_lines_before_and_after(name: str) -> None:
    document = corrections.SHAPES[name]()
    xml = xml_of(document)
    assert [one for one in check_fa3(xml) if one.refuses] == []
    assert told(xml, "Fa/RodzajFaktury") == ["KOR"]
    assert len(told(xml, "Fa/DaneFaKorygowanej/NrFaKorygowanej")) == 1
    assert told(xml, "Fa/DaneFaKorygowanej/NrKSeFN") == ["1"]
    content = document.read()
    before = told(xml, "Fa/FaWiersz/StanPrzed")
    assert len(before) == len(content.before.lines)  # type: ignore[union-attr]  # a correction
    assert told(xml, "Fa/P_15") == [str(content.gross)]


def test_what_a_deposit_pays_is_taken_off() -> None:
    document = samples.document()
    gross = document.bill().gross
    xml = xml_of(changed(document, payable=gross - Decimal("100.00")))
    assert check_fa3(xml) == []
    assert told(xml, "Fa/Rozliczenie/SumaOdliczen") == ["100.00"]
    assert told(xml, "Fa/Rozliczenie/DoZaplaty") == [str(gross - Decimal("100.00"))]
    owed = xml_of(changed(document, payable=Decimal("-5.00")))
    assert told(owed, "Fa/Rozliczenie/DoRozliczenia") == ["5.00"]


def test_a_rate_without_a_field_is_named() -> None:
    document = samples.document()
    bill = document.bill()
    rows = (bill.vat_rows[0].model_copy(update={"rate": Decimal("0.22")}),)
    with pytest.raises(RateNotInFa3Error, match=r"FV/2026/04/000001: VAT rate 0\.22"):
        xml_of(changed(document, vat_rows=rows))


@given(name=st.text(min_size=1, max_size=700), street=st.text(max_size=700))
def test_no_text_of_a_registry_makes_an_invalid_file(name: str, street: str) -> None:
    document = samples.document()
    payer = document.bill().payer.model_copy(update={"name": f"A{name}", "street": f"B{street}"})
    assert [one for one in check_fa3(xml_of(changed(document, payer=payer))) if one.refuses] == []


@pytest.mark.parametrize(
    ("spoiled", "code"),
    [
        (lambda xml: b"\xef\xbb\xbf" + xml, "byte_order_mark"),
        (lambda xml: xml.replace(b"<P_2>", b"<P_2>\xff"), "not_utf8"),
        (lambda xml: xml[:-20], "not_xml"),
        (lambda xml: xml.replace(b"<KodWaluty>PLN</KodWaluty>", b""), "schema"),
        (lambda xml: xml.replace(b"<Faktura", b"<?x y?><Faktura"), "instruction"),
        (lambda xml: xml.replace(b"<Faktura", b'<!DOCTYPE F [<!ENTITY a "b">]><Faktura'), "doctype"),
        (lambda xml: xml + b" " * 1_000_000, "too_large"),
        (lambda xml: xml.replace(b"<P_15>", b"<P_15>1"), "totals"),
    ],
)
def test_what_ksef_refuses_is_named(spoiled: Any, code: str) -> None:
    assert code in {one.code for one in check_fa3(spoiled(xml_of(samples.document())))}


def test_the_ministrys_own_examples_may_be_sent() -> None:
    if not EXAMPLES.is_dir():
        pytest.skip("the ministry's examples are not beside this checkout")
    files = sorted(EXAMPLES.glob("*.xml"))
    assert len(files) == 26
    for file in files:
        assert [one for one in check_fa3(file.read_bytes()) if one.refuses] == [], file.name
