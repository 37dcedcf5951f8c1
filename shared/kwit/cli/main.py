"""The `kwit` command: check files before they are dropped, look at runs, approve them."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from kwit.cli.documents import documents_app
from kwit.cli.explain_command import explain
from kwit.cli.ksef import ksef_app
from kwit.cli.preview import preview
from kwit.cli.ptpiree import ptpiree_app
from kwit.cli.quote_command import quote_scenario
from kwit.cli.readings import readings_app
from kwit.cli.replay_command import replay_documents
from kwit.cli.route import route_app
from kwit.cli.run_commands import run_app
from kwit.cli.settings_file import read_settings
from kwit.tariffs.check import check_price_list

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)
price_list_app = typer.Typer(no_args_is_help=True, help="Price lists.")
settings_app = typer.Typer(no_args_is_help=True, help="Company settings.")
app.add_typer(price_list_app, name="price-list")
app.add_typer(settings_app, name="settings")
app.add_typer(run_app, name="run")
app.add_typer(ptpiree_app, name="ptpiree")
app.add_typer(documents_app, name="documents")
app.add_typer(ksef_app, name="ksef")
app.add_typer(readings_app, name="readings")
app.add_typer(route_app, name="route")
app.command("quote")(quote_scenario)
app.command("explain")(explain)
app.command("replay")(replay_documents)
app.command("preview")(preview)

File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)]


def _console() -> Console:
    return Console(highlight=False, soft_wrap=True)


@price_list_app.command("check")
def check_price_list_file(file: File) -> None:
    """Check a price list and name every error at once, with its line and path."""
    console = _console()
    checked = check_price_list(content=file.read_bytes(), source=file.name)
    for one in checked.findings:
        where = f"{file.name}:{one.line or 0}"
        console.print(f"{where}  {one.severity}  {one.code}  {one.path}: {one.english}", markup=False)
    if checked.price_list is None:
        raise typer.Exit(1)
    found = checked.price_list
    until = found.window.end or "open"
    console.print(
        f"{found.code}: {len(found.charges)} charges, {len(found.groups)} groups, {found.window.start} – {until}"
    )


@settings_app.command("check")
def check_settings_file(file: File) -> None:
    """Check company settings and name every error at once."""
    console = _console()
    settings, faults = read_settings(file)
    if settings is not None:
        console.print(
            f"{settings.seller.name}: {len(settings.profiles)} profiles, approval {settings.approval}"
        )
    for fault in faults:
        console.print(f"{file.name}  {fault}", markup=False)
    if faults:
        raise typer.Exit(1)
