"""Import parties, points, meters and contracts dropped as a workbook or as CSV."""

from kwit.aws.bootstrap import Application
from kwit.aws.drops import Dropped, drop_of, known_at, put_result
from kwit.aws.runtime import QueueFunction, Report
from kwit.aws.settings import ImportRegistrySettings
from kwit.registry.importing import import_registry


def load(message: Dropped, app: Application) -> Report | None:
    """Import the dropped file and put the result beside it."""
    file, result = drop_of(message, app)
    if file is not None:
        at = known_at(message, app)
        result = import_registry(
            file=file, store=app.registry, imports=app.imports, known_at=at, billed=app.runs
        )
    return put_result(message, result, app) if result is not None else None


lambda_handler = QueueFunction(settings=ImportRegistrySettings, message=Dropped, use_case=load)
