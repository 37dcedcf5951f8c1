"""Drop the example files into the inbox, in the order a team would, and remember what was dropped."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field

from events import inbox_files, portfolio
from infra.local.cloud import EmbeddedCloud
from infra.local.hostile import Hostile, hostile_files
from infra.local.synth import ROOT
from kwit.tariffs.packaged import shipped_price_lists

OUT_INBOX = ROOT / "out" / "inbox"
_SAMPLES = ROOT / "events" / "inbox"


@dataclass(slots=True)
class Dropped:
    """What was dropped: files by key below ``inbox/``, the hostile ones among them, files dropped again."""

    files: list[str] = field(default_factory=list)
    hostile: list[Hostile] = field(default_factory=list)
    again: list[str] = field(default_factory=list)


def drop_everything(cloud: EmbeddedCloud, *, say: Callable[[str], None]) -> Dropped:
    """Drop settings and price lists, then the registry, then readings, then what nobody should drop."""
    dropped = Dropped()
    customers = portfolio.customers()
    first = {"settings/company.yaml": (_SAMPLES / "settings" / "company.yaml").read_bytes()}
    first |= {f"price-lists/{name}": content for name, content in shipped_price_lists().items()}
    for path in sorted((_SAMPLES / "price-lists").glob("*.yaml")):
        first[f"price-lists/{path.name}"] = path.read_bytes()
    drop(cloud, dropped, first)
    say(f"settings and {len(first) - 1} price lists")
    workbook = inbox_files.registry_workbook(customers)
    drop(cloud, dropped, {"registry/kartoteka.xlsx": workbook})
    say(f"registry of {len(customers)} contracts in one workbook")
    drop(cloud, dropped, inbox_files.history_file(customers))
    march = inbox_files.march_files(customers)
    drop(cloud, dropped, march)
    say(f"readings: {', '.join(sorted({key.rpartition('.')[2] for key in march}))}")
    drop(cloud, dropped, inbox_files.edits_file(customers))
    say("edits: a person accepts the reading that validation holds")
    notes = (_SAMPLES / "note-orders" / "noty.yaml").read_bytes()
    drop(cloud, dropped, {"note-orders/noty.yaml": notes})
    say("an order of two notes to a firm that paid late")
    again = {
        "registry/kartoteka-jeszcze-raz.xlsx": workbook,
        "readings/odczyty-jeszcze-raz.xlsx": march["readings/odczyty-2026-03.xlsx"],
    }
    dropped.again = list(again)
    drop(cloud, dropped, again)
    _drop_hostile(cloud, dropped, customers)
    say(f"{len(again)} files a second time and {len(dropped.hostile)} bad ones")
    return dropped


def drop(cloud: EmbeddedCloud, dropped: Dropped, files: dict[str, bytes]) -> None:
    """Put files into the inbox by their keys below it, and wait until all that follows is done."""
    bucket = cloud.outputs["InboxBucketName"]
    for key, content in files.items():
        cloud.client("s3").put_object(Bucket=bucket, Key=f"inbox/{key}", Body=content)
        path = OUT_INBOX / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    dropped.files += files
    cloud.wait_idle()


def _drop_hostile(cloud: EmbeddedCloud, dropped: Dropped, customers: list[portfolio.Customer]) -> None:
    dropped.hostile = hostile_files(customers)
    bucket = cloud.outputs["InboxBucketName"]
    sound = {one.key: one.content for one in dropped.hostile if one.declared is None}
    drop(cloud, dropped, sound)
    for one in dropped.hostile:
        if one.declared is not None:
            event = json.loads((ROOT / "events" / "s3_object_created.json").read_text())
            event["detail"]["bucket"]["name"] = bucket
            event["detail"]["object"] |= {"key": f"inbox/{one.key}", "size": one.declared}
            cloud.client("sqs").send_message(
                QueueUrl=cloud.queue_url("import_readings"), MessageBody=json.dumps(event)
            )
    cloud.wait_idle()
