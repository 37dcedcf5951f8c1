"""Three clocks of a contract: what is due on a day is on one document, and every day of a charge is billed once."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from kwit.billing.bill import bill_contract
from kwit.billing.chunks import rate_chunk
from kwit.billing.content import BillContent, parse_content
from kwit.billing.drafts import DocumentKind, Draft, Hold, HoldCode, Run
from kwit.billing.runs import close_run, plan_run
from kwit.documents.issue import issue_batch
from kwit.documents.totals import Posted
from kwit.registry.company import HoldSettings
from kwit.registry.events import ContractEvent
from kwit.registry.records import Cycle
from kwit.tariffs.holidays import statutory_holidays
from kwit.tariffs.price_list import Basis, Clock, PartialPeriod, PriceList
from tests.billing.memory_case import KNOWN, SOURCE, Company, contract, party, state
from tests.fakes.document_store import MemoryDocuments
from tests.rating.price_lists import charge, price, price_list

MARCH, APRIL, MAY, JUNE, JULY = (date(2026, n, 1) for n in (3, 4, 5, 6, 7))
CHANGE = date(2026, 4, 16)


def own_list(code: str = "own", *, fee: str = "31.00") -> PriceList:
    """Make a list of one charge for each clock, the fee with a change of price, and an event."""
    power = charge("power", price("2"), basis=Basis.POWER, unit="kW")
    return price_list(
        code,
        charge("energy", price("50.00")),  # dear enough that no final bill is negative
        charge("fee", price(fee, end=CHANGE), price("40.00", start=CHANGE), basis=Basis.MONTH, unit="month"),
        charge("daily", price("0.10"), basis=Basis.DAY, unit="day"),
        power,
        replace(charge("service", price("3"), basis=Basis.MONTH, unit="month"), clock=Clock.CONTRACT),
        charge("visit", price("10"), basis=Basis.EVENT, unit="item"),
        groups=("G11", "C11"),
    )


NEVER = HoldSettings(hold_from=101, points={"negative": 0}, unconfirmed_prices=False)
CHARGES = ("energy", "fee", "daily", "power", "service")


class Office:
    """A company of one contract on its own price list, whose runs are rated, closed and issued one by one."""

    def __init__(self, *, states: Sequence[date] = (), **changes: Any) -> None:
        self.company = Company()
        for code in ("own", "other"):
            self.company.price_lists.added[code] = (own_list(code),)
        known = {"price_lists": ("own",), "contracted_kw": Decimal(5)} | changes
        self.terms = {name: value for name, value in known.items() if name != "valid_from"}
        self.company.add("U/1", **known)
        self.company.registry.put([party("U/1", party_id="K-2", name="Nowa Strona sp. z o.o.")])
        self.read(*states)
        self.company.settings.change(
            holds=NEVER,
            approval="automatic",
        )
        runs = self.company.runs
        self.documents = MemoryDocuments(
            runs.cursors, runs.events, carries=runs.carries, apart=runs.apart, forecasts=runs.forecasts
        )

    def read(self, *days: date) -> None:
        self.company.readings.put([state("U/1", day, str(1000 + (day - MARCH).days)) for day in days])

    def change(self, since: date, *, known: int = 1, **changes: Any) -> None:
        """Tell a new version of the contract's terms from a day on."""
        self.terms = self.terms | changes
        at = KNOWN + timedelta(minutes=known)
        self.company.registry.put([contract("U/1", valid_from=since, known_at=at, **self.terms)])

    def rate(self, on: date) -> str:
        return self.rate_run(
            plan_run(business_date=on, stores=self.company.stores, queue=self.company.queues)
        )

    def rate_run(self, run: Run) -> str:
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
        run, certificate = close_run(
            run_id=run_id, stores=self.company.stores, queue=self.company.queues, at=KNOWN
        )
        assert certificate.balances, certificate.faults
        for number in range(run.batches):
            issue_batch(
                run_id=run_id,
                number=number,
                runs=self.company.runs,
                documents=self.documents,
                queue=self.company.queues,
                post=lambda _: Posted(),
            )

    def holds(self, run_id: str) -> list[Hold]:
        return [
            hold for (run, _), one in self.company.runs.results.items() if run == run_id for hold in one.holds
        ]

    def drafts(self, run_id: str) -> list[Draft]:
        return [one for (run, *_), one in self.company.runs.drafts.items() if run == run_id]

    def bill(self, on: date, until: date | None = None) -> tuple[list[Draft], list[Hold]]:
        cursor = self.company.runs.cursor("U/1")
        return bill_contract(
            case=self.company.case(on=on),
            billed_to=cursor.billed_to if cursor else None,
            billing=self.company.billing(on),
            readings=self.company.readings,
            apart=cursor.apart if cursor else None,
            until=until,
        )

    def bills(self) -> list[BillContent]:
        return [one.bill() for one in self.documents.documents.values()]

    def days(self) -> dict[str, Counter[date]]:
        """Count, of each charge, how often each day is billed; a day given back counts less one."""
        return days_of(self.bills())


