"""What a bill says of a prosumer's settlement, in Polish sentences."""

from datetime import date
from decimal import Decimal

from kwit.billing.content import BillContent
from kwit.billing.prosumer_content import DepositData
from kwit.documents import polish


def settlement_sentences(bill: BillContent) -> tuple[str, ...]:
    """Tell what energy fed in was worth or covered, what it paid, what ended and what is left for later."""
    sentences = list(_of_deposit(bill.deposit)) if bill.deposit is not None else []
    waiting = ", ".join(f"{polish.month(one.month)} {one.kwh} kWh" for one in bill.pending_months)
    if waiting:
        sentences.append(f"Na cenę RCEm czeka energia oddana: {waiting}; rozliczy ją następna faktura.")
    covered = sum(one.kwh for one in bill.covered)
    left = sum((one.left_kwh for one in bill.covered), Decimal(0))
    if bill.covered:
        sentences.append(
            f"Opust pokrył {covered} kWh poboru; do wykorzystania pozostaje {polish.number(left)} kWh."
        )
    return tuple(sentences)


def _month(text: str) -> str:
    return polish.month(date.fromisoformat(f"{text}-01"))


def _of_deposit(deposit: DepositData) -> tuple[str, ...]:
    sentences = [f"Depozyt prosumencki przed tą fakturą: {polish.zloty(deposit.opening)}."]
    for month in deposit.months:
        factor = "" if month.factor == 1 else f" × {polish.number(month.factor)}"
        price = f"{polish.number(month.price)} zł{factor}"
        sentences.append(
            f"Energia oddana {_month(month.month)}: {polish.number(month.kwh)} kWh × {price}"
            f" = {polish.zloty(month.value)}."
        )
    sentences += [
        f"Depozyt z {_month(one.month)} wygasł: zwrot {polish.zloty(one.refund)},"
        f" umorzono {polish.zloty(one.forfeited)}."
        for one in deposit.lapsed
    ]
    sentences.append(
        f"Depozyt zapłacił {polish.zloty(deposit.used)}, pozostaje {polish.zloty(deposit.left)} na później."
    )
    return tuple(sentences)
