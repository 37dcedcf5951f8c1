"""The content of a quote as plain data: what `--json` prints, what is compared, what the verifier reads."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict

from kwit.billing.compose import (
    energy_data,
    excise_data,
    line_data,
    section_data,
    series_data,
    span_data,
    vat_data,
)
from kwit.billing.content import (
    ENGINE,
    EnergyData,
    ExciseData,
    LineData,
    PriceListData,
    SectionData,
    SpanData,
    VatData,
)
from kwit.billing.prosumer_content import CoveredData, DepositData, covered_data, deposit_data
from kwit.cli.quote import Quote
from kwit.cli.scenario import PaysPart, ProsumerPart
from kwit.metering.usage import IntervalSeries, Usage
from kwit.rating.deposit import Settlement
from kwit.rating.lines import Line
from kwit.tariffs.price_list import PriceList


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class QuoteLineData(LineData):
    """A line with how far its price is trusted."""

    document: str
    confidence: str


class DifferenceData(_Data):
    """A figure that is not the expected one."""

    figure: str
    expected: str
    quoted: str


class QuoteContent(_Data):
    """Everything a quote says."""

    format: Literal["kwit/quote-result/1"] = "kwit/quote-result/1"
    engine: str = ENGINE
    scenario: str
    title: str
    source: str
    group: str
    vat_rounding: str
    kwh_digits: int
    start: date
    end: date
    months: str
    usage: tuple[SpanData, ...]
    energy: tuple[EnergyData, ...]
    lines: tuple[QuoteLineData, ...]
    sections: tuple[SectionData, ...]
    vat_rows: tuple[VatData, ...]
    net: Decimal
    vat: Decimal
    gross: Decimal
    excise: ExciseData | None
    price_lists: tuple[PriceListData, ...]
    deposit: DepositData | None
    covered: tuple[CoveredData, ...]
    payable: Decimal
    warnings: tuple[str, ...]


def quote_content(quote: Quote) -> QuoteContent | None:
    """Write a quote as plain data; None when it could not be quoted."""
    rated, usage, scenario = quote.rated, quote.usage, quote.loaded.scenario
    if rated is None or usage is None or scenario is None:
        return None
    versions = _versions(quote, rated.lines)
    return QuoteContent(
        scenario=quote.loaded.version,
        title=scenario.title,
        source=scenario.source,
        group=scenario.group,
        vat_rounding=str(scenario.profile.vat),
        kwh_digits=scenario.profile.kwh_digits,
        start=rated.period.start,
        end=rated.period.end,
        months=str(scenario.months or scenario.cycle_months),
        usage=_usage(usage),
        energy=energy_data(rated),
        lines=tuple(_line(line) for line in rated.lines),
        sections=section_data(rated),
        vat_rows=vat_data(rated),
        net=rated.net,
        vat=rated.vat,
        gross=rated.gross,
        excise=excise_data(rated),
        price_lists=tuple(_price_list(version) for version in versions),
        deposit=_deposit(quote.settlement, scenario.prosumer),
        covered=covered_data(quote.covered) if quote.covered else (),
        payable=quote.settlement.payable if quote.settlement else rated.gross,
        warnings=tuple(_warnings(versions, rated.lines)),
    )


def _usage(usage: Usage) -> tuple[SpanData, ...]:
    return (*(span_data(span) for span in usage.spans), *(_series(one) for one in usage.series))


def _series(series: IntervalSeries) -> SpanData:
    """Name a series by its meter: a scenario's series lies in one file, not in a file a day."""
    return series_data(series).model_copy(update={"series_sources": (series.register.meter_no,)})


def _line(line: Line) -> QuoteLineData:
    price = line.price_source
    told = {"document": price.document, "confidence": price.confidence}
    return QuoteLineData.model_validate(dict(line_data(line)) | told)


def _deposit(settlement: Settlement | None, prosumer: ProsumerPart | None) -> DepositData | None:
    pays = prosumer.pays if prosumer else PaysPart()
    return (
        deposit_data(settlement, charges=pays.charges, sections=pays.sections)
        if settlement is not None
        else None
    )


def _versions(quote: Quote, lines: Sequence[Line]) -> list[PriceList]:
    known = {version.content_hash: version for several in quote.loaded.lists.values() for version in several}
    used = dict.fromkeys(line.price_source.version for line in lines if line.price_source.version)
    return [known[name] for name in used]


def _price_list(version: PriceList) -> PriceListData:
    return PriceListData(
        code=version.code,
        title=version.title,
        document=version.document,
        version=version.content_hash,
        confidence=str(version.confidence),
    )


def _warnings(versions: Sequence[PriceList], lines: Sequence[Line]) -> list[str]:
    """Say which prices are not from an official text."""
    told: dict[str, None] = {}
    names = {version.content_hash: version.code for version in versions}
    for line in lines:
        if line.price_source.confidence in {"secondary", "unconfirmed"}:
            list_name = names.get(line.price_source.version, line.price_source.price_list)
            told[f"{list_name}/{line.charge}: the price is {line.price_source.confidence}"] = None
    return list(told)
