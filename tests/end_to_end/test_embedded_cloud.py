"""The embedded cloud keeps its promises: seen on a small stack of its own, then on the real one."""

import contextlib
import json
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path

import pytest
from pytest_socket import enable_socket

from infra.local import schedules
from infra.local.cloud import DeadLettersError, EmbeddedCloud, InvocationError
from infra.local.deploy import ACCOUNT, REGION

pytestmark = pytest.mark.end_to_end

HANDLER = """
import boto3, json, os, time

class RefusedError(Exception):
    pass

def lambda_handler(event, context):
    if "read" in event:
        boto3.client("s3").get_object(Bucket=event["read"], Key="any")
    if event.get("raise"):
        raise RefusedError("as asked")
    failed = []
    for record in event["Records"]:
        body = json.loads(record["body"])
        time.sleep(body.get("sleep", 0))
        print("SEEN", json.dumps(body))
        if body.get("fail"):
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}
"""


def attribute(logical_id: str, name: str = "Arn") -> dict:
    return {"Fn::GetAtt": [logical_id, name]}


def probe_resources() -> dict:
    resources = {
        "Bucket": (
            "AWS::S3::Bucket",
            {
                "VersioningConfiguration": {"Status": "Enabled"},
                "NotificationConfiguration": {"EventBridgeConfiguration": {"EventBridgeEnabled": True}},
            },
        ),
        "Role": ("AWS::IAM::Role", {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}}),
        "Identity": ("AWS::SES::EmailIdentity", {"EmailIdentity": "kwit.example"}),
        "Mail": ("AWS::SES::ConfigurationSet", {"Name": "probe"}),
        "MailEvents": (
            "AWS::SES::ConfigurationSetEventDestination",
            {
                "ConfigurationSetName": {"Ref": "Mail"},
                "EventDestination": {
                    "Enabled": True,
                    "EventBridgeDestination": {
                        "EventBusArn": f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/default"
                    },
                    "MatchingEventTypes": ["send", "delivery", "bounce", "complaint"],
                },
            },
        ),
        "Schedule": (
            "AWS::Scheduler::Schedule",
            {
                "FlexibleTimeWindow": {"Mode": "OFF"},
                "ScheduleExpression": "cron(0 5 * * ? *)",
                "ScheduleExpressionTimezone": "Europe/Warsaw",
                "State": "ENABLED",
                "Target": {
                    "Arn": attribute("Queue"),
                    "RoleArn": attribute("Role"),
                    "Input": '{"at":"<aws.scheduler.scheduled-time>"}',
                },
            },
        ),
    }
    for prefix, fifo in (("", {}), ("Ordered", {"FifoQueue": True})):
        queue, dead = f"{prefix}Queue", f"{prefix}Dead"
        redrive = {"deadLetterTargetArn": attribute(dead), "maxReceiveCount": 3}
        resources[dead] = ("AWS::SQS::Queue", fifo)
        resources[queue] = ("AWS::SQS::Queue", {**fifo, "VisibilityTimeout": 1800, "RedrivePolicy": redrive})
        resources[f"{prefix}Function"] = (
            "AWS::Lambda::Function",
            {
                "Code": {"S3Bucket": f"cdk-hnb659fds-assets-{ACCOUNT}-{REGION}", "S3Key": "probe.zip"},
                "Environment": {"Variables": {"POWERTOOLS_SERVICE_NAME": f"{prefix.lower()}probe"}},
                "Handler": "handler.lambda_handler",
                "Role": attribute("Role"),
                "Runtime": "python3.14",
                "Timeout": 60,
            },
        )
        resources[f"{prefix}Mapping"] = (
            "AWS::Lambda::EventSourceMapping",
            {
                "BatchSize": 1,
                "EventSourceArn": attribute(queue),
                "FunctionName": {"Ref": f"{prefix}Function"},
                "FunctionResponseTypes": ["ReportBatchItemFailures"],
            },
        )
    for source in ("aws.s3", "aws.ses"):
        resources[f"Rule{source[4:]}"] = (
            "AWS::Events::Rule",
            {"EventPattern": {"source": [source]}, "Targets": [{"Arn": attribute("Queue"), "Id": "queue"}]},
        )
    return {name: {"Type": kind, "Properties": properties} for name, (kind, properties) in resources.items()}


