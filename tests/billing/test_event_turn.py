"""Every event of a contract is billed exactly once, on the first bill issued after it is known."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kwit.billing.certificate import certify, draft_faults
from kwit.billing.chunks import rate_chunk
from kwit.billing.content import BillContent, parse_content
from kwit.billing.drafts import Draft
from kwit.billing.runs import close_run, plan_run
from kwit.documents.issue import issue_batch
from kwit.documents.totals import Posted
from kwit.registry.company import HoldSettings
from kwit.registry.events import ContractEvent
from kwit.tariffs.holidays import statutory_holidays
from tests.billing.memory_case import KNOWN, SOURCE, Company
from tests.billing.test_bill import bill
from tests.fakes.document_store import MemoryDocuments

MARCH, APRIL, MAY, JUNE, JULY = (date(2026, n, 1) for n in (3, 4, 5, 6, 7))
MONTHS = (MARCH, APRIL, MAY, JUNE, JULY)
STATES = [(day, str(1000 + 100 * n)) for n, day in enumerate(MONTHS)]


def event(day: date = date(2026, 3, 12), **changes: Any) -> ContractEvent:
    known: dict[str, Any] = {"charge": "service_supervision", "quantity": Decimal(1), "note": "1"}
    known |= {"contract_no": "U/1", "day": day, "known_at": KNOWN, "source": SOURCE}
    return ContractEvent(**(known | changes))


def company(*events: ContractEvent, **changes: object) -> Company:
    made = Company()
    made.add("U/1", states=STATES, **changes)
    made.registry.put(events)
    made.settings.change(holds=HoldSettings(gross_over=Decimal(20000), unconfirmed_prices=False))
    return made


def told(drafts: Sequence[Draft]) -> list[list[str]]:
    return [[notes(line) for line in content(one).lines if line.rule == "event"] for one in drafts]


def notes(line: Any) -> str:
    return next(one.value for one in line.inputs if one.name == "note")


def content(draft: Draft) -> BillContent:
    return parse_content(draft.content)


class TestABill:
    def test_has_the_events_of_its_days_as_lines_with_their_identity(self) -> None:
        one = event(quantity=Decimal("2.5"))
        (draft,), holds = bill(company(one))
        assert (holds, draft.events) == ([], (one.event_id,))
        (line,) = (line for line in content(draft).lines if line.rule == "event")
        assert (line.net, line.start, line.section) == (Decimal("186.43"), one.day, "other")
        assert ("event", one.event_id) in [(i.name, i.value) for i in line.inputs]
        assert content(draft).net == sum(line.net for line in content(draft).lines)

    def test_without_events_is_what_it_was(self) -> None:
        (draft,), _ = bill(company())
        assert (draft.events, told([draft])) == ((), [[]])

    def test_leaves_the_events_of_later_days_to_the_next_one_of_the_same_run(self) -> None:
        edge = [event(date(2026, 3, 31), note="a"), event(APRIL, note="b")]
        drafts, _ = bill(company(*edge), on=MAY)
        assert told(drafts) == [["a"], ["b"]]

    def test_takes_a_late_event_at_the_price_of_its_own_day(self) -> None:
        late = event(date(2026, 3, 12))
        (draft,), holds = bill(company(late), on=MAY, billed_to=APRIL)
        assert (holds, told([draft])) == ([], [["1"]])
        (line,) = (line for line in content(draft).lines if line.rule == "event")
        assert (line.start, content(draft).start) == (late.day, APRIL)

    def test_told_twice_bills_it_once(self) -> None:
        one = event()
        again = replace(one, source=replace(SOURCE, row=7))
        (draft,), _ = bill(company(one, again))
        assert (draft.events, told([draft])) == ((one.event_id,), [["1"]])

    def test_with_an_event_nobody_can_price_waits_and_says_which(self) -> None:
        drafts, (hold,) = bill(company(event(charge="service_dance")))
        assert (drafts, hold.code) == ([], "rating_problem")
        assert "service_dance for G11 on 2026-03-12" in hold.detail


class Office:
    """A company whose runs are rated, closed and issued one business date after another."""

    def __init__(self, *events: ContractEvent) -> None:
        self.company = company(*events)
        self.company.settings.change(approval="automatic")
        cursors, billed = self.company.runs.cursors, self.company.runs.events
        self.documents = MemoryDocuments(cursors, billed)

    def rate(self, on: date) -> str:
        run = plan_run(business_date=on, stores=self.company.stores, queue=self.company.queues)
        for chunk in range(run.chunks):
            rate_chunk(
                run_id=run.run_id,
                chunk=chunk,
                stores=self.company.stores,
                queue=self.company.queues,
                holidays=statutory_holidays(),
            )
        return run.run_id

    def issue(self, run_id: str) -> None:
        run, _ = close_run(run_id=run_id, stores=self.company.stores, queue=self.company.queues, at=KNOWN)
        for number in range(run.batches):
            issue_batch(
                run_id=run_id,
                number=number,
                runs=self.company.runs,
                documents=self.documents,
                queue=self.company.queues,
                post=lambda _: Posted(),
            )

    def billed(self) -> list[str]:
        bills = sorted((one.bill() for one in self.documents.documents.values()), key=lambda b: b.start)
        return [notes(line) for one in bills for line in one.lines if line.rule == "event"]


class TestTheCertificate:
    def test_holds_the_events_of_a_draft_against_its_lines(self) -> None:
        office = Office(event())
        run_id = office.rate(APRIL)
        runs = office.company.runs
        result = runs.results[run_id, 0]
        assert certify(run=runs.runs[run_id], results=[result]).balances
        ((ref,), (draft,)) = result.drafts, runs.drafts.values()
        assert draft_faults(draft, ref) == []
        assert "events" in draft_faults(draft, replace(ref, events=()))[0]


class TestEventsOverManyRuns:
    def test_known_after_its_period_was_issued_are_on_the_next_bill(self) -> None:
        office = Office(event(note="in time"))
        office.issue(office.rate(APRIL))
        office.company.registry.put([event(note="late")])
        office.issue(office.rate(MAY))
        assert office.billed() == ["in time", "late"]

    def test_known_between_rating_and_issuing_are_on_the_next_bill(self) -> None:
        office = Office(event(note="in time"))
        run_id = office.rate(APRIL)
        office.company.registry.put([event(note="late")])
        office.issue(run_id)
        office.issue(office.rate(MAY))
        assert office.billed() == ["in time", "late"]

    def test_of_two_runs_that_rated_the_same_period_are_billed_by_the_one_issued_first(self) -> None:
        office = Office(event())
        first, second = office.rate(APRIL), office.rate(date(2026, 4, 2))
        office.issue(second)
        office.issue(first)
        assert office.billed() == ["1"]

    def test_issued_again_after_a_crash_are_billed_once(self) -> None:
        office = Office(event())
        run_id = office.rate(APRIL)
        office.issue(run_id)
        office.issue(run_id)
        office.issue(office.rate(MAY))
        assert office.billed() == ["1"]
        assert office.company.runs.billed_events("U/1") == {event().event_id}

    @given(
        st.lists(st.tuples(st.dates(MARCH, date(2026, 6, 30)), st.integers(0, 3), st.booleans()), max_size=6)
    )
    def test_are_each_billed_once_whenever_they_happen_and_become_known(
        self, happened: list[tuple[date, int, bool]]
    ) -> None:
        office = Office()
        events = [(event(day, note=str(n)), month, before) for n, (day, month, before) in enumerate(happened)]
        for month, on in enumerate((APRIL, MAY, JUNE, JULY)):
            office.company.registry.put([one for one, at, before in events if at == month and before])
            run_id = office.rate(on)
            office.company.registry.put([one for one, at, before in events if at == month and not before])
            office.issue(run_id)
        billed = office.billed()
        assert len(billed) == len(set(billed))
        missed = {one.note for one, *_ in events} - set(billed)
        assert missed <= {one.note for one, month, before in events if month == 3 and not before}
