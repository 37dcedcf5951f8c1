"""`kwit explain`: where each amount of a bill or a quote comes from, worked out again from its own data."""

from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.console import Console

from kwit.billing.content import BillContent
from kwit.cli.quote_content import QuoteContent
from kwit.cli.quote_output import explanation
from kwit.kernel.money import grosze

DIFFERENT, WRONG = 1, 2
_WIDE = 160


def explain_file(
    file: Annotated[Path, typer.Argument(help="The JSON of a quote (--json), or the content of a bill.")],
) -> None:
    """Print the tree of every line and work its amount out again from quantity, price and factors.

    Ends with 0 when every line comes out, 1 when one does not, 2 when the file is no bill.
    """
    content = _read(file)
    if content is None:
        typer.echo(f"{file.name}: neither a quote nor the content of a bill", err=True)
        raise typer.Exit(WRONG)
    console = Console(highlight=False, soft_wrap=True)
    if not console.is_terminal:
        console.width = _WIDE
    console.print(explanation(content))
    wrong = [line for line in content.lines if grosze(line.product()) != line.net]
    for line in wrong:
        typer.echo(f"{line.name}: {line.net} zł stated, {grosze(line.product())} zł worked out", err=True)
    if wrong:
        raise typer.Exit(DIFFERENT)


def _read(file: Path) -> QuoteContent | BillContent | None:
    try:
        text = file.read_bytes()
    except OSError:
        return None
    for kind in (QuoteContent, BillContent):
        try:
            return kind.model_validate_json(text)
        except ValidationError:
            continue
    return None
