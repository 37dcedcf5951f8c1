"""Bill one contract: every period that is due becomes a draft, or a hold that says why not."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from kwit.billing.carried import Carried, first_carried, read_carried
from kwit.billing.case import Case
from kwit.billing.compose import compose_content
from kwit.billing.content import BillContent
from kwit.billing.cycles import NextPeriod, next_period
from kwit.billing.drafts import Draft, Hold, HoldCode, RiskReason
from kwit.billing.estimates import Estimating, estimates, known_usage, with_states
from kwit.billing.event_turn import events_due
from kwit.billing.reckoning import Reckoned, Reckoning, reckon
from kwit.billing.risk import hold_code, reasons_of
from kwit.kernel.identifiers import content_hash, deterministic_id
from kwit.kernel.time import Period, add_months
from kwit.metering.estimation.filling import Filled
from kwit.metering.estimation.rules import PROLONGED, Refusal
from kwit.metering.ports import ReadingStore
from kwit.metering.readings import Reading
from kwit.metering.usage import Usage, settlement_end
from kwit.rating.lines import Rated
from kwit.rating.profile import MonthsAtChange, RatingProfile, VatRounding
from kwit.rating.series import SeriesSorter
from kwit.rating.terms import Months
from kwit.registry.company import CompanySettings, ProfileSettings
from kwit.registry.records import Contract
from kwit.tariffs.price_list import PartialPeriod

_MOST_PERIODS = 24
_HOLD_OF_PROBLEM = {
    "reading_missing": HoldCode.READING_MISSING,
    "reading_before_last": HoldCode.READING_BEFORE_LAST,
    "reading_held": HoldCode.READING_HELD,
    "estimate_above_reading": HoldCode.ESTIMATE_ABOVE_READING,
    "intervals_missing": HoldCode.INTERVALS_MISSING,
    "intervals_incomplete": HoldCode.INTERVALS_MISSING,
    "no_meter": HoldCode.NO_METER,
    "price_list_missing": HoldCode.PRICE_MISSING,
    "price_missing": HoldCode.PRICE_MISSING,
    "rate_missing": HoldCode.PRICE_MISSING,
}
_RISK = {
    HoldCode.READING_MISSING: 60,
    HoldCode.INTERVALS_MISSING: 60,
    HoldCode.READING_BEFORE_LAST: 80,
    HoldCode.READING_HELD: 75,
    HoldCode.PROLONGED_ESTIMATION: 75,
    HoldCode.ESTIMATE_ABOVE_READING: 80,
    HoldCode.NO_METER: 80,
    HoldCode.PRICE_MISSING: 90,
    HoldCode.REGISTRY_INCOMPLETE: 90,
    HoldCode.RATING_PROBLEM: 90,
    HoldCode.RATING_FAILED: 95,
    HoldCode.NO_DOCUMENTS: 40,
    HoldCode.DOCUMENT_MISSING: 60,
    HoldCode.DOCUMENT_UNKNOWN: 60,
    HoldCode.ESTIMATE_STANDS: 70,
    HoldCode.CORRECTIONS_CONTINUE: 20,
    HoldCode.RELEASE_NOT_LAST: 60,
}


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


def due_period(
    *, contract: Contract, billed_to: date, business_date: date, window_days: int
) -> NextPeriod | None:
    """Return the next period of a contract if it has ended by the business date, else None."""
    following = next_period(contract=contract, billed_to=billed_to, window_days=window_days)
    return following if following is not None and following.end <= business_date else None


def bill_contract(
    *,
    case: Case,
    billed_to: date | None,
    billing: Billing,
    readings: ReadingStore,
    carried: str | None = None,
    billed_events: frozenset[str] = frozenset(),
) -> tuple[list[Draft], list[Hold]]:
    """Bill every period of a contract that has ended by the business date, in order, up to the first hold.

    `billed_to` is the first day not yet billed by kWit and `carried` what the last bill hands on, None before
    its first bill; `billed_events` are the ids of the events that issued bills hold. Where the profile allows
    estimates, those that a draft rests on are kept among the readings before the draft is returned.
    """
    drafts: list[Draft] = []
    start = billed_to or case.contracts[0].billed_to
    handed = first_carried(case.contracts[0]) if carried is None else read_carried(carried)
    first = billed_to is None
    for _ in range(_MOST_PERIODS):
        contract = case.contract_on(start)
        named = billing.settings.profiles.get(contract.profile)
        if named is None:
            detail = f"profile {contract.profile} is not in the settings"
            return drafts, [_hold(case, start, start, HoldCode.REGISTRY_INCOMPLETE, detail)]
        profile = rating_profile(contract.profile, named)
        due = due_period(
            contract=contract,
            billed_to=start,
            business_date=billing.business_date,
            window_days=profile.reading_window_days,
        )
        if due is None:
            return drafts, []
        by = Reckoning(billing.sorter, readings, profile, named)
        one = _Due(case, contract, due, handed, billing, by, first=first, billed_events=billed_events)
        outcome, case = _settle_period(one)
        if isinstance(outcome, Hold):
            return drafts, [outcome]
        if isinstance(outcome, HeldDraft):
            return [*drafts, outcome.draft], [outcome.hold]
        drafts.append(outcome)
        billed_events |= frozenset(outcome.events)
        start, first, handed = outcome.end, False, read_carried(outcome.carried)
    return drafts, []


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

    All events of the case are billed. Estimates are kept as `bill_contract` keeps them.
    """
    contract = case.contract_on(period.start)
    named = billing.settings.profiles.get(profile)
    if named is None:
        detail = f"profile {profile} is not in the settings"
        return _hold(case, period.start, period.end, HoldCode.REGISTRY_INCOMPLETE, detail)
    due = NextPeriod(period.start, period.end, exact_end=True, months=months)
    by = Reckoning(billing.sorter, readings, rating_profile(profile, named), named)
    nothing: frozenset[str] = frozenset()
    one = _Due(case, contract, due, carried, billing, by, first=False, billed_events=nothing)
    outcome, _ = _settle_period(one)
    # What made the bill wait for a person once is no reason to leave it wrong.
    return outcome.draft if isinstance(outcome, HeldDraft) else outcome


