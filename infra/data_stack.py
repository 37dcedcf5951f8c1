"""Define what must never be lost: the tables, the buckets and the users of the customer portal."""

from aws_cdk import CfnOutput, Duration, Stack
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.catalogue import EXPIRING, WORK_PREFIX, Bucket, Table
from infra.constructs.findings import acknowledge
from infra.constructs.ksef import ksef_secret
from infra.constructs.portal import PortalUsers
from infra.constructs.stores import KeptBucket, KeptTable


class DataStack(Stack):
    """Keep tables, buckets, the portal's users and the secret of KSeF; nothing here depends on a function."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(
            scope, construct_id, description="kWit: tables and buckets", termination_protection=True
        )
        self.tables = {
            table: KeptTable(self, f"{table}Table", expires=EXPIRING.get(table)) for table in Table
        }

        logs = KeptBucket(
            self,
            "AccessLogsBucket",
            lifecycle=[s3.LifecycleRule(id="expire-logs", expiration=Duration.days(365))],
        )
        acknowledge(
            logs,
            findings=("S1",),
            reason="It receives the access logs of the other buckets; logging its own would never end.",
        )
        inbox = KeptBucket(
            self,
            "InboxBucket",
            access_logs=logs,
            # A drop is evidence behind every billed quantity, so it moves to a cheaper class and stays.
            # Parts of long files are of no use once the file is in.
            lifecycle=[
                _after_months(prefix="inbox/", months=3),
                _after_months(prefix="results/", months=3),
                s3.LifecycleRule(
                    id="expire-work",
                    prefix=WORK_PREFIX,
                    expiration=Duration.days(30),
                    noncurrent_version_expiration=Duration.days(1),
                ),
            ],
        )
        inbox.send_events()
        documents = KeptBucket(
            self,
            "DocumentsBucket",
            access_logs=logs,
            lifecycle=[
                _after_months(prefix="invoices/", months=6),
                _after_months(prefix="exports/", months=6),
            ],
        )
        self.buckets = {Bucket.INBOX: inbox, Bucket.DOCUMENTS: documents}
        self.portal_users = PortalUsers(self, "PortalUsers")
        self.ksef_secret = ksef_secret(self, "KsefSecret")
        self._publish(logs=logs)

    def _publish(self, *, logs: s3.IBucket) -> None:
        for name, table in self.tables.items():
            CfnOutput(self, f"{name}TableName", value=table.table_name)
        for bucket_name, bucket in self.buckets.items():
            CfnOutput(self, f"{bucket_name}BucketName", value=bucket.bucket_name)
        CfnOutput(self, "AccessLogsBucketName", value=logs.bucket_name)
        CfnOutput(self, "KsefSecretArn", value=self.ksef_secret.secret_arn)


def _after_months(*, prefix: str, months: int) -> s3.LifecycleRule:
    return s3.LifecycleRule(
        id=f"cool-{prefix.rstrip('/')}",
        prefix=prefix,
        transitions=[
            s3.Transition(
                storage_class=s3.StorageClass.GLACIER_INSTANT_RETRIEVAL,
                transition_after=Duration.days(months * 30),
            )
        ],
    )
