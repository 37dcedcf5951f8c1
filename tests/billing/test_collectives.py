"""Collective invoices: one document for the contracts of an account, whose parts are the bills they would have had."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwit.billing.approval import Choice, chosen_drafts
from kwit.billing.certificate import draft_faults
from kwit.billing.chains import BillsBefore
from kwit.billing.collecting import MOST_LINES, MOST_PARTS, Waiting, collected
from kwit.billing.collective_certificate import collective_faults
from kwit.billing.collective_content import (
    CollectiveContent,
    CollectivePart,
    compose_collective,
    shared_rounding,
)
from kwit.billing.collective_plan import planned_chunks
from kwit.billing.content import BillContent, VatData, parse_content
from kwit.billing.contents import read_content
from kwit.billing.drafts import DocumentKind, Draft, HoldCode, RunOrder
from kwit.billing.replay import replay_draft
from kwit.billing.run_diff import PREVIOUS, DiffStores, HeldParts, compare_chunk
from kwit.billing.run_report import run_report
from kwit.kernel.identifiers import content_hash
from kwit.kernel.money import grosze, total
from tests.billing import samples
from tests.billing.collectives import (
    ACCOUNT,
    APRIL,
    CONTRACTS,
    DAY,
    LATER,
    MARCH,
    MAY,
    PAYER,
    add,
    collectives,
    content_of,
    settings,
    town,
)
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
    results,
)
from tests.billing.samples import bill_content
from tests.billing.test_corrections import change
from tests.documents import bills as bills_of_shapes


class TestOneInvoice:
    def test_three_contracts_make_one_document_under_one_number(self) -> None:
        one = town()
        certificate = carry_out(one, DAY)
        (whole,) = collectives(one)
        run = one.runs.run("2026-04-08-daily")
        assert run is not None
        report = json.loads(run_report(run=run, certificate=certificate))
        assert (report["contracts_due"], report["drafts"], report["contracts_drafted"]) == (4, 2, 4)
        assert (whole.kind, whole.number) == (DocumentKind.COLLECTIVE, "ZB/2026/04/000001")
        assert [one.number for one in documents(one)] == ["FV/2026/04/000001", whole.number]
        assert whole.contracts() == CONTRACTS
        assert (certificate.contracts, len(certificate.drafts)) == (4, 2)
        assert {one.runs.billed_to(no) for no in (*CONTRACTS, "U/9")} == {APRIL}

    def test_its_parts_are_the_bills_that_the_contracts_would_have_had_alone(self) -> None:
        together, apart = town(), town(collective="")
        for one in (together, apart):
            one.settings.settings = settings(vat="line")
            carry_out(one, DAY)
        (whole,) = collectives(together)
        alone = {one.contract_no: one for one in documents(apart)}
        assert [one.content for one in whole.parts()] == [alone[no].content for no in CONTRACTS]
        assert [one.document_id for one in whole.parts()] == [alone[no].document_id for no in CONTRACTS]

    def test_it_is_paid_within_the_longest_of_the_terms_and_brings_balances_forward(self) -> None:
        one = town(())
        add(one, "U/1", balance=Decimal("-10.00"))
        add(one, "U/2", balance=Decimal("25.50"), payment_days=21)
        carry_out(one, DAY)
        content = content_of(collectives(one)[0])
        assert (content.payment_days, content.opening_balance) == (21, Decimal("15.50"))
        assert collectives(one)[0].due_date == date(2026, 4, 29)

    def test_who_pays_and_which_unit_never_mix_on_one_invoice(self) -> None:
        one = town(())
        add(one, "U/1")
        add(one, "U/2", payer_id="K-U/2")
        add(one, "U/3", unit="POL")
        carry_out(one, DAY)
        found = [document.contracts() for document in collectives(one)]
        assert sorted(found) == [("U/1",), ("U/2",), ("U/3",)]

    def test_a_contract_behind_by_a_period_comes_on_both_invoices(self) -> None:
        one = town(())
        add(one, "U/1", days=(MARCH, APRIL, MAY))
        add(one, "U/2", days=(APRIL, MAY), billed_to=APRIL)
        carry_out(one, LATER)
        found = {document.contracts(): content_of(document) for document in collectives(one)}
        assert [(key, found[key].start, found[key].end) for key in sorted(found)] == [
            (("U/1",), MARCH, APRIL),
            (("U/1", "U/2"), APRIL, MAY),
        ]
        assert [document.number for document in collectives(one)] == [
            "ZB/2026/05/000001",
            "ZB/2026/05/000002",
        ]

    def test_a_run_of_one_contract_bills_it_alone(self) -> None:
        one = town()
        carry_out(one, DAY, RunOrder(contracts=("U/2",), by="ewa"))
        carry_out(one, DAY)
        assert [document.contracts() for document in collectives(one)] == [("U/2",), ("U/1", "U/3")]


class TestHeld:
    def test_the_rest_goes_out_and_the_missing_one_follows_when_it_can(self) -> None:
        one = town(("U/1", "U/3"))
        add(one, "U/2", days=(MARCH,))
        run, certificate = rated(one, DAY)
        assert [(hold.contract_no, hold.code) for hold in holds(one, run)] == [
            ("U/2", HoldCode.READING_MISSING)
        ]
        issued(one, approved(one, run, certificate))
        one.readings.put([state("U/2", APRIL, "1114")])
        carry_out(one, date(2026, 4, 9))
        assert [document.contracts() for document in collectives(one)] == [("U/1", "U/3"), ("U/2",)]

    @pytest.mark.parametrize(("day", "goes"), [(date(2026, 4, 5), False), (date(2026, 4, 6), True)])
    def test_it_waits_some_days_for_what_cannot_be_rated_yet(self, day: date, goes: bool) -> None:
        one = town(("U/1", "U/3"))
        add(one, "U/2", days=(MARCH,))
        run, certificate = rated(one, day)
        codes = {(hold.contract_no, hold.code) for hold in holds(one, run)}
        waits = (ACCOUNT, HoldCode.COLLECTIVE_WAITS)
        assert codes == {("U/2", HoldCode.READING_MISSING)} | (set() if goes else {waits})
        assert certificate.wh_held == (0 if goes else 2 * 100_000 + 4 * 7_000)
        issued(one, approved(one, run, certificate))
        assert [document.contracts() for document in collectives(one)] == ([("U/1", "U/3")] if goes else [])
        one.readings.put([state("U/2", APRIL, "1114")])
        carry_out(one, date(2026, 4, 7))
        last = collectives(one)[-1]
        assert last.contracts() == (("U/2",) if goes else CONTRACTS)

    def test_an_invoice_that_waits_is_released_by_the_number_of_its_account(self) -> None:
        one = town(("U/1", "U/3"))
        add(one, "U/2", days=(MARCH,))
        run, _ = rated(one, date(2026, 4, 2))
        chosen = chosen_drafts(results=results(one, run), earlier=(), choice=Choice(released=(ACCOUNT,)))
        assert [ref.contracts for ref in chosen] == [("U/9",), ("U/1", "U/3")]

    def test_another_account_does_not_wait(self) -> None:
        one = town(("U/1",))
        add(one, "U/2", days=(MARCH,), collective="ZB-0002")
        run, _ = rated(one, date(2026, 4, 2))
        assert [hold.code for hold in holds(one, run)] == [HoldCode.READING_MISSING]

    def test_a_risky_bill_waits_for_itself_and_is_released_by_its_contract(self) -> None:
        one = town(("U/1", "U/2"))
        one.settings.change(approval="manual")
        one.add("U/3", states=[(MARCH, "1000"), (APRIL, "90000")], collective=ACCOUNT, payer_id=PAYER)
        run, certificate = rated(one, DAY)
        (hold,) = holds(one, run)
        (held,) = [ref for result in results(one, run) for ref in result.held]
        assert (hold.contract_no, hold.document_id) == ("U/3", held.document_id)
        assert (held.contracts, held.kind) == (("U/3",), DocumentKind.COLLECTIVE)
        chosen = chosen_drafts(results=results(one, run), earlier=(), choice=Choice(released=("U/3",)))
        assert [ref.contracts for ref in chosen] == [("U/9",), ("U/1", "U/2"), ("U/3",)]
        assert certificate.balances

    def test_a_choice_takes_or_leaves_an_invoice_whole_by_any_of_its_names(self) -> None:
        one = town()
        run, _ = rated(one, DAY)
        found = results(one, run)
        for name in ("U/2", ACCOUNT):
            left = chosen_drafts(results=found, earlier=(), choice=Choice(without=(name,)))
            assert [ref.contracts for ref in left] == [("U/9",)]
            taken = chosen_drafts(results=found, earlier=(), choice=Choice(only=(name,)))
            assert [ref.contracts for ref in taken] == [CONTRACTS]


class TestRivals:
    def test_an_invoice_whose_contract_another_run_billed_is_passed_over_whole(self) -> None:
        one = town()
        first, certificate = rated(one, DAY)
        carry_out(one, DAY, RunOrder(contracts=("U/2",), by="ewa"))
        told = issued(one, approved(one, first, certificate))
        passed = {name for done in told if done.block for name in done.block.passed_over}
        assert passed == set(CONTRACTS)
        assert [document.contracts() for document in collectives(one)] == [("U/2",)]
        carry_out(one, date(2026, 4, 9))
        assert [document.contracts() for document in collectives(one)] == [("U/2",), ("U/1", "U/3")]
        numbers = [document.number for document in collectives(one)]
        assert numbers == ["ZB/2026/04/000001", "ZB/2026/04/000002"]

    def test_everybody_on_an_invoice_that_is_not_issued_is_named(self) -> None:
        one = town(())
        add(one, "U/1", days=(MARCH, APRIL, MAY))
        add(one, "U/2", days=(APRIL, MAY), billed_to=APRIL)
        run, certificate = rated(one, LATER)
        carry_out(one, DAY, RunOrder(contracts=("U/1",), by="ewa"))
        told = issued(one, approved(one, run, certificate))
        assert {name for done in told if done.block for name in done.block.passed_over} == {"U/1", "U/2"}
        assert one.runs.billed_to("U/2") is None
        carry_out(one, date(2026, 5, 9))
        assert {one.runs.billed_to(no) for no in ("U/1", "U/2")} == {MAY}

    def test_what_keeps_back_one_period_keeps_back_the_next_of_all_its_contracts(self) -> None:
        one = town(())
        add(one, "U/1", days=(MARCH, APRIL, MAY))
        add(one, "U/2", days=(MARCH, APRIL, MAY))
        run, certificate = rated(one, LATER)
        carry_out(one, LATER, RunOrder(contracts=("U/1",), by="ewa"))
        before = [document.document_id for document in documents(one)]
        issued(one, approved(one, run, certificate))
        fresh = [document for document in documents(one) if document.document_id not in before]
        assert [document.contract_no for document in fresh if document.contract_no == ACCOUNT] == []


@st.composite
def bills(draw: st.DrawFn) -> list[BillContent]:
    """Make bills of one or two rates with VAT rounded on lines or on the document."""
    found = []
    for _ in range(draw(st.integers(1, 12))):
        rounding = draw(st.sampled_from(("document", "line")))
        nets = {
            rate: Decimal(draw(st.integers(-50_000, 900_000))).scaleb(-2)
            for rate in draw(st.sets(st.sampled_from((Decimal("0.23"), Decimal("0.08"))), min_size=1))
        }
        rows = [
            VatData(rate=rate, net=net, vat=grosze(net * rate), gross=net + grosze(net * rate))
            for rate, net in nets.items()
        ]
        net, vat = total(nets.values()), total(row.vat for row in rows)
        paid = draw(st.sampled_from((None, Decimal("12.34"))))
        found.append(
            bill_content().model_copy(
                update={
                    "vat_rounding": rounding,
                    "vat_rows": tuple(rows),
                    "net": net,
                    "vat": vat,
                    "gross": net + vat,
                    "payable": None if paid is None else net + vat - paid,
                }
            )
        )
    return found


class TestSums:
    @given(bills())
    def test_the_whole_is_its_parts_and_vat_is_rounded_once_where_it_is_rounded_on_the_document(
        self, made: list[BillContent]
    ) -> None:
        parts = [
            CollectivePart(document_id=str(index), kind=DocumentKind.INVOICE, bill=bill)
            for index, bill in enumerate(made)
        ]
        whole = compose_collective(account=ACCOUNT, parts=parts)
        for name in ("net", "vat", "gross", "due"):
            assert getattr(whole, name) == total(getattr(bill, name) for bill in whole.bills)
        assert (whole.net, whole.vat) == (
            total(row.net for row in whole.vat_rows),
            total(row.vat for row in whole.vat_rows),
        )
        assert whole.gross == whole.net + whole.vat
        for row in whole.vat_rows:
            once = [bill for bill in made if bill.vat_rounding == "document"]
            net = total(one.net for bill in once for one in bill.vat_rows if one.rate == row.rate)
            each = total(
                one.vat
                for bill in made
                if bill.vat_rounding != "document"
                for one in bill.vat_rows
                if one.rate == row.rate
            )
            assert row.vat == grosze(net * row.rate) + each
        for before, after in zip(made, whole.bills, strict=True):
            shares = [abs(one.vat) for one in after.vat_shares]
            assert max(shares, default=Decimal(0)) <= Decimal("0.01")
            assert (before.net, before.gross - before.due) == (after.net, after.gross - after.due)

    def test_rounding_once_is_not_rounding_each(self) -> None:
        row = VatData(rate=Decimal("0.23"), net=Decimal("1.02"), vat=Decimal("0.23"), gross=Decimal("1.25"))
        one = bill_content().model_copy(
            update={
                "vat_rounding": "document",
                "vat_rows": (row,),
                "net": row.net,
                "vat": row.vat,
                "gross": row.gross,
            }
        )
        shared = shared_rounding([one, one, one])
        assert [bill.vat for bill in shared] == [Decimal("0.23"), Decimal("0.24"), Decimal("0.23")]
        assert total(bill.vat for bill in shared) == grosze(Decimal("3.06") * row.rate)

    def test_a_certificate_finds_vat_that_was_rounded_for_each_bill(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        row = VatData(rate=Decimal("0.23"), net=Decimal("1.02"), vat=Decimal("0.23"), gross=Decimal("1.25"))
        bill = bill_content().model_copy(
            update={"vat_rows": (row,), "net": row.net, "vat": row.vat, "gross": row.gross, "payable": None}
        )
        parts = [CollectivePart(document_id=str(n), kind=DocumentKind.INVOICE, bill=bill) for n in range(3)]
        assert _rounding(compose_collective(account=ACCOUNT, parts=parts)) == []
        monkeypatch.setattr("kwit.billing.collective_content.shared_rounding", list)
        (fault,) = _rounding(compose_collective(account=ACCOUNT, parts=parts))
        assert fault == "VAT at 0.23 of the whole net is 0.70, its parts bear 0.69"

    @pytest.mark.parametrize("rounding", ["line", "section", "document"])
    def test_a_certificate_agrees_and_names_what_was_changed(self, rounding: str) -> None:
        one = town()
        one.settings.settings = settings(vat=rounding)
        run, certificate = rated(one, DAY)
        assert certificate.faults == ()
        (ref,) = [ref for ref in drafts(one, run) if ref.kind is DocumentKind.COLLECTIVE]
        draft = one.runs.draft(run.run_id, ref.chunk, ref.document_id, ref.content_hash)
        assert draft is not None
        content = read_content(draft.content)
        for changes in (
            {"net": ref.net + 1},
            {"due": ref.gross + 1},
            {"start": APRIL},
            {"account": "ZB-2"},
            {"parts": content.parts[:2]},  # type: ignore[union-attr]
            {"vat_rows": ()},
            {"opening_balance": Decimal(1)},
        ):
            spoiled = content.model_copy(update=changes).canonical()
            broken = replace(draft, content=spoiled, content_hash=content_hash(spoiled))
            assert draft_faults(broken, replace(ref, content_hash=broken.content_hash)), changes


def _rounding(content: CollectiveContent) -> list[str]:
    """Return what a certificate finds of the rounding of an invoice."""
    whole = samples.ref(samples.collective("U/1"))
    return [fault for fault in collective_faults(content, whole) if fault.startswith("VAT at")]


class TestPlan:
    @given(
        st.dictionaries(
            st.integers(1, 400).map(lambda n: f"U/{n:04d}"),
            st.sampled_from(("", "A", "B", "C")),
            max_size=300,
        ),
        st.integers(1, 60),
    )
    def test_every_contract_is_in_one_chunk_and_an_account_together(
        self, accounts: dict[str, str], size: int
    ) -> None:
        plan = planned_chunks(accounts, size=size)
        assert sorted(no for chunk in plan.all for no in chunk) == sorted(accounts)
        flat = [no for chunk in plan.of_contracts for no in chunk]
        assert flat == sorted(no for no, account in accounts.items() if not account)
        assert all(0 < len(chunk) <= max(size, MOST_PARTS) for chunk in plan.all)
        for account in {"A", "B", "C"} & set(accounts.values()):
            members = [no for no in accounts if accounts[no] == account]
            chunks = [chunk for chunk in plan.of_accounts if set(chunk) & set(members)]
            assert len(chunks) == -(-len(members) // MOST_PARTS)

    def test_an_account_of_more_than_a_block_takes_gets_several_invoices(self) -> None:
        one = town(tuple(f"U/{n}" for n in range(100, 100 + MOST_PARTS + 3)))
        carry_out(one, DAY)
        assert [len(document.contracts()) for document in collectives(one)] == [MOST_PARTS, 3]
        assert all(
            sum(len(entry.steps) for entry in block.entries) <= 96 for block in one.documents.blocks.values()
        )


class TestSizes:
    def _drafts(self, count: int, lines: int) -> list[Draft]:
        content = bills_of_shapes.with_many_lines(lines)
        return [
            replace(
                samples.draft(f"U/{n:03}"),
                content=content.model_copy(update={"contract_no": f"U/{n:03}"}).canonical(),
                collective=ACCOUNT,
                falls_due=APRIL,
            )
            for n in range(count)
        ]

    def test_what_is_too_long_for_a_structured_invoice_is_cut_in_the_order_of_contracts(self) -> None:
        nothing = Waiting(DAY, 0, {})
        made, _ = collected(drafts=self._drafts(30, 200), holds=(), chunk=0, waiting_for=nothing)
        lines = [sum(len(bill.lines) for bill in _bills(one)) for one in made]
        assert max(lines) <= MOST_LINES
        assert [no for one in made for no in (part.contract_no for part in one.parts)] == [
            f"U/{n:03}" for n in range(30)
        ]
        assert [one.turn for one in made] == list(range(len(made)))
        assert len(made) == 3

    def test_one_bill_that_is_too_long_alone_goes_alone(self) -> None:
        nothing = Waiting(DAY, 0, {})
        made, _ = collected(drafts=self._drafts(2, MOST_LINES + 1), holds=(), chunk=0, waiting_for=nothing)
        assert [len(one.parts) for one in made] == [1, 1]


def _bills(draft: Draft) -> tuple[BillContent, ...]:
    content = read_content(draft.content)
    assert isinstance(content, CollectiveContent)
    return content.bills


class TestReplay:
    def test_every_part_comes_out_of_the_evidence_again_and_the_whole_to_the_byte(self) -> None:
        one = town()
        one.settings.settings = settings(vat="document")
        carry_out(one, DAY)
        (whole,) = collectives(one)
        told = self._replayed(one, whole.content)
        assert (told.same, told.difference) == (True, "")

    def test_a_changed_part_is_named_by_its_place(self) -> None:
        one = town()
        carry_out(one, DAY)
        content = content_of(collectives(one)[0])
        spoiled = content.parts[1].bill.model_copy(update={"group": "G12"})
        parts = (content.parts[0], content.parts[1].model_copy(update={"bill": spoiled}), content.parts[2])
        told = self._replayed(one, content.model_copy(update={"parts": parts}).canonical())
        assert not told.same
        assert told.difference.startswith("parts.1.bill.group")

    def _replayed(self, one: Company, content: bytes):  # type: ignore[no-untyped-def]
        (whole,) = collectives(one)
        return replay_draft(
            run_id=whole.run_id,
            chunk=whole.chunk,
            contract_no=whole.contract_no,
            document_id=whole.document_id,
            content=content,
            stores=one.replaying,
            holidays=HOLIDAYS,
        )


class TestCorrections:
    @pytest.mark.parametrize("rounding", ["line", "document"])
    def test_a_changed_reading_corrects_the_bill_of_its_contract_alone(self, rounding: str) -> None:
        one = town()
        one.settings.settings = settings(vat=rounding)
        carry_out(one, DAY)
        change(one, APRIL, "1102.0", no="U/2")
        carry_out(one, LATER, order(contracts=("U/2",)))
        (found,) = corrections(one)
        whole = collectives(one)[0]
        part = content_of(whole).parts[1]
        assert (found.contract_no, found.before) == ("U/2", part.bill)
        assert (found.original.number, found.original.account) == (whole.number, ACCOUNT)
        assert found.original.document_id == part.document_id
        assert found.after.vat_shares == part.bill.vat_shares

    @pytest.mark.parametrize("rounding", ["line", "document"])
    def test_what_does_not_differ_is_not_corrected(self, rounding: str) -> None:
        one = town()
        one.settings.settings = settings(vat=rounding)
        carry_out(one, DAY)
        carry_out(one, LATER, order(contracts=CONTRACTS))
        assert corrections(one) == []

    @pytest.mark.parametrize("rounding", ["section", "document"])
    def test_cancelled_by_its_number_nothing_is_left_of_it_to_the_grosz_and_its_days_are_billed_again(
        self, rounding: str
    ) -> None:
        one = town()
        one.settings.settings = settings(vat=rounding)
        carry_out(one, DAY)
        whole = collectives(one)[0]
        carry_out(one, LATER, order(documents=(whole.number,), cancel=True, release=True))
        booked = [pair for document in documents(one) for pair in document.booked()]
        left = [(sign, bill) for sign, bill in booked if bill.contract_no in CONTRACTS]
        assert total(sign * bill.vat for sign, bill in left) == 0
        assert total(sign * bill.gross for sign, bill in left) == 0
        assert {one.runs.billed_to(no) for no in CONTRACTS} == {MARCH}
        carry_out(one, date(2026, 5, 9))
        again = collectives(one)[1]
        assert again.contracts() == CONTRACTS
        assert {part.document_id for part in again.parts()} & {
            part.document_id for part in whole.parts()
        } == set()

    def test_a_corrected_part_is_corrected_again_from_what_it_says_now(self) -> None:
        one = town()
        carry_out(one, DAY)
        change(one, APRIL, "1102.0", no="U/2")
        carry_out(one, LATER, order(contracts=("U/2",)))
        change(one, APRIL, "1104.0", no="U/2", at=datetime(2026, 6, 1, 9, 0, tzinfo=UTC))
        carry_out(one, date(2026, 5, 9), order(contracts=("U/2",)))
        first, second = corrections(one)
        assert second.before == first.after
        assert second.corrected.document_id != second.original.document_id


class TestDiff:
    def _compared(self, one: Company, run_id: str, against: str = PREVIOUS):  # type: ignore[no-untyped-def]
        stores = DiffStores(one.runs, BillsBefore(one.documents), HeldParts(), _Laws())
        run = one.runs.run(run_id)
        assert run is not None
        found = None
        for chunk in range(max(1, run.chunks)):
            found = compare_chunk(run_id=run_id, against=against, chunk=chunk, stores=stores)
        assert found is not None
        return found

    def test_each_bill_of_an_invoice_is_compared_with_the_one_before_it(self) -> None:
        one = town(days=(MARCH, APRIL, MAY))
        carry_out(one, DAY)
        run, _ = rated(one, LATER)
        diff = self._compared(one, run.run_id)
        whole = content_of(collectives(one)[0])
        rows = {row.contract_no: row for row in diff.rows}
        assert sorted(rows) == list(CONTRACTS)
        assert [rows[no].before for no in CONTRACTS] == [bill.gross for bill in whole.bills]

    def test_two_runs_are_compared_contract_by_contract_wherever_these_stand(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("kwit.billing.runs.CHUNK_SIZE", 2)
        one = town(("U/1", "U/3", "U/5"))
        for no in ("U/2", "U/4", "U/7"):
            add(one, no, collective="", payer_id=f"K-{no}")
        first, _ = rated(one, DAY, RunOrder(by="first", dry=True))
        add_later = {"U/2": ACCOUNT, "U/3": "", "U/7": "ZB-7"}
        for no, account in add_later.items():
            self._moved(one, no, account)
        one.registry.put([replace(one.registry.contract("U/4")[0], ends=date(2026, 3, 1))])
        second, _ = rated(one, DAY, RunOrder(by="second", dry=True))
        diff = self._compared(one, second.run_id, first.run_id)
        told = sorted((row.contract_no, str(row.presence)) for row in diff.rows)
        names = sorted(("U/1", "U/2", "U/3", "U/4", "U/5", "U/7", "U/9"))
        assert [no for no, _ in told] == names
        assert {presence for _, presence in told} <= {"both", "gone"}
        back = self._compared(one, first.run_id, second.run_id)
        assert sorted(row.contract_no for row in back.rows) == names

    def _moved(self, one: Company, no: str, account: str) -> None:
        (known,) = one.registry.contract(no)
        one.registry.versions = {
            key: replace(found, collective=account) if found is known else found  # type: ignore[type-var]
            for key, found in one.registry.versions.items()
        }


class _Laws:
    def laws(self, codes):  # type: ignore[no-untyped-def]
        return frozenset(code for code in codes if code == "levies-pl")


def test_every_content_of_a_part_reads_back_as_a_bill() -> None:
    one = town()
    carry_out(one, DAY)
    for part in collectives(one)[0].parts():
        assert parse_content(part.content).canonical() == part.content
