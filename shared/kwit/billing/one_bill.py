"""One document of a contract: the periods that fall due on one day, rated clock by clock and put together once."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from kwit.billing.carried import NOTHING, Carried
from kwit.billing.case import Case, takeover
from kwit.billing.clocks import ClockMove
from kwit.billing.compose import compose_content
from kwit.billing.connections import events_of_party, is_connection
from kwit.billing.content import BillContent, ClockData
from kwit.billing.drafts import DocumentKind, Draft, Hold, HoldCode, RiskReason
from kwit.billing.due import Group, Part, Progress, moves_as_one
from kwit.billing.estimates import Estimating, estimates, known_usage, with_states
from kwit.billing.event_turn import events_due
from kwit.billing.forecast_content import settle
from kwit.billing.forecast_data import Forecasts
from kwit.billing.forecast_due import forecast_to, plans, settled_by
from kwit.billing.holds import hold, hold_of_problems
from kwit.billing.moves import clock_data, document_id_of, is_final
from kwit.billing.prepaid import Refund, refund_lines
from kwit.billing.reckoning import Reckoned, Reckoning, no_use, reckon, reckon_apart
from kwit.billing.risk import hold_code, reasons_of
from kwit.kernel.identifiers import content_hash
from kwit.kernel.time import Period, add_months
from kwit.metering.estimation.filling import Filled
from kwit.metering.readings import Reading
from kwit.metering.usage import settlement_end
from kwit.rating.lines import Line, Rated
from kwit.rating.profile import MonthsAtChange, RatingProfile, VatRounding
from kwit.rating.rate import together
from kwit.rating.series import SeriesSorter
from kwit.rating.terms import Months
from kwit.registry.company import CompanySettings, ProfileSettings
from kwit.registry.events import ContractEvent
from kwit.registry.records import ContractKind
from kwit.tariffs.price_list import Clock, PartialPeriod


@dataclass(frozen=True, slots=True)
class Billing:
    """What billing needs beside the case: settings with their version, the run and its business date."""

    run_id: str
    business_date: date
    settings: CompanySettings
    settings_version: str
    sorter: SeriesSorter

    def estimating(self, profile: str) -> Estimating:
        """Return what estimates of a profile's contracts are made with."""
        return Estimating(
            business_date=self.business_date,
            settings=self.settings.profiles[profile].estimation,
            sums=self.settings.sums,
            holidays=self.sorter.holidays,
        )


def rating_profile(code: str, settings: ProfileSettings) -> RatingProfile:
    """Turn a profile of the settings into the engine's profile."""
    return RatingProfile(
        code=code,
        vat=VatRounding(settings.vat),
        lines_by_zone=frozenset(settings.lines_by_zone),
        units=dict(settings.units),
        names=dict(settings.names),
        month_digits=settings.month_digits,
        merge_equal_prices=settings.merge_equal_prices,
        reading_window_days=settings.reading_window_days,
        months_at_change=MonthsAtChange(settings.months_at_change),
        tg_phi_digits=settings.tg_phi_digits,
        bracket_digits=settings.bracket_digits,
        partial_period={code: PartialPeriod(rule) for code, rule in settings.partial_period.items()},
    )


@dataclass(frozen=True, slots=True)
class OneBill:
    """The periods of a contract that go on one document, and what they are billed with.

    `forecasts` are those that the bill of what is measured settles; None leaves them as they are.
    """

    case: Case
    group: Group
    progress: Progress
    carried: Carried
    billing: Billing
    by: Reckoning
    first: bool
    billed_events: frozenset[str]
    turn: int = 0
    forecasts: Forecasts | None = None

    def events_of(self, part: Part, end: date) -> tuple[ContractEvent, ...]:
        """Return the events that a period bills: the contract's own clock has them."""
        if Clock.CONTRACT not in part.clocks:
            return ()
        due = events_due(case=self.case, period=Period(part.due.start, end), billed=self.billed_events)
        if part.contract.kind is not ContractKind.CONNECTION:
            return due
        return events_of_party(due, self.case.contracts, part.bounds)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of the periods: a draft or none, the holds, and the clocks that these keep back.

    `idle` is set where nothing was to be charged, so that there is no document; `stop` where a person should see
    the document before the contract is billed on.
    """

    draft: Draft | None = None
    holds: tuple[Hold, ...] = ()
    held: frozenset[Clock] = frozenset()
    idle: bool = False
    stop: bool = False


@dataclass(slots=True)
class _Work:
    """What has come of a document's periods so far: those of clocks that measure nothing, and the measured one."""

    apart: list[tuple[Part, Rated, tuple[ContractEvent, ...]]] = field(default_factory=list)
    measured: tuple[Part, Reckoned] | None = None
    refunds: tuple[Refund, ...] = ()
    back: list[tuple[Clock, Line]] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)
    held: set[Clock] = field(default_factory=set)
    made: Sequence[Reading] = ()

    @property
    def parts(self) -> list[Part]:
        """Return the periods that go on the document, that of what is measured first."""
        apart = [part for part, *_ in self.apart]
        return apart if self.measured is None else [self.measured[0], *apart]