@dataclass(frozen=True, slots=True)
class HeldDraft:
    """A draft that waits for a person, with the hold that says why."""

    draft: Draft
    hold: Hold


@dataclass(frozen=True, slots=True)
class _Due:
    """One period of a contract that is due, and what it is billed with."""

    case: Case
    contract: Contract
    due: NextPeriod
    carried: Carried
    billing: Billing
    by: Reckoning
    first: bool
    billed_events: frozenset[str]


def _settle_period(one: _Due) -> tuple[Draft | HeldDraft | Hold, Case]:
    """Bill a period and keep the estimates it rests on; return the case as the next period finds it.

    Estimates are kept only where their places are free. When another attempt was first, the period is billed
    again on what it left there, so that draft and readings never disagree.
    """
    outcome, made = _bill_period(one)
    if isinstance(outcome, Hold) or not made:
        return outcome, one.case
    kept = one.by.readings.keep_first(made)
    settled = replace(one, case=with_states(one.case, kept))
    if list(kept) == list(made):
        return outcome, settled.case
    again, more = _bill_period(settled)
    if more:
        detail = "estimates of another attempt do not fill the period"
        return _hold(one.case, one.due.start, one.due.end, HoldCode.READING_MISSING, detail), one.case
    return again, settled.case


def _bill_period(one: _Due) -> tuple[Draft | HeldDraft | Hold, Sequence[Reading]]:
    """Return the draft or the hold of a period, and the estimates that were made for it."""
    case, contract, due, billing, by = one.case, one.contract, one.due, one.billing, one.by
    period = Period(due.start, _end(one))
    usage = known_usage(case=case, period=period, readings=by.readings)
    filled = Filled()
    if usage.problems:
        filled = estimates(
            case=case,
            contract=contract,
            usage=usage,
            nominal_end=due.end,
            billing=billing.estimating(contract.profile),
            readings=by.readings,
        )
        if filled.made:
            case = with_states(case, filled.made)
            usage = known_usage(case=case, period=period, readings=by.readings, made=filled.made)
    done = reckon(
        case=case,
        contract=contract,
        period=period,
        months=due.months,
        usage=usage,
        carried=one.carried,
        by=by,
        events=events_due(case=case, period=period, billed=one.billed_events),
    )
    if done.rated.problems:
        return _hold_of_problems(case, done.rated, done.usage, filled.refusals), ()
    content = compose_content(
        case=case,
        contract=contract,
        done=done,
        months=due.months,
        by=by,
        first_bill=one.first,
        settings_version=billing.settings_version,
    )
    return _screened(one, case, content, done), filled.made


def _end(one: _Due) -> date:
    """Return the day a period ends: that of the readings near its edge, or the edge itself."""
    due, ends = one.due, one.contract.ends
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


def _hold_of_problems(case: Case, rated: Rated, usage: Usage, refusals: Sequence[Refusal]) -> Hold:
    problem = rated.problems[0]
    code = _HOLD_OF_PROBLEM.get(problem.code, HoldCode.RATING_PROBLEM)
    parts = [f"{one.code}: {one.detail}" for one in rated.problems[:5]]
    if refusals:
        parts += [f"not estimated, {one.code}: {one.detail}" for one in refusals[:5]]
        if any(one.code == PROLONGED for one in refusals):
            code = HoldCode.PROLONGED_ESTIMATION
    start, end = rated.period.start, rated.period.end
    return _hold(case, start, end, code, "; ".join(parts), wh=usage.wh("import"))


def _hold(case: Case, start: date, end: date, code: HoldCode, detail: str, *, wh: int = 0) -> Hold:
    return hold(case.contract_no, start, end, code, detail, wh=wh)


def hold(contract_no: str, start: date, end: date, code: HoldCode, detail: str, *, wh: int = 0) -> Hold:
    """Make the hold of a contract's days with the risk of its code."""
    return Hold(contract_no, start, end, code, detail, _RISK[code], wh)


