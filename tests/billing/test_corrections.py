"""Corrections: what is known now against what was billed, by line and cause, once for every document of a chain."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from kwit.billing.content import BillContent
from kwit.billing.correction_run import CorrectionStoresMissingError, DocumentNumbersUnknownError
from kwit.billing.drafts import HoldCode, RunStatus
from kwit.billing.replay import replay_draft
from kwit.billing.runs import plan_run
from kwit.kernel.money import ZERO, total
from kwit.kernel.time import DateRange
from kwit.metering.correcting import CorrectionDesk
from tests.billing.memory_case import Company, state
from tests.billing.office import (
    HOLIDAYS,
    approved,
    carry_out,
    corrections,
    documents,
    drafts,
    holds,
    issued,
    order,
    rated,
)
from tests.billing.test_differences import raised
from tests.billing.test_event_turn import company as with_events
from tests.billing.test_event_turn import event, notes
from tests.fakes.tasks import MemoryInvoiced
from tests.rating.cases import KNOWN

MARCH, APRIL, MAY, JUNE, JULY = (date(2026, n, 1) for n in (3, 4, 5, 6, 7))
LATER = KNOWN + timedelta(days=20)


def company(*numbers: str, kwh: tuple[str, ...] = ("1000", "1100", "1220")) -> Company:
    """Make a company with bills of March and April issued."""
    one = Company()
    for no in numbers or ("U/1",):
        one.add(no, states=list(zip((MARCH, APRIL, MAY), kwh, strict=True)))
    carry_out(one, MAY)
    return one


def change(one: Company, day: date, kwh: str, *, no: str = "U/1", at: datetime = LATER) -> None:
    """Bring a changed state, by way of the desk that watches invoiced readings."""
    source = replace(state(no, day, kwh).source, file="poprawka.csv", content_hash="c" * 64)
    reading = replace(state(no, day, kwh), known_at=at, source=source)
    billed = {f"PPE-{no}": [(no, DateRange(MARCH, one.runs.cursors[no]))]}
    desk = CorrectionDesk(MemoryInvoiced(billed), one.tasks)
    desk.states(f"PPE-{no}", [reading], known=one.readings.registers(f"PPE-{no}"))
    desk.file()
    one.readings.put([reading])


def notes_of(bill: BillContent) -> list[str]:
    """Return the notes of a bill's events."""
    return [notes(line) for line in bill.lines if line.rule == "event"]


class TestChangedReading:
    def test_moves_energy_between_two_bills_and_both_are_corrected(self) -> None:
        one = company()
        change(one, APRIL, "1090")
        certificate = carry_out(one, MAY, order())
        first, second = corrections(one)
        assert [(c.start, c.original.number) for c in (first, second)] == [
            (MARCH, "FV/2026/05/000001"),
            (APRIL, "FV/2026/05/000002"),
        ]
        assert [d.number for d in documents(one)][:2] == ["FK/2026/05/000001", "FK/2026/05/000002"]
        assert [ref.kwh_billed for ref in certificate.drafts] == [-10, 10]
        assert first.gross < 0 < second.gross
        assert {cause.cause for cause in first.causes} == {"usage"}
        assert first.reason == "Zmieniono odczyt, na którym opiera się faktura."

    def test_differences_add_up_by_line_rate_and_cause(self) -> None:
        one = company()
        change(one, APRIL, "1087.4")
        carry_out(one, MAY, order())
        for content in corrections(one):
            assert total(line.net for line in content.lines) == content.net
            assert total(row.net for row in content.vat_rows) == content.net
            assert total(cause.gross for cause in content.causes) == content.gross
            assert content.after.gross - content.before.gross == content.gross

    def test_settles_its_task_by_the_number_of_the_last_correction(self) -> None:
        one = company()
        change(one, APRIL, "1090")
        assert len(one.tasks.waiting) == 1
        carry_out(one, MAY, order())
        assert list(one.tasks.settled.values()) == ["FK/2026/05/000002"]
        assert one.tasks.waiting == {}

    def test_that_makes_the_same_whole_kwh_settles_the_task_and_corrects_nothing(self) -> None:
        one = company()
        change(one, APRIL, "1100.3")
        carry_out(one, MAY, order())
        assert corrections(one) == []
        (settled,) = one.tasks.settled.values()
        assert settled.endswith("przeliczenie bez różnicy")

    def test_settles_its_task_only_when_its_correction_is_issued(self) -> None:
        one = company()
        change(one, APRIL, "1090")
        rated(one, MAY, order())
        assert len(one.tasks.waiting) == 1

    def test_whose_reading_is_not_stored_yet_leaves_the_task_open(self) -> None:
        one = company()
        change(one, APRIL, "1090")
        reading = one.readings.items.popitem()
        assert reading[1].known_at == LATER
        carry_out(one, MAY, order())
        assert corrections(one) == []
        assert len(one.tasks.waiting) == 1

    def test_that_is_the_same_after_a_correction_corrects_nothing_more(self) -> None:
        one = company()
        change(one, APRIL, "1090")
        carry_out(one, MAY, order())
        before = documents(one)
        carry_out(one, MAY, order(contracts=("U/1",)))
        assert documents(one) == before


