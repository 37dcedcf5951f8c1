"""`kwit preview`: see a document and its e-mail with settings that are not in force yet."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from kwit.cli.found_documents import deployed, document_named, failed
from kwit.cli.samples import sample_kinds, sample_of
from kwit.cli.settings_file import read_settings
from kwit.delivery.message import mail_parts, template_environment
from kwit.documents.document import Document
from kwit.documents.rendering import forecasts_of, render_document, structured_form
from kwit.registry.company import CompanySettings


def preview(
    number: Annotated[str, typer.Argument(help="The number or id of an issued document.")] = "",
    sample: Annotated[str, typer.Option(help="Instead of a number, a kind: a sample document of it.")] = "",
    settings: Annotated[
        Path | None, typer.Option(help="Company settings to draw with.", exists=True, dir_okay=False)
    ] = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="The PDF to write.")] = Path("preview.pdf"),
    html: Annotated[Path | None, typer.Option(help="Write the e-mail as a page, too.")] = None,
) -> None:
    """Draw a document as it would look with company settings, and print the text of its e-mail.

    Nothing is issued, kept or sent. A sample needs settings; a document of a deployed system has its own.
    """
    if bool(number) is bool(sample):
        failed("name a document or a sample, one of the two")
    used = _settings(settings) if settings is not None else None
    if sample:
        document, used, numbers = _of_sample(sample, used)
    else:
        document, used, numbers = _of_system(number, used)
    xml = structured_form(document=document, settings=used)
    out.write_bytes(render_document(document=document, settings=used, numbers=numbers, xml=xml))
    mail = mail_parts(document=document, settings=used, environment=template_environment())
    typer.echo(f"{out}: {document.number}\n\n{mail.subject}\n\n{mail.text}")
    if html is not None:
        html.write_text(mail.html, encoding="utf-8")


def _of_sample(
    kind: str, settings: CompanySettings | None
) -> tuple[Document, CompanySettings, Mapping[str, str]]:
    found = sample_of(kind)
    if found is None:
        failed(f"there is no sample {kind}; there are {', '.join(sample_kinds())}")
    if settings is None:
        failed("a sample is drawn with --settings")
    return found.document, settings, found.numbers


def _of_system(
    number: str, settings: CompanySettings | None
) -> tuple[Document, CompanySettings, Mapping[str, str]]:
    application = deployed()
    document = document_named(number, application)
    settled = application.documents.documents(forecasts_of(document))
    numbers = {name: one.number for name, one in settled.items()}
    used = settings or application.company.version(document.read().settings_version)
    return document, used, numbers


def _settings(file: Path) -> CompanySettings:
    """Read company settings; end the command with every fault when the import would refuse them."""
    settings, faults = read_settings(file)
    if settings is None:
        failed("\n".join(f"{file.name}  {fault}" for fault in faults))
    return settings
