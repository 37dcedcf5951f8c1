"""Invoices with attachments go in packages alone, however few they are; a technical correction goes on its own."""

from dataclasses import dataclass, field

import pytest

from kwit.documents.fa3_elements import has_attachment
from kwit.ksef.filing import FilingStatus, Mode
from kwit.ksef.ports import Outgoing, WrongPackageError, check_package
from tests.ksef.fakes import FakeGateway
from tests.ksef.invoices import digest
from tests.ksef.office import Office, firm_bill, ksef_settings

WITH = b"<Faktura><Zalacznik></Zalacznik></Faktura>"


@dataclass
class WatchedGateway(FakeGateway):
    """A KSeF that notes, of every session, whether it is a package and how many of its invoices have attachments."""

    sessions: list[tuple[bool, int, int]] = field(default_factory=list)

    def send(self, invoices, *, batch):  # type: ignore[no-untyped-def]  # as the fake has it
        reference = super().send(invoices, batch=batch)
        attached = sum(has_attachment(one.content) for one in invoices)
        self.sessions.append((batch, len(invoices), attached))
        return reference


@pytest.fixture
def gateway() -> WatchedGateway:
    return WatchedGateway()


@pytest.fixture
def office(gateway: WatchedGateway) -> Office:
    return Office(gateway=gateway, settings=ksef_settings(attachments=True))


def test_one_alone_goes_as_a_package(office: Office, gateway: WatchedGateway) -> None:
    office.issue(firm_bill())
    office.work()
    assert gateway.sessions == [(True, 1, 1)]
    assert office["d1"].status is FilingStatus.TAKEN


def test_without_attachments_one_alone_goes_online(office: Office, gateway: WatchedGateway) -> None:
    office.settings = ksef_settings()
    office.issue(firm_bill())
    office.work()
    assert gateway.sessions == [(False, 1, 0)]


def test_those_without_in_the_same_message_keep_their_own_way(
    office: Office, gateway: WatchedGateway
) -> None:
    office.signer, gateway.outage = None, True
    office.issue(firm_bill(1), firm_bill(2))
    office.work()
    office.settings = ksef_settings()
    office.issue(firm_bill(3))
    office.work()
    gateway.outage = False
    office.send("d1", "d3", "d2")
    office.work()
    assert sorted(gateway.sessions) == [(False, 1, 0), (True, 2, 2)]
    assert {office[f"d{n}"].status for n in (1, 2, 3)} == {FilingStatus.TAKEN}


def test_those_that_went_out_offline_follow_in_a_package(office: Office, gateway: WatchedGateway) -> None:
    gateway.outage = True
    office.issue(firm_bill())
    office.work()
    assert office["d1"].mode is Mode.OFFLINE24
    gateway.outage = False
    office.send("d1")
    office.work()
    assert gateway.sessions == [(True, 1, 1)]
    assert office["d1"].status is FilingStatus.TAKEN


def test_a_technical_correction_goes_online_on_its_own(office: Office, gateway: WatchedGateway) -> None:
    gateway.outage = True
    office.issue(firm_bill())
    office.work()
    gateway.outage = False
    gateway.reject = [(450, ("Błąd.",))]
    office.send("d1")
    office.work()
    refused = office["d1"]
    assert refused.status is FilingStatus.REFUSED
    own = office.stored[refused.file_key]
    office.mend("d1", own.replace(b"\n", b"\n ", 1))
    office.work()
    assert gateway.sessions == [(True, 1, 1), (False, 1, 1)]
    assert office["d1"].status is FilingStatus.TAKEN
    assert office["d1"].corrected_hash == digest(own)


def test_one_that_is_too_large_is_never_sent(office: Office, gateway: WatchedGateway) -> None:
    document = firm_bill()
    lines = document.bill().lines
    bill = document.bill().model_copy(update={"lines": lines * 900})
    text = bill.canonical()
    office.issue(type(document)(**{
        name: getattr(document, name) for name in ("document_id", "kind", "number", "issue_date", "due_date", "run_id",
                                                   "contract_no", "content_hash")
    } | {"content": text}))  # fmt: skip
    office.work()
    assert gateway.sessions == []
    assert office["d1"].status is FilingStatus.INVALID
    assert "KSeF przyjmuje najwyżej 3000000" in office["d1"].problem


@pytest.mark.parametrize("count", [1, 2])
def test_no_gateway_takes_them_online(count: int) -> None:
    with pytest.raises(WrongPackageError, match="batch session"):
        check_package([Outgoing(WITH)] * count, batch=False)
    check_package([Outgoing(WITH)] * count, batch=True)
    check_package([Outgoing(WITH, offline=True, corrected_hash="x")], batch=False)


def test_what_looks_like_one_is_told_from_what_is_none() -> None:
    assert has_attachment(WITH)
    assert has_attachment(b"<a:Zalacznik xmlns:a='x'/>")
    assert not has_attachment(b"<Zalaczniki/>")
    assert not has_attachment("<P_7>Załącznik &lt;Zalacznik&gt;</P_7>".encode())
