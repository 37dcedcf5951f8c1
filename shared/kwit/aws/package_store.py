"""Packages of postings in DynamoDB, and exports in S3."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from kwit.aws import keys
from kwit.aws.codec import decode, encode
from kwit.aws.document_store import DynamoDocuments
from kwit.aws.table import TransactionRefusedError, packed, text, unpacked
from kwit.documents.document import Document, NumberBlock
from kwit.ledger.export import Package

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@dataclass(frozen=True, slots=True)
class DynamoPackages:
    """Which blocks have gone out in which package."""

    documents: DynamoDocuments

    def unpacked_blocks(self, day: date) -> Sequence[NumberBlock]:
        """Return the blocks of a day that belong to no package yet, in order."""
        marks = {item["sk"]["S"] for item in self.documents.table.query(keys.day(day), prefix="PACKED#")}
        blocks = self.documents.blocks_of_day(day)
        return [one for one in blocks if keys.package_of_block(day, one.run_id, one.batch)[1] not in marks]

    def waiting_packages(self, day: date) -> Sequence[Package]:
        """Return the packages of a day that are bound but not marked as written, in order."""
        table = self.documents.table
        written = {item["sk"]["S"] for item in table.query(keys.day(day), prefix="WRITTEN#")}
        packages = [decode(Package, unpacked(i)) for i in table.query(keys.day(day), prefix="PACKAGE#")]
        return [one for one in packages if keys.written_package(day, one.package_id)[1] not in written]

    def mark_written(self, package: Package) -> None:
        """Mark a package as written; from then on it is never written again."""
        self.documents.table.put(keys.written_package(package.day, package.package_id))

    def claim(self, package: Package) -> bool:
        """Bind blocks to a package, all or none; False when one of them is bound already."""
        table = self.documents.table
        kept = table.new_item(keys.package(package.day, package.package_id), data=packed(encode(package)))
        marks = [
            table.new_item(
                keys.package_of_block(package.day, run_id, batch), package=text(package.package_id)
            )
            for run_id, batch in package.blocks
        ]
        try:
            table.transact([kept, *marks])
        except TransactionRefusedError:
            return False
        return True

    def block(self, run_id: str, batch: int, *, issue_date: date) -> NumberBlock | None:
        """Return a block."""
        return self.documents.block(run_id, batch, issue_date=issue_date)

    def documents_of_block(self, block: NumberBlock) -> Sequence[Document]:
        """Return the documents of a block that are kept already, in order."""
        return self.documents.documents_of(block.entries)


@dataclass(frozen=True, slots=True)
class S3Files:
    """Files in one bucket."""

    client: "S3Client"
    bucket: str

    def put(self, key: str, content: bytes, content_type: str) -> None:
        """Write a file."""
        self.client.put_object(Bucket=self.bucket, Key=key, Body=content, ContentType=content_type)

    def get(self, key: str, *, version_id: str = "") -> bytes:
        """Read a whole file, in the version that is named, else as it is now."""
        if version_id:
            answer = self.client.get_object(Bucket=self.bucket, Key=key, VersionId=version_id)
        else:
            answer = self.client.get_object(Bucket=self.bucket, Key=key)
        return answer["Body"].read()
