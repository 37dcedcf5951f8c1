"""Approval takes the drafts that were seen, all or a part, by another person where the settings ask for one."""

from datetime import date

import pytest

from kwit.billing.approval import (
    ALL,
    ApprovalRefusedError,
    Choice,
    approve_drafts,
    chosen_drafts,
    discard_run,
    issue_approved,
)
from kwit.billing.certificate import certify, hash_of_drafts
from kwit.billing.chunks import rate_chunk
from kwit.billing.drafts import Approval, Run, RunOrder, RunStatus, batch_number
from kwit.billing.runs import close_run, plan_run
from kwit.registry.company import HoldSettings, SeriesSettings
from kwit.tariffs.holidays import statutory_holidays
from tests.billing.memory_case import Company, contract
from tests.rating.cases import KNOWN

MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)


class Office:
    """A dry run that jan asked for, of three contracts, the last of which uses a lot and is held."""

    def __init__(self, approval: str = "manual") -> None:
        self.company = Company()
        self.company.settings.change(approval=approval, holds=HoldSettings(kwh_per_day_over=10))
        for no, used in (("U/1", "1100"), ("U/2", "1150"), ("U/3", "3000")):
            self.company.add(no, states=[(MARCH, "1000"), (APRIL, used)])
        order = RunOrder(by="jan", dry=True)
        stores, queues = self.company.stores, self.company.queues
        run = plan_run(business_date=APRIL, stores=stores, queue=queues, order=order)
        self.run_id = run.run_id
        rate_chunk(run_id=run.run_id, chunk=0, stores=stores, queue=queues, holidays=statutory_holidays())
        close_run(run_id=run.run_id, stores=stores, queue=queues, at=KNOWN)

    @property
    def run(self) -> Run:
        return self.company.runs.runs[self.run_id]

    def approve(self, choice: Choice = ALL, *, by: str = "ewa", drafts_hash: str = "") -> Approval:
        results = self.company.runs.chunk_results(self.run_id)
        settings, _ = self.company.settings.current(on=APRIL)
        return approve_drafts(
            run=self.run,
            certificate=certify(run=self.run, results=results),
            results=results,
            choice=choice,
            by=by,
            at=KNOWN,
            drafts_hash=drafts_hash,
            settings=settings,
            store=self.company.runs,
        )

    def issue(self) -> Run:
        return issue_approved(
            run=self.run,
            results=self.company.runs.chunk_results(self.run_id),
            issue_date=APRIL,
            settings=self.company.settings,
            store=self.company.runs,
            queue=self.company.queues,
        )

    def batched(self) -> list[str]:
        return [ref.contract_no for batch in self.company.runs.batches.values() for ref in batch.drafts]


def test_all_means_all_but_the_held_ones() -> None:
    office = Office()
    assert office.approve().drafts == 2
    office.issue()
    assert office.batched() == ["U/1", "U/2"]
    assert office.run.status is RunStatus.ISSUING


def test_a_held_draft_goes_only_when_it_is_released_by_name() -> None:
    office = Office()
    assert office.approve(Choice(released=("U/3",))).drafts == 3
    office.issue()
    assert office.batched() == ["U/1", "U/2", "U/3"]


def test_a_part_now_and_the_rest_later_are_two_approvals_and_no_draft_is_taken_twice() -> None:
    office = Office()
    office.approve(Choice(only=("U/2",)))
    office.issue()
    assert office.batched() == ["U/2"]
    rest = office.approve(Choice(released=("U/3",)))
    assert (rest.number, rest.drafts) == (1, 2)
    office.issue()
    assert sorted(office.batched()) == ["U/1", "U/2", "U/3"]
    assert set(office.company.runs.batches) == {(office.run_id, 0), (office.run_id, batch_number(1, 0))}
    assert office.run.batches == 2


def test_without_leaves_a_contract_out() -> None:
    office = Office()
    office.approve(Choice(without=("U/1",)))
    office.issue()
    assert office.batched() == ["U/2"]


def test_the_same_approval_again_is_the_one_kept_and_issuing_again_asks_again() -> None:
    office = Office()
    first = office.approve()
    assert office.approve() == first
    assert len(office.company.runs.approvals(office.run_id)) == 1
    office.issue()
    office.issue()
    assert office.run.batches == 1
    assert office.company.queues.batches == [(office.run_id, 0)] * 2


def test_drafts_other_than_those_seen_are_refused() -> None:
    office = Office()
    seen = chosen_drafts(results=office.company.runs.chunk_results(office.run_id), earlier=(), choice=ALL)
    with pytest.raises(ApprovalRefusedError, match="the drafts are"):
        office.approve(drafts_hash="0" * 64)
    assert office.approve(drafts_hash=hash_of_drafts(seen)).drafts_hash == hash_of_drafts(seen)


def test_a_contract_without_a_draft_cannot_be_approved() -> None:
    with pytest.raises(ApprovalRefusedError, match="no draft to approve for U/404"):
        Office().approve(Choice(only=("U/404",)))


def test_two_persons_means_another_than_the_one_who_started_it() -> None:
    office = Office("two_persons")
    for by in ("jan", "", "policy"):
        with pytest.raises(ApprovalRefusedError):
            office.approve(by=by)
    assert office.approve(by="ewa").by == "ewa"


def test_a_discarded_run_can_neither_be_approved_nor_issued() -> None:
    office = Office()
    assert discard_run(run=office.run, by="jan", store=office.company.runs).status is RunStatus.DISCARDED
    assert discard_run(run=office.run, by="jan", store=office.company.runs).status is RunStatus.DISCARDED
    with pytest.raises(ApprovalRefusedError):
        office.approve()
    with pytest.raises(ApprovalRefusedError, match="nothing of it is approved"):
        office.issue()


def test_an_approved_run_cannot_be_discarded() -> None:
    office = Office()
    office.approve()
    with pytest.raises(ApprovalRefusedError, match="cannot discard"):
        discard_run(run=office.run, by="jan", store=office.company.runs)


def test_documents_of_a_unit_are_numbered_in_its_series() -> None:
    office = Office()
    known = contract().known_at.replace(month=6)
    office.company.registry.put([contract("U/2", unit="LUB", known_at=known)])
    patterns = {"invoice": SeriesSettings(pattern="FV/{unit}/{year}/{number:06}")}
    office.company.settings.change(series=patterns)
    order = RunOrder(by="jan", reason="again", dry=True)
    stores, queues = office.company.stores, office.company.queues
    run = plan_run(business_date=APRIL, stores=stores, queue=queues, order=order)
    office.run_id = run.run_id
    rate_chunk(run_id=run.run_id, chunk=0, stores=stores, queue=queues, holidays=statutory_holidays())
    close_run(run_id=run.run_id, stores=stores, queue=queues, at=KNOWN)
    office.approve()
    office.issue()
    series = {batch.drafts[0].contract_no: batch.series for batch in office.company.runs.batches.values()}
    assert series == {"U/1": "FV//{year}/{number:06}", "U/2": "FV/LUB/{year}/{number:06}"}
