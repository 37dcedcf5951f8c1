"""Judge invoices and number those that are taken, as KSeF does (CIRFMF/ksef-docs, weryfikacja-faktury.md)."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from lxml import etree
from stdnum.pl import nip as nip_number

from infra.local.ksef.answers import RefusalError
from infra.local.ksef.controls import Controls
from infra.local.ksef.numbers import ksef_number, reference_number
from kwit.documents.fa3 import NAMESPACE
from kwit.documents.fa3_check import check_fa3

WARSAW = ZoneInfo("Europe/Warsaw")
TAKEN = 200
STATUSES = {
    100: "Faktura przyjęta do dalszego przetwarzania",
    150: "Trwa przetwarzanie",
    TAKEN: "Sukces",
    405: "Przetwarzanie anulowane z powodu błędu sesji",
    410: "Nieprawidłowy zakres uprawnień",
    415: "Brak możliwości wysyłania faktury z załącznikiem",
    430: "Błąd weryfikacji pliku faktury",
    435: "Błąd odszyfrowania pliku",
    440: "Duplikat faktury",
    450: "Błąd weryfikacji semantyki dokumentu faktury",
    500: "Nieznany błąd",
    550: "Operacja została anulowana przez system",
}
"""Statuses of an invoice, with the words that the official description has for them."""


@dataclass(slots=True, kw_only=True)
class Invoice:
    """An invoice that came, and what was found of it."""

    session: str
    ordinal: int
    digest: str
    received_at: datetime
    offline: bool
    online_session: bool = True
    content: bytes = b""
    file_name: str = ""
    corrects: str = ""
    reference: str = ""
    code: int = TAKEN
    details: list[str] = field(default_factory=list)
    seller: str = ""
    kind: str = ""
    number: str = ""
    issued: date | None = None
    ksef_number: str = ""
    acquired_at: datetime | None = None
    original: "Invoice | None" = None

    @property
    def taken(self) -> bool:
        """Tell whether it has a KSeF number."""
        return self.code == TAKEN

    @property
    def mode(self) -> str:
        """Return Offline if it was declared so, or was issued before the day on which it came."""
        earlier = self.issued is not None and self.issued < self.received_at.astimezone(WARSAW).date()
        return "Offline" if self.offline or earlier else "Online"


class _FoundWrong(Exception):  # noqa: N818 - it ends a judgement and never leaves the module
    def __init__(self, code: int, *details: str) -> None:
        super().__init__(code)
        self.code = code
        self.details = list(details)


class Register:
    """The invoices of one seller that KSeF was sent."""

    def __init__(self, nip: str, controls: Controls) -> None:
        self.nip = nip
        self._controls = controls
        self._by_identity: dict[tuple[str, str, str], Invoice] = {}
        self._by_digest: dict[str, list[Invoice]] = defaultdict(list)
        self.by_number: dict[str, Invoice] = {}

    @property
    def taken(self) -> list[Invoice]:
        """Return the invoices that have numbers, in the order in which they got them."""
        return list(self.by_number.values())

    def receive(self, invoice: Invoice) -> Invoice:
        """Judge an invoice, and give it a number when nothing is wrong with it."""
        invoice.reference = reference_number("EE", invoice.received_at.date())
        self._by_digest[invoice.digest].append(invoice)
        if not invoice.taken:
            return invoice
        try:
            self._judge(invoice)
        except _FoundWrong as wrong:
            invoice.code, invoice.details = wrong.code, wrong.details
            return invoice
        invoice.acquired_at = self._controls.now()
        invoice.ksef_number = ksef_number(invoice.seller, invoice.acquired_at.astimezone(WARSAW).date())
        self._by_identity[self._identity(invoice)] = invoice
        self.by_number[invoice.ksef_number] = invoice
        return invoice

    def check_correction(self, digest: str, *, offline: bool) -> None:
        """Raise RefusalError unless a refused offline invoice of this hash may be corrected technically.

        A hash that is not known here is refused with 21167 as well; the official description does not say.
        """
        if not offline:
            raise RefusalError(21405, "offlineMode: a technical correction is offline")
        if any(one.taken for many in self._by_digest.values() for one in many if one.corrects == digest):
            raise RefusalError(21166, "Faktura posiada już przetworzoną prawidłowo korektę techniczną.")
        originals = self._by_digest.get(digest, [])
        if not any(one.mode == "Offline" for one in originals) or any(one.taken for one in originals):
            words = "Nie można wysłać korekty technicznej do prawidłowo przetworzonej faktury."
            raise RefusalError(21167, words)

    def _judge(self, invoice: Invoice) -> None:
        self._judge_file(invoice)
        root = etree.fromstring(invoice.content)
        invoice.seller = _text(root, "Podmiot1/DaneIdentyfikacyjne/NIP")
        invoice.kind = _text(root, "Fa/RodzajFaktury")
        invoice.number = _text(root, "Fa/P_2")
        invoice.issued = date.fromisoformat(_text(root, "Fa/P_1"))
        if self._controls.reject:
            code, details = self._controls.reject.pop(0)
            raise _FoundWrong(code, *details)
        if invoice.seller != self.nip:
            raise _FoundWrong(410)
        self._judge_content(invoice, root)
        original = self._by_identity.get(self._identity(invoice))
        if original:
            invoice.original = original
            raise _FoundWrong(440, f"Duplikat faktury o numerze KSeF: {original.ksef_number}")

    def _judge_file(self, invoice: Invoice) -> None:
        found = [one for one in check_fa3(invoice.content) if one.refuses]
        if found:
            code = 450 if all(one.code == "schema" for one in found) else 430
            raise _FoundWrong(code, *(one.sentence for one in found))

    def _judge_content(self, invoice: Invoice, root: etree._Element) -> None:
        numbers = [one.text or "" for one in root.iter(f"{{{NAMESPACE}}}NIP")]
        if not all(map(nip_number.is_valid, numbers)):
            raise _FoundWrong(450, "Nieprawidłowa cyfra kontrolna NIP.")
        received = invoice.received_at.astimezone(WARSAW).date()
        if invoice.issued is not None and invoice.issued > received:
            raise _FoundWrong(450, "Data wystawienia jest późniejsza niż data przyjęcia.")
        if root.find(f"{{{NAMESPACE}}}Zalacznik") is not None:
            in_batch = not invoice.online_session or bool(invoice.corrects)
            if not (in_batch and self._controls.attachments):
                raise _FoundWrong(415)

    @staticmethod
    def _identity(invoice: Invoice) -> tuple[str, str, str]:
        return invoice.seller, invoice.kind, invoice.number


def _text(root: etree._Element, path: str) -> str:
    return str(root.findtext("/".join(f"{{{NAMESPACE}}}{name}" for name in path.split("/")), ""))
