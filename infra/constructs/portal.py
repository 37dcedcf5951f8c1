"""Define the customer portal: who may sign in (kept with the data), and the HTTP API behind their tokens."""

import json

import jsii
from aws_cdk import CfnOutput, Duration, RemovalPolicy, aws_apigateway
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_apigatewayv2_authorizers as authorizers
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.catalogue import Requests
from infra.constructs.findings import acknowledge

PARTY_ATTRIBUTE = "party_id"
RATE_PER_SECOND, BURST = 20, 40
"""Requests a second that the whole API takes, and how many at once: every point of a small seller in an hour."""

# No address, no path with a point's code, no claim: who called is known where the reading is kept.
_ACCESS_LOG = {
    "requestId": "$context.requestId",
    "time": "$context.requestTime",
    "route": "$context.routeKey",
    "status": "$context.status",
    "latency_ms": "$context.responseLatency",
    "refused": "$context.error.messageString",
    "authorizer": "$context.authorizer.error",
}


@jsii.implements(apigateway.IAccessLogSettings)
class _AccessLog:
    def __init__(self, log_group: logs.ILogGroup) -> None:
        self._log_group = log_group

    @property
    def destination(self) -> apigateway.IAccessLogDestination:
        """Write to the log group."""
        return apigateway.LogGroupLogDestination(self._log_group)

    @property
    def format(self) -> aws_apigateway.AccessLogFormat:
        """Write one JSON object a request."""
        return aws_apigateway.AccessLogFormat.custom(json.dumps(_ACCESS_LOG))


class PortalUsers(Construct):
    """Keep who may use the portal: people and customers' systems, each signed in as one party of the registry.

    Only the seller makes users, and the party of a user is set then and never changes.
    """

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        self.pool = cognito.UserPool(
            self,
            "Pool",
            self_sign_up_enabled=False,
            sign_in_aliases=cognito.SignInAliases(username=True),
            sign_in_case_sensitive=False,
            custom_attributes={
                PARTY_ATTRIBUTE: cognito.StringAttribute(mutable=False, min_len=1, max_len=64),
            },
            password_policy=cognito.PasswordPolicy(
                min_length=14,
                require_digits=True,
                require_lowercase=True,
                require_uppercase=True,
                require_symbols=True,
                temp_password_validity=Duration.days(7),
            ),
            mfa=cognito.Mfa.OPTIONAL,
            mfa_second_factor=cognito.MfaSecondFactor(sms=False, otp=True),
            account_recovery=cognito.AccountRecovery.NONE,
            deletion_protection=True,
            removal_policy=RemovalPolicy.RETAIN,
        )
        acknowledge(
            self.pool,
            findings=("COG2",),
            reason="A customer's system has no second factor; a person may set one (decision 0016).",
        )
        acknowledge(
            self.pool,
            findings=("COG8",),
            reason="Threat protection needs the Plus plan; users are few, made by the seller, with long passwords.",
        )
        attributes = cognito.ClientAttributes()
        self.client = self.pool.add_client(
            "Client",
            auth_flows=cognito.AuthFlow(user_password=True, user_srp=True),
            disable_o_auth=True,
            generate_secret=False,
            prevent_user_existence_errors=True,
            id_token_validity=Duration.hours(1),
            access_token_validity=Duration.hours(1),
            refresh_token_validity=Duration.days(30),
            enable_token_revocation=True,
            read_attributes=attributes.with_custom_attributes(PARTY_ATTRIBUTE),
            # Something must be named, for an empty list means everything; a language harms nobody.
            write_attributes=attributes.with_standard_attributes(locale=True),
        )
        CfnOutput(scope, "PortalUserPoolId", value=self.pool.user_pool_id)
        CfnOutput(scope, "PortalClientId", value=self.client.user_pool_client_id)


class PortalApi(Construct):
    """Publish the routes of one function, for bearers of a token of the portal's users alone, throttled."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        users: PortalUsers,
        function: lambda_.IFunction,
        requests: Requests,
    ) -> None:
        super().__init__(scope, construct_id)
        self.api = apigateway.HttpApi(
            self, "Api", description="kWit: the customer portal", create_default_stage=False
        )
        integration = integrations.HttpLambdaIntegration("Integration", function)
        authorizer = authorizers.HttpUserPoolAuthorizer(
            "Users", users.pool, user_pool_clients=[users.client], authorizer_name="portal-users"
        )
        for method, path in requests.routes:
            self.api.add_routes(
                path=path,
                methods=[apigateway.HttpMethod[method]],
                integration=integration,
                authorizer=authorizer,
            )
        log_group = logs.LogGroup(
            self, "AccessLogs", retention=logs.RetentionDays.ONE_YEAR, removal_policy=RemovalPolicy.RETAIN
        )
        self.stage = apigateway.HttpStage(
            self,
            "Stage",
            http_api=self.api,
            auto_deploy=True,
            throttle=apigateway.ThrottleSettings(rate_limit=RATE_PER_SECOND, burst_limit=BURST),
            access_log_settings=_AccessLog(log_group),
        )
        CfnOutput(scope, "PortalUrl", value=self.stage.url)
        CfnOutput(scope, "PortalApiId", value=self.api.api_id)

    def alarms(self) -> list[cloudwatch.Alarm]:
        """Watch for answers of five minutes that blame ourselves: the function hides what failed, but not that."""
        failed = self.api.metric_server_error(period=Duration.minutes(5), statistic="Sum")
        return [
            failed.create_alarm(
                self,
                "FailedAlarm",
                alarm_description=f"{self.node.id}: answers 5xx in the last five minutes.",
                threshold=1,
                evaluation_periods=1,
                comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
                treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            )
        ]
