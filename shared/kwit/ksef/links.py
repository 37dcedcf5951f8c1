"""The links behind the codes on a page by which anybody checks an invoice in KSeF (kod I, kod II).

Source: the Ministry's description of the codes (CIRFMF/ksef-docs, kody-qr.md); hosts are configuration.
"""

import base64
from datetime import date

from kwit.ksef.ports import OfflineSigner


def _url_hash(content_hash: str) -> str:
    return content_hash.rstrip("=").replace("+", "-").replace("/", "_")


def invoice_link(*, host: str, nip: str, issue_date: date, content_hash: str) -> str:
    """Return the link of code I: who issued, when, and the SHA-256 of the file (base64, as KSeF keeps it).

    >>> invoice_link(host="https://qr-test.ksef.mf.gov.pl", nip="1111111111", issue_date=date(2026, 2, 1),
    ...              content_hash="UtQp9Gpc51y+u3xApZjIjgkpZ01js+J8KflSPW8WzIE=")
    'https://qr-test.ksef.mf.gov.pl/invoice/1111111111/01-02-2026/UtQp9Gpc51y-u3xApZjIjgkpZ01js-J8KflSPW8WzIE'
    """
    return f"{host}/invoice/{nip}/{issue_date:%d-%m-%Y}/{_url_hash(content_hash)}"


def certificate_link(*, host: str, nip: str, content_hash: str, signer: OfflineSigner) -> str:
    """Return the link of code II, which proves the issuer while KSeF has not taken the invoice.

    What is signed is the link without its scheme and without the signature.
    """
    link = f"{host}/certificate/Nip/{nip}/{nip}/{signer.serial}/{_url_hash(content_hash)}"
    return f"{link}/{signer.sign(link.removeprefix('https://').removeprefix('http://'))}"


def ksef_number_valid(number: str) -> bool:
    """Tell whether a KSeF number's last two digits are the CRC-8 of the rest (polynomial 0x07, start 0).

    >>> ksef_number_valid("5265877635-20250826-0100001AF629-AF")
    True
    """
    parts = number.split("-")
    if [len(part) for part in parts] != [10, 8, 12, 2]:
        return False
    crc = 0
    for byte in number[:-3].encode():
        crc ^= byte
        for _ in range(8):
            crc = (crc << 1 ^ 0x07 if crc & 0x80 else crc << 1) & 0xFF
    return f"{crc:02X}" == parts[3]


def hash_of_link(link: str) -> str:
    """Return the base64 SHA-256 that a link of code I names."""
    text = link.rpartition("/")[2]
    return base64.b64encode(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))).decode()
