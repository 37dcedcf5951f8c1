"""Issued documents (dokumenty): a draft's bytes, promoted unchanged, under a number that is theirs for ever."""

from dataclasses import dataclass
from datetime import date, timedelta

from kwit.billing.content import BillContent, parse_content
from kwit.billing.drafts import DocumentKind


@dataclass(frozen=True, slots=True)
class Document:
    """An issued document. Content and hash are the approved draft's; the rest is what issuing adds.

    `run_id` and `chunk` say where it was rated, and so what it was rated from.
    """

    document_id: str
    kind: DocumentKind
    number: str
    issue_date: date
    due_date: date
    run_id: str
    contract_no: str
    content: bytes
    content_hash: str
    chunk: int = 0

    def bill(self) -> BillContent:
        """Read the content."""
        return parse_content(self.content)


@dataclass(frozen=True, slots=True)
class BlockEntry:
    """One approved draft in a block, with the number that is bound to it and the events it bills."""

    document_id: str
    number: str
    chunk: int
    contract_no: str
    start: date
    end: date
    content_hash: str
    carried: str = ""
    events: tuple[str, ...] = ()
    kind: DocumentKind = DocumentKind.INVOICE


@dataclass(frozen=True, slots=True)
class NumberBlock:
    """A block of numbers (blok numerów): the record from which every number in it is fixed.

    `first` is the first ordinal taken from the series `prefix`; `passed_over` names drafts that another run
    had billed before this one came to take numbers.
    """

    run_id: str
    batch: int
    prefix: str
    first: int
    issue_date: date
    entries: tuple[BlockEntry, ...]
    passed_over: tuple[str, ...] = ()


def series_prefix(pattern: str, *, issue_date: date) -> str:
    """Return the part of the series that its counter belongs to: the pattern with the date filled in.

    >>> series_prefix("FV/{year}/{month:02}/{number:06}", issue_date=date(2026, 4, 8))
    'FV/2026/04/{number:06}'
    """
    head, _, tail = pattern.partition("{number")
    spec, _, rest = tail.partition("}")
    filled = [part.format(year=issue_date.year, month=issue_date.month) for part in (head, rest)]
    return f"{filled[0]}{{number{spec}}}{filled[1]}"


def document_number(prefix: str, *, ordinal: int) -> str:
    """Write the number of a document.

    >>> document_number("FV/2026/04/{number:06}", ordinal=123)
    'FV/2026/04/000123'
    """
    return prefix.format(number=ordinal)


def due_date(issue_date: date, *, payment_days: int) -> date:
    """Return the day a document must be paid by."""
    return issue_date + timedelta(days=payment_days)