def _screened(one: _Due, case: Case, content: BillContent, done: Reckoned) -> Draft | HeldDraft:
    """Return the draft, with the hold that makes it wait where its risk reaches the threshold of the settings."""
    limits = one.billing.settings.holds
    wh = done.usage.wh("import")
    doubtful = dict.fromkeys(
        f"{line.charge} ({line.price_source.price_list}, {line.price_source.page})"
        for line in done.rated.lines
        if line.price_source.confidence == "unconfirmed"
    )
    reasons = reasons_of(
        content=content,
        past=done.past,
        wh=wh,
        cycle_days=_cycle_days(one.contract, content.start),
        first_bill=one.first,
        doubtful=list(doubtful),
        limits=limits,
    )
    draft = _draft(case, content, done, one.billing, reasons)
    code = hold_code(reasons, limits)
    if code is None:
        return draft
    detail = "; ".join(reason.detail for reason in reasons)
    waits = Hold(case.contract_no, draft.start, draft.end, code, detail, draft.risk, wh, draft.document_id)
    return HeldDraft(draft, waits)


def _cycle_days(contract: Contract, start: date) -> int:
    return (add_months(start, contract.cycle_months) - start).days


def _draft(
    case: Case, content: BillContent, done: Reckoned, billing: Billing, reasons: tuple[RiskReason, ...]
) -> Draft:
    canonical = content.canonical()
    return Draft(
        document_id=deterministic_id("bill", case.contract_no, "all", content.start.isoformat()),
        run_id=billing.run_id,
        contract_no=case.contract_no,
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
        reasons=reasons,
    )


def hold_sentence(code: HoldCode) -> str:
    """Say in Polish why a bill waits."""
    return _SENTENCES[code]


_SENTENCES = {
    HoldCode.READING_MISSING: "Brak odczytu na koniec okresu; rachunku nie wystawiono i nie oszacowano.",
    HoldCode.READING_BEFORE_LAST: "Odczyt jest niższy od poprzedniego.",
    HoldCode.READING_HELD: "Odczyt wstrzymała walidacja; czeka na przyjęcie przez osobę.",
    HoldCode.PROLONGED_ESTIMATION: "Kolejny szacunek przekroczyłby dozwoloną liczbę szacunków z rzędu.",
    HoldCode.ESTIMATE_ABOVE_READING: "Odczyt jest niższy od zafakturowanego szacunku; trzeba korekty.",
    HoldCode.INTERVALS_MISSING: "Szereg czasowy jest niepełny.",
    HoldCode.NO_METER: "W punkcie nie ma licznika, który liczyłby pobór.",
    HoldCode.PRICE_MISSING: "Brak ceny lub stawki na część okresu.",
    HoldCode.REGISTRY_INCOMPLETE: "W kartotece brakuje rekordu, na który powołuje się umowa.",
    HoldCode.RATING_PROBLEM: "Nie da się policzyć opłat; szczegół mówi dlaczego.",
    HoldCode.RATING_FAILED: "Liczenie tej umowy nie powiodło się; zgłoś to nam, podając numer umowy.",
    HoldCode.AMOUNT_HIGH: "Kwota przekracza próg kontroli.",
    HoldCode.USE_HIGH: "Zużycie przekracza próg kontroli.",
    HoldCode.NEGATIVE: "Kwota jest ujemna.",
    HoldCode.UNCONFIRMED_PRICES: "Rachunek opiera się na niepotwierdzonych stawkach.",
    HoldCode.NO_DOCUMENTS: "Umowa nie ma dokumentu, który można by skorygować.",
    HoldCode.DOCUMENT_MISSING: "Dokument ma już numer, ale nie jest jeszcze zapisany; korekta czeka na niego.",
    HoldCode.DOCUMENT_UNKNOWN: "Wskazanego dokumentu nie da się skorygować.",
    HoldCode.ESTIMATE_STANDS: "Zafakturowany szacunek nadal obowiązuje; popraw go, żeby powstała korekta.",
    HoldCode.CORRECTIONS_CONTINUE: "Korekt jest więcej, niż mieści jeden przebieg; resztę zrobi następny.",
    HoldCode.RELEASE_NOT_LAST: "Zwolnić okres można tylko od ostatniej faktury umowy wstecz.",
    HoldCode.USE_ABOVE_HISTORY: "Zużycie jest dużo wyższe niż wcześniej.",
    HoldCode.USE_BELOW_HISTORY: "Zużycie jest dużo niższe niż wcześniej.",
    HoldCode.ZERO_USE: "W okresie nie ma zużycia.",
    HoldCode.ESTIMATED: "Rachunek opiera się na szacunkach.",
    HoldCode.NEW_CONTRACT: "To pierwszy rachunek tej umowy.",
    HoldCode.LONG_PERIOD: "Okres jest dużo dłuższy niż okres rozliczeniowy umowy.",
    HoldCode.RISK_HIGH: "Kilka powodów razem przekracza próg ryzyka.",
}