class TestChain:
    def test_a_correction_of_a_correction_starts_from_what_the_last_one_said(self) -> None:
        one = company()
        change(one, APRIL, "1090")
        carry_out(one, MAY, order())
        change(one, APRIL, "1095", at=LATER + timedelta(days=1))
        carry_out(one, JUNE, order(contracts=("U/1",)))
        found = corrections(one)
        again = [content for content in found if content.start == MARCH]
        assert again[1].before == again[0].after
        assert (again[1].corrected.number, again[1].original.number) == (
            "FK/2026/05/000001",
            "FV/2026/05/000001",
        )
        invoice = next(d for d in documents(one) if d.number == "FV/2026/05/000001")
        assert invoice.bill().gross + again[0].gross + again[1].gross == again[1].after.gross

    def test_two_runs_over_the_same_documents_correct_them_once(self) -> None:
        one = company("U/1", "U/2")
        for no in ("U/1", "U/2"):
            change(one, APRIL, "1090", no=no)
        first, second = rated(one, MAY, order()), rated(one, MAY, order(contracts=("U/1",)))
        issued(one, approved(one, *first))
        (late,) = issued(one, approved(one, *second))
        assert late.block is not None
        assert (late.block.entries, late.block.passed_over) == ((), ("U/1",))
        assert late.run.status is RunStatus.ISSUED
        assert len(corrections(one)) == 4

    def test_a_bill_issued_meanwhile_passes_the_correction_over(self) -> None:
        one = company()
        change(one, APRIL, "1090")
        waiting = rated(one, MAY, order())
        one.readings.put([state("U/1", JUNE, "1300")])
        carry_out(one, JUNE)
        (late,) = issued(one, approved(one, *waiting))
        assert late.block is not None
        assert late.block.passed_over == ("U/1",)
        assert corrections(one) == []

    def test_a_bill_drafted_before_a_correction_cannot_be_issued_after_it(self) -> None:
        one = company()
        one.settings.change(approval="manual")
        one.readings.put([state("U/1", JUNE, "1300")])
        waiting = rated(one, JUNE)
        change(one, MAY, "1210")
        carry_out(one, MAY, order())
        (late,) = issued(one, approved(one, *waiting))
        assert late.block is not None
        assert late.block.passed_over == ("U/1",)
        carry_out(one, JUNE + timedelta(days=1))
        kwh = [sum(row.kwh for _, bill in d.booked()[-1:] for row in bill.energy) for d in documents(one)]
        assert sum(ref for ref in kwh[1:]) == 100 + 120 + 90


class TestPriceList:
    def test_a_corrected_version_corrects_the_bills_that_rest_on_it(self) -> None:
        one = company("U/1", "U/2")
        one.price_lists.added |= raised("jasna-energia")
        carry_out(one, MAY, order(price_lists=("jasna-energia",), reason="Błędna cena w cenniku."))
        found = corrections(one)
        assert len(found) == 4
        assert {cause.cause for content in found for cause in content.causes} == {"price"}
        assert {content.reason for content in found} == {"Błędna cena w cenniku."}
        energy = [c for content in found for c in content.causes if c.charge == "energy"]
        assert all(c.net == (Decimal("0.01") * c.quantity_after).quantize(Decimal("0.01")) for c in energy)

    def test_a_levy_is_a_change_of_law(self) -> None:
        one = company()
        one.price_lists.added |= raised("levies-pl")
        carry_out(one, MAY, order(price_lists=("levies-pl",)))
        assert {cause.cause for content in corrections(one) for cause in content.causes} == {"law"}

    def test_a_list_that_no_bill_rests_on_concerns_nobody(self) -> None:
        one = company()
        run, certificate = rated(one, MAY, order(price_lists=("jasna-oferta-dom",)))
        assert (run.contracts, certificate.drafts) == (0, ())


