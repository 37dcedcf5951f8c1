"""`kwit readings PPE`: every version of a point's readings, what counts, what is missing, and a picture."""

from datetime import UTC, date, datetime, timedelta
from os import environ
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.table import Table

from kwit.aws.bootstrap import Application
from kwit.aws.settings import MissingSettingsError, ShowReadingsSettings, load
from kwit.cli.bars import bars
from kwit.cli.plot import plot
from kwit.kernel.energy import from_wh
from kwit.kernel.identifiers import PointCodeError, point_code
from kwit.kernel.time import Period, local_clock, local_day
from kwit.metering.history import PointHistory, Told, history_of
from kwit.metering.readings import IntervalDay, RegisterReading

_YEAR = 396
"""Days that are shown when nothing is asked: a year and a month."""

_HERE = Path("-")
_BAR_WIDTH = 60


def show(
    ppe: Annotated[str, typer.Argument(help="The point's code.")],
    since: Annotated[str, typer.Option("--from", help="The first day (YYYY-MM-DD).")] = "",
    until: Annotated[str, typer.Option("--to", help="The last day (YYYY-MM-DD).")] = "",
    as_of: Annotated[str, typer.Option(help="What was known at an instant (2026-04-02T09:00+02:00).")] = "",
    picture: Annotated[
        Path | None, typer.Option("--plot", help="Draw the use into this PNG file, or here when it is -.")
    ] = None,
) -> None:
    """Show the readings of a point: every version, the one that counts, its origin, and gaps."""
    known_by = _instant(as_of) if as_of else datetime.now(UTC)
    last = _day(until) if until else local_day(known_by)
    first = _day(since) if since else last - timedelta(days=_YEAR - 1)
    if first > last:
        _fail(f"{first} is after {last}")
    try:
        code = point_code(ppe)
        application = Application(load(ShowReadingsSettings, environ))
    except (PointCodeError, MissingSettingsError) as error:
        _fail(str(error))
    period = Period(first, last + timedelta(days=1))
    meters = application.directory.meters(code)
    if meters is None:
        _fail(f"{code} is not in the registry")
    history = history_of(
        period=period,
        states=application.readings.registers(code, known_by=known_by),
        days=application.readings.intervals(code, period=period, known_by=known_by),
        meters=meters,
    )
    console = Console(highlight=False, width=170)
    if history.told:
        console.print(history_table(history))
    for gap in history.gaps:
        console.print(f"gap  {gap.register}  {gap.start} – {gap.end - timedelta(days=1)}")
    counting = sum(one.counts for one in history.told)
    console.print(f"{len(history.told)} versions, {counting} count, {len(history.gaps)} gaps")
    if picture == _HERE:
        for line in bars(history, width=_BAR_WIDTH):
            console.print(line)
    elif picture is not None:
        picture.write_bytes(plot(history, title=f"{code}   {first} – {last}"))
        console.print(f"{picture}")


def history_table(history: PointHistory) -> Table:
    """Lay versions out as a table, one a row."""
    table = Table("day", "register", "kWh", "kind", "counts", "known", "origin")
    for one in history.told:
        reading = one.reading
        known = local_clock(reading.known_at)
        table.add_row(
            one.day.isoformat(),
            _register(reading),
            _amount(reading),
            _kind(reading),
            _place(one),
            f"{known:%Y-%m-%d %H:%M}",
            str(reading.source),
        )
    return table


def _register(reading: RegisterReading | IntervalDay) -> str:
    return (
        f"{reading.meter_no}/{reading.register}" if isinstance(reading, RegisterReading) else reading.register
    )


def _amount(reading: RegisterReading | IntervalDay) -> str:
    if isinstance(reading, RegisterReading):
        return f"{from_wh(reading.state_wh, unit='kWh'):f}"
    return f"+{from_wh(sum(reading.values_wh), unit='kWh'):f}"


def _kind(reading: RegisterReading | IntervalDay) -> str:
    """Say how a reading was made; of a series how many values, and how many of them were not measured."""
    method = f" ({reading.standing.method})" if reading.standing.method else ""
    if isinstance(reading, RegisterReading):
        return f"{reading.kind}{method}"
    text = f"{len(reading.values_wh)} x {reading.minutes} min"
    if reading.estimated:
        text += f", {len(reading.estimated)} estimated"
    if reading.missing:
        text += f", {len(reading.missing)} missing"
    return text + method


def _place(one: Told) -> str:
    standing = one.reading.standing
    if standing.void:
        return "void"
    if standing.held:
        return f"held: {', '.join(standing.held)}"
    if one.again:
        return "said again"
    return "yes" if one.counts else "replaced"


def _instant(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        _fail(f"not an instant: {text}")
    if found.tzinfo is None:
        _fail(f"an instant needs its zone, as in 2026-04-02T09:00+02:00: {text}")
    return found


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        _fail(f"not a day (YYYY-MM-DD): {text}")


def _fail(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(1)
