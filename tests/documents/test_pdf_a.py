"""Every document is PDF/A-3, level B: each requirement that docs/pdf-a.md claims is read back from real files.

The reader is the tests' own (pdf_objects) and, for what viewers offer, PDFium's. No validator is run here.
"""

import re
import zlib
from collections.abc import Callable
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree as ET

import pypdfium2
import pypdfium2.raw as pdfium
import pytest
from fontTools.ttLib import TTFont

from kwit.documents.document import Document
from kwit.documents.ksef_marks import KsefMarks
from kwit.documents.rendering import render_document, structured_form
from kwit.registry.company import CompanySettings
from tests.billing.company import company_settings
from tests.documents import collective_bills, corrections, notes
from tests.documents.bills import changed, household, issued, with_history, with_many_lines
from tests.documents.pdf_objects import PdfObject, PdfObjects
from tests.registry.test_logo import coded, png

LIST = Path(__file__).parents[2] / "docs" / "pdf-a.md"
MARKS = KsefMarks(
    "5261040828-20260408-0100001AF629-AF", "https://qr.ksef.mf.gov.pl/invoice/5261040828/08-04-2026/abc"
)
NAMESPACES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "pdf": "http://ns.adobe.com/pdf/1.3/",
    "pdfaid": "http://www.aiim.org/pdfa/ns/id/",
}


def firm() -> Document:
    """Issue a bill to a firm, which has a structured form."""
    payer = household().payer.model_copy(update={"nip": "7740001454", "name": "Huta & Syn <Łódź>"})
    return issued(changed(household(), payer=payer))


def strange() -> Document:
    """Issue a bill with a sign in a name that the faces do not have."""
    return issued(changed(household(), payer=household().payer.model_copy(update={"name": "Ж漢 Łącka"})))


SHAPES: dict[str, Callable[[], Document]] = {
    "bill": lambda: issued(with_history()),
    "firm": firm,
    "strange": strange,
    "long": lambda: issued(with_many_lines()),
    "correction": corrections.reading_and_price,
    "collective": collective_bills.three_points,
    "accounting note": notes.accounting,
    "interest note": notes.interest,
    "logo": lambda: issued(with_history()),
}


def with_logo() -> CompanySettings:
    settings = company_settings()
    return settings.model_copy(update={"seller": settings.seller.model_copy(update={"logo": coded(png())})})


@cache
def content(shape: str) -> bytes:
    document = SHAPES[shape]()
    settings = with_logo() if shape == "logo" else company_settings()
    xml = structured_form(document=document, settings=settings)
    return render_document(document=document, settings=settings, xml=xml, ksef=MARKS)


@pytest.fixture(params=SHAPES)
def file(request: pytest.FixtureRequest) -> PdfObjects:
    return PdfObjects(content(request.param))


@pytest.fixture(params=SHAPES)
def metadata(request: pytest.FixtureRequest) -> ET.Element:
    file = PdfObjects(content(request.param))
    packet = file.at(file.catalog.value("Metadata")).data().decode()
    return ET.fromstring(packet.split("?>", 1)[1].rsplit("<?xpacket", 1)[0])  # noqa: S314 - our own


def drawn(file: PdfObjects) -> str:
    """Return what all pages draw."""
    pages = [file.at(page.value("Contents")).data().decode("latin-1") for page in file.of_type("Page")]
    return "\n".join(pages)


def composites(file: PdfObjects) -> list[PdfObject]:
    return [one for one in file.of_type("Font") if one.value("Subtype") == "/Type0"]


def codes_in(text: str) -> list[int]:
    """Return the codes in the strings of a page (ISO 32000-1, 7.3.4.2), two bytes each."""
    codes = []
    for string in re.findall(r"(?<!\\)\(((?:\\.|[^\\])*?)\) Tj", text, re.DOTALL):
        plain = re.sub(r"\\(.)", lambda hit: {"r": "\r"}.get(hit[1], hit[1]), string, flags=re.DOTALL)
        codes += [ord(plain[at]) * 256 + ord(plain[at + 1]) for at in range(0, len(plain), 2)]
    return codes


class TestFile:
    def test_header_names_a_version_and_binary_bytes(self, file: PdfObjects) -> None:
        assert re.match(rb"%PDF-1\.[0-7]\n%[\x80-\xff]{4}", file.content)

    def test_trailer_has_an_id_and_no_encryption(self, file: PdfObjects) -> None:
        assert re.search(r"/ID \[<[0-9A-F]{32}><[0-9A-F]{32}>\]", file.trailer)
        assert "/Encrypt" not in file.trailer
        assert file.content.endswith(b"%%EOF\n")

    def test_streams_have_their_length_and_no_foreign_filter(self, file: PdfObjects) -> None:
        streams = [one for one in file.objects.values() if one.stream]
        assert len(streams) >= 7
        for one in streams:
            assert int(one.value("Length")) == len(one.stream)
            assert one.value("Filter") in {"", "/FlateDecode"}
            assert "/F " not in one.text.replace("/F (", "")
            assert one.data()

    def test_same_document_gives_the_same_bytes(self) -> None:
        before = content("firm")
        content.cache_clear()
        assert content("firm") == before


