"""Compose the content of a bill from a rated period: records and lines become plain data."""

from collections.abc import Sequence

from kwit.billing.case import Case
from kwit.billing.content import (
    BillContent,
    ClockData,
    EnergyData,
    ExciseData,
    FactorData,
    HistoryData,
    InputData,
    LineData,
    PartyData,
    PointData,
    PriceListData,
    SectionData,
    SpanData,
    StateData,
    VatData,
)
from kwit.billing.history import chart, last_year_use
from kwit.billing.prosumer_content import DepositData, covered_data, deposit_data
from kwit.billing.reckoning import Reckoned, Reckoning
from kwit.kernel.energy import from_wh
from kwit.metering.readings import RegisterReading
from kwit.metering.usage import IntervalSeries, RegisterSpan
from kwit.rating.lines import Line, Rated
from kwit.rating.terms import Months
from kwit.registry.records import Contract, MeteringPoint, Party
from kwit.tariffs.price_list import PriceList


def compose_content(
    *,
    case: Case,
    contract: Contract,
    done: Reckoned,
    months: Months,
    by: Reckoning,
    first_bill: bool,
    settings_version: str,
    clocks: Sequence[ClockData] = (),
    of_lines: Sequence[str] = (),
) -> BillContent:
    """Put together all that the document will say; nothing is computed after this.

    `clocks` are those it moves and `of_lines` the clock of each line, where the contract's clocks stand apart.
    """
    rated, usage, profile = done.rated, done.usage, by.profile
    return BillContent(
        contract_no=contract.contract_no,
        contract_kind=str(contract.kind),
        contract_ends=contract.ends,
        group=contract.group,
        profile=profile.code,
        vat_rounding=str(profile.vat),
        start=rated.period.start,
        end=rated.period.end,
        months=str(months.cycle * months.share),
        payment_days=contract.payment_days,
        contracted_kw=contract.contracted_kw,
        annual_kwh=done.annual_kwh,
        remote_reading=contract.remote_reading,
        prosumer=str(contract.prosumer),
        opening_balance=contract.balance if first_bill else None,
        customer=party_data(case.party(contract.party_id)),
        payer=party_data(case.party(contract.payer_id)),
        point=_point(case.point),
        settings_version=settings_version,
        usage=(*(span_data(span) for span in usage.spans), *(series_data(one) for one in usage.series)),
        energy=energy_data(rated),
        lines=tuple(
            line_data(line, clock=of_lines[index] if of_lines else "")
            for index, line in enumerate(rated.lines)
        ),
        sections=section_data(rated),
        vat_rows=vat_data(rated),
        net=rated.net,
        vat=rated.vat,
        gross=rated.gross,
        excise=excise_data(rated),
        price_lists=_price_lists(case, rated.lines),
        history=tuple(
            HistoryData(start=one.period.start, end=one.period.end, wh=one.wh) for one in chart(done.past)
        ),
        last_year_wh=last_year_use(done.past, rated.period),
        deposit=_deposit(done, by),
        covered=covered_data(done.credit.covered) if done.credit else (),
        pending_months=done.deposit.pending if done.deposit else (),
        payable=done.deposit.settlement.payable if done.deposit else None,
        carried=done.carried.text(),
        clocks=tuple(clocks),
    )


def energy_data(rated: Rated) -> tuple[EnergyData, ...]:
    """Return the energy of zones as plain data."""
    return tuple(
        EnergyData(quantity=e.quantity, zone=e.zone, label=e.label, wh=e.wh, kwh=e.kwh) for e in rated.energy
    )


def section_data(rated: Rated) -> tuple[SectionData, ...]:
    """Return the totals of sections as plain data."""
    return tuple(SectionData(section=s.section, net=s.net, vat=s.vat, gross=s.gross) for s in rated.sections)


def vat_data(rated: Rated) -> tuple[VatData, ...]:
    """Return the rows of the VAT summary as plain data."""
    return tuple(VatData(rate=r.rate, net=r.net, vat=r.vat, gross=r.gross) for r in rated.vat_rows)


