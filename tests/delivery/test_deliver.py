"""Delivery: at most one e-mail for a document, and its fate followed whatever order events come in."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import permutations

import jinja2
import pytest

from kwit.delivery.deliver import deliver_document, follow_event
from kwit.delivery.message import SenderSettingsError, template_environment
from kwit.delivery.ports import Delivery, MailRefusedError, MailStatus
from kwit.registry.company import CompanySettings
from tests.billing import samples
from tests.billing.company import company_settings
from tests.crash import Crash
from tests.fakes.deliveries import MemoryDeliveries, MemorySender

AT = datetime(2026, 4, 8, 10, 30, tzinfo=UTC)
DOCUMENT = samples.document()


@dataclass
class Post:
    """A mail system, the deliveries, and the clock of a test."""

    store: MemoryDeliveries
    sender: MemorySender
    at: datetime = AT

    def deliver(
        self,
        email: str = "zaneta@example.org",
        *,
        settings: CompanySettings | None = None,
        environment: jinja2.Environment | None = None,
    ) -> Delivery:
        self.at += timedelta(minutes=1)
        return deliver_document(
            document=samples.document(email=email),
            settings=settings or company_settings(),
            pdf=b"%PDF",
            store=self.store,
            sender=self.sender,
            at=self.at,
            environment=environment or template_environment(),
        )

    def follow(self, event: str, message_id: str = "ses-1") -> MailStatus | None:
        self.at += timedelta(minutes=1)
        found = follow_event(
            document_id=DOCUMENT.document_id, event=event, message_id=message_id, store=self.store, at=self.at
        )
        return found.status if found else None

    @property
    def status(self) -> MailStatus | None:
        standing = self.store.delivery(DOCUMENT.document_id)
        return standing.status if standing else None


@pytest.fixture
def post() -> Post:
    return Post(MemoryDeliveries(), MemorySender())


class TestDeliver:
    def test_a_document_is_sent_once(self, post: Post) -> None:
        first = post.deliver()
        assert (first.status, first.message_id) == (MailStatus.SENT, "ses-1")
        assert post.deliver() == first
        ((_, sender, recipient, document_id),) = post.sender.sent
        assert (sender, recipient) == ("faktury@kwit.example", "zaneta@example.org")
        assert document_id == DOCUMENT.document_id

    @pytest.mark.parametrize(
        ("email", "status"),
        [
            ("", MailStatus.NO_ADDRESS),
            ("  ", MailStatus.NO_ADDRESS),
            ("zaneta(at)example.org", MailStatus.WRONG_ADDRESS),
            ("a@b.pl, c@d.pl", MailStatus.WRONG_ADDRESS),
        ],
    )
    def test_a_wrong_address_ends_the_delivery(self, post: Post, email: str, status: MailStatus) -> None:
        assert post.deliver(email).status is status
        assert post.deliver(email).status is status
        assert post.sender.sent == []

    def test_a_refused_message_is_given_back_and_sent_later(self, post: Post) -> None:
        post.sender.refusal = "TooManyRequestsException"
        with pytest.raises(MailRefusedError, match="TooManyRequestsException"):
            post.deliver()
        assert post.status is None
        post.sender.refusal = ""
        assert post.deliver().status is MailStatus.SENT
        assert len(post.sender.sent) == 1

    def test_a_crash_between_claim_and_end_is_uncertain_and_nothing_is_sent_twice(self, post: Post) -> None:
        post.sender.crash = Crash()
        with pytest.raises(Crash):
            post.deliver()
        assert post.status is MailStatus.SENDING
        post.sender.crash = None
        assert post.deliver().status is MailStatus.UNCERTAIN
        assert post.deliver().status is MailStatus.UNCERTAIN
        assert len(post.sender.sent) == 1

    def test_an_answer_that_never_came_is_uncertain_too(self, post: Post) -> None:
        post.sender.crash = TimeoutError("read timed out")
        with pytest.raises(TimeoutError):
            post.deliver()
        post.sender.crash = None
        assert post.deliver().status is MailStatus.UNCERTAIN
        assert len(post.sender.sent) == 1

    def test_a_wrong_sender_in_the_settings_is_nobody_elses_fault(self, post: Post) -> None:
        settings = company_settings()
        wrong = settings.model_copy(
            update={"mail": settings.mail.model_copy(update={"sender_address": "faktury"})}
        )
        for _ in range(2):
            with pytest.raises(SenderSettingsError):
                post.deliver(settings=wrong)
        assert post.status is None
        assert post.deliver().status is MailStatus.SENT

    def test_a_message_that_cannot_be_composed_gives_the_claim_back(self, post: Post) -> None:
        with pytest.raises(jinja2.TemplateNotFound):
            post.deliver(environment=jinja2.Environment(loader=jinja2.DictLoader({}), autoescape=True))
        assert post.status is None
        assert post.deliver().status is MailStatus.SENT


class TestEvents:
    @pytest.mark.parametrize(
        ("events", "status"),
        [
            (["Send"], MailStatus.SENT),
            (["Delivery"], MailStatus.DELIVERED),
            (["DeliveryDelay", "Delivery"], MailStatus.DELIVERED),
            (["Delivery", "DeliveryDelay"], MailStatus.DELIVERED),
            (["Delivery", "Complaint"], MailStatus.COMPLAINED),
            (["Delivery", "Bounce"], MailStatus.BOUNCED),
            (["Reject"], MailStatus.REJECTED),
            (["Open", "Click"], MailStatus.SENT),
        ],
    )
    def test_events_move_the_delivery(self, post: Post, events: list[str], status: MailStatus) -> None:
        post.deliver()
        for event in events:
            post.follow(event)
        assert post.status is status

    @pytest.mark.parametrize("order", list(permutations(["Send", "DeliveryDelay", "Delivery", "Bounce"])))
    def test_a_bounce_stays_in_any_order(self, post: Post, order: tuple[str, ...]) -> None:
        post.deliver()
        for event in (*order, *order):
            post.follow(event)
        assert post.status is MailStatus.BOUNCED

    def test_the_same_event_twice_changes_nothing_but_the_time(self, post: Post) -> None:
        post.deliver()
        assert post.follow("Delivery") == post.follow("Delivery") == MailStatus.DELIVERED

    def test_an_event_before_the_end_was_written_is_kept(self, post: Post) -> None:
        post.store.begin(DOCUMENT.document_id, at=AT)
        assert post.follow("Delivery") is MailStatus.DELIVERED
        sent = Delivery(DOCUMENT.document_id, MailStatus.SENT, "ses-1", AT)
        assert not post.store.finish(sent, expected=MailStatus.SENDING)
        assert post.status is MailStatus.DELIVERED

    def test_an_event_clears_a_doubt(self, post: Post) -> None:
        post.sender.crash = Crash()
        with pytest.raises(Crash):
            post.deliver()
        post.deliver()
        assert post.follow("Delivery") is MailStatus.DELIVERED

    def test_an_event_of_a_document_never_sent_is_none(self, post: Post) -> None:
        assert post.follow("Bounce") is None

    def test_an_event_without_an_id_keeps_the_one_known(self, post: Post) -> None:
        post.deliver()
        post.follow("Delivery", "")
        standing = post.store.delivery(DOCUMENT.document_id)
        assert standing is not None
        assert standing.message_id == "ses-1"

    def test_a_bounce_that_meets_another_event_is_not_lost(self) -> None:
        @dataclass
        class Raced(MemoryDeliveries):
            raced: bool = False

            def finish(self, delivery: Delivery, *, expected: MailStatus) -> bool:
                if delivery.status is MailStatus.BOUNCED and not self.raced:
                    self.raced = True
                    other = Delivery(delivery.document_id, MailStatus.DELIVERED, "ses-1", AT)
                    assert super().finish(other, expected=expected)
                return super().finish(delivery, expected=expected)

        post = Post(Raced(), MemorySender())
        post.deliver()
        assert post.follow("Bounce") is MailStatus.BOUNCED
        assert post.status is MailStatus.BOUNCED
