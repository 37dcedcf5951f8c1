"""Delivery: at most one e-mail for a document, and its fate followed whatever order events come in."""

import email
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import permutations

import jinja2
import pytest

from kwit.delivery.deliver import PostRoom, deliver_document, resend
from kwit.delivery.following import NoticeDesk, follow_notice
from kwit.delivery.message import SenderSettingsError, address_mark, template_environment
from kwit.delivery.ports import Delivery, MailNotice, MailRefusedError, MailStatus
from kwit.registry.company import CompanySettings
from tests.billing import samples
from tests.billing.company import company_settings
from tests.crash import Crash
from tests.fakes.deliveries import MemoryDeliveries, MemoryPrints, MemorySender, MemorySuppressions
from tests.fakes.filings import MemoryDocumentTasks

AT = datetime(2026, 4, 8, 10, 30, tzinfo=UTC)
DOCUMENT = samples.document()
ADDRESS = "zaneta@example.org"


@dataclass
class Post:
    """A mail system, the deliveries, and the clock of a test."""

    store: MemoryDeliveries
    sender: MemorySender
    at: datetime = AT
    suppressions: MemorySuppressions = field(default_factory=MemorySuppressions)
    prints: MemoryPrints = field(default_factory=MemoryPrints)
    tasks: MemoryDocumentTasks = field(default_factory=MemoryDocumentTasks)
    print_house: bool = True

    @property
    def settings(self) -> CompanySettings:
        settings = company_settings()
        mail = settings.mail.model_copy(update={"print_house": self.print_house})
        return settings.model_copy(update={"mail": mail})

    def deliver(
        self,
        email: str = ADDRESS,
        *,
        settings: CompanySettings | None = None,
        environment: jinja2.Environment | None = None,
    ) -> Delivery:
        self.at += timedelta(minutes=1)
        room = PostRoom(
            self.store,
            self.sender,
            self.suppressions,
            self.prints,
            self.tasks,
            environment or template_environment(),
        )
        return deliver_document(
            document=samples.document(email=email),
            settings=settings or self.settings,
            pdf=b"%PDF",
            room=room,
            at=self.at,
        )

    def follow(self, event: str, message_id: str = "ses-1", *, permanent: bool = False) -> MailStatus | None:
        self.at += timedelta(minutes=1)
        found = follow_notice(
            document=samples.document(email=ADDRESS),
            settings=self.settings,
            notice=MailNotice(event, message_id, self.at, permanent),
            desk=NoticeDesk(self.store, self.suppressions, self.prints, self.tasks),
        )
        return found.status if found else None

    def again(self, to: str = "") -> bool:
        self.at += timedelta(minutes=1)
        return resend(DOCUMENT.document_id, store=self.store, at=self.at, to=to)

    @property
    def kinds(self) -> list[str]:
        return [one.kind for one in self.tasks.open_document_tasks()]

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

    def test_who_sent_it_knows_better_than_who_met_the_claim(self, post: Post) -> None:
        """Two messages about one document at once: the one that meets the claim doubts, the one that sends knows."""

        class Meeting(MemorySender):
            def send(self, *, raw: bytes, sender: str, recipient: str, document_id: str) -> str:
                assert post.deliver().status is MailStatus.UNCERTAIN
                return super().send(raw=raw, sender=sender, recipient=recipient, document_id=document_id)

        post.sender = Meeting()
        assert post.deliver().status is MailStatus.SENT
        assert post.status is MailStatus.SENT
        assert post.kinds == []


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


class TestUndeliverable:
    @pytest.mark.parametrize(
        ("email", "kinds"), [("", []), ("zaneta(at)example.org", ["mail_wrong_address"])]
    )
    def test_what_cannot_be_mailed_is_printed_and_a_mistake_is_told(
        self, post: Post, email: str, kinds: list[str]
    ) -> None:
        for _ in range(2):
            post.deliver(email)
        assert post.prints.listed == [DOCUMENT.document_id]
        assert post.kinds == kinds

    def test_without_a_print_house_nothing_is_listed(self, post: Post) -> None:
        post.print_house = False
        post.deliver("")
        assert post.prints.listed == []

    def test_an_address_that_bounced_for_good_is_not_written_to_again(self, post: Post) -> None:
        post.deliver()
        post.follow("Bounce", permanent=True)
        assert post.suppressions.marks == {address_mark("Zaneta@Example.org"): "bounced"}
        assert post.prints.listed == [DOCUMENT.document_id]
        assert post.again()
        assert post.deliver().status is MailStatus.SUPPRESSED
        assert len(post.sender.sent) == 1
        assert post.kinds == ["mail_bounced", "mail_suppressed"]

    def test_a_full_mailbox_is_told_and_not_suppressed(self, post: Post) -> None:
        post.deliver()
        post.follow("Bounce")
        assert post.suppressions.marks == {}
        assert post.prints.listed == []
        assert post.kinds == ["mail_bounced"]

    def test_a_complaint_suppresses_the_address(self, post: Post) -> None:
        post.deliver()
        post.follow("Complaint")
        assert list(post.suppressions.marks.values()) == ["complained"]
        assert post.kinds == ["mail_complained"]

    def test_a_delay_is_a_task_until_the_mail_arrives(self, post: Post) -> None:
        post.deliver()
        post.follow("DeliveryDelay")
        assert post.kinds == ["mail_delayed"]
        post.follow("Delivery")
        assert post.kinds == []

    def test_a_doubt_is_a_task_until_the_mail_arrives(self, post: Post) -> None:
        post.sender.crash = Crash()
        with pytest.raises(Crash):
            post.deliver()
        post.deliver()
        assert post.kinds == ["mail_uncertain"]
        post.follow("Delivery")
        assert post.kinds == []


