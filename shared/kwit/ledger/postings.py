"""Postings (dekrety): each document becomes one balanced entry, derived from it and from nothing else.

Receivable at gross on the debit side; revenue per component and VAT per rate on the credit side. The accounts
come from the company's settings, by the posting key that the price list gives each charge. A correction posts its
difference on the same sides as the bill, negative where it takes something back (storno czerwone).
"""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kwit.billing.content import BillContent
from kwit.billing.note_content import NoteContent
from kwit.documents.document import Document
from kwit.documents.totals import Posted
from kwit.kernel.money import ZERO, total

RECEIVABLE = "receivable"
NOTE_KEYS = {"accounting": "note", "interest": "interest"}
"""The posting keys of what notes charge, by the note's kind."""
VAT_DUE = "vat"
DEPOSIT, DEPOSIT_PURCHASE, DEPOSIT_FORFEITED = "deposit", "deposit.purchase", "deposit.forfeited"
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


class AccountMissingError(LookupError):
    """The settings name no account for a posting key, its section or the whole; carries the key."""

    def __init__(self, key: str) -> None:
        super().__init__(f"no account for {key!r} in the settings")
        self.key = key


class NotBalancedError(ArithmeticError):
    """Debit and credit of a document differ; carries the number and both sides."""

    def __init__(self, number: str, debit: Decimal, credit: Decimal) -> None:
        super().__init__(f"{number}: debit {debit} against credit {credit}")
        self.number = number
        self.debit = debit
        self.credit = credit


@dataclass(frozen=True, slots=True)
class Posting:
    """One side of an entry: account, debit or credit in PLN, and what it stands for."""

    document: str
    day: date
    account: str
    debit: Decimal
    credit: Decimal
    key: str
    group: str
    party_id: str
    nip: str
    description: str


def account_of(key: str, accounts: Mapping[str, str]) -> str:
    """Find the account of a posting key: its own, or that of the longest part before a dot.

    Raises AccountMissingError.
    """
    parts = key.split(".")
    for length in range(len(parts), 0, -1):
        account = accounts.get(".".join(parts[:length]))
        if account is not None:
            return account
    raise AccountMissingError(key)


def postings_of(*, document: Document, accounts: Mapping[str, str]) -> list[Posting]:
    """Post a document: Dt receivable gross, Ct revenue net per component, Ct VAT due per rate.

    A prosumer's deposit is owed by the seller: Ct what energy fed in is worth, Dt what it pays, gives back or
    forfeits. A collective invoice is one receivable; its revenue is posted by tariff group, what concerns all groups
    under none where it has several. A note has no VAT: Dt receivable, Ct the account of its kind.

    Raises AccountMissingError, NotBalancedError.
    """
    content = document.read() if document.kind.is_note else None
    if isinstance(content, NoteContent):
        return _of_note(document, content, accounts)
    booked = document.booked()
    corrects = any(sign < 0 for sign, _ in booked)
    bill = booked[-1][1]
    nets: dict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
    vats: dict[Decimal, Decimal] = defaultdict(lambda: ZERO)
    for sign, one in booked:
        for line in one.lines:
            nets[line.posting, bill.group if corrects else one.group] += sign * line.net
        for row in one.vat_rows:
            vats[row.rate] += sign * row.vat
    if corrects:
        # What a correction leaves as it was is not posted again.
        nets = defaultdict(lambda: ZERO, {key: net for key, net in nets.items() if net})
        vats = defaultdict(lambda: ZERO, {rate: vat for rate, vat in vats.items() if vat})
    whole = bill.group if corrects or len({one.group for _, one in booked}) == 1 else ""

    def posting(
        key: str, description: str, *, debit: Decimal = ZERO, credit: Decimal = ZERO, group: str = whole
    ) -> Posting:
        return Posting(
            document=document.number,
            day=document.issue_date,
            account=account_of(key, accounts),
            debit=debit,
            credit=credit,
            key=key,
            group=group,
            party_id=bill.payer.party_id,
            nip=bill.payer.nip,
            description=description,
        )

    def pair(debited: str, credited: str, description: str, amount: Decimal) -> list[Posting]:
        if not amount:
            return []
        return [
            posting(debited, description, debit=amount),
            posting(credited, description, credit=amount),
        ]

    gross = total(sign * one.gross for sign, one in booked)
    rows = [posting(RECEIVABLE, "należność", debit=gross)]
    rows += [posting(key, "przychód", credit=net, group=group) for (key, group), net in nets.items()]
    rows += [posting(VAT_DUE, f"VAT {rate * 100:.0f}%", credit=vat) for rate, vat in vats.items()]
    worth, used, refunds, forfeited = _deposit_moves(booked)
    rows += pair(DEPOSIT_PURCHASE, DEPOSIT, "energia oddana", worth)
    rows += pair(DEPOSIT, RECEIVABLE, "depozyt rozliczony", used)
    rows += pair(DEPOSIT, RECEIVABLE, "zwrot nadpłaty z depozytu", refunds)
    rows += pair(DEPOSIT, DEPOSIT_FORFEITED, "depozyt umorzony", forfeited)
    debit, credit = total(row.debit for row in rows), total(row.credit for row in rows)
    if debit != credit:
        raise NotBalancedError(document.number, debit, credit)
    return rows


