"""Issued collective invoices of every shape, made by billing the contracts of a payer."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import cache

from kwit.billing.collective_content import CollectivePart, compose_collective
from kwit.billing.content import BillContent
from kwit.billing.drafts import DocumentKind
from kwit.documents.document import Document
from kwit.kernel.identifiers import content_hash
from tests.billing.collectives import ACCOUNT, DAY, collectives, settings, town
from tests.billing.office import carry_out
from tests.documents import bills

ISSUE_DATE = date(2026, 4, 8)


def of_bills(*contents: BillContent) -> Document:
    """Put bills of one payer on a collective invoice, each under a contract and point of its own."""
    payer = contents[0].payer
    named = [
        bill.model_copy(
            update={
                "contract_no": f"U/{number}",
                "payer": payer,
                "point": bill.point.model_copy(update={"ppe": f"5905430000000{number:05d}"}),
            }
        )
        for number, bill in enumerate(contents, start=1)
    ]
    parts = [
        CollectivePart(document_id=f"{number:032d}", kind=DocumentKind.INVOICE, bill=bill)
        for number, bill in enumerate(named, start=1)
    ]
    canonical = compose_collective(account=ACCOUNT, parts=parts).canonical()
    return Document(
        document_id="c" * 32,
        kind=DocumentKind.COLLECTIVE,
        number="ZB/2026/04/000001",
        issue_date=ISSUE_DATE,
        due_date=date(2026, 4, 22),
        run_id="2026-04-08-daily",
        contract_no=ACCOUNT,
        content=canonical,
        content_hash=content_hash(canonical),
    )


@cache
def three_points() -> Document:
    """Bill three households of one payer, VAT on lines."""
    one = town()
    carry_out(one, DAY)
    return collectives(one)[0]


@cache
def on_document() -> Document:
    """Bill them with VAT on the document."""
    one = town()
    one.settings.settings = settings(vat="document")
    carry_out(one, DAY)
    return collectives(one)[0]


def of_all_kinds() -> Document:
    """Put a household, a firm with a series, a prosumer and an estimate together, some with a balance."""
    return of_bills(
        bills.with_history(), bills.firm_with_series(), bills.with_feed_in(), bills.estimated(),
        bills.with_balance("123.45"), bills.on_total(), bills.with_many_lines(60),
    )  # fmt: skip


def ninety() -> Document:
    """Put as many contracts together as an invoice takes."""
    return of_bills(*[bills.household()] * 90)


def overpaid() -> Document:
    """Make an invoice that a balance pays whole."""
    return of_bills(bills.household(), bills.with_balance("-5000.00"))


def with_deposit() -> Document:
    """Make an invoice of which a deposit pays a part."""
    bill = bills.household()
    return of_bills(bill, bills.changed(bill, payable=bill.gross - Decimal("30.00")), bills.with_long_names())


SHAPES: dict[str, Callable[[], Document]] = {
    "three_points": three_points,
    "on_document": on_document,
    "of_all_kinds": of_all_kinds,
    "ninety": ninety,
    "overpaid": overpaid,
    "with_deposit": with_deposit,
}
