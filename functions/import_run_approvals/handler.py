"""Approve, issue or discard runs as dropped approvals say."""

from kwit.aws.bootstrap import Application
from kwit.aws.drops import Dropped, drop_of, known_at, put_result
from kwit.aws.runtime import QueueFunction, Report
from kwit.aws.settings import ImportRunApprovalsSettings
from kwit.billing.run_drops import take_approval


def load(message: Dropped, app: Application) -> Report | None:
    """Take the dropped approval and put the result beside it."""
    file, result = drop_of(message, app)
    if file is not None:
        at = known_at(message, app)
        result = take_approval(file=file, stores=app.planning, queue=app.run_queue, known_at=at)
    return put_result(message, result, app) if result is not None else None


lambda_handler = QueueFunction(settings=ImportRunApprovalsSettings, message=Dropped, use_case=load)
