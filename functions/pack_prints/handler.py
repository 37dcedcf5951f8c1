"""Pack documents for the print house."""

from kwit.aws.printing import pack
from kwit.aws.runtime import QueueFunction
from kwit.aws.schedules import ScheduleFired
from kwit.aws.settings import PackPrintsSettings

lambda_handler = QueueFunction(settings=PackPrintsSettings, message=ScheduleFired, use_case=pack)
