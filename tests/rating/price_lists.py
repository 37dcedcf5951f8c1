"""Small price lists made in code, for rules that no shipped list shows alone."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from kwit.kernel.time import DateRange
from kwit.tariffs.price_list import (
    Basis,
    Charge,
    Confidence,
    DatedRate,
    Kind,
    PartialPeriod,
    Price,
    PriceList,
    Section,
    TariffGroup,
)

OPEN = DateRange(date(2020, 1, 1))


def price(
    amount: str, *, start: date = OPEN.start, end: date | None = None, zone: str | None = None
) -> Price:
    """Make a price for any customer."""
    return Price(Decimal(amount), DateRange(start, end), "1", zone=zone)


def charge(
    code: str,
    *prices: Price,
    basis: Basis = Basis.ENERGY,
    unit: str = "kWh",
    section: Section = Section.SALE,
    vat: str = "standard",
    partial: PartialPeriod = PartialPeriod.BY_DAYS,
    in_force: DateRange | None = None,
) -> Charge:
    """Make a charge that concerns everybody."""
    posting = f"{section}.{code}"
    return Charge(
        code,
        code.title(),
        section,
        basis,
        unit,
        prices,
        posting,
        vat=vat,
        partial_period=partial,
        in_force=in_force,
    )


def price_list(
    code: str,
    *charges: Charge,
    window: DateRange = OPEN,
    zones: Mapping[str, str] | None = None,
    rates: Mapping[str, str] | None = None,
    version: str = "1",
    groups: Sequence[str] = ("G11", "C11", "C21"),
) -> PriceList:
    """Make a seller's list with the given charges, and VAT of 23% unless told otherwise."""
    dated = {
        name: (DatedRate(OPEN, Decimal(rate), "art. 41"),)
        for name, rate in (rates if rates is not None else {"vat_standard": "0.23"}).items()
    }
    zones = zones or {"all": "całodobowa"}
    return PriceList(
        code=code,
        kind=Kind.SELLER,
        issuer="Jasna Energia S.A.",
        title=code,
        window=window,
        document=code,
        confidence=Confidence.OWN,
        content_hash=f"{code}-{version}".ljust(64, "0"),
        charges=charges,
        groups={group: TariffGroup(group, group.startswith("G"), zones) for group in groups},
        rates=dated,
    )
