"""Define the stores that outlive every release: tables and buckets that are kept, versioned and closed."""

from collections.abc import Sequence

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_s3 as s3
from constructs import Construct

NONCURRENT_DAYS = 90


class KeptTable(dynamodb.TableV2):
    """Hold items under ``pk`` and ``sk``; on demand, restorable to any second of the last 35 days."""

    def __init__(self, scope: Construct, construct_id: str, *, expires: str | None = None) -> None:
        super().__init__(
            scope,
            construct_id,
            time_to_live_attribute=expires,
            partition_key=dynamodb.Attribute(name="pk", type=dynamodb.AttributeType.STRING),
            sort_key=dynamodb.Attribute(name="sk", type=dynamodb.AttributeType.STRING),
            billing=dynamodb.Billing.on_demand(),
            encryption=dynamodb.TableEncryptionV2.dynamo_owned_key(),
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            deletion_protection=True,
            removal_policy=RemovalPolicy.RETAIN,
        )


class KeptBucket(s3.Bucket):
    """Hold objects privately, over TLS only; an overwritten or deleted object is kept 90 days more."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        access_logs: s3.IBucket | None = None,
        lifecycle: Sequence[s3.LifecycleRule] = (),
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            versioned=True,
            removal_policy=RemovalPolicy.RETAIN,
            server_access_logs_bucket=access_logs,
            server_access_logs_prefix=f"{construct_id.lower()}/" if access_logs else None,
            lifecycle_rules=[
                s3.LifecycleRule(
                    id="clear-noncurrent",
                    abort_incomplete_multipart_upload_after=Duration.days(7),
                    noncurrent_version_expiration=Duration.days(NONCURRENT_DAYS),
                ),
                *lifecycle,
            ],
        )
        # CloudFormation's own property; the construct's flag would add a function and its role for it.
        self._bucket = self.node.default_child

    def send_events(self) -> None:
        """Tell EventBridge about every object created (decision 0002)."""
        bucket = self._bucket
        if not isinstance(bucket, s3.CfnBucket):
            raise TypeError(f"{self.node.path} has no CloudFormation bucket")
        bucket.notification_configuration = s3.CfnBucket.NotificationConfigurationProperty(
            event_bridge_configuration=s3.CfnBucket.EventBridgeConfigurationProperty(
                event_bridge_enabled=True
            )
        )
