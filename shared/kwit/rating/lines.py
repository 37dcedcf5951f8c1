"""Charge lines and their provenance: what the engine returns, as plain frozen data."""

from dataclasses import dataclass
from decimal import Decimal

from kwit.kernel.time import Period


@dataclass(frozen=True, slots=True)
class PriceSource:
    """Where a price stands: the list and the version of it, the document and the page."""

    price_list: str
    version: str
    document: str
    page: str
    confidence: str


@dataclass(frozen=True, slots=True)
class QuantitySource:
    """How a quantity came about.

    `rule` names the computation; `wh` is the energy before rounding to whole kWh; `usage` lists the indexes
    of the spans of use it rests on; `days` of `of_days` is the share of the period; `inputs` are further
    figures the rule used, each with its name (tg φ, the share of capacity hours).
    """

    rule: str
    days: int
    of_days: int
    wh: int | None = None
    usage: tuple[int, ...] = ()
    inputs: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Factor:
    """A further factor of a line (k, the bracket of reactive energy, coefficient A): its name and exact value."""

    name: str
    value: Decimal


@dataclass(frozen=True, slots=True)
class Line:
    """One charge line: net = quantity x price x every factor, rounded half up to the grosz, once."""

    charge: str
    name: str
    section: str
    zone: str
    period: Period
    quantity: Decimal
    unit: str
    price: Decimal
    net: Decimal
    vat_rate: Decimal
    vat: Decimal | None
    posting: str
    quantity_source: QuantitySource
    price_source: PriceSource
    factors: tuple[Factor, ...] = ()


@dataclass(frozen=True, slots=True)
class VatRow:
    """Net, VAT and gross of one rate."""

    rate: Decimal
    net: Decimal
    vat: Decimal
    gross: Decimal


@dataclass(frozen=True, slots=True)
class SectionTotal:
    """Totals of one section of the bill."""

    section: str
    net: Decimal
    vat: Decimal
    gross: Decimal


@dataclass(frozen=True, slots=True)
class EnergyOfZone:
    """Energy billed in a zone: whole kWh, and the Wh they were rounded from."""

    quantity: str
    zone: str
    label: str
    wh: int
    kwh: int


@dataclass(frozen=True, slots=True)
class Excise:
    """Excise contained in the price (akcyza), as information: energy in kWh and PLN."""

    kwh: int
    rate_per_mwh: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class RatingProblem:
    """Why a period cannot be rated: a code, and the value with the place it concerns."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Rated:
    """A rated period: its lines, and every total that a document prints."""

    period: Period
    lines: tuple[Line, ...]
    sections: tuple[SectionTotal, ...]
    vat_rows: tuple[VatRow, ...]
    net: Decimal
    vat: Decimal
    gross: Decimal
    energy: tuple[EnergyOfZone, ...]
    excise: Excise | None
    problems: tuple[RatingProblem, ...] = ()
