"""Issue a batch of approved drafts under gapless numbers."""

from kwit.aws.bootstrap import Application
from kwit.aws.messages import IssueBatch
from kwit.aws.runtime import QueueFunction, Report
from kwit.aws.settings import IssueDocumentsSettings
from kwit.billing.drafts import RunStatus
from kwit.documents.issue import issue_batch


def issue(message: IssueBatch, app: Application) -> Report:
    """Issue the batch that the message names."""
    issued = issue_batch(
        run_id=message.run_id,
        number=message.batch,
        runs=app.runs,
        documents=app.documents,
        queue=app.render_queue,
        post=app.post,
        tasks=app.tasks,
        outlet=app.outlet,
    )
    if issued.run.status is RunStatus.ISSUED:
        app.run_queue.close_run(message.run_id)
    entries = issued.block.entries if issued.block else ()
    numbers = {"first": entries[0].number, "last": entries[-1].number} if entries else {}
    names = {"run_id": message.run_id, "batch": message.batch, "documents": len(entries)}
    return names | numbers | {"status": str(issued.run.status)}


lambda_handler = QueueFunction(settings=IssueDocumentsSettings, message=IssueBatch, use_case=issue)
