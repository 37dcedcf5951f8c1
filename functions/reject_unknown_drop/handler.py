"""Say of a file dropped into no known folder that nobody will read it."""

from kwit.aws.settings import RejectUnknownDropSettings
from kwit.intake.results import refused, unknown_kind_finding

from kwit.aws.bootstrap import Application
from kwit.aws.drops import Dropped, known_at, put_result
from kwit.aws.runtime import QueueFunction, Report


def reject(message: Dropped, app: Application) -> Report | None:
    """Put a result beside the file that names the folders kWit reads."""
    if message.detail is None:
        return None
    key = message.detail.object.key
    result = refused(name=key, findings=(unknown_kind_finding(name=key),), received_at=known_at(message, app))
    return put_result(message, result, app)


lambda_handler = QueueFunction(settings=RejectUnknownDropSettings, message=Dropped, use_case=reject)
