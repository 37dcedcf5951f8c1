"""An order of notes as YAML (`kwit/note-order/1`), and the reader that takes whichever form a file has."""

from collections.abc import Mapping
from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kwit.billing.note_order_tables import read_order_tables
from kwit.billing.note_orders import Charge, LatePayment, NoteOrder, OrdersRead, Place
from kwit.intake.findings import Finding, Severity
from kwit.registry.company import ExactDecimal
from kwit.tariffs.interest import InterestLaw
from kwit.tariffs.yaml_file import Path, YamlFile, read_yaml

_MARK = b"kwit/note-order/1"


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Charge(_Data):
    title: str
    basis: str
    amount: ExactDecimal


class _Late(_Data):
    invoice: str
    amount: ExactDecimal
    due_date: date
    paid_on: date | None = None
    until: date | None = None


class _Note(_Data):
    customer: str
    contract: str = ""
    currency: str = "PLN"
    payment_days: int | None = None
    day: date | None = None
    text: str = ""
    law: InterestLaw | None = None
    charges: tuple[_Charge, ...] = ()
    interest: tuple[_Late, ...] = ()


class _File(_Data):
    """An order of notes (zlecenie not): who orders, whether it waits for approval, and the notes."""

    format: Literal["kwit/note-order/1"]
    by: str = Field(min_length=1)
    business_date: date | None = None
    dry: bool = False
    notes: tuple[_Note, ...]


def read_note_orders(content: bytes) -> OrdersRead:
    """Read a file of orders, YAML or a table, with every error in it by its row."""
    return _of_yaml(content) if _MARK in content[:4_000] else read_order_tables(content)


def _of_yaml(content: bytes) -> OrdersRead:
    read = read_yaml(content)
    if read.findings:
        findings = [
            Finding("not_yaml", Severity.REJECT, one.polish, row=one.line or 0) for one in read.findings
        ]
        return OrdersRead(findings=tuple(findings))
    try:
        file = _File.model_validate(read.data)
    except ValidationError as error:
        return OrdersRead(findings=tuple(_of_fields(error, read)))
    orders: list[NoteOrder] = []
    findings = [] if file.notes else [Place(0).reject("nothing_charged", "Plik nie zleca żadnej noty.")]
    for index, note in enumerate(file.notes):
        order = _order(file.by, note, ("notes", index), read.lines)
        orders.append(order)
        if bool(note.charges) and bool(note.interest):
            sentence = "Nota ma obciążenia albo odsetki, nie jedno i drugie."
            findings.append(order.place.reject("two_kinds", sentence))
        if note.law is not None and not note.interest:
            findings.append(order.place.reject("law_without_interest", "Ustawę podaje się przy odsetkach."))
    rows = sum(len(order.items) for order in orders)
    return OrdersRead(tuple(orders), tuple(findings), dry=file.dry, rows=rows, day=file.business_date)


def _order(by: str, note: _Note, path: Path, lines: Mapping[Path, int]) -> NoteOrder:
    return NoteOrder(
        place=_place(path, lines),
        by=by,
        customer=note.customer,
        contract_no=note.contract,
        currency=note.currency,
        payment_days=note.payment_days,
        day=note.day,
        text=note.text,
        law=note.law,
        charges=tuple(
            Charge(_place((*path, "charges", index), lines), one.title, one.basis, one.amount)
            for index, one in enumerate(note.charges)
        ),
        late=tuple(
            LatePayment(
                place=_place((*path, "interest", index), lines),
                invoice=one.invoice,
                amount=one.amount,
                due_date=one.due_date,
                paid_on=one.paid_on,
                until=one.until,
            )
            for index, one in enumerate(note.interest)
        ),
    )


def _place(path: Path, lines: Mapping[Path, int]) -> Place:
    """Return the line of a path, or of the nearest thing around it that has one."""
    for length in range(len(path), -1, -1):
        if path[:length] in lines:
            return Place(lines[path[:length]])
    return Place(0)


def _of_fields(error: ValidationError, read: YamlFile) -> list[Finding]:
    findings = []
    for one in error.errors(include_url=False, include_context=False):
        path = ".".join(str(part) for part in one["loc"])
        value = one["input"] if isinstance(one["input"], str | int) else ""
        sentence = f"Pole {path}: {one['msg']}." if path else f"Plik: {one['msg']}."
        findings.append(
            _place(one["loc"], read.lines).reject("bad_field", sentence, column=path, value=value)
        )
    return findings
