"""What the pages of all documents have in common: head, parties, payment, codes, tables, notes and feet."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime

import segno

from kwit.documents.paper import PADDING, Colour, Paper
from kwit.documents.pdf_a import Attached
from kwit.documents.phrases import Speech
from kwit.documents.rows import Row
from kwit.documents.view import BillView
from kwit.registry.logo import Logo, read_logo

MARGIN = 15.0
WIDTH = 180.0
BOTTOM = 280.0
GREY = (110, 110, 110)
_PALE = (243, 246, 244)
_WHITE = (255, 255, 255)
_BLACK = (0, 0, 0)
_INK = (20, 20, 20)
_CODE, _LARGE_CODE, _CODE_COLUMN = 30.0, 42.0, 70.0
_LONG_LINK = 300
"""From so many signs on a code has so many modules that phones want it larger."""
_KSEF_TOLD = "Kod pokazuje tę fakturę w Krajowym Systemie e-Faktur."
_CERTIFICATE_TOLD = "Drugi potwierdza, kto ją wystawił."
_LOGO_WIDTH, _LOGO_HEIGHT = 60.0, 14.0
_DARK = re.compile(rb"\x01+")


class Layout(Paper):
    """The drawing of one document, on the texts that every document has."""

    def __init__(self, view: BillView) -> None:
        super().__init__()
        self.view = view
        self.say = Speech(view.language)
        self.accent = colour_of(view.colour)

    def finished(self, issue_date: date, attached: Sequence[Attached] = ()) -> bytes:
        """Draw the feet and make the file; it tells the noon of its day of issue as when it was made."""
        self._feet()
        made_at = datetime(issue_date.year, issue_date.month, issue_date.day, 12, tzinfo=UTC)
        title = f"{self.view.title} {self.view.number}"
        return self.file(
            title=title,
            author=self.view.seller_name,
            made_at=made_at,
            attached=attached,
            language=self.say.tag,
        )

    def _feet(self) -> None:
        """Draw the foot of every page, once their number is known."""
        for page in range(1, self.pages + 1):
            self.turn_to(page)
            if self.view.foot_note:
                self.move(MARGIN, 281.5)
                self._fit(self.view.foot_note, WIDTH, size=7.5, least=5, colour=GREY)
                self.cell(WIDTH, 4, self._cut(self.view.foot_note, WIDTH), align="C")
            self.move(MARGIN, 286)
            self._fit(self.view.footer, WIDTH - 30, size=7, least=5, colour=GREY)
            self.cell(WIDTH - 30, 4, self._cut(self.view.footer, WIDTH - 30))
            self._font(7, colour=GREY)
            self.cell(30, 4, self.say("strona {page} z {pages}", page=page, pages=self.pages), align="R")

    def _font(self, size: float, *, bold: bool = False, colour: Colour = _INK) -> None:
        self.font(size, bold=bold, colour=colour)

    def _row(self, width: float, height: float, text: str, *, align: str = "L") -> None:
        """Write a cell that has its line for itself, and go to the margin of the next."""
        self.cell(width, height, text, align=align)
        self.move(MARGIN, self.y + height)

    def _text(self, text: str, *, width: float, height: float, align: str = "L") -> None:
        """Write a text from the present place, line under line."""
        left = self.x
        for line in self._wrapped(text, width):
            self.cell(width, height, line, align=align)
            self.move(left, self.y + height)

    def _wrapped(self, text: str, width: float) -> list[str]:
        """Break a text into lines that fit, at spaces; a word wider than the line is broken where it must be."""
        room, space = width - 2 * PADDING, self.width_of(" ")
        if self.width_of(text) <= room:
            return [text]
        lines: list[str] = []
        line, filled = "", 0.0
        for word in (piece for one in text.split(" ") for piece in self._pieces(one, room)):
            wide = self.width_of(word)
            if line and filled + space + wide > room:
                lines.append(line)
                line, filled = word, wide
            else:
                line, filled = (f"{line} {word}", filled + space + wide) if line else (word, wide)
        return [*lines, line]

    def _pieces(self, word: str, room: float) -> list[str]:
        pieces = []
        while len(word) > 1 and self.width_of(word) > room:
            fits = next(n for n in range(len(word) - 1, 0, -1) if n == 1 or self.width_of(word[:n]) <= room)
            pieces.append(word[:fits])
            word = word[fits:]
        return [*pieces, word]

    def _head(self) -> None:
        self.area(0, 0, 210, 20, colour=self.accent)
        self.move(MARGIN, 5)
        if self.view.logo:
            self._logo(read_logo(self.view.logo))
        else:
            self._fit(self.view.seller_name, 90, bold=True, size=15, least=9, colour=_WHITE)
            self.cell(90, 10, self._cut(self.view.seller_name, 90))
        self.move(MARGIN + 90, 5)
        number = f"{self.view.title} {self.view.number}"
        self._fit(number, 90, bold=True, size=11, colour=_WHITE)
        self.cell(90, 10, number, align="R")
        self.move(MARGIN, 25)

    def _logo(self, logo: Logo) -> None:
        """Draw the logo on white, as large as the head has room."""
        scale = min(_LOGO_WIDTH / logo.width, _LOGO_HEIGHT / logo.height)
        width, height = logo.width * scale, logo.height * scale
        self.area(MARGIN, 0, width + 6, 20, colour=_WHITE)
        self.image(logo, MARGIN + 3, (20 - height) / 2, width, height)

    def _parties(self) -> None:
        top = self.y
        columns = (
            (self.view.party_labels[0], self.view.seller_name, self.view.seller_lines),
            (self.view.party_labels[1], self.view.payer_name, self.view.payer_lines),
        )
        bottom = top
        for index, (label, name, lines) in enumerate(columns):
            self.move(MARGIN + index * 66, top)
            self._font(7, colour=GREY)
            self._text(label.upper(), width=62, height=4)
            self._font(9, bold=True)
            self._text(name, width=62, height=4.4)
            self._font(8)
            for line in lines:
                self._text(line, width=62, height=3.9)
            bottom = max(bottom, self.y)
        self.move(MARGIN + 132, top)
        for label, value in self.view.dates:
            self.x = MARGIN + 132
            self._font(7, colour=GREY)
            self._text(label, width=48, height=3.4, align="R")
            self._font(8.5, bold=True)
            self._text(value, width=48, height=4.2, align="R")
        self.move(MARGIN, max(bottom, self.y) + 4)

    def _payable(self) -> None:
        top, height = self.y, 40.0
        self.round_area(MARGIN, top, WIDTH, height, radius=2, colour=_PALE)
        self.move(MARGIN + 5, top + 3)
        self._font(9, colour=GREY)
        self.cell(60, 5, self.view.payable_label)
        self.move(MARGIN + 5, top + 8)
        self._font(24, bold=True, colour=self.accent)
        self.cell(85, 12, self.view.payable)
        self.move(MARGIN + 5, top + 21)
        self._font(8)
        self._text(f"{self.say('słownie')}: {self.view.payable_words}", width=85, height=3.9)
        self.move(MARGIN + 95, top + 3)
        for label, value in (
            (self.say("Termin płatności"), self.view.due),
            (self.say("Numer rachunku"), self.view.account),
            (self.say("Tytuł przelewu"), self.view.transfer_title),
        ):
            self.x = MARGIN + 95
            self._font(7, colour=GREY)
            self._text(label, width=55, height=3.6)
            self._font(8.5, bold=True)
            self._text(value, width=55, height=4.4)
        if self.view.payment_qr:
            self._transfer_code(top)
        self.move(MARGIN, top + height + 4)
        for sentence in self.view.balance:
            self._font(8.5)
            self._text(sentence, width=WIDTH, height=4.4)
        for text in self.view.first_texts:
            self._own_text(text)

    def _own_text(self, text: str) -> None:
        """Write a text of the company beside a bar of its colour."""
        self._font(8.5)
        top = self.y + 1.5
        self.move(MARGIN + 3, top)
        self._text(text, width=WIDTH - 3, height=4.4)
        self.area(MARGIN + 1, top, 1, self.y - top, colour=self.accent)
        self.move(MARGIN, self.y + 1.5)

    def _transfer_code(self, top: float) -> None:
        self._qr(self.view.payment_qr, x=MARGIN + 150, y=top + 4, size=27)
        self.move(MARGIN + 147, top + 32)
        self._font(6.5, colour=GREY)
        self.cell(33, 4, self.say("zeskanuj w aplikacji banku"), align="C")

    def _qr(self, content: str, *, x: float, y: float, size: float) -> None:
        """Draw a QR code row by row; a fixed mask spares the search for the best one."""
        matrix = segno.make_qr(content, error="m", mask=2).matrix
        runs = [(row, *dark.span()) for row, bits in enumerate(matrix) for dark in _DARK.finditer(bits)]
        self.modules(runs, x=x, y=y, size=size / len(matrix), colour=_BLACK)

    def _fact(self, label: str, value: str) -> None:
        """Write a fact on a line of its own."""
        self.move(MARGIN, self.y)
        self._font(8, colour=GREY)
        self.cell(40, 4.4, label)
        self._font(8)
        self._text(value, width=WIDTH - 40, height=4.4)

    def _ksef_codes(self) -> None:
        """Draw the codes that verify the invoice in KSeF, each over its label."""
        if self.view.ksef is None or not self.view.ksef.codes:
            return
        sizes = [
            (link, label, _CODE if len(link) < _LONG_LINK else _LARGE_CODE)
            for link, label in self.view.ksef.codes
        ]
        self._room(max(size for *_, size in sizes) + 14)
        self._heading(self.say("Weryfikacja w KSeF"))
        self._font(8)
        self._row(WIDTH, 4.4, " ".join(map(self.say, (_KSEF_TOLD, _CERTIFICATE_TOLD)[: len(sizes)])))
        top, x = self.y + 1, MARGIN
        for link, label, size in sizes:
            self._qr(link, x=x + PADDING, y=top, size=size)
            self.move(x, top + size + 0.5)
            self._font(7.5, bold=True)
            self.cell(_CODE_COLUMN, 4, label)
            x += _CODE_COLUMN
        self.move(MARGIN, top + max(size for *_, size in sizes) + 5)

    def _heading(self, text: str) -> None:
        self.move(MARGIN, self.y + 2)
        self._font(10.5, bold=True, colour=self.accent)
        self._row(WIDTH, 6, text)

    def _new_page(self) -> None:
        self.add_page()
        self.move(MARGIN, MARGIN - 3)
        self._font(8, colour=GREY)
        self._row(WIDTH, 4, f"{self.view.title} {self.view.number}", align="R")

    def _note(self, label: str, text: str) -> None:
        self._font(8)
        self._room(len(self._wrapped(text, WIDTH - 32)) * 3.9 + 1.5)
        top = self.y
        self._font(8, bold=True)
        self._text(label, width=31, height=3.9)
        below = self.y
        self.move(MARGIN + 32, top)
        self._font(8)
        self._text(text, width=WIDTH - 32, height=3.9)
        self.move(MARGIN, max(below, self.y) + 1.2)

    def _room(self, height: float) -> bool:
        """Begin a new page when less than `height` mm are left; tell whether it did."""
        if self.y + height <= BOTTOM:
            return False
        self._new_page()
        self.move(MARGIN, self.y + 2)
        return True

    def _table(
        self, columns: Sequence[str], widths: Sequence[float], rows: Sequence[Row], *, left: int = 1
    ) -> None:
        """Draw a table; the first `left` columns stand left, figures right; heads come again on a new page."""
        self._room(14)
        self._table_head(columns, widths, left)
        for row in rows:
            if self._room(5):
                self._table_head(columns, widths, left)
            self._table_row(row, widths, left)

    def _table_head(self, columns: Sequence[str], widths: Sequence[float], left: int) -> None:
        self._font(7, colour=GREY)
        for index, (text, width) in enumerate(zip(map(self.say, columns), widths, strict=True)):
            self.cell(width, 4.4, text, align="L" if index < left else "R", rule=GREY)
        self.move(MARGIN, self.y + 4.8)

    def _table_row(self, row: Row, widths: Sequence[float], left: int) -> None:
        self._font(8, bold=row.strong)
        count = len(self._wrapped(row.cells[0], widths[0] - 1))
        top = self.y
        self._text(row.cells[0], width=widths[0] - 1, height=4.2)
        x = MARGIN + widths[0]
        for index, (text, width) in enumerate(zip(row.cells[1:], widths[1:], strict=True), start=1):
            self.move(x, top)
            self._fit(text, width, bold=row.strong)
            self.cell(width, 4.2, text, align="L" if index < left else "R")
            x += width
        self.move(MARGIN, top + max(count, 1) * 4.2 + 0.4)
        if row.strong:
            self.move(MARGIN, self.y + 0.6)

    def _fit(
        self,
        text: str,
        width: float,
        *,
        bold: bool = False,
        size: float = 8.0,
        least: float = 5.5,
        colour: tuple[int, int, int] = _INK,
    ) -> None:
        """Choose the largest size, from `size` points down to `least`, at which a text fits its cell."""
        self._font(size, bold=bold, colour=colour)
        while size > least and self.width_of(text) > width - 1.5:
            size -= 0.5
            self._font(size, bold=bold, colour=colour)

    def _cut(self, text: str, width: float) -> str:
        """Shorten a text that stands whole elsewhere on the page until it fits its cell."""
        if self.width_of(text) <= width - 1.5:
            return text
        while text and self.width_of(f"{text}…") > width - 1.5:
            text = text[:-1]
        return f"{text.rstrip()}…"


def colour_of(value: str) -> Colour:
    """Read a colour of the settings, #rrggbb."""
    digits = value.lstrip("#")
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)
