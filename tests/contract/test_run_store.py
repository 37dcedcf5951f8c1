"""The runs' store keeps every step once, in memory and in DynamoDB alike."""

from collections.abc import Callable
from datetime import date

import pytest

from kwit.aws.run_store import DynamoRuns
from kwit.aws.table import Table
from kwit.billing.drafts import RunStatus
from kwit.billing.ports import RunStore
from tests.billing import samples
from tests.fakes.run_store import MemoryRuns


@pytest.fixture(params=["memory", "dynamodb"])
def store(request: pytest.FixtureRequest) -> RunStore:
    if request.param == "memory":
        return MemoryRuns()
    tables: dict[str, Table] = request.getfixturevalue("tables")
    return DynamoRuns(tables["billing"])


class TestRuns:
    def test_the_first_plan_of_a_run_stays(self, store: RunStore) -> None:
        store.create_run(samples.run(contracts=3, chunks=2), [["U/1", "U/2"], ["U/3"]])
        kept = store.create_run(samples.run(contracts=1, chunks=1), [["U/9"]])
        assert (kept.contracts, kept.chunks) == (3, 2)
        assert list(store.chunk_contracts(samples.RUN_ID, 0)) == ["U/1", "U/2"]
        assert list(store.chunk_contracts(samples.RUN_ID, 1)) == ["U/3"]

    def test_an_unknown_run_is_none(self, store: RunStore) -> None:
        assert store.run("2020-01-01-daily") is None
        assert store.chunk_result("2020-01-01-daily", 0) is None
        assert store.batch("2020-01-01-daily", 0) is None
        assert store.draft("2020-01-01-daily", 0, "x") is None

    def test_a_chunk_counts_once_however_often_it_is_finished(self, store: RunStore) -> None:
        store.create_run(samples.run(contracts=2, chunks=1), [["U/1", "U/9"]])
        one = samples.draft()
        result = samples.chunk_result(one, holds=(samples.hold(),))
        assert store.finish_chunk(result, [one]).chunks_done == 1
        assert store.finish_chunk(result, [one]).chunks_done == 1
        assert store.chunk_result(samples.RUN_ID, 0) == result
        assert store.draft(samples.RUN_ID, 0, one.document_id) == one

    def test_approval_happens_once(self, store: RunStore) -> None:
        store.create_run(samples.run(), [["U/1"]])
        store.set_status(samples.RUN_ID, expected=RunStatus.PLANNED, status=RunStatus.RATED)
        batch = samples.batch(samples.draft())
        first = store.approve(
            samples.RUN_ID, status=RunStatus.APPROVED, batches=[batch], issue_date=date(2026, 4, 8)
        )
        again = store.approve(
            samples.RUN_ID, status=RunStatus.ISSUED, batches=[], issue_date=date(2026, 4, 9)
        )
        assert first == again
        assert (first.status, first.batches, first.issue_date) == (RunStatus.APPROVED, 1, date(2026, 4, 8))
        assert store.batch(samples.RUN_ID, 0) == batch

    def test_a_status_moves_only_from_the_expected_one(self, store: RunStore) -> None:
        store.create_run(samples.run(), [["U/1"]])
        stays = store.set_status(samples.RUN_ID, expected=RunStatus.RATED, status=RunStatus.ISSUED)
        assert stays.status is RunStatus.PLANNED

    def test_the_last_batch_makes_the_run_issued_and_counts_once(self, store: RunStore) -> None:
        store.create_run(samples.run(), [["U/1"]])
        store.set_status(samples.RUN_ID, expected=RunStatus.PLANNED, status=RunStatus.RATED)
        batches = [samples.batch(samples.draft(f"U/{n}"), number=n) for n in range(2)]
        store.approve(samples.RUN_ID, status=RunStatus.APPROVED, batches=batches, issue_date=date(2026, 4, 8))
        steps: list[Callable[[], object]] = [lambda: store.finish_batch(samples.RUN_ID, 0)] * 2
        for step in steps:
            step()
        half = store.run(samples.RUN_ID)
        assert half is not None
        assert (half.status, half.batches_done) == (RunStatus.APPROVED, 1)
        assert store.finish_batch(samples.RUN_ID, 1).status is RunStatus.ISSUED

    def test_a_contract_never_billed_has_no_day(self, store: RunStore) -> None:
        assert store.billed_to("U/1") is None