def _of_note(document: Document, content: NoteContent, accounts: Mapping[str, str]) -> list[Posting]:
    """Post a note: each of its rows on the credit side, so that the sides are added up apart."""
    key = NOTE_KEYS[content.kind]

    def posting(key: str, description: str, *, debit: Decimal = ZERO, credit: Decimal = ZERO) -> Posting:
        return Posting(
            document=document.number,
            day=document.issue_date,
            account=account_of(key, accounts),
            debit=debit,
            credit=credit,
            key=key,
            group="",
            party_id=content.payer.party_id,
            nip=content.payer.nip,
            description=description,
        )

    rows = [posting(RECEIVABLE, "należność z noty", debit=content.due)]
    rows += [posting(key, one.title, credit=one.amount) for one in content.rows]
    rows += [posting(key, f"odsetki za {one.invoice}", credit=one.amount) for one in content.interest]
    credit = total(row.credit for row in rows)
    if credit != content.due:
        raise NotBalancedError(document.number, content.due, credit)
    return rows


def _deposit_moves(booked: Sequence[tuple[int, BillContent]]) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    """Add up what a deposit was worth, paid, gave back and lost."""
    worth, used, refunds, forfeited = ZERO, ZERO, ZERO, ZERO
    for sign, bill in booked:
        if bill.deposit is not None:
            worth += sign * total(month.value for month in bill.deposit.months)
            used += sign * bill.deposit.used
            refunds += sign * total(one.refund for one in bill.deposit.lapsed)
            forfeited += sign * total(one.forfeited for one in bill.deposit.lapsed)
    return worth, used, refunds, forfeited


def of_sale(row: Posting) -> bool:
    """Tell whether a row posts the sale itself, not what a prosumer's deposit does to it."""
    return row.key.split(".")[0] != DEPOSIT and not (row.key == RECEIVABLE and row.credit)


COLUMNS = (
    "dokument",
    "data",
    "okres",
    "konto",
    "strona",
    "kwota",
    "klucz",
    "grupa",
    "kontrahent",
    "NIP",
    "opis",
)


def postings_csv(postings: Iterable[Posting]) -> bytes:
    """Write postings for the finance system: one row a side, semicolons, decimal comma, UTF-8 with BOM, CRLF."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in postings:
        on_debit = row.debit != 0 or (row.key == RECEIVABLE and not row.credit)
        side, amount = ("Wn", row.debit) if on_debit else ("Ma", row.credit)
        writer.writerow(
            (
                plain_text(row.document),
                row.day.isoformat(),
                f"{row.day:%Y-%m}",
                plain_text(row.account),
                side,
                f"{amount:.2f}".replace(".", ","),
                plain_text(row.key),
                plain_text(row.group),
                plain_text(row.party_id),
                plain_text(row.nip),
                plain_text(row.description),
            )
        )
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def plain_text(text: str) -> str:
    """Mark as text, by an apostrophe, what a spreadsheet would take for a formula."""
    return f"'{text}" if text.startswith(_FORMULA_SIGNS) else text


def posted(documents: Sequence[Document], accounts: Mapping[str, str]) -> Posted:
    """Add up the postings of documents; one that cannot be posted is named and counts for nothing."""
    rows: list[Posting] = []
    faults: list[str] = []
    for document in documents:
        try:
            rows += postings_of(document=document, accounts=accounts)
        except (AccountMissingError, NotBalancedError) as error:
            faults.append(f"{document.number}: {error}")
    receivable = [row.debit - row.credit for row in rows if row.key == RECEIVABLE]
    return Posted(
        debit=total(row.debit for row in rows),
        credit=total(row.credit for row in rows),
        receivable=total(receivable),
        faults=tuple(faults),
    )
