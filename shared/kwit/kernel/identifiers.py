"""Identifiers: check digits of metering points, and deterministic ids made by the originator."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache


class PointCodeError(ValueError):
    """A metering point code (kod PPE) is malformed; carries the code and what is wrong with it."""

    def __init__(self, code: str, problem: str) -> None:
        super().__init__(f"PPE code {code!r}: {problem}")
        self.code = code
        self.problem = problem


def gs1_check_digit(digits: str) -> int:
    """Compute the GS1 mod-10 check digit: weights 3, 1, 3, 1 … from the right (GS1 General Specifications).

    >>> gs1_check_digit("59054300000000123")
    2
    """
    backwards = digits[::-1]
    weighted = 3 * sum(map(int, backwards[::2])) + sum(map(int, backwards[1::2]))
    return (10 - weighted % 10) % 10


@lru_cache(maxsize=16_384)
def point_code(text: str) -> str:
    """Return a valid 18-digit metering point code (kod PPE, GS1 GSRN) without its spaces.

    Raises PointCodeError.
    """
    code = "".join(text.split())
    if not (code.isascii() and code.isdigit()):
        raise PointCodeError(text, "has signs other than digits")
    if len(code) != 18:
        raise PointCodeError(text, f"has {len(code)} digits, not 18")
    expected = gs1_check_digit(code[:-1])
    if int(code[-1]) != expected:
        raise PointCodeError(text, f"check digit is {code[-1]}, should be {expected}")
    return code


def deterministic_id(*parts: str | int) -> str:
    """Make a short id from its parts: the same parts give the same id on every machine and every retry.

    Parts are joined unambiguously, so ("a", "bc") and ("ab", "c") differ. 32 hex digits of SHA-256.
    """
    joined = json.dumps([str(part) for part in parts], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(joined.encode()).hexdigest()[:32]


def content_hash(content: bytes) -> str:
    """Name bytes by their SHA-256 in hex."""
    return hashlib.sha256(content).hexdigest()


_SCALARS = (str, int, bool)


def canonical_json(value: object) -> bytes:
    """Write plain data as the one JSON text that its hash is taken of: sorted keys, no spaces, UTF-8.

    Decimals are written as strings. Raises TypeError on anything but plain data; floats are refused.
    """
    return json.dumps(_plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _plain(value: object) -> object:
    if value is None or isinstance(value, _SCALARS):
        return value
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [_plain(item) for item in value]
    raise TypeError(f"not plain data: {type(value).__name__}: {value!r}")


def spread(text: str, *, ways: int) -> int:
    """Tell which of `ways` groups a text belongs to, evenly, the same on every machine.

    `ways` is a power of two of at most 65,536; then groups of fewer ways are unions of groups of more.
    """
    first = int.from_bytes(hashlib.sha256(text.encode()).digest()[:2], "big")
    return first * ways >> 16
