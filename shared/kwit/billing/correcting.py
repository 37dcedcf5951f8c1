"""Correct the issued bills of one contract: rate each again from what is known now, draft what differs.

Bills are rated again in order, each from what the one before hands on, over the days and by the settings that it was
issued with. Events stay on the bill that billed them. All corrections of a contract are issued together or not at
all, because each of them names where the contract's cursor stood when they were made.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from kwit.billing.bill import bill_again
from kwit.billing.carried import Carried, first_carried, read_carried
from kwit.billing.case import Case
from kwit.billing.chains import Chain
from kwit.billing.collective_content import with_shares
from kwit.billing.content import BillContent, PartyData, parse_content
from kwit.billing.correction_content import (
    CorrectedData,
    CorrectionContent,
    compose_correction,
    same_billing,
    zeroed,
)
from kwit.billing.corrects import Corrects, CursorMove, Standing, TaskRef
from kwit.billing.differences import Cause
from kwit.billing.drafts import DocumentKind, Draft, Hold, HoldCode, RunOrder
from kwit.billing.forecast_content import settle
from kwit.billing.holds import hold
from kwit.billing.one_bill import Billing
from kwit.billing.ports import IssuedDocument
from kwit.kernel.identifiers import content_hash, deterministic_id
from kwit.kernel.time import Period
from kwit.metering.ports import ReadingStore
from kwit.metering.tasks import CorrectionTask, task_sentence
from kwit.rating.terms import Months
from kwit.registry.company import CompanySettings
from kwit.tariffs.price_list import Kind

MOST_CORRECTIONS = 90
"""So many corrections of one contract fit into a number block; what is left is for the next run."""

_REASONS = {
    Cause.USAGE: "zmiana ilości energii",
    Cause.PRICE: "zmiana ceny",
    Cause.LAW: "zmiana stawki ustawowej",
    Cause.CONTRACT: "zmiana warunków umowy",
    Cause.CALENDAR: "zmiana okresu",
    Cause.SETTINGS: "zmiana zasad zaokrąglania",
    Cause.ENGINE: "zmiana sposobu liczenia",
}
_CANCELLED = "Anulowanie faktury."


@dataclass(frozen=True, slots=True)
class Correcting:
    """What correcting needs beside the contract's case: the order, billing, settings by version, readings."""

    order: RunOrder
    billing: Billing
    settings_of: Callable[[str], CompanySettings]
    readings: ReadingStore


@dataclass(frozen=True, slots=True)
class Corrections:
    """What came of a contract: drafts, holds, and tasks for correction that nothing needs to be done about."""

    drafts: tuple[Draft, ...] = ()
    holds: tuple[Hold, ...] = ()
    without_difference: tuple[TaskRef, ...] = ()


@dataclass(frozen=True, slots=True)
class _Again:
    """A bill as it stands and as it would be billed now; `handed` is what it was handed."""

    chain: Chain
    after: BillContent
    handed: Carried

    @property
    def differs(self) -> bool:
        return not same_billing(self.chain.now, self.after)


def correct_contract(
    *,
    case: Case,
    chains: Sequence[Chain],
    first: int,
    standing: Standing,
    tasks: Sequence[CorrectionTask],
    by: Correcting,
) -> Corrections:
    """Rate a contract's bills again from the `first` one on and draft a correction of each that differs.

    `tasks` are the open tasks whose change the case knows; they are settled by what comes of this.
    """
    again: list[_Again] = []
    handed = read_carried(chains[first - 1].now.carried) if first else first_carried(case.contracts[0])
    for chain in chains[first:]:
        after = _bill_now(chain, handed, case, by)
        if isinstance(after, Hold):
            return Corrections(holds=(after,))
        again.append(_Again(chain, after, handed))
        handed = read_carried(after.carried)
    released = _released(again, by.order)
    holds = _not_released(again, released, by.order)
    differing = [one for one in again if one.differs]
    if not differing and handed != read_carried(standing.carried):
        # Nothing that is billed differs, and yet the next bill must start from something else.
        differing = again[-1:]
    refs = tuple(TaskRef(task.ppe, task.task_id) for task in tasks)
    if not differing:
        return Corrections(holds=holds, without_difference=refs)
    whole = len(differing) <= MOST_CORRECTIONS
    if not whole:
        left = differing[MOST_CORRECTIONS:]
        holds += (_continued(case, left),)
        released, handed, refs = frozenset(), read_carried(standing.carried), ()
    move = _move(standing, again, released, handed)
    drafts = [
        _draft(one, case, by, move, tasks, released=one.chain.original.document_id in released)
        for one in differing[:MOST_CORRECTIONS]
    ]
    drafts[-1] = replace(drafts[-1], settles=refs)
    return Corrections(tuple(drafts), holds)


def _continued(case: Case, left: Sequence[_Again]) -> Hold:
    start, end = left[0].after.start, left[-1].after.end
    return hold(case.contract_no, start, end, HoldCode.CORRECTIONS_CONTINUE, f"{len(left)} bills are left")


def _named(chain: Chain, order: RunOrder) -> bool:
    return bool(chain.numbers & set(order.documents))


