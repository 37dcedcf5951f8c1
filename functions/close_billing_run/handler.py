"""Close a rated run: certify it, put its report beside the documents, approve by policy."""

from kwit.aws.bootstrap import Application
from kwit.aws.messages import CloseRun
from kwit.aws.runtime import QueueFunction, Report
from kwit.aws.settings import CloseBillingRunSettings
from kwit.billing.run_report import run_report
from kwit.billing.runs import close_run


def close(message: CloseRun, app: Application) -> Report:
    """Close the run that the message names."""
    run, certificate = close_run(
        run_id=message.run_id, stores=app.planning, queue=app.run_queue, at=app.now()
    )
    report = run_report(
        run=run,
        certificate=certificate,
        approvals=app.runs.approvals(run.run_id),
        issued=app.runs.batch_totals(run.run_id),
    )
    app.files.put(f"exports/run-{run.run_id}.json", report, "application/json")
    counts = {"drafts": len(certificate.drafts), "holds": len(certificate.holds), "status": str(run.status)}
    return {"run_id": run.run_id, "faults": list(certificate.faults)} | counts


lambda_handler = QueueFunction(settings=CloseBillingRunSettings, message=CloseRun, use_case=close)
