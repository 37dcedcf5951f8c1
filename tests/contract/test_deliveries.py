"""One delivery per document, in memory and in DynamoDB alike; and messages handed to SES."""

from datetime import UTC, date, datetime
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID
from moto.ses import ses_backends

from kwit.aws import keys
from kwit.aws.mail import DynamoDeliveries, DynamoSuppressions, PacedSender, SesSender
from kwit.aws.print_store import DynamoPrints
from kwit.aws.table import Table
from kwit.delivery.ports import (
    Begun,
    Delivery,
    DeliveryStore,
    MailNotice,
    MailRefusedError,
    MailStatus,
    PrintPackage,
    PrintStore,
    Suppressions,
)
from tests.fakes.deliveries import MemoryDeliveries, MemoryPrints, MemorySender, MemorySuppressions
from tests.moto_tables import pretend_credentials

AT = datetime(2026, 4, 8, 10, 30, tzinfo=UTC)
LATER = datetime(2026, 4, 8, 11, tzinfo=UTC)


@pytest.fixture(params=["memory", "dynamodb"])
def store(request: pytest.FixtureRequest) -> DeliveryStore:
    if request.param == "memory":
        return MemoryDeliveries()
    tables: dict[str, Table] = request.getfixturevalue("tables")
    return DynamoDeliveries(tables["documents"])


class TestDeliveries:
    def test_only_the_first_claim_is_granted(self, store: DeliveryStore) -> None:
        claim = Delivery("d1", MailStatus.SENDING, "", AT)
        assert store.begin("d1", at=AT) == Begun(claim, claimed=True)
        assert store.begin("d1", at=LATER) == Begun(claim, claimed=False)
        assert store.begin("d2", at=AT).claimed

    def test_an_unknown_delivery_is_none(self, store: DeliveryStore) -> None:
        assert store.delivery("d1") is None

    def test_it_moves_only_from_the_expected_status(self, store: DeliveryStore) -> None:
        store.begin("d1", at=AT)
        sent = Delivery("d1", MailStatus.SENT, "ses-1", LATER)
        assert store.finish(sent, expected=MailStatus.SENDING)
        assert not store.finish(Delivery("d1", MailStatus.UNCERTAIN), expected=MailStatus.SENDING)
        assert store.delivery("d1") == sent

    def test_what_was_never_claimed_does_not_move(self, store: DeliveryStore) -> None:
        assert not store.finish(Delivery("d1", MailStatus.SENT), expected=MailStatus.SENDING)
        assert store.delivery("d1") is None

    def test_a_claim_given_back_can_be_taken_again(self, store: DeliveryStore) -> None:
        claim = store.begin("d1", at=AT).delivery
        store.release(claim)
        assert store.begin("d1", at=LATER).claimed

    def test_what_was_sent_cannot_be_given_back(self, store: DeliveryStore) -> None:
        claim = store.begin("d1", at=AT).delivery
        sent = Delivery("d1", MailStatus.SENT, "ses-1", AT)
        store.finish(sent, expected=MailStatus.SENDING)
        store.release(claim)
        assert store.begin("d1", at=LATER) == Begun(sent, claimed=False)

    def test_an_instant_not_known_stays_unknown(self, store: DeliveryStore) -> None:
        store.begin("d1", at=AT)
        store.finish(Delivery("d1", MailStatus.FAILED), expected=MailStatus.SENDING)
        assert store.delivery("d1") == Delivery("d1", MailStatus.FAILED)

    def test_what_a_person_asks_for_again_is_claimed_once_and_given_back_as_asked(
        self, store: DeliveryStore
    ) -> None:
        store.begin("d1", at=AT)
        asked = Delivery("d1", MailStatus.RESEND, "", AT, 1, ("ses-1",), "nowa@example.org", AT)
        assert store.finish(asked, expected=MailStatus.SENDING)
        claim = Delivery("d1", MailStatus.SENDING, "", LATER, 1, ("ses-1",), "nowa@example.org", AT)
        assert store.begin("d1", at=LATER) == Begun(claim, claimed=True)
        assert not store.begin("d1", at=LATER).claimed
        store.release(claim)
        assert store.delivery("d1") == Delivery(
            "d1", MailStatus.RESEND, "", LATER, 1, ("ses-1",), "nowa@example.org", AT
        )

    def test_notices_are_kept_once_and_in_order(self, store: DeliveryStore) -> None:
        late = MailNotice("Delivery", "ses-1", LATER, answer="250 OK")
        early = MailNotice("DeliveryDelay", "ses-1", AT)
        for notice in (late, early, late):
            store.note("d1", notice)
        assert list(store.notices("d1")) == [early, late]
        assert list(store.notices("d2")) == []


@pytest.fixture(params=["memory", "dynamodb"])
def suppressions(request: pytest.FixtureRequest) -> Suppressions:
    if request.param == "memory":
        return MemorySuppressions()
    tables: dict[str, Table] = request.getfixturevalue("tables")
    return DynamoSuppressions(tables["documents"])


def test_a_suppressed_mark_stays_until_it_is_lifted(suppressions: Suppressions) -> None:
    suppressions.suppress("a", why="bounced", at=AT)
    suppressions.suppress("a", why="complained", at=LATER)
    assert suppressions.suppressed(["a", "b", "a"]) == {"a"}
    suppressions.lift("a")
    suppressions.lift("a")
    assert suppressions.suppressed(["a"]) == frozenset()


