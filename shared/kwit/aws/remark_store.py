"""Remarks of collectors in DynamoDB: each by its id for good, the open ones in a few listing partitions too."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kwit.aws import keys
from kwit.aws.codec import decode, encode
from kwit.aws.table import Table, TransactionRefusedError, packed, text, unpacked
from kwit.metering.field_remarks import FieldRemark


@dataclass(frozen=True, slots=True)
class DynamoRemarks:
    """The store of remarks."""

    table: Table

    def add(self, remarks: Iterable[FieldRemark]) -> None:
        """Keep remarks; one that is known already, open or settled, stays as it is."""
        for remark in remarks:
            data = packed(encode(remark))
            try:
                self.table.transact(
                    [
                        self.table.new_item(keys.remark(remark.remark_id), data=data),
                        self.table.new_item(_open(remark), data=data),
                    ]
                )
            except TransactionRefusedError as error:
                if error.reasons[0] != "ConditionalCheckFailed":
                    raise

    def find(self, remark_id: str) -> FieldRemark | None:
        """Return a remark, open or settled, by what it says; None when it is not known."""
        item = self.table.get(keys.remark(remark_id))
        return decode(FieldRemark, unpacked(item)) if item else None

    def open_remarks(self) -> Sequence[FieldRemark]:
        """List all remarks that nobody has settled, by point and day."""
        lists = (keys.remark_list(index) for index in range(keys.PARTITIONS_OF_REMARKS))
        found = [decode(FieldRemark, unpacked(item)) for name in lists for item in self.table.query(name)]
        return sorted(found, key=lambda one: (one.ppe, one.day, one.remark_id))

    def settle(self, remark: FieldRemark, *, by: str) -> bool:
        """Mark an open remark as settled by a reading or a person; tell whether it was open."""
        mark = self.table.change(
            keys.remark(remark.remark_id),
            expression="SET settled_by = :by",
            condition="attribute_exists(pk)",
            values={":by": text(by)},
        )
        try:
            self.table.transact([mark, self.table.removal(_open(remark))])
        except TransactionRefusedError as error:
            if "ConditionalCheckFailed" not in error.reasons:
                raise
            return False
        return True


def _open(remark: FieldRemark) -> keys.Key:
    return keys.open_remark(remark.ppe, remark.day, remark.remark_id)
