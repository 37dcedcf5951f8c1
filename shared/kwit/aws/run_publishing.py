"""Publish the report of a run; it needs no workbook, so its function goes without that layer."""

from kwit.aws.bootstrap import Application
from kwit.billing.certificate import Certificate
from kwit.billing.drafts import Run
from kwit.billing.run_report import run_report


def publish_run_report(run: Run, certificate: Certificate, app: Application) -> Run:
    """Write what a run proves about itself, as it stands; return the run as it was written last.

    A run may go on while its report is being written, and another's later report be overwritten by this one, so the
    run is looked at again afterwards.
    """
    while True:
        report = run_report(
            run=run,
            certificate=certificate,
            approvals=app.runs.approvals(run.run_id),
            issued=app.runs.batch_totals(run.run_id),
        )
        app.files.put(f"exports/run-{run.run_id}.json", report, "application/json")
        now = app.runs.run(run.run_id)
        if now is None or now == run:
            return run
        run = now
