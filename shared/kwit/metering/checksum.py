"""Checksums of day files: the 16-bit CRC with the polynomial x^16 + x^12 + x^5 + 1, in all its variants.

The PTPiREE text format says «CRC-CCITT», a name that at least seven variants go by; which bytes are covered
and how the sum is written differ too. So the variant is data, and a file can be asked which ones fit it.
"""

import binascii
import itertools
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import ClassVar


class CrcVariant(StrEnum):
    """A variant by its catalogued name."""

    XMODEM = "XMODEM"
    IBM_3740 = "IBM-3740"
    SPI_FUJITSU = "SPI-FUJITSU"
    KERMIT = "KERMIT"
    X_25 = "X-25"
    MCRF4XX = "MCRF4XX"
    GENIBUS = "GENIBUS"


class CrcScope(StrEnum):
    """Which bytes before the checksum's own line are covered."""

    LINES = "lines"
    LINES_WITHOUT_ENDS = "lines_without_ends"
    HEADER = "header"
    MEASUREMENTS = "measurements"


class CrcForm(StrEnum):
    """How the sum is written."""

    HEX_UPPER = "hex_upper"
    HEX_LOWER = "hex_lower"
    DECIMAL = "decimal"
    HEX_SWAPPED = "hex_swapped"


# Start value, whether bits are reflected, value the result is xored with.
_PARAMETERS: dict[CrcVariant, tuple[int, bool, int]] = {
    CrcVariant.XMODEM: (0x0000, False, 0x0000),
    CrcVariant.IBM_3740: (0xFFFF, False, 0x0000),
    CrcVariant.SPI_FUJITSU: (0x1D0F, False, 0x0000),
    CrcVariant.KERMIT: (0x0000, True, 0x0000),
    CrcVariant.X_25: (0xFFFF, True, 0xFFFF),
    CrcVariant.MCRF4XX: (0xFFFF, True, 0x0000),
    CrcVariant.GENIBUS: (0xFFFF, False, 0xFFFF),
}


def _reflected(value: int, bits: int) -> int:
    return int(format(value, f"0{bits}b")[::-1], 2)


@cache
def _mirrors() -> bytes:
    """Give every byte with its bits in the other order."""
    return bytes(_reflected(byte, 8) for byte in range(256))


def crc16(data: bytes, *, variant: CrcVariant) -> int:
    """Compute the checksum of bytes, 0 to 65535.

    >>> f"{crc16(b'123456789', variant=CrcVariant.XMODEM):04X}"
    '31C3'
    """
    start, reflected, final = _PARAMETERS[variant]
    if reflected:
        # The mirror of a sum over bytes is the sum over their mirrors.
        return _reflected(binascii.crc_hqx(data.translate(_mirrors()), start), 16) ^ final
    return binascii.crc_hqx(data, start) ^ final


@dataclass(frozen=True, slots=True)
class Checksum:
    """How a kind of file makes its checksum."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    variant: CrcVariant = CrcVariant.XMODEM
    scope: CrcScope = CrcScope.LINES
    form: CrcForm = CrcForm.HEX_UPPER

    def of(self, lines: list[bytes], *, header: int) -> str:
        """Write the checksum of the lines (without their ends) of which the first `header` are the header."""
        sum_ = crc16(_covered(lines, header, self.scope), variant=self.variant)
        return _written(sum_, self.form)


def fitting_checksums(lines: list[bytes], written: str, *, header: int) -> list[Checksum]:
    """List every way of making the checksum that gives what is written under the lines."""
    return [
        checksum
        for checksum in itertools.starmap(Checksum, itertools.product(CrcVariant, CrcScope, CrcForm))
        if checksum.of(lines, header=header) == written
    ]


def _covered(lines: list[bytes], header: int, scope: CrcScope) -> bytes:
    if scope is CrcScope.LINES_WITHOUT_ENDS:
        return b"".join(lines)
    chosen = {CrcScope.HEADER: lines[:header], CrcScope.MEASUREMENTS: lines[header:]}.get(scope, lines)
    return b"".join(line + b"\r\n" for line in chosen)


def _written(crc: int, form: CrcForm) -> str:
    if form is CrcForm.DECIMAL:
        return str(crc)
    if form is CrcForm.HEX_SWAPPED:
        return f"{(crc & 0xFF) << 8 | crc >> 8:04X}"
    return f"{crc:04x}" if form is CrcForm.HEX_LOWER else f"{crc:04X}"
