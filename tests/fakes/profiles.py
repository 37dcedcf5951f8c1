"""Dropped profiles in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime


@dataclass
class MemoryProfiles:
    """The profiles' store in memory."""

    kept: dict[tuple[datetime, str], tuple[str, bytes]] = field(default_factory=dict)

    def put(self, *, name: str, content: bytes, content_hash: str, known_at: datetime) -> None:
        self.kept[known_at, content_hash] = name, content

    def versions(self, *, known_by: datetime) -> Sequence[tuple[str, str, bytes]]:
        latest = {
            name: (digest, content)
            for (known_at, digest), (name, content) in sorted(self.kept.items())
            if known_at <= known_by
        }
        return [(name, *latest[name]) for name in sorted(latest)]