def days_of(bills: Sequence[BillContent]) -> dict[str, Counter[date]]:
    found: dict[str, Counter[date]] = defaultdict(Counter)
    for bill in bills:
        for line in bill.lines:
            for n in range((line.end - line.start).days):
                found[line.charge][line.start + timedelta(days=n)] += -1 if line.rule == "unused_days" else 1
    return found


def once(first: date, end: date) -> set[tuple[date, int]]:
    return {(first + timedelta(days=n), 1) for n in range((end - first).days)}


def billed(office: Office, name: str) -> set[tuple[date, int]]:
    return {(day, count) for day, count in office.days()[name].items() if count}


def parsed(drafts: Sequence[Draft]) -> list[BillContent]:
    return [parse_content(one.content) for one in drafts]


def periods(drafts: Sequence[Draft]) -> list[dict[str, tuple[date, date]]]:
    return [{str(move.clock): (move.start, move.end) for move in one.clocks} for one in drafts]


QUARTERLY = Cycle(3, date(2026, 1, 1), in_advance=True)


class TestFixedChargesInAdvance:
    def test_are_due_when_their_period_begins_and_need_no_reading(self) -> None:
        office = Office(billed_to=APRIL, cycle_months=2, cycle_anchor=APRIL, fixed_cycle=QUARTERLY)
        (draft,), holds = office.bill(APRIL)
        assert (holds, draft.kind, draft.wh_read, draft.kwh_billed) == ([], DocumentKind.INVOICE, 0, 0)
        assert periods([draft]) == [{"fixed": (APRIL, JULY)}]
        (bill,) = parsed([draft])
        assert (bill.usage, bill.energy, bill.excise, bill.measures) == ((), (), None, False)
        assert {line.charge for line in bill.lines} == {"fee", "daily", "power"}
        months = sum(line.quantity for line in bill.lines if line.charge == "fee")
        assert (months, bill.start, bill.end) == (3, APRIL, JULY)

    def test_are_on_one_document_with_what_falls_due_on_the_same_day(self) -> None:
        office = Office(states=[MARCH, APRIL], fixed_cycle=QUARTERLY, billed_to=MARCH)
        drafts, holds = office.bill(APRIL)
        assert holds == []
        assert periods(drafts) == [
            {"fixed": (MARCH, APRIL)},
            {"variable": (MARCH, APRIL), "fixed": (APRIL, JULY), "contract": (MARCH, APRIL)},
        ]
        both = parsed(drafts)[1]
        assert (both.start, both.end, both.months) == (MARCH, APRIL, "1")
        assert [(one.clock, one.months, one.in_advance) for one in both.clocks] == [
            ("variable", "1", False), ("fixed", "3", True), ("contract", "1", False)]  # fmt: skip
        assert {line.charge: line.clock for line in both.lines} == {
            "energy": "variable", "service": "variable",
            "fee": "fixed", "daily": "fixed", "power": "fixed"}  # fmt: skip
        assert both.net == sum(line.net for line in both.lines)

    def test_go_alone_when_the_reading_is_missing(self) -> None:
        office = Office(states=[MARCH], fixed_cycle=QUARTERLY, billed_to=MARCH)
        drafts, (hold,) = office.bill(APRIL)
        assert (hold.code, hold.start, hold.end) == (HoldCode.READING_MISSING, MARCH, APRIL)
        assert periods(drafts) == [{"fixed": (MARCH, APRIL)}, {"fixed": (APRIL, JULY)}]

    def test_and_the_rest_follows_when_it_comes(self) -> None:
        office = Office(states=[MARCH], fixed_cycle=QUARTERLY, billed_to=MARCH)
        office.issue(office.rate(APRIL))
        office.read(APRIL)
        office.issue(office.rate(APRIL + timedelta(days=1)))
        assert [periods_of(bill) for bill in office.bills()] == [
            ["fixed"],
            ["fixed"],
            ["variable", "contract"],
        ]
        for name in ("fee", "daily", "power"):
            assert billed(office, name) == once(MARCH, JULY)
        assert billed(office, "energy") == billed(office, "service") == once(MARCH, APRIL)


