"""A run goes from plan to approval; every step may come twice, and only a balanced run is approved."""

import itertools
import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kwit.billing import approval as approval_module
from kwit.billing import chunks as chunks_module
from kwit.billing import runs as runs_module
from kwit.billing.chunks import rate_chunk
from kwit.billing.drafts import HoldCode, Run, RunStatus
from kwit.billing.run_report import run_report
from kwit.billing.runs import RunUnknownError, close_run, due_contracts, plan_run, run_id_of
from kwit.tariffs.holidays import statutory_holidays
from tests.billing.memory_case import Company, contract
from tests.rating.cases import KNOWN

MARCH, APRIL, MAY, JUNE = (date(2026, n, 1) for n in (3, 4, 5, 6))
RUN = "2026-04-01-daily"
HOLIDAYS = statutory_holidays()


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs_module, "CHUNK_SIZE", 2)
    monkeypatch.setattr(approval_module, "BATCH_SIZE", 2)


def company(*numbers: str) -> Company:
    made = Company()
    for no in numbers:
        made.add(no, states=[(MARCH, "1000"), (APRIL, "1100")])
    return made


def plan(one: Company, day: date = APRIL) -> Run:
    return plan_run(business_date=day, stores=one.stores, queue=one.queues)


def rate_all(one: Company) -> None:
    while one.queues.chunks:
        run_id, chunk = one.queues.chunks.pop(0)
        rate_chunk(run_id=run_id, chunk=chunk, stores=one.stores, queue=one.queues, holidays=HOLIDAYS)


class TestPlan:
    def test_due_contracts_go_into_chunks(self) -> None:
        one = company("U/3", "U/1", "U/2")
        run = plan(one)
        assert (run.run_id, run.contracts, run.chunks, run.status) == (RUN, 3, 2, RunStatus.PLANNED)
        assert one.queues.chunks == [(RUN, 0), (RUN, 1)]
        assert [list(one.runs.chunk_contracts(RUN, n)) for n in range(2)] == [["U/1", "U/2"], ["U/3"]]

    def test_a_second_schedule_event_finds_the_same_run(self) -> None:
        one = company("U/1")
        first = plan(one)
        one.add("U/2", states=[(MARCH, "1000"), (APRIL, "1100")])
        assert plan(one) == first
        assert one.queues.chunks == [(RUN, 0), (RUN, 0)]

    def test_a_plan_after_all_chunks_asks_for_the_close(self) -> None:
        one = company("U/1")
        plan(one)
        rate_all(one)
        one.queues.closes.clear()
        plan(one)
        assert one.queues.closes == [RUN]

    def test_a_plan_of_a_closed_run_asks_for_its_batches_again(self) -> None:
        one = company("U/1")
        plan(one)
        rate_all(one)
        close_run(run_id=RUN, stores=one.stores, queue=one.queues, at=KNOWN)
        one.queues.closes.clear()
        plan(one)
        assert one.queues.closes == [RUN]
        assert one.queues.chunks == []

    def test_a_day_without_anything_due_closes_at_once(self) -> None:
        one = company("U/1")
        run = plan(one, date(2026, 3, 31))
        assert (run.contracts, run.chunks) == (0, 0)
        assert one.queues.closes == [run.run_id]
        closed, certificate = close_run(run_id=run.run_id, stores=one.stores, queue=one.queues, at=KNOWN)
        assert (closed.status, certificate.balances, one.queues.batches) == (RunStatus.ISSUED, True, [])

    def test_contracts_that_ended_or_are_billed_are_not_due(self) -> None:
        one = company("U/1", "U/2", "U/3")
        one.registry.put([contract("U/2", ends=MARCH, known_at=contract().known_at.replace(month=6))])
        one.runs.cursors["U/3"] = APRIL
        settings, _ = one.settings.current(on=date(2026, 4, 8))
        assert due_contracts(business_date=APRIL, settings=settings, stores=one.stores) == ["U/1"]

    def test_a_contract_of_an_unknown_profile_is_due_so_that_its_hold_is_seen(self) -> None:
        one = Company()
        one.add("U/1", profile="fancy")
        settings, _ = one.settings.current(on=date(2026, 4, 8))
        assert due_contracts(business_date=APRIL, settings=settings, stores=one.stores) == ["U/1"]

    def test_the_name_of_a_run_is_its_day(self) -> None:
        assert run_id_of(APRIL) == RUN


