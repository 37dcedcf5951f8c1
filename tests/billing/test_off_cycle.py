"""Bills off the cycle: a period ends exactly on the day asked for, and the cycle's edges stay where they are."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwit.billing.bill import bill_contract
from kwit.billing.cycles import next_period
from kwit.billing.drafts import DocumentKind, Draft, Hold, HoldCode, RunOrder
from kwit.billing.runs import plan_run
from kwit.registry.records import Contract
from tests.billing.memory_case import contract
from tests.billing.test_clocks import (
    APRIL,
    JULY,
    MARCH,
    MAY,
    QUARTERLY,
    Office,
    billed,
    once,
    parsed,
    periods,
)

UNTIL = date(2026, 4, 11)


class TestABillUpToADay:
    def test_ends_there_and_the_next_one_on_the_edge(self) -> None:
        office = Office(states=[APRIL, UNTIL, MAY], billed_to=APRIL)
        (early,), holds = office.bill(UNTIL, until=UNTIL)
        assert (holds, early.kind) == ([], DocumentKind.INVOICE)
        assert [(one.start, one.end, one.months) for one in parsed([early])] == [(APRIL, UNTIL, "1/3")]
        drafts, _ = bill_from(office, UNTIL)
        assert [(one.start, one.end, one.months) for one in parsed(drafts)] == [(UNTIL, MAY, "2/3")]

    def test_comes_after_what_is_due_anyhow(self) -> None:
        office = Office(states=[MARCH, APRIL, UNTIL])
        drafts, _ = office.bill(UNTIL, until=UNTIL)
        assert [(one.start, one.end) for one in drafts] == [(MARCH, APRIL), (APRIL, UNTIL)]

    def test_needs_a_reading_there(self) -> None:
        office = Office(states=[APRIL, UNTIL + timedelta(days=1)], billed_to=APRIL)
        drafts, (hold,) = office.bill(UNTIL, until=UNTIL)
        assert (drafts, hold.code, hold.end) == ([], HoldCode.READING_MISSING, UNTIL)

    def test_is_nothing_for_a_day_billed_or_beside_an_edge_or_to_come(self) -> None:
        for until in (APRIL, APRIL + timedelta(days=3), UNTIL + timedelta(days=1)):
            office = Office(states=[APRIL, UNTIL], billed_to=APRIL)
            assert office.bill(UNTIL, until=until) == ([], [])

    def test_leaves_what_is_paid_in_advance_alone_and_takes_what_is_not(self) -> None:
        arrears = replace(QUARTERLY, in_advance=False)
        for cycle, clocks in (
            (QUARTERLY, {"variable", "contract"}),
            (arrears, {"variable", "contract", "fixed"}),
        ):
            office = Office(states=[APRIL, UNTIL], billed_to=APRIL, fixed_cycle=cycle)
            drafts, _ = office.bill(UNTIL, until=UNTIL)
            assert set(periods(drafts)[-1]) == clocks
            assert periods(drafts)[-1]["variable"] == (APRIL, UNTIL)

    def test_is_asked_for_by_the_order_of_a_run(self) -> None:
        office = Office(states=[APRIL, UNTIL, MAY], billed_to=APRIL)
        order = RunOrder(contracts=("U/1",), until=UNTIL)
        run = plan_run(
            business_date=UNTIL, stores=office.company.stores, queue=office.company.queues, order=order
        )
        office.rate_run(run)
        office.issue(run.run_id)
        office.issue(office.rate(MAY))
        assert [(one.start, one.end) for one in office.bills()] == [(APRIL, UNTIL), (UNTIL, MAY)]
        for name in ("energy", "fee", "daily", "power", "service"):
            assert billed(office, name) == once(APRIL, MAY)
        fees = [line for bill in office.bills() for line in bill.lines if line.charge == "fee"]
        assert sum(line.quantity for line in fees) == 1


def bill_from(office: Office, day: date) -> tuple[list[Draft], list[Hold]]:
    return bill_contract(
        case=office.company.case(on=MAY),
        billed_to=day,
        billing=office.company.billing(MAY),
        readings=office.company.readings,
    )


@given(
    anchor=st.dates(date(2025, 1, 1), date(2025, 12, 31)),
    cycle=st.sampled_from([1, 2, 3, 6, 12]),
    days=st.lists(st.integers(1, 40), min_size=1, max_size=12),
)
def test_months_of_any_bills_off_the_cycle_add_up_to_those_of_the_cycle(
    anchor: date, cycle: int, days: list[int]
) -> None:
    """With readings on the days asked for, a day counts its share of its own cycle, whoever asks for bills."""
    one = contract(cycle_anchor=anchor, cycle_months=cycle)
    start = billed_to = next_edge(one, JULY)
    months = Fraction(0)
    until = start
    for step in days:
        until += timedelta(days=step)
        while (
            due := next_period(contract=one, billed_to=billed_to, window_days=0, until=until)
        ) and due.end <= until:
            months += due.months.cycle * due.months.share
            billed_to = due.end
        assert billed_to == until
    whole = Fraction(0)
    day = start
    while (due := next_period(contract=one, billed_to=day, window_days=0)) and due.end <= until:
        whole, day = whole + due.months.cycle, due.end
    if day < until:
        assert due is not None
        whole += Fraction(due.months.cycle * (until - day).days, (due.end - day).days)
    assert months == whole


def next_edge(one: Contract, day: date) -> date:
    found = next_period(contract=one, billed_to=day, window_days=0)
    assert found is not None
    return found.end


@pytest.mark.parametrize(
    ("billed_to", "until", "share"),
    [
        (APRIL, date(2026, 4, 16), Fraction(1, 2)),
        (
            APRIL,
            date(2026, 4, 29),
            Fraction(1),
        ),  # within the window of 1 May: the days left belong to the next
        (date(2026, 4, 29), date(2026, 5, 16), Fraction(17, 31)),
        (date(2026, 4, 16), date(2026, 4, 20), Fraction(4, 30)),
    ],
)
def test_a_day_beside_an_edge_stands_for_the_edge(billed_to: date, until: date, share: Fraction) -> None:
    found = next_period(contract=contract(), billed_to=billed_to, window_days=3, until=until)
    assert found is not None
    assert (found.end, found.exact_end, found.months.share) == (until, True, share)
