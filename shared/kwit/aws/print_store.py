"""Documents for print in DynamoDB: those wanted in a few lists, the packages they are bound to."""

from collections.abc import Sequence
from dataclasses import dataclass

from kwit.aws import keys
from kwit.aws.codec import decode, encode
from kwit.aws.table import Table, TransactionRefusedError, key_of, packed, text, unpacked
from kwit.delivery.ports import PrintPackage


@dataclass(frozen=True, slots=True)
class DynamoPrints:
    """The store of documents that go out on paper."""

    table: Table

    def want(self, document_id: str) -> None:
        """List a document for print unless it is bound to a package or listed already."""
        if self.table.get(keys.printed(document_id)) is None:
            self.table.put_new(keys.print_wanted(document_id))

    def wanted(self) -> Sequence[str]:
        """Return the listed documents; one that was bound while somebody listed it is taken off."""
        lists = (keys.prints_wanted(index) for index in range(keys.PARTITIONS_OF_PRINTS))
        listed = [item["sk"]["S"] for name in lists for item in self.table.query(name)]
        bound = {item["pk"]["S"] for item in self.table.get_many([keys.printed(one) for one in listed])}
        for one in listed:
            if keys.printed(one)[0] in bound:
                self.table.remove(keys.print_wanted(one))
        return [one for one in listed if keys.printed(one)[0] not in bound]

    def bind(self, package: PrintPackage) -> None:
        """Keep a package, once."""
        if self.table.get(keys.written_print_package(package.package_id)) is None:
            self.table.put_new(keys.print_package(package.package_id), data=packed(encode(package)))

    def take_off(self, package: PrintPackage) -> None:
        """Mark its documents as bound and take them off the list; doing it again changes nothing."""
        name = text(package.package_id)
        # The marks come first: a document without one would be listed again by a message that comes late.
        self.table.put_many(key_of(keys.printed(one)) | {"package": name} for one in package.document_ids)
        for one in package.document_ids:
            self.table.remove(keys.print_wanted(one))

    def waiting(self) -> Sequence[PrintPackage]:
        """Return the packages that are bound and not yet written, in order."""
        items = self.table.query(keys.PRINT_PACKAGES)
        found = [decode(PrintPackage, unpacked(item)) for item in items]
        return sorted(found, key=lambda one: (one.bound_on, one.package_id))

    def mark_written(self, package: PrintPackage) -> None:
        """Mark a package as written; from then on it is never written again."""
        mark = self.table.new_item(
            keys.written_print_package(package.package_id), data=packed(encode(package))
        )
        try:
            self.table.transact([mark, self.table.removal(keys.print_package(package.package_id))])
        except TransactionRefusedError as error:
            if "ConditionalCheckFailed" not in error.reasons:
                raise
