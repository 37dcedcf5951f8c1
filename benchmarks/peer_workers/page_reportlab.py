"""reportlab: the pages of a bill on its canvas, placed by hand, with the same faces; the code's modules are given."""

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.units import mm
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from benchmarks.peer_workers.serving import Bill, serve

_LEFT, _WIDTH, _TOP, _LOW = 15.0, 180.0, 282.0, 20.0


class _Pages:
    """The pen of one bill; places in mm from the lower left corner."""

    def __init__(self, view: Mapping[str, Any], qr: Sequence[str]) -> None:
        self.view, self.qr = view, qr
        self.file = io.BytesIO()
        self.canvas = Canvas(self.file, pagesize=(210 * mm, 297 * mm), pageCompression=1, invariant=1)
        self.canvas.setTitle(f"{view['title']} {view['number']}")
        self.y, self.page = _TOP, 1

    def write(self, x: float, text: str, *, size: float = 8, bold: bool = False, right: bool = False) -> None:
        self.canvas.setFont("Bold" if bold else "Plain", size)
        draw = self.canvas.drawRightString if right else self.canvas.drawString
        draw(x * mm, self.y * mm, text)

    def row(
        self, cells: Sequence[str], widths: Sequence[float], *, left: int = 1, bold: bool = False
    ) -> None:
        if self.y < _LOW:
            self.turn()
        x = _LEFT
        for index, (text, width) in enumerate(zip(cells, widths, strict=True)):
            self.write(x if index < left else x + width - 1, text, bold=bold, right=index >= left)
            x += width
        self.y -= 4.6

    def heading(self, text: str) -> None:
        self.y -= 4
        self.canvas.setFillColor(HexColor(self.view["colour"]))
        self.write(_LEFT, text, size=10.5, bold=True)
        self.canvas.setFillColor(HexColor("#141414"))
        self.y -= 5

    def rule(self) -> None:
        self.canvas.line(_LEFT * mm, (self.y + 3.4) * mm, (_LEFT + _WIDTH) * mm, (self.y + 3.4) * mm)

    def turn(self) -> None:
        self.canvas.setFont("Plain", 7)
        self.canvas.drawString(_LEFT * mm, 10 * mm, self.view["footer"])
        self.canvas.drawRightString(195 * mm, 10 * mm, f"strona {self.page} z 2")
        self.canvas.showPage()
        self.y, self.page = _TOP, self.page + 1

    def front(self) -> None:
        view, canvas = self.view, self.canvas
        canvas.setFillColor(HexColor(view["colour"]))
        canvas.rect(0, 277 * mm, 210 * mm, 20 * mm, stroke=0, fill=1)
        canvas.setFillColor(HexColor("#ffffff"))
        self.write(_LEFT, view["seller_name"], size=15, bold=True)
        self.write(195, f"{view['title']} {view['number']}", size=11, bold=True, right=True)
        canvas.setFillColor(HexColor("#141414"))
        for x, lines in (
            (_LEFT, ["SPRZEDAWCA", view["seller_name"], *view["seller_lines"]]),
            (_LEFT + 66, ["NABYWCA", view["payer_name"], *view["payer_lines"]]),
            (_LEFT + 132, [text for pair in view["dates"] for text in pair]),
        ):
            self.y = 270
            for one in lines:
                for part in simpleSplit(one, "Plain", 8, 62 * mm):
                    self.write(x, part)
                    self.y -= 3.9
        self.payable()
        self.heading("Twoja umowa i punkt poboru")
        for label, value in view["facts"]:
            self.row((label, value), (40, 140), left=2)
        self.heading("Za co płacisz")
        self.row(("", "netto zł", "VAT zł", "brutto zł"), (90, 30, 30, 30))
        self.rule()
        for one in view["summary"]:
            self.row(one["cells"], (90, 30, 30, 30), bold=one["strong"])
        self.heading("Twoje zużycie")
        for text in view["use_sentences"]:
            self.write(_LEFT, text)
            self.y -= 4.4
        for index, bar in enumerate(view["bars"]):
            x, tall = _LEFT + index * 13.8, 34 * bar["per_mille"] / 1000
            canvas.rect((x + 2.7) * mm, 40 * mm, 8.3 * mm, tall * mm, stroke=0, fill=1)
            self.y = 41 + tall
            self.write(x + 3, bar["value"], size=6.5)
            self.y = 36
            self.write(x + 3, bar["label"], size=6.5)
        self.turn()

    def payable(self) -> None:
        view, canvas = self.view, self.canvas
        canvas.setFillColor(HexColor("#f3f6f4"))
        canvas.roundRect(_LEFT * mm, 180 * mm, _WIDTH * mm, 40 * mm, 2 * mm, stroke=0, fill=1)
        canvas.setFillColor(HexColor("#141414"))
        self.y = 212
        for text, size in (
            (view["payable_label"], 9), (view["payable"], 24), (f"słownie: {view['payable_words']}", 8),
            (view["due"], 8), (view["account"], 8), (view["transfer_title"], 8),
            ("zeskanuj w aplikacji banku", 6.5), ("Termin płatności Numer rachunku Tytuł przelewu", 7),
        ):  # fmt: skip
            self.write(_LEFT + 5, text, size=size)
            self.y -= 4.2
        step = 27 / len(self.qr)
        path = canvas.beginPath()
        for row, bits in enumerate(self.qr):
            start = 0
            for run in bits.replace("01", "0 1").replace("10", "1 0").split():
                if run[0] == "1":
                    path.rect(
                        (165 + start * step) * mm, (215 - row * step) * mm, len(run) * step * mm, step * mm
                    )
                start += len(run)
        canvas.drawPath(path, stroke=0, fill=1)
        self.y = 175

    def details(self) -> None:
        view = self.view
        self.write(195, f"{view['title']} {view['number']}", right=True)
        self.heading("Odczyty i zużycie")
        widths: tuple[float, ...] = (30, 36, 42, 42, 12, 18)
        self.row(
            ("licznik", "rejestr", "odczyt poprzedni", "odczyt obecny", "mnożna", "zużycie kWh"),
            widths,
            left=4,
        )
        self.rule()
        for one in view["readings"]:
            self.row(one["cells"], widths, left=4)
        self.write(_LEFT, view["reading_legend"], size=7.5)
        self.y -= 4
        widths = (78, 20, 16, 22, 20, 10, 14)
        for title, rows in view["lines"]:
            self.heading(title)
            self.row(("opłata", "ilość", "j.m.", "cena netto zł", "netto zł", "VAT", "VAT zł"), widths)
            self.rule()
            for one in rows:
                self.row(one["cells"], widths, bold=one["strong"])
        self.heading("Podsumowanie VAT")
        self.row(("stawka", "netto zł", "VAT zł", "brutto zł"), (90, 30, 30, 30))
        for one in view["vat"]:
            self.row(one["cells"], (90, 30, 30, 30), bold=one["strong"])
        self.heading("Informacje")
        for label, text in view["notes"]:
            self.write(_LEFT, label, bold=True)
            for part in simpleSplit(text, "Plain", 8, 148 * mm):
                self.write(_LEFT + 32, part)
                self.y -= 3.9
        self.turn()


def prepare(data: Mapping[str, Any]) -> Bill:
    """Register the faces; a bill is both pages as bytes."""
    for name, file in (("Plain", "OpenSans-Regular"), ("Bold", "OpenSans-Bold")):
        pdfmetrics.registerFont(TTFont(name, f"{data['fonts']}/{file}.ttf"))

    def draw() -> bytes:
        pages = _Pages(data["view"], data["qr"])
        pages.front()
        pages.details()
        pages.canvas.save()
        return pages.file.getvalue()

    Path(data["out"]).write_bytes(draw())

    def bill() -> int:
        draw()
        return 1

    return bill


if __name__ == "__main__":
    serve(prepare)
