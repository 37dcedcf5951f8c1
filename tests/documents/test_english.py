"""Documents in English on request: nothing Polish is left but names, and nothing of the Polish ones changes."""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import partial
from pathlib import Path

import pypdfium2
import pytest

from kwit.billing.collective_content import CollectiveContent
from kwit.billing.content import BillContent, parse_content
from kwit.billing.correction_content import CorrectionContent
from kwit.delivery.message import compose_mail, template_environment
from kwit.documents import phrases
from kwit.documents.document import Document
from kwit.documents.ksef_marks import KsefMarks
from kwit.documents.phrases import CATALOGUES, Speech
from kwit.documents.phrases_en import ENGLISH
from kwit.documents.rendering import render_document
from kwit.kernel.identifiers import content_hash
from tests.billing.company import company_settings
from tests.billing.memory_case import Company, party
from tests.billing.test_bill import bill
from tests.documents import collective_bills, corrections
from tests.documents.bills import SHAPES, issued
from tests.documents.sample_documents import SAMPLES
from tests.rating.cases import KNOWN

ROOMS = Path(phrases.__file__).parents[1]
SOURCES = [
    *sorted((ROOMS / "documents").glob("*.py")),
    ROOMS / "delivery" / "message.py",
    ROOMS / "registry" / "information.py",
]
FIELDS = re.compile(r"{(\w+)}")
MARKS = KsefMarks(
    "", "https://qr-test.ksef.mf.gov.pl/invoice/1/2/3", "https://qr-test.ksef.mf.gov.pl/certificate/1"
)


def english(document: Document) -> Document:
    """Return a document whose payer wants English."""
    content = document.read()
    if isinstance(content, CorrectionContent):
        sides = {
            name: bill.model_copy(update={"payer": bill.payer.model_copy(update={"language": "en"})})
            for name, bill in (("before", content.before), ("after", content.after))
        }
        content = content.model_copy(
            update={**sides, "payer": content.payer.model_copy(update={"language": "en"})}
        )
    elif isinstance(content, CollectiveContent):
        payer = content.payer.model_copy(update={"language": "en"})
        parts = tuple(
            part.model_copy(update={"bill": part.bill.model_copy(update={"payer": payer})})
            for part in content.parts
        )
        content = content.model_copy(update={"payer": payer, "parts": parts})
    else:
        assert isinstance(content, BillContent)
        content = content.model_copy(update={"payer": content.payer.model_copy(update={"language": "en"})})
    canonical = content.canonical()
    return replace(document, content=canonical, content_hash=content_hash(canonical))


DOCUMENTS: dict[str, Callable[[], Document]] = {
    **{name: SAMPLES[name] for name in ("invoice", "final", "forecast", "connection", "correction")},
    "collective": collective_bills.three_points,
    "collective with deposit": collective_bills.with_deposit,
    "cancelled": corrections.cancelled,
    "balance": corrections.with_balance,
    "of a correction": corrections.of_a_correction,
}


def _issued(make: Callable[[], BillContent]) -> Document:
    return issued(make())


def text_of(document: Document, ksef: KsefMarks | None = None) -> str:
    pdf = pypdfium2.PdfDocument(render_document(document=document, settings=company_settings(), ksef=ksef))
    try:
        return " ".join(" ".join(page.get_textpage().get_text_bounded().split()) for page in pdf)
    finally:
        pdf.close()


