"""Make a run of the notes that a dropped file orders."""

from kwit.aws.bootstrap import Application
from kwit.aws.drops import Dropped, drop_of, known_at, put_result
from kwit.aws.runtime import QueueFunction, Report
from kwit.aws.settings import ImportNoteOrdersSettings
from kwit.billing.note_run import take_note_order


def load(message: Dropped, app: Application) -> Report | None:
    """Take the dropped order and put the result beside it."""
    file, result = drop_of(message, app)
    if file is not None:
        result = take_note_order(
            file=file,
            stores=app.noting,
            queue=app.run_queue,
            known_at=known_at(message, app),
            table=app.interest,
            holidays=app.holidays,
        )
    return put_result(message, result, app) if result is not None else None


lambda_handler = QueueFunction(settings=ImportNoteOrdersSettings, message=Dropped, use_case=load)
