"""Find issued documents of a deployed system by number, id, run or day of issue."""

import os
from collections.abc import Iterator
from datetime import date
from typing import NoReturn

import typer

from kwit.aws.bootstrap import Application
from kwit.aws.settings import DocumentCommandSettings, MissingSettingsError, load
from kwit.documents.document import Document

_ID_LENGTH = 32


def deployed() -> Application:
    """Return the system that the environment names; end the command when it names none."""
    try:
        return Application(load(DocumentCommandSettings, os.environ))
    except MissingSettingsError as error:
        failed(str(error))


def document_named(name: str, application: Application) -> Document:
    """Return the document of a number or an id; end the command when there is none."""
    documents = application.documents
    found = documents.document(name) if len(name) == _ID_LENGTH and "/" not in name else None
    if found is None:
        found = documents.numbered(name)
    if found is None:
        failed(f"there is no document {name}")
    return found


def documents_of_day(day: date, application: Application) -> Iterator[Document]:
    """Yield the documents issued on a day, in the order of their numbers."""
    for block in application.documents.blocks_of_day(day):
        yield from application.documents.documents_of(block.entries)


def failed(sentence: str) -> NoReturn:
    """Say what is wrong and end the command."""
    typer.echo(sentence, err=True)
    raise typer.Exit(1)
