"""What goes wrong with one document holds up no other, and nothing is left where nobody looks."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from kwit.billing.content import LineData
from kwit.ksef.filing import FilingStatus, Mode, invoice_hash
from kwit.ksef.mending import AnotherInvoiceError
from kwit.ksef.ports import Availability, KsefRefusedError, KsefUnavailableError
from kwit.ksef.preparing import DocumentsUnknownError
from kwit.ksef.sending import InvoiceChangedError
from tests.ksef.office import AT, DAY, Office, firm_bill, ksef_settings

NEXT = DAY + timedelta(days=1)


@pytest.fixture
def office() -> Office:
    return Office()


def kinds(office: Office) -> list[str]:
    return [one.kind for one in office.tasks.open_document_tasks()]


def statuses(office: Office) -> dict[str, FilingStatus]:
    return {name: one.status for name, one in office.filings.kept.items()}


def refused_offline(office: Office, ordinal: int = 1) -> bytes:
    """Issue a document offline and have KSeF refuse it; return its invoice."""
    office.gateway.outage = True
    office.issue(firm_bill(ordinal))
    office.work()
    office.gateway.outage = False
    office.gateway.reject = [(450, ())]
    office.watch(NEXT)
    office.work()
    filing = office[f"d{ordinal}"]
    assert filing.status is FilingStatus.REFUSED
    return office.stored[filing.file_key]


class TestOneAmongMany:
    def test_documents_that_are_kept_are_sent_though_one_is_not(self, office: Office) -> None:
        office.kept["d1"] = firm_bill()
        with pytest.raises(DocumentsUnknownError, match="d7"):
            office.send("d7", "d1")
        office.work()
        assert statuses(office) == {"d1": FilingStatus.TAKEN}

    def test_invoices_that_are_as_they_were_are_sent_though_one_is_not(self, office: Office) -> None:
        office.gateway.busy_calls = 1
        office.issue(firm_bill(), firm_bill(2))
        office.work()
        office.stored[office["d1"].file_key] += b" "
        with pytest.raises(InvoiceChangedError, match="d1"):
            office.send("d1", "d2")
        office.work()
        assert statuses(office) == {"d1": FilingStatus.WAITING, "d2": FilingStatus.TAKEN}

    def test_one_whose_invoice_cannot_be_made_holds_up_no_other(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        office.stored = _Refusing("FV-2026-04-000001")
        office.kept = {one.document_id: one for one in (firm_bill(), firm_bill(2))}
        with pytest.raises(OSError, match="FV-2026-04-000001"):
            office.send("d1", "d2")
        office.work()
        assert statuses(office) == {"d2": FilingStatus.TAKEN}

    def test_a_duplicate_that_ksef_does_not_hand_out_holds_up_no_other(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        office.signer = None
        office.gateway.killed = 1
        office.issue(firm_bill())
        office.work()
        given = office.gateway.invoice

        def not_yet(ksef_number: str) -> bytes:
            raise KsefRefusedError(21164, "Faktura o podanym identyfikatorze nie istnieje.")

        monkeypatch.setattr(office.gateway, "invoice", not_yet)
        office.issue(firm_bill(), firm_bill(2))
        office.work()
        assert statuses(office) == {"d1": FilingStatus.SENT, "d2": FilingStatus.TAKEN}
        monkeypatch.setattr(office.gateway, "invoice", given)
        office.watch(NEXT)
        office.work()
        assert office["d1"].status is FilingStatus.TAKEN


class _Refusing(dict[str, bytes]):
    """Files of which those with a name cannot be written."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def __setitem__(self, key: str, content: bytes) -> None:
        if self.name in key:
            raise OSError(self.name)
        super().__setitem__(key, content)


