"""The typefaces of documents, read once for each process: how wide signs are, what codes they have, what is embedded.

Codes in a page are the numbers of glyphs, so that no table of its own is made for each document. Of each face there
are two files with the same numbers: one with the signs that Polish documents are written in, and one with all Latin
letters; a document gets the larger one only when its texts need it.
"""

import importlib.resources
import zlib
from dataclasses import dataclass
from functools import cache

from fontTools.ttLib import TTFont

_LEVEL = 9
_FILES = {"": "OpenSans-Regular", "B": "OpenSans-Bold"}
_POLISH, _LATIN = "-pl", ""
_BLOCK = 100
_SUBSTITUTE = ord("?")
_SYMBOLIC, _FORCE_BOLD, _BOLD = 1 << 2, 1 << 18, 600


@dataclass(frozen=True, slots=True)
class Program:
    """What a document embeds of a face: the font's file, what its codes mean, how wide they are; both packed."""

    name: str
    file: bytes
    file_length: int
    meanings: bytes
    widths: str
    signs: frozenset[str]


class _Codes(dict[int, str]):
    """Codes of glyphs by sign, two bytes each, as they stand in a string of a page (ISO 32000-1, 7.3.4.2).

    Signs that the face does not have show as its question mark: files for archives may not use the glyph that stands
    for none (ISO 19005-3, 6.2.11.8).
    """

    def __missing__(self, sign: int) -> str:
        return self[_SUBSTITUTE]


_ESCAPED = str.maketrans({"(": "\\(", ")": "\\)", "\\": "\\\\", "\r": "\\r"})


class _Advances(dict[int, int]):
    """Widths of signs in thousandths of the size."""

    def __missing__(self, sign: int) -> int:
        return self[_SUBSTITUTE]


@dataclass(frozen=True, slots=True)
class Face:
    """One face: `number` names it in the pages, `metrics` are the entries of its descriptor."""

    number: int
    polish: Program
    latin: Program
    _codes: _Codes
    _advances: _Advances
    metrics: dict[str, str | int]

    def units(self, text: str) -> int:
        """Return how wide a text is, in thousandths of the size."""
        advances = self._advances
        return sum([advances[ord(sign)] for sign in text])

    def coded(self, text: str) -> str:
        """Write a text as the codes of its glyphs, a character for each byte."""
        return text.translate(self._codes)

    def program(self, signs: set[str]) -> Program:
        """Choose the smallest program that has all signs."""
        return self.polish if signs <= self.polish.signs else self.latin


@cache
def faces() -> dict[str, Face]:
    """Return the faces by style: regular is empty, bold is B."""
    return {style: _face(number, name) for number, (style, name) in enumerate(_FILES.items(), start=1)}


def font_bytes(name: str) -> bytes:
    """Return a font's file by its name."""
    return (importlib.resources.files("templates") / "fonts" / f"{name}.ttf").read_bytes()


def _face(number: int, name: str) -> Face:
    folder = importlib.resources.files("templates") / "fonts"
    font = TTFont(str(folder / f"{name}.ttf"))
    scale = 1000 / font["head"].unitsPerEm
    glyphs = {sign: font.getGlyphID(glyph) for sign, glyph in font.getBestCmap().items()}
    metrics = font["hmtx"].metrics
    order = font.getGlyphOrder()
    widths = {glyph: round(scale * metrics[order[glyph]][0] + 0.001) for glyph in (0, *glyphs.values())}
    return Face(
        number=number,
        polish=_program(name, _POLISH, glyphs, widths),
        latin=_program(name, _LATIN, glyphs, widths),
        _codes=_Codes({sign: _code(glyph) for sign, glyph in glyphs.items()}),
        _advances=_Advances({sign: widths[glyph] for sign, glyph in glyphs.items()}),
        metrics=_metrics(font, scale, widths[0]),
    )


def _code(glyph: int) -> str:
    return f"{chr(glyph >> 8)}{chr(glyph & 0xFF)}".translate(_ESCAPED)


def _metrics(font: TTFont, scale: float, box: int) -> dict[str, str | int]:
    """Return the entries of the font's descriptor (ISO 32000-1, table 122)."""
    head, shape, weight = font["head"], font["hhea"], font["OS/2"].usWeightClass
    corners = (head.xMin, head.yMin, head.xMax, head.yMax)
    return {
        "ascent": round(shape.ascent * scale),
        "descent": round(shape.descent * scale),
        "cap_height": round(font["OS/2"].sCapHeight * scale),
        "flags": _SYMBOLIC | (_FORCE_BOLD if weight >= _BOLD else 0),
        "font_b_box": f"[{' '.join(f'{corner * scale:.0f}' for corner in corners)}]",
        "italic_angle": 0,
        "stem_v": round(50 + int((weight / 65) ** 2)),
        "missing_width": box,
    }


def _program(name: str, kind: str, glyphs: dict[int, int], widths: dict[int, int]) -> Program:
    folder = importlib.resources.files("templates") / "fonts"
    signs = frozenset(TTFont(str(folder / f"{name}{kind}.ttf")).getBestCmap())
    content = font_bytes(f"{name}{kind}")
    mine = {glyphs[sign]: sign for sign in sorted(signs, reverse=True)}
    return Program(
        name=f"{'KWITPL' if kind else 'KWITLA'}+{name}",
        file=zlib.compress(content, _LEVEL),
        file_length=len(content),
        meanings=zlib.compress(_meanings(mine).encode("ascii"), _LEVEL),
        widths=_widths(sorted({0, *mine}), widths),
        signs=frozenset(map(chr, signs)),
    )


def _widths(glyphs: list[int], widths: dict[int, int]) -> str:
    """List the widths of glyphs, each run of neighbours behind the number of its first."""
    runs: list[list[int]] = []
    for glyph in glyphs:
        if runs and runs[-1][-1] == glyph - 1:
            runs[-1].append(glyph)
        else:
            runs.append([glyph])
    texts = (f"{run[0]} [{' '.join(str(widths[glyph]) for glyph in run)}]" for run in runs)
    return f"[{' '.join(texts)}]"


def _meanings(signs: dict[int, int]) -> str:
    """Write the CMap by which readers find and copy text (ISO 32000-1, 9.10.3); a block holds 100 signs."""
    lines = [f"<{glyph:04X}> <{sign:04X}>" for glyph, sign in sorted(signs.items())]
    blocks = [lines[start : start + _BLOCK] for start in range(0, len(lines), _BLOCK)]
    body = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n"
        f"{body}\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"
    )
