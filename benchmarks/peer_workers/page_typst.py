"""typst: the pages of a bill from a template that is compiled for each, with the same faces; the code comes as SVG.

Each bill has another number, as a run has; what typst remembers of the bills before it, it may use.
"""

import itertools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst

from benchmarks.peer_workers.serving import Bill, serve

_TEMPLATE = r"""
#let bill = json(bytes(sys.inputs.view))
#set page(paper: "a4", margin: (x: 15mm, top: 25mm, bottom: 20mm), footer: context [
  #text(7pt, bill.footer) #h(1fr) #text(7pt)[strona #counter(page).display() z #counter(page).final().first()]])
#set text(font: "Open Sans", size: 8pt, lang: "pl")
#let accent = rgb(bill.colour)
#show heading: it => text(10.5pt, accent, weight: "bold", it.body) + v(1mm)
#let sheet(heads, widths, rows) = table(columns: widths, stroke: none, inset: 1mm,
  align: (x, _) => if x == 0 { left } else { right }, table.header(..heads), table.hline(),
  ..rows.map(r => r.cells.map(c => if r.strong { strong(c) } else { c })).flatten())
#place(top + left, dx: -15mm, dy: -25mm, rect(width: 210mm, height: 20mm, fill: accent, inset: (x: 15mm, y: 6mm))[
  #text(white, 15pt, weight: "bold", bill.seller_name) #h(1fr)
  #text(white, 11pt, weight: "bold", bill.title + " " + sys.inputs.number)])
#grid(columns: (62mm, 62mm, 1fr), gutter: 4mm,
  [SPRZEDAWCA \ #strong(bill.seller_name) \ #bill.seller_lines.join(linebreak())],
  [NABYWCA \ #strong(bill.payer_name) \ #bill.payer_lines.join(linebreak())],
  align(right, bill.dates.map(d => d.first() + linebreak() + strong(d.last())).join(linebreak())))
#rect(width: 100%, height: 40mm, fill: rgb("#f3f6f4"), radius: 2mm)[#grid(columns: (85mm, 55mm, 30mm),
  [#bill.payable_label \ #text(24pt, accent, weight: "bold", bill.payable) \ słownie: #bill.payable_words],
  [Termin płatności \ #strong(bill.due) \ Numer rachunku \ #strong(bill.account) \ Tytuł przelewu \
   #strong(bill.transfer_title)],
  [#image(bytes(sys.inputs.qr), width: 27mm) #text(6.5pt)[zeskanuj w aplikacji banku]])]
= Twoja umowa i punkt poboru
#grid(columns: (34mm, 54mm, 34mm, 54mm), row-gutter: 1.5mm, ..bill.facts.flatten())
= Za co płacisz
#sheet(("", "netto zł", "VAT zł", "brutto zł"), (90mm, 30mm, 30mm, 30mm), bill.summary)
= Twoje zużycie
#bill.use_sentences.join(linebreak())
#if bill.bars.len() > 1 { grid(columns: bill.bars.map(_ => 1fr), align: bottom + center, row-gutter: 1mm,
  ..bill.bars.map(b => [#text(6.5pt, b.value) \ #rect(width: 8mm, height: 34mm * b.per_mille / 1000, fill: accent)]),
  ..bill.bars.map(b => text(6.5pt, b.label))) }
#pagebreak()
#align(right, bill.title + " " + sys.inputs.number)
= Odczyty i zużycie
#sheet(("licznik", "rejestr", "odczyt poprzedni", "odczyt obecny", "mnożna", "zużycie kWh"),
  (30mm, 36mm, 42mm, 42mm, 12mm, 18mm), bill.readings)
#text(7.5pt, bill.reading_legend)
#for part in bill.lines [
  = #part.first()
  #sheet(("opłata", "ilość", "j.m.", "cena netto zł", "netto zł", "VAT", "VAT zł"),
    (78mm, 20mm, 16mm, 22mm, 20mm, 10mm, 14mm), part.last())
]
= Podsumowanie VAT
#sheet(("stawka", "netto zł", "VAT zł", "brutto zł"), (90mm, 30mm, 30mm, 30mm), bill.vat)
= Informacje
#grid(columns: (31mm, 1fr), row-gutter: 1.5mm, ..bill.notes.map(n => (strong(n.first()), n.last())).flatten())
"""


def prepare(data: Mapping[str, Any]) -> Bill:
    """Keep the template with a compiler; a bill is both pages as bytes."""
    folder = Path(data["out"]).parent
    template = folder / "bill.typ"
    template.write_text(_TEMPLATE, encoding="utf-8")
    compiler = typst.Compiler(
        str(template), root=str(folder), font_paths=[data["fonts"]], ignore_system_fonts=True
    )
    view = json.dumps(data["view"])
    numbers = itertools.count(1)

    def draw(number: str) -> bytes:
        inputs = {"view": view, "number": number, "qr": data["svg"]}
        made = compiler.compile(format="pdf", sys_inputs=inputs)
        return bytes(made) if isinstance(made, bytes | bytearray) else b""

    Path(data["out"]).write_bytes(draw(data["view"]["number"]))

    def bill() -> int:
        draw(f"FV/2026/04/{next(numbers):06}")
        return 1

    return bill


if __name__ == "__main__":
    serve(prepare)
