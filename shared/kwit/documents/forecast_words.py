"""What a bill's pages say of forecasts: what one expects, and which ones a bill settles."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from kwit.billing.content import BillContent
from kwit.billing.forecast_data import InvoicedForecast
from kwit.documents import polish
from kwit.documents.phrases import Speech
from kwit.documents.rows import Row
from kwit.kernel.money import total

_METHODS = {
    "previous_year": "zużycia w tych samych dniach poprzedniego roku",
    "daily_average": "średniego dobowego zużycia z ostatniego roku",
    "declared": "rocznego zużycia podanego w umowie",
    "known_average": "średniego dobowego zużycia z dotychczasowych odczytów",
}


class ForecastNumberMissingError(LookupError):
    """A bill settles a forecast whose document is not kept yet; carries the forecast's id."""

    def __init__(self, document_id: str) -> None:
        super().__init__(f"forecast {document_id} has no document yet")
        self.document_id = document_id


def forecast_sentences(bill: BillContent) -> tuple[str, ...]:
    """Say what a forecast expects and that readings will settle it."""
    if bill.expected is None:
        return ()
    say = Speech(bill.payer.language)
    kwh = polish.number(Decimal(bill.expected.kwh))
    basis = say(_METHODS.get(bill.expected.method, bill.expected.method))
    return (
        say("Prognozowane zużycie w okresie: {kwh} kWh, na podstawie {basis}.", kwh=kwh, basis=basis),
        say("To prognoza: rzeczywiste zużycie rozliczymy po odczycie na koniec okresu rozliczeniowego."),
    )


def forecast_rows(bill: BillContent, numbers: Mapping[str, str]) -> tuple[Row, ...]:
    """Return the forecasts that a bill settles: number, days, net, VAT, gross, and their sum.

    Raises ForecastNumberMissingError.
    """
    if not bill.settled:
        return ()
    rows = [Row(_cells(one, numbers)) for one in bill.settled]
    sums = [total(getattr(one, name) for one in bill.settled) for name in ("net", "vat", "gross")]
    return (*rows, Row((Speech(bill.payer.language)("Razem"), "", *map(polish.amount, sums)), strong=True))


def _cells(one: InvoicedForecast, numbers: Mapping[str, str]) -> tuple[str, ...]:
    if one.document_id not in numbers:
        raise ForecastNumberMissingError(one.document_id)
    days = f"{polish.day(one.start)} – {polish.day(one.end - timedelta(days=1))}"
    return (numbers[one.document_id], days, *map(polish.amount, (one.net, one.vat, one.gross)))


def settled_summary(bill: BillContent) -> list[Row]:
    """Return the row by which the summary takes forecasts back; none when there are none."""
    if not bill.settled:
        return []
    sums = [-total(getattr(one, name) for one in bill.settled) for name in ("net", "vat", "gross")]
    return [Row((Speech(bill.payer.language)("Prognozy zafakturowane wcześniej"), *map(polish.amount, sums)))]
