"""Functions that speak with KSeF, and orders about documents, on tables, buckets and queues of moto."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.sqs.models import sqs_backends

from kwit.aws.bootstrap import Application
from kwit.aws.filing import Filer
from kwit.aws.ksef_credentials import KsefCredentials
from kwit.aws.ksef_gateway import KsefAddress
from kwit.aws.settings import SubmitKsefSettings
from kwit.delivery.ports import Delivery, MailStatus
from kwit.documents.document import Document
from kwit.ksef.filing import FilingStatus
from kwit.ksef.following import MOST_QUESTIONS
from kwit.ksef.ports import KsefGateway, KsefRefusedError
from tests.functions.run_office import hand
from tests.functions.test_handlers import Cloud, cloud, event, handler, later  # noqa: F401 - a fixture
from tests.ksef.fakes import FakeGateway
from tests.ksef.office import AT, firm_bill, ksef_settings
from tests.rating.cases import KNOWN


class Seller:
    """A seller with issued documents, whose functions speak with a KSeF in memory."""

    def __init__(self, cloud: Cloud) -> None:  # noqa: F811 - the fixture's own name
        self.cloud = cloud
        self.gateway = FakeGateway(now=lambda: AT)
        self.opened: list[str] = []
        self.app = cloud.application(SubmitKsefSettings)
        self.app.company.put(ksef_settings(), version="s1", known_at=KNOWN)
        self.token("first")

    def token(self, token: str) -> None:
        """Let the seller be known by another token."""
        text = json.dumps({"nip": "5260250274", "token": token})
        secrets = self.app.clients.secrets
        if "first" in token:
            secrets.create_secret(Name="kwit-ksef", SecretString=text)
        else:
            secrets.put_secret_value(SecretId="kwit-ksef", SecretString=text)

    def open(self, address: KsefAddress, credentials: KsefCredentials) -> KsefGateway:
        self.opened.append(credentials.token)
        return self.gateway

    def keep(self, *documents: Document) -> None:
        self.app.documents.put_documents(documents)

    def submit(self, *document_ids: str, **more: Any) -> list[str]:
        sample = event("submit_ksef")
        sample["Records"] = sample["Records"][:1]
        sample["Records"][0]["body"] = json.dumps({"document_ids": document_ids, **more})
        return self.cloud.run("submit_ksef", sample)

    def work(self) -> None:
        """Work messages off until none is left."""
        while waiting := self.cloud.messages("submit"):
            for body in waiting:
                hand(self.cloud, "submit_ksef", body)

    def delayed(self) -> list[int]:
        """Take the questions that come later, and tell how often each was asked."""
        queue = sqs_backends[DEFAULT_ACCOUNT_ID]["eu-central-1"].queues["submit"]
        waiting, queue._messages[:] = list(queue._messages), []
        return [json.loads(one.body)["asked"] for one in waiting]

    def status(self, document_id: str) -> FilingStatus:
        return self.app.filings.filings([document_id])[document_id].status


@pytest.fixture
def seller(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Seller:  # noqa: F811 - the fixture
    monkeypatch.setattr(Application, "now", lambda _: AT)
    made = Seller(cloud)
    for name in ("submit_ksef", "watch_ksef"):
        filer = Filer(opens=made.open)
        use_case: Callable[..., Any] = filer.work if name == "submit_ksef" else filer.watch
        monkeypatch.setattr(handler(name), "use_case", use_case)
    return made


class TestSubmit:
    def test_a_document_gets_its_number_and_is_drawn(self, seller: Seller) -> None:
        seller.keep(firm_bill())
        assert seller.submit("d1") == []
        seller.work()
        assert seller.status("d1") is FilingStatus.TAKEN
        assert {"document_ids": ["d1"]} in seller.cloud.messages("render")

    def test_a_token_put_right_is_read_by_the_next_question(
        self, seller: Seller, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A question that KSeF refuses for its credentials reads them anew, as a submission does."""
        seller.keep(firm_bill())
        seller.submit("d1")
        (question,) = (one for one in seller.cloud.messages("submit") if "session" in one)
        given = seller.gateway.session

        def refused(reference: str) -> Any:
            raise KsefRefusedError(401, "Brak autoryzacji")

        monkeypatch.setattr(seller.gateway, "session", refused)
        assert seller.submit(**question)
        monkeypatch.setattr(seller.gateway, "session", given)
        seller.token("second")
        assert seller.submit(**question) == []
        assert seller.opened == ["first", "second"]
        assert seller.status("d1") is FilingStatus.TAKEN

    def test_in_a_long_outage_questions_end_and_the_watch_asks(self, seller: Seller) -> None:
        seller.keep(firm_bill())
        seller.submit("d1")
        (question,) = (one for one in seller.cloud.messages("submit") if "session" in one)
        seller.gateway.outage = True
        assert seller.submit(**question | {"asked": MOST_QUESTIONS - 1}) == []
        assert seller.delayed() == [MOST_QUESTIONS]
        assert seller.submit(**question | {"asked": MOST_QUESTIONS}) == []
        assert seller.delayed() == []
        seller.gateway.outage = False
        assert seller.cloud.run("watch_ksef") == []
        seller.work()
        assert seller.status("d1") is FilingStatus.TAKEN


