"""Gzip: unpacked piece by piece under a hard cap, and the lines of what comes out."""

import zlib
from collections.abc import Iterable, Iterator

from kwit.intake.sheet import UnreadableFileError

GZIP_MAGIC = b"\x1f\x8b"

INFLATED_LIMIT = 200_000_000
"""Bytes that a packed file may unpack to."""

PIECE = 65_536

_BAD_PL = "Plik gzip jest uszkodzony albo niepełny. Spakuj go i prześlij jeszcze raz."
_BOMB_PL = "Plik po rozpakowaniu przekracza {} MB. Podziel go na części."


def pieces(content: bytes, *, limit: int = INFLATED_LIMIT) -> Iterator[bytes]:
    """Yield the content in pieces of at most 64 KiB, unpacked when it is gzip (of one or more members).

    Raises UnreadableFileError: `bad_gzip` for what is damaged or cut off, `unpacks_too_large` as soon as more
    than `limit` bytes came out. Its checksum stands at the end, so only the whole of it can be believed.
    """
    if not content.startswith(GZIP_MAGIC):
        for start in range(0, len(content), PIECE):
            yield content[start : start + PIECE]
        return
    left = limit
    for piece in _members(content):
        left -= len(piece)
        if left < 0:
            sentence = _BOMB_PL.format(limit // 1_000_000)
            raise UnreadableFileError("unpacks_too_large", sentence, value=str(limit))
        yield piece


def _members(content: bytes) -> Iterator[bytes]:
    waiting = content
    while waiting:
        member = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        while not member.eof:
            try:
                piece = member.decompress(waiting, PIECE)
            except zlib.error as error:
                raise UnreadableFileError("bad_gzip", _BAD_PL) from error
            waiting = member.unconsumed_tail
            if piece:
                yield piece
            elif not waiting and not member.eof:
                raise UnreadableFileError("bad_gzip", _BAD_PL)
        # Writers may pad the file with zero bytes, as tape blocks once needed.
        waiting = member.unused_data.lstrip(b"\x00")


def inflated(content: bytes, *, limit: int = INFLATED_LIMIT) -> bytes:
    """Return the content, unpacked when it is gzip. Raises UnreadableFileError."""
    return b"".join(pieces(content, limit=limit)) if content.startswith(GZIP_MAGIC) else content


def first_bytes(content: bytes) -> bytes:
    """Return the first piece of the content, unpacked when it is gzip. Raises UnreadableFileError."""
    return next(pieces(content), b"")


def each_line(parts: Iterable[bytes], *, limit: int) -> Iterator[tuple[int, bytes | None]]:
    """Yield each line with its number, without its end; None for a line of more than `limit` bytes.

    A long line is never held in memory: its bytes are passed over up to the next line feed.
    """
    number, kept, too_long = 1, b"", False
    for part in parts:
        *ended, rest = part.split(b"\n")
        for line in ended:
            whole = kept + line
            yield number, None if too_long or len(whole) > limit else whole.removesuffix(b"\r")
            number, kept, too_long = number + 1, b"", False
        kept += rest
        if len(kept) > limit:
            kept, too_long = b"", True
    if kept or too_long:
        yield number, None if too_long else kept.removesuffix(b"\r")
