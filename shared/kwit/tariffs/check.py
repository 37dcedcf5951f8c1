"""Check the bytes of a price list file: everything that is wrong at once, or the price list itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kwit.kernel.identifiers import content_hash
from kwit.kernel.time import DateRange
from kwit.tariffs.check_charges import check_charges
from kwit.tariffs.check_events import check_illegal_use
from kwit.tariffs.check_parts import (
    check_brackets,
    check_calendars,
    check_groups,
    check_rates,
    check_seasons,
)
from kwit.tariffs.expand import calendar_rule, charge_span, expand, write_days
from kwit.tariffs.findings import Code, Finding, Severity, finding
from kwit.tariffs.parts import ChargeParts, Parts, Report, read_parts
from kwit.tariffs.price_list import (
    Adjustments,
    Bracket,
    Charge,
    DatedRate,
    EventRule,
    IllegalUse,
    PriceList,
    TariffGroup,
    UseLimit,
    ZoneCalendar,
)
from kwit.tariffs.schema import AdjustPart, EventPart, HeadPart, IllegalUsePart
from kwit.tariffs.yaml_file import YamlFile, read_yaml


@dataclass(frozen=True, slots=True)
class CheckedPriceList:
    """What came of a file: the price list when nothing is wrong with it, and everything found."""

    source: str
    price_list: PriceList | None
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Return the findings that keep the file out."""
        return tuple(found for found in self.findings if found.severity is Severity.ERROR)


def check_price_list(*, content: bytes, source: str) -> CheckedPriceList:
    """Check a price list file; `source` names it in the result and nowhere else.

    Every error is found in one pass, with its path and line; a price list comes back only without errors.
    """
    return check_read_price_list(file=read_yaml(content), content=content, source=source)


def check_read_price_list(*, file: YamlFile, content: bytes, source: str) -> CheckedPriceList:
    """Check a price list already read as plain data, as it stands inside another file.

    `content` are the bytes that its version is named by.
    """
    report = Report(file.lines, list(file.findings))
    unreadable = file.data is None and bool(file.findings)
    parts = None if unreadable else read_parts(file.data, report)
    if parts is not None:
        for check in (
            check_calendars,
            check_seasons,
            check_groups,
            check_brackets,
            check_rates,
            check_charges,
            check_illegal_use,
        ):
            check(parts, report)
    findings = tuple(sorted(report.findings, key=lambda found: (found.line or 0, found.path)))
    sound = not any(found.severity is Severity.ERROR for found in findings)
    built = _build(parts, parts.head, content) if sound and parts is not None and parts.head else None
    return CheckedPriceList(source, built, findings)


def check_versions(*, new: PriceList, existing: Sequence[PriceList]) -> tuple[Finding, ...]:
    """Check a new version against the stored versions of the same code.

    A version may replace one of exactly the same days; any other overlap is an error. Days between
    two versions that none covers are a warning, since the missing year may be loaded next.
    """
    others = [version for version in existing if version.code == new.code]
    found = [
        finding(Code.VERSION_KIND, path=("kind",), value=new.kind.value, hint=version.kind.value)
        for version in others
        if version.kind is not new.kind
    ]
    for version in others:
        common = version.window.intersection(new.window)
        if common is not None and version.window != new.window:
            days = write_days(common.start, common.end)
            hint = write_days(version.window.start, version.window.end)
            found.append(finding(Code.VERSION_OVERLAP, path=("valid",), value=days, hint=hint))
    return (*found, *_version_gaps(new, others))


def _version_gaps(new: PriceList, others: Sequence[PriceList]) -> list[Finding]:
    ends = [version.window.end for version in others if version.window.end is not None]
    earlier = max((end for end in ends if end <= new.window.start), default=None)
    end = new.window.end
    later = min(
        (version.window.start for version in others if end is not None and version.window.start >= end),
        default=None,
    )
    gaps = []
    if earlier is not None and earlier < new.window.start:
        gaps.append(DateRange(earlier, new.window.start))
    if later is not None and end is not None and end < later:
        gaps.append(DateRange(end, later))
    return [
        finding(
            Code.VERSION_GAP,
            path=("valid",),
            value=write_days(gap.start, gap.end),
            severity=Severity.WARNING,
        )
        for gap in gaps
    ]


