"""Number blocks, issued documents, deliveries and posting packages in DynamoDB."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from kwit.aws import keys
from kwit.aws.codec import decode, encode
from kwit.aws.cursor import cursor_move, forecast_move
from kwit.aws.table import Table, TransactionRefusedError, key_of, number, packed, text, unpacked
from kwit.billing.clocks import whole_moves
from kwit.billing.corrects import Corrects, CursorMove
from kwit.billing.drafts import DocumentKind
from kwit.billing.ports import IssuedDocument
from kwit.documents.document import BlockEntry, Document, NumberBlock, Step
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
        """Move the counter, keep the block, move chains and each contract's cursor, mark notes, all or nothing.

        Raises BlockTakenError, SeriesMovedError, AlreadyBilledError.
        """
        kept = self.table.new_item(
            keys.block(block.issue_date, block.run_id, block.batch), data=packed(encode(block))
        )
        counter = [self._move_counter(block)] if block.entries else []
        moves = [
            (entry.contract_no, self._move_chain(entry.corrects, entry.document_id))
            for entry in block.entries
            if entry.corrects
        ]
        moves += [
            (entry.document_id, self._mark_note(entry)) for entry in block.entries if entry.kind.is_note
        ]
        of_contract: dict[str, list[Step]] = {}
        for step in (step for entry in block.entries for step in entry.steps):
            of_contract.setdefault(step.contract_no, []).append(step)
        moves += [
            (contract_no, self._move_cursor(contract_no, steps, first=contract_no in first_bills))
            for contract_no, steps in of_contract.items()
        ]
        try:
            self.table.transact([kept, *counter, *(action for _, action in moves)])
        except TransactionRefusedError as error:
            raise _translate(error, block, [contract_no for contract_no, _ in moves]) from error

    def _move_counter(self, block: NumberBlock) -> dict[str, Any]:
        following = block.first + len(block.entries)
        return self.table.change(
            keys.series(block.prefix),
            expression="SET next_ordinal = :next",
            condition="attribute_not_exists(pk)" if block.first == 1 else "next_ordinal = :first",
            values={":next": number(following)}
            | ({":first": number(block.first)} if block.first > 1 else {}),
        )

    def _move_chain(self, corrects: Corrects, document_id: str) -> dict[str, Any]:
        """Make a correction the last of its chain, if the document that it corrects is the last yet."""
        first = corrects.last == corrects.original
        values = {":document": text(document_id)}
        return self.table.change(
            keys.chain(corrects.original),
            expression="SET last_document = :document",
            condition="attribute_not_exists(pk)" if first else "last_document = :last",
            values=values if first else values | {":last": text(corrects.last)},
        )

    def _mark_note(self, entry: BlockEntry) -> dict[str, Any]:
        """Say that a note is issued, if no other run issued it."""
        return self.table.new_item(keys.issued_note(entry.document_id), number=text(entry.number))

    def _move_cursor(self, contract_no: str, entries: Sequence[Step], *, first: bool) -> dict[str, Any]:
        correcting = entries[-1].corrects
        if correcting is not None:
            return self._move_corrected_cursor(contract_no, correcting.move)
        moves = whole_moves(entry.moves for entry in entries)
        together = not any(entry.clocks for entry in entries)
        move = cursor_move(moves, first=first, together=together)
        forecast_move(move, [entry.forecast for entry in entries if entry.forecast is not None])
        events = sorted({event for entry in entries for event in entry.events})
        adding = " ADD billed_events :events" if events else ""
        values: dict[str, Any] = {":document": text(entries[-1].document_id), **move.values}
        values |= {":events": {"SS": events}} if events else {}
        standing, revision = _revision(entries[0].revision)
        return self.cursors.change(
            keys.cursor(contract_no),
            expression=f"SET {', '.join((*move.settings, 'last_document = :document'))}{adding}",
            condition=" AND ".join(move.conditions if first else (*move.conditions, standing)),
            values=values if first else values | revision,
        )

    def _move_corrected_cursor(self, contract_no: str, move: CursorMove) -> dict[str, Any]:
        standing, revision = _revision(move.revision)
        freeing = " DELETE billed_events :frees" if move.frees else ""
        return self.cursors.change(
            keys.cursor(contract_no),
            expression=f"SET billed_to = :to, carried = :handed, cursor_revision = :next{freeing}",
            condition=f"billed_to = :from AND carried = :carried AND {standing}",
            values={
                ":from": text(move.billed_to.isoformat()),
                ":to": text(move.to_billed_to.isoformat()),
                ":carried": text(move.carried),
                ":handed": text(move.to_carried),
                ":next": number(move.revision + 1),
            }
            | ({":frees": {"SS": sorted(move.frees)}} if move.frees else {})
            | revision,
        )

    def put_documents(self, documents: Sequence[Document]) -> None:
        """Keep documents; one that is kept already stays as it is.

        An id is bound to its number and bytes by the block, so writing the same document again writes the same
        items: no condition is needed. The list of its contract and its number are written before it, so a
        document that can be read is found by both.
        """
        self.table.put_many(item for one in documents for item in _finding(one))
        self.table.put_many(
            key_of(keys.document(one.document_id)) | {"number": text(one.number), "data": packed(encode(one))}
            for one in documents
        )

    def issued(self, contract_no: str) -> Sequence[IssuedDocument]:
        """Return a contract's documents that are kept, by day of issue and number; of a collective invoice its bill.

        Under the number of a collective account its invoices are found whole. Notes are left out: billing has
        nothing to do with them.
        """
        listed = [
            item["sk"]["S"].partition("#")[2]
            for item in self.table.query(keys.contract_documents(contract_no))
        ]
        items = self.table.get_many([keys.document(document_id) for document_id in listed])
        found = {item["pk"]["S"]: decode(Document, unpacked(item)) for item in items}
        documents = [found[name] for name in (keys.document(one)[0] for one in listed) if name in found]
        return [
            one.issued_to(contract_no)
            for one in sorted(documents, key=lambda one: (one.issue_date, one.number))
            if not one.kind.is_note
        ]

    def chain_ends(self, originals: Sequence[str]) -> Mapping[str, str]:
        """Return, of documents that were corrected, the id of the last document in their chain."""
        items = self.table.get_many([keys.chain(original) for original in originals])
        return {item["pk"]["S"].removeprefix("DOC#"): item["last_document"]["S"] for item in items}

    def contracts_of(self, document_number: str) -> Sequence[str]:
        """Return the contracts billed by the document that bears a number, none where there is no such document."""
        item = self.table.get(keys.numbered(document_number))
        if item is None:
            return ()
        return sorted(item["contracts"]["SS"]) if "contracts" in item else [item["contract_no"]["S"]]

    def numbered(self, document_number: str) -> Document | None:
        """Return the document that bears a number, or None."""
        document_id = self.document_of(document_number)
        return self.document(document_id) if document_id else None

    def document_of(self, document_number: str) -> str | None:
        """Return the id of the document that bears a number, or None."""
        item = self.table.get(keys.numbered(document_number))
        return item["document_id"]["S"] if item else None

    def document(self, document_id: str) -> Document | None:
        """Return a document, or None."""
        item = self.table.get(keys.document(document_id))
        return decode(Document, unpacked(item)) if item else None

    def documents(self, document_ids: Sequence[str]) -> Mapping[str, Document]:
        """Return the documents that are kept, by their ids."""
        items = self.table.get_many([keys.document(one) for one in dict.fromkeys(document_ids)])
        found = (decode(Document, unpacked(item)) for item in items)
        return {one.document_id: one for one in found}

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


def _finding(one: Document) -> list[dict[str, Any]]:
    """Make the items by which a document is found: the lists of its contract or account, and its number."""
    contracts = one.contracts()
    owners = dict.fromkeys((one.contract_no, *contracts))
    listed = [key_of(keys.contract_document(no, one.issue_date, one.document_id)) for no in owners]
    numbered: dict[str, Any] = key_of(keys.numbered(one.number)) | {"contract_no": text(one.contract_no)}
    if one.kind is DocumentKind.COLLECTIVE:
        numbered["contracts"] = {"SS": sorted(contracts)}
    return [*listed, numbered | {"document_id": text(one.document_id)}]


def _revision(revision: int) -> tuple[str, dict[str, Any]]:
    """Return the condition that a cursor was corrected so many times, and the value that it names."""
    if not revision:
        return "attribute_not_exists(cursor_revision)", {}
    return "cursor_revision = :revision", {":revision": number(revision)}


def _translate(error: TransactionRefusedError, block: NumberBlock, contracts: Sequence[str]) -> Exception:
    """Say which of the conditions of a block failed; `contracts` names what moves behind block and counter."""
    reasons = list(error.reasons) or [None]
    if reasons[0] == "ConditionalCheckFailed":
        return BlockTakenError(block.run_id, block.batch)
    of_moves = reasons[2:] if block.entries else reasons[1:]
    refused = [no for no, why in zip(contracts, of_moves, strict=False) if why == "ConditionalCheckFailed"]
    if refused:
        return AlreadyBilledError(list(dict.fromkeys(refused)))
    if any(reason in _REFUSED for reason in reasons):
        return SeriesMovedError(block.prefix)
    return error
