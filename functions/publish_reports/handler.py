"""Publish the sales report of the month up to the day that the schedule was set for."""

from kwit.aws.publishing import publish
from kwit.aws.runtime import QueueFunction
from kwit.aws.schedules import ScheduleFired
from kwit.aws.settings import PublishReportsSettings

lambda_handler = QueueFunction(settings=PublishReportsSettings, message=ScheduleFired, use_case=publish)