class TestColours:
    def test_output_intent_is_srgb(self, file: PdfObjects) -> None:
        intents = file.catalog.value("OutputIntents")
        assert intents.count("/DestOutputProfile") == 1
        assert "/S /GTS_PDFA1" in file.catalog.text
        profile = file.at(intents)
        assert profile.value("N") == "3"
        icc = profile.data()
        assert int.from_bytes(icc[:4], "big") == len(icc)
        assert (icc[12:16], icc[16:20], icc[36:40], icc[8]) == (b"mntr", b"RGB ", b"acsp", 2)

    def test_pages_draw_in_rgb_alone(self, file: PdfObjects) -> None:
        operators = set(
            re.findall(r"(?<=[\d )])\b(rg|RG|g|G|k|K|cs|CS|scn?|SCN?|sh|Do|gs)\b", _bare(drawn(file)))
        )
        assert operators - {"Do"} == {"rg", "RG"}
        images = file.of_type("XObject")
        assert ("Do" in operators) is bool(images)
        assert all(one.value("ColorSpace") == "/DeviceRGB" for one in images)

    def test_nothing_is_transparent(self, file: PdfObjects) -> None:
        whole = "".join(one.text for one in file.objects.values())
        assert not re.search(r"/(SMask|ca|CA|BM|TR2?|HT) ", whole)
        assert all("/CS /DeviceRGB" in page.value("Group") for page in file.of_type("Page"))


def _bare(text: str) -> str:
    """Leave the strings of a page out, whose bytes may look like operators."""
    return re.sub(r"(?<!\\)\((?:\\.|[^\\])*?\) Tj", "() Tj", text, flags=re.DOTALL)


class TestFonts:
    def test_are_embedded_whole(self, file: PdfObjects) -> None:
        fonts = composites(file)
        assert len(fonts) == 2
        for one in fonts:
            glyphs = file.at(one.value("DescendantFonts"))
            assert glyphs.value("Subtype") == "/CIDFontType2"
            assert glyphs.value("CIDToGIDMap") == "/Identity"
            assert one.value("Encoding") == "/Identity-H"
            program = file.at(file.at(glyphs.value("FontDescriptor")).value("FontFile2"))
            assert int(program.value("Length1")) == len(program.data())
            font = TTFont(BytesIO(program.data()))
            assert {"glyf", "loca", "head", "hhea", "hmtx", "maxp"} <= set(font.keys())

    def test_are_as_wide_as_their_programs_say(self, file: PdfObjects) -> None:
        for one in composites(file):
            glyphs = file.at(one.value("DescendantFonts"))
            program = file.at(file.at(glyphs.value("FontDescriptor")).value("FontFile2"))
            font = TTFont(BytesIO(program.data()))
            widths = _widths(glyphs.value("W"))
            assert len(widths) > 100
            order = font.getGlyphOrder()
            for code, width in widths.items():
                advance = font["hmtx"].metrics[order[code]][0] * 1000 / font["head"].unitsPerEm
                assert abs(advance - width) <= 1, (one.value("BaseFont"), code)

    def test_every_sign_drawn_is_embedded_and_means_something(self, file: PdfObjects) -> None:
        used = _codes_by_font(drawn(file))
        assert set(used) == {"F1", "F2"}
        for number, codes in used.items():
            (font,) = [one for one in composites(file) if one == composites(file)[int(number[1]) - 1]]
            cmap = file.at(font.value("ToUnicode")).data().decode()
            meant = {
                int(code, 16) for code in re.findall(r"^<([0-9A-F]{4})> <[0-9A-F]{4}>$", cmap, re.MULTILINE)
            }
            assert codes <= meant
            assert 0 not in codes, "the glyph that stands for none is used"


def _widths(told: str) -> dict[int, int]:
    return {
        int(first) + offset: int(width)
        for first, row in re.findall(r"(\d+) \[([\d ]+)\]", told)
        for offset, width in enumerate(row.split())
    }


def _codes_by_font(text: str) -> dict[str, set[int]]:
    used: dict[str, set[int]] = {}
    font = ""
    for line in re.findall(r"BT (.*?) ET", text, re.DOTALL):
        chosen = re.match(r"/(F\d) ", line)
        font = chosen.group(1) if chosen else font
        used.setdefault(font, set()).update(codes_in(line))
    return used


