"""Which contracts are rated together: those of a collective account in one chunk, the others as they are sorted."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kwit.billing.collecting import MOST_PARTS


@dataclass(frozen=True, slots=True)
class PlannedChunks:
    """The chunks of a run: contracts sorted over the first ones, collective accounts in the last."""

    of_contracts: tuple[tuple[str, ...], ...]
    of_accounts: tuple[tuple[str, ...], ...]

    @property
    def all(self) -> tuple[tuple[str, ...], ...]:
        """Return all chunks in their order."""
        return self.of_contracts + self.of_accounts


def planned_chunks(accounts: Mapping[str, str], *, size: int) -> PlannedChunks:
    """Cut the contracts that are due into chunks of `size`; `accounts` names the collective account of each.

    An account goes whole into one chunk, small ones together; one of more than `MOST_PARTS` contracts is cut by their
    numbers, and gets an invoice for each cut.
    """
    alone = sorted(no for no, account in accounts.items() if not account)
    members: dict[str, list[str]] = {}
    for no in sorted(accounts):
        if accounts[no]:
            members.setdefault(accounts[no], []).append(no)
    pieces = [piece for account in sorted(members) for piece in _cut(members[account], MOST_PARTS)]
    return PlannedChunks(tuple(_cut(alone, size)), tuple(_packed(pieces, size)))


def _cut(contracts: Sequence[str], size: int) -> list[tuple[str, ...]]:
    return [tuple(contracts[index : index + size]) for index in range(0, len(contracts), size)]


def _packed(pieces: Iterable[tuple[str, ...]], size: int) -> list[tuple[str, ...]]:
    chunks: list[tuple[str, ...]] = []
    for piece in pieces:
        if chunks and len(chunks[-1]) + len(piece) <= size:
            chunks[-1] += piece
        else:
            chunks.append(piece)
    return chunks
