"""The columns of a contract's row that give a clock a cycle of its own, and forecasts inside the measured one's."""

from datetime import date

from kwit.intake.table import RowReader
from kwit.registry.records import Contract, Cycle, ForecastMethod, ForecastPlan, Prosumer

CYCLES = frozenset({1, 2, 3, 6, 12})
_IN_ADVANCE = {
    "z gory": True, "gory": True, "in advance": True, "advance": True, "tak": True, "yes": True,
    "z dolu": False, "dolu": False, "in arrears": False, "arrears": False, "nie": False, "no": False,
}  # fmt: skip

_METHODS = {
    "": None,
    "previous year": ForecastMethod.PREVIOUS_YEAR, "poprzedni rok": ForecastMethod.PREVIOUS_YEAR,
    "daily average": ForecastMethod.DAILY_AVERAGE, "srednia dobowa": ForecastMethod.DAILY_AVERAGE,
    "srednia": ForecastMethod.DAILY_AVERAGE,
    "declared": ForecastMethod.DECLARED, "zuzycie roczne": ForecastMethod.DECLARED,
    "deklarowane": ForecastMethod.DECLARED,
}  # fmt: skip
_MOST_DAYS_BEFORE = 60


def forecast_plan(reader: RowReader) -> ForecastPlan | None:
    """Read the plan of forecasts (prognozy), None when the row has none; what is unsound rejects the row."""
    months, before, method = "forecast_months", "forecast_days_before", "forecast_method"
    if reader.cell(months) is None:
        for key in (before, method):
            if reader.cell(key) is not None:
                reader.reject("bad_forecast", key, "Prognoza wymaga podania liczby miesięcy.")
        return None
    days = reader.whole(before, default=0)
    if not 0 <= days <= _MOST_DAYS_BEFORE:
        reader.reject("bad_forecast", before, "Prognozę wystawia się od 0 do 60 dni przed jej okresem.")
    way = reader.choice(method, _METHODS, default=None, code="bad_forecast")
    return ForecastPlan(reader.whole(months, default=1), days, way)


def check_forecast(reader: RowReader, contract: Contract) -> None:
    """Reject forecasts that do not divide the cycle they are settled in, and those of prosumers."""
    if contract.forecast is None:
        return
    months = contract.forecast.months
    if months < 1 or months >= contract.cycle_months or contract.cycle_months % months:
        told = "Okres prognozy musi dzielić okres rozliczeniowy i być od niego krótszy."
        reader.reject("bad_forecast", "forecast_months", told)
    if not contract.kind.settles_point:
        told = "Prognozy ma tylko umowa, która rozlicza pomiar."
        reader.reject("bad_forecast", "forecast_months", told)
    if contract.prosumer is not Prosumer.NONE:
        told = "Umowy prosumenta nie rozlicza się prognozami."
        reader.reject("forecast_of_prosumer", "forecast_months", told)


def cycle_of(reader: RowReader, clock: str, *, starts: date) -> Cycle | None:
    """Read the own cycle of a clock (`fixed` or `own`), None when the row gives it none; it runs from `starts`.

    What is unsound rejects the row; so does an anchor or a way of payment without a length.
    """
    months, anchor, advance = f"{clock}_cycle_months", f"{clock}_cycle_anchor", f"{clock}_in_advance"
    in_advance = reader.choice(advance, _IN_ADVANCE, default=False, code="bad_cycle")
    begins = reader.day(anchor) or starts
    if reader.cell(months) is None:
        for key in (anchor, advance):
            if reader.cell(key) is not None:
                reader.reject("bad_cycle", key, "Cykl opłat wymaga podania liczby miesięcy.")
        return None
    length = reader.whole(months, default=1)
    if length not in CYCLES:
        reader.reject("bad_cycle", months, "Okres rozliczeniowy to 1, 2, 3, 6 albo 12 miesięcy.")
    return Cycle(length, begins, in_advance)
