"""Forecast plans: expected use invoiced ahead, settled by the bill on readings exactly once, to the grosz."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kwit.billing.bill import bill_contract
from kwit.billing.certificate import content_faults
from kwit.billing.content import BillContent, parse_content
from kwit.billing.drafts import DocumentKind, Draft, HoldCode
from kwit.billing.forecast_content import before_settling
from kwit.billing.forecast_data import NO_FORECASTS, SETTLED, forecasts_on, shared_vat
from kwit.billing.references import draft_ref
from kwit.billing.runs import due_contracts
from kwit.kernel.money import ZERO, total
from kwit.registry.company import HoldSettings
from kwit.registry.records import Cycle, ForecastMethod, ForecastPlan
from tests.billing.test_clocks import Office

JANUARY, MARCH, MAY, JULY = (date(2026, n, 1) for n in (1, 3, 5, 7))
PLAN = ForecastPlan(2)


def office(*states: date, **changes: Any) -> Office:
    """Make a contract settled every six months from March with a forecast every two."""
    terms = {
        "cycle_months": 6,
        "cycle_anchor": MARCH,
        "billed_to": MARCH,
        "forecast": PLAN,
        "annual_kwh": 3650,
    }
    return Office(states=states, **(terms | changes))


def run(one: Office, *days: date) -> list[Draft]:
    """Rate and issue a run on each day; return all drafts."""
    made = []
    for day in days:
        run_id = one.rate(day)
        made += one.drafts(run_id)
        one.issue(run_id)
    return made


def kinds(drafts: Sequence[Draft]) -> list[tuple[DocumentKind, date, date]]:
    return [(one.kind, one.start, one.end) for one in drafts]


def numbered_once(one: Office) -> bool:
    """Tell whether every number taken is that of a document, and no document has two."""
    numbers = {doc.number for doc in one.documents.documents.values()}
    taken = [entry.number for block in one.documents.blocks.values() for entry in block.entries]
    return sorted(taken) == sorted(numbers) and len(numbers) == len(one.documents.documents)


def settlements(one: Office) -> list[BillContent]:
    return [bill for bill in one.bills() if bill.expected is None]


def forecasts(one: Office) -> list[BillContent]:
    return [bill for bill in one.bills() if bill.expected is not None]


SEPTEMBER = date(2026, 9, 1)
FORECAST, INVOICE, FINAL = DocumentKind.FORECAST, DocumentKind.INVOICE, DocumentKind.FINAL


class TestAForecast:
    def test_is_due_at_the_beginning_of_its_days_and_needs_no_reading(self) -> None:
        (draft,) = run(office(), MARCH)
        assert kinds([draft]) == [(FORECAST, MARCH, MAY)]
        content = parse_content(draft.content)
        assert (content.usage, content.energy, content.excise, draft.wh_read, draft.kwh_billed) == (
            (),
            (),
            None,
            0,
            0,
        )
        assert content.expected is not None
        assert (content.expected.method, draft.kwh_forecast) == (
            "declared",
            610,
        )  # 3650 kWh a year over 61 days
        assert {line.charge for line in content.lines} == {"energy", "fee", "daily", "power", "service"}
        assert all(line.name.endswith(", prognoza") for line in content.lines)
        assert content_faults(content, draft_ref(draft, 0)) == []

    def test_may_be_due_days_before(self) -> None:
        one = office(forecast=ForecastPlan(2, days_before=10))
        assert run(one, MARCH - timedelta(days=11)) == []
        assert kinds(run(one, MARCH - timedelta(days=10))) == [(FORECAST, MARCH, MAY)]

    def test_follows_the_one_before_and_is_made_once(self) -> None:
        drafts = run(office(), MARCH, MARCH + timedelta(days=1), MAY - timedelta(days=1), MAY)
        assert kinds(drafts) == [(FORECAST, MARCH, MAY), (FORECAST, MAY, JULY)]

    def test_of_days_that_are_over_is_not_made(self) -> None:
        assert kinds(run(office(), MAY + timedelta(days=3))) == [(FORECAST, MAY, JULY)]

    def test_of_two_runs_at_once_is_issued_once(self) -> None:
        one = office()
        first, second = one.rate(MARCH), one.rate(MARCH + timedelta(days=1))
        one.issue(second)
        one.issue(first)
        assert len(one.bills()) == 1
        assert numbered_once(one)

    def test_takes_the_same_days_of_the_year_before_first(self) -> None:
        one = office()
        one.read(*(date(2025, 1, 1) + timedelta(days=n) for n in range(425)))  # a kWh a day
        (draft,) = run(one, MARCH)
        expected = parse_content(draft.content).expected
        assert expected is not None
        assert (expected.method, expected.kwh) == ("previous_year", 61)

    def test_by_the_average_of_the_year_before_where_its_days_are_not_known(self) -> None:
        one = office(forecast=ForecastPlan(2, method=ForecastMethod.DAILY_AVERAGE))
        one.read(*(date(2025, 1, 1) + timedelta(days=n) for n in range(425)))
        (draft,) = run(one, MARCH)
        expected = parse_content(draft.content).expected
        assert expected is not None
        assert (expected.method, expected.kwh) == ("daily_average", 61)

    def test_without_any_use_known_is_held(self) -> None:
        one = office(annual_kwh=None)
        run_id = one.rate(MARCH)
        assert [hold.code for hold in one.holds(run_id)] == [HoldCode.FORECAST_USE_UNKNOWN]
        assert one.drafts(run_id) == []

    def test_that_is_risky_waits_for_a_person(self) -> None:
        one = office()
        one.company.settings.change(holds=HoldSettings(gross_over=Decimal(1)))
        run_id = one.rate(MARCH)
        ((hold,), (draft,)) = one.holds(run_id), one.drafts(run_id)
        assert (hold.code, hold.document_id) == (HoldCode.AMOUNT_HIGH, draft.document_id)

    def test_is_planned_by_the_run(self) -> None:
        one = office()
        found = due_contracts(
            business_date=MARCH, settings=one.company.settings.settings, stores=one.company.stores
        )
        assert found == ["U/1"]

    def test_without_its_framework_contract_is_held(self) -> None:
        one = office()
        one.company.settings.change(framework_check=True)
        run_id = one.rate(MARCH)
        assert [hold.code for hold in one.holds(run_id)] == [HoldCode.FRAMEWORK_MISSING]
        assert one.drafts(run_id) == []

    def test_is_numbered_in_the_series_of_its_unit(self) -> None:
        (draft,) = run(office(unit="POL"), MARCH)
        assert draft.unit == "POL"

    def test_leaves_out_charges_with_a_clock_of_their_own(self) -> None:
        one = office(fixed_cycle=Cycle(1, MARCH))
        (draft,) = run(one, MARCH)
        assert {line.charge for line in parse_content(draft.content).lines} == {"energy", "service"}


class TestTheSettlement:
    def test_bills_the_whole_period_and_takes_back_what_was_invoiced(self) -> None:
        one, plain = office(MARCH), office(MARCH, forecast=None)
        run(one, MARCH, MAY, JULY)
        for each in (one, plain):
            each.read(SEPTEMBER)
        (draft,) = run(one, SEPTEMBER)
        (other,) = run(plain, SEPTEMBER)
        assert kinds([draft]) == [(INVOICE, MARCH, SEPTEMBER)]
        (bill,) = settlements(one)
        assert [(item.start, item.end) for item in bill.settled] == [
            (MARCH, MAY),
            (MAY, JULY),
            (JULY, SEPTEMBER),
        ]
        assert {item.document_id for item in bill.settled} == set(one.documents.documents) - {
            draft.document_id
        }
        for name in ("net", "vat", "gross"):
            assert sum(getattr(each, name) for each in one.bills()) == getattr(other, name), name
        assert bill.gross < 0  # 10 kWh a day forecast, one used
        assert before_settling(bill) == parse_content(other.content).sections
        assert content_faults(bill, draft_ref(draft, 0)) == []
        cursor = one.company.runs.cursor("U/1")
        assert cursor is not None
        assert (forecasts_on(cursor).open, forecasts_on(cursor).to) == ((), SEPTEMBER)

    @pytest.mark.parametrize("rounding", ["line", "section", "document"])
    def test_takes_back_the_vat_that_was_invoiced(self, rounding: str) -> None:
        one, plain = office(MARCH), office(MARCH, forecast=None)
        for each in (one, plain):
            each.read(SEPTEMBER)
            profile = each.company.settings.settings.profiles["standard"].model_copy(update={"vat": rounding})
            each.company.settings.change(profiles={"standard": profile})
        run(one, MARCH, MAY, JULY, SEPTEMBER)
        run(plain, SEPTEMBER)
        rows = [(row.rate, row.net, row.vat) for row in plain.bills()[0].vat_rows]
        for rate, net, vat in rows:
            mine = [row for bill in one.bills() for row in bill.vat_rows if row.rate == rate]
            assert (sum(row.net for row in mine), sum(row.vat for row in mine)) == (net, vat)

    def test_without_its_reading_waits_and_forecasts_go_on(self) -> None:
        one = office(MARCH)
        run(one, MARCH, MAY, JULY)
        assert kinds(run(one, SEPTEMBER)) == [(FORECAST, SEPTEMBER, date(2026, 11, 1))]
        one.read(SEPTEMBER)
        run(one, SEPTEMBER + timedelta(days=9))
        (bill,) = settlements(one)
        assert len(bill.settled) == 3  # the fourth is of the next period
        cursor = one.company.runs.cursor("U/1")
        assert cursor is not None
        assert [item.start for item in forecasts_on(cursor).open] == [SEPTEMBER]

    def test_of_an_early_end_takes_all_of_them_back(self) -> None:
        one, ends = office(MARCH), date(2026, 5, 11)
        run(one, MARCH, MAY)
        one.change(MARCH, ends=ends)
        one.read(ends)
        (final,) = run(one, ends)
        assert kinds([final]) == [(FINAL, MARCH, ends)]
        assert len(parse_content(final.content).settled) == 2
        assert run(one, JULY, SEPTEMBER) == []

    def test_of_an_end_told_after_the_last_bill_stands_alone(self) -> None:
        one = office(MARCH, SEPTEMBER)
        run(one, MARCH, MAY, JULY, SEPTEMBER, SEPTEMBER + timedelta(days=1))
        assert len(forecasts(one)) == 4
        one.change(MARCH, ends=SEPTEMBER)
        (back,) = run(one, SEPTEMBER + timedelta(days=2))
        content = parse_content(back.content)
        assert [item.start for item in content.settled] == [SEPTEMBER]
        assert (back.kind, content.gross) == (FORECAST, -forecasts(one)[-1].gross)
        assert {line.rule for line in content.lines} == {SETTLED}
        assert run(one, SEPTEMBER + timedelta(days=3)) == []

    def test_of_a_party_that_leaves_takes_back_its_own_and_the_next_begins_anew(self) -> None:
        one, change = office(MARCH), date(2026, 4, 11)
        run(one, MARCH)
        one.change(change, party_id="K-2", payer_id="K-2")
        one.read(change)
        drafts = run(one, change, change + timedelta(days=1))
        assert kinds(drafts) == [(INVOICE, MARCH, change), (FORECAST, change, MAY)]
        assert [item.party_id for item in parse_content(drafts[0].content).settled] == ["K-U/1"]
        assert parse_content(drafts[1].content).payer.party_id == "K-2"

    def test_drafted_before_a_forecast_was_issued_is_not_issued_after_it(self) -> None:
        one = office(MARCH, SEPTEMBER)
        run(one, MARCH, MAY)
        waiting = one.rate(SEPTEMBER)
        one.issue(one.rate(JULY))
        one.issue(waiting)
        assert (len(forecasts(one)), settlements(one)) == (3, [])
        (draft,) = run(one, SEPTEMBER + timedelta(days=1))
        assert len(parse_content(draft.content).settled) == 3


class TestTheCertificate:
    def faults(self, **changes: object) -> list[str]:
        one = office(MARCH, SEPTEMBER)
        run(one, MARCH)
        (draft,) = run(one, SEPTEMBER)
        content = parse_content(draft.content)
        return content_faults(content.model_copy(update=changes), draft_ref(draft, 0))

    def test_finds_forecasts_settled_that_the_lines_do_not_take_back(self) -> None:
        assert self.faults() == []
        assert any("take back" in fault for fault in self.faults(settled=()))

    def test_finds_forecasts_lost(self) -> None:
        one = office(MARCH, SEPTEMBER)
        run(one, MARCH)
        (draft,) = run(one, SEPTEMBER)
        content = parse_content(draft.content)
        assert content.forecasts is not None
        lost = content.forecasts.model_copy(update={"before": content.forecasts.before + 1})
        assert any("open before" in fault for fault in self.faults(forecasts=lost))

    def test_finds_another_state_of_forecasts(self) -> None:
        assert any("forecasts" in fault for fault in self.faults(forecasts=None))


class TestSharedVat:
    @given(st.lists(st.decimals(-1000, 1000, places=2), min_size=1, max_size=12), st.integers(-5, 5))
    def test_adds_up(self, nets: list[Decimal], off: int) -> None:
        rate = Decimal("0.23")
        vat = total(shared_vat(nets, rate, ZERO)) + Decimal(off).scaleb(-2)
        assert total(shared_vat(nets, rate, vat)) == vat


CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "forecast": st.sampled_from(
            [None, ForecastPlan(1), ForecastPlan(2, 7), ForecastPlan(3, 0, ForecastMethod.DAILY_AVERAGE)]
        ),
        "cycle_months": st.sampled_from([3, 6, 12]),
        "fixed_cycle": st.sampled_from([None, Cycle(1, JANUARY, in_advance=True), Cycle(3, JANUARY)]),
        "group": st.sampled_from(["G11", "C11"]),
        "contracted_kw": st.sampled_from([Decimal(5), Decimal(7)]),
        "party_id": st.sampled_from(["K-U/1", "K-2"]),
        "payer_id": st.sampled_from(["K-U/1", "K-2"]),
        "cycle_anchor": st.sampled_from([date(2025, 1, 1), date(2025, 1, 31)]),
    },
)
STEPS = st.lists(
    st.tuples(
        st.integers(1, 70),
        st.none() | st.tuples(st.integers(-20, 40), CHANGES),
        st.sampled_from(["issue", "issue", "never", "twice", "rival", "unread"]),
    ),
    min_size=2,
    max_size=8,
)


class Life:
    """A contract's life: its runs, and what each of its bills would be without forecasts."""

    def __init__(self, first: dict[str, Any]) -> None:
        self.office = office(MARCH, **first)
        self.plain: dict[str, BillContent] = {}

    def rate(self, today: date) -> str:
        run_id = self.office.rate(today)
        for draft in self.office.drafts(run_id):
            content = parse_content(draft.content)
            if content.measures and content.expected is None and content.usage:
                self.plain[draft.document_id] = content
        self.check_plain(today)
        return run_id

    def check_plain(self, today: date) -> None:
        """See that a bill without forecasts is the bill before they are taken back."""
        company = self.office.company
        cursor = company.runs.cursor("U/1")
        case = company.case(on=today)
        plain, _ = bill_contract(
            case=replace(case, contracts=tuple(replace(one, forecast=None) for one in case.contracts)),
            billed_to=cursor.billed_to if cursor else None,
            carried=cursor.carried if cursor and cursor.billed_to else None,
            billing=company.billing(today),
            readings=company.readings,
            apart=cursor.apart if cursor else None,
            forecasts=NO_FORECASTS,
        )
        for draft in plain:
            mine = self.plain.get(draft.document_id)
            if mine is not None and mine.settled and (mine.start, mine.end) == (draft.start, draft.end):
                whole = parse_content(draft.content)
                for name in ("net", "vat", "gross"):
                    back = total(getattr(one, name) for one in mine.settled)
                    assert getattr(mine, name) + back == getattr(whole, name), name


