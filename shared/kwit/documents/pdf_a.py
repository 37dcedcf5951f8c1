"""What makes a PDF one for archives (ISO 19005-3, PDF/A-3, level B): its metadata, its screen, its attached files.

fpdf2 adds the output intent (sRGB2014 of the International Color Consortium, free to use and to embed) and refuses
what PDF/A forbids; its own metadata would tell the time of day of drawing, so that the same document would give other
bytes each time, which is why they are written here. docs/pdf-a.md lists the requirements and who checks them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from xml.sax.saxutils import escape

from fpdf import FPDF, ViewerPreferences

COMPLIANCE = "PDF/A-3B"
PRODUCER = "kWit"
LANGUAGE = "pl-PL"
FA3_FILE = "FA3.xml"
_FA3_TOLD = "Faktura ustrukturyzowana FA(3)"
_XMP = """<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about=""
 xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
 xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<pdfaid:part>3</pdfaid:part>
<pdfaid:conformance>B</pdfaid:conformance>
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
<xmp:CreateDate>{made}</xmp:CreateDate>
<xmp:ModifyDate>{made}</xmp:ModifyDate>
<xmp:MetadataDate>{made}</xmp:MetadataDate>
<pdf:Producer>{producer}</pdf:Producer>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>"""


@dataclass(frozen=True, slots=True)
class Attached:
    """A file inside the PDF, and how it stands to the pages (AFRelationship, ISO 19005-3, annex E)."""

    name: str
    content: bytes
    media_type: str
    told: str
    relationship: Literal["Source", "Data", "Alternative", "Supplement", "Unspecified"]


def structured_invoice(xml: bytes) -> Attached:
    """Return a structured invoice (faktura ustrukturyzowana) as the source of the pages that show it.

    Source, because the XML is the invoice and the pages its picture, as art. 106nda and 106gb of the VAT act see it.
    """
    return Attached(FA3_FILE, xml, "text/xml", _FA3_TOLD, "Source")


def empty_file(
    *, title: str, author: str, made_at: datetime, attached: Sequence[Attached] = (), language: str = LANGUAGE
) -> FPDF:
    """Begin a PDF/A-3 file of A4 pages that is said to be made at an instant; the attached files are in it."""
    pdf = FPDF(orientation="P", unit="mm", format="A4", enforce_compliance=COMPLIANCE)
    pdf.set_creation_date(made_at)
    pdf.set_title(title)
    pdf.set_lang(language)
    pdf.viewer_preferences = ViewerPreferences(display_doc_title=True)
    pdf.set_xmp_metadata(_metadata(title, author, made_at, language))
    for one in attached:
        pdf.embed_file(
            bytes=one.content,
            basename=one.name,
            desc=one.told,
            mime_type=one.media_type,
            associated_file_relationship=one.relationship,
            modification_date=made_at,
            compress=True,
            checksum=True,
        )
    return pdf


def _metadata(title: str, author: str, made_at: datetime, language: str) -> str:
    """Write the metadata (XMP, ISO 19005-3, 6.6), in which texts of parties are escaped."""
    made = made_at.astimezone(UTC).isoformat(timespec="seconds")
    return _XMP.format(
        title=escape(title), author=escape(author), made=made, producer=PRODUCER, language=language
    )
