"""Draw the pictures of documents in docs/images from the samples of `kwit preview`, with the example settings.

Run with `python -m infra.local.document_pictures`; `infra.local.pictures` makes them too.
"""

import base64
import io
from dataclasses import replace
from pathlib import Path

import pypdfium2
from PIL import Image, ImageDraw

from infra.local.synth import ROOT
from kwit.cli.samples import sample_of
from kwit.cli.settings_file import read_settings
from kwit.documents.document import Document
from kwit.documents.ksef_marks import KsefMarks
from kwit.documents.rendering import render_document
from kwit.registry.company import CompanySettings
from kwit.registry.texts import TextSettings

IMAGES = ROOT / "docs" / "images"
_SETTINGS = ROOT / "events" / "inbox" / "settings" / "company.yaml"
_SCALE = 1.2
_HASH = "UtQp9Gpc51y-u3xApZjIjgkpZ01js-J8KflSPW8WzIE"
_HOST = "https://qr-test.ksef.mf.gov.pl"
_OFFLINE = KsefMarks(
    "",
    f"{_HOST}/invoice/5261040828/06-05-2026/{_HASH}",
    f"{_HOST}/certificate/Nip/5261040828/5261040828/01F20A5D352AE590/{_HASH}/{'Qm9y' * 21}Qg",
)
_TEXTS = (
    TextSettings(
        id="przerwa", place="first_page", text="W dniach 1–3 maja biuro jest nieczynne; awarie zgłaszaj: 991."
    ),
    TextSettings(
        id="fotowoltaika",
        place="details",
        label="Fotowoltaika",
        text="Policz, ile oszczędzisz na własnym dachu: {{ seller_website }}/dach, numer klienta {{ customer_no }}.",
    ),
    TextSettings(id="stopka", place="footer", text="Dziękujemy, że jesteś z nami. {{ seller_website }}"),
)
_ENGLISH = "bill-english"
# Name of the picture: kind of the sample, page, marks of KSeF, whether the company has texts and a logo of its own.
_PICTURES: dict[str, tuple[str, int, KsefMarks | None, bool]] = {
    "bill-page-1": ("invoice", 0, None, False),
    "bill-page-2": ("invoice", 1, None, False),
    "bill-own-texts": ("invoice", 0, None, True),
    _ENGLISH: ("invoice", 0, None, False),
    "correction-1": ("correction", 0, _OFFLINE, False),
    "correction-2": ("correction", 1, _OFFLINE, False),
    "forecast": ("forecast", 0, None, False),
    "final": ("final", 0, None, False),
    "collective": ("collective", 0, None, False),
    "connection": ("connection", 0, None, False),
    "accounting-note": ("note", 0, None, False),
    "interest-note": ("interest_note", 0, None, False),
}


def main() -> None:
    """Draw every picture."""
    settings, faults = read_settings(_SETTINGS)
    if settings is None:
        raise SystemExit("\n".join(faults))
    for name, (kind, page, ksef, own) in _PICTURES.items():
        found = sample_of(kind)
        if found is None:
            raise SystemExit(f"no sample {kind}")
        document = _in_english(found.document) if name == _ENGLISH else found.document
        content = render_document(
            document=document,
            settings=_own(settings) if own else settings,
            numbers=found.numbers,
            ksef=ksef,
        )
        _draw(content, page, IMAGES / f"{name}.png")


def _in_english(document: Document) -> Document:
    """Return a sample bill as one whose payer wants English."""
    bill = document.bill()
    payer = bill.payer.model_copy(update={"language": "en"})
    return replace(document, content=bill.model_copy(update={"payer": payer}).canonical())


def _draw(content: bytes, page: int, file: Path) -> None:
    pdf = pypdfium2.PdfDocument(content)
    try:
        picture = pdf[page].render(scale=_SCALE).to_pil().convert("RGB")
    finally:
        pdf.close()
    picture.quantize(64).save(file, "PNG", optimize=True)


def _own(settings: CompanySettings) -> CompanySettings:
    """Give the example company texts, a logo and other colours."""
    seller = settings.seller.model_copy(
        update={"logo": _logo(), "colour": "#7a3b10", "chart_colour": "#e3c7ae"}
    )
    return settings.model_copy(update={"seller": seller, "texts": _TEXTS})


def _logo() -> str:
    """Draw a sun over a horizon."""
    image = Image.new("RGB", (360, 84), "#ffffff")
    draw = ImageDraw.Draw(image)
    draw.ellipse((8, 12, 68, 72), fill="#e8a33d")
    for height, colour in ((46, "#7a3b10"), (58, "#b4652a"), (70, "#7a3b10")):
        draw.rectangle((0, height, 76, height + 5), fill=colour)
    for index in range(8):
        draw.rectangle(
            (100 + index * 32, 28, 122 + index * 32, 56), fill="#7a3b10" if index % 2 else "#e8a33d"
        )
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return base64.b64encode(file.getvalue()).decode()


if __name__ == "__main__":
    main()
