"""Forecasts already invoiced and not settled yet (prognozy do rozliczenia), and what a document says of them.

What a forecast invoiced is kept by posting key and rate of VAT, so that the bill that settles it takes back exactly
that, whatever its own rounding is.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pydantic import BaseModel, ConfigDict

from kwit.billing.clocks import Cursor, ForecastMove
from kwit.kernel.money import ZERO, grosze, total

SETTLED = "forecast_settled"
"""The rule of lines that take back what forecasts invoiced."""
EXPECTED = "forecast"
"""The input by which a line says that its quantity is expected, and by what method."""


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ForecastPart(_Data):
    """What a forecast invoiced on one posting key of a section at one rate of VAT, PLN."""

    section: str
    posting: str
    rate: Decimal
    net: Decimal
    vat: Decimal


class InvoicedForecast(_Data):
    """A forecast as it was invoiced: its document, days, buyer, expected energy in whole kWh, and its parts."""

    document_id: str
    start: date
    end: date
    party_id: str
    payer_id: str
    kwh: int
    parts: tuple[ForecastPart, ...]

    @property
    def net(self) -> Decimal:
        """Net, PLN."""
        return total(part.net for part in self.parts)

    @property
    def vat(self) -> Decimal:
        """VAT, PLN."""
        return total(part.vat for part in self.parts)

    @property
    def gross(self) -> Decimal:
        """Gross, PLN."""
        return self.net + self.vat

    def rows(self) -> tuple[tuple[Decimal, Decimal, Decimal], ...]:
        """Return rate, net and VAT of every rate."""
        return tuple(
            (
                rate,
                total(part.net for part in self.parts if part.rate == rate),
                total(part.vat for part in self.parts if part.rate == rate),
            )
            for rate in sorted({part.rate for part in self.parts})
        )


class ForecastMoveData(_Data):
    """How a document moves the forecasts of its contract; `before` is the net that was open before it, PLN."""

    turn: int
    before: Decimal
    text: str

    def move(self, *, alone: bool) -> ForecastMove:
        """Return it as the stores keep it."""
        return ForecastMove(self.turn, self.text, alone)


class _Standing(_Data):
    to: date | None = None
    open: tuple[InvoicedForecast, ...] = ()


@dataclass(frozen=True, slots=True)
class Forecasts:
    """Where the forecasts of a contract stand: the first day not forecast, those not settled, and moves so far."""

    turn: int = 0
    to: date | None = None
    open: tuple[InvoicedForecast, ...] = ()

    @property
    def net(self) -> Decimal:
        """Net of those not settled, PLN."""
        return total(one.net for one in self.open)

    def moved(self, *, to: date, left: Sequence[InvoicedForecast]) -> ForecastMoveData:
        """Say that forecasts reach up to a day from now on and that these are not settled yet."""
        text = _Standing(to=to, open=tuple(left)).model_dump_json(exclude_defaults=True)
        return ForecastMoveData(turn=self.turn, before=self.net, text=text)


NO_FORECASTS = Forecasts()


def forecasts_after(move: ForecastMove) -> Forecasts:
    """Return where forecasts stand after a document."""
    return Forecasts(move.turn + 1, *_read(move.text))


def forecasts_on(cursor: Cursor) -> Forecasts:
    """Return where forecasts stand on a contract's cursor."""
    return Forecasts(cursor.forecast_turn, *_read(cursor.forecasts))


def _read(text: str) -> tuple[date | None, tuple[InvoicedForecast, ...]]:
    standing = _Standing.model_validate_json(text) if text else _Standing()
    return standing.to, standing.open


def merged_parts(forecasts: Iterable[InvoicedForecast]) -> tuple[ForecastPart, ...]:
    """Add up the parts of forecasts by section, posting key and rate, in the order they are met."""
    sums: dict[tuple[str, str, Decimal], tuple[Decimal, Decimal]] = {}
    for one in forecasts:
        for part in one.parts:
            key = (part.section, part.posting, part.rate)
            net, vat = sums.get(key, (ZERO, ZERO))
            sums[key] = (net + part.net, vat + part.vat)
    return tuple(
        ForecastPart(section=section, posting=posting, rate=rate, net=net, vat=vat)
        for (section, posting, rate), (net, vat) in sums.items()
    )


def shared_vat(nets: Sequence[Decimal], rate: Decimal, vat: Decimal) -> list[Decimal]:
    """Share VAT out among nets of one rate, so that the shares add up to it; the largest net takes what is left.

    >>> shared_vat([Decimal("1.02"), Decimal("1.02")], Decimal("0.23"), Decimal("0.47"))
    [Decimal('0.24'), Decimal('0.23')]
    """
    shares = [grosze(net * rate) for net in nets]
    if shares:
        largest = max(range(len(nets)), key=lambda index: (abs(nets[index]), -index))
        shares[largest] += vat - total(shares)
    return shares
