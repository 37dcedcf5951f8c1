"""Files of a hundred thousand rows and of ten thousand points go through the embedded cloud, in parts."""

import gzip
import json
from datetime import date
from typing import Any

import pytest
from pytest_socket import enable_socket

from benchmarks.dropped_files import DAY, batch, registry_of, states_csv, states_workbook
from benchmarks.write_units import points
from infra.local.cloud import EmbeddedCloud
from kwit.aws.reading_store import DynamoReadings
from kwit.aws.registry_store import DynamoRegistry
from kwit.aws.table import Table
from kwit.kernel.time import Period
from kwit.metering.usage import current_states

pytestmark = pytest.mark.end_to_end

ROWS = 100_000
A_POINT = 50
IN_STATES = points(ROWS // A_POINT)
IN_QUARTERS = points(12_000)[-10_000:]
TIMEOUT = 300


@pytest.fixture(scope="module")
def furnished():
    """Run the real template with twelve thousand points, some read in states, the others in quarters."""
    enable_socket()
    with EmbeddedCloud() as cloud:
        registry = DynamoRegistry(table(cloud, "Registry"))
        registry.put(registry_of(IN_STATES, minutes=None))
        registry.put(registry_of(IN_QUARTERS, minutes=15))
        yield cloud


def table(cloud: EmbeddedCloud, name: str) -> Table:
    return Table(cloud.client("dynamodb"), cloud.outputs[f"{name}TableName"])


def drop(cloud: EmbeddedCloud, name: str, content: bytes) -> dict[str, Any]:
    """Drop a file of readings, wait until all is quiet, and return the result beside it."""
    bucket = cloud.outputs["InboxBucketName"]
    cloud.client("s3").put_object(Bucket=bucket, Key=f"inbox/readings/{name}", Body=content)
    cloud.wait_idle(timeout=900)
    result = cloud.client("s3").get_object(Bucket=bucket, Key=f"results/readings/{name}.json")
    found: dict[str, Any] = json.loads(result["Body"].read())
    return found


def longest(cloud: EmbeddedCloud, function: str) -> int:
    """Return the milliseconds of a function's longest invocation."""
    lines = [json.loads(line) for line in cloud.logs(function).splitlines() if '"invocation"' in line]
    return max(line["figures"]["Milliseconds"] for line in lines)


def test_a_hundred_thousand_states_as_a_workbook_and_again_as_csv(furnished: EmbeddedCloud) -> None:
    workbook = states_workbook(ROWS, a_point=A_POINT)
    first = drop(furnished, "stany.xlsx", workbook)
    assert (first["status"], first["accepted"], first["rejected"]) == ("accepted", ROWS, 0)
    again = drop(furnished, "stany.csv", states_csv(ROWS, a_point=A_POINT))
    assert (again["status"], again["accepted"], again["duplicate"]) == ("accepted", 0, ROWS)
    assert [finding["row"] for finding in again["findings"]] == list(range(2, ROWS + 2))
    store = DynamoReadings(table(furnished, "Readings"))
    for ppe in (IN_STATES[0], IN_STATES[-1]):
        states = store.registers(ppe)
        assert len(states) == 2 * A_POINT
        assert {one.source.file for one in current_states(states)} == {"stany.xlsx"}


def test_a_day_of_ten_thousand_points(furnished: EmbeddedCloud) -> None:
    lines = [line for line in batch(12_000).splitlines() if json.loads(line)["ppe"] in set(IN_QUARTERS)]
    wrong = json.dumps({**json.loads(lines[0]), "ppe": "590543000000000000"}).encode()
    content = gzip.compress(b"\n".join([*lines, wrong, lines[7]]), 6, mtime=0)
    result = drop(furnished, "doba.jsonl.gz", content)
    assert (result["accepted"], result["rejected"], result["duplicate"]) == (10_000, 1, 1)
    # These points have no contracts, which is said of each.
    told = [(one["code"], one["row"]) for one in result["findings"] if one["code"] != "point_inactive"]
    assert told == [
        ("ppe_check_digit", 10_001),
        ("duplicate_row", 10_002),
    ]
    store = DynamoReadings(table(furnished, "Readings"))
    period = Period(DAY, date(2026, 2, 1))
    for place in (0, 5_000, 9_999):
        [day] = store.intervals(IN_QUARTERS[place], period=period)
        assert list(day.values_wh) == json.loads(lines[place])["values"]
        assert day.source.row == place + 1


def test_no_invocation_came_near_its_limit(furnished: EmbeddedCloud) -> None:
    assert "START RequestId" in furnished.logs("import_reading_parts")
    for function in ("import_readings", "import_reading_parts"):
        assert longest(furnished, function) < TIMEOUT * 1000 / 3
