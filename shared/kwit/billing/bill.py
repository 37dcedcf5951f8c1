"""Bill one contract: every period that is due becomes a draft, or a hold that says why not."""

from collections.abc import Mapping
from datetime import date

from kwit.billing.carried import Carried, first_carried, read_carried, taken_over
from kwit.billing.case import Case, bounds_on, takeover
from kwit.billing.clocks import Cursor, Stand
from kwit.billing.connections import is_connection
from kwit.billing.cycles import NextPeriod
from kwit.billing.drafts import Draft, Hold, HoldCode
from kwit.billing.due import Group, Part, Progress, next_group, progress_of
from kwit.billing.forecast_bill import Forecasting, draft_forecasts
from kwit.billing.forecast_data import NO_FORECASTS, Forecasts, forecasts_after
from kwit.billing.frameworks import framework_hold
from kwit.billing.holds import hold
from kwit.billing.one_bill import Billing, OneBill, make_bill, rating_profile
from kwit.billing.prepaid import read_prepaid
from kwit.billing.reckoning import Reckoning
from kwit.kernel.time import Period
from kwit.metering.ports import ReadingStore
from kwit.rating.terms import Months
from kwit.registry.records import Contract
from kwit.tariffs.price_list import ALL_CLOCKS, Clock

_MOST_BILLS = 24


def bill_contract(
    *,
    case: Case,
    billed_to: date | None,
    billing: Billing,
    readings: ReadingStore,
    carried: str | None = None,
    billed_events: frozenset[str] = frozenset(),
    apart: Mapping[Clock, Stand] | None = None,
    until: date | None = None,
    forecasts: Forecasts = NO_FORECASTS,
) -> tuple[list[Draft], list[Hold]]:
    """Bill every period of a contract that is due by the business date, in order; a hold keeps back its clocks.

    `billed_to` is the first day not yet billed by kWit and `carried` what the last bill hands on, None before
    its first bill; `billed_events` are the ids of the events that issued bills hold, and `apart` are the clocks that
    stand apart. `until` ends periods before their edge, for a bill off the cycle. Where the profile allows estimates,
    those that a draft rests on are kept among the readings before the draft is returned. `forecasts` are those
    invoiced and not settled; further ones are made only where no bill is, because the two are numbered in series that
    know no order among them.
    """
    drafts: list[Draft] = []
    holds: list[Hold] = []
    progress = progress_of(case.contracts, Cursor(billed_to, apart=apart or {}))
    handed = first_carried(case.contracts[0]) if carried is None else read_carried(carried)
    first = billed_to is None
    while len(drafts) < _MOST_BILLS:
        group = next_group(
            contracts=case.contracts,
            progress=progress,
            business_date=billing.business_date,
            window_of=billing.settings.window_of,
            until=until,
            events=[one for one in case.events if one.event_id not in billed_events],
        )
        if group is None:
            break
        contract = _contract_of(group)
        named = billing.settings.profiles.get(contract.profile)
        lacking = framework_hold(case=case, group=group, settings=billing.settings)
        if lacking is not None or named is None:
            holds.append(lacking or _profile_unknown(case, contract, progress))
            break
        by = Reckoning(billing.sorter, readings, rating_profile(contract.profile, named), named)
        handed = handed if first else _of_party(handed, case, group)
        one = OneBill(
            case, group, progress, handed, billing, by, first, billed_events, len(drafts), forecasts
        )
        outcome, case = make_bill(one)
        holds += outcome.holds
        progress.blocked |= outcome.held
        drafts += [] if outcome.draft is None else [outcome.draft]
        if outcome.stop:
            break
        if outcome.draft is not None:
            billed_events |= frozenset(outcome.draft.events)
            if _moved(progress, outcome.draft):
                first, handed = False, read_carried(outcome.draft.carried)
            if outcome.draft.forecast is not None:
                forecasts = forecasts_after(outcome.draft.forecast)
        elif outcome.idle:
            _idle(progress, group)
    new = first and not forecasts.turn
    by_plan = Forecasting(case, progress, handed, billing, readings, new)
    return _and_forecasts(drafts, holds, by_plan, forecasts, until)


