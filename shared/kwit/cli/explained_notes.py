"""What `kwit explain` says of a note: the order it rests on, each row, and the interest day by day."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from rich.tree import Tree

from kwit.billing.interest import interest_of
from kwit.billing.note_content import InterestPeriod, InterestRow, NoteContent


def explained_note(content: NoteContent) -> Tree:
    """Return the tree of a note: where its order stands, and what each amount was made of."""
    tree = Tree(f"{content.kind} note, {content.due} zł due, without VAT")
    order = content.order
    if order is not None:
        sheet = f", sheet {order.sheet}" if order.sheet else ""
        tree.add(f"order: {order.file}{sheet}, row {order.row}, SHA-256 {order.content_hash}")
    tree.add(f"ordered by: {content.issued_by}")
    tree.add(f"customer {content.customer.party_id}, payer {content.payer.party_id}")
    for row in content.rows:
        tree.add(f"{row.title}: {row.amount} zł").add(f"basis: {row.basis}")
    for late in content.interest:
        tree.add(_late(late))
    if content.law:
        tree.add(f"rates: {content.law}")
    return tree


def _late(row: InterestRow) -> Tree:
    paid = f"paid {row.paid_on}" if row.paid_on else "not paid"
    told = Tree(f"interest on {row.invoice}: {row.amount} zł")
    told.add(f"{row.principal} zł, due {row.due_date}, {paid}")
    for part in row.periods:
        last = part.end - timedelta(days=1)
        told.add(
            f"{part.start} to {last}: {row.principal} × {part.rate} × {part.days} / 365 = "
            f"{_counted(row, part)} zł"
        )
    return told


def _counted(row: InterestRow, part: InterestPeriod) -> Decimal:
    return interest_of(principal=row.principal, rate=part.rate, days=part.days)


def wrong_interest(content: NoteContent) -> Iterator[tuple[str, Decimal, Decimal]]:
    """Yield each stretch whose interest does not come out: the invoice, the amount stated and the one counted."""
    for row in content.interest:
        for part in row.periods:
            if _counted(row, part) != part.amount:
                yield row.invoice, part.amount, _counted(row, part)
