"""Sheets of A4 that text, lines and areas are drawn on, in mm from the upper left corner; fpdf2 makes the file.

A bill is some three hundred short texts, and fpdf2's cells copy the whole state of drawing for each of them, measure
sign by sign, and cut the fonts anew for each document: 45 ms where 4 will do. Here a text is one line of the page's
stream, its width one sum, and the fonts are those of `faces`. fpdf2 keeps the file's structure: objects, pages,
information, cross references.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache

from fpdf.output import OutputProducer, PDFFont, PDFType3Font, PDFXObject
from fpdf.syntax import Name, PDFArray, PDFContentStream, PDFObject, Raw

from kwit.documents.faces import Face, Program, faces
from kwit.documents.pdf_a import LANGUAGE, Attached, empty_file
from kwit.registry.logo import Logo

Colour = tuple[int, int, int]

WIDTH, HEIGHT = 210.0, 297.0
PADDING = 1.0
"""Room between the edge of a cell and its text, in mm."""

_POINTS = 72 / 25.4
_ARC = 4 / 3 * (math.sqrt(2) - 1)
_BEGIN = "2 J 0.57 w"
"""Lines of 0.2 mm with square ends."""


@lru_cache(maxsize=4096)
def _units(style: str, text: str) -> int:
    return faces()[style].units(text)


@lru_cache(maxsize=256)
def _shade(colour: Colour) -> str:
    red, green, blue = (f"{part / 255:.4f}".rstrip("0").rstrip(".") for part in colour)
    return f"{red} {green} {blue}"


class Paper:
    """Pages under the pen. Places and sizes are in mm, sizes of letters in points."""

    def __init__(self) -> None:
        self.x = self.y = 0.0
        self._pages: list[list[str]] = []
        self._sheet: list[str] = []
        self._style, self._size, self._colour = "", 8.0, (0, 0, 0)
        self._texts: dict[str, set[str]] = {}
        self._images: dict[Logo, int] = {}
        self._font_set: tuple[str, float] | None = None
        self._fill_set: Colour | None = None
        self._line_set: Colour | None = None

    @property
    def pages(self) -> int:
        """Count the pages so far."""
        return len(self._pages)

    def add_page(self) -> None:
        """Begin a page; the pen draws on it from now on."""
        self._pages.append([_BEGIN])
        self.turn_to(self.pages)

    def turn_to(self, page: int) -> None:
        """Go on with a page that was left, the first being 1."""
        self._sheet = self._pages[page - 1]
        # What is set on this page is not known here, so it is set again.
        self._font_set = self._fill_set = self._line_set = None

    def move(self, x: float, y: float) -> None:
        """Put the pen to a place."""
        self.x, self.y = x, y

    def font(self, size: float, *, bold: bool = False, colour: Colour = (0, 0, 0)) -> None:
        """Choose how texts are written from now on."""
        self._style, self._size, self._colour = "B" if bold else "", size, colour

    def width_of(self, text: str) -> float:
        """Return how wide a text is in the chosen font, in mm."""
        return _units(self._style, text) * self._size / 1000 / _POINTS

    def cell(
        self, width: float, height: float, text: str, *, align: str = "L", rule: Colour | None = None
    ) -> None:
        """Write a line of text into a cell at the pen's place: `L`eft, `R`ight or `C`entred, and move right of it.

        With `rule` a line of that colour is drawn along the bottom.
        """
        if rule is not None:
            self.line(self.x, self.y + height, self.x + width, self.y + height, colour=rule)
        if text:
            room = width - self.width_of(text)
            indent = PADDING if align == "L" else room - PADDING if align == "R" else room / 2
            size = self._size / _POINTS
            self._write(self.x + indent, self.y + height / 2 + 0.3 * size, text)
        self.x += width

    def _write(self, x: float, base: float, text: str) -> None:
        face = faces()[self._style]
        self._fill(self._colour)
        chosen = ""
        if (self._style, self._size) != self._font_set:
            self._font_set = self._style, self._size
            chosen = f"/F{face.number} {self._size:.2f} Tf "
        self._texts.setdefault(self._style, set()).add(text)
        self._sheet.append(
            f"BT {chosen}{x * _POINTS:.2f} {(HEIGHT - base) * _POINTS:.2f} Td ({face.coded(text)}) Tj ET"
        )

    def _fill(self, colour: Colour) -> None:
        if colour != self._fill_set:
            self._sheet.append(f"{_shade(colour)} rg")
            self._fill_set = colour

    def line(self, x: float, y: float, to_x: float, to_y: float, *, colour: Colour = (0, 0, 0)) -> None:
        """Draw a line."""
        if colour != self._line_set:
            self._sheet.append(f"{_shade(colour)} RG")
            self._line_set = colour
        self._sheet.append(f"{_place(x, y)} m {_place(to_x, to_y)} l S")

    def area(self, x: float, y: float, width: float, height: float, *, colour: Colour) -> None:
        """Fill a rectangle."""
        self._fill(colour)
        self._sheet.append(f"{_place(x, y)} {width * _POINTS:.2f} {-height * _POINTS:.2f} re f")

    def modules(
        self, runs: Iterable[tuple[int, int, int]], *, x: float, y: float, size: float, colour: Colour
    ) -> None:
        """Fill runs (row, start, end) of a grid whose squares are `size` mm wide, its corner at x and y, in one go."""
        self._fill(colour)
        step = size * _POINTS
        drawn = "\n".join([f"{start} {row} {end - start} 1 re" for row, start, end in runs])
        self._sheet.append(f"q {step:.4f} 0 0 {-step:.4f} {_place(x, y)} cm\n{drawn} f Q")

    def round_area(
        self, x: float, y: float, width: float, height: float, *, radius: float, colour: Colour
    ) -> None:
        """Fill a rectangle with round corners."""
        self._fill(colour)
        right, low, bend = x + width, y + height, radius * (1 - _ARC)
        corners: Sequence[tuple[tuple[float, float], ...]] = (
            ((right - radius, y), (right - bend, y), (right, y + bend), (right, y + radius)),
            ((right, low - radius), (right, low - bend), (right - bend, low), (right - radius, low)),
            ((x + radius, low), (x + bend, low), (x, low - bend), (x, low - radius)),
            ((x, y + radius), (x, y + bend), (x + bend, y), (x + radius, y)),
        )
        path = [f"{_place(x + radius, y)} m"]
        for start, *curve in corners:
            path.append(f"{_place(*start)} l {' '.join(_place(*point) for point in curve)} c")
        self._sheet.append(" ".join(path) + " f")

    def image(self, image: Logo, x: float, y: float, width: float, height: float) -> None:
        """Draw an image into a rectangle; the file has it once, however often it is drawn."""
        number = self._images.setdefault(image, len(self._images) + 1)
        size = f"{width * _POINTS:.2f} 0 0 {height * _POINTS:.2f}"
        self._sheet.append(f"q {size} {_place(x, y + height)} cm /I{number} Do Q")

    def file(
        self,
        *,
        title: str,
        author: str,
        made_at: datetime,
        attached: Sequence[Attached] = (),
        language: str = LANGUAGE,
    ) -> bytes:
        """Make the PDF/A-3 file; the same drawing gives the same bytes."""
        pdf = empty_file(title=title, author=author, made_at=made_at, attached=attached, language=language)
        # Every page may use both faces.
        pdf.single_resources_object = True
        for sheet in self._pages:
            pdf.add_page()
            pdf.pages[pdf.page].contents = bytearray("\n".join(sheet).encode("latin-1"))
        programs = [
            (face, face.program(set("".join(self._texts.get(style, ()))))) for style, face in faces().items()
        ]

        return bytes(pdf.output(output_producer_class=_producer(programs, tuple(self._images))))


def _place(x: float, y: float) -> str:
    return f"{x * _POINTS:.2f} {(HEIGHT - y) * _POINTS:.2f}"


class _Entries(PDFObject):
    """A dictionary of the file; `base_font` stands as /BaseFont."""

    def __init__(self, kind: str, entries: Mapping[str, object]) -> None:
        super().__init__()
        vars(self).update(type=Name(kind), **entries)


class _Packed(PDFContentStream):
    """A stream that was compressed before."""

    def __init__(self, packed: bytes, *, length: int | None = None) -> None:
        super().__init__(contents=packed)
        self.filter = Name("FlateDecode")
        self.length1 = length


def _image(image: Logo) -> PDFXObject:
    """Make an image of its own packed rows, which begin with a filter each as in PNG (ISO 32000-1, 7.4.4.4)."""
    plain = Name("DeviceRGB" if image.components == 3 else "DeviceGray")
    indexed = ["/Indexed", "/DeviceRGB", f"{len(image.palette) // 3 - 1}", f"<{image.palette.hex()}>"]
    return PDFXObject(
        contents=image.rows,
        subtype="Image",
        width=image.width,
        height=image.height,
        color_space=PDFArray(indexed) if image.palette else plain,
        bits_per_component=8,
        img_filter="FlateDecode",
        decode_parms=Raw(
            f"<< /Predictor 15 /Colors {image.components} /BitsPerComponent 8 /Columns {image.width} >>"
        ),
    )


def _producer(fonts: Sequence[tuple[Face, Program]], images: Sequence[Logo] = ()) -> type["_Producer"]:
    """Make the class of producer that fpdf2 asks for, with the fonts and images of one document."""
    return type("_Producer", (_Producer,), {"ready": fonts, "pictures": images})


class _Producer(OutputProducer):
    """Writes the file with fonts that are ready made, in place of cutting them for this document."""

    ready: Sequence[tuple[Face, Program]] = ()
    pictures: Sequence[Logo] = ()

    def _add_images(self) -> dict[int, PDFXObject]:
        found = {number: _image(one) for number, one in enumerate(self.pictures, start=1)}
        for one in found.values():
            self._add_pdf_obj(one, "images")
        return found

    def _add_fonts(self, *_: object, **__: object) -> dict[int, PDFFont | PDFType3Font]:
        return {face.number: self._add_face(face, program) for face, program in self.ready}

    def _add_face(self, face: Face, program: Program) -> PDFFont:
        name = Name(program.name)
        meanings, file = _Packed(program.meanings), _Packed(program.file, length=program.file_length)
        descriptor = _Entries("FontDescriptor", {"font_name": name, "font_file2": file, **face.metrics})
        glyphs = _Entries("Font", {
            "subtype": Name("CIDFontType2"),
            "base_font": name,
            "c_i_d_system_info": Raw("<< /Registry (Adobe) /Ordering (Identity) /Supplement 0 >>"),
            "c_i_d_to_g_i_d_map": Name("Identity"),
            "w": program.widths,
            "font_descriptor": descriptor,
        })  # fmt: skip
        composite = PDFFont(subtype="Type0", base_font=program.name, encoding="Identity-H")
        composite.descendant_fonts = PDFArray([glyphs])
        composite.to_unicode = meanings
        for one in (composite, glyphs, descriptor, meanings, file):
            self._add_pdf_obj(one, "fonts")
        return composite
