"""Orders of notes as tables: CSV or a workbook, one row for each thing that is charged.

Rows with one sign in the column `nota` are one note; a row without it is a note of its own.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from kwit.billing.note_orders import Charge, LatePayment, NoteOrder, OrdersRead, Place
from kwit.intake.findings import Finding
from kwit.intake.table import Column, Layout, RowReader, read_tables
from kwit.tariffs.interest import InterestLaw

_SHARED = (
    Column(
        "customer",
        ("nr klienta", "numer klienta", "klient", "nr kontrahenta", "id kontrahenta", "kontrahent"),
    ),
    Column("contract", ("umowa", "nr umowy", "numer umowy")),
    Column("by", ("zlecil", "zlecila", "zlecajacy", "wystawil", "wystawila")),
    Column("note", ("nota", "znak noty", "lp noty")),
    Column("payment_days", ("dni platnosci", "dni na zaplate", "termin dni")),
    Column("currency", ("waluta",)),
    Column("text", ("tresc", "uwagi", "opis")),
)
_AMOUNT = Column("amount", ("kwota", "kwota zl", "kwota pln"))

CHARGES = Layout(
    kind="note_charges",
    sheet_names=frozenset({"noty", "noty ksiegowe", "obciazenia", "charges"}),
    columns=(
        *_SHARED,
        Column("title", ("tytul", "tytul obciazenia", "za co")),
        Column("basis", ("podstawa", "podstawa prawna", "podstawa obciazenia")),
        _AMOUNT,
        Column("day", ("data zdarzenia", "dzien zdarzenia")),
    ),
    needs=(("customer",), ("title",), ("basis",), ("amount",), ("by",)),
)

INTEREST = Layout(
    kind="note_interest",
    sheet_names=frozenset({"odsetki", "noty odsetkowe", "interest"}),
    columns=(
        *_SHARED,
        Column("invoice", ("faktura", "nr faktury", "numer faktury", "dokument")),
        _AMOUNT,
        Column("due_date", ("termin platnosci", "termin zaplaty", "termin")),
        Column("paid_on", ("zaplacono", "data zaplaty", "dzien zaplaty")),
        Column("until", ("odsetki do", "liczyc do", "naliczyc do")),
        Column("law", ("ustawa", "rodzaj odsetek", "odsetki wedlug")),
    ),
    needs=(("customer",), ("invoice",), ("amount",), ("due_date",), ("law",), ("by",)),
)

_LAWS: Mapping[str, InterestLaw | None] = {
    "kc": "civil_code", "kodeks cywilny": "civil_code", "ustawowe": "civil_code",
    "ustawowe za opoznienie": "civil_code", "art 481 kc": "civil_code", "civil code": "civil_code",
    "transakcje handlowe": "commercial_transactions", "handlowe": "commercial_transactions",
    "w transakcjach handlowych": "commercial_transactions", "commercial transactions": "commercial_transactions",
}  # fmt: skip


def read_order_tables(content: bytes) -> OrdersRead:
    """Read the tables of a file of orders; a row with a cell that cannot be read is named and makes no order."""
    read = read_tables(content=content, layouts=(CHARGES, INTEREST))
    findings = list(read.findings)
    orders: list[NoteOrder] = []
    rows = 0
    for table in read.tables:
        single = _charge_of if table.layout is CHARGES else _late_of
        made = [(reader, single(reader)) for reader in table.each_row()]
        rows += len(made)
        findings += [one for reader, _ in made for one in reader.findings]
        sound = [(reader.text("note"), order) for reader, order in made if reader.sound]
        together, differing = _together(sound)
        orders += together
        findings += differing
    return OrdersRead(tuple(orders), tuple(findings), read.encoding, rows=rows)


def _shared(reader: RowReader) -> NoteOrder:
    days = reader.whole("payment_days", default=0)
    return NoteOrder(
        place=Place(reader.number, reader.sheet),
        by=reader.required("by"),
        customer=reader.required("customer"),
        contract_no=reader.text("contract"),
        currency=reader.text("currency", default="PLN"),
        payment_days=None if reader.cell("payment_days") is None else days,
        text=reader.text("text"),
    )


def _charge_of(reader: RowReader) -> NoteOrder:
    order = _shared(reader)
    charge = Charge(order.place, reader.required("title"), reader.required("basis"), _amount(reader))
    return replace(order, day=reader.day("day"), charges=(charge,))


def _late_of(reader: RowReader) -> NoteOrder:
    order = _shared(reader)
    reader.required("due_date")
    late = LatePayment(
        place=order.place,
        invoice=reader.required("invoice"),
        amount=_amount(reader),
        due_date=reader.day("due_date") or date.min,
        paid_on=reader.day("paid_on"),
        until=reader.day("until"),
    )
    reader.required("law")
    return replace(order, law=reader.choice("law", _LAWS, default=None), late=(late,))


def _amount(reader: RowReader) -> Decimal:
    reader.required("amount")
    return reader.decimal("amount") or Decimal(0)


def _together(rows: Iterable[tuple[str, NoteOrder]]) -> tuple[list[NoteOrder], list[Finding]]:
    """Put rows of one sign together, each note where its first row stands."""
    notes: dict[object, NoteOrder] = {}
    findings: list[Finding] = []
    for sign, order in rows:
        key: object = sign or order.place
        first = notes.setdefault(key, order)
        if first is order:
            continue
        if _common(first) != _common(order):
            sentence = "Wiersze jednej noty różnią się czymś więcej niż pozycją."
            findings.append(order.place.reject("note_rows_differ", sentence, column="note", value=sign))
        notes[key] = replace(first, charges=(*first.charges, *order.charges), late=(*first.late, *order.late))
    return list(notes.values()), findings


def _common(order: NoteOrder) -> NoteOrder:
    return replace(order, place=Place(0), charges=(), late=())
