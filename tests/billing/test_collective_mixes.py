"""Collective invoices of contracts of every kind: clocks apart, forecasts, a prosumer, an end, months in a row."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from kwit.billing.approval import BATCH_SIZE
from kwit.billing.drafts import DocumentKind, batch_number
from kwit.billing.forecast_data import forecasts_on
from kwit.billing.replay import replay_draft
from kwit.kernel.money import total
from kwit.ledger.postings import posted
from kwit.registry.records import Cycle, ForecastPlan, Prosumer, Quantity, Register
from tests.billing.collectives import (
    ACCOUNT,
    APRIL,
    MARCH,
    MAY,
    PAYER,
    add,
    collectives,
    content_of,
    settings,
    town,
)
from tests.billing.memory_case import Company, contract, meter, party, point, state
from tests.billing.office import HOLIDAYS, approved, carry_out, documents, issued, rated

JUNE = date(2026, 6, 1)
DAYS = (MARCH, APRIL, MAY)
ENDS = date(2026, 4, 21)


def mixed(rounding: str) -> Company:
    """Make an account of a plain contract, one of a clock in advance, one of forecasts, a prosumer, one that ends."""
    one = town(())
    one.documents.apart = one.runs.apart
    one.settings.settings = settings(vat=rounding)
    add(one, "U/1", days=DAYS)
    add(one, "U/2", days=DAYS, fixed_cycle=Cycle(1, MARCH, in_advance=True))
    forecasts = {"cycle_months": 2, "cycle_anchor": MARCH, "forecast": ForecastPlan(1), "annual_kwh": 900}
    add(one, "U/3", days=(MARCH, MAY), **forecasts)
    add(one, "U/4", days=(MARCH, APRIL), ends=ENDS)
    one.readings.put([state("U/4", ENDS, "1190")])
    _prosumer(one, "U/5")
    return one


def _prosumer(one: Company, no: str) -> None:
    registers = (Register("1.8.0", "all", Quantity.IMPORT), Register("2.8.0", "all", Quantity.EXPORT))
    terms = contract(no, payer_id=PAYER, collective=ACCOUNT, prosumer=Prosumer.NET_BILLING)
    one.registry.put([terms, party(no), point(no), meter(no, registers=registers)])
    for code, kwh in (("1.8.0", ("100", "180", "240")), ("2.8.0", ("10", "60", "200"))):
        one.readings.put([state(no, day, told, register=code) for day, told in zip(DAYS, kwh, strict=True)])


@pytest.mark.parametrize("rounding", ["line", "section", "document"])
def test_months_in_a_row_bill_every_day_once_balance_and_come_out_of_their_evidence(rounding: str) -> None:
    one = mixed(rounding)
    day = MARCH
    while day < JUNE:
        carry_out(one, day)  # asserts that the certificate has no fault
        day += timedelta(days=3)
    assert {one.runs.billed_to(no) for no in ("U/1", "U/2", "U/3", "U/5")} == {MAY}
    assert one.runs.billed_to("U/4") == ENDS
    cursor = one.runs.cursor("U/3")
    assert cursor is not None
    assert [item.start for item in forecasts_on(cursor).open] == [MAY]
    kinds = [document.kind for document in documents(one)]
    assert kinds.count(DocumentKind.FORECAST) == 3
    assert kinds.count(DocumentKind.INVOICE) == 1  # of the contract that is on no account
    parts = [part for document in collectives(one) for part in content_of(document).parts]
    assert [part.kind for part in parts].count(DocumentKind.FINAL) == 1
    assert [bill.settled != () for bill in (part.bill for part in parts)].count(True) == 1
    _check_books(one)
    for document in documents(one):
        told = replay_draft(
            run_id=document.run_id,
            chunk=document.chunk,
            contract_no=document.contract_no,
            document_id=document.document_id,
            content=document.content,
            stores=one.replaying,
            holidays=HOLIDAYS,
        )
        assert told.same, f"{document.number}: {told.difference}"


def _check_books(one: Company) -> None:
    """Hold receivables of all documents against what is due of them, and lines against nets."""
    found = documents(one)
    sums = posted(found, one.settings.settings.accounts)
    booked = [pair for document in found for pair in document.booked()]
    assert sums.faults == ()
    assert sums.receivable == total(sign * bill.due for sign, bill in booked)
    assert total(line.net for _, bill in booked for line in bill.lines) == total(b.net for _, b in booked)


def test_of_one_day_everything_of_the_account_that_is_measured_comes_together() -> None:
    one = mixed("line")
    carry_out(one, date(2026, 4, 8))
    in_advance, april = (document.contracts() for document in collectives(one))
    assert (in_advance, april) == (("U/2",), ("U/1", "U/2", "U/4", "U/5"))


def test_the_invoices_of_an_account_are_in_one_batch_and_a_batch_fits_a_transaction() -> None:
    one = town(())
    for n in range(60, 180):
        add(one, f"U/{n}", days=DAYS, collective=f"ZB-{n // 60}")
    run, certificate = rated(one, date(2026, 5, 8))
    approved(one, run, certificate)
    batches = [
        found
        for issue in one.runs.issues(run.run_id)
        for index in range(issue.batches)
        if (found := one.runs.batch(run.run_id, batch_number(issue.approval, index))) is not None
    ]
    of_contract: dict[str, set[int]] = {}
    for batch in batches:
        contracts = {no for ref in batch.drafts for no in ref.contracts}
        assert len(contracts) <= BATCH_SIZE
        for no in contracts:
            of_contract.setdefault(no, set()).add(batch.number)
    assert {len(numbers) for numbers in of_contract.values()} == {1}
    assert len(batches) == 3  # one is of the contract on no account
    issued(one, run)
    assert {one.runs.billed_to(f"U/{n}") for n in range(60, 180)} == {MAY}
    assert len(collectives(one)) == 4
    assert total(Decimal(1) for document in collectives(one) for _ in document.parts()) == 240
