"""Build the CDK app: two stacks, one direction. Run as ``python -m infra.app`` by the CDK command."""

from aws_cdk import App, Validations
from cdk_nag import AwsSolutionsChecks

from infra.billing_stack import BillingStack
from infra.constructs.ksef import ksef_environment
from infra.data_stack import DataStack

# Set in code, for cdk.json is read by the CDK command alone and both ways must give one template.
FLAGS: dict[str, object] = {
    "@aws-cdk/aws-events:eventsTargetQueueSameAccount": True,
    "@aws-cdk/aws-iam:minimizePolicies": True,
    "@aws-cdk/aws-s3:createDefaultLoggingPolicy": True,
    "@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy": True,
    "@aws-cdk/core:checkSecretUsage": True,
    "@aws-cdk/core:enablePartitionLiterals": True,
    "@aws-cdk/aws-lambda:recognizeLayerVersion": True,
    "@aws-cdk/aws-lambda:recognizeVersionProps": True,
    "@aws-cdk/core:newStyleStackSynthesis": True,
    "aws:cdk:enable-path-metadata": False,
    "aws:cdk:enable-asset-metadata": False,
    "aws:cdk:disable-stack-trace": True,
}


def build_app(
    *, outdir: str | None = None, bundle: bool = True, context: dict[str, object] | None = None
) -> App:
    """Build the app for any account and region.

    ``bundle=False`` leaves the third-party layers unfilled (no network); the template stays the same.
    ``context`` may set ``mail_domain``, ``alarm_email`` and ``ksef_environment``, as ``cdk -c`` does.
    """
    skip: dict[str, object] = {} if bundle else {"aws:cdk:bundling-stacks": []}
    app = App(outdir=outdir, analytics_reporting=False, context={**FLAGS, **skip, **(context or {})})
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    data = DataStack(app, "KwitData")
    BillingStack(
        app,
        "KwitBilling",
        data=data,
        mail_domain=app.node.try_get_context("mail_domain") or "kwit.example",
        alarm_email=app.node.try_get_context("alarm_email"),
        ksef=ksef_environment(app.node.try_get_context("ksef_environment") or "test"),
    )
    return app


if __name__ == "__main__":
    build_app().synth()
