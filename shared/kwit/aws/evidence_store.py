"""Evidence of chunks in the bucket of documents, one object for many contracts."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PREFIX = "evidence/"


@dataclass(frozen=True, slots=True)
class S3Evidence:
    """Evidence by its name."""

    client: "S3Client"
    bucket: str

    def keep(self, name: str, content: bytes) -> None:
        """Keep evidence; the same name always has the same bytes."""
        self.client.put_object(
            Bucket=self.bucket, Key=f"{PREFIX}{name}", Body=content, ContentType="application/zlib"
        )

    def read(self, name: str) -> bytes | None:
        """Return evidence, or None when there is none of that name."""
        try:
            answer = self.client.get_object(Bucket=self.bucket, Key=f"{PREFIX}{name}")
        except self.client.exceptions.NoSuchKey:
            return None
        return answer["Body"].read()
