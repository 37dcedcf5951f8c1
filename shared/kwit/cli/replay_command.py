"""`kwit replay`: rate issued documents again from the inputs recorded for them, bit for bit."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated

import typer

from kwit.aws.bootstrap import Application
from kwit.billing.replay import Replayed, replay_draft
from kwit.cli.found_documents import deployed, document_named, documents_of_day, failed
from kwit.documents.document import Document

_SHOWN = 20


def replay_documents(
    documents: Annotated[list[str] | None, typer.Argument(help="Numbers or ids of documents.")] = None,
    day: Annotated[str, typer.Option(help="All documents issued on this day (YYYY-MM-DD).")] = "",
) -> None:
    """Rate documents again from stored inputs and say whether every byte is the same, or what differs first.

    Ends with 0 when all are the same, 1 when one is not or cannot be found.
    """
    application = deployed()
    found: Iterable[Document] = [document_named(one, application) for one in documents or ()]
    if day:
        try:
            found = [*found, *documents_of_day(date.fromisoformat(day), application)]
        except ValueError:
            failed(f"{day!r} is no day (YYYY-MM-DD)")
    replayed, differing = 0, 0
    for document in found:
        told = replay(document, application)
        replayed += 1
        if not told.same:
            differing += 1
            if differing <= _SHOWN:
                typer.echo(f"{document.number}: {told.difference} ({_engines(told)})", err=True)
    if not replayed:
        failed("no document is named")
    typer.echo(f"{replayed} documents replayed, {differing} differ")
    if differing:
        raise typer.Exit(1)


def replay(document: Document, application: Application) -> Replayed:
    """Rate a document again from the evidence of its chunk."""
    return replay_draft(
        run_id=document.run_id,
        chunk=document.chunk,
        contract_no=document.contract_no,
        document_id=document.document_id,
        content=document.content,
        stores=application.replaying,
        holidays=application.holidays,
    )


def _engines(told: Replayed) -> str:
    if not told.engine or told.engine == told.engine_now:
        return told.engine_now
    return f"made by {told.engine}, replayed by {told.engine_now}"
