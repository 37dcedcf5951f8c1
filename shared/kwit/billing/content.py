"""The content of a bill: all that a document says, as plain data, hashed as a draft and issued as it stands.

Decimals travel as text. The content explains itself: every line carries its formula, the spans of use behind
its quantity and the price list version and page behind its price.
"""

from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from kwit.billing.carried import PendingMonth
from kwit.billing.forecast_data import ForecastMoveData, InvoicedForecast
from kwit.billing.prosumer_content import CoveredData, DepositData
from kwit.kernel.identifiers import canonical_json
from kwit.registry.records import ContractKind
from kwit.tariffs.price_list import Clock

ENGINE = "kwit-rating/1"


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _nothing(value: object) -> bool:
    """Tell whether a field stays out of the text: those that came later do, so that older contents keep their bytes."""
    return not value


class PartyData(_Data):
    """A party as the document names it; `language` is that of its documents, empty for Polish."""

    party_id: str
    name: str
    street: str
    postcode: str
    city: str
    nip: str = ""
    email: str = ""
    bank_account: str = ""
    language: str = Field(default="", exclude_if=_nothing)


class PointData(_Data):
    """The metering point as the document names it."""

    ppe: str
    distributor: str
    street: str
    postcode: str
    city: str
    phases: int

    @property
    def address(self) -> str:
        """Return the address in one line, empty for a point that is still to be connected and has none."""
        return f"{self.street}, {self.postcode} {self.city}" if self.street else ""


class StateData(_Data):
    """A register's state: the day it closes, kWh with three decimals, kind, and the file row it came from.

    `method` says how kWit estimated it; empty when it did not.
    """

    day: date
    kwh: Decimal
    kind: str
    source: str
    method: str = ""


class SpanData(_Data):
    """The use between two states of a register, or over a series; `wh` has the multiplier in it.

    `estimated_days` counts the days of a series with values not measured, `methods` names how kWit made them.
    """

    meter_no: str
    register_code: str
    zone: str
    quantity: str
    multiplier: int
    wh: int
    first: StateData | None = None
    last: StateData | None = None
    series_days: int = 0
    series_sources: tuple[str, ...] = ()
    estimated_days: int = 0
    methods: tuple[str, ...] = ()


class FactorData(_Data):
    """A further factor of a line, by its name."""

    name: str
    value: Decimal


class InputData(_Data):
    """A figure that a quantity was worked out from, by its name."""

    name: str
    value: str


class LineData(_Data):
    """A charge line with its provenance: net = quantity x price x every factor, half up to 0.01.

    `clock` names the clock whose period the line is of, where the contract's clocks stand apart.
    """

    charge: str
    name: str
    section: str
    zone: str
    start: date
    end: date
    quantity: Decimal
    unit: str
    price: Decimal
    net: Decimal
    vat_rate: Decimal
    vat: Decimal | None
    posting: str
    rule: str
    days: int
    of_days: int
    wh: int | None
    usage: tuple[int, ...]
    price_list: str
    page: str
    factors: tuple[FactorData, ...] = ()
    inputs: tuple[InputData, ...] = ()
    clock: str = Field(default="", exclude_if=_nothing)

    def product(self) -> Decimal:
        """Multiply quantity, price and factors, not yet rounded."""
        product = self.quantity * self.price
        for factor in self.factors:
            product *= factor.value
        return product


class SectionData(_Data):
    """Totals of a section."""

    section: str
    net: Decimal
    vat: Decimal
    gross: Decimal


class VatData(_Data):
    """A row of the VAT summary."""

    rate: Decimal
    net: Decimal
    vat: Decimal
    gross: Decimal


class VatShare(_Data):
    """What a bill bears of a rate's VAT beyond its own rounding, for VAT was rounded for several bills at once, PLN."""

    rate: Decimal
    vat: Decimal


class EnergyData(_Data):
    """Energy of a zone: Wh read, whole kWh billed."""

    quantity: str
    zone: str
    label: str
    wh: int
    kwh: int


class ExciseData(_Data):
    """Excise contained in the price, as information."""

    kwh: int
    rate_per_mwh: Decimal
    amount: Decimal


