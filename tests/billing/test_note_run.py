"""A dropped order of notes becomes a run like any other: approved, numbered, posted, and made again to the byte."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from kwit.billing import note_run
from kwit.billing.approval import ApprovalRefusedError, Choice, approve_drafts
from kwit.billing.certificate import draft_faults
from kwit.billing.drafts import Draft, Run, RunStatus
from kwit.billing.interest import interest_of
from kwit.billing.note_content import NoteContent
from kwit.billing.note_run import note_run_id, take_note_order
from kwit.billing.note_stores import NoteStores
from kwit.billing.references import draft_ref
from kwit.billing.replay import Replayed, replay_draft
from kwit.billing.run_diff import DiffStores, RunNotComparableError, compare_chunk
from kwit.billing.run_drops import ask_to_compare
from kwit.billing.runs import close_run
from kwit.documents.document import Document
from kwit.intake.findings import ImportResult
from kwit.ledger.postings import posted
from kwit.registry.interest_settings import InterestRateSettings
from kwit.registry.records import PartyKind
from kwit.tariffs.holidays import statutory_holidays
from kwit.tariffs.interest import interest_table
from tests.billing.company import company_settings
from tests.billing.memory_case import Company, contract, party
from tests.billing.office import approved, issued
from tests.fakes.import_log import MemoryImports
from tests.intake.files import dropped
from tests.rating.cases import KNOWN

DAY = date(2026, 4, 8)
HOLIDAYS = statutory_holidays()
ORDER = """\
format: kwit/note-order/1
by: jan
business_date: 2026-04-08
notes:
  - customer: K-U/1
    contract: U/1
    text: Prosimy o zapłatę.
    charges:
      - {title: Kara umowna, basis: § 12 umowy, amount: "40.00"}
      - {title: Wezwanie, basis: § 9 umowy, amount: "15.50"}
  - customer: K-U/2
    payment_days: 7
    day: 2026-03-31
    charges: [{title: Kara umowna, basis: § 12 umowy, amount: "0.01"}]
  - customer: K-U/1
    contract: U/1
    law: civil_code
    interest:
      - {invoice: FV/2026/01/000001, amount: "12345.67", due_date: 2026-01-20, paid_on: 2026-03-20}