def periods_of(bill: BillContent) -> list[str]:
    return [str(one.clock) for one in bill.clocks]


class TestOneClock:
    def test_has_no_word_of_clocks_and_the_identity_it_had(self) -> None:
        office = Office(states=[MARCH, APRIL])
        (draft,), _ = office.bill(APRIL)
        assert (draft.clocks, parsed([draft])[0].clocks) == ((), ())
        assert b"clock" not in draft.content


class TestTheContractsOwnClock:
    YEARLY = Cycle(12, MARCH)

    def visit(self, day: date) -> ContractEvent:
        return ContractEvent(
            contract_no="U/1", day=day, charge="visit", quantity=Decimal(1), known_at=KNOWN, source=SOURCE
        )

    def test_bills_events_and_marked_charges_apart(self) -> None:
        office = Office(states=[MARCH, APRIL, MAY], own_cycle=Cycle(2, MARCH))
        office.company.registry.put([self.visit(date(2026, 3, 9))])
        drafts, _ = office.bill(MAY)
        assert periods(drafts) == [
            {"variable": (MARCH, APRIL), "fixed": (MARCH, APRIL)},
            {"variable": (APRIL, MAY), "fixed": (APRIL, MAY), "contract": (MARCH, MAY)},
        ]
        lines = [(line.charge, line.clock) for line in parsed(drafts)[1].lines if line.clock == "contract"]
        assert lines == [("service", "contract"), ("visit", "contract")]
        assert [len(draft.events) for draft in drafts] == [0, 1]

    def test_without_anything_to_charge_makes_no_document_and_goes_on(self) -> None:
        office = Office(
            states=[MARCH, APRIL, MAY], own_cycle=Cycle(1, MARCH), cycle_months=6, cycle_anchor=MARCH
        )
        bare = own_list()
        office.company.price_lists.added["own"] = (
            replace(bare, charges=tuple(one for one in bare.charges if one.code != "service")),
        )
        assert office.bill(MAY) == ([], [])
        office.company.registry.put([self.visit(date(2026, 5, 9))])
        (draft,), _ = office.bill(JUNE)
        assert periods([draft]) == [{"contract": (MARCH, JUNE)}]
        assert [(line.charge, line.start) for line in parsed([draft])[0].lines] == [
            ("visit", date(2026, 5, 9))
        ]


