"""Reckon one period of a contract: use with its losses, facts, lines, and what a prosumer fed in."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kwit.billing.carried import Carried, with_used
from kwit.billing.case import Case
from kwit.billing.event_turn import rated_events, terms_of_late_events
from kwit.billing.facts import degree_of_use, facts_of, losses_of, power_problem, used_limits
from kwit.billing.history import PastUse, annual_kwh, past_use
from kwit.billing.prosumer import (
    SettledDeposit,
    carried_credit,
    cover_import,
    prosumer_problem,
    settle_deposit,
)
from kwit.kernel.time import Period
from kwit.metering.ports import ReadingStore
from kwit.metering.usage import Usage
from kwit.rating.facts import Facts
from kwit.rating.lines import Rated, RatingProblem
from kwit.rating.losses import LossHoursError, with_losses
from kwit.rating.net_metering import CreditSettlement
from kwit.rating.profile import RatingProfile
from kwit.rating.rate import rate
from kwit.rating.series import SeriesSorter, SortedSeries
from kwit.rating.terms import Months, Terms
from kwit.registry.company import ProfileSettings
from kwit.registry.events import ContractEvent
from kwit.registry.records import Contract


@dataclass(frozen=True, slots=True)
class Reckoned:
    """A reckoned period: `usage` has the losses in it; `carried` is what the next bill starts from."""

    usage: Usage
    rated: Rated
    past: tuple[PastUse, ...]
    annual_kwh: int | None
    carried: Carried
    credit: CreditSettlement | None = None
    deposit: SettledDeposit | None = None
    events: tuple[ContractEvent, ...] = ()


@dataclass(frozen=True, slots=True)
class Reckoning:
    """What reckoning needs beside the case: the sorter of series, readings, rounding and settings of the seller."""

    sorter: SeriesSorter
    readings: ReadingStore
    profile: RatingProfile
    settings: ProfileSettings


def reckon(
    *,
    case: Case,
    contract: Contract,
    period: Period,
    months: Months,
    usage: Usage,
    carried: Carried,
    by: Reckoning,
    events: Sequence[ContractEvent] = (),
) -> Reckoned:
    """Rate a period with its events and settle what its prosumer fed in.

    What is lacking comes back as problems of `rated`.
    """
    past = past_use(registers=case.registers, states=case.states, until=period.end)
    annual = annual_kwh(past=past, until=period.end, declared=contract.annual_kwh)
    problem = prosumer_problem(contract)
    try:
        losses = losses_of(case=case, contract=contract, period=period, sorter=by.sorter)
        usage = usage if losses is None else with_losses(usage=usage, losses=losses)
    except LossHoursError as error:
        problem = RatingProblem("loss_hours_unknown", str(error))
    problem = problem or power_problem(case=case, contract=contract, period=period, usage=usage)
    series = by.sorter.for_usage(usage=usage, lists=case.lists)
    degree = degree_of_use(case=case, contract=contract, until=period.end, past=past, readings=by.readings)
    terms = case.terms_over(period, annual_kwh=annual, degree=degree)
    terms += terms_of_late_events(case=case, terms=terms, annual_kwh=annual, events=events)
    facts = facts_of(case=case, contract=contract, period=period, usage=usage, series=series, carried=carried)
    facts = replace(facts, events=rated_events(events))
    rated = _rate(case, period, terms, months, usage, series, facts, by)
    if problem is not None:
        rated = replace(rated, problems=(problem, *rated.problems))
    if rated.problems:
        return Reckoned(usage, rated, tuple(past), annual, carried, events=tuple(events))
    credit = cover_import(contract=contract, rated=rated, usage=usage, carried=carried)
    if credit is not None:
        covered = replace(facts, covered_kwh=credit.covered.kwh)
        rated = _rate(case, period, terms, months, usage, series, covered, by)
    deposit = settle_deposit(
        case=case, contract=contract, rated=rated, usage=usage, carried=carried, settings=by.settings
    )
    following = Carried(
        lots=deposit.lots() if deposit else carried.lots,
        pending=deposit.pending if deposit else carried.pending,
        credit=carried_credit(credit.lots) if credit else carried.credit,
        used=with_used(carried, used_limits(contract=contract, rated=rated)),
    )
    return Reckoned(usage, rated, tuple(past), annual, following, credit, deposit, tuple(events))


def _rate(
    case: Case,
    period: Period,
    terms: Sequence[Terms],
    months: Months,
    usage: Usage,
    series: SortedSeries,
    facts: Facts,
    by: Reckoning,
) -> Rated:
    return rate(
        period=period,
        terms=terms,
        months=months,
        usage=usage,
        lists=case.lists,
        profile=by.profile,
        series_zones=series.zones,
        capacity_wh=series.capacity,
        facts=facts,
    )
