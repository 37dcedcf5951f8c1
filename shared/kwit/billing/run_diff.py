"""The diff of a run (porównanie przebiegu): every draft against the bill before it, or another run's draft of the
same period; differences by cause, in amounts that add up to the grosz.

A run is compared chunk by chunk, so its size is no limit: each chunk leaves its rows and sums, and the whole is the
sum of the parts. Contracts stand sorted over the chunks of a run, which is how the other run's are found; those of
collective accounts stand in chunks of their own, which are looked through. Of a collective invoice each contract's
bill is compared for itself.
"""

import itertools
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from kwit.billing.collective_content import CollectiveContent
from kwit.billing.content import BillContent
from kwit.billing.contents import read_content
from kwit.billing.correction_content import CorrectionContent
from kwit.billing.differences import Cause, Explained, explain_difference
from kwit.billing.drafts import ChunkResult, DocumentKind, DraftRef, Run, RunKind
from kwit.billing.ports import RunStore
from kwit.kernel.money import ZERO, total

PREVIOUS = "previous"
"""Against what a run is compared when no other run is named: the last bill of each contract before the draft."""


class Presence(StrEnum):
    """Where a period stands: in both, in this run alone, or in the other alone."""

    BOTH = "both"
    NEW = "new"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class DiffRow:
    """A draft against its other: gross before and after, and the gross of each cause, PLN."""

    contract_no: str
    document_id: str
    start: date
    end: date
    group: str
    presence: Presence
    held: bool
    before: Decimal
    after: Decimal
    causes: tuple[tuple[Cause, Decimal], ...]

    @property
    def difference(self) -> Decimal:
        """Return after less before, PLN gross."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class DiffSum:
    """The net and VAT that a cause moved in a charge, PLN, and in how many drafts."""

    cause: Cause
    section: str
    charge: str
    name: str
    drafts: int
    net: Decimal
    vat: Decimal


@dataclass(frozen=True, slots=True)
class DiffPart:
    """What came of one chunk."""

    rows: tuple[DiffRow, ...]
    sums: tuple[DiffSum, ...]


@dataclass(frozen=True, slots=True)
class RunDiff:
    """A whole diff: rows by the size of their difference, sums by cause and charge."""

    run_id: str
    against: str
    rows: tuple[DiffRow, ...]
    sums: tuple[DiffSum, ...]

    @property
    def before(self) -> Decimal:
        """Return the gross of what the run is compared with, PLN."""
        return total(row.before for row in self.rows)

    @property
    def after(self) -> Decimal:
        """Return the gross of the run's drafts, held ones included, PLN."""
        return total(row.after for row in self.rows)

    def by_cause(self) -> dict[Cause, Decimal]:
        """Return the gross that each cause moved, PLN."""
        moved: dict[Cause, Decimal] = defaultdict(lambda: ZERO)
        for row in self.rows:
            for cause, gross in row.causes:
                moved[cause] += gross
        return {cause: moved[cause] for cause in Cause if cause in moved}


class EarlierBills(Protocol):
    """The bills that contracts had before."""

    def bill_before(self, contract_no: str, start: date) -> BillContent | None:
        """Return the content of the contract's bill of the latest period that began before a day, or None."""
        ...


class DiffStore(Protocol):
    """The parts of diffs."""

    def keep_part(self, run_id: str, against: str, chunk: int, part: DiffPart) -> None:
        """Keep what came of a chunk; the same chunk again replaces it."""
        ...

    def parts(self, run_id: str, against: str) -> Sequence[DiffPart]:
        """Return the parts kept, in the order of the chunks."""
        ...


@dataclass(slots=True)
class HeldParts:
    """The parts of a diff held in memory, for whoever compares a run at one go."""

    held: dict[tuple[str, str, int], DiffPart] = field(default_factory=dict)

    def keep_part(self, run_id: str, against: str, chunk: int, part: DiffPart) -> None:
        """Keep what came of a chunk."""
        self.held[run_id, against, chunk] = part

    def parts(self, run_id: str, against: str) -> Sequence[DiffPart]:
        """Return the parts kept, in the order of the chunks."""
        return [self.held[key] for key in sorted(self.held) if key[:2] == (run_id, against)]


class Laws(Protocol):
    """Which price lists hold levies and taxes."""

    def laws(self, codes: Iterable[str]) -> frozenset[str]:
        """Return those of the codes that do."""
        ...


@dataclass(frozen=True, slots=True)
class DiffStores:
    """What comparing a run works with."""

    runs: RunStore
    earlier: EarlierBills
    diffs: DiffStore
    laws: Laws


