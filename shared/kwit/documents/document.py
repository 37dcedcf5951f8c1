"""Issued documents (dokumenty): a draft's bytes, promoted unchanged, under a number that is theirs for ever."""

from dataclasses import dataclass
from datetime import date, timedelta

from kwit.billing.clocks import ClockMove, ForecastMove, moves_of
from kwit.billing.content import BillContent
from kwit.billing.contents import Issued, read_issued
from kwit.billing.corrects import Corrects, TaskRef
from kwit.billing.drafts import DocumentKind
from kwit.billing.note_content import NoteContent
from kwit.billing.ports import IssuedDocument


class NotABillError(TypeError):
    """A document was read as a bill and is none; carries its number."""

    def __init__(self, number: str) -> None:
        super().__init__(f"document {number} is not a bill")
        self.number = number


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

    def issued(self) -> IssuedDocument:
        """Return the document as billing corrects it."""
        return IssuedDocument(self.document_id, self.kind, self.number, self.issue_date, self.content)

    def read(self) -> Issued:
        """Read the content, whatever kind of document it is."""
        return read_issued(self.content)

    def bill(self) -> BillContent:
        """Read the content of a bill. Raises NotABillError."""
        content = self.read()
        if not isinstance(content, BillContent):
            raise NotABillError(self.number)
        return content

    def booked(self) -> tuple[tuple[int, BillContent], ...]:
        """Return what the document adds to the books: a bill once, a correction its bill after less the one before.

        Raises NotABillError for a note, whose way into the books is not that of bills.
        """
        content = self.read()
        if isinstance(content, NoteContent):
            raise NotABillError(self.number)
        if isinstance(content, BillContent):
            return ((1, content),)
        return ((-1, content.before), (1, content.after))


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
    revision: int = 0
    corrects: Corrects | None = None
    settles: tuple[TaskRef, ...] = ()
    clocks: tuple[ClockMove, ...] = ()
    forecast: ForecastMove | None = None

    @property
    def moves(self) -> tuple[ClockMove, ...]:
        """Return how the document moves the clocks of its contract; one of forecasts alone moves none."""
        if self.forecast is not None and self.forecast.alone:
            return ()
        return moves_of(start=self.start, end=self.end, carried=self.carried, clocks=self.clocks)


@dataclass(frozen=True, slots=True)
class NumberBlock:
    """A block of numbers (blok numerów): the record from which every number in it is fixed.

    `first` is the first ordinal taken from the series `prefix`; `passed_over` names contracts that another run
    had billed or corrected before this one came to take numbers.
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