class TestAnEarlyEnd:
    def office(self, *, partial: PartialPeriod = PartialPeriod.BY_DAYS) -> Office:
        office = Office(states=[MARCH, APRIL], fixed_cycle=QUARTERLY)
        whole = own_list()
        charges = tuple(replace(one, partial_period=partial) for one in whole.charges)
        office.company.price_lists.added["own"] = (replace(whole, charges=charges),)
        office.issue(office.rate(APRIL))
        return office

    def end(self, office: Office, day: date) -> BillContent:
        office.change(MARCH, ends=day)
        office.read(day)
        (final,) = (one for one in self.run(office, day) if one.kind is DocumentKind.FINAL)
        return parse_content(final.content)

    def run(self, office: Office, day: date) -> list[Draft]:
        run_id = office.rate(day)
        office.issue(run_id)
        return office.drafts(run_id)

    def test_gives_back_the_days_not_used_on_the_final_bill(self) -> None:
        office, ends = self.office(), date(2026, 5, 16)
        office.read(MAY)
        office.issue(office.rate(MAY))
        final = self.end(office, ends)
        back = [line for line in final.lines if line.rule == "unused_days"]
        assert {line.charge for line in back} == {"fee", "daily", "power"}
        assert all(line.net < 0 and line.start == ends and line.end == JULY for line in back)
        for name in CHARGES:
            assert billed(office, name) == once(MARCH, ends), name
        daily = sum(line.net for bill in office.bills() for line in bill.lines if line.charge == "daily")
        assert daily == Decimal("0.10") * (ends - MARCH).days
        assert office.bill(JULY + timedelta(days=40)) == ([], [])

    def test_of_what_is_billed_whole_once_begun_gives_nothing_back(self) -> None:
        office = self.office(partial=PartialPeriod.FULL)
        final = self.end(office, date(2026, 4, 20))
        assert [line.charge for line in final.lines if line.rule == "unused_days"] == ["daily"]

    def test_by_months_begun_gives_back_the_others(self) -> None:
        office = self.office(partial=PartialPeriod.STARTED_MONTHS)
        office.change(MARCH, ends=date(2026, 4, 10))
        fees = [line for line in self.end(office, date(2026, 4, 10)).lines if line.charge == "fee"]
        assert sum(-line.quantity for line in fees if line.quantity < 0) > 0

    def test_told_late_is_given_back_alone(self) -> None:
        office, ends = self.office(), APRIL
        office.company.settings.change(holds=HoldSettings())
        office.change(MARCH, ends=ends)
        assert office.company.runs.cursor("U/1").billed_to == ends
        drafts, holds = office.bill(date(2026, 4, 20))
        (back,) = parsed(drafts)
        assert [(hold.code, hold.document_id) for hold in holds] == [
            (HoldCode.NEGATIVE, drafts[0].document_id)
        ]
        assert {line.rule for line in back.lines} == {"unused_days"}
        assert periods(drafts) == [{"fixed": (JULY, ends)}]

    def test_waits_for_the_reading_of_the_last_day_and_bills_nothing_meanwhile(self) -> None:
        office, ends = self.office(), date(2026, 4, 20)
        office.change(ends, party_id="K-2", payer_id="K-2")
        drafts, (hold,) = office.bill(MAY)
        assert (drafts, hold.code) == ([], HoldCode.READING_MISSING)
        office.read(ends)
        drafts, holds = office.bill(date(2026, 4, 21))
        assert holds == []
        assert [move["fixed"] for move in periods(drafts)] == [(JULY, ends), (ends, JULY)]

    def test_taken_back_bills_the_days_again(self) -> None:
        office, ends = self.office(), date(2026, 4, 20)
        self.end(office, ends)
        office.change(MARCH, known=2, ends=None)
        office.read(MAY)
        office.issue(office.rate(MAY))
        for name in ("fee", "daily", "power"):
            assert billed(office, name) == once(MARCH, JULY), name
        ids = [one.document_id for one in office.documents.documents.values()]
        assert len(ids) == len(set(ids)) == len({one.number for one in office.documents.documents.values()})


class TestTwoRunsAtOnce:
    def test_of_which_one_has_the_fixed_charges_alone_bill_them_once(self) -> None:
        office = Office(states=[MARCH], fixed_cycle=QUARTERLY, billed_to=APRIL)
        first = office.rate(MAY)
        office.read(APRIL, MAY)
        second = office.rate(MAY + timedelta(days=1))
        office.issue(second)
        office.issue(first)
        assert billed(office, "fee") == once(APRIL, JULY)
        assert billed(office, "energy") == once(APRIL, MAY)

    def test_before_and_after_the_clocks_went_apart_bill_no_day_twice(self) -> None:
        office = Office(states=[MARCH, APRIL])
        together = office.rate(APRIL)
        office.change(MARCH, fixed_cycle=replace(QUARTERLY, anchor=MARCH))
        apart = office.rate(APRIL + timedelta(days=1))
        for order in ((together, apart), (apart, together)):
            again = Office(states=[MARCH, APRIL])
            again.company.runs = runs = deepcopy(office.company.runs)
            again.documents = MemoryDocuments(
                runs.cursors, runs.events, carries=runs.carries, apart=runs.apart
            )
            for run_id in order:
                again.issue(run_id)
            assert max(again.days()["fee"].values()) == 1
            assert billed(again, "energy") == once(MARCH, APRIL)


