"""The sales report adds up, agrees with the postings, and says the same when its workbook is read again."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from kwit.documents.document import Document
from kwit.ledger.postings import RECEIVABLE, VAT_DUE, postings_of
from kwit.reports.sales import Reconciliation, SalesReport, reconcile, sales_report, sales_workbook
from tests.billing.company import company_settings
from tests.documents import notes
from tests.documents.bills import changed, firm_with_series, household, issued, on_total, with_feed_in

FIRST, LAST = date(2026, 4, 1), date(2026, 4, 30)


def documents() -> list[Document]:
    contents = [household(), on_total(), firm_with_series(), with_feed_in()]
    return [issued(one, number=f"FV/2026/04/{n:06}") for n, one in enumerate(contents, start=1)]


def report_of(issued_documents: Sequence[Document]) -> SalesReport:
    return sales_report(documents=issued_documents, first=FIRST, last=LAST)


def reconciled(report: SalesReport, issued_documents: Sequence[Document]) -> Reconciliation:
    rows = [
        row
        for document in issued_documents
        for row in postings_of(document=document, accounts=company_settings().accounts)
    ]
    credit: dict[str, Decimal] = {}
    for row in rows:
        if row.key != RECEIVABLE:
            credit[row.key] = credit.get(row.key, Decimal(0)) + row.credit
    debit = sum((row.debit for row in rows), Decimal(0))
    return reconcile(report=report, debit=debit, credit_by_key=credit, vat_key=VAT_DUE)


def sheets(content: bytes) -> dict[str, list[tuple[Any, ...]]]:
    book = load_workbook(BytesIO(content))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


class TestReport:
    def test_does_not_count_notes_which_are_no_sale(self) -> None:
        assert report_of([*documents(), notes.accounting(), notes.interest()]) == report_of(documents())

    def test_groups_add_up_to_the_documents(self) -> None:
        bills = [one.bill() for one in documents()]
        report = report_of(documents())
        assert report.documents == 4
        assert (report.net, report.vat, report.gross) == (
            sum(b.net for b in bills), sum(b.vat for b in bills), sum(b.gross for b in bills))  # fmt: skip
        assert {one.group: (one.documents, one.points) for one in report.groups} == {
            "C12a": (1, 1), "G11": (3, 2)}  # fmt: skip
        assert sum(one.net for one in report.components) == report.net

    def test_energy_fed_in_is_no_sale(self) -> None:
        (group,) = report_of([issued(with_feed_in())]).groups
        assert group.kwh == 150

    def test_each_zone_of_a_component_has_its_row(self) -> None:
        report = report_of([issued(firm_with_series())])
        energy = [(one.name, one.quantity) for one in report.components if one.charge == "energy"]
        assert energy == [("Energia czynna pozaszczytowa", 4276), ("Energia czynna szczytowa", 1737)]

    def test_units_are_kept_apart(self) -> None:
        content = household()
        doubled = tuple(
            line.model_copy(update={"unit": "kWh", "quantity": line.quantity * 1000})
            if line.charge == "oze"
            else line
            for line in content.lines
        )
        report = report_of([issued(content), issued(changed(content, lines=doubled))])
        assert {one.unit for one in report.components if one.charge == "oze"} == {"MWh", "kWh"}

    def test_nothing_issued_is_an_empty_report(self) -> None:
        report = report_of([])
        assert (report.documents, report.gross, report.components) == (0, Decimal("0.00"), ())


class TestReconciliation:
    def test_it_agrees_with_the_postings(self) -> None:
        assert reconciled(report_of(documents()), documents()).agrees

    @pytest.mark.parametrize("field", ["net", "vat", "gross"])
    def test_any_difference_is_seen(self, field: str) -> None:
        report = report_of(documents())
        wrong = replace(report, **{field: getattr(report, field) + Decimal("0.01")})
        assert not reconciled(wrong, documents()).agrees

    def test_a_document_that_was_not_posted_is_seen(self) -> None:
        assert not reconciled(report_of(documents()), documents()[:-1]).agrees


class TestWorkbook:
    def workbook(self) -> bytes:
        report = report_of(documents())
        return sales_workbook(report=report, reconciliation=reconciled(report, documents()))

    def test_the_same_report_gives_the_same_bytes(self) -> None:
        assert self.workbook() == self.workbook()

    def test_its_figures_read_back(self) -> None:
        read = sheets(self.workbook())
        assert list(read) == ["Składniki", "Grupy", "Uzgodnienie"]
        report = report_of(documents())
        rows = read["Składniki"][3:]
        assert [(row[0], row[2], Decimal(str(row[5]))) for row in rows[:-1]] == [
            (one.group, one.name, one.net) for one in report.components
        ]
        assert rows[-1][0] == "Razem"
        assert Decimal(str(rows[-1][5])) == report.net == sum(Decimal(str(row[5])) for row in rows[:-1])
        total = read["Grupy"][-1]
        assert [Decimal(str(cell)) for cell in total[4:7]] == [report.net, report.vat, report.gross]
        assert [row[3] for row in read["Uzgodnienie"][1:]] == [0, 0, 0, 0]

    @pytest.mark.parametrize(
        "text", ['=HYPERLINK("http://x","y")', "=1+1", "{=1+1}", "http://example.org", "+1", "@x"]
    )
    def test_no_name_becomes_a_formula_or_a_link(self, text: str) -> None:
        content = household()
        lines = tuple(line.model_copy(update={"name": text}) for line in content.lines)
        report = report_of([issued(changed(content, lines=lines, group=text))])
        book = load_workbook(BytesIO(sales_workbook(report=report, reconciliation=Reconciliation(()))))
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value == text]
        assert len(cells) > len(report.components)
        assert {cell.data_type for cell in cells} == {"s"}
        assert all(cell.hyperlink is None for sheet in book for row in sheet.iter_rows() for cell in row)
