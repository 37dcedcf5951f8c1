"""Say of a file dropped into no known folder that nobody will read it."""

from kwit.aws.bootstrap import Application
from kwit.aws.drops import Dropped, put_result, unknown_kind
from kwit.aws.runtime import QueueFunction, Report
from kwit.aws.settings import RejectUnknownDropSettings


def reject(message: Dropped, app: Application) -> Report | None:
    """Put a result beside the file that names the folders kWit reads."""
    return put_result(message, unknown_kind(message, app), app) if message.detail is not None else None


lambda_handler = QueueFunction(settings=RejectUnknownDropSettings, message=Dropped, use_case=reject)
