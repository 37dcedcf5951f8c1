"""Define the queue in front of a function, with its dead letters and its alarms."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.constructs.findings import acknowledge

VISIBILITY_PER_TIMEOUT = 6
LONGEST_RETENTION = Duration.days(14)


class ConsumerQueue(Construct):
    """Hold messages for one function; after ``max_receives`` failures they go to the dead letters.

    The visibility timeout is six times the function's timeout, as Lambda asks of its event sources,
    so a message cannot reappear while an invocation may still be working on it.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, timeout: Duration, max_receives: int, fifo: bool
    ) -> None:
        super().__init__(scope, construct_id)
        self.dead_letters = sqs.Queue(
            self,
            "DeadLetters",
            fifo=fifo or None,
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=LONGEST_RETENTION,
        )
        acknowledge(
            self.dead_letters,
            findings=("SQS3",),
            reason="It is the dead letter queue of the queue beside it.",
        )
        self.queue = sqs.Queue(
            self,
            "Queue",
            fifo=fifo or None,
            deduplication_scope=sqs.DeduplicationScope.MESSAGE_GROUP if fifo else None,
            fifo_throughput_limit=sqs.FifoThroughputLimit.PER_MESSAGE_GROUP_ID if fifo else None,
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=LONGEST_RETENTION,
            visibility_timeout=Duration.seconds(VISIBILITY_PER_TIMEOUT * int(timeout.to_seconds())),
            dead_letter_queue=sqs.DeadLetterQueue(queue=self.dead_letters, max_receive_count=max_receives),
        )

    def alarms(self) -> list[cloudwatch.Alarm]:
        """Watch for any dead letter, and for a message nobody has taken within an hour."""
        dead = self.dead_letters.metric_approximate_number_of_messages_visible(period=Duration.minutes(5))
        age = self.queue.metric_approximate_age_of_oldest_message(period=Duration.minutes(5))
        return [
            dead.create_alarm(
                self,
                "DeadLettersAlarm",
                alarm_description=f"{self.node.id}: a message failed for good and waits for a person.",
                threshold=1,
                evaluation_periods=1,
                comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
                treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            ),
            age.create_alarm(
                self,
                "AgeAlarm",
                alarm_description=f"{self.node.id}: the oldest message has waited for an hour.",
                threshold=3600,
                evaluation_periods=1,
                comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
                treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            ),
        ]