class TestAnyLife:
    @given(
        first=CHANGES,
        steps=STEPS,
        length=st.none() | st.sampled_from([0, 70, 190, 300, 450]),
        told=st.integers(0, 7),
    )
    @settings(deadline=None)
    def test_settles_every_forecast_once_and_only_once(
        self,
        first: dict[str, Any],
        steps: list[tuple[int, tuple[int, dict[str, Any]] | None, str]],
        length: int | None,
        told: int,
    ) -> None:
        life = Life(first)
        one, today, read = life.office, MARCH, MARCH
        ends = None if length is None else MARCH + timedelta(days=length)
        waiting: list[str] = []
        for number, (days, change, fate) in enumerate([*steps, (500, None, "issue"), (1, None, "issue")]):
            today += timedelta(days=days)
            if change is not None:
                one.change(max(MARCH, today + timedelta(days=change[0])), known=number + 1, **change[1])
            if ends is not None and number == min(told, len(steps)):
                latest = max(item.valid_from for item in one.company.registry.contract("U/1"))
                one.change(latest, known=number + 100, ends=max(ends, self.reached(one)))
            if fate != "unread":
                one.read(*(read + timedelta(days=n) for n in range((today - read).days + 1)))
                read = today
            run_id = life.rate(today)
            if fate == "never":
                waiting.append(run_id)
                continue
            if fate == "rival":
                today += timedelta(days=1)
                waiting.append(run_id)
                run_id = life.rate(today)
            one.issue(run_id)
            for late in waiting:
                one.issue(late)
            waiting = [] if fate != "twice" else [run_id]
        self.check(one, ended=one.terms.get("ends") is not None)

    def reached(self, one: Office) -> date:
        cursor = one.company.runs.cursor("U/1")
        return cursor.billed_to if cursor and cursor.billed_to else MARCH + timedelta(days=1)

    def check(self, one: Office, *, ended: bool) -> None:
        cursor = one.company.runs.cursor("U/1")
        issued = {name: doc.bill() for name, doc in one.documents.documents.items() if doc.bill().expected}
        still = [] if cursor is None else list(forecasts_on(cursor).open)
        taken = [item for bill in one.bills() for item in bill.settled]
        assert sorted(item.document_id for item in (*taken, *still)) == sorted(issued)
        for item in (*taken, *still):
            bill = issued[item.document_id]
            assert (item.net, item.vat, item.gross) == (bill.net, bill.vat, bill.gross)
            assert item.rows() == tuple((row.rate, row.net, row.vat) for row in bill.vat_rows)
        nets = total(bill.net for bill in one.bills()) - total(item.net for item in still)
        used = total(line.net for bill in settlements(one) for line in bill.lines if line.rule != SETTLED)
        assert nets == used
        if ended:
            assert still == []
        days = [
            bill.start + timedelta(days=n)
            for bill in issued.values()
            for n in range((bill.end - bill.start).days)
        ]
        buyers = {bill.payer.party_id for bill in issued.values()}
        assert len(days) == len(set(days)) or len(buyers) > 1
        assert numbered_once(one)
