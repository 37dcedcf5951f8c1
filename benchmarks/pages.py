"""Pages of a bill: milliseconds of process time for the whole PDF, and for its first page alone."""

from datetime import UTC, datetime

from benchmarks.measure import per_second
from kwit.documents.bill_pdf import Bill, render_bill
from kwit.documents.view import bill_view
from tests.billing.company import company_settings
from tests.billing.samples import document


def bill_pages() -> dict[str, object]:
    """Measure a two-page bill, view and PDF together."""
    issued = document()
    settings = company_settings()

    def draw() -> bytes:
        return render_bill(view=bill_view(document=issued, settings=settings), issue_date=issued.issue_date)

    def draw_first() -> bytes:
        bill = Bill(bill_view(document=issued, settings=settings))
        bill.front()
        bill.feet()
        return bill.file(title="", author="", made_at=datetime(2026, 4, 8, tzinfo=UTC))

    rates = per_second({"two": draw, "one": draw_first}, rounds=3)
    return {f"pdf_ms_{name}_page{'s' * (name == 'two')}": round(1000 / rates[name], 1) for name in rates}
