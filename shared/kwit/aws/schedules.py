"""What a schedule sends: its name and the instant it was set for."""

from datetime import date

from pydantic import AwareDatetime

from kwit.aws.runtime import QueueMessage
from kwit.kernel.time import local_day


class ScheduleFired(QueueMessage):
    """A schedule of EventBridge Scheduler fired; it is delivered at least once."""

    schedule: str
    scheduled_time: AwareDatetime

    @property
    def business_date(self) -> date:
        """Return the local day that the schedule was set for."""
        return local_day(self.scheduled_time)
