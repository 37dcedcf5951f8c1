"""The `kwit` command: check files before they are dropped, look at runs, approve them."""

from datetime import date
from os import environ
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table

from kwit.aws.bootstrap import Application
from kwit.aws.settings import CloseBillingRunSettings, MissingSettingsError, load
from kwit.billing.certificate import certify
from kwit.billing.drafts import Run, RunStatus
from kwit.billing.runs import approve_run, ask_for_batches, run_id_of
from kwit.cli.explain_command import explain_file
from kwit.cli.ptpiree import ptpiree_app
from kwit.cli.quote_command import quote_scenario
from kwit.cli.readings import readings_app
from kwit.cli.route import route_app
from kwit.registry.company import CompanySettings
from kwit.tariffs.check import check_price_list
from kwit.tariffs.yaml_file import read_yaml

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)
price_list_app = typer.Typer(no_args_is_help=True, help="Price lists.")
settings_app = typer.Typer(no_args_is_help=True, help="Company settings.")
run_app = typer.Typer(no_args_is_help=True, help="Billing runs of a deployed system.")
app.add_typer(price_list_app, name="price-list")
app.add_typer(settings_app, name="settings")
app.add_typer(run_app, name="run")
app.add_typer(ptpiree_app, name="ptpiree")
app.add_typer(readings_app, name="readings")
app.add_typer(route_app, name="route")
app.command("quote")(quote_scenario)
app.command("explain")(explain_file)

File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)]
RunId = Annotated[str, typer.Argument(help="The run's id, or its business date (YYYY-MM-DD).")]


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
    read = read_yaml(file.read_bytes())
    faults = [f"{one.path}: {one.english}" for one in read.findings]
    if not faults:
        try:
            settings = CompanySettings.model_validate(read.data)
        except ValidationError as error:
            faults = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]
        else:
            console.print(
                f"{settings.seller.name}: {len(settings.profiles)} profiles, approval {settings.approval}"
            )
    for fault in faults:
        console.print(f"{file.name}  {fault}", markup=False)
    if faults:
        raise typer.Exit(1)


@run_app.command("status")
def run_status(run_id: RunId) -> None:
    """Show how far a run has come and what it holds back."""
    application, run = _run(run_id)
    table = Table(show_header=False)
    rows = {
        "run": run.run_id,
        "status": str(run.status),
        "contracts due": str(run.contracts),
        "chunks rated": f"{run.chunks_done} of {run.chunks}",
        "batches issued": f"{run.batches_done} of {run.batches}",
    }
    for name, value in rows.items():
        table.add_row(name, value)
    results = [application.runs.chunk_result(run.run_id, chunk) for chunk in range(run.chunks)]
    for result in results:
        for hold in result.holds if result else ():
            table.add_row("held", f"{hold.contract_no} {hold.start} – {hold.end}: {hold.code}: {hold.detail}")
    _console().print(table)


@run_app.command("approve")
def approve(
    run_id: RunId,
    issue_date: Annotated[str, typer.Option(help="The documents' date of issue (YYYY-MM-DD).")] = "",
) -> None:
    """Approve all drafts of a run that waits for a person, and have them issued."""
    application, run = _run(run_id)
    if run.status is not RunStatus.WAITING:
        _fail(f"run {run.run_id} does not wait for approval: it is {run.status}")
    results = [application.runs.chunk_result(run.run_id, chunk) for chunk in range(run.chunks)]
    complete = [result for result in results if result is not None]
    certificate = certify(run=run, results=complete, store=application.runs)
    if not certificate.balances:
        _fail(f"run {run.run_id} does not balance: {'; '.join(certificate.faults)}")
    day = date.fromisoformat(issue_date) if issue_date else run.business_date
    run = approve_run(run=run, certificate=certificate, issue_date=day, stores=application.planning)
    ask_for_batches(run, application.runs, application.run_queue)
    _console().print(
        f"{len(certificate.drafts)} drafts approved, {certificate.gross} zł; hash {certificate.drafts_hash}"
    )


def _run(run_id: str) -> tuple[Application, Run]:
    """Find a run of the system that the environment names."""
    try:
        application = Application(load(CloseBillingRunSettings, environ))
    except MissingSettingsError as error:
        _fail(str(error))
    name = run_id_of(date.fromisoformat(run_id)) if len(run_id) == len("2026-04-08") else run_id
    run = application.runs.run(name)
    if run is None:
        _fail(f"there is no run {name}")
    return application, run


def _fail(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(1)
