"""Documents filed with KSeF: one submission each, whatever fails, and what people are told."""

from dataclasses import replace
from datetime import date
from xml.etree import ElementTree as ET

import pytest

from kwit.documents.fa3 import NAMESPACE
from kwit.ksef.filing import FilingStatus, Mode, invoice_hash
from kwit.ksef.links import ksef_number_valid
from kwit.ksef.mending import AnotherInvoiceError, NotMendableError
from kwit.ksef.ports import Availability, KsefRefusedError
from kwit.ksef.preparing import DocumentsUnknownError
from kwit.ksef.sending import InvoiceChangedError
from tests.ksef.office import AT, DAY, Office, correction_of, firm_bill, ksef_settings


@pytest.fixture
def office() -> Office:
    return Office()


def kinds(office: Office) -> list[str]:
    return [one.kind for one in office.tasks.open_document_tasks()]


class TestOnline:
    def test_an_issued_document_gets_its_number_then_its_pages(self, office: Office) -> None:
        office.issue(firm_bill())
        office.work()
        filing = office["d1"]
        assert (filing.status, filing.mode) == (FilingStatus.TAKEN, Mode.ONLINE)
        assert ksef_number_valid(filing.ksef_number)
        assert office.gateway.taken == {filing.ksef_number: office.stored[filing.file_key]}
        assert filing.ksef_number.encode() in office.stored[filing.upo_key]
        assert office.drawn == ["d1"]
        assert list(office.filings.open_filings()) == []
        assert [one.ksef_number for one in office.filings.new_numbers()] == [filing.ksef_number]

    def test_a_message_again_sends_nothing_again_and_draws_again(self, office: Office) -> None:
        office.issue(firm_bill())
        office.work()
        office.send("d1")
        office.work()
        assert office.gateway.sends == 1
        assert office.drawn == ["d1", "d1"]

    def test_while_it_is_under_work_it_is_asked_about_again(self, office: Office) -> None:
        office.gateway.delay = 3
        office.issue(firm_bill())
        office.work()
        assert office["d1"].status is FilingStatus.TAKEN
        assert office.gateway.sends == 1

    def test_one_that_takes_too_long_is_left_to_the_watch(self, office: Office) -> None:
        office.gateway.delay = 20
        office.issue(firm_bill())
        office.work()
        assert office["d1"].status is FilingStatus.SENT
        assert office.watch(DAY).asking == ("d1",)
        office.work()
        assert office["d1"].status is FilingStatus.TAKEN

    def test_many_go_as_one_package(self, office: Office) -> None:
        office.issue(*(firm_bill(ordinal) for ordinal in range(1, 13)))
        office.work()
        assert office.gateway.sends == 1
        assert "-SB-" in office["d1"].session
        assert {office[f"d{n}"].status for n in range(1, 13)} == {FilingStatus.TAKEN}

    def test_one_dated_ahead_waits_for_its_day(self, office: Office) -> None:
        office.issue(replace(firm_bill(), issue_date=date(2026, 4, 9)))
        office.work()
        assert office.gateway.sends == 0
        office.watch(date(2026, 4, 9))
        office.work()
        assert office["d1"].status is FilingStatus.TAKEN

    def test_documents_nobody_keeps_are_named(self, office: Office) -> None:
        with pytest.raises(DocumentsUnknownError, match="d7"):
            office.send("d7")

    def test_an_invoice_changed_behind_our_back_is_not_sent(self, office: Office) -> None:
        office.gateway.busy_calls = 1
        office.issue(firm_bill())
        office.work()
        office.stored[office["d1"].file_key] += b" "
        with pytest.raises(InvoiceChangedError, match="d1"):
            office.send("d1")

    def test_when_ksef_is_busy_it_is_sent_later(self, office: Office) -> None:
        office.gateway.busy_calls = 1
        office.issue(firm_bill())
        office.work()
        assert office["d1"].status is FilingStatus.WAITING
        assert [names for _, names, _ in office.later] == [("d1",)]
        office.watch(DAY)
        office.work()
        assert office["d1"].status is FilingStatus.TAKEN


