"""Issued notes of both kinds."""

from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Literal

from kwit.billing.drafts import DocumentKind
from kwit.billing.note_content import InterestPeriod, InterestRow, NoteContent, NoteRow
from kwit.documents.document import Document
from kwit.kernel.identifiers import content_hash
from kwit.kernel.money import total
from tests.documents.bills import household

RATE_CHANGE = date(2026, 3, 5)
ISSUED, DUE = date(2026, 4, 8), date(2026, 4, 22)
_NUMBERS = {"accounting": "NK/2026/000001", "interest": "NO/2026/000001"}
_KINDS = {"accounting": DocumentKind.NOTE, "interest": DocumentKind.INTEREST_NOTE}


def note(kind: Literal["accounting", "interest"], **fields: object) -> NoteContent:
    """Make a note to the firm that pays for a household's energy."""
    bill = household()
    payer = bill.payer.model_copy(update={"name": "Młyn „Żarna” sp. z o.o.", "nip": "7740001454"})
    shared: dict[str, object] = {
        "kind": kind, "contract_no": bill.contract_no, "start": date(2026, 1, 20), "end": date(2026, 4, 8),
        "payment_days": 14, "settings_version": bill.settings_version, "customer": payer, "payer": payer,
        "issued_by": "Ewa Źródlana",
    }  # fmt: skip
    return NoteContent.model_validate(shared | fields)


@cache
def accounting() -> Document:
    """Issue a note on a recovery's compensation and a reminder."""
    rows = (
        NoteRow(
            title="Rekompensata za koszty odzyskiwania należności (40 EUR) za fakturę FV/2026/01/000007",
            basis="art. 10 ust. 1 pkt 1 ustawy z 8 marca 2013 r.",
            amount=Decimal("168.92"),
        ),
        NoteRow(
            title="Koszt wezwania do zapłaty z 12.02.2026", basis="§ 9 ust. 2 umowy", amount=Decimal("15.00")
        ),
    )
    return issued(note("accounting", rows=rows, due=Decimal("183.92")))


@cache
def interest() -> Document:
    """Issue a note on two late payments, one over a change of the rate."""
    rows = (
        _late("FV/2026/01/000007", "12345.67", date(2026, 1, 20), date(2026, 3, 20), "138.17", "50.06"),
        _late("FV/2026/02/000011", "980.10", date(2026, 2, 10), None, "5.61", "8.44"),
    )
    person = household().payer
    return issued(
        note(
            "interest", interest=rows, law="civil_code", due=Decimal("202.28"), payer=person, customer=person
        )
    )


def _late(invoice: str, principal: str, due: date, paid: date | None, *amounts: str) -> InterestRow:
    """Make the interest on a payment over the change of the rate of art. 481 § 2 KC on 5 March 2026."""
    start, end = due + timedelta(days=1), (paid or date(2026, 4, 7)) + timedelta(days=1)
    parts = ((start, RATE_CHANGE, "0.0950"), (RATE_CHANGE, end, "0.0925"))
    return InterestRow(
        invoice=invoice,
        principal=Decimal(principal),
        due_date=due,
        paid_on=paid,
        periods=tuple(
            InterestPeriod(start=first, end=last, rate=Decimal(rate), amount=Decimal(amount))
            for (first, last, rate), amount in zip(parts, amounts, strict=True)
        ),
        amount=total(map(Decimal, amounts)),
    )


def issued(content: NoteContent) -> Document:
    """Put a note under a number."""
    canonical = content.canonical()
    return Document(
        document_id=("e" if content.kind == "interest" else "f") * 32,
        kind=_KINDS[content.kind],
        number=_NUMBERS[content.kind],
        issue_date=ISSUED,
        due_date=DUE,
        run_id="2026-04-08-daily",
        contract_no=content.contract_no,
        content=canonical,
        content_hash=content_hash(canonical),
    )
