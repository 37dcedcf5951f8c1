"""VAT of a document: rounded per line, per section or on the document's net, as the seller's profile says.

All three are met on published bills and differ by a grosz or two (ustawa o VAT, art. 106e ust. 10 lets the
seller choose).
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from kwit.kernel.money import grosze, total
from kwit.rating.lines import Line, SectionTotal, VatRow
from kwit.rating.profile import VatRounding


@dataclass(frozen=True, slots=True)
class Totals:
    """Totals of a document: by section, by VAT rate and over all."""

    sections: tuple[SectionTotal, ...]
    rows: tuple[VatRow, ...]
    net: Decimal
    vat: Decimal
    gross: Decimal


def totals(lines: Sequence[Line], *, rounding: VatRounding) -> Totals:
    """Add lines up into sections and VAT rows so that the rows add up to the document's totals.

    Section figures are the sums of their lines' VAT, or the section's own VAT, by the profile; with rounding
    on the document they inform, and only the rows are binding.
    """
    by_cell: dict[tuple[str, Decimal], list[Line]] = defaultdict(list)
    for line in lines:
        by_cell[line.section, line.vat_rate].append(line)
    cells = {cell: _vat(members, rounding) for cell, members in by_cell.items()}
    rows = tuple(_row(rate, by_cell, cells, rounding) for rate in sorted({rate for _, rate in by_cell}))
    sections = tuple(_section(name, by_cell, cells) for name in dict.fromkeys(line.section for line in lines))
    return Totals(
        sections,
        rows,
        total(row.net for row in rows),
        total(row.vat for row in rows),
        total(row.gross for row in rows),
    )


def _vat(lines: Sequence[Line], rounding: VatRounding) -> Decimal:
    if rounding is VatRounding.LINE:
        return total(line.vat or Decimal(0) for line in lines)
    return grosze(total(line.net for line in lines) * lines[0].vat_rate)


def _row(
    rate: Decimal,
    by_cell: dict[tuple[str, Decimal], list[Line]],
    cells: dict[tuple[str, Decimal], Decimal],
    rounding: VatRounding,
) -> VatRow:
    net = total(line.net for (_, r), members in by_cell.items() if r == rate for line in members)
    if rounding is VatRounding.DOCUMENT:
        vat = grosze(net * rate)
    else:
        vat = total(cells[cell] for cell in by_cell if cell[1] == rate)
    return VatRow(rate, net, vat, net + vat)


def _section(
    name: str, by_cell: dict[tuple[str, Decimal], list[Line]], cells: dict[tuple[str, Decimal], Decimal]
) -> SectionTotal:
    net = total(line.net for (section, _), members in by_cell.items() if section == name for line in members)
    vat = total(cells[cell] for cell in by_cell if cell[0] == name)
    return SectionTotal(name, net, vat, net + vat)