class TestOnce:
    def test_killed_after_ksef_took_it_the_repeat_is_found_to_be_the_same(self, office: Office) -> None:
        office.signer = None
        office.gateway.killed = 1
        office.issue(firm_bill())
        office.work()
        office.watch(DAY)
        office.work()
        filing = office["d1"]
        assert filing.status is FilingStatus.TAKEN
        assert office.gateway.sends == 2
        assert list(office.gateway.taken) == [filing.ksef_number]
        (repeat,) = filing.doubles
        assert filing.session < repeat
        assert kinds(office) == []

    def test_a_claim_stands_against_other_messages_until_its_own_comes_again(self, office: Office) -> None:
        office.kept["d1"] = firm_bill()
        office.gateway.busy_calls = 1
        office.send("d1")
        claimed = replace(
            office["d1"],
            status=FilingStatus.SENDING,
            claimed_at=office.at,
            claimed_by="m",
            revision=office["d1"].revision + 1,
        )
        assert office.filings.move(claimed)
        assert office.send("d1", by="other").sent == ()
        assert office.send("d1", by="m").sent == ("d1",)

    def test_a_claim_whose_message_is_lost_falls_after_its_lease(self, office: Office) -> None:
        office.kept["d1"] = firm_bill()
        office.gateway.busy_calls = 1
        office.send("d1")
        lost = replace(
            office["d1"], status=FilingStatus.SENDING, claimed_at=office.at, claimed_by="m", revision=3
        )
        assert office["d1"].revision == 2
        assert office.filings.move(lost)
        office.pass_time(19)
        assert office.send("d1", by="other").sent == ()
        office.pass_time(1)
        assert office.send("d1", by="other").sent == ("d1",)

    def test_another_invoice_under_the_number_is_refused_and_told(self, office: Office) -> None:
        other = Office(gateway=office.gateway, settings=ksef_settings())
        other.issue(firm_bill(nip="1111111111"))
        other.work()
        office.issue(firm_bill())
        office.work()
        assert office["d1"].status is FilingStatus.REFUSED
        assert office["d1"].code == 440
        assert kinds(office) == ["ksef_refused"]
        assert office.drawn == []

    @pytest.mark.parametrize("count", [2, 12])
    def test_what_was_lost_on_the_way_is_sent_again(self, office: Office, count: int) -> None:
        office.gateway.lose = 1
        office.issue(*(firm_bill(ordinal) for ordinal in range(1, count + 1)))
        office.work()
        office.watch(DAY)
        office.work()
        assert {office[f"d{n}"].status for n in range(1, count + 1)} == {FilingStatus.TAKEN}
        assert len(office.gateway.taken) == count


