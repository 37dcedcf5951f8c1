"""What documents ask of stores and queues."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from kwit.documents.document import Document, NumberBlock


class AlreadyBilledError(RuntimeError):
    """Periods of a block are billed already, not yet next in turn, or corrected meanwhile; or its notes are issued.

    Carries the contract numbers, and of notes the documents' ids.
    """

    def __init__(self, contracts: Sequence[str]) -> None:
        super().__init__(f"not next in turn to be billed: {', '.join(contracts)}")
        self.contracts = tuple(contracts)


class SeriesMovedError(RuntimeError):
    """Another writer took numbers of the series in between; carries the series."""

    def __init__(self, prefix: str) -> None:
        super().__init__(f"series {prefix} moved while a block was being taken")
        self.prefix = prefix


class BlockTakenError(RuntimeError):
    """The batch has its block already; carries the run and the batch."""

    def __init__(self, run_id: str, batch: int) -> None:
        super().__init__(f"batch {batch} of {run_id} has its numbers already")
        self.run_id = run_id
        self.batch = batch


class DocumentStore(Protocol):
    """Series counters, number blocks and issued documents."""

    def block(self, run_id: str, batch: int, *, issue_date: date) -> NumberBlock | None:
        """Return the block of a batch, read consistently, or None while it has none."""
        ...

    def next_ordinal(self, prefix: str) -> int:
        """Return the next free ordinal of a series, read consistently; a new series begins at 1."""
        ...

    def take_block(self, block: NumberBlock, *, first_bills: frozenset[str]) -> None:
        """Move the counter, keep the block, move each contract's billed-to day and add its billed events.

        A correction becomes the last of its chain and moves the cursor as it says. A note moves nothing and is
        marked as issued, for it may be issued once whichever run has it. All or nothing. `first_bills`
        names the contracts never billed before. Raises BlockTakenError, SeriesMovedError, AlreadyBilledError.
        """
        ...

    def put_documents(self, documents: Sequence[Document]) -> None:
        """Keep documents, so that their contract and their number find them; one kept already stays as it is."""
        ...

    def document(self, document_id: str) -> Document | None:
        """Return a document, or None."""
        ...

    def blocks_of_day(self, issue_date: date) -> Sequence[NumberBlock]:
        """Return the blocks of documents issued on a day, in order of their numbers."""
        ...


class RenderQueue(Protocol):
    """Asks for documents to be rendered; a request may arrive twice."""

    def render(self, document_ids: Sequence[str]) -> None:
        """Ask for the PDFs of documents."""
        ...


class StructuredOutlet(Protocol):
    """The way of issued documents into KSeF."""

    def take(self, documents: Sequence[Document]) -> Sequence[Document]:
        """Ask for those that are issued in KSeF to be filed there; return the others, which are drawn at once."""
        ...
