"""`kwit ksef`: structured invoices, before anything is sent."""

from pathlib import Path
from typing import Annotated

import typer

from kwit.cli.found_documents import deployed, document_named, failed
from kwit.documents.fa3 import NotAnInvoiceError, RateNotInFa3Error, fa3_xml, made_at

ksef_app = typer.Typer(no_args_is_help=True, help=__doc__)


@ksef_app.callback()
def ksef() -> None:
    """Work with structured invoices of the schema FA(3)."""


@ksef_app.command("xml")
def xml(
    document: Annotated[str, typer.Argument(help="The number or id of an issued document.")],
    out: Annotated[
        Path | None, typer.Option(help="The file to write; without it, the XML is printed.")
    ] = None,
) -> None:
    """Write an issued document of a deployed system as a structured invoice."""
    application = deployed()
    found = document_named(document, application)
    settings = application.company.version(found.read().settings_version)
    try:
        content = fa3_xml(document=found, settings=settings, made_at=made_at(found))
    except (RateNotInFa3Error, NotAnInvoiceError) as error:
        failed(str(error))
    if out is None:
        typer.echo(content.decode())
    else:
        out.write_bytes(content)
        typer.echo(f"{out}: {len(content)} bytes")


@ksef_app.command("check")
def check(
    files: Annotated[list[Path], typer.Argument(help="XML files of FA(3).", exists=True, dir_okay=False)],
) -> None:
    """Check structured invoices by the official schema and by what KSeF refuses beyond it.

    Ends with 0 when every file may be sent, 1 when one may not, 2 when the schema is not installed.
    """
    try:
        from kwit.documents.fa3_check import check_fa3  # noqa: PLC0415 - the schema is an extra of the package
    except ImportError:
        typer.echo("the schema is not installed: pip install kwit[ksef]", err=True)
        raise typer.Exit(2) from None
    wrong = 0
    for file in files:
        findings = check_fa3(file.read_bytes())
        for one in findings:
            mark = "" if one.refuses else "uwaga: "
            typer.echo(f"{file.name}:{one.line}  {one.code}  {mark}{one.sentence}", err=True)
        wrong += any(one.refuses for one in findings)
    typer.echo(f"{len(files)} checked, {wrong} cannot be sent")
    if wrong:
        raise typer.Exit(1)
