"""The main job, end to end: drop what a small team has, fire the schedules of one day, look at what came out.

Nothing here bills anything: files are dropped into the bucket, schedules fire, and the functions of the deployed
template do the rest. What is printed and written is read back from the cloud. Ends with an error that names
whatever is missing.
"""

import shutil
import sys
import threading
import time
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta

from rich.console import Console

from events import portfolio
from infra.local import schedules
from infra.local.cloud import EmbeddedCloud
from infra.local.corrections import correct
from infra.local.drops import drop_everything
from infra.local.findings import missing_of
from infra.local.ksef.connected import connected
from infra.local.ksef.server import KsefServer
from infra.local.outcome import OUT, Outcome, collect
from infra.local.pages import write_index
from infra.local.synth import synthesise
from infra.local.tables import print_outcome


def main() -> None:
    """Run the demo and exit with 0, or with 1 and the list of what is missing."""
    console = Console(width=118, highlight=False)
    began = time.monotonic()
    shutil.rmtree(OUT, ignore_errors=True)
    stages: list[tuple[str, float]] = []

    def stage(name: str, since: float) -> float:
        now = time.monotonic()
        stages.append((name, now - since))
        console.print(f"[dim]{now - began:6.1f} s[/dim]  {name}")
        return now

    console.print("[bold]kWit[/bold]: one real month, on the template that would be deployed")
    since = time.monotonic()
    assembly = synthesise()
    since = stage("CDK app synthesised", since)
    with EmbeddedCloud(assembly=assembly) as cloud, _ksef_of(cloud) as ksef:
        since = stage(f"{len(cloud.outputs)} outputs: both stacks deployed to the embedded cloud", since)
        dropped = drop_everything(cloud, say=lambda text: console.print(f"          {text}"))
        since = stage(f"{len(dropped.files)} files dropped and imported", since)
        _fire(cloud, console, hours=(0, 12))
        since = stage("schedules of the morning fired, all queues empty", since)
        correct(cloud, dropped)
        since = stage("a reading changed after its invoice: corrected, approved, issued", since)
        _fire(cloud, console, hours=(12, 24))
        since = stage("schedules of the evening fired, all queues empty", since)
        outcome = collect(cloud, dropped, ksef)
        stage(f"results collected in {OUT.name}/", since)
    outcome.stages = stages
    missing = missing_of(outcome)
    write_index(outcome, missing)
    print_outcome(console, outcome)
    _end(console, outcome, missing, time.monotonic() - began)


def _ksef_of(cloud: EmbeddedCloud) -> AbstractContextManager[KsefServer]:
    return connected(cloud, nip=portfolio.SELLER_NIP, day=portfolio.BUSINESS_DATE)


def _fire(cloud: EmbeddedCloud, console: Console, *, hours: tuple[int, int]) -> None:
    """Fire the schedules between two hours (UTC) of the business day, telling how far mails have come."""
    day = datetime.combine(portfolio.BUSINESS_DATE, datetime.min.time(), tzinfo=UTC)
    first, last = (day + timedelta(hours=hour) for hour in hours)
    failures: list[BaseException] = []

    def work() -> None:
        try:
            schedules.run(cloud, since=first, until=last)
        except BaseException as error:  # noqa: BLE001 - raised again in the main thread
            failures.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    with console.status("billing run") as status:
        while thread.is_alive():
            thread.join(0.4)
            mails = len(list(cloud.outbox.glob("*.eml")))
            status.update(f"billing run of {portfolio.BUSINESS_DATE}: {mails} e-mails sent so far")
    if failures:
        raise failures[0]


def _end(console: Console, outcome: Outcome, missing: list[str], seconds: float) -> None:
    if missing:
        console.print(f"\n[bold red]{len(missing)} things are missing:[/bold red]")
        for one in missing:
            console.print(f"  - {one}")
        sys.exit(1)
    console.print(
        f"\n[bold green]All there[/bold green] after {seconds:.1f} s: {len(outcome.documents)} invoices, "
        f"{len(outcome.corrections)} correction, {len(outcome.notes)} notes, {len(outcome.mails)} e-mails, "
        f"{len(outcome.filings)} structured invoices in KSeF, postings and report agree, the verifier agrees with "
        f"every bill, every document came out again from its evidence to the byte. "
        f"Open {OUT.name}/index.html"
    )


if __name__ == "__main__":
    main()