"""
INTEREST = Decimal("138.17") + Decimal("50.06")


class Office:
    """A company of two customers, and its desk of notes."""

    def __init__(self, **settings: object) -> None:
        self.company = Company()
        self.company.add("U/1")
        self.company.add("U/2")
        self.company.settings.change(**settings)
        self.imports = MemoryImports()

    def drop(self, text: str = ORDER, *, name: str = "noty.yaml", later: int = 0) -> ImportResult:
        known_at = KNOWN.replace(year=2026, month=4, day=8 + later)
        return take_note_order(
            file=dropped(text.encode(), name=name),
            stores=NoteStores(self.company.stores, self.company.evidence, self.imports),
            queue=self.company.queues,
            known_at=known_at,
            table=interest_table(),
            holidays=HOLIDAYS,
        )

    def run(self, told: ImportResult) -> Run:
        """Close the run that an order started."""
        (finding,) = told.findings
        assert finding.code == "run_started"
        run, certificate = close_run(
            run_id=finding.value, stores=self.company.stores, queue=self.company.queues, at=KNOWN
        )
        assert certificate.faults == ()
        return run

    def documents(self) -> list[Document]:
        return sorted(self.company.documents.documents.values(), key=lambda one: one.number)

    def replay(self, document: Document) -> Replayed:
        return replay_draft(
            run_id=document.run_id,
            chunk=document.chunk,
            contract_no=document.contract_no,
            document_id=document.document_id,
            content=document.content,
            stores=self.company.replaying,
            holidays=HOLIDAYS,
        )


def content_of(document: Document | Draft) -> NoteContent:
    return NoteContent.model_validate_json(document.content)


def codes(told: ImportResult) -> list[tuple[int, str]]:
    return sorted((one.row, one.code) for one in told.findings)


class TestOrder:
    def test_goes_through_by_policy_to_numbered_and_posted_notes(self) -> None:
        office = Office()
        told = office.drop()
        assert (told.status, told.accepted, told.rejected) == ("accepted", 4, 0)
        run = office.run(told)
        assert run.status is RunStatus.ISSUING
        issued(office.company, run)
        numbers = [(one.number, one.contract_no) for one in office.documents()]
        assert numbers == [("NK/2026/000001", "K-U/2"), ("NK/2026/000002", "U/1"), ("NO/2026/000001", "U/1")]
        second, first, interest = (content_of(one) for one in office.documents())
        assert (first.due, first.text, first.payment_days) == (
            Decimal("55.50"), "Prosimy o zapłatę.", 14,
        )  # fmt: skip
        assert first.order is not None
        assert (first.order.file, first.order.row) == ("noty.yaml", 5)
        assert first.issued_by == "jan"
        assert (second.start, second.end, second.payment_days) == (date(2026, 3, 31), date(2026, 4, 1), 7)
        assert (interest.due, interest.start, interest.end) == (
            INTEREST,
            date(2026, 1, 21),
            date(2026, 3, 21),
        )
        assert [one.due_date for one in office.documents()] == [
            date(2026, 4, 15), date(2026, 4, 22), date(2026, 4, 22),
        ]  # fmt: skip
        totals = list(office.company.runs.batch_totals(run.run_id))
        due = Decimal("55.51") + INTEREST
        for name in ("lines_net", "net", "gross", "due", "receivable", "debit", "credit"):
            assert sum(getattr(one, name) for one in totals) == due, name
        assert sum(one.vat for one in totals) == 0
        assert all(one.faults == () for one in totals)
        kept = office.company.runs.run(run.run_id)
        assert kept is not None
        assert kept.status is RunStatus.ISSUED

    def test_moves_no_clock_and_is_no_bill_of_its_contract(self) -> None:
        office = Office()
        issued(office.company, office.run(office.drop()))
        assert office.company.runs.cursor("U/1") is None
        assert office.company.documents.issued("U/1") == []
        assert office.company.queues.renders == [one.document_id for one in office.documents()]
        assert [one.booked() for one in office.documents()] == [(), (), ()]

    def test_that_waits_for_a_person_is_approved_by_its_hash_and_compared_with_nothing(self) -> None:
        office = Office(approval="two_persons")
        run = office.run(office.drop())
        assert run.status is RunStatus.WAITING
        assert office.company.queues.compares == []
        run, certificate = close_run(
            run_id=run.run_id, stores=office.company.stores, queue=office.company.queues, at=KNOWN
        )
        with pytest.raises(ApprovalRefusedError, match="jan started it"):
            approve_drafts(
                run=run,
                certificate=certificate,
                results=office.company.runs.chunk_results(run.run_id),
                choice=Choice(),
                by="jan",
                at=KNOWN,
                drafts_hash=certificate.drafts_hash,
                settings=office.company.settings.settings,
                store=office.company.runs,
            )
        issued(office.company, approved(office.company, run, certificate))
        assert len(office.documents()) == 3

    def test_that_is_dry_waits_whatever_the_settings_say(self) -> None:
        office = Office()
        assert office.run(office.drop(ORDER.replace("by: jan", "by: jan\ndry: true"))).status is (
            RunStatus.WAITING
        )

    def test_over_the_amount_that_a_person_must_see_is_held(self) -> None:
        office = Office()
        run = office.run(office.drop(ORDER.replace('"40.00"', '"40000.00"')))
        issued(office.company, run)
        assert [one.number for one in office.documents()] == ["NK/2026/000001", "NO/2026/000001"]
        (result,) = office.company.runs.chunk_results(run.run_id)
        (hold,) = result.holds
        assert (hold.code, hold.contract_no, hold.document_id) == (
            "amount_high", "U/1", result.held[0].document_id,
        )  # fmt: skip

    def test_of_many_notes_is_cut_into_chunks_and_numbers_follow_the_file(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(note_run, "CHUNK_SIZE", 2)
        office = Office()
        rows = "".join(f"K-U/1;Kara {n};§ 12;{n},00;jan\n" for n in range(1, 6))
        run = office.run(office.drop("Klient;Tytuł;Podstawa;Kwota;Zlecił\n" + rows, name="noty.csv"))
        assert (run.chunks, run.contracts) == (3, 1)
        issued(office.company, run)
        assert [content_of(one).due for one in office.documents()] == [Decimal(n) for n in range(1, 6)]
        assert [office.replay(one).same for one in office.documents()] == [True] * 5


class TestAgain:
    def test_the_same_file_changes_nothing(self) -> None:
        office = Office()
        issued(office.company, office.run(office.drop()))
        again = office.drop(name="noty-jeszcze-raz.yaml", later=1)
        assert (again.status, again.accepted, again.duplicate) == ("duplicate_file", 0, 4)
        assert len(office.company.runs.runs) == 1

    def test_the_same_message_after_a_crash_finds_its_run(self) -> None:
        office = Office()
        first = office.drop()
        office.imports.results.clear()
        assert office.drop() == first
        assert len(office.company.runs.runs) == 1
        issued(office.company, office.run(first))
        office.imports.results.clear()
        office.drop()
        issued(office.company, office.run(first))
        assert len(office.documents()) == 3

    def test_two_runs_of_one_file_issue_each_note_once(self) -> None:
        office = Office()
        run = office.run(office.drop(ORDER.replace("business_date: 2026-04-08\n", "")))
        office.imports.results.clear()
        other = office.run(office.drop(ORDER.replace("business_date: 2026-04-08\n", ""), later=1))
        assert run.run_id != other.run_id
        issued(office.company, run)
        blocks = [one.block for one in issued(office.company, other)]
        assert [one.entries for one in blocks if one] == [(), ()]
        assert {name for one in blocks if one for name in one.passed_over} == {
            one.document_id for one in office.documents()
        }
        assert [one.number for one in office.documents()] == [
            "NK/2026/000001", "NK/2026/000002", "NO/2026/000001",
        ]  # fmt: skip

    def test_a_file_put_right_is_taken_whole(self) -> None:
        office = Office()
        told = office.drop(ORDER.replace("K-U/2", "K-U/9"))
        assert (told.status, told.accepted, codes(told)) == ("rejected", 0, [(11, "unknown_party")])
        assert office.company.runs.runs == {}
        issued(office.company, office.run(office.drop(later=1)))
        assert len(office.documents()) == 3

    def test_a_refused_file_is_read_again_when_its_party_is_known(self) -> None:
        office = Office()
        text = ORDER.replace("K-U/2", "K-U/9")
        office.drop(text)
        office.company.registry.put([party("U/9")])
        assert office.drop(text, later=1).status == "accepted"


class TestRefusals:
    @pytest.mark.parametrize(
        ("old", "new", "row", "code"),
        [
            ("contract: U/1\n    text", "contract: U/9\n    text", 5, "unknown_contract"),
            ("contract: U/1\n    text", "contract: U/2\n    text", 5, "contract_of_another"),
            ("day: 2026-03-31", "day: 2026-04-09", 11, "day_in_future"),
            ("paid_on: 2026-03-20", "paid_on: 2026-01-20", 19, "not_late"),
            ("paid_on: 2026-03-20", "until: 2026-04-09", 19, "day_in_future"),
            ("due_date: 2026-01-20", "due_date: 2021-11-20", 19, "rate_unknown"),
            ('amount: "12345.67"', 'amount: "0.01"', 19, "no_interest"),
            ("law: civil_code", "law: commercial_transactions", 15, "law_not_for_person"),
            ("business_date: 2026-04-08", "business_date: 2026-04-09", 0, "day_in_future"),
            ('"0.01"', '"0"', 14, "amount_not_positive"),
        ],
    )
    def test_name_the_row_and_make_nothing(self, old: str, new: str, row: int, code: str) -> None:
        office = Office()
        assert old in ORDER
        told = office.drop(ORDER.replace(old, new, 1))
        assert (told.status, told.accepted) == ("rejected", 0)
        assert (row, code) in codes(told)
        assert (office.company.runs.runs, office.company.queues.closes) == ({}, [])

    def test_are_all_told_at_once(self) -> None:
        told = Office().drop(
            ORDER.replace("customer: K-U/2", "customer: K-U/9")
            .replace("due_date: 2026-01-20", "due_date: 2026-03-20")
            .replace('"40.00"', '"-40.00"')
        )
        assert codes(told) == [(9, "amount_not_positive"), (11, "unknown_party"), (19, "not_late")]

    def test_name_an_account_that_is_missing(self) -> None:
        accounts = {key: one for key, one in company_settings().accounts.items() if key != "interest"}
        told = Office(accounts=accounts).drop()
        assert codes(told) == [(15, "account_missing")]

    def test_name_a_payer_who_is_not_known(self) -> None:
        office = Office()
        office.company.registry.put([contract("U/3", payer_id="K-NIKT"), party("U/3")])
        told = office.drop(
            ORDER.replace(
                "customer: K-U/1\n    contract: U/1\n    text", "customer: K-U/3\n    contract: U/3\n    text"
            )
        )
        assert [(one.row, one.code, one.value) for one in told.findings] == [(5, "unknown_party", "K-NIKT")]


def test_the_payer_of_the_contract_gets_the_note() -> None:
    office = Office()
    office.company.registry.put([contract("U/3", payer_id="K-U/2"), party("U/3", kind=PartyKind.FIRM)])
    text = ORDER.replace("K-U/1", "K-U/3").replace("contract: U/1", "contract: U/3")
    text = text.replace("civil_code", "commercial_transactions")
    issued(office.company, office.run(office.drop(text)))
    contents = [content_of(one) for one in office.documents()]
    assert {(one.customer.party_id, one.payer.party_id) for one in contents} == {
        ("K-U/2", "K-U/2"), ("K-U/3", "K-U/2"),
    }  # fmt: skip


def test_a_rate_that_the_settings_tell_is_used() -> None:
    rate = InterestRateSettings(
        law="civil_code", valid_from=date(2026, 3, 10), percent=Decimal("10.00"),
        known_to=date(2026, 12, 31), source="test",
    )  # fmt: skip
    office = Office(interest_rates=(rate,))
    issued(office.company, office.run(office.drop()))
    periods = content_of(office.documents()[-1]).interest[0].periods
    assert [(one.start, one.rate) for one in periods][-1] == (date(2026, 3, 10), Decimal("0.1000"))
    assert office.replay(office.documents()[-1]).same


class TestReplay:
    def test_makes_every_note_again_to_the_byte_whatever_became_known_since(self) -> None:
        office = Office()
        issued(office.company, office.run(office.drop()))
        moved = party("U/1", street="ul. Inna 1", known_at=KNOWN.replace(year=2027))
        office.company.registry.put([moved])
        for one in office.documents():
            told = office.replay(one)
            assert (told.same, told.difference) == (True, "")

    def test_tells_interest_that_comes_out_otherwise(self, monkeypatch: pytest.MonkeyPatch) -> None:
        office = Office()
        issued(office.company, office.run(office.drop()))

        def dearer(*, principal: Decimal, rate: Decimal, days: int) -> Decimal:
            return interest_of(principal=principal, rate=rate, days=days + 1)

        monkeypatch.setattr("kwit.billing.interest.interest_of", dearer)
        told = office.replay(office.documents()[-1])
        assert not told.same
        assert told.difference.startswith("due: ")

    def test_tells_lost_evidence_and_an_unknown_note(self) -> None:
        office = Office()
        issued(office.company, office.run(office.drop()))
        first = office.documents()[0]
        assert "makes no such document" in office.replay(replace(first, document_id="x")).difference
        office.company.evidence.kept.clear()
        assert office.replay(first).difference.endswith("is gone")


class TestCertificate:
    def draft(self) -> Draft:
        office = Office()
        office.drop()
        return next(one for one in office.company.runs.drafts.values() if content_of(one).kind == "interest")

    def test_finds_a_note_sound(self) -> None:
        draft = self.draft()
        assert draft_faults(draft, draft_ref(draft, 0)) == []

    def test_finds_interest_that_was_not_counted_so_and_a_reference_of_other_sums(self) -> None:
        draft = self.draft()
        content = content_of(draft)
        (row,) = content.interest
        first, second = row.periods
        moved = (
            first.model_copy(update={"amount": first.amount + 1}),
            second.model_copy(update={"amount": second.amount - 1}),
        )
        wrong = content.model_copy(update={"interest": (row.model_copy(update={"periods": moved}),)})
        canonical = wrong.canonical()
        forged = replace(draft, content=canonical, content_hash=note_run.evidence_hash(canonical))
        faults = draft_faults(forged, replace(draft_ref(forged, 0), vat=Decimal("1.00")))
        assert len([one for one in faults if "against" in one]) == 3


def test_a_run_of_notes_is_not_compared() -> None:
    office = Office(approval="manual")
    run = office.run(office.drop())
    (finding,) = ask_to_compare(run.run_id, "previous", office.company.stores, office.company.queues)
    assert finding.code == "run_not_compared"
    stores = DiffStores(office.company.runs, None, None, None)  # type: ignore[arg-type]  # nothing is asked of them
    with pytest.raises(RunNotComparableError):
        compare_chunk(run_id=run.run_id, against="previous", chunk=0, stores=stores)


def test_the_run_is_named_by_day_and_file() -> None:
    assert note_run_id(DAY, "ab" * 32) == "2026-04-08-notes-abababababab"


def test_notes_are_posted_to_the_account_of_their_kind() -> None:
    office = Office()
    issued(office.company, office.run(office.drop()))
    totals = posted(office.documents(), company_settings().accounts)
    assert (totals.faults, totals.debit, totals.credit) == ((), totals.credit, Decimal("55.51") + INTEREST)
