"""Why a bill waits: holds of periods that cannot be rated, and the Polish sentence of every reason."""

from collections.abc import Sequence
from datetime import date

from kwit.billing.case import Case
from kwit.billing.drafts import Hold, HoldCode
from kwit.metering.estimation.rules import PROLONGED, Refusal
from kwit.metering.usage import Usage
from kwit.rating.lines import Rated

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
    HoldCode.NO_DOCUMENTS: 40,
    HoldCode.DOCUMENT_MISSING: 60,
    HoldCode.DOCUMENT_UNKNOWN: 60,
    HoldCode.ESTIMATE_STANDS: 70,
    HoldCode.CORRECTIONS_CONTINUE: 20,
    HoldCode.RELEASE_NOT_LAST: 60,
    HoldCode.CLOCKS_APART: 60,
    HoldCode.FRAMEWORK_MISSING: 80,
    HoldCode.FORECAST_USE_UNKNOWN: 60,
    HoldCode.FORECAST_NOT_CORRECTED: 60,
    HoldCode.FORECASTS_SETTLED: 60,
    HoldCode.COLLECTIVE_WAITS: 0,
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
    return hold(case.contract_no, start, end, code, "; ".join(parts), wh=usage.wh("import"))


def hold(contract_no: str, start: date, end: date, code: HoldCode, detail: str, *, wh: int = 0) -> Hold:
    """Hold a period of a contract for a reason, with the risk of its code."""
    return Hold(contract_no, start, end, code, detail, _RISK[code], wh)


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
    HoldCode.NO_DOCUMENTS: "Umowa nie ma dokumentu, który można by skorygować.",
    HoldCode.DOCUMENT_MISSING: "Dokument ma już numer, ale nie jest jeszcze zapisany; korekta czeka na niego.",
    HoldCode.DOCUMENT_UNKNOWN: "Wskazanego dokumentu nie da się skorygować.",
    HoldCode.ESTIMATE_STANDS: "Zafakturowany szacunek nadal obowiązuje; popraw go, żeby powstała korekta.",
    HoldCode.CORRECTIONS_CONTINUE: "Korekt jest więcej, niż mieści jeden przebieg; resztę zrobi następny.",
    HoldCode.RELEASE_NOT_LAST: "Zwolnić okres można tylko od ostatniej faktury umowy wstecz.",
    HoldCode.CLOCKS_APART: "Umowa rozlicza opłaty osobnymi zegarami; korektę trzeba przygotować ręcznie.",
    HoldCode.FRAMEWORK_MISSING: "Okresu nie obejmuje umowa ramowa z operatorem albo sprzedawcą (GUD, GUD-K).",
    HoldCode.FORECAST_USE_UNKNOWN: "Prognozy nie ma z czego policzyć: brak historii i zużycia rocznego w umowie.",
    HoldCode.FORECAST_NOT_CORRECTED: "Faktury prognozowej się nie koryguje; rozliczy ją faktura za okres z odczytów.",
    HoldCode.FORECASTS_SETTLED: "Faktura rozlicza prognozy; anulowanie trzeba przygotować ręcznie.",
    HoldCode.USE_ABOVE_HISTORY: "Zużycie jest dużo wyższe niż wcześniej.",
    HoldCode.USE_BELOW_HISTORY: "Zużycie jest dużo niższe niż wcześniej.",
    HoldCode.ZERO_USE: "W okresie nie ma zużycia.",
    HoldCode.ESTIMATED: "Rachunek opiera się na szacunkach.",
    HoldCode.NEW_CONTRACT: "To pierwszy rachunek tej umowy.",
    HoldCode.LONG_PERIOD: "Okres jest dużo dłuższy niż okres rozliczeniowy umowy.",
    HoldCode.RISK_HIGH: "Kilka powodów razem przekracza próg ryzyka.",
    HoldCode.COLLECTIVE_WAITS: "Faktura zbiorcza czeka na umowy konta, których jeszcze nie można rozliczyć.",
}
