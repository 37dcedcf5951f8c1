"""The diff of a run: every draft has its other, every cause its amount, and the parts are the whole."""

import itertools
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwit.billing import runs as runs_module
from kwit.billing.chunks import rate_chunk
from kwit.billing.content import parse_content
from kwit.billing.differences import Cause
from kwit.billing.drafts import RunOrder
from kwit.billing.run_diff import (
    PREVIOUS,
    DiffStores,
    HeldParts,
    Presence,
    RunDiff,
    RunNotComparableError,
    chunks_to_compare,
    compare_chunk,
)
from kwit.billing.runs import plan_run
from kwit.kernel.money import ZERO
from kwit.registry.company import HoldSettings
from kwit.tariffs.holidays import statutory_holidays
from tests.billing.memory_case import Company, state
from tests.billing.test_differences import raised
from tests.fakes.diffs import KnownLaws, MemoryBills

FEBRUARY, MARCH, APRIL = date(2026, 2, 1), date(2026, 3, 1), date(2026, 4, 1)


class Office:
    """A company whose runs are rated in chunks of two contracts."""

    def __init__(self, *numbers: str, used: int = 100) -> None:
        self.company = Company()
        for no in numbers:
            self.company.add(no, states=[(MARCH, "1000"), (APRIL, str(1000 + used))])
        self.bills = MemoryBills()
        self.diffs = HeldParts()

    @property
    def stores(self) -> DiffStores:
        return DiffStores(self.company.runs, self.bills, self.diffs, KnownLaws())

    def rate(self, name: str, *contracts: str) -> str:
        stores, queues = self.company.stores, self.company.queues
        order = RunOrder(by=name, contracts=contracts, dry=True)
        run = plan_run(business_date=APRIL, stores=stores, queue=queues, order=order)
        for chunk in range(run.chunks):
            rate_chunk(
                run_id=run.run_id, chunk=chunk, stores=stores, queue=queues, holidays=statutory_holidays()
            )
        return run.run_id

    def compare(self, run_id: str, against: str) -> RunDiff:
        found = None
        for chunk in reversed(chunks_to_compare(self.company.runs.runs[run_id])):
            assert found is None, "the whole came before its last part"
            found = compare_chunk(run_id=run_id, against=against, chunk=chunk, stores=self.stores)
        assert found is not None
        assert sum(found.by_cause().values(), ZERO) == found.after - found.before
        assert sum((one.net + one.vat for one in found.sums), ZERO) == found.after - found.before
        return found


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs_module, "CHUNK_SIZE", 2)


def test_first_bills_have_nothing_before_them() -> None:
    office = Office("U/1", "U/2", "U/3")
    diff = office.compare(office.rate("jan"), PREVIOUS)
    assert {row.presence for row in diff.rows} == {Presence.NEW}
    assert (diff.before, set(diff.by_cause())) == (ZERO, {Cause.CONTRACT})


def test_a_draft_is_held_against_the_bill_before_it() -> None:
    office = Office("U/1")
    run_id = office.rate("jan")
    (draft,) = office.company.runs.drafts.values()
    earlier = parse_content(draft.content).model_copy(update={"start": FEBRUARY, "end": MARCH})
    office.bills.bills["U/1"] = [earlier]
    (row,) = office.compare(run_id, PREVIOUS).rows
    assert (row.presence, row.before) == (Presence.BOTH, earlier.gross)


def test_a_run_after_a_price_rise_differs_by_price_in_every_draft() -> None:
    office = Office("U/1", "U/2", "U/3")
    first = office.rate("before")
    office.company.price_lists.added.update(raised("jasna-energia"))
    diff = office.compare(office.rate("after"), first)
    assert [row.presence for row in diff.rows] == [Presence.BOTH] * 3
    assert set(diff.by_cause()) == {Cause.PRICE}
    assert {one.drafts for one in diff.sums} == {3}


def test_drafts_in_one_run_alone_are_new_or_gone() -> None:
    office = Office("U/1", "U/2", "U/3", "U/4", "U/5")
    first = office.rate("first", "U/1", "U/3", "U/4")
    second = office.rate("second", "U/2", "U/3", "U/5")
    diff = office.compare(second, first)
    assert {row.contract_no: row.presence for row in diff.rows} == {
        "U/1": Presence.GONE,
        "U/2": Presence.NEW,
        "U/3": Presence.BOTH,
        "U/4": Presence.GONE,
        "U/5": Presence.NEW,
    }


def test_a_run_of_nothing_lacks_what_the_other_has() -> None:
    office = Office("U/1")
    other = office.rate("other")
    nothing = plan_run(
        business_date=APRIL,
        stores=office.company.stores,
        queue=office.company.queues,
        order=RunOrder(groups=("C11",)),
    )
    assert [row.presence for row in office.compare(nothing.run_id, other).rows] == [Presence.GONE]


def test_held_drafts_are_shown_as_held() -> None:
    office = Office("U/1", used=900)
    office.company.settings.change(holds=HoldSettings(kwh_per_day_over=10))
    (row,) = office.compare(office.rate("jan"), PREVIOUS).rows
    assert row.held


def test_the_largest_differences_come_first() -> None:
    office = Office("U/1", "U/2")
    first = office.rate("before")
    office.company.readings.put([replace(state("U/2", APRIL, "1500"), known_at=datetime_after())])
    diff = office.compare(office.rate("after"), first)
    assert [row.contract_no for row in diff.rows] == ["U/2", "U/1"]
    assert diff.rows[1].difference == ZERO
    assert set(diff.by_cause()) == {Cause.USAGE}


def datetime_after() -> object:
    return state("U/2", APRIL, "1").known_at.replace(year=2027)


def test_a_run_that_is_not_rated_cannot_be_compared() -> None:
    office = Office("U/1")
    run_id = office.rate("jan")
    with pytest.raises(RunNotComparableError, match="2026-04-01-daily"):
        compare_chunk(run_id=run_id, against="2026-04-01-daily", chunk=0, stores=office.stores)


@given(
    first=st.sets(st.integers(1, 9), min_size=1),
    second=st.sets(st.integers(1, 9), min_size=1),
    size=st.integers(1, 4),
)
def test_however_two_runs_are_cut_into_chunks_every_draft_is_found_once(
    first: set[int], second: set[int], size: int
) -> None:
    office = Office(*(f"U/{n}" for n in range(1, 10)))
    with pytest.MonkeyPatch.context() as patch:
        one = office.rate("one", *(f"U/{n}" for n in first))
        patch.setattr(runs_module, "CHUNK_SIZE", size)
        two = office.rate("two", *(f"U/{n}" for n in second))
    rows = [row.contract_no for row in office.compare(two, one).rows]
    assert sorted(rows) == sorted({f"U/{n}" for n in itertools.chain(first, second)})


def test_sums_count_a_draft_once_however_many_zones_a_charge_has() -> None:
    office = Office("U/1")
    diff = office.compare(office.rate("jan"), PREVIOUS)
    assert {one.drafts for one in diff.sums} == {1}
    assert all(one.net != Decimal(0) for one in diff.sums)
