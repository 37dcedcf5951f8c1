"""Parts of diffs, earlier bills and levies in memory."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from kwit.billing.content import BillContent
from kwit.billing.run_diff import DiffPart


@dataclass
class MemoryDiffs:
    """The parts of diffs in memory."""

    kept: dict[tuple[str, str, int], DiffPart] = field(default_factory=dict)

    def keep_part(self, run_id: str, against: str, chunk: int, part: DiffPart) -> None:
        self.kept[run_id, against, chunk] = part

    def parts(self, run_id: str, against: str) -> Sequence[DiffPart]:
        return [self.kept[key] for key in sorted(self.kept) if key[:2] == (run_id, against)]


@dataclass
class MemoryBills:
    """Earlier bills by contract."""

    bills: dict[str, list[BillContent]] = field(default_factory=dict)

    def bill_before(self, contract_no: str, start: date) -> BillContent | None:
        earlier = [one for one in self.bills.get(contract_no, ()) if one.start < start]
        return max(earlier, key=lambda one: one.start, default=None)


@dataclass(frozen=True)
class KnownLaws:
    """Levies by their codes."""

    codes: frozenset[str] = frozenset({"levies-pl"})

    def laws(self, codes: Iterable[str]) -> frozenset[str]:
        return self.codes & frozenset(codes)
