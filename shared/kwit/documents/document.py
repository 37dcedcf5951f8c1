"""Issued documents (dokumenty): a draft's bytes, promoted unchanged, under a number that is theirs for ever."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from kwit.billing.clocks import ClockMove, ForecastMove, moves_of
from kwit.billing.collective_content import CollectiveContent
from kwit.billing.content import BillContent
from kwit.billing.contents import Issued, read_issued
from kwit.billing.corrects import Corrects, TaskRef
from kwit.billing.drafts import DocumentKind, DraftRef
from kwit.billing.note_content import NoteContent
from kwit.billing.ports import IssuedDocument
from kwit.kernel.identifiers import content_hash


class NotABillError(TypeError):
    """A document was read as a bill and is none; carries its number."""

    def __init__(self, number: str) -> None:
        super().__init__(f"document {number} is not a bill")
        self.number = number


@dataclass(frozen=True, slots=True)
class Document:
    """An issued document. Content and hash are the approved draft's; the rest is what issuing adds.

    `run_id` and `chunk` say where it was rated, and so what it was rated from. A collective invoice has the number of
    its account for `contract_no`.
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

    def parts(self) -> "tuple[Document, ...]":
        """Return the bills of a collective invoice as documents that bear its number and dates; of others none."""
        content = self.read()
        if not isinstance(content, CollectiveContent):
            return ()
        found = []
        for part in content.parts:
            canonical = part.bill.canonical()
            found.append(
                replace(
                    self,
                    document_id=part.document_id,
                    kind=part.kind,
                    contract_no=part.bill.contract_no,
                    content=canonical,
                    content_hash=content_hash(canonical),
                )
            )
        return tuple(found)

    def contracts(self) -> tuple[str, ...]:
        """Return the numbers of the contracts that the document bills or corrects."""
        if self.kind is not DocumentKind.COLLECTIVE:
            return (self.contract_no,)
        return tuple(part.contract_no for part in self.parts())

    def issued_to(self, contract_no: str) -> IssuedDocument:
        """Return the document as billing corrects it for one contract: of a collective invoice that contract's bill."""
        if self.kind is DocumentKind.COLLECTIVE:
            for part in self.parts():
                if part.contract_no == contract_no:
                    return replace(part.issued(), account=self.contract_no)
        return self.issued()

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

        A collective invoice adds each of its bills. A note is no sale and adds nothing; what it charges, its content
        tells.
        """
        content = self.read()
        if isinstance(content, NoteContent):
            return ()
        if isinstance(content, BillContent):
            return ((1, content),)
        if isinstance(content, CollectiveContent):
            return tuple((1, bill) for bill in content.bills)
        return ((-1, content.before), (1, content.after))


@dataclass(frozen=True, slots=True)
class BlockEntry:
    """One approved draft in a block, with the number that is bound to it and the events it bills.

    A collective invoice moves the cursors of its `parts`.
    """

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
    parts: tuple[DraftRef, ...] = ()

    @property
    def steps(self) -> "tuple[Step, ...]":
        """Return what moves the cursors of contracts: the parts of a collective invoice, else the document itself.

        A note moves none.
        """
        return () if self.kind.is_note else self.parts or (self,)

    @property
    def moves(self) -> tuple[ClockMove, ...]:
        """Return how the document moves the clocks of its contract; one of forecasts alone moves none."""
        if self.forecast is not None and self.forecast.alone:
            return ()
        return moves_of(start=self.start, end=self.end, carried=self.carried, clocks=self.clocks)


Step = BlockEntry | DraftRef
"""What moves the cursor of one contract: a document of one contract, or a part of a collective invoice."""


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
