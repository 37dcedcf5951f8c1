"""Draw a note: one page that says what is charged, why and from what it was counted; more only when rows need it."""

from datetime import date

from kwit.documents.layout import MARGIN, WIDTH, Layout
from kwit.documents.note_view import NoteView

_WIDTHS = {3: (80.0, 72.0, 28.0), 8: (38.0, 24.0, 22.0, 22.0, 32.0, 10.0, 14.0, 18.0)}
_LEFT = {3: 2, 8: 1}


def render_note(*, view: NoteView, issue_date: date) -> bytes:
    """Draw the pages of a note as PDF; the same view gives the same bytes."""
    pages = _NotePages(view)
    pages.front()
    return pages.finished(issue_date)


class _NotePages(Layout):
    """The drawing of one note, with the head, parties and payment of a bill."""

    def __init__(self, view: NoteView) -> None:
        super().__init__(view.page)
        self.note = view

    def front(self) -> None:
        """Draw everything."""
        self.add_page()
        self._head()
        self._parties()
        self._payable()
        self._heading("Czego dotyczy nota")
        for label, value in self.note.facts:
            self._fact(label, value)
        self._heading(self.note.heading)
        columns = len(self.note.columns)
        self._table(self.note.columns, _WIDTHS[columns], self.note.rows, left=_LEFT[columns])
        self.move(MARGIN, self.y + 2)
        for sentence in self.note.sentences:
            self._font(8)
            self._room(10)
            self._text(sentence, width=WIDTH, height=4.2)
        self._heading("Informacje")
        for label, text in self.view.notes:
            self._note(label, text)
