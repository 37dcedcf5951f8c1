"""What a bill says of a prosumer's settlement, in Polish sentences."""

from datetime import date
from decimal import Decimal

from kwit.billing.content import BillContent
from kwit.billing.prosumer_content import DepositData
from kwit.documents import polish
from kwit.documents.phrases import Speech


def settlement_sentences(bill: BillContent) -> tuple[str, ...]:
    """Tell what energy fed in was worth or covered, what it paid, what ended and what is left for later."""
    say = Speech(bill.payer.language)
    sentences = list(_of_deposit(bill.deposit, say)) if bill.deposit is not None else []
    waiting = ", ".join(f"{polish.month(one.month)} {one.kwh} kWh" for one in bill.pending_months)
    if waiting:
        sentences.append(
            say(
                "Na cenę RCEm czeka energia oddana: {waiting}; rozliczy ją następna faktura.", waiting=waiting
            )
        )
    covered = sum(one.kwh for one in bill.covered)
    left = sum((one.left_kwh for one in bill.covered), Decimal(0))
    if bill.covered:
        sentences.append(
            say(
                "Opust pokrył {covered} kWh poboru; do wykorzystania pozostaje {left} kWh.",
                covered=covered,
                left=polish.number(left),
            )
        )
    return tuple(sentences)


def _month(text: str) -> str:
    return polish.month(date.fromisoformat(f"{text}-01"))


def _of_deposit(deposit: DepositData, say: Speech) -> tuple[str, ...]:
    sentences = [say("Depozyt prosumencki przed tą fakturą: {amount}.", amount=polish.zloty(deposit.opening))]
    for month in deposit.months:
        factor = "" if month.factor == 1 else f" × {polish.number(month.factor)}"
        price = f"{polish.number(month.price)} zł{factor}"
        sentences.append(
            say(
                "Energia oddana {month}: {kwh} kWh × {price} = {amount}.",
                month=_month(month.month),
                kwh=polish.number(month.kwh),
                price=price,
                amount=polish.zloty(month.value),
            )
        )
    sentences += [
        say(
            "Depozyt z {month} wygasł: zwrot {refund}, umorzono {forfeited}.",
            month=_month(one.month),
            refund=polish.zloty(one.refund),
            forfeited=polish.zloty(one.forfeited),
        )
        for one in deposit.lapsed
    ]
    sentences.append(
        say(
            "Depozyt zapłacił {used}, pozostaje {left} na później.",
            used=polish.zloty(deposit.used),
            left=polish.zloty(deposit.left),
        )
    )
    return tuple(sentences)