class TestResend:
    def test_a_person_may_ask_for_another_mail(self, post: Post) -> None:
        first = post.deliver()
        assert post.again()
        assert post.again()
        second = post.deliver()
        assert (second.message_id, second.attempt, second.earlier) == ("ses-2", 1, (first.message_id,))
        assert post.deliver() == second
        names = [email.message_from_bytes(one[0])["Message-ID"] for one in post.sender.sent]
        assert names[0].removesuffix("@kwit.example>") + ".1@kwit.example>" == names[1]

    def test_another_address_may_be_given(self, post: Post) -> None:
        post.deliver()
        post.again(to="nowa@example.org")
        post.deliver()
        assert [one[2] for one in post.sender.sent] == [ADDRESS, "nowa@example.org"]
        post.follow("Bounce", "ses-2", permanent=True)
        assert list(post.suppressions.marks) == [address_mark("nowa@example.org")]

    def test_what_is_being_sent_or_never_was_cannot_be_asked_for(self, post: Post) -> None:
        assert not post.again()
        post.store.begin(DOCUMENT.document_id, at=AT)
        assert not post.again()

    def test_a_late_word_on_the_first_mail_is_kept_and_moves_nothing(self, post: Post) -> None:
        post.deliver()
        post.again()
        post.deliver()
        assert post.follow("Bounce", "ses-1", permanent=True) is MailStatus.SENT
        assert [one.kind for one in post.store.notices(DOCUMENT.document_id)] == ["Bounce"]
        assert post.follow("Delivery", "ses-2") is MailStatus.DELIVERED

    def test_an_order_that_comes_again_asks_no_second_time(self, post: Post) -> None:
        post.deliver()
        assert post.again()
        asked_at = post.at
        post.deliver()
        assert resend(DOCUMENT.document_id, store=post.store, at=asked_at)
        post.deliver()
        assert len(post.sender.sent) == 2

    def test_an_order_that_died_before_it_was_handed_on_comes_again(self, post: Post) -> None:
        """The delivery was marked and nobody was told: the same order, and any later one, is handed on."""
        post.deliver()
        assert post.again()
        assert resend(DOCUMENT.document_id, store=post.store, at=post.at)
        assert post.again(to="nowa@example.org")
        assert post.deliver().attempt == 1
        assert [one[2] for one in post.sender.sent] == [ADDRESS, "nowa@example.org"]

    def test_a_word_on_a_mail_of_which_nobody_knew_moves_no_later_one(self, post: Post) -> None:
        """The first mail left though it was uncertain; its bounce says nothing of the address of the second."""
        post.sender.crash = Crash()
        with pytest.raises(Crash):
            post.deliver()
        post.sender.crash = None
        assert post.deliver().status is MailStatus.UNCERTAIN
        post.again(to="nowa@example.org")
        assert post.deliver().message_id == "ses-2"
        assert post.follow("Bounce", "ses-1", permanent=True) is MailStatus.SENT
        assert post.suppressions.marks == {}
        assert post.follow("Delivery", "ses-2") is MailStatus.DELIVERED

    def test_a_refused_second_mail_can_be_sent_later(self, post: Post) -> None:
        post.deliver()
        post.again()
        post.sender.refusal = "TooManyRequestsException"
        with pytest.raises(MailRefusedError):
            post.deliver()
        post.sender.refusal = ""
        assert post.deliver().attempt == 1
        assert len(post.sender.sent) == 2


def test_every_word_of_the_mail_system_is_kept_as_proof(post: Post) -> None:
    post.deliver()
    for event in ("DeliveryDelay", "Delivery", "Delivery"):
        post.follow(event)
    kinds = [one.kind for one in post.store.notices(DOCUMENT.document_id)]
    assert kinds == ["DeliveryDelay", "Delivery", "Delivery"]
