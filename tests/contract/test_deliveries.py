"""One delivery per document, in memory and in DynamoDB alike; and messages handed to SES."""

from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID
from moto.ses import ses_backends

from kwit.aws.mail import DynamoDeliveries, SesSender
from kwit.aws.table import Table
from kwit.delivery.ports import Delivery, DeliveryStore, MailRefusedError, MailStatus
from tests.fakes.deliveries import MemoryDeliveries
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
        assert store.begin("d1", at=AT) is None
        assert store.begin("d1", at=LATER) == Delivery("d1", MailStatus.SENDING, "", AT)
        assert store.begin("d2", at=AT) is None

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
        store.begin("d1", at=AT)
        store.release("d1")
        assert store.begin("d1", at=LATER) is None

    def test_what_was_sent_cannot_be_given_back(self, store: DeliveryStore) -> None:
        store.begin("d1", at=AT)
        store.finish(Delivery("d1", MailStatus.SENT, "ses-1", AT), expected=MailStatus.SENDING)
        store.release("d1")
        assert store.begin("d1", at=LATER) == Delivery("d1", MailStatus.SENT, "ses-1", AT)

    def test_an_instant_not_known_stays_unknown(self, store: DeliveryStore) -> None:
        store.begin("d1", at=AT)
        store.finish(Delivery("d1", MailStatus.FAILED), expected=MailStatus.SENDING)
        assert store.delivery("d1") == Delivery("d1", MailStatus.FAILED)


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
