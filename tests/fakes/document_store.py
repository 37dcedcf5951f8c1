"""Documents in memory, with the same conditions on blocks as the table has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from kwit.billing.clocks import APART, Stand, whole_moves
from kwit.billing.ports import IssuedDocument
from kwit.documents.document import BlockEntry, Document, NumberBlock, Step
from kwit.documents.ports import AlreadyBilledError, BlockTakenError, SeriesMovedError
from kwit.tariffs.price_list import Clock


@dataclass
class MemoryDocuments:
    """The documents' store in memory. What stands on cursors is shared with the runs' store."""

    cursors: dict[str, date] = field(default_factory=dict)
    events: dict[str, frozenset[str]] = field(default_factory=dict)
    counters: dict[str, int] = field(default_factory=dict)
    blocks: dict[tuple[date, str, int], NumberBlock] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)
    carries: dict[str, str] = field(default_factory=dict)
    lasts: dict[str, str] = field(default_factory=dict)
    revisions: dict[str, int] = field(default_factory=dict)
    chains: dict[str, str] = field(default_factory=dict)
    apart: dict[str, dict[Clock, Stand]] = field(default_factory=dict)
    forecasts: dict[str, tuple[int, str]] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)

    def block(self, run_id: str, batch: int, *, issue_date: date) -> NumberBlock | None:
        return self.blocks.get((issue_date, run_id, batch))

    def next_ordinal(self, prefix: str) -> int:
        return self.counters.get(prefix, 1)

    def take_block(self, block: NumberBlock, *, first_bills: frozenset[str]) -> None:
        key = (block.issue_date, block.run_id, block.batch)
        if key in self.blocks:
            raise BlockTakenError(block.run_id, block.batch)
        of_contract: dict[str, list[Step]] = {}
        for step in (step for entry in block.entries for step in entry.steps):
            of_contract.setdefault(step.contract_no, []).append(step)
        refused = [
            no
            for no, entries in of_contract.items()
            if not self._may_move(no, entries, first=no in first_bills)
        ]
        notes = {one.document_id: one.number for one in block.entries if one.kind.is_note}
        refused += [one for one in notes if one in self.notes]
        if refused:
            raise AlreadyBilledError(refused)
        if block.entries and self.next_ordinal(block.prefix) != block.first:
            raise SeriesMovedError(block.prefix)
        if block.entries:
            self.counters[block.prefix] = block.first + len(block.entries)
        for no, entries in of_contract.items():
            self._move(no, entries)
        self.notes |= notes
        self.blocks[key] = block

    def _may_move(self, contract_no: str, entries: Sequence[Step], *, first: bool) -> bool:
        correcting = entries[-1].corrects
        if correcting is None:
            revised = self.revisions.get(contract_no, 0) == entries[0].revision
            in_turn = self._in_turn(contract_no, entries, first=first)
            return in_turn and self._forecasts_in_turn(contract_no, entries) and (first or revised)
        move = correcting.move
        stands = (
            self.cursors.get(contract_no),
            self.carries.get(contract_no),
            self.revisions.get(contract_no, 0),
        )
        chained = all(
            self.chains.get(one.corrects.original, one.corrects.original) == one.corrects.last
            for one in entries
            if one.corrects
        )
        return chained and stands == (move.billed_to, move.carried, move.revision)

    def _move(self, contract_no: str, entries: Sequence[Step]) -> None:
        correcting = entries[-1].corrects
        billed = self.events.get(contract_no, frozenset())
        if correcting is None:
            self._move_clocks(contract_no, entries)
            for one in entries:
                if one.forecast is not None:
                    self.forecasts[contract_no] = (one.forecast.turn + 1, one.forecast.text)
            self.lasts[contract_no] = entries[-1].document_id
            self.events[contract_no] = billed.union(*(entry.events for entry in entries))
            return
        self.chains |= {one.corrects.original: one.document_id for one in entries if one.corrects}
        move = correcting.move
        self.cursors[contract_no], self.carries[contract_no] = move.to_billed_to, move.to_carried
        self.revisions[contract_no] = move.revision + 1
        self.events[contract_no] = billed - set(move.frees)

    def _forecasts_in_turn(self, contract_no: str, entries: Sequence[Step]) -> bool:
        moves = [one.forecast for one in entries if one.forecast is not None]
        return not moves or self.forecasts.get(contract_no, (0, ""))[0] == moves[0].turn

    def _in_turn(self, contract_no: str, entries: Sequence[Step], *, first: bool) -> bool:
        apart, billed_to = self.apart.get(contract_no, {}), self.cursors.get(contract_no)
        if apart and any(one.moves for one in entries) and not any(one.clocks for one in entries):
            return False
        for clock, move in whole_moves(one.moves for one in entries).items():
            if clock is Clock.VARIABLE:
                sound = billed_to is None if first else billed_to == move.start
            elif clock in apart:
                sound = apart[clock].billed_to == move.start
            else:
                sound = billed_to in {None, move.start}
            if not sound:
                return False
        return True

    def _move_clocks(self, contract_no: str, entries: Sequence[Step]) -> None:
        moves = whole_moves(one.moves for one in entries)
        variable = moves.get(Clock.VARIABLE)
        if any(one.clocks for one in entries):
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

    def issued(self, contract_no: str) -> Sequence[IssuedDocument]:
        found = [one for one in self.documents.values() if contract_no in {one.contract_no, *one.contracts()}]
        return [
            one.issued_to(contract_no)
            for one in sorted(found, key=lambda one: (one.issue_date, one.number))
            if not one.kind.is_note
        ]

    def chain_ends(self, originals: Sequence[str]) -> Mapping[str, str]:
        return {one: self.chains[one] for one in originals if one in self.chains}

    def contracts_of(self, document_number: str) -> Sequence[str]:
        found = next((one for one in self.documents.values() if one.number == document_number), None)
        return () if found is None else sorted(found.contracts())

    def documents_of(self, entries: Sequence[BlockEntry]) -> list[Document]:
        return [self.documents[e.document_id] for e in entries if e.document_id in self.documents]

    def blocks_of_day(self, issue_date: date) -> Sequence[NumberBlock]:
        blocks = [block for (day, _, _), block in self.blocks.items() if day == issue_date]
        return sorted(blocks, key=lambda block: (block.prefix, block.first, block.batch))
