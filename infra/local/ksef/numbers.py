"""Numbers that KSeF gives: references of what is asked of it, and KSeF numbers of invoices with their check digits."""

import secrets
from datetime import date
from functools import reduce

_POLYNOMIAL = 0x07


def reference_number(kind: str, day: date) -> str:
    """Return a fresh reference number of 36 characters; `kind` is two letters, such as SO for an online session."""
    parts = [secrets.token_hex(size).upper() for size in (5, 5, 1)]
    return "-".join((f"{day:%Y%m%d}", kind, *parts))


def ksef_number(nip: str, day: date) -> str:
    """Return a fresh KSeF number of 35 characters: seller, day, twelve hex digits, CRC-8."""
    body = f"{nip}-{day:%Y%m%d}-{secrets.token_hex(6).upper()}"
    return f"{body}-{crc8(body.encode()):02X}"


def crc8(data: bytes) -> int:
    """Return the CRC-8 by which a KSeF number ends: polynomial 0x07, start 0 (CIRFMF/ksef-docs, numer-ksef.md)."""
    return reduce(_with_byte, data, 0)


def _with_byte(crc: int, byte: int) -> int:
    crc ^= byte
    for _ in range(8):
        crc = (crc << 1 ^ _POLYNOMIAL if crc & 0x80 else crc << 1) & 0xFF
    return crc
