"""How items are compressed: zlib with a dictionary of what bills have in common, so that a bill costs one write unit.

What is compressed names its dictionary by its Adler-32, as zlib does (RFC 1950, 2.2); without one it is read as well.
A dictionary is kept for ever under its number, new items are written with the newest.
"""

import zlib
from functools import cache
from importlib.resources import files

_LEVEL = 6
_NAMES_DICTIONARY = 0x20
"""The bit of the second byte that says that a dictionary's Adler-32 follows."""


class DictionaryGoneError(LookupError):
    """Compressed bytes name a dictionary that this version does not have; carries its Adler-32."""

    def __init__(self, adler: int) -> None:
        super().__init__(f"no dictionary {adler:08x} to read an item with")
        self.adler = adler


@cache
def _dictionaries() -> dict[int, bytes]:
    """Read the dictionaries by their Adler-32, the newest last."""
    found = sorted(
        (one for one in files("kwit.aws").joinpath("dictionaries").iterdir() if one.name.endswith(".bin")),
        key=lambda one: one.name,
    )
    contents = [one.read_bytes() for one in found]
    return {zlib.adler32(one): one for one in contents}


def compressed(data: bytes) -> bytes:
    """Compress bytes with the newest dictionary."""
    newest = next(reversed(_dictionaries().values()))
    compressor = zlib.compressobj(_LEVEL, zdict=newest)
    return compressor.compress(data) + compressor.flush()


def decompressed(data: bytes) -> bytes:
    """Read bytes that any version of `compressed` wrote. Raises DictionaryGoneError."""
    if not data[1] & _NAMES_DICTIONARY:
        return zlib.decompress(data)
    adler = int.from_bytes(data[2:6], "big")
    dictionary = _dictionaries().get(adler)
    if dictionary is None:
        raise DictionaryGoneError(adler)
    return zlib.decompressobj(zdict=dictionary).decompress(data)
