"""`kwit run`: plan, look at, approve and issue billing runs of a deployed system."""

import os
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.table import Table

from kwit.aws.bootstrap import Application
from kwit.aws.settings import MissingSettingsError, RunCommandSettings, load
from kwit.billing.approval import (
    ApprovalRefusedError,
    Choice,
    approve_drafts,
    chosen_drafts,
    discard_run,
    issue_approved,
)
from kwit.billing.certificate import Certificate, certify, hash_of_drafts
from kwit.billing.correction_run import CorrectionStores, DocumentNumbersUnknownError
from kwit.billing.drafts import ChunkResult, Run, RunKind, RunOrder
from kwit.billing.ports import ApprovalTakenError
from kwit.billing.run_diff import (
    PREVIOUS,
    HeldParts,
    RunNotComparableError,
    chunks_to_compare,
    compare_chunk,
)
from kwit.billing.run_report import issue_faults
from kwit.billing.runs import plan_run, run_id_of
from kwit.reports.run_diff import diff_data, diff_page, diff_workbook

run_app = typer.Typer(no_args_is_help=True, help=__doc__)

RunId = Annotated[
    str, typer.Argument(help="The run's id, or the business date (YYYY-MM-DD) of the daily run.")
]
Contracts = Annotated[list[str] | None, typer.Option(help="A contract number; may be repeated.")]
By = Annotated[str, typer.Option(help="Who does it, as the record names them.", prompt=True)]


@dataclass(frozen=True, slots=True)
class _Found:
    """A run with what its chunks came to."""

    application: Application
    run: Run
    results: list[ChunkResult]
    certificate: Certificate


@run_app.command("plan")
def plan(
    business_date: Annotated[str, typer.Argument(help="The business date (YYYY-MM-DD).")],
    *,
    by: By,
    contract: Contracts = None,
    group: Annotated[list[str] | None, typer.Option(help="A tariff group; may be repeated.")] = None,
    price_list: Annotated[
        list[str] | None, typer.Option(help="A price list's code; may be repeated.")
    ] = None,
    document: Annotated[list[str] | None, typer.Option(help="A document number to correct.")] = None,
    corrections: Annotated[bool, typer.Option(help="Make corrections instead of bills.")] = False,
    cancel: Annotated[bool, typer.Option(help="Correct the documents named to zero.")] = False,
    release: Annotated[bool, typer.Option(help="Let the days of what is cancelled be billed again.")] = False,
    until: Annotated[str, typer.Option(help="Bill up to this day, off the cycle (YYYY-MM-DD).")] = "",
    dry: Annotated[bool, typer.Option(help="Wait for approval whatever the policy says.")] = True,
    reason: Annotated[str, typer.Option(help="Why, in the words a correction prints.")] = "",
) -> None:
    """Start a run: of everything due, or of a selection. A dry run stores drafts and waits."""
    order = RunOrder(
        kind=RunKind.CORRECTIONS if corrections or cancel else RunKind.BILLS,
        by=by,
        reason=reason,
        contracts=tuple(contract or ()),
        groups=tuple(group or ()),
        price_lists=tuple(price_list or ()),
        documents=tuple(document or ()),
        until=_day(until) if until else None,
        cancel=cancel,
        release=release,
        dry=dry,
    )
    application = _application()
    try:
        run = plan_run(
            business_date=_day(business_date),
            stores=application.planning,
            queue=application.run_queue,
            order=order,
            corrections=_corrections(application) if order.kind is RunKind.CORRECTIONS else None,
        )
    except DocumentNumbersUnknownError as error:
        _fail(str(error))
    _print(f"{run.run_id}: {run.contracts} contracts in {run.chunks} chunks, {run.status}")


@run_app.command("status")
def status(run_id: RunId) -> None:
    """Show how far a run has come, what it holds back, who approved it and what was issued."""
    found = _run(run_id)
    run, certificate, runs = found.run, found.certificate, found.application.runs
    table = Table(show_header=False)
    rows = {
        "run": run.run_id,
        "status": str(run.status),
        "contracts due": str(run.contracts),
        "chunks rated": f"{run.chunks_done} of {run.chunks}",
        "drafts": f"{len(certificate.drafts)}, {certificate.gross} zł",
        "drafts hash": certificate.drafts_hash,
        "held drafts": str(len(certificate.held)),
        "batches issued": f"{run.batches_done} of {run.batches}",
    }
    for name, value in rows.items():
        table.add_row(name, value)
    for one in runs.approvals(run.run_id):
        table.add_row(
            "approved", f"{one.drafts} drafts, {one.gross} zł, by {one.by} at {one.at:%Y-%m-%d %H:%M}"
        )
    totals = runs.batch_totals(run.run_id)
    for batch in totals:
        table.add_row("issued", f"{batch.first} – {batch.last}: {batch.documents}, {batch.gross} zł")
    for fault in (*certificate.faults, *issue_faults(totals, (), complete=False)):
        table.add_row("fault", fault)
    for hold in certificate.holds:
        waits = "draft waits, " if hold.document_id else ""
        told = f"{hold.contract_no} {hold.start} – {hold.end}: {waits}risk {hold.risk}, {hold.code}: {hold.detail}"
        table.add_row("held", told)
    Console(highlight=False, soft_wrap=True).print(table)


