"""The log of imported files in DynamoDB."""

from dataclasses import dataclass

from kwit.aws import keys
from kwit.aws.codec import decode, encode
from kwit.aws.table import Table, packed, unpacked
from kwit.intake.findings import ImportResult


@dataclass(frozen=True, slots=True)
class DynamoImports:
    """The results of imports, found again by the hash of the file's content."""

    table: Table

    def find(self, content_hash: str) -> ImportResult | None:
        """Return the result recorded last for this content; None when there is none."""
        item = self.table.get(keys.import_record(content_hash))
        return decode(ImportResult, unpacked(item)) if item else None

    def record(self, result: ImportResult) -> None:
        """Keep a result; the same result twice changes nothing."""
        self.table.put(keys.import_record(result.content_hash), data=packed(encode(result)))
