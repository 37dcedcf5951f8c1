"""Draw a bill: page one for people (what, how much, why, when and where to pay), the details behind it.

The same view gives the same bytes: creation date, producer and font subset depend on nothing else.
"""

from collections.abc import Sequence
from datetime import date

from kwit.documents.layout import BOTTOM, GREY, MARGIN, WIDTH, Layout, colour_of
from kwit.documents.pdf_a import Attached
from kwit.documents.use_words import Bar
from kwit.documents.view import BillView


def render_bill(*, view: BillView, issue_date: date, attached: Sequence[Attached] = ()) -> bytes:
    """Draw the pages of a bill as PDF, with the files attached to it."""
    pages = BillPages(view)
    pages.front()
    pages.details()
    return pages.finished(issue_date, attached)


class BillPages(Layout):
    """The drawing of one bill."""

    def front(self) -> None:
        """Draw the first page."""
        self.add_page()
        self._head()
        self._parties()
        self._payable()
        self._facts()
        self._summary()
        self._chart()

    def _facts(self) -> None:
        self._heading(self.say("Twoja umowa i punkt poboru"))
        top = self.y
        half = (len(self.view.facts) + 1) // 2
        bottom = top
        for column, facts in enumerate((self.view.facts[:half], self.view.facts[half:])):
            self.move(MARGIN, top)
            for label, value in facts:
                x = MARGIN + column * 92
                y = self.y
                self.move(x, y)
                self._font(8, colour=GREY)
                self.cell(34, 4.4, label)
                self._fit(value, 54, least=7) if " " not in value else self._font(8)
                self._text(value, width=54, height=4.4)
            bottom = max(bottom, self.y)
        self.move(MARGIN, bottom + 2)

    def _summary(self) -> None:
        self._heading(self.say("Za co płacisz"))
        widths = (90.0, 30.0, 30.0, 30.0)
        self._table(("", "netto zł", "VAT zł", "brutto zł"), widths, self.view.summary)

    def _chart(self) -> None:
        self._heading(self.say("Twoje zużycie"))
        self._font(8.5)
        for sentence in self.view.use_sentences:
            self._text(sentence, width=WIDTH, height=4.4)
        if len(self.view.bars) < 2:
            return
        top, height = self.y + 5, min(34.0, BOTTOM - self.y - 12)
        if height < 12:
            return
        width = WIDTH / max(len(self.view.bars), 6)
        for index, bar in enumerate(self.view.bars):
            self._bar(bar, x=MARGIN + index * width, width=width, top=top, height=height)
        self.line(MARGIN, top + height, MARGIN + WIDTH, top + height, colour=GREY)

    def _bar(self, bar: Bar, *, x: float, width: float, top: float, height: float) -> None:
        tall = height * bar.per_mille / 1000
        colour = self.accent if bar.current else colour_of(self.view.chart_colour)
        self.area(x + width * 0.2, top + height - tall, width * 0.6, max(tall, 0.2), colour=colour)
        self._font(6.5)
        self.move(x, top + height - tall - 4)
        self.cell(width, 4, bar.value, align="C")
        self._font(6.5, colour=GREY)
        self.move(x, top + height)
        self.cell(width, 4, bar.label, align="C")

    def details(self) -> None:
        """Draw the pages behind the first."""
        self._new_page()
        if self.view.readings or self.view.reading_legend:
            self._readings()
        charges = ("opłata", "ilość", "j.m.", "cena netto zł", "netto zł", "VAT", "VAT zł")
        for title, rows in self.view.lines:
            self._heading(title)
            self._table(charges, (78.0, 20.0, 16.0, 22.0, 20.0, 10.0, 14.0), rows)
        if self.view.forecasts:
            self._heading(self.say("Rozliczenie prognoz"))
            heads = ("faktura prognozowa", "okres", "netto zł", "VAT zł", "brutto zł")
            self._table(heads, (56.0, 50.0, 24.0, 24.0, 26.0), self.view.forecasts, left=2)
        self._heading(self.say("Podsumowanie VAT"))
        self._table(("stawka", "netto zł", "VAT zł", "brutto zł"), (90.0, 30.0, 30.0, 30.0), self.view.vat)
        self._heading(self.say("Informacje"))
        for label, text in self.view.notes:
            self._note(label, text)
        self._ksef_codes()

    def _readings(self) -> None:
        self._heading(self.say("Odczyty i zużycie"))
        columns = ("licznik", "rejestr", "odczyt poprzedni", "odczyt obecny", "mnożna", "zużycie kWh")
        self._table(columns, (30.0, 36.0, 42.0, 42.0, 12.0, 18.0), self.view.readings, left=4)
        self._font(7.5, colour=GREY)
        self._text(self.view.reading_legend, width=WIDTH, height=3.8)
