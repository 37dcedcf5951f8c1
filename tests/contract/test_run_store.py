"""The runs' store keeps every step once, in memory and in DynamoDB alike."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from kwit.aws.run_store import DynamoRuns
from kwit.aws.table import Table
from kwit.billing.drafts import Issue, RunStatus, RunStep
from kwit.billing.ports import ApprovalTakenError, RunStore
from kwit.kernel.identifiers import content_hash
from tests.billing import samples
from tests.fakes.run_store import MemoryRuns

DAY = date(2026, 4, 8)


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

    def test_chunks_of_accounts_and_the_parts_of_their_drafts_stay_with_it(self, store: RunStore) -> None:
        planned = replace(samples.run(contracts=3, chunks=2), account_chunks=1)
        store.create_run(planned, [["U/3"], ["U/1", "U/2"]])
        found = store.run(samples.RUN_ID)
        assert found is not None
        assert (found.account_chunks, found.sorted_chunks) == (1, 1)
        whole = samples.collective("U/1", "U/2")
        result = samples.chunk_result(whole, chunk=1)
        store.finish_chunk(result, [whole])
        assert store.chunk_result(samples.RUN_ID, 1) == result
        assert store.draft(samples.RUN_ID, 1, whole.document_id, whole.content_hash) == whole

    def test_an_unknown_run_is_none(self, store: RunStore) -> None:
        assert store.run("2020-01-01-daily") is None
        assert store.chunk_result("2020-01-01-daily", 0) is None
        assert store.batch("2020-01-01-daily", 0) is None
        assert store.draft("2020-01-01-daily", 0, "x", "0" * 64) is None

    def test_a_chunk_counts_once_however_often_it_is_finished(self, store: RunStore) -> None:
        store.create_run(samples.run(contracts=2, chunks=1), [["U/1", "U/9"]])
        one = samples.draft()
        result = samples.chunk_result(one, holds=(samples.hold(),))
        assert store.finish_chunk(result, [one]).chunks_done == 1
        assert store.finish_chunk(result, [one]).chunks_done == 1
        assert store.chunk_result(samples.RUN_ID, 0) == result
        assert store.draft(samples.RUN_ID, 0, one.document_id, one.content_hash) == one

    def test_a_second_attempt_on_other_inputs_leaves_the_first_ones_drafts(self, store: RunStore) -> None:
        store.create_run(samples.run(), [["U/1"]])
        one = samples.draft()
        other = replace(one, content=one.content + b" ", content_hash=content_hash(one.content + b" "))
        store.finish_chunk(samples.chunk_result(one), [one])
        store.finish_chunk(samples.chunk_result(other), [other])
        assert store.chunk_result(samples.RUN_ID, 0) == samples.chunk_result(one)
        assert store.draft(samples.RUN_ID, 0, one.document_id, one.content_hash) == one

    def test_drafts_are_found_together_and_those_that_are_gone_left_out(self, store: RunStore) -> None:
        store.create_run(samples.run(), [["U/1", "U/2"]])
        made = [samples.draft("U/1"), samples.draft("U/2")]
        store.finish_chunk(samples.chunk_result(*made), made)
        names = [(0, one.document_id, one.content_hash) for one in made]
        found = store.drafts_of(samples.RUN_ID, [*names, (0, "x", "0" * 64)])
        assert sorted(found, key=lambda one: one.contract_no) == made
        assert list(store.drafts_of(samples.RUN_ID, [])) == []

    def test_an_approval_is_kept_once_under_its_number(self, store: RunStore) -> None:
        self.waiting(store)
        first = store.approve(samples.approval(samples.draft()))
        assert store.approve(first) == first
        with pytest.raises(ApprovalTakenError):
            store.approve(samples.approval(samples.draft(), by="jan"))
        second = store.approve(samples.approval(samples.draft("U/2"), number=1))
        assert list(store.approvals(samples.RUN_ID)) == [first, second]
        run = store.run(samples.RUN_ID)
        assert run is not None
        assert (run.status, run.approvals, run.batches) == (RunStatus.APPROVED, 2, 0)

    def test_a_run_that_is_not_rated_takes_no_approval(self, store: RunStore) -> None:
        store.create_run(samples.run(), [["U/1"]])
        if isinstance(store, DynamoRuns):
            with pytest.raises(ApprovalTakenError):
                store.approve(samples.approval(samples.draft()))

    def test_an_approval_is_issued_once_under_its_first_date(self, store: RunStore) -> None:
        self.waiting(store)
        store.approve(samples.approval(samples.draft()))
        batch = samples.batch(samples.draft())
        issued = store.issue(samples.RUN_ID, approval=0, batches=[batch], issue_date=DAY)
        later = replace(batch, issue_date=date(2026, 4, 9))
        again = store.issue(samples.RUN_ID, approval=0, batches=[later], issue_date=date(2026, 4, 9))
        assert issued == again
        assert (issued.status, issued.batches, issued.issue_date) == (RunStatus.ISSUING, 1, DAY)
        assert store.batch(samples.RUN_ID, 0) == batch
        assert list(store.issues(samples.RUN_ID)) == [Issue(0, DAY, 1, ((batch.series, 1),))]

    def test_the_first_time_of_a_step_is_kept(self, store: RunStore) -> None:
        store.create_run(samples.run(), [["U/1"]])
        first, later = samples.APPROVED_AT, samples.APPROVED_AT.replace(hour=11)
        store.stamp(samples.RUN_ID, RunStep.CLOSED, later)
        store.stamp(samples.RUN_ID, RunStep.PLANNED, first)
        run = store.stamp(samples.RUN_ID, RunStep.PLANNED, later)
        assert run.times == ((RunStep.PLANNED, first), (RunStep.CLOSED, later))

    def test_results_come_in_the_order_of_the_chunks(self, store: RunStore) -> None:
        store.create_run(samples.run(contracts=2, chunks=2), [["U/1"], ["U/2"]])
        for chunk in (1, 0):
            one = samples.draft(f"U/{chunk}")
            store.finish_chunk(samples.chunk_result(one, chunk=chunk), [one])
        assert [one.chunk for one in store.chunk_results(samples.RUN_ID)] == [0, 1]

    def waiting(self, store: RunStore) -> None:
        store.create_run(samples.run(contracts=2), [["U/1", "U/2"]])
        store.set_status(samples.RUN_ID, expected=RunStatus.PLANNED, status=RunStatus.RATED)
        store.set_status(samples.RUN_ID, expected=RunStatus.RATED, status=RunStatus.WAITING)

    def test_a_status_moves_only_from_the_expected_one(self, store: RunStore) -> None:
        store.create_run(samples.run(), [["U/1"]])
        stays = store.set_status(samples.RUN_ID, expected=RunStatus.RATED, status=RunStatus.ISSUED)
        assert stays.status is RunStatus.PLANNED

    def test_the_last_batch_makes_the_run_issued_and_counts_once(self, store: RunStore) -> None:
        self.waiting(store)
        drafts = [samples.draft(f"U/{n}") for n in range(2)]
        store.approve(samples.approval(*drafts))
        batches = [samples.batch(one, number=n) for n, one in enumerate(drafts)]
        store.issue(samples.RUN_ID, approval=0, batches=batches, issue_date=DAY)
        totals = samples.totals(samples.document())
        steps: list[Callable[[], object]] = [lambda: store.finish_batch(samples.RUN_ID, 0, totals)] * 2
        for step in steps:
            step()
        half = store.run(samples.RUN_ID)
        assert half is not None
        assert (half.status, half.batches_done) == (RunStatus.ISSUING, 1)
        assert store.finish_batch(samples.RUN_ID, 1, samples.totals()).status is RunStatus.ISSUED
        assert list(store.batch_totals(samples.RUN_ID)) == [totals, samples.totals()]

    def test_a_contract_never_billed_has_no_day(self, store: RunStore) -> None:
        assert store.billed_to("U/1") is None
