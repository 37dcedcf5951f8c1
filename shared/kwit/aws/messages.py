"""The bodies of messages between functions."""

import re
from datetime import datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from kwit.aws.mail import DOCUMENT_TAG
from kwit.aws.runtime import NamedMessage, QueueMessage
from kwit.delivery.ports import MailNotice


class RateChunk(QueueMessage):
    """Ask for a chunk of a run to be rated."""

    run_id: str
    chunk: int


class CloseRun(QueueMessage):
    """Ask for a run to be closed."""

    run_id: str


class CompareChunk(QueueMessage):
    """Ask for a chunk of a run to be compared."""

    run_id: str
    against: str
    chunk: int


class ImportPart(QueueMessage):
    """Ask for a part of a long file of readings to be imported."""

    cut_id: str
    part: int


class PackShelves(QueueMessage):
    """Ask for shelves of readings of a month (YYYY-MM) to be packed."""

    month: str
    first: int
    count: int


class IssueBatch(QueueMessage):
    """Ask for a batch of a run to be issued."""

    run_id: str
    batch: int


class DocumentsNamed(QueueMessage):
    """Name documents to be rendered or delivered."""

    document_ids: tuple[str, ...] = Field(min_length=1)


class FilingWork(NamedMessage):
    """Ask for documents to be sent to KSeF, or, where a session is named, what became of them in it."""

    document_ids: tuple[str, ...] = Field(min_length=1)
    session: str = ""
    asked: int = Field(default=0, ge=0)


class _Mail(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    message_id: str = Field(default="", alias="messageId")
    tags: dict[str, tuple[str, ...]] = Field(default_factory=dict)


class _Bounce(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    bounce_type: str = Field(default="", alias="bounceType")


class _Delivered(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    answer: str = Field(default="", alias="smtpResponse")


class _MailDetail(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    event_type: str = Field(default="", alias="eventType")
    mail: _Mail = _Mail()
    bounce: _Bounce = _Bounce()
    delivery: _Delivered = _Delivered()


_ADDRESS = re.compile(r"\S+@\S+")
_LONGEST_ANSWER = 200


class MailEvent(QueueMessage):
    """An event of SES by way of EventBridge; addresses in it are not read."""

    time: AwareDatetime | None = None
    detail: _MailDetail = _MailDetail()

    def notice(self, at: datetime) -> MailNotice:
        """Return what the event says, at its own time or the one given."""
        return MailNotice(
            kind=self.detail.event_type,
            message_id=self.detail.mail.message_id,
            at=self.time or at,
            permanent=self.detail.bounce.bounce_type == "Permanent",
            answer=_ADDRESS.sub("…", self.detail.delivery.answer)[:_LONGEST_ANSWER],
        )

    @property
    def document_ids(self) -> tuple[str, ...]:
        """Return the documents that the message's tag names."""
        return self.detail.mail.tags.get(DOCUMENT_TAG, ())