class TestChunk:
    def test_the_last_chunk_asks_for_the_close(self) -> None:
        one = company("U/1", "U/2", "U/3")
        plan(one)
        rate_chunk(run_id=RUN, chunk=0, stores=one.stores, queue=one.queues, holidays=HOLIDAYS)
        assert one.queues.closes == []
        rate_chunk(run_id=RUN, chunk=1, stores=one.stores, queue=one.queues, holidays=HOLIDAYS)
        assert one.queues.closes == [RUN]

    def test_a_chunk_that_comes_twice_keeps_its_first_result(self) -> None:
        one = company("U/1")
        plan(one)
        first = rate_chunk(run_id=RUN, chunk=0, stores=one.stores, queue=one.queues, holidays=HOLIDAYS)
        one.registry.put([contract("U/1", annual_kwh=9, known_at=contract().known_at.replace(month=6))])
        again = rate_chunk(run_id=RUN, chunk=0, stores=one.stores, queue=one.queues, holidays=HOLIDAYS)
        assert again == first
        run = one.runs.run(RUN)
        assert run is not None
        assert run.chunks_done == 1
        assert one.queues.closes == [RUN, RUN]

    def test_a_price_list_is_read_once_for_a_chunk(self) -> None:
        one = company("U/1", "U/2")
        plan(one)
        rate_all(one)
        assert sorted(one.price_lists.asked) == ["jasna-energia", "levies-pl", "pge-dystrybucja"]

    @pytest.mark.parametrize(
        ("kind", "missing"), [("Party", "party K-U/1"), ("MeteringPoint", "point PPE-U/1")]
    )
    def test_a_record_that_is_missing_holds_one_contract_and_not_its_neighbours(
        self, kind: str, missing: str
    ) -> None:
        one = company("U/1", "U/2")
        for key in [key for key in one.registry.versions if key[0] == kind and key[2].endswith("U/1")]:
            del one.registry.versions[key]
        plan(one)
        result = rate_chunk(run_id=RUN, chunk=0, stores=one.stores, queue=one.queues, holidays=HOLIDAYS)
        assert [(hold.code, hold.detail) for hold in result.holds] == [
            (HoldCode.REGISTRY_INCOMPLETE, missing)
        ]
        assert [ref.contract_no for ref in result.drafts] == ["U/2"]

    def test_a_payer_that_is_missing_is_named(self) -> None:
        one = Company()
        one.add("U/1", states=[(MARCH, "1"), (APRIL, "2")], payer_id="K-9")
        plan(one)
        result = rate_chunk(run_id=RUN, chunk=0, stores=one.stores, queue=one.queues, holidays=HOLIDAYS)
        assert [hold.detail for hold in result.holds] == ["payer K-9"]

    def test_a_fault_in_one_contract_holds_it_and_not_its_neighbours(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real = chunks_module.bill_contract

        def faulty(**known: Any) -> Any:
            if known["case"].contract_no == "U/1":
                raise ValueError("Żaneta Łącka")
            return real(**known)

        monkeypatch.setattr(chunks_module, "bill_contract", faulty)
        one = company("U/1", "U/2")
        plan(one)
        rate_all(one)
        result = one.runs.chunk_result(RUN, 0)
        assert result is not None
        assert [ref.contract_no for ref in result.drafts] == ["U/2"]
        assert [(hold.contract_no, hold.code) for hold in result.holds] == [("U/1", HoldCode.RATING_FAILED)]
        assert "Łącka" not in result.holds[0].detail

    def test_a_store_that_cannot_be_reached_fails_the_chunk(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def unreachable(**_: Any) -> Any:
            raise RuntimeError

        monkeypatch.setattr(chunks_module, "bill_contract", unreachable)
        one = company("U/1")
        plan(one)
        with pytest.raises(RuntimeError):
            rate_all(one)
        assert one.runs.chunk_result(RUN, 0) is None

    def test_an_unknown_run_is_named(self) -> None:
        with pytest.raises(RunUnknownError, match="2020-01-01-daily"):
            rate_chunk(run_id="2020-01-01-daily", chunk=0, stores=Company().stores, queue=Company().queues,
                       holidays=HOLIDAYS)  # fmt: skip

    def test_a_contract_billed_meanwhile_has_nothing_due(self) -> None:
        one = company("U/1")
        plan(one)
        one.runs.cursors["U/1"] = APRIL
        result = rate_chunk(run_id=RUN, chunk=0, stores=one.stores, queue=one.queues, holidays=HOLIDAYS)
        assert (result.nothing_due, result.drafts, result.holds) == (("U/1",), (), ())


class TestClose:
    def rated(self, *numbers: str, approval: str = "automatic") -> Company:
        one = company(*numbers)
        one.settings.change(approval=approval)
        plan(one)
        rate_all(one)
        return one

    def close(self, one: Company) -> Run:
        run, _ = close_run(run_id=RUN, stores=one.stores, queue=one.queues, at=KNOWN)
        return run

    def test_a_balanced_run_is_approved_and_its_batches_asked_for(self) -> None:
        one = self.rated("U/1", "U/2", "U/3")
        run = self.close(one)
        assert (run.status, run.batches, run.issue_date) == (RunStatus.ISSUING, 2, APRIL)
        assert one.queues.batches == [(RUN, 0), (RUN, 1)]

    def test_closing_again_asks_again_and_changes_nothing(self) -> None:
        one = self.rated("U/1", "U/2", "U/3")
        first = self.close(one)
        batches = dict(one.runs.batches)
        assert self.close(one) == first
        assert one.runs.batches == batches
        assert one.queues.batches == [(RUN, 0), (RUN, 1)] * 2

    def test_a_run_with_chunks_under_way_is_not_closed(self) -> None:
        one = company("U/1", "U/2", "U/3")
        plan(one)
        rate_chunk(run_id=RUN, chunk=0, stores=one.stores, queue=one.queues, holidays=HOLIDAYS)
        with pytest.raises(RunUnknownError, match="1 chunks are not rated yet"):
            self.close(one)
        run = one.runs.run(RUN)
        assert run is not None
        assert run.status is RunStatus.PLANNED

    def test_an_unknown_run_is_named(self) -> None:
        with pytest.raises(RunUnknownError):
            self.close(Company())

    def test_manual_approval_waits_for_a_person(self) -> None:
        one = self.rated("U/1", approval="manual")
        assert self.close(one).status is RunStatus.WAITING
        assert self.close(one).status is RunStatus.WAITING
        assert one.queues.batches == []

    @pytest.mark.parametrize("approval", ["automatic", "manual"])
    def test_a_close_that_broke_off_after_the_approval_goes_on_by_policy_alone(self, approval: str) -> None:
        one = self.rated("U/1", approval="automatic")
        self.close(one)
        one.runs.kept_issues.clear()
        one.runs.batches.clear()
        one.queues.batches.clear()
        one.runs.runs[RUN] = replace(one.runs.runs[RUN], status=RunStatus.APPROVED, batches=0)
        one.settings.change(approval=approval)
        self.close(one)
        assert one.queues.batches == ([(RUN, 0)] if approval == "automatic" else [])

    @pytest.mark.parametrize("approval", ["automatic", "manual"])
    def test_a_run_that_does_not_balance_is_never_approved(self, approval: str) -> None:
        one = self.rated("U/1", approval=approval)
        one.runs.results[RUN, 0] = replace(one.runs.results[RUN, 0], faults=("draft x: gross 1 against 2",))
        for _ in range(2):
            assert self.close(one).status is RunStatus.NOT_BALANCED
        plan(one)
        assert one.queues.batches == []
        assert one.runs.batches == {}

    def test_a_run_of_holds_alone_is_done(self) -> None:
        one = Company()
        one.add("U/1", states=[(MARCH, "1000")])
        plan(one)
        rate_all(one)
        run, certificate = close_run(run_id=RUN, stores=one.stores, queue=one.queues, at=KNOWN)
        assert (run.status, len(certificate.holds), one.queues.batches) == (RunStatus.ISSUED, 1, [])

    def test_the_periods_of_a_contract_stay_in_one_batch(self) -> None:
        one = company("U/1")
        states = [(MARCH, "1000"), (APRIL, "1100"), (MAY, "1200"), (JUNE, "1300")]
        for no in ("U/2", "U/3"):
            one.add(no, states=states)
        plan(one, JUNE)
        rate_all(one)
        close_run(run_id="2026-06-01-daily", stores=one.stores, queue=one.queues, at=KNOWN)
        where = {
            (ref.contract_no, number)
            for (_, number), batch in one.runs.batches.items()
            for ref in batch.drafts
        }
        assert len(where) == len({contract_no for contract_no, _ in where}) == 3
        for batch in one.runs.batches.values():
            for before, after in itertools.pairwise(batch.drafts):
                assert before.contract_no != after.contract_no or before.end == after.start


class TestReport:
    def test_the_report_tells_drafts_holds_and_reasons(self) -> None:
        one = company("U/1")
        one.add("U/2", states=[(MARCH, "1000")])
        plan(one)
        rate_all(one)
        run, certificate = close_run(run_id=RUN, stores=one.stores, queue=one.queues, at=KNOWN)
        told = json.loads(run_report(run=run, certificate=certificate))
        assert (told["drafts"], told["held"], told["balances"], told["status"]) == (1, 1, True, "issuing")
        assert Decimal(told["money"]["gross"]) == certificate.gross > 0
        assert told["energy"] == {
            "wh_read": 100_000,
            "wh_held": 0,
            "kwh_billed": 100,
            "rounding_wh": 0,
            "kwh_forecast": 0,
        }
        (hold,) = told["holds"]
        assert hold["contract_no"] == "U/2"
        assert hold["sentence"].startswith("Brak odczytu")
        assert "L-U/2/1.8.0 at 2026-04-01" in hold["detail"]
