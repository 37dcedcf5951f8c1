"""`kwit preview`: samples and documents drawn with settings that are not in force."""

import json
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from typer.testing import CliRunner, Result

from kwit.billing.drafts import DocumentKind
from kwit.cli import preview as command
from kwit.cli import samples
from kwit.cli.main import app
from kwit.cli.samples import sample_kinds, sample_of
from kwit.documents.document import Document
from kwit.documents.rendering import render_document
from tests.billing.company import SETTINGS, company_settings
from tests.documents.sample_documents import SAMPLES, told

FOLDER = Path(samples.__file__).parent / "samples"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["preview", *map(str, arguments)])


def changed_settings(folder: Path, text: str = "Nowość: {{ number }}.", colour: str = "#aa2211") -> Path:
    file = folder / "new.yaml"
    source = SETTINGS.read_text(encoding="utf-8").replace("#0b5d3b", colour)
    texts = [{"id": "nowy", "place": place, "text": text} for place in ("first_page", "mail")]
    texts[1]["id"] = "nowy-list"
    file.write_text(f"{source}\ntexts: {json.dumps(texts, ensure_ascii=False)}\n", encoding="utf-8")
    return file


def first_page(file: Path) -> str:
    pdf = pypdfium2.PdfDocument(file.read_bytes())
    try:
        return " ".join(pdf[0].get_textpage().get_text_bounded().split())
    finally:
        pdf.close()


@pytest.mark.parametrize("kind", SAMPLES)
def test_the_samples_are_what_billing_makes(kind: str, golden: Any) -> None:
    golden(FOLDER / f"{kind}.json", told(SAMPLES[kind]()))


def test_there_is_a_sample_of_every_kind() -> None:
    assert set(sample_kinds()) == {str(kind) for kind in DocumentKind} == set(SAMPLES)


@pytest.mark.parametrize("kind", SAMPLES)
def test_a_sample_is_drawn_with_the_settings_and_its_mail_is_printed(kind: str, tmp_path: Path) -> None:
    out, page = tmp_path / "look.pdf", tmp_path / "mail.html"
    done = run("--sample", kind, "--settings", changed_settings(tmp_path), "-o", out, "--html", page)
    assert done.exit_code == 0, done.output
    found = sample_of(kind)
    assert found is not None
    said = f"Nowość: {found.document.number}."
    assert said in first_page(out)
    assert said in done.output
    assert said in page.read_text(encoding="utf-8")
    assert "#aa2211" in page.read_text(encoding="utf-8")


def test_a_wrong_text_is_named_and_nothing_is_drawn(tmp_path: Path) -> None:
    out = tmp_path / "look.pdf"
    file = changed_settings(tmp_path, "{{ nieznane }}", "zielony")
    done = run("--sample", "invoice", "--settings", file, "-o", out)
    assert (done.exit_code, "seller.colour" in done.output) == (1, True)
    done = run("--sample", "invoice", "--settings", changed_settings(tmp_path, "{{ nieznane }}"), "-o", out)
    assert done.exit_code == 1
    assert "texts.0.text: text nowy: line 1: unknown name nieznane" in done.output
    assert not out.exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "one of the two"),
        (("FV/1", "--sample", "invoice"), "one of the two"),
        (("--sample", "invoice"), "--settings"),
        (
            ("--sample", "paragon", "--settings", SETTINGS),
            "there is no sample paragon; there are collective, ",
        ),
    ],
)
def test_what_cannot_be_drawn_is_said(arguments: tuple[object, ...], said: str) -> None:
    done = run(*arguments)
    assert done.exit_code == 1
    assert said in done.output


class System:
    """A deployed system with one document."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.documents = self.company = self

    def version(self, version: str) -> Any:
        assert version == self.document.read().settings_version
        return company_settings()

    def __call__(self, ids: tuple[str, ...]) -> dict[str, Document]:
        assert ids == ()
        return {}


def test_an_issued_document_is_drawn_with_its_own_settings_or_with_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = SAMPLES["invoice"]()
    system = System(document)
    system.documents = type("Documents", (), {"documents": staticmethod(system)})()
    monkeypatch.setattr(command, "deployed", lambda: system)
    monkeypatch.setattr(command, "document_named", lambda name, _: document)
    out = tmp_path / "look.pdf"
    assert run(document.number, "-o", out).exit_code == 0
    assert out.read_bytes() == render_document(document=document, settings=company_settings())
    assert run(document.number, "-o", out, "--settings", changed_settings(tmp_path)).exit_code == 0
    assert "Nowość: FV/2026/04/000001." in first_page(out)
