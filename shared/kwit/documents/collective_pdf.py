"""Draw a collective invoice: page one says what all of it comes to, then every point, then every contract's bill."""

from collections.abc import Sequence
from datetime import date

from kwit.documents.bill_pdf import BillPages
from kwit.documents.collective_view import CollectiveView, PartView
from kwit.documents.layout import MARGIN, WIDTH
from kwit.documents.pdf_a import Attached
from kwit.documents.rows import Row

_POINTS = ("umowa, punkt poboru", "kWh", "netto zł", "VAT zł", "brutto zł")
_POINT_WIDTHS = (104.0, 16.0, 20.0, 20.0, 20.0)
_LINES = ("opłata", "ilość", "j.m.", "cena netto zł", "netto zł", "VAT", "VAT zł")
_LINE_WIDTHS = (78.0, 20.0, 16.0, 22.0, 20.0, 10.0, 14.0)
_FORECASTS = ("faktura prognozowa", "okres", "netto zł", "VAT zł", "brutto zł")
_FORECAST_WIDTHS = (56.0, 50.0, 24.0, 24.0, 26.0)
_TOTALS = ("stawka", "netto zł", "VAT zł", "brutto zł")
_TOTAL_WIDTHS = (90.0, 30.0, 30.0, 30.0)
_HEADING_AND_FACTS = 46.0
_HEADING_AND_HEAD = 23.0


def render_collective(*, view: CollectiveView, issue_date: date, attached: Sequence[Attached] = ()) -> bytes:
    """Draw the pages of a collective invoice as PDF, with the files attached to it; the same gives the same bytes."""
    pages = _CollectivePages(view)
    pages.front()
    pages.details()
    return pages.finished(issue_date, attached)


class _CollectivePages(BillPages):
    """The drawing of one collective invoice, with the head, parties and payment of a bill."""

    def __init__(self, view: CollectiveView) -> None:
        super().__init__(view.page)
        self.whole = view

    def front(self) -> None:
        """Draw the first page: the whole, and the points as far as they go there."""
        self.add_page()
        self._head()
        self._parties()
        self._payable()
        self._heading(self.say("Twoje konto zbiorcze"))
        for label, value in self.view.facts:
            self._fact(label, value)
        self._summary()
        self._titled(self.say("Punkty poboru na tej fakturze"), _POINTS, _POINT_WIDTHS, self.whole.points)
        self._titled(self.say("Podsumowanie VAT"), _TOTALS, _TOTAL_WIDTHS, self.view.vat)

    def details(self) -> None:
        """Draw the bill of every contract, one behind the other, and what concerns all of them."""
        self._new_page()
        for part in self.whole.parts:
            self.view = part.page
            self._part(part)
        self.view = self.whole.page
        self._heading(self.say("Informacje"))
        for label, text in self.view.notes:
            self._note(label, text)
        self._ksef_codes()

    def _titled(
        self,
        title: str,
        columns: Sequence[str],
        widths: Sequence[float],
        rows: Sequence[Row],
        *,
        left: int = 1,
    ) -> None:
        """Draw a table under its title, both on one page."""
        self._room(_HEADING_AND_HEAD)
        self._heading(title)
        self._table(columns, widths, rows, left=left)

    def _part(self, part: PartView) -> None:
        self._room(_HEADING_AND_FACTS)
        self.move(MARGIN, self.y + 3)
        top = self.y
        self.area(MARGIN, top, WIDTH, 7, colour=self.accent)
        self.move(MARGIN + 1, top + 0.5)
        self._fit(part.heading, WIDTH - 4, bold=True, size=10, least=7, colour=(255, 255, 255))
        self.cell(WIDTH - 2, 6, self._cut(part.heading, WIDTH - 2))
        self.move(MARGIN, top + 8)
        self._font(8)
        for sentence in part.sentences:
            self._text(sentence, width=WIDTH, height=4.0)
        if part.page.readings or part.page.reading_legend:
            self._readings()
        for title, rows in part.page.lines:
            self._titled(title, _LINES, _LINE_WIDTHS, rows)
        if part.page.forecasts:
            self._titled(
                self.say("Rozliczenie prognoz"), _FORECASTS, _FORECAST_WIDTHS, part.page.forecasts, left=2
            )
        self._titled(self.say("VAT tej umowy"), _TOTALS, _TOTAL_WIDTHS, part.page.vat)
        for label, text in part.notes:
            self._note(label, text)
