"""Small structured invoices for tests of KSeF: valid, of the example seller, told apart by number."""

import base64
import hashlib
from datetime import UTC, date, datetime
from functools import cache

from kwit.documents.fa3 import fa3_xml
from tests.billing import samples
from tests.billing.company import company_settings

ISSUED = samples.ISSUE_DATE
ON_THE_DAY = datetime(2026, 4, 8, 10, 0, tzinfo=UTC)
NUMBER = "FV/2026/04/{:06}"


def seller_nip() -> str:
    """Return the NIP of the invoices' seller."""
    return company_settings().seller.nip


@cache
def _first() -> bytes:
    return fa3_xml(document=samples.document(), settings=company_settings(), made_at=ON_THE_DAY)


def invoice(ordinal: int = 1, *, issued: date = ISSUED) -> bytes:
    """Return an invoice; the same ordinal gives the same bytes."""
    numbered = _replaced(_first(), NUMBER.format(1), NUMBER.format(ordinal))
    return _replaced(numbered, f"<P_1>{ISSUED}</P_1>", f"<P_1>{issued}</P_1>")


def attached_invoice(ordinal: int = 1) -> bytes:
    """Return an invoice with a small attachment."""
    facts = "<MetaDane><ZKlucz>Kod PPE</ZKlucz><ZWartosc>590243000000000009</ZWartosc></MetaDane>"
    attachment = f"<Zalacznik><BlokDanych>{facts}</BlokDanych></Zalacznik></Faktura>"
    return _replaced(invoice(ordinal), "</Faktura>", attachment)


def _replaced(xml: bytes, old: str, new: str) -> bytes:
    assert old.encode() in xml
    return xml.replace(old.encode(), new.encode())


def digest(content: bytes) -> str:
    """Return the hash by which KSeF tells an invoice."""
    return base64.b64encode(hashlib.sha256(content).digest()).decode()