def make_bill(one: OneBill) -> tuple[Outcome, Case]:
    """Bill what is due and keep the estimates it rests on; return the case as the next document finds it.

    A period that cannot be rated is held and keeps its clocks back; the others go on without it. Estimates are kept
    only where their places are free: when another attempt was first, the bill is made again on what it left there,
    so that draft and readings never disagree.
    """
    outcome, made = _make(one)
    if not made:
        return outcome, one.case
    kept = one.by.readings.keep_first(made)
    settled = replace(one, case=with_states(one.case, kept))
    if list(kept) == list(made):
        return outcome, settled.case
    again, more = _make(settled)
    if more:
        detail = "estimates of another attempt do not fill the period"
        part = next(part for part in one.group.parts if part.measures)
        found = hold(one.case.contract_no, part.due.start, part.due.end, HoldCode.READING_MISSING, detail)
        return Outcome(holds=(found,), held=part.clocks), one.case
    return again, settled.case


def _make(one: OneBill) -> tuple[Outcome, Sequence[Reading]]:
    work = _Work(refunds=one.group.refunds)
    for refund in work.refunds:
        lines = refund_lines(refund=refund, case=one.case, profile=one.by.profile)
        work.back += [(refund.clock, line) for line in lines]
    for part in one.group.parts:
        if not part.measures:
            _rate_apart(one, part, work)
    for part in one.group.parts:
        if part.measures:
            _rate_measured(one, part, work)
    if work.measured is None and any(part.measures for part in one.group.parts):
        work.refunds, work.back = (), []  # days are given back with the last bill of what is measured
    holds, held = tuple(work.holds), frozenset(work.held)
    if work.measured is None and not work.back and not any(rated.lines for _, rated, _ in work.apart):
        return Outcome(holds=holds, held=held, idle=True), ()
    content, done = _composed(one, work)
    draft, found = _screened(one, work, content, done)
    if found is not None:
        return Outcome(draft, (*holds, found), held, stop=True), work.made
    return Outcome(draft, holds, held), work.made


def _screened(one: OneBill, work: _Work, content: BillContent, done: Reckoned) -> tuple[Draft, Hold | None]:
    """Return the draft, and the hold that makes it wait where its risk reaches the threshold of the settings."""
    limits, wh = one.billing.settings.holds, done.usage.wh("import")
    doubtful = dict.fromkeys(
        f"{line.charge} ({line.price_source.price_list}, {line.price_source.page})"
        for line in done.rated.lines
        if line.price_source.confidence == "unconfirmed"
    )
    months = max((part.due.months.cycle for part in work.parts), default=12)
    days, usual = (content.end - content.start).days, (add_months(content.start, months) - content.start).days
    reasons = reasons_of(
        content=content,
        past=done.past,
        wh=wh,
        cycle_days=days if is_connection(one.case.contracts) else usual,
        first_bill=one.first and work.measured is not None,
        doubtful=list(doubtful),
        limits=limits,
    )
    draft = _draft(one, content, done, reasons)
    code = hold_code(reasons, limits)
    if code is None:
        return draft, None
    detail = "; ".join(reason.detail for reason in reasons)
    no, risk = one.case.contract_no, draft.risk
    return draft, Hold(no, draft.start, draft.end, code, detail, risk, wh, draft.document_id)


def _rate_apart(one: OneBill, part: Part, work: _Work) -> None:
    """Rate a period of clocks that measure nothing, or hold it."""
    events = one.events_of(part, part.due.end)
    rated = reckon_apart(
        case=one.case,
        contract=part.contract,
        period=Period(part.due.start, part.due.end),
        months=part.due.months,
        by=one.by,
        clocks=part.charges,
        events=events,
    )
    if rated.problems:
        work.holds.append(hold_of_problems(one.case, rated, no_use(rated.period), ()))
        work.held |= part.clocks
    else:
        work.apart.append((part, rated, events))


def _rate_measured(one: OneBill, part: Part, work: _Work) -> None:
    """Rate the period of what is measured, with the rest of the document, or hold it; estimate what it lacks."""
    case, billing, by = one.case, one.billing, one.by
    period = Period(part.due.start, _end(one, part))
    usage = known_usage(case=case, period=period, readings=by.readings)
    filled = Filled()
    if usage.problems:
        filled = estimates(
            case=case,
            contract=part.contract,
            usage=usage,
            nominal_end=part.due.end,
            billing=billing.estimating(part.contract.profile),
            readings=by.readings,
        )
        if filled.made:
            case = with_states(case, filled.made)
            usage = known_usage(case=case, period=period, readings=by.readings, made=filled.made)
    done = reckon(
        case=case,
        contract=part.contract,
        period=period,
        months=part.due.months,
        usage=usage,
        carried=one.carried,
        by=by,
        events=one.events_of(part, period.end),
        clocks=part.clocks,
        others=[rated for _, rated, _ in work.apart],
        lines=[line for _, line in work.back],
    )
    if done.rated.problems:
        work.holds.append(hold_of_problems(case, done.rated, done.usage, filled.refusals))
        work.held |= part.clocks
    else:
        work.measured, work.made = (part, done), filled.made


