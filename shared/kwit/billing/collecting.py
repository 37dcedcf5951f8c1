"""Put the bills of a chunk on collective invoices: those of one account that fall due on one day make one draft.

What cannot be rated yet is waited for some days after the period's end, as the settings say; then the others go
without it, and it comes on a further invoice of the account. A bill that waits for a person is not waited for: it is a
collective invoice of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from kwit.billing.collective_content import CollectivePart, compose_collective
from kwit.billing.content import BillContent, parse_content
from kwit.billing.drafts import DocumentKind, Draft, DraftRef, Hold, HoldCode
from kwit.billing.holds import hold
from kwit.billing.references import draft_ref
from kwit.kernel.identifiers import content_hash, deterministic_id

MOST_PARTS = 90
"""So many contracts a collective invoice has at most: a number block moves a cursor for each, among 100 actions."""
MOST_LINES = 2_500
"""So many lines it has at most: KSeF takes 1 MB of a structured invoice, of which a line is some 300 bytes."""
MOST_BYTES = 1_500_000
"""So long its bills are together at most, so that its item stays below 400 KB compressed."""
COLLECTED = frozenset({DocumentKind.INVOICE, DocumentKind.FINAL})
_Part = tuple[Draft, BillContent]


@dataclass(frozen=True, slots=True)
class Waiting:
    """What collective invoices wait for: contracts that could not be rated, by account, up to `days` after the end."""

    business_date: date
    days: int
    unrated: Mapping[str, Sequence[str]]

    def hold_of(self, whole: Draft) -> Hold | None:
        """Hold a collective invoice whose account has contracts that may still be rated in time; None lets it go."""
        missing = self.unrated.get(whole.collective, ())
        last = (whole.falls_due or whole.end) + timedelta(days=self.days)
        if not missing or self.business_date >= last:
            return None
        detail = f"waits for {', '.join(missing)}, up to {last}"
        made = hold(
            whole.contract_no, whole.start, whole.end, HoldCode.COLLECTIVE_WAITS, detail, wh=whole.wh_read
        )
        return replace(made, document_id=whole.document_id)


def collected(
    *, drafts: Sequence[Draft], holds: Sequence[Hold], chunk: int, waiting_for: Waiting
) -> tuple[list[Draft], list[Hold]]:
    """Return drafts with those of collective accounts put together, and the holds naming what waits now.

    Drafts of no account, and of kinds that are not collected (forecasts, connections, corrections), stay as they are.
    """
    alone = [one for one in drafts if not _is_collected(one)]
    mine = [(one, parse_content(one.content)) for one in drafts if _is_collected(one)]
    if not mine:
        return list(drafts), list(holds)
    waiting = {one.document_id for one in holds if one.document_id}
    made: list[Draft] = []
    turns: dict[str, int] = {}
    renamed: dict[str, str] = {}
    for group in _groups(mine, waiting):
        account = group[0][0].collective
        whole = collective_draft(group, chunk=chunk, turn=turns.get(account, 0))
        turns[account] = whole.turn + 1
        made.append(whole)
        renamed |= {one.document_id: whole.document_id for one, _ in group}
    told = [replace(one, document_id=renamed.get(one.document_id, one.document_id)) for one in holds]
    named = {one.document_id for one in told}
    waits = [waiting_for.hold_of(whole) for whole in made if whole.document_id not in named]
    return [*alone, *made], [*told, *(one for one in waits if one is not None)]


def _is_collected(draft: Draft) -> bool:
    return bool(draft.collective) and draft.kind in COLLECTED


def _groups(parts: Sequence[_Part], waiting: set[str]) -> list[list[_Part]]:
    """Gather bills by account, day they fall due, payer and unit; one that waits stands for itself."""
    found: dict[tuple[str, date, str, str, str], list[_Part]] = {}
    for draft, bill in parts:
        own = draft.document_id if draft.document_id in waiting else ""
        key = (draft.collective, draft.falls_due or draft.end, bill.payer.party_id, draft.unit, own)
        found.setdefault(key, []).append((draft, bill))
    return [cut for key in sorted(found) for cut in _cut(found[key])]


def _cut(parts: Sequence[_Part]) -> list[list[_Part]]:
    """Cut what is too much for one invoice, contracts in the order of their numbers; each stands there once."""
    layers: list[list[_Part]] = []
    seen: dict[str, int] = {}
    for part in sorted(parts, key=lambda part: (part[0].contract_no, part[0].turn)):
        depth = seen.get(part[0].contract_no, 0)
        seen[part[0].contract_no] = depth + 1
        layers += [[]] if depth == len(layers) else []
        layers[depth].append(part)
    return [cut for layer in layers for cut in _cut_layer(layer)]


def _cut_layer(parts: Sequence[_Part]) -> list[list[_Part]]:
    cuts: list[list[_Part]] = [[]]
    for part in parts:
        with_it = [*cuts[-1], part]
        size = sum(len(draft.content) for draft, _ in with_it)
        lines = sum(len(bill.lines) for _, bill in with_it)
        if cuts[-1] and (len(with_it) > MOST_PARTS or size > MOST_BYTES or lines > MOST_LINES):
            cuts.append([])
        cuts[-1].append(part)
    return cuts


def collective_draft(parts: Sequence[_Part], *, chunk: int, turn: int = 0) -> Draft:
    """Make one draft of bills; its identity follows from theirs, so the same bills make the same one."""
    first = parts[0][0]
    content = compose_collective(
        account=first.collective,
        parts=[CollectivePart(document_id=one.document_id, kind=one.kind, bill=bill) for one, bill in parts],
    )
    refs = tuple(_part_ref(draft, bill, chunk) for (draft, _), bill in zip(parts, content.bills, strict=True))
    canonical = content.canonical()
    return Draft(
        document_id=deterministic_id("collective", *(one.document_id for one in refs)),
        run_id=first.run_id,
        contract_no=first.collective,
        start=content.start,
        end=content.end,
        content=canonical,
        content_hash=content_hash(canonical),
        net=content.net,
        vat=content.vat,
        gross=content.gross,
        wh_read=sum(one.wh_read for one in refs),
        kwh_billed=sum(one.kwh_billed for one in refs),
        kind=DocumentKind.COLLECTIVE,
        unit=first.unit,
        turn=turn,
        reasons=max((one.reasons for one, _ in parts), key=lambda told: sum(each.points for each in told)),
        collective=first.collective,
        falls_due=first.falls_due,
        parts=refs,
    )


def _part_ref(draft: Draft, bill: BillContent, chunk: int) -> DraftRef:
    """Refer to a part by what its bill says on the invoice, where it may bear a share of VAT."""
    name = content_hash(bill.canonical())
    return replace(draft_ref(draft, chunk), content_hash=name, net=bill.net, vat=bill.vat, gross=bill.gross)
