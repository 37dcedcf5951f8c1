"""Import readings: register states and interval values, in every form that `kwit.metering.importing` reads."""

from kwit.aws.bootstrap import Application
from kwit.aws.cut_files import long_files
from kwit.aws.drops import Dropped, drop_of, key_of_drop, known_at, put_result
from kwit.aws.runtime import QueueFunction, Report
from kwit.aws.settings import ImportReadingsSettings


def load(message: Dropped, app: Application) -> Report | None:
    """Import the dropped file and put the result beside it; of a long file, ask for its parts."""
    file, result = drop_of(message, app)
    if file is not None:
        key = key_of_drop(message, file.name)
        result = long_files(app, cut=True).start(file=file, drop=key, known_at=known_at(message, app))
        if result is None:
            return {"file": key, "status": "in parts"}
    return put_result(message, result, app) if result is not None else None


lambda_handler = QueueFunction(settings=ImportReadingsSettings, message=Dropped, use_case=load)
