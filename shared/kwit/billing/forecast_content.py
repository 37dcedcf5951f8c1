"""Forecasts in the content of documents: what one invoices, and how a bill takes back what they invoiced.

A bill that settles forecasts bills its whole period and takes back, by a negative line for each posting key and rate,
exactly the net and VAT that was invoiced; its VAT rows and totals are after that (ustawa o VAT, art. 106f ust. 3).
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from kwit.billing.content import (
    BillContent,
    EnergyData,
    ExpectedData,
    InputData,
    LineData,
    SectionData,
    VatData,
)
from kwit.billing.forecast_data import (
    EXPECTED,
    SETTLED,
    ForecastMoveData,
    ForecastPart,
    InvoicedForecast,
    merged_parts,
    shared_vat,
)
from kwit.kernel.money import ZERO, total

CHARGE = "forecast"
_Key = TypeVar("_Key", Decimal, str)
_NAME = "Rozliczenie prognoz"


def as_forecast(content: BillContent, *, method: str, energy: tuple[EnergyData, ...]) -> BillContent:
    """Return a bill of expected use as a forecast: no readings, no energy billed, every line marked."""
    lines = tuple(
        line.model_copy(
            update={
                "name": f"{line.name}, prognoza",
                "usage": (),
                "inputs": (*line.inputs, InputData(name=EXPECTED, value=method)),
            }
        )
        for line in content.lines
    )
    expected = ExpectedData(method=method, energy=energy)
    update: dict[str, Any] = {
        "lines": lines, "usage": (), "energy": (), "excise": None, "carried": "", "expected": expected,
    }  # fmt: skip
    return content.model_copy(update=update)


def invoiced(content: BillContent, *, document_id: str) -> InvoicedForecast:
    """Return what a forecast invoices, its VAT shared out among posting keys as it was rounded."""
    return InvoicedForecast(
        document_id=document_id,
        start=content.start,
        end=content.end,
        party_id=content.customer.party_id,
        payer_id=content.payer.party_id,
        kwh=content.expected.kwh if content.expected else 0,
        parts=tuple(_parts(content)),
    )


def _parts(content: BillContent) -> Iterable[ForecastPart]:
    nets: dict[Decimal, dict[tuple[str, str], Decimal]] = {}
    for line in content.lines:
        of_rate = nets.setdefault(line.vat_rate, {})
        key = (line.section, line.posting)
        of_rate[key] = of_rate.get(key, ZERO) + line.net
    for row in content.vat_rows:
        keys = list(nets[row.rate])
        shares = shared_vat([nets[row.rate][key] for key in keys], row.rate, row.vat)
        for (section, posting), vat in zip(keys, shares, strict=True):
            net = nets[row.rate][section, posting]
            yield ForecastPart(section=section, posting=posting, rate=row.rate, net=net, vat=vat)


def settle(
    content: BillContent, *, settled: Sequence[InvoicedForecast], move: ForecastMoveData
) -> BillContent:
    """Take back from a bill what forecasts invoiced, and say how forecasts stand after it."""
    parts = merged_parts(settled)
    rows = {row.rate: (row.net, row.vat) for row in content.vat_rows}
    sections = {one.section: (one.net, one.vat) for one in content.sections}
    for part in parts:
        _take(part, rows, part.rate)
        _take(part, sections, part.section)
    net, vat = total(one[0] for one in rows.values()), total(one[1] for one in rows.values())
    paid = content.gross - content.due
    update: dict[str, Any] = {
        "lines": (*content.lines, *(_line(part, content) for part in parts)),
        "sections": tuple(
            SectionData(section=name, net=n, vat=v, gross=n + v) for name, (n, v) in sections.items()
        ),
        "vat_rows": tuple(
            VatData(rate=rate, net=n, vat=v, gross=n + v) for rate, (n, v) in sorted(rows.items())
        ),
        "net": net,
        "vat": vat,
        "gross": net + vat,
        "payable": None if content.payable is None else net + vat - paid,
        "settled": tuple(settled),
        "forecasts": move,
    }
    return content.model_copy(update=update)


def _take(part: ForecastPart, sums: dict[_Key, tuple[Decimal, Decimal]], key: _Key) -> None:
    net, vat = sums.get(key, (ZERO, ZERO))
    sums[key] = (net - part.net, vat - part.vat)


def _line(part: ForecastPart, content: BillContent) -> LineData:
    days = (content.end - content.start).days
    return LineData(
        charge=CHARGE,
        name=_NAME,
        section=part.section,
        zone="",
        start=content.start,
        end=content.end,
        quantity=Decimal(-1),
        unit="item",
        price=part.net,
        net=-part.net,
        vat_rate=part.rate,
        vat=-part.vat,
        posting=part.posting,
        rule=SETTLED,
        days=days,
        of_days=days,
        wh=None,
        usage=(),
        price_list="",
        page="",
    )


def before_settling(content: BillContent) -> tuple[SectionData, ...]:
    """Return the totals of sections before forecasts were taken back; a section of nothing else is left out."""
    parts = merged_parts(content.settled)
    charged = {line.section for line in content.lines if line.rule != SETTLED}
    found = []
    for one in content.sections:
        mine = [part for part in parts if part.section == one.section]
        net, vat = one.net + total(part.net for part in mine), one.vat + total(part.vat for part in mine)
        if one.section in charged:
            found.append(SectionData(section=one.section, net=net, vat=vat, gross=net + vat))
    return tuple(found)