class TestOffline:
    def test_in_an_outage_it_goes_out_at_once_and_follows(self, office: Office) -> None:
        office.gateway.outage = True
        office.issue(firm_bill())
        office.work()
        filing = office["d1"]
        assert (filing.mode, filing.send_by) == (Mode.OFFLINE24, date(2026, 4, 9))
        assert filing.certificate_link.endswith("signed-" + filing.certificate_link.rpartition("-")[2])
        assert "/certificate/Nip/" in filing.certificate_link
        assert office.drawn == ["d1"]
        office.watch(DAY)
        office.work()
        assert office["d1"].status is FilingStatus.WAITING
        office.gateway.outage = False
        assert office.watch(date(2026, 4, 9)).late == ()
        office.work()
        filing = office["d1"]
        assert (filing.status, filing.mode) == (FilingStatus.TAKEN, Mode.OFFLINE24)
        assert kinds(office) == []
        assert set(office.drawn) == {"d1"}

    def test_the_deadline_passes_weekends_and_holidays(self, office: Office) -> None:
        office.at = AT.replace(month=4, day=30)
        office.gateway.outage = True
        office.issue(replace(firm_bill(), issue_date=date(2026, 4, 30)))
        office.work()
        assert office["d1"].send_by == date(2026, 5, 4)

    def test_one_that_is_late_is_told_once(self, office: Office) -> None:
        office.gateway.outage = True
        office.issue(firm_bill())
        office.work()
        assert office.watch(date(2026, 4, 9)).late == ()
        for day in (10, 11):
            assert office.watch(date(2026, 4, day)).late == ("d1",)
        assert kinds(office) == ["ksef_late"]

    def test_without_a_certificate_it_waits_for_ksef(self, office: Office) -> None:
        office.signer = None
        office.gateway.outage = True
        office.issue(firm_bill())
        office.work()
        assert (office["d1"].status, office["d1"].mode) == (FilingStatus.WAITING, Mode.ONLINE)
        assert office.drawn == []

    def test_a_company_may_choose_to_wait(self, office: Office) -> None:
        office.settings = ksef_settings(offline24=False)
        office.gateway.outage = True
        office.issue(firm_bill())
        office.work()
        assert office["d1"].mode is Mode.ONLINE
        assert office.drawn == []

    @pytest.mark.parametrize(
        ("announced", "mode", "last_day"),
        [
            (Availability.MAINTENANCE, Mode.UNAVAILABLE, date(2026, 4, 10)),
            (Availability.FAILURE, Mode.EMERGENCY, date(2026, 4, 20)),
        ],
    )
    def test_an_announced_outage_counts_its_days_from_its_end(
        self, office: Office, announced: Availability, mode: Mode, last_day: date
    ) -> None:
        office.gateway.outage = True
        office.gateway.announced = announced
        office.issue(firm_bill())
        office.work()
        assert (office["d1"].mode, office["d1"].send_by) == (mode, None)
        office.watch(date(2026, 4, 9))
        assert office["d1"].send_by is None
        office.gateway.announced = Availability.AVAILABLE
        office.watch(date(2026, 4, 10))
        assert office["d1"].send_by == last_day

    def test_in_a_total_failure_it_stays_outside_ksef(self, office: Office) -> None:
        office.gateway.outage = True
        office.gateway.announced = Availability.TOTAL_FAILURE
        office.issue(firm_bill())
        office.work()
        assert office["d1"].status is FilingStatus.OUTSIDE
        assert office.drawn == ["d1"]
        office.gateway.outage = False
        office.watch(date(2026, 4, 9))
        office.work()
        assert office.gateway.sends == 0

    def test_refused_credentials_are_raised_after_the_document_went_out(self, office: Office) -> None:
        office.gateway.refuse = [(401, "Brak autoryzacji")]
        office.issue(firm_bill())
        with pytest.raises(KsefRefusedError):
            office.work()
        assert office["d1"].mode is Mode.OFFLINE24
        assert office.drawn == ["d1"]


