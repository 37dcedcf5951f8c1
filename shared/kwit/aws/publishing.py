"""Publish what people read: the reports of a month, and the diff of a run."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from kwit.aws.bootstrap import Application
from kwit.aws.runtime import Report
from kwit.aws.schedules import ScheduleFired
from kwit.billing.run_diff import RunDiff
from kwit.documents.document import Document
from kwit.kernel.money import ZERO, total
from kwit.ledger.export import DocumentsMissingError
from kwit.ledger.postings import RECEIVABLE, VAT_DUE, of_sale, postings_of
from kwit.market.distribution import distributor_statements, statements_csv
from kwit.reports.run_diff import diff_data, diff_page, diff_workbook
from kwit.reports.sales import reconcile, sales_report, sales_workbook

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class NotReconciledError(ArithmeticError):
    """The report and the postings of the same documents differ; carries what differs."""

    def __init__(self, differences: tuple[str, ...]) -> None:
        super().__init__(f"report and postings differ: {'; '.join(differences)}")
        self.differences = differences


def publish(message: ScheduleFired, app: Application) -> Report:
    """Write the reports of the documents issued in the month up to the schedule's day.

    Raises DocumentsMissingError while issuing is under way, NotReconciledError; a sales report that does not
    agree with the postings is not published.
    """
    last = message.business_date
    first = last.replace(day=1)
    documents = _documents(app, first, last)
    if not documents:
        return {"documents": 0}
    company, _ = app.company.current(on=last)
    sales = _sales(documents, first, last, company.accounts)
    app.files.put(f"exports/sales-{last:%Y-%m}.xlsx", sales, _XLSX)
    statements = distributor_statements(documents=documents)
    app.files.put(f"exports/distribution-{last:%Y-%m}.csv", statements_csv(statements), "text/csv")
    return {"documents": len(documents), "distributors": len(statements)}


def _documents(app: Application, first: date, last: date) -> list[Document]:
    documents: list[Document] = []
    for offset in range((last - first).days + 1):
        for block in app.documents.blocks_of_day(first + timedelta(days=offset)):
            found = app.documents.documents_of(block.entries)
            if len(found) < len(block.entries):
                raise DocumentsMissingError(block.run_id, block.batch, len(block.entries) - len(found))
            documents += found
    return documents


def _sales(documents: list[Document], first: date, last: date, accounts: Mapping[str, str]) -> bytes:
    revenue: dict[str, Decimal] = defaultdict(lambda: ZERO)
    sold = [one for one in documents if not one.kind.is_note]
    every = [row for one in sold for row in postings_of(document=one, accounts=accounts)]
    rows = [row for row in every if of_sale(row)]
    for row in rows:
        if row.key != RECEIVABLE:
            revenue[row.key] += row.credit
    report = sales_report(documents=sold, first=first, last=last)
    debit = total(row.debit for row in rows)
    agreed = reconcile(report=report, debit=debit, credit_by_key=revenue, vat_key=VAT_DUE)
    if not agreed.agrees:
        raise NotReconciledError(tuple(f"{name}: {a} / {b}" for name, a, b in agreed.rows if a != b))
    return sales_workbook(report=report, reconciliation=agreed)


def publish_diff(diff: RunDiff, app: Application) -> list[str]:
    """Write a whole diff beside the run's report, as a page, a workbook and data; return the keys."""
    name = f"exports/diff-{diff.run_id}-{diff.against}"
    app.files.put(f"{name}.html", diff_page(diff), "text/html; charset=utf-8")
    app.files.put(f"{name}.xlsx", diff_workbook(diff), _XLSX)
    app.files.put(f"{name}.json", diff_data(diff), "application/json")
    return [f"{name}.{ending}" for ending in ("html", "xlsx", "json")]