def literals(source: str) -> Iterator[str]:
    """Yield the phrases that a source says by name."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            name = node.func
            said = (isinstance(name, ast.Name) and name.id == "say") or (
                isinstance(name, ast.Attribute) and name.attr == "say"
            )
            called = (
                isinstance(name, ast.Call) and isinstance(name.func, ast.Name) and name.func.id == "Speech"
            )
            if (said or called) and isinstance(node.args[0].value, str):
                yield node.args[0].value


class TestCatalogue:
    def test_has_every_phrase_that_is_said_by_name(self) -> None:
        said = {one for file in SOURCES for one in literals(file.read_text(encoding="utf-8"))}
        assert len(said) > 80
        assert said - ENGLISH.keys() == set()

    def test_has_no_phrase_that_nothing_says(self) -> None:
        constants = {
            node.value
            for file in SOURCES
            if file.name != "phrases_en.py"
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        assert ENGLISH.keys() - constants == set()

    @pytest.mark.parametrize("phrase", ENGLISH)
    def test_names_the_same_values(self, phrase: str) -> None:
        assert sorted(FIELDS.findall(phrase)) == sorted(FIELDS.findall(ENGLISH[phrase]))
        assert ENGLISH[phrase]

    def test_a_phrase_that_it_lacks_is_said_in_polish(self) -> None:
        assert Speech("en")("Nieznane {x}.", x=1) == "Nieznane 1."
        assert Speech("de")("Do zapłaty") == "Do zapłaty"
        assert (Speech().tag, Speech("en").tag, set(CATALOGUES)) == ("pl-PL", "en-GB", {"en"})


DOCUMENTS |= {
    f"{name} bill": partial(_issued, make) for name, make in SHAPES.items() if name != "with_long_names"
}


@pytest.mark.parametrize("shape", DOCUMENTS)
def test_no_polish_phrase_is_left_on_the_pages(shape: str) -> None:
    """Polish stays in names of charges, price lists and fuel, in reasons of corrections, in the company's words."""
    document = english(DOCUMENTS[shape]())
    content = document.read()
    told = text_of(document, MARKS).replace("(faktura korygująca)", "")
    if isinstance(content, CorrectionContent):
        told = told.replace(content.reason, "")
    long = [one for one in ENGLISH if len(one) > 9 and "{" not in one and one != ENGLISH[one]]
    assert [one for one in long if re.search(rf"(?<!\w){re.escape(one)}(?!\w)", told)] == []


def test_a_bill_reads_as_english() -> None:
    told = text_of(english(SAMPLES["invoice"]()))
    for words in (
        "VAT invoice FV/2026/04/000001", "SELLER Jasna Energia S.A.", "BUYER Żaneta Łącka", "Date of issue 08.04.2026",
        "Settlement period 01.03.2026 – 31.03.2026", "Amount to pay 224,44 zł",
        "in words: two hundred and twenty-four zlotys, forty-four groszy", "Due date 22.04.2026",
        "Use in the period: 150 kWh in 31 days, 4,8 kWh a day on average.",
        "In the same period a year ago: 160 kWh (change −6%).", "Sale of energy 96,71 22,25 118,96",
        "meter register previous reading present reading factor use kWh", "Reading: R – actual.",
        "Energia czynna całodobowa", "page 1 of 2", "Excise of 0,75 zł on 150 kWh", "Coordinator for negotiations",
    ):  # fmt: skip
        assert words in told, words


def test_a_correction_keeps_the_word_of_the_law() -> None:
    told = text_of(english(SAMPLES["correction"]()))
    for words in (
        "Correction (faktura korygująca) FK/2026/05/000001", "Amount refunded 12,63 zł", "Corrected invoice",
        "Change of a reading: −12 kWh", "from 0,5890 to 0,5990 PLN/kWh", "Total difference −10,26 −2,37 −12,63",
    ):  # fmt: skip
        assert words in told, words


@pytest.mark.parametrize(
    ("kind", "subject", "words"),
    [
        ("invoice", "Invoice FV/2026/04/000001 – to pay 224,44 zł", "Please find attached invoice"),
        ("correction", "Correction FK/2026/05/000001 of invoice FV/2026/05/000001", "Refunded: 12,63"),
    ],
)
def test_the_mail_is_in_the_same_language(kind: str, subject: str, words: str) -> None:
    raw, _ = compose_mail(
        document=english(SAMPLES[kind]()), settings=company_settings(), pdf=b"%PDF",
        sent_at=datetime(2026, 4, 8, tzinfo=UTC), environment=template_environment(),
    )  # fmt: skip
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    assert message["Subject"] == subject
    for part in ("plain", "html"):
        body = message.get_body((part,))
        assert body is not None
        told = body.get_content().replace("\u00a0", " ")
        assert words.replace("\u00a0", " ") in told
        assert "Account number" in told or kind == "correction"
        assert not re.search("Dzień dobry|Numer klienta|Pytania", told)


def test_the_file_names_its_language() -> None:
    content = render_document(document=english(SAMPLES["invoice"]()), settings=company_settings())
    assert b"/Lang (en-GB)" in content


def test_a_bill_is_made_in_the_language_of_its_payer() -> None:
    company = Company()
    company.add("U/1", states=[(date(2026, 3, 1), "1000"), (date(2026, 4, 1), "1150.4")])
    company.registry.put([party("U/1", language="en", known_at=KNOWN + timedelta(seconds=1))])
    ((draft,), _) = bill(company)
    assert parse_content(draft.content).payer.language == "en"


def test_content_without_a_language_keeps_its_bytes() -> None:
    assert b"language" not in SAMPLES["invoice"]().content
    assert b'"language":"en"' in english(SAMPLES["invoice"]()).content
