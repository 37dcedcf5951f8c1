"""Dropped profiles of readings in DynamoDB, as they were dropped."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kwit.aws import keys
from kwit.aws.table import Table, packed, text, unpacked
from kwit.kernel.time import utc


@dataclass(frozen=True, slots=True)
class DynamoProfiles:
    """The profiles' store."""

    table: Table

    def put(self, *, name: str, content: bytes, content_hash: str, known_at: datetime) -> None:
        """Keep a version; the same version twice changes nothing."""
        self.table.put(
            keys.profile_version(utc(known_at), content_hash),
            data=packed(content),
            name=text(name),
            version=text(content_hash),
        )

    def versions(self, *, known_by: datetime) -> Sequence[tuple[str, str, bytes]]:
        """Return, of each name known by an instant, the name, the content's hash and the content, by name."""
        latest: dict[str, tuple[str, bytes]] = {}
        partition, last = keys.profile_version(utc(known_by), keys.AFTER_ALL)
        for item in self.table.between(partition, first="V#", last=last):
            latest[item["name"]["S"]] = item["version"]["S"], unpacked(item)
        return [(name, *latest[name]) for name in sorted(latest)]
