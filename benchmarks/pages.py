"""Pages of a bill: milliseconds of process time for the whole PDF."""

from benchmarks.measure import per_second
from kwit.documents.bill_pdf import render_bill
from kwit.documents.view import bill_view
from tests.billing.company import company_settings
from tests.billing.samples import document


def bill_pages() -> dict[str, object]:
    """Measure a two-page bill, view and PDF together."""
    issued = document()
    settings = company_settings()

    def draw() -> bytes:
        return render_bill(view=bill_view(document=issued, settings=settings), issue_date=issued.issue_date)

    rates = per_second({"pdf": draw}, rounds=3)
    return {"pdf_ms_two_pages": round(1000 / rates["pdf"], 1)}
