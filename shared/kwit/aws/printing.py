"""Pack documents for the print house on the day that a schedule was set for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kwit.aws.bootstrap import Application
from kwit.aws.runtime import Report
from kwit.aws.schedules import ScheduleFired
from kwit.delivery.printing import pack_prints
from kwit.documents.document import Document


@dataclass(frozen=True, slots=True)
class StoredPages:
    """The PDFs of documents in the bucket."""

    app: Application

    def pages(self, document_ids: Sequence[str]) -> Mapping[str, tuple[Document, bytes]]:
        """Return the documents that are rendered, with their PDFs."""
        documents, files = self.app.rendered.rendered(document_ids)
        return {
            one: (documents[one], self.app.files.get(files[one].key))
            for one in document_ids
            if one in documents and one in files
        }

    def put(self, key: str, content: bytes, content_type: str) -> None:
        """Write a file; the same bytes again change nothing."""
        self.app.files.put(key, content, content_type)


def pack(message: ScheduleFired, app: Application) -> Report:
    """Pack what is wanted on paper."""
    printed = pack_prints(day=message.business_date, store=app.prints, files=StoredPages(app))
    return {
        "day": message.business_date.isoformat(),
        "packages": [one.key for one in printed],
        "documents": sum(one.documents for one in printed),
    }