@run_app.command("approve")
def approve(
    run_id: RunId,
    by: By,
    drafts_hash: Annotated[
        str, typer.Option("--hash", help="The hash of the drafts, as the report shows it.")
    ] = "",
    only: Contracts = None,
    without: Contracts = None,
    release: Annotated[list[str] | None, typer.Option(help="A contract whose held draft goes along.")] = None,
    reason: Annotated[str, typer.Option(help="Why, for the record.")] = "",
) -> None:
    """Approve drafts of a run as they are, all or a part; `kwit run issue` has them numbered."""
    found = _run(run_id)
    choice = Choice(tuple(only or ()), tuple(without or ()), tuple(release or ()))
    application, run = found.application, found.run
    settings, _ = application.company.current(on=run.business_date)
    if not drafts_hash:
        earlier = application.runs.approvals(run.run_id)
        drafts = chosen_drafts(results=found.results, earlier=earlier, choice=choice)
        drafts_hash = hash_of_drafts(drafts)
        _print(f"{len(drafts)} drafts, {sum(one.gross for one in drafts)} zł, hash {drafts_hash}")
        typer.confirm("Approve them as they are?", abort=True)
    try:
        approval = approve_drafts(
            run=run,
            certificate=found.certificate,
            results=found.results,
            choice=choice,
            by=by,
            at=application.now(),
            drafts_hash=drafts_hash,
            settings=settings,
            store=application.runs,
            reason=reason,
        )
    except (ApprovalRefusedError, ApprovalTakenError) as error:
        _fail(str(error))
    _print(f"{approval.drafts} drafts approved, {approval.gross} zł; hash {approval.drafts_hash}")


@run_app.command("diff")
def diff(
    run_id: RunId,
    against: Annotated[str, typer.Argument(help="Another run, or `previous`: the bills before.")] = PREVIOUS,
    out: Annotated[
        Path | None, typer.Option(help="A folder for the page, the workbook and the data.")
    ] = None,
) -> None:
    """Compare a run with the bills before it or with another run, by cause; the causes add up to the grosz."""
    found = _run(run_id)
    stores = replace(found.application.comparing, diffs=HeldParts())
    whole = None
    try:
        for chunk in chunks_to_compare(found.run):
            whole = compare_chunk(run_id=found.run.run_id, against=against, chunk=chunk, stores=stores)
    except RunNotComparableError as error:
        _fail(str(error))
    if whole is None:
        _fail(f"run {found.run.run_id} has chunks that cannot be compared")
    table = Table(title=f"{whole.run_id} against {against}", title_justify="left")
    for name in ("cause", "charge", "drafts", "net", "VAT"):
        table.add_column(name, justify="left" if name in {"cause", "charge"} else "right")
    for one in whole.sums:
        table.add_row(str(one.cause), one.name, str(one.drafts), str(one.net), str(one.vat))
    console = Console(highlight=False, soft_wrap=True)
    console.print(table)
    for cause, gross in whole.by_cause().items():
        _print(f"{cause}: {gross} zł")
    _print(f"{whole.before} zł before, {whole.after} zł now, {whole.after - whole.before} zł between")
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        for ending, write in (("html", diff_page), ("xlsx", diff_workbook), ("json", diff_data)):
            path = out / f"diff-{whole.run_id}-{against}.{ending}"
            path.write_bytes(write(whole))
            _print(str(path))


@run_app.command("issue")
def issue(
    run_id: RunId,
    issue_date: Annotated[str, typer.Option(help="The documents' date of issue (YYYY-MM-DD).")] = "",
) -> None:
    """Have the approved drafts of a run numbered and issued, unchanged."""
    found = _run(run_id)
    application, run = found.application, found.run
    try:
        run = issue_approved(
            run=run,
            results=found.results,
            issue_date=_day(issue_date) if issue_date else run.business_date,
            settings=application.company,
            store=application.runs,
            queue=application.run_queue,
        )
    except ApprovalRefusedError as error:
        _fail(str(error))
    _print(f"{run.run_id}: {run.batches} batches asked for, {run.status}")


@run_app.command("discard")
def discard(run_id: RunId, by: By) -> None:
    """Give up a run that nobody approved; its contracts stay due."""
    found = _run(run_id)
    try:
        run = discard_run(run=found.run, by=by, store=found.application.runs)
    except ApprovalRefusedError as error:
        _fail(str(error))
    _print(f"{run.run_id}: {run.status}")


def _application() -> Application:
    try:
        return Application(load(RunCommandSettings, os.environ))
    except MissingSettingsError as error:
        _fail(str(error))


def _corrections(application: Application) -> CorrectionStores:
    """Return the stores of corrections of the system that the environment names."""
    for name in ("readings_table", "documents_table"):
        if not getattr(application.settings, name):
            _fail(f"corrections need {name.upper()} in the environment")
    return application.corrections


def _run(run_id: str) -> _Found:
    """Find a run of the system that the environment names."""
    application = _application()
    name = run_id_of(_day(run_id)) if len(run_id) == len("2026-04-08") else run_id
    run = application.runs.run(name)
    if run is None:
        _fail(f"there is no run {name}")
    results = list(application.runs.chunk_results(name))
    return _Found(application, run, results, certify(run=run, results=results))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        _fail(f"{text!r} is no day (YYYY-MM-DD)")


def _print(sentence: str) -> None:
    Console(highlight=False, soft_wrap=True).print(sentence, markup=False)


def _fail(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(1)
