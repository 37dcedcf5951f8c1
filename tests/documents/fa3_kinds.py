"""A document of every kind that is written as a structured invoice, made by billing wherever billing makes it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

from kwit.billing.content import BillContent, LineData, VatData
from kwit.billing.drafts import DocumentKind
from kwit.documents.document import Document
from kwit.kernel.identifiers import content_hash
from kwit.kernel.money import grosze, total
from kwit.registry.records import Cycle, ForecastPlan, SettlementTerms
from tests.billing.collectives import APRIL, DAY, LATER, MARCH, MAY, town
from tests.billing.memory_case import Company
from tests.billing.office import carry_out, documents, order
from tests.billing.test_clocks import NEVER
from tests.billing.test_connections import WORKS, connecting, fee
from tests.billing.test_corrections import change
from tests.billing.test_prosumer_bills import prosumer
from tests.documents import bills, collective_bills, corrections, sample_documents
from tests.documents.bills import changed, household, issued

FIRM, UNIT = "5260250274", "7740001454"


def totalled(bill: BillContent, lines: Sequence[LineData]) -> BillContent:
    """Give a bill other lines, its sums with them; VAT is that of a rate's net."""
    lines = [line.model_copy(update={"vat": None}) for line in lines]
    rates = sorted({line.vat_rate for line in lines})
    nets = {rate: total(line.net for line in lines if line.vat_rate == rate) for rate in rates}
    rows = tuple(
        VatData(rate=rate, net=net, vat=grosze(net * rate), gross=net + grosze(net * rate))
        for rate, net in nets.items()
    )
    net, vat = total(row.net for row in rows), total(row.vat for row in rows)
    fields = {"vat_rounding": "document", "vat_rows": rows, "net": net, "vat": vat, "gross": net + vat}
    return changed(bill, lines=tuple(lines), sections=(), payable=None, **fields)


def priced(line: LineData, price: str) -> LineData:
    """Give a line another price, its net with it."""
    made = line.model_copy(update={"price": Decimal(price)})
    return made.model_copy(update={"net": grosze(made.product())})


def _firm() -> Document:
    content = household()
    firm = content.payer.model_copy(update={"nip": FIRM, "name": "Młyn „Żarna” sp. z o.o."})
    return issued(changed(content, payer=firm, customer=firm))


def _unit_of_the_buyer() -> Document:
    content = household()
    payer = content.payer.model_copy(update={"nip": FIRM, "party_id": "K-9", "name": "Zarząd & Spółka"})
    unit = content.customer.model_copy(update={"nip": FIRM, "name": "Zarząd & Spółka, oddział w Łodzi"})
    return issued(changed(content, payer=payer, customer=unit))


def _another_pays() -> Document:
    content = household()
    payer = content.payer.model_copy(update={"nip": FIRM, "party_id": "K-9", "name": "Zarząd & Spółka"})
    other = content.customer.model_copy(update={"nip": UNIT, "name": "Najemca sp. j."})
    return issued(changed(content, payer=payer, customer=other))


def _foreign() -> Document:
    content = household()
    name = "Ångström Ğüneş 株式会社 Ελλάς O’Brien <& \x07Söhne> " * 20
    firm = content.payer.model_copy(update={"name": name, "street": "Rue de l’Été 1\u2028bis", "nip": FIRM})
    return issued(changed(content, payer=firm))


def _negative_price() -> Document:
    content = household()
    return issued(totalled(content, [priced(content.lines[0], "-0.12345678"), *content.lines[1:]]))


def _no_lines() -> Document:
    return issued(totalled(household(), []))


def _two_rates() -> Document:
    content = household()
    eight = content.lines[0].model_copy(update={"vat_rate": Decimal("0.08"), "vat": None})
    return issued(totalled(content, [eight, *content.lines[1:]]))


@cache
def forecast_company() -> Company:
    """Make a contract with two forecasts and the bill that settled them, and a correction of that."""
    one = Company()
    one.add("U/1", states=[(MARCH, "1000"), (MAY, "1400")], cycle_months=2, forecast=ForecastPlan(1))
    for day in (MARCH, APRIL, MAY):
        carry_out(one, day)
    change(one, MAY, "1410")
    carry_out(one, MAY, order())
    return one


def _of_forecasts(kind: DocumentKind) -> Callable[[], Document]:
    return lambda: next(one for one in documents(forecast_company()) if one.kind is kind)


@cache
def _below_forecasts() -> Document:
    """Settle forecasts of more than was used: the difference is owed to the customer."""
    one = Company()
    one.settings.change(holds=NEVER)
    one.add("U/1", states=[(MARCH, "1000"), (MAY, "1010")], cycle_months=2, forecast=ForecastPlan(1))
    for day in (MARCH, APRIL, MAY):
        carry_out(one, day)
    return next(found for found in documents(one) if found.kind is DocumentKind.INVOICE)


