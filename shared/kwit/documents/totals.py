"""What issued documents add up to, for the certificate of their run."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from kwit.billing.drafts import BatchTotals
from kwit.billing.note_content import NoteContent
from kwit.documents.document import Document
from kwit.kernel.identifiers import canonical_json, content_hash
from kwit.kernel.money import ZERO, total


@dataclass(frozen=True, slots=True)
class Posted:
    """What the postings of documents add up to, PLN; `faults` name documents that cannot be posted."""

    debit: Decimal = ZERO
    credit: Decimal = ZERO
    receivable: Decimal = ZERO
    faults: tuple[str, ...] = ()


Post = Callable[[Sequence[Document]], Posted]
"""Posts documents for their sums alone; the ledger does it, which stands above documents."""


def noted(document: Document) -> Decimal:
    """Return what a note charges, PLN without VAT, added up from its rows; 0.00 of any other document."""
    content = document.read() if document.kind.is_note else None
    if not isinstance(content, NoteContent):
        return ZERO
    return total([one.amount for one in content.rows] + [one.amount for one in content.interest])


def batch_totals(
    documents: Sequence[Document], posted: Posted, *, passed_over: tuple[str, ...] = ()
) -> BatchTotals:
    """Add issued documents up by their lines and by their totals, beside what their postings came to."""
    booked = [one for document in documents for one in document.booked()]
    charged = total(noted(document) for document in documents)
    return BatchTotals(
        documents=len(documents),
        first=documents[0].number if documents else "",
        last=documents[-1].number if documents else "",
        lines_net=total(sign * line.net for sign, bill in booked for line in bill.lines) + charged,
        net=total(sign * bill.net for sign, bill in booked) + charged,
        vat=total(sign * bill.vat for sign, bill in booked),
        gross=total(sign * bill.gross for sign, bill in booked) + charged,
        due=total(sign * bill.due for sign, bill in booked) + charged,
        debit=posted.debit,
        credit=posted.credit,
        receivable=posted.receivable,
        hashes=content_hash(canonical_json([document.content_hash for document in documents])),
        faults=posted.faults,
        passed_over=passed_over,
    )
