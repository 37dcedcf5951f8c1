"""What the pages of a document show of KSeF, and which structured invoice goes with them."""

from collections.abc import Sequence
from dataclasses import dataclass

from kwit.aws.bootstrap import Application
from kwit.documents.document import Document
from kwit.documents.ksef_marks import KsefMarks
from kwit.documents.rendering import structured_form
from kwit.ksef.filing import Filing, FilingStatus
from kwit.ksef.links import invoice_link
from kwit.ksef.policy import goes_to_ksef
from kwit.registry.company import CompanySettings


class NotInKsefError(LookupError):
    """A document is to be drawn that KSeF has not taken and that did not go out offline; carries its id."""

    def __init__(self, document_id: str) -> None:
        super().__init__(f"document {document_id} has no number of KSeF yet")
        self.document_id = document_id


@dataclass(frozen=True, slots=True)
class KsefPages:
    """The filings of the documents that one message names, read at once."""

    app: Application
    filings: dict[str, Filing]

    @classmethod
    def of(cls, documents: Sequence[Document], app: Application) -> "KsefPages":
        """Read the filings of those documents that are issued in KSeF."""
        filed = [one.document_id for one in documents if _goes(one, app)]
        return cls(app, dict(app.filings.filings(filed)) if filed else {})

    def parts(self, document: Document, settings: CompanySettings) -> tuple[bytes | None, KsefMarks | None]:
        """Return the structured invoice that a document carries, and its marks; none of both where it needs none.

        A document that went out offline keeps the codes that it went out with, whatever became of it: pages drawn
        again are the pages that the customer has. Raises NotInKsefError.
        """
        if not goes_to_ksef(document=document, settings=settings):
            return structured_form(document=document, settings=settings), None
        filing = self.filings.get(document.document_id)
        if filing is None or not filing.handed_out:
            raise NotInKsefError(document.document_id)
        xml = self.app.files.get(filing.page_key or filing.file_key)
        if filing.status is FilingStatus.OUTSIDE:
            return xml, None
        link = invoice_link(
            host=self.app.need("ksef_code_url"),
            nip=settings.seller.nip,
            issue_date=document.issue_date,
            content_hash=filing.page_hash or filing.content_hash,
        )
        number = "" if filing.offline else filing.ksef_number
        return xml, KsefMarks(number, link, filing.certificate_link)


def _goes(document: Document, app: Application) -> bool:
    settings = app.settings_of(document.read().settings_version)
    return goes_to_ksef(document=document, settings=settings)
