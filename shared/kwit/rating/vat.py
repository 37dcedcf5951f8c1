"""VAT of a document: rounded per line, per section or on the document's net, as the seller's profile says.

All three are met on published bills and differ by a grosz or two (ustawa o VAT, art. 106e ust. 10 lets the
seller choose).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from kwit.kernel.money import ZERO, grosze, total
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
    cells: dict[tuple[str, Decimal], _Cell] = {}
    cell, section, rate = _Cell(), "", ZERO
    for line in lines:
        if line.section is not section or line.vat_rate is not rate:  # a neighbour's cell needs no search
            section, rate = line.section, line.vat_rate
            cell = cells.setdefault((section, rate), _Cell())
        cell.net += line.net
        if line.vat is not None:
            cell.vat += line.vat
    if rounding is not VatRounding.LINE:
        for (_, rate), cell in cells.items():
            cell.vat = grosze(cell.net * rate)
    rows = tuple(_row(rate, cells, rounding) for rate in sorted({rate for _, rate in cells}))
    sections = tuple(_section(name, cells) for name in dict.fromkeys(section for section, _ in cells))
    return Totals(
        sections,
        rows,
        total(row.net for row in rows),
        total(row.vat for row in rows),
        total(row.gross for row in rows),
    )


@dataclass(slots=True)
class _Cell:
    """Net and VAT of the lines of one section and rate."""

    net: Decimal = ZERO
    vat: Decimal = ZERO


def _row(rate: Decimal, cells: Mapping[tuple[str, Decimal], _Cell], rounding: VatRounding) -> VatRow:
    mine = [cell for (_, one), cell in cells.items() if one == rate]
    net = total(cell.net for cell in mine)
    vat = grosze(net * rate) if rounding is VatRounding.DOCUMENT else total(cell.vat for cell in mine)
    return VatRow(rate, net, vat, net + vat)


def _section(name: str, cells: Mapping[tuple[str, Decimal], _Cell]) -> SectionTotal:
    mine = [cell for (section, _), cell in cells.items() if section == name]
    net, vat = total(cell.net for cell in mine), total(cell.vat for cell in mine)
    return SectionTotal(name, net, vat, net + vat)
