"""Define a daily start at a local time, sent to a queue so that it is retried like anything else."""

from aws_cdk import TimeZone
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_scheduler_targets as targets
from constructs import Construct

from infra.catalogue import Daily
from infra.constructs.queues import ConsumerQueue


class DailySchedule(Construct):
    """Send ``{"schedule": name, "scheduled_time": the due instant}`` to a queue every day.

    The message carries the instant it was due, so a function started late still works on the right day.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, name: str, daily: Daily, consumer: ConsumerQueue
    ) -> None:
        super().__init__(scope, construct_id)
        hours = (daily.hour, *daily.later_hours)
        times = ", ".join(f"{hour:02}:{daily.minute:02}" for hour in hours)
        scheduler.Schedule(
            self,
            "Schedule",
            description=f"kWit: {name} every day at {times} of Europe/Warsaw",
            schedule=scheduler.ScheduleExpression.cron(
                hour=",".join(map(str, hours)), minute=str(daily.minute), time_zone=TimeZone.EUROPE_WARSAW
            ),
            time_window=scheduler.TimeWindow.off(),
            target=targets.SqsSendMessage(
                consumer.queue,
                input=scheduler.ScheduleTargetInput.from_object(
                    {"schedule": name, "scheduled_time": scheduler.ContextAttribute.scheduled_time}
                ),
                dead_letter_queue=consumer.dead_letters,
            ),
        )
