"""Filings in DynamoDB: one for each document, the list of open ones, and the numbers no export has told yet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kwit.aws import keys
from kwit.aws.codec import decode, encode
from kwit.aws.table import Table, TransactionRefusedError, key_of, number, packed, unpacked
from kwit.documents.ksef_numbers import KsefNumber
from kwit.ksef.filing import Filing


@dataclass(frozen=True, slots=True)
class DynamoFilings:
    """The filings' store."""

    table: Table

    def filings(self, document_ids: Sequence[str]) -> Mapping[str, Filing]:
        """Return the filings that are kept, by document, read consistently."""
        items = self.table.get_many([keys.filing(one) for one in dict.fromkeys(document_ids)])
        found = (decode(Filing, unpacked(item)) for item in items)
        return {one.document_id: one for one in found}

    def begin(self, filing: Filing) -> bool:
        """Keep a first filing and list it as open, both or none; False when the document has one."""
        kept = self.table.new_item(keys.filing(filing.document_id), **_attributes(filing))
        listed = {"Put": {"TableName": self.table.name, "Item": key_of(keys.open_filing(filing.document_id))}}
        return self._done([kept, listed])

    def move(self, filing: Filing) -> bool:
        """Replace the filing of the revision before; tell whether that one stood there.

        A finished one leaves the list of open ones; one that now has a number joins the list of new numbers.
        """
        standing = self.table.get(keys.filing(filing.document_id))
        before = decode(Filing, unpacked(standing)) if standing else None
        if before is None or before.revision != filing.revision - 1:
            return False
        actions = [self._replacing(filing)]
        if filing.finished and not before.finished:
            where = {"TableName": self.table.name, "Key": key_of(keys.open_filing(filing.document_id))}
            actions.append({"Delete": where})
        if filing.ksef_number and not before.ksef_number:
            actions.append(self._numbered(filing))
        return self._done(actions)

    def _replacing(self, filing: Filing) -> dict[str, Any]:
        item = {**key_of(keys.filing(filing.document_id)), **_attributes(filing)}
        return {
            "Put": {
                "TableName": self.table.name,
                "Item": item,
                "ConditionExpression": "revision = :before",
                "ExpressionAttributeValues": {":before": number(filing.revision - 1)},
            }
        }

    def _numbered(self, filing: Filing) -> dict[str, Any]:
        given = KsefNumber(
            filing.document_id,
            filing.number,
            filing.issue_date,
            filing.ksef_number,
            filing.taken_at,
            str(filing.mode),
        )
        item = {**key_of(keys.new_ksef_number(filing.document_id)), "data": packed(encode(given))}
        return {"Put": {"TableName": self.table.name, "Item": item}}

    def _done(self, actions: Sequence[dict[str, Any]]) -> bool:
        try:
            self.table.transact(actions)
        except TransactionRefusedError as error:
            if "ConditionalCheckFailed" not in error.reasons:
                raise
            return False
        return True

    def open_filings(self) -> Sequence[Filing]:
        """Return all filings that are not finished, by day of issue and number."""
        lists = (keys.open_filings(index) for index in range(keys.PARTITIONS_OF_FILINGS))
        names = [item["sk"]["S"] for name in lists for item in self.table.query(name)]
        found = self.filings(names).values()
        return sorted(found, key=lambda one: (one.issue_date, one.number))

    def new_numbers(self) -> Sequence[KsefNumber]:
        """Return the numbers that no export has told yet, by day of issue and number."""
        lists = (keys.new_ksef_numbers(index) for index in range(keys.PARTITIONS_OF_FILINGS))
        found = [decode(KsefNumber, unpacked(item)) for name in lists for item in self.table.query(name)]
        return sorted(found, key=lambda one: (one.issue_date, one.number))

    def told(self, numbers: Sequence[KsefNumber]) -> None:
        """Take numbers off the list of those not told yet."""
        for one in numbers:
            self.table.remove(keys.new_ksef_number(one.document_id))


def _attributes(filing: Filing) -> dict[str, Any]:
    return {"revision": number(filing.revision), "data": packed(encode(filing))}