def _build(parts: Parts, head: HeadPart, content: bytes) -> PriceList:
    window = DateRange(head.valid.first, head.valid.until)
    calendars = {
        name: ZoneCalendar(name, tuple(calendar_rule(rule) for rule in rules))
        for name, rules in parts.calendars.items()
    }
    return PriceList(
        code=head.code,
        kind=head.kind,
        issuer=head.issuer,
        title=head.title,
        window=window,
        document=head.source.document,
        confidence=head.source.confidence,
        content_hash=content_hash(content),
        charges=tuple(_charge(charge, parts, window) for charge in parts.charges),
        groups=_build_groups(parts, calendars),
        brackets=tuple(
            Bracket(part.code, part.label, part.at_least, part.up_to, from_edge=True)
            for part in parts.brackets
        ),
        rates=_build_rates(parts, window),
        note=" ".join(filter(None, (head.note.strip(), head.source.uncited))),
        calendars=calendars,
        omitted=dict(parts.omitted),
        illegal_use=tuple(_illegal_use(part) for _, part in parts.illegal_use),
    )


def _build_groups(parts: Parts, calendars: Mapping[str, ZoneCalendar]) -> dict[str, TariffGroup]:
    return {
        name: TariffGroup(
            name,
            household=group.household,
            zones=dict(group.zones),
            calendar=calendars[group.calendar] if group.calendar is not None else None,
            hourly=group.hourly,
        )
        for name, group in parts.groups.items()
    }


def _build_rates(parts: Parts, valid: DateRange) -> dict[str, tuple[DatedRate, ...]]:
    return {
        name: tuple(
            DatedRate(window, rate.rate, rate.page or "", rate.confidence)
            for rate in rates
            if rate.rate is not None and (window := rate.within(valid)) is not None
        )
        for name, rates in parts.rates.items()
    }


def _charge(charge: ChargeParts, parts: Parts, valid: DateRange) -> Charge:
    head = charge.head
    span = charge_span(head.in_force, valid)
    prices = [
        placed.price
        for path, part in charge.prices
        if span is not None
        for placed in expand(part, path=path, span=span, season=parts.seasons.get(part.season or ""))
    ]
    return Charge(
        code=head.code,
        name=head.name,
        section=head.section,
        basis=head.basis,
        unit=head.unit,
        prices=tuple(prices),
        posting=head.posting,
        customers=head.customers,
        vat=head.vat,
        partial_period=head.partial_period,
        families=frozenset(head.families or ()),
        in_force=None if head.in_force is None else span,
        multiplier=head.multiplier,
        tg_phi0=head.tg_phi0,
        of=frozenset(head.of or ()),
        special=head.special,
        tier_span=head.tier_span,
        series=head.series or "",
        applies=head.applies,
        event=_event_rule(head.event) if head.event is not None else None,
        adjust=_adjustments(head.adjust) if head.adjust is not None else None,
        clock=head.clock,
    )


def _event_rule(part: EventPart) -> EventRule:
    return EventRule(
        rate=part.rate or "",
        price_of=part.price_of or "",
        rebate=part.rebate,
        beyond=part.beyond,
        squared_over=part.squared_over,
        variants=dict(part.variants),
    )


def _adjustments(part: AdjustPart) -> Adjustments:
    return Adjustments(part.lowered_power, part.prepaid, dict(part.industrial))


def _illegal_use(part: IllegalUsePart) -> IllegalUse:
    limits = tuple(
        UseLimit(one.metering, one.kwh, one.per, one.least_ampere, one.per_kv) for one in part.limits
    )
    return IllegalUse(part.code, part.name, part.times, frozenset(part.charges), part.page, limits)
