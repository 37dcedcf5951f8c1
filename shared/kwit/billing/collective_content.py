"""The content of a collective invoice (faktura zbiorcza): what a payer owes for several contracts at once.

Every part is the whole content of the bill that its contract would have had alone; the header adds them up. VAT that is
rounded on the document (ustawa o VAT, art. 106e ust. 1 pkt 14) is rounded once for all parts of a rate, and each part
bears its share of it, so that the parts add up to the invoice. VAT of parts rounded on lines or sections is added.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from kwit.billing.content import ENGINE, BillContent, PartyData, VatData, VatShare
from kwit.billing.drafts import DocumentKind
from kwit.billing.forecast_data import merged_parts
from kwit.kernel.identifiers import canonical_json
from kwit.kernel.money import ZERO, grosze, total

_ON_DOCUMENT = "document"


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CollectivePart(_Data):
    """One bill of a collective invoice: the identity it has of its own, its kind, and all that it says."""

    document_id: str
    kind: DocumentKind
    bill: BillContent


class CollectiveContent(_Data):
    """Everything a collective invoice says, but for what issuing adds: number, issue date, due date.

    `account` is the collective account (konto zbiorcze) of its contracts. It must be paid within `payment_days`, the
    longest of its parts' terms. `opening_balance` adds up those that parts bring forward, None where none does; `due`
    is what is to be paid for the invoice itself, PLN.
    """

    format: Literal["kwit/collective/1"] = "kwit/collective/1"
    engine: str = ENGINE
    account: str
    start: date
    end: date
    payment_days: int
    settings_version: str
    payer: PartyData
    opening_balance: Decimal | None
    vat_rows: tuple[VatData, ...]
    net: Decimal
    vat: Decimal
    gross: Decimal
    due: Decimal
    parts: tuple[CollectivePart, ...]

    @property
    def bills(self) -> tuple[BillContent, ...]:
        """Return the bills it is made of."""
        return tuple(part.bill for part in self.parts)

    def canonical(self) -> bytes:
        """Write the content as the one text its hash is taken of."""
        return canonical_json(self.model_dump(mode="json"))


def compose_collective(*, account: str, parts: Sequence[CollectivePart]) -> CollectiveContent:
    """Put bills of one account and payer together, in their order, and add them up; there is at least one."""
    bills = shared_rounding([part.bill for part in parts])
    first = bills[0]
    balances = [bill.opening_balance for bill in bills if bill.opening_balance is not None]
    return CollectiveContent(
        account=account,
        start=min(bill.start for bill in bills),
        end=max(bill.end for bill in bills),
        payment_days=max(bill.payment_days for bill in bills),
        settings_version=first.settings_version,
        payer=first.payer,
        opening_balance=total(balances) if balances else None,
        vat_rows=added_rows(bills),
        net=total(bill.net for bill in bills),
        vat=total(bill.vat for bill in bills),
        gross=total(bill.gross for bill in bills),
        due=total(bill.due for bill in bills),
        parts=tuple(
            CollectivePart(document_id=part.document_id, kind=part.kind, bill=bill)
            for part, bill in zip(parts, bills, strict=True)
        ),
    )


def added_rows(bills: Sequence[BillContent]) -> tuple[VatData, ...]:
    """Add up the rows of the VAT summaries of bills by rate."""
    rows = [row for bill in bills for row in bill.vat_rows]
    return tuple(
        VatData(
            rate=rate,
            net=total(row.net for row in rows if row.rate == rate),
            vat=total(row.vat for row in rows if row.rate == rate),
            gross=total(row.gross for row in rows if row.rate == rate),
        )
        for rate in sorted({row.rate for row in rows})
    )


def shared_rounding(bills: Sequence[BillContent]) -> list[BillContent]:
    """Round VAT of the bills that round it on the document once for all of them, rate by rate, and share it out.

    Up to each bill the VAT is that of the net so far, rounded; a bill bears what it adds to it, so no share is a grosz
    off what the bill's own net makes, and together they are the VAT of the whole net.
    """
    nets: dict[Decimal, Decimal] = {}
    found = []
    for bill in bills:
        shares = []
        for rate, own in rounded_on_document(bill).items():
            before = nets.get(rate, ZERO)
            nets[rate] = before + own
            share = grosze(nets[rate] * rate) - grosze(before * rate) - grosze(own * rate)
            shares += [VatShare(rate=rate, vat=share)] if share else []
        found.append(with_shares(bill, shares))
    return found


def rounded_on_document(bill: BillContent) -> dict[Decimal, Decimal]:
    """Return, by rate, the net whose VAT a bill rounds on the document: before it takes forecasts back, PLN."""
    if bill.vat_rounding != _ON_DOCUMENT:
        return {}
    settled = merged_parts(bill.settled)
    return {
        row.rate: row.net + total(part.net for part in settled if part.rate == row.rate)
        for row in bill.vat_rows
    }


def with_shares(bill: BillContent, shares: Sequence[VatShare]) -> BillContent:
    """Return a bill that bears shares of VAT beyond its own rounding; one that bears none is returned as it is."""
    if not shares:
        return bill
    of_rate = {share.rate: share.vat for share in shares}
    rows = tuple(
        row.model_copy(
            update={
                "vat": row.vat + of_rate.get(row.rate, ZERO),
                "gross": row.gross + of_rate.get(row.rate, ZERO),
            }
        )
        for row in bill.vat_rows
    )
    added = total(of_rate.get(row.rate, ZERO) for row in bill.vat_rows)
    update: dict[str, Any] = {
        "vat_rows": rows,
        "vat": bill.vat + added,
        "gross": bill.gross + added,
        "payable": None if bill.payable is None else bill.payable + added,
        "vat_shares": tuple(share for share in shares if share.rate in {row.rate for row in bill.vat_rows}),
    }
    return bill.model_copy(update=update)
