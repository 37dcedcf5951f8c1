"""Damage to files: strategies that spoil sound content where it hurts, or make content of no sense."""

import io
import re
import zipfile
from collections.abc import Sequence

from hypothesis import strategies as st

TOKENS = (
    b"", b" ", b"-1", b"0", b"1e9", b"=1+1", b"9" * 30, b"9" * 5_000, b"\x00", b"\xff", b'"', b"'", b";", b",", b"\t",
    b"\r", b"\n", b"\r\n", b"\x1a", b"2026-03-29", b"2025-10-26", b"31.02.2026", b"46053", b"24:00", b"2A", b"2B", b"3",
    b"0:00-1:00", b"NaN", b"Infinity", b"\\ud800", b"{", b"}", b"[", b"]", b'"values":', b"true", b"null", b"0.25",
    b"0,0001", b"1.000.000,5", b"5.9E+17", b"590543000000001034", b"590243000000001013", b"\xef\xbb\xbf",
    b"\xff\xfe", b"\xfe\xff", b"\x1f\x8b", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\xe2\x80\xae", b"\xc2\xa0",
    b"A+", b"A-", b"import", b"pob\xc3\xb3r", b"Stan", b"Data", b"PPE", b"Kod uwagi", b"Energia", b"1.8.0", b"DD;",
    b"&#0;", b"&#xD800;", b"<!DOCTYPE x>", b'r="XFD1048576"', b'r="A0"', b't="s"', b't="e"', b"<v>", b"</row>",
    b"- ", b": ", b"&a ", b"*a", b"!!python/object:os.system ", b"? ", b"|", b"%Y", b"{ppe!r}", b"zlib", b"~",
)  # fmt: skip

_KINDS = (
    "insert",
    "replace",
    "delete",
    "repeat",
    "cell",
    "cell",
    "drop line",
    "repeat line",
    "swap lines",
    "cut",
)
_CELL = re.compile(rb"[^;,\t|\r\n]*")

Mutation = tuple[str, int, int, bytes]

mutations: st.SearchStrategy[list[Mutation]] = st.lists(
    st.tuples(
        st.sampled_from(_KINDS),
        st.integers(0, 65_535),
        st.integers(0, 40),
        st.one_of(st.sampled_from(TOKENS), st.binary(max_size=6)),
    ),
    min_size=1,
    max_size=6,
)


def mutated(content: bytes, changes: Sequence[Mutation]) -> bytes:
    """Apply changes to content, one after another; a place counts in 65,536ths of it."""
    for kind, place, length, payload in changes:
        content = _changed(content, kind, place, length, payload)
    return content


def _changed(content: bytes, kind: str, place: int, length: int, payload: bytes) -> bytes:
    at = place * (len(content) + 1) // 65_536
    if kind.endswith("line") or kind == "swap lines":
        return _lines_changed(content, kind, place, length)
    if kind == "cell":
        start = max(content.rfind(sign, 0, at) for sign in (b";", b",", b"\t", b"|", b"\n")) + 1
        match = _CELL.match(content, start)
        return content[:start] + payload + content[match.end() if match else start :]
    rest = {
        "insert": payload + content[at:],
        "replace": payload + content[at + length :],
        "delete": content[at + length :],
        "repeat": content[at : at + length] * 3 + content[at:],
        "cut": b"",
    }
    return content[:at] + rest[kind]


def _lines_changed(content: bytes, kind: str, place: int, length: int) -> bytes:
    lines = content.split(b"\n")
    number = place * len(lines) // 65_536
    if kind == "swap lines":
        other = length % len(lines)
        lines[number], lines[other] = lines[other], lines[number]
    elif kind == "drop line":
        del lines[number]
    else:
        lines.insert(number, lines[number])
    return b"\n".join(lines)


def damaged(seeds: Sequence[bytes]) -> st.SearchStrategy[bytes]:
    """Spoil one of the seeds, or make bytes that begin like it."""
    seed = st.sampled_from(seeds)
    spoiled = st.builds(mutated, seed, mutations)
    senseless = st.builds(
        lambda one, length, rest: one[:length] + rest, seed, st.integers(0, 64), st.binary(max_size=200)
    )
    return st.one_of(spoiled, spoiled, spoiled, senseless)


def damaged_workbooks(seeds: Sequence[bytes]) -> st.SearchStrategy[bytes]:
    """Spoil the archive of a workbook, or one of its parts inside a sound archive."""
    parts = [(one, name) for one in seeds for name in _names(one) if name.endswith((".xml", ".rels"))]
    inside = st.builds(_repacked, st.sampled_from(parts), mutations)
    sheets = st.builds(
        _repacked,
        st.sampled_from([one for one in parts if "sheet" in one[1] or "Strings" in one[1]]),
        mutations,
    )
    return st.one_of(inside, sheets, sheets, damaged(seeds))


def _names(content: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.namelist()


def _repacked(part: tuple[bytes, str], changes: Sequence[Mutation]) -> bytes:
    content, spoiled = part
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, mutated(data, changes) if name == spoiled else data)
    return buffer.getvalue()
