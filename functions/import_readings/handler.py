"""Import readings: register states and interval values, in every form that `kwit.metering.importing` reads."""

from kwit.aws.bootstrap import Application
from kwit.aws.drops import Dropped, drop_of, known_at, put_result
from kwit.aws.runtime import QueueFunction, Report
from kwit.aws.settings import ImportReadingsSettings
from kwit.metering.importing import import_readings


def load(message: Dropped, app: Application) -> Report | None:
    """Import the dropped file and put the result beside it."""
    file, result = drop_of(message, app)
    if file is not None:
        at = known_at(message, app)
        result = import_readings(
            file=file,
            directory=app.directory,
            store=app.readings,
            imports=app.imports,
            known_at=at,
            terms=app.reading_terms,
            desk=app.correction_desk,
        )
    return put_result(message, result, app) if result is not None else None


lambda_handler = QueueFunction(settings=ImportReadingsSettings, message=Dropped, use_case=load)
