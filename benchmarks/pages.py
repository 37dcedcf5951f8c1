"""Pages of a bill: milliseconds of process time for the whole PDF, and for its first page alone."""

from benchmarks.measure import per_second
from kwit.documents.bill_pdf import BillPages, render_bill
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
        pages = BillPages(bill_view(document=issued, settings=settings))
        pages.front()
        return pages.finished(issued.issue_date)

    rates = per_second({"two": draw, "one": draw_first}, rounds=3)
    return {f"pdf_ms_{name}_page{'s' * (name == 'two')}": round(1000 / rates[name], 1) for name in rates}
