"""Every source of readings goes through the embedded cloud: each sample of the inbox, and quarters of any day."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pytest_socket import enable_socket

from benchmarks.dropped_files import registry_of
from benchmarks.write_units import points
from infra.local.cloud import EmbeddedCloud
from kwit.aws.reading_store import DynamoReadings
from kwit.aws.registry_store import DynamoRegistry
from kwit.aws.remark_store import DynamoRemarks
from kwit.aws.table import Table
from kwit.kernel.time import Period, day_minutes
from kwit.metering.day_file import DayFile, Quality, write_day_file
from kwit.metering.profile_files import unverified_day_file

pytestmark = pytest.mark.end_to_end

INBOX = Path(__file__).parents[2] / "events" / "inbox"
QUARTERS = points(1)[0]
FIRST = ("settings/company.yaml", "registry/kartoteka.xlsx")
ACCEPTED = {
    "odczyty-windows-1250.csv": 10,
    "odczyty-luty.xlsx": 1,
    "trasa-2026-03.csv": 3,
    "590543000000001034_2026-03-29.txt": 1,
    "590543000000001034_elicznik.csv": 72,
    "akwizytor.jsonl.gz": 5,
    "akwizytor.csv": 2,
}
"""What goes in of the samples that are dropped first, in this order."""


@pytest.fixture(scope="module")
def furnished():
    """Run the real template with the sample company and one point that is read in quarters."""
    enable_socket()
    with EmbeddedCloud() as cloud:
        DynamoRegistry(table(cloud, "Registry")).put(registry_of([QUARTERS], minutes=15))
        for key in FIRST:
            assert drop(cloud, key, (INBOX / key).read_bytes())["status"] == "accepted"
        yield cloud


def table(cloud: EmbeddedCloud, name: str) -> Table:
    return Table(cloud.client("dynamodb"), cloud.outputs[f"{name}TableName"])


def drop(cloud: EmbeddedCloud, key: str, content: bytes) -> dict[str, Any]:
    """Drop a file, wait until all is quiet, and return the result beside it."""
    bucket = cloud.outputs["InboxBucketName"]
    cloud.client("s3").put_object(Bucket=bucket, Key=f"inbox/{key}", Body=content)
    cloud.wait_idle()
    result = cloud.client("s3").get_object(Bucket=bucket, Key=f"results/{key}.json")
    found: dict[str, Any] = json.loads(result["Body"].read())
    return found


def sample(cloud: EmbeddedCloud, name: str) -> dict[str, Any]:
    return drop(cloud, f"readings/{name}", (INBOX / "readings" / name).read_bytes())


def test_samples_go_in(furnished: EmbeddedCloud) -> None:
    found = {name: sample(furnished, name) for name in ACCEPTED}
    assert {name: (one["status"], one["accepted"]) for name, one in found.items()} == {
        name: ("accepted", count) for name, count in ACCEPTED.items()
    }
    others = sorted(
        {path.name for path in (INBOX / "readings").iterdir()} - found.keys() - {"tabela-osd.xlsx"}
    )
    results = {name: sample(furnished, name)["status"] for name in others}
    assert set(results.values()) <= {"accepted", "partly"}, results
    remarks = DynamoRemarks(table(furnished, "Readings")).open_remarks()
    assert [one.code for one in remarks] == ["dog", "seal_broken"]
    assert "pies na podwórzu" not in furnished.logs("import_readings")


def test_a_table_of_several_sheets_goes_in_once_its_profile_is_dropped(furnished: EmbeddedCloud) -> None:
    before = sample(furnished, "tabela-osd.xlsx")
    assert (before["status"], {one["code"] for one in before["findings"]}) == ("rejected", {"no_heading"})
    profile = drop(
        furnished, "profiles/tabela-osd.yaml", (INBOX / "profiles" / "tabela-osd.yaml").read_bytes()
    )
    assert (profile["status"], profile["accepted"]) == ("accepted", 1)
    after = sample(furnished, "tabela-osd.xlsx")
    assert (after["status"], after["accepted"], after["rejected"]) == ("accepted", 4, 0)
    assert {one["sheet"] for one in after["findings"] if one["code"] == "sheet_skipped"} == {"Legenda"}


def test_a_profile_with_errors_is_refused_with_all_of_them(furnished: EmbeddedCloud) -> None:
    content = (INBOX / "profiles" / "tabela-osd.yaml").read_text(encoding="utf-8")
    wrong = content.replace("unit: kWh", "unit: stopa").replace("meter_no:", "aparat:")
    result = drop(furnished, "profiles/zly.yaml", wrong.encode())
    assert (result["status"], [one["code"] for one in result["findings"]]) == (
        "rejected",
        ["bad_profile"] * 2,
    )


def test_day_files_of_quarters_go_in_whatever_the_length_of_the_day(furnished: EmbeddedCloud) -> None:
    store = DynamoReadings(table(furnished, "Readings"))
    for day, count in ((date(2026, 1, 31), 96), (date(2026, 3, 29), 92), (date(2025, 10, 26), 100)):
        assert day_minutes(day) // 15 == count
        values = tuple(range(200, 200 + count))
        one = DayFile(QUARTERS, day, "import", 15, values, (Quality.ACTUAL,) * count)
        name, content = write_day_file(day_file=one, profile=unverified_day_file())
        result = drop(furnished, f"readings/ptpiree/{name}", content)
        assert (result["status"], result["accepted"]) == ("accepted", 1)
        [kept] = store.intervals(QUARTERS, period=Period(day, date.fromordinal(day.toordinal() + 1)))
        assert kept.values_wh == values
