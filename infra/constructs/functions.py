"""Define one function of the catalogue: its role, log group, code and alarms, and the mapping of its queue."""

from collections.abc import Mapping, Sequence

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as event_sources
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.catalogue import Function
from infra.constructs.findings import acknowledge
from infra.constructs.layers import ARCHITECTURE, RUNTIME
from infra.constructs.queues import ConsumerQueue
from infra.wheels import ROOT

METRICS_NAMESPACE = "kWit"
LOG_LEVEL = "INFO"


class DeployedFunction(Construct):
    """Run ``functions/<name>/handler.py``, with no right beyond its own; something else starts it."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        function: Function,
        layers: Sequence[lambda_.ILayerVersion],
        environment: Mapping[str, str],
    ) -> None:
        super().__init__(scope, construct_id)
        log_group = logs.LogGroup(
            self, "Logs", retention=logs.RetentionDays.ONE_YEAR, removal_policy=RemovalPolicy.RETAIN
        )
        self.role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        log_group.grant_write(self.role)
        self.function = lambda_.Function(
            self,
            "Function",
            description=f"kWit: {function.name.replace('_', ' ')}",
            runtime=RUNTIME,
            architecture=ARCHITECTURE,
            code=lambda_.Code.from_asset(
                str(ROOT / "functions" / function.name), exclude=["**/__pycache__/**", "**/*.pyc"]
            ),
            handler="handler.lambda_handler",
            role=self.role,
            layers=list(layers),
            timeout=Duration.seconds(function.timeout_seconds),
            memory_size=function.memory_mb,
            log_group=log_group,
            logging_format=lambda_.LoggingFormat.JSON,
            tracing=lambda_.Tracing.ACTIVE,
            environment={
                "POWERTOOLS_SERVICE_NAME": function.name,
                "POWERTOOLS_METRICS_NAMESPACE": METRICS_NAMESPACE,
                "POWERTOOLS_LOG_LEVEL": LOG_LEVEL,
                **environment,
            },
        )
        acknowledge(
            self.role,
            findings=("IAM5[Resource::*]",),
            reason="X-Ray's PutTraceSegments and PutTelemetryRecords know no resource to name.",
        )

    def allow(self, *, actions: Sequence[str], resources: Sequence[str]) -> None:
        """Grant exact actions on exact resources."""
        self.role.add_to_policy(iam.PolicyStatement(actions=list(actions), resources=list(resources)))

    def silence_alarm(self) -> cloudwatch.Alarm:
        """Watch for a day without an invocation."""
        started = self.function.metric_invocations(period=Duration.hours(24), statistic="Sum")
        return started.create_alarm(
            self,
            "SilenceAlarm",
            alarm_description=f"{self.node.id}: not started for a day.",
            threshold=1,
            evaluation_periods=1,
            comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.BREACHING,
        )

    def alarms(self) -> list[cloudwatch.Alarm]:
        """Watch for errors and throttles of five minutes."""
        period = Duration.minutes(5)
        watched = {"Errors": self.function.metric_errors(period=period)}
        watched["Throttles"] = self.function.metric_throttles(period=period)
        return [
            metric.create_alarm(
                self,
                f"{name}Alarm",
                alarm_description=f"{self.node.id}: {name.lower()} in the last five minutes.",
                threshold=1,
                evaluation_periods=1,
                comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
                treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            )
            for name, metric in watched.items()
        ]


class QueueFunction(DeployedFunction):
    """Run a function on the messages of its queue."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        function: Function,
        consumes: ConsumerQueue,
        layers: Sequence[lambda_.ILayerVersion],
        environment: Mapping[str, str],
    ) -> None:
        super().__init__(scope, construct_id, function=function, layers=layers, environment=environment)
        self.function.add_event_source(
            event_sources.SqsEventSource(
                consumes.queue,
                batch_size=function.batch_size,
                report_batch_item_failures=True,
                max_concurrency=function.max_concurrency,
            )
        )