@dataclass(frozen=True, slots=True)
class _Compared:
    ref: DraftRef
    before: BillContent | None
    after: BillContent | None
    held: bool


class RunNotComparableError(LookupError):
    """A run that is to be compared is not known, not rated yet or made of notes; carries its id."""

    def __init__(self, run_id: str) -> None:
        super().__init__(f"run {run_id} is unknown, not rated yet or made of notes")
        self.run_id = run_id


def chunks_to_compare(run: Run) -> range:
    """Return the chunks a diff has: one even for a run of nothing, which may lack what another has."""
    return range(max(1, run.chunks))


def compare_chunk(*, run_id: str, against: str, chunk: int, stores: DiffStores) -> RunDiff | None:
    """Compare one chunk of a run and keep the part; return the whole diff once every part is there.

    Raises RunNotComparableError.
    """
    run = _rated(stores.runs, run_id)
    if against == PREVIOUS:
        pairs = _against_bills(run, chunk, stores)
    else:
        pairs = _against_run(run, _rated(stores.runs, against), chunk, stores.runs)
    stores.diffs.keep_part(run_id, against, chunk, _part(pairs, stores.laws))
    parts = stores.diffs.parts(run_id, against)
    return whole_diff(run_id, against, parts) if len(parts) == len(chunks_to_compare(run)) else None


def _rated(runs: RunStore, run_id: str) -> Run:
    run = runs.run(run_id)
    if run is None or run.chunks_done < run.chunks or run.order.kind is RunKind.NOTES:
        raise RunNotComparableError(run_id)
    return run


def whole_diff(run_id: str, against: str, parts: Sequence[DiffPart]) -> RunDiff:
    """Put the parts of a diff together."""
    rows = sorted(
        (row for part in parts for row in part.rows),
        key=lambda row: (-abs(row.difference), row.contract_no, row.start),
    )
    return RunDiff(run_id, against, tuple(rows), _added(one for part in parts for one in part.sums))


def _added(sums: Iterable[DiffSum]) -> tuple[DiffSum, ...]:
    found: dict[tuple[Cause, str, str], DiffSum] = {}
    for one in sums:
        key = (one.cause, one.section, one.charge)
        kept = found.get(key)
        if kept is not None:
            one = DiffSum(  # noqa: PLW2901 - the sum so far takes its place
                one.cause,
                one.section,
                one.charge,
                kept.name,
                kept.drafts + one.drafts,
                kept.net + one.net,
                kept.vat + one.vat,
            )
        found[key] = one
    order = {cause: index for index, cause in enumerate(Cause)}
    return tuple(sorted(found.values(), key=lambda one: (order[one.cause], -abs(one.net), one.charge)))


def _part(pairs: Iterable[_Compared], laws: Laws) -> DiffPart:
    rows: list[DiffRow] = []
    sums: list[DiffSum] = []
    for one in pairs:
        known = {item.code for side in (one.before, one.after) if side for item in side.price_lists}
        explained = explain_difference(before=one.before, after=one.after, laws=laws.laws(known))
        rows.append(_row(one, explained))
        sums += _sums(explained)
    return DiffPart(tuple(rows), _added(sums))


def _sums(explained: Explained) -> tuple[DiffSum, ...]:
    each = [
        DiffSum(part.cause, part.section, part.charge, part.name, 1, part.net, part.vat)
        for part in explained.parts
    ]
    # A charge that moves in several zones or stretches moves in one draft.
    return tuple(
        DiffSum(one.cause, one.section, one.charge, one.name, 1, one.net, one.vat) for one in _added(each)
    )


def _row(one: _Compared, explained: Explained) -> DiffRow:
    shown = one.after or one.before
    presence = Presence.BOTH if one.before and one.after else Presence.NEW if one.after else Presence.GONE
    return DiffRow(
        contract_no=one.ref.contract_no,
        document_id=one.ref.document_id,
        start=one.ref.start,
        end=one.ref.end,
        group=shown.group if shown else "",
        presence=presence,
        held=one.held,
        before=one.before.gross if one.before else ZERO,
        after=one.after.gross if one.after else ZERO,
        causes=tuple(explained.by_cause().items()),
    )


