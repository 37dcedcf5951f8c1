"""Close a rated run: certify it, put its report beside the documents, approve by policy."""

from kwit.aws.bootstrap import Application
from kwit.aws.messages import CloseRun
from kwit.aws.run_publishing import publish_run_report
from kwit.aws.runtime import QueueFunction, Report
from kwit.aws.settings import CloseBillingRunSettings
from kwit.billing.runs import close_run


def close(message: CloseRun, app: Application) -> Report:
    """Close the run that the message names."""
    run, certificate = close_run(
        run_id=message.run_id, stores=app.planning, queue=app.run_queue, at=app.now()
    )
    run = publish_run_report(run, certificate, app)
    counts = {"drafts": len(certificate.drafts), "holds": len(certificate.holds), "status": str(run.status)}
    return {"run_id": run.run_id, "faults": list(certificate.faults)} | counts


lambda_handler = QueueFunction(settings=CloseBillingRunSettings, message=CloseRun, use_case=close)
