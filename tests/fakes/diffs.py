"""Earlier bills and levies in memory."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from kwit.billing.content import BillContent


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
