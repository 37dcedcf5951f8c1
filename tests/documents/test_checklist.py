"""Every item that the law or practice wants on a document is in the text of its PDF, or the list says why not."""

import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import yaml

from kwit.billing.drafts import DocumentKind
from kwit.documents.rendering import render_document
from tests.billing.company import company_settings
from tests.documents.sample_documents import SAMPLES

LIST: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parents[2] / "docs" / "checklist.yaml").read_text(encoding="utf-8")
)
WANTED = [
    (kind, item["item"], pattern)
    for item in LIST["items"]
    for group in item.get("shown", ())
    for kind in group["kinds"]
    for pattern in group["says"]
]
LETTERS = "ąćęłńóśźż"


@cache
def text_of(kind: str) -> str:
    pdf = pypdfium2.PdfDocument(render_document(document=SAMPLES[kind](), settings=company_settings()))
    try:
        return " ".join(" ".join(page.get_textpage().get_text_bounded().split()) for page in pdf)
    finally:
        pdf.close()


@pytest.mark.parametrize(("kind", "item", "pattern"), WANTED)
def test_what_is_wanted_is_on_the_pages(kind: str, item: str, pattern: str) -> None:
    assert re.search(pattern, text_of(kind)), f"{item} is not on a document of the kind {kind}"


@pytest.mark.parametrize("item", LIST["items"], ids=lambda item: item["item"][:40])
def test_every_kind_is_shown_the_item_or_told_why_not(item: dict[str, Any]) -> None:
    shown = [kind for group in item.get("shown", ()) for kind in group["kinds"]]
    left = [kind for group in item.get("not_shown", ()) for kind in group["kinds"]]
    assert Counter(shown + left) == Counter(LIST["kinds"])
    assert all(len(group["because"]) > 10 for group in item.get("not_shown", ()))
    assert item["source"]


def test_the_kinds_are_those_of_the_system() -> None:
    assert set(LIST["kinds"]) == {str(kind) for kind in DocumentKind}
    assert set(SAMPLES) == set(LIST["kinds"])


def test_polish_letters_survive() -> None:
    whole = "".join(text_of(kind) for kind in SAMPLES)
    assert all(letter in whole for letter in LETTERS + "ĄŁŻŹ".lower())
    for kind in SAMPLES:
        assert {"ą", "ę", "ł", "ó", "ś", "ż"} <= set(text_of(kind)), kind


def test_the_patterns_are_strict_enough_to_fail() -> None:
    """No pattern is found in an empty document or in the head alone."""
    head = "Jasna Energia S.A. Faktura VAT"
    assert not [pattern for _, _, pattern in WANTED if re.search(pattern, head)]