class PriceListData(_Data):
    """A version of a price list that the bill rests on."""

    code: str
    title: str
    document: str
    version: str
    confidence: str


class HistoryData(_Data):
    """Use of an earlier stretch of days, in Wh."""

    start: date
    end: date
    wh: int


class ClockData(_Data):
    """A clock that the bill moves from `start` to `end`, the months it counts, and what it hands on.

    A clock that had billed days in advance which the contract did not last moves back to its end.
    """

    clock: Clock
    start: date
    end: date
    months: str
    in_advance: bool
    carried: str = ""


class ExpectedData(_Data):
    """What a forecast expects (prognoza): energy of zones in place of use read, and how it was worked out."""

    method: str
    energy: tuple[EnergyData, ...]

    @property
    def kwh(self) -> int:
        """The energy taken that is expected, whole kWh."""
        return sum(row.kwh for row in self.energy if row.quantity == "import")


class BillContent(_Data):
    """Everything a bill says, but for what issuing adds: number, issue date, due date.

    `payable` is what is to be paid for this bill where a deposit pays a part; `carried` is what it hands on.
    `clocks` are those it moves where the contract's clocks stand apart. A forecast has what it expects in `expected`;
    `settled` are the forecasts that a bill takes back, by lines of their own, and `forecasts` is how those of the
    contract stand after it. `vat_shares` are those of a part of a collective invoice whose VAT is rounded once.
    """

    format: Literal["kwit/bill/1"] = "kwit/bill/1"
    engine: str = ENGINE
    contract_no: str
    contract_kind: str
    contract_ends: date | None
    group: str
    profile: str
    vat_rounding: str
    start: date
    end: date
    months: str
    payment_days: int
    contracted_kw: Decimal | None
    annual_kwh: int | None
    remote_reading: bool
    prosumer: str
    opening_balance: Decimal | None
    customer: PartyData
    payer: PartyData
    point: PointData
    settings_version: str
    usage: tuple[SpanData, ...]
    energy: tuple[EnergyData, ...]
    lines: tuple[LineData, ...]
    sections: tuple[SectionData, ...]
    vat_rows: tuple[VatData, ...]
    net: Decimal
    vat: Decimal
    gross: Decimal
    excise: ExciseData | None
    price_lists: tuple[PriceListData, ...]
    history: tuple[HistoryData, ...] = ()
    last_year_wh: int | None = None
    deposit: DepositData | None = None
    covered: tuple[CoveredData, ...] = ()
    pending_months: tuple[PendingMonth, ...] = ()
    payable: Decimal | None = None
    carried: str = ""
    clocks: tuple[ClockData, ...] = Field(default=(), exclude_if=_nothing)
    expected: ExpectedData | None = Field(default=None, exclude_if=_nothing)
    settled: tuple[InvoicedForecast, ...] = Field(default=(), exclude_if=_nothing)
    forecasts: ForecastMoveData | None = Field(default=None, exclude_if=_nothing)
    vat_shares: tuple[VatShare, ...] = Field(default=(), exclude_if=_nothing)

    @property
    def measures(self) -> bool:
        """Tell whether the bill is of measured charges, so of use, and not of other clocks or of a connection alone."""
        if self.contract_kind == ContractKind.CONNECTION:
            return False
        return not self.clocks or any(one.clock is Clock.VARIABLE for one in self.clocks)

    @property
    def supplied(self) -> tuple[date, date]:
        """Return the days of what is billed, the second one behind the last: of a connection, those of its events."""
        if self.contract_kind == ContractKind.CONNECTION and self.lines:
            return min(line.start for line in self.lines), max(line.end for line in self.lines)
        return self.start, self.end

    @property
    def due(self) -> Decimal:
        """What is to be paid for this bill, PLN: its gross less what a deposit paid or refunded."""
        return self.gross if self.payable is None else self.payable

    def canonical(self) -> bytes:
        """Write the content as the one text its hash is taken of."""
        return canonical_json(self.model_dump(mode="json"))


def parse_content(content: bytes) -> BillContent:
    """Read a content back from its canonical text."""
    return BillContent.model_validate_json(content)
