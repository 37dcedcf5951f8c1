"""A document's standing with KSeF: from the structured invoice that is kept to the number that KSeF gives it."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from kwit.documents.document import Document


class FilingStatus(StrEnum):
    """Where a document stands with KSeF.

    Waiting to be sent, claimed by who sends it, in a session, under a number, refused by KSeF, found invalid
    before it was sent, or outside KSeF because of a total failure.
    """

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    TAKEN = "taken"
    REFUSED = "refused"
    INVALID = "invalid"
    OUTSIDE = "outside"


class Mode(StrEnum):
    """How a document is issued (tryb wystawienia).

    Online; offline24 (art. 106nda VAT act); while KSeF is announced as unavailable (art. 106nh); in an emergency
    (tryb awaryjny, art. 106nf).
    """

    ONLINE = "online"
    OFFLINE24 = "offline24"
    UNAVAILABLE = "unavailable"
    EMERGENCY = "emergency"


@dataclass(frozen=True, slots=True)
class Filing:
    """One document's way into KSeF; every change is a new revision.

    `content_hash` is the base64 SHA-256 of the structured invoice kept under `file_key`, made once and sent as it
    is. `claimed_by` is the message that whoever sends it works on. `waits_for` names the original that a correction
    waits for. `send_by` is the last day to send an invoice issued offline. `doubles` are sessions in which KSeF found
    a repeat of what it had already. `page_key` and `page_hash` are the invoice that a document went out with offline,
    which its pages go on showing. `parts` are the bills of a collective invoice, by whose ids corrections stand.
    """

    document_id: str
    number: str
    issue_date: date
    status: FilingStatus = FilingStatus.WAITING
    revision: int = 0
    mode: Mode = Mode.ONLINE
    file_key: str = ""
    content_hash: str = ""
    waits_for: str = ""
    claimed_at: datetime | None = None
    claimed_by: str = ""
    attempts: int = 0
    session: str = ""
    send_by: date | None = None
    certificate_link: str = ""
    ksef_number: str = ""
    taken_at: datetime | None = None
    upo_key: str = ""
    code: int = 0
    problem: str = ""
    corrected_hash: str = ""
    doubles: tuple[str, ...] = ()
    page_key: str = ""
    page_hash: str = ""
    parts: tuple[str, ...] = ()

    @property
    def offline(self) -> bool:
        """Tell whether the document went out before KSeF had it."""
        return self.mode is not Mode.ONLINE

    @property
    def handed_out(self) -> bool:
        """Tell whether the document may be drawn and delivered: it has a number, offline codes, or needs neither."""
        return self.status in {FilingStatus.TAKEN, FilingStatus.OUTSIDE} or self.offline

    @property
    def finished(self) -> bool:
        """Tell whether nothing is left to be done for it."""
        if self.status is FilingStatus.OUTSIDE:
            return True
        return self.status is FilingStatus.TAKEN and bool(self.upo_key)


class FilingStore(Protocol):
    """The filings of documents, one for each, and the list of those that are not finished."""

    def filings(self, document_ids: Sequence[str]) -> Mapping[str, Filing]:
        """Return the filings that are kept, by document, read consistently."""
        ...

    def begin(self, filing: Filing) -> bool:
        """Keep a first filing and list it as open, both or none; False when the document has one."""
        ...

    def move(self, filing: Filing) -> bool:
        """Replace the filing of the revision before; tell whether that one stood there.

        A finished one leaves the list of open ones; one that now has a number joins the list of new numbers. All
        or nothing.
        """
        ...

    def open_filings(self) -> Sequence[Filing]:
        """Return all filings that are not finished, by day of issue and number."""
        ...


def invoice_hash(content: bytes) -> str:
    """Return the base64 SHA-256 by which KSeF tells invoices apart."""
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


def invoice_key(document: Document, content_hash: str) -> str:
    """Return where a structured invoice is kept: by its bytes, so that another try never covers it."""
    name = document.number.replace("/", "-")
    sign = base64.b64decode(content_hash).hex()[:16]
    return f"ksef/{document.issue_date:%Y/%m}/{name}-{sign}.xml"


def upo_key(filing: Filing) -> str:
    """Return where the confirmation of receipt (UPO) of a document is kept."""
    name = filing.number.replace("/", "-")
    return f"ksef/{filing.issue_date:%Y/%m}/{name}-upo-{filing.ksef_number}.xml"
