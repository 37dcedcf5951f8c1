"""Cut files, their parts and what was said of them, in memory and on AWS alike."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import boto3
import pytest

from kwit.aws.cut_files import DynamoCutFiles, S3Work
from kwit.aws.package_store import S3Files
from kwit.aws.table import Table, TransactionRefusedError
from kwit.intake.findings import Finding, Severity, result_of
from kwit.metering.long_files import CutFile, CutFileLog, CutFileVanishedError, WorkFiles
from tests.fakes.long_files import MemoryCutFiles, MemoryWork

KNOWN = datetime(2026, 4, 2, 9, 0, tzinfo=UTC)
CUT = CutFile("odczyty.csv", "a" * 64, "inbox/readings/odczyty.csv", KNOWN, parts=3)
RESULT = result_of(
    file="odczyty.csv",
    content_hash="a" * 64,
    kind="readings",
    encoding="utf-8",
    known_at=KNOWN,
    findings=[Finding("not_a_date", Severity.REJECT, "Wartość nie jest datą.", "Arkusz1", 7, "Data", "łódź")],
    accepted=3,
    rejected=1,
)


@pytest.fixture(params=["memory", "aws"])
def cuts(request: pytest.FixtureRequest) -> CutFileLog:
    if request.param == "memory":
        return MemoryCutFiles()
    tables: dict[str, Table] = request.getfixturevalue("tables")
    return DynamoCutFiles(tables["registry"])


@pytest.fixture(params=["memory", "aws"])
def work(request: pytest.FixtureRequest) -> Iterator[WorkFiles]:
    if request.param == "memory":
        yield MemoryWork()
        return
    request.getfixturevalue("tables")
    client = boto3.client("s3")
    client.create_bucket(Bucket="inbox", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    yield S3Work(S3Files(client, "inbox"))


class TestCutFiles:
    def test_are_found_as_they_stand(self, cuts: CutFileLog) -> None:
        assert cuts.find(CUT.cut_id) is None
        cuts.begin(CUT)
        assert cuts.find(CUT.cut_id) == CUT
        assert cuts.finish(CUT.cut_id, 2) == replace(CUT, done=1)
        assert cuts.find(CUT.cut_id) == replace(CUT, done=1)

    def test_begun_again_keep_what_is_done(self, cuts: CutFileLog) -> None:
        cuts.begin(CUT)
        cuts.finish(CUT.cut_id, 1)
        cuts.begin(CUT)
        assert cuts.find(CUT.cut_id) == replace(CUT, done=1)

    def test_count_a_part_once(self, cuts: CutFileLog) -> None:
        cuts.begin(CUT)
        assert not cuts.is_done(CUT.cut_id, 1)
        assert [cuts.finish(CUT.cut_id, part).done for part in (1, 1, 3, 1, 2)] == [1, 1, 2, 2, 3]
        assert cuts.is_done(CUT.cut_id, 1)

    def test_of_other_drops_are_counted_apart(self, cuts: CutFileLog) -> None:
        other = replace(CUT, known_at=datetime(2026, 4, 3, tzinfo=UTC))
        assert other.cut_id != CUT.cut_id
        cuts.begin(CUT)
        cuts.begin(other)
        cuts.finish(CUT.cut_id, 1)
        assert cuts.find(other.cut_id) == other

    def test_that_are_not_known_count_nothing(self, cuts: CutFileLog) -> None:
        with pytest.raises((CutFileVanishedError, TransactionRefusedError)):
            cuts.finish("nobody", 1)


class TestWork:
    def test_comes_back_as_it_was_put(self, work: WorkFiles) -> None:
        work.put_part("c", 1, b"\x1f\x8bone")
        work.put_part("c", 2, b"two")
        work.put_result("c", 1, RESULT)
        assert (work.part("c", 1), work.part("c", 2)) == (b"\x1f\x8bone", b"two")
        assert work.result("c", 1) == RESULT
        assert work.result("c", 1).as_json() == RESULT.as_json()
