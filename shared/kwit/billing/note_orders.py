"""Orders of notes (zlecenia not) as a team writes them: what is charged, to whom, why, in a YAML file or a table.

A file is taken whole or not at all: what is put right is dropped again as a whole, and rows that had gone out before
would be charged twice. So every row is looked at and every error named before anything is made.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kwit.billing.note_content import NoteKind
from kwit.intake.findings import Finding, Severity
from kwit.kernel.money import fraction_digits
from kwit.tariffs.interest import InterestLaw

MOST_NOTES = 5_000
MOST_ROWS_OF_NOTE = 200
LONGEST_TERM = 365
LONGEST_TEXT = 500
MOST_PLN = Decimal(1_000_000_000)
_GROSZ_DIGITS = 2


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in a file, rows from 1 as a person sees them."""

    row: int
    sheet: str = ""

    def reject(self, code: str, sentence_pl: str, *, column: str = "", value: object = "") -> Finding:
        """Say what is wrong there."""
        told = format(value, "f") if isinstance(value, Decimal) else str(value)
        return Finding(
            code, Severity.REJECT, sentence_pl, sheet=self.sheet, row=self.row, column=column, value=told
        )


@dataclass(frozen=True, slots=True)
class Charge:
    """One thing to be charged: what for, why it may be, how much in PLN."""

    place: Place
    title: str
    basis: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class LatePayment:
    """A payment that came late, or has not come: then interest is charged up to `until`."""

    place: Place
    invoice: str
    amount: Decimal
    due_date: date
    paid_on: date | None
    until: date | None


@dataclass(frozen=True, slots=True)
class NoteOrder:
    """One note to be made. `charges` make an accounting note, `late` payments an interest note by the `law`.

    `payment_days` is None where the contract's count, `day` the day of what happened, None where it is that of the
    order. `by` is who orders it and so who made it out.
    """

    place: Place
    by: str
    customer: str
    contract_no: str = ""
    currency: str = "PLN"
    payment_days: int | None = None
    day: date | None = None
    text: str = ""
    law: InterestLaw | None = None
    charges: tuple[Charge, ...] = ()
    late: tuple[LatePayment, ...] = ()

    @property
    def kind(self) -> NoteKind:
        """Return the kind of the note."""
        return "interest" if self.late else "accounting"

    @property
    def items(self) -> "tuple[Charge | LatePayment, ...]":
        """Return its rows."""
        return (*self.charges, *self.late)


@dataclass(frozen=True, slots=True)
class OrdersRead:
    """What was read of a file, `rows` of what is charged.

    `dry` waits for approval whatever the settings say; `day` is the business date, None for that of the drop.
    """

    orders: tuple[NoteOrder, ...] = ()
    findings: tuple[Finding, ...] = ()
    encoding: str = "utf-8"
    dry: bool = False
    rows: int = 0
    day: date | None = None


def order_findings(orders: Sequence[NoteOrder]) -> list[Finding]:
    """Name what is wrong with orders by themselves, before anybody is asked whom they concern."""
    found = [one for order in orders for one in _of_order(order)]
    if len(orders) > MOST_NOTES:
        sentence = f"Plik zleca {len(orders)} not, a przyjmujemy do {MOST_NOTES}. Podziel go na części."
        found.append(Place(0).reject("too_many_notes", sentence, value=len(orders)))
    names = sorted({order.by for order in orders if order.by})
    if len(names) > 1:
        sentence = "Plik ma jednego zlecającego; noty kilku osób zleca się osobnymi plikami."
        found.append(Place(0).reject("several_orderers", sentence, value=", ".join(names)))
    return [*found, *_repeated(orders)]


def _of_order(order: NoteOrder) -> Iterable[Finding]:
    place = order.place
    for name, value, told in (("customer", order.customer, "odbiorcy"), ("by", order.by, "zlecającego")):
        if not value:
            yield place.reject("missing_value", f"Brak {told} noty.", column=name)
    if order.currency.upper() not in {"PLN", "ZŁ", "ZL"}:
        yield place.reject("currency", "Noty wystawiamy w złotych.", column="currency", value=order.currency)
    days = order.payment_days
    if days is not None and not 0 <= days <= LONGEST_TERM:
        sentence = f"Termin płatności to od 0 do {LONGEST_TERM} dni."
        yield place.reject("payment_days", sentence, column="payment_days", value=days)
    if len(order.text) > LONGEST_TEXT:
        yield place.reject("too_long", f"Treść ma najwyżej {LONGEST_TEXT} znaków.", column="text")
    yield from _of_items(order)


def _of_items(order: NoteOrder) -> Iterable[Finding]:
    place = order.place
    if not order.items:
        yield place.reject("nothing_charged", "Nota niczego nie obciąża.")
    if len(order.items) > MOST_ROWS_OF_NOTE:
        yield place.reject("too_many_rows", f"Nota ma najwyżej {MOST_ROWS_OF_NOTE} pozycji.")
    if order.late and order.law is None:
        sentence = "Brak ustawy, według której liczą się odsetki: kodeks cywilny albo transakcje handlowe."
        yield place.reject("missing_value", sentence, column="law")
    for charge in order.charges:
        yield from _of_charge(charge)
    for late in order.late:
        yield from _of_late(late)


def _of_charge(charge: Charge) -> Iterable[Finding]:
    for name, value, told in (("title", charge.title, "tytułu"), ("basis", charge.basis, "podstawy")):
        if not value:
            yield charge.place.reject("missing_value", f"Brak {told} obciążenia.", column=name)
        if len(value) > LONGEST_TEXT:
            yield charge.place.reject("too_long", f"Tekst ma najwyżej {LONGEST_TEXT} znaków.", column=name)
    yield from _of_amount(charge)


def _of_late(late: LatePayment) -> Iterable[Finding]:
    if not late.invoice:
        yield late.place.reject("missing_value", "Brak numeru faktury.", column="invoice")
    if (late.paid_on is None) is (late.until is None):
        sentence = "Podaj dzień zapłaty albo dzień, do którego liczyć odsetki od niezapłaconej kwoty."
        yield late.place.reject("paid_or_until", sentence, column="paid_on")
    yield from _of_amount(late)


def _of_amount(item: Charge | LatePayment) -> Iterable[Finding]:
    amount = item.amount
    if not 0 < amount < MOST_PLN:
        sentence = "Kwota musi być dodatnia i mniejsza niż miliard złotych."
        yield item.place.reject("amount_not_positive", sentence, column="amount", value=amount)
    elif fraction_digits(amount.normalize()) > _GROSZ_DIGITS:
        sentence = "Kwota ma części mniejsze niż grosz."
        yield item.place.reject("amount_below_grosz", sentence, column="amount", value=amount)


def _repeated(orders: Sequence[NoteOrder]) -> Iterable[Finding]:
    """Name rows that charge one customer for the very same thing twice."""
    seen: set[tuple[object, ...]] = set()
    for order in orders:
        for item in order.items:
            told: tuple[object, ...] = (
                (item.title, item.basis, item.amount, order.day)
                if isinstance(item, Charge)
                else (item.invoice, item.amount, item.due_date, item.paid_on, item.until)
            )
            key = (order.customer, order.contract_no, *told)
            if key in seen:
                yield item.place.reject("row_twice", "Ten sam wiersz jest w pliku dwa razy.")
            seen.add(key)
