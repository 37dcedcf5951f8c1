"""Parts of diffs in DynamoDB, and the levies that a diff asks for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from kwit.aws import keys
from kwit.aws.codec import decode, encode
from kwit.aws.table import Table, key_of, packed, unpacked
from kwit.billing.run_diff import DiffPart
from kwit.tariffs.ports import PriceListStore
from kwit.tariffs.price_list import Kind


@dataclass(frozen=True, slots=True)
class DynamoDiffs:
    """The parts of diffs."""

    table: Table

    def keep_part(self, run_id: str, against: str, chunk: int, part: DiffPart) -> None:
        """Keep what came of a chunk; the same chunk again replaces it."""
        key = key_of(keys.diff_part(run_id, against, chunk))
        self.table.put_many([key | {"data": packed(encode(part))}])

    def parts(self, run_id: str, against: str) -> Sequence[DiffPart]:
        """Return the parts kept, in the order of the chunks."""
        items = self.table.query(keys.diff_parts(run_id, against))
        return [decode(DiffPart, unpacked(item)) for item in items]


@dataclass(slots=True)
class PriceListLaws:
    """Tells levies from prices by the kind of their list; each list is read once."""

    price_lists: PriceListStore
    _kinds: dict[str, bool] = field(default_factory=dict)

    def laws(self, codes: Iterable[str]) -> frozenset[str]:
        """Return those of the codes that hold levies and taxes."""
        asked = list(codes)
        for code in asked:
            if code not in self._kinds:
                versions = self.price_lists.versions(code)
                self._kinds[code] = any(one.kind is Kind.LEVIES for one in versions)
        return frozenset(code for code in asked if self._kinds[code])
