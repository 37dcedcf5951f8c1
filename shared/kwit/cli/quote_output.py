"""Print a quote: a table as a bill has it, a tree that explains every line, a comparison."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from kwit.billing.content import BillContent
from kwit.cli.comparing import Compared
from kwit.cli.quote_content import DifferenceData, QuoteContent, QuoteLineData
from kwit.cli.scenario_usage import PRINTED_TOTAL
from kwit.kernel.energy import from_wh

_SECTIONS = {
    "sale": "Sprzedaż energii",
    "distribution": "Dystrybucja",
    "other": "Pozostałe",
    "advance": "Zaliczki",
}
_UNITS = {
    "month": "mc",
    "document": "dok.",
    "day": "dzień",
    "item": "szt.",
    "hour": "h",
    "metre": "m",
    "PLN": "zł",
}


def quote_table(content: QuoteContent) -> RenderableType:
    """Lay a quote out as a bill does: lines by section, section totals, VAT, what is to be paid."""
    table = Table(title=content.title or None, title_justify="left", show_edge=False)
    for name in ("", "ilość", "jm.", "cena netto", "netto zł", "VAT"):
        table.add_column(name, justify="left" if name in {"", "jm."} else "right")
    order = list(_SECTIONS)
    for section in sorted(content.sections, key=lambda one: order.index(one.section)):
        table.add_row(Text(_SECTIONS.get(section.section, section.section), style="bold"))
        for line in content.lines:
            if line.section == section.section:
                vat = f"{line.vat_rate:.0%}" if line.vat is None else str(line.vat)
                unit = _UNITS.get(line.unit, line.unit)
                table.add_row(Text(line.name), str(line.quantity), unit, _price(line), str(line.net), vat)
        table.add_row("razem", "", "", "", str(section.net), "", style="dim")
    parts: list[RenderableType] = [_heading(content), table, _totals(content)]
    parts += [Text(f"! {warning}", style="yellow") for warning in content.warnings]
    return Group(*parts)


def _heading(content: QuoteContent | BillContent) -> Text:
    last = content.end - timedelta(days=1)
    days = (content.end - content.start).days
    group = f"{content.group}, " if content.group else ""
    return Text(f"{group}{content.start} – {last} ({days} dni)", style="bold")


def _price(line: QuoteLineData) -> str:
    return " × ".join([str(line.price), *(str(factor.value) for factor in line.factors)])


def _totals(content: QuoteContent) -> Table:
    table = Table(show_header=False, show_edge=False, box=None)
    table.add_column("")
    table.add_column("", justify="right")
    for row in content.vat_rows:
        table.add_row(f"VAT {row.rate:.0%} od {row.net}", f"{row.vat} zł")
    table.add_row(Text("Razem netto"), f"{content.net} zł")
    table.add_row(Text("Razem brutto", style="bold"), f"{content.gross} zł")
    if content.excise is not None:
        table.add_row(f"w tym akcyza od {content.excise.kwh} kWh", f"{content.excise.amount} zł")
    for month in content.deposit.months if content.deposit else ():
        told = f"energia wprowadzona {month.month}: {month.kwh} kWh × {month.price} × {month.factor}"
        table.add_row(told, f"{month.value} zł")
    if content.deposit is not None:
        table.add_row("Depozyt dostępny", f"{content.deposit.available} zł")
        table.add_row("Depozyt użyty", f"{content.deposit.used} zł")
        table.add_row("Depozyt pozostały", f"{content.deposit.left} zł")
    for one in content.covered:
        table.add_row(f"Opust, strefa {one.zone}: pozostało {one.left_kwh} kWh", f"{one.kwh} kWh")
    table.add_row(Text("Do zapłaty", style="bold"), f"{content.payable} zł")
    return table


def explanation(content: QuoteContent | BillContent) -> Tree:
    """Explain every line: its formula, the evidence of its quantity, and where its price stands."""
    tree = Tree(_heading(content))
    sources = {one.version: one for one in content.price_lists}
    for line in content.lines:
        branch = tree.add(Text(f"{line.name}: {line.net} zł", style="bold"))
        unit = _UNITS.get(line.unit, line.unit)
        factors = "".join(f" × {one.name} {one.value}" for one in line.factors)
        branch.add(Text(f"{line.quantity} {unit} × {line.price} zł{factors} = {line.net} zł (half up)"))
        quantity = branch.add(Text(f"quantity: {line.rule}, {line.days} of {line.of_days} days"))
        if line.wh is not None:
            unit = "kvarh" if "var" in line.unit else "kWh"
            quantity.add(Text(f"{from_wh(line.wh, unit=unit)} {unit} before rounding"))
        for one in line.inputs:
            quantity.add(Text(f"{one.name} = {one.value}"))
        for index in line.usage:
            quantity.add(Text(_evidence(content, index)))
        named = sources.get(line.price_list)
        given = line.document if isinstance(line, QuoteLineData) else ""
        told = f"{named.code}, {named.document}" if named else given or "given in the scenario"
        trust = line.confidence if isinstance(line, QuoteLineData) else named.confidence if named else "given"
        page = f", {line.page}" if line.page else ""
        version = f", version {line.price_list[:12]}" if line.price_list else ""
        branch.add(Text(f"price: {told}{page}{version}, {trust}"))
        branch.add(Text(f"VAT {line.vat_rate:.0%}" + ("" if line.vat is None else f": {line.vat} zł")))
    return tree


def _evidence(content: QuoteContent | BillContent, index: int) -> str:
    span = content.usage[index]
    what = f"{span.quantity} {span.zone}".strip()
    unit = "kvarh" if span.quantity.startswith("reactive") else "kWh"
    used = f"{from_wh(span.wh, unit=unit)} {unit}"
    if span.first is None or span.last is None:
        return f"{what}: {span.series_days} days of {span.meter_no}: {used}"
    if span.meter_no == PRINTED_TOTAL:
        return f"{what}: {PRINTED_TOTAL} of {span.first.day} – {span.last.day - timedelta(days=1)}: {used}"
    times = f" × {span.multiplier}" if span.multiplier != 1 else ""
    states = " – ".join(f"{one.day} {one.kwh} ({one.kind})" for one in (span.first, span.last))
    return f"{what}, {span.meter_no}: {states}{times} = {used}"


def comparison_table(rows: Sequence[Compared], *, first: str, second: str) -> Table:
    """Set two quotes side by side, PLN, with the difference of each line and total."""
    table = Table(show_edge=False)
    for name in ("", first, second, "różnica"):
        table.add_column(name, justify="right" if name else "left")
    for row in rows:
        style = "bold" if row.name in {"gross", "payable"} else None
        table.add_row(Text(row.name), str(row.first), str(row.second), _signed(row.more), style=style)
    return table


def _signed(amount: Decimal) -> str:
    return f"+{amount}" if amount > 0 else str(amount)


def difference_table(found: Sequence[DifferenceData]) -> Table:
    """List the figures that are not those expected."""
    table = Table(title="differences from what is expected", title_justify="left", show_edge=False)
    for name in ("figure", "expected", "quoted"):
        table.add_column(name)
    for one in found:
        table.add_row(Text(one.figure), one.expected, one.quoted)
    return table