class TestCancel:
    def test_corrects_to_zero_and_the_days_stay_billed(self) -> None:
        one = company()
        carry_out(one, MAY, order(documents=("FV/2026/05/000001",), cancel=True))
        (content,) = corrections(one)
        assert (content.after.lines, content.after.gross, content.cancelled) == ((), ZERO, True)
        assert content.gross == -content.before.gross
        assert one.runs.billed_to("U/1") == MAY
        carry_out(one, JUNE, order(contracts=("U/1",)))
        assert len(corrections(one)) == 1

    def test_releases_the_last_bill_whose_days_are_then_billed_again(self) -> None:
        one = company()
        carry_out(one, MAY, order(documents=("FV/2026/05/000002",), cancel=True, release=True))
        assert one.runs.billed_to("U/1") == APRIL
        carry_out(one, MAY + timedelta(days=1))
        bills = [d for d in documents(one) if d.number.startswith("FV")]
        assert [d.bill().start for d in bills] == [MARCH, APRIL, APRIL]
        assert bills[1].document_id != bills[2].document_id
        assert bills[1].content == next(d for d in documents(one) if d.number == bills[1].number).content
        change(one, APRIL, "1090")
        carry_out(one, JUNE, order())
        assert [c.original.number for c in corrections(one)] == [
            "FV/2026/05/000002",
            "FV/2026/05/000001",
            "FV/2026/05/000003",
        ]

    def test_releases_nothing_that_is_not_last(self) -> None:
        one = company()
        run, _ = rated(one, MAY, order(documents=("FV/2026/05/000001",), cancel=True, release=True))
        assert [hold.code for hold in holds(one, run)] == [HoldCode.RELEASE_NOT_LAST]
        (ref,) = drafts(one, run)
        assert ref.corrects is not None
        assert ref.corrects.move.to_billed_to == MAY

    def test_releases_all_bills_and_the_first_begins_as_at_first(self) -> None:
        one = company()
        numbers = ("FV/2026/05/000001", "FV/2026/05/000002")
        carry_out(one, MAY, order(documents=numbers, cancel=True, release=True))
        assert one.runs.billed_to("U/1") == MARCH
        carry_out(one, MAY + timedelta(days=1))
        again = [d.bill() for d in documents(one) if d.number.startswith("FV")][2:]
        assert [(bill.start, bill.opening_balance) for bill in again] == [(MARCH, None), (APRIL, None)]

    def test_a_number_nobody_issued_is_named(self) -> None:
        one = company()
        with pytest.raises(DocumentNumbersUnknownError, match="FV/2099"):
            rated(one, MAY, order(documents=("FV/2099/01/000001",)))


