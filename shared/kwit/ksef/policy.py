"""Which documents go to KSeF: businesses always, households where the company chose so, notes never."""

from kwit.billing.note_content import NoteContent
from kwit.documents.document import Document
from kwit.registry.company import CompanySettings


def goes_to_ksef(*, document: Document, settings: CompanySettings) -> bool:
    """Tell whether a document is issued in KSeF (art. 106ga and 106gb VAT act).

    `settings` are those that the document was made under.
    """
    chosen = settings.ksef
    if chosen is None or document.issue_date < chosen.since:
        return False
    content = document.read()
    if isinstance(content, NoteContent):
        return False
    return bool(content.payer.nip) or chosen.households
