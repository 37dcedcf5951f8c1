"""Import company settings dropped as YAML."""

from kwit.aws.bootstrap import Application
from kwit.aws.drops import Dropped, drop_of, known_at, put_result
from kwit.aws.runtime import QueueFunction, Report
from kwit.aws.settings import ImportSettingsSettings
from kwit.aws.yaml_drops import import_settings


def load(message: Dropped, app: Application) -> Report | None:
    """Import the dropped file and put the result beside it."""
    file, result = drop_of(message, app)
    if file is not None:
        at = known_at(message, app)
        result = import_settings(file=file, store=app.company, imports=app.imports, known_at=at)
    return put_result(message, result, app) if result is not None else None


lambda_handler = QueueFunction(settings=ImportSettingsSettings, message=Dropped, use_case=load)
