"""What a bill says of use: sentences, the bars of its chart, the readings behind it and what their letters mean."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from kwit.billing.content import BillContent, SpanData
from kwit.documents import polish
from kwit.documents.forecast_words import forecast_sentences
from kwit.documents.phrases import POLISH, Speech
from kwit.documents.rows import Row
from kwit.kernel.energy import from_wh, whole_kwh
from kwit.kernel.money import half_up
from kwit.registry.records import ContractKind

READING_KINDS = {
    "actual": ("R", "rzeczywisty"),
    "remote": ("Z", "zdalny"),
    "customer": ("O", "podany przez odbiorcę"),
    "estimated": ("S", "szacowany"),
}
ESTIMATES = {
    "previous_year": "wg zużycia w tym samym okresie poprzedniego roku",
    "daily_average": "wg średniego dobowego zużycia w poprzednim okresie",
    "load_profile": "wg standardowego profilu zużycia grupy",
    "proxy_day": "wg tego samego dnia tygodnia w poprzednich tygodniach",
    "interpolation": "wg odczytów przed tym dniem i po nim",
    "from_intervals": "z sumy wartości godzinowych lub kwadransowych",
    "from_register": "ze stanów liczydła rozłożonych na godziny",
    "subtractive": "z różnicy wskazań innych punktów",
}
QUANTITIES = {
    "import": "pobór",
    "export": "oddanie do sieci",
    "import_unbalanced": "pobór przed bilansowaniem",
    "reactive_inductive": "bierna indukcyjna",
    "reactive_capacitive": "bierna pojemnościowa",
}


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of the use chart: label, printed value and height as a share of the highest in per mille."""

    label: str
    value: str
    per_mille: int
    current: bool


def _import_kwh(bill: BillContent) -> int:
    return sum(row.kwh for row in bill.energy if row.quantity == "import")


def use_sentences(bill: BillContent) -> tuple[str, ...]:
    """Say how much was used, or is expected, and how it compares with the year before."""
    say = Speech(bill.payer.language)
    if bill.contract_kind == ContractKind.CONNECTION:
        return (say("Ta faktura obejmuje opłaty z umowy o przyłączenie; zużycia energii nie dotyczy."),)
    if bill.expected is not None:
        return forecast_sentences(bill)
    if not bill.usage and bill.settled:
        return (
            say(
                "Ta faktura zwraca prognozy za dni, których Twoja umowa nie objęła albo które już rozliczono."
            ),
        )
    if not bill.measures:
        return (say("Ta faktura obejmuje tylko opłaty niezależne od zużycia; zużycie rozliczymy osobno."),)
    kwh = _import_kwh(bill)
    days = (bill.end - bill.start).days
    a_day = Decimal(kwh) / days
    average = polish.amount(a_day, digits=1)
    sentences = [
        say(
            "Zużycie w okresie: {kwh} kWh w {days} dni, średnio {average} kWh dziennie.",
            kwh=polish.number(Decimal(kwh)),
            days=days,
            average=average,
        )
    ]
    if bill.last_year_wh is not None:
        before = whole_kwh(bill.last_year_wh)
        change = f" ({_change(kwh, before, say)})" if before else ""
        told = polish.number(Decimal(before))
        sentences.append(say("W tym samym okresie rok temu: {kwh} kWh{change}.", kwh=told, change=change))
    else:
        sentences.append(say("Zużycia z tego samego okresu rok temu nie mamy w systemie."))
    fed_in = sum(row.kwh for row in bill.energy if row.quantity == "export")
    if any(row.quantity == "export" for row in bill.energy):
        told = polish.number(Decimal(fed_in))
        sentences.append(say("Energia oddana do sieci po bilansowaniu: {kwh} kWh.", kwh=told))
    sentences += _estimate_sentences(bill)
    return tuple(sentences)


def _estimate_sentences(bill: BillContent) -> list[str]:
    """Say what of the use is estimated and how; the tariffs want a bill to name how readings were made."""
    say = Speech(bill.payer.language)
    states = [state for span in bill.usage for state in (span.first, span.last) if state]
    days = max((span.estimated_days for span in bill.usage), default=0)
    sentences = []
    if any(state.kind == "estimated" for state in states):
        sentences.append(say("Część odczytów jest szacowana; oznaczono je literą S."))
    if days:
        ways = _ways((method for span in bill.usage for method in span.methods), say)
        sentences.append(
            say("Dni z wartościami szacowanymi w szeregu czasowym: {days}{ways}.", days=days, ways=ways)
        )
    return sentences


def _ways(methods: Iterable[str], say: Speech) -> str:
    ways = [say(ESTIMATES.get(method, method)) for method in dict.fromkeys(methods) if method]
    return f" ({'; '.join(ways)})" if ways else ""


def _change(now: int, before: int, say: Speech) -> str:
    per_cent = int(half_up(Decimal(now - before) * 100 / before, digits=0))
    told = f"{per_cent:+d}%".replace("-", "−")
    return say("bez zmian") if per_cent == 0 else say("zmiana o {change}", change=told)


def use_bars(bill: BillContent) -> tuple[Bar, ...]:
    """Return the chart of use, a bar for each period known."""
    values = [(one, whole_kwh(one.wh)) for one in bill.history]
    highest = max((kwh for _, kwh in values), default=0)
    return tuple(
        Bar(
            label=f"{one.end - timedelta(days=1):%m.%y}",
            value=polish.number(Decimal(kwh)),
            per_mille=kwh * 1000 // highest if highest else 0,
            current=one.start >= bill.start,
        )
        for one, kwh in values
    )


def reading_row(span: SpanData, say: Speech = POLISH) -> Row:
    """Return the readings of a register and its use as a row: meter, register, before, now, multiplier, kWh."""
    quantity = say(QUANTITIES.get(span.quantity, span.quantity))
    unit = f"{polish.SPACE}kvarh" if span.quantity.startswith("reactive") else ""
    used = f"{polish.number(from_wh(span.wh, unit='kWh'))}{unit}"
    name = f"{span.register_code} {quantity}"
    if span.first is None or span.last is None:
        estimated = say(", w tym szacowane: {days}", days=span.estimated_days) if span.estimated_days else ""
        told = say("szereg czasowy, {days} dni{estimated}", days=span.series_days, estimated=estimated)
        return Row((span.meter_no, name, told, "", str(span.multiplier), used))
    cells = [
        f"{polish.number(state.kwh)} ({polish.day(state.day - timedelta(days=1))}, {READING_KINDS[state.kind][0]})"
        for state in (span.first, span.last)
    ]
    return Row((span.meter_no, name, *cells, str(span.multiplier), used))


def reading_legend(bill: BillContent) -> str:
    """Say what the letters of readings mean."""
    if not bill.measures or not bill.usage:
        return ""
    say = Speech(bill.payer.language)
    states = [state for span in bill.usage for state in (span.first, span.last) if state]
    kinds = {state.kind for state in states}
    ways = {"estimated": _ways((state.method for state in states), say)}
    named = ", ".join(
        f"{READING_KINDS[kind][0]} – {say(READING_KINDS[kind][1])}{ways.get(kind, '')}"
        for kind in READING_KINDS
        if kind in kinds
    )
    rounding = say("Zużycie każdej strefy zaokrąglono do pełnych kWh.")
    return f"{say('Odczyt')}: {named}. {rounding}" if named else rounding
