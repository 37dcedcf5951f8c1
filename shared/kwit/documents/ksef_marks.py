"""What the pages of an invoice show of KSeF (Krajowy System e-Faktur): its number there and the codes that verify it.

Who sends the invoice makes the links; here they are drawn. The rules are the Ministry of Finance's on verification
codes (kody weryfikujące, KOD I and KOD II) and art. 106gb of the VAT act.
"""

from dataclasses import dataclass

OFFLINE = "OFFLINE"
CERTIFICATE = "CERTYFIKAT"


@dataclass(frozen=True, slots=True)
class KsefMarks:
    """The marks of one invoice.

    `number` is the number KSeF gave, empty while there is none; `invoice_link` the address behind KOD I, which shows
    the invoice; `certificate_link` the one behind KOD II, which proves who issued it, on invoices issued offline.
    """

    number: str
    invoice_link: str
    certificate_link: str = ""

    @property
    def codes(self) -> tuple[tuple[str, str], ...]:
        """Return links and the labels that stand below their codes."""
        codes = ((self.invoice_link, self.number or OFFLINE), (self.certificate_link, CERTIFICATE))
        return tuple((link, label) for link, label in codes if link)