CYCLES = st.builds(
    Cycle,
    st.sampled_from([1, 2, 3, 6]),
    st.one_of(
        st.sampled_from([date(2025, 1, 29), date(2025, 1, 30), date(2025, 1, 31)]),
        st.dates(date(2025, 1, 1), date(2025, 12, 31)),
    ),
    st.booleans(),
)
CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "fixed_cycle": st.none() | CYCLES,
        "own_cycle": st.none() | CYCLES,
        "contracted_kw": st.sampled_from([Decimal(5), Decimal(7)]),
        "group": st.sampled_from(["G11", "C11"]),
        "price_lists": st.sampled_from([("own",), ("other",)]),
        "cycle_months": st.sampled_from([1, 2, 3]),
        "party_id": st.sampled_from(["K-U/1", "K-2"]),
        "payer_id": st.sampled_from(["K-U/1", "K-2"]),
        "cycle_anchor": st.sampled_from([date(2025, 1, 1), date(2025, 1, 31), date(2025, 3, 15)]),
    },
)
STEPS = st.lists(
    st.tuples(
        st.integers(1, 45),  # days to the next run
        st.none()
        | st.tuples(st.integers(-20, 40), CHANGES),  # a version of the contract, from days off the run
        st.sampled_from(["issue", "never", "twice", "rival", "unread"]),
    ),
    min_size=1,
    max_size=7,
)


class TestAnyLife:
    @given(
        first=CHANGES,
        starts=st.dates(date(2026, 2, 20), date(2026, 3, 31)),
        steps=STEPS,
        length=st.none() | st.integers(20, 260),
        told=st.integers(0, 6),
    )
    @settings(deadline=None)
    def test_bills_every_day_of_every_charge_once_and_only_once(
        self,
        first: dict[str, Any],
        starts: date,
        steps: list[tuple[int, tuple[int, dict[str, Any]] | None, str]],
        length: int | None,
        told: int,
    ) -> None:
        office = Office(starts=starts, billed_to=starts, valid_from=starts, **first)
        office.terms["starts"] = office.terms["billed_to"] = starts
        ends = None if length is None else starts + timedelta(days=length)
        read, today = starts, starts
        waiting: list[str] = []
        for number, (days, change, fate) in enumerate([*steps, (400, None, "issue")]):
            today += timedelta(days=days)
            if change is not None:
                office.change(max(starts, today + timedelta(days=change[0])), known=number + 1, **change[1])
            if ends is not None and (number == told or number == len(steps)) and "ends" not in office.terms:
                billed_to = office.company.runs.cursor("U/1")
                reached = billed_to.billed_to if billed_to and billed_to.billed_to else starts
                ends = max(ends, reached + timedelta(days=1))
                latest = max(one.valid_from for one in office.company.registry.contract("U/1"))
                office.change(latest, known=number + 100, ends=ends)
            if fate != "unread":
                office.read(*(read + timedelta(days=n) for n in range((today - read).days + 1)))
                read = today
            run_id = office.rate(today)
            if fate == "never":
                waiting.append(run_id)
                continue
            if fate == "rival":
                today += timedelta(days=1)
                waiting.append(run_id)
                run_id = office.rate(today)
            office.issue(run_id)
            for late in waiting:
                office.issue(late)
            waiting = [] if fate != "twice" else [run_id]
        last = today + timedelta(days=1)
        office.read(*(read + timedelta(days=n) for n in range(1, 8)))
        office.issue(office.rate(last))
        cursor = office.company.runs.cursor("U/1")
        assert cursor is not None
        days = office.days()
        for name in CHARGES:
            clock = (
                Clock.VARIABLE if name == "energy" else Clock.CONTRACT if name == "service" else Clock.FIXED
            )
            reached = cursor.day_of(clock) or starts
            found = {(day, count) for day, count in days[name].items() if count}
            assert found == (once(starts, reached) if reached > starts else set()), name
            if ends is not None and ends <= last:
                assert reached == ends, name
        numbers = [one.number for one in office.documents.documents.values()]
        assert len(numbers) == len(set(numbers))
        counted = sum(len(block.entries) for block in office.documents.blocks.values())
        assert counted == len(numbers)