def _end(one: OneBill, part: Part) -> date:
    """Return the day a period ends: that of the readings near its edge, or the edge itself."""
    due, ends = part.due, part.bounds.ends
    if due.exact_end:
        return due.end
    found = settlement_end(
        start=due.start,
        nominal_end=due.end,
        window_days=one.by.profile.reading_window_days,
        registers=one.case.registers,
        readings=[s for s in one.case.states if ends is None or s.boundary <= ends],
    )
    return found or due.end


def _composed(one: OneBill, work: _Work) -> tuple[BillContent, Reckoned]:
    """Put the rated periods together as the content of one document."""
    done = _reckoned(one, work)
    taken = takeover(one.case.contracts, done.rated.period.start)
    if taken is not None:  # what another party used is not this one's to see
        done = replace(done, past=tuple(use for use in done.past if use.period.start >= taken[1]))
    contract = work.parts[0].contract if work.parts else work.refunds[0].contract
    as_one = moves_as_one(Group(tuple(work.parts), work.refunds), one.progress)
    clocks: Sequence[ClockData] = ()
    labels: list[str] = []
    if not as_one:
        clocks = clock_data(
            parts=work.parts,
            refunds=work.refunds,
            progress=one.progress,
            measured_end=done.rated.period.end,
            lines={part.clocks: rated.lines for part, rated, _ in work.apart},
            carried=done.carried.text(),
        )
        rest = [str(min(part.clocks)) for part, rated, _ in work.apart for _ in rated.lines]
        rest += [str(clock) for clock, _ in work.back]
        labels = [str(Clock.VARIABLE)] * (len(done.rated.lines) - len(rest)) + rest
    content = compose_content(
        case=one.case,
        contract=contract,
        done=done,
        months=work.parts[0].due.months if work.parts else Months(0),
        by=one.by,
        first_bill=one.first and (work.measured is not None or is_connection(one.case.contracts)),
        settings_version=one.billing.settings_version,
        clocks=clocks,
        of_lines=labels,
    )
    return _with_forecasts(one, work, content), done


def _with_forecasts(one: OneBill, work: _Work, content: BillContent) -> BillContent:
    """Settle forecasts by the bill of what is measured, wherever the contract has some or may get them."""
    forecasts = one.forecasts
    if work.measured is None or forecasts is None:
        return content
    part, done = work.measured
    if not forecasts.turn and not plans(part.contract):
        return content
    end = done.rated.period.end
    settled = settled_by(part, forecasts, end=end)
    left = [item for item in forecasts.open if item not in settled]
    move = forecasts.moved(to=forecast_to(part, forecasts, end=end), left=left)
    return settle(content, settled=settled, move=move)


def _reckoned(one: OneBill, work: _Work) -> Reckoned:
    """Return the measured period with the events of the others, or what these come to without it."""
    events = tuple(event for _, _, events in work.apart for event in events)
    if work.measured is not None:
        done = work.measured[1]
        return replace(done, events=(*done.events, *events)) if events else done
    days = [day for part in work.parts for day in (part.due.start, part.due.end)]
    days += [day for refund in work.refunds for day in (refund.until, refund.billed_to)]
    period = Period(min(days), max(days))
    rated = together(
        period=period,
        parts=[rated for _, rated, _ in work.apart],
        lines=[line for _, line in work.back],
        profile=one.by.profile,
    )
    return Reckoned(no_use(period), rated, (), None, NOTHING, events=events)


def _draft(one: OneBill, content: BillContent, done: Reckoned, reasons: tuple[RiskReason, ...]) -> Draft:
    canonical = content.canonical()
    moves = tuple(ClockMove(c.clock, c.start, c.end, c.carried) for c in content.clocks)
    final = is_final(contracts=one.case.contracts, end=content.end, moves=moves, progress=one.progress)
    return Draft(
        document_id=document_id_of(
            contract_no=one.case.contract_no, start=content.start, moves=moves, progress=one.progress
        ),
        run_id=one.billing.run_id,
        contract_no=one.case.contract_no,
        start=content.start,
        end=content.end,
        content=canonical,
        content_hash=content_hash(canonical),
        net=content.net,
        vat=content.vat,
        gross=content.gross,
        wh_read=done.usage.wh("import"),
        kwh_billed=sum(row.kwh for row in content.energy if row.quantity == "import"),
        carried=content.carried,
        events=tuple(event.event_id for event in done.events),
        kind=_kind(one, final=final),
        unit=one.case.contract_on(content.start).unit,
        clocks=moves,
        turn=one.turn,
        reasons=reasons,
        forecast=None if content.forecasts is None else content.forecasts.move(alone=False),
        collective=one.case.contract_on(content.start).collective,
        falls_due=one.group.parts[0].on if one.group.parts else content.end,
    )


def _kind(one: OneBill, *, final: bool) -> DocumentKind:
    if is_connection(one.case.contracts):
        return DocumentKind.CONNECTION
    return DocumentKind.FINAL if final else DocumentKind.INVOICE
