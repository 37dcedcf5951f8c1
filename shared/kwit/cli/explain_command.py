"""`kwit explain`: where each amount of a bill or a quote comes from, worked out again from its own data."""

from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table

from kwit.billing.collective_content import CollectiveContent
from kwit.billing.content import BillContent
from kwit.billing.contents import read_issued
from kwit.billing.correction_content import CorrectionContent
from kwit.billing.note_content import NoteContent
from kwit.cli.explained_notes import explained_note, wrong_interest
from kwit.cli.found_documents import deployed, document_named
from kwit.cli.quote_content import QuoteContent
from kwit.cli.quote_output import explanation
from kwit.kernel.money import grosze

DIFFERENT, WRONG = 1, 2
_WIDE = 160
Explained = QuoteContent | BillContent | CollectiveContent | CorrectionContent | NoteContent


def explain(
    document: Annotated[
        str,
        typer.Argument(
            help="The number or id of an issued document, the JSON of a quote (--json), or of a document's content."
        ),
    ],
) -> None:
    """Print the tree of every line and work its amount out again from quantity, price and factors.

    Of a correction, print its causes and the bill as it stands after it; of a collective invoice, each of its bills; of
    a note, the order that it rests on and every day of interest.
    Ends with 0 when every line comes out, 1 when one does not, 2 when a file is no bill.
    """
    file = Path(document)
    content: Explained | None
    if file.suffix == ".json" or file.is_file():
        content = _read(file)
        if content is None:
            typer.echo(f"{file.name}: neither a quote nor the content of a document", err=True)
            raise typer.Exit(WRONG)
    else:
        content = read_issued(document_named(document, deployed()).content)
    console = Console(highlight=False, soft_wrap=True)
    if not console.is_terminal:
        console.width = _WIDE
    if isinstance(content, NoteContent):
        console.print(explained_note(content))
        _end(
            [
                f"{invoice}: {told} zł stated, {counted} zł worked out"
                for invoice, told, counted in wrong_interest(content)
            ]
        )
        return
    if isinstance(content, CorrectionContent):
        console.print(_causes(content))
        content = content.after
    bills = content.bills if isinstance(content, CollectiveContent) else (content,)
    for bill in bills:
        console.print(explanation(bill))
    if isinstance(content, CollectiveContent):
        console.print(_parts(content))
    wrong = [line for bill in bills for line in bill.lines if grosze(line.product()) != line.net]
    _end([f"{line.name}: {line.net} zł stated, {grosze(line.product())} zł worked out" for line in wrong])


def _end(differences: list[str]) -> None:
    """Say what does not come out and end with an error, if anything does not."""
    for one in differences:
        typer.echo(one, err=True)
    if differences:
        raise typer.Exit(DIFFERENT)


def _parts(content: CollectiveContent) -> Table:
    """Return what a collective invoice is made of, contract by contract, adding up to its totals."""
    table = Table(title=f"{content.account}: {len(content.parts)} contracts", title_justify="left")
    for name in ("contract", "point", "net", "VAT", "gross"):
        table.add_column(name, justify="right" if name in {"net", "VAT", "gross"} else "left")
    for bill in content.bills:
        table.add_row(bill.contract_no, bill.point.ppe, str(bill.net), str(bill.vat), str(bill.gross))
    table.add_row("", "", str(content.net), str(content.vat), str(content.gross))
    return table


def _causes(content: CorrectionContent) -> Table:
    """Return why a correction differs from what it corrects, by cause, adding up to its gross."""
    table = Table(title=f"{content.corrected.number}: {content.reason}", title_justify="left")
    for name in ("cause", "charge", "zone", "before", "after", "net", "VAT", "gross"):
        table.add_column(name, justify="right" if name in {"net", "VAT", "gross"} else "left")
    for one in content.causes:
        before, after = (f"{value} {one.unit}" for value in (one.quantity_before, one.quantity_after))
        amounts = (str(one.net), str(one.vat), str(one.gross))
        table.add_row(one.cause, one.name, one.zone, before, after, *amounts)
    return table


def _read(file: Path) -> Explained | None:
    try:
        text = file.read_bytes()
    except OSError:
        return None
    for kind in (QuoteContent, BillContent, CollectiveContent, CorrectionContent, NoteContent):
        try:
            return kind.model_validate_json(text)
        except ValidationError:
            continue
    return None