class TestWatch:
    def test_what_was_filed_is_finished_after_the_company_left_ksef(self, seller: Seller) -> None:
        seller.keep(firm_bill())
        seller.gateway.outage = True
        seller.submit("d1")
        assert seller.status("d1") is FilingStatus.WAITING
        seller.gateway.outage = False
        without = ksef_settings().model_copy(update={"ksef": None})
        seller.app.company.put(without, version="s9", known_at=KNOWN + timedelta(seconds=1))
        assert seller.cloud.run("watch_ksef") == []
        seller.work()
        assert seller.status("d1") is FilingStatus.TAKEN

    def test_a_company_without_ksef_needs_no_secret(self, seller: Seller) -> None:
        without = ksef_settings().model_copy(update={"ksef": None})
        seller.app.company.put(without, version="s9", known_at=KNOWN + timedelta(seconds=1))
        assert seller.cloud.run("watch_ksef") == []
        assert seller.opened == []


class TestOrders:
    KEY = "inbox/document-orders/zlecenie.yaml"

    def order(self, seller: Seller, *lines: str) -> dict[str, Any]:
        text = "\n".join(("format: kwit/document-order/1", "by: ewa", *lines))
        return seller.cloud.drops("import_document_orders", self.KEY, text.encode())

    def sent(self, seller: Seller) -> None:
        seller.keep(firm_bill())
        seller.app.deliveries.begin("d1", at=KNOWN)
        seller.app.deliveries.finish(
            Delivery("d1", MailStatus.SENT, "ses-1", KNOWN), expected=MailStatus.SENDING
        )

    def test_an_order_that_comes_again_sends_no_third_mail(self, seller: Seller) -> None:
        """The function ended, its answer was lost, and the mail went out before the message came again."""
        self.sent(seller)
        line = "resend: [FV/2026/04/000001]"
        for _ in range(2):
            assert self.order(seller, line)["status"] == "accepted"
            assert seller.cloud.messages("deliver") == [{"document_ids": ["d1"]}]
            begun = seller.app.deliveries.begin("d1", at=AT)
            seller.app.deliveries.finish(
                replace(begun.delivery, status=MailStatus.SENT, message_id="ses-2"),
                expected=MailStatus.SENDING,
            )
        standing = seller.app.deliveries.delivery("d1")
        assert standing is not None
        assert (standing.attempt, standing.message_id) == (1, "ses-2")

    def test_more_than_can_be_done_at_once_is_refused(self, seller: Seller) -> None:
        numbers = ", ".join(f"FV/2026/04/{number:06}" for number in range(1001))
        told = self.order(seller, f"resend: [{numbers}]")
        assert told["status"] == "rejected"
        assert "1000" in told["findings"][0]["sentence_pl"]

    @pytest.mark.parametrize("kind", ["resend", "resubmit", "settle"])
    def test_a_number_that_is_none_is_refused_and_not_looked_for(self, seller: Seller, kind: str) -> None:
        told = self.order(seller, f"{kind}: [{'x' * 3000}]")
        assert [one["code"] for one in told["findings"]] == ["bad_field"]

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (b"<Faktura>" + b" " * 3_000_000 + b"</Faktura>", "file_too_large"),
            (b"<Faktura", "number_missing"),
            (
                b'<Faktura xmlns="http://crd.gov.pl/wzor/2025/06/25/13775/"><Fa><P_2>'
                + b"9" * 3000
                + b"</P_2></Fa></Faktura>",
                "number_missing",
            ),
        ],
        ids=["large", "broken", "long number"],
    )
    def test_a_file_that_is_no_invoice_is_refused(self, seller: Seller, content: bytes, code: str) -> None:
        told = seller.cloud.drops("import_document_orders", "inbox/document-orders/f.xml", content)
        assert [one["code"] for one in told["findings"]] == [code]