def _bill_now(chain: Chain, handed: Carried, case: Case, by: Correcting) -> BillContent | Hold:
    """Bill the days of a chain from what is known now; a cancelled bill bills nothing."""
    now = chain.now
    if chain.cancelled or (by.order.cancel and _named(chain, by.order)):
        return zeroed(now, carried=handed.text())
    events = tuple(one for one in case.events if one.event_id in chain.events())
    if len(events) != len(chain.events()):
        gone = sorted(chain.events() - {one.event_id for one in events})
        detail = f"events {', '.join(gone)} are not in the registry"
        return hold(case.contract_no, now.start, now.end, HoldCode.REGISTRY_INCOMPLETE, detail)
    settings = by.settings_of(now.settings_version)
    cycle = case.contract_on(now.start).cycle_months
    draft = bill_again(
        case=replace(case, events=events),
        period=Period(now.start, now.end),
        months=Months(cycle, Fraction(now.months) / cycle),
        carried=handed,
        billing=replace(by.billing, settings=settings, settings_version=now.settings_version),
        readings=by.readings,
        profile=now.profile,
    )
    if isinstance(draft, Hold):
        return draft
    # Who bought does not change by rating again; the balance brought forward stands on the bill as it stood.
    kept = {"customer": now.customer, "payer": now.payer, "opening_balance": now.opening_balance}
    content = with_shares(parse_content(draft.content).model_copy(update=kept), now.vat_shares)
    if now.forecasts is None:
        return content
    return settle(content, settled=now.settled, move=now.forecasts)


def _released(again: Sequence[_Again], order: RunOrder) -> frozenset[str]:
    """Name the bills whose days may be billed again: the cancelled ones that reach back from the last without gap."""
    released: set[str] = set()
    for one in reversed(again if order.cancel and order.release else ()):
        if not _named(one.chain, order):
            break
        released.add(one.chain.original.document_id)
    return frozenset(released)


def _not_released(again: Sequence[_Again], released: frozenset[str], order: RunOrder) -> tuple[Hold, ...]:
    if not (order.cancel and order.release):
        return ()
    return tuple(
        hold(
            one.after.contract_no,
            one.after.start,
            one.after.end,
            HoldCode.RELEASE_NOT_LAST,
            one.chain.original.number,
        )
        for one in again
        if _named(one.chain, order) and one.chain.original.document_id not in released
    )


def _move(
    standing: Standing, again: Sequence[_Again], released: frozenset[str], handed: Carried
) -> CursorMove:
    freed = [one for one in again if one.chain.original.document_id in released]
    return CursorMove(
        revision=standing.revision,
        billed_to=standing.billed_to,
        carried=standing.carried,
        to_billed_to=freed[0].after.start if freed else standing.billed_to,
        to_carried=(freed[0].handed if freed else handed).text(),
        frees=tuple(sorted(event for one in freed for event in one.chain.events())),
    )


def _draft(
    one: _Again,
    case: Case,
    by: Correcting,
    move: CursorMove,
    tasks: Sequence[CorrectionTask],
    *,
    released: bool,
) -> Draft:
    chain, before, after = one.chain, one.chain.now, one.after
    cancelled = by.order.cancel and _named(chain, by.order)
    content = compose_correction(
        before=before,
        after=after,
        original=_corrected(chain.original),
        corrected=_corrected(chain.last),
        reason=by.order.reason,
        payer=_payer(before.payer, case),
        settings_version=by.billing.settings_version,
        laws=laws_of(case),
        cancelled=cancelled or chain.cancelled,
        released=released,
    )
    if not content.reason:
        mine = [task for task in tasks if task.start < after.end and after.start < task.end]
        content = content.model_copy(update={"reason": _CANCELLED if cancelled else _reason(content, mine)})
    canonical = content.canonical()
    return Draft(
        document_id=deterministic_id("correction", chain.last.document_id),
        run_id=by.billing.run_id,
        contract_no=case.contract_no,
        start=content.start,
        end=content.end,
        content=canonical,
        content_hash=content_hash(canonical),
        net=content.net,
        vat=content.vat,
        gross=content.gross,
        wh_read=wh_read(after) - wh_read(before),
        kwh_billed=kwh_billed(after) - kwh_billed(before),
        carried=content.carried,
        kind=DocumentKind.CORRECTION,
        unit=case.contract_on(after.start).unit,
        corrects=Corrects(chain.original.document_id, chain.last.document_id, move),
    )


def laws_of(case: Case) -> frozenset[str]:
    """Return the codes of the price lists that hold levies and taxes."""
    return frozenset(
        code for code, versions in case.lists.items() if any(one.kind is Kind.LEVIES for one in versions)
    )


def wh_read(content: BillContent) -> int:
    """Return the energy taken that a bill was read from, Wh."""
    return sum(span.wh for span in content.usage if span.quantity == "import")


def kwh_billed(content: BillContent) -> int:
    """Return the energy taken that a bill bills, whole kWh."""
    return sum(row.kwh for row in content.energy if row.quantity == "import")


def _corrected(document: IssuedDocument) -> CorrectedData:
    return CorrectedData(
        document_id=document.document_id,
        number=document.number,
        issue_date=document.issue_date,
        account=document.account,
    )


def _payer(billed: PartyData, case: Case) -> PartyData:
    """Return the buyer that was billed, with the e-mail and account that are known today."""
    known = next((one for one in (case.payer, case.customer) if one.party_id == billed.party_id), None)
    if known is None:
        return billed
    return billed.model_copy(update={"email": known.email, "bank_account": known.bank_account})


def _reason(content: CorrectionContent, tasks: Sequence[CorrectionTask]) -> str:
    """Say in Polish why a correction was made: what happened to readings, else what its causes are."""
    sentences = list(dict.fromkeys(task_sentence(task.cause) for task in tasks))
    causes = dict.fromkeys(Cause(one.cause) for one in content.causes)
    told = ", ".join(_REASONS[cause] for cause in causes if not (tasks and cause is Cause.USAGE))
    if not told and not sentences:
        told = "zmiana danych do następnego rozliczenia"
    sentences += [f"{told[0].upper()}{told[1:]}."] if told else []
    return " ".join(sentences)