def write_assembly(folder: Path) -> Path:
    assets = f"cdk-hnb659fds-assets-{ACCOUNT}-{REGION}"
    (folder / "function").mkdir()
    (folder / "function/handler.py").write_text(HANDLER)
    (folder / "Probe.template.json").write_text(
        json.dumps({"Resources": probe_resources(), "Outputs": {"BucketName": {"Value": {"Ref": "Bucket"}}}})
    )
    destination = {"here": {"bucketName": assets, "objectKey": "probe.zip"}}
    template = {"here": {"bucketName": assets, "objectKey": "probe.json"}}
    files = {
        "code": {"source": {"path": "function", "packaging": "zip"}, "destinations": destination},
        "template": {
            "source": {"path": "Probe.template.json", "packaging": "file"},
            "destinations": template,
        },
    }
    (folder / "Probe.assets.json").write_text(json.dumps({"files": files}))
    stack = {
        "type": "aws:cloudformation:stack",
        "properties": {"stackTemplateAssetObjectUrl": f"s3://{assets}/probe.json"},
    }
    (folder / "manifest.json").write_text(json.dumps({"artifacts": {"Probe": stack}}))
    return folder


@pytest.fixture(scope="module")
def probe(tmp_path_factory):
    enable_socket()
    with EmbeddedCloud(assembly=write_assembly(tmp_path_factory.mktemp("probe"))) as running:
        yield running


def seen(cloud: EmbeddedCloud, function: str = "probe") -> list[dict]:
    lines = cloud.logs(function).splitlines()
    return [json.loads(line.removeprefix("SEEN ")) for line in lines if line.startswith("SEEN ")]


def mail_to(cloud: EmbeddedCloud, address: str) -> str:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "rachunki@kwit.example", address, "Faktura – Łódź"
    message.set_content("W załączeniu.")
    message.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="faktura.pdf")
    return cloud.client("sesv2").send_email(
        FromEmailAddress="rachunki@kwit.example",
        Destination={"ToAddresses": [address]},
        Content={"Raw": {"Data": message.as_bytes()}},
        ConfigurationSetName="probe",
    )["MessageId"]


class TestBucketEvent:
    def test_reaches_the_function_with_the_key_as_it_is_and_the_version_of_the_object(self, probe):
        bucket, key = probe.outputs["BucketName"], "inbox/odczyty a+b ż.csv"
        version = probe.client("s3").put_object(Bucket=bucket, Key=key, Body=b"x")["VersionId"]
        probe.wait_idle()
        [event] = [body for body in seen(probe) if body.get("source") == "aws.s3"]
        assert event["detail"]["object"]["key"] == key
        assert event["detail"]["object"]["version-id"] == version


class TestQueue:
    def test_shows_a_failing_message_three_times_and_then_hands_it_to_the_dead_letters(self, probe):
        body = json.dumps({"fail": True, "name": "unlucky"})
        probe.client("sqs").send_message(QueueUrl=probe.queue_url("probe"), MessageBody=body)
        with pytest.raises(DeadLettersError, match="unlucky"):
            probe.wait_idle(timeout=20)
        assert [found.get("name") for found in seen(probe)].count("unlucky") == 3
        assert probe.dead_letters() == [body]
        probe.purge_dead_letters()
        probe.wait_idle()

    def test_keeps_the_order_of_a_group_and_drops_a_duplicate(self, probe):
        url = probe.queue_url("orderedprobe")
        for number in (*range(6), 5):
            probe.client("sqs").send_message(
                QueueUrl=url,
                MessageBody=json.dumps({"number": number, "sleep": 0.02 * (6 - number)}),
                MessageGroupId="series",
                MessageDeduplicationId=f"number-{number}",
            )
        probe.wait_idle()
        assert [body["number"] for body in seen(probe, "orderedprobe")] == list(range(6))


class TestInvocation:
    def test_names_the_class_of_the_exception(self, probe):
        with pytest.raises(InvocationError, match="RefusedError: as asked"):
            probe.invoke("probe", {"raise": True})


class TestRights:
    def test_bind_a_function_to_its_role(self, probe):
        with pytest.raises(InvocationError, match="AccessDenied"):
            probe.invoke("probe", {"read": probe.outputs["BucketName"]})


