"""Start or compare runs as dropped orders say."""

from kwit.aws.bootstrap import Application
from kwit.aws.drops import Dropped, drop_of, known_at, put_result
from kwit.aws.runtime import QueueFunction, Report
from kwit.aws.settings import ImportRunOrdersSettings
from kwit.billing.run_drops import take_order


def load(message: Dropped, app: Application) -> Report | None:
    """Take the dropped order and put the result beside it."""
    file, result = drop_of(message, app)
    if file is not None:
        at = known_at(message, app)
        result = take_order(
            file=file,
            stores=app.planning,
            queue=app.run_queue,
            known_at=at,
            corrections=app.corrections,
        )
    return put_result(message, result, app) if result is not None else None


lambda_handler = QueueFunction(settings=ImportRunOrdersSettings, message=Dropped, use_case=load)
