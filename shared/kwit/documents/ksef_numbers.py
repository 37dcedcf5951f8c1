"""The numbers that KSeF gives documents after they are issued, for whoever had the documents before."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class KsefNumber:
    """A document's number in KSeF (numer KSeF), the instant it was given, and how the document had been issued."""

    document_id: str
    number: str
    issue_date: date
    ksef_number: str
    taken_at: datetime | None
    mode: str
