"""The company's logo (logo): a PNG that goes into documents as it is, without decoding.

PDF knows the compression of PNG (ISO 32000-1, 7.4.4.4), so an image of 8 bits without transparency and interlacing is
embedded by its own bytes. Transparency is refused because what lies below would shine through on paper.
"""

import base64
import binascii
import struct
from dataclasses import dataclass

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_GREY, _RGB, _PALETTE = 0, 2, 3
MOST_BYTES, MOST_PIXELS = 40_000, 1_200


class LogoError(ValueError):
    """A logo cannot stand on documents; carries the reason."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"logo {reason}")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Logo:
    """An image: its size in pixels, the number of its components, its palette if it has one, its packed rows."""

    width: int
    height: int
    components: int
    palette: bytes
    rows: bytes


def read_logo(text: str) -> Logo:
    """Read a PNG written as base64. Raises LogoError."""
    try:
        content = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise LogoError("is not base64") from None
    if len(content) > MOST_BYTES:
        raise LogoError(f"has {len(content)} bytes, {MOST_BYTES} are the most")
    if not content.startswith(_SIGNATURE):
        raise LogoError("is not a PNG")
    chunks = _chunks(content)
    width, height, components = _head(chunks.get(b"IHDR", b""))
    palette, rows = chunks.get(b"PLTE", b""), chunks.get(b"IDAT", b"")
    if b"tRNS" in chunks:
        raise LogoError("has transparent parts; save it on a plain background")
    if not rows or (components == 0 and not palette):
        raise LogoError("is not complete")
    return Logo(width, height, components or 1, palette if not components else b"", rows)


def _chunks(content: bytes) -> dict[bytes, bytes]:
    """Return the chunks by name, the rows of an image put together."""
    found: dict[bytes, bytes] = {}
    at = len(_SIGNATURE)
    while at + 12 <= len(content):
        (length,) = struct.unpack_from(">I", content, at)
        name, body = content[at + 4 : at + 8], content[at + 8 : at + 8 + length]
        stated = content[at + 8 + length : at + 12 + length]
        if len(body) < length or stated != struct.pack(">I", binascii.crc32(name + body)):
            raise LogoError("is damaged")
        found[name] = found.get(name, b"") + body
        at += 12 + length
    return found


def _head(head: bytes) -> tuple[int, int, int]:
    if len(head) != 13:
        raise LogoError("is damaged")
    width, height, depth, kind, _, _, interlaced = struct.unpack(">IIBBBBB", head)
    if not (0 < width <= MOST_PIXELS and 0 < height <= MOST_PIXELS):
        raise LogoError(f"has {width} x {height} pixels, {MOST_PIXELS} x {MOST_PIXELS} are the most")
    components = {_GREY: 1, _RGB: 3, _PALETTE: 0}.get(kind)
    if components is None:
        raise LogoError("has transparent parts; save it on a plain background")
    if depth != 8 or interlaced:
        raise LogoError("is not of 8 bits a sample, row by row; save it without interlacing")
    return width, height, components
