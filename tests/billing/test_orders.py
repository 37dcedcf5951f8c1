"""Runs that somebody asks for: a selection, off the schedule, always looked at before it is issued."""

from datetime import date

from kwit.billing.chunks import rate_chunk
from kwit.billing.drafts import HoldCode, RunKind, RunOrder, RunStatus
from kwit.billing.runs import close_run, plan_run, run_id_of
from kwit.tariffs.holidays import statutory_holidays
from tests.billing.memory_case import Company
from tests.rating.cases import KNOWN

MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)


def company(*numbers: str) -> Company:
    one = Company()
    for no in numbers:
        one.add(no, states=[(MARCH, "1000"), (APRIL, "1100")])
    return one


def rated(one: Company, order: RunOrder) -> str:
    run = plan_run(
        business_date=APRIL,
        stores=one.stores,
        queue=one.queues,
        order=order,
        corrections=one.corrections,
    )
    for chunk in range(run.chunks):
        rate_chunk(
            run_id=run.run_id,
            chunk=chunk,
            stores=one.stores,
            queue=one.queues,
            holidays=statutory_holidays(),
            corrections=one.corrections,
        )
    return run.run_id


def test_an_order_bills_only_the_contracts_it_names() -> None:
    one = company("U/1", "U/2", "U/3")
    run_id = rated(one, RunOrder(by="anna", contracts=("U/3", "U/1"), dry=True))
    assert list(one.runs.chunk_contracts(run_id, 0)) == ["U/1", "U/3"]


def test_an_order_by_group_or_price_list_bills_those() -> None:
    one = company("U/1")
    one.add("U/2", states=[(MARCH, "1000"), (APRIL, "1100")], group="G12")
    assert list(one.runs.chunk_contracts(rated(one, RunOrder(groups=("G12",))), 0)) == ["U/2"]
    other = rated(one, RunOrder(price_lists=("no-such-list",)))
    assert one.runs.runs[other].contracts == 0


def test_a_contract_that_nobody_knows_is_held_with_its_name() -> None:
    one = company("U/1")
    run_id = rated(one, RunOrder(contracts=("U/404",), dry=True))
    result = one.runs.chunk_result(run_id, 0)
    assert result is not None
    assert [(hold.contract_no, hold.code) for hold in result.holds] == [
        ("U/404", HoldCode.REGISTRY_INCOMPLETE)
    ]


def test_the_same_order_of_a_day_is_one_run_and_another_is_not() -> None:
    order = RunOrder(by="anna", contracts=("U/1",))
    assert run_id_of(APRIL, order) == run_id_of(APRIL, order)
    assert run_id_of(APRIL, order) != run_id_of(APRIL, RunOrder(by="anna", contracts=("U/2",)))
    assert run_id_of(APRIL) == "2026-04-01-daily"


def test_a_dry_run_and_corrections_wait_whatever_the_policy_says() -> None:
    for order in (RunOrder(dry=True), RunOrder(kind=RunKind.CORRECTIONS, reason="odczyt")):
        one = company("U/1")
        one.settings.change(approval="automatic")
        run_id = rated(one, order)
        run, _ = close_run(run_id=run_id, stores=one.stores, queue=one.queues, at=KNOWN)
        assert run.status is RunStatus.WAITING
        assert one.queues.batches == []
