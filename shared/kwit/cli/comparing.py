"""Compare a quote with what a bill prints, and one quote with another."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from kwit.cli.quote_content import DifferenceData, QuoteContent, QuoteLineData
from kwit.cli.scenario import ExpectedLine, ExpectedSettlement, ExpectPart
from kwit.kernel.money import ZERO, grosze

_NOTHING = "–"


def differences(content: QuoteContent, expect: ExpectPart) -> list[DifferenceData]:
    """Name every printed figure that the quote does not give, and every line that one has and the other not."""
    found = list(_figures("document", expect, (content.net, content.vat, content.gross)))
    if expect.excise is not None:
        amount = content.excise.amount if content.excise else None
        found += _differs("excise", expect.excise, amount)
    sections = {one.section: one for one in content.sections}
    for name, printed in expect.sections.items():
        one = sections.get(name)
        quoted = (one.net, one.vat, one.gross) if one else (None, None, None)
        found += _figures(f"section {name}", printed, quoted)
    if expect.lines:
        found += _lines(content.lines, expect)
    if expect.settlement is not None:
        found += _settlement(content, expect.settlement)
    return found


def _figures(
    where: str, printed: ExpectedLine | ExpectPart | object, quoted: Sequence[Decimal | None]
) -> Iterator[DifferenceData]:
    for name, value in zip(("net", "vat", "gross"), quoted, strict=True):
        expected = getattr(printed, name)
        if expected is not None:
            yield from _differs(f"{where} {name}", expected, value)


def _differs(figure: str, expected: object, quoted: object) -> list[DifferenceData]:
    if expected == quoted:
        return []
    shown = _NOTHING if quoted is None else str(quoted)
    return [DifferenceData(figure=figure, expected=str(expected), quoted=shown)]


def _lines(lines: Sequence[QuoteLineData], expect: ExpectPart) -> Iterator[DifferenceData]:
    left = list(lines)
    for printed in expect.lines:
        one = next((line for line in left if _fits(line, printed)), None)
        where = f"line {printed.charge}" + (f" {printed.zone}" if printed.zone else "")
        if one is None:
            yield DifferenceData(figure=where, expected="a line", quoted=_NOTHING)
            continue
        left.remove(one)
        for name in ("quantity", "unit", "price"):
            expected = getattr(printed, name)
            if expected is not None:
                yield from _differs(f"{where} {name}", expected, getattr(one, name))
        yield from _figures(where, printed, (one.net, _vat(one), one.net + _vat(one)))
    if expect.all_lines:
        for line in left:
            yield DifferenceData(
                figure=f"line {line.charge} {line.zone}".strip(), expected=_NOTHING, quoted=line.name
            )


def _fits(line: QuoteLineData, printed: ExpectedLine) -> bool:
    return line.charge == printed.charge and printed.zone in {None, line.zone}


def _vat(line: QuoteLineData) -> Decimal:
    return grosze(line.net * line.vat_rate) if line.vat is None else line.vat


def _settlement(content: QuoteContent, printed: ExpectedSettlement) -> Iterator[DifferenceData]:
    for name in ("available", "used", "left"):
        expected = getattr(printed, name)
        if expected is not None:
            quoted = getattr(content.deposit, name) if content.deposit else None
            yield from _differs(f"deposit {name}", expected, quoted)
    if printed.payable is not None:
        yield from _differs("payable", printed.payable, content.payable)
    covered = {one.zone: Decimal(one.kwh) for one in content.covered}
    for zone, kwh in printed.covered_kwh.items():
        yield from _differs(f"covered {zone}", kwh, covered.get(zone))


@dataclass(frozen=True, slots=True)
class Compared:
    """A line, or a total, of two quotes: PLN net of each, and by how much the second is dearer."""

    name: str
    first: Decimal
    second: Decimal

    @property
    def more(self) -> Decimal:
        """Return the second less the first."""
        return self.second - self.first

    def figures(self) -> dict[str, str]:
        """Write the row as plain text by name."""
        return {
            "name": self.name,
            "first": str(self.first),
            "second": str(self.second),
            "more": str(self.more),
        }


def compared(first: QuoteContent, second: QuoteContent) -> list[Compared]:
    """Set the net of each charge and zone of two quotes side by side, then the totals."""
    nets: dict[tuple[str, str], list[Decimal]] = {}
    names: dict[tuple[str, str], str] = {}
    for side, content in enumerate((first, second)):
        for line in content.lines:
            key = (line.charge, line.zone)
            names.setdefault(key, line.name)
            nets.setdefault(key, [ZERO, ZERO])[side] += line.net
    rows = [Compared(names[key], *pair) for key, pair in nets.items()]
    totals = [
        Compared(name, getattr(first, name), getattr(second, name))
        for name in ("net", "vat", "gross", "payable")
    ]
    return rows + totals
