"""Look after documents that are not finished with KSeF."""

from kwit.aws.filing import Filer
from kwit.aws.runtime import QueueFunction
from kwit.aws.schedules import ScheduleFired
from kwit.aws.settings import WatchKsefSettings

lambda_handler = QueueFunction(settings=WatchKsefSettings, message=ScheduleFired, use_case=Filer().watch)
