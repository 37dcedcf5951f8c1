"""`kwit readings`: the readings of a point, and what changed behind invoices and waits for a correction."""

from collections.abc import Sequence
from os import environ
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from typer.core import TyperGroup

from kwit.aws.bootstrap import Application
from kwit.aws.settings import MissingSettingsError, ReadingTasksSettings, load
from kwit.cli.show_readings import show
from kwit.kernel.energy import from_wh
from kwit.metering.tasks import CorrectionTask, task_sentence


class PointFirst(TyperGroup):
    """Takes a point's code in the place of a command for `show`: `kwit readings 590…`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the command in front of a code."""
        if args and args[0].isdigit():
            args = ["show", *args]
        return super().parse_args(ctx, args)


readings_app = typer.Typer(no_args_is_help=True, cls=PointFirst, help="Readings of a deployed system.")
readings_app.command("show")(show)

_COLUMNS = (
    "point",
    "contract",
    "register",
    "at",
    "invoices of",
    "before kWh",
    "after kWh",
    "cause",
    "source",
)


@readings_app.callback()
def readings() -> None:
    """Look at readings of a deployed system."""


@readings_app.command("tasks")
def list_tasks(
    ppe: Annotated[str, typer.Option(help="Only the tasks of this metering point.")] = "",
) -> None:
    """List the tasks for correction that nobody has settled."""
    try:
        application = Application(load(ReadingTasksSettings, environ))
    except MissingSettingsError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    tasks = application.tasks.tasks_of(ppe) if ppe else application.tasks.open_tasks()
    console = Console(highlight=False, width=200)
    if tasks:
        console.print(tasks_table(tasks))
    console.print(f"{len(tasks)} open")


def tasks_table(tasks: Sequence[CorrectionTask]) -> Table:
    """Lay tasks out as a table, one a row."""
    table = Table(*_COLUMNS)
    for task in tasks:
        register = f"{task.meter_no}/{task.register}" if task.meter_no else task.register
        table.add_row(
            task.ppe,
            task.contract_no,
            register,
            task.boundary.isoformat(),
            f"{task.start.isoformat()} – {task.end.isoformat()}",
            _kwh(task.before_wh),
            _kwh(task.after_wh),
            f"{task.cause}: {task_sentence(task.cause)}",
            task.source,
        )
    return table


def _kwh(wh: int | None) -> str:
    return "–" if wh is None else f"{from_wh(wh, unit='kWh'):f}"
