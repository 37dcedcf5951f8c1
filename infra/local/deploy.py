"""Deploy a synthesised assembly to the embedded cloud: assets, then stacks in their order.

What the emulator's CloudFormation drops is set through the API afterwards, so that the deployed
resources are what the template says.
"""

import compileall
import hashlib
import json
import os
import py_compile
import shutil
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ACCOUNT = "000000000000"
REGION = "eu-central-1"
_DEADLINE_SECONDS = 60.0
_SCHEDULE_FIELDS = ("Name", "GroupName", "ScheduleExpression", "FlexibleTimeWindow", "State", "Target")
_SKIPPED = {"__pycache__"}

Clients = Callable[[str], Any]


class DeployError(Exception):
    """Tell which part of an assembly could not be deployed, and why."""


def deploy(*, assembly: Path, client: Clients, cache: Path) -> dict[str, str]:
    """Deploy every stack of ``assembly`` and return all their outputs by name.

    ``client`` makes a boto3 client by service name; zipped assets are kept in ``cache``.
    Raises ``DeployError``.
    """
    _bootstrap(client=client)
    outputs: dict[str, str] = {}
    for name, stack in _in_order(json.loads((assembly / "manifest.json").read_text())):
        _upload(assembly=assembly, manifest=assembly / f"{name}.assets.json", client=client, cache=cache)
        path = _local(stack["properties"]["stackTemplateAssetObjectUrl"]).removeprefix("s3://")
        url = f"{client('s3').meta.endpoint_url}/{path}"
        outputs |= _create(name=name, template_url=url, client=client)
        _complete(
            template=json.loads((assembly / f"{name}.template.json").read_text()), name=name, client=client
        )
    return outputs


def _bootstrap(*, client: Clients) -> None:
    """Make what ``cdk bootstrap`` makes of an account, as far as a deployment here needs it."""
    client("ssm").put_parameter(
        Name="/cdk-bootstrap/hnb659fds/version", Value="30", Type="String", Overwrite=True
    )
    client("s3").create_bucket(
        Bucket=f"cdk-hnb659fds-assets-{ACCOUNT}-{REGION}",
        CreateBucketConfiguration={"LocationConstraint": REGION},
    )


def _in_order(manifest: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    stacks = {n: a for n, a in manifest["artifacts"].items() if a["type"] == "aws:cloudformation:stack"}
    while stacks:
        ready = [n for n, a in stacks.items() if not set(a.get("dependencies", [])) & set(stacks)]
        if not ready:
            raise DeployError(f"stacks depend on each other in a circle: {sorted(stacks)}")
        for name in ready:
            yield name, stacks.pop(name)


def _local(text: str) -> str:
    values = {"AccountId": ACCOUNT, "Region": REGION, "Partition": "aws"}
    for name, value in values.items():
        text = text.replace(f"${{AWS::{name}}}", value)
    return text


def _upload(*, assembly: Path, manifest: Path, client: Clients, cache: Path) -> None:
    s3 = client("s3")
    for asset in json.loads(manifest.read_text())["files"].values():
        source = assembly / asset["source"]["path"]
        body = source.read_bytes() if asset["source"]["packaging"] == "file" else _zipped(source, cache=cache)
        for destination in asset["destinations"].values():
            s3.put_object(
                Bucket=_local(destination["bucketName"]), Key=_local(destination["objectKey"]), Body=body
            )


def _zipped(folder: Path, *, cache: Path) -> bytes:
    """Zip a folder with this interpreter's bytecode beside its sources, so that workers start fast."""
    if next(folder.rglob("*.so"), None):
        raise DeployError(f"{folder} holds wheels for Lambda's own machine; run `make synth` first")
    files = [p for p in sorted(folder.rglob("*")) if p.is_file() and not _SKIPPED & set(p.parts)]
    digest = hashlib.sha256(f"{sys.version}".encode())
    for path in files:
        digest.update(f"\0{path.relative_to(folder)}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    kept = cache / f"{digest.hexdigest()}.zip"
    if not kept.exists():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="kwit-zip-") as work:
            copy = Path(work, "asset")
            shutil.copytree(folder, copy, ignore=shutil.ignore_patterns(*_SKIPPED))
            mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
            compileall.compile_dir(copy, quiet=2, invalidation_mode=mode)
            draft = Path(work, "asset.zip")
            with zipfile.ZipFile(draft, "w", zipfile.ZIP_STORED, strict_timestamps=False) as archive:
                for path in sorted(copy.rglob("*")):
                    archive.write(path, path.relative_to(copy))
            # Another test process may write the same file: the move is the moment it appears.
            shutil.copyfile(draft, own := kept.with_suffix(f".{os.getpid()}"))
            own.replace(kept)
    return kept.read_bytes()


def _create(*, name: str, template_url: str, client: Clients) -> dict[str, str]:
    cloudformation = client("cloudformation")
    cloudformation.create_stack(
        StackName=name, TemplateURL=template_url, Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"]
    )
    deadline = time.monotonic() + _DEADLINE_SECONDS
    while time.monotonic() < deadline:
        stack = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
        if stack["StackStatus"] == "CREATE_COMPLETE":
            found = {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}
            # Exports wire one stack to the next; they are nobody else's business.
            return {key: value for key, value in found.items() if not key.startswith("ExportsOutput")}
        if stack["StackStatus"] != "CREATE_IN_PROGRESS":
            events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
            reasons = [
                f"{event['LogicalResourceId']}: {event['ResourceStatusReason']}"
                for event in events
                if event["ResourceStatus"].endswith("FAILED") and event.get("ResourceStatusReason")
            ]
            raise DeployError(f"{name} ended as {stack['StackStatus']}: {'; '.join(reasons)}")
        time.sleep(0.02)
    raise DeployError(f"{name} was not created within {_DEADLINE_SECONDS:.0f} s")


def _complete(*, template: dict[str, Any], name: str, client: Clients) -> None:
    """Set what the emulator drops from templates: tables' protection and schedules' time zones."""
    physical = {
        resource["LogicalResourceId"]: resource["PhysicalResourceId"]
        for resource in client("cloudformation").describe_stack_resources(StackName=name)["StackResources"]
    }
    for logical_id, resource in template["Resources"].items():
        properties = resource.get("Properties", {})
        match resource["Type"]:
            case "AWS::DynamoDB::GlobalTable":
                _protect(table=physical[logical_id], replica=properties["Replicas"][0], client=client)
            case "AWS::Scheduler::Schedule":
                deployed = client("scheduler").get_schedule(Name=physical[logical_id])
                changed = {key: deployed[key] for key in _SCHEDULE_FIELDS if key in deployed}
                changed["ScheduleExpressionTimezone"] = properties.get("ScheduleExpressionTimezone", "UTC")
                client("scheduler").update_schedule(**changed)


def _protect(*, table: str, replica: dict[str, Any], client: Clients) -> None:
    recovery = replica.get("PointInTimeRecoverySpecification", {}).get("PointInTimeRecoveryEnabled", False)
    client("dynamodb").update_continuous_backups(
        TableName=table, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": recovery}
    )
    client("dynamodb").update_table(
        TableName=table, DeletionProtectionEnabled=replica.get("DeletionProtectionEnabled", False)
    )
