"""The log of imported files in DynamoDB; a result too large for one item lies in several."""

import zlib
from dataclasses import dataclass

from kwit.aws import keys
from kwit.aws.codec import decode, encode
from kwit.aws.table import Table, number
from kwit.intake.findings import ImportResult

_PART_BYTES = 300_000


@dataclass(frozen=True, slots=True)
class DynamoImports:
    """The results of imports, found again by the hash of the file's content."""

    table: Table

    def find(self, content_hash: str) -> ImportResult | None:
        """Return the result recorded last for this content; None when there is none."""
        item = self.table.get(keys.import_record(content_hash))
        if item is None:
            return None
        data = item["data"]["B"]
        for part in range(1, int(item["parts"]["N"])):
            more = self.table.get(keys.import_part(content_hash, part))
            data += more["data"]["B"] if more else b""
        return decode(ImportResult, zlib.decompress(data))

    def record(self, result: ImportResult) -> None:
        """Keep a result; the same result twice changes nothing.

        A file of many bad rows has many findings: what does not fit one item (400 KB) is written first, and the
        item that names the number of parts last.
        """
        data = zlib.compress(encode(result), 6)
        parts = [data[start : start + _PART_BYTES] for start in range(0, len(data), _PART_BYTES)]
        name = result.content_hash
        for index, part in enumerate(parts[1:], start=1):
            self.table.put(keys.import_part(name, index), data={"B": part})
        self.table.put(keys.import_record(name), data={"B": parts[0]}, parts=number(len(parts)))
