"""`kwit documents`: where an issued document stands with KSeF, mail and print, and what people must do about it."""

from collections.abc import Iterator
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from kwit.aws.bootstrap import Application
from kwit.cli.found_documents import deployed, document_named, failed
from kwit.documents.document import Document
from kwit.ksef.filing import Filing

documents_app = typer.Typer(no_args_is_help=True, help="Issued documents of a deployed system.")
_COLUMNS = ("task", "document", "what", "since", "sentence")


@documents_app.callback()
def documents() -> None:
    """Look at issued documents of a deployed system."""


@documents_app.command("show")
def show(
    document: Annotated[str, typer.Argument(help="The number or id of an issued document.")],
) -> None:
    """Say where a document stands: issued, in KSeF, drawn, mailed, with every word of the mail system as proof."""
    application = deployed()
    found = document_named(document, application)
    console = Console(highlight=False, soft_wrap=True)
    for name, value in _standing(found, application):
        console.print(f"{name:<14}{value}", markup=False)


def _standing(document: Document, application: Application) -> Iterator[tuple[str, str]]:
    yield "number", document.number
    yield "issued", f"{document.issue_date}, due {document.due_date}, {document.kind}"
    yield "run", document.run_id
    yield "content", document.content_hash
    filing = application.filings.filings([document.document_id]).get(document.document_id)
    if filing is not None:
        yield from _filed(filing)
    _, files = application.rendered.rendered([document.document_id])
    for file in files.values():
        yield "pages", f"{file.key}, {file.size} bytes, {file.content_hash}"
    delivery = application.deliveries.delivery(document.document_id)
    if delivery is not None:
        attempts = f", asked for again {delivery.attempt} times" if delivery.attempt else ""
        yield "e-mail", f"{delivery.status} since {delivery.changed_at}{attempts}"
    for notice in application.deliveries.notices(document.document_id):
        yield "", f"{notice.at:%Y-%m-%d %H:%M:%S} {notice.kind} {notice.message_id} {notice.answer}".rstrip()


def _filed(filing: Filing) -> Iterator[tuple[str, str]]:
    yield (
        "KSeF",
        f"{filing.status}, {filing.mode}" + (f", {filing.ksef_number}" if filing.ksef_number else ""),
    )
    if filing.problem:
        yield "", filing.problem
    if filing.send_by is not None and not filing.ksef_number:
        yield "", f"must be there by {filing.send_by}"
    if filing.waits_for:
        yield "", f"waits for the number of {filing.waits_for}"
    for name, key in (("invoice", filing.file_key), ("confirmation", filing.upo_key)):
        if key:
            yield "", f"{name}: {key}"
    if filing.doubles:
        yield "", f"sent again in {', '.join(filing.doubles)}, where KSeF found that it had it"


@documents_app.command("tasks")
def tasks() -> None:
    """List what people must do about documents, oldest first."""
    found = deployed().document_tasks.open_document_tasks()
    console = Console(highlight=False)
    if found:
        table = Table(*_COLUMNS)
        for one in found:
            since = f"{one.raised_at:%Y-%m-%d %H:%M}"
            table.add_row(one.task_id, one.number, one.kind, since, one.sentence)
        console.print(table)
    console.print(f"{len(found)} open")


@documents_app.command("settle")
def settle(
    task_id: Annotated[str, typer.Argument(help="The id of a task.")],
    by: Annotated[str, typer.Option(help="Who settles it.")],
) -> None:
    """Mark a task about a document as done with."""
    application = deployed()
    if not application.document_tasks.settle_document_task(task_id, by=by, at=application.now()):
        failed(f"there is no open task {task_id}")
    typer.echo(f"{task_id} settled by {by}")
