"""What KSeF adds to pages: number, codes and labels, read back from the page as drawn."""

import re
from typing import Any

import pypdfium2
import pytest
import segno

from kwit.documents.document import Document
from kwit.documents.ksef_marks import KsefMarks
from kwit.documents.rendering import render_document
from tests.billing.company import company_settings
from tests.documents import corrections
from tests.documents.bills import issued, with_history, with_many_lines

NUMBER = "5261040828-20260408-0100001AF629-AF"
HASH = "UtQp9Gpc51y-u3xApZjIjgkpZ01js-J8KflSPW8WzIE"
INVOICE = f"https://qr.ksef.mf.gov.pl/invoice/5261040828/08-04-2026/{HASH}"
CERTIFICATE = (
    f"https://qr.ksef.mf.gov.pl/certificate/Nip/5261040828/5261040828/01F20A5D352AE590/{HASH}/" + "A9f_" * 85
)
SCALE = 8
"""Pixels to a point."""

SHAPES = {"bill": lambda: issued(with_history()), "long": lambda: issued(with_many_lines()),
          "correction": corrections.price}  # fmt: skip


def drawn(document: Document, ksef: KsefMarks | None) -> Any:
    return pypdfium2.PdfDocument(render_document(document=document, settings=company_settings(), ksef=ksef))


def texts(document: Document, ksef: KsefMarks | None) -> list[str]:
    pdf = drawn(document, ksef)
    try:
        return [" ".join(page.get_textpage().get_text_bounded().split()) for page in pdf]
    finally:
        pdf.close()


def modules(page: Any, label: str, count: int) -> list[list[bool]]:
    """Read the code that stands above a label from the picture of the page, as so many modules a side."""
    words = page.get_textpage()
    found = words.search(label)
    hits = []
    while (hit := found.get_next()) is not None:
        hits.append(hit)
    left, _, _, top = words.get_charbox(hits[-1][0])
    image = page.render(scale=SCALE).to_pil().convert("L").point(lambda grey: 255 * (grey < 128))
    x, y = round(left * SCALE) - SCALE, round((page.get_height() - top) * SCALE) - SCALE
    near = image.crop((x, y - 20 * SCALE, x + 180 * SCALE, y)).getbbox()
    assert near is not None
    (first, _, last, low) = near
    size, bottom = last - first, y - 20 * SCALE + low
    step = size / count
    return [
        [
            image.getpixel((x + first + int((column + 0.5) * step), bottom - size + int((row + 0.5) * step)))
            > 0
            for column in range(count)
        ]
        for row in range(count)
    ]


@pytest.mark.parametrize("shape", SHAPES)
def test_a_number_is_a_fact_and_the_label_of_the_code(shape: str) -> None:
    pages = texts(SHAPES[shape](), KsefMarks(NUMBER, INVOICE))
    assert f"Numer KSeF {NUMBER}" in pages[0]
    assert re.search(rf"Weryfikacja w KSeF Kod pokazuje .*{NUMBER}", pages[-1])
    assert "CERTYFIKAT" not in "".join(pages)
    assert "OFFLINE" not in "".join(pages)


@pytest.mark.parametrize("shape", SHAPES)
def test_an_invoice_issued_offline_has_both_codes(shape: str) -> None:
    pages = texts(SHAPES[shape](), KsefMarks("", INVOICE, CERTIFICATE))
    assert "Numer KSeF" not in pages[0].replace("Numer KSeF korygowanej", "")
    assert re.search(r"Weryfikacja w KSeF .*OFFLINE.*CERTYFIKAT|CERTYFIKAT.*OFFLINE", pages[-1])


def test_without_marks_nothing_is_said_of_ksef() -> None:
    assert "KSeF" not in "".join(texts(SHAPES["bill"](), None))
    assert "Weryfikacja" not in "".join(texts(SHAPES["bill"](), KsefMarks("", "")))


@pytest.mark.parametrize(
    ("label", "link"), [(NUMBER, INVOICE), ("OFFLINE", INVOICE), ("CERTYFIKAT", CERTIFICATE)]
)
def test_the_code_over_a_label_is_that_of_the_link(label: str, link: str) -> None:
    marks = KsefMarks(NUMBER if label == NUMBER else "", INVOICE, CERTIFICATE)
    pdf = drawn(SHAPES["bill"](), marks)
    wanted = [[bool(bit) for bit in row] for row in segno.make_qr(link, error="m", mask=2).matrix]
    found = modules(pdf[len(pdf) - 1], label, len(wanted))
    pdf.close()
    assert found == wanted
