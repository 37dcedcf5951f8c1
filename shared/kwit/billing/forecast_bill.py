"""Draft forecasts (faktury prognozowe): expected use rated as a bill is, and what is left of them when a buyer goes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kwit.billing.carried import NOTHING, Carried
from kwit.billing.case import Case, takeover
from kwit.billing.compose import compose_content, energy_data
from kwit.billing.content import BillContent
from kwit.billing.cycles import NextPeriod
from kwit.billing.drafts import DocumentKind, Draft, Hold, HoldCode
from kwit.billing.due import Group, Part, Progress, own_cycle
from kwit.billing.event_turn import terms_of_late_events
from kwit.billing.expected_use import Expected, expected_use
from kwit.billing.facts import degree_of_use, facts_of, losses_of
from kwit.billing.forecast_content import as_forecast, invoiced, settle
from kwit.billing.forecast_data import ForecastMoveData, Forecasts, InvoicedForecast, forecasts_after
from kwit.billing.forecast_due import left_behind, next_forecast
from kwit.billing.frameworks import framework_hold
from kwit.billing.history import annual_kwh, past_use
from kwit.billing.holds import hold, hold_of_problems
from kwit.billing.one_bill import Billing, rating_profile
from kwit.billing.reckoning import Reckoned, Reckoning, no_use
from kwit.billing.risk import hold_code, reasons_of
from kwit.kernel.identifiers import content_hash, deterministic_id
from kwit.kernel.time import Period, add_months
from kwit.metering.ports import ReadingStore
from kwit.rating.losses import LossHoursError, with_losses
from kwit.rating.rate import rate, together
from kwit.rating.terms import Months
from kwit.registry.records import Contract
from kwit.tariffs.price_list import ALL_CLOCKS, Clock

_MOST_FORECASTS = 24


@dataclass(frozen=True, slots=True)
class Forecasting:
    """What the forecasts of a contract are made with: its case, how far its clocks are, limits used, the run.

    `first` says that nothing was ever invoiced on the contract.
    """

    case: Case
    progress: Progress
    carried: Carried
    billing: Billing
    readings: ReadingStore
    first: bool


def draft_forecasts(one: Forecasting, forecasts: Forecasts) -> tuple[list[Draft], list[Hold]]:
    """Draft every forecast that is due, after what settles the forecasts of buyers that are gone.

    The first that cannot be made, or that a person should see, keeps the others back.
    """
    drafts: list[Draft] = []
    holds: list[Hold] = []
    while len(drafts) < _MOST_FORECASTS:
        made = _next(one, forecasts, turn=len(drafts))
        if made is None:
            break
        draft, held = made
        drafts += [] if draft is None else [draft]
        if held is not None:
            holds.append(held)
            break
        if draft is None or draft.forecast is None:
            break
        forecasts, one = forecasts_after(draft.forecast), replace(one, first=False)
    return drafts, holds


def _next(one: Forecasting, forecasts: Forecasts, *, turn: int) -> tuple[Draft | None, Hold | None] | None:
    measured_to = one.progress.days[Clock.VARIABLE]
    gone = left_behind(one.case.contracts, forecasts, measured_to=measured_to)
    if gone is not None:
        return _settled_alone(one, forecasts, *gone, turn=turn)
    due = next_forecast(
        contracts=one.case.contracts,
        forecasts=forecasts,
        measured_to=measured_to,
        business_date=one.billing.business_date,
        window_of=one.billing.settings.window_of,
    )
    return None if due is None else _forecast(one, forecasts, due, turn=turn)


def _forecast(
    one: Forecasting, forecasts: Forecasts, due: NextPeriod, *, turn: int
) -> tuple[Draft | None, Hold | None]:
    case, no = one.case, one.case.contract_no
    contract, period = case.contract_on(due.start), Period(due.start, due.end)
    by = _reckoning(one, contract)
    if by is None:
        detail = f"profile {contract.profile} is not in the settings"
        return None, hold(no, due.start, due.end, HoldCode.REGISTRY_INCOMPLETE, detail)
    part = Part(ALL_CLOCKS, contract, due, due.start, case.bounds_on(due.start), in_advance=True)
    lacking = framework_hold(case=case, group=Group((part,)), settings=one.billing.settings)
    if lacking is not None:
        return None, lacking
    taken = takeover(case.contracts, due.start)
    expected = expected_use(
        case=case,
        contract=contract,
        period=period,
        since=None if taken is None else taken[1],
        readings=one.readings,
        sorter=by.sorter,
    )
    if expected is None:
        detail = "no use is known and none declared"
        return None, hold(no, due.start, due.end, HoldCode.FORECAST_USE_UNKNOWN, detail)
    done = _reckoned(one, contract, period, due.months, expected, by)
    if isinstance(done, Hold):
        return None, done
    content = _composed(one, contract, done, due.months, by)
    content = as_forecast(content, method=expected.method, energy=energy_data(done.rated))
    document_id = deterministic_id("forecast", no, forecasts.turn, due.start.isoformat())
    this = invoiced(content, document_id=document_id)
    move = forecasts.moved(to=due.end, left=(*forecasts.open, this))
    content = content.model_copy(update={"forecasts": move})
    return _screened(one, content, document_id, done, due.months, turn=turn)


def _reckoning(one: Forecasting, contract: Contract) -> Reckoning | None:
    named = one.billing.settings.profiles.get(contract.profile)
    if named is None:
        return None
    return Reckoning(one.billing.sorter, one.readings, rating_profile(contract.profile, named), named)


def _reckoned(
    one: Forecasting, contract: Contract, period: Period, months: Months, expected: Expected, by: Reckoning
) -> Reckoned | Hold:
    """Rate expected use with the prices in force, on the clocks that go with what is measured."""
    case = one.case
    past = past_use(registers=case.registers, states=case.states, until=period.start)
    until = past[-1].period.end if past else period.start
    annual = annual_kwh(past=past, until=until, declared=contract.annual_kwh)
    degree = degree_of_use(case=case, contract=contract, until=until, past=past, readings=one.readings)
    usage = expected.usage
    try:
        losses = losses_of(case=case, contract=contract, period=period, sorter=by.sorter)
        usage = usage if losses is None else with_losses(usage=usage, losses=losses)
    except LossHoursError as error:
        return hold(case.contract_no, period.start, period.end, HoldCode.RATING_PROBLEM, str(error))
    series = by.sorter.for_usage(usage=usage, lists=case.lists)
    terms = case.terms_over(period, annual_kwh=annual, degree=degree)
    terms += terms_of_late_events(case=case, terms=terms, annual_kwh=annual, events=())
    rated = rate(
        period=period,
        terms=terms,
        months=months,
        usage=usage,
        lists=case.lists,
        profile=by.profile,
        facts=facts_of(
            case=case, contract=contract, period=period, usage=usage, series=series, carried=one.carried
        ),
        clocks=frozenset(clock for clock in Clock if own_cycle(contract, clock) is None),
    )
    if rated.problems:
        return hold_of_problems(case, rated, no_use(period), ())
    return Reckoned(usage, rated, (), annual, NOTHING)


def _settled_alone(
    one: Forecasting,
    forecasts: Forecasts,
    contract: Contract,
    left: Sequence[InvoicedForecast],
    *,
    turn: int,
) -> tuple[Draft | None, Hold | None]:
    """Give back forecasts of a buyer whose last bill is issued already."""
    case, no = one.case, one.case.contract_no
    period = Period(min(item.start for item in left), max(item.end for item in left))
    by = _reckoning(one, contract)
    if by is None:
        detail = f"profile {contract.profile} is not in the settings"
        return None, hold(no, period.start, period.end, HoldCode.REGISTRY_INCOMPLETE, detail)
    rated = together(period=period, parts=(), lines=(), profile=by.profile)
    done = Reckoned(no_use(period), rated, (), None, NOTHING)
    rest = [item for item in forecasts.open if item not in left]
    begins = one.progress.days[Clock.VARIABLE]
    move = forecasts.moved(to=forecasts.to if rest and forecasts.to else begins, left=rest)
    content = settle(_composed(one, contract, done, Months(0), by), settled=left, move=move)
    document_id = deterministic_id("forecasts settled", case.contract_no, forecasts.turn)
    return _screened(one, content, document_id, done, Months(0), turn=turn)


def _composed(
    one: Forecasting, contract: Contract, done: Reckoned, months: Months, by: Reckoning
) -> BillContent:
    return compose_content(
        case=one.case,
        contract=contract,
        done=done,
        months=months,
        by=by,
        first_bill=False,  # the balance brought forward stands on the first bill, not on a forecast
        settings_version=one.billing.settings_version,
    )


def _screened(
    one: Forecasting, content: BillContent, document_id: str, done: Reckoned, months: Months, *, turn: int
) -> tuple[Draft, Hold | None]:
    """Return the draft, and the hold that makes it wait where its risk reaches the threshold of the settings."""
    limits = one.billing.settings.holds
    doubtful = dict.fromkeys(
        f"{line.charge} ({line.price_source.price_list}, {line.price_source.page})"
        for line in done.rated.lines
        if line.price_source.confidence == "unconfirmed"
    )
    cycle = months.cycle or 12
    reasons = reasons_of(
        content=content,
        past=(),
        wh=done.usage.wh("import"),
        cycle_days=(add_months(content.start, cycle) - content.start).days,
        first_bill=one.first,
        doubtful=list(doubtful),
        limits=limits,
    )
    draft = replace(_draft(one, content, document_id, turn), reasons=reasons)
    code = hold_code(reasons, limits)
    if code is None:
        return draft, None
    detail = "; ".join(reason.detail for reason in reasons)
    found = Hold(draft.contract_no, draft.start, draft.end, code, detail, draft.risk, 0, document_id)
    return draft, found


def _draft(one: Forecasting, content: BillContent, document_id: str, turn: int) -> Draft:
    canonical = content.canonical()
    move: ForecastMoveData | None = content.forecasts
    return Draft(
        document_id=document_id,
        run_id=one.billing.run_id,
        contract_no=one.case.contract_no,
        start=content.start,
        end=content.end,
        content=canonical,
        content_hash=content_hash(canonical),
        net=content.net,
        vat=content.vat,
        gross=content.gross,
        wh_read=0,
        kwh_billed=0,
        kind=DocumentKind.FORECAST,
        unit=one.case.contract_on(content.start).unit,
        turn=turn,
        forecast=None if move is None else move.move(alone=True),
        kwh_forecast=content.expected.kwh if content.expected else 0,
    )
