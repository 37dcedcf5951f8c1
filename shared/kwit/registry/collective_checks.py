"""Contracts of one collective account (konto zbiorcze): one payer and one unit of the company at any time."""

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from kwit.kernel.time import DateRange
from kwit.registry.checks import KnownRecords
from kwit.registry.records import Contract, timeline
from kwit.registry.rows import Draft


def check_collective_accounts(drafts: Sequence[Draft[Contract]], known: KnownRecords) -> None:
    """Reject rows that put a contract beside one of another payer or unit on a collective account.

    They are looked at together, as they will all stand: a payer may change for a whole account by one file. A row
    that is rejected leaves the old terms in force, which may then not go with those of another row.
    """
    sound = [one for one in drafts if one.record is not None and one.record.collective and not one.repeated]
    for one in sound:
        if one.record is not None and one.sound:
            known.contracts_on(one.record.collective).add(one.record.contract_no)
    while clashing := next(((one, other) for one in sound if (other := _clash(one, known))), None):
        draft, other = clashing
        _reject(draft, other, known)
        # Of two rows of one file nobody can say which one is meant.
        for beside in [one for one in sound if one.record is other and draft.record is not None]:
            _reject(beside, draft.record or other, known)


def _reject(draft: Draft[Contract], other: Contract, known: KnownRecords) -> None:
    """Reject a row and let it be forgotten, so that the others are seen as they will stand without it."""
    sentence = f"Umowa {other.contract_no} na tym koncie ma w tym czasie innego płatnika albo inną jednostkę."
    draft.reader.reject("collective_differs", "collective", sentence)
    if draft.record is not None:
        known.contract(draft.key).remove(draft.record)
        known.contracts_at(draft.record.ppe).remove(draft.record)


def _clash(draft: Draft[Contract], known: KnownRecords) -> Contract | None:
    """Return terms of another contract that may not stand beside a row's on its account."""
    mine = draft.record
    if mine is None or not draft.sound:
        return None
    window = next((days for one, days in _terms(known.contract(draft.key)) if one is mine), None)
    for number in sorted(known.contracts_on(mine.collective) - {mine.contract_no}):
        for other, days in _terms(known.contract(number)):
            on_it = other.collective == mine.collective and window is not None and window.intersection(days)
            if on_it and (other.payer_id, other.unit) != (mine.payer_id, mine.unit):
                return other
    return None


def _terms(versions: Sequence[Contract]) -> Iterator[tuple[Contract, DateRange]]:
    """Yield the versions of a contract that hold one after another, each with its days."""
    found = timeline(versions)
    for one, following in zip_longest(found, found[1:]):
        ends = [following.valid_from] if following is not None else []
        ends += [found[-1].ends] if found[-1].ends is not None else []
        end = min(ends, default=None)
        if end is None or one.valid_from < end:
            yield one, DateRange(one.valid_from, end)
