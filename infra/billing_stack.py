"""Define what runs: layers, queues, functions, their triggers, mail and alarms."""

from collections.abc import Iterator

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as events_targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from infra.catalogue import (
    FUNCTIONS,
    RESULTS_PREFIX,
    WORK_PREFIX,
    Bucket,
    Daily,
    Drop,
    Function,
    Layer,
    MailEvent,
    Requests,
    UnknownDrop,
    known_prefixes,
)
from infra.constructs.findings import acknowledge
from infra.constructs.functions import DeployedFunction, QueueFunction
from infra.constructs.ksef import KsefEnvironment
from infra.constructs.layers import shared_layer, wheel_layer
from infra.constructs.mail import Mail
from infra.constructs.portal import PortalApi
from infra.constructs.queues import ConsumerQueue
from infra.constructs.schedules import DailySchedule
from infra.data_stack import DataStack


class BillingStack(Stack):
    """Build every function of the catalogue around its queue or its API; data comes from the data stack."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        data: DataStack,
        mail_domain: str,
        alarm_email: str | None,
        ksef: KsefEnvironment,
    ) -> None:
        super().__init__(scope, construct_id, description="kWit: functions, queues, schedules and mail")
        self._data = data
        self._ksef = ksef
        self._mail = Mail(self, "Mail", domain=mail_domain)
        self._alarms = self._alarm_topic(alarm_email)
        self._always = (shared_layer(self, "SharedLayer"), wheel_layer(self, "common"))
        self._layers = {layer: wheel_layer(self, layer) for layer in Layer}
        self._queues = {function.name: self._queue(function) for function in FUNCTIONS if function.queued}
        for function in FUNCTIONS:
            if function.queued:
                self._watch(self._queues[function.name].alarms())
            built = self._function(function)
            self._watch(built.alarms())
            if function.must_run_daily:
                self._watch([built.silence_alarm()])
            self._trigger(function, built)

    def _alarm_topic(self, alarm_email: str | None) -> sns.Topic:
        topic = sns.Topic(self, "Alarms", enforce_ssl=True, display_name="kWit alarms")
        # A policy of its own replaces the one that lets the account publish, so alarms need saying.
        topic.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                actions=["sns:Publish"],
                resources=[topic.topic_arn],
                conditions={"StringEquals": {"aws:SourceAccount": self.account}},
            )
        )
        if alarm_email:
            topic.add_subscription(subscriptions.EmailSubscription(alarm_email))
        return topic

    def _queue(self, function: Function) -> ConsumerQueue:
        return ConsumerQueue(
            self,
            f"{function.construct_id}Queue",
            timeout=Duration.seconds(function.timeout_seconds),
            max_receives=function.max_receives,
            fifo=function.fifo,
        )

    def _function(self, function: Function) -> DeployedFunction:
        built = self._deployed(function)
        for table, table_actions in function.tables.items():
            built.allow(
                actions=[f"dynamodb:{action}" for action in table_actions],
                resources=[self._data.tables[table].table_arn],
            )
        for bucket, prefix, accesses in function.objects:
            arn = self._data.buckets[bucket].arn_for_objects(f"{prefix}*")
            built.allow(actions=list(accesses), resources=[arn])
            self._acknowledge_prefix(built, bucket=bucket, prefix=prefix)
        for receiver in function.sends_to:
            built.allow(actions=["sqs:SendMessage"], resources=[self._queues[receiver].queue.queue_arn])
        if function.sends_mail:
            built.allow(actions=["ses:SendEmail", "ses:SendRawEmail"], resources=self._mail.resource_arns)
        if function.speaks_ksef:
            secret = self._data.ksef_secret.secret_arn
            built.allow(actions=["secretsmanager:GetSecretValue"], resources=[secret])
        return built

    def _deployed(self, function: Function) -> DeployedFunction:
        name, layers = function.construct_id, self._layers_of(function)
        environment = dict(self._environment(function))
        if not function.queued:
            return DeployedFunction(self, name, function=function, layers=layers, environment=environment)
        consumes = self._queues[function.name]
        return QueueFunction(
            self, name, function=function, consumes=consumes, layers=layers, environment=environment
        )

    def _acknowledge_prefix(self, built: DeployedFunction, *, bucket: Bucket, prefix: str) -> None:
        # The finding names the export by which the other stack's bucket is reached.
        arn = self._data.buckets[bucket].bucket_arn
        export = self.resolve(self._data.export_value(arn))
        acknowledge(
            built.role,
            findings=(f"IAM5[Resource::{export['Fn::ImportValue']}/{prefix}*]",),
            reason=f"The keys under {prefix} are made by users or by runs; the prefix is the narrowest name.",
        )

    def _layers_of(self, function: Function) -> list[lambda_.ILayerVersion]:
        return [*self._always, *(self._layers[layer] for layer in function.layers)]

    def _environment(self, function: Function) -> Iterator[tuple[str, str]]:
        for table in function.tables:
            yield f"{table.upper()}_TABLE", self._data.tables[table].table_name
        for bucket, _, _ in function.objects:
            yield f"{bucket.upper()}_BUCKET", self._data.buckets[bucket].bucket_name
        for receiver in FUNCTIONS:
            if receiver.name in function.sends_to:
                yield receiver.queue_variable, self._queues[receiver.name].queue.queue_url
        if function.sends_mail:
            yield "MAIL_CONFIGURATION_SET", self._mail.configuration_set.configuration_set_name
        if function.speaks_ksef or function.draws_ksef_codes:
            yield "KSEF_CODE_URL", self._ksef.codes
        if function.speaks_ksef:
            yield "KSEF_API_URL", self._ksef.api
            yield "KSEF_NOTICE_URL", self._ksef.notices
            yield "KSEF_SECRET", self._data.ksef_secret.secret_arn

    def _trigger(self, function: Function, built: DeployedFunction) -> None:
        match function.trigger:
            case Drop(prefix=prefix):
                self._rule(function, self._created({"prefix": prefix}))
            case UnknownDrop():
                self._rule(
                    function,
                    self._created(
                        {"anything-but": {"prefix": [*known_prefixes(), RESULTS_PREFIX, WORK_PREFIX]}}
                    ),
                )
            case MailEvent():
                configuration_set = self._mail.configuration_set.configuration_set_name
                tags = {"ses:configuration-set": [configuration_set]}
                self._rule(function, events.EventPattern(source=["aws.ses"], detail={"mail": {"tags": tags}}))
            case Requests() as requests:
                users = self._data.portal_users
                portal = PortalApi(self, "Portal", users=users, function=built.function, requests=requests)
                self._watch(portal.alarms())
            case Daily() as daily:
                DailySchedule(
                    self,
                    f"{function.construct_id}Daily",
                    name=function.name,
                    daily=daily,
                    consumer=self._queues[function.name],
                )

    def _created(self, key: dict[str, object]) -> events.EventPattern:
        bucket = self._data.buckets[Bucket.INBOX].bucket_name
        return events.EventPattern(
            source=["aws.s3"],
            detail_type=["Object Created"],
            detail={"bucket": {"name": [bucket]}, "object": {"key": [key]}},
        )

    def _rule(self, function: Function, pattern: events.EventPattern) -> None:
        consumer = self._queues[function.name]
        target = events_targets.SqsQueue(consumer.queue, dead_letter_queue=consumer.dead_letters)
        events.Rule(self, f"{function.construct_id}Rule", event_pattern=pattern, targets=[target])

    def _watch(self, alarms: list[cloudwatch.Alarm]) -> None:
        for alarm in alarms:
            alarm.add_alarm_action(actions.SnsAction(self._alarms))
