"""Why a bill waits: holds of periods that cannot be rated, and of bills that a person should see first."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from kwit.billing.case import Case
from kwit.billing.drafts import Hold, HoldCode
from kwit.metering.estimation.rules import PROLONGED, Refusal
from kwit.metering.usage import Usage
from kwit.rating.lines import Rated
from kwit.registry.company import HoldSettings

_HOLD_OF_PROBLEM = {
    "reading_missing": HoldCode.READING_MISSING,
    "reading_before_last": HoldCode.READING_BEFORE_LAST,
    "reading_held": HoldCode.READING_HELD,
    "estimate_above_reading": HoldCode.ESTIMATE_ABOVE_READING,
    "intervals_missing": HoldCode.INTERVALS_MISSING,
    "intervals_incomplete": HoldCode.INTERVALS_MISSING,
    "no_meter": HoldCode.NO_METER,
    "price_list_missing": HoldCode.PRICE_MISSING,
    "price_missing": HoldCode.PRICE_MISSING,
    "rate_missing": HoldCode.PRICE_MISSING,
}
_RISK = {
    HoldCode.READING_MISSING: 60,
    HoldCode.INTERVALS_MISSING: 60,
    HoldCode.READING_BEFORE_LAST: 80,
    HoldCode.READING_HELD: 75,
    HoldCode.PROLONGED_ESTIMATION: 75,
    HoldCode.ESTIMATE_ABOVE_READING: 80,
    HoldCode.NO_METER: 80,
    HoldCode.PRICE_MISSING: 90,
    HoldCode.REGISTRY_INCOMPLETE: 90,
    HoldCode.RATING_PROBLEM: 90,
    HoldCode.RATING_FAILED: 95,
    HoldCode.AMOUNT_HIGH: 70,
    HoldCode.USE_HIGH: 70,
    HoldCode.NEGATIVE: 85,
    HoldCode.UNCONFIRMED_PRICES: 50,
}


def hold_of_problems(case: Case, rated: Rated, usage: Usage, refusals: Sequence[Refusal]) -> Hold:
    """Say why a period cannot be billed, and why what it lacks was not estimated."""
    problem = rated.problems[0]
    code = _HOLD_OF_PROBLEM.get(problem.code, HoldCode.RATING_PROBLEM)
    parts = [f"{one.code}: {one.detail}" for one in rated.problems[:5]]
    if refusals:
        parts += [f"not estimated, {one.code}: {one.detail}" for one in refusals[:5]]
        if any(one.code == PROLONGED for one in refusals):
            code = HoldCode.PROLONGED_ESTIMATION
    start, end = rated.period.start, rated.period.end
    return hold(case, start, end, code, "; ".join(parts), wh=usage.wh("import"))


def hold(case: Case, start: date, end: date, code: HoldCode, detail: str, *, wh: int = 0) -> Hold:
    """Hold a period for a reason."""
    return Hold(case.contract_no, start, end, code, detail, _RISK[code], wh)


def screen(case: Case, rated: Rated, usage: Usage, limits: HoldSettings) -> Hold | None:
    """Hold a bill that a person should see first: thresholds come from the settings."""
    start, end, wh = rated.period.start, rated.period.end, usage.wh("import")
    if rated.gross < 0:
        return hold(case, start, end, HoldCode.NEGATIVE, f"gross {rated.gross} zł", wh=wh)
    if rated.gross > limits.gross_over:
        detail = f"gross {rated.gross} zł is over {limits.gross_over} zł"
        return hold(case, start, end, HoldCode.AMOUNT_HIGH, detail, wh=wh)
    doubtful = dict.fromkeys(
        f"{line.charge} ({line.price_source.price_list}, {line.price_source.page})"
        for line in rated.lines
        if line.price_source.confidence == "unconfirmed"
    )
    if doubtful and limits.unconfirmed_prices:
        detail = f"unconfirmed: {', '.join(doubtful)}"
        return hold(case, start, end, HoldCode.UNCONFIRMED_PRICES, detail, wh=wh)
    kwh_per_day = Decimal(wh) / 1000 / rated.period.days
    if kwh_per_day > limits.kwh_per_day_over:
        detail = f"{kwh_per_day:.1f} kWh a day is over {limits.kwh_per_day_over}"
        return hold(case, start, end, HoldCode.USE_HIGH, detail, wh=wh)
    return None


def hold_sentence(code: HoldCode) -> str:
    """Say in Polish why a bill waits."""
    return _SENTENCES[code]


_SENTENCES = {
    HoldCode.READING_MISSING: "Brak odczytu na koniec okresu; rachunku nie wystawiono i nie oszacowano.",
    HoldCode.READING_BEFORE_LAST: "Odczyt jest niższy od poprzedniego.",
    HoldCode.READING_HELD: "Odczyt wstrzymała walidacja; czeka na przyjęcie przez osobę.",
    HoldCode.PROLONGED_ESTIMATION: "Kolejny szacunek przekroczyłby dozwoloną liczbę szacunków z rzędu.",
    HoldCode.ESTIMATE_ABOVE_READING: "Odczyt jest niższy od zafakturowanego szacunku; trzeba korekty.",
    HoldCode.INTERVALS_MISSING: "Szereg czasowy jest niepełny.",
    HoldCode.NO_METER: "W punkcie nie ma licznika, który liczyłby pobór.",
    HoldCode.PRICE_MISSING: "Brak ceny lub stawki na część okresu.",
    HoldCode.REGISTRY_INCOMPLETE: "W kartotece brakuje rekordu, na który powołuje się umowa.",
    HoldCode.RATING_PROBLEM: "Nie da się policzyć opłat; szczegół mówi dlaczego.",
    HoldCode.RATING_FAILED: "Liczenie tej umowy nie powiodło się; zgłoś to nam, podając numer umowy.",
    HoldCode.AMOUNT_HIGH: "Kwota przekracza próg kontroli.",
    HoldCode.USE_HIGH: "Zużycie przekracza próg kontroli.",
    HoldCode.NEGATIVE: "Kwota jest ujemna.",
    HoldCode.UNCONFIRMED_PRICES: "Rachunek opiera się na niepotwierdzonych stawkach.",
    HoldCode.NOT_BALANCED: "Przebieg się nie bilansuje.",
}