def _deposit(done: Reckoned, by: Reckoning) -> DepositData | None:
    if done.deposit is None:
        return None
    settings = by.settings
    sections = tuple(settings.deposit_sections)
    return deposit_data(done.deposit.settlement, charges=settings.deposit_charges, sections=sections)


def party_data(party: Party) -> PartyData:
    """Return a party as documents name it."""
    return PartyData(
        party_id=party.party_id,
        name=party.name,
        street=party.street,
        postcode=party.postcode,
        city=party.city,
        nip=party.nip,
        email=party.email,
        bank_account=party.bank_account,
        language=party.language,
    )


def _point(point: MeteringPoint) -> PointData:
    return PointData(
        ppe=point.ppe,
        distributor=point.distributor,
        street=point.street,
        postcode=point.postcode,
        city=point.city,
        phases=point.phases,
    )


def _state(reading: RegisterReading) -> StateData:
    return StateData(
        day=reading.boundary,
        kwh=from_wh(reading.state_wh, unit="kWh"),
        kind=str(reading.kind),
        source=str(reading.source),
        method=str(reading.standing.method or ""),
    )


def excise_data(rated: Rated) -> ExciseData | None:
    """Return the excise contained in the price as plain data, None when there is none."""
    excise = rated.excise
    if excise is None:
        return None
    return ExciseData(kwh=excise.kwh, rate_per_mwh=excise.rate_per_mwh, amount=excise.amount)


def span_data(span: RegisterSpan) -> SpanData:
    """Return a span of use between two states as plain data."""
    return SpanData(
        meter_no=span.register.meter_no,
        register_code=span.register.code,
        zone=span.register.zone,
        quantity=span.register.quantity,
        multiplier=span.register.multiplier,
        wh=span.wh,
        first=_state(span.first),
        last=_state(span.last),
    )


def series_data(series: IntervalSeries) -> SpanData:
    """Return a series as plain data, with the file and row of each day."""
    return SpanData(
        meter_no=series.register.meter_no,
        register_code=series.register.code,
        zone="",
        quantity=series.register.quantity,
        multiplier=series.register.multiplier,
        wh=series.wh,
        series_days=len(series.days),
        series_sources=tuple(str(day.source) for day in series.days),
        estimated_days=sum(1 for day in series.days if day.estimated),
        methods=tuple(sorted({str(day.standing.method) for day in series.days if day.standing.method})),
    )


def line_data(line: Line, *, clock: str = "") -> LineData:
    """Return a charge line as plain data; `clock` names the one whose period it is of."""
    return LineData(
        charge=line.charge,
        name=line.name,
        section=line.section,
        zone=line.zone,
        start=line.period.start,
        end=line.period.end,
        quantity=line.quantity,
        unit=line.unit,
        price=line.price,
        net=line.net,
        vat_rate=line.vat_rate,
        vat=line.vat,
        posting=line.posting,
        rule=line.quantity_source.rule,
        days=line.quantity_source.days,
        of_days=line.quantity_source.of_days,
        wh=line.quantity_source.wh,
        usage=line.quantity_source.usage,
        price_list=line.price_source.version,
        page=line.price_source.page,
        factors=tuple(FactorData(name=one.name, value=one.value) for one in line.factors),
        inputs=tuple(InputData(name=name, value=value) for name, value in line.quantity_source.inputs),
        clock=clock,
    )


def _price_lists(case: Case, lines: Sequence[Line]) -> tuple[PriceListData, ...]:
    versions: dict[str, PriceList] = {
        version.content_hash: version for lists in case.lists.values() for version in lists
    }
    used = dict.fromkeys(line.price_source.version for line in lines)
    return tuple(
        PriceListData(
            code=versions[name].code,
            title=versions[name].title,
            document=versions[name].document,
            version=name,
            confidence=str(versions[name].confidence),
        )
        for name in used
    )
