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
from kwit.rating.lines import Line, Rated, RatingProblem
from kwit.rating.losses import LossHoursError, with_losses
from kwit.rating.net_metering import CreditSettlement
from kwit.rating.profile import RatingProfile
from kwit.rating.rate import rate, together
from kwit.rating.series import SeriesSorter, SortedSeries
from kwit.rating.terms import Months, Terms
from kwit.registry.company import ProfileSettings
from kwit.registry.events import ContractEvent
from kwit.registry.records import Contract
from kwit.tariffs.price_list import ALL_CLOCKS, Clock


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
    clocks: frozenset[Clock] = ALL_CLOCKS,
    others: Sequence[Rated] = (),
    lines: Sequence[Line] = (),
) -> Reckoned:
    """Rate a period with its events and settle what its prosumer fed in.

    `clocks` are those whose charges the period has; `others` are the periods of the other clocks and `lines` what
    else stands on the same document. What is lacking comes back as problems of `rated`.
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
    rated = _rate(case, period, terms, months, usage, series, facts, by, clocks)
    if problem is not None:
        rated = replace(rated, problems=(problem, *rated.problems))
    if rated.problems:
        return Reckoned(usage, rated, tuple(past), annual, carried, events=tuple(events))
    credit = cover_import(contract=contract, rated=rated, usage=usage, carried=carried)
    if credit is not None:
        covered = replace(facts, covered_kwh=credit.covered.kwh)
        rated = _rate(case, period, terms, months, usage, series, covered, by, clocks)
    used = used_limits(contract=contract, rated=rated)
    if others or lines:
        rated = together(period=period, parts=(rated, *others), lines=lines, profile=by.profile)
    deposit = settle_deposit(
        case=case, contract=contract, rated=rated, usage=usage, carried=carried, settings=by.settings
    )
    following = Carried(
        lots=deposit.lots() if deposit else carried.lots,
        pending=deposit.pending if deposit else carried.pending,
        credit=carried_credit(credit.lots) if credit else carried.credit,
        used=with_used(carried, used),
        former=carried.former,
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
    clocks: frozenset[Clock],
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
        clocks=clocks,
    )


def no_use(period: Period) -> Usage:
    """Return the use of a period that measures nothing."""
    return Usage(period, (), (), ())


def reckon_apart(
    *,
    case: Case,
    contract: Contract,
    period: Period,
    months: Months,
    by: Reckoning,
    clocks: frozenset[Clock],
    events: Sequence[ContractEvent] = (),
) -> Rated:
    """Rate the period of clocks that measure nothing: no reading is needed, and none can hold it.

    The year's use that sets a bracket or a degree of use is that of the year which ends with the last reading (PGE
    Dystrybucja tariff 2026, page 28), for the period may lie ahead.
    """
    past = past_use(registers=case.registers, states=case.states, until=period.end)
    until = past[-1].period.end if past else period.end
    annual = annual_kwh(past=past, until=until, declared=contract.annual_kwh)
    degree = degree_of_use(case=case, contract=contract, until=until, past=past, readings=by.readings)
    terms = case.terms_over(period, annual_kwh=annual, degree=degree)
    terms += terms_of_late_events(case=case, terms=terms, annual_kwh=annual, events=events)
    return rate(
        period=period,
        terms=terms,
        months=months,
        usage=no_use(period),
        lists=case.lists,
        profile=by.profile,
        facts=Facts(events=rated_events(events)),
        clocks=clocks,
    )
