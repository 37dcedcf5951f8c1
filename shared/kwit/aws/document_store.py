"""Number blocks, issued documents, deliveries and posting packages in DynamoDB."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from kwit.aws import keys
from kwit.aws.codec import decode, encode
from kwit.aws.cursor import cursor_move
from kwit.aws.table import Table, TransactionRefusedError, number, packed, text, unpacked
from kwit.billing.clocks import whole_moves
from kwit.documents.document import BlockEntry, Document, NumberBlock
from kwit.documents.ports import AlreadyBilledError, BlockTakenError, SeriesMovedError

_REFUSED = {"ConditionalCheckFailed", "TransactionConflict"}


class DocumentUnknownError(LookupError):
    """A message names a document that is not kept; carries its id."""

    def __init__(self, document_id: str) -> None:
        super().__init__(f"no document {document_id}")
        self.document_id = document_id


@dataclass(frozen=True, slots=True)
class DynamoDocuments:
    """The documents' store. `cursors` is the billing table, where each contract's billed-to day stands."""

    table: Table
    cursors: Table

    def block(self, run_id: str, batch: int, *, issue_date: date) -> NumberBlock | None:
        """Return the block of a batch, read consistently, or None while it has none."""
        item = self.table.get(keys.block(issue_date, run_id, batch))
        return decode(NumberBlock, unpacked(item)) if item else None

    def next_ordinal(self, prefix: str) -> int:
        """Return the next free ordinal of a series, read consistently; a new series begins at 1."""
        item = self.table.get(keys.series(prefix))
        return int(item["next_ordinal"]["N"]) if item else 1

    def take_block(self, block: NumberBlock, *, first_bills: frozenset[str]) -> None:
        """Move the counter, keep the block and move each contract's billed-to day, all or nothing.

        Raises BlockTakenError, SeriesMovedError, AlreadyBilledError.
        """
        kept = self.table.new_item(
            keys.block(block.issue_date, block.run_id, block.batch), data=packed(encode(block))
        )
        contracts = list(dict.fromkeys(entry.contract_no for entry in block.entries))
        moves = [self._move_cursor(no, block, first=no in first_bills) for no in contracts]
        counter = [self._move_counter(block)] if block.entries else []
        try:
            self.table.transact([kept, *counter, *moves])
        except TransactionRefusedError as error:
            raise _translate(error, block, contracts) from error

    def _move_counter(self, block: NumberBlock) -> dict[str, Any]:
        following = block.first + len(block.entries)
        return self.table.change(
            keys.series(block.prefix),
            expression="SET next_ordinal = :next",
            condition="attribute_not_exists(pk)" if block.first == 1 else "next_ordinal = :first",
            values={":next": number(following)}
            | ({":first": number(block.first)} if block.first > 1 else {}),
        )

    def _move_cursor(self, contract_no: str, block: NumberBlock, *, first: bool) -> dict[str, Any]:
        entries = [entry for entry in block.entries if entry.contract_no == contract_no]
        moves = whole_moves(entry.moves for entry in entries)
        together = not any(entry.clocks for entry in entries)
        move = cursor_move(moves, first=first, together=together)
        events = sorted({event for entry in entries for event in entry.events})
        adding = " ADD billed_events :events" if events else ""
        values: dict[str, Any] = {":document": text(entries[-1].document_id), **move.values}
        values |= {":events": {"SS": events}} if events else {}
        return self.cursors.change(
            keys.cursor(contract_no),
            expression=f"SET {', '.join((*move.settings, 'last_document = :document'))}{adding}",
            condition=" AND ".join(move.conditions),
            values=values,
        )

    def put_documents(self, documents: Sequence[Document]) -> None:
        """Keep documents; one that is kept already stays as it is.

        An id is bound to its number and bytes by the block, so writing the same document again writes the same
        item: no condition is needed.
        """
        self.table.put_many(
            {
                "pk": text(keys.document(one.document_id)[0]),
                "sk": text(keys.document(one.document_id)[1]),
                "number": text(one.number),
                "data": packed(encode(one)),
            }
            for one in documents
        )

    def document(self, document_id: str) -> Document | None:
        """Return a document, or None."""
        item = self.table.get(keys.document(document_id))
        return decode(Document, unpacked(item)) if item else None

    def documents_of(self, entries: Sequence[BlockEntry]) -> list[Document]:
        """Return the documents of block entries that are kept already, in the order of the entries."""
        items = self.table.get_many([keys.document(entry.document_id) for entry in entries])
        found = {item["pk"]["S"]: decode(Document, unpacked(item)) for item in items}
        wanted = [keys.document(entry.document_id)[0] for entry in entries]
        return [found[name] for name in wanted if name in found]

    def blocks_of_day(self, issue_date: date) -> Sequence[NumberBlock]:
        """Return the blocks of documents issued on a day, in order of their numbers."""
        items = self.table.query(keys.day(issue_date), prefix="BLOCK#")
        blocks = [decode(NumberBlock, unpacked(item)) for item in items]
        return sorted(blocks, key=lambda block: (block.prefix, block.first, block.batch))


def _translate(error: TransactionRefusedError, block: NumberBlock, contracts: Sequence[str]) -> Exception:
    """Say which of the three conditions of a block failed."""
    reasons = list(error.reasons) or [None]
    if reasons[0] == "ConditionalCheckFailed":
        return BlockTakenError(block.run_id, block.batch)
    of_cursors = reasons[2:] if block.entries else reasons[1:]
    refused = [no for no, why in zip(contracts, of_cursors, strict=False) if why == "ConditionalCheckFailed"]
    if refused:
        return AlreadyBilledError(refused)
    if any(reason in _REFUSED for reason in reasons):
        return SeriesMovedError(block.prefix)
    return error
