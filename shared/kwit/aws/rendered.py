"""Where the PDF of each document lies, in DynamoDB."""

from dataclasses import dataclass

from kwit.aws import keys
from kwit.aws.table import Table, number, text


@dataclass(frozen=True, slots=True)
class RenderedFile:
    """A rendered document: its key in the documents bucket, the hash of its bytes and their count."""

    key: str
    content_hash: str
    size: int


@dataclass(frozen=True, slots=True)
class DynamoRendered:
    """Rendered files by document."""

    table: Table

    def put(self, document_id: str, file: RenderedFile) -> None:
        """Keep where a PDF lies; rendering again gives the same bytes, so the same item."""
        self.table.put(
            keys.rendered(document_id),
            file_key=text(file.key),
            content_hash=text(file.content_hash),
            size=number(file.size),
        )

    def file(self, document_id: str) -> RenderedFile | None:
        """Return where the PDF of a document lies, or None while it is not rendered."""
        item = self.table.get(keys.rendered(document_id))
        if item is None:
            return None
        return RenderedFile(item["file_key"]["S"], item["content_hash"]["S"], int(item["size"]["N"]))