@cache
def _part_of_a_collective_corrected() -> Document:
    one = town()
    carry_out(one, DAY)
    change(one, APRIL, "1102.0", no="U/2")
    carry_out(one, LATER, order(contracts=("U/2",)))
    return next(found for found in documents(one) if found.number.startswith("FK"))


@cache
def _connection_of_many_days() -> Document:
    """Bill the instalments of a connection, each of its own day, on one invoice."""
    days = (date(2026, 3, 5), date(2026, 3, 25))
    one = connecting(*(fee(day) for day in days), own_cycle=Cycle(1, date(2026, 3, 1)))
    carry_out(one, date(2026, 4, 1))
    (document,) = documents(one)
    return document


@cache
def _connection_of_another_day() -> Document:
    one = connecting(fee(WORKS))
    carry_out(one, WORKS + timedelta(days=3))
    (document,) = documents(one)
    return document


@cache
def _connection_cancelled() -> Document:
    one = connecting(fee(WORKS))
    carry_out(one, WORKS)
    (document,) = documents(one)
    carry_out(one, WORKS + timedelta(days=2), order(documents=(document.number,), cancel=True))
    return next(found for found in documents(one) if found.number.startswith("FK"))


@cache
def deposit_company() -> Company:
    """Make a prosumer whose deposit of January pays a part of February, and lapses a year later in part refunded."""
    terms = SettlementTerms(deposit_factor=Decimal("1.23"))
    one = prosumer(["1000", "1100", "1150"], ["0", "500", "510"], settlement=terms, deposit=Decimal("10.00"))
    carry_out(one, date(2026, 3, 8))
    return one


def _deposit() -> Document:
    return documents(deposit_company())[-1]


@cache
def _deposit_refunded() -> Document:
    """Take a bill with a deposit of which a month lapsed: a part of what was left is refunded."""
    found = documents(deposit_company())[-1]
    content = found.bill()
    assert content.deposit is not None
    lapsed = {"month": "2025-02", "left": "10.00", "refund": "2.00", "forfeited": "8.00"}
    deposit = type(content.deposit).model_validate(content.deposit.model_dump() | {"lapsed": [lapsed]})
    return put(found, changed(content, deposit=deposit, payable=content.due - Decimal("2.00")))


@cache
def _deposit_cancelled() -> Document:
    """Correct a prosumer's bill to zero: what the deposit paid of it is given back too."""
    terms = SettlementTerms(deposit_factor=Decimal("1.23"))
    one = prosumer(["1000", "1100", "1150"], ["0", "500", "510"], settlement=terms, deposit=Decimal("10.00"))
    carry_out(one, date(2026, 3, 8))
    number = documents(one)[-1].number
    carry_out(one, date(2026, 3, 9), order(documents=(number,), cancel=True))
    return next(found for found in documents(one) if found.number.startswith("FK"))


def put(document: Document, content: BillContent) -> Document:
    """Put another content under a document's number."""
    text = content.canonical()
    return replace(document, content=text, content_hash=content_hash(text))


KINDS: dict[str, Callable[[], Document]] = {
    "household": lambda: issued(household()),
    "firm": _firm,
    "firm_with_series": lambda: issued(bills.firm_with_series()),
    "vat_on_document": lambda: issued(bills.on_total()),
    "final": sample_documents.SAMPLES["final"],
    "with_feed_in": lambda: issued(bills.with_feed_in()),
    "unit_of_the_buyer": _unit_of_the_buyer,
    "another_pays": _another_pays,
    "foreign": _foreign,
    "negative_price": _negative_price,
    "no_lines": _no_lines,
    "two_rates": _two_rates,
    "debt": lambda: issued(bills.with_balance("123.45")),
    "credit": lambda: issued(bills.with_balance("-20.00")),
    "credit_over_the_bill": lambda: issued(bills.with_balance("-500.00")),
    "forecast": _of_forecasts(DocumentKind.FORECAST),
    "settlement": _of_forecasts(DocumentKind.INVOICE),
    "settlement_corrected": _of_forecasts(DocumentKind.CORRECTION),
    "settlement_below_forecasts": _below_forecasts,
    "deposit": _deposit,
    "deposit_refunded": _deposit_refunded,
    "deposit_cancelled": _deposit_cancelled,
    "connection": sample_documents.SAMPLES["connection"],
    "connection_of_another_day": _connection_of_another_day,
    "connection_of_many_days": _connection_of_many_days,
    "connection_cancelled": _connection_cancelled,
    "collective_part_corrected": _part_of_a_collective_corrected,
} | {
    f"correction_{name}": made for name, made in corrections.SHAPES.items()
} | {
    f"collective_{name}": collective_bills.SHAPES[name]
    for name in ("three_points", "on_document", "ninety", "overpaid", "with_deposit")
}  # fmt: skip
