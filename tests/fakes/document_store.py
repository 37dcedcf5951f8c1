"""Documents in memory, with the same conditions on blocks as the table has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from kwit.billing.clocks import APART, ClockMove, Stand, whole_moves
from kwit.documents.document import BlockEntry, Document, NumberBlock
from kwit.documents.ports import AlreadyBilledError, BlockTakenError, SeriesMovedError
from kwit.tariffs.price_list import Clock


@dataclass
class MemoryDocuments:
    """The documents' store in memory. `cursors`, `events` and `carries` are shared with the runs' store."""

    cursors: dict[str, date] = field(default_factory=dict)
    events: dict[str, frozenset[str]] = field(default_factory=dict)
    counters: dict[str, int] = field(default_factory=dict)
    blocks: dict[tuple[date, str, int], NumberBlock] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)
    carries: dict[str, str] = field(default_factory=dict)
    apart: dict[str, dict[Clock, Stand]] = field(default_factory=dict)

    def block(self, run_id: str, batch: int, *, issue_date: date) -> NumberBlock | None:
        return self.blocks.get((issue_date, run_id, batch))

    def next_ordinal(self, prefix: str) -> int:
        return self.counters.get(prefix, 1)

    def take_block(self, block: NumberBlock, *, first_bills: frozenset[str]) -> None:
        key = (block.issue_date, block.run_id, block.batch)
        if key in self.blocks:
            raise BlockTakenError(block.run_id, block.batch)
        entries: dict[str, list[BlockEntry]] = {}
        for entry in block.entries:
            entries.setdefault(entry.contract_no, []).append(entry)
        moves = {no: whole_moves(one.moves for one in mine) for no, mine in entries.items()}
        split = {no for no, mine in entries.items() if any(one.clocks for one in mine)}
        refused = [
            no
            for no, of in moves.items()
            if not self._in_turn(no, of, first=no in first_bills, split=no in split)
        ]
        if refused:
            raise AlreadyBilledError(refused)
        if block.entries and self.next_ordinal(block.prefix) != block.first:
            raise SeriesMovedError(block.prefix)
        if block.entries:
            self.counters[block.prefix] = block.first + len(block.entries)
        for no, of in moves.items():
            self._move(no, of, split=no in split)
        for entry in block.entries:
            self.events[entry.contract_no] = self.events.get(entry.contract_no, frozenset()) | set(
                entry.events
            )
        self.blocks[key] = block

    def _in_turn(
        self, contract_no: str, moves: Mapping[Clock, ClockMove], *, first: bool, split: bool
    ) -> bool:
        apart, billed_to = self.apart.get(contract_no, {}), self.cursors.get(contract_no)
        if not split and apart:
            return False
        for clock, move in moves.items():
            if clock is Clock.VARIABLE:
                sound = billed_to is None if first else billed_to == move.start
            elif clock in apart:
                sound = apart[clock].billed_to == move.start
            else:
                sound = billed_to in {None, move.start}
            if not sound:
                return False
        return True

    def _move(self, contract_no: str, moves: Mapping[Clock, ClockMove], *, split: bool) -> None:
        variable = moves.get(Clock.VARIABLE)
        if split:
            apart = self.apart.setdefault(contract_no, {})
            for clock in APART:
                if clock in moves:
                    apart[clock] = Stand(moves[clock].end, moves[clock].carried)
                elif variable is not None:
                    apart.setdefault(clock, Stand(variable.start))
        if variable is not None:
            self.cursors[contract_no] = variable.end
            self.carries[contract_no] = variable.carried

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