class TestMail:
    def test_is_kept_whole_in_the_outbox(self, probe):
        message_id = mail_to(probe, "jan@example.org").partition("@")[0]
        [kept] = probe.outbox.glob(f"*-{message_id}.eml")
        message = message_from_bytes(kept.read_bytes())
        assert [part.get_filename() for part in message.walk()][-1] == "faktura.pdf"
        assert message.get_payload()[1].get_payload(decode=True) == b"%PDF-1.7"

    def test_tells_its_outcome_on_the_event_bus(self, probe):
        message_id = mail_to(probe, "complaint@simulator.amazonses.com")
        probe.wait_idle()
        events = [body for body in seen(probe) if body.get("source") == "aws.ses"]
        mine = [event["detail"] for event in events if event["detail"]["mail"]["messageId"] == message_id]
        assert {detail["eventType"] for detail in mine} == {"Send", "Delivery", "Complaint"}
        assert all(detail["mail"]["tags"]["ses:configuration-set"] == ["probe"] for detail in mine)


class TestSchedules:
    def test_fire_in_their_own_time_zone_over_the_change_to_summer_time(self, probe):
        fired = schedules.run(
            probe, since=datetime(2026, 3, 28, tzinfo=UTC), until=datetime(2026, 3, 30, tzinfo=UTC)
        )
        assert [f"{occurrence.at:%d %H:%M}" for occurrence in fired] == ["28 04:00", "29 03:00"]
        found = [body["at"] for body in seen(probe) if "at" in body]
        assert found == ["2026-03-28T04:00:00Z", "2026-03-29T03:00:00Z"]


@pytest.fixture(scope="module")
def untouched():
    """Run the real template apart from the other end-to-end tests, whose queues must stay clean."""
    enable_socket()
    with EmbeddedCloud() as running:
        yield running


class TestRealTemplate:
    def test_brings_a_drop_to_the_function_of_its_folder(self, untouched):
        bucket = untouched.outputs["InboxBucketName"]
        for key in ("inbox/readings/empty.csv", "elsewhere/empty.csv", "results/empty.csv"):
            untouched.client("s3").put_object(Bucket=bucket, Key=key, Body=b"")
        untouched.wait_idle()
        assert untouched.logs("import_readings").count("START RequestId") == 1
        assert untouched.logs("reject_unknown_drop").count("START RequestId") == 1

    def test_starts_its_daily_functions_at_their_hours_of_warsaw(self, untouched):
        day = {"since": datetime(2024, 7, 1, tzinfo=UTC), "until": datetime(2024, 7, 2, tzinfo=UTC)}
        due = [
            o for schedule in schedules.deployed(untouched) for o in schedules.occurrences(schedule, **day)
        ]
        due.sort(key=lambda occurrence: occurrence.at)
        told = [json.loads(occurrence.message) for occurrence in due]
        assert [(one["schedule"], one["scheduled_time"][11:16]) for one in told] == [
            ("plan_packing", "01:30"),
            ("plan_billing_run", "03:00"),
            *(("watch_ksef", f"{hour:02}:20") for hour in (4, 7, 10, 13, 16, 19)),
            ("pack_prints", "19:40"),
            ("export_postings", "20:00"),
            ("publish_reports", "20:30"),
        ]
        first = {
            one["schedule"]: occurrence for one, occurrence in reversed(list(zip(told, due, strict=True)))
        }
        for occurrence in first.values():
            untouched.send_to_queue(occurrence.schedule.queue_arn, occurrence.message)
            # Without a company's settings a function may well refuse to work; here it only has to start.
            with contextlib.suppress(DeadLettersError):
                untouched.wait_idle()
            untouched.purge_dead_letters()
        for function in (
            "plan_packing",
            "pack_readings",
            "plan_billing_run",
            "export_postings",
            "watch_ksef",
            "pack_prints",
            "publish_reports",
        ):
            assert "START RequestId" in untouched.logs(function)

    def test_can_restore_every_table_and_protects_it(self, untouched):
        for table in ("Registry", "Readings", "Billing", "Documents"):
            name = untouched.outputs[f"{table}TableName"]
            backups = untouched.client("dynamodb").describe_continuous_backups(TableName=name)
            recovery = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
            assert recovery["PointInTimeRecoveryStatus"] == "ENABLED"
            described = untouched.client("dynamodb").describe_table(TableName=name)["Table"]
            assert described["DeletionProtectionEnabled"]
