"""What documents are called (nazwy dokumentów)."""

from kwit.billing.collective_content import CollectiveContent
from kwit.billing.content import BillContent
from kwit.billing.correction_content import CorrectionContent
from kwit.billing.drafts import DocumentKind
from kwit.billing.note_content import NoteContent
from kwit.documents.document import Document

CORRECTION = "Faktura korygująca"
INVOICE = "Faktura VAT"
COLLECTIVE = "Faktura VAT zbiorcza"
NOTES = {"accounting": "Nota księgowa", "interest": "Nota odsetkowa"}
_TITLES = {
    DocumentKind.INVOICE: INVOICE,
    DocumentKind.FINAL: "Faktura VAT – rozliczenie końcowe",
    DocumentKind.CONNECTION: "Faktura VAT – przyłączenie do sieci",
}


def title_of(kind: DocumentKind, bill: BillContent) -> str:
    """Return what a bill is called; a forecast is one by what it expects."""
    if kind is DocumentKind.FORECAST:
        return "Faktura VAT – prognoza" if bill.expected else "Faktura VAT – rozliczenie prognoz"
    return _TITLES.get(kind, INVOICE)


def document_title(document: Document) -> str:
    """Return what a document of any kind is called."""
    content = document.read()
    if isinstance(content, CorrectionContent):
        return CORRECTION
    if isinstance(content, NoteContent):
        return NOTES[content.kind]
    if isinstance(content, CollectiveContent):
        return COLLECTIVE
    return title_of(document.kind, content)
