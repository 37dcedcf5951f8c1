"""Draw a correction: page one says what changes and why, the page behind it shows every item before and after."""

from collections.abc import Sequence
from datetime import date

from kwit.documents.bill_pdf import BillPages
from kwit.documents.correction_view import CorrectionView
from kwit.documents.layout import GREY, WIDTH
from kwit.documents.pdf_a import Attached

_CAUSES = ("przyczyna", "ilość i cena", "netto zł", "VAT zł", "brutto zł")
_CAUSE_WIDTHS = (72.0, 42.0, 22.0, 22.0, 22.0)
_TOTALS = ("", "netto zł", "VAT zł", "brutto zł")
_TOTAL_WIDTHS = (90.0, 30.0, 30.0, 30.0)
_LINES = ("opłata", "ilość przed", "cena", "netto", "ilość po", "cena", "netto", "różnica zł")
_LINE_WIDTHS = (58.0, 20.0, 15.0, 17.0, 20.0, 15.0, 17.0, 18.0)
_READINGS = ("licznik", "rejestr", "odczyt poprzedni", "odczyt obecny", "mnożna", "zużycie kWh")
_READING_WIDTHS = (30.0, 36.0, 42.0, 42.0, 12.0, 18.0)


def render_correction(*, view: CorrectionView, issue_date: date, attached: Sequence[Attached] = ()) -> bytes:
    """Draw the pages of a correction as PDF; the same view gives the same bytes."""
    pages = _CorrectionPages(view)
    pages.front()
    pages.details()
    return pages.finished(issue_date, attached)


class _CorrectionPages(BillPages):
    """The drawing of one correction, with the head, parties and payment of a bill."""

    def __init__(self, view: CorrectionView) -> None:
        super().__init__(view.page)
        self.correction = view

    def front(self) -> None:
        """Draw the first page."""
        self.add_page()
        self._head()
        self._parties()
        self._payable()
        self._heading(self.say("Co korygujemy i dlaczego"))
        for label, value in self.correction.corrected:
            self._fact(label, value)
        self._heading(self.say("Skąd różnica"))
        self._table(_CAUSES, _CAUSE_WIDTHS, self.correction.causes)
        self._heading(self.say("Różnica według stawek VAT"))
        self._table(_TOTALS, _TOTAL_WIDTHS, self.correction.summary)

    def details(self) -> None:
        """Draw the pages behind the first."""
        self._new_page()
        for title, rows in self.correction.lines:
            self._heading(self.say("{section}: przed, po i różnica", section=title))
            self._table(_LINES, _LINE_WIDTHS, rows)
        self._font(7.5, colour=GREY)
        if self.correction.unchanged:
            self._text(self.correction.unchanged, width=WIDTH, height=3.8)
        for title, rows in self.correction.readings:
            self._heading(title)
            self._table(_READINGS, _READING_WIDTHS, rows, left=4)
        if self.correction.readings:
            self._font(7.5, colour=GREY)
            self._text(self.correction.legend, width=WIDTH, height=3.8)
        self._heading(self.say("Informacje"))
        for label, text in self.view.notes:
            self._note(label, text)
        self._ksef_codes()
