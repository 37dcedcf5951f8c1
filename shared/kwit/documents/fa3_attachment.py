"""The attachment of a structured invoice (Zalacznik, art. 106gba VAT act): readings, and what was charged for when.

It holds data of the invoice alone, of units, quantities and unit prices: no price lists, no terms, no marketing. A
seller may add it after telling the tax office so, and then sends such invoices in packages only.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from xml.etree import ElementTree as ET

from kwit.billing.collective_content import CollectiveContent
from kwit.billing.content import BillContent, LineData, SpanData, StateData
from kwit.billing.contents import Content
from kwit.billing.correction_content import CorrectionContent
from kwit.documents.fa3_elements import LONGEST_KEY, add, clean, money, plain
from kwit.documents.fa3_lines import is_connection, zone_labels
from kwit.documents.use_words import ESTIMATES, QUANTITIES, READING_KINDS
from kwit.documents.view import SECTIONS, printed_unit
from kwit.kernel.energy import from_wh, whole_kwh
from kwit.kernel.money import total

_MOST_ROWS = 1000
_DAY = timedelta(days=1)
_HUNDRED = Decimal(100)

_READINGS = (
    ("Licznik", "txt"), ("Liczydło", "txt"), ("Strefa", "txt"), ("Rodzaj", "txt"),
    ("Data poprzednia", "date"), ("Wskazanie poprzednie", "dec"), ("Sposób odczytu poprzedniego", "txt"),
    ("Data bieżąca", "date"), ("Wskazanie bieżące", "dec"), ("Sposób odczytu bieżącego", "txt"),
    ("Mnożna", "int"), ("Ilość", "dec"), ("j. m.", "txt"), ("Uwagi", "txt"),
)  # fmt: skip
_CHARGES = (
    ("Opis", "txt"), ("Strefa", "txt"), ("Od", "date"), ("Do", "date"), ("Ilość", "dec"), ("j. m.", "txt"),
    ("Cena jedn. netto (zł)", "dec"), ("Współczynniki", "txt"), ("Należność netto (zł)", "dec"),
    ("Stawka VAT (%)", "int"),
)  # fmt: skip
_NET_COLUMN = 8


@dataclass(frozen=True, slots=True)
class _Table:
    title: str
    columns: Sequence[tuple[str, str]]
    rows: Sequence[Sequence[str]]
    sums: Sequence[str] = ()

    def parts(self) -> Iterator["_Table"]:
        """Yield tables of as many rows as the schema takes; the sums stand under the last."""
        starts = range(0, len(self.rows), _MOST_ROWS)
        for start in starts:
            last = start == starts[-1]
            rows = self.rows[start : start + _MOST_ROWS]
            yield _Table(self.title, self.columns, rows, self.sums if last else ())


def write_attachment(root: ET.Element, content: Content) -> None:
    """Add a block for every bill of energy in a content: of a correction before and after, of a collective all."""
    blocks = [(title, bill) for title, bill in _bills(content) if bill.lines and not is_connection(bill)]
    if not blocks:
        return
    attachment = ET.SubElement(root, "Zalacznik")
    for title, bill in blocks:
        block = ET.SubElement(attachment, "BlokDanych")
        if title:
            add(block, "ZNaglowek", title)
        _facts(block, bill)
        for table in (_readings(bill), *_charges(bill)):
            for part in table.parts():
                _write(block, part)


def _bills(content: Content) -> Sequence[tuple[str, BillContent]]:
    if isinstance(content, CorrectionContent):
        return (("Przed korektą", content.before), ("Po korekcie", content.after))
    if isinstance(content, CollectiveContent):
        return [(f"Umowa {bill.contract_no}", bill) for bill in content.bills]
    return (("", content),)


def _facts(block: ET.Element, bill: BillContent) -> None:
    facts = [
        ("Miejsce poboru energii", bill.point.address),
        ("Kod PPE", bill.point.ppe),
        ("Nr odbiorcy", bill.customer.party_id),
        ("Umowa", bill.contract_no),
        ("Za okres od", bill.supplied[0].isoformat()),
        ("Za okres do", (bill.supplied[1] - _DAY).isoformat()),
        ("Grupa taryfowa", bill.group),
        ("Moc umowna", f"{plain(bill.contracted_kw)} kW" if bill.contracted_kw is not None else ""),
    ]
    if bill.last_year_wh is not None:
        before = f"{whole_kwh(bill.last_year_wh)} kWh"
        facts.append(("Energia zużyta w analogicznym okresie poprzedniego roku", before))
    for key, value in facts:
        if clean(value):
            one = ET.SubElement(block, "MetaDane")
            add(one, "ZKlucz", key, longest=LONGEST_KEY)
            add(one, "ZWartosc", value, longest=LONGEST_KEY)


def _readings(bill: BillContent) -> _Table:
    labels = zone_labels(bill)
    rows = [_reading(span, labels.get(span.zone, "")) for span in bill.usage]
    return _Table("Odczyty", _READINGS, rows)


def _reading(span: SpanData, label: str) -> tuple[str, ...]:
    unit = "kvarh" if span.quantity.startswith("reactive") else "kWh"
    kind = QUANTITIES.get(span.quantity, span.quantity)
    first, last = _state(span.first), _state(span.last)
    used = plain(from_wh(span.wh, unit="kWh"))
    return (
        span.meter_no, span.register_code, label, kind, *first, *last, str(span.multiplier), used, unit,
        _remark(span),
    )  # fmt: skip


def _state(state: StateData | None) -> tuple[str, str, str]:
    """Return the day whose end a state stands for, the state, and how it was read."""
    if state is None:
        return "", "", ""
    return (state.day - _DAY).isoformat(), plain(state.kwh), READING_KINDS[state.kind][1]


def _remark(span: SpanData) -> str:
    """Tell of a series how many days it has, and of what is estimated how it was."""
    told = []
    if span.first is None or span.last is None:
        estimated = f", w tym szacowane: {span.estimated_days}" if span.estimated_days else ""
        told.append(f"szereg czasowy, {span.series_days} dni{estimated}")
    methods = [*span.methods, *(state.method for state in (span.first, span.last) if state)]
    told += [ESTIMATES.get(method, method) for method in dict.fromkeys(methods) if method]
    return "; ".join(told)


def _charges(bill: BillContent) -> Iterator[_Table]:
    labels = zone_labels(bill)
    for section in dict.fromkeys(line.section for line in bill.lines):
        lines = [line for line in bill.lines if line.section == section]
        sums = [""] * len(_CHARGES)
        sums[0], sums[_NET_COLUMN] = "Razem", money(total(line.net for line in lines))
        rows = [_charge(line, labels.get(line.zone, "")) for line in lines]
        yield _Table(f"Rozliczenie: {SECTIONS.get(section, section)}", _CHARGES, rows, sums)


def _charge(line: LineData, label: str) -> tuple[str, ...]:
    return (
        line.name, label, line.start.isoformat(), (line.end - _DAY).isoformat(), plain(line.quantity),
        printed_unit(line), plain(line.price), " × ".join(plain(one.value) for one in line.factors),
        money(line.net), plain(line.vat_rate * _HUNDRED),
    )  # fmt: skip


def _write(block: ET.Element, table: _Table) -> None:
    one = ET.SubElement(block, "Tabela")
    add(one, "Opis", table.title)
    heading = ET.SubElement(one, "TNaglowek")
    for name, kind in table.columns:
        add(ET.SubElement(heading, "Kol", {"Typ": kind}), "NKom", name, longest=LONGEST_KEY)
    for row in table.rows:
        cells = ET.SubElement(one, "Wiersz")
        for cell in row:
            add(cells, "WKom", cell, longest=LONGEST_KEY)
    if table.sums:
        cells = ET.SubElement(one, "Suma")
        for cell in table.sums:
            add(cells, "SKom", cell, longest=LONGEST_KEY)
