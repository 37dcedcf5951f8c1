"""`kwit route`: files for collectors' handhelds, and what collectors remarked."""

from datetime import date
from os import environ
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.table import Table

from kwit.aws.bootstrap import Application
from kwit.aws.settings import MissingSettingsError, RouteSettings, load
from kwit.billing.routes import RouteStores, Selection, stops_of
from kwit.metering.field_remarks import FieldRemark, settling_reading
from kwit.metering.route import plan_route
from kwit.metering.route_file import route_csv, route_workbook
from kwit.metering.usage import current_states

route_app = typer.Typer(no_args_is_help=True, help="Routes of collectors (trasy inkasenckie).")

Numbers = Annotated[
    list[str] | None, typer.Option(help="A number, or a range: FIRST..LAST. May be repeated.")
]


@route_app.command("export")
def export(
    file: Annotated[Path, typer.Argument(dir_okay=False, help="The file to write: .csv or .xlsx.")],
    day: Annotated[str, typer.Option(help="The day of reading (YYYY-MM-DD).")],
    contract: Numbers = None,
    point: Numbers = None,
    city: Annotated[str, typer.Option(help="Only points in this town.")] = "",
) -> None:
    """Write the route of a day: the points whose period ends, or the contracts and points named."""
    reading_day = _day(day)
    application = _application()
    selection = Selection(reading_day, tuple(contract or ()), tuple(point or ()), city)
    settings, _ = application.company.current(on=reading_day)
    stores = RouteStores(application.planning, application.directory, application.readings)
    rows = plan_route(stops_of(selection=selection, settings=settings, stores=stores), day=reading_day)
    name = file.stem
    write = route_workbook if file.suffix.casefold() == ".xlsx" else route_csv
    file.write_bytes(write(rows, route=name, day=reading_day))
    points = len({row.stop.ppe for row in rows})
    typer.echo(f"{file}: {len(rows)} registers at {points} points")


@route_app.command("remarks")
def remarks() -> None:
    """List what collectors remarked and nobody has settled; what a later reading settles goes off the list."""
    application = _application()
    left: list[FieldRemark] = []
    settled = 0
    for remark in application.remarks.open_remarks():
        reading = settling_reading(remark, current_states(application.readings.registers(remark.ppe)))
        if reading is None:
            left.append(remark)
        else:
            settled += application.remarks.settle(remark, by=str(reading.source))
    console = Console(highlight=False, width=160)
    if left:
        console.print(remarks_table(left))
    console.print(f"{len(left)} open, {settled} settled by readings")


@route_app.command("settle")
def settle(
    remark_id: Annotated[
        str, typer.Argument(help="The remark's id, or as much of its beginning as is unique.")
    ],
    by: Annotated[str, typer.Option(help="Who has seen to it.")],
) -> None:
    """Take a remark off the list that somebody has seen to."""
    application = _application()
    found = [one for one in application.remarks.open_remarks() if one.remark_id.startswith(remark_id)]
    if len(found) != 1:
        _fail(f"{len(found)} open remarks begin with {remark_id}")
    application.remarks.settle(found[0], by=by)
    typer.echo(f"{found[0].remark_id}: settled by {by}")


def remarks_table(remarks: list[FieldRemark]) -> Table:
    """Lay remarks out as a table, one a row."""
    table = Table("id", "point", "meter", "day", "remark", "note", "state", "settled by", "source")
    for one in remarks:
        state = "read" if one.state_read else "not read"
        source = f"{one.source.file}:{one.source.row}"
        table.add_row(
            one.remark_id[:12], one.ppe, one.meter_no, one.day.isoformat(), f"{one.code}: {one.name}", one.note,
            state, str(one.settled_by), source,
        )  # fmt: skip
    return table


def _application() -> Application:
    try:
        return Application(load(RouteSettings, environ))
    except MissingSettingsError as error:
        _fail(str(error))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        _fail(f"not a day (YYYY-MM-DD): {text}")


def _fail(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(1)