class TestHolds:
    def test_a_named_contract_never_billed_is_held(self) -> None:
        one = Company()
        one.add("U/1")
        run, _ = rated(one, MAY, order(contracts=("U/1",)))
        assert [hold.code for hold in holds(one, run)] == [HoldCode.NO_DOCUMENTS]

    @pytest.mark.parametrize("missing", ["FV/2026/05/000001", "FV/2026/05/000002"])
    def test_a_document_numbered_but_not_kept_holds_its_contract(self, missing: str) -> None:
        one = company()
        change(one, APRIL, "1090")
        gone = next(d for d in documents(one) if d.number == missing)
        del one.documents.documents[gone.document_id]
        run, certificate = rated(one, MAY, order())
        assert [hold.code for hold in holds(one, run)] == [HoldCode.DOCUMENT_MISSING]
        assert certificate.drafts == ()
        assert len(one.tasks.waiting) == 1

    def test_an_invoiced_estimate_that_still_stands_is_held(self) -> None:
        one = Company()
        one.add("U/1", states=[(MARCH, "1000")])
        one.readings.put([state("U/1", APRIL, "1200", kind="estimated")])
        carry_out(one, APRIL)
        change(one, MAY, "1100")
        run, certificate = rated(one, MAY, order())
        assert [hold.code for hold in holds(one, run)] == [HoldCode.ESTIMATE_STANDS]
        assert certificate.drafts == ()
        assert len(one.tasks.waiting) == 1

    def test_a_bill_that_cannot_be_rated_again_is_held_as_a_bill_would_be(self) -> None:
        one = company()
        one.price_lists.added["jasna-energia"] = ()
        run, _ = rated(one, MAY, order(contracts=("U/1",)))
        assert [hold.code for hold in holds(one, run)] == [HoldCode.PRICE_MISSING]

    def test_more_corrections_than_a_block_takes_are_left_for_the_next_run(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("kwit.billing.correcting.MOST_CORRECTIONS", 1)
        one = company()
        one.price_lists.added |= raised("jasna-energia")
        run, certificate = rated(one, MAY, order(price_lists=("jasna-energia",)))
        assert [hold.code for hold in holds(one, run)] == [HoldCode.CORRECTIONS_CONTINUE]
        issued(one, approved(one, run, certificate))
        carry_out(one, JUNE, order(price_lists=("jasna-energia",)))
        assert [content.start for content in corrections(one)] == [MARCH, APRIL]

    def test_corrections_without_documents_at_hand_are_refused(self) -> None:
        one = company()
        with pytest.raises(CorrectionStoresMissingError):
            plan_run(business_date=MAY, stores=one.stores, queue=one.queues, order=order())


class TestEvents:
    def test_stay_on_the_bill_that_billed_them(self) -> None:
        early, late = event(date(2026, 3, 10)), event(date(2026, 3, 20), note="2")
        one = with_events(early)
        carry_out(one, APRIL)
        one.registry.put([late])
        change(one, APRIL, "1090")
        carry_out(one, APRIL, order())
        (content,) = corrections(one)
        assert notes_of(content.before) == notes_of(content.after) == ["1"]
        carry_out(one, MAY)
        assert notes_of(documents(one)[-1].bill()) == ["2"]

    def test_of_a_released_bill_are_billed_again(self) -> None:
        one = with_events(event(date(2026, 3, 10)))
        carry_out(one, APRIL)
        (number,) = (document.number for document in documents(one))
        carry_out(one, APRIL, order(documents=(number,), cancel=True, release=True))
        assert one.runs.billed_events("U/1") == frozenset()
        carry_out(one, APRIL + timedelta(days=1))
        assert notes_of(documents(one)[-1].bill()) == ["1"]

    def test_of_a_bill_cancelled_for_good_are_not_billed_again(self) -> None:
        one = with_events(event(date(2026, 3, 10)))
        carry_out(one, APRIL)
        (number,) = (document.number for document in documents(one))
        carry_out(one, APRIL, order(documents=(number,), cancel=True))
        carry_out(one, MAY)
        assert notes_of(documents(one)[-1].bill()) == []

    def test_that_the_registry_lost_hold_the_contract(self) -> None:
        one = with_events(event(date(2026, 3, 10)))
        carry_out(one, APRIL)
        one.registry.versions = {k: v for k, v in one.registry.versions.items() if k[0] != "ContractEvent"}
        run, _ = rated(one, APRIL, order(contracts=("U/1",)))
        assert [hold.code for hold in holds(one, run)] == [HoldCode.REGISTRY_INCOMPLETE]


class TestReplay:
    def test_a_correction_is_made_again_to_the_byte_whatever_happened_since(self) -> None:
        one = company()
        change(one, APRIL, "1090")
        run, _ = rated(one, MAY, order())
        known = drafts(one, run)
        change(one, APRIL, "1080", at=LATER + timedelta(days=1))
        one.price_lists.added |= raised("jasna-energia")
        carry_out(one, MAY, order(contracts=("U/1",)))
        for ref in known:
            draft = one.runs.draft(run.run_id, ref.chunk, ref.document_id, ref.content_hash)
            assert draft is not None
            replayed = replay_draft(
                run_id=run.run_id,
                chunk=ref.chunk,
                contract_no=ref.contract_no,
                document_id=ref.document_id,
                content=draft.content,
                stores=one.replaying,
                holidays=HOLIDAYS,
            )
            assert (replayed.same, replayed.difference) == (True, "")
