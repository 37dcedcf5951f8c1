"""The content of a correction (faktura korygująca): the bill before, the bill after, and what lies between them.

Both bills stand in it whole, so that it can be checked, and corrected again, from itself alone. The difference is
told three ways that must agree: by line, by rate of VAT and by cause. Art. 106j of the VAT act asks for the number,
date and data of the corrected invoice, the reason, and what changed.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from kwit.billing.content import ENGINE, BillContent, LineData, PartyData, VatData
from kwit.billing.differences import Difference, explain_difference
from kwit.kernel.identifiers import canonical_json
from kwit.kernel.money import ZERO, total


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CorrectedData(_Data):
    """A document as its correction names it; `ksef_number` is empty until it has one.

    `account` is set where it is a collective invoice, of which the correction corrects one contract's bill.
    """

    document_id: str
    number: str
    issue_date: date
    ksef_number: str = ""
    account: str = Field(default="", exclude_if=lambda value: not value)


class LineDifference(_Data):
    """A charge before and after, by the index of its line in each bill; None where it has no line there."""

    before: int | None
    after: int | None
    net: Decimal
    vat: Decimal | None


class CauseData(_Data):
    """A part of the difference with one cause; the parts add up to net, VAT and gross of the correction.

    Quantities are in `unit`, prices PLN a unit with every factor in them, None where there is no single one.
    """

    cause: str
    section: str
    charge: str
    zone: str
    name: str
    net: Decimal
    vat: Decimal
    gross: Decimal
    quantity_before: Decimal
    quantity_after: Decimal
    unit: str
    price_before: Decimal | None = None
    price_after: Decimal | None = None


class CorrectionContent(_Data):
    """Everything a correction says, but for what issuing adds: number, issue date, due date.

    `original` is the invoice that the chain began with, `corrected` the last document of the chain: the invoice
    itself, or its latest correction. `net`, `vat`, `gross` and `due` are differences; `payer` is the buyer of the
    invoice with the account and address for mail of today. A `cancelled` invoice stays at zero; a `released` period
    may be billed again.
    """

    format: Literal["kwit/correction/1"] = "kwit/correction/1"
    engine: str = ENGINE
    contract_no: str
    start: date
    end: date
    payment_days: int
    settings_version: str
    original: CorrectedData
    corrected: CorrectedData
    reason: str
    payer: PartyData
    before: BillContent
    after: BillContent
    lines: tuple[LineDifference, ...]
    vat_rows: tuple[VatData, ...]
    causes: tuple[CauseData, ...]
    net: Decimal
    vat: Decimal
    gross: Decimal
    due: Decimal
    cancelled: bool = False
    released: bool = False
    carried: str = ""

    def canonical(self) -> bytes:
        """Write the content as the one text its hash is taken of."""
        return canonical_json(self.model_dump(mode="json"))

    def changed_lines(self) -> Iterator[tuple[LineData | None, LineData | None, LineDifference]]:
        """Yield, of every charge that differs, its line before, its line after and the difference."""
        for one in self.lines:
            old = self.before.lines[one.before] if one.before is not None else None
            new = self.after.lines[one.after] if one.after is not None else None
            if old != new:
                yield old, new, one


def compose_correction(
    *,
    before: BillContent,
    after: BillContent,
    original: CorrectedData,
    corrected: CorrectedData,
    reason: str,
    payer: PartyData,
    settings_version: str,
    laws: frozenset[str],
    cancelled: bool = False,
    released: bool = False,
) -> CorrectionContent:
    """Put together what a correction says of two bills of one period; `laws` are price lists of levies and taxes."""
    explained = explain_difference(before=before, after=after, laws=laws)
    return CorrectionContent(
        contract_no=before.contract_no,
        start=before.start,
        end=before.end,
        payment_days=before.payment_days,
        settings_version=settings_version,
        original=original,
        corrected=corrected,
        reason=reason,
        payer=payer,
        before=before,
        after=after,
        lines=line_differences(before, after),
        vat_rows=vat_differences(before, after),
        causes=tuple(_cause(part) for part in explained.parts),
        net=explained.net,
        vat=explained.vat,
        gross=explained.gross,
        due=after.due - before.due,
        cancelled=cancelled,
        released=released,
        carried=after.carried,
    )


def zeroed(content: BillContent, *, carried: str) -> BillContent:
    """Return a bill as if nothing had been billed: no use, no lines; it hands on what it was handed.

    A balance brought forward stays, because it is owed apart from this bill.
    """
    nothing: dict[str, object] = dict.fromkeys(
        ("usage", "energy", "lines", "sections", "vat_rows", "price_lists", "covered", "pending_months"), ()
    )
    money = dict.fromkeys(("net", "vat", "gross"), ZERO)
    rest = {"excise": None, "deposit": None, "payable": None, "carried": carried, "vat_shares": ()}
    return content.model_copy(update=nothing | money | rest)


def same_billing(before: BillContent, after: BillContent) -> bool:
    """Tell whether two bills of a period bill the same: lines, money, energy and a prosumer's settlement.

    What only names its source otherwise (a row of a file, the version of a list whose prices did not change, a
    reading that makes the same whole kWh) is no difference.
    """
    return _billed(before) == _billed(after)


def _billed(content: BillContent) -> object:
    lines = [
        (*_place(line), line.name, line.quantity.normalize(), line.unit, line.product(), line.net,
         line.vat_rate, line.vat, line.posting)
        for line in content.lines
    ]  # fmt: skip
    energy = [(row.quantity, row.zone, row.kwh) for row in content.energy]
    rows = [(row.rate, row.net, row.vat) for row in content.vat_rows]
    prosumer = (content.deposit, content.covered, content.pending_months)
    return lines, energy, rows, content.gross, content.due, content.excise, prosumer


def _place(line: LineData) -> tuple[str, str, str, date, date]:
    return line.section, line.charge, line.zone, line.start, line.end


def line_differences(before: BillContent, after: BillContent) -> tuple[LineDifference, ...]:
    """Pair the lines of two bills: those of the same charge, zone and days, then those of the same charge and zone."""
    pairs: list[tuple[int | None, int | None]] = []
    old, new = dict(enumerate(before.lines)), dict(enumerate(after.lines))
    for key in (_place, _charge):
        waiting: dict[object, list[int]] = {}
        for index, line in new.items():
            waiting.setdefault(key(line), []).append(index)
        for index, line in list(old.items()):
            partners = waiting.get(key(line))
            if partners:
                partner = partners.pop(0)
                pairs.append((index, partner))
                del old[index], new[partner]
    pairs += [(index, None) for index in old]
    pairs += [(None, index) for index in new]
    pairs.sort(key=lambda pair: (pair[1] is None, pair[1] if pair[1] is not None else pair[0]))
    return tuple(_line_difference(before.lines, after.lines, left, right) for left, right in pairs)


def _charge(line: LineData) -> tuple[str, str, str]:
    return line.section, line.charge, line.zone


def _line_difference(
    olds: Sequence[LineData], news: Sequence[LineData], before: int | None, after: int | None
) -> LineDifference:
    old = olds[before] if before is not None else None
    new = news[after] if after is not None else None
    binding = any(line is not None and line.vat is not None for line in (old, new))
    vat = ((new.vat if new else None) or ZERO) - ((old.vat if old else None) or ZERO)
    return LineDifference(
        before=before,
        after=after,
        net=(new.net if new else ZERO) - (old.net if old else ZERO),
        vat=vat if binding else None,
    )


def vat_differences(before: BillContent, after: BillContent) -> tuple[VatData, ...]:
    """Return the differences of net, VAT and gross by rate; a rate that does not differ is left out."""
    rates = sorted({row.rate for content in (before, after) for row in content.vat_rows}, reverse=True)
    rows = []
    for rate in rates:
        figures = [
            total(getattr(row, name) for row in after.vat_rows if row.rate == rate)
            - total(getattr(row, name) for row in before.vat_rows if row.rate == rate)
            for name in ("net", "vat", "gross")
        ]
        if any(figures):
            rows.append(VatData(rate=rate, net=figures[0], vat=figures[1], gross=figures[2]))
    return tuple(rows)


def _cause(part: Difference) -> CauseData:
    return CauseData(
        cause=str(part.cause),
        section=part.section,
        charge=part.charge,
        zone=part.zone,
        name=part.name,
        net=part.net,
        vat=part.vat,
        gross=part.gross,
        quantity_before=part.quantity_before,
        quantity_after=part.quantity_after,
        unit=part.unit,
        price_before=part.price_before,
        price_after=part.price_after,
    )
