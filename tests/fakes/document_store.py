"""Documents in memory, with the same conditions on blocks as the table has."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from kwit.documents.document import BlockEntry, Document, NumberBlock
from kwit.documents.ports import AlreadyBilledError, BlockTakenError, SeriesMovedError


@dataclass
class MemoryDocuments:
    """The documents' store in memory. `cursors`, `events` and `carries` are shared with the runs' store."""

    cursors: dict[str, date] = field(default_factory=dict)
    events: dict[str, frozenset[str]] = field(default_factory=dict)
    counters: dict[str, int] = field(default_factory=dict)
    blocks: dict[tuple[date, str, int], NumberBlock] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)
    carries: dict[str, str] = field(default_factory=dict)

    def block(self, run_id: str, batch: int, *, issue_date: date) -> NumberBlock | None:
        return self.blocks.get((issue_date, run_id, batch))

    def next_ordinal(self, prefix: str) -> int:
        return self.counters.get(prefix, 1)

    def take_block(self, block: NumberBlock, *, first_bills: frozenset[str]) -> None:
        key = (block.issue_date, block.run_id, block.batch)
        if key in self.blocks:
            raise BlockTakenError(block.run_id, block.batch)
        starts: dict[str, date] = {}
        ends: dict[str, date] = {}
        for entry in block.entries:
            starts.setdefault(entry.contract_no, entry.start)
            ends[entry.contract_no] = entry.end
        refused = [
            no for no, start in starts.items() if not self._in_turn(no, start, first=no in first_bills)
        ]
        if refused:
            raise AlreadyBilledError(refused)
        if block.entries and self.next_ordinal(block.prefix) != block.first:
            raise SeriesMovedError(block.prefix)
        if block.entries:
            self.counters[block.prefix] = block.first + len(block.entries)
        self.cursors.update(ends)
        for entry in block.entries:
            self.events[entry.contract_no] = self.events.get(entry.contract_no, frozenset()) | set(
                entry.events
            )
        self.carries.update({entry.contract_no: entry.carried for entry in block.entries})
        self.blocks[key] = block

    def _in_turn(self, contract_no: str, start: date, *, first: bool) -> bool:
        return contract_no not in self.cursors if first else self.cursors.get(contract_no) == start

    def put_documents(self, documents: Sequence[Document]) -> None:
        for document in documents:
            self.documents.setdefault(document.document_id, document)

    def document(self, document_id: str) -> Document | None:
        return self.documents.get(document_id)

    def documents_of(self, entries: Sequence[BlockEntry]) -> list[Document]:
        return [self.documents[e.document_id] for e in entries if e.document_id in self.documents]

    def blocks_of_day(self, issue_date: date) -> Sequence[NumberBlock]:
        blocks = [block for (day, _, _), block in self.blocks.items() if day == issue_date]
        return sorted(blocks, key=lambda block: (block.prefix, block.first, block.batch))
