"""Import a profile of a source of readings dropped as YAML."""

from kwit.aws.bootstrap import Application
from kwit.aws.drops import Dropped, drop_of, known_at, put_result
from kwit.aws.runtime import QueueFunction, Report
from kwit.aws.settings import ImportProfilesSettings
from kwit.metering.profile_import import import_profile


def load(message: Dropped, app: Application) -> Report | None:
    """Import the dropped file and put the result beside it."""
    file, result = drop_of(message, app)
    if file is not None:
        at = known_at(message, app)
        result = import_profile(file=file, store=app.profiles, imports=app.imports, known_at=at)
    return put_result(message, result, app) if result is not None else None


lambda_handler = QueueFunction(settings=ImportProfilesSettings, message=Dropped, use_case=load)
