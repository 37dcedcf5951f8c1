"""What is to be paid for a structured invoice (Rozliczenie, Platnosc): its gross, deposits and the balance before it.

FA(3) says that DoZaplaty is P_15 with Obciazenia added and Odliczenia taken off; DoRozliczenia is what is overpaid.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from xml.etree import ElementTree as ET

from kwit.billing.content import BillContent, PartyData
from kwit.documents.fa3_elements import add, money
from kwit.kernel.money import ZERO, total
from kwit.registry.company import CompanySettings

DEPOSIT = "Depozyt prosumencki"
REFUND = "Zwrot niewykorzystanego depozytu prosumenckiego"
DEBT = "Niedopłata z poprzednich rozliczeń"
CREDIT = "Nadpłata z poprzednich rozliczeń"
_TRANSFER = "6"


@dataclass(frozen=True, slots=True)
class Owed:
    """What an invoice comes to, PLN: its gross, and what is added to it, by reason; what is taken off is negative."""

    gross: Decimal
    added: Mapping[str, Decimal]

    @property
    def rest(self) -> Decimal:
        """What is to be paid; what is overpaid is negative."""
        return self.gross + total(self.added.values())


def owed(*, bills: Iterable[BillContent], gross: Decimal, balance: Decimal | None = None) -> Owed:
    """Return what an invoice of bills comes to, with the balance before it: a debt is positive."""
    added: dict[str, Decimal] = {}
    for bill in bills:
        _take_deposit(bill, added, sign=-1)
    if balance:
        added[DEBT if balance > 0 else CREDIT] = balance
    return Owed(gross, added)


def owed_by_correction(*, before: BillContent, after: BillContent) -> Owed:
    """Return what a correction comes to: its difference alone, for the balance before stands on the first invoice."""
    added: dict[str, Decimal] = {}
    _take_deposit(after, added, sign=-1)
    _take_deposit(before, added, sign=1)
    return Owed(after.gross - before.gross, added)


def _take_deposit(bill: BillContent, added: dict[str, Decimal], *, sign: int) -> None:
    refund = total(one.refund for one in bill.deposit.lapsed) if bill.deposit else ZERO
    for reason, amount in ((DEPOSIT, bill.gross - bill.due - refund), (REFUND, refund)):
        added[reason] = added.get(reason, ZERO) + sign * amount


def write_settlement(invoice: ET.Element, owed: Owed) -> None:
    """Say what is to be paid, or is overpaid, where it is not the gross alone."""
    if owed.rest >= 0 and not any(owed.added.values()):
        return
    settlement = ET.SubElement(invoice, "Rozliczenie")
    for name, sum_name, sign in (("Obciazenia", "SumaObciazen", 1), ("Odliczenia", "SumaOdliczen", -1)):
        rows = [(reason, sign * amount) for reason, amount in owed.added.items() if sign * amount > 0]
        for reason, amount in rows:
            one = ET.SubElement(settlement, name)
            add(one, "Kwota", money(amount))
            add(one, "Powod", reason)
        if rows:
            add(settlement, sum_name, money(total(amount for _, amount in rows)))
    add(settlement, "DoZaplaty" if owed.rest >= 0 else "DoRozliczenia", money(abs(owed.rest)))


def write_payment(
    invoice: ET.Element, settings: CompanySettings, payer: PartyData, *, due: date, owed: Owed
) -> None:
    """Say how and, where anything is to be paid, until when it is paid, to the payer's own account if there is one."""
    payment = ET.SubElement(invoice, "Platnosc")
    if owed.rest > 0:
        add(ET.SubElement(payment, "TerminPlatnosci"), "Termin", due.isoformat())
    add(payment, "FormaPlatnosci", _TRANSFER)
    account = ET.SubElement(payment, "RachunekBankowy")
    number = payer.bank_account or settings.seller.bank_account
    add(account, "NrRB", "".join(number.split()).removeprefix("PL"))
    add(account, "NazwaBanku", settings.seller.bank_name)
