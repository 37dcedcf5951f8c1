"""A connection contract bills its own events, each once, on its day or by its own cycle, and waits for no reading."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kwit.billing.content import BillContent
from kwit.billing.drafts import DocumentKind, HoldCode, RunKind, RunOrder
from kwit.billing.replay import replay_draft
from kwit.delivery.message import mail_texts
from kwit.documents.bill_pdf import render_bill
from kwit.documents.correction_view import correction_view
from kwit.documents.fa3 import fa3_xml
from kwit.documents.fa3_check import check_fa3
from kwit.documents.view import bill_view
from kwit.registry.company import SeriesSettings
from kwit.registry.events import ContractEvent
from kwit.registry.records import ContractKind, Cycle
from kwit.tariffs.price_list import Basis, PriceList, Section
from tests.billing.company import company_settings
from tests.billing.memory_case import SOURCE, Company, contract, party, point
from tests.billing.office import HOLIDAYS, carry_out, corrections, documents, drafts, holds, order, rated
from tests.billing.test_clocks import NEVER
from tests.rating.cases import KNOWN
from tests.rating.price_lists import charge, price, price_list

NO = "PRZ/1"
SIGNED, WORKS, DONE = date(2026, 3, 2), date(2026, 3, 20), date(2026, 5, 29)
RATE = Decimal("92.02")
"""PGE Dystrybucja tariff 2026, page 43: a cable connection, zł a kW."""


def fee(day: date, kw: str = "10", *, note: str = "", known: int = 0) -> ContractEvent:
    """Make the event of a fee, or of an instalment of it."""
    at = KNOWN + timedelta(minutes=known)
    source = replace(SOURCE, row=SOURCE.row + known)
    return ContractEvent(NO, day, "connection_power", Decimal(kw), at, source, variant="cable", note=note)


def connecting(*events: ContractEvent, **terms: object) -> Company:
    """Make a company with a connection contract whose point is not built yet."""
    one = Company()
    known: dict[str, object] = {
        "kind": ContractKind.CONNECTION,
        "ppe": "",
        "price_lists": ("pge-dystrybucja", "levies-pl"),
        "starts": SIGNED,
        "valid_from": SIGNED,
        "billed_to": SIGNED,
        "annual_kwh": None,
    }
    one.registry.put([contract(NO, **(known | terms)), party(NO), *events])
    one.settings.change(holds=NEVER)
    return one


def joining(amount: str) -> PriceList:
    """Make a list of one event: a kW of connection power."""
    fee_of_kw = charge("joining", price(amount), basis=Basis.EVENT, unit="kW", section=Section.OTHER)
    return price_list("joining", fee_of_kw, groups=("G11",))


def bills(one: Company) -> list[BillContent]:
    return [found.bill() for found in documents(one)]


class TestItsFee:
    def test_is_billed_on_its_day_and_not_before(self) -> None:
        one = connecting(fee(WORKS))
        carry_out(one, WORKS - timedelta(days=1))
        assert documents(one) == []
        certificate = carry_out(one, WORKS)
        (document,) = documents(one)
        bill = document.bill()
        assert (document.kind, certificate.wh_read, bill.usage, bill.energy) == (
            DocumentKind.CONNECTION, 0, (), (),
        )  # fmt: skip
        assert (bill.net, bill.gross) == (RATE * 10, (RATE * 10 * Decimal("1.23")).quantize(Decimal("0.01")))
        assert (bill.start, bill.end) == (SIGNED, WORKS + timedelta(days=1))

    def test_is_numbered_in_a_series_of_its_own(self) -> None:
        one = connecting(fee(WORKS))
        pattern = SeriesSettings(pattern="FP/{year}/{number:04}")
        one.settings.change(series={**one.settings.settings.series, "connection": pattern})
        carry_out(one, WORKS)
        assert [document.number for document in documents(one)] == ["FP/2026/0001"]

    def test_needs_neither_meter_nor_reading_nor_point(self) -> None:
        one = connecting(fee(WORKS))
        assert (one.registry.point(""), one.registry.meters(""), one.readings.registers("")) == ([], [], [])
        carry_out(one, WORKS)
        assert len(documents(one)) == 1

    def test_is_the_only_thing_billed_whatever_else_the_price_list_has(self) -> None:
        one = connecting(fee(WORKS))
        carry_out(one, WORKS)
        assert {line.charge for line in bills(one)[0].lines} == {"connection_power"}

    def test_without_a_price_is_held_until_there_is_one(self) -> None:
        one = connecting(replace(fee(WORKS), charge="connection_to_the_moon"))
        run, _ = rated(one, WORKS)
        assert [hold.code for hold in holds(one, run)] == [HoldCode.RATING_PROBLEM]
        assert drafts(one, run) == []

    def test_that_came_late_is_on_a_bill_of_its_own_day_of_coming(self) -> None:
        one = connecting(fee(WORKS))
        carry_out(one, WORKS)
        one.registry.put([fee(WORKS - timedelta(days=5), "3", note="późno", known=1)])
        carry_out(one, WORKS + timedelta(days=1))
        assert [bill.net for bill in bills(one)] == [RATE * 10, RATE * 3]

    def test_after_the_end_of_the_contract_is_billed_all_the_same(self) -> None:
        one = connecting(fee(DONE), ends=WORKS, own_cycle=Cycle(1, SIGNED))
        carry_out(one, DONE)
        (document,) = documents(one)
        assert (document.kind, document.bill().net) == (DocumentKind.CONNECTION, RATE * 10)

    def test_is_paid_by_the_party_of_its_day(self) -> None:
        one = connecting(fee(WORKS), fee(DONE, "4"))
        new = party(NO, party_id="K-2", name="Nowa Strona sp. z o.o.")
        since = date(2026, 4, 10)
        taken = one.registry.contract(NO)[0]
        one.registry.put([new, replace(taken, party_id="K-2", payer_id="K-2", valid_from=since)])
        carry_out(one, DONE)
        assert [(bill.payer.party_id, bill.net) for bill in bills(one)] == [
            (f"K-{NO}", RATE * 10), ("K-2", RATE * 4),
        ]  # fmt: skip


class TestItsCycle:
    def test_puts_the_instalments_of_a_period_on_one_invoice_at_its_end(self) -> None:
        days = (date(2026, 3, 5), date(2026, 3, 25), date(2026, 5, 4))
        one = connecting(*(fee(day) for day in days), own_cycle=Cycle(1, date(2026, 3, 1)))
        for day in (date(2026, 3, 31), date(2026, 4, 1), date(2026, 5, 31), date(2026, 6, 1)):
            carry_out(one, day)
        assert [(len(bill.lines), bill.end) for bill in bills(one)] == [
            (2, date(2026, 4, 1)), (1, date(2026, 6, 1)),
        ]  # fmt: skip

    def test_in_advance_bills_what_is_known_when_the_period_begins(self) -> None:
        one = connecting(fee(date(2026, 4, 20)), own_cycle=Cycle(1, date(2026, 3, 1), in_advance=True))
        carry_out(one, date(2026, 3, 31))
        assert documents(one) == []
        carry_out(one, date(2026, 4, 1))
        assert [bill.net for bill in bills(one)] == [RATE * 10]


_DAYS = st.integers(0, 40)


@settings(max_examples=40, deadline=None)
@given(
    events=st.lists(st.tuples(_DAYS, _DAYS), max_size=6),
    runs=st.lists(_DAYS, min_size=1, max_size=8),
    cycle=st.sampled_from([None, Cycle(1, SIGNED), Cycle(1, date(2026, 1, 31), in_advance=True)]),
)
def test_every_event_is_billed_once_whenever_it_is_told_and_whenever_runs_are(
    events: list[tuple[int, int]], runs: list[int], cycle: Cycle | None
) -> None:
    one = connecting(own_cycle=cycle)
    waiting = [
        (known, fee(SIGNED + timedelta(days=day), note=str(n))) for n, (day, known) in enumerate(events)
    ]
    for offset in (*sorted(runs), 200, 201):
        one.registry.put([event for known, event in waiting if known <= offset])
        carry_out(one, SIGNED + timedelta(days=offset))
    billed = Counter(
        told.value
        for bill in bills(one)
        for line in bill.lines
        for told in line.inputs
        if told.name == "event"
    )
    assert billed == Counter(event.event_id for _, event in waiting)
    ordered = sorted(bills(one), key=lambda bill: bill.start)
    assert all(before.end == after.start for before, after in pairwise(ordered))


class TestItsInvoice:
    def test_is_replayed_to_the_byte(self) -> None:
        one = connecting(fee(WORKS))
        carry_out(one, WORKS)
        (document,) = documents(one)
        one.registry.put([fee(WORKS, "99", note="potem", known=9)])
        replayed = replay_draft(
            run_id=document.run_id,
            chunk=document.chunk,
            contract_no=NO,
            document_id=document.document_id,
            content=document.content,
            stores=one.replaying,
            holidays=HOLIDAYS,
        )
        assert (replayed.same, replayed.difference) == (True, "")

    def test_says_what_it_is_and_leaves_out_what_is_not_there_yet(self) -> None:
        one = connecting(fee(WORKS))
        carry_out(one, WORKS)
        (document,) = documents(one)
        view = bill_view(document=document, settings=company_settings())
        facts = dict(view.facts)
        assert view.title == "Faktura VAT – przyłączenie do sieci"
        assert facts["Umowa"] == f"{NO}, umowa o przyłączenie"
        assert not {"Punkt poboru (PPE)", "Adres punktu", "Operator sieci"} & facts.keys()
        assert (view.readings, view.reading_legend) == ((), "")
        assert view.use_sentences[0].startswith("Ta faktura obejmuje opłaty z umowy o przyłączenie")
        assert render_bill(view=view, issue_date=WORKS).startswith(b"%PDF")

    def test_is_dated_by_the_days_of_its_events(self) -> None:
        one = connecting(fee(WORKS))
        carry_out(one, WORKS)
        (document,) = documents(one)
        view = bill_view(document=document, settings=company_settings())
        assert dict(view.dates)["Data wykonania"] == "20.03.2026"
        xml = fa3_xml(document=document, settings=company_settings(), made_at=KNOWN)
        assert check_fa3(xml) == []
        assert b"<P_1>2026-03-20</P_1>" in xml
        assert b"OkresFa" not in xml
        assert b"punktu poboru" not in xml

    def test_is_mailed_with_words_for_a_point_without_code(self) -> None:
        one = connecting(fee(WORKS))
        carry_out(one, WORKS)
        texts = mail_texts(document=documents(one)[0], settings=company_settings())
        assert (texts["ppe"], texts["address"]) == ("punkt w przyłączaniu", "adres według umowy")

    def test_names_a_planned_point_that_is_known(self) -> None:
        one = connecting(fee(WORKS), ppe="PPE-9")
        one.registry.put([replace(point("9"), distributor="OSD Testowa")])
        carry_out(one, WORKS)
        facts = dict(bill_view(document=documents(one)[0], settings=company_settings()).facts)
        assert (facts["Punkt poboru (PPE)"], facts["Operator sieci"]) == ("PPE-9", "OSD Testowa")

    def test_is_cancelled_and_billed_again_like_any_other(self) -> None:
        one = connecting(fee(WORKS))
        carry_out(one, WORKS)
        (first,) = documents(one)
        carry_out(one, WORKS, order(documents=(first.number,), cancel=True, release=True, by="ewa"))
        (correction,) = corrections(one)
        assert (correction.gross, correction.after.gross) == (-first.bill().gross, Decimal("0.00"))
        told = next(found for found in documents(one) if found.kind is DocumentKind.CORRECTION)
        view = correction_view(document=told, content=correction, settings=company_settings())
        assert all(value for _, value in view.corrected)
        again = RunOrder(kind=RunKind.BILLS, contracts=(NO,), by="ewa")
        carry_out(one, WORKS, again)
        kinds = Counter(found.kind for found in documents(one))
        assert kinds == {DocumentKind.CONNECTION: 2, DocumentKind.CORRECTION: 1}

    def test_is_corrected_for_who_paid_it_when_its_price_was_wrong(self) -> None:
        one = connecting(replace(fee(WORKS), charge="joining", variant=""), price_lists=("joining",))
        one.price_lists.added["joining"] = (joining("92.02"),)
        taken = one.registry.contract(NO)[0]
        new = party(NO, party_id="K-2", name="Nowa Strona sp. z o.o.")
        one.registry.put([new, replace(taken, party_id="K-2", payer_id="K-2", valid_from=date(2026, 3, 10))])
        carry_out(one, WORKS)
        one.price_lists.added["joining"] = (joining("90.02"),)
        carry_out(one, WORKS, order(contracts=(NO,), by="ewa"))
        (correction,) = corrections(one)
        assert (correction.net, correction.after.payer.party_id) == (Decimal("-20.00"), "K-2")


class TestBesideAContractOfThePoint:
    def test_neither_bills_or_holds_what_the_other_has(self) -> None:
        one = connecting(fee(WORKS), ppe="PPE-U/1")
        one.add("U/1", states=[(date(2026, 3, 1), "1000"), (date(2026, 4, 1), "1100")])
        carry_out(one, date(2026, 4, 1))
        found = {document.contract_no: document.kind for document in documents(one)}
        assert found == {NO: DocumentKind.CONNECTION, "U/1": DocumentKind.INVOICE}

    def test_it_settles_no_readings_of_the_point(self) -> None:
        one = connecting(fee(WORKS), ppe="PPE-U/1")
        one.add("U/1", states=[(date(2026, 3, 1), "1000")])
        assert [version.contract_no for version in one.registry.contracts_at("PPE-U/1")] == ["U/1"]
        assert one.case(NO).states == ()
        assert [reading.boundary for reading in one.case("U/1").states] == [date(2026, 3, 1)]


@pytest.mark.parametrize("balance", [Decimal("12.00"), None])
def test_an_opening_balance_stands_on_the_first_invoice_alone(balance: Decimal | None) -> None:
    one = connecting(fee(WORKS), fee(DONE), balance=balance)
    carry_out(one, DONE)
    assert [bill.opening_balance for bill in bills(one)] == [balance, None]
