"""The company's own texts and logo on real pages and in real e-mails."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pypdfium2
import pytest

from kwit.delivery.message import compose_mail, template_environment
from kwit.documents.document import Document
from kwit.documents.rendering import render_document
from kwit.documents.texts import shown_texts, text_values
from kwit.registry.company import CompanySettings
from kwit.registry.text_templates import NAMES
from tests.billing.company import company_settings
from tests.documents import corrections, notes
from tests.documents.bills import estimated, household, issued, with_balance, with_long_names
from tests.registry.test_logo import coded, png
from tests.registry.test_texts import text, with_texts

SHAPES = {
    "bill": lambda: issued(household()), "balance": lambda: issued(with_balance("12.30")),
    "firm": lambda: issued(with_long_names()), "correction": corrections.price, "note": notes.accounting,
}  # fmt: skip


def pages(document: Document, settings: CompanySettings) -> list[str]:
    pdf = pypdfium2.PdfDocument(render_document(document=document, settings=settings))
    try:
        return [" ".join(page.get_textpage().get_text_bounded().split()) for page in pdf]
    finally:
        pdf.close()


def mail(document: Document, settings: CompanySettings) -> tuple[str, str]:
    raw, _ = compose_mail(
        document=document, settings=settings, pdf=b"%PDF", sent_at=datetime(2026, 4, 8, tzinfo=UTC),
        environment=template_environment(),
    )  # fmt: skip
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    plain, rich = (message.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert rich is not None
    return plain.get_content(), rich.get_content()


@pytest.mark.parametrize("shape", SHAPES)
def test_each_place_shows_its_texts(shape: str) -> None:
    settings = with_texts(
        text("Pierwsza {{ number }}: źdźbło.", id="a", place="first_page"),
        text("Za strony {{ seller_name }}.", id="b", label="Ogłoszenie", place="details"),
        text("Na dole {{ customer_no }}.", id="c", place="footer"),
        text("W liście <b>&{{ payer_name }}</b>.", id="d", place="mail"),
    )
    document = SHAPES[shape]()
    shown = pages(document, settings)
    assert f"Pierwsza {document.number}: źdźbło." in shown[0]
    assert "Ogłoszenie Za strony Jasna Energia S.A.." in shown[-1]
    assert all("Na dole K" in page for page in shown)
    plain, rich = mail(document, settings)
    assert "W liście <b>&" in plain
    assert "W liście &lt;b&gt;&amp;" in rich
    assert "W liście" not in "".join(shown)


def test_conditions_are_asked_of_the_document() -> None:
    def shown(document: Document, **when: Any) -> bool:
        settings = with_texts(text("Jest.", when=when))
        return bool(shown_texts(document=document, settings=settings, place="details"))

    bill, firm, owing = issued(household()), issued(with_long_names()), issued(with_balance("12.30"))
    assert (shown(bill, payer="household"), shown(firm, payer="household")) == (True, False)
    assert (shown(owing, balance="owing"), shown(bill, balance="owing")) == (True, False)
    assert shown(issued(with_balance("-1")), balance="overpaid")
    assert (shown(issued(estimated()), estimated=True), shown(bill, estimated=True)) == (True, False)
    assert (shown(bill, groups=["G11"]), shown(bill, groups=["G12"])) == (True, False)
    assert (shown(bill, document_kinds=["invoice"]), shown(bill, document_kinds=["correction"])) == (
        True,
        False,
    )
    assert shown(corrections.price(), document_kinds=["correction"], groups=["G11"])
    assert shown(notes.interest(), document_kinds=["interest_note"])
    assert (shown(firm, customers=["KONTRAHENT-000000000123456"]), shown(bill, customers=["X"])) == (
        True,
        False,
    )
    assert (shown(bill, prosumer=False), shown(bill, prosumer=True)) == (True, False)
    assert (shown(bill, valid_from="2026-04-08"), shown(bill, valid_to="2026-04-08")) == (True, False)


def test_the_first_texts_of_a_place_are_shown_in_order() -> None:
    settings = with_texts(*(text(f"Nr {n}.", id=f"t{n}", place="first_page") for n in (1, 2, 3)))
    shown = shown_texts(document=issued(household()), settings=settings, place="first_page")
    assert [words for _, words in shown] == ["Nr 1.", "Nr 2."]


@pytest.mark.parametrize("shape", SHAPES)
def test_every_name_has_a_value(shape: str) -> None:
    values = text_values(document=SHAPES[shape](), settings=company_settings())
    assert values.keys() == NAMES.keys()
    assert values["number"]


def test_a_text_that_was_never_checked_is_left_out_and_one_that_grew_is_cut() -> None:
    bad, long = (
        text("{{ nieznane }}", id="a", place="footer"),
        text("{{ payer_name }}" * 2, id="b", place="footer"),
    )
    shown = shown_texts(document=issued(with_long_names()), settings=with_texts(bad, long), place="footer")
    ((_, words),) = shown
    assert len(words) == 120
    assert words.endswith("…")


@pytest.mark.parametrize("mode", ["RGB", "L", "P"])
def test_a_logo_takes_the_place_of_the_name_and_keeps_its_colours(mode: str) -> None:
    settings = company_settings()
    seller = settings.seller.model_copy(update={"logo": coded(png(mode, size=(60, 14)))})
    with_logo = settings.model_copy(update={"seller": seller})
    content = render_document(document=issued(household()), settings=with_logo)
    pdf = pypdfium2.PdfDocument(content)
    image = pdf[0].render(scale=10 * 25.4 / 72).to_pil().convert("RGB")
    pdf.close()
    # The image is 60 x 14 pixels on as many millimetres, from 18 mm and 3 mm; its slanted line begins at the corner.
    assert image.getpixel((183, 33)) != (255, 255, 255)
    assert image.getpixel((183, 150)) == (255, 255, 255)
    if mode == "RGB":
        assert image.getpixel((183, 33)) == (200, 30, 30)
    assert image.getpixel((1500, 30)) == (11, 93, 59)
    name = "Jasna Energia S.A."
    assert (
        pages(issued(household()), settings)[0].count(name)
        == pages(issued(household()), with_logo)[0].count(name) + 1
    )


def test_a_page_with_the_longest_texts_still_has_its_foot() -> None:
    settings = with_texts(
        *(text("słowo " * 53, id=f"t{n}", place="first_page") for n in (1, 2)),
        *(text("słowo " * 199, id=f"d{n}", place="details") for n in range(12)),
    )
    shown = pages(issued(with_balance("12.30")), settings)
    assert all(f"strona {number} z {len(shown)}" in page for number, page in enumerate(shown, start=1))
    assert sum(page.count("słowo") for page in shown) == 2 * 53 + 12 * 199