def _and_forecasts(
    drafts: list[Draft], holds: list[Hold], one: Forecasting, forecasts: Forecasts, until: date | None
) -> tuple[list[Draft], list[Hold]]:
    """Add the forecasts that are due, where no bill is made but those that wait for a person."""
    waiting = {held.document_id for held in holds}
    if until is not None or any(draft.document_id not in waiting for draft in drafts):
        return drafts, holds
    made = draft_forecasts(one, forecasts)
    return [*drafts, *made[0]], [*holds, *made[1]]


def _profile_unknown(case: Case, contract: Contract, progress: Progress) -> Hold:
    day = progress.days[Clock.VARIABLE]
    detail = f"profile {contract.profile} is not in the settings"
    return hold(case.contract_no, day, day, HoldCode.REGISTRY_INCOMPLETE, detail)


def bill_again(
    *,
    case: Case,
    period: Period,
    months: Months,
    carried: Carried,
    billing: Billing,
    readings: ReadingStore,
    profile: str,
) -> Draft | Hold:
    """Bill exactly the days of a bill issued before from what the case knows now, by a profile of the settings.

    All events of the case are billed and all clocks move together. Estimates are kept as `bill_contract` keeps them.
    What made the bill wait for a person once is no reason to leave it wrong.
    """
    day = period.start
    if is_connection(case.contracts):
        day = min((one.day for one in case.events), default=day)  # whose event it is, pays
    contract = case.contract_on(day)
    named = billing.settings.profiles.get(profile)
    if named is None:
        detail = f"profile {profile} is not in the settings"
        return hold(case.contract_no, period.start, period.end, HoldCode.REGISTRY_INCOMPLETE, detail)
    due = NextPeriod(period.start, period.end, exact_end=True, months=months)
    bounds = bounds_on(case.contracts, day)
    group = Group((Part(ALL_CLOCKS, contract, due, period.end, bounds),))
    days = dict.fromkeys(Clock, period.start)
    progress = Progress(dict(days), days, {}, apart=False)
    by = Reckoning(billing.sorter, readings, rating_profile(profile, named), named)
    one = OneBill(case, group, progress, carried, billing, by, first=False, billed_events=frozenset())
    outcome, _ = make_bill(one)
    if outcome.draft is not None:
        return outcome.draft
    return outcome.holds[0]


def _of_party(handed: Carried, case: Case, group: Group) -> Carried:
    """Leave what was handed on with the party before, where another one's first measured period begins."""
    for part in group.parts:
        taken = takeover(case.contracts, part.due.start)
        if part.measures and taken is not None and taken[1] == part.due.start:
            return taken_over(handed, party_id=taken[0], since=part.due.start)
    return handed


def _contract_of(group: Group) -> Contract:
    return group.parts[0].contract if group.parts else group.refunds[0].contract


def _moved(progress: Progress, draft: Draft) -> bool:
    """Move the clocks as a draft does; tell whether that of what is measured is among them."""
    if not draft.clocks:
        progress.days = dict.fromkeys(Clock, draft.end)
        progress.stood = dict(progress.days)
        return True
    progress.apart = True
    for move in draft.clocks:
        progress.days[move.clock] = progress.stood[move.clock] = move.end
        if move.clock is not Clock.VARIABLE:
            progress.prepaid[move.clock] = read_prepaid(move.carried)
    return any(move.clock is Clock.VARIABLE for move in draft.clocks)


def _idle(progress: Progress, group: Group) -> None:
    """Let clocks go on that have nothing to charge; the next document moves them."""
    for part in group.parts:
        for clock in part.clocks - progress.blocked:
            progress.days[clock] = part.due.end
    if any(part.measures for part in group.parts):
        return  # held: what is to be given back waits for it
    for refund in group.refunds:
        progress.days[refund.clock] = refund.until
        progress.prepaid[refund.clock] = refund.rest()