class TestTechnicalCorrections:
    def test_one_that_arrived_unseen_is_found_though_ksef_refuses_its_repeat(self, office: Office) -> None:
        right = refused_offline(office).replace(b"kWit", b"kWit 2")
        office.gateway.killed = 1
        office.mend("d1", right)
        office.work()
        office.watch(NEXT)
        office.work()
        filing = office["d1"]
        assert filing.status is FilingStatus.TAKEN
        assert list(office.gateway.taken.values()) == [right]
        assert filing.page_hash != filing.content_hash == invoice_hash(right)

    def test_one_that_ksef_refuses_holds_up_no_other(self, office: Office) -> None:
        right = refused_offline(office).replace(b"kWit", b"kWit 2")
        office.gateway.refuse = [(21167, "Status faktury nie pozwala na korektę techniczną.")]
        office.mend("d1", right)
        office.messages.clear()
        office.issue(firm_bill(2))
        office.messages[:] = [("", ("d1", "d2"), 0)]
        office.work()
        assert statuses(office) == {"d1": FilingStatus.TAKEN, "d2": FilingStatus.TAKEN}

    def test_the_same_invoice_again_is_no_correction(self, office: Office) -> None:
        """Refused for want of a right, it is sent again when the right is given: nothing in it changed."""
        refused_offline(office)
        office.mend("d1")
        assert office["d1"].corrected_hash == ""
        office.work()
        assert office["d1"].status is FilingStatus.TAKEN

    def test_a_second_one_corrects_the_invoice_that_the_customer_has(self, office: Office) -> None:
        wrong = refused_offline(office)
        page = office["d1"].page_hash
        office.gateway.reject = [(450, ())]
        office.mend("d1", wrong.replace(b"kWit", b"kWit 2"))
        office.work()
        assert office["d1"].status is FilingStatus.REFUSED
        office.mend("d1", wrong.replace(b"kWit", b"kWit 3"))
        assert office["d1"].corrected_hash == page
        office.work()
        assert office["d1"].status is FilingStatus.TAKEN


class TestTasks:
    def test_a_second_refusal_of_the_same_invoice_is_told_again(self, office: Office) -> None:
        office.gateway.reject = [(415, ()), (415, ())]
        office.issue(firm_bill())
        office.work()
        (task,) = office.tasks.open_document_tasks()
        office.tasks.settle_document_task(task.task_id, by="Anna", at=AT)
        office.mend("d1")
        office.work()
        assert office["d1"].status is FilingStatus.REFUSED
        assert kinds(office) == ["ksef_refused"]

    def test_an_invoice_put_right_wrongly_again_is_told_again(self, office: Office) -> None:
        office.issue(firm_bill(nip="12"))
        office.work()
        (task,) = office.tasks.open_document_tasks()
        office.tasks.settle_document_task(task.task_id, by="Anna", at=AT)
        office.mend("d1")
        assert office["d1"].status is FilingStatus.INVALID
        assert kinds(office) == ["ksef_invalid"]

    def test_a_document_that_ksef_says_nothing_of_for_two_days_is_told_once(self, office: Office) -> None:
        office.gateway.delay = 1000
        office.issue(firm_bill())
        office.work()
        office.watch(NEXT)
        office.work()
        assert kinds(office) == []
        for days in (3, 4):
            office.watch(DAY + timedelta(days=days))
            office.work()
        assert kinds(office) == ["ksef_silent"]


