"""Remarks of collectors in memory."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from kwit.metering.field_remarks import FieldRemark


@dataclass
class MemoryRemarks:
    """The store of remarks in memory."""

    known: dict[str, FieldRemark] = field(default_factory=dict)
    settled: dict[str, str] = field(default_factory=dict)

    def add(self, remarks: Iterable[FieldRemark]) -> None:
        for remark in remarks:
            self.known.setdefault(remark.remark_id, remark)

    def find(self, remark_id: str) -> FieldRemark | None:
        return self.known.get(remark_id)

    def open_remarks(self) -> Sequence[FieldRemark]:
        mine = [one for name, one in self.known.items() if name not in self.settled]
        return sorted(mine, key=lambda one: (one.ppe, one.day, one.remark_id))

    def settle(self, remark: FieldRemark, *, by: str) -> bool:
        if remark.remark_id not in self.known or remark.remark_id in self.settled:
            return False
        self.settled[remark.remark_id] = by
        return True
