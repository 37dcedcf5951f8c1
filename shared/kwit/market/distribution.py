"""Distribution sold on behalf of distributors: what a seller billed for each network, point by point.

Under a framework agreement for the comprehensive service (GUD-K) the distributor bills the seller in bulk. This
statement is the seller's own side of that account: quantity and net of every distribution component, per point and
period, ready to be held against the distributor's invoice.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from kwit.billing.content import BillContent, LineData
from kwit.documents.document import Document
from kwit.kernel.money import total

_Booked = tuple[int, BillContent, LineData]

COLUMNS = (
    "operator",
    "kod PPE",
    "grupa",
    "od",
    "do",
    "składnik",
    "strefa",
    "ilość",
    "j.m.",
    "cena",
    "netto",
    "dokument",
)


@dataclass(frozen=True, slots=True)
class BilledComponent:
    """A distribution component as billed to a customer: quantity, unit price and net PLN."""

    distributor: str
    ppe: str
    group: str
    start: date
    end: date
    charge: str
    zone: str
    quantity: Decimal
    unit: str
    price: Decimal
    net: Decimal
    document: str


@dataclass(frozen=True, slots=True)
class DistributorStatement:
    """All that was billed for one distributor's network, in order of point and period."""

    distributor: str
    components: tuple[BilledComponent, ...]
    net: Decimal


def distributor_statements(*, documents: Iterable[Document]) -> list[DistributorStatement]:
    """Gather the distribution lines of documents by distributor; documents without any leave no trace.

    A correction brings the lines that it takes back, negative, and those that it puts in their place.
    """
    found: dict[str, list[BilledComponent]] = defaultdict(list)
    for document in documents:
        booked = [(sign, bill, line) for sign, bill in document.booked() for line in bill.lines]
        for sign, bill, line in _uncancelled(booked):
            found[bill.point.distributor].append(
                BilledComponent(
                    distributor=bill.point.distributor,
                    ppe=bill.point.ppe,
                    group=bill.group,
                    start=line.start,
                    end=line.end,
                    charge=line.charge,
                    zone=line.zone,
                    quantity=sign * line.quantity,
                    unit=line.unit,
                    price=line.price,
                    net=sign * line.net,
                    document=document.number,
                )
            )
    return [
        DistributorStatement(name, tuple(sorted(members, key=_order)), total(one.net for one in members))
        for name, members in sorted(found.items())
        if members
    ]


def _uncancelled(booked: Sequence[_Booked]) -> list[_Booked]:
    """Keep distribution lines, those left out that a correction takes back and puts back as they were."""
    lines = [one for one in booked if one[2].section == "distribution"]
    taken = [_told(bill, line) for sign, bill, line in lines if sign < 0]
    put = [_told(bill, line) for sign, bill, line in lines if sign > 0]
    same = [one for one in taken if one in put]
    return [one for one in lines if _told(one[1], one[2]) not in same]


def _told(bill: BillContent, line: LineData) -> tuple[object, ...]:
    days = (line.start, line.end)
    return bill.group, line.charge, line.zone, days, line.quantity, line.unit, line.price, line.net


def _order(one: BilledComponent) -> tuple[str, date, str]:
    return one.ppe, one.start, one.document


def statements_csv(statements: Iterable[DistributorStatement]) -> bytes:
    """Write statements as semicolon CSV with decimal commas, UTF-8 with BOM: one row a component."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for statement in statements:
        for one in statement.components:
            writer.writerow(
                (
                    one.distributor,
                    one.ppe,
                    one.group,
                    one.start.isoformat(),
                    (one.end - timedelta(days=1)).isoformat(),
                    one.charge,
                    one.zone,
                    _comma(one.quantity),
                    one.unit,
                    _comma(one.price),
                    _comma(one.net),
                    one.document,
                )
            )
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _comma(number: Decimal) -> str:
    return format(number, "f").replace(".", ",")