class TestSessions:
    def test_a_session_that_ksef_does_not_know_is_made_anew(self, office: Office) -> None:
        office.kept["d1"] = firm_bill()
        office.send("d1")
        office.gateway._sessions.clear()
        office.gateway.taken.clear()
        office.work()
        assert office["d1"].status is FilingStatus.TAKEN

    def test_the_confirmation_of_a_repeat_is_asked_of_the_first_session(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        office.signer = None
        office.gateway.killed = 1
        office.issue(firm_bill())
        office.work()
        given = office.gateway.upo

        def not_yet(reference: str, ksef_number: str) -> bytes:
            raise KsefRefusedError(21178, "Nie znaleziono UPO dla podanych kryteriów.")

        monkeypatch.setattr(office.gateway, "upo", not_yet)
        office.watch(DAY)
        office.work()
        assert (office["d1"].status, office["d1"].finished) == (FilingStatus.TAKEN, False)
        monkeypatch.setattr(office.gateway, "upo", given)
        office.watch(NEXT)
        assert office["d1"].finished

    def test_what_has_its_number_is_drawn_though_ksef_goes_away_before_the_others_have(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        given, asked = office.gateway.upo, [0]

        def once(reference: str, ksef_number: str) -> bytes:
            asked[0] += 1
            if asked[0] == 2:
                raise KsefUnavailableError("HTTP 503")
            return given(reference, ksef_number)

        monkeypatch.setattr(office.gateway, "upo", once)
        office.issue(firm_bill(), firm_bill(2))
        office.work()
        assert statuses(office) == {"d1": FilingStatus.TAKEN, "d2": FilingStatus.SENT}
        assert office.drawn == ["d1"]


class TestOutages:
    def test_calls_that_took_nothing_are_no_attempts(self, office: Office) -> None:
        office.gateway.outage = True
        office.issue(firm_bill())
        for hour in range(8):
            office.watch(DAY + timedelta(days=hour))
            office.work()
        office.gateway.outage = False
        office.gateway.busy_calls = 1
        office.gateway.reject = [(550, ())]
        for days in (8, 9):
            office.watch(DAY + timedelta(days=days))
            office.work()
        assert office["d1"].status is FilingStatus.TAKEN

    def test_the_days_count_from_when_the_outage_may_have_ended(self, office: Office) -> None:
        """Between the last look of a day and the first of the next nobody sees KSeF come back."""
        office.gateway.outage = True
        office.gateway.announced = Availability.MAINTENANCE
        office.issue(firm_bill())
        office.work()
        office.gateway.announced = Availability.AVAILABLE
        office.watch(date(2026, 4, 10))
        assert office["d1"].send_by == date(2026, 4, 10)

    def test_one_that_is_being_sent_is_not_dated_under_its_sender(self, office: Office) -> None:
        office.gateway.outage = True
        office.gateway.announced = Availability.FAILURE
        office.issue(firm_bill())
        office.work()
        claim = replace(
            office["d1"], status=FilingStatus.SENDING, claimed_at=AT, revision=office["d1"].revision + 1
        )
        assert office.filings.move(claim)
        office.gateway.announced = Availability.AVAILABLE
        office.watch(NEXT)
        assert office["d1"] == claim

    def test_each_document_goes_by_its_own_settings(self, office: Office) -> None:
        one, other = firm_bill(), firm_bill(2)
        content = other.bill().model_copy(update={"settings_version": "s2"}).canonical()
        office.versions = {"s2": ksef_settings(offline24=False)}
        office.gateway.outage = True
        office.issue(one, replace(other, content=content))
        office.work()
        assert (office["d1"].mode, office["d2"].mode) == (Mode.OFFLINE24, Mode.ONLINE)
        assert office.drawn == ["d1"]

    def test_an_announcement_that_cannot_be_read_counts_as_none(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def dark() -> Availability:
            raise KsefUnavailableError("HTTP 503")

        monkeypatch.setattr(office.gateway, "availability", dark)
        office.gateway.outage = True
        office.issue(firm_bill())
        office.work()
        assert office["d1"].mode is Mode.OFFLINE24


class TestFilesPutRight:
    @pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-16"])
    def test_an_encoding_does_not_hide_declarations(self, office: Office, encoding: str) -> None:
        office.gateway.reject = [(450, ())]
        office.issue(firm_bill())
        office.work()
        right = office.stored[office["d1"].file_key].decode().partition("\n")[2]
        hidden = f'<!DOCTYPE a [<!ENTITY b "c">]>\n{right}'
        with pytest.raises(AnotherInvoiceError, match="XML"):
            office.mend("d1", hidden.encode(encoding))

    def test_a_document_of_which_no_invoice_can_be_made_takes_one_that_a_person_brings(
        self, office: Office
    ) -> None:
        office.issue(firm_bill())
        office.gateway.busy_calls = 1
        office.work()
        brought = office.stored[office["d1"].file_key]
        office = Office()
        bill = firm_bill().bill()
        line = bill.lines[0]
        lines = (replace_rate(line), *bill.lines[1:])
        office.issue(replace(firm_bill(), content=bill.model_copy(update={"lines": lines}).canonical()))
        office.work()
        assert office["d1"].status is FilingStatus.INVALID
        assert "0.07" in office.mend("d1").problem
        office.mend("d1", brought)
        office.work()
        assert office["d1"].status is FilingStatus.TAKEN


def replace_rate(line: LineData) -> LineData:
    """Return a line under a rate of VAT that FA(3) as it is written here does not know."""
    return line.model_copy(update={"vat_rate": Decimal("0.07")})