@pytest.fixture(params=["memory", "dynamodb"])
def prints(request: pytest.FixtureRequest) -> PrintStore:
    if request.param == "memory":
        return MemoryPrints()
    tables: dict[str, Table] = request.getfixturevalue("tables")
    return DynamoPrints(tables["documents"])


class TestPrints:
    PACKAGE = PrintPackage("p1", date(2026, 4, 8), ("d1", "d2"))

    def test_a_document_is_listed_once(self, prints: PrintStore) -> None:
        for name in ("d1", "d2", "d1"):
            prints.want(name)
        assert sorted(prints.wanted()) == ["d1", "d2"]

    def test_a_bound_document_is_not_listed_again(self, prints: PrintStore) -> None:
        prints.want("d1")
        prints.want("d3")
        prints.bind(self.PACKAGE)
        for _ in range(2):
            prints.take_off(self.PACKAGE)
        prints.want("d1")
        assert list(prints.wanted()) == ["d3"]
        assert list(prints.waiting()) == [self.PACKAGE]

    def test_a_written_package_waits_no_more_and_is_not_bound_again(self, prints: PrintStore) -> None:
        prints.bind(self.PACKAGE)
        for _ in range(2):
            prints.mark_written(self.PACKAGE)
        prints.bind(self.PACKAGE)
        assert list(prints.waiting()) == []


def test_one_that_is_listed_while_it_is_bound_is_wanted_no_more(tables: dict[str, Table]) -> None:
    prints = DynamoPrints(tables["documents"])
    prints.want("d1")
    package = PrintPackage("p1", date(2026, 4, 8), ("d1",))
    prints.bind(package)
    prints.take_off(package)
    # Who asked whether it is bound before it was, and lists it after.
    tables["documents"].put(keys.print_wanted("d1"))
    assert list(prints.wanted()) == []


def test_messages_leave_no_faster_than_the_account_may() -> None:
    now = [100.0]
    paused: list[float] = []

    def pause(seconds: float) -> None:
        paused.append(round(seconds, 6))
        now[0] += seconds

    sender = PacedSender(MemorySender(), per_second=10, senders=2, clock=lambda: now[0], pause=pause)
    for _ in range(3):
        sender.send(raw=b"", sender="a", recipient="b", document_id="d")
    assert paused == [0.2, 0.2]
    now[0] += 5
    sender.send(raw=b"", sender="a", recipient="b", document_id="d")
    assert paused == [0.2, 0.2]


class TestSesSender:
    RAW = b"Subject: Faktura\r\nFrom: faktury@kwit.example\r\nTo: zaneta@example.org\r\n\r\nTekst\r\n"

    def test_a_message_reaches_ses_as_it_is(self, monkeypatch: pytest.MonkeyPatch) -> None:
        pretend_credentials(monkeypatch)
        with mock_aws():
            client: Any = boto3.client("sesv2")
            boto3.client("ses").verify_email_identity(EmailAddress="faktury@kwit.example")
            message_id = SesSender(client, "kwit").send(
                raw=self.RAW,
                sender="faktury@kwit.example",
                recipient="zaneta@example.org",
                document_id="d" * 32,
            )
            (sent,) = ses_backends[DEFAULT_ACCOUNT_ID]["eu-central-1"].sent_messages
        assert message_id == sent.id
        assert set(sent.destinations) == {"zaneta@example.org"}
        assert sent.raw_data.encode() == self.RAW

    @pytest.mark.parametrize(
        "code", ["MessageRejected", "TooManyRequestsException", "AccountSuspendedException"]
    )
    def test_a_refusal_names_its_code(self, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
        pretend_credentials(monkeypatch)
        client: Any = boto3.client("sesv2")
        with Stubber(client) as stub:
            stub.add_client_error("send_email", code, "zaneta@example.org is on the list")
            with pytest.raises(MailRefusedError) as caught:
                SesSender(client, "kwit").send(raw=b"x", sender="a@b.pl", recipient="c@d.pl", document_id="d")
        assert caught.value.code == code
        assert "zaneta" not in str(caught.value)
        assert isinstance(caught.value.__cause__, ClientError)

    @pytest.mark.parametrize("status", [500, 504])
    def test_a_fault_of_ses_says_nothing_of_whether_the_message_left(
        self, status: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        pretend_credentials(monkeypatch)
        client: Any = boto3.client("sesv2")
        with Stubber(client) as stub:
            stub.add_client_error("send_email", "InternalFailure", http_status_code=status)
            with pytest.raises(ClientError):
                SesSender(client, "kwit").send(raw=b"x", sender="a@b.pl", recipient="c@d.pl", document_id="d")

    def test_the_document_travels_as_a_tag_with_the_configuration_set(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        pretend_credentials(monkeypatch)
        client: Any = boto3.client("sesv2")
        expected = {
            "FromEmailAddress": "a@b.pl",
            "Destination": {"ToAddresses": ["c@d.pl"]},
            "Content": {"Raw": {"Data": b"x"}},
            "EmailTags": [{"Name": "kwit-document", "Value": "d1"}],
            "ConfigurationSetName": "kwit",
        }
        with Stubber(client) as stub:
            stub.add_response("send_email", {"MessageId": "m1"}, expected)
            sent = SesSender(client, "kwit").send(
                raw=b"x", sender="a@b.pl", recipient="c@d.pl", document_id="d1"
            )
        assert sent == "m1"