class TestRefused:
    def test_a_refusal_is_told_in_words_and_draws_nothing(self, office: Office) -> None:
        office.gateway.reject = [(450, ("P_12 niezgodne",))]
        office.issue(firm_bill())
        office.work()
        (task,) = office.tasks.open_document_tasks()
        assert task.kind == "ksef_refused"
        assert "P_12 niezgodne" in task.sentence
        assert "kod 450" in task.sentence
        assert office.drawn == []
        assert office.watch(DAY).refused == ("d1",)

    def test_a_passing_fault_is_tried_again_so_many_times(self, office: Office) -> None:
        office.gateway.reject = [(550, ())] * 3
        office.issue(firm_bill())
        office.work()
        assert office["d1"].status is FilingStatus.TAKEN
        office.gateway.reject = [(500, ())] * 20
        office.issue(firm_bill(2))
        office.work()
        assert office["d2"].status is FilingStatus.REFUSED
        assert kinds(office) == ["ksef_refused"]

    def test_a_refused_online_invoice_takes_its_place_again(self, office: Office) -> None:
        office.gateway.reject = [(450, ())]
        office.issue(firm_bill())
        office.work()
        mended = office.mend("d1")
        assert mended.corrected_hash == ""
        office.work()
        assert office["d1"].status is FilingStatus.TAKEN

    def test_a_refused_offline_invoice_is_corrected_technically(self, office: Office) -> None:
        office.gateway.outage = True
        office.issue(firm_bill())
        office.work()
        refused = office["d1"]
        office.gateway.outage = False
        office.gateway.reject = [(450, ())]
        office.watch(date(2026, 4, 9))
        office.work()
        assert office["d1"].status is FilingStatus.REFUSED
        right = office.stored[refused.file_key].replace(b"kWit", b"kWit 2")
        office.mend("d1", right)
        office.work()
        filing = office["d1"]
        assert filing.status is FilingStatus.TAKEN
        assert filing.corrected_hash == refused.content_hash
        assert filing.page_hash == refused.content_hash
        assert office.gateway.taken[filing.ksef_number] == right
        assert filing.content_hash == invoice_hash(right)

    @pytest.mark.parametrize(("field", "other"), [("P_2", "FV/9"), ("P_15", "1.00"), ("P_1", "2026-04-07")])
    def test_a_file_that_says_something_else_is_not_taken(
        self, office: Office, field: str, other: str
    ) -> None:
        office.gateway.reject = [(450, ())]
        office.issue(firm_bill())
        office.work()
        root = ET.fromstring(office.stored[office["d1"].file_key])  # noqa: S314 - our own bytes
        found = root.find(f"{{{NAMESPACE}}}Fa/{{{NAMESPACE}}}{field}")
        assert found is not None
        found.text = other
        with pytest.raises(AnotherInvoiceError, match=field):
            office.mend("d1", ET.tostring(root))

    @pytest.mark.parametrize(
        "content", [b"<Faktura", b"<!DOCTYPE a [<!ENTITY b 'c'>]><Faktura>&b;</Faktura>"]
    )
    def test_what_is_no_invoice_is_not_taken(self, office: Office, content: bytes) -> None:
        office.gateway.reject = [(450, ())]
        office.issue(firm_bill())
        office.work()
        with pytest.raises(AnotherInvoiceError, match="XML"):
            office.mend("d1", content)

    def test_what_was_taken_cannot_be_mended(self, office: Office) -> None:
        office.issue(firm_bill())
        office.work()
        with pytest.raises(NotMendableError, match="taken"):
            office.mend("d1")

    def test_what_the_schema_refuses_is_never_sent(self, office: Office) -> None:
        office.issue(firm_bill(nip="12"))
        office.work()
        assert office["d1"].status is FilingStatus.INVALID
        assert office.gateway.sends == 0
        assert kinds(office) == ["ksef_invalid"]


class TestCorrections:
    def test_a_correction_waits_for_the_number_of_its_original(self, office: Office) -> None:
        office.gateway.busy_calls = 1
        original = firm_bill()
        office.issue(original)
        office.issue(correction_of(original))
        office.work()
        assert office["c1"].waits_for == "d1"
        assert office.gateway.taken == {}
        office.watch(DAY)
        office.work()
        xml = office.gateway.taken[office["c1"].ksef_number].decode()
        assert f"<NrKSeFFaKorygowanej>{office['d1'].ksef_number}</NrKSeFFaKorygowanej>" in xml
        assert list(office.gateway.taken) == [office["d1"].ksef_number, office["c1"].ksef_number]

    def test_a_correction_of_a_refused_original_waits_until_that_is_mended(self, office: Office) -> None:
        office.gateway.reject = [(450, ())]
        original = firm_bill()
        office.issue(original)
        office.issue(correction_of(original))
        office.work()
        assert office["c1"].waits_for == "d1"
        office.mend("d1")
        office.work()
        assert office["c1"].status is FilingStatus.TAKEN

    def test_a_correction_of_an_invoice_outside_ksef_says_so(self, office: Office) -> None:
        original = replace(firm_bill(), issue_date=date(2026, 1, 8))
        office.kept["d1"] = original
        office.issue(correction_of(original))
        office.work()
        xml = office.gateway.taken[office["c1"].ksef_number].decode()
        assert "<NrKSeFN>1</NrKSeFN>" in xml
