"""The sales report (raport sprzedaży): net by tariff group and component, reconciled with the postings."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO

import xlsxwriter

from kwit.documents.document import Document
from kwit.kernel.money import ZERO, total

_TEXT_STAYS_TEXT = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
_HEADS = ("Grupa", "Sekcja", "Składnik", "Ilość", "J.m.", "Netto zł")


@dataclass(frozen=True, slots=True)
class ComponentSales:
    """Sales of one component, in one zone where it has zones, to one tariff group: quantity and net PLN."""

    group: str
    section: str
    charge: str
    name: str
    unit: str
    quantity: Decimal
    net: Decimal


@dataclass(frozen=True, slots=True)
class GroupSales:
    """Documents, points, energy in whole kWh and money of one tariff group."""

    group: str
    documents: int
    points: int
    kwh: int
    net: Decimal
    vat: Decimal
    gross: Decimal


@dataclass(frozen=True, slots=True)
class SalesReport:
    """Sales over the documents issued from `first` to `last`, both days included."""

    first: date
    last: date
    components: tuple[ComponentSales, ...]
    groups: tuple[GroupSales, ...]
    net: Decimal
    vat: Decimal
    gross: Decimal
    documents: int


def sales_report(*, documents: Iterable[Document], first: date, last: date) -> SalesReport:
    """Add issued documents up by tariff group and component; a correction counts by its difference."""
    cells: dict[tuple[str, str, str, str, str], tuple[Decimal, Decimal]] = {}
    rows: dict[str, list[tuple[str, str, int, Decimal, Decimal, Decimal]]] = defaultdict(list)
    for document in documents:
        for sign, bill in document.booked():
            kwh = sign * sum(row.kwh for row in bill.energy if row.quantity == "import")
            money = (sign * bill.net, sign * bill.vat, sign * bill.gross)
            rows[bill.group].append((document.number, bill.point.ppe, kwh, *money))
            for line in bill.lines:
                key = (bill.group, line.section, line.charge, line.name, line.unit)
                quantity, net = cells.get(key, (Decimal(0), ZERO))
                cells[key] = (quantity + sign * line.quantity, net + sign * line.net)
    components = tuple(
        ComponentSales(group, section, charge, name, unit, quantity, net)
        for (group, section, charge, name, unit), (quantity, net) in sorted(cells.items())
    )
    groups = tuple(
        GroupSales(
            group=group,
            documents=len({number for number, *_ in members}),
            points=len({ppe for _, ppe, *_ in members}),
            kwh=sum(row[2] for row in members),
            net=total(row[3] for row in members),
            vat=total(row[4] for row in members),
            gross=total(row[5] for row in members),
        )
        for group, members in sorted(rows.items())
    )
    return SalesReport(
        first=first,
        last=last,
        components=components,
        groups=groups,
        net=total(row.net for row in groups),
        vat=total(row.vat for row in groups),
        gross=total(row.gross for row in groups),
        documents=len({number for members in rows.values() for number, *_ in members}),
    )


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The report against the postings of the same documents: each name with both sides."""

    rows: tuple[tuple[str, Decimal, Decimal], ...]

    @property
    def agrees(self) -> bool:
        """Tell whether both sides are equal everywhere."""
        return all(left == right for _, left, right in self.rows)


def reconcile(
    *, report: SalesReport, debit: Decimal, credit_by_key: Mapping[str, Decimal], vat_key: str
) -> Reconciliation:
    """Hold the report against debit and credit totals of the postings."""
    revenue = total(net for key, net in credit_by_key.items() if key != vat_key)
    return Reconciliation(
        (
            ("Brutto = należności (Wn)", report.gross, debit),
            ("Netto = przychody (Ma)", report.net, revenue),
            ("VAT = VAT należny (Ma)", report.vat, credit_by_key.get(vat_key, ZERO)),
            ("Netto = suma składników", report.net, total(row.net for row in report.components)),
        )
    )


def sales_workbook(*, report: SalesReport, reconciliation: Reconciliation) -> bytes:
    """Write the report as XLSX; the same report gives the same bytes."""
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, _TEXT_STAYS_TEXT)
    book.set_properties(
        {"title": "Raport sprzedaży", "created": datetime(report.last.year, 1, 1, tzinfo=UTC)}
    )
    bold = book.add_format({"bold": True, "bottom": 1})
    money = book.add_format({"num_format": "#,##0.00"})
    _components(book.add_worksheet("Składniki"), report, bold, money)
    _groups(book.add_worksheet("Grupy"), report, bold, money)
    _reconciliation(book.add_worksheet("Uzgodnienie"), reconciliation, bold, money)
    book.close()
    return buffer.getvalue()


def _components(
    sheet: "xlsxwriter.worksheet.Worksheet", report: SalesReport, bold: object, money: object
) -> None:
    sheet.write(0, 0, f"Sprzedaż z dokumentów wystawionych {report.first} – {report.last}", bold)
    sheet.write_row(2, 0, _HEADS, bold)
    for index, row in enumerate(report.components, start=3):
        sheet.write_row(index, 0, (row.group, row.section, row.name))
        sheet.write_number(index, 3, row.quantity)
        sheet.write_string(index, 4, row.unit)
        sheet.write_number(index, 5, row.net, money)
    end = len(report.components) + 3
    sheet.write_string(end, 0, "Razem", bold)
    sheet.write_number(end, 5, report.net, money)
    sheet.set_column(0, 1, 14)
    sheet.set_column(2, 2, 44)
    sheet.set_column(3, 5, 14)
    sheet.autofilter(2, 0, end - 1, 5)
    sheet.freeze_panes(3, 0)


def _groups(
    sheet: "xlsxwriter.worksheet.Worksheet", report: SalesReport, bold: object, money: object
) -> None:
    heads = ("Grupa", "Dokumenty", "Punkty", "kWh", "Netto zł", "VAT zł", "Brutto zł")
    sheet.write_row(0, 0, heads, bold)
    for index, row in enumerate(report.groups, start=1):
        sheet.write_string(index, 0, row.group)
        sheet.write_row(index, 1, (row.documents, row.points, row.kwh))
        sheet.write_row(index, 4, (row.net, row.vat, row.gross), money)
    end = len(report.groups) + 1
    sheet.write_string(end, 0, "Razem", bold)
    sheet.write_row(end, 4, (report.net, report.vat, report.gross), money)
    sheet.set_column(0, 6, 14)


def _reconciliation(
    sheet: "xlsxwriter.worksheet.Worksheet", reconciliation: Reconciliation, bold: object, money: object
) -> None:
    sheet.write_row(0, 0, ("Uzgodnienie z dekretami", "Raport zł", "Dekrety zł", "Różnica zł"), bold)
    for index, (name, left, right) in enumerate(reconciliation.rows, start=1):
        sheet.write_string(index, 0, name)
        sheet.write_row(index, 1, (left, right, left - right), money)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 3, 14)