def _against_bills(run: Run, chunk: int, stores: DiffStores) -> Iterable[_Compared]:
    """Pair each draft with the bill before it; of several drafts of a contract, with the draft before."""
    last: dict[str, BillContent] = {}
    for ref, held, content in _drafts(stores.runs, run, chunk):
        if isinstance(content, CorrectionContent):
            # A correction knows itself what it corrects.
            yield _Compared(ref, content.before, content.after, held)
            continue
        if ref.kind is DocumentKind.FORECAST:
            yield _Compared(ref, None, content, held)
            continue
        before = last.get(ref.contract_no) or stores.earlier.bill_before(ref.contract_no, ref.start)
        last[ref.contract_no] = content
        yield _Compared(ref, before, content, held)


_Single = BillContent | CorrectionContent


def _drafts(runs: RunStore, run: Run, chunk: int) -> Iterable[tuple[DraftRef, bool, _Single]]:
    """Yield the drafts of a chunk by contract and day, each bill of a collective invoice for itself."""
    result = runs.chunk_result(run.run_id, chunk)
    if result is None:
        return
    found = [one for held in (False, True) for one in _opened(runs, run, result, held=held)]
    yield from sorted(found, key=lambda one: (one[0].contract_no, one[0].start))


def _opened(
    runs: RunStore, run: Run, result: ChunkResult, *, held: bool
) -> Iterable[tuple[DraftRef, bool, _Single]]:
    for ref in result.held if held else result.drafts:
        draft = runs.draft(run.run_id, ref.chunk, ref.document_id, ref.content_hash)
        content = None if draft is None else read_content(draft.content)
        if isinstance(content, CollectiveContent):
            yield from zip(ref.parts, itertools.repeat(held), content.bills, strict=False)
        elif content is not None:
            yield ref, held, content


def _against_run(run: Run, other: Run, chunk: int, runs: RunStore) -> Iterable[_Compared]:
    """Pair drafts by their identity, over the contracts that belong to the chunk."""
    mine = _Belonging(runs, run, chunk)
    theirs = {
        ref.document_id: (ref, _bill(content))
        for number in mine.chunks_of(other)
        for ref, _, content in _drafts(runs, other, number)
        if mine.has(ref.contract_no)
    }
    for ref, held, content in _drafts(runs, run, chunk):
        pair = theirs.pop(ref.document_id, None)
        yield _Compared(ref, pair[1] if pair else None, _bill(content), held)
    for ref, content in theirs.values():
        yield _Compared(ref, content, None, held=False)


def _bill(content: _Single) -> BillContent:
    return content.after if isinstance(content, CorrectionContent) else content


class _Belonging:
    """Which contracts of another run are compared with a chunk, so that each is compared with one.

    A chunk of sorted contracts has the stretch from its first to the first of the next, without those that stand in
    chunks of accounts; these have their own contracts. Without sorted ones, the first chunk has what stands nowhere.
    """

    def __init__(self, runs: RunStore, run: Run, chunk: int) -> None:
        self._runs = runs
        contracts = {
            one: runs.chunk_contracts(run.run_id, one) for one in range(run.sorted_chunks, run.chunks)
        }
        self._own = frozenset(contracts.get(chunk, ()))
        self._elsewhere = frozenset(no for members in contracts.values() for no in members)
        self._stretches = chunk < max(1, run.sorted_chunks)
        self._first = runs.chunk_contracts(run.run_id, chunk)[0] if 0 < chunk < run.sorted_chunks else ""
        following = chunk + 1 < run.sorted_chunks
        self._following = runs.chunk_contracts(run.run_id, chunk + 1)[0] if following else ""

    def has(self, contract_no: str) -> bool:
        """Tell whether a contract is compared with the chunk."""
        if contract_no in self._own:
            return True
        within = contract_no >= self._first and (not self._following or contract_no < self._following)
        return self._stretches and within and contract_no not in self._elsewhere

    def chunks_of(self, other: Run) -> Iterable[int]:
        """Return the chunks of another run that may hold such contracts."""
        found = {self._place(other, contract_no) for contract_no in self._own}
        if self._stretches:
            last = self._place(other, self._following) if self._following else other.sorted_chunks
            found |= {*range(self._place(other, self._first), last + 1)}
        accounts = range(other.sorted_chunks, other.chunks)
        mixed = (one for one in accounts if any(map(self.has, self._runs.chunk_contracts(other.run_id, one))))
        return sorted({one for one in found if one < other.sorted_chunks}) + list(mixed)

    def _place(self, other: Run, contract_no: str) -> int:
        """Return the first sorted chunk of a run that ends at a contract or behind it."""
        low, high = 0, other.sorted_chunks
        while low < high:
            middle = (low + high) // 2
            if self._runs.chunk_contracts(other.run_id, middle)[-1] < contract_no:
                low = middle + 1
            else:
                high = middle
        return low