class TestMetadata:
    def test_says_part_three_level_b(self, metadata: ET.Element) -> None:
        assert metadata.findtext(".//pdfaid:part", namespaces=NAMESPACES) == "3"
        assert metadata.findtext(".//pdfaid:conformance", namespaces=NAMESPACES) == "B"

    def test_has_title_author_dates_and_producer(self, metadata: ET.Element) -> None:
        title = metadata.findtext(".//dc:title/rdf:Alt/rdf:li", namespaces=NAMESPACES)
        assert title is not None
        assert title.split()[0] in {"Faktura", "Nota"}
        author = metadata.findtext(".//dc:creator/rdf:Seq/rdf:li", namespaces=NAMESPACES)
        assert author == "Jasna Energia S.A."
        assert metadata.findtext(".//pdf:Producer", namespaces=NAMESPACES) == "kWit"
        made = {
            metadata.findtext(f".//xmp:{name}", namespaces=NAMESPACES)
            for name in ("CreateDate", "ModifyDate")
        }
        (instant,) = made
        assert instant is not None
        assert re.fullmatch(r"2026-\d\d-\d\dT12:00:00\+00:00", instant)

    def test_is_a_packet_without_forbidden_attributes_and_nothing_contradicts_it(
        self, file: PdfObjects
    ) -> None:
        stream = file.at(file.catalog.value("Metadata"))
        assert stream.value("Subtype") == "/XML"
        packet = stream.data().decode()
        head = packet.split("?>")[0]
        assert head.startswith('<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"')
        assert "bytes=" not in head
        assert "encoding=" not in head
        assert packet.rstrip().endswith('<?xpacket end="w"?>')
        assert "/Info " not in file.trailer


class TestCatalog:
    def test_tells_language_and_shows_the_title(self, file: PdfObjects) -> None:
        assert file.catalog.value("Lang") == "(pl-PL)"
        assert "/DisplayDocTitle true" in file.catalog.text

    def test_nothing_acts_or_hides(self, file: PdfObjects) -> None:
        whole = "".join(one.text for one in file.objects.values())
        for name in (
            "JavaScript",
            "JS",
            "AA",
            "AcroForm",
            "XFA",
            "OCProperties",
            "Annots",
            "Launch",
            "Movie",
        ):
            assert f"/{name} " not in whole
        assert re.match(r"\[\d+ 0 R /FitH null\]", file.catalog.value("OpenAction"))


class TestAttachment:
    def test_is_associated_as_the_source_of_the_pages(self) -> None:
        file = PdfObjects(content("firm"))
        told = file.at(file.catalog.value("AF"))
        assert told.value("AFRelationship") == "/Source"
        assert told.value("F") == "(FA3.xml)"
        assert told.value("UF") == "(FA3.xml)"
        assert f"(FA3.xml) {told.number} 0 R" in file.catalog.value("Names")
        inside = file.at(told.value("EF"))
        assert inside.value("Subtype") == "/text#2Fxml"
        assert inside.data() == structured_form(document=firm(), settings=company_settings())
        assert "/ModDate (D:20260408120000" in inside.text
        assert f"/Size {len(inside.data())}" in inside.text

    def test_is_offered_by_a_viewer(self) -> None:
        pdf = pypdfium2.PdfDocument(content("firm"))
        (attached,) = (pdf.get_attachment(index) for index in range(pdf.count_attachments()))
        assert attached.get_name() == "FA3.xml"
        assert bytes(attached.get_data()) == structured_form(document=firm(), settings=company_settings())
        pdf.close()

    @pytest.mark.parametrize("shape", ["bill", "correction"])
    def test_is_not_there_without_a_structured_form(self, shape: str) -> None:
        file = PdfObjects(content(shape))
        assert not file.of_type("EmbeddedFile")
        assert "/AF" not in file.catalog.text


def test_a_viewer_opens_it_as_untagged_and_unencrypted() -> None:
    pdf = pypdfium2.PdfDocument(content("bill"))
    assert len(pdf) == 2
    assert pdfium.FPDF_GetSecurityHandlerRevision(pdf.raw) == -1
    assert not pdfium.FPDFCatalog_IsTagged(pdf.raw)
    pdf.close()


def test_signs_that_the_faces_lack_become_question_marks() -> None:
    pdf = pypdfium2.PdfDocument(content("strange"))
    assert "?? Łącka" in pdf[0].get_textpage().get_text_bounded()
    pdf.close()


def test_the_form_is_as_made_at_midnight_of_the_day_of_issue() -> None:
    xml = structured_form(document=firm(), settings=company_settings())
    assert xml is not None
    assert b"<DataWytworzeniaFa>2026-04-07T22:00:00Z</DataWytworzeniaFa>" in xml
    assert firm().issue_date == date(2026, 4, 8)


def test_the_list_of_requirements_names_tests_that_are_here() -> None:
    """Each row of the table ends with the test that reads the requirement back."""
    rows = [line for line in LIST.read_text(encoding="utf-8").splitlines() if line.startswith("| 6.")]
    assert len(rows) > 15
    source = Path(__file__).read_text(encoding="utf-8")
    for row in rows:
        named = re.findall(r"`(test_\w+)`", row)
        assert named, row
        assert all(f"def {name}(" in source for name in named), row


def test_a_spoiled_stream_is_noticed() -> None:
    """The reader of these tests does not pass over what is broken."""
    file = PdfObjects(content("bill"))
    program = next(one for one in file.objects.values() if "/Length1" in one.text)
    spoiled = file.content.replace(program.stream, program.stream[:100] + b"\0" * 20 + program.stream[120:])
    with pytest.raises(zlib.error):
        [one.data() for one in PdfObjects(spoiled).objects.values()]
