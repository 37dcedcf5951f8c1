"""Where the PDF of each document lies, in DynamoDB."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kwit.aws import keys
from kwit.aws.codec import decode
from kwit.aws.table import Item, Table, key_of, number, text, unpacked
from kwit.documents.document import Document


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

    def put_many(self, files: Mapping[str, RenderedFile]) -> None:
        """Keep where the PDFs of documents lie; rendering again gives the same bytes, so the same items."""
        self.table.put_many(
            key_of(keys.rendered(document_id))
            | {
                "file_key": text(file.key),
                "content_hash": text(file.content_hash),
                "size": number(file.size),
            }
            for document_id, file in files.items()
        )

    def rendered(
        self, document_ids: Sequence[str]
    ) -> tuple[Mapping[str, Document], Mapping[str, RenderedFile]]:
        """Return, by their ids, the documents that are kept and the files of those that are rendered, at one asking."""
        named = {keys.document(one): one for one in document_ids}
        placed = {keys.rendered(one): one for one in document_ids}
        documents: dict[str, Document] = {}
        files: dict[str, RenderedFile] = {}
        for item in self.table.get_many([*named, *placed]):
            key = (item["pk"]["S"], item["sk"]["S"])
            if key in named:
                documents[named[key]] = decode(Document, unpacked(item))
            else:
                files[placed[key]] = _file(item)
        return documents, files


def _file(item: Item) -> RenderedFile:
    return RenderedFile(item["file_key"]["S"], item["content_hash"]["S"], int(item["size"]["N"]))
