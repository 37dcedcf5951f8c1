"""Drop the example files into the inbox, in the order a team would, and remember what was dropped."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

from events import portfolio
from infra.local.cloud import EmbeddedCloud
from infra.local.hostile import Hostile, hostile_files
from infra.local.synth import ROOT
from kwit.tariffs.packaged import shipped_price_lists

OUT_INBOX = ROOT / "out" / "inbox"
_SINCE_EVER, _FOR_EVER = date(2000, 1, 1), date(2100, 1, 1)
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
    _drop(cloud, dropped, first)
    say(f"settings and {len(first) - 1} price lists")
    workbook = portfolio.registry_workbook(customers)
    _drop(cloud, dropped, {"registry/kartoteka.xlsx": workbook})
    say(f"registry of {len(customers)} contracts in one workbook")
    _drop(cloud, dropped, readings_files(customers, until=portfolio.MARCH))
    march = readings_files(customers, since=portfolio.MARCH + timedelta(days=1))
    _drop(cloud, dropped, march)
    say(f"readings: {', '.join(sorted({key.rpartition('.')[2] for key in march}))}")
    again = {
        "registry/kartoteka-jeszcze-raz.xlsx": workbook,
        "readings/odczyty-jeszcze-raz.xlsx": march["readings/odczyty-2026-03.xlsx"],
    }
    dropped.again = list(again)
    _drop(cloud, dropped, again)
    _drop_hostile(cloud, dropped, customers)
    say(f"{len(again)} files a second time and {len(dropped.hostile)} bad ones")
    return dropped


def readings_files(
    customers: list[portfolio.Customer], *, since: date = _SINCE_EVER, until: date = _FOR_EVER
) -> dict[str, bytes]:
    """Make the readings files of the states between two boundaries, both included."""
    if until == portfolio.MARCH:
        rows = [
            row
            for file in ("xlsx", "csv", "bom", "missing")
            for row in portfolio.states(customers, file, first=since, last=until)
        ]
        return {"readings/historia-do-2026-02.csv": portfolio.states_csv(rows, encoding="utf-8")}

    def rows_of(file: str) -> list[portfolio.StateRow]:
        return portfolio.states(customers, file, first=since, last=until)

    files = {
        "readings/odczyty-2026-03.xlsx": portfolio.states_xlsx(rows_of("xlsx")),
        "readings/odczyty-krakow-2026-03.csv": portfolio.states_csv(rows_of("csv"), encoding="cp1250"),
        "readings/odczyty-poznan-2026-03.csv": portfolio.states_csv(
            rows_of("bom"), encoding="utf-8-sig", mark="."
        ),
    }
    return files | portfolio.ptpiree_files(customers)


def _drop(cloud: EmbeddedCloud, dropped: Dropped, files: dict[str, bytes]) -> None:
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
    _drop(cloud, dropped, sound)
    for one in dropped.hostile:
        if one.declared is not None:
            event = json.loads((ROOT / "events" / "s3_object_created.json").read_text())
            event["detail"]["bucket"]["name"] = bucket
            event["detail"]["object"] |= {"key": f"inbox/{one.key}", "size": one.declared}
            cloud.client("sqs").send_message(
                QueueUrl=cloud.queue_url("import_readings"), MessageBody=json.dumps(event)
            )
    cloud.wait_idle()
